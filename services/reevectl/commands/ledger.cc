#include <algorithm>

#include "reeve/billing/v1/ledger_service.pb.h"
#include "reeve/billing/v1/month_service.pb.h"
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

template <class Lines>
void ShowLines(Screen& screen, const Lines& lines) {
  Row(screen, "account, fund", {"opening", "debits", "credits", "closing"});
  for (const pb::TrialBalanceLine& line : lines) {
    Row(screen, line.ledger_account() + ", " + line.fund(),
        {Dollars(line.opening_cents()), Dollars(line.debit_cents()), Dollars(line.credit_cents()),
         Dollars(line.closing_cents())});
  }
}

template <class Report>
void ShowSums(Screen& screen, const Report& report) {
  Row(screen, std::to_string(report.posting_count()) + " postings",
      {"", Dollars(report.debit_cents()), Dollars(report.credit_cents()), ""});
}

void ShowTrialBalance(Screen& screen, const pb::TrialBalance& report) {
  screen.Line("TRIAL BALANCE" + (report.from_date().empty() ? "" : " from " + report.from_date()) +
              (report.through_date().empty() ? ", all that is posted"
                                             : " through " + report.through_date()));
  ShowLines(screen, report.lines());
  ShowSums(screen, report);
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

// "STALE_HOLD"
template <class Value>
std::string Name(const Value& name, std::string_view prefix) {
  return std::string(name).substr(prefix.size());
}

std::string By(std::string_view what, std::int64_t person_id) {
  if (person_id == 0) return "";
  return std::string(what) + std::to_string(person_id);
}

void ShowMonth(Screen& screen, const pb::LedgerMonth& month) {
  screen.Line("MONTH " + month.month() + ", " +
              Name(pb::LedgerMonthState_Name(month.state()), "LEDGER_MONTH_STATE_") +
              By(", prepared by ", month.prepared_by_person_id()) +
              By(", closed by ", month.closed_by_person_id()) +
              (month.closed_date().empty() ? "" : " on " + month.closed_date()));
  if (!month.reason().empty()) {
    screen.Line("  to be opened again: " + month.reason() +
                By(", proposed by ", month.proposed_by_person_id()) +
                By(", opened by ", month.reopened_by_person_id()));
  }
}

void ShowMonths(Screen& screen, const pb::ListMonthsResponse& answer) {
  for (const pb::LedgerMonth& month : answer.months()) ShowMonth(screen, month);
}

void ShowClose(Screen& screen, const pb::ClosePreview& preview) {
  ShowMonth(screen, preview.month());
  ShowLines(screen, preview.totals());
  ShowSums(screen, preview);
  for (const pb::CloseObstacle& obstacle : preview.obstacles()) {
    screen.Line(Name(pb::CloseObstacleKind_Name(obstacle.kind()), "CLOSE_OBSTACLE_KIND_") + ", " +
                std::to_string(obstacle.count()) +
                (obstacle.at_stake_cents() == 0
                     ? ""
                     : ", " + Dollars(obstacle.at_stake_cents()) + " at stake"));
    for (const std::string& one : obstacle.evidence()) screen.Line("  " + one);
  }
  screen.Line(preview.obstacles().empty() ? "Nothing stands in the way of a close."
                                          : "IT CANNOT BE CLOSED YET.");
  screen.Line("Digest: " + preview.digest());
}

}  // namespace

Noun Ledger() {
  const Option month{"month", "month", "The month, such as 2026-10", kRequired};
  const Option digest{"--digest", "digest", "Digest of the preview", kRequired};
  return {"ledger",
          "Reports of the receivable ledger, for finance.",
          {{"trial-balance",
            "Debits, credits and balance of every account of the ledger.",
            "reeve.billing.v1.LedgerService/GetTrialBalance",
            {{"--from", "from_date", "First day"}, {"--through", "through_date", "Last day"}},
            As(ShowTrialBalance)},
           {"aging",
            "What is owed by age, tied out to the ledger.",
            "reeve.billing.v1.LedgerService/GetAgedReceivables",
            {{"--on", "aged_date", "Day by which ages are counted; today if not given"}},
            As(ShowAgedReceivables)},
           {"months",
            "Months that somebody has begun to close, newest first.",
            "reeve.billing.v1.MonthService/ListMonths",
            {},
            As(ShowMonths)},
           {"preview-close",
            "What stands in the way of a close, and what the month adds up to.",
            "reeve.billing.v1.MonthService/PreviewClose",
            {month},
            As(ShowClose)},
           {"prepare-close",
            "Says that a month is ready to be closed by somebody else.",
            "reeve.billing.v1.MonthService/PrepareMonth",
            {month, digest},
            As(ShowMonth)},
           {"close",
            "Closes a month that somebody else has prepared.",
            "reeve.billing.v1.MonthService/CloseMonth",
            {month, digest},
            As(ShowMonth)},
           {"propose-reopening",
            "Says why the last closed month must be opened again.",
            "reeve.billing.v1.MonthService/ProposeReopening",
            {month, {"--reason", "reason", "Why", kRequired}},
            As(ShowMonth)},
           {"reopen",
            "Opens the last closed month again, as somebody else has proposed.",
            "reeve.billing.v1.MonthService/ReopenMonth",
            {month},
            As(ShowMonth)}}};
}

}  // namespace reeve::reevectl
