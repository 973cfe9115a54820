// Cancelled bills, rebills and their limits in the database.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "services/billing/cycle/cycle.h"
#include "services/billing/rebill/rebill.h"
#include "services/billing/receivable/allocation.h"
#include "services/billing/row_text.h"
#include "shared/db/database.h"

namespace reeve::billing::rebill {

inline constexpr Kept kKeptCancellation{"bill-cancellation", 2, {{{"cause", 2}}}};
Cells CellsOfCancellation(const Cancellation& cancellation);
void InsertCancellation(db::Transaction& tx, const Cancellation& cancellation);
std::optional<Cancellation> FindCancellation(db::Transaction& tx, AccountId account,
                                             std::int64_t bill_id);
// By account and bill, of accounts above `after` up to `through`.
std::vector<Cancellation> CancellationsOfRange(db::Transaction& tx, std::int64_t after,
                                               std::int64_t through);

inline constexpr Kept kKeptRebill{"bill-rebill", 2};
Cells CellsOfRebill(const RebillRow& row);
void InsertRebill(db::Transaction& tx, const RebillRow& row);
std::vector<RebillRow> RebillsOfRange(db::Transaction& tx, std::int64_t after,
                                      std::int64_t through);

// The newest bill that took a cancelled one's place.
struct Replacement {
  std::int64_t bill_id = 0;
  std::int64_t rebill_no = 0;
  std::int64_t cycle_id = 0;
  cycle::BillState state = cycle::BillState::kCalculated;
};
std::optional<Replacement> FindReplacement(db::Transaction& tx, AccountId account,
                                           std::int64_t bill_id);

// A cancelled bill with what took its place.
struct Listed {
  Cancellation cancellation;
  std::optional<Replacement> replacement;
};
// By account and bill, behind these; `open_only`: those of which a posted bill has not billed all
// days.
std::vector<Listed> ListCancellations(db::Transaction& tx, AccountId after,
                                      std::int64_t after_bill_id, bool open_only,
                                      std::int64_t limit);

// The charges of a bill, in their order, paid or not.
std::vector<receivable::Charge> ChargesOfBill(db::Transaction& tx, AccountId account,
                                              std::int64_t bill_id);

// What an agreement was billed last by `day`, and where the bill behind it begins; of segments that
// count.
std::optional<cycle::LastBilled> BilledLastBy(db::Transaction& tx, AccountId account,
                                              std::int64_t agreement_id, Date day);
struct NextBilled {
  Date from_date;
  std::int64_t start_read_thousandths = 0;
};
std::optional<NextBilled> BilledNextFrom(db::Transaction& tx, AccountId account,
                                         std::int64_t agreement_id, Date day);
// True if days behind `from_date` up to `to_date` are billed.
bool IsBilled(db::Transaction& tx, AccountId account, std::int64_t agreement_id, Date from_date,
              Date to_date);

inline constexpr Kept kKeptPolicy{"rebill-policy", 1, {{{"citation", 2}}}};
Cells CellsOfPolicy(const Policy& policy);
std::optional<Policy> PolicyInForce(db::Transaction& tx, Date day);
bool HasPolicy(db::Transaction& tx, Date effective_date);
void InsertPolicy(db::Transaction& tx, const Policy& policy);
std::vector<Policy> ListPolicies(db::Transaction& tx);  // the newest first

}  // namespace reeve::billing::rebill
