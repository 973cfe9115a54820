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

  BusinessCalendar(TimeZone zone, Hours hours, std::set<Date> holidays);  // Monday to Friday
  // The holidays of a Utah city (Utah Code 63G-1-301) in the years given, observed dates included.
  static std::set<Date> UtahHolidays(int first_year, int last_year);

  bool IsBusinessDay(Date date) const;
  Date NextBusinessDay(Date date) const;             // the first business day after `date`
  Date PlusBusinessDays(Date date, int days) const;  // days >= 0
  bool IsOpen(Instant instant) const;
  // The instant at which `minutes` of working time have passed since `from`. A deadline that falls
  // exactly on closing time is the next opening time (convention "next open").
  Instant PlusBusinessMinutes(Instant from, std::int64_t minutes) const;
  std::int64_t BusinessMinutesBetween(Instant from, Instant to) const;

  const TimeZone& zone() const { return zone_; }

 private:
  TimeZone zone_;
  Hours hours_;
  std::set<Date> holidays_;
};

}  // namespace reeve
