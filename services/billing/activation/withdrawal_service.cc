// Drafts that are withdrawn.
#include "services/billing/activation/activation_service.h"
#include "services/billing/audit_row.h"
#include "services/billing/rate/rate_store.h"
#include "services/billing/rate/withdrawal_store.h"
#include "shared/rpc/paging.h"

namespace reeve::billing::activation {
namespace {

constexpr std::size_t kVersionMax = 40;
constexpr std::int64_t kRevisionMax = 1'000'000;

struct WithdrawCommand {
  static constexpr std::string_view kMethod =
      "reeve.billing.v1.RateActivationService/WithdrawDraft";
  std::string request_id;
  std::string version;
  std::int64_t revision = 0;
  std::string reason;

  std::int64_t home() const { return 0; }
  Canonical canonical() const {
    return std::move(Canonical(kMethod, 1)
                         .Add("version", version)
                         .Add("revision", revision)
                         .Add("reason", reason));
  }
};

Result<WithdrawCommand> Parse(const v1::WithdrawDraftRequest& request) {
  Fields fields;
  WithdrawCommand command{fields.RequestId(request.request_id()),
                          fields.Text("version", request.version(), 1, kVersionMax),
                          fields.Range("revision", request.revision(), 1, kRevisionMax),
                          fields.Text("reason", request.reason(), 3, 300)};
  if (!fields.ok()) return fields.error();
  return command;
}

v1::WithdrawnDraft ToProto(const rate::Withdrawal& withdrawal) {
  v1::WithdrawnDraft message;
  message.set_version(rate::VersionKey(withdrawal.code, withdrawal.effective_date));
  message.set_revision(withdrawal.revision);
  message.set_content_digest(withdrawal.content);
  message.set_loaded_by_person_id(withdrawal.loaded_by.value());
  message.set_withdrawn_by_person_id(withdrawal.withdrawn_by.value());
  message.set_withdrawn_date(withdrawal.withdrawn_date.ToString());
  message.set_reason(withdrawal.reason);
  return message;
}

std::optional<rate::LoadedVersion> Find(db::Transaction& tx, const std::string& key) {
  for (rate::LoadedVersion& version : rate::LoadVersions(tx)) {
    if (rate::VersionKey(version.schedule.code, version.schedule.effective_date) == key) {
      return std::move(version);
    }
  }
  return std::nullopt;
}

Result<v1::WithdrawnDraft> Withdraw(command::Change& change, const WithdrawCommand& command) {
  db::Transaction& tx = change.tx();
  rate::LockTariff(tx);  // against an activation
  const std::optional<rate::LoadedVersion> draft = Find(tx, command.version);
  if (!draft) return NotFound(reason::kVersionUnknown, "No such version is loaded.");
  if (draft->standing.state == rate::VersionState::kActive) {
    return FailedPrecondition(reason::kVersionActive,
                              "A version in force stays: a later one takes its place.");
  }
  const Call& call = change.call();
  if (draft->standing.loaded_by != call.caller.person && !call.May("rate.activate")) {
    return PermissionDenied(reason::kNotLoader,
                            "A draft is withdrawn by whoever loaded it or may activate it.");
  }
  if (draft->standing.revision != command.revision) {
    return Aborted(::reeve::reason::kStale, "The draft was loaded again since.");
  }
  const rate::Withdrawal withdrawal{draft->schedule.code,
                                    draft->schedule.effective_date,
                                    draft->standing.revision,
                                    draft->rows,
                                    draft->standing.loaded_by,
                                    call.caller.person,
                                    call.today,
                                    command.reason};
  REEVE_RETURN_IF_ERROR(rate::DeleteDraft(tx, draft->schedule));
  rate::InsertWithdrawal(tx, withdrawal);
  change.Audit({std::string(rate::kScheduleEntity), command.version, "withdraw",
                rate::VersionText(draft->rows, draft->standing), ""});
  AuditRow(change, rate::kKeptWithdrawal, "withdraw", "", rate::CellsOfWithdrawal(withdrawal));
  return ToProto(withdrawal);
}

}  // namespace

grpc::ServerUnaryReactor* RateActivationService::WithdrawDraft(
    grpc::CallbackServerContext* context, const v1::WithdrawDraftRequest* request,
    v1::WithdrawnDraft* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::WithdrawDraftRequest& request) -> Result<v1::WithdrawnDraft> {
        REEVE_ASSIGN_OR_RETURN(const WithdrawCommand command, Parse(request));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Withdraw(change, command); });
      });
}

grpc::ServerUnaryReactor* RateActivationService::ListWithdrawnDrafts(
    grpc::CallbackServerContext* context, const v1::ListWithdrawnDraftsRequest* request,
    v1::ListWithdrawnDraftsResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::ListWithdrawnDraftsRequest& request)
          -> Result<v1::ListWithdrawnDraftsResponse> {
        Fields fields;
        const rpc::Page page = rpc::ParsePage(fields, request.page_size(), request.page_token(),
                                              "withdrawn-drafts", 3);
        if (!fields.ok()) return fields.error();
        rate::WithdrawalKey after;
        if (!page.after.empty()) after = {page.after[0], page.after[1], page.AfterInt(2)};
        std::vector<rate::Withdrawal> listed;
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          listed = rate::ListWithdrawals(tx, after, page.size);
        });
        v1::ListWithdrawnDraftsResponse answer;
        for (const rate::Withdrawal& one : listed) *answer.add_drafts() = ToProto(one);
        if (static_cast<std::int32_t>(listed.size()) == page.size) {
          const rate::Withdrawal& last = listed.back();
          answer.set_next_page_token(rpc::NextPageToken(
              "withdrawn-drafts",
              {last.code, last.effective_date.ToString(), std::to_string(last.revision)}));
        }
        return answer;
      });
}

}  // namespace reeve::billing::activation
