// Application for service: what was asked for, what was brought, and how far it has come.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/account/account/account.h"
#include "services/account/application/deposit.h"
#include "services/account/history/history.h"
#include "services/account/ids.h"
#include "services/account/policy/policy.h"
#include "services/account/premise/premise.h"
#include "shared/core/date.h"
#include "shared/core/fields.h"
#include "shared/core/result.h"
#include "shared/core/spelling.h"

namespace reeve::account {

namespace reason {
inline constexpr Reason kApplicationUnknown{"APPLICATION_UNKNOWN"};  // NOT_FOUND
inline constexpr Reason kApplicationState{"APPLICATION_STATE"};      // FAILED_PRECONDITION
inline constexpr Reason kDecisionStale{"DECISION_STALE"};            // FAILED_PRECONDITION
}  // namespace reason

enum class ApplicationState { kOpen, kComplete, kDecided, kAccepted, kWithdrawn };
inline constexpr Spelling<ApplicationState, 5> kApplicationStateName{
    {"OPEN", "COMPLETE", "DECIDED", "ACCEPTED", "WITHDRAWN"}};

enum class ApplicationEvent {
  kRecord,    // something was brought; more is missing
  kComplete,  // something was brought; nothing is missing
  kDecide,
  kAccept,
  kWithdraw,
};
inline constexpr Spelling<ApplicationEvent, 5> kApplicationEventName{
    {"RECORD", "COMPLETE", "DECIDE", "ACCEPT", "WITHDRAW"}};

// What follows; nothing where the event does not apply. Total.
std::optional<ApplicationState> Next(ApplicationState state, ApplicationEvent event);

// A document that was seen. Its contents are not kept.
struct Document {
  std::string kind;       // "GOVERNMENT-ID"
  std::string reference;  // number or title on it; never a social-security number
  Date document_date;
  std::string received_by;  // "person/42"
  Instant received_time;
  bool operator==(const Document&) const = default;
};

enum class ReferenceKind { kPaymentHistory, kAcceptableCredit };
inline constexpr Spelling<ReferenceKind, 2> kReferenceKindName{
    {"PAYMENT_HISTORY", "ACCEPTABLE_CREDIT"}};

// What somebody else confirmed and a clerk verified.
struct Reference {
  ReferenceKind kind = ReferenceKind::kPaymentHistory;
  std::string issuer;  // "Rocky Mountain Power"
  Date from_date;      // for payment history: timely and complete from ...
  Date to_date;        // ... to
  std::string verified_by;
  Instant verified_time;
  bool operator==(const Reference&) const = default;
};

struct Application {
  ApplicationId id;
  CustomerId customer;
  PremiseId premise;
  CustomerType customer_type = CustomerType::kOwner;
  CustomerClass customer_class = CustomerClass::kResidential;
  Date wanted_date;
  ApplicationState state = ApplicationState::kOpen;
  std::vector<AppliedPoint> points;  // `off` is the place's, at the time it is looked at
  std::vector<Document> documents;   // in the order of their coming
  std::vector<Reference> references;
  std::optional<Decision> decision;  // while decided or accepted
  std::string decided_by;
  AccountId account;  // once accepted
  bool charges_paid = false;
  std::int64_t version = 1;  // counts the changes
  std::string salt;          // of the digests in the audit trail; 32 hexadecimal digits
};

// What is still missing, by the checklist in effect.
std::vector<ChecklistLine> Missing(const Application& application, const Policy& policy);

struct WantedService {
  std::string service;
  Money monthly;  // of each meter; zero if not known
};
// The service points of the services asked for. Errors: SERVICE_NOT_AT_PREMISE.
Result<std::vector<AppliedPoint>> PointsOf(const Premise& premise,
                                           std::span<const WantedService> wanted);

Document CheckDocument(Fields& fields, Document document, Date today);
Reference CheckReference(Fields& fields, Reference reference, Date today);

// Something was recorded: a decision made before no longer holds. Errors: APPLICATION_STATE.
Result<Application> Recorded(Application application, const Policy& policy);

// Decides, or decides again. `timely` and the rest come from the customer's records. Errors, in
// this order: APPLICATION_STATE, MONTHLY_BILLING_MISSING.
Result<Application> DecideApplication(Application application, const Policy& policy,
                                      std::span<const PaymentRecord> records, Date today,
                                      const std::string& decided_by);

// The charges of the decision are paid; says so once. Errors: APPLICATION_STATE.
Result<Application> ChargesPaid(Application application);
// The points of an accepted application that need a connect order.
std::vector<AppliedPoint> PointsToConnect(const Application& application, const Premise& premise);

// Accepts the decision that the applicant was told, if today's would be the same. Errors, in this
// order: APPLICATION_STATE, DECISION_STALE, MONTHLY_BILLING_MISSING.
Result<Application> Accept(Application application, const std::string& digest_seen,
                           const Policy& policy, std::span<const PaymentRecord> records, Date today,
                           AccountId account);

// Errors: APPLICATION_STATE.
Result<Application> Withdraw(Application application);

std::string ToAuditText(const Application& application);

}  // namespace reeve::account
