// Finding: what one check of a verify run examined, and the first thing that does not hold.
#pragma once

#include <cstdint>
#include <string>

namespace reeve {

struct Finding {
  std::string check;          // short name, e.g. "audit-chains"
  std::int64_t examined = 0;  // rows or groups
  std::string violation;      // empty if it holds; otherwise the first that does not, with its key
};

}  // namespace reeve
