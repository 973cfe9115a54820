// Policy: how a city judges intervals, fills gaps in them and measures loads by them, from a day
// on. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "services/billing/interval/interval.h"

namespace reeve::billing::interval {

struct Policy {
  std::string schedule_code;  // of agreements under this one; empty: under any that has none
  Date effective_date;
  std::string citation;
  // Intervals and register agree if they differ by at most the greater of the two: so many
  // ten-thousandths of the register's use, and so much use.
  std::int64_t tolerance_basis_points = 0;
  std::int64_t tolerance_thousandths = 0;
  int load_minutes = 60;       // over which a load is measured: 15, 30 or 60
  int bridge_minutes_max = 0;  // gaps up to this are bridged between their neighbours
  int like_day_count = 1;      // longer ones are as on so many days of the same kind
};

// Whether what the intervals add up to is what the register says.
bool Agree(const Policy& policy, std::int64_t register_thousandths, std::int64_t sum_millionths);

namespace reason {
inline constexpr Reason kNoLikeDays{"NO_LIKE_DAYS"};
}  // namespace reason

// How far back like days are looked for.
inline constexpr int kLikeDaysBack = 60;

// Estimates what is missing in `days`, which follow one another: of each day the amounts by slot,
// kMissing where something is known. A gap of at most `bridge_minutes_max` between two known
// intervals is a straight line from one to the other; any other is, by the hour that the clock
// shows, the average of the newest `like_day_count` days before it that were read and are of its
// kind: Monday to Friday, or Saturday and Sunday. `before` are the kLikeDaysBack days before,
// oldest first. FAILED_PRECONDITION NO_LIKE_DAYS if there are fewer.
Result<std::vector<std::vector<std::int64_t>>> FillGaps(const Policy& policy,
                                                        std::span<const MeterDay> before,
                                                        std::span<const MeterDay> days);

}  // namespace reeve::billing::interval
