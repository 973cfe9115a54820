#include "services/billing/receivable/books_store.h"

#include <algorithm>

#include "services/billing/listed.h"
#include "services/billing/receivable/accounting_store.h"
#include "shared/core/decimal.h"
#include "shared/core/spelling.h"

namespace reeve::billing::receivable {
namespace {

using db::ColumnType;
using db::ToValue;
using Parameters = std::vector<std::vector<db::Value>>;

constexpr db::Query kLockAccount{"books_lock_account",
                                 "SELECT account_id, premise_id, credit_cents, open_disconnect_id "
                                 "FROM billing_account WHERE account_id = $1"};
constexpr db::Query kOpenCharges{
    "books_open_charges",
    "SELECT account_id, charge_id, service, kind, description, due_date, amount_cents, open_cents, "
    "application_id, entry_id, cancelled FROM charge WHERE account_id = $1 AND open_cents > 0 "
    "ORDER BY "
    "charge_id"};
constexpr db::Query kChargeById{
    "books_charge",
    "SELECT account_id, charge_id, service, kind, description, due_date, amount_cents, open_cents, "
    "application_id, entry_id, cancelled FROM charge WHERE account_id = $1 AND charge_id = $2"};

const db::InsertInto kInsertEntries{"journal_entry_insert",
                                    "journal_entry",
                                    {{"account_id"},
                                     {"entry_id"},
                                     {"kind", ColumnType::kText},
                                     {"source", ColumnType::kText},
                                     {"business_date", ColumnType::kText},
                                     {"posted_time"},
                                     {"accounting_date", ColumnType::kText},
                                     {"sum_id"}}};
const db::InsertInto kInsertPostings{"posting_insert",
                                     "posting",
                                     {{"account_id"},
                                      {"entry_id"},
                                      {"line_no"},
                                      {"ledger_account", ColumnType::kText},
                                      {"fund", ColumnType::kText},
                                      {"amount_cents"}}};
const db::InsertInto kInsertAllocations{
    "allocation_insert",
    "allocation",
    {{"account_id"}, {"entry_id"}, {"line_no"}, {"charge_id"}, {"amount_cents"}}};
const db::InsertInto kInsertCharges{"charge_insert",
                                    "charge",
                                    {{"account_id"},
                                     {"charge_id"},
                                     {"entry_id"},
                                     {"service", ColumnType::kText},
                                     {"kind", ColumnType::kText},
                                     {"description", ColumnType::kText},
                                     {"due_date", ColumnType::kText},
                                     {"application_id"},
                                     {"amount_cents"},
                                     {"open_cents"},
                                     {"cancelled"}}};
constexpr db::Query kSaveCharge{
    "charge_save",
    "UPDATE charge SET open_cents = $3, cancelled = $4 WHERE account_id = $1 AND charge_id = $2"};
constexpr db::Query kSaveCredit{
    "books_save_credit", "UPDATE billing_account SET credit_cents = $2 WHERE account_id = $1"};
constexpr db::Query kHasEntry{
    "journal_entry_has",
    "SELECT entry_id FROM journal_entry WHERE account_id = $1 AND entry_id = $2"};
constexpr db::Query kSaveOpenDisconnect{
    "books_save_disconnect",
    "UPDATE billing_account SET open_disconnect_id = $2 WHERE account_id = $1"};

constexpr db::Query kFindPayment{
    "payment_credit_find",
    "SELECT account_id, payment_id, state, entry_id, amount_cents, directions, business_date, "
    "reason FROM payment_credit WHERE account_id = $1 AND payment_id = $2"};
constexpr db::Query kUnappliedOf{
    "payment_credit_unapplied_of",
    "SELECT account_id, payment_id, state, entry_id, amount_cents, directions, business_date, "
    "reason FROM payment_credit WHERE account_id = $1 AND state = 'UNAPPLIED' "
    "ORDER BY account_id, payment_id"};
constexpr db::Query kListUnapplied{
    "payment_credit_list_unapplied",
    "SELECT account_id, payment_id, state, entry_id, amount_cents, directions, business_date, "
    "reason FROM payment_credit WHERE state = 'UNAPPLIED' AND (account_id > $1 OR "
    "(account_id = $1 AND payment_id > $2)) ORDER BY account_id, payment_id LIMIT $3"};
const db::InsertInto kInsertPayments{"payment_credit_insert",
                                     "payment_credit",
                                     {{"account_id"},
                                      {"payment_id", ColumnType::kText},
                                      {"state", ColumnType::kText},
                                      {"entry_id"},
                                      {"amount_cents"},
                                      {"directions", ColumnType::kText},
                                      {"business_date", ColumnType::kText},
                                      {"reason", ColumnType::kText}}};
constexpr db::Query kSavePaymentState{
    "payment_credit_save",
    "UPDATE payment_credit SET state = $3, entry_id = $4, reason = $5 "
    "WHERE account_id = $1 AND payment_id = $2"};

constexpr db::Query kAllocationsOf{
    "allocation_of_entry",
    "SELECT charge_id, amount_cents FROM allocation WHERE account_id = $1 AND entry_id = $2 "
    "ORDER BY line_no"};
constexpr db::Query kCreditUses{
    "allocation_credit_uses",
    "SELECT a.charge_id, CAST(sum(a.amount_cents) AS BIGINT), max(e.posted_time) "
    "FROM allocation a JOIN journal_entry e ON e.account_id = a.account_id AND "
    "e.entry_id = a.entry_id JOIN charge c ON c.account_id = a.account_id AND "
    "c.charge_id = a.charge_id WHERE a.account_id = $1 AND e.kind = 'CREDIT' AND c.cancelled = 0 "
    "GROUP BY a.charge_id HAVING CAST(sum(a.amount_cents) AS BIGINT) > 0 "
    "ORDER BY max(e.posted_time) DESC, a.charge_id DESC"};
constexpr db::Query kDepositsHeld{
    "charge_deposits_held",
    "SELECT CAST(coalesce(sum(amount_cents - open_cents), 0) AS BIGINT) FROM charge "
    "WHERE account_id = $1 AND kind = 'DEPOSIT'"};
constexpr db::Query kListEntries{
    "journal_entry_list",
    "SELECT entry_id, kind, source, business_date, posted_time FROM journal_entry "
    "WHERE account_id = $1 AND (posted_time < $2 OR (posted_time = $2 AND entry_id < $3)) "
    "ORDER BY posted_time DESC, entry_id DESC LIMIT $4"};
constexpr db::Query kPostingsOf{
    "posting_of_entry",
    "SELECT ledger_account, fund, amount_cents FROM posting WHERE account_id = $1 AND "
    "entry_id = $2 ORDER BY line_no"};

constexpr db::Query kPolicyInForce{
    "allocation_policy_in_force",
    "SELECT effective_date, citation, order_keys, services, kinds, pro_rata FROM allocation_policy "
    "WHERE effective_date <= $1 ORDER BY effective_date DESC LIMIT 1"};
constexpr db::Query kHasPolicy{
    "allocation_policy_has",
    "SELECT effective_date FROM allocation_policy WHERE effective_date = $1"};
constexpr db::Query kInsertPolicy{
    "allocation_policy_insert",
    "INSERT INTO allocation_policy (effective_date, citation, order_keys, services, kinds, "
    "pro_rata) VALUES ($1, $2, $3, $4, $5, $6)"};

constexpr Spelling<PaymentState, 3> kPaymentStates{{"APPLIED", "UNAPPLIED", "REVERSED"}};
constexpr Spelling<OrderKey, 3> kOrderKeys{{"AGE", "SERVICE", "KIND"}};

Charge ToCharge(db::Rows::Row row) {
  return {row.Int(1),   row.Text(2), ParseChargeKind(row.Text(3)),
          row.Text(4),  row.Day(5),  row.Cents(6),
          row.Cents(7), row.Int(8),  row.Int(9),
          row.Bool(10)};
}

}  // namespace

std::string DirectionsText(std::span<const Direction> directions) {
  std::vector<std::string> items;
  for (const Direction& direction : directions) {
    items.push_back(direction.service + "=" + std::to_string(direction.amount.cents()));
  }
  return JoinList(items);
}

namespace {

std::vector<Direction> ParseDirections(const std::string& text) {
  std::vector<Direction> directions;
  for (const std::string& item : SplitList(text)) {
    const auto [service, cents] = SplitPair(item, '=');
    directions.push_back({service, Money::Cents(ParseDecimal(cents, 0, Money::kMaxCents).value())});
  }
  return directions;
}

PaymentCredit ToPayment(db::Rows::Row row) {
  return {AccountId(row.Int(0)),
          row.Text(1),
          kPaymentStates.Read(row.Text(2)),
          row.Int(3),
          row.Cents(4),
          ParseDirections(row.Text(5)),
          row.Day(6),
          row.Text(7)};
}

void AddEntry(AccountId account, const Entry& entry, Instant now, SavedSums& sums,
              db::NewRows& entries, db::NewRows& postings, db::NewRows& allocations) {
  entries.Add(account, entry.entry_id, EntryKindName(entry.kind), entry.source, entry.business_date,
              now, sums.AccountingDateOf(entry.business_date), sums.sum_id());
  sums.Add(entry);
  for (std::size_t i = 0; i < entry.postings.size(); ++i) {
    const Posting& posting = entry.postings[i];
    postings.Add(account, entry.entry_id, i + 1, posting.ledger_account, posting.fund,
                 posting.amount);
  }
  for (std::size_t i = 0; i < entry.allocations.size(); ++i) {
    allocations.Add(account, entry.entry_id, i + 1, entry.allocations[i].charge_id,
                    entry.allocations[i].amount);
  }
}

void InsertAll(db::Transaction& tx, std::initializer_list<const db::NewRows*> sets) {
  for (const db::NewRows* rows : sets) {
    if (!rows->empty()) tx.InsertRows(*rows);
  }
}

OpenBooks ToBooks(db::Rows::Row account, std::vector<Charge> charges) {
  return {Books(AccountId(account.Int(0)), PremiseId(account.Int(1)), account.Cents(2),
                std::move(charges)),
          account.Int(3)};
}

std::vector<Charge> ToCharges(const db::Rows& rows) {
  std::vector<Charge> charges;
  charges.reserve(rows.size());
  for (const db::Rows::Row row : rows) charges.push_back(ToCharge(row));
  return charges;
}

// The open ones, and those of the ids.
std::vector<Charge> ChargesOf(db::Transaction& tx, AccountId account,
                              std::span<const std::int64_t> charge_ids) {
  std::vector<Charge> charges = ToCharges(tx.Select(kOpenCharges, account));
  for (const std::int64_t charge_id : charge_ids) {
    const bool loaded = std::any_of(charges.begin(), charges.end(), [&](const Charge& charge) {
      return charge.charge_id == charge_id;
    });
    if (!loaded) charges.push_back(ToCharge(tx.Select(kChargeById, account, charge_id)[0]));
  }
  return charges;
}

// Holds the accounts in their order; loads the open charges of those that `wanted` says.
template <class Wanted>
std::map<AccountId, OpenBooks> Lock(db::Transaction& tx, const std::set<AccountId>& accounts,
                                    const Wanted& wanted) {
  std::map<AccountId, OpenBooks> found;
  if (accounts.empty()) return found;
  Parameters keys;
  for (const AccountId account : accounts) keys.push_back({ToValue(account)});
  const std::vector<db::Rows> rows = tx.SelectEach(kLockAccount, keys, /*lock_rows=*/true);
  Parameters charge_keys;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!rows[i].empty() && wanted(rows[i][0])) charge_keys.push_back(keys[i]);
  }
  std::map<AccountId, std::vector<Charge>> charges;
  if (!charge_keys.empty()) {
    for (const db::Rows& open : tx.SelectEach(kOpenCharges, charge_keys)) {
      if (!open.empty()) charges[AccountId(open[0].Int(0))] = ToCharges(open);
    }
  }
  for (const db::Rows& row : rows) {
    if (row.empty()) continue;
    const AccountId account(row[0].Int(0));
    found.emplace(account, ToBooks(row[0], std::move(charges[account])));
  }
  return found;
}

}  // namespace

