#include "services/billing/cycle/guard_policy_service.h"

#include <algorithm>
#include <set>

#include "services/billing/audit_row.h"
#include "services/billing/cycle/cycle_service.h"
#include "services/billing/cycle/guard_policy_store.h"
#include "services/billing/cycle/guard_service.h"
#include "services/billing/listed.h"
#include "shared/rpc/paging.h"

namespace reeve::billing::cycle {
namespace {

constexpr std::int64_t kRevisionMax = 1'000'000;

struct LoadPolicyCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.GuardService/LoadGuardPolicy";
  std::string request_id;
  GuardPolicy policy;

  std::int64_t home() const { return 0; }
  Canonical canonical() const {
    return std::move(Canonical(kMethod, 1)
                         .Add("effective_date", policy.effective_date.ToString())
                         .Add("citation", policy.citation)
                         .Add("residential", JoinList(policy.residential.Changed()))
                         .Add("non_residential", JoinList(policy.non_residential.Changed()))
                         .Add("run", JoinList(policy.run.Changed())));
  }
};

struct ActivateCommand {
  static constexpr std::string_view kMethod =
      "reeve.billing.v1.GuardPolicyService/ActivateGuardPolicy";
  std::string request_id;
  Date effective_date;
  std::int64_t revision = 0;

  std::int64_t home() const { return 0; }
  Canonical canonical() const {
    return std::move(Canonical(kMethod, 1)
                         .Add("effective_date", effective_date.ToString())
                         .Add("revision", revision));
  }
};

template <class Messages>
void ParseLimits(Fields& fields, const std::string& path, bool of_run, const Messages& messages,
                 Limits& limits) {
  if (messages.size() > static_cast<int>(kLimitCount)) {
    return fields.Refuse(path, "are more than there are limits");
  }
  std::set<std::string> seen;
  for (int i = 0; i < messages.size(); ++i) {
    const std::string field = path + "[" + std::to_string(i) + "]";
    const LimitWords* words = FindLimit(messages[i].name());
    if (words == nullptr || words->of_run != of_run || !seen.insert(messages[i].name()).second) {
      fields.Refuse(field + ".name", "is no limit of these, or there twice");
      fields.Range(field + ".value", messages[i].value(), 0, Money::kMaxCents);
      continue;
    }
    const LimitRange& range = words->For(limits.scope());
    limits.Set(words->limit,
               fields.Range(field + ".value", messages[i].value(), range.min, range.max));
  }
}

Result<LoadPolicyCommand> Parse(const v1::LoadGuardPolicyRequest& request) {
  Fields fields;
  LoadPolicyCommand command;
  command.request_id = fields.RequestId(request.request_id());
  const v1::GuardPolicy& message = request.policy();
  GuardPolicy& policy = command.policy;
  policy.effective_date = fields.CivilDate("policy.effective_date", message.effective_date());
  policy.citation = fields.Text("policy.citation", message.citation(), 3, 300);
  ParseLimits(fields, "policy.residential", false, message.residential(), policy.residential);
  ParseLimits(fields, "policy.non_residential", false, message.non_residential(),
              policy.non_residential);
  ParseLimits(fields, "policy.run", true, message.run(), policy.run);
  RefuseContradictions(policy, fields);
  if (!fields.ok()) return fields.error();
  return command;
}

Result<ActivateCommand> Parse(const v1::ActivateGuardPolicyRequest& request) {
  Fields fields;
  ActivateCommand command{fields.RequestId(request.request_id()),
                          fields.CivilDate("effective_date", request.effective_date()),
                          fields.Range("revision", request.revision(), 1, kRevisionMax)};
  if (!fields.ok()) return fields.error();
  return command;
}

template <class Messages>
void AddLimits(const Limits& limits, bool of_run, bool all, Scope scope, Messages& messages) {
  const Limits defaults(scope);
  for (const LimitWords& words : AllLimits()) {
    if (words.of_run != of_run) continue;
    if (!all && limits[words.limit] == defaults[words.limit]) continue;
    v1::GuardLimit& added = *messages.Add();
    added.set_name(std::string(words.name));
    added.set_value(limits[words.limit]);
  }
}

// Where the policy of that day is among them, or would be.
std::vector<LoadedPolicy>::const_iterator PlaceOf(const std::vector<LoadedPolicy>& policies,
                                                  Date day) {
  return std::find_if(policies.begin(), policies.end(),
                      [&](const LoadedPolicy& one) { return one.policy.effective_date >= day; });
}

// What is in force before the policy of that day.
GuardPolicy Before(const std::vector<LoadedPolicy>& policies, Date day) {
  GuardPolicy before;
  for (auto one = policies.begin(); one != PlaceOf(policies, day); ++one) {
    if (one->state == PolicyState::kActive) before = one->policy;
  }
  return before;
}

v1::GuardPolicyVersion ToProto(const LoadedPolicy& loaded, const GuardPolicy& before) {
  v1::GuardPolicyVersion message;
  *message.mutable_policy() = ToProto(loaded.policy, false);
  message.set_state(loaded.state == PolicyState::kActive ? v1::GUARD_POLICY_STATE_ACTIVE
                                                         : v1::GUARD_POLICY_STATE_DRAFT);
  message.set_revision(loaded.revision);
  message.set_loaded_by_person_id(loaded.loaded_by.value());
  message.set_activated_by_person_id(loaded.activated_by.value());
  for (const LimitChange& change : ChangesOf(before, loaded.policy)) {
    v1::GuardLimitChange& added = *message.add_changes();
    added.set_scope(std::string(ScopeName(change.scope)));
    added.set_name(std::string(AllLimits()[static_cast<std::size_t>(change.limit)].name));
    added.set_before(change.before);
    added.set_after(change.after);
    added.set_loosens(change.loosens);
  }
  return message;
}

// A run that was started keeps its policy, and no policy reaches back before its second person.
Result<> CheckTimely(db::Transaction& tx, Date effective_date, Date today) {
  if (effective_date > today && !HasRunSince(tx, effective_date)) return Ok();
  return FailedPrecondition(reason::kPolicyTooLate,
                            "A policy begins after the day of its activation, and before any run.");
}

Result<v1::GuardPolicy> Load(command::Change& change, const LoadPolicyCommand& command) {
  db::Transaction& tx = change.tx();
  const std::vector<LoadedPolicy> policies = LockGuardPolicies(tx);
  const auto place = PlaceOf(policies, command.policy.effective_date);
  const bool replaces =
      place != policies.end() && place->policy.effective_date == command.policy.effective_date;
  if (replaces && place->state == PolicyState::kActive) {
    return AlreadyExists(reason::kPolicyExists, "Limits from that day on are in force.");
  }
  REEVE_RETURN_IF_ERROR(CheckTimely(tx, command.policy.effective_date, change.call().today));
  LoadedPolicy loaded{command.policy, PolicyState::kDraft, replaces ? place->revision + 1 : 1,
                      change.call().caller.person, PersonId()};
  SaveGuardPolicy(tx, loaded, !replaces);
  AuditRow(change, kKeptGuardPolicy, "load",
           replaces ? RowText(kKeptGuardPolicy, CellsOfPolicy(*place)) : "", CellsOfPolicy(loaded));
  return ToProto(loaded.policy, false);
}

Result<v1::GuardPolicyVersion> Activate(command::Change& change, const ActivateCommand& command) {
  db::Transaction& tx = change.tx();
  const std::vector<LoadedPolicy> policies = LockGuardPolicies(tx);
  const auto place = PlaceOf(policies, command.effective_date);
  if (place == policies.end() || place->policy.effective_date != command.effective_date) {
    return NotFound(reason::kPolicyUnknown, "No policy of that day is loaded.");
  }
  LoadedPolicy loaded = *place;
  if (loaded.state == PolicyState::kActive) {
    return FailedPrecondition(reason::kPolicyActive, "The policy is active.");
  }
  if (loaded.loaded_by == change.call().caller.person) {
    return PermissionDenied(reason::kSamePerson,
                            "A policy is activated by somebody who did not load it.");
  }
  if (loaded.revision != command.revision) {
    return Aborted(::reeve::reason::kStale, "The draft was loaded again since.");
  }
  REEVE_RETURN_IF_ERROR(CheckTimely(tx, command.effective_date, change.call().today));
  // After this point it must succeed.
  std::string before = RowText(kKeptGuardPolicy, CellsOfPolicy(loaded));
  loaded.state = PolicyState::kActive;
  loaded.activated_by = change.call().caller.person;
  SaveGuardPolicy(tx, loaded, false);
  AuditRow(change, kKeptGuardPolicy, "activate", std::move(before), CellsOfPolicy(loaded));
  return ToProto(loaded, Before(policies, command.effective_date));
}

}  // namespace

