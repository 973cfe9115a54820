#include "services/billing/read/estimate.h"

#include <algorithm>
#include <vector>

#include "services/billing/read/read.h"
#include "shared/core/spelling.h"

namespace reeve::billing::read {
namespace {

constexpr Spelling<Basis, 2> kBases{{"PRIOR", "SAME_SEASON"}};
constexpr int kSeasonDays = 15;
constexpr std::size_t kDroppedOf = 3;
constexpr int kMonthsOfYear = 12;
constexpr int kYearsBackMax = 24;
constexpr int kPercent = 100;
constexpr int kCatchUpPercent = 150;

std::int64_t DaysOf(const BilledUse& period) { return period.to_date - period.from_date; }

bool IsSameSeason(Date ended, Date day) {
  for (int year = 1; year <= kYearsBackMax; ++year) {
    const std::int64_t days = day.PlusMonths(-kMonthsOfYear * year) - ended;
    if (days >= -kSeasonDays && days <= kSeasonDays) return true;
  }
  return false;
}

// From read to read.
std::vector<BilledUse> BetweenReads(std::span<const BilledUse> billed) {
  std::vector<BilledUse> periods;
  for (const BilledUse& one : billed) {
    if (!one.estimated) {
      periods.push_back(one);
    } else if (!periods.empty()) {
      periods.back().from_date = one.from_date;
      periods.back().usage_thousandths += one.usage_thousandths;
    }
  }
  return periods;
}

// Less use a day, without dividing.
bool UsesLess(const BilledUse& a, const BilledUse& b) {
  return static_cast<__int128>(a.usage_thousandths) * DaysOf(b) <
         static_cast<__int128>(b.usage_thousandths) * DaysOf(a);
}

}  // namespace

std::string_view BasisName(Basis basis) { return kBases(basis); }

Basis ParseBasis(std::string_view name) { return kBases.Read(name); }

Result<std::int64_t> EstimateUse(const EstimatePolicy& policy, std::span<const BilledUse> billed,
                                 Date from_date, Date to_date) {
  std::vector<BilledUse> taken;
  for (const BilledUse& period : BetweenReads(billed)) {
    if (static_cast<int>(taken.size()) == policy.period_count) break;
    if (policy.basis == Basis::kPrior || IsSameSeason(period.to_date, to_date)) {
      taken.push_back(period);
    }
  }
  if (static_cast<int>(taken.size()) < policy.period_count) {
    return FailedPrecondition(reason::kNoHistory, "There are too few periods to estimate from.")
        .With("periods", static_cast<std::int64_t>(taken.size()));
  }
  if (policy.drops_extremes && taken.size() >= kDroppedOf) {
    taken.erase(std::min_element(taken.begin(), taken.end(), UsesLess));
    taken.erase(std::max_element(taken.begin(), taken.end(), UsesLess));
  }
  __int128 usage = 0;
  std::int64_t days = 0;
  for (const BilledUse& period : taken) {
    usage += period.usage_thousandths;
    days += DaysOf(period);
  }
  const __int128 unit = static_cast<__int128>(days) * Quantity::kScale;
  const __int128 units = (2 * usage * (to_date - from_date) + unit) / (2 * unit);
  if (units > Quantity::kMaxThousandths / Quantity::kScale) {
    return OutOfRange(::reeve::reason::kOverflow, "The estimated use is out of range.");
  }
  return static_cast<std::int64_t>(units) * Quantity::kScale;
}

std::int64_t PartOfUse(std::int64_t usage_thousandths, Date from_date, Date day, Date to_date) {
  const __int128 unit = static_cast<__int128>(to_date - from_date) * Quantity::kScale;
  const __int128 units =
      (2 * static_cast<__int128>(usage_thousandths) * (day - from_date) + unit) / (2 * unit);
  return std::min(static_cast<std::int64_t>(units), usage_thousandths / Quantity::kScale) *
         Quantity::kScale;
}

std::int64_t StandardEstimate(std::int64_t usage_thousandths, std::int64_t day_count,
                              const BilledUse& billed) {
  const __int128 usage = static_cast<__int128>(usage_thousandths) * DaysOf(billed);
  return static_cast<std::int64_t>((2 * usage + day_count) / (2 * day_count));
}

bool IsCatchUp(const BilledUse& billed, std::int64_t standard_thousandths) {
  return billed.usage_thousandths > 0 &&
         static_cast<__int128>(billed.usage_thousandths) * kPercent >=
             static_cast<__int128>(standard_thousandths) * kCatchUpPercent;
}

std::int64_t RegisterAfter(std::int64_t last_thousandths, std::int64_t usage_thousandths,
                           int register_digits, std::int64_t multiplier_thousandths) {
  // The register stands in the first count that shows this use.
  const __int128 counts =
      (static_cast<__int128>(usage_thousandths) * Quantity::kScale + multiplier_thousandths - 1) /
      multiplier_thousandths;
  return static_cast<std::int64_t>((last_thousandths + counts) % FullScale(register_digits));
}

}  // namespace reeve::billing::read
