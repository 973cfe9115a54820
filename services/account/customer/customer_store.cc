#include "services/account/customer/customer_store.h"

namespace reeve::account {
namespace {

using db::ColumnType;

const db::InsertInto kIntoCustomer{"customer_insert",
                                   "customer",
                                   {{"customer_id"},
                                    {"version"},
                                    {"kind", ColumnType::kText},
                                    {"name", ColumnType::kText},
                                    {"other_name", ColumnType::kText},
                                    {"mobile_phone", ColumnType::kText},
                                    {"home_phone", ColumnType::kText},
                                    {"work_phone", ColumnType::kText},
                                    {"email", ColumnType::kText},
                                    {"mailing_street", ColumnType::kText},
                                    {"mailing_unit", ColumnType::kText},
                                    {"mailing_city", ColumnType::kText},
                                    {"mailing_region", ColumnType::kText},
                                    {"mailing_postal_code", ColumnType::kText},
                                    {"language", ColumnType::kText},
                                    {"verification", ColumnType::kText},
                                    {"salt", ColumnType::kText},
                                    {"created_time"}}};
const db::InsertInto kIntoKey{
    "customer_key_insert",
    "customer_key",
    {{"customer_id"}, {"kind", ColumnType::kText}, {"search_key", ColumnType::kText}}};
const db::InsertInto kIntoChange{"customer_change_insert",
                                 "customer_change",
                                 {{"customer_id"},
                                  {"version"},
                                  {"field", ColumnType::kText},
                                  {"before_value", ColumnType::kText},
                                  {"after_value", ColumnType::kText},
                                  {"changed_by", ColumnType::kText},
                                  {"changed_time"}}};

constexpr db::Query kUpdate{
    "customer_update",
    "UPDATE customer SET version = $2, kind = $3, name = $4, other_name = $5, mobile_phone = $6, "
    "home_phone = $7, work_phone = $8, email = $9, mailing_street = $10, mailing_unit = $11, "
    "mailing_city = $12, mailing_region = $13, mailing_postal_code = $14, language = $15, "
    "verification = $16 WHERE customer_id = $1 AND version = $2 - 1"};
constexpr db::Query kFind{
    "customer_find",
    "SELECT customer_id, version, kind, name, other_name, mobile_phone, home_phone, work_phone, "
    "email, mailing_street, mailing_unit, mailing_city, mailing_region, mailing_postal_code, "
    "language, verification, salt, created_time FROM customer WHERE customer_id = $1"};
constexpr db::Query kDeleteKeys{"customer_key_delete",
                                "DELETE FROM customer_key WHERE customer_id = $1"};
constexpr db::Query kListChanges{
    "customer_change_list",
    "SELECT customer_id, version, field, before_value, after_value, changed_by, changed_time "
    "FROM customer_change WHERE customer_id = $1 AND (version < $2 OR (version = $2 AND field > "
    "$3)) "
    "ORDER BY version DESC, field LIMIT $4"};
constexpr db::Query kFindByKey{
    "customer_find_by_key",
    "SELECT DISTINCT customer_id FROM customer_key WHERE kind = $1 AND search_key >= $2 AND "
    "search_key <= $3 AND customer_id > $4 ORDER BY customer_id LIMIT $5"};
constexpr db::Query kFindByAddress{
    "customer_find_by_address",
    "SELECT DISTINCT account.customer_id FROM premise JOIN account ON account.premise_id = "
    "premise.premise_id WHERE premise.address_key >= $1 AND premise.address_key <= $2 AND "
    "account.customer_id > $3 ORDER BY account.customer_id LIMIT $4"};

void InsertKeys(db::Transaction& tx, std::span<const Customer> customers) {
  db::NewRows keys(kIntoKey);
  for (const Customer& customer : customers) {
    for (const SearchKey& key : SearchKeys(customer.details))
      keys.Add(customer.id, kKeyKindName(key.kind), key.key);
  }
  if (!keys.empty()) tx.InsertRows(keys);
}

std::optional<Customer> ReadCustomer(const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  const db::Rows::Row row = rows[0];
  return Customer{.id = CustomerId(row.Int(0)),
                  .details = {.kind = kCustomerKindName.Read(row.Text(2)),
                              .name = row.Text(3),
                              .other_name = row.Text(4),
                              .mobile_phone = row.Text(5),
                              .home_phone = row.Text(6),
                              .work_phone = row.Text(7),
                              .email = row.Text(8),
                              .mailing = {.street = row.Text(9),
                                          .unit = row.Text(10),
                                          .city = row.Text(11),
                                          .region = row.Text(12),
                                          .postal_code = row.Text(13)},
                              .language = row.Text(14),
                              .verification = kVerificationName.Read(row.Text(15))},
                  .version = row.Int(1),
                  .salt = row.Text(16),
                  .created_time = row.Time(17)};
}

std::vector<CustomerId> ReadIds(const db::Rows& rows) {
  std::vector<CustomerId> ids;
  for (const db::Rows::Row row : rows) ids.emplace_back(row.Int(0));
  return ids;
}

}  // namespace

void InsertCustomers(db::Transaction& tx, std::span<const Customer> customers) {
  db::NewRows rows(kIntoCustomer);
  for (const Customer& customer : customers) {
    const CustomerDetails& d = customer.details;
    rows.Add(customer.id, customer.version, kCustomerKindName(d.kind), d.name, d.other_name,
             d.mobile_phone, d.home_phone, d.work_phone, d.email, d.mailing.street, d.mailing.unit,
             d.mailing.city, d.mailing.region, d.mailing.postal_code, d.language,
             kVerificationName(d.verification), customer.salt, customer.created_time);
  }
  tx.InsertRows(rows);
  InsertKeys(tx, customers);
}

Result<> SaveCustomer(db::Transaction& tx, const Customer& customer) {
  const CustomerDetails& d = customer.details;
  REEVE_RETURN_IF_ERROR(
      tx.ExecuteOne(kUpdate, customer.id, customer.version, kCustomerKindName(d.kind), d.name,
                    d.other_name, d.mobile_phone, d.home_phone, d.work_phone, d.email,
                    d.mailing.street, d.mailing.unit, d.mailing.city, d.mailing.region,
                    d.mailing.postal_code, d.language, kVerificationName(d.verification)));
  tx.Execute(kDeleteKeys, customer.id);
  InsertKeys(tx, std::span(&customer, 1));
  return Ok();
}

std::optional<Customer> FindCustomer(db::Transaction& tx, CustomerId id) {
  return ReadCustomer(tx.Select(kFind, id));
}

std::optional<Customer> FindCustomerForUpdate(db::Transaction& tx, CustomerId id) {
  return ReadCustomer(tx.SelectForUpdate(kFind, id));
}

void InsertChanges(db::Transaction& tx, std::span<const CustomerChange> changes) {
  if (changes.empty()) return;
  db::NewRows rows(kIntoChange);
  for (const CustomerChange& c : changes) {
    rows.Add(c.customer, c.version, c.change.field, c.change.before, c.change.after, c.changed_by,
             c.changed_time);
  }
  tx.InsertRows(rows);
}

std::vector<CustomerChange> ListChanges(db::Transaction& tx, CustomerId id,
                                        std::int64_t before_version, const std::string& after_field,
                                        int limit) {
  std::vector<CustomerChange> changes;
  for (const db::Rows::Row row : tx.Select(kListChanges, id, before_version, after_field, limit)) {
    changes.push_back({.customer = CustomerId(row.Int(0)),
                       .version = row.Int(1),
                       .change = {row.Text(2), row.Text(3), row.Text(4)},
                       .changed_by = row.Text(5),
                       .changed_time = row.Time(6)});
  }
  return changes;
}

std::vector<CustomerId> FindByKey(db::Transaction& tx, const SearchKey& key, CustomerId after,
                                  int limit) {
  return ReadIds(tx.Select(kFindByKey, kKeyKindName(key.kind), key.key,
                           key.kind == KeyKind::kName ? PrefixEnd(key.key) : key.key, after,
                           limit));
}

std::vector<CustomerId> FindByAddress(db::Transaction& tx, const Search& search, CustomerId after,
                                      int limit) {
  return ReadIds(tx.Select(
      kFindByAddress, search.address_key,
      search.whole_address ? search.address_key : PrefixEnd(search.address_key), after, limit));
}

}  // namespace reeve::account
