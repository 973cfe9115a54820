// BusinessCalendar: the days and hours in which the city works, for due dates that are promised in
// working time.
#pragma once

#include <set>
#include <vector>

#include "shared/core/date.h"

namespace reeve {

class BusinessCalendar {
 public:
  struct Hours {
    int open_minute = 8 * 60;    // of the day, local time
    int close_minute = 17 * 60;  // first minute that is closed again
  };

  // Monday to Friday without the holidays. Throws std::invalid_argument unless the city opens
  // before it closes.
  BusinessCalendar(TimeZone zone, Hours hours, std::set<Date> holidays);
  // The days on which a Utah city is closed (Utah Code 63G-1-301) in the years given: a holiday on
  // a Saturday is observed the Friday before, one on a Sunday the Monday after. Juneteenth stands
  // on 19 June, as in the reference city's business-minute table.
  static std::set<Date> UtahHolidays(int first_year, int last_year);

  bool IsBusinessDay(Date date) const;
  Date NextBusinessDay(Date date) const;             // the first business day after `date`
  Date PlusBusinessDays(Date date, int days) const;  // days >= 0
  bool IsOpen(Instant instant) const;
  // The instant at which `minutes` of working time have passed since `from`. A deadline that falls
  // exactly on closing time is the next opening time (convention "next open"). minutes >= 0.
  Instant PlusBusinessMinutes(Instant from, std::int64_t minutes) const;
  // Whole minutes of working time; 0 if `to` is not after `from`.
  std::int64_t BusinessMinutesBetween(Instant from, Instant to) const;

  const TimeZone& zone() const { return zone_; }

 private:
  Instant OpeningOf(Date date) const { return zone_.ToInstant({date, hours_.open_minute}); }
  Instant ClosingOf(Date date) const { return zone_.ToInstant({date, hours_.close_minute}); }

  TimeZone zone_;
  Hours hours_;
  std::set<Date> holidays_;
};

}  // namespace reeve
