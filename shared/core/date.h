// Date: a day of the civil calendar. Instant: a point in time. TimeZone: the city's, which turns
// one into the other. A business date belongs to the city's calendar, never to the clock of a
// machine.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "shared/core/result.h"

namespace reeve {

class Date {
 public:
  constexpr Date() = default;
  static constexpr Date FromDays(std::int32_t days_since_epoch) { return Date(days_since_epoch); }
  // Years 1 to 9999; refuses 30 February.
  static Result<Date> FromCivil(int year, int month, int day);
  static Result<Date> Parse(std::string_view text);  // "2026-11-22", years 1900 to 9999

  constexpr std::int32_t days() const { return days_; }
  int year() const;
  int month() const;    // 1..12
  int day() const;      // 1..31
  int weekday() const;  // 1 Monday .. 7 Sunday (ISO 8601)
  constexpr Date PlusDays(std::int32_t days) const { return Date(days_ + days); }
  Date PlusMonths(int months) const;  // 31 January plus one month is the last day of February
  constexpr std::int32_t operator-(Date other) const { return days_ - other.days_; }
  std::string ToString() const;

  constexpr auto operator<=>(const Date&) const = default;

 private:
  constexpr explicit Date(std::int32_t days) : days_(days) {}
  std::int32_t days_ = 0;  // since 1970-01-01
};

class Duration {
 public:
  constexpr Duration() = default;
  static constexpr Duration Micros(std::int64_t micros) { return Duration(micros); }
  static constexpr Duration Millis(std::int64_t millis) { return Duration(millis * 1'000); }
  static constexpr Duration Seconds(std::int64_t seconds) { return Duration(seconds * 1'000'000); }
  static constexpr Duration Minutes(std::int64_t minutes) { return Seconds(minutes * 60); }
  static constexpr Duration Hours(std::int64_t hours) { return Minutes(hours * 60); }
  constexpr std::int64_t micros() const { return micros_; }
  constexpr auto operator<=>(const Duration&) const = default;

 private:
  constexpr explicit Duration(std::int64_t micros) : micros_(micros) {}
  std::int64_t micros_ = 0;
};

class Instant {
 public:
  constexpr Instant() = default;
  static constexpr Instant FromMicros(std::int64_t micros_since_epoch) {
    return Instant(micros_since_epoch);
  }
  // "2026-11-22T08:10:00-07:00": an offset or Z is required, fractions beyond the microsecond are
  // cut.
  static Result<Instant> Parse(std::string_view rfc3339);

  constexpr std::int64_t micros() const { return micros_; }
  constexpr Instant operator+(Duration d) const { return Instant(micros_ + d.micros()); }
  constexpr Instant operator-(Duration d) const { return Instant(micros_ - d.micros()); }
  constexpr Duration operator-(Instant other) const {
    return Duration::Micros(micros_ - other.micros_);
  }
  std::string ToString() const;  // RFC 3339 in UTC with microseconds

  constexpr auto operator<=>(const Instant&) const = default;

 private:
  constexpr explicit Instant(std::int64_t micros) : micros_(micros) {}
  std::int64_t micros_ = 0;  // since 1970-01-01T00:00:00Z
};

// Wall-clock reading of an instant in a place.
struct LocalTime {
  Date date;
  int minute_of_day = 0;  // 0..1439
  auto operator<=>(const LocalTime&) const = default;
};

// Cheap to copy; thread-safe.
class TimeZone {
 public:
  static Result<TimeZone> Load(std::string_view name);  // IANA name, e.g. "America/Denver"
  LocalTime At(Instant instant) const;
  Date DateAt(Instant instant) const { return At(instant).date; }
  // The instant at which the wall clock shows `local`. In a gap the instant after it; in a fold the
  // first one.
  Instant ToInstant(LocalTime local) const;
  std::string Format(Instant instant) const;  // RFC 3339 with this zone's offset, whole seconds
  const std::string& name() const;

 private:
  struct Zone;
  explicit TimeZone(std::shared_ptr<const Zone> zone) : zone_(std::move(zone)) {}
  std::shared_ptr<const Zone> zone_;
};

}  // namespace reeve
