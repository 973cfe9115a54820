#include "services/billing/verify/trail.h"

#include <algorithm>

namespace reeve::billing::verify {

void Trail::Add(const std::string& id, const std::string& before, const std::string& after) {
  Balance& balance = things_[id];
  --balance[before];
  ++balance[after];
}

std::optional<std::string> Trail::Origin(const std::string& id, const std::string& now) {
  const auto node = things_.extract(id);
  if (node.empty()) return now;
  Balance balance = node.mapped();
  --balance[now];
  std::erase_if(balance, [](const auto& entry) { return entry.second == 0; });
  if (balance.size() != 1 || balance.begin()->second != -1) return std::nullopt;
  return balance.begin()->first;
}

std::optional<std::string> Trail::Gone() const {
  for (const auto& [id, balance] : things_) {
    const bool something = std::any_of(balance.begin(), balance.end(), [](const auto& entry) {
      return !entry.first.empty() && entry.second > 0;
    });
    if (something) return id;
  }
  return std::nullopt;
}

}  // namespace reeve::billing::verify
