#include "services/billing/ledger/month.h"

#include <algorithm>
#include <map>

#include "shared/core/canonical.h"
#include "shared/core/money.h"
#include "shared/core/spelling.h"

namespace reeve::billing::ledger {
namespace {

constexpr std::size_t kTextMax = 3;  // a refusal travels in a header

constexpr Spelling<MonthState, 4> kStates{{"OPEN", "PREPARED", "CLOSED", "REOPENING"}};
constexpr Spelling<Obstacle, 7> kObstacles{{"MONTH_NOT_OVER", "EARLIER_MONTH_OPEN", "STALE_HOLD",
                                            "RUN_NOT_POSTED", "UNAPPLIED_CASH", "PAYMENTS_BEHIND",
                                            "BOOKS_DIFFER"}};

struct Transition {
  MonthState from;
  MonthEvent event;
  MonthState to;
};
constexpr Transition kTransitions[] = {
    {MonthState::kOpen, MonthEvent::kPrepare, MonthState::kPrepared},
    {MonthState::kPrepared, MonthEvent::kPrepare, MonthState::kPrepared},
    {MonthState::kPrepared, MonthEvent::kClose, MonthState::kClosed},
    {MonthState::kClosed, MonthEvent::kProposeReopening, MonthState::kReopening},
    {MonthState::kReopening, MonthEvent::kProposeReopening, MonthState::kReopening},
    {MonthState::kReopening, MonthEvent::kReopen, MonthState::kOpen},
};

std::string Described(const Activity& activity) {
  return "debits " + Money::Cents(activity.debit_cents).ToString() + ", credits " +
         Money::Cents(activity.credit_cents).ToString() + ", " +
         std::to_string(activity.posting_count) + " postings";
}

}  // namespace

std::string_view MonthStateName(MonthState state) { return kStates(state); }
MonthState ParseMonthState(std::string_view name) { return kStates.Read(name); }
std::string_view ObstacleName(Obstacle obstacle) { return kObstacles(obstacle); }

std::optional<MonthState> After(MonthState state, MonthEvent event) {
  for (const Transition& one : kTransitions) {
    if (one.from == state && one.event == event) return one.to;
  }
  return std::nullopt;
}

bool IsClosed(MonthState state) {
  return state == MonthState::kClosed || state == MonthState::kReopening;
}

Date FirstOfMonth(Date day) { return day.PlusDays(1 - day.day()); }
Date LastOfMonth(Date day) { return FirstOfMonth(day).PlusMonths(1).PlusDays(-1); }
std::string MonthName(Date day) { return day.ToString().substr(0, 7); }

std::optional<Date> ParseMonth(std::string_view name) {
  const Result<Date> day = Date::Parse(std::string(name) + "-01");
  // The day behind the last month of all is no date.
  if (!day.ok() || day->year() == 9999) return std::nullopt;
  return *day;
}

std::vector<Date> MonthsBetween(Date first_day, Date until) {
  std::vector<Date> months;
  for (Date day = FirstOfMonth(first_day); day < FirstOfMonth(until); day = day.PlusMonths(1)) {
    months.push_back(day);
  }
  return months;
}

void Found::Add(std::string one, std::int64_t cents) {
  ++count;
  at_stake_cents += cents;
  if (evidence.size() < kEvidenceMax) evidence.push_back(std::move(one));
}

std::string Found::Text() const {
  std::string text = std::to_string(count);
  if (at_stake_cents != 0) {
    text += ", " + Money::Cents(at_stake_cents).ToString() + " at stake";
  }
  for (std::size_t i = 0; i < std::min(evidence.size(), kTextMax); ++i) {
    text += (i == 0 ? ": " : "; ") + evidence[i];
  }
  return text;
}

std::string DigestOf(const Month& month, std::span<const Activity> activities) {
  Canonical canonical("reeve.billing.ledger-month", 1);
  canonical.Add("month", MonthName(month.first_date)).Add("close_count", month.close_count);
  canonical.List("activities", activities.size());
  for (const Activity& activity : activities) {
    canonical.Add("ledger_account", activity.account.first)
        .Add("fund", activity.account.second)
        .Add("opening_cents", activity.opening_cents)
        .Add("debit_cents", activity.debit_cents)
        .Add("credit_cents", activity.credit_cents)
        .Add("posting_count", activity.posting_count);
  }
  return HexEncode(Sha256(canonical.bytes()));
}

std::vector<std::string> DifferencesOf(std::span<const Activity> sums,
                                       std::span<const Activity> postings) {
  std::map<AccountOfFund, std::pair<Activity, Activity>> both;
  for (const Activity& one : sums) both[one.account].first = one;
  for (const Activity& one : postings) both[one.account].second = one;
  std::vector<std::string> differences;
  for (const auto& [account, pair] : both) {
    const auto& [sum, posted] = pair;
    if (sum.debit_cents == posted.debit_cents && sum.credit_cents == posted.credit_cents &&
        sum.posting_count == posted.posting_count) {
      continue;
    }
    differences.push_back(account.first + ", " + account.second + ": sums say " + Described(sum) +
                          "; postings " + Described(posted));
  }
  return differences;
}

}  // namespace reeve::billing::ledger
