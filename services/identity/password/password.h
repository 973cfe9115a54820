// Passwords as argon2id hashes. What a hash cost is written in it, so the cost may change later.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shared/core/seams.h"

namespace reeve::identity {

inline constexpr std::size_t kPasswordMin = 12;  // characters of a new password
inline constexpr std::size_t kPasswordMax = 128;

struct HashCost {
  std::uint32_t memory_kib = 19'456;
  std::uint32_t passes = 2;
  // Whether it is at least what OWASP's password storage cheat sheet asks of argon2id (19 MiB, 2
  // passes); less is for demos and tests.
  bool IsSafe() const { return memory_kib >= 19'456 && passes >= 2; }
};

// "$argon2id$v=19$m=..." with a salt of its own. Takes as long as the cost says.
std::string HashPassword(std::string_view password, HashCost cost, Random& random);
// Takes as long as hashing did. False too if `hash` is not one.
bool VerifyPassword(std::string_view password, const std::string& hash);

}  // namespace reeve::identity
