#include "shared/db/database.h"

namespace reeve::db {

Result<> Transaction::CheckOne(const Query& query, std::int64_t affected) {
  if (affected == 1) return Ok();
  if (affected == 0) return Aborted(reason::kStale, "Somebody else changed this meanwhile.");
  throw DatabaseError(DatabaseError::Kind::kBroken, std::string(query.name) + ": changed " +
                                                        std::to_string(affected) +
                                                        " rows where one was meant");
}

}  // namespace reeve::db
