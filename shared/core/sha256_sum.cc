#include "shared/core/sha256_sum.h"

#include <openssl/evp.h>

#include <stdexcept>

#include "shared/core/canonical.h"

namespace reeve {
namespace {

void Check(int done) {
  if (done != 1) throw std::runtime_error("SHA-256 is not available");
}

}  // namespace

struct Sha256Sum::State {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                  EVP_MD_CTX_free};
};

Sha256Sum::Sha256Sum() : state_(std::make_unique<State>()) {
  Check(EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr));
}
Sha256Sum::~Sha256Sum() = default;
Sha256Sum::Sha256Sum(Sha256Sum&&) noexcept = default;
Sha256Sum& Sha256Sum::operator=(Sha256Sum&&) noexcept = default;

void Sha256Sum::Add(std::string_view bytes) {
  Check(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()));
}

std::string Sha256Sum::Finish() {
  std::string digest(32, '\0');
  Check(EVP_DigestFinal_ex(state_->context.get(), reinterpret_cast<unsigned char*>(digest.data()),
                           nullptr));
  return HexEncode(digest);
}

}  // namespace reeve
