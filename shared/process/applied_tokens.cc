#include "shared/process/applied_tokens.h"

namespace reeve::process {

void AppliedTokens::Merge(const feed::Token& token) {
  const std::lock_guard lock(mutex_);
  token_.Merge(token);
}

bool AppliedTokens::Covers(const std::string& token) const {
  const Result<feed::Token> wanted = feed::Token::Decode(token);
  if (!wanted.ok()) return false;
  feed::Token applied;
  {
    const std::lock_guard lock(mutex_);
    applied = token_;
  }
  if (wanted->MentionsFeed(own_.name())) {
    for (int partition = 0; partition < own_.partitions(); ++partition) {
      applied.Advance(own_.name(), wanted->Epoch(own_.name()), partition,
                      wanted->Position(own_.name(), partition));
    }
  }
  feed::Token merged = applied;
  merged.Merge(*wanted);
  return merged == applied;
}

std::string AppliedTokens::Encode() const {
  const std::lock_guard lock(mutex_);
  return token_.Encode();
}

}  // namespace reeve::process
