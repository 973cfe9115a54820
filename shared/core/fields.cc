#include "shared/core/fields.h"

#include <algorithm>
#include <optional>

namespace reeve {
namespace {

constexpr std::string_view kBlanks = " \t\n";

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// Takes the next code point from `text`; nothing if it is not well-formed UTF-8 (RFC 3629:
// overlong forms, surrogates and what lies beyond U+10FFFF are refused).
std::optional<char32_t> TakeCodePoint(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const int length = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (length == 0 || lead > 0xF4 || text.size() < static_cast<std::size_t>(length))
    return std::nullopt;
  char32_t point = length == 1 ? lead : lead & (0x7F >> length);
  for (int i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0) != 0x80) return std::nullopt;
    point = point << 6 | (next & 0x3F);
  }
  const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
  if (overlong || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return std::nullopt;
  text.remove_prefix(length);
  return point;
}

bool IsControl(char32_t point) {
  return (point < 0x20 && point != '\n' && point != '\t') || (point >= 0x7F && point < 0xA0);
}

}  // namespace

std::string Fields::Text(std::string_view field, std::string_view value, std::size_t min_length,
                         std::size_t max_length) {
  const std::string_view text = Trimmed(value);
  std::size_t length = 0;
  for (std::string_view rest = text; !rest.empty(); ++length) {
    const std::optional<char32_t> point = TakeCodePoint(rest);
    if (!point || IsControl(*point)) {
      Refuse(field, point ? "has a control character" : "is not valid UTF-8");
      return {};
    }
  }
  if (length < min_length) {
    Refuse(field, min_length == 1 ? "is required"
                                  : "has fewer than " + std::to_string(min_length) + " characters");
  } else if (length > max_length) {
    Refuse(field, "has more than " + std::to_string(max_length) + " characters");
  }
  return std::string(text);
}

std::int64_t Fields::Id(std::string_view field, std::int64_t value) {
  if (value <= 0) Refuse(field, value == 0 ? "is required" : "is not an identifier");
  return value;
}

std::int64_t Fields::Range(std::string_view field, std::int64_t value, std::int64_t min,
                           std::int64_t max) {
  if (value < min || value > max)
    Refuse(field, "is not between " + std::to_string(min) + " and " + std::to_string(max));
  return value;
}

Money Fields::Cents(std::string_view field, std::int64_t value, std::int64_t min,
                    std::int64_t max) {
  return Money::Cents(
      Range(field, value, std::max(min, -Money::kMaxCents), std::min(max, Money::kMaxCents)));
}

Date Fields::CivilDate(std::string_view field, std::string_view value) {
  const Result<Date> date = Date::Parse(value);
  if (date.ok()) return *date;
  Refuse(field, value.empty() ? "is required" : "is not a date (YYYY-MM-DD)");
  return {};
}

std::string Fields::RequestId(std::string_view value) {
  const auto allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  if (value.size() < 16 || value.size() > 64 || !std::all_of(value.begin(), value.end(), allowed))
    Refuse("request_id", "is not 16 to 64 characters of A-Z, a-z, 0-9, _ and -");
  return std::string(value);
}

}  // namespace reeve
