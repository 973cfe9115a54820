// What requests of several features have in common: enumerators by tables, and digests.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>

#include "shared/core/fields.h"

namespace reeve::billing {

// The second of the pair whose first is `value`; the table has it.
template <class Table, class T>
auto OnWire(const Table& table, T value) {
  return std::find_if(std::begin(table), std::end(table),
                      [&](const auto& entry) { return entry.first == value; })
      ->second;
}

// The inverse; a value that the table does not have is refused.
template <class T, class Wire, std::size_t n>
T ParseEnum(const std::pair<T, Wire> (&table)[n], Wire value, const std::string& field,
            Fields& fields) {
  for (const auto& [known, wire] : table) {
    if (wire == value) return known;
  }
  fields.Refuse(field, "is required");
  return table[0].first;
}

// That of a preview: 64 hexadecimal digits.
inline std::string ParseDigest(const std::string& digest, Fields& fields) {
  constexpr std::size_t kDigestSize = 64;
  const bool hexadecimal =
      digest.size() == kDigestSize && std::all_of(digest.begin(), digest.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
      });
  if (!hexadecimal) fields.Refuse("digest", "is not that of a preview");
  return digest;
}

}  // namespace reeve::billing
