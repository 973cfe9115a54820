#include "services/billing/rebill/rebill_store.h"

#include "services/billing/derived_id.h"
#include "services/billing/listed.h"

namespace reeve::billing::rebill {
namespace {

#define CANCELLATION_COLUMNS                                                            \
  "c.account_id, c.bill_id, c.cause, c.reason, c.discovered_date, c.misread_services, " \
  "c.cancelled_date, c.cancelled_by_person_id, c.freed_cents, c.credited_cents, "       \
  "c.approved_by_person_id "
constexpr db::Query kInsertCancellation{
    "bill_cancellation_insert",
    "INSERT INTO bill_cancellation (account_id, bill_id, cause, reason, discovered_date, "
    "misread_services, cancelled_date, cancelled_by_person_id, freed_cents, credited_cents, "
    "approved_by_person_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"};
constexpr db::Query kFindCancellation{"bill_cancellation_find",
                                      "SELECT " CANCELLATION_COLUMNS
                                      "FROM bill_cancellation c WHERE c.account_id = $1 AND "
                                      "c.bill_id = $2"};
constexpr db::Query kCancellationsOfRange{"bill_cancellation_of_range",
                                          "SELECT " CANCELLATION_COLUMNS
                                          "FROM bill_cancellation c WHERE c.account_id > $1 AND "
                                          "c.account_id <= $2 ORDER BY c.account_id, c.bill_id"};
#define LISTED                   \
  "SELECT " CANCELLATION_COLUMNS \
  "FROM bill_cancellation c WHERE (c.account_id > $1 OR (c.account_id = $1 AND c.bill_id > $2)) "
#define BY_BILL "ORDER BY c.account_id, c.bill_id LIMIT $3"
constexpr db::Query kList{"bill_cancellation_list", LISTED BY_BILL};
constexpr db::Query kListOpen{
    "bill_cancellation_list_open", LISTED
    "AND EXISTS (SELECT 1 FROM bill_segment s WHERE s.account_id = c.account_id AND "
    "s.bill_id = c.bill_id AND NOT EXISTS (SELECT 1 FROM bill_segment t JOIN bill b ON "
    "b.account_id = t.account_id AND b.bill_id = t.bill_id WHERE t.account_id = s.account_id AND "
    "t.agreement_id = s.agreement_id AND t.state = 'BILLED' AND b.state = 'POSTED' AND "
    "t.from_date < s.to_date AND t.to_date > s.from_date)) " BY_BILL};
#undef BY_BILL
#undef LISTED
#undef CANCELLATION_COLUMNS

constexpr db::Query kInsertRebill{
    "bill_rebill_insert",
    "INSERT INTO bill_rebill (account_id, bill_id, rebilled_bill_id, rebill_no, cause, reason, "
    "discovered_date, policy_date, credited_cents, approved_by_person_id) VALUES ($1, $2, $3, $4, "
    "$5, $6, $7, $8, $9, $10)"};
constexpr db::Query kRebillsOfRange{
    "bill_rebill_of_range",
    "SELECT account_id, bill_id, rebilled_bill_id, rebill_no, cause, reason, discovered_date, "
    "policy_date, credited_cents, approved_by_person_id FROM bill_rebill WHERE account_id > $1 AND "
    "account_id <= $2 "
    "ORDER BY account_id, bill_id"};
constexpr db::Query kReplacement{
    "bill_rebill_newest",
    "SELECT r.bill_id, r.rebill_no, b.cycle_id, b.state FROM bill_rebill r JOIN bill b ON "
    "b.account_id = r.account_id AND b.bill_id = r.bill_id WHERE r.account_id = $1 AND "
    "r.rebilled_bill_id = $2 ORDER BY r.rebill_no DESC LIMIT 1"};

constexpr db::Query kCharge{
    "rebill_charge_of_entry",
    "SELECT charge_id, service, due_date, amount_cents, open_cents, entry_id, cancelled "
    "FROM charge WHERE account_id = $1 AND charge_id = $2"};
constexpr db::Query kBilledLast{
    "rebill_billed_last",
    "SELECT from_date, to_date, end_read_thousandths, usage_thousandths, amount_cents, estimated "
    "FROM bill_segment WHERE account_id = $1 AND agreement_id = $2 AND state = 'BILLED' AND "
    "to_date <= $3 ORDER BY to_date DESC LIMIT 1"};
constexpr db::Query kBilledNext{
    "rebill_billed_next",
    "SELECT from_date, start_read_thousandths FROM bill_segment WHERE account_id = $1 AND "
    "agreement_id = $2 AND state = 'BILLED' AND from_date >= $3 ORDER BY from_date LIMIT 1"};
constexpr db::Query kIsBilled{
    "rebill_is_billed",
    "SELECT bill_id FROM bill_segment WHERE account_id = $1 AND agreement_id = $2 AND "
    "state = 'BILLED' AND from_date < $4 AND to_date > $3 LIMIT 1"};

#define POLICY_COLUMNS                                                                  \
  "SELECT effective_date, jurisdiction, citation, binding, backbill_month_count, "      \
  "discovery_month_count, fraud_exempt, refund_month_count, cash_refund_above_cents, "  \
  "cash_refund_average_count, interest, taker_day_count, loaded_by_person_id, limits, " \
  "limit_day_count FROM rebill_policy "
constexpr db::Query kPolicyInForce{
    "rebill_policy_in_force",
    POLICY_COLUMNS "WHERE effective_date <= $1 ORDER BY effective_date DESC LIMIT 1"};
constexpr db::Query kHasPolicy{"rebill_policy_has", POLICY_COLUMNS "WHERE effective_date = $1"};
constexpr db::Query kListPolicies{"rebill_policy_list",
                                  POLICY_COLUMNS "ORDER BY effective_date DESC"};
#undef POLICY_COLUMNS
constexpr db::Query kInsertPolicy{
    "rebill_policy_insert",
    "INSERT INTO rebill_policy (effective_date, jurisdiction, citation, binding, "
    "backbill_month_count, discovery_month_count, fraud_exempt, refund_month_count, "
    "cash_refund_above_cents, cash_refund_average_count, interest, taker_day_count, "
    "loaded_by_person_id, limits, limit_day_count) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
    "$10, $11, $12, $13, $14, $15)"};

// All columns, as they are inserted.
template <class Use>
auto WithColumns(const Cancellation& one, const Use& use) {
  return use(one.account, one.bill_id, CauseName(one.grounds.cause), one.grounds.reason,
             one.grounds.discovered_date, JoinList(one.misread_services), one.cancelled_date,
             one.cancelled_by, one.freed, one.credited, one.approved_by);
}
template <class Use>
auto WithColumns(const RebillRow& row, const Use& use) {
  return use(row.account, row.bill_id, row.rebilled_bill_id, row.rebill_no,
             CauseName(row.grounds.cause), row.grounds.reason, row.grounds.discovered_date,
             row.policy_date, row.credited, row.approved_by);
}
template <class Use>
auto WithColumns(const Policy& policy, const Use& use) {
  return use(policy.effective_date, policy.jurisdiction, policy.citation,
             BindingName(policy.binding), policy.backbill_months, policy.discovery_months,
             policy.fraud_exempt, policy.refund_months, policy.cash_refund_above,
             policy.cash_refund_average_months, policy.interest, policy.taker_days,
             policy.loaded_by, adjustment::LimitsText(policy.limits), policy.limit_days);
}

Cancellation ToCancellation(db::Rows::Row row) {
  return {AccountId(row.Int(0)),  row.Int(1),   {ParseCause(row.Text(2)), row.Text(3), row.Day(4)},
          SplitList(row.Text(5)), row.Day(6),   PersonId(row.Int(7)),
          row.Cents(8),           row.Cents(9), PersonId(row.Int(10))};
}

Policy ToPolicy(db::Rows::Row row) {
  return {row.Day(0),
          row.Text(1),
          row.Text(2),
          ParseBinding(row.Text(3)),
          row.Int(4),
          row.Int(5),
          row.Bool(6),
          row.Int(7),
          row.Cents(8),
          row.Int(9),
          row.Bool(10),
          row.Int(11),
          PersonId(row.Int(12)),
          adjustment::ParseLimits(row.Text(13)),
          row.Int(14)};
}

}  // namespace

Cells CellsOfCancellation(const Cancellation& one) {
  Cells cells = WithColumns(one, kToCells);
  // As it was written before these were kept.
  if (!one.approved_by.is_set()) {
    cells.pop_back();
    if (one.credited.is_zero()) cells.pop_back();
  }
  return cells;
}
void InsertCancellation(db::Transaction& tx, const Cancellation& one) {
  WithColumns(one, [&tx](const auto&... cells) { tx.Execute(kInsertCancellation, cells...); });
}

std::optional<Cancellation> FindCancellation(db::Transaction& tx, AccountId account,
                                             std::int64_t bill_id) {
  const db::Rows rows = tx.Select(kFindCancellation, account, bill_id);
  return rows.empty() ? std::nullopt : std::optional(ToCancellation(rows[0]));
}

std::vector<Cancellation> CancellationsOfRange(db::Transaction& tx, std::int64_t after,
                                               std::int64_t through) {
  std::vector<Cancellation> all;
  for (const db::Rows::Row row : tx.Select(kCancellationsOfRange, after, through)) {
    all.push_back(ToCancellation(row));
  }
  return all;
}

Cells CellsOfRebill(const RebillRow& row) {
  Cells cells = WithColumns(row, kToCells);
  // As it was written before these were kept.
  if (!row.approved_by.is_set()) {
    cells.pop_back();
    if (row.credited.is_zero()) cells.pop_back();
  }
  return cells;
}
void InsertRebill(db::Transaction& tx, const RebillRow& row) {
  WithColumns(row, [&tx](const auto&... cells) { tx.Execute(kInsertRebill, cells...); });
}

std::vector<RebillRow> RebillsOfRange(db::Transaction& tx, std::int64_t after,
                                      std::int64_t through) {
  std::vector<RebillRow> all;
  for (const db::Rows::Row row : tx.Select(kRebillsOfRange, after, through)) {
    all.push_back({AccountId(row.Int(0)),
                   row.Int(1),
                   row.Int(2),
                   row.Int(3),
                   {ParseCause(row.Text(4)), row.Text(5), row.Day(6)},
                   row.MaybeDay(7),
                   row.Cents(8),
                   PersonId(row.Int(9))});
  }
  return all;
}

std::optional<Replacement> FindReplacement(db::Transaction& tx, AccountId account,
                                           std::int64_t bill_id) {
  const db::Rows rows = tx.Select(kReplacement, account, bill_id);
  if (rows.empty()) return std::nullopt;
  return Replacement{rows[0].Int(0), rows[0].Int(1), rows[0].Int(2),
                     cycle::ParseBillState(rows[0].Text(3))};
}

std::vector<Listed> ListCancellations(db::Transaction& tx, AccountId after,
                                      std::int64_t after_bill_id, bool open_only,
                                      std::int64_t limit) {
  std::vector<Listed> listed;
  for (const db::Rows::Row row :
       tx.Select(open_only ? kListOpen : kList, after, after_bill_id, limit)) {
    listed.push_back({ToCancellation(row), std::nullopt});
  }
  for (Listed& one : listed) {
    one.replacement = FindReplacement(tx, one.cancellation.account, one.cancellation.bill_id);
  }
  return listed;
}

std::vector<receivable::Charge> ChargesOfBill(db::Transaction& tx, AccountId account,
                                              std::int64_t bill_id) {
  std::vector<receivable::Charge> charges;
  for (std::int64_t no = 0;; ++no) {
    const db::Rows rows = tx.Select(kCharge, account, DerivedId("bill-charge", bill_id, no));
    if (rows.empty()) return charges;
    receivable::Charge& charge = charges.emplace_back();
    charge.charge_id = rows[0].Int(0);
    charge.service = rows[0].Text(1);
    charge.due_date = rows[0].Day(2);
    charge.amount = rows[0].Cents(3);
    charge.open = rows[0].Cents(4);
    charge.entry_id = rows[0].Int(5);
    charge.cancelled = rows[0].Bool(6);
  }
}

std::optional<cycle::LastBilled> BilledLastBy(db::Transaction& tx, AccountId account,
                                              std::int64_t agreement_id, Date day) {
  const db::Rows rows = tx.Select(kBilledLast, account, agreement_id, day);
  if (rows.empty()) return std::nullopt;
  const Date to_date = rows[0].Day(1);
  return cycle::LastBilled{to_date,
                           rows[0].Int(2),
                           {rows[0].Int(3), to_date - rows[0].Day(0)},
                           rows[0].Cents(4),
                           rows[0].Bool(5)};
}

std::optional<NextBilled> BilledNextFrom(db::Transaction& tx, AccountId account,
                                         std::int64_t agreement_id, Date day) {
  const db::Rows rows = tx.Select(kBilledNext, account, agreement_id, day);
  if (rows.empty()) return std::nullopt;
  return NextBilled{rows[0].Day(0), rows[0].Int(1)};
}

bool IsBilled(db::Transaction& tx, AccountId account, std::int64_t agreement_id, Date from_date,
              Date to_date) {
  return !tx.Select(kIsBilled, account, agreement_id, from_date, to_date).empty();
}

Cells CellsOfPolicy(const Policy& policy) {
  Cells cells = WithColumns(policy, kToCells);
  // As it was written before these were kept.
  if (policy.limit_days == 0) cells.erase(cells.end() - 2, cells.end());
  return cells;
}

std::optional<Policy> PolicyInForce(db::Transaction& tx, Date day) {
  const db::Rows rows = tx.Select(kPolicyInForce, day);
  return rows.empty() ? std::nullopt : std::optional(ToPolicy(rows[0]));
}

bool HasPolicy(db::Transaction& tx, Date effective_date) {
  return !tx.Select(kHasPolicy, effective_date).empty();
}

void InsertPolicy(db::Transaction& tx, const Policy& policy) {
  WithColumns(policy, [&tx](const auto&... cells) { tx.Execute(kInsertPolicy, cells...); });
}

std::vector<Policy> ListPolicies(db::Transaction& tx) {
  std::vector<Policy> policies;
  for (const db::Rows::Row row : tx.Select(kListPolicies)) policies.push_back(ToPolicy(row));
  return policies;
}

}  // namespace reeve::billing::rebill
