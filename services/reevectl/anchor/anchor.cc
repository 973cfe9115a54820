#include "services/reevectl/anchor/anchor.h"

#include <sodium.h>

#include <array>
#include <sstream>
#include <stdexcept>

#include "shared/core/canonical.h"

namespace reeve::reevectl {
namespace {

constexpr std::string_view kTitle = "reeve anchors 1\n";
constexpr std::string_view kSignature = "signature ";

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// The inverse of HexEncode; empty if the text is not hexadecimal.
std::string HexDecode(std::string_view text) {
  std::string bytes(text.size() / 2, '\0');
  std::size_t length = 0;
  const int failed = sodium_hex2bin(Bytes(bytes), bytes.size(), text.data(), text.size(), nullptr,
                                    &length, nullptr);
  return failed != 0 || length * 2 != text.size() ? std::string() : bytes;
}

Error Forged() {
  return FailedPrecondition(reason::kAnchorsForged,
                            "The file of anchors is not one that this desk has signed.");
}

}  // namespace

std::string AnchorKey::NewSeed(Random& random) {
  std::array<std::uint8_t, crypto_sign_SEEDBYTES> seed;
  random.Fill(seed);
  return {reinterpret_cast<const char*>(seed.data()), seed.size()};
}

AnchorKey::AnchorKey(std::string_view seed)
    : public_key_(crypto_sign_PUBLICKEYBYTES, '\0'), secret_key_(crypto_sign_SECRETKEYBYTES, '\0') {
  if (seed.size() != crypto_sign_SEEDBYTES) throw std::invalid_argument("the key is 32 bytes");
  crypto_sign_seed_keypair(Bytes(public_key_), Bytes(secret_key_), Bytes(seed));
}

std::string AnchorKey::Sign(std::string_view text) const {
  std::string signature(crypto_sign_BYTES, '\0');
  crypto_sign_detached(Bytes(signature), nullptr, Bytes(text), text.size(), Bytes(secret_key_));
  return signature;
}

bool AnchorKey::Verifies(std::string_view text, std::string_view signature) const {
  return signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(Bytes(signature), Bytes(text), text.size(),
                                     Bytes(public_key_)) == 0;
}

std::string Write(const Anchors& anchors, const AnchorKey& key) {
  std::string text(kTitle);
  for (const auto& [name, head] : anchors) {
    if (head.length == 0) continue;  // an empty chain has nothing to hold on to
    text += name.first + " " + name.second + " " + std::to_string(head.length) + " " +
            HexEncode(head.hash) + "\n";
  }
  return text + std::string(kSignature) + HexEncode(key.Sign(text)) + "\n";
}

Result<Anchors> Read(std::string_view text, const AnchorKey& key) {
  const std::size_t end = text.rfind(kSignature);
  if (end == std::string_view::npos || !text.starts_with(kTitle) || !text.ends_with("\n")) {
    return Forged();
  }
  const std::string_view signed_text = text.substr(0, end);
  std::string_view signature = text.substr(end + kSignature.size());
  signature.remove_suffix(1);
  if (!key.Verifies(signed_text, HexDecode(signature))) return Forged();

  Anchors anchors;
  std::istringstream lines{std::string(signed_text.substr(kTitle.size()))};
  std::string service, chain, hash;
  Head head;
  while (lines >> service >> chain >> head.length >> hash) {
    head.hash = HexDecode(hash);
    anchors[{service, chain}] = head;
  }
  if (!lines.eof()) throw std::logic_error("a signed line of anchors cannot be read");
  return anchors;
}

}  // namespace reeve::reevectl