v1::GuardPolicy ToProto(const GuardPolicy& policy, bool all) {
  v1::GuardPolicy message;
  if (!policy.citation.empty()) message.set_effective_date(policy.effective_date.ToString());
  message.set_citation(policy.citation);
  AddLimits(policy.residential, false, all, Scope::kResidential, *message.mutable_residential());
  AddLimits(policy.non_residential, false, all, Scope::kNonResidential,
            *message.mutable_non_residential());
  AddLimits(policy.run, true, all, Scope::kRun, *message.mutable_run());
  return message;
}

grpc::ServerUnaryReactor* GuardService::LoadGuardPolicy(grpc::CallbackServerContext* context,
                                                        const v1::LoadGuardPolicyRequest* request,
                                                        v1::GuardPolicy* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::LoadGuardPolicyRequest& request) -> Result<v1::GuardPolicy> {
        REEVE_ASSIGN_OR_RETURN(const LoadPolicyCommand command, Parse(request));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Load(change, command); });
      });
}

grpc::ServerUnaryReactor* GuardPolicyService::ListGuardPolicies(
    grpc::CallbackServerContext* context, const v1::ListGuardPoliciesRequest* request,
    v1::ListGuardPoliciesResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListGuardPoliciesRequest& request) -> Result<v1::ListGuardPoliciesResponse> {
        Fields fields;
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), "policies", 1);
        if (!fields.ok()) return fields.error();
        v1::ListGuardPoliciesResponse answer;
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          answer.Clear();
          const std::vector<LoadedPolicy> policies =
              cycle::ListGuardPolicies(tx);  // a few a decade
          for (auto one = policies.rbegin(); one != policies.rend(); ++one) {
            const Date day = one->policy.effective_date;
            if (!page.after.empty() && day.ToString() >= page.after[0]) continue;
            if (answer.policies_size() == page.size) break;
            *answer.add_policies() = ToProto(*one, Before(policies, day));
          }
        });
        if (answer.policies_size() == page.size) {
          answer.set_next_page_token(rpc::NextPageToken(
              "policies", {answer.policies(page.size - 1).policy().effective_date()}));
        }
        return answer;
      });
}

grpc::ServerUnaryReactor* GuardPolicyService::ActivateGuardPolicy(
    grpc::CallbackServerContext* context, const v1::ActivateGuardPolicyRequest* request,
    v1::GuardPolicyVersion* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ActivateGuardPolicyRequest& request) -> Result<v1::GuardPolicyVersion> {
        REEVE_ASSIGN_OR_RETURN(const ActivateCommand command, Parse(request));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Activate(change, command); });
      });
}

}  // namespace reeve::billing::cycle
