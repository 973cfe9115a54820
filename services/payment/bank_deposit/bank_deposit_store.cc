#include "services/payment/bank_deposit/bank_deposit_store.h"

#include "services/payment/drawer/drawer_store.h"

namespace reeve::payment {
namespace {

using db::ColumnType;

const db::InsertInto kIntoTaking{"vault_taking_insert",
                                 "vault_taking",
                                 {{"drawer_id"},
                                  {"from_drawer_id"},
                                  {"session_no"},
                                  {"business_date", ColumnType::kText},
                                  {"cash_cents"},
                                  {"check_count"},
                                  {"check_cents"}}};
const db::InsertInto kIntoCheck{"vault_check_insert",
                                "vault_check",
                                {{"drawer_id"},
                                 {"from_drawer_id"},
                                 {"session_no"},
                                 {"receipt_no"},
                                 {"tender_no"},
                                 {"check_number", ColumnType::kText},
                                 {"bank_last4", ColumnType::kText},
                                 {"amount_cents"}}};
constexpr db::Query kDueTakings{
    "vault_taking_due",
    "SELECT from_drawer_id, session_no, business_date, cash_cents, check_count, check_cents "
    "FROM vault_taking WHERE drawer_id = $1 AND deposit_id IS NULL "
    "ORDER BY business_date, from_drawer_id, session_no"};
constexpr db::Query kTakingsOf{
    "vault_taking_of_deposit",
    "SELECT from_drawer_id, session_no, business_date, cash_cents, check_count, check_cents "
    "FROM vault_taking WHERE drawer_id = $1 AND deposit_id = $2 "
    "ORDER BY business_date, from_drawer_id, session_no"};
constexpr db::Query kDueChecks{
    "vault_check_due",
    "SELECT from_drawer_id, session_no, receipt_no, tender_no, check_number, bank_last4, "
    "amount_cents FROM vault_check WHERE drawer_id = $1 AND deposit_id IS NULL "
    "ORDER BY from_drawer_id, session_no, receipt_no, tender_no"};
constexpr db::Query kChecksOf{
    "vault_check_of_deposit",
    "SELECT from_drawer_id, session_no, receipt_no, tender_no, check_number, bank_last4, "
    "amount_cents FROM vault_check WHERE drawer_id = $1 AND deposit_id = $2 "
    "ORDER BY from_drawer_id, session_no, receipt_no, tender_no"};
constexpr db::Query kOldest{"vault_taking_oldest",
                            "SELECT min(business_date) FROM vault_taking WHERE deposit_id IS NULL"};
constexpr db::Query kMarkTaking{
    "vault_taking_mark",
    "UPDATE vault_taking SET deposit_id = $4 WHERE drawer_id = $1 AND from_drawer_id = $2 "
    "AND session_no = $3 AND deposit_id IS NULL"};
constexpr db::Query kMarkCheck{
    "vault_check_mark",
    "UPDATE vault_check SET deposit_id = $6 WHERE drawer_id = $1 AND from_drawer_id = $2 "
    "AND session_no = $3 AND receipt_no = $4 AND tender_no = $5 AND deposit_id IS NULL"};
const db::InsertInto kIntoDifference{"check_difference_insert",
                                     "check_difference",
                                     {{"drawer_id"},
                                      {"difference_id"},
                                      {"counted_count"},
                                      {"counted_cents"},
                                      {"found_count"},
                                      {"found_cents"},
                                      {"reason", ColumnType::kText},
                                      {"accepted_by"},
                                      {"accepted_time"},
                                      {"accepted_date", ColumnType::kText}}};
constexpr db::Query kDueDifferences{
    "check_difference_due",
    "SELECT drawer_id, difference_id, counted_count, counted_cents, found_count, found_cents, "
    "reason, accepted_by, accepted_time, accepted_date FROM check_difference "
    "WHERE drawer_id = $1 AND deposit_id IS NULL ORDER BY difference_id"};
constexpr db::Query kDifferencesOf{
    "check_difference_of_deposit",
    "SELECT drawer_id, difference_id, counted_count, counted_cents, found_count, found_cents, "
    "reason, accepted_by, accepted_time, accepted_date FROM check_difference "
    "WHERE drawer_id = $1 AND deposit_id = $2 ORDER BY difference_id"};
constexpr db::Query kAllDifferences{
    "check_difference_all",
    "SELECT drawer_id, difference_id, counted_count, counted_cents, found_count, found_cents, "
    "reason, accepted_by, accepted_time, accepted_date FROM check_difference "
    "WHERE drawer_id = $1 ORDER BY difference_id"};
constexpr db::Query kMarkDifference{
    "check_difference_mark",
    "UPDATE check_difference SET deposit_id = $3 WHERE drawer_id = $1 AND difference_id = $2 "
    "AND deposit_id IS NULL"};
const db::InsertInto kIntoDeposit{"bank_deposit_insert",
                                  "bank_deposit",
                                  {{"drawer_id"},
                                   {"deposit_id"},
                                   {"state", ColumnType::kText},
                                   {"bag_number", ColumnType::kText},
                                   {"oldest_date", ColumnType::kText},
                                   {"due_date", ColumnType::kText},
                                   {"prepared_by"},
                                   {"prepared_time"},
                                   {"prepared_date", ColumnType::kText},
                                   {"carried_by"},
                                   {"carried_time"}}};
const db::InsertInto kIntoDepositCash{
    "bank_deposit_cash_insert",
    "bank_deposit_cash",
    {{"drawer_id"}, {"deposit_id"}, {"denomination"}, {"pieces"}}};
constexpr db::Query kFindDeposit{
    "bank_deposit_find",
    "SELECT state, bag_number, oldest_date, due_date, prepared_by, prepared_time, prepared_date, "
    "carried_by, carried_time FROM bank_deposit WHERE drawer_id = $1 AND deposit_id = $2"};
constexpr db::Query kDepositCash{
    "bank_deposit_cash_list",
    "SELECT denomination, pieces FROM bank_deposit_cash WHERE drawer_id = $1 AND deposit_id = $2"};
constexpr db::Query kSaveCarried{
    "bank_deposit_save_carried",
    "UPDATE bank_deposit SET state = $3, carried_by = $4, carried_time = $5 "
    "WHERE drawer_id = $1 AND deposit_id = $2 AND state = 'PREPARED'"};
constexpr db::Query kBagUsed{
    "bank_deposit_bag",
    "SELECT deposit_id FROM bank_deposit WHERE drawer_id = $1 AND bag_number = $2"};
constexpr db::Query kHadDrawer{"session_of_person",
                               "SELECT session_no FROM drawer_session "
                               "WHERE person_id = $1 AND business_date BETWEEN $2 AND $3 LIMIT 1"};
constexpr db::Query kInitiated{
    "transfer_of_initiator",
    "SELECT transfer_id FROM transfer "
    "WHERE initiated_by = $1 AND initiated_date BETWEEN $2 AND $3 LIMIT 1"};
constexpr db::Query kEnded{"transfer_of_ender",
                           "SELECT transfer_id FROM transfer "
                           "WHERE ended_by = $1 AND ended_date BETWEEN $2 AND $3 LIMIT 1"};

std::vector<Taking> ReadTakings(const db::Rows& rows) {
  std::vector<Taking> takings;
  for (const db::Rows::Row row : rows) {
    takings.push_back(
        {DrawerId(row.Int(0)), row.Int(1), row.Day(2), row.Cents(3), row.Int(4), row.Cents(5)});
  }
  return takings;
}

std::vector<VaultCheck> ReadChecks(const db::Rows& rows) {
  std::vector<VaultCheck> checks;
  for (const db::Rows::Row row : rows) {
    checks.push_back({{DrawerId(row.Int(0)), row.Int(1), row.Int(2)},
                      row.Int(3),
                      row.Text(4),
                      row.Text(5),
                      row.Cents(6)});
  }
  return checks;
}

std::vector<CheckDifference> ReadDifferences(const db::Rows& rows) {
  std::vector<CheckDifference> differences;
  for (const db::Rows::Row row : rows) {
    differences.push_back({DrawerId(row.Int(0)), row.Int(1), row.Int(2), row.Cents(3), row.Int(4),
                           row.Cents(5), row.Text(6), PersonId(row.Int(7)), row.Time(8),
                           row.Day(9)});
  }
  return differences;
}

std::optional<BankDeposit> ReadDeposit(db::Transaction& tx, DrawerId vault, std::int64_t id,
                                       const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  const db::Rows::Row row = rows[0];
  BankDeposit deposit;
  deposit.vault = vault;
  deposit.id = id;
  deposit.state = kBankDepositStateName.Read(row.Text(0));
  deposit.bag_number = row.Text(1);
  deposit.oldest_date = row.Day(2);
  deposit.due_date = row.Day(3);
  deposit.prepared_by = PersonId(row.Int(4));
  deposit.prepared_time = row.Time(5);
  deposit.prepared_date = row.Day(6);
  deposit.carried_by = PersonId(row.Int(7));
  deposit.carried_time = row.Time(8);
  const db::Rows pieces = tx.Select(kDepositCash, vault, id);
  for (const db::Rows::Row piece : pieces) AddPieces(deposit.cash, piece.Int(0), piece.Int(1));
  deposit.takings = ReadTakings(tx.Select(kTakingsOf, vault, id));
  deposit.differences = ReadDifferences(tx.Select(kDifferencesOf, vault, id));
  deposit.checks = ReadChecks(tx.Select(kChecksOf, vault, id));
  return deposit;
}

}  // namespace

void InsertTaking(db::Transaction& tx, DrawerId vault, const Taking& taking,
                  const std::vector<VaultCheck>& checks) {
  db::NewRows row(kIntoTaking);
  row.Add(vault, taking.drawer, taking.session_no, taking.business_date, taking.cash,
          taking.check_count, taking.checks);
  tx.InsertRows(row);
  db::NewRows rows(kIntoCheck);
  for (const VaultCheck& check : checks) {
    rows.Add(vault, check.payment.drawer, check.payment.session_no, check.payment.receipt_no,
             check.tender_no, check.check_number, check.bank_last4, check.amount);
  }
  if (!rows.empty()) tx.InsertRows(rows);
}

Due FindDue(db::Transaction& tx, DrawerId vault) {
  return {ReadTakings(tx.Select(kDueTakings, vault)),
          ReadDifferences(tx.Select(kDueDifferences, vault)),
          ReadChecks(tx.Select(kDueChecks, vault))};
}

void InsertDifference(db::Transaction& tx, const CheckDifference& difference) {
  db::NewRows row(kIntoDifference);
  row.Add(difference.vault, difference.id, difference.counted_count, difference.counted,
          difference.found_count, difference.found, difference.reason, difference.accepted_by,
          difference.accepted_time, difference.accepted_date);
  tx.InsertRows(row);
}

std::vector<CheckDifference> AllDifferences(db::Transaction& tx, DrawerId vault) {
  return ReadDifferences(tx.Select(kAllDifferences, vault));
}

std::optional<Date> OldestUndeposited(db::Transaction& tx) {
  return tx.Select(kOldest)[0].MaybeDay(0);
}

void InsertBankDeposit(db::Transaction& tx, const BankDeposit& deposit) {
  db::NewRows row(kIntoDeposit);
  row.Add(deposit.vault, deposit.id, kBankDepositStateName(deposit.state), deposit.bag_number,
          deposit.oldest_date, deposit.due_date, deposit.prepared_by, deposit.prepared_time,
          deposit.prepared_date, deposit.carried_by, deposit.carried_time);
  tx.InsertRows(row);
  db::NewRows cash(kIntoDepositCash);
  for (std::size_t i = 0; i < kDenominations.size(); ++i) {
    if (deposit.cash[i] == 0) continue;
    cash.Add(deposit.vault, deposit.id, kDenominations[i], deposit.cash[i]);
  }
  if (!cash.empty()) tx.InsertRows(cash);
  std::vector<std::vector<db::Value>> takings;
  for (const Taking& taking : deposit.takings) {
    takings.push_back({db::ToValue(deposit.vault), db::ToValue(taking.drawer),
                       db::ToValue(taking.session_no), db::ToValue(deposit.id)});
  }
  tx.ExecuteEach(kMarkTaking, takings);
  std::vector<std::vector<db::Value>> differences;
  for (const CheckDifference& difference : deposit.differences) {
    differences.push_back(
        {db::ToValue(deposit.vault), db::ToValue(difference.id), db::ToValue(deposit.id)});
  }
  if (!differences.empty()) tx.ExecuteEach(kMarkDifference, differences);
  std::vector<std::vector<db::Value>> checks;
  for (const VaultCheck& check : deposit.checks) {
    checks.push_back({db::ToValue(deposit.vault), db::ToValue(check.payment.drawer),
                      db::ToValue(check.payment.session_no), db::ToValue(check.payment.receipt_no),
                      db::ToValue(check.tender_no), db::ToValue(deposit.id)});
  }
  if (!checks.empty()) tx.ExecuteEach(kMarkCheck, checks);
}

std::optional<BankDeposit> FindBankDeposit(db::Transaction& tx, DrawerId vault, std::int64_t id) {
  return ReadDeposit(tx, vault, id, tx.Select(kFindDeposit, vault, id));
}

std::optional<BankDeposit> LockBankDeposit(db::Transaction& tx, DrawerId vault, std::int64_t id) {
  return ReadDeposit(tx, vault, id, tx.SelectForUpdate(kFindDeposit, vault, id));
}

void SaveCarried(db::Transaction& tx, const BankDeposit& deposit) {
  const std::vector<db::Value> change[] = {{db::ToValue(deposit.vault), db::ToValue(deposit.id),
                                            db::ToValue(kBankDepositStateName(deposit.state)),
                                            db::ToValue(deposit.carried_by),
                                            db::ToValue(deposit.carried_time)}};
  tx.ExecuteEach(kSaveCarried, change);
}

bool IsBagNumberUsed(db::Transaction& tx, DrawerId vault, const std::string& bag_number) {
  return !tx.Select(kBagUsed, vault, bag_number).empty();
}

bool HadDrawer(db::Transaction& tx, PersonId person, Date first, Date last) {
  return !tx.Select(kHadDrawer, person, first, last).empty();
}

bool MovedMoney(db::Transaction& tx, PersonId person, Date first, Date last) {
  return !tx.Select(kInitiated, person, first, last).empty() ||
         !tx.Select(kEnded, person, first, last).empty();
}

}  // namespace reeve::payment
