// What of a run's agreements is not as in the land records, as it was when it was calculated.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "services/billing/cycle/guard_page.h"
#include "services/billing/row_text.h"
#include "shared/db/database.h"

namespace reeve::billing::cycle {

// In the audit trail: all differences of a page ("<run>/<page>").
inline constexpr std::string_view kDifferencesEntity = "cycle-differences";

// Inserts those of a page and answers the digest of their rows, by account, agreement and basis.
RowDigest InsertDifferences(db::Transaction& tx, std::int64_t cycle_id, const Page& page,
                            std::span<const Guarded> guarded);

struct FoundDifference {
  AccountId account;
  std::int64_t agreement_id = 0;
  std::string service;
  ParcelDifference difference;
};
// By account, agreement and basis, behind these.
std::vector<FoundDifference> ListDifferences(db::Transaction& tx, std::int64_t cycle_id,
                                             AccountId after, std::int64_t after_agreement_id,
                                             const std::string& after_basis, std::int64_t limit);

}  // namespace reeve::billing::cycle
