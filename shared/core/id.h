// Strong identifiers: an AccountId is not a DrawerId, though both are 64-bit numbers in the
// database and on the wire.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "shared/core/seams.h"

namespace reeve {

template <class Tag>
class Id {
 public:
  constexpr Id() = default;
  constexpr explicit Id(std::int64_t value) : value_(value) {}
  constexpr std::int64_t value() const { return value_; }
  constexpr bool is_set() const { return value_ > 0; }
  std::string ToString() const { return std::to_string(value_); }
  constexpr auto operator<=>(const Id&) const = default;

 private:
  std::int64_t value_ = 0;
};

using PersonId = Id<struct PersonTag>;
using AccountId =
    Id<struct AccountTag>;  // the number printed on the stub: ten digits and a check digit
using PremiseId = Id<struct PremiseTag>;
using DrawerId = Id<struct DrawerTag>;

// A new identifier: 42 bits of milliseconds, 21 random bits, positive. Sorted by time, so that
// inserts append; a clash is refused by the primary key and answered by a second try.
std::int64_t NewId(Instant now, Random& random);

// The identifier that belongs to a key, positive: the first 63 bits of the key's SHA-256. A run
// that is repeated derives the same, e.g. from "case311/case/person/42/<request_id>".
std::int64_t DerivedId(std::string_view key);

}  // namespace reeve
