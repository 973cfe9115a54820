#include "reeve/billing/v1/bill_service.pb.h"
#include "reeve/billing/v1/cycle_service.pb.h"
#include "reeve/billing/v1/receivable_service.pb.h"
#include "services/reevectl/commands/noun.h"
#include "services/reevectl/screen/bill_screen.h"

namespace reeve::reevectl {
namespace {

namespace pb = billing::v1;

void ShowHead(Screen& screen, const pb::Bill& bill) {
  screen.Rule();
  screen.Line("BILL " + std::to_string(bill.bill_id()) + " of account " +
              std::to_string(bill.account_id()) + ": " + Word(bill.state()) + "   " +
              bill.bill_date() + (bill.due_parts_size() > 1 ? "" : ", due " + bill.due_date()));
  if (!bill.to_date().empty()) {
    screen.Line("for days after " + bill.from_date() + " up to " + bill.to_date());
  }
  if (bill.rebilled_bill_id() != 0) {
    screen.Line("in place of bill " + std::to_string(bill.rebilled_bill_id()) +
                ", which is cancelled");
  }
}

void ShowTotal(Screen& screen, const pb::Bill& bill, int lines, std::int64_t sum) {
  if (lines > 0) screen.Amount("Sum of the " + std::to_string(lines) + " lines", sum);
  screen.Amount("Total of the bill", bill.total_cents());
  if (bill.not_charged_cents() > 0) {
    screen.Amount("Not charged, for a limit of back-billing", -bill.not_charged_cents());
    screen.Amount("Owed for it", bill.total_cents() - bill.not_charged_cents());
  }
  for (const pb::DuePart& part : bill.due_parts()) {
    screen.Amount("due by " + part.due_date(), part.amount_cents(), 2);
  }
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
    screen.Amount(line.service() + ": " + line.description() + ", " +
                      (line.quantity().empty() ? "" : line.quantity() + " x ") + line.rate(),
                  line.amount_cents(), 2);
  }
  ShowTotal(screen, bill, bill.lines_size(), sum);
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
        "How a bill comes from its reads to its total, and why it differs from the last.",
        "reeve.billing.v1.BillService/ExplainBill",
        {account, {"--bill", "bill_id", "The bill; the newest that is posted if not given"}},
        As(ShowExplanation),
        kSpeaks},
       {"compare",
        "Why a bill differs from another: prices, days, use, blocks, one-off.",
        "reeve.billing.v1.BillService/CompareBills",
        {account,
         {"--bill", "bill_id", "The bill; the newest that is posted if not given"},
         {"--with", "earlier_bill_id", "The earlier bill"},
         {"--against", "against", "before, the bill before, or last-year, of the same season"}},
        As(ShowComparison),
        kSpeaks},
       {"simulate",
        "What a bill would be with other use, dates or schedules. Changes nothing.",
        "reeve.billing.v1.BillService/SimulateBill",
        {account,
         {"--bill", "bill_id", "The bill; the newest that is posted if not given"},
         {"--bill-date", "bill_date", "The day of the bill"},
         {"--change", "changes",
          "service=electric,usage=900; also quantity, from_date, to_date, schedule_code"}},
        As(ShowSimulation),
        kSpeaks},
       {"review",
        "Decides about a held bill.",
        "reeve.billing.v1.CycleService/ReviewBill",
        {account,
         bill,
         {"--decision", "decision",
          "release, confirm-hold (its reads are wrong), keep-reads or bill-as-months", kRequired},
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
