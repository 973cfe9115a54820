// Canonical: the versioned form of a parsed command over which its fingerprint is taken. Two
// requests that mean the same have the same form, whatever bytes they came in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reeve {

class Canonical {
 public:
  // `name` is the command's, `version` changes when the meaning of a field does.
  Canonical(std::string_view name, int version);
  Canonical& Add(std::string_view field, std::int64_t value);
  Canonical& Add(std::string_view field, std::string_view value);
  Canonical& List(std::string_view field,
                  std::size_t size);  // precedes the elements of a repeated field
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// SHA-256, 32 raw bytes.
std::string Sha256(std::string_view bytes);
std::string HexEncode(std::string_view bytes);

}  // namespace reeve