std::map<AccountId, OpenBooks> LockBooks(db::Transaction& tx, const std::set<AccountId>& accounts) {
  return Lock(tx, accounts, [](db::Rows::Row) { return true; });
}

std::map<AccountId, OpenBooks> LockBooksToCharge(db::Transaction& tx,
                                                 const std::set<AccountId>& accounts) {
  return Lock(tx, accounts, [](db::Rows::Row account) {
    return account.Int(2) > 0 || account.Int(3) != 0;  // credit, a cut
  });
}

std::optional<OpenBooks> LockBooksFor(db::Transaction& tx, AccountId account,
                                      std::span<const std::int64_t> charge_ids) {
  const db::Rows rows = tx.SelectForUpdate(kLockAccount, account);
  if (rows.empty()) return std::nullopt;
  return ToBooks(rows[0], ChargesOf(tx, account, charge_ids));
}

std::optional<Books> ReadBooks(db::Transaction& tx, AccountId account,
                               std::span<const std::int64_t> charge_ids) {
  const db::Rows rows = tx.Select(kLockAccount, account);
  if (rows.empty()) return std::nullopt;
  return ToBooks(rows[0], ChargesOf(tx, account, charge_ids)).books;
}

void SaveBooks(db::Transaction& tx, std::span<const Books* const> all, Instant now) {
  const auto first = std::find_if(all.begin(), all.end(),
                                  [](const Books* books) { return !books->entries().empty(); });
  if (first == all.end()) return;
  SavedSums sums(tx, (*first)->account(), (*first)->entries().front().entry_id);
  db::NewRows entries(kInsertEntries);
  db::NewRows postings(kInsertPostings);
  db::NewRows allocations(kInsertAllocations);
  db::NewRows charges(kInsertCharges);
  Parameters changed_charges;
  Parameters changed_credits;
  for (const Books* books : all) {
    if (books->entries().empty()) continue;
    for (const Entry& entry : books->entries()) {
      AddEntry(books->account(), entry, now, sums, entries, postings, allocations);
    }
    for (std::size_t i = 0; i < books->charges().size(); ++i) {
      const Charge& charge = books->charges()[i];
      if (i >= books->first_new_charge()) {
        charges.Add(books->account(), charge.charge_id, charge.entry_id, charge.service,
                    ChargeKindName(charge.kind), charge.description, charge.due_date,
                    charge.application_id, charge.amount, charge.open, charge.cancelled);
      } else if (books->IsTouched(i)) {
        changed_charges.push_back({ToValue(books->account()), ToValue(charge.charge_id),
                                   ToValue(charge.open), ToValue(charge.cancelled)});
      }
    }
    if (books->CreditHasChanged()) {
      changed_credits.push_back({ToValue(books->account()), ToValue(books->credit())});
    }
  }
  InsertAll(tx, {&entries, &postings, &allocations, &charges});
  sums.Insert(tx);
  if (!changed_charges.empty()) tx.ExecuteEach(kSaveCharge, changed_charges);
  if (!changed_credits.empty()) tx.ExecuteEach(kSaveCredit, changed_credits);
}

