#include "services/billing/late_fee/late_fee_service.h"

#include <algorithm>
#include <exception>

#include "services/billing/audit_row.h"
#include "services/billing/collections/shutoff.h"
#include "services/billing/late_fee/late_fee_wire_service.h"
#include "services/billing/late_fee/run_service.h"
#include "services/billing/receivable/books_store.h"
#include "shared/core/fields.h"
#include "shared/db/failure.h"
#include "shared/obs/log.h"
#include "shared/rpc/paging.h"

namespace reeve::billing::late_fee {
namespace {

Error NotBehindPayments(std::string_view why_not) {
  return Unavailable(why_not == collections::answer::kPaymentsUnknown
                         ? Reason{collections::answer::kPaymentsUnknown}
                         : Reason{collections::answer::kNotCaughtUp},
                     "It is not known that all payments are applied: ask again.");
}

// 50 USC 3937: written notice and orders, not later than so many days behind the service.
constexpr int kNoticeDays = 180;

// Whether a bill could bear a fee by both.
bool Overlap(const Policy& one, const Policy& other) {
  return one.service == other.service &&
         (one.customer_class == other.customer_class || one.customer_class.empty() ||
          other.customer_class.empty());
}

Result<v1::LateFeePolicy> Load(command::Change& change, const LoadPolicyCommand& command) {
  Policy policy = command.policy;
  policy.loaded_by = change.call().caller.person;
  policy.loaded_date = change.call().today;
  const Versions versions = LoadVersions(change.tx(), policy.code);
  if (versions.contains(policy.effective_date)) {
    return AlreadyExists(reason::kPolicyExists, "A version from that day on is loaded.");
  }
  if (policy.effective_date < change.call().today && !versions.empty()) {
    return FailedPrecondition(reason::kPolicyBackdated,
                              "What was in force on a day that is past stays.");
  }
  if (policy.effective_date < change.call().today && policy.backdating.empty()) {
    return InvalidArgument({{"policy.backdating",
                             "says who allowed to charge for due dates that are past: the version "
                             "begins before today"}});
  }
  for (const Policy& other : ListPolicies(change.tx())) {
    if (other.code == policy.code || !Overlap(other, policy)) continue;
    return FailedPrecondition(reason::kPolicyOverlaps,
                              "Another policy charges the same: load its next version.")
        .With("code", other.code);
  }
  InsertPolicy(change.tx(), policy);
  AuditRow(change, kKeptPolicy, "load", "", CellsOfPolicy(policy));
  return ToProto(policy);
}

Result<v1::LateFeeExemption> Record(command::Change& change,
                                    const RecordExemptionCommand& command) {
  db::Transaction& tx = change.tx();
  Exemption exemption = command.exemption;
  if (exemption.cause == ExemptionCause::kServicemember &&
      change.call().today - exemption.to_date > kNoticeDays) {
    return InvalidArgument({{"to_date", "is more than 180 days ago: the notice came too late"}});
  }
  if (receivable::LockBooks(tx, {exemption.account}).empty()) {
    return NotFound(reason::kAccountUnknown, "Billing does not know the account.");
  }
  exemption.exemption_no =
      static_cast<std::int64_t>(ListExemptions(tx, exemption.account).size()) + 1;
  exemption.recorded_date = change.call().today;
  exemption.recorded_by = change.call().caller.person;
  InsertExemption(tx, exemption);
  AuditRow(change, kKeptExemption, "record", "", CellsOfExemption(exemption));
  return ToProto(exemption);
}

Result<v1::LateFeeExemption> DecideExemption(command::Change& change,
                                             const DecideExemptionCommand& command) {
  db::Transaction& tx = change.tx();
  receivable::LockBooks(tx, {command.account});  // whoever decides beside us waits
  std::vector<Exemption> all = ListExemptions(tx, command.account);
  const auto found = std::find_if(all.begin(), all.end(), [&](const Exemption& one) {
    return one.exemption_no == command.exemption_no;
  });
  if (found == all.end()) {
    return NotFound(reason::kExemptionUnknown, "The account has no such exemption.");
  }
  if (found->state != ExemptionState::kProposed) {
    return FailedPrecondition(reason::kExemptionDecided, "It is decided already.");
  }
  if (found->recorded_by == change.call().caller.person) {
    return PermissionDenied(reason::kSamePerson, "Somebody else decides than who recorded it.");
  }
  // After this point it must succeed.
  std::string before = RowText(kKeptExemption, CellsOfExemption(*found));
  found->state = command.approve ? ExemptionState::kApproved : ExemptionState::kDeclined;
  found->decided_by = change.call().caller.person;
  found->decision = command.decision;
  SaveExemption(tx, *found);
  AuditRow(change, kKeptExemption, command.approve ? "approve" : "decline", std::move(before),
           CellsOfExemption(*found));
  return ToProto(*found);
}

}  // namespace

Meters::Meters(obs::Metrics& metrics)
    : fees_(metrics.NewCounterByLabel("late_fees_total", "Late fees that reached a state.", "state",
                                      kStateName.names())) {}

template <class Done>
void BehindPayments::Submit(const Call& call, Body body, Done done) {
  caught_up_.Await(call, [call, body = std::move(body), done = std::move(done)](
                             std::string_view why_not, const feed::Token&) {
    if (!why_not.empty()) {
      done(NotBehindPayments(why_not));
      return;
    }
    try {
      done(body(call));
    } catch (const db::DatabaseError& error) {
      obs::Log(obs::Level::kError, "late_fee_failed", {{"detail", error.what()}});
      done(db::FromDatabaseError(error));
    } catch (const std::exception& error) {
      obs::Log(obs::Level::kError, "late_fee_failed", {{"detail", error.what()}});
      done(db::FromDatabaseError({db::DatabaseError::Kind::kBroken, error.what()}));
    }
  });
}

template <class Request, class Run>
grpc::ServerUnaryReactor* LateFeeService::Behind(grpc::CallbackServerContext* context,
                                                 const Request* request, v1::LateFeeRun* response,
                                                 Run run) {
  return server_.HandleBatched(
      context, request, response, behind_payments_,
      [this, run](const Request& request) -> Result<BehindPayments::Body> {
        REEVE_ASSIGN_OR_RETURN(const auto command, Parse(request));
        return BehindPayments::Body([this, run, command](const Call& call) {
          return frame_.Write(call, command,
                              [&](command::Change& change) { return run(change, command); });
        });
      });
}

template <class Request, class Response, class Run>
grpc::ServerUnaryReactor* LateFeeService::Change(grpc::CallbackServerContext* context,
                                                 const Request* request, Response* response,
                                                 Run run) {
  return server_.Handle(context, request, response,
                        [this, run](const Call& call, const Request& request) -> Result<Response> {
                          REEVE_ASSIGN_OR_RETURN(const auto command, Parse(request));
                          return frame_.Write(call, command, [&](command::Change& change) {
                            return run(change, command);
                          });
                        });
}

grpc::ServerUnaryReactor* LateFeeService::LoadLateFeePolicy(
    grpc::CallbackServerContext* context, const v1::LoadLateFeePolicyRequest* request,
    v1::LateFeePolicy* response) {
  return Change(context, request, response, Load);
}

grpc::ServerUnaryReactor* LateFeeService::ListLateFeePolicies(
    grpc::CallbackServerContext* context, const v1::ListLateFeePoliciesRequest* request,
    v1::ListLateFeePoliciesResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListLateFeePoliciesRequest&) -> Result<v1::ListLateFeePoliciesResponse> {
        v1::ListLateFeePoliciesResponse answer;
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          answer.Clear();
          for (const Policy& policy : ListPolicies(tx)) {
            *answer.add_policies() = ToProto(policy);
          }
        });
        return answer;
      });
}

