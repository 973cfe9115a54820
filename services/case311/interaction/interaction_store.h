// The contact log in the database.
#pragma once

#include <optional>
#include <vector>

#include "services/case311/interaction/interaction.h"
#include "shared/db/database.h"

namespace reeve::case311 {

void InsertInteraction(db::Transaction& tx, const Interaction& interaction);
// NOT_FOUND INTERACTION_UNKNOWN.
Result<Interaction> FindInteraction(db::Transaction& tx, InteractionId id);

// Sort key of a page: latest first, then the greater number.
struct InteractionKey {
  Instant logged_time;
  InteractionId id;
};
// Those behind `after`, of one account if it is set.
std::vector<Interaction> ListInteractions(db::Transaction& tx, AccountId account,
                                          const InteractionKey& after, std::int64_t limit);
// All, by number, behind `after`.
std::vector<Interaction> ScanInteractions(db::Transaction& tx, InteractionId after,
                                          std::int64_t limit);

}  // namespace reeve::case311