void InsertEntries(db::Transaction& tx, AccountId account, std::span<const Entry> added,
                   Instant now) {
  if (added.empty()) return;
  SavedSums sums(tx, account, added.front().entry_id);
  db::NewRows entries(kInsertEntries);
  db::NewRows postings(kInsertPostings);
  db::NewRows allocations(kInsertAllocations);
  for (const Entry& entry : added) {
    AddEntry(account, entry, now, sums, entries, postings, allocations);
  }
  InsertAll(tx, {&entries, &postings, &allocations});
  sums.Insert(tx);
}

RowDigest DigestOfApplication(AccountId account, std::int64_t entry_id, Date business_date,
                              std::vector<Charge> charges) {
  std::sort(charges.begin(), charges.end(),
            [](const Charge& a, const Charge& b) { return a.charge_id < b.charge_id; });
  RowDigest digest;
  for (const Charge& charge : charges) {
    digest.Add(CellsOf(account, entry_id, business_date, charge.charge_id, charge.service,
                       ChargeKindName(charge.kind), charge.description, charge.due_date,
                       charge.application_id, charge.amount));
  }
  return digest;
}

bool HasEntry(db::Transaction& tx, AccountId account, std::int64_t entry_id) {
  return !tx.Select(kHasEntry, account, entry_id).empty();
}

