// AppliedTokens: how far this process has applied its neighbours' feeds, for readers who must see
// what they have just caused elsewhere.
#pragma once

#include <mutex>
#include <string>

#include "shared/feed/feed.h"

namespace reeve::process {

// Thread-safe.
class AppliedTokens {
 public:
  explicit AppliedTokens(const feed::Feed& own) : own_(own) {}

  void Merge(const feed::Token& token);
  // Whether everything up to `token` is applied. What is of the own feed always is. A token that is
  // not one of ours never is.
  bool Covers(const std::string& token) const;
  std::string Encode() const;

 private:
  const feed::Feed& own_;
  mutable std::mutex mutex_;
  feed::Token token_;
};

}  // namespace reeve::process
