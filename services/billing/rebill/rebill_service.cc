#include "services/billing/rebill/rebill_service.h"

#include <utility>

#include "services/billing/audit_row.h"
#include "services/billing/bill/bill_wire_service.h"
#include "services/billing/rate/rate_store.h"
#include "services/billing/rebill/act_service.h"
#include "services/billing/rebill/preview_service.h"
#include "shared/rpc/paging.h"

namespace reeve::billing::rebill {
namespace {

const Policy* PointerTo(const std::optional<Policy>& policy) { return policy ? &*policy : nullptr; }

// What the caller may still take back of an account without a second person.
Money AloneOn(db::Transaction& tx, const Call& call, AccountId account) {
  const std::optional<Policy> policy = PolicyInForce(tx, call.today);
  return LeftAlone(PointerTo(policy), ActorOf(tx, call, account, PointerTo(policy)));
}

Result<> CheckAlone(command::Change& change, AccountId account, Money credit) {
  const std::optional<Policy> policy = PolicyInForce(change.tx(), change.call().today);
  return ExamineAlone(PointerTo(policy), credit,
                      ActorOf(change.tx(), change.call(), account, PointerTo(policy)));
}

Result<v1::Cancellation> Cancel(command::Change& change, const CancelCommand& command,
                                Meters& meters) {
  Fields fields;
  const Date today = change.call().today;
  RefuseUntimely(fields, command.correction, today);
  if (!fields.ok()) return fields.error();
  REEVE_ASSIGN_OR_RETURN(Subject subject,
                         LoadSubject(change.tx(), command.correction, Hold::kRows));
  REEVE_ASSIGN_OR_RETURN(CancelPlan plan,
                         PlanCancel(change.tx(), change.call(), command.correction, subject));
  REEVE_RETURN_IF_ERROR(CheckAlone(change, subject.bill.account, CreditOf(plan)));
  if (DigestOf(subject, plan, today) != command.digest) return Stale();
  // After this point it must succeed.
  CarryOut(change, subject, plan, meters);
  return ToProto(plan.cancellation, std::nullopt);
}

Result<v1::Rebill> Rebill(command::Change& change, const RebillCommand& command,
                          const TimeZone& zone, Meters& meters) {
  Fields fields;
  const Date today = change.call().today;
  RefuseUntimely(fields, command, today);
  if (!fields.ok()) return fields.error();
  REEVE_ASSIGN_OR_RETURN(Subject subject,
                         LoadSubject(change.tx(), command.correction, Hold::kRows));
  std::optional<rate::Tariff> tariff;
  REEVE_ASSIGN_OR_RETURN(RebillPlan plan,
                         PlanHeld(change, change.call(), command, subject, zone, tariff));
  REEVE_RETURN_IF_ERROR(CheckMayCancel(change.call(), plan));
  REEVE_RETURN_IF_ERROR(CheckAlone(change, subject.bill.account, CreditOf(plan)));
  if (DigestOf(subject, plan, today) != command.digest) return Stale();
  // After this point it must succeed.
  CarryOut(change, subject, plan, meters);
  v1::Rebill answer;
  answer.set_rebilled_bill_id(plan.row.rebilled_bill_id);
  answer.set_rebill_no(static_cast<std::int32_t>(plan.row.rebill_no));
  *answer.mutable_bill() = bill::ToProtoWithLines(plan.bill, *tariff);
  answer.set_not_charged_cents(answer.bill().not_charged_cents());
  return answer;
}

Result<v1::RebillPolicy> Load(command::Change& change, const LoadPolicyCommand& command) {
  Fields fields;
  RefuseUntimely(fields, command, change.call().today);
  if (!fields.ok()) return fields.error();
  if (HasPolicy(change.tx(), command.policy.effective_date)) {
    return AlreadyExists(reason::kPolicyExists, "Limits from that day on are loaded.");
  }
  Policy policy = command.policy;
  policy.loaded_by = change.call().caller.person;
  InsertPolicy(change.tx(), policy);
  AuditRow(change, kKeptPolicy, "load", "", CellsOfPolicy(policy));
  return ToProto(policy);
}

}  // namespace

RebillService::RebillService(rpc::Server& server, command::Frame& frame, db::Database& database,
                             const TimeZone& zone, obs::Metrics& metrics)
    : server_(server), frame_(frame), database_(database), zone_(zone), meters_(metrics) {}

grpc::ServerUnaryReactor* RebillService::PreviewCancellation(
    grpc::CallbackServerContext* context, const v1::PreviewCancellationRequest* request,
    v1::CancellationPreview* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::PreviewCancellationRequest& request) -> Result<v1::CancellationPreview> {
        REEVE_ASSIGN_OR_RETURN(const Correction correction, Parse(request, call.today));
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::CancellationPreview> {
              REEVE_ASSIGN_OR_RETURN(const Subject subject,
                                     LoadSubject(tx, correction, Hold::kNothing));
              REEVE_ASSIGN_OR_RETURN(const CancelPlan plan,
                                     PlanCancel(tx, call, correction, subject));
              return ToPreview(subject, plan, rate::Tariff(rate::LoadSchedules(tx)), call.today,
                               AloneOn(tx, call, correction.account));
            });
      });
}

