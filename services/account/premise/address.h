// Address: a postal address, and the key under which it is found however it was typed.
#pragma once

#include <string>
#include <string_view>

#include "shared/core/fields.h"

namespace reeve::account {

struct Address {
  std::string street;       // "1240 W 820 N"
  std::string unit;         // "Apt 3", or empty
  std::string city;         // "Provo"
  std::string region;       // "UT"
  std::string postal_code;  // "84601" or "84601-1234"
  bool operator==(const Address&) const = default;

  std::string ToString() const;  // one line
};

// Capital letters, one blank between words, no punctuation, and the Postal Service's abbreviations
// of directions and common street suffixes (Publication 28): "1240 west 820 North" and
// "1240 W. 820 N" have the key "1240 W 820 N".
std::string AddressKey(std::string_view text);
// The key of the whole address within its city: street and unit.
std::string AddressKey(const Address& address);

// The greatest text that begins with `prefix`, in the order of both engines (by bytes).
std::string PrefixEnd(std::string_view prefix);

// Refuses what cannot be an address; `path` is the field's in the request.
Address CheckAddress(Fields& fields, const std::string& path, const Address& address);

}  // namespace reeve::account
