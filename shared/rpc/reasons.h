// The reasons for which the runtime itself refuses a call, in the order in which it looks.
#pragma once

#include "shared/core/result.h"
#include "shared/session/session.h"

namespace reeve::rpc::reason {

inline constexpr Reason kDraining{"DRAINING"};                   // UNAVAILABLE
inline constexpr Reason kDeadlinePassed{"DEADLINE_PASSED"};      // DEADLINE_EXCEEDED
inline constexpr Reason kServiceClaim{"SERVICE_CLAIM_REFUSED"};  // UNAUTHENTICATED: over TCP
inline constexpr Reason kSessionMissing{"SESSION_MISSING"};      // UNAUTHENTICATED
inline constexpr Reason kSessionEnded = session::reason::kSessionEnded;  // UNAUTHENTICATED
inline constexpr Reason kServiceNotListed{"SERVICE_NOT_LISTED"};         // PERMISSION_DENIED
inline constexpr Reason kPermissionMissing{"PERMISSION_MISSING"};  // PERMISSION_DENIED, names it
inline constexpr Reason kOverloaded{"OVERLOADED"};                 // RESOURCE_EXHAUSTED
inline constexpr Reason kNotCaughtUp{"NOT_CAUGHT_UP"};             // UNAVAILABLE: see SetApplied
inline constexpr Reason kCallerGone{"CALLER_GONE"};                // CANCELLED
inline constexpr Reason kTooSlow{"READER_TOO_SLOW"};  // RESOURCE_EXHAUSTED: resume with the token
inline constexpr Reason kInternal{"INTERNAL"};        // INTERNAL: a defect; the log knows more

}  // namespace reeve::rpc::reason
