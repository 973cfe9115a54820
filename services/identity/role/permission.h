// Which permissions there are: a name that nothing asks for gives nobody a right, and is a mistake.
#pragma once

#include <span>
#include <string_view>

namespace reeve::identity {

// Those that the policies of all services' methods name, by name (embed_permissions.cmake).
std::span<const std::string_view> MethodPermissions();
// Those, what a method asks for besides its own permission, and the limits of roles
// (adjustment.limit_<role>, bill.limit_<role>), which the city's data names.
bool IsKnownPermission(std::string_view name);

}  // namespace reeve::identity
