#include "services/billing/derived_id.h"

#include <string>

#include "shared/core/canonical.h"

namespace reeve::billing {
namespace {

std::int64_t Positive63(const std::string& digest) {
  std::uint64_t bits = 0;
  for (int i = 0; i < 8; ++i) bits = bits << 8 | static_cast<unsigned char>(digest[i]);
  bits >>= 1;
  return bits == 0 ? 1 : static_cast<std::int64_t>(bits);
}

}  // namespace

std::int64_t DerivedId(std::string_view kind, std::int64_t first, std::int64_t second) {
  return Positive63(Sha256(Canonical(kind, 1).Add("first", first).Add("second", second).bytes()));
}

std::int64_t DerivedId(std::string_view kind, std::string_view cause) {
  return Positive63(Sha256(Canonical(kind, 1).Add("cause", cause).bytes()));
}

}  // namespace reeve::billing
