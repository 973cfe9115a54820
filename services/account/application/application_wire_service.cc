#include "services/account/application/application_wire_service.h"

#include <utility>

#include "reeve/account/v1/events.pb.h"
#include "services/account/application/application_store.h"
#include "services/account/wire.h"

namespace reeve::account {
namespace {

v1::Reference ToProto(const Reference& reference) {
  v1::Reference message;
  message.set_kind(ToProto<v1::ReferenceKind>(reference.kind));
  message.set_issuer(reference.issuer);
  message.set_from_date(reference.from_date.ToString());
  message.set_to_date(reference.to_date.ToString());
  message.set_verified_by(reference.verified_by);
  message.set_verified_time_micros(reference.verified_time.micros());
  return message;
}

v1::Decision ToProto(const Decision& decision, const std::string& decided_by) {
  v1::Decision message;
  message.set_policy_id(decision.policy.value());
  for (const DecisionLine& from : decision.lines) {
    v1::DecisionLine& line = *message.add_lines();
    line.set_service_point_no(from.point_no);
    line.set_service(from.service);
    line.set_kind(ToProto<v1::ChargeKind>(from.kind));
    line.set_code(from.code);
    line.set_outcome(ToProto<v1::Outcome>(from.outcome));
    line.set_amount_cents(from.amount.cents());
    line.set_reason(from.reason);
  }
  message.set_total_cents(decision.total.cents());
  message.set_digest(decision.digest);
  message.set_decided_by(decided_by);
  return message;
}

}  // namespace

Result<Application> SaveApplication(command::Change& change, const Application& before,
                                    Application after, const std::string& action) {
  ++after.version;
  REEVE_RETURN_IF_ERROR(UpdateApplication(change.tx(), after));
  change.Audit({.entity = "application",
                .entity_id = after.id.ToString(),
                .action = action,
                .before = ToAuditText(before),
                .after = ToAuditText(after)});
  return after;
}

void EmitAccepted(command::Change& change, const Application& application) {
  v1::ApplicationAccepted event;
  event.set_application_id(application.id.value());
  event.set_account_id(application.account.value());
  event.set_premise_id(application.premise.value());
  for (const DecisionLine& line : application.decision->lines) {
    if (line.outcome != Outcome::kCharged) continue;
    v1::ApplicationCharge& charge = *event.add_charges();
    charge.set_service(line.service);
    charge.set_kind(ToProto<v1::ApplicationChargeKind>(line.kind));
    charge.set_code(line.code);
    charge.set_amount_cents(line.amount.cents());
    charge.set_reason(line.reason);
  }
  command::Emit(change, application.premise.value(), event);
}

void EmitConnects(command::Change& change, const Application& application, const Premise& premise) {
  for (const AppliedPoint& point : PointsToConnect(application, premise)) {
    v1::ConnectRequested event;
    event.set_application_id(application.id.value());
    event.set_account_id(application.account.value());
    event.set_premise_id(premise.id.value());
    event.set_service(point.service);
    event.set_agreement_id(AgreementNumber(application.account, point.no).value());
    event.set_meter_number(premise.FindPoint(point.no)->meter_number);
    event.set_wanted_date(application.wanted_date.ToString());
    command::Emit(change, premise.id.value(), event);
  }
}

v1::Document ToProto(const Document& document) {
  v1::Document message;
  message.set_kind(document.kind);
  message.set_reference(document.reference);
  message.set_document_date(document.document_date.ToString());
  message.set_received_by(document.received_by);
  message.set_received_time_micros(document.received_time.micros());
  return message;
}

v1::Application ToProto(const Application& application) {
  v1::Application message;
  message.set_application_id(application.id.value());
  message.set_customer_id(application.customer.value());
  message.set_premise_id(application.premise.value());
  message.set_customer_type(ToProto<v1::CustomerType>(application.customer_type));
  message.set_customer_class(ToProto<v1::CustomerClass>(application.customer_class));
  message.set_wanted_date(application.wanted_date.ToString());
  message.set_state(ToProto<v1::ApplicationState>(application.state));
  for (const AppliedPoint& point : application.points) {
    v1::WantedService& wanted = *message.add_services();
    wanted.set_service(point.service);
    wanted.set_monthly_cents(point.monthly.cents());
  }
  for (const Document& document : application.documents)
    *message.add_documents() = ToProto(document);
  for (const Reference& reference : application.references)
    *message.add_references() = ToProto(reference);
  if (application.decision)
    *message.mutable_decision() = ToProto(*application.decision, application.decided_by);
  message.set_charges_paid(application.charges_paid);
  return message;
}

}  // namespace reeve::account
