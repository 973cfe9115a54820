// Policy: what the city asks of an applicant, as data with an effective date and a citation.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "services/account/ids.h"
#include "services/account/premise/premise.h"
#include "shared/core/date.h"
#include "shared/core/fields.h"
#include "shared/core/money.h"
#include "shared/core/spelling.h"

namespace reeve::account {

namespace reason {
inline constexpr Reason kPolicyMissing{"POLICY_MISSING"};  // FAILED_PRECONDITION: none in effect
}  // namespace reason

// How a rule binds. Only what is binding or adopted may be quoted to a customer.
enum class RuleTag { kBinding, kAdopted, kTemplate };
inline constexpr Spelling<RuleTag, 3> kRuleTagName{{"BINDING", "ADOPTED", "TEMPLATE"}};

struct Rule {
  RuleTag tag = RuleTag::kTemplate;
  std::string citation;  // "Provo City Code 12.02.030"
  std::string quote;     // its words, as far as they are needed
  std::string source;    // where the figures were read, with their date
  bool operator==(const Rule&) const = default;

  // The citation with its words; for a template only that it is the utility's own policy.
  std::string Quoted() const;
};

enum class ChargeKind { kDeposit, kFee };
inline constexpr Spelling<ChargeKind, 2> kChargeKindName{{"DEPOSIT", "FEE"}};

// From what a deposit is computed.
enum class DepositBasis {
  kMinimum,      // the amount; `months` of billing from an existing customer who pays late
  kAnticipated,  // `months` of anticipated billing
};
inline constexpr Spelling<DepositBasis, 2> kDepositBasisName{{"MINIMUM", "ANTICIPATED"}};

struct ChargeLine {
  std::string code;  // "E-DEP-RES"
  ChargeKind kind = ChargeKind::kDeposit;
  std::string service;
  CustomerClass customer_class = CustomerClass::kResidential;
  Money amount;                                 // the fee, or the least deposit
  bool only_when_off = false;                   // due only if supply has to be turned on
  DepositBasis basis = DepositBasis::kMinimum;  // the rest is for deposits
  int months = 0;                               // of billing
  int late_payments_min = 0;      // in twelve months, that raise the deposit; 0: never raised
  int waiver_months = 0;          // of timely and complete payment that waive it; 0: never waived
  bool waived_by_credit = false;  // also by verified acceptable credit
  Rule rule;
  bool operator==(const ChargeLine&) const = default;
};

enum class CustomerType { kOwner, kTenant, kLandlord, kBusiness, kBuilder };
inline constexpr Spelling<CustomerType, 5> kCustomerTypeName{
    {"OWNER", "TENANT", "LANDLORD", "BUSINESS", "BUILDER"}};

struct ChecklistLine {
  CustomerType customer_type = CustomerType::kOwner;
  std::string service;   // empty: whatever is applied for
  std::string document;  // kind, "OWNER-SIGNED-APPLICATION"
  std::string description;
  Rule rule;
  bool operator==(const ChecklistLine&) const = default;
};

struct Policy {
  PolicyId id;
  Date effective_date;
  Instant loaded_time;
  int gap_days_max = 0;  // between two utilities, that do not interrupt "continuous"
  std::vector<ChargeLine> charges;
  std::vector<ChecklistLine> checklist;
};

// Refuses a policy that contradicts itself, quotes nothing where it must, or requires a
// social-security number (Privacy Act of 1974, section 7). Answers texts trimmed.
Policy CheckPolicy(Fields& fields, Policy policy);

// 1 to 40 characters of A-Z, 0-9 and '-'.
bool IsDocumentKind(std::string_view text);
// True if the kind is one that shows a social-security number.
bool NamesSocialSecurity(std::string_view document);

std::string ToAuditText(const Policy& policy);

}  // namespace reeve::account