grpc::ServerUnaryReactor* LateFeeService::StartLateFeeRun(grpc::CallbackServerContext* context,
                                                          const v1::StartLateFeeRunRequest* request,
                                                          v1::LateFeeRun* response) {
  return Behind(context, request, response, Start);
}

grpc::ServerUnaryReactor* LateFeeService::AdvanceLateFeeRun(
    grpc::CallbackServerContext* context, const v1::AdvanceLateFeeRunRequest* request,
    v1::LateFeeRun* response) {
  return Change(context, request, response,
                [this](command::Change& change, const AdvanceCommand& command) {
                  return Advance(change, command, meters_);
                });
}

grpc::ServerUnaryReactor* LateFeeService::GetLateFeeRun(grpc::CallbackServerContext* context,
                                                        const v1::GetLateFeeRunRequest* request,
                                                        v1::LateFeeRun* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::GetLateFeeRunRequest& request) -> Result<v1::LateFeeRun> {
        Fields fields;
        fields.Id("run_id", request.run_id());
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(call.deadline,
                                    [&](db::Transaction& tx) -> Result<v1::LateFeeRun> {
                                      const std::optional<Run> run = FindRun(tx, request.run_id());
                                      if (!run) return RunUnknown();
                                      return ToProto(tx, *run);
                                    });
      });
}

grpc::ServerUnaryReactor* LateFeeService::ListLateFees(grpc::CallbackServerContext* context,
                                                       const v1::ListLateFeesRequest* request,
                                                       v1::ListLateFeesResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListLateFeesRequest& request) -> Result<v1::ListLateFeesResponse> {
        Fields fields;
        fields.Id("run_id", request.run_id());
        const std::string query =
            "late-fees/" + std::to_string(request.run_id()) + (request.held_only() ? "/held" : "");
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 3);
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::ListLateFeesResponse> {
              const std::optional<Run> run = FindRun(tx, request.run_id());
              if (!run) return RunUnknown();
              const Versions versions = LoadVersions(tx, run->policy_code);
              v1::ListLateFeesResponse answer;
              for (const Fee& fee :
                   ListFees(tx, request.run_id(), request.held_only(),
                            {AccountId(page.AfterInt(0)), page.AfterInt(1), page.AfterInt(2, -1)},
                            page.size)) {
                *answer.add_fees() = ToProto(fee, VersionOn(versions, fee.policy_date));
              }
              if (answer.fees_size() == page.size) {
                const v1::LateFee& last = answer.fees(page.size - 1);
                answer.set_next_page_token(rpc::NextPageToken(
                    query, {std::to_string(last.account_id()), std::to_string(last.bill_id()),
                            std::to_string(last.step_no())}));
              }
              return answer;
            });
      });
}

