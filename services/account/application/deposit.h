// Deposit and fees of an application: decided from the record by the policy in effect, with a
// reason for each line that quotes its rule.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/account/history/history.h"
#include "services/account/ids.h"
#include "services/account/policy/policy.h"
#include "shared/core/money.h"
#include "shared/core/result.h"

namespace reeve::account {

namespace reason {
inline constexpr Reason kMonthlyBillingMissing{"MONTHLY_BILLING_MISSING"};  // FAILED_PRECONDITION
}  // namespace reason

// A service point that is applied for.
struct AppliedPoint {
  int no = 0;
  std::string service;
  bool off = false;  // supply has to be turned on
  Money monthly;     // average billing, or what is reasonably anticipated; zero if not known
};

// All that a decision may look at. There is no room here for somebody else's debt, nor for this
// customer's: neither decides.
struct DepositCase {
  ApplicationId application;
  CustomerClass customer_class = CustomerClass::kResidential;
  std::vector<AppliedPoint> points;
  std::optional<TimelySpan> timely;  // the longest continuous time
  int late_payments = 0;             // own, in the last twelve months
  bool existing_customer = false;    // has had service here
  bool credit_verified = false;      // acceptable credit, seen by a clerk
};

enum class Outcome { kCharged, kWaived, kNotDue };
inline constexpr Spelling<Outcome, 3> kOutcomeName{{"CHARGED", "WAIVED", "NOT_DUE"}};

struct DecisionLine {
  int point_no = 0;
  std::string service;
  ChargeKind kind = ChargeKind::kDeposit;
  std::string code;
  Outcome outcome = Outcome::kCharged;
  Money amount;        // zero unless charged
  std::string reason;  // in words, with the rule
  bool operator==(const DecisionLine&) const = default;
};

struct Decision {
  PolicyId policy;
  std::vector<DecisionLine> lines;
  Money total;
  std::string digest;  // of all the above and the application; 64 hexadecimal digits
};

// Errors, in this order: MONTHLY_BILLING_MISSING (a deposit is by anticipated billing).
Result<Decision> Decide(const DepositCase& deposit_case, const Policy& policy);

// The digest of what was decided, for a decision that was stored.
std::string Digest(ApplicationId application, const Decision& decision);

}  // namespace reeve::account
