#include "services/billing/cycle/parcel_difference_store.h"

namespace reeve::billing::cycle {
namespace {

using db::ColumnType;

const db::InsertInto kInsert{"cycle_difference_insert",
                             "cycle_difference",
                             {{"cycle_id"},
                              {"page_no"},
                              {"account_id"},
                              {"agreement_id"},
                              {"basis", ColumnType::kText},
                              {"service", ColumnType::kText},
                              {"expected", ColumnType::kText},
                              {"billed", ColumnType::kText},
                              {"at_stake_cents"}}};
constexpr db::Query kList{
    "cycle_difference_list",
    "SELECT account_id, agreement_id, service, basis, expected, billed, at_stake_cents FROM "
    "cycle_difference WHERE cycle_id = $1 AND account_id >= $2 AND (account_id > $2 OR "
    "agreement_id > $3 OR (agreement_id = $3 AND basis > $4)) "
    "ORDER BY account_id, agreement_id, basis LIMIT $5"};

}  // namespace

RowDigest InsertDifferences(db::Transaction& tx, std::int64_t cycle_id, const Page& page,
                            std::span<const Guarded> guarded) {
  RowDigest digest;
  db::NewRows rows(kInsert);
  for (const Guarded& one : guarded) {
    for (const ParcelDifference& difference : one.differences) {
      const auto add = [&](const auto&... cells) {
        rows.Add(cells...);
        digest.Add(CellsOf(cells...));
      };
      add(cycle_id, page.page_no, one.agreement->account, one.agreement->agreement_id,
          BasisName(difference.basis), one.agreement->service, difference.expected,
          difference.billed, difference.at_stake_cents);
    }
  }
  if (!rows.empty()) tx.InsertRows(rows);
  return digest;
}

std::vector<FoundDifference> ListDifferences(db::Transaction& tx, std::int64_t cycle_id,
                                             AccountId after, std::int64_t after_agreement_id,
                                             const std::string& after_basis, std::int64_t limit) {
  std::vector<FoundDifference> found;
  for (const db::Rows::Row row :
       tx.Select(kList, cycle_id, after, after_agreement_id, after_basis, limit)) {
    found.push_back({AccountId(row.Int(0)),
                     row.Int(1),
                     row.Text(2),
                     {ParseBasis(row.Text(3)), row.Text(4), row.Text(5), row.MaybeInt(6)}});
  }
  return found;
}

}  // namespace reeve::billing::cycle
