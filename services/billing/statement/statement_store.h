// Statements in the database: what they are made from, what they are, and the records that are
// printed of them. Everything comes and goes in sets, page by page.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "services/billing/rate/rate.h"
#include "services/billing/row_text.h"
#include "services/billing/statement/print_record.h"
#include "services/billing/statement/statement.h"
#include "shared/db/database.h"

namespace reeve::billing::statement {

// True if the file's cycle, or its bill, has a posted bill that is on no live statement.
bool HasUnprinted(db::Transaction& tx, const PrintFile& file);

// Accounts of the page with bills to be printed, and all that is known of them. Their books are
// held until the transaction ends: no money moves on them meanwhile.
std::vector<Situation> LockSituations(db::Transaction& tx, const PrintFile& file, const Page& page);

// What is written of a statement, in the order of accounts.
struct Made {
  Statement statement;
  std::vector<std::int64_t> entry_ids;
  std::vector<std::int64_t> bill_ids;
};
void InsertStatements(db::Transaction& tx, std::span<const Made> made);
// In the audit trail: the rows of a page, "<file>/<page>".
inline constexpr std::string_view kStatementsEntity = "print-page-statements";
Cells CellsOfStatement(const Statement& statement);  // all but whether it is live
std::string TextOfRows(const RowDigest& statements, const RowDigest& entries,
                       const RowDigest& bills);
std::string TextOf(std::span<const Made> made);

// The statements of a page are void, what stood on them is free. The accounts are held.
void VoidStatements(db::Transaction& tx, std::int64_t print_file_id, const Page& page);

Totals TotalsOf(db::Transaction& tx, std::int64_t print_file_id);

// What is printed of a file's statements, of accounts above `after` up to `through`. The words of
// the lines are those of the versions that priced them.
std::vector<Record> LoadRecords(db::Transaction& tx, const rate::Tariff& tariff,
                                const PrintFile& file, AccountId after, AccountId through);

// Accounts of a proof sample, each with what it was chosen as; one may be chosen more than once.
struct Chosen {
  std::string as;  // "largest"
  AccountId account;
};
std::vector<Chosen> ChooseSample(db::Transaction& tx, const PrintFile& file);

}  // namespace reeve::billing::statement
