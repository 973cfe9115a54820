#include "services/identity/role/permission.h"

#include <algorithm>
#include <array>

namespace reeve::identity {
namespace {

// What methods ask for besides the permission of their policy (Call::May).
constexpr std::array<std::string_view, 2> kAskedForBesides = {"custody.accept_into_vault",
                                                              "drawer.accept_variance"};
constexpr std::array<std::string_view, 2> kLimits = {"adjustment.limit_", "bill.limit_"};

}  // namespace

bool IsKnownPermission(std::string_view name) {
  return std::ranges::binary_search(MethodPermissions(), name) ||
         std::ranges::find(kAskedForBesides, name) != kAskedForBesides.end() ||
         std::ranges::any_of(kLimits, [&](std::string_view limit) {
           return name.starts_with(limit) && name.size() > limit.size();
         });
}

}  // namespace reeve::identity
