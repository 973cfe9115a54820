// What a caller is told when the database fails: one mapping for rpc::Handle and for batches.
#pragma once

#include "shared/core/result.h"
#include "shared/db/database.h"

namespace reeve::db {

namespace reason {
inline constexpr Reason kOutcomeUnknown{
    "OUTCOME_UNKNOWN"};  // UNAVAILABLE: ask again with the same request_id
inline constexpr Reason kStorageUnavailable{
    "STORAGE_UNAVAILABLE"};  // UNAVAILABLE: nothing happened, ask again
inline constexpr Reason kDeadlineExceeded{
    "DEADLINE_EXCEEDED"};                       // DEADLINE_EXCEEDED: nothing happened
inline constexpr Reason kInternal{"INTERNAL"};  // INTERNAL: a defect; the detail is in the log
}  // namespace reason

// Carries a fixed text, never the detail.
Error FromDatabaseError(const DatabaseError& error);

}  // namespace reeve::db
