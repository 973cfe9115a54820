// The methods of ReadService that estimate.
#include "services/billing/audit_row.h"
#include "services/billing/derived_id.h"
#include "services/billing/read/correction_store.h"
#include "services/billing/read/estimate_store.h"
#include "services/billing/read/read_service.h"
#include "services/billing/read/read_wire_service.h"
#include "services/billing/read/served_store.h"
#include "shared/core/fields.h"

namespace reeve::billing::read {
namespace {

using agreement::Agreement;

struct LoadPolicyCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.ReadService/LoadEstimatePolicy";
  std::string request_id;
  EstimatePolicy policy;

  std::int64_t home() const { return 0; }
  Canonical canonical() const {
    return std::move(Canonical(kMethod, 1)
                         .Add("effective_date", policy.effective_date.ToString())
                         .Add("citation", policy.citation)
                         .Add("basis", BasisName(policy.basis))
                         .Add("period_count", policy.period_count)
                         .Add("drops_extremes", policy.drops_extremes ? 1 : 0)
                         .Add("in_a_row_max", policy.in_a_row_max));
  }
};

Result<LoadPolicyCommand> Parse(const v1::LoadEstimatePolicyRequest& request) {
  Fields fields;
  LoadPolicyCommand command{fields.RequestId(request.request_id()), {}};
  const v1::EstimatePolicy& message = request.policy();
  EstimatePolicy& policy = command.policy;
  policy.effective_date = fields.CivilDate("policy.effective_date", message.effective_date());
  policy.citation = fields.Text("policy.citation", message.citation(), 3, 300);
  if (message.basis() == v1::ESTIMATE_BASIS_SAME_SEASON) {
    policy.basis = Basis::kSameSeason;
  } else if (message.basis() != v1::ESTIMATE_BASIS_PRIOR) {
    fields.Refuse("policy.basis", "is required");
  }
  policy.period_count =
      static_cast<int>(fields.Range("policy.period_count", message.period_count(), 1, 24));
  policy.drops_extremes = message.drops_extremes();
  policy.in_a_row_max =
      static_cast<int>(fields.Range("policy.in_a_row_max", message.in_a_row_max(), 1, 12));
  if (!fields.ok()) return fields.error();
  return command;
}

struct EstimateCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.ReadService/EstimateRead";
  std::string request_id;
  AccountId account;
  std::int64_t agreement_id = 0;
  Date read_date;
  std::string reason;

  std::int64_t home() const { return account.value(); }
  Canonical canonical() const {
    return std::move(Canonical(kMethod, 1)
                         .Add("account_id", account.value())
                         .Add("agreement_id", agreement_id)
                         .Add("read_date", read_date.ToString())
                         .Add("reason", reason));
  }
};

Result<EstimateCommand> Parse(const v1::EstimateReadRequest& request, Date today) {
  Fields fields;
  EstimateCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.account = AccountId(fields.Id("account_id", request.account_id()));
  command.agreement_id = fields.Id("agreement_id", request.agreement_id());
  command.read_date = fields.CivilDate("read_date", request.read_date());
  if (command.read_date > today) fields.Refuse("read_date", "is in the future");
  command.reason = fields.Text("reason", request.reason(), 1, 500);
  if (!fields.ok()) return fields.error();
  return command;
}

// What a meter has probably measured since it was read last.
struct Estimated {
  Reading last;
  std::int64_t usage_thousandths = 0;
  std::string by;  // the method
};

// Nothing of the account waits for somebody that may change it.
Result<> CheckWorked(db::Transaction& tx, const Agreement& agreement) {
  if (const auto waiting = FirstWaiting(tx, agreement.account)) {
    return FailedPrecondition(reason::kReadsWait, "A read of the account waits for somebody.")
        .With("import_id", waiting->import_id)
        .With("line", waiting->line);
  }
  if (const auto held = FindHeld(tx, {agreement.account, agreement.agreement_id})) {
    return FailedPrecondition(reason::kBillHeld, "The read before it is of a bill that is held.")
        .With("bill_id", *held);
  }
  return Ok();
}

