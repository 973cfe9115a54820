#include "services/account/account/account_store.h"

namespace reeve::account {
namespace {

using db::ColumnType;

const db::InsertInto kIntoAccount{"account_insert",
                                  "account",
                                  {{"account_id"},
                                   {"version"},
                                   {"premise_id"},
                                   {"customer_id"},
                                   {"customer_class", ColumnType::kText},
                                   {"state", ColumnType::kText},
                                   {"open_date", ColumnType::kText},
                                   {"close_date", ColumnType::kText},
                                   {"application_id"},
                                   {"timely_since_date", ColumnType::kText}}};
const db::InsertInto kIntoAgreement{"agreement_insert",
                                    "agreement",
                                    {{"premise_id"},
                                     {"agreement_id"},
                                     {"account_id"},
                                     {"service_point_no"},
                                     {"service", ColumnType::kText},
                                     {"schedule_code", ColumnType::kText},
                                     {"quantity_thousandths"},
                                     {"state", ColumnType::kText},
                                     {"start_date", ColumnType::kText},
                                     {"stop_date", ColumnType::kText}}};

constexpr db::Query kUpdateAccount{"account_update",
                                   "UPDATE account SET version = $2, state = $3, close_date = $4 "
                                   "WHERE account_id = $1 AND version = $2 - 1"};
constexpr db::Query kUpdateAgreement{
    "agreement_update",
    "UPDATE agreement SET state = $3, start_date = $4, stop_date = $5 "
    "WHERE premise_id = $1 AND agreement_id = $2"};
constexpr db::Query kFind{
    "account_find",
    "SELECT account_id, version, premise_id, customer_id, customer_class, state, open_date, "
    "close_date, application_id, timely_since_date FROM account WHERE account_id = $1"};
constexpr db::Query kAgreements{
    "agreement_list",
    "SELECT agreement_id, service_point_no, service, schedule_code, quantity_thousandths, state, "
    "start_date, stop_date FROM agreement WHERE account_id = $1 ORDER BY service_point_no"};
constexpr db::Query kOpenAt{
    "account_open_at",
    "SELECT account_id FROM account WHERE premise_id = $1 AND state = 'OPEN' ORDER BY account_id"};
constexpr db::Query kByCustomer{
    "account_list_by_customer",
    "SELECT open_date, account_id FROM account WHERE customer_id = $1 AND "
    "(open_date < $2 OR (open_date = $2 AND account_id > $3)) "
    "ORDER BY open_date DESC, account_id LIMIT $4"};
constexpr db::Query kByPremise{
    "account_list_by_premise",
    "SELECT open_date, account_id FROM account WHERE premise_id = $1 AND "
    "(open_date < $2 OR (open_date = $2 AND account_id > $3)) "
    "ORDER BY open_date DESC, account_id LIMIT $4"};

std::optional<Account> ReadAccount(const db::Rows& accounts, const db::Rows& agreements) {
  if (accounts.empty()) return std::nullopt;
  const db::Rows::Row row = accounts[0];
  Account account{.id = AccountId(row.Int(0)),
                  .premise = PremiseId(row.Int(2)),
                  .customer = CustomerId(row.Int(3)),
                  .customer_class = kCustomerClassName.Read(row.Text(4)),
                  .state = kAccountStateName.Read(row.Text(5)),
                  .open_date = row.Day(6),
                  .close_date = row.MaybeDay(7),
                  .application = ApplicationId(row.Int(8)),
                  .timely_since = row.MaybeDay(9),
                  .version = row.Int(1)};
  for (const db::Rows::Row agreement : agreements) {
    account.agreements.push_back({.id = AgreementId(agreement.Int(0)),
                                  .point_no = static_cast<int>(agreement.Int(1)),
                                  .service = agreement.Text(2),
                                  .schedule_code = agreement.Text(3),
                                  .quantity_thousandths = agreement.Int(4),
                                  .state = kAgreementStateName.Read(agreement.Text(5)),
                                  .start_date = agreement.Day(6),
                                  .stop_date = agreement.MaybeDay(7)});
  }
  return account;
}

std::vector<AccountPlace> ReadPlaces(const db::Rows& rows) {
  std::vector<AccountPlace> places;
  for (const db::Rows::Row row : rows) places.push_back({row.Text(0), AccountId(row.Int(1))});
  return places;
}

template <class Ids>
std::vector<std::vector<db::Value>> Keys(const Ids& ids) {
  std::vector<std::vector<db::Value>> keys;
  for (const auto id : ids) keys.push_back({db::ToValue(id)});
  return keys;
}

}  // namespace

void InsertAccounts(db::Transaction& tx, std::span<const Account> accounts) {
  if (accounts.empty()) return;
  db::NewRows rows(kIntoAccount);
  db::NewRows agreements(kIntoAgreement);
  for (const Account& account : accounts) {
    rows.Add(account.id, account.version, account.premise, account.customer,
             kCustomerClassName(account.customer_class), kAccountStateName(account.state),
             account.open_date, account.close_date, account.application, account.timely_since);
    for (const Agreement& agreement : account.agreements) {
      agreements.Add(account.premise, agreement.id, account.id, agreement.point_no,
                     agreement.service, agreement.schedule_code, agreement.quantity_thousandths,
                     kAgreementStateName(agreement.state), agreement.start_date,
                     agreement.stop_date);
    }
  }
  tx.InsertRows(rows);
  tx.InsertRows(agreements);
}

Result<> UpdateAccount(db::Transaction& tx, const Account& account) {
  REEVE_RETURN_IF_ERROR(tx.ExecuteOne(kUpdateAccount, account.id, account.version,
                                      kAccountStateName(account.state), account.close_date));
  std::vector<std::vector<db::Value>> agreements;
  for (const Agreement& agreement : account.agreements) {
    agreements.push_back({db::ToValue(account.premise), db::ToValue(agreement.id),
                          db::ToValue(kAgreementStateName(agreement.state)),
                          db::ToValue(agreement.start_date), db::ToValue(agreement.stop_date)});
  }
  tx.ExecuteEach(kUpdateAgreement, agreements);
  return Ok();
}

std::optional<Account> FindAccount(db::Transaction& tx, AccountId id) {
  return ReadAccount(tx.Select(kFind, id), tx.Select(kAgreements, id));
}

std::vector<std::optional<Account>> FindAccounts(db::Transaction& tx,
                                                 std::span<const AccountId> ids) {
  const std::vector<std::vector<db::Value>> keys = Keys(ids);
  const std::vector<db::Rows> accounts = tx.SelectEach(kFind, keys);
  const std::vector<db::Rows> agreements = tx.SelectEach(kAgreements, keys);
  std::vector<std::optional<Account>> found;
  for (std::size_t i = 0; i < ids.size(); ++i)
    found.push_back(ReadAccount(accounts[i], agreements[i]));
  return found;
}

std::vector<std::vector<Account>> OpenAccountsAt(db::Transaction& tx,
                                                 std::span<const PremiseId> premises) {
  std::vector<AccountId> ids;
  std::vector<std::size_t> counts;
  for (const db::Rows& rows : tx.SelectEach(kOpenAt, Keys(premises))) {
    for (const db::Rows::Row row : rows) ids.emplace_back(row.Int(0));
    counts.push_back(rows.size());
  }
  std::vector<std::optional<Account>> accounts = FindAccounts(tx, ids);
  std::vector<std::vector<Account>> found;
  std::size_t next = 0;
  for (const std::size_t count : counts) {
    std::vector<Account>& at_premise = found.emplace_back();
    for (std::size_t i = 0; i < count; ++i) at_premise.push_back(*std::move(accounts[next++]));
  }
  return found;
}

std::vector<Account> OpenAccountsAt(db::Transaction& tx, PremiseId premise) {
  return OpenAccountsAt(tx, std::span(&premise, 1)).front();
}

std::vector<AccountPlace> ListByCustomer(db::Transaction& tx, CustomerId customer,
                                         const AccountPlace& after, int limit) {
  return ReadPlaces(tx.Select(kByCustomer, customer, after.open_date, after.account, limit));
}

std::vector<AccountPlace> ListByPremise(db::Transaction& tx, PremiseId premise,
                                        const AccountPlace& after, int limit) {
  return ReadPlaces(tx.Select(kByPremise, premise, after.open_date, after.account, limit));
}

}  // namespace reeve::account