grpc::ServerUnaryReactor* RebillService::CancelBill(grpc::CallbackServerContext* context,
                                                    const v1::CancelBillRequest* request,
                                                    v1::Cancellation* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::CancelBillRequest& request) -> Result<v1::Cancellation> {
        REEVE_ASSIGN_OR_RETURN(const CancelCommand command, Parse(request, call.today));
        return frame_.Write(call, command, [&](command::Change& change) {
          return Cancel(change, command, meters_);
        });
      });
}

grpc::ServerUnaryReactor* RebillService::PreviewRebill(grpc::CallbackServerContext* context,
                                                       const v1::PreviewRebillRequest* request,
                                                       v1::RebillPreview* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::PreviewRebillRequest& request) -> Result<v1::RebillPreview> {
        REEVE_ASSIGN_OR_RETURN(const RebillCommand command, Parse(request, call.today));
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::RebillPreview> {
              const rate::Tariff tariff(rate::LoadSchedules(tx));
              REEVE_ASSIGN_OR_RETURN(const Subject subject,
                                     LoadSubject(tx, command.correction, Hold::kNothing));
              REEVE_ASSIGN_OR_RETURN(const RebillPlan plan,
                                     PlanRebill(tx, call, command, subject, tariff, zone_));
              return ToPreview(subject, plan, tariff, call.today,
                               AloneOn(tx, call, command.correction.account));
            });
      });
}

grpc::ServerUnaryReactor* RebillService::RebillBill(grpc::CallbackServerContext* context,
                                                    const v1::RebillBillRequest* request,
                                                    v1::Rebill* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::RebillBillRequest& request) -> Result<v1::Rebill> {
        REEVE_ASSIGN_OR_RETURN(const RebillCommand command, Parse(request, call.today));
        return frame_.Write(call, command, [&](command::Change& change) {
          return Rebill(change, command, zone_, meters_);
        });
      });
}

grpc::ServerUnaryReactor* RebillService::ListCancellations(
    grpc::CallbackServerContext* context, const v1::ListCancellationsRequest* request,
    v1::ListCancellationsResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListCancellationsRequest& request) -> Result<v1::ListCancellationsResponse> {
        Fields fields;
        const std::string query = request.open_only() ? "cancelled-open" : "cancelled";
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 2);
        if (!fields.ok()) return fields.error();
        v1::ListCancellationsResponse answer;
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          answer.Clear();
          for (const Listed& one :
               rebill::ListCancellations(tx, AccountId(page.AfterInt(0)), page.AfterInt(1),
                                         request.open_only(), page.size)) {
            *answer.add_cancellations() = ToProto(one.cancellation, one.replacement);
          }
        });
        if (answer.cancellations_size() == page.size) {
          const v1::Cancellation& last = answer.cancellations(page.size - 1);
          answer.set_next_page_token(rpc::NextPageToken(
              query, {std::to_string(last.account_id()), std::to_string(last.bill_id())}));
        }
        return answer;
      });
}

grpc::ServerUnaryReactor* RebillService::LoadRebillPolicy(
    grpc::CallbackServerContext* context, const v1::LoadRebillPolicyRequest* request,
    v1::RebillPolicy* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::LoadRebillPolicyRequest& request) -> Result<v1::RebillPolicy> {
        REEVE_ASSIGN_OR_RETURN(const LoadPolicyCommand command, Parse(request, call.today));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Load(change, command); });
      });
}

grpc::ServerUnaryReactor* RebillService::ListRebillPolicies(
    grpc::CallbackServerContext* context, const v1::ListRebillPoliciesRequest* request,
    v1::ListRebillPoliciesResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListRebillPoliciesRequest&) -> Result<v1::ListRebillPoliciesResponse> {
        v1::ListRebillPoliciesResponse answer;
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          answer.Clear();
          for (const Policy& policy : ListPolicies(tx)) *answer.add_policies() = ToProto(policy);
        });
        return answer;
      });
}

}  // namespace reeve::billing::rebill
