#include "services/billing/rate/holiday.h"

#include <algorithm>
#include <iterator>
#include <optional>

namespace reeve::billing::rate {
namespace {

constexpr int kMonday = 1;
constexpr int kThursday = 4;
constexpr int kFriday = 5;
constexpr int kDaysOfWeek = 7;
constexpr int kLast = -1;

Date DayOf(int year, int month, int day) { return Date::FromCivil(year, month, day).value(); }

// The nth of a weekday in a month, or the last.
Date NthOf(int year, int month, int weekday, int nth) {
  if (nth == kLast) {
    const Date end = DayOf(year, month, 1).PlusMonths(1).PlusDays(-1);
    return end.PlusDays(-((end.weekday() - weekday + kDaysOfWeek) % kDaysOfWeek));
  }
  const Date first = DayOf(year, month, 1);
  return first.PlusDays((weekday - first.weekday() + kDaysOfWeek) % kDaysOfWeek +
                        (nth - 1) * kDaysOfWeek);
}

// The Gregorian calendar's Easter (Meeus, Jones and Butcher), less two days.
Date GoodFriday(int year) {
  const int a = year % 19;
  const int b = year / 100;
  const int c = year % 100;
  const int d = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
  const int e = (32 + 2 * (b % 4) + 2 * (c / 4) - d - c % 4) % 7;
  const int f = (a + 11 * d + 22 * e) / 451;
  const int g = d + e - 7 * f + 114;
  return DayOf(year, g / 31, g % 31 + 1).PlusDays(-2);
}

struct Named {
  std::string_view name;
  Date (*of_year)(int year);
};

constexpr Named kNamed[] = {
    {"new-years-day", [](int year) { return DayOf(year, 1, 1); }},
    {"martin-luther-king-day", [](int year) { return NthOf(year, 1, kMonday, 3); }},
    {"presidents-day", [](int year) { return NthOf(year, 2, kMonday, 3); }},
    {"good-friday", GoodFriday},
    {"memorial-day", [](int year) { return NthOf(year, 5, kMonday, kLast); }},
    {"juneteenth", [](int year) { return DayOf(year, 6, 19); }},
    {"independence-day", [](int year) { return DayOf(year, 7, 4); }},
    {"labor-day", [](int year) { return NthOf(year, 9, kMonday, 1); }},
    {"columbus-day", [](int year) { return NthOf(year, 10, kMonday, 2); }},
    {"veterans-day", [](int year) { return DayOf(year, 11, 11); }},
    {"thanksgiving-day", [](int year) { return NthOf(year, 11, kThursday, 4); }},
    {"day-after-thanksgiving", [](int year) { return NthOf(year, 11, kThursday, 4).PlusDays(1); }},
    {"christmas-eve", [](int year) { return DayOf(year, 12, 24); }},
    {"christmas-day", [](int year) { return DayOf(year, 12, 25); }},
    {"new-years-eve", [](int year) { return DayOf(year, 12, 31); }},
};

constexpr std::size_t kDayOfYear = 5;  // "07-24"
constexpr std::size_t kDayOnce = 10;   // "2026-12-24"

// Whether it is a holiday itself.
bool Is(std::string_view word, Date day) {
  if (word.size() == kDayOnce && word == day.ToString()) return true;
  if (word.size() == kDayOfYear && day.ToString().ends_with(word)) return true;
  const auto named = std::find_if(std::begin(kNamed), std::end(kNamed),
                                  [&](const Named& one) { return one.name == word; });
  return named != std::end(kNamed) && named->of_year(day.year()) == day;
}

bool IsKnown(std::string_view word) {
  const bool named = std::any_of(std::begin(kNamed), std::end(kNamed),
                                 [&](const Named& one) { return one.name == word; });
  if (named) return true;
  if (word.size() == kDayOfYear) return Date::Parse("2000-" + std::string(word)).ok();
  return word.size() == kDayOnce && Date::Parse(word).ok();
}

}  // namespace

bool Holidays::Include(Date day) const {
  const auto is = [&](Date one) {
    return std::any_of(days.begin(), days.end(),
                       [&](const std::string& word) { return Is(word, one); });
  };
  if (is(day)) return true;
  const int weekday = day.weekday();
  if (observed == Observed::kNone) return false;
  if (weekday == kMonday && is(day.PlusDays(-1))) return true;
  return observed == Observed::kNearestWeekday && weekday == kFriday && is(day.PlusDays(1));
}

void Validate(const Holidays& holidays, const std::string& field, Fields& fields) {
  const auto begin = holidays.days.begin();
  for (auto day = begin; day != holidays.days.end(); ++day) {
    const std::string here = field + ".holidays[" + std::to_string(day - begin) + "]";
    if (!IsKnown(*day)) fields.Refuse(here, "is no holiday by name, no MM-DD and no date");
    if (std::find(begin, day, *day) != day) fields.Refuse(here, "is there twice");
  }
  if (holidays.days.size() > kHolidaysMax) fields.Refuse(field + ".holidays", "are more than 40");
  if (holidays.days.empty() && holidays.observed != Observed::kNone) {
    fields.Refuse(field + ".observed", "belongs to holidays");
  }
}

}  // namespace reeve::billing::rate
