// Limits of roles: how much whoever holds a permission may credit or charge alone.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/core/fields.h"
#include "shared/core/money.h"

namespace reeve::billing::adjustment {

// Whoever holds this permission may post up to this amount alone. Roles grant permissions, so this
// is the limit of a role.
struct Limit {
  std::string permission;  // "adjustment.limit_clerk"
  Money amount;
  bool operator==(const Limit&) const = default;
};

// The largest limit whose permission `may` says is held; zero without any.
template <class May>
Money LimitOf(std::span<const Limit> limits, const May& may) {
  Money limit;
  for (const Limit& one : limits) {
    if (one.amount > limit && may(one.permission)) limit = one.amount;
  }
  return limit;
}

// At most 20, each of another permission that is `prefix` and words of small letters.
void ValidateLimits(std::span<const Limit> limits, std::string_view prefix,
                    const std::string& field, Fields& fields);

// As one column keeps them: "adjustment.limit_clerk=5000,adjustment.limit_supervisor=50000".
std::string LimitsText(std::span<const Limit> limits);
std::vector<Limit> ParseLimits(const std::string& text);

}  // namespace reeve::billing::adjustment
