#include "shared/core/calendar.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace reeve {
namespace {

enum IsoWeekday { kMonday = 1, kThursday = 4, kSaturday = 6, kSunday = 7 };

Date On(int year, int month, int day) { return Date::FromCivil(year, month, day).value(); }

// The `nth` (1 first) such weekday of the month.
Date NthWeekday(int year, int month, IsoWeekday weekday, int nth) {
  const Date first = On(year, month, 1);
  return first.PlusDays((weekday - first.weekday() + 7) % 7 + (nth - 1) * 7);
}

Date LastMonday(int year, int month) {
  const Date last = On(year, month, 1).PlusMonths(1).PlusDays(-1);
  return last.PlusDays(kMonday - last.weekday());
}

Date Observed(Date holiday) {
  if (holiday.weekday() == kSaturday) return holiday.PlusDays(-1);
  if (holiday.weekday() == kSunday) return holiday.PlusDays(1);
  return holiday;
}

}  // namespace

BusinessCalendar::BusinessCalendar(TimeZone zone, Hours hours, std::set<Date> holidays)
    : zone_(std::move(zone)), hours_(hours), holidays_(std::move(holidays)) {
  if (hours.open_minute < 0 || hours.open_minute >= hours.close_minute ||
      hours.close_minute >= 24 * 60) {
    throw std::invalid_argument("BusinessCalendar: opens before it closes, on the same day");
  }
}

std::set<Date> BusinessCalendar::UtahHolidays(int first_year, int last_year) {
  std::set<Date> closed;
  for (int year = first_year; year <= last_year; ++year) {
    const Date holidays[] = {
        On(year, 1, 1),                      // New Year's Day
        NthWeekday(year, 1, kMonday, 3),     // Martin Luther King Jr. Day
        NthWeekday(year, 2, kMonday, 3),     // Washington and Lincoln Day
        LastMonday(year, 5),                 // Memorial Day
        On(year, 6, 19),                     // Juneteenth National Freedom Day
        On(year, 7, 4),                      // Independence Day
        On(year, 7, 24),                     // Pioneer Day
        NthWeekday(year, 9, kMonday, 1),     // Labor Day
        NthWeekday(year, 10, kMonday, 2),    // Columbus Day
        On(year, 11, 11),                    // Veterans Day
        NthWeekday(year, 11, kThursday, 4),  // Thanksgiving Day
        On(year, 12, 25),                    // Christmas Day
        On(year + 1, 1, 1),                  // observed on 31 December if it is a Saturday
    };
    for (const Date holiday : holidays)
      if (Observed(holiday).year() == year) closed.insert(Observed(holiday));
  }
  return closed;
}

bool BusinessCalendar::IsBusinessDay(Date date) const {
  return date.weekday() < kSaturday && !holidays_.contains(date);
}

Date BusinessCalendar::NextBusinessDay(Date date) const {
  do {
    date = date.PlusDays(1);
  } while (!IsBusinessDay(date));
  return date;
}

Date BusinessCalendar::PlusBusinessDays(Date date, int days) const {
  for (; days > 0; --days) date = NextBusinessDay(date);
  return date;
}

bool BusinessCalendar::IsOpen(Instant instant) const {
  const LocalTime local = zone_.At(instant);
  return IsBusinessDay(local.date) && local.minute_of_day >= hours_.open_minute &&
         local.minute_of_day < hours_.close_minute;
}

Instant BusinessCalendar::PlusBusinessMinutes(Instant from, std::int64_t minutes) const {
  Duration left = Duration::Minutes(minutes);
  Date date = zone_.DateAt(from);
  if (!IsBusinessDay(date)) date = NextBusinessDay(date);
  for (;; date = NextBusinessDay(date)) {
    const Instant start = std::max(from, OpeningOf(date));
    const Instant closing = ClosingOf(date);
    if (start >= closing) continue;
    if (start + left < closing) return start + left;
    left = Duration::Micros(left.micros() - (closing - start).micros());
  }
}

std::int64_t BusinessCalendar::BusinessMinutesBetween(Instant from, Instant to) const {
  std::int64_t micros = 0;
  Date date = zone_.DateAt(from);
  if (!IsBusinessDay(date)) date = NextBusinessDay(date);
  for (; OpeningOf(date) < to; date = NextBusinessDay(date)) {
    const Duration worked = std::min(to, ClosingOf(date)) - std::max(from, OpeningOf(date));
    micros += std::max<std::int64_t>(worked.micros(), 0);
  }
  return micros / Duration::Minutes(1).micros();
}

}  // namespace reeve