void SaveOpenDisconnect(db::Transaction& tx, AccountId account, std::int64_t disconnect_id) {
  const std::vector<db::Value> one[] = {{ToValue(account), ToValue(disconnect_id)}};
  tx.ExecuteEach(kSaveOpenDisconnect, one);
}

std::set<PaymentKey> KnownPayments(db::Transaction& tx, std::span<const PaymentKey> keys) {
  Parameters parameters;
  for (const auto& [account, payment_id] : keys) {
    parameters.push_back({ToValue(account), ToValue(payment_id)});
  }
  std::set<PaymentKey> known;
  for (const db::Rows& rows : tx.SelectEach(kFindPayment, parameters)) {
    if (!rows.empty()) known.emplace(AccountId(rows[0].Int(0)), rows[0].Text(1));
  }
  return known;
}

std::optional<PaymentCredit> LockPayment(db::Transaction& tx, const PaymentKey& key) {
  const db::Rows rows = tx.SelectForUpdate(kFindPayment, key.first, key.second);
  if (rows.empty()) return std::nullopt;
  return ToPayment(rows[0]);
}

std::vector<AccountId> AccountsWithUnapplied(db::Transaction& tx,
                                             std::span<const AccountId> accounts) {
  Parameters keys;
  for (const AccountId account : accounts) keys.push_back({ToValue(account)});
  std::vector<AccountId> found;
  for (const db::Rows& rows : tx.SelectEach(kUnappliedOf, keys)) {
    if (!rows.empty()) found.emplace_back(rows[0].Int(0));
  }
  return found;
}

