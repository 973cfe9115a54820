// Reasons of this library that others give or look at.
#pragma once

#include "shared/core/result.h"

namespace reeve::process::reason {

// FAILED_PRECONDITION: nothing of that feed ever gets here.
inline constexpr Reason kFeedNotFollowed{"FEED_NOT_FOLLOWED"};
// UNAVAILABLE, from a consumer's handler to its feed: what the events need is on its way by another
// feed; hand them over again in a moment. No failure. The handler bounds how often.
inline constexpr Reason kTooEarly{"TOO_EARLY"};

}  // namespace reeve::process::reason
