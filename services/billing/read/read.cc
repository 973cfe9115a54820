#include "services/billing/read/read.h"

#include <algorithm>
#include <array>

#include "shared/core/decimal.h"
#include "shared/core/fields.h"

namespace reeve::billing::read {
namespace {

constexpr std::size_t kFields = 4;
constexpr std::size_t kMeterNumberMax = 40;
// How far a register can have come.
constexpr std::int64_t kTimesTheUse = 10;
constexpr std::int64_t kShareWithUse = 100;
constexpr std::int64_t kShareWithoutUse = 10;

struct ProblemEntry {
  Problem problem;
  std::string_view name;
  bool queued;
};
constexpr ProblemEntry kProblems[] = {
    {Problem::kMalformed, "MALFORMED", false},
    {Problem::kNotANumber, "NOT_A_NUMBER", false},
    {Problem::kNegative, "NEGATIVE", false},
    {Problem::kWrongDate, "WRONG_DATE", false},
    {Problem::kFutureDate, "FUTURE_DATE", false},
    {Problem::kUnknownMeter, "UNKNOWN_METER", true},
    {Problem::kWrongUnit, "WRONG_UNIT", true},
    {Problem::kTooManyDigits, "TOO_MANY_DIGITS", true},
    {Problem::kDuplicate, "DUPLICATE", true},
    {Problem::kOutOfOrder, "OUT_OF_ORDER", true},
    {Problem::kBelowEstimate, "BELOW_ESTIMATE", true},
    {Problem::kLowerThanLast, "LOWER_THAN_LAST", true},
    {Problem::kRolloverTooFar, "ROLLOVER_TOO_FAR", true},
};

const ProblemEntry& EntryOf(Problem problem) {
  return *std::find_if(std::begin(kProblems), std::end(kProblems),
                       [&](const ProblemEntry& entry) { return entry.problem == problem; });
}

bool IsText(std::string_view line) {
  Fields fields;
  fields.Text("row", line, 0, kRowCharactersMax);
  return fields.ok();
}

}  // namespace

std::string_view ProblemName(Problem problem) { return EntryOf(problem).name; }
bool IsQueued(Problem problem) { return EntryOf(problem).queued; }

std::variant<Row, Problem> ParseRow(std::string_view line, Date today) {
  if (line.size() > kRowCharactersMax || !IsText(line)) return Problem::kMalformed;
  std::array<std::string_view, kFields> fields;
  std::size_t count = 0;
  for (std::string_view rest = line;;) {
    if (count == kFields) return Problem::kMalformed;
    const std::size_t comma = rest.find(',');
    fields[count++] = rest.substr(0, comma);
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  if (count != kFields || fields[0].empty() || fields[0].size() > kMeterNumberMax) {
    return Problem::kMalformed;
  }
  const Result<std::int64_t> read = ParseDecimal(fields[2], 3, Quantity::kMaxThousandths);
  if (!read.ok()) return Problem::kNotANumber;
  if (fields[2].starts_with('-')) return Problem::kNegative;
  const Result<Date> date = Date::Parse(fields[1]);
  if (!date.ok()) return Problem::kWrongDate;
  if (*date > today) return Problem::kFutureDate;
  return Row{std::string(fields[0]), *date, *read, std::string(fields[3])};
}

std::optional<Problem> Judge(const Row& row, const Meter& meter) {
  if (row.unit != meter.unit) return Problem::kWrongUnit;
  if (row.read_thousandths >= FullScale(meter.register_digits)) return Problem::kTooManyDigits;
  const std::optional<Reading>& last = meter.history.last;
  if (!last) return std::nullopt;
  if (row.read_date == last->date) return Problem::kDuplicate;
  if (row.read_date < last->date) return Problem::kOutOfOrder;
  switch (AdvanceTo(meter.history, {row.read_date, row.read_thousandths}, meter.register_digits)) {
    case Advance::kForward:
    case Advance::kRollover:
      return std::nullopt;
    case Advance::kOverEstimate:
      return Problem::kBelowEstimate;
    case Advance::kMisread:
      return Problem::kLowerThanLast;
    case Advance::kRolloverTooFar:
      break;
  }
  return Problem::kRolloverTooFar;
}

Advance AdvanceTo(const History& history, const Reading& now, int register_digits) {
  const Reading& last = *history.last;
  const std::int64_t scale = FullScale(register_digits);
  const auto since = [&](std::int64_t from, std::int64_t to) {
    return to < from ? to - from + scale : to - from;
  };
  if (history.last_actual) {
    const std::int64_t actual = history.last_actual->thousandths;
    if (since(actual, now.thousandths) < since(actual, last.thousandths)) {
      return Advance::kOverEstimate;
    }
  }
  if (now.thousandths >= last.thousandths) return Advance::kForward;
  if (!IsRollover(last.thousandths, now.thousandths, register_digits)) return Advance::kMisread;
  const std::int64_t advance = since(last.thousandths, now.thousandths);
  const std::optional<Reading>& before = history.before_last;
  if (!before || before->date >= last.date) {
    return advance <= scale / kShareWithoutUse ? Advance::kRollover : Advance::kRolloverTooFar;
  }
  // advance a day <= kTimesTheUse x use a day before, without dividing
  const bool near = static_cast<__int128>(advance) * (last.date - before->date) <=
                    static_cast<__int128>(since(before->thousandths, last.thousandths)) *
                        kTimesTheUse * (now.date - last.date);
  return near || advance <= scale / kShareWithUse ? Advance::kRollover : Advance::kRolloverTooFar;
}

std::int64_t FullScale(int register_digits) {
  std::int64_t scale = Quantity::kScale;
  for (int i = 0; i < register_digits; ++i) scale *= 10;
  return scale;
}

bool IsRollover(std::int64_t from_thousandths, std::int64_t to_thousandths, int register_digits) {
  const std::int64_t tenth = FullScale(register_digits) / 10;
  return from_thousandths >= 9 * tenth && to_thousandths < tenth;
}

Result<std::int64_t> UsageBetween(std::int64_t from_thousandths, std::int64_t to_thousandths,
                                  int register_digits, std::int64_t multiplier_thousandths) {
  __int128 end = to_thousandths;
  if (to_thousandths < from_thousandths) {
    if (!IsRollover(from_thousandths, to_thousandths, register_digits)) {
      return OutOfRange(reason::kReadsFall, "The register fell without a rollover.");
    }
    end += FullScale(register_digits);
  }
  const __int128 usage =
      end * multiplier_thousandths / Quantity::kScale -
      static_cast<__int128>(from_thousandths) * multiplier_thousandths / Quantity::kScale;
  if (usage > Quantity::kMaxThousandths) {
    return OutOfRange(::reeve::reason::kOverflow, "The use between two reads is out of range.");
  }
  return static_cast<std::int64_t>(usage);
}

}  // namespace reeve::billing::read
