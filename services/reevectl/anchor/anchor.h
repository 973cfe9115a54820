// Anchors: the heads of the audit chains as they were last seen, kept outside the databases and
// signed. Whoever rewrites a database, its chains included, cannot rewrite these.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "shared/core/result.h"
#include "shared/core/seams.h"

namespace reeve::reevectl {

namespace reason {
inline constexpr Reason kAnchorsForged{"ANCHORS_FORGED"};  // FAILED_PRECONDITION
}

struct Head {
  std::int64_t length = 0;
  std::string hash;  // 32 bytes
  bool operator==(const Head&) const = default;
};

// By service and name of the chain.
using Anchors = std::map<std::pair<std::string, std::string>, Head>;

// An Ed25519 key, made from 32 bytes of chance that are its secret.
class AnchorKey {
 public:
  static std::string NewSeed(Random& random);
  explicit AnchorKey(std::string_view seed);  // throws std::invalid_argument if it is not 32 bytes
  std::string Sign(std::string_view text) const;
  bool Verifies(std::string_view text, std::string_view signature) const;

 private:
  std::string public_key_;
  std::string secret_key_;
};

// One line a head of a chain that is not empty, then the signature over all of them.
std::string Write(const Anchors& anchors, const AnchorKey& key);
// ANCHORS_FORGED unless the text is one that Write made with this key.
Result<Anchors> Read(std::string_view text, const AnchorKey& key);

}  // namespace reeve::reevectl
