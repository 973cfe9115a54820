// The facts of a session as bytes for the shared cache. Versioned: what another version wrote is
// not understood, and asked again.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "shared/session/session.h"

namespace reeve::session {

std::string EncodeFacts(const Facts& facts);
std::optional<Facts> DecodeFacts(std::string_view bytes);

}  // namespace reeve::session
