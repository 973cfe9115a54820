// Ids of derived records: the same cause gives the same id, so a run that was killed and repeated
// writes the same records.
#pragma once

#include <cstdint>
#include <string_view>

namespace reeve::billing {

// 63 bits of a SHA-256, positive. `kind` keeps the ids of different records apart.
std::int64_t DerivedId(std::string_view kind, std::int64_t first, std::int64_t second = 0);
std::int64_t DerivedId(std::string_view kind, std::string_view cause);

}  // namespace reeve::billing
