#include "reeve/billing/v1/bill_service.pb.h"
#include "reeve/billing/v1/cycle_service.pb.h"
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
      screen.Line("    " + hold.service() + " " + hold.reason() + ": " + hold.evidence());
    }
  }
}

}  // namespace

Noun Cycles() {
  const Option run{"--run", "cycle_id", "Number of the run", kRequired};
  return {"cycle",
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
