#include "services/billing/collections/collections_service.h"

#include <algorithm>

#include "reeve/billing/v1/events.pb.h"
#include "services/billing/agreement/agreement_store.h"
#include "services/billing/audit_row.h"
#include "services/billing/collections/collections_store.h"
#include "services/billing/collections/collections_wire_service.h"
#include "services/billing/collections/standing_store.h"
#include "services/billing/receivable/books_store.h"

namespace reeve::billing::collections {
namespace {

constexpr std::int64_t kListMax = 100;

Error AccountUnknown() {
  return NotFound(reason::kAccountUnknown, "Billing does not know the account.");
}

Result<v1::Dispute> Open(command::Change& change, const OpenDisputeCommand& command,
                         std::int64_t dispute_id) {
  db::Transaction& tx = change.tx();
  // Holding the account's row keeps two from opening at once.
  if (!receivable::LockBooksFor(tx, command.account, {})) return AccountUnknown();
  if (HasOpenDispute(tx, command.account)) {
    return FailedPrecondition(reason::kDisputeOpen, "A request for review is open already.");
  }
  Dispute dispute;
  dispute.account = command.account;
  dispute.dispute_id = dispute_id;
  dispute.reason = command.reason;
  dispute.opened_date = change.call().today;
  dispute.opened_by = change.call().caller.person;
  InsertDispute(tx, dispute);
  AuditRow(change, kKeptDispute, "open", "", CellsOfDispute(dispute));
  return ToProto(dispute);
}

Result<v1::Dispute> Decide(command::Change& change, const DecideDisputeCommand& command) {
  db::Transaction& tx = change.tx();
  std::optional<Dispute> dispute = LockDispute(tx, command.account, command.dispute_id);
  if (!dispute) return NotFound(reason::kDisputeUnknown, "There is no such request for review.");
  if (dispute->state != DisputeState::kOpen) {
    return FailedPrecondition(reason::kDisputeDecided, "The review is decided.");
  }
  if (dispute->opened_by == change.call().caller.person) {
    return PermissionDenied(reason::kSamePerson, "Somebody else decides than who opened it.");
  }
  std::string before = RowText(kKeptDispute, CellsOfDispute(*dispute));
  dispute->state = command.state;
  dispute->decision = command.decision;
  dispute->decided_by = change.call().caller.person;
  SaveDispute(tx, *dispute);
  AuditRow(change, kKeptDispute, "decide", std::move(before), CellsOfDispute(*dispute));
  return ToProto(*dispute);
}

void EmitRequested(command::Change& change, AccountId account, PremiseId premise,
                   const Disconnect& disconnect) {
  v1::DisconnectRequested requested;
  requested.set_account_id(account.value());
  requested.set_premise_id(premise.value());
  requested.set_amount_to_avoid_cents(disconnect.amount_to_avoid.cents());
  requested.set_service(disconnect.service);
  requested.set_meter_number(disconnect.meter_number);
  for (const std::int64_t id : disconnect.notice_ids) requested.add_notice_ids(id);
  requested.set_disconnect_id(disconnect.disconnect_id);
  requested.set_cut_date(disconnect.cut_date.ToString());
  command::Emit(change, account.value(), requested);
}

Result<v1::Disconnect> Ask(command::Change& change, const RequestDisconnectCommand& command,
                           const BusinessCalendar& calendar, std::int64_t disconnect_id) {
  db::Transaction& tx = change.tx();
  const Date cut_date = command.cut_date.value_or(change.call().today);
  if (cut_date < change.call().today) return InvalidArgument({{"cut_date", "lies in the past"}});
  const std::optional<receivable::OpenBooks> open =
      receivable::LockBooksFor(tx, command.account, {});
  if (!open) return AccountUnknown();
  const std::optional<ShutoffPolicy> policy = PolicyInForce(tx, cut_date);
  if (!policy) {
    return FailedPrecondition(reason::kPolicyNotLoaded, "The rules of a cut are not loaded.");
  }
  const std::vector<agreement::Agreement> agreements =
      agreement::LockAgreements(tx, command.account);
  const auto served = std::find_if(agreements.begin(), agreements.end(), [&](const auto& one) {
    return one.service == command.service && one.IsMetered() &&
           one.state == agreement::State::kActive;
  });
  if (served == agreements.end()) {
    return FailedPrecondition(reason::kAgreementNotActive,
                              "No metered agreement for this service is active.");
  }
  if (open->open_disconnect_id != 0) {
    return FailedPrecondition(reason::kDisconnectOpen, "A cut was asked for already.")
        .With("disconnect_id", open->open_disconnect_id);
  }
  const Standing standing = StandingOf(tx, open->books, change.call().today);
  REEVE_ASSIGN_OR_RETURN(std::vector<std::int64_t> notice_ids,
                         CheckRequest(*policy, calendar, standing, cut_date));
  // After this point it must succeed.
  const Disconnect disconnect{disconnect_id,
                              served->service,
                              served->meter_number,
                              DisconnectState::kRequested,
                              standing.past_due,
                              Money(),
                              cut_date,
                              std::move(notice_ids)};
  InsertDisconnect(tx, command.account, disconnect);
  receivable::SaveOpenDisconnect(tx, command.account, disconnect_id);
  EmitRequested(change, command.account, open->books.premise(), disconnect);
  AuditRow(change, kKeptDisconnect, "request", "", CellsOfDisconnect(command.account, disconnect));
  return ToProto(command.account, disconnect);
}

Money AmountToAvoid(const std::vector<Disconnect>& disconnects, Money past_due) {
  const auto open = std::find_if(disconnects.begin(), disconnects.end(), [](const auto& one) {
    return one.state != DisconnectState::kSatisfied;
  });
  return open == disconnects.end() ? Money() : LeftToAvoid(*open, past_due);
}

}  // namespace

grpc::ServerUnaryReactor* CollectionsService::RecordNotice(grpc::CallbackServerContext* context,
                                                           const v1::RecordNoticeRequest* request,
                                                           v1::Notice* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::RecordNoticeRequest& request) -> Result<v1::Notice> {
        REEVE_ASSIGN_OR_RETURN(RecordNoticeCommand command, Parse(request, call.today));
        command.notice.notice_id = NewId(call.now, random_);
        return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::Notice> {
          if (!agreement::HasAccount(change.tx(), command.account)) return AccountUnknown();
          InsertNotice(change.tx(), command.account, command.notice);
          AuditRow(change, kKeptNotice, "record", "",
                   CellsOfNotice(command.account, command.notice));
          return ToProto(command.account, command.notice);
        });
      });
}

