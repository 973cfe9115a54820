#include "services/billing/rate/day_times.h"

#include <algorithm>

namespace reeve::billing::rate {
namespace {

constexpr int kSaturday = 6;
constexpr int kMinutesOfSlot = 30;

template <class Each>
void ForEachTable(const DayTimes& times, const Each& each) {
  each(times.weekdays, ".weekdays");
  each(times.weekends, ".weekends");
  if (times.saturdays) each(*times.saturdays, ".saturdays");
}

}  // namespace

const DayTimes::Table& DayTimes::Of(Date day) const {
  const Table* table = &weekdays;
  const int weekday = day.weekday();
  if (weekday >= kSaturday) table = saturdays && weekday == kSaturday ? &*saturdays : &weekends;
  if (table != &weekends && !holidays.empty() && holidays.Include(day)) table = &weekends;
  return *table;
}

std::size_t DayTimes::At(Date day, int minute) const {
  const auto slot = static_cast<std::size_t>(minute / kMinutesOfSlot);
  return Of(day)[static_cast<std::size_t>(day.month() - 1)][slot];
}

bool DayTimes::HasHalfHours() const {
  bool has = false;
  ForEachTable(*this, [&](const Table& table, const char*) {
    for (const auto& month : table) has = has || LettersOf(month).size() == kSlots;
  });
  return has;
}

bool SameHours(const DayTimes& a, std::size_t in_a, const DayTimes& b, std::size_t in_b) {
  const auto same = [&](const DayTimes::Table& one, const DayTimes::Table& other) {
    for (std::size_t month = 0; month < DayTimes::kMonths; ++month) {
      for (std::size_t slot = 0; slot < DayTimes::kSlots; ++slot) {
        if ((one[month][slot] == in_a) != (other[month][slot] == in_b)) return false;
      }
    }
    return true;
  };
  return a.holidays == b.holidays && same(a.weekdays, b.weekdays) && same(a.weekends, b.weekends) &&
         same(a.saturdays.value_or(a.weekends), b.saturdays.value_or(b.weekends));
}

std::string LettersOf(const std::array<std::uint8_t, DayTimes::kSlots>& month) {
  std::string all;
  std::string hours;
  for (std::size_t slot = 0; slot < month.size(); ++slot) {
    all += static_cast<char>('a' + month[slot]);
    if (slot % 2 == 0) hours += all.back();
  }
  for (std::size_t slot = 0; slot < month.size(); ++slot) {
    if (all[slot] != hours[slot / 2]) return all;
  }
  return hours;
}

std::optional<std::array<std::uint8_t, DayTimes::kSlots>> ParseLetters(std::string_view letters) {
  const bool are_letters =
      (letters.size() == DayTimes::kHours || letters.size() == DayTimes::kSlots) &&
      std::all_of(letters.begin(), letters.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  if (!are_letters) return std::nullopt;
  std::array<std::uint8_t, DayTimes::kSlots> month{};
  for (std::size_t slot = 0; slot < month.size(); ++slot) {
    month[slot] = static_cast<std::uint8_t>(letters[slot * letters.size() / month.size()] - 'a');
  }
  return month;
}

void Validate(const DayTimes& times, const std::string& field, Fields& fields) {
  if (times.names.empty() || times.names.size() > kTimesMax) {
    fields.Refuse(field + ".names", "are not 1 to 26");
  }
  for (std::size_t i = 0; i < times.names.size(); ++i) {
    const auto here = times.names.begin() + static_cast<std::ptrdiff_t>(i);
    if (here->empty() || std::find(times.names.begin(), here, *here) != here) {
      fields.Refuse(field + ".names[" + std::to_string(i) + "]", "is empty or there twice");
    }
  }
  ForEachTable(times, [&](const DayTimes::Table& table, const char* name) {
    for (std::size_t month = 0; month < table.size(); ++month) {
      const bool known = std::all_of(table[month].begin(), table[month].end(),
                                     [&](std::uint8_t time) { return time < times.names.size(); });
      if (known) continue;
      fields.Refuse(field + name + "[" + std::to_string(month) + "]",
                    "names a time that is not there");
      return;
    }
  });
  Validate(times.holidays, field, fields);
}

std::vector<std::int64_t> SumByTime(const DayTimes& times, std::span<const SlotOfUse> slots) {
  std::vector<std::int64_t> sums(times.names.size(), 0);
  const std::array<std::uint8_t, DayTimes::kSlots>* of_day = nullptr;
  Date day;
  for (const SlotOfUse& slot : slots) {
    if (of_day == nullptr || slot.day != day) {
      day = slot.day;
      of_day = &times.Of(day)[static_cast<std::size_t>(day.month() - 1)];
    }
    sums[(*of_day)[static_cast<std::size_t>(slot.minute / kMinutesOfSlot)]] += slot.amount;
  }
  return sums;
}

}  // namespace reeve::billing::rate
