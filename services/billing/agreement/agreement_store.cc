#include "services/billing/agreement/agreement_store.h"

namespace reeve::billing::agreement {
namespace {

using db::ColumnType;

const db::InsertInto kInsertAccounts{"billing_account_insert",
                                     "billing_account",
                                     {{"account_id"},
                                      {"premise_id"},
                                      {"customer_class", ColumnType::kText},
                                      {"state", ColumnType::kText},
                                      {"credit_cents"},
                                      {"open_disconnect_id"}}};
constexpr db::Query kHasAccount{"billing_account_has",
                                "SELECT account_id FROM billing_account WHERE account_id = $1"};
constexpr db::Query kCloseAccount{"billing_account_close",
                                  "UPDATE billing_account SET state = 'CLOSED' "
                                  "WHERE account_id = $1 AND state = 'OPEN'"};

const db::InsertInto kInsertAgreements{"agreement_insert",
                                       "agreement",
                                       {{"account_id"},
                                        {"agreement_id"},
                                        {"premise_id"},
                                        {"service", ColumnType::kText},
                                        {"schedule_code", ColumnType::kText},
                                        {"quantity_thousandths"},
                                        {"meter_number", ColumnType::kText},
                                        {"unit", ColumnType::kText},
                                        {"register_digits"},
                                        {"multiplier_thousandths"},
                                        {"cycle"},
                                        {"in_service"},
                                        {"state", ColumnType::kText},
                                        {"start_date", ColumnType::kText},
                                        {"stop_date", ColumnType::kText},
                                        {"meter_size", ColumnType::kText},
                                        {"installation_no"}}};

#define AGREEMENT_COLUMNS                                                                       \
  "SELECT account_id, agreement_id, premise_id, service, schedule_code, quantity_thousandths, " \
  "meter_number, unit, register_digits, multiplier_thousandths, cycle, in_service, state, "     \
  "start_date, stop_date, meter_size, installation_no FROM agreement "

constexpr db::Query kLockAgreements{
    "agreement_lock", AGREEMENT_COLUMNS "WHERE account_id = $1 ORDER BY account_id, agreement_id"};
constexpr const char* kNever = "9999-12-31";
constexpr db::Query kLockOfMeter{"agreement_lock_of_meter", AGREEMENT_COLUMNS
                                 "WHERE meter_number = $1 AND meter_number <> '' AND "
                                 "(state <> 'STOPPED' OR stop_date >= $2) ORDER BY account_id, "
                                 "agreement_id"};
constexpr db::Query kSaveState{"agreement_save_state",
                               "UPDATE agreement SET state = $3, start_date = $4, stop_date = $5 "
                               "WHERE account_id = $1 AND agreement_id = $2"};
constexpr db::Query kSaveMeter{
    "agreement_save_meter",
    "UPDATE agreement SET meter_number = $3, meter_size = $4, unit = $5, register_digits = $6, "
    "multiplier_thousandths = $7, installation_no = $8 WHERE account_id = $1 AND agreement_id = "
    "$2"};
constexpr db::Query kListOfCycle{"agreement_list_of_cycle", AGREEMENT_COLUMNS
                                 "WHERE cycle = $1 AND account_id > $2 AND account_id <= $3 AND "
                                 "state <> 'PENDING' AND start_date < $4 "
                                 "ORDER BY account_id, agreement_id"};
#undef AGREEMENT_COLUMNS
// Of agreements that cycle $1 bills to day $2, behind account $3. A walk over agreement_by_cycle
// from range to range: window functions over all of them take seven times as long.
constexpr db::Query kEndOfRange{
    "agreement_end_of_range",
    "SELECT e.account_id, (SELECT count(*) FROM agreement b WHERE b.account_id = e.account_id AND "
    "b.agreement_id > e.agreement_id AND b.cycle = $1 AND b.state <> 'PENDING' AND "
    "b.start_date < $2) FROM (SELECT account_id, agreement_id FROM agreement WHERE cycle = $1 AND "
    "account_id > $3 AND state <> 'PENDING' AND start_date < $2 ORDER BY account_id, agreement_id "
    "LIMIT 1 OFFSET $4) e"};
constexpr db::Query kRestOfCycle{
    "agreement_rest_of_cycle",
    "SELECT count(*), coalesce(max(account_id), 0) FROM agreement WHERE cycle = $1 AND "
    "account_id > $3 AND state <> 'PENDING' AND start_date < $2"};
// The combination behind the last one, by agreement_by_schedule: as many steps as combinations.
constexpr db::Query kNextScheduleOfCycle{
    "agreement_next_schedule_of_cycle",
    "SELECT schedule_code, service, unit FROM agreement WHERE cycle = $1 AND state <> 'PENDING' "
    "AND start_date < $2 AND (schedule_code, service, unit) > ($3, $4, $5) "
    "ORDER BY schedule_code, service, unit LIMIT 1"};

std::vector<Agreement> ToAgreements(const db::Rows& rows) {
  std::vector<Agreement> agreements;
  agreements.reserve(rows.size());
  for (const db::Rows::Row row : rows) {
    agreements.push_back({AccountId(row.Int(0)), row.Int(1), PremiseId(row.Int(2)), row.Text(3),
                          row.Text(4), row.Int(5), row.Text(6), row.Text(7),
                          static_cast<int>(row.Int(8)), row.Int(9), static_cast<int>(row.Int(10)),
                          row.Bool(11), ParseState(row.Text(12)), row.Day(13), row.MaybeDay(14),
                          row.Text(15), row.Int(16)});
  }
  return agreements;
}

}  // namespace

Cells FixedCellsOf(const NewAccount& account) {
  return CellsOf(account.account, account.premise, account.customer_class);
}

Cells FixedCellsOf(const Agreement& agreement) {
  Cells cells = CellsOf(agreement.account, agreement.agreement_id, agreement.premise,
                        agreement.service, agreement.schedule_code, agreement.quantity_thousandths,
                        agreement.meter_number, agreement.unit, agreement.register_digits,
                        agreement.multiplier_thousandths, agreement.cycle, agreement.in_service);
  // Sizes came later than the first accounts: without one the row is what it was then.
  if (!agreement.meter_size.empty()) cells.push_back(db::ToValue(agreement.meter_size));
  return cells;
}

std::string StateText(std::string_view state, std::string_view start_date,
                      std::string_view stop_date) {
  return "state=" + std::string(state) + ",start=" + std::string(start_date) +
         ",stop=" + std::string(stop_date);
}

std::string StateText(const Agreement& agreement) {
  return StateText(StateName(agreement.state), agreement.start_date.ToString(),
                   agreement.stop_date ? agreement.stop_date->ToString() : "");
}

bool HasAccount(db::Transaction& tx, AccountId account) {
  return !tx.Select(kHasAccount, account).empty();
}

void InsertAccounts(db::Transaction& tx, std::span<const NewAccount> accounts) {
  db::NewRows rows(kInsertAccounts);
  for (const NewAccount& added : accounts) {
    rows.Add(added.account, added.premise, added.customer_class,
             AccountStateName(AccountState::kOpen), 0, 0);
  }
  if (!rows.empty()) tx.InsertRows(rows);
}

bool CloseAccount(db::Transaction& tx, AccountId account) {
  return tx.Execute(kCloseAccount, account) == 1;
}

void InsertAgreements(db::Transaction& tx, std::span<const Agreement> agreements) {
  db::NewRows rows(kInsertAgreements);
  for (const Agreement& added : agreements) {
    rows.Add(added.account, added.agreement_id, added.premise, added.service, added.schedule_code,
             added.quantity_thousandths, added.meter_number, added.unit, added.register_digits,
             added.multiplier_thousandths, added.cycle, added.in_service, StateName(added.state),
             added.start_date, added.stop_date, added.meter_size, added.installation_no);
  }
  if (!rows.empty()) tx.InsertRows(rows);
}

std::vector<Agreement> LockAgreements(db::Transaction& tx, AccountId account) {
  return ToAgreements(tx.SelectForUpdate(kLockAgreements, account));
}

std::vector<std::vector<Agreement>> LockAgreementsOfMeters(
    db::Transaction& tx, std::span<const std::string> meter_numbers, std::optional<Date> since) {
  const std::string day = since ? since->ToString() : kNever;
  std::vector<std::vector<db::Value>> keys;
  for (const std::string& meter_number : meter_numbers) {
    keys.push_back({db::ToValue(meter_number), db::ToValue(day)});
  }
  std::vector<std::vector<Agreement>> found;
  found.reserve(keys.size());
  for (const db::Rows& rows : tx.SelectEach(kLockOfMeter, keys, /*lock_rows=*/true)) {
    found.push_back(ToAgreements(rows));
  }
  return found;
}

void SaveState(db::Transaction& tx, const Agreement& agreement) {
  const std::vector<db::Value> one[] = {
      {db::ToValue(agreement.account), db::ToValue(agreement.agreement_id),
       db::ToValue(StateName(agreement.state)), db::ToValue(agreement.start_date),
       db::ToValue(agreement.stop_date)}};
  tx.ExecuteEach(kSaveState, one);
}

void SaveMeter(db::Transaction& tx, const Agreement& agreement) {
  const std::vector<db::Value> one[] = {
      {db::ToValue(agreement.account), db::ToValue(agreement.agreement_id),
       db::ToValue(agreement.meter_number), db::ToValue(agreement.meter_size),
       db::ToValue(agreement.unit), db::ToValue(agreement.register_digits),
       db::ToValue(agreement.multiplier_thousandths), db::ToValue(agreement.installation_no)}};
  tx.ExecuteEach(kSaveMeter, one);
}

std::vector<Agreement> ListOfCycle(db::Transaction& tx, int cycle, Date period_end, AccountId after,
                                   AccountId through) {
  return ToAgreements(tx.Select(kListOfCycle, cycle, after, through, period_end));
}

std::vector<AccountRange> RangesOfCycle(db::Transaction& tx, int cycle, Date period_end,
                                        std::int64_t size) {
  std::vector<AccountRange> ranges;
  AccountId after;
  for (;;) {
    const db::Rows end = tx.Select(kEndOfRange, cycle, period_end, after, size - 1);
    if (end.empty()) break;
    ranges.push_back({after, AccountId(end[0].Int(0)), size + end[0].Int(1)});
    after = ranges.back().through;
  }
  const db::Rows rest = tx.Select(kRestOfCycle, cycle, period_end, after);
  if (rest[0].Int(0) > 0) ranges.push_back({after, AccountId(rest[0].Int(1)), rest[0].Int(0)});
  return ranges;
}

std::vector<ScheduleNeed> SchedulesOfCycle(db::Transaction& tx, int cycle, Date period_end) {
  std::vector<ScheduleNeed> needs;
  ScheduleNeed last;
  for (;;) {
    const db::Rows next = tx.Select(kNextScheduleOfCycle, cycle, period_end, last.schedule_code,
                                    last.service, last.unit);
    if (next.empty()) return needs;
    last = {next[0].Text(0), next[0].Text(1), next[0].Text(2)};
    needs.push_back(last);
  }
}

}  // namespace reeve::billing::agreement
