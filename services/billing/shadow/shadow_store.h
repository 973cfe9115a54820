// Shadows in the database.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/billing/row_text.h"
#include "services/billing/shadow/shadow.h"
#include "shared/db/database.h"

namespace reeve::billing::shadow {

struct Shadow {
  std::int64_t shadow_id = 0;
  State state = State::kLoading;
  int cycle = 0;
  Date period_end;
  Date bill_date;
  std::string file_name;
  std::int64_t next_line = 1;
  std::int64_t comparison_no = 0;
  std::optional<Date> compared_date;  // on which the comparison began
  AccountId through;                  // compared so far
  std::int64_t account_count = 0;
  std::int64_t same_account_count = 0;
  PersonId loaded_by;
  PersonId live_by;  // unset until then
};

// In the audit trail: the shadow, its causes, and what came or was compared in one transaction
// ("<shadow>/<comparison>/<page>").
inline constexpr Kept kKeptShadow{"shadow", 1, {{{"state", 1}, {"live_by", 13}}}};
inline constexpr Kept kKeptCause{"shadow-cause", 4, {{{"first", 6}, {"second", 8}}}};
inline constexpr std::string_view kPageEntity = "shadow-page";
Cells CellsOfShadow(const Shadow& shadow);

std::optional<Shadow> FindShadow(db::Transaction& tx, std::int64_t shadow_id);
std::optional<Shadow> LockShadow(db::Transaction& tx, std::int64_t shadow_id);
// Adds the shadow unless it is there, and holds it either way.
Shadow LockOrAddShadow(db::Transaction& tx, const Shadow& shadow);
void SaveShadow(db::Transaction& tx, const Shadow& shadow);
// True if shadows of the cycle are loaded and none has gone live.
bool WaitsForGoLive(db::Transaction& tx, int cycle);

// What came, or was compared, in one transaction.
struct ShadowPage {
  std::int64_t shadow_id = 0;
  std::int64_t comparison_no = 0;
  std::int64_t page_no = 0;
  std::string digest;  // of a part of the file; of other pages the last account
};
struct AccountDifference {
  AccountId account;
  std::int64_t difference_no = 0;  // from 1
  Difference difference;
};
// Digests of the rows of a page, as they were written or as they are now.
struct PageDigests {
  std::string digest;
  RowDigest lines;
  RowDigest totals;
  RowDigest differences;
  std::string Text() const;
};
std::optional<std::string> FindPart(db::Transaction& tx, std::int64_t shadow_id,
                                    std::int64_t first_line);
// Inserts a page with its rows, and answers what the audit trail says of it.
PageDigests InsertPage(db::Transaction& tx, const ShadowPage& page, std::span<const OldLine> lines,
                       const Totals& totals, std::span<const AccountDifference> differences);

// The sum of the pages of a comparison; of 0, what the file says.
Totals LoadTotals(db::Transaction& tx, std::int64_t shadow_id, std::int64_t comparison_no);
// The same of the lines of the file, each account and service once.
Totals SumLines(db::Transaction& tx, std::int64_t shadow_id);
// Accounts and services whose lines do not tell the same days, unit and use, or come to more than a
// bill may: by their first line.
struct Contradiction {
  std::int64_t line = 0;
  std::string service;
};
std::vector<Contradiction> FindContradictions(db::Transaction& tx, std::int64_t shadow_id,
                                              std::int64_t limit);
// Lines of accounts above `after` up to `through`, by account and line.
std::vector<OldLine> LoadLines(db::Transaction& tx, std::int64_t shadow_id, AccountId after,
                               AccountId through);
// The next accounts behind `after`, in the file or in the cycle, at most `limit`.
std::vector<AccountId> NextAccounts(db::Transaction& tx, const Shadow& shadow, AccountId after,
                                    std::int64_t limit);

// By cause and service, without those who acknowledged them.
std::vector<CauseGroup> GroupDifferences(db::Transaction& tx, const Shadow& shadow);
Cells CellsOfCause(const Shadow& shadow, const CauseGroup& group);
void InsertCauses(db::Transaction& tx, const Shadow& shadow, std::span<const CauseGroup> groups);
std::vector<CauseGroup> LoadCauses(db::Transaction& tx, const Shadow& shadow);
std::optional<CauseGroup> LockCause(db::Transaction& tx, const Shadow& shadow, Cause cause,
                                    const std::string& service);
// Saves who acknowledged it.
void SaveCause(db::Transaction& tx, const Shadow& shadow, const CauseGroup& group);

// Of the last comparison, behind an account's difference.
std::vector<AccountDifference> ListDifferences(db::Transaction& tx, const Shadow& shadow,
                                               AccountId account, std::int64_t difference_no,
                                               std::int64_t limit);
// Those of a group that are worth the most.
std::vector<AccountDifference> Examples(db::Transaction& tx, const Shadow& shadow,
                                        const CauseGroup& group, std::int64_t limit);

}  // namespace reeve::billing::shadow
