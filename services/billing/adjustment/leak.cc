#include "services/billing/adjustment/leak.h"

#include <algorithm>
#include <optional>
#include <string>

namespace reeve::billing::adjustment {
namespace {

constexpr int kMonthsOfYear = 12;
constexpr int kPeriodsMax = 12;
constexpr std::int64_t kHundred = 100;

Error NoHistory() {
  return FailedPrecondition(reason::kLeakHistory,
                            "There are too few periods to know what normal use is.");
}

// The newest periods that ended when the leak began or before.
std::optional<std::int64_t> SumBefore(const LeakRule& rule, Date leak_from,
                                      std::span<const UsePeriod> history) {
  std::vector<UsePeriod> before;
  for (const UsePeriod& period : history) {
    if (period.to_date <= leak_from) before.push_back(period);
  }
  const auto count = static_cast<std::size_t>(rule.normal_count);
  if (before.size() < count) return std::nullopt;
  std::sort(before.begin(), before.end(),
            [](const UsePeriod& a, const UsePeriod& b) { return a.to_date > b.to_date; });
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += before[i].usage_thousandths;
  return sum;
}

// Of each year before, the period in which the middle day of this one lies.
std::optional<std::int64_t> SumOfYears(const LeakRule& rule, const UsePeriod& leak,
                                       std::span<const UsePeriod> history) {
  const Date middle = leak.from_date.PlusDays((leak.to_date - leak.from_date + 1) / 2);
  std::int64_t sum = 0;
  for (int year = 1; year <= rule.normal_count; ++year) {
    const Date day = middle.PlusMonths(-kMonthsOfYear * year);
    const auto same = std::find_if(history.begin(), history.end(), [&](const UsePeriod& period) {
      return period.from_date < day && day <= period.to_date;
    });
    if (same == history.end()) return std::nullopt;
    sum += same->usage_thousandths;
  }
  return sum;
}

// credit = share x (use - above x normal), with normal = sum / count; rounded once, to whole steps.
std::int64_t Credited(const LeakRule& rule, std::int64_t usage, std::int64_t sum) {
  const Wide count = rule.normal_count;
  if (Wide{usage} * kHundred * count < Wide{rule.trigger_percent} * sum) return 0;
  const Wide above = Wide{usage} * kHundred * count - Wide{rule.above_percent} * sum;
  if (above <= 0) return 0;
  const Wide steps =
      DivideRounded(above * rule.credit_percent,
                    Wide{kHundred} * kHundred * count * rule.step_thousandths, rule.rounding);
  return static_cast<std::int64_t>(std::min(steps * rule.step_thousandths, Wide{usage}));
}

}  // namespace

void Validate(const LeakRule& rule, const std::string& field, Fields& fields) {
  const auto range = [&](const char* name, std::int64_t value, std::int64_t min, std::int64_t max) {
    fields.Range(field + name, value, min, max);
  };
  range("normal_count", rule.normal_count, 1, 60);
  range("trigger_percent", rule.trigger_percent, 100, 10'000);
  range("above_percent", rule.above_percent, 100, 10'000);
  range("credit_percent", rule.credit_percent, 1, 100);
  range("periods_max", rule.periods_max, 1, kPeriodsMax);
  range("periods_credited_max", rule.periods_credited_max, 1,
        std::min(rule.periods_max, kPeriodsMax));
  range("step_thousandths", rule.step_thousandths, 1, 1'000'000'000);
  range("again_months", rule.again_months, rule.again == Again::kAfterMonths ? 1 : 0,
        rule.again == Again::kAfterMonths ? 1'200 : 0);
}

bool MayFollow(const LeakRule& rule, Date last, Date today) {
  switch (rule.again) {
    case Again::kNever:
      return false;
    case Again::kNextCalendarYear:
      return today.year() > last.year();
    case Again::kAfterMonths:
      break;
  }
  return today >= last.PlusMonths(rule.again_months);
}

Result<std::vector<LeakShare>> CreditLeak(const LeakRule& rule, std::span<const UsePeriod> leak,
                                          std::span<const UsePeriod> history,
                                          std::span<const Date> earlier, Date today) {
  for (const Date last : earlier) {
    if (MayFollow(rule, last, today)) continue;
    return FailedPrecondition(reason::kLeakTooSoon, "An earlier adjustment is too near.")
        .With("earlier_date", last.ToString());
  }
  if (leak.empty() || leak.size() > static_cast<std::size_t>(rule.periods_max)) {
    return FailedPrecondition(reason::kLeakPeriods, "A leak runs over so many periods.")
        .With("periods_max", rule.periods_max);
  }
  std::vector<LeakShare> shares;
  for (std::size_t i = 0; i < leak.size(); ++i) {
    const std::optional<std::int64_t> sum = rule.normal_of == NormalOf::kPeriodsBefore
                                                ? SumBefore(rule, leak.front().from_date, history)
                                                : SumOfYears(rule, leak[i], history);
    if (!sum) return NoHistory();
    const std::int64_t credited = Credited(rule, leak[i].usage_thousandths, *sum);
    if (credited > 0) shares.push_back({i, *sum, credited});
  }
  if (shares.empty()) {
    return FailedPrecondition(reason::kLeakTooSmall, "No period is far enough above normal use.");
  }
  std::stable_sort(shares.begin(), shares.end(), [&](const LeakShare& a, const LeakShare& b) {
    return leak[a.period].usage_thousandths > leak[b.period].usage_thousandths;
  });
  shares.resize(std::min(shares.size(), static_cast<std::size_t>(rule.periods_credited_max)));
  std::sort(shares.begin(), shares.end(),
            [](const LeakShare& a, const LeakShare& b) { return a.period < b.period; });
  return shares;
}

}  // namespace reeve::billing::adjustment
