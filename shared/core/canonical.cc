#include "shared/core/canonical.h"

#include <openssl/evp.h>

#include <stdexcept>

namespace reeve {
namespace {

// Texts carry their length in front, so that no value can pass for the end of one and the start of
// another.
void AppendText(std::string& bytes, std::string_view text) {
  bytes.append(std::to_string(text.size())).append(":").append(text);
}

}  // namespace

Canonical::Canonical(std::string_view name, int version) {
  AppendText(bytes_, name);
  bytes_.append("v").append(std::to_string(version)).append(";");
}

Canonical& Canonical::Add(std::string_view field, std::int64_t value) {
  AppendText(bytes_, field);
  bytes_.append("i").append(std::to_string(value)).append(";");
  return *this;
}

Canonical& Canonical::Add(std::string_view field, std::string_view value) {
  AppendText(bytes_, field);
  bytes_.append("t");
  AppendText(bytes_, value);
  bytes_.append(";");
  return *this;
}

Canonical& Canonical::List(std::string_view field, std::size_t size) {
  AppendText(bytes_, field);
  bytes_.append("l").append(std::to_string(size)).append(";");
  return *this;
}

std::string Sha256(std::string_view bytes) {
  std::string digest(32, '\0');
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
                 EVP_sha256(), nullptr) != 1 ||
      size != digest.size()) {
    throw std::runtime_error("SHA-256 is not available");
  }
  return digest;
}

std::string HexEncode(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    text.push_back(kDigits[static_cast<unsigned char>(byte) >> 4]);
    text.push_back(kDigits[static_cast<unsigned char>(byte) & 15]);
  }
  return text;
}

}  // namespace reeve
