// Methods of estimating, and what estimates are made from, in the database.
#pragma once

#include <optional>
#include <vector>

#include "services/billing/read/estimate.h"
#include "services/billing/read/read_store.h"
#include "services/billing/row_text.h"
#include "shared/db/database.h"

namespace reeve::billing::read {

// In the audit trail: every method, as it was loaded.
inline constexpr Kept kKeptEstimatePolicy{"estimate-policy", 1};
Cells CellsOfPolicy(const EstimatePolicy& policy);

bool HasEstimatePolicy(db::Transaction& tx, Date effective_date);
void InsertEstimatePolicy(db::Transaction& tx, const EstimatePolicy& policy);
// The newest that has begun on `day`; nothing if there is none.
std::optional<EstimatePolicy> EstimatePolicyInForce(db::Transaction& tx, Date day);

// The agreement's billed periods, newest first.
std::vector<BilledUse> LoadBilledUse(db::Transaction& tx, const AgreementKey& agreement);

// Reads of a meter that count, around a day on which it has none and which no bill has billed.
struct ReadsAround {
  Reading before;
  Reading after;  // no estimate
};
std::optional<ReadsAround> FindReadsAround(db::Transaction& tx, const MeterKey& meter, Date day);

// How many estimates a meter's newest accepted reads are, without a read between; at most `limit`.
int EstimatesInARow(db::Transaction& tx, const MeterKey& meter, int limit);

}  // namespace reeve::billing::read
