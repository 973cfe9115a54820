// Print files, their pages and what is withheld from them, in the database.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/billing/row_text.h"
#include "services/billing/statement/statement.h"
#include "shared/db/database.h"

namespace reeve::billing::statement {

// In the audit trail: the file, the pages as they were laid down, the state of each page
// ("<file>/<page>"), and each thing withheld.
inline constexpr Kept kKeptFile{"print-file", 1, {{{"cycle", 1}, {"state", 3}, {"sha256", 17}}}};
inline constexpr Kept kKeptWithheld{"print-withheld", 3};
inline constexpr std::string_view kPagesEntity = "print-pages";
inline constexpr std::string_view kPageEntity = "print-page";
Cells CellsOfFile(const PrintFile& file);
Cells CellsOfWithheld(const Withheld& withheld);
Cells FixedCellsOf(std::int64_t print_file_id, const Page& page);

void InsertFile(db::Transaction& tx, const PrintFile& file);
void SaveFile(db::Transaction& tx, const PrintFile& file);  // what may change of it
std::optional<PrintFile> FindFile(db::Transaction& tx, std::int64_t print_file_id);
std::optional<PrintFile> LockFile(db::Transaction& tx, std::int64_t print_file_id);
// The first that has work to do (MAKING or REFUSING), if any.
std::optional<PrintFile> FileAtWork(db::Transaction& tx);
// A file of the cycle that is neither released nor refused; 0 if there is none.
std::int64_t OpenFileOf(db::Transaction& tx, std::int64_t cycle_id);
// By cut-off and id, the newest first, behind those of the page before.
std::vector<PrintFile> ListFiles(db::Transaction& tx, std::int64_t before_micros,
                                 std::int64_t before_file_id, std::int64_t limit);

// The ranges of accounts of a cycle's run, as pages of a print file.
std::vector<Page> PagesOfCycle(db::Transaction& tx, std::int64_t cycle_id);
void InsertPages(db::Transaction& tx, std::int64_t print_file_id, std::span<const Page> pages);
inline constexpr std::int64_t kLanes = 2;
// The lane's first page in that state, held; nothing if there is none.
std::optional<Page> LockPage(db::Transaction& tx, std::int64_t print_file_id, std::int64_t lane,
                             PageState state);
void SavePageState(db::Transaction& tx, std::int64_t print_file_id, const Page& page,
                   PageState state);
std::int64_t CountPages(db::Transaction& tx, std::int64_t print_file_id,
                        std::optional<PageState> state);
// The page behind page `after_no`; nothing at the end.
std::optional<Page> NextPage(db::Transaction& tx, std::int64_t print_file_id,
                             std::int64_t after_no);

void InsertWithheld(db::Transaction& tx, std::span<const Withheld> withheld);
struct WithheldCounts {
  std::int64_t accounts = 0;
  std::int64_t open = 0;  // causes that nobody has acknowledged
};
WithheldCounts CountWithheld(db::Transaction& tx, std::int64_t print_file_id);
// A bill on a statement of the file that was cancelled behind it.
std::optional<std::int64_t> FindCancelledBill(db::Transaction& tx, std::int64_t print_file_id);
// Behind account and cause of the page before.
std::vector<Withheld> ListWithheld(db::Transaction& tx, std::int64_t print_file_id, AccountId after,
                                   const std::string& after_cause, std::int64_t limit);
// Those of a cause that nobody has acknowledged, of one account or (0) of all.
std::vector<Withheld> ListOpenWithheld(db::Transaction& tx, std::int64_t print_file_id, Cause cause,
                                       AccountId account, std::int64_t limit);
void SaveAcknowledgements(db::Transaction& tx, std::span<const Withheld> withheld);

}  // namespace reeve::billing::statement
