#include "services/billing/receivable/taker_store.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "services/billing/listed.h"
#include "shared/core/decimal.h"

namespace reeve::billing::receivable {
namespace {

using db::ToValue;

constexpr db::Query kFind{"payment_taker_find",
                          "SELECT person_id FROM payment_taker WHERE drawer_id = $1 AND "
                          "session_no = $2 AND person_id = $3"};
const db::InsertInto kInsert{
    "payment_taker_insert", "payment_taker", {{"drawer_id"}, {"session_no"}, {"person_id"}}};
constexpr db::Query kPaymentsBehind{
    "payment_taker_payments",
    "SELECT payment_id FROM payment_credit WHERE account_id = $1 AND business_date > $2 "
    "ORDER BY payment_id"};

// "7-1-4" is receipt 4 of session 1 of drawer 7; another spelling is of no drawer.
Taker SessionOf(const std::string& payment_id, PersonId person) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  const Taker nobody{DrawerId(), 0, person};
  if (std::count(payment_id.begin(), payment_id.end(), '-') != 2) return nobody;
  const auto [drawer_text, rest] = SplitPair(payment_id, '-');
  const Result<std::int64_t> drawer = ParseDecimal(drawer_text, 0, kMax);
  const Result<std::int64_t> session = ParseDecimal(SplitPair(rest, '-').first, 0, kMax);
  if (!drawer.ok() || !session.ok()) return nobody;
  return {DrawerId(*drawer), *session, person};
}

std::vector<std::vector<db::Value>> KeysOf(const std::set<Taker>& takers) {
  std::vector<std::vector<db::Value>> keys;
  for (const Taker& taker : takers) {
    keys.push_back({ToValue(taker.drawer), ToValue(taker.session_no), ToValue(taker.person)});
  }
  return keys;
}

}  // namespace

Cells CellsOfTaker(const Taker& taker) {
  return CellsOf(taker.drawer, taker.session_no, taker.person);
}

std::set<Taker> UnknownTakers(db::Transaction& tx, const std::set<Taker>& takers) {
  std::set<Taker> unknown;
  if (takers.empty()) return unknown;
  const std::vector<db::Rows> found = tx.SelectEach(kFind, KeysOf(takers));
  auto rows = found.begin();
  for (const Taker& taker : takers) {
    if ((rows++)->empty()) unknown.insert(taker);
  }
  return unknown;
}

void InsertTakers(db::Transaction& tx, const std::set<Taker>& takers) {
  db::NewRows rows(kInsert);
  for (const Taker& taker : takers) rows.Add(taker.drawer, taker.session_no, taker.person);
  if (!rows.empty()) tx.InsertRows(rows);
}

bool HasTakenPayment(db::Transaction& tx, AccountId account, PersonId person, Date after) {
  std::set<Taker> asked;
  for (const db::Rows::Row row : tx.Select(kPaymentsBehind, account, after)) {
    asked.insert(SessionOf(row.Text(0), person));
  }
  return UnknownTakers(tx, asked).size() < asked.size();
}

}  // namespace reeve::billing::receivable