grpc::ServerUnaryReactor* CollectionsService::GetDelinquency(
    grpc::CallbackServerContext* context, const v1::GetDelinquencyRequest* request,
    v1::Delinquency* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::GetDelinquencyRequest& request) -> Result<v1::Delinquency> {
        Fields fields;
        const AccountId account(fields.Id("account_id", request.account_id()));
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::Delinquency> {
              const std::optional<Standing> standing = LoadStanding(tx, account, call.today);
              if (!standing) return AccountUnknown();
              const std::vector<Disconnect> disconnects = ListDisconnects(tx, account, kListMax);
              v1::Delinquency answer;
              answer.set_account_id(account.value());
              answer.set_past_due_cents(standing->past_due.cents());
              answer.set_amount_to_avoid_cents(
                  AmountToAvoid(disconnects, standing->past_due).cents());
              for (const Notice& notice : standing->notices) {
                *answer.add_notices() = ToProto(account, notice);
              }
              for (const Dispute& dispute : ListDisputes(tx, account, kListMax)) {
                *answer.add_disputes() = ToProto(dispute);
              }
              for (const Disconnect& disconnect : disconnects) {
                *answer.add_disconnects() = ToProto(account, disconnect);
              }
              return answer;
            });
      });
}

grpc::ServerUnaryReactor* CollectionsService::OpenDispute(grpc::CallbackServerContext* context,
                                                          const v1::OpenDisputeRequest* request,
                                                          v1::Dispute* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::OpenDisputeRequest& request) -> Result<v1::Dispute> {
        REEVE_ASSIGN_OR_RETURN(const OpenDisputeCommand command, Parse(request));
        const std::int64_t dispute_id = NewId(call.now, random_);
        return frame_.Write(call, command, [&](command::Change& change) {
          return Open(change, command, dispute_id);
        });
      });
}

grpc::ServerUnaryReactor* CollectionsService::DecideDispute(grpc::CallbackServerContext* context,
                                                            const v1::DecideDisputeRequest* request,
                                                            v1::Dispute* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::DecideDisputeRequest& request) -> Result<v1::Dispute> {
        REEVE_ASSIGN_OR_RETURN(const DecideDisputeCommand command, Parse(request));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Decide(change, command); });
      });
}

grpc::ServerUnaryReactor* CollectionsService::RequestDisconnect(
    grpc::CallbackServerContext* context, const v1::RequestDisconnectRequest* request,
    v1::Disconnect* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::RequestDisconnectRequest& request) -> Result<v1::Disconnect> {
        REEVE_ASSIGN_OR_RETURN(const RequestDisconnectCommand command, Parse(request));
        const std::int64_t disconnect_id = NewId(call.now, random_);
        return frame_.Write(call, command, [&](command::Change& change) {
          return Ask(change, command, calendar_, disconnect_id);
        });
      });
}

grpc::ServerUnaryReactor* CollectionsService::MayDisconnect(grpc::CallbackServerContext* context,
                                                            const v1::MayDisconnectRequest* request,
                                                            v1::MayDisconnectResponse* response) {
  return server_.HandleBatched(
      context, request, response, check_,
      [](const v1::MayDisconnectRequest& request) -> Result<DisconnectQuestion> {
        Fields fields;
        const DisconnectQuestion question{AccountId(fields.Id("account_id", request.account_id()))};
        if (request.order_id() != 0) fields.Id("order_id", request.order_id());
        if (!fields.ok()) return fields.error();
        return question;
      });
}

grpc::ServerUnaryReactor* CollectionsService::LoadShutoffPolicy(
    grpc::CallbackServerContext* context, const v1::LoadShutoffPolicyRequest* request,
    v1::ShutoffPolicy* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::LoadShutoffPolicyRequest& request) -> Result<v1::ShutoffPolicy> {
        REEVE_ASSIGN_OR_RETURN(const LoadShutoffPolicyCommand command, Parse(request));
        const ShutoffPolicy& policy = command.policy;
        return frame_.Write(
            call, command, [&](command::Change& change) -> Result<v1::ShutoffPolicy> {
              if (HasPolicy(change.tx(), policy.effective_date)) {
                return AlreadyExists(reason::kPolicyExists,
                                     "Rules of a cut from that day on are loaded.");
              }
              InsertPolicy(change.tx(), policy);
              AuditRow(change, kKeptShutoffPolicy, "load", "", CellsOfPolicy(policy));
              return ToProto(policy);
            });
      });
}

}  // namespace reeve::billing::collections