std::vector<PaymentCredit> LockUnapplied(db::Transaction& tx, AccountId account) {
  std::vector<PaymentCredit> payments;
  for (const db::Rows::Row row : tx.SelectForUpdate(kUnappliedOf, account)) {
    payments.push_back(ToPayment(row));
  }
  return payments;
}

void InsertPayments(db::Transaction& tx, std::span<const PaymentCredit> payments) {
  db::NewRows rows(kInsertPayments);
  for (const PaymentCredit& payment : payments) {
    rows.Add(payment.account, payment.payment_id, kPaymentStates(payment.state), payment.entry_id,
             payment.amount, DirectionsText(payment.directions), payment.business_date,
             payment.reason);
  }
  if (!rows.empty()) tx.InsertRows(rows);
}

void SavePaymentState(db::Transaction& tx, const PaymentCredit& payment) {
  const std::vector<db::Value> one[] = {{ToValue(payment.account), ToValue(payment.payment_id),
                                         ToValue(kPaymentStates(payment.state)),
                                         ToValue(payment.entry_id), ToValue(payment.reason)}};
  tx.ExecuteEach(kSavePaymentState, one);
}

std::vector<PaymentCredit> ListUnapplied(db::Transaction& tx, const PaymentKey& after,
                                         std::int64_t limit) {
  std::vector<PaymentCredit> payments;
  for (const db::Rows::Row row : tx.Select(kListUnapplied, after.first, after.second, limit)) {
    payments.push_back(ToPayment(row));
  }
  return payments;
}