// Behind the newest read: by the method in force, from the agreement's own bills.
Result<Estimated> EstimateByMethod(db::Transaction& tx, const Agreement& agreement,
                                   const MeterKey& key, Date day) {
  const std::optional<EstimatePolicy> policy = EstimatePolicyInForce(tx, day);
  if (!policy) {
    return FailedPrecondition(reason::kPolicyMissing, "No method of estimating is in force.");
  }
  const History history = LoadHistories(tx, {&key, 1}).front();
  if (!history.last || day <= history.last->date) {
    return FailedPrecondition(reason::kReadThere, "A read of that day or a later one is there.");
  }
  REEVE_RETURN_IF_ERROR(CheckWorked(tx, agreement));
  if (EstimatesInARow(tx, key, policy->in_a_row_max) >= policy->in_a_row_max) {
    return FailedPrecondition(reason::kTooManyEstimates, "The meter must be read.")
        .With("in_a_row_max", policy->in_a_row_max);
  }
  REEVE_ASSIGN_OR_RETURN(
      const std::int64_t usage,
      EstimateUse(*policy, LoadBilledUse(tx, {agreement.account, agreement.agreement_id}),
                  history.last->date, day));
  return Estimated{*history.last, usage, policy->effective_date.ToString()};
}

// Between two reads: by what was used between them, whatever earlier bills say.
Result<Estimated> EstimateByReads(db::Transaction& tx, const Agreement& agreement,
                                  const ReadsAround& around, Date day) {
  REEVE_RETURN_IF_ERROR(CheckWorked(tx, agreement));
  const auto& [before, after] = around;
  REEVE_ASSIGN_OR_RETURN(const std::int64_t usage,
                         UsageBetween(before.thousandths, after.thousandths,
                                      agreement.register_digits, agreement.multiplier_thousandths));
  return Estimated{before, PartOfUse(usage, before.date, day, after.date), "reads around it"};
}

Result<v1::Read> Estimate(command::Change& change, const EstimateCommand& command) {
  db::Transaction& tx = change.tx();
  REEVE_ASSIGN_OR_RETURN(const Agreement agreement,
                         LockServed(tx, command.account, command.agreement_id, command.read_date));
  const MeterKey key{agreement.account, agreement.agreement_id, agreement.meter_number};
  const std::optional<ReadsAround> around = FindReadsAround(tx, key, command.read_date);
  REEVE_ASSIGN_OR_RETURN(const Estimated estimated,
                         around ? EstimateByReads(tx, agreement, *around, command.read_date)
                                : EstimateByMethod(tx, agreement, key, command.read_date));
  // After this point it must succeed.
  const Reading reading{command.read_date,
                        RegisterAfter(estimated.last.thousandths, estimated.usage_thousandths,
                                      agreement.register_digits, agreement.multiplier_thousandths),
                        true};
  const Read read{agreement.account,
                  DerivedId("estimate/" + command.read_date.ToString(), agreement.agreement_id,
                            DerivedId("estimate-request", command.request_id)),
                  agreement.agreement_id,
                  agreement.meter_number,
                  reading,
                  Source::kEstimate,
                  agreement.agreement_id};
  InsertReads(tx, {&read, 1});
  AuditRow(change, kKeptRead, "estimate", "", FixedCellsOf(read));
  change.Audit({"estimate-reason",
                agreement.account.ToString() + "/" + std::to_string(read.read_id), "estimate", "",
                "policy=" + estimated.by + ",reason_digest=" + HexEncode(Sha256(command.reason))});
  return ToProto(read);
}

}  // namespace

grpc::ServerUnaryReactor* ReadService::LoadEstimatePolicy(
    grpc::CallbackServerContext* context, const v1::LoadEstimatePolicyRequest* request,
    v1::EstimatePolicy* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::LoadEstimatePolicyRequest& request) -> Result<v1::EstimatePolicy> {
        REEVE_ASSIGN_OR_RETURN(const LoadPolicyCommand command, Parse(request));
        return frame_.Write(
            call, command, [&](command::Change& change) -> Result<v1::EstimatePolicy> {
              if (HasEstimatePolicy(change.tx(), command.policy.effective_date)) {
                return AlreadyExists(reason::kPolicyExists,
                                     "A method of estimating from that day on is loaded.");
              }
              InsertEstimatePolicy(change.tx(), command.policy);
              AuditRow(change, kKeptEstimatePolicy, "load", "", CellsOfPolicy(command.policy));
              return request.policy();
            });
      });
}

grpc::ServerUnaryReactor* ReadService::EstimateRead(grpc::CallbackServerContext* context,
                                                    const v1::EstimateReadRequest* request,
                                                    v1::Read* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::EstimateReadRequest& request) -> Result<v1::Read> {
        REEVE_ASSIGN_OR_RETURN(const EstimateCommand command, Parse(request, call.today));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Estimate(change, command); });
      });
}

}  // namespace reeve::billing::read
