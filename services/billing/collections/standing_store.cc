#include "services/billing/collections/standing_store.h"

#include <algorithm>

#include "services/billing/collections/collections_store.h"
#include "services/billing/receivable/books_store.h"

namespace reeve::billing::collections {
namespace {

constexpr std::int64_t kNoticesMax = 100;

}  // namespace

std::optional<Standing> LoadStanding(db::Transaction& tx, AccountId account, Date today) {
  const std::optional<receivable::Books> books = receivable::ReadBooks(tx, account);
  if (!books) return std::nullopt;
  return StandingOf(tx, *books, today);
}

Standing StandingOf(db::Transaction& tx, const receivable::Books& books, Date today) {
  Standing standing{books.PastDue(today), today, HasOpenDispute(tx, books.account()),
                    ListNotices(tx, books.account(), kNoticesMax)};
  for (const receivable::Charge& charge : books.charges()) {
    if (charge.open > Money()) standing.owed_since = std::min(standing.owed_since, charge.due_date);
  }
  return standing;
}

}  // namespace reeve::billing::collections
