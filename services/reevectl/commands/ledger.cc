#include <algorithm>

#include "reeve/billing/v1/ledger_service.pb.h"
#include "services/reevectl/commands/noun.h"

namespace reeve::reevectl {
namespace {

namespace pb = billing::v1;

constexpr std::size_t kNameWidth = 34;
constexpr std::size_t kAmountWidth = 16;

std::string Padded(std::string_view text, std::size_t width) {
  std::string padded(text.substr(0, width));
  padded.resize(width, ' ');
  return padded;
}

// Ends in the same column on every line.
std::string Right(std::string_view text) {
  return std::string(kAmountWidth - std::min(text.size(), kAmountWidth - 1), ' ') +
         std::string(text);
}

void Row(Screen& screen, std::string_view name, std::initializer_list<std::string> cells) {
  std::string line = Padded(name, kNameWidth);
  for (const std::string& cell : cells) line += Right(cell);
  screen.Line(line);
}

void ShowTrialBalance(Screen& screen, const pb::TrialBalance& report) {
  screen.Line("TRIAL BALANCE" + (report.from_date().empty() ? "" : " from " + report.from_date()) +
              (report.through_date().empty() ? ", all that is posted"
                                             : " through " + report.through_date()));
  Row(screen, "account, fund", {"opening", "debits", "credits", "closing"});
  for (const pb::TrialBalanceLine& line : report.lines()) {
    Row(screen, line.ledger_account() + ", " + line.fund(),
        {Dollars(line.opening_cents()), Dollars(line.debit_cents()), Dollars(line.credit_cents()),
         Dollars(line.closing_cents())});
  }
  Row(screen, std::to_string(report.posting_count()) + " postings",
      {"", Dollars(report.debit_cents()), Dollars(report.credit_cents()), ""});
  screen.Line(report.balanced() ? "It balances." : "IT DOES NOT BALANCE.");
}

void ShowAged(Screen& screen, std::string_view name, const pb::AgedService& aged) {
  Row(screen, name,
      {Dollars(aged.not_due_cents()), Dollars(aged.days_1_to_30_cents()),
       Dollars(aged.days_31_to_60_cents()), Dollars(aged.days_61_to_90_cents()),
       Dollars(aged.days_91_to_120_cents()), Dollars(aged.over_120_days_cents()),
       Dollars(aged.total_cents())});
}

void ShowAgedReceivables(Screen& screen, const pb::AgedReceivables& report) {
  screen.Line("RECEIVABLES by age on " + report.aged_date());
  Row(screen, "service", {"not due", "1-30", "31-60", "61-90", "91-120", "over 120", "total"});
  for (const pb::AgedService& service : report.services()) {
    ShowAged(screen, service.service(), service);
  }
  ShowAged(screen, "all, " + std::to_string(report.all().charge_count()) + " open items",
           report.all());
  screen.Amount("credit of " + std::to_string(report.credit_account_count()) + " accounts",
                -report.credit_cents());
  for (const pb::TieOut& tie : report.ties()) {
    if (tie.ledger_cents() == tie.item_cents()) continue;
    screen.Line(tie.ledger_account() + ", " + tie.fund() + ": ledger " +
                Dollars(tie.ledger_cents()) + ", items " + Dollars(tie.item_cents()));
  }
  screen.Line(report.ties_out() ? "All " + std::to_string(report.ties_size()) +
                                      " control accounts agree with their items."
                                : "THE ITEMS DO NOT AGREE WITH THE LEDGER.");
}

}  // namespace

Noun Ledger() {
  return {"ledger",
          "Reports of the receivable ledger, for finance.",
          {{"trial-balance",
            "Debits, credits and balance of every account of the ledger.",
            "reeve.billing.v1.LedgerService/GetTrialBalance",
            {{"--from", "from_date", "First business date"},
             {"--through", "through_date", "Last business date"}},
            As(ShowTrialBalance)},
           {"aging",
            "What is owed by age, tied out to the ledger.",
            "reeve.billing.v1.LedgerService/GetAgedReceivables",
            {{"--on", "aged_date", "Day by which ages are counted; today if not given"}},
            As(ShowAgedReceivables)}}};
}

}  // namespace reeve::reevectl
