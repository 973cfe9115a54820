#include "services/billing/adjustment/adjustment_store.h"

#include "services/billing/adjustment/leak_store.h"
#include "services/billing/adjustment/monthly_store.h"
#include "services/billing/listed.h"

namespace reeve::billing::adjustment {
namespace {

using db::ToValue;

#define TYPE_COLUMNS                                                                    \
  "SELECT type_code, effective_date, title, citation, effect, service, charge_kind, "   \
  "ledger_account, reasons, needs_document, limits, limit_day_count, taker_day_count, " \
  "due_day_count, retired, loaded_by_person_id FROM adjustment_type "
constexpr db::Query kInsertType{
    "adjustment_type_insert",
    "INSERT INTO adjustment_type (type_code, effective_date, title, citation, effect, service, "
    "charge_kind, ledger_account, reasons, needs_document, limits, limit_day_count, "
    "taker_day_count, due_day_count, retired, loaded_by_person_id) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"};
constexpr db::Query kReversedLateFee{
    "adjustment_reversed_late_fee",
    "SELECT c.charge_id FROM charge c JOIN journal_entry e ON e.account_id = c.account_id AND "
    "e.entry_id = c.entry_id WHERE c.account_id = $1 AND c.charge_id = $2 AND c.cancelled = 1 AND "
    "e.kind = 'LATE_FEE'"};
constexpr db::Query kHasType{
    "adjustment_type_has",
    "SELECT effective_date FROM adjustment_type WHERE type_code = $1 LIMIT 1"};
constexpr db::Query kFindType{"adjustment_type_find",
                              TYPE_COLUMNS "WHERE type_code = $1 AND effective_date = $2"};
constexpr db::Query kTypeInForce{
    "adjustment_type_in_force", TYPE_COLUMNS
    "WHERE type_code = $1 AND effective_date <= $2 ORDER BY effective_date DESC LIMIT 1"};
constexpr db::Query kListTypes{"adjustment_type_list", TYPE_COLUMNS
                               "WHERE type_code > $1 OR (type_code = $1 AND effective_date > $2) "
                               "ORDER BY type_code, effective_date LIMIT $3"};
#undef TYPE_COLUMNS

#define ADJUSTMENT_COLUMNS                                                                       \
  "SELECT account_id, adjustment_no, type_code, type_date, amount_cents, reason_code, note, "    \
  "document, basis, state, entered_date, entered_by_person_id, decided_by_person_id, decision, " \
  "posted_date, reversed_date, reversed_by_person_id, reversal_reason FROM adjustment "
constexpr db::Query kInsertAdjustment{
    "adjustment_insert",
    "INSERT INTO adjustment (account_id, adjustment_no, type_code, type_date, amount_cents, "
    "reason_code, note, document, basis, state, entered_date, entered_by_person_id, "
    "decided_by_person_id, decision, posted_date, reversed_date, reversed_by_person_id, "
    "reversal_reason) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"};
constexpr db::Query kSaveAdjustment{
    "adjustment_save",
    "UPDATE adjustment SET state = $3, decided_by_person_id = $4, decision = $5, posted_date = $6, "
    "reversed_date = $7, reversed_by_person_id = $8, reversal_reason = $9 "
    "WHERE account_id = $1 AND adjustment_no = $2"};
constexpr db::Query kFindAdjustment{
    "adjustment_find", ADJUSTMENT_COLUMNS "WHERE account_id = $1 AND adjustment_no = $2"};
constexpr db::Query kListAdjustments{
    "adjustment_list", ADJUSTMENT_COLUMNS
    "WHERE account_id = $1 AND adjustment_no < $2 ORDER BY adjustment_no DESC LIMIT $3"};
constexpr db::Query kListProposals{
    "adjustment_list_proposals", ADJUSTMENT_COLUMNS
    "WHERE state = 'PROPOSED' AND (account_id > $1 OR (account_id = $1 AND "
    "adjustment_no > $2)) ORDER BY account_id, adjustment_no LIMIT $3"};
constexpr db::Query kAdjustmentsOfRange{"adjustment_of_range", ADJUSTMENT_COLUMNS
                                        "WHERE account_id > $1 AND account_id <= $2 "
                                        "ORDER BY account_id, adjustment_no"};
#undef ADJUSTMENT_COLUMNS
constexpr db::Query kLastNo{
    "adjustment_last_no",
    "SELECT coalesce(max(adjustment_no), 0) FROM adjustment WHERE account_id = $1"};
constexpr db::Query kStanding{
    "adjustment_standing",
    "SELECT adjustment_no, basis FROM adjustment WHERE account_id = $1 AND "
    "state IN ('PROPOSED', 'POSTED') AND basis <> '' ORDER BY adjustment_no"};
constexpr db::Query kHasService{
    "adjustment_has_service",
    "SELECT agreement_id FROM agreement WHERE account_id = $1 AND service = $2 LIMIT 1"};

Type ToType(db::Transaction& tx, db::Rows::Row row) {
  Type type;
  type.code = row.Text(0);
  type.effective_date = row.Day(1);
  type.title = row.Text(2);
  type.citation = row.Text(3);
  type.effect = kEffectName.Read(row.Text(4));
  type.service = row.Text(5);
  type.charge_kind = receivable::ParseChargeKind(row.Text(6));
  type.ledger_account = row.Text(7);
  type.reasons = SplitList(row.Text(8));
  type.needs_document = row.Bool(9);
  type.limits = ParseLimits(row.Text(10));
  type.limit_days = static_cast<int>(row.Int(11));
  type.taker_days = static_cast<int>(row.Int(12));
  type.due_days = static_cast<int>(row.Int(13));
  type.retired = row.Bool(14);
  type.loaded_by = PersonId(row.Int(15));
  type.leak = FindLeakRule(tx, type.code, type.effective_date);
  type.monthly = FindMonthlyRule(tx, type.code, type.effective_date);
  return type;
}

// All columns, as they are inserted.
template <class Use>
auto WithColumns(const Type& type, const Use& use) {
  return use(type.code, type.effective_date, type.title, type.citation, kEffectName(type.effect),
             type.service, receivable::ChargeKindName(type.charge_kind), type.ledger_account,
             JoinList(type.reasons), type.needs_document, LimitsText(type.limits), type.limit_days,
             type.taker_days, type.due_days, type.retired, type.loaded_by);
}

Adjustment ToAdjustment(db::Rows::Row row) {
  Adjustment adjustment;
  adjustment.account = AccountId(row.Int(0));
  adjustment.adjustment_no = row.Int(1);
  adjustment.type_code = row.Text(2);
  adjustment.type_date = row.Day(3);
  adjustment.amount = row.Cents(4);
  adjustment.reason_code = row.Text(5);
  adjustment.note = row.Text(6);
  adjustment.document = row.Text(7);
  adjustment.basis = row.Text(8);
  adjustment.state = kStateName.Read(row.Text(9));
  adjustment.entered_date = row.Day(10);
  adjustment.entered_by = PersonId(row.Int(11));
  adjustment.decided_by = PersonId(row.Int(12));
  adjustment.decision = row.Text(13);
  adjustment.posted_date = row.MaybeDay(14);
  adjustment.reversed_date = row.MaybeDay(15);
  adjustment.reversed_by = PersonId(row.Int(16));
  adjustment.reversal_reason = row.Text(17);
  return adjustment;
}

template <class Use>
auto WithColumns(const Adjustment& adjustment, const Use& use) {
  return use(adjustment.account, adjustment.adjustment_no, adjustment.type_code,
             adjustment.type_date, adjustment.amount, adjustment.reason_code, adjustment.note,
             adjustment.document, adjustment.basis, kStateName(adjustment.state),
             adjustment.entered_date, adjustment.entered_by, adjustment.decided_by,
             adjustment.decision, adjustment.posted_date, adjustment.reversed_date,
             adjustment.reversed_by, adjustment.reversal_reason);
}

std::vector<Adjustment> ToAdjustments(const db::Rows& rows) {
  std::vector<Adjustment> adjustments;
  for (const db::Rows::Row row : rows) adjustments.push_back(ToAdjustment(row));
  return adjustments;
}

}  // namespace

Cells CellsOfType(const Type& type) { return WithColumns(type, kToCells); }

void InsertType(db::Transaction& tx, const Type& type) {
  WithColumns(type, [&tx](const auto&... cells) { tx.Execute(kInsertType, cells...); });
  if (type.leak) InsertLeakRule(tx, type.code, type.effective_date, *type.leak);
  if (type.monthly) InsertMonthlyRule(tx, type.code, type.effective_date, *type.monthly);
}

bool IsOfReversedLateFee(db::Transaction& tx, AccountId account, std::int64_t charge_id) {
  return !tx.Select(kReversedLateFee, account, charge_id).empty();
}

bool HasType(db::Transaction& tx, const std::string& code) {
  return !tx.Select(kHasType, code).empty();
}

std::optional<Type> FindType(db::Transaction& tx, const std::string& code, Date effective_date) {
  const db::Rows rows = tx.Select(kFindType, code, effective_date);
  if (rows.empty()) return std::nullopt;
  return ToType(tx, rows[0]);
}

std::optional<Type> TypeInForce(db::Transaction& tx, const std::string& code, Date day) {
  const db::Rows rows = tx.Select(kTypeInForce, code, day);
  if (rows.empty()) return std::nullopt;
  Type type = ToType(tx, rows[0]);
  if (type.retired) return std::nullopt;
  return type;
}

std::vector<Type> ListTypes(db::Transaction& tx, const std::string& after_code,
                            const std::string& after_date, std::int64_t limit) {
  std::vector<Type> types;
  for (const db::Rows::Row row : tx.Select(kListTypes, after_code, after_date, limit)) {
    types.push_back(ToType(tx, row));
  }
  return types;
}

Cells CellsOfAdjustment(const Adjustment& adjustment) { return WithColumns(adjustment, kToCells); }

void InsertAdjustment(db::Transaction& tx, const Adjustment& adjustment) {
  WithColumns(adjustment, [&tx](const auto&... cells) { tx.Execute(kInsertAdjustment, cells...); });
}

void SaveAdjustment(db::Transaction& tx, const Adjustment& adjustment) {
  const std::vector<db::Value> one[] = {
      {ToValue(adjustment.account), ToValue(adjustment.adjustment_no),
       ToValue(kStateName(adjustment.state)), ToValue(adjustment.decided_by),
       ToValue(adjustment.decision), ToValue(adjustment.posted_date),
       ToValue(adjustment.reversed_date), ToValue(adjustment.reversed_by),
       ToValue(adjustment.reversal_reason)}};
  tx.ExecuteEach(kSaveAdjustment, one);
}

std::optional<Adjustment> FindAdjustment(db::Transaction& tx, AccountId account,
                                         std::int64_t adjustment_no) {
  const db::Rows rows = tx.Select(kFindAdjustment, account, adjustment_no);
  if (rows.empty()) return std::nullopt;
  return ToAdjustment(rows[0]);
}

std::int64_t NextNo(db::Transaction& tx, AccountId account) {
  return tx.Select(kLastNo, account)[0].Int(0) + 1;
}

std::vector<Adjustment> ListAdjustments(db::Transaction& tx, AccountId account,
                                        std::int64_t before_no, std::int64_t limit) {
  return ToAdjustments(tx.Select(kListAdjustments, account, before_no, limit));
}

std::vector<Adjustment> ListProposals(db::Transaction& tx, AccountId after_account,
                                      std::int64_t after_no, std::int64_t limit) {
  return ToAdjustments(tx.Select(kListProposals, after_account, after_no, limit));
}

std::vector<Adjustment> AdjustmentsOfRange(db::Transaction& tx, std::int64_t after,
                                           std::int64_t through) {
  return ToAdjustments(tx.Select(kAdjustmentsOfRange, after, through));
}

std::optional<std::int64_t> FindStandingOn(db::Transaction& tx, AccountId account,
                                           std::int64_t bill_id) {
  for (const db::Rows::Row row : tx.Select(kStanding, account)) {
    if (BillsOfBasis(row.Text(1)).contains(bill_id)) return row.Int(0);
  }
  return std::nullopt;
}

bool HasService(db::Transaction& tx, AccountId account, const std::string& service) {
  return !tx.Select(kHasService, account, service).empty();
}

}  // namespace reeve::billing::adjustment
