#include "services/billing/rebill/proposal_store.h"

#include "services/billing/listed.h"

namespace reeve::billing::rebill {
namespace {

#define COLUMNS                                                                          \
  "account_id, bill_id, proposal_no, cause, reason, discovered_date, misread_services, " \
  "due_date, credit_cents, state, proposed_date, proposed_by_person_id, decided_date, "  \
  "decided_by_person_id, decision"
constexpr db::Query kInsert{
    "correction_proposal_insert",
    "INSERT INTO correction_proposal (" COLUMNS
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"};
constexpr db::Query kSave{
    "correction_proposal_save",
    "UPDATE correction_proposal SET credit_cents = $4, state = $5, decided_date = $6, "
    "decided_by_person_id = $7, decision = $8 WHERE account_id = $1 AND bill_id = $2 AND "
    "proposal_no = $3"};
constexpr db::Query kFind{"correction_proposal_find",
                          "SELECT " COLUMNS
                          " FROM correction_proposal WHERE account_id = $1 AND bill_id = $2 AND "
                          "proposal_no = $3"};
constexpr db::Query kNewest{"correction_proposal_newest",
                            "SELECT " COLUMNS
                            " FROM correction_proposal WHERE account_id = $1 AND bill_id = $2 "
                            "ORDER BY proposal_no DESC LIMIT 1"};
constexpr db::Query kList{
    "correction_proposal_list",
    "SELECT " COLUMNS
    " FROM correction_proposal WHERE state = 'PROPOSED' AND (account_id > $1 OR "
    "(account_id = $1 AND bill_id > $2)) ORDER BY account_id, bill_id LIMIT $3"};
constexpr db::Query kOfRange{"correction_proposal_of_range",
                             "SELECT " COLUMNS
                             " FROM correction_proposal WHERE account_id > $1 AND account_id <= $2 "
                             "ORDER BY account_id, bill_id, proposal_no"};
#undef COLUMNS

// All columns, as they are inserted.
template <class Use>
auto WithColumns(const Proposal& one, const Use& use) {
  const Correction& correction = one.correction;
  return use(correction.account, correction.bill_id, one.proposal_no,
             CauseName(correction.grounds.cause), correction.grounds.reason,
             correction.grounds.discovered_date, JoinList(correction.misread_services),
             one.due_date, one.credit, kProposalStateName(one.state), one.proposed_date,
             one.proposed_by, one.decided_date, one.decided_by, one.decision);
}

Proposal ToProposal(db::Rows::Row row) {
  Proposal one;
  one.correction = {AccountId(row.Int(0)),
                    row.Int(1),
                    {ParseCause(row.Text(3)), row.Text(4), row.Day(5)},
                    SplitList(row.Text(6))};
  one.proposal_no = row.Int(2);
  one.due_date = row.MaybeDay(7);
  one.credit = row.Cents(8);
  one.state = kProposalStateName.Read(row.Text(9));
  one.proposed_date = row.Day(10);
  one.proposed_by = PersonId(row.Int(11));
  one.decided_date = row.MaybeDay(12);
  one.decided_by = PersonId(row.Int(13));
  one.decision = row.Text(14);
  return one;
}

std::vector<Proposal> ToProposals(const db::Rows& rows) {
  std::vector<Proposal> proposals;
  for (const db::Rows::Row row : rows) proposals.push_back(ToProposal(row));
  return proposals;
}

std::optional<Proposal> ToOne(const db::Rows& rows) {
  return rows.empty() ? std::nullopt : std::optional(ToProposal(rows[0]));
}

}  // namespace

Cells CellsOfProposal(const Proposal& one) { return WithColumns(one, kToCells); }

void InsertProposal(db::Transaction& tx, const Proposal& one) {
  WithColumns(one, [&tx](const auto&... cells) { tx.Execute(kInsert, cells...); });
}

Result<> SaveProposal(db::Transaction& tx, const Proposal& one) {
  return tx.ExecuteOne(kSave, one.correction.account, one.correction.bill_id, one.proposal_no,
                       one.credit, kProposalStateName(one.state), one.decided_date, one.decided_by,
                       one.decision);
}

std::optional<Proposal> FindProposal(db::Transaction& tx, AccountId account, std::int64_t bill_id,
                                     std::int64_t proposal_no) {
  return ToOne(tx.Select(kFind, account, bill_id, proposal_no));
}

std::optional<Proposal> NewestProposal(db::Transaction& tx, AccountId account,
                                       std::int64_t bill_id) {
  return ToOne(tx.Select(kNewest, account, bill_id));
}

std::vector<Proposal> ListProposals(db::Transaction& tx, AccountId after,
                                    std::int64_t after_bill_id, std::int64_t limit) {
  return ToProposals(tx.Select(kList, after, after_bill_id, limit));
}

std::vector<Proposal> ProposalsOfRange(db::Transaction& tx, std::int64_t after,
                                       std::int64_t through) {
  return ToProposals(tx.Select(kOfRange, after, through));
}

}  // namespace reeve::billing::rebill
