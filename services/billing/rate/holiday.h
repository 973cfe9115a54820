// Holidays: days of a tariff on which its times of use are those of a Sunday.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shared/core/date.h"
#include "shared/core/fields.h"

namespace reeve::billing::rate {

inline constexpr int kHolidaysMax = 40;

// Which weekday is kept beside a holiday on a weekend. kMondayAfterSunday: of one on a Sunday the
// day after. kNearestWeekday: also of one on a Saturday the day before.
enum class Observed { kNone, kMondayAfterSunday, kNearestWeekday };

struct Holidays {
  // "labor-day" by the rule of the United States; "07-24", every year; "2026-12-24", once.
  std::vector<std::string> days{};
  Observed observed = Observed::kNone;

  bool empty() const { return days.empty(); }
  // Whether the day is one of them, or is kept for one.
  bool Include(Date day) const;
  bool operator==(const Holidays&) const = default;
};

// Refuses a word that is no holiday and no day, one that is there twice, and what is kept of none.
void Validate(const Holidays& holidays, const std::string& field, Fields& fields);

}  // namespace reeve::billing::rate
