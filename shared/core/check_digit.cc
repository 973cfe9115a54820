#include "shared/core/check_digit.h"

#include <array>
#include <cstddef>

namespace reeve {
namespace {

// The digit that brings sum to a multiple of ten, where sum adds Term(weight * digit).
template <std::size_t N, class Term>
std::optional<char> Complement(std::string_view payload, const std::array<int, N>& weights,
                               Term term) {
  if (payload.empty()) return std::nullopt;
  int sum = 0;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    if (payload[i] < '0' || payload[i] > '9') return std::nullopt;
    sum = (sum + term((payload[i] - '0') * weights[i % N])) % 10;
  }
  return static_cast<char>('0' + (10 - sum) % 10);
}

}  // namespace

std::optional<char> Mod10CheckDigit(std::string_view payload) {
  return Complement(payload, std::array{2, 1},
                    [](int product) { return product / 10 + product % 10; });
}

std::optional<char> AbaCheckDigit(std::string_view payload) {
  return Complement(payload, std::array{3, 7, 1}, [](int product) { return product; });
}

bool HasValidMod10(std::string_view digits) {
  return digits.size() >= 2 &&
         Mod10CheckDigit(digits.substr(0, digits.size() - 1)) == digits.back();
}

}  // namespace reeve
