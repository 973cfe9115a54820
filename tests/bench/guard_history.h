// What anybody who knows a meter's past can tell of its next bill.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "services/billing/cycle/guard_rules.h"
#include "tests/bench/guard_households.h"

namespace reeve::bench {

using billing::cycle::Billed;
using billing::cycle::MeteredUse;
using billing::cycle::SameSeason;

// Neither a season nor a vacancy can be taken for the fall.
inline bool Steady(const std::vector<Billed>& history, std::int64_t now, int of_five = 3) {
  return std::all_of(history.begin(), history.end(), [&](const Billed& billed) {
    return billed.usage_thousandths >= now * of_five / 5 && billed.usage_thousandths >= 1'600;
  });
}

// Two and a half to four times what the season and the last bill had at most.
inline std::int64_t SomeTimes(const std::vector<Billed>& history, Date through, int days,
                              Lots& lots) {
  const Billed* season = SameSeason(history, through.PlusDays(30));
  const auto of_days = [&](MeteredUse use) { return use.usage_thousandths * days / use.day_count; };
  return std::max(of_days(history.front().use()), of_days(season->use())) *
         (250 + lots.Below(151)) / 100;
}
// A month beside the season in which as much was used says that it may be.
inline bool HasHighMonth(const std::vector<Billed>& history, const Billed& season) {
  return std::any_of(history.begin(), history.end(), [&](const Billed& billed) {
    const int apart = billed.to_date - season.to_date;
    return std::max(apart, -apart) < 75 &&
           billed.usage_thousandths * 2 > season.usage_thousandths * 3;
  });
}
inline bool IsLike(std::int64_t one, std::int64_t other) {
  return one * 5 >= other * 4 && other * 5 >= one * 4;
}

}  // namespace reeve::bench
