#include "services/account/account/account_import_service.h"

#include <map>
#include <set>
#include <utility>

#include "services/account/account/account_store.h"
#include "services/account/account/account_wire_service.h"
#include "services/account/customer/customer_service.h"
#include "services/account/customer/customer_store.h"
#include "services/account/premise/premise_store.h"
#include "services/account/wire.h"

namespace reeve::account {
namespace {

// Two hundred households of five services write some 4,000 rows in all, audit and events included.
constexpr int kRowsMax = 200;
constexpr int kPointsMax = 20;

ImportAccounts::Row ParseRow(Fields& fields, const std::string& path, const v1::AccountRow& from) {
  ImportAccounts::Row row{
      .line = static_cast<int>(fields.Range(path + ".line", from.line(), 1, 1'000'000'000)),
      .premise = PremiseId(fields.Id(path + ".premise_id", from.premise_id())),
      .customer = FromProto(fields, path + ".customer", from.customer()),
      .account = {.account = AccountId(from.account_id()),
                  .customer = CustomerId(fields.Id(path + ".customer_id", from.customer_id())),
                  .open_date = fields.CivilDate(path + ".open_date", from.open_date()),
                  .timely_since =
                      MaybeDate(fields, path + ".timely_since_date", from.timely_since_date())}};
  if (!IsAccountNumber(from.account_id()))
    fields.Refuse(path + ".account_id", "is not an account number: check its digits");
  if (from.agreements().empty() || from.agreements_size() > kPointsMax)
    fields.Refuse(path + ".agreements", "has not 1 to " + std::to_string(kPointsMax) + " elements");
  std::set<int> points;
  for (int i = 0; i < from.agreements_size() && i < kPointsMax; ++i) {
    const v1::AgreementRow& agreement = from.agreements(i);
    const std::string at = path + "." + At("agreements", i);
    if (!points.insert(agreement.service_point_no()).second)
      fields.Refuse(at + ".service_point_no", "is there twice");
    row.account.points.push_back(
        {.no = static_cast<int>(
             fields.Range(at + ".service_point_no", agreement.service_point_no(), 1, 99)),
         .start_date = fields.CivilDate(at + ".start_date", agreement.start_date()),
         .read_thousandths =
             fields.Range(at + ".start_read_thousandths", agreement.start_read_thousandths(), 0,
                          kReadThousandthsMax)});
  }
  return row;
}

// What is on file of the things that the rows name.
struct OnFile {
  std::vector<std::optional<Premise>> premises;
  std::vector<std::vector<Account>> at_premises;
  std::vector<std::optional<Account>> accounts;
};

OnFile LockAndFind(db::Transaction& tx, std::span<const ImportAccounts::Row> rows) {
  std::vector<PremiseId> premises;
  std::vector<AccountId> accounts;
  for (const ImportAccounts::Row& row : rows) {
    premises.push_back(row.premise);
    accounts.push_back(row.account.account);
  }
  LockPremises(tx, premises);
  return {FindPremises(tx, premises), OpenAccountsAt(tx, premises), FindAccounts(tx, accounts)};
}

// What will be put on file, as far as it was checked.
struct Intake {
  std::vector<Customer> customers;
  std::vector<Account> accounts;
  std::vector<std::size_t> rows;  // of the accounts
  std::map<CustomerId, CustomerDetails> known_customers;
  std::map<AccountId, int> account_lines;
};

void TakeCustomer(command::Change& change, const ImportAccounts::Row& row, const std::string& path,
                  Random& random, Intake& intake, Fields& fields) {
  const CustomerId id = row.account.customer;
  if (!intake.known_customers.contains(id)) {
    if (const std::optional<Customer> customer = FindCustomer(change.tx(), id)) {
      intake.known_customers.emplace(id, customer->details);
    } else {
      intake.customers.push_back(NewCustomer(change.call(), id, row.customer, random));
      intake.known_customers.emplace(id, row.customer);
    }
  }
  if (intake.known_customers.at(id) != row.customer)
    fields.Refuse(path + ".customer", "is on file with other contents");
}

void TakeRow(command::Change& change, const ImportAccounts::Row& row, std::size_t index,
             const OnFile& on_file, Random& random, Intake& intake, Fields& fields) {
  const std::string path = At("rows", index);
  if (const auto [twin, first] = intake.account_lines.emplace(row.account.account, row.line);
      !first) {
    fields.Refuse(path + ".account_id", "is on line " + std::to_string(twin->second) + " too");
    return;
  }
  if (!on_file.premises[index]) {
    fields.Refuse(path + ".premise_id", "has no location file");
    return;
  }
  if (const std::optional<Account>& account = on_file.accounts[index]) {
    if (!SameAccount(*account, row.account, row.premise))
      fields.Refuse(path + ".account_id", "is on file with other contents");
    return;
  }
  TakeCustomer(change, row, path, random, intake, fields);
  std::vector<Account> there = on_file.at_premises[index];
  for (const Account& account : intake.accounts) {
    if (account.premise == row.premise) there.push_back(account);
  }
  Result<Account> account = TakeOver(row.account, *on_file.premises[index], there);
  if (account.ok()) {
    intake.accounts.push_back(std::move(account).value());
    intake.rows.push_back(index);
  } else {
    fields.Refuse(path + ".agreements", account.error().message());
  }
}

}  // namespace

Canonical ImportAccounts::canonical() const {
  Canonical canonical("ImportAccounts", 1);
  canonical.List("rows", rows.size());
  for (const Row& row : rows) {
    canonical.Add("line", row.line)
        .Add("premise", row.premise.value())
        .Add("account", row.account.account.value())
        .Add("customer", row.account.customer.value())
        .Add("details", ToCanonicalText(row.customer))
        .Add("open_date", row.account.open_date.ToString())
        .Add("timely_since", ToText(row.account.timely_since))
        .List("points", row.account.points.size());
    for (const TakenOver::Point& point : row.account.points) {
      canonical.Add("no", point.no)
          .Add("start_date", point.start_date.ToString())
          .Add("read", point.read_thousandths);
    }
  }
  return canonical;
}

Result<ImportAccounts> Parse(const v1::ImportAccountsRequest& request) {
  Fields fields;
  ImportAccounts command{.request_id = fields.RequestId(request.request_id())};
  if (request.rows().empty() || request.rows_size() > kRowsMax)
    fields.Refuse("rows", "has not 1 to " + std::to_string(kRowsMax) + " elements");
  for (int i = 0; i < request.rows_size() && i < kRowsMax; ++i) {
    Fields of_row;
    command.rows.push_back(ParseRow(of_row, At("rows", i), request.rows(i)));
    RefuseLine(fields, request.rows(i).line(), of_row);
  }
  if (!fields.ok()) return fields.error();
  return command;
}

Result<v1::ImportAccountsResponse> Import(command::Change& change, const ImportAccounts& command,
                                          Random& random) {
  const OnFile on_file = LockAndFind(change.tx(), command.rows);
  Intake intake;
  Fields fields;
  for (std::size_t i = 0; i < command.rows.size(); ++i) {
    Fields of_row;
    TakeRow(change, command.rows[i], i, on_file, random, intake, of_row);
    RefuseLine(fields, command.rows[i].line, of_row);
  }
  if (!fields.ok()) return fields.error();

  AddCustomers(change, intake.customers);
  AddAccounts(change, intake.accounts);
  if (intake.accounts.empty()) {
    change.Audit({.entity = "account-file",
                  .entity_id = command.rows.front().account.account.ToString(),
                  .action = "repeat",
                  .before = "",
                  .after = "rows=" + std::to_string(command.rows.size())});
  }
  for (std::size_t i = 0; i < intake.accounts.size(); ++i) {
    StartReads reads;
    for (const TakenOver::Point& point : command.rows[intake.rows[i]].account.points)
      reads.emplace(point.no, point.read_thousandths);
    EmitOpened(change, intake.accounts[i], *on_file.premises[intake.rows[i]], {}, reads);
  }
  v1::ImportAccountsResponse answer;
  answer.set_imported(static_cast<int>(intake.accounts.size()));
  answer.set_unchanged(static_cast<int>(command.rows.size() - intake.accounts.size()));
  return answer;
}

}  // namespace reeve::account
