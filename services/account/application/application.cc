#include "services/account/application/application.h"

#include <algorithm>
#include <array>

#include "services/account/audit_text.h"

namespace reeve::account {
namespace {

constexpr std::optional<ApplicationState> kNo = std::nullopt;
constexpr std::optional<ApplicationState> kOpen = ApplicationState::kOpen;
constexpr std::optional<ApplicationState> kComplete = ApplicationState::kComplete;
constexpr std::optional<ApplicationState> kDecided = ApplicationState::kDecided;
constexpr std::optional<ApplicationState> kAccepted = ApplicationState::kAccepted;
constexpr std::optional<ApplicationState> kWithdrawn = ApplicationState::kWithdrawn;

using Row = std::array<std::optional<ApplicationState>, kApplicationEventName.size()>;
constexpr std::array<Row, kApplicationStateName.size()> kTransitions{{
    //             record  complete   decide    accept     withdraw
    /* OPEN      */ {kOpen, kComplete, kNo, kNo, kWithdrawn},
    /* COMPLETE  */ {kOpen, kComplete, kDecided, kNo, kWithdrawn},
    /* DECIDED   */ {kOpen, kComplete, kDecided, kAccepted, kWithdrawn},
    /* ACCEPTED  */ {kNo, kNo, kNo, kNo, kNo},
    /* WITHDRAWN */ {kNo, kNo, kNo, kNo, kNo},
}};

Result<> Move(Application& application, ApplicationEvent event) {
  const std::optional<ApplicationState> next = Next(application.state, event);
  if (!next) {
    return FailedPrecondition(reason::kApplicationState,
                              "The application is not in a state for this.")
        .With("state", std::string(kApplicationStateName(application.state)))
        .With("event", std::string(kApplicationEventName(event)))
        .With("account_id", application.account.value());
  }
  application.state = *next;
  return Ok();
}

bool AppliesFor(const Application& application, const std::string& service) {
  return std::any_of(application.points.begin(), application.points.end(),
                     [&](const AppliedPoint& point) { return point.service == service; });
}

bool Brought(const Application& application, const std::string& kind) {
  return std::any_of(application.documents.begin(), application.documents.end(),
                     [&](const Document& document) { return document.kind == kind; });
}

DepositCase CaseOf(const Application& application, const Policy& policy,
                   std::span<const PaymentRecord> records, Date today) {
  DepositCase deposit_case{.application = application.id,
                           .customer_class = application.customer_class,
                           .points = application.points};
  std::vector<OutsideReference> references;
  for (const Reference& reference : application.references) {
    if (reference.kind == ReferenceKind::kPaymentHistory) {
      references.push_back({reference.issuer, reference.from_date, reference.to_date});
    } else {
      deposit_case.credit_verified = true;
    }
  }
  deposit_case.timely = LongestTimely(ReadHistory(records, references, today), policy.gap_days_max);
  for (const PaymentRecord& record : records) {
    deposit_case.late_payments += LatePayments(record, today.PlusMonths(-12));
    deposit_case.existing_customer |=
        record.timely_since.has_value() || !record.bills.empty() || !record.payments.empty();
  }
  return deposit_case;
}

// Three, two and four digits, however they are separated.
bool LooksLikeSocialSecurityNumber(const std::string& text) {
  const auto digits =
      std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits == 9 && text.find_first_not_of("0123456789- ") == std::string::npos;
}

}  // namespace

std::optional<ApplicationState> Next(ApplicationState state, ApplicationEvent event) {
  return kTransitions[static_cast<std::size_t>(state)][static_cast<std::size_t>(event)];
}

std::vector<ChecklistLine> Missing(const Application& application, const Policy& policy) {
  std::vector<ChecklistLine> missing;
  for (const ChecklistLine& line : policy.checklist) {
    if (line.customer_type == application.customer_type &&
        (line.service.empty() || AppliesFor(application, line.service)) &&
        !Brought(application, line.document)) {
      missing.push_back(line);
    }
  }
  return missing;
}

Result<std::vector<AppliedPoint>> PointsOf(const Premise& premise,
                                           std::span<const WantedService> wanted) {
  std::vector<AppliedPoint> points;
  for (const WantedService& want : wanted) {
    const std::size_t before = points.size();
    for (const ServicePoint& point : premise.points) {
      if (point.service == want.service) {
        points.push_back({point.no, point.service, point.supply == Supply::kOff, want.monthly});
      }
    }
    if (points.size() == before) {
      return FailedPrecondition(reason::kServiceNotAtPremise, "The place has no such service.")
          .With("service", want.service);
    }
  }
  std::sort(points.begin(), points.end(),
            [](const AppliedPoint& a, const AppliedPoint& b) { return a.no < b.no; });
  return points;
}

Document CheckDocument(Fields& fields, Document document, Date today) {
  if (!IsDocumentKind(document.kind)) {
    fields.Refuse("document.kind", "is not 1 to 40 characters of A-Z, 0-9 and -");
  } else if (NamesSocialSecurity(document.kind)) {
    fields.Refuse("document.kind", "a social-security number is neither asked for nor kept");
  }
  document.reference = fields.Text("document.reference", document.reference, 1, 80);
  if (LooksLikeSocialSecurityNumber(document.reference))
    fields.Refuse("document.reference", "a social-security number is neither asked for nor kept");
  if (document.document_date > today) fields.Refuse("document.document_date", "has not come yet");
  return document;
}

Reference CheckReference(Fields& fields, Reference reference, Date today) {
  reference.issuer = fields.Text("reference.issuer", reference.issuer, 1, 120);
  if (reference.to_date < reference.from_date)
    fields.Refuse("reference.to_date", "is before from_date");
  if (reference.to_date > today) fields.Refuse("reference.to_date", "has not come yet");
  return reference;
}

Result<Application> Recorded(Application application, const Policy& policy) {
  REEVE_RETURN_IF_ERROR(Move(application, Missing(application, policy).empty()
                                              ? ApplicationEvent::kComplete
                                              : ApplicationEvent::kRecord));
  application.decision.reset();
  application.decided_by.clear();
  return application;
}

Result<Application> DecideApplication(Application application, const Policy& policy,
                                      std::span<const PaymentRecord> records, Date today,
                                      const std::string& decided_by) {
  REEVE_RETURN_IF_ERROR(Move(application, ApplicationEvent::kDecide));
  REEVE_ASSIGN_OR_RETURN(application.decision,
                         Decide(CaseOf(application, policy, records, today), policy));
  application.decided_by = decided_by;
  return application;
}

Result<Application> Accept(Application application, const std::string& digest_seen,
                           const Policy& policy, std::span<const PaymentRecord> records, Date today,
                           AccountId account) {
  REEVE_RETURN_IF_ERROR(Move(application, ApplicationEvent::kAccept));
  const Result<Decision> now = Decide(CaseOf(application, policy, records, today), policy);
  if (digest_seen != application.decision->digest || (now.ok() && now->digest != digest_seen)) {
    return FailedPrecondition(reason::kDecisionStale,
                              "The decision is not the one that would be made now: decide again.")
        .With("application_id", application.id.value());
  }
  if (!now.ok()) return now.error();
  application.account = account;
  application.charges_paid = application.decision->total.is_zero();
  return application;
}

Result<Application> ChargesPaid(Application application) {
  if (application.state != ApplicationState::kAccepted || application.charges_paid) {
    return FailedPrecondition(reason::kApplicationState, "No charges of this application are open.")
        .With("application_id", application.id.value());
  }
  application.charges_paid = true;
  return application;
}

std::vector<AppliedPoint> PointsToConnect(const Application& application, const Premise& premise) {
  std::vector<AppliedPoint> points;
  for (const AppliedPoint& applied : application.points) {
    const ServicePoint* const point = premise.FindPoint(applied.no);
    if (point != nullptr && point->supply == Supply::kOff) points.push_back(applied);
  }
  return points;
}

Result<Application> Withdraw(Application application) {
  REEVE_RETURN_IF_ERROR(Move(application, ApplicationEvent::kWithdraw));
  return application;
}

std::string ToAuditText(const Application& application) {
  AuditText text;
  text.Add("version", application.version)
      .Add("customer", application.customer.value())
      .Add("premise", application.premise.value())
      .Add("type", kCustomerTypeName(application.customer_type))
      .Add("class", kCustomerClassName(application.customer_class))
      .Add("wanted_date", application.wanted_date)
      .Add("state", kApplicationStateName(application.state))
      .Add("account", application.account.value())
      .Add("charges_paid", application.charges_paid)
      .Add("decided_by", application.decided_by);
  for (const AppliedPoint& point : application.points) {
    text.Add("point", point.no).Add("service", point.service).Add("monthly", point.monthly.cents());
  }
  for (const Document& document : application.documents) {
    text.Add("document", document.kind)
        .AddDigest("reference", application.salt, document.reference)
        .Add("date", document.document_date)
        .Add("by", document.received_by)
        .Add("time", document.received_time.micros());
  }
  for (const Reference& reference : application.references) {
    text.Add("reference", kReferenceKindName(reference.kind))
        .Add("issuer", reference.issuer)
        .Add("from", reference.from_date)
        .Add("to", reference.to_date)
        .Add("by", reference.verified_by)
        .Add("time", reference.verified_time.micros());
  }
  if (application.decision) {
    text.Add("policy", application.decision->policy.value())
        .Add("total", application.decision->total.cents())
        .Add("digest", application.decision->digest);
  }
  return text.text();
}

}  // namespace reeve::account
