#include "reeve/billing/v1/guard_policy_service.pb.h"
#include "reeve/billing/v1/guard_service.pb.h"
#include "services/reevectl/commands/noun.h"

namespace reeve::reevectl {
namespace {

namespace pb = billing::v1;

void ShowRules(Screen& screen, const pb::ListGuardRulesResponse& rules) {
  for (const pb::GuardRule& rule : rules.rules()) {
    screen.Line(rule.name() + (rule.of_run() ? "  (of a run)" : ""));
    screen.Line("    " + rule.meaning());
    if (!rule.hurt().empty()) screen.Line("    " + rule.hurt());
  }
  const std::string& since = rules.in_force().effective_date();
  screen.Line(since.empty() ? "Limits: the defaults" : "Limits since " + since);
  const auto show = [&screen](const auto& limits, const std::string& of) {
    for (const pb::GuardLimit& limit : limits) {
      screen.Pair(of + limit.name(), std::to_string(limit.value()), 4);
    }
  };
  show(rules.in_force().residential(), "residential ");
  show(rules.in_force().non_residential(), "others ");
  show(rules.in_force().run(), "run ");
}

void ShowVersion(Screen& screen, const pb::GuardPolicyVersion& version) {
  screen.Line("Policy of " + version.policy().effective_date() + ", " + Word(version.state()) +
              ", loaded " + std::to_string(version.revision()) +
              " times: " + version.policy().citation());
  if (version.loaded_by_person_id() != 0) {
    screen.Pair("loaded by", screen.Person(version.loaded_by_person_id()), 4);
  }
  if (version.activated_by_person_id() != 0) {
    screen.Pair("activated by", screen.Person(version.activated_by_person_id()), 4);
  }
  for (const pb::GuardLimitChange& change : version.changes()) {
    screen.Line("    " + change.scope() + " " + change.name() + ": " +
                std::to_string(change.before()) + " -> " + std::to_string(change.after()) +
                (change.loosens() ? ", looser" : ", stricter"));
  }
}

void ShowPolicies(Screen& screen, const pb::ListGuardPoliciesResponse& policies) {
  for (const pb::GuardPolicyVersion& version : policies.policies()) ShowVersion(screen, version);
}

}  // namespace

Noun GuardPolicies() {
  const std::string limit = "name=BILL_CENTS_MAX,value=100000";
  return {"guard",
          "The guard: its rules, its limits, and the two people who change them.",
          {{"rules",
            "Every rule with its meaning, and the limits in force.",
            "reeve.billing.v1.GuardService/ListGuardRules",
            {},
            As(ShowRules)},
           {"policies",
            "The policies, drafts too, and what each changes.",
            "reeve.billing.v1.GuardPolicyService/ListGuardPolicies",
            {},
            As(ShowPolicies)},
           {"load",
            "Loads limits as a draft; nothing is judged by it yet.",
            "reeve.billing.v1.GuardService/LoadGuardPolicy",
            {{"--effective", "policy.effective_date", "First day, after today", kRequired},
             {"--citation", "policy.citation", "Where the city decided them", kRequired},
             {"--residential", "policy.residential", limit},
             {"--others", "policy.non_residential", limit},
             {"--run", "policy.run", "name=COUNT_CHANGE_MAX,value=300"}},
            {}},
           {"activate",
            "Puts a draft into force that somebody else has loaded.",
            "reeve.billing.v1.GuardPolicyService/ActivateGuardPolicy",
            {{"--effective", "effective_date", "First day of the policy", kRequired},
             {"--revision", "revision", "Of the draft that was looked at", kRequired}},
            As(ShowVersion)}}};
}

}  // namespace reeve::reevectl