std::vector<AllocationRow> AllocationsOf(db::Transaction& tx, AccountId account,
                                         std::int64_t entry_id) {
  std::vector<AllocationRow> allocations;
  for (const db::Rows::Row row : tx.Select(kAllocationsOf, account, entry_id)) {
    allocations.push_back({row.Int(0), row.Cents(1)});
  }
  return allocations;
}

std::vector<AllocationRow> CreditUses(db::Transaction& tx, AccountId account) {
  std::vector<AllocationRow> uses;
  for (const db::Rows::Row row : tx.Select(kCreditUses, account)) {
    uses.push_back({row.Int(0), row.Cents(1)});
  }
  return uses;
}

Money DepositsHeld(db::Transaction& tx, AccountId account) {
  return tx.Select(kDepositsHeld, account)[0].Cents(0);
}

std::vector<ListedEntry> ListEntries(db::Transaction& tx, AccountId account,
                                     std::int64_t before_micros, std::int64_t before_entry_id,
                                     std::int64_t limit) {
  std::vector<ListedEntry> entries;
  Parameters keys;
  for (const db::Rows::Row row :
       tx.Select(kListEntries, account, before_micros, before_entry_id, limit)) {
    entries.push_back(
        {{row.Int(0), ParseEntryKind(row.Text(1)), row.Text(2), row.Day(3), {}, {}}, row.Time(4)});
    keys.push_back({ToValue(account), ToValue(row.Int(0))});
  }
  if (keys.empty()) return entries;
  const std::vector<db::Rows> postings = tx.SelectEach(kPostingsOf, keys);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    for (const db::Rows::Row row : postings[i]) {
      entries[i].entry.postings.push_back({row.Text(0), row.Text(1), row.Cents(2)});
    }
  }
  return entries;
}

AllocationPolicy PolicyInForce(db::Transaction& tx, Date day) {
  const db::Rows rows = tx.Select(kPolicyInForce, day);
  if (rows.empty()) return {};
  AllocationPolicy policy{rows[0].Day(0), rows[0].Text(1), {}, SplitList(rows[0].Text(3)), {},
                          rows[0].Bool(5)};
  for (const std::string& name : SplitList(rows[0].Text(2))) {
    policy.keys.push_back(kOrderKeys.Read(name));
  }
  for (const std::string& name : SplitList(rows[0].Text(4))) {
    policy.kinds.push_back(ParseChargeKind(name));
  }
  return policy;
}

bool HasPolicy(db::Transaction& tx, Date effective_date) {
  return !tx.Select(kHasPolicy, effective_date).empty();
}

namespace {

// All columns, as they are inserted.
template <class Use>
auto WithColumns(const AllocationPolicy& policy, const Use& use) {
  std::vector<std::string> keys;
  for (const OrderKey key : policy.keys) keys.emplace_back(kOrderKeys(key));
  std::vector<std::string> kinds;
  for (const ChargeKind kind : policy.kinds) kinds.emplace_back(ChargeKindName(kind));
  return use(policy.effective_date, policy.citation, JoinList(keys), JoinList(policy.services),
             JoinList(kinds), policy.pro_rata);
}

}  // namespace

Cells CellsOfPolicy(const AllocationPolicy& policy) { return WithColumns(policy, kToCells); }

void InsertPolicy(db::Transaction& tx, const AllocationPolicy& policy) {
  WithColumns(policy, [&tx](const auto&... cells) { tx.Execute(kInsertPolicy, cells...); });
}

}  // namespace reeve::billing::receivable
