#include "services/billing/interval/interval.h"

#include <algorithm>
#include <array>

#include "shared/core/decimal.h"
#include "shared/core/fields.h"

namespace reeve::billing::interval {
namespace {

constexpr std::size_t kFields = 5;
constexpr std::size_t kMeterNumberMax = 40;
constexpr int kMinutesOfHour = 60;
constexpr int kMinutesOfDayMax = 25 * kMinutesOfHour;
constexpr std::int64_t kMicrosOfMinute = 60'000'000;

struct ProblemEntry {
  Problem problem;
  std::string_view name;
  std::string_view field;
};
constexpr ProblemEntry kProblems[] = {
    {Problem::kMalformed, "MALFORMED", "row"},
    {Problem::kWrongTime, "WRONG_TIME", "start_time"},
    {Problem::kWrongOffset, "WRONG_OFFSET", "start_time"},
    {Problem::kWrongMinutes, "WRONG_MINUTES", "minutes"},
    {Problem::kNotAligned, "NOT_ALIGNED", "start_time"},
    {Problem::kTooMany, "TOO_MANY", "amounts"},
    {Problem::kNotANumber, "NOT_A_NUMBER", "amounts"},
    {Problem::kNegative, "NEGATIVE", "amounts"},
    {Problem::kFuture, "FUTURE", "start_time"},
    {Problem::kUnknownMeter, "UNKNOWN_METER", "meter_number"},
    {Problem::kWrongUnit, "WRONG_UNIT", "unit"},
    {Problem::kNotInPlace, "NOT_IN_PLACE", "start_time"},
    {Problem::kOtherMinutes, "OTHER_MINUTES", "minutes"},
    {Problem::kOtherAmount, "OTHER_AMOUNT", "amounts"},
    {Problem::kBilled, "BILLED", "amounts"},
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

std::vector<std::string_view> SplitAt(std::string_view text, char sign) {
  std::vector<std::string_view> words;
  for (std::string_view rest = text;;) {
    const std::size_t end = rest.find(sign);
    words.push_back(rest.substr(0, end));
    if (end == std::string_view::npos) return words;
    rest.remove_prefix(end + 1);
  }
}

// "2026-11-19T00:15-07:00" or with seconds; Z is UTC. The offset as it is written, "Z" or "-07:00".
struct Moment {
  Instant instant;
  std::string_view offset;
};
std::optional<Moment> ParseMoment(std::string_view text) {
  constexpr std::size_t kToMinutes = 16;  // "2026-11-19T00:15"
  if (text.size() <= kToMinutes || text[10] != 'T') return std::nullopt;
  std::string spelled(text.substr(0, kToMinutes));
  std::string_view rest = text.substr(kToMinutes);
  if (rest.starts_with(":")) {
    if (!rest.starts_with(":00")) return std::nullopt;
    rest.remove_prefix(3);
  }
  spelled.append(":00").append(rest);
  const Result<Instant> instant = Instant::Parse(spelled);
  if (!instant.ok()) return std::nullopt;
  return Moment{*instant, rest};
}

bool IsOffsetOf(const TimeZone& zone, const Moment& moment) {
  if (moment.offset == "Z" || moment.offset == "+00:00") return true;
  return zone.Format(moment.instant).ends_with(moment.offset);
}

std::optional<Problem> ParseAmounts(std::string_view text, std::vector<std::int64_t>& amounts) {
  constexpr int kDecimals = 6;
  for (const std::string_view word : SplitAt(text, ' ')) {
    if (word == "-") {
      amounts.push_back(kMissing);
      continue;
    }
    const Result<std::int64_t> amount = ParseDecimal(word, kDecimals, kAmountMax);
    if (!amount.ok()) return Problem::kNotANumber;
    if (word.starts_with('-')) return Problem::kNegative;
    amounts.push_back(*amount);
  }
  return std::nullopt;
}

void AppendNumber(std::uint64_t number, std::string& bytes) {
  for (; number >= 128; number /= 128) bytes.push_back(static_cast<char>(number % 128 + 128));
  bytes.push_back(static_cast<char>(number));
}

std::optional<std::uint64_t> TakeNumber(std::string_view& bytes) {
  std::uint64_t number = 0;
  for (int shift = 0; shift < 63 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    number |= std::uint64_t{byte & 127u} << shift;
    if (byte < 128) return number;
  }
  return std::nullopt;
}

Instant PlusMinutes(Instant instant, std::int64_t minutes) {
  return instant + Duration::Minutes(minutes);
}

}  // namespace

std::string_view ProblemName(Problem problem) { return EntryOf(problem).name; }
std::string_view FieldOf(std::string_view problem_name) {
  const auto found =
      std::find_if(std::begin(kProblems), std::end(kProblems),
                   [&](const ProblemEntry& entry) { return entry.name == problem_name; });
  return found == std::end(kProblems) ? kProblems[0].field : found->field;
}

DayClock ClockOf(const TimeZone& zone, Date day) {
  DayClock clock{day, zone.ToInstant({day, 0}), {}};
  const Instant end = zone.ToInstant({day.PlusDays(1), 0});
  constexpr std::uint8_t kHours = 24;
  if (end - clock.midnight == Duration::Hours(kHours)) {  // nearly always
    for (std::uint8_t hour = 0; hour < kHours; ++hour) clock.hours.push_back(hour);
    return clock;
  }
  for (Instant hour = clock.midnight; hour < end; hour = PlusMinutes(hour, kMinutesOfHour)) {
    const int minute = zone.At(hour).minute_of_day;
    clock.hours.push_back(static_cast<std::uint8_t>(minute / kMinutesOfHour));
  }
  return clock;
}

std::variant<Row, Problem> ParseRow(std::string_view line, const TimeZone& zone, Instant now) {
  if (line.size() > kRowCharactersMax || !IsText(line)) return Problem::kMalformed;
  const std::vector<std::string_view> fields = SplitAt(line, ',');
  if (fields.size() != kFields || fields[0].empty() || fields[0].size() > kMeterNumberMax) {
    return Problem::kMalformed;
  }
  Row row;
  row.meter_number = fields[0];
  row.unit = fields[3];
  const std::optional<Moment> moment = ParseMoment(fields[1]);
  if (!moment) return Problem::kWrongTime;
  if (!IsOffsetOf(zone, *moment)) return Problem::kWrongOffset;
  row.start = moment->instant;
  const Result<std::int64_t> minutes = ParseDecimal(fields[2], 0, kMinutesOfHour);
  if (!minutes.ok() || (*minutes != 15 && *minutes != 30 && *minutes != 60)) {
    return Problem::kWrongMinutes;
  }
  row.minutes = static_cast<int>(*minutes);
  const Instant midnight = zone.ToInstant({zone.DateAt(row.start), 0});
  if ((row.start - midnight).micros() % (row.minutes * kMicrosOfMinute) != 0) {
    return Problem::kNotAligned;
  }
  if (const auto problem = ParseAmounts(fields[4], row.amounts)) return *problem;
  const auto all_minutes = static_cast<std::int64_t>(row.amounts.size()) * row.minutes;
  if (all_minutes > kMinutesOfDayMax ||
      std::all_of(row.amounts.begin(), row.amounts.end(),
                  [](std::int64_t amount) { return amount == kMissing; })) {
    return Problem::kTooMany;
  }
  if (now < PlusMinutes(row.start, all_minutes)) return Problem::kFuture;
  return row;
}

std::vector<Stretch> Divide(const Row& row, const TimeZone& zone) {
  std::vector<Stretch> stretches;
  for (std::size_t i = 0; i < row.amounts.size(); ++i) {
    const Instant start = PlusMinutes(row.start, static_cast<std::int64_t>(i) * row.minutes);
    const Date day = zone.DateAt(start);
    if (stretches.empty() || stretches.back().day != day) {
      const Instant midnight = zone.ToInstant({day, 0});
      const std::int64_t elapsed = (start - midnight).micros() / kMicrosOfMinute;
      stretches.push_back({day, static_cast<std::size_t>(elapsed / row.minutes), {}});
    }
    stretches.back().amounts.push_back(row.amounts[i]);
  }
  return stretches;
}

std::size_t MeterDay::missing_count() const {
  if (minutes == 0) return clock.SlotCount(kMinutesOfHour);
  return static_cast<std::size_t>(
      std::count_if(slots.begin(), slots.end(), [](const Slot& slot) { return !slot.known(); }));
}

std::size_t MeterDay::estimated_count() const {
  return static_cast<std::size_t>(
      std::count_if(slots.begin(), slots.end(), [](const Slot& slot) { return slot.estimated; }));
}

std::int64_t MeterDay::sum() const {
  std::int64_t sum = 0;
  for (const Slot& slot : slots) sum += slot.known() ? slot.millionths : 0;
  return sum;
}

std::string Encode(std::span<const std::int64_t> amounts) {
  std::string bytes;
  std::size_t left_out = 0;
  for (std::size_t i = 0; i < amounts.size();) {
    if (amounts[i] == kMissing) {
      ++left_out;
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < amounts.size() && amounts[end] != kMissing) ++end;
    AppendNumber(left_out, bytes);
    AppendNumber(end - i, bytes);
    for (; i < end; ++i) AppendNumber(static_cast<std::uint64_t>(amounts[i]), bytes);
    left_out = 0;
  }
  return bytes;
}

std::optional<std::vector<std::int64_t>> Decode(std::string_view bytes, std::size_t slot_count) {
  std::vector<std::int64_t> amounts(slot_count, kMissing);
  std::size_t next = 0;
  while (!bytes.empty()) {
    const std::optional<std::uint64_t> left_out = TakeNumber(bytes);
    const std::optional<std::uint64_t> count = TakeNumber(bytes);
    if (!left_out || !count || *count == 0 || *left_out > slot_count || *count > slot_count ||
        next + *left_out + *count > slot_count) {
      return std::nullopt;
    }
    next += *left_out;
    for (const std::size_t end = next + *count; next < end; ++next) {
      const std::optional<std::uint64_t> amount = TakeNumber(bytes);
      if (!amount || *amount > static_cast<std::uint64_t>(kAmountMax)) return std::nullopt;
      amounts[next] = static_cast<std::int64_t>(*amount);
    }
  }
  return amounts;
}

MeterDay Assemble(std::string meter_number, DayClock clock, std::span<const Stored> parts) {
  MeterDay day{std::move(meter_number), std::move(clock), 0, {}};
  for (const Stored& part : parts) {
    if (day.minutes == 0) {
      day.minutes = part.minutes;
      day.slots.resize(day.clock.SlotCount(part.minutes));
    }
    const auto amounts = Decode(part.amounts, day.slots.size());
    if (!amounts || part.minutes != day.minutes) continue;  // the proof finds it
    for (std::size_t i = 0; i < amounts->size(); ++i) {
      Slot& slot = day.slots[i];
      if ((*amounts)[i] == kMissing || (slot.known() && (part.estimated || !slot.estimated))) {
        continue;
      }
      slot = {(*amounts)[i], part.estimated};
    }
  }
  return day;
}

std::optional<Problem> Add(const Stretch& stretch, int minutes, bool billed, MeterDay& day,
                           std::vector<std::int64_t>& added) {
  if (day.minutes != 0 && day.minutes != minutes) return Problem::kOtherMinutes;
  const std::size_t slot_count = day.clock.SlotCount(minutes);
  const auto slot_of = [&](std::size_t i) {
    return day.minutes == 0 ? Slot{} : day.slots[stretch.first_slot + i];
  };
  for (std::size_t i = 0; i < stretch.amounts.size(); ++i) {
    const Slot slot = slot_of(i);
    if (stretch.amounts[i] == kMissing || !slot.known()) continue;
    if (!slot.estimated && slot.millionths != stretch.amounts[i]) return Problem::kOtherAmount;
    if (slot.estimated && billed) return Problem::kBilled;
  }
  day.minutes = minutes;
  day.slots.resize(slot_count);
  added.resize(slot_count, kMissing);
  for (std::size_t i = 0; i < stretch.amounts.size(); ++i) {
    Slot& slot = day.slots[stretch.first_slot + i];
    if (stretch.amounts[i] == kMissing || (slot.known() && !slot.estimated)) continue;
    slot = {stretch.amounts[i], false};
    added[stretch.first_slot + i] = stretch.amounts[i];
  }
  return std::nullopt;
}

std::optional<MeterDay> Join(std::span<const MeterDay> meters) {
  MeterDay joined = meters.front();
  for (const MeterDay& meter : meters.subspan(1)) {
    if (meter.minutes == 0) continue;
    if (joined.minutes == 0) {
      joined = meter;
      continue;
    }
    if (meter.minutes != joined.minutes) return std::nullopt;
    for (std::size_t i = 0; i < joined.slots.size(); ++i) {
      if (!joined.slots[i].known()) joined.slots[i] = meter.slots[i];
    }
  }
  return joined;
}

}  // namespace reeve::billing::interval
