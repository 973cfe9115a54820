// Files that only their owner may read: session tokens, keys, anchors.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reeve::reevectl {

// The whole file; empty if there is none. Throws std::runtime_error if anybody but its owner may
// read or change it, std::system_error if it cannot be read.
std::optional<std::string> ReadPrivateFile(const std::string& path);

// Replaces the file in one step, with mode 0600; folders on the way are made with mode 0700. What
// was written survives a loss of power. Throws std::system_error.
void WritePrivateFile(const std::string& path, std::string_view bytes);

}  // namespace reeve::reevectl
