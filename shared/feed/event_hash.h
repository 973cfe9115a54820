// The hash of an event, over itself and the one before it in its partition. Private to this
// library.
#pragma once

#include <string>

#include "shared/feed/feed.h"

namespace reeve::feed {

// `previous` is the hash of the event one position before, empty for the first.
std::string HashEvent(const Event& event, std::string_view previous);

}  // namespace reeve::feed
