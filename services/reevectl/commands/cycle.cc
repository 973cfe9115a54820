#include "reeve/billing/v1/bill_service.pb.h"
#include "reeve/billing/v1/cycle_service.pb.h"
#include "reeve/billing/v1/guard_service.pb.h"
#include "reeve/billing/v1/hold_service.pb.h"
#include "services/reevectl/commands/noun.h"

namespace reeve::reevectl {
namespace {

namespace pb = billing::v1;

std::string Padded(std::string text, std::size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

void RegisterRow(Screen& screen, const std::string& service, const std::string& count,
                 const std::string& quantity, const std::string& dollars,
                 const std::string& last_count, const std::string& last_quantity,
                 const std::string& last_dollars) {
  std::string name = service;
  name.resize(12, ' ');
  screen.Line("  " + name + Padded(count, 7) + Padded(quantity, 14) + Padded(dollars, 14) + "  |" +
              Padded(last_count, 7) + Padded(last_quantity, 14) + Padded(last_dollars, 14));
}

void ShowCycle(Screen& screen, const pb::CycleRun& run) {
  screen.Line("Cycle " + std::to_string(run.cycle()) + ", run " + std::to_string(run.cycle_id()) +
              ": " + Word(run.state()) + "   reads to " + run.period_end_date() + ", due " +
              run.due_date());
  screen.Pair("agreements done",
              std::to_string(run.done_count()) + " of " + std::to_string(run.agreement_count()), 2);
  if (run.register_().empty()) return;
  screen.Line("  Bill register, this cycle against last");
  RegisterRow(screen, "service", "count", "units", "dollars", "count", "units", "dollars");
  for (const pb::RegisterLine& line : run.register_()) {
    RegisterRow(screen, line.service(), std::to_string(line.agreement_count()),
                Decimal(line.quantity_thousandths()), Dollars(line.amount_cents()),
                std::to_string(line.last_agreement_count()),
                Decimal(line.last_quantity_thousandths()), Dollars(line.last_amount_cents()));
  }
  screen.Amount(std::to_string(run.bill_count()) + " bills to send", run.total_cents(), 2);
  screen.Amount(std::to_string(run.held_count()) + " bills held", run.held_cents(), 2);
  for (const pb::RegisterLine& line : run.register_()) {
    if (line.held_agreement_count() == 0) continue;
    screen.Amount("of them were held: " + std::to_string(line.held_agreement_count()) + " of " +
                      line.service() + ", " + Decimal(line.held_quantity_thousandths()) + " units",
                  line.held_amount_cents(), 4);
  }
  if (!run.guard_policy().empty()) screen.Pair("limits of", run.guard_policy(), 2);
  if (run.finding_count() > 0) {
    screen.Pair("findings",
                std::to_string(run.finding_count()) + ", not acknowledged " +
                    std::to_string(run.open_finding_count()),
                2);
  }
  if (run.signed_off_by_person_id() != 0) {
    screen.Pair("signed off",
                "by " + screen.Person(run.signed_off_by_person_id()) + "; started by " +
                    screen.Person(run.started_by_person_id()),
                2);
  }
}

void ShowHeld(Screen& screen, const pb::ListHeldBillsResponse& held) {
  for (const pb::Bill& bill : held.bills()) {
    screen.Amount("Bill " + std::to_string(bill.bill_id()) + " of account " +
                      std::to_string(bill.account_id()) + ", " + Word(bill.state()),
                  bill.total_cents());
    for (const pb::Hold& hold : bill.holds()) {
      screen.Line("    " + hold.service() + " " + hold.reason() + ": " + hold.evidence() + "; " +
                  Dollars(hold.at_stake_cents()) + " at stake");
    }
  }
}

void ShowFinding(Screen& screen, const pb::CycleFinding& finding) {
  const std::string about =
      finding.service() + (finding.subject().empty() ? "" : " ") + finding.subject();
  screen.Line(std::to_string(finding.finding_no()) + "  " + finding.rule() + " " + about + ": " +
              finding.evidence());
  if (finding.at_stake_cents() != 0) screen.Amount("at stake", finding.at_stake_cents(), 4);
  if (finding.acknowledged_by_person_id() == 0) return;
  screen.Pair(
      "acknowledged",
      "by " + screen.Person(finding.acknowledged_by_person_id()) + ": " + finding.acknowledgement(),
      4);
}

void ShowFindings(Screen& screen, const pb::ListCycleFindingsResponse& findings) {
  for (const pb::CycleFinding& finding : findings.findings()) ShowFinding(screen, finding);
}

void ShowChanges(Screen& screen, const pb::ListCycleChangesResponse& changes) {
  for (const pb::AgreementChange& change : changes.changes()) {
    screen.Amount("Account " + std::to_string(change.account_id()) + ", " + change.service() +
                      ", " + Dollars(change.before_cents()) + " before",
                  change.amount_cents());
    for (const pb::ChangedFact& fact : change.facts()) {
      screen.Pair(fact.name(), fact.before() + " -> " + fact.after(), 4);
    }
    if (change.exchange_date().empty()) continue;
    screen.Pair("exchanged", "on " + change.exchange_date() + " by " + change.exchanged_by(), 4);
  }
}

void ShowWaiting(Screen& screen, const pb::ListHoldsResponse& waiting) {
  for (const pb::HeldBill& held : waiting.holds()) {
    screen.Amount("Bill " + std::to_string(held.bill().bill_id()) + " of account " +
                      std::to_string(held.bill().account_id()) + ", " +
                      std::to_string(held.age_days()) + " days, to be decided by " +
                      held.deadline_date() + (held.overdue() ? ", overdue" : ""),
                  held.at_stake_cents());
    if (held.owner_person_id() != 0) screen.Pair("owner", screen.Person(held.owner_person_id()), 4);
    for (const pb::Hold& hold : held.bill().holds()) {
      screen.Line("    " + hold.service() + " " + hold.reason() + ": " + hold.evidence());
    }
  }
}

void ShowRelease(Screen& screen, const pb::MassRelease& release) {
  screen.Line("Release " + std::to_string(release.release_id()) + " of " +
              std::to_string(release.bill_count()) + " bills that " + release.rule() +
              " holds: " + Word(release.state()));
  screen.Amount("bills", release.total_cents(), 2);
  screen.Amount(release.as_months() ? "less as months" : "at stake", release.at_stake_cents(), 2);
  for (const pb::Bill& bill : release.sample()) {
    screen.Amount("Bill " + std::to_string(bill.bill_id()) + " of account " +
                      std::to_string(bill.account_id()),
                  bill.total_cents(), 4);
    for (const pb::Hold& hold : bill.holds()) screen.Line("      " + hold.evidence());
  }
}

}  // namespace

Noun Cycles() {
  const Option run{"--run", "cycle_id", "Number of the run", kRequired};
  return {
      "cycle",
      "A billing cycle: calculated, signed off by somebody else, posted.",
      {{"start",
        "Starts to calculate the bills of a cycle.",
        "reeve.billing.v1.CycleService/StartCycle",
        {{"--cycle", "cycle", "Number of the cycle", kRequired},
         {"--kind", "kind", "production or demo", kRequired},
         {"--period-end", "period_end_date", "Day of the reads", kRequired},
         {"--due", "due_date", "Day on which the bills are due", kRequired}},
        As(ShowCycle)},
       {"show",
        "The run and its register.",
        "reeve.billing.v1.CycleService/GetCycle",
        {run},
        As(ShowCycle)},
       {"list", "The runs, newest first.", "reeve.billing.v1.CycleService/ListCycles", {}, {}},
       {"held",
        "The bills that are held, and why.",
        "reeve.billing.v1.CycleService/ListHeldBills",
        {run},
        As(ShowHeld)},
       {"findings",
        "What was found of the run as a whole.",
        "reeve.billing.v1.GuardService/ListCycleFindings",
        {run},
        As(ShowFindings)},
       {"changes",
        "What of its agreements is not as it was on the bill before.",
        "reeve.billing.v1.GuardService/ListCycleChanges",
        {run, {"--page-token", "page_token", "Token of the next page"}},
        As(ShowChanges)},
       {"acknowledge",
        "Acknowledges a finding; the run is signed once all are.",
        "reeve.billing.v1.GuardService/AcknowledgeFinding",
        {run,
         {"--finding", "finding_no", "Number of the finding", kRequired},
         {"--reason", "reason", "Why the run may be signed all the same", kRequired}},
        As(ShowFinding)},
       {"control",
        "Records what was purchased or pumped, before the run is calculated.",
        "reeve.billing.v1.GuardService/RecordControlTotal",
        {{"--cycle", "control_total.cycle", "Number of the cycle", kRequired},
         {"--period-end", "control_total.period_end_date", "Last day of the run", kRequired},
         {"--service", "control_total.service", "Name of the service", kRequired},
         {"--thousandths", "control_total.quantity_thousandths", "Thousandths of units", kRequired},
         {"--source", "control_total.source", "Where the figure is from", kRequired}},
        {}},
       {"waiting",
        "The held bills of all runs, with owner, age, dollars and deadline.",
        "reeve.billing.v1.HoldService/ListHolds",
        {},
        As(ShowWaiting)},
       {"assign",
        "Says who looks into a held bill, and until when.",
        "reeve.billing.v1.HoldService/AssignHold",
        {{"--account", "account_id", "Number of the account", kRequired},
         {"--bill", "bill_id", "Number of the bill", kRequired},
         {"--owner", "owner_person_id", "Number of the person", kRequired},
         {"--deadline", "deadline_date", "Day by which it is to be decided", kRequired}},
        {}},
       {"propose-release",
        "Proposes to release the bills that one rule alone holds.",
        "reeve.billing.v1.HoldService/ProposeRelease",
        {run,
         {"--rule", "rule", "Name of the rule", kRequired},
         {"--at-stake-max", "at_stake_max_cents", "Dollars at stake in each, at most", kRequired},
         {"--reason", "reason", "Why they may be sent", kRequired},
         {"--as-months", "as_months", "true: send long periods as months instead"}},
        As(ShowRelease)},
       {"release",
        "Releases what somebody else proposed, by its total.",
        "reeve.billing.v1.HoldService/ApproveRelease",
        {{"--release", "release_id", "Number of the release", kRequired},
         {"--total", "total_cents", "Total of the bills that were looked at", kRequired}},
        As(ShowRelease)},
       {"sign-off",
        "Signs off the register by its total.",
        "reeve.billing.v1.CycleService/SignOffCycle",
        {run, {"--total", "total_cents", "Total of the register that was read", kRequired}},
        As(ShowCycle)},
       {"post",
        "Posts the bills that were signed off.",
        "reeve.billing.v1.CycleService/PostCycle",
        {run},
        As(ShowCycle)}}};
}

}  // namespace reeve::reevectl
