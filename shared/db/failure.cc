#include "shared/db/failure.h"

namespace reeve::db {

Error FromDatabaseError(const DatabaseError& error) {
  switch (error.kind()) {
    case DatabaseError::Kind::kOutcomeUnknown:
      return Unavailable(reason::kOutcomeUnknown,
                         "The connection was lost while committing; ask again with the same "
                         "request_id.");
    case DatabaseError::Kind::kSerialization:
    case DatabaseError::Kind::kUnavailable:
    case DatabaseError::Kind::kStorage:
      return Unavailable(reason::kStorageUnavailable, "Nothing was changed; try again later.");
    case DatabaseError::Kind::kExpired:
      return DeadlineExceeded(reason::kDeadlineExceeded, "Nothing was changed in time.");
    case DatabaseError::Kind::kUniqueViolation:
    case DatabaseError::Kind::kConstraintViolation:
    case DatabaseError::Kind::kBroken:
      break;
  }
  return Error(Code::kInternal, reason::kInternal, "The service has failed; nothing was changed.");
}

}  // namespace reeve::db
