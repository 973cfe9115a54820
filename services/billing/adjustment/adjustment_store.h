// Adjustments and their types in the database.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/billing/adjustment/adjustment.h"
#include "services/billing/row_text.h"
#include "shared/db/database.h"

namespace reeve::billing::adjustment {

namespace reason {
inline constexpr Reason kLateFeeReversed{"LATE_FEE_REVERSED"};
}  // namespace reason

// Their rows in the audit trail.
inline constexpr Kept kKeptType{"adjustment-type", 2};
inline constexpr Kept kKeptAdjustment{
    "adjustment", 2, {{{"type", 2}, {"amount_cents", 4}, {"state", 9}}}};

Cells CellsOfType(const Type& type);
void InsertType(db::Transaction& tx, const Type& type);
// Whether it is a charge of a late fee that was taken back.
bool IsOfReversedLateFee(db::Transaction& tx, AccountId account, std::int64_t charge_id);
// True if a version of the type was loaded.
bool HasType(db::Transaction& tx, const std::string& code);
// The version; nothing if there is none.
std::optional<Type> FindType(db::Transaction& tx, const std::string& code, Date effective_date);
// The version in force on `day`; nothing if there is none, or if it retires the type.
std::optional<Type> TypeInForce(db::Transaction& tx, const std::string& code, Date day);
// All versions by code and date, behind those of the page before.
std::vector<Type> ListTypes(db::Transaction& tx, const std::string& after_code,
                            const std::string& after_date, std::int64_t limit);

Cells CellsOfAdjustment(const Adjustment& adjustment);
void InsertAdjustment(db::Transaction& tx, const Adjustment& adjustment);
// Saves what decisions and a reversal change. The account's books are held.
void SaveAdjustment(db::Transaction& tx, const Adjustment& adjustment);
std::optional<Adjustment> FindAdjustment(db::Transaction& tx, AccountId account,
                                         std::int64_t adjustment_no);
// The number that the account's next adjustment gets.
std::int64_t NextNo(db::Transaction& tx, AccountId account);
// Newest first, below `before_no`.
std::vector<Adjustment> ListAdjustments(db::Transaction& tx, AccountId account,
                                        std::int64_t before_no, std::int64_t limit);
// Proposals of all accounts, by account and number, behind those of the page before.
std::vector<Adjustment> ListProposals(db::Transaction& tx, AccountId after_account,
                                      std::int64_t after_no, std::int64_t limit);
// Of accounts above `after` up to `through`, by account and number.
std::vector<Adjustment> AdjustmentsOfRange(db::Transaction& tx, std::int64_t after,
                                           std::int64_t through);
// The first adjustment that counts by this bill (its basis names it), and waits or is on the books.
std::optional<std::int64_t> FindStandingOn(db::Transaction& tx, AccountId account,
                                           std::int64_t bill_id);
// True if the account has an agreement for the service, whether it runs or not.
bool HasService(db::Transaction& tx, AccountId account, const std::string& service);

}  // namespace reeve::billing::adjustment
