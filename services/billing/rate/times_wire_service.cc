#include "services/billing/rate/times_wire_service.h"

#include <algorithm>

#include "services/billing/rate/wire_words.h"

namespace reeve::billing::rate {
namespace {

constexpr Words<Observed, v1::HolidayObserved, 3> kObserved{
    {{Observed::kNone, v1::HOLIDAY_OBSERVED_NONE},
     {Observed::kMondayAfterSunday, v1::HOLIDAY_OBSERVED_MONDAY_AFTER_SUNDAY},
     {Observed::kNearestWeekday, v1::HOLIDAY_OBSERVED_NEAREST_WEEKDAY}}};

// One line for all months, or one for each; a letter is the time of an hour.
DayTimes::Table ParseTable(Fields& fields, const std::string& field, const auto& lines) {
  DayTimes::Table table{};
  if (lines.size() != 1 && lines.size() != static_cast<int>(DayTimes::kMonths)) {
    fields.Refuse(field, "is neither one line nor twelve");
    return table;
  }
  for (std::size_t month = 0; month < table.size(); ++month) {
    const int at = lines.size() == 1 ? 0 : static_cast<int>(month);
    const std::string& line = lines.Get(at);
    const auto letters = ParseLetters(line);
    if (!letters) {
      fields.Refuse(field + "[" + std::to_string(at) + "]",
                    "is not 24 letters, one for each hour, or 48 for half hours");
      return table;
    }
    table[month] = *letters;
  }
  return table;
}

void AddTable(const DayTimes::Table& table, auto& lines) {
  const bool same = std::all_of(table.begin(), table.end(),
                                [&](const auto& month) { return month == table.front(); });
  for (std::size_t month = 0; month < (same ? 1 : table.size()); ++month) {
    *lines.Add() = LettersOf(table[month]);
  }
}

}  // namespace

DayTimes ParseTimes(Fields& fields, const std::string& field, const v1::DayTimes& message) {
  DayTimes times;
  if (message.names_size() > static_cast<int>(kTimesMax)) {
    fields.Refuse(field + ".names", "are more than 26");
  }
  for (int i = 0; i < std::min(message.names_size(), static_cast<int>(kTimesMax)); ++i) {
    times.names.push_back(
        fields.Text(field + ".names[" + std::to_string(i) + "]", message.names(i), 1, 30));
  }
  times.weekdays = ParseTable(fields, field + ".weekdays", message.weekdays());
  times.weekends = message.weekends().empty()
                       ? times.weekdays
                       : ParseTable(fields, field + ".weekends", message.weekends());
  if (!message.saturdays().empty()) {
    times.saturdays = ParseTable(fields, field + ".saturdays", message.saturdays());
  }
  if (message.holidays_size() > kHolidaysMax)
    fields.Refuse(field + ".holidays", "are more than 40");
  for (int i = 0; i < std::min(message.holidays_size(), kHolidaysMax); ++i) {
    times.holidays.days.push_back(
        fields.Text(field + ".holidays[" + std::to_string(i) + "]", message.holidays(i), 1, 30));
  }
  times.holidays.observed = kObserved.Parse(fields, field + ".observed", message.observed());
  return times;
}

void ToProto(const DayTimes& times, v1::DayTimes& message) {
  for (const std::string& name : times.names) message.add_names(name);
  AddTable(times.weekdays, *message.mutable_weekdays());
  if (times.weekends != times.weekdays) AddTable(times.weekends, *message.mutable_weekends());
  if (times.saturdays) AddTable(*times.saturdays, *message.mutable_saturdays());
  for (const std::string& day : times.holidays.days) message.add_holidays(day);
  if (times.holidays.observed != Observed::kNone) {
    message.set_observed(kObserved.Of(times.holidays.observed));
  }
}

}  // namespace reeve::billing::rate
