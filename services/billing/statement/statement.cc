#include "services/billing/statement/statement.h"

#include <algorithm>
#include <set>

#include "services/billing/derived_id.h"
#include "shared/core/canonical.h"
#include "shared/core/decimal.h"
#include "shared/core/spelling.h"

namespace reeve::billing::statement {
namespace {

using receivable::EntryKind;

constexpr Spelling<FileState, 5> kFileStates{{"MAKING", "MADE", "RELEASED", "REFUSING", "REFUSED"}};
constexpr Spelling<PageState, 3> kPageStates{{"PLANNED", "MADE", "VOID"}};
constexpr Spelling<Cause, 5> kCauses{
    {"LINES_DIFFER", "BALANCE_DIFFERS", "UNAPPLIED_PAYMENT", "EARLIER_STATEMENT_OPEN", "TOO_LATE"}};

struct Transition {
  FileState from;
  FileEvent event;
  FileState to;
};
constexpr Transition kTransitions[] = {
    {FileState::kMaking, FileEvent::kFinishMaking, FileState::kMade},
    {FileState::kMade, FileEvent::kRelease, FileState::kReleased},
    {FileState::kMade, FileEvent::kRefuse, FileState::kRefusing},
    {FileState::kRefusing, FileEvent::kFinishRefusing, FileState::kRefused},
};

std::string Dollars(std::int64_t cents) { return PrintDecimal(cents, 2, 2); }

bool IsPayment(EntryKind kind) {
  return kind == EntryKind::kPayment || kind == EntryKind::kReversal;
}

std::set<std::int64_t> EntriesOf(std::span<const PrintedBill> bills) {
  std::set<std::int64_t> entries;
  for (const PrintedBill& bill : bills) entries.insert(EntryOfBill(bill.bill_id));
  return entries;
}

// What keeps one bill from being printed: its lines, segments and total, and what is owed of it.
std::optional<std::string> DifferenceOf(const PrintedBill& bill, const Situation& situation) {
  std::int64_t posted = 0;
  for (const Movement& entry : situation.entries) {
    if (entry.entry_id == EntryOfBill(bill.bill_id)) posted += entry.amount_cents;
  }
  const bool same = bill.line_cents == bill.total_cents && bill.segment_cents == bill.total_cents &&
                    bill.segments_off == 0 && posted == bill.owed_cents;
  if (same) return std::nullopt;
  return "lines " + Dollars(bill.line_cents) + ", services " + Dollars(bill.segment_cents) +
         ", total " + Dollars(bill.total_cents) + ", owed " + Dollars(posted) +
         (bill.owed_cents == bill.total_cents ? "" : " of " + Dollars(bill.owed_cents)) +
         ", services off " + std::to_string(bill.segments_off);
}

}  // namespace

std::string_view FileStateName(FileState state) { return kFileStates(state); }
FileState ParseFileState(std::string_view name) { return kFileStates.Read(name); }
std::string_view PageStateName(PageState state) { return kPageStates(state); }
std::string_view CauseName(Cause cause) { return kCauses(cause); }
std::optional<Cause> FindCause(std::string_view name) { return kCauses.Parse(name); }

std::optional<FileState> After(FileState state, FileEvent event) {
  for (const Transition& transition : kTransitions) {
    if (transition.from == state && transition.event == event) return transition.to;
  }
  return std::nullopt;
}

bool IsOpen(FileState state) {
  return state != FileState::kReleased && state != FileState::kRefused;
}

Totals& Totals::operator+=(const Totals& other) {
  statements += other.statements;
  lines += other.lines;
  movements += other.movements;
  previous_cents += other.previous_cents;
  payment_cents += other.payment_cents;
  other_cents += other.other_cents;
  charge_cents += other.charge_cents;
  new_balance_cents += other.new_balance_cents;
  amount_due_cents += other.amount_due_cents;
  return *this;
}

std::int64_t EntryOfBill(std::int64_t bill_id) { return DerivedId("bill-entry", bill_id); }

Totals AddUp(std::int64_t previous_cents, std::span<const Movement> entries,
             std::span<const PrintedBill> bills) {
  Totals totals;
  totals.statements = 1;
  totals.previous_cents = previous_cents;
  const std::set<std::int64_t> printed = EntriesOf(bills);
  for (const Movement& entry : entries) {
    if (printed.contains(entry.entry_id)) {
      totals.charge_cents += entry.amount_cents;
      continue;
    }
    (IsPayment(entry.kind) ? totals.payment_cents : totals.other_cents) += entry.amount_cents;
    totals.movements += entry.amount_cents == 0 ? 0 : 1;
  }
  for (const PrintedBill& bill : bills) totals.lines += bill.line_count;
  totals.new_balance_cents =
      previous_cents + totals.payment_cents + totals.other_cents + totals.charge_cents;
  totals.amount_due_cents = std::max<std::int64_t>(0, totals.new_balance_cents);
  return totals;
}

Statement MakeStatement(const PrintFile& file, const Situation& situation) {
  Statement statement;
  statement.account = situation.account;
  statement.statement_no = situation.last_no + 1;
  statement.print_file_id = file.print_file_id;
  statement.previous_no = situation.previous_no;
  for (const PrintedBill& bill : situation.bills) {
    statement.due_date = std::max(statement.due_date, bill.due_date);
  }
  statement.past_due_cents = situation.past_due_cents;
  statement.totals = AddUp(situation.previous_cents, situation.entries, situation.bills);
  return statement;
}

std::vector<Withheld> Check(const PrintFile& file, const Situation& situation,
                            const Statement& statement) {
  std::vector<Withheld> withheld;
  const auto withhold = [&](Cause cause, std::int64_t bill_id, std::string evidence) {
    withheld.push_back({situation.account, file.print_file_id, cause, bill_id, std::move(evidence),
                        PersonId(), ""});
  };
  const std::int64_t newest = situation.bills.back().bill_id;
  for (const PrintedBill& bill : situation.bills) {
    if (const auto difference = DifferenceOf(bill, situation)) {
      withhold(Cause::kLinesDiffer, bill.bill_id, *difference);
      break;
    }
  }
  if (statement.totals.new_balance_cents != situation.balance_cents) {
    withhold(Cause::kBalanceDiffers, newest,
             "last statement " + Dollars(situation.previous_cents) + " and movements come to " +
                 Dollars(statement.totals.new_balance_cents) + ", open charges less credit to " +
                 Dollars(situation.balance_cents));
  }
  if (situation.unapplied_count > 0) {
    withhold(Cause::kUnappliedPayment, newest,
             std::to_string(situation.unapplied_count) + " payments of " +
                 Dollars(situation.unapplied_cents) + " are not applied");
  }
  if (situation.open_file_id != 0) {
    withhold(Cause::kEarlierStatementOpen, newest,
             "statement " + std::to_string(situation.previous_no) + " is in print file " +
                 std::to_string(situation.open_file_id) + ", which nobody has released or refused");
  }
  const std::int64_t days = statement.due_date - file.city_date;
  if (file.days_to_pay_min > 0 && days < file.days_to_pay_min) {
    withhold(Cause::kTooLate, newest,
             "due " + statement.due_date.ToString() + ", in " + std::to_string(days) + " days; " +
                 std::to_string(file.days_to_pay_min) + " are promised");
  }
  return withheld;
}

std::vector<std::int64_t> ChoosePlaces(std::string_view sha256, std::int64_t count,
                                       std::int64_t wanted) {
  std::set<std::int64_t> places;
  if (count <= wanted) {
    for (std::int64_t place = 0; place < count; ++place) places.insert(place);
  }
  for (std::int64_t no = 0; static_cast<std::int64_t>(places.size()) < std::min(count, wanted);
       ++no) {
    places.insert(DerivedId("proof-sample", std::string(sha256) + "/" + std::to_string(no)) %
                  count);
  }
  return {places.begin(), places.end()};
}

}  // namespace reeve::billing::statement
