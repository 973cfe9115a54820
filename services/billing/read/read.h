// Reads: what makes a row of a reading file a read, and how two reads become use.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "shared/core/date.h"
#include "shared/core/quantity.h"
#include "shared/core/result.h"

namespace reeve::billing::read {

// The first line of every reading file.
inline constexpr std::string_view kHeader = "meter_number,read_date,read,unit";
inline constexpr std::size_t kRowCharactersMax = 200;

// Why a row is no read, in order of precedence.
enum class Problem {
  kMalformed,       // not four fields, too long, or not UTF-8
  kNotANumber,      // the read
  kNegative,        // the read
  kWrongDate,       // no day of the calendar
  kFutureDate,      // after today
  kUnknownMeter,    // usually an exchange that was not closed
  kWrongUnit,       // not the unit of the meter
  kTooManyDigits,   // more than the register can show
  kDuplicate,       // a read of that day is there: usually a re-read
  kOutOfOrder,      // before the meter's last read, or before its service began
  kBelowEstimate,   // the last read was estimated too high
  kLowerThanLast,   // and no sign of a rollover
  kRolloverTooFar,  // a rollover by its digits, but further than the register can have come
};
std::string_view ProblemName(Problem problem);  // "NOT_A_NUMBER"
// True if somebody must find out what happened; false if the row is simply wrong.
bool IsQueued(Problem problem);

struct Row {
  std::string meter_number;
  Date read_date;
  std::int64_t read_thousandths = 0;  // register counts
  std::string unit;
};

// One line without its line break. Judges what can be told without knowing the meter.
std::variant<Row, Problem> ParseRow(std::string_view line, Date today);

struct Reading {
  Date date;
  std::int64_t thousandths = 0;  // register counts
  bool estimated = false;        // nobody has read it
};

// What a meter showed.
struct History {
  std::optional<Reading> last;         // newest accepted read; none: this would be the first
  std::optional<Reading> before_last;  // the one before it
  std::optional<Reading> last_actual;  // if the last is an estimate: the newest that is none
};

// A meter as the office knows it.
struct Meter {
  std::string unit;  // as UnitName spells it
  int register_digits = 0;
  History history;
};

// What a register shows, against what it showed last.
enum class Advance {
  kForward,
  kRollover,        // it passed its highest number
  kRolloverTooFar,  // it would have, and come further than it can have
  kOverEstimate,    // it was estimated to have come further than it has
  kMisread,         // it fell, and nothing of this explains it
};

// Tells them apart:
//
//   last read   shows                                         it is
//   actual      no less                                       forward
//   actual      less, last tenth to first tenth, not too far  a rollover
//   actual      less, last tenth to first tenth, too far      a rollover too far
//   actual      less                                          a misread
//   estimated   since the last actual read less than that     an over-estimate, never a revolution
//   estimated   as much or more                               as above
//
// Too far is more than ten times the use a day before, and more than a hundredth of the register;
// without a use before, more than a tenth. `history.last` is there, and `now` after it.
Advance AdvanceTo(const History& history, const Reading& now, int register_digits);

// What is wrong with a row of this meter; nothing if it is a read.
std::optional<Problem> Judge(const Row& row, const Meter& meter);

// Counts that a register of these digits shows before it starts again, in thousandths.
std::int64_t FullScale(int register_digits);

// True if a register of these digits passed its highest number between the two: the first lies in
// its last tenth, the second in its first tenth. Any other fall is no rollover.
bool IsRollover(std::int64_t from_thousandths, std::int64_t to_thousandths, int register_digits);

// Use between two reads, in thousandths of the unit; `multiplier_thousandths` is units for one
// count. Readings are truncated, not their difference, so parts of a period add up to the whole.
// OUT_OF_RANGE READS_FALL if the second is lower and no rollover.
Result<std::int64_t> UsageBetween(std::int64_t from_thousandths, std::int64_t to_thousandths,
                                  int register_digits, std::int64_t multiplier_thousandths);

namespace reason {
inline constexpr Reason kReadsFall{"READS_FALL"};
}  // namespace reason

}  // namespace reeve::billing::read
