// AuditText: the canonical text of a thing as it stands in the audit trail: "state=OPEN,cycle=7".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "shared/core/canonical.h"
#include "shared/core/date.h"

namespace reeve::account {

class AuditText {
 public:
  // Two different things never have the same text: separators inside a value are escaped.
  AuditText& Add(std::string_view field, std::string_view value) {
    if (!text_.empty()) text_.push_back(',');
    text_.append(field).push_back('=');
    for (const char c : value) {
      if (c == ',' || c == '=' || c == '\\') text_.push_back('\\');
      text_.push_back(c);
    }
    return *this;
  }
  AuditText& Add(std::string_view field, const char* value) {
    return Add(field, std::string_view(value));
  }
  AuditText& Add(std::string_view field, std::int64_t value) {
    return Add(field, std::string_view(std::to_string(value)));
  }
  AuditText& Add(std::string_view field, Date value) {
    return Add(field, std::string_view(value.ToString()));
  }
  AuditText& Add(std::string_view field, const std::optional<Date>& value) {
    return Add(field, std::string_view(value ? value->ToString() : ""));
  }
  // Personal: only whether it is still the same can be told from it.
  AuditText& AddDigest(std::string_view field, std::string_view salt, std::string_view value) {
    return Add(
        field,
        std::string_view(
            value.empty()
                ? ""
                : HexEncode(Sha256(std::string(salt).append(value))).substr(0, kDigestDigits)));
  }

  const std::string& text() const { return text_; }

 private:
  static constexpr std::size_t kDigestDigits = 32;  // of 64: 128 bits
  std::string text_;
};

}  // namespace reeve::account
