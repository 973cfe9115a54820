#include "shared/process/applied_tokens.h"

namespace reeve::process {

void AppliedTokens::Merge(const feed::Token& token) {
  const std::lock_guard lock(mutex_);
  token_.Merge(token);
}

bool AppliedTokens::Covers(const std::string& token) const {
  const Result<feed::Token> wanted = feed::Token::Decode(token);
  if (!wanted.ok()) return false;
  const std::lock_guard lock(mutex_);
  return token_.CoversAllBut(own_.name(), *wanted);
}

std::string AppliedTokens::Encode() const {
  const std::lock_guard lock(mutex_);
  return token_.Encode();
}

}  // namespace reeve::process
