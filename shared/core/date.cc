#include "shared/core/date.h"

#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <algorithm>
#include <optional>

namespace reeve {
namespace {

constexpr absl::CivilDay kEpoch(1970, 1, 1);

absl::CivilDay Civil(Date date) { return kEpoch + date.days(); }

Date FromCivilDay(absl::CivilDay day) {
  return Date::FromDays(static_cast<std::int32_t>(day - kEpoch));
}

// The number in text[position, position + length), if those are all digits.
std::optional<int> Digits(std::string_view text, std::size_t position, std::size_t length) {
  if (position + length > text.size()) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(position, length)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

Error NotADate() {
  return {Code::kInvalidArgument, reason::kInvalidRequest, "The text is not a date (YYYY-MM-DD)."};
}

Error NotAnInstant() {
  return {Code::kInvalidArgument, reason::kInvalidRequest,
          "The text is not an RFC 3339 time with an offset."};
}

// Microseconds of ".123456789"; consumes it from `text`. Nothing if the point has no digit or more
// than nine behind it.
std::optional<std::int64_t> TakeFraction(std::string_view& text) {
  if (!text.starts_with('.')) return 0;
  text.remove_prefix(1);
  std::int64_t micros = 0;
  int digits = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1)) {
    if (++digits <= 6) micros = micros * 10 + (text.front() - '0');
  }
  if (digits == 0 || digits > 9) return std::nullopt;
  for (; digits < 6; ++digits) micros *= 10;
  return micros;
}

// "Z" or "-07:00" as a duration east of Greenwich.
std::optional<Duration> OffsetOf(std::string_view text) {
  if (text == "Z" || text == "z") return Duration();
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const std::optional<int> hours = Digits(text, 1, 2), minutes = Digits(text, 4, 2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const int east = *hours * 60 + *minutes;
  return Duration::Minutes(text[0] == '-' ? -east : east);
}

}  // namespace

Result<Date> Date::FromCivil(int year, int month, int day) {
  const absl::CivilDay civil(year, month, day);  // normalises 30 February to 1 or 2 March
  if (year < 1 || year > 9999 || civil.month() != month || civil.day() != day) return NotADate();
  return FromCivilDay(civil);
}

Result<Date> Date::Parse(std::string_view text) {
  const std::optional<int> year = Digits(text, 0, 4), month = Digits(text, 5, 2),
                           day = Digits(text, 8, 2);
  if (text.size() != 10 || text[4] != '-' || text[7] != '-' || !year || !month || !day ||
      *year < 1900) {
    return NotADate();
  }
  return FromCivil(*year, *month, *day);
}

int Date::year() const { return static_cast<int>(Civil(*this).year()); }
int Date::month() const { return Civil(*this).month(); }
int Date::day() const { return Civil(*this).day(); }
int Date::weekday() const { return static_cast<int>(absl::GetWeekday(Civil(*this))) + 1; }

Date Date::PlusMonths(int months) const {
  const absl::CivilDay civil = Civil(*this);
  const absl::CivilMonth month = absl::CivilMonth(civil) + months;
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  return FromCivilDay(absl::CivilDay(month) + (std::min(civil.day(), last.day()) - 1));
}

std::string Date::ToString() const { return absl::FormatCivilTime(Civil(*this)); }

Result<Instant> Instant::Parse(std::string_view rfc3339) {
  REEVE_ASSIGN_OR_RETURN(const Date date, Date::Parse(rfc3339.substr(0, 10)));
  std::string_view rest = rfc3339.substr(10);
  const std::optional<int> hour = Digits(rest, 1, 2), minute = Digits(rest, 4, 2),
                           second = Digits(rest, 7, 2);
  if (!hour || !minute || !second || (rest[0] != 'T' && rest[0] != 't') || rest[3] != ':' ||
      rest[6] != ':' || *hour > 23 || *minute > 59 || *second > 59) {
    return NotAnInstant();
  }
  rest.remove_prefix(9);
  const std::optional<std::int64_t> micros = TakeFraction(rest);
  const std::optional<Duration> offset = OffsetOf(rest);
  if (!micros || !offset) return NotAnInstant();
  const Duration since_epoch = Duration::Seconds(std::int64_t{date.days()} * 86'400 +
                                                 *hour * 3'600 + *minute * 60 + *second);
  return FromMicros(since_epoch.micros() + *micros - offset->micros());
}

std::string Instant::ToString() const {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::FromUnixMicros(micros_),
                          absl::UTCTimeZone());
}

struct TimeZone::Zone {
  std::string name;
  absl::TimeZone zone;
};

Result<TimeZone> TimeZone::Load(std::string_view name) {
  Zone zone{std::string(name), {}};
  if (name.empty() || !absl::LoadTimeZone(zone.name, &zone.zone)) {
    return Error(Code::kInvalidArgument, reason::kInvalidRequest, "The time zone is not known.");
  }
  return TimeZone(std::make_shared<const Zone>(std::move(zone)));
}

LocalTime TimeZone::At(Instant instant) const {
  const absl::CivilSecond local = zone_->zone.At(absl::FromUnixMicros(instant.micros())).cs;
  return {FromCivilDay(absl::CivilDay(local)), local.hour() * 60 + local.minute()};
}

Instant TimeZone::ToInstant(LocalTime local) const {
  const absl::CivilSecond wall =
      absl::CivilSecond(Civil(local.date)) + std::int64_t{local.minute_of_day} * 60;
  return Instant::FromMicros(absl::ToUnixMicros(absl::FromCivil(wall, zone_->zone)));
}

std::string TimeZone::Format(Instant instant) const {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%S%Ez", absl::FromUnixMicros(instant.micros()),
                          zone_->zone);
}

const std::string& TimeZone::name() const { return zone_->name; }

}  // namespace reeve
