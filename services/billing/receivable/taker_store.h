// Who took the payments of a drawer's session, as payment tells it.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string_view>

#include "services/billing/row_text.h"
#include "shared/core/date.h"
#include "shared/core/id.h"
#include "shared/db/database.h"

namespace reeve::billing::receivable {

// A person at a drawer.
struct Taker {
  DrawerId drawer;
  std::int64_t session_no = 0;
  PersonId person;
  auto operator<=>(const Taker&) const = default;
};

inline constexpr Kept kKeptTaker{"payment-taker", 3};
Cells CellsOfTaker(const Taker& taker);

// Those of the takers that are not on record.
std::set<Taker> UnknownTakers(db::Transaction& tx, const std::set<Taker>& takers);
void InsertTakers(db::Transaction& tx, const std::set<Taker>& takers);

// True if the person took a payment of this account, later voided or not, of a business date
// behind `after`.
bool HasTakenPayment(db::Transaction& tx, AccountId account, PersonId person, Date after);

}  // namespace reeve::billing::receivable
