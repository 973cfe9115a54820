#include "services/payment/journal/journal_store.h"

namespace reeve::payment {
namespace {

using db::ColumnType;

const db::InsertInto kIntoPosting{"posting_insert",
                                  "posting",
                                  {{"drawer_id"},
                                   {"session_no"},
                                   {"entry_no"},
                                   {"line_no"},
                                   {"kind", ColumnType::kText},
                                   {"reference"},
                                   {"ledger_account", ColumnType::kText},
                                   {"fund", ColumnType::kText},
                                   {"amount_cents"},
                                   {"business_date", ColumnType::kText}}};
constexpr db::Query kList{
    "posting_list",
    "SELECT entry_no, line_no, kind, reference, ledger_account, fund, amount_cents, business_date "
    "FROM posting WHERE drawer_id = $1 AND session_no = $2 ORDER BY entry_no, line_no"};

}  // namespace

void InsertEntries(db::Transaction& tx, std::span<const NumberedEntry> entries) {
  db::NewRows rows(kIntoPosting);
  for (const NumberedEntry& numbered : entries) {
    std::int64_t line_no = 0;
    for (const Posting& posting : numbered.entry.postings) {
      rows.Add(numbered.home, numbered.session_no, numbered.entry_no, ++line_no,
               kEntryKindName(numbered.entry.kind), numbered.entry.reference,
               posting.ledger_account, posting.fund, posting.amount, numbered.business_date);
    }
  }
  if (!rows.empty()) tx.InsertRows(rows);
}

std::vector<NumberedEntry> ReadEntries(db::Transaction& tx, DrawerId home,
                                       std::int64_t session_no) {
  std::vector<NumberedEntry> entries;
  const db::Rows rows = tx.Select(kList, home, session_no);
  for (const db::Rows::Row row : rows) {
    NumberedEntry head{home,
                       session_no,
                       row.Int(0),
                       row.Day(7),
                       {kEntryKindName.Read(row.Text(2)), row.Int(3), {}}};
    const bool same = !entries.empty() && entries.back().entry_no == head.entry_no &&
                      entries.back().business_date == head.business_date &&
                      entries.back().entry.kind == head.entry.kind &&
                      entries.back().entry.reference == head.entry.reference;
    if (!same) entries.push_back(std::move(head));
    entries.back().entry.postings.push_back({row.Text(4), row.Text(5), row.Cents(6)});
  }
  return entries;
}

}  // namespace reeve::payment
