// The facts that late fees follow from, in the database.
#include <iterator>
#include <map>
#include <set>

#include "services/billing/late_fee/late_fee_store.h"

namespace reeve::billing::late_fee {
namespace {

using db::ToValue;

// Bills due longer than this before a run are not looked at again.
constexpr int kLookBackDays = 400;

// A bill that took another's place is looked at before its own day.
#define IS_REBILL                                                                          \
  "EXISTS (SELECT 1 FROM bill_rebill r WHERE r.account_id = b.account_id AND r.bill_id = " \
  "b.bill_id)"
constexpr db::Query kCandidates{
    "late_fee_candidates",
    "SELECT DISTINCT b.account_id FROM bill b WHERE b.state = 'POSTED' AND b.due_date >= $1 AND "
    "(b.due_date < $2 OR " IS_REBILL ") AND b.account_id > $3 ORDER BY b.account_id LIMIT $4"};
// And those of which a fee stands, whatever became of its bill.
constexpr db::Query kStanding{
    "late_fee_accounts_standing",
    "SELECT DISTINCT account_id FROM late_fee WHERE state = 'POSTED' AND due_date >= $1 AND "
    "policy_code = $2 AND account_id > $3 ORDER BY account_id LIMIT $4"};
constexpr db::Query kClassOf{
    "late_fee_class",
    "SELECT customer_class, CASE WHEN EXISTS (SELECT 1 FROM charge c WHERE "
    "c.account_id = a.account_id AND c.open_cents > 0) THEN credit_cents ELSE 0 END FROM "
    "billing_account a WHERE a.account_id = $1"};
constexpr db::Query kBillsOf{
    "late_fee_bills",
    "SELECT b.bill_id, b.due_date, (SELECT min(r.released_date) FROM statement_bill n "
    "JOIN statement s ON s.account_id = n.account_id AND s.statement_no = n.statement_no "
    "JOIN print_release r ON r.print_file_id = s.print_file_id WHERE "
    "n.account_id = b.account_id AND n.bill_id = b.bill_id AND n.live = 1), "
    "(SELECT min(g.from_date) FROM bill_segment g WHERE g.account_id = b.account_id AND "
    "g.bill_id = b.bill_id) "
    "FROM bill b WHERE b.account_id = $1 AND b.state = 'POSTED' AND b.due_date >= $2 AND "
    "(b.due_date < $3 OR " IS_REBILL ") ORDER BY b.due_date, b.bill_id"};
#undef IS_REBILL
// Charges from a day on, and older ones that are open or were moved since.
#define CHARGES_SINCE                                                                      \
  "c.account_id = $1 AND (c.due_date >= $2 OR c.open_cents > 0 OR c.charge_id IN (SELECT " \
  "m.charge_id FROM allocation m JOIN journal_entry n ON n.account_id = m.account_id AND " \
  "n.entry_id = m.entry_id WHERE m.account_id = $1 AND n.business_date >= $2))"
constexpr db::Query kItemsOf{
    "late_fee_items",
    "SELECT c.charge_id, e.kind, e.source, c.service, c.kind, c.due_date, c.amount_cents, "
    "c.entry_id, c.cancelled FROM charge c JOIN journal_entry e ON e.account_id = c.account_id AND "
    "e.entry_id = c.entry_id WHERE c.kind <> 'DEPOSIT' AND " CHARGES_SINCE " ORDER BY c.charge_id"};
constexpr db::Query kPaidOf{
    "late_fee_paid",
    "SELECT a.charge_id, e.kind, e.business_date, a.amount_cents, "
    "CASE WHEN e.kind = 'PAYMENT' AND EXISTS (SELECT 1 FROM payment_credit p WHERE "
    "p.account_id = e.account_id AND p.payment_id = e.source AND p.state = 'REVERSED') "
    "THEN 1 ELSE 0 END FROM charge c JOIN allocation a ON a.account_id = c.account_id AND "
    "a.charge_id = c.charge_id JOIN journal_entry e ON e.account_id = a.account_id AND "
    "e.entry_id = a.entry_id WHERE c.kind <> 'DEPOSIT' AND " CHARGES_SINCE
    " ORDER BY a.entry_id, a.line_no"};
#undef CHARGES_SINCE
constexpr db::Query kRebillsOf{
    "late_fee_rebills", "SELECT bill_id, rebilled_bill_id FROM bill_rebill WHERE account_id = $1"};
constexpr db::Query kReturnedOf{
    "late_fee_returned",
    "SELECT payment_id FROM payment_credit WHERE account_id = $1 AND state = 'REVERSED' LIMIT 1"};
constexpr db::Query kDisputeOf{
    "late_fee_dispute", "SELECT dispute_id FROM dispute WHERE account_id = $1 AND state = 'OPEN'"};
constexpr db::Query kUnappliedOf{
    "late_fee_unapplied",
    "SELECT payment_id FROM payment_credit WHERE account_id = $1 AND state = 'UNAPPLIED' LIMIT 1"};
constexpr db::Query kCorrectedOf{
    "late_fee_corrected",
    "SELECT bill_id FROM correction_proposal WHERE account_id = $1 AND state = 'PROPOSED'"};
constexpr db::Query kWaivedOf{
    "late_fee_waived",
    "SELECT t.service, a.posted_date, a.amount_cents FROM adjustment a JOIN adjustment_type t ON "
    "t.type_code = a.type_code AND t.effective_date = a.type_date WHERE a.account_id = $1 AND "
    "a.state = 'POSTED' AND t.effect = 'CREDIT' AND t.charge_kind = 'FEE'"};
constexpr db::Query kChargedBefore{
    "late_fee_charged_before",
    "SELECT bill_id FROM late_fee WHERE account_id = $1 AND state = 'POSTED' LIMIT 1"};

// The bill of an entry: "77", or of a late fee "77/0/RES"; 0 of any other.
std::int64_t BillOfEntry(receivable::EntryKind kind, const std::string& source) {
  if (kind != receivable::EntryKind::kBill && kind != receivable::EntryKind::kLateFee) return 0;
  std::int64_t bill_id = 0;
  for (const char c : source) {
    if (c < '0' || c > '9') break;
    bill_id = bill_id * 10 + (c - '0');
  }
  return bill_id;
}

// Of the charges, those that were not cancelled, and of those that were the ones of bills.
void AddItems(const db::Rows& charges, const db::Rows& paid, Facts& facts) {
  std::map<std::int64_t, std::vector<Paid>> by_charge;
  for (const db::Rows::Row row : paid) {
    by_charge[row.Int(0)].push_back(
        {receivable::ParseEntryKind(row.Text(1)), row.Day(2), row.Cents(3), row.Bool(4)});
  }
  for (const db::Rows::Row row : charges) {
    const bool cancelled = row.Bool(8);
    if (cancelled && row.Text(1) != receivable::EntryKindName(receivable::EntryKind::kBill)) {
      continue;
    }
    Item& item = (cancelled ? facts.cancelled : facts.items).emplace_back();
    item.bill_id = BillOfEntry(receivable::ParseEntryKind(row.Text(1)), row.Text(2));
    item.service = row.Text(3);
    item.is_fee = row.Text(4) != receivable::ChargeKindName(receivable::ChargeKind::kUsage);
    item.due_date = row.Day(5);
    item.amount = row.Cents(6);
    item.entry_id = row.Int(7);
    item.paid = std::move(by_charge[row.Int(0)]);
  }
}

}  // namespace

std::vector<AccountId> ListCandidates(db::Transaction& tx, const Run& run, std::int64_t limit) {
  const Date since = run.window.from_date.PlusDays(-kLookBackDays);
  std::set<AccountId> accounts;
  for (const db::Rows::Row row :
       tx.Select(kCandidates, since, run.window.run_date, run.after, limit)) {
    accounts.emplace(row.Int(0));
  }
  for (const db::Rows::Row row : tx.Select(kStanding, since, run.policy_code, run.after, limit)) {
    accounts.emplace(row.Int(0));
  }
  while (static_cast<std::int64_t>(accounts.size()) > limit) {
    accounts.erase(std::prev(accounts.end()));
  }
  return {accounts.begin(), accounts.end()};
}

std::vector<std::vector<Waived>> WaivedOf(db::Transaction& tx,
                                          std::span<const AccountId> accounts) {
  std::vector<std::vector<db::Value>> keys;
  for (const AccountId account : accounts) keys.push_back({ToValue(account)});
  std::vector<std::vector<Waived>> all;
  for (const db::Rows& rows : tx.SelectEach(kWaivedOf, keys)) {
    std::vector<Waived>& waived = all.emplace_back();
    for (const db::Rows::Row row : rows) waived.push_back({row.Text(0), row.Day(1), row.Cents(2)});
  }
  return all;
}

std::vector<Facts> LoadFacts(db::Transaction& tx, const Run& run,
                             std::span<const AccountId> accounts) {
  std::vector<Facts> facts;
  if (accounts.empty()) return facts;
  const Date since = run.window.from_date.PlusDays(-kLookBackDays);
  std::vector<std::vector<db::Value>> keys;
  std::vector<std::vector<db::Value>> dated;
  std::vector<std::vector<db::Value>> spans;
  for (const AccountId account : accounts) {
    keys.push_back({ToValue(account)});
    dated.push_back({ToValue(account), ToValue(since)});
    spans.push_back({ToValue(account), ToValue(since), ToValue(run.window.run_date)});
  }
  const auto classes = tx.SelectEach(kClassOf, keys);
  const auto bills = tx.SelectEach(kBillsOf, spans);
  const auto items = tx.SelectEach(kItemsOf, dated);
  const auto paid = tx.SelectEach(kPaidOf, dated);
  const auto disputes = tx.SelectEach(kDisputeOf, keys);
  const auto unapplied = tx.SelectEach(kUnappliedOf, keys);
  const auto corrected = tx.SelectEach(kCorrectedOf, keys);
  const auto charged = tx.SelectEach(kChargedBefore, keys);
  const auto rebilled = tx.SelectEach(kRebillsOf, keys);
  const auto returned = tx.SelectEach(kReturnedOf, keys);
  const std::vector<std::vector<Exemption>> exemptions = ExemptionsOf(tx, accounts);
  const std::vector<std::vector<Waived>> waived = WaivedOf(tx, accounts);
  const std::vector<std::vector<Fee>> fees = FeesOfPostedRuns(tx, run.policy_code, accounts);
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    Facts& one = facts.emplace_back();
    one.account = accounts[i];
    one.since = since;
    if (!classes[i].empty()) {
      one.customer_class = classes[i][0].Text(0);
      one.credit = classes[i][0].Cents(1);
    }
    for (const db::Rows::Row row : bills[i]) {
      one.bills.push_back({row.Int(0), row.Day(1), row.MaybeDay(2), row.MaybeDay(3)});
    }
    AddItems(items[i], paid[i], one);
    for (const db::Rows::Row row : rebilled[i]) one.rebilled.emplace(row.Int(0), row.Int(1));
    one.fees = fees[i];
    one.exemptions = exemptions[i];
    one.waived = waived[i];
    one.dispute_open = !disputes[i].empty();
    one.payment_unapplied = !unapplied[i].empty();
    one.payment_returned = !returned[i].empty();
    for (const db::Rows::Row row : corrected[i]) one.corrected_bills.insert(row.Int(0));
    one.charged_before = !charged[i].empty();
  }
  return facts;
}

}  // namespace reeve::billing::late_fee