grpc::ServerUnaryReactor* LateFeeService::ListAccountLateFees(
    grpc::CallbackServerContext* context, const v1::ListAccountLateFeesRequest* request,
    v1::ListAccountLateFeesResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::ListAccountLateFeesRequest& request)
          -> Result<v1::ListAccountLateFeesResponse> {
        Fields fields;
        const AccountId account(fields.Id("account_id", request.account_id()));
        const std::string query = "late-fees-of/" + account.ToString();
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 3);
        if (!fields.ok()) return fields.error();
        v1::ListAccountLateFeesResponse answer;
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          answer.Clear();
          std::map<std::string, Versions> versions;
          for (const Policy& policy : ListPolicies(tx)) {
            versions[policy.code].emplace(policy.effective_date, policy);
          }
          for (const Fee& fee : ListFeesOf(tx, account, page.AfterInt(0), page.AfterInt(1),
                                           page.AfterInt(2, -1), page.size)) {
            *answer.add_fees() =
                ToProto(fee, VersionOn(versions[fee.policy_code], fee.policy_date));
          }
        });
        if (answer.fees_size() == page.size) {
          const v1::LateFee& last = answer.fees(page.size - 1);
          answer.set_next_page_token(rpc::NextPageToken(
              query, {std::to_string(last.run_id()), std::to_string(last.bill_id()),
                      std::to_string(last.step_no())}));
        }
        return answer;
      });
}

grpc::ServerUnaryReactor* LateFeeService::AssignLateFee(grpc::CallbackServerContext* context,
                                                        const v1::AssignLateFeeRequest* request,
                                                        v1::LateFee* response) {
  return Change(context, request, response, Assign);
}

grpc::ServerUnaryReactor* LateFeeService::DecideLateFee(grpc::CallbackServerContext* context,
                                                        const v1::DecideLateFeeRequest* request,
                                                        v1::LateFee* response) {
  return Change(context, request, response,
                [this](command::Change& change, const DecideCommand& command) {
                  return Decide(change, command, meters_);
                });
}

grpc::ServerUnaryReactor* LateFeeService::AcknowledgeLateFeeFinding(
    grpc::CallbackServerContext* context, const v1::AcknowledgeLateFeeFindingRequest* request,
    v1::LateFeeRun* response) {
  return Change(context, request, response, Acknowledge);
}

grpc::ServerUnaryReactor* LateFeeService::SignLateFeeRun(grpc::CallbackServerContext* context,
                                                         const v1::SignLateFeeRunRequest* request,
                                                         v1::LateFeeRun* response) {
  return Change(context, request, response, Sign);
}

grpc::ServerUnaryReactor* LateFeeService::PostLateFeeRun(grpc::CallbackServerContext* context,
                                                         const v1::PostLateFeeRunRequest* request,
                                                         v1::LateFeeRun* response) {
  return Behind(context, request, response,
                [this](command::Change& change, const PostCommand& command) {
                  return Post(change, command, meters_);
                });
}

grpc::ServerUnaryReactor* LateFeeService::WithdrawLateFeeRun(
    grpc::CallbackServerContext* context, const v1::WithdrawLateFeeRunRequest* request,
    v1::LateFeeRun* response) {
  return Change(context, request, response, Withdraw);
}

grpc::ServerUnaryReactor* LateFeeService::RecordLateFeeExemption(
    grpc::CallbackServerContext* context, const v1::RecordLateFeeExemptionRequest* request,
    v1::LateFeeExemption* response) {
  return Change(context, request, response, Record);
}

grpc::ServerUnaryReactor* LateFeeService::DecideLateFeeExemption(
    grpc::CallbackServerContext* context, const v1::DecideLateFeeExemptionRequest* request,
    v1::LateFeeExemption* response) {
  return Change(context, request, response, DecideExemption);
}

grpc::ServerUnaryReactor* LateFeeService::ListLateFeeExemptions(
    grpc::CallbackServerContext* context, const v1::ListLateFeeExemptionsRequest* request,
    v1::ListLateFeeExemptionsResponse* response) {
  return server_.Handle(context, request, response,
                        [this](const Call& call, const v1::ListLateFeeExemptionsRequest& request)
                            -> Result<v1::ListLateFeeExemptionsResponse> {
                          Fields fields;
                          const AccountId account(fields.Id("account_id", request.account_id()));
                          if (!fields.ok()) return fields.error();
                          v1::ListLateFeeExemptionsResponse answer;
                          database_.Read(call.deadline, [&](db::Transaction& tx) {
                            answer.Clear();
                            for (const Exemption& one : ListExemptions(tx, account)) {
                              *answer.add_exemptions() = ToProto(one);
                            }
                          });
                          return answer;
                        });
}

}  // namespace reeve::billing::late_fee
