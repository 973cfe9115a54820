// Doors: every service, and every replica of it, that a session may knock at.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "shared/testing/suite.h"

namespace reeve::fault {

class Doors {
 public:
  // Of payment and of work_order there are `replicas`.
  explicit Doors(const testing::Suite& suite, int replicas = 1);

  std::set<std::string> all() const;  // "payment", "payment/1", ...
  // Who lets the session in. Throws if somebody can say neither yes nor no.
  std::set<std::string> Open(const std::string& token) const;

 private:
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
};

void SignOut(const testing::Suite& suite, const std::string& token);

}  // namespace reeve::fault
