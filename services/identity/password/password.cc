#include "services/identity/password/password.h"

#include <argon2.h>

#include <array>
#include <stdexcept>

namespace reeve::identity {
namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHashBytes = 32;
constexpr std::uint32_t kLanes = 1;

}  // namespace

std::string HashPassword(std::string_view password, HashCost cost, Random& random) {
  std::array<std::uint8_t, kSaltBytes> salt;
  random.Fill(salt);
  std::string encoded(
      argon2_encodedlen(cost.passes, cost.memory_kib, kLanes, kSaltBytes, kHashBytes, Argon2_id),
      '\0');
  const int failed =
      argon2id_hash_encoded(cost.passes, cost.memory_kib, kLanes, password.data(), password.size(),
                            salt.data(), salt.size(), kHashBytes, encoded.data(), encoded.size());
  if (failed != ARGON2_OK) throw std::runtime_error(argon2_error_message(failed));
  encoded.resize(encoded.find('\0'));
  return encoded;
}

bool VerifyPassword(std::string_view password, const std::string& hash) {
  return argon2id_verify(hash.c_str(), password.data(), password.size()) == ARGON2_OK;
}

}  // namespace reeve::identity
