// Fields: collects every bad field of a request, so that a caller learns of all of them at once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "shared/core/date.h"
#include "shared/core/money.h"
#include "shared/core/result.h"

namespace reeve {

class Fields {
 public:
  void Refuse(std::string_view field, std::string description) {
    violations_.push_back({std::string(field), std::move(description)});
  }

  // Text that a person typed: valid UTF-8, no control characters but line break and tab, length
  // counted in code points. Returns the text trimmed of surrounding blanks.
  std::string Text(std::string_view field, std::string_view value, std::size_t min_length,
                   std::size_t max_length);
  // A positive identifier.
  std::int64_t Id(std::string_view field, std::int64_t value);
  std::int64_t Range(std::string_view field, std::int64_t value, std::int64_t min,
                     std::int64_t max);
  Money Cents(std::string_view field, std::int64_t value, std::int64_t min, std::int64_t max);
  // "2026-11-22"
  Date CivilDate(std::string_view field, std::string_view value);
  // The caller's key for one effect: 16 to 64 characters of [A-Za-z0-9_-].
  std::string RequestId(std::string_view value);

  bool ok() const { return violations_.empty(); }
  Error error() const { return InvalidArgument(violations_); }

 private:
  std::vector<FieldViolation> violations_;
};

}  // namespace reeve
