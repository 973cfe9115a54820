// Proposed corrections in the database.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "services/billing/rebill/proposal.h"
#include "services/billing/row_text.h"
#include "shared/db/database.h"

namespace reeve::billing::rebill {

inline constexpr Kept kKeptProposal{"correction-proposal", 3, {{{"state", 9}}}};
Cells CellsOfProposal(const Proposal& proposal);
void InsertProposal(db::Transaction& tx, const Proposal& proposal);
// Its state, its credit, and who has decided it, when and why.
Result<> SaveProposal(db::Transaction& tx, const Proposal& proposal);
std::optional<Proposal> FindProposal(db::Transaction& tx, AccountId account, std::int64_t bill_id,
                                     std::int64_t proposal_no);
// The newest of a bill; nothing if it has none.
std::optional<Proposal> NewestProposal(db::Transaction& tx, AccountId account,
                                       std::int64_t bill_id);
// Those that wait, by account and bill, behind these.
std::vector<Proposal> ListProposals(db::Transaction& tx, AccountId after,
                                    std::int64_t after_bill_id, std::int64_t limit);
// All, by account, bill and number, of accounts above `after` up to `through`.
std::vector<Proposal> ProposalsOfRange(db::Transaction& tx, std::int64_t after,
                                       std::int64_t through);

}  // namespace reeve::billing::rebill
