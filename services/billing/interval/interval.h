// Intervals: what meters measured hour by hour (or each 15 or 30 minutes), as files bring it. A day
// belongs to the city's calendar and has as many intervals as its clock makes of it: 23 or 25 hours
// where it is put forward or back. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "shared/core/date.h"
#include "shared/core/result.h"

namespace reeve::billing::interval {

// The first line of every interval file.
inline constexpr std::string_view kHeader = "meter_number,start_time,minutes,unit,amounts";
inline constexpr std::size_t kRowCharactersMax = 2'000;
// Amounts are kept in millionths of the meter's unit.
inline constexpr std::int64_t kScale = 1'000'000;
inline constexpr std::int64_t kAmountMax = 1'000'000 * kScale;
// What is said of an interval that a row leaves out.
inline constexpr std::int64_t kMissing = -1;

// Why a row is not taken, in order of precedence. A row is taken whole or not at all.
enum class Problem {
  kMalformed,     // not five fields, too long, or not UTF-8
  kWrongTime,     // no time with its offset: 2026-11-19T00:00-07:00
  kWrongOffset,   // neither UTC nor what the city's clock is off by at that moment
  kWrongMinutes,  // not 15, 30 or 60
  kNotAligned,    // intervals that do not begin where the city's day has one
  kTooMany,       // more than a day, or none
  kNotANumber,    // an amount, with at most six decimals
  kNegative,      // an amount
  kFuture,        // intervals that are not over
  kUnknownMeter,  // no agreement has, or had, the meter
  kWrongUnit,     // not the meter's
  kNotInPlace,    // the meter measured nobody on that day
  kOtherMinutes,  // the day is there in intervals of another length
  kOtherAmount,   // the interval is there with another amount
  kBilled,        // what was estimated is billed by now: a correction, not a read
};
std::string_view ProblemName(Problem problem);  // "NOT_A_NUMBER"
// Which field of a row is wrong, by the problem's name: "amounts"; "row" for all of it.
std::string_view FieldOf(std::string_view problem_name);

// One line of a file: intervals behind one another.
struct Row {
  std::string meter_number;
  Instant start;
  int minutes = 0;
  std::string unit;
  std::vector<std::int64_t> amounts;  // kMissing where the row says nothing
};

// A day by the city's clock.
struct DayClock {
  Date day;
  Instant midnight;
  // What the clock shows at the beginning of each hour: 24 of them, 23 or 25 where it is changed.
  std::vector<std::uint8_t> hours;

  std::size_t SlotCount(int minutes) const {
    return hours.size() * 60 / static_cast<std::size_t>(minutes);
  }
  // The hour that the clock shows when the slot begins.
  int HourOf(std::size_t slot, int minutes) const {
    return hours[slot * static_cast<std::size_t>(minutes) / 60];
  }
  // The same with its minute: of the day, 0 to 1439.
  int MinuteOf(std::size_t slot, int minutes) const {
    return HourOf(slot, minutes) * 60 + static_cast<int>(slot) * minutes % 60;
  }
};
DayClock ClockOf(const TimeZone& zone, Date day);

// One line without its line break. Judges what can be told without knowing the meter.
std::variant<Row, Problem> ParseRow(std::string_view line, const TimeZone& zone, Instant now);

// The part of a row that lies in one day.
struct Stretch {
  Date day;
  std::size_t first_slot = 0;
  std::vector<std::int64_t> amounts;
};
// Of a row that was parsed.
std::vector<Stretch> Divide(const Row& row, const TimeZone& zone);

struct Slot {
  std::int64_t millionths = kMissing;
  bool estimated = false;
  bool known() const { return millionths != kMissing; }
  bool operator==(const Slot&) const = default;
};

// What a meter measured on a day, as far as it is known.
struct MeterDay {
  std::string meter_number;
  DayClock clock;
  int minutes = 0;          // 0: nothing is known
  std::vector<Slot> slots;  // of the whole day

  std::size_t missing_count() const;
  std::size_t estimated_count() const;
  std::int64_t sum() const;  // of what is known
};

// What came of a day at once, as it is kept: never changed, what comes later stands beside it.
struct Stored {
  int minutes = 0;
  bool estimated = false;
  std::string amounts;  // Encode
};

// Amounts by slot, kMissing where there is none, as bytes: runs of (slots left out, slots, amounts)
// in base 128.
std::string Encode(std::span<const std::int64_t> amounts);
// Nothing if the bytes are none of Encode's, or go beyond `slot_count`.
std::optional<std::vector<std::int64_t>> Decode(std::string_view bytes, std::size_t slot_count);

// The day from what is kept of it: what was read goes before what was estimated.
MeterDay Assemble(std::string meter_number, DayClock clock, std::span<const Stored> parts);

// Adds a stretch of a row to the day, in `added` as well, or says why it cannot be. What is there
// already with the same amount has no effect. `billed`: the day is billed.
std::optional<Problem> Add(const Stretch& stretch, int minutes, bool billed, MeterDay& day,
                           std::vector<std::int64_t>& added);

// The agreement's day: of each slot what one of its meters measured. Two on the day of an exchange.
// Nothing if they were read in intervals of different lengths.
std::optional<MeterDay> Join(std::span<const MeterDay> meters);

}  // namespace reeve::billing::interval
