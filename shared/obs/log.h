// Log: one JSON line per event to standard error. Numbers, names and reasons only: never a secret,
// never what a person typed.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "shared/core/date.h"

namespace reeve::obs {

enum class Level { kDebug, kInfo, kWarning, kError };

// One named fact of an event. Views live until the call ends.
struct Field {
  std::string_view name;
  std::variant<std::int64_t, bool, std::string_view> value;

  template <std::integral T>
  Field(std::string_view name, T value) : name(name) {
    if constexpr (std::same_as<T, bool>) {
      this->value = value;
    } else {
      this->value = static_cast<std::int64_t>(value);
    }
  }
  Field(std::string_view name, std::string_view value) : name(name), value(value) {}
  Field(std::string_view name, const std::string& value) : Field(name, std::string_view(value)) {}
  Field(std::string_view name, const char* value) : Field(name, std::string_view(value)) {}
};

// Names the service in every line from now on and leaves out what is below `minimum`. Once, at
// start, before other threads log.
void StartLog(std::string service, Level minimum);

// {"time":"...","level":"info","service":"payment","event":"call","method":"...","micros":812}
// The time is the machine's, also where the suite's own clock is moved. Thread-safe; lines never
// mix.
void Log(Level level, std::string_view event, std::initializer_list<Field> fields = {});

// The line that Log writes, without the line break.
std::string LogLine(Instant time, Level level, std::string_view service, std::string_view event,
                    std::initializer_list<Field> fields);

}  // namespace reeve::obs
