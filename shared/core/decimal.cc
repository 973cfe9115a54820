#include "shared/core/decimal.h"

#include <algorithm>

namespace reeve {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

Error NotADecimal() {
  return {Code::kInvalidArgument, reason::kInvalidRequest, "The text is not a decimal number."};
}

}  // namespace

Result<std::int64_t> ParseDecimal(std::string_view text, int decimals, std::int64_t max) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point == text.size() ? "" : text.substr(point + 1);
  const bool bare_point = point != text.size() && fraction.empty();
  if (whole.empty() || bare_point || static_cast<int>(fraction.size()) > decimals ||
      !std::all_of(whole.begin(), whole.end(), IsDigit) ||
      !std::all_of(fraction.begin(), fraction.end(), IsDigit)) {
    return NotADecimal();
  }
  std::string digits(whole);
  digits.append(fraction).append(decimals - fraction.size(), '0');
  std::int64_t value = 0;
  for (const char digit : digits) {
    if (__builtin_mul_overflow(value, 10, &value) ||
        __builtin_add_overflow(value, digit - '0', &value) || value > max) {
      return OutOfRange(reason::kOverflow, "The number is too large.");
    }
  }
  return negative ? -value : value;
}

std::string PrintDecimal(std::int64_t value, int decimals, int decimals_min) {
  // Negated as unsigned: the smallest integer has no positive counterpart.
  const std::uint64_t magnitude =
      value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  std::string digits = std::to_string(magnitude);
  if (static_cast<int>(digits.size()) <= decimals)
    digits.insert(0, decimals + 1 - digits.size(), '0');
  std::string text = digits.substr(0, digits.size() - decimals);
  std::string fraction = digits.substr(digits.size() - decimals);
  while (static_cast<int>(fraction.size()) > decimals_min && fraction.ends_with('0'))
    fraction.pop_back();
  if (!fraction.empty()) text.append(".").append(fraction);
  return value < 0 ? "-" + text : text;
}

}  // namespace reeve
