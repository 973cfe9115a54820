#include "reeve/billing/v1/bill_service.pb.h"
#include "reeve/billing/v1/cycle_service.pb.h"
#include "reeve/billing/v1/receivable_service.pb.h"
#include "services/reevectl/commands/noun.h"

namespace reeve::reevectl {
namespace {

namespace pb = billing::v1;

void ShowHead(Screen& screen, const pb::Bill& bill) {
  screen.Rule();
  screen.Line("BILL " + std::to_string(bill.bill_id()) + " of account " +
              std::to_string(bill.account_id()) + ": " + Word(bill.state()) + "   " +
              bill.bill_date() + ", due " + bill.due_date());
}

void ShowTotal(Screen& screen, const pb::Bill& bill, int lines, std::int64_t sum) {
  if (lines > 0) screen.Amount("Sum of the " + std::to_string(lines) + " lines", sum);
  screen.Amount("Total of the bill", bill.total_cents());
  for (const pb::Hold& hold : bill.holds()) {
    screen.Line("held: " + hold.service() + " " + hold.reason() + ", " + hold.evidence());
  }
  screen.Rule();
}

void ShowBill(Screen& screen, const pb::Bill& bill) {
  ShowHead(screen, bill);
  std::int64_t sum = 0;
  for (const pb::BillLine& line : bill.lines()) {
    sum += line.amount_cents();
    screen.Amount(
        line.service() + ": " + line.description() + ", " + line.quantity() + " x " + line.rate(),
        line.amount_cents(), 2);
  }
  ShowTotal(screen, bill, bill.lines_size(), sum);
}

void ShowUsage(Screen& screen, const pb::UsageExplanation& usage) {
  screen.Line("    meter " + usage.meter_number() + ": read " + usage.start_read() + " to " +
              usage.end_read() + (usage.rolled_over() ? ", rolled over" : ""));
  screen.Line("    usage " + usage.formula());
  if (!usage.last_usage().empty()) {
    screen.Line("    last bill " + usage.last_usage() + " in " +
                std::to_string(usage.last_day_count()) + " days, " +
                Dollars(usage.last_amount_cents()));
  }
}

void ShowExplanation(Screen& screen, const pb::BillExplanation& explanation) {
  ShowHead(screen, explanation.bill());
  int lines = 0;
  std::int64_t sum = 0;
  for (const pb::ServiceExplanation& service : explanation.services()) {
    screen.Amount(service.service() + ", " + service.schedule_title(), service.amount_cents());
    screen.Paragraph("schedule " + service.schedule_code() + " of " + service.effective_date() +
                         ": " + service.citation(),
                     4);
    screen.Line("    " + service.from_date() + " to " + service.to_date() + ", " +
                std::to_string(service.day_count()) + " days");
    if (service.has_usage()) ShowUsage(screen, service.usage());
    lines += service.lines_size();
    for (const pb::LineExplanation& line : service.lines()) {
      sum += line.line().amount_cents();
      screen.Amount(line.line().description(), line.line().amount_cents(), 4);
      const std::string dash = line.formula().empty() || line.basis().empty() ? "" : "   ";
      screen.Line("      " + line.formula() + dash + line.basis());
    }
  }
  ShowTotal(screen, explanation.bill(), lines, sum);
}

void ShowBalance(Screen& screen, const pb::Balance& balance) {
  screen.Amount("Balance of account " + std::to_string(balance.account_id()),
                balance.total_cents());
  for (const pb::ServiceBalance& service : balance.services()) {
    const std::string past_due =
        service.past_due_cents() == 0 ? "" : ", past due " + Dollars(service.past_due_cents());
    screen.Amount(service.service() + past_due, service.open_cents(), 2);
  }
  if (balance.credit_cents() > 0) screen.Amount("credit", -balance.credit_cents(), 2);
  if (balance.deposits_held_cents() > 0) {
    screen.Pair("deposits held", Dollars(balance.deposits_held_cents()), 2);
  }
}

}  // namespace

Noun Bills() {
  const Option account{"--account", "account_id", "The account", kRequired};
  const Option bill{"--bill", "bill_id", "The bill", kRequired};
  return {
      "bill",
      "Bills, how they are derived, and what is owed.",
      {{"show", "One bill.", "reeve.billing.v1.BillService/GetBill", {account, bill}, As(ShowBill)},
       {"list",
        "The bills of an account, newest first.",
        "reeve.billing.v1.BillService/ListBills",
        {account},
        {}},
       {"explain",
        "Derives every line from reads, days, tiers and rates.",
        "reeve.billing.v1.BillService/ExplainBill",
        {account, bill},
        As(ShowExplanation)},
       {"review",
        "Releases a held bill or confirms its hold.",
        "reeve.billing.v1.CycleService/ReviewBill",
        {account,
         bill,
         {"--decision", "decision", "release or confirm-hold", kRequired},
         {"--reason", "reason", "Why", kRequired}},
        As(ShowBill)},
       {"balance",
        "What an account owes now.",
        "reeve.billing.v1.ReceivableService/GetBalance",
        {account},
        As(ShowBalance)},
       {"entries",
        "The journal of an account.",
        "reeve.billing.v1.ReceivableService/ListEntries",
        {account},
        {}},
       {"unapplied",
        "Payments that could not be placed.",
        "reeve.billing.v1.ReceivableService/ListUnappliedCash",
        {},
        {}}}};
}

}  // namespace reeve::reevectl
