// Finding: what one check of a verify run examined, and the first thing that does not hold.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace reeve {

struct Finding {
  std::string check;          // short name, e.g. "audit-chains"
  std::int64_t examined = 0;  // rows or groups
  std::string violation;      // empty if it holds; otherwise the first that does not, with its key
};

// How far a proof goes: through all of its checks, or until one fails.
enum class Until { kEnd, kFirstViolation };
inline bool IsEnded(Until until, const std::vector<Finding>& findings) {
  return until == Until::kFirstViolation &&
         std::ranges::any_of(findings, [](const Finding& one) { return !one.violation.empty(); });
}

}  // namespace reeve
