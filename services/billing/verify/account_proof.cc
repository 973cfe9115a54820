#include "services/billing/verify/account_proof.h"

#include <algorithm>
#include <limits>

#include "services/billing/cycle/months.h"
#include "services/billing/derived_id.h"
#include "services/billing/verify/adjustment_proof.h"
#include "services/billing/verify/late_fee_proof.h"
#include "services/billing/verify/meter_proof.h"
#include "services/billing/verify/rebill_proof.h"
#include "services/billing/verify/use_proof.h"
#include "shared/core/decimal.h"

namespace reeve::billing::verify {
namespace {

using receivable::AllocationRow;
using receivable::Charge;
using receivable::Entry;
using receivable::EntryKind;

std::string Key(const AccountRecord& record, std::string_view thing, const std::string& id) {
  return "account " + record.account.ToString() + " " + std::string(thing) + " " + id;
}

std::string Key(const AccountRecord& record, std::string_view thing, std::int64_t id) {
  return Key(record, thing, std::to_string(id));
}

const PaymentRow* PaymentOf(const AccountRecord& record, const std::string& payment_id) {
  const auto found =
      std::find_if(record.payments.begin(), record.payments.end(),
                   [&](const PaymentRow& row) { return row.payment_id == payment_id; });
  return found == record.payments.end() ? nullptr : &*found;
}

const Entry* EntryOf(const AccountRecord& record, std::int64_t entry_id) {
  const auto found = std::find_if(record.entries.begin(), record.entries.end(),
                                  [&](const Entry& entry) { return entry.entry_id == entry_id; });
  return found == record.entries.end() ? nullptr : &*found;
}

// The rows of one parent (entry, bill) among those of the account; nothing if their numbers are not
// 1, 2, 3, ...
template <class Row, class Parent>
std::optional<std::vector<Row>> Numbered(const std::vector<Row>& rows, Parent parent,
                                         std::int64_t Row::*parent_column,
                                         std::int64_t Row::*number_column) {
  std::vector<Row> found;
  for (const Row& row : rows) {
    if (row.*parent_column != parent) continue;
    found.push_back(row);
    if (row.*number_column != static_cast<std::int64_t>(found.size())) return std::nullopt;
  }
  return found;
}

// What the entry of a payment, or its reversal, must post.
std::optional<std::vector<Posting>> PostingsOfPayment(const AccountRecord& record,
                                                      const Entry& entry,
                                                      const std::vector<AllocationRow>& rows) {
  const PaymentRow* payment = PaymentOf(record, entry.source);
  if (payment == nullptr) return std::nullopt;
  const bool taken_back = entry.kind == EntryKind::kReversal;
  const Money amount = taken_back ? payment->amount.Negated() : payment->amount;
  const bool first = entry.entry_id == DerivedId("payment", payment->payment_id);
  const bool placed = entry.entry_id == DerivedId("placed", payment->payment_id);
  const bool reversal = entry.entry_id == DerivedId("reversal", payment->payment_id);
  if (taken_back ? !reversal : !(first || placed)) return std::nullopt;
  const bool unplaced =
      taken_back ? !payment->reason.empty()
                 : first && (payment->entry_id != entry.entry_id || !payment->reason.empty());
  if (unplaced) {
    return receivable::UnappliedEntry(entry.entry_id, entry.kind, entry.source, entry.business_date,
                                      amount)
        .postings;
  }
  return receivable::PostingsOfMoney(placed ? receivable::kUnappliedCash : receivable::kClearing,
                                     receivable::kPooledCash, amount, rows, record.charges);
}

// The charges that an entry made, in their order: their ids are derived from bill or application.
std::vector<Charge> ChargesMade(const AccountRecord& record, const Entry& entry) {
  const std::string_view kind =
      entry.kind == EntryKind::kBill ? "bill-charge" : "application-charge";
  const Result<std::int64_t> cause =
      ParseDecimal(entry.source, 0, std::numeric_limits<std::int64_t>::max());
  std::vector<Charge> made;
  for (std::int64_t no = 0; cause.ok(); ++no) {
    const auto charge = std::find_if(
        record.charges.begin(), record.charges.end(),
        [&](const Charge& known) { return known.charge_id == DerivedId(kind, *cause, no); });
    if (charge == record.charges.end()) break;
    made.push_back(*charge);
  }
  return made;
}

std::optional<std::vector<Posting>> ExpectedPostings(const AccountRecord& record,
                                                     const Entry& entry,
                                                     const std::vector<AllocationRow>& rows) {
  switch (entry.kind) {
    case EntryKind::kBill:
    case EntryKind::kApplication: {
      const std::vector<Charge> made = ChargesMade(record, entry);
      const bool its_own = std::all_of(made.begin(), made.end(), [&](const Charge& charge) {
        return charge.entry_id == entry.entry_id;
      });
      if (!its_own) return std::nullopt;
      return receivable::PostingsOfCharges(made);
    }
    case EntryKind::kPayment:
    case EntryKind::kReversal:
      return PostingsOfPayment(record, entry, rows);
    case EntryKind::kAdjustment:
    case EntryKind::kAdjustmentReversal:
      return PostingsOfAdjustment(record, entry, rows);
    case EntryKind::kBillReversal:
      return PostingsOfBillReversal(record, entry, rows);
    case EntryKind::kLateFee:
      if (!rows.empty()) return std::nullopt;
      return PostingsOfLateFee(record, entry);
    case EntryKind::kLateFeeReversal:
      return PostingsOfLateFeeReversal(record, entry, rows);
    case EntryKind::kCredit:
      break;
  }
  return receivable::PostingsOfCredit(rows, record.charges);
}

std::optional<std::string> ProveEntry(const AccountRecord& record, const Entry& entry) {
  const auto posted =
      Numbered(record.postings, entry.entry_id, &PostingRow::entry_id, &PostingRow::line_no);
  const auto allocated = Numbered(record.allocations, entry.entry_id, &AllocationLine::entry_id,
                                  &AllocationLine::line_no);
  if (!posted || !allocated) return Key(record, "entry", entry.entry_id) + ": lines missing";
  std::vector<Posting> postings;
  for (const PostingRow& row : *posted) postings.push_back(row.posting);
  std::vector<AllocationRow> rows;
  for (const AllocationLine& line : *allocated) rows.push_back(line.row);
  if (!CheckBalanced(postings).ok()) {
    return Key(record, "entry", entry.entry_id) + ": postings do not balance";
  }
  const auto expected = ExpectedPostings(record, entry, rows);
  const bool sorted = std::is_sorted(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return a.charge_id < b.charge_id;
  });
  if (!sorted) return Key(record, "entry", entry.entry_id) + ": allocations out of order";
  if (!expected || *expected != postings) {
    return Key(record, "entry", entry.entry_id) + ": postings are not those that it calls for";
  }
  return std::nullopt;
}

std::optional<std::string> ProveSegment(const AccountRecord& record, const SegmentRow& row,
                                        const std::vector<LineRow>& lines, const cycle::Run& run,
                                        const BillContext& context) {
  const cycle::Segment& segment = row.segment;
  const std::string key =
      Key(record, "bill", row.bill_id) + " segment " + std::to_string(row.segment_no);
  const auto agreement = record.agreements.find(segment.agreement_id);
  if (agreement == record.agreements.end()) return key + ": no such agreement";
  const bool to_the_end = segment.to_date == run.period_end ||
                          segment.to_date == agreement->second.stop_date.value_or(run.period_end);
  const bool measured = agreement->second.IsMetered() || !segment.metered_by.empty();
  if (segment.to_date > run.period_end || (!measured && !to_the_end)) {
    return key + ": not to the period's end";
  }
  // A cancelled one by the tariff of its run: nobody prices its days by that any more.
  const bool is_then = row.cancelled && run.tariff_no > 0;
  const rate::Tariff& tariff = is_then ? context.tariff_then(run.tariff_no) : context.tariff;
  const rate::Schedule* schedule = tariff.Version(segment.schedule_code, segment.effective_date);
  if (schedule == nullptr || schedule->code != agreement->second.schedule_code ||
      schedule->service != segment.service) {
    return key + ": not the version in force";
  }
  if (segment.use.quantity_thousandths != QuantityOn(record, segment.agreement_id,
                                                     *tariff.Find(segment.schedule_code),
                                                     run.period_end)) {
    return key + ": not the agreement's quantity";
  }
  std::vector<cycle::MeterUse> meters;
  if (agreement->second.IsMetered()) {
    if (const auto violation = ProveMeasured(record, row, meters)) return key + ": " + *violation;
  } else if (segment.start_read_thousandths != 0 || segment.end_read_thousandths != 0 ||
             segment.installation_no != 0) {
    return key + ": reads without a meter";
  }
  if (const auto violation = ProveMeteredBy(record, row, schedule->metered_by)) {
    return key + ": " + *violation;
  }
  if (const auto violation = ProveStretches(segment, meters)) return key + ": " + *violation;
  cycle::Segment again = segment;
  again.metered = agreement->second.IsMetered();
  again.meters = std::move(meters);
  std::vector<rate::Line> stored;
  for (const LineRow& line : lines) {
    if (line.segment_no == row.segment_no) stored.push_back(line.line);
  }
  Result<std::vector<rate::Line>> priced =
      cycle::PriceSegment(tariff, again, run.PricedOn(), run.kind);
  if (row.cancelled && (!priced.ok() || *priced != stored)) {
    priced =
        cycle::PriceSegment(TariffThen(tariff, segment, stored), again, run.PricedOn(), run.kind);
  }
  if (!priced.ok() || *priced != stored) return key + ": lines are not what the version charges";
  if (!(row.cancelled && stored.empty()) &&
      segment.effective_date !=
          cycle::VersionOf(*tariff.Find(segment.schedule_code), segment.to_date, stored)) {
    return key + ": not the version in force";
  }
  std::int64_t cents = 0;
  for (const rate::Line& line : stored) cents += line.amount.cents();
  if (cents != segment.amount.cents()) return key + ": lines do not add up";
  return std::nullopt;
}

bool Counts(const std::vector<ReadRow>& reads, const ReadRow& read) {
  return std::find(reads.begin(), reads.end(), read) != reads.end();
}

// A posted bill is owed once, for its amount and day; no other bill is.
std::optional<std::string> ProveOwed(const AccountRecord& record, const cycle::Bill& bill) {
  const std::string key = Key(record, "bill", bill.bill_id);
  const std::int64_t entry_id = DerivedId("bill-entry", bill.bill_id);
  const Entry* entry = EntryOf(record, entry_id);
  const bool is_rebill = RebillOf(record, bill.bill_id) != nullptr;
  const std::optional<std::vector<cycle::PlannedCharge>> plan = PlanOf(record, bill.bill_id);
  if (!plan) return key + ": planned charges missing";
  const bool was_posted =
      bill.state == cycle::BillState::kPosted || CancellationOf(record, bill.bill_id) != nullptr;
  const bool owed = was_posted && !(is_rebill ? plan->empty() : bill.total.is_zero());
  if ((entry != nullptr) != owed) return key + ": posted and owed differ";
  if (!owed) return std::nullopt;
  if (entry->kind != EntryKind::kBill || entry->source != std::to_string(bill.bill_id) ||
      entry->business_date != bill.bill_date) {
    return key + ": its entry is another's";
  }
  std::int64_t cents = 0;
  std::vector<cycle::PlannedCharge> charged;
  for (const Charge& charge : ChargesOfBill(record, bill.bill_id)) {
    charged.push_back({charge.service, charge.due_date, charge.amount});
  }
  std::size_t made = 0;
  for (const Charge& charge : record.charges) {
    if (charge.entry_id != entry_id) continue;
    ++made;
    cents += charge.amount.cents();
    if ((!is_rebill && charge.due_date != bill.due_date) ||
        charge.kind != receivable::ChargeKind::kUsage ||
        charge.description != "Bill due " + charge.due_date.ToString()) {
      return key + ": a charge is not the bill's";
    }
  }
  if (is_rebill ? charged != *plan || made != charged.size() : cents != bill.total.cents()) {
    return key + ": charges do not add up";
  }
  return std::nullopt;
}

const cycle::Bill* BillOf(const AccountRecord& record, std::int64_t bill_id) {
  const auto found = std::find_if(record.bills.begin(), record.bills.end(),
                                  [&](const cycle::Bill& bill) { return bill.bill_id == bill_id; });
  return found == record.bills.end() ? nullptr : &*found;
}

bool WasDecided(const AccountRecord& record, std::int64_t bill_id, cycle::BillEvent decision) {
  const auto found = record.decisions.find(bill_id);
  return found != record.decisions.end() && found->second == cycle::BillEventName(decision);
}

// Parts of a long period that is billed as months are those of the bill that was held, and each is
// less or the same.
bool IsAsMonths(const AccountRecord& record, const SegmentRow& months, const SegmentRow& held) {
  const cycle::Segment& now = months.segment;
  const cycle::Segment& was = held.segment;
  const auto holds = record.holds.find(held.bill_id);
  const bool spread = now.month_days > 0;
  return held.segment_no == months.segment_no && was.month_days == 0 &&
         now.agreement_id == was.agreement_id && now.from_date == was.from_date &&
         now.to_date == was.to_date && now.use.usage_thousandths == was.use.usage_thousandths &&
         now.estimated == was.estimated &&
         (spread
              ? now.amount < was.amount && holds != record.holds.end() &&
                    (holds->second.contains(now.service) || holds->second.contains(now.metered_by))
              : now.amount == was.amount);
}

// A bill as months stands for a held one that a review had billed so, and the other way round.
std::optional<std::string> ProveMonths(const AccountRecord& record, const cycle::Bill& bill,
                                       const std::vector<SegmentRow>& segments) {
  const std::int64_t held_id = cycle::BillId(bill.cycle_id, bill.account);
  const std::int64_t months_id = cycle::MonthsBillId(bill.cycle_id, bill.account);
  const std::string key = Key(record, "bill", bill.bill_id);
  const bool as_months = WasDecided(record, held_id, cycle::BillEvent::kBillAsMonths);
  const bool spread = std::any_of(segments.begin(), segments.end(),
                                  [](const SegmentRow& row) { return row.segment.month_days > 0; });
  if (bill.bill_id == held_id) {
    if (spread) return key + ": as months without a review";
    const bool instead = BillOf(record, months_id) != nullptr;
    if (instead != as_months) return key + ": as months and its review differ";
    return std::nullopt;
  }
  const auto held =
      Numbered(record.segments, held_id, &SegmentRow::bill_id, &SegmentRow::segment_no);
  const bool same = held && spread && as_months &&
                    std::equal(segments.begin(), segments.end(), held->begin(), held->end(),
                               [&](const SegmentRow& now, const SegmentRow& was) {
                                 return IsAsMonths(record, now, was);
                               });
  if (!same) return key + ": is not the held one as months";
  return std::nullopt;
}

std::optional<std::string> ProveBill(const AccountRecord& record, const cycle::Bill& bill,
                                     const BillContext& context) {
  const std::string key = Key(record, "bill", bill.bill_id);
  const auto run = context.runs.find(bill.cycle_id);
  const bool known_id = bill.bill_id == cycle::BillId(bill.cycle_id, bill.account) ||
                        bill.bill_id == cycle::MonthsBillId(bill.cycle_id, bill.account);
  if (run == context.runs.end() || !known_id || bill.bill_date != run->second.bill_date ||
      bill.due_date != run->second.due_date) {
    return key + ": not of its cycle";
  }
  const bool waits =
      bill.state == cycle::BillState::kCalculated || bill.state == cycle::BillState::kReleased;
  if (waits && run->second.state == cycle::RunState::kPosted) return key + ": was not posted";
  const auto segments =
      Numbered(record.segments, bill.bill_id, &SegmentRow::bill_id, &SegmentRow::segment_no);
  const auto lines = Numbered(record.lines, bill.bill_id, &LineRow::bill_id, &LineRow::line_no);
  if (!segments || !lines) return key + ": segments or lines missing";
  if (auto violation = ProveMonths(record, bill, *segments)) return violation;
  std::int64_t cents = 0;
  for (const SegmentRow& row : *segments) {
    if (auto violation = ProveSegment(record, row, *lines, run->second, context)) return violation;
    if (row.cancelled != (bill.state == cycle::BillState::kCancelled)) {
      return key + ": a segment is cancelled, or is not";
    }
    cents += row.segment.amount.cents();
  }
  if (cents != bill.total.cents()) return key + ": segments do not add up";
  std::int64_t segment_no = 1;
  for (const LineRow& line : *lines) {
    if (line.segment_no < segment_no ||
        line.segment_no > static_cast<std::int64_t>(segments->size())) {
      return key + ": a line is not with its segment";
    }
    segment_no = line.segment_no;
  }
  const bool was_held = record.holds.contains(bill.bill_id);
  const bool was_posted = CancellationOf(record, bill.bill_id) != nullptr;
  if (was_held ? bill.state == cycle::BillState::kCalculated
               : bill.state != cycle::BillState::kCalculated &&
                     bill.state != cycle::BillState::kPosted && !was_posted) {
    return key + ": held without a reason, or not held with one";
  }
  return ProveOwed(record, bill);
}

// An entry that uses credit, or takes its use back, is of the day and by the id of the entry behind
// which that happened.
std::optional<std::string> ProveCredit(const AccountRecord& record) {
  const auto is_credit = [](const Entry& entry) { return entry.kind == EntryKind::kCredit; };
  if (std::none_of(record.entries.begin(), record.entries.end(), is_credit)) return std::nullopt;
  std::map<std::int64_t, const Entry*> cause;
  for (const Entry& entry : record.entries) {
    cause[DerivedId(entry.kind == EntryKind::kReversal ? "credit-back" : "credit",
                    entry.entry_id)] = &entry;
    // Taking a credit back takes uses of credit back; cancelling a charge sets credit free. A
    // rebill takes back what was used of the money for the bill that it replaces.
    if (entry.kind == EntryKind::kAdjustmentReversal || entry.kind == EntryKind::kBill) {
      cause[DerivedId("credit-back", entry.entry_id)] = &entry;
    }
  }
  for (const Entry& entry : record.entries) {
    if (!is_credit(entry)) continue;
    const auto found = cause.find(entry.entry_id);
    if (found == cause.end() || found->second->business_date != entry.business_date ||
        !entry.source.empty()) {
      return Key(record, "entry", entry.entry_id) + ": credit is not of the entry behind it";
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> ProveBooks(const AccountRecord& record) {
  if (record.known == record.agreements.empty()) {
    return "account " + record.account.ToString() + ": without agreements, or they without it";
  }
  for (const Entry& entry : record.entries) {
    if (auto violation = ProveEntry(record, entry)) return violation;
  }
  if (auto violation = ProveCredit(record)) return violation;
  std::int64_t owed = 0;
  std::int64_t credit = 0;
  for (const PostingRow& row : record.postings) {
    if (EntryOf(record, row.entry_id) == nullptr) {
      return Key(record, "posting of entry", row.entry_id) + ": no such entry";
    }
    const std::string& name = row.posting.ledger_account;
    if (name == receivable::kCustomerCredit) credit -= row.posting.amount.cents();
    if (name.starts_with("receivable-")) owed += row.posting.amount.cents();
  }
  std::map<std::int64_t, std::int64_t> paid;
  for (const AllocationLine& line : record.allocations) {
    if (EntryOf(record, line.entry_id) == nullptr) {
      return Key(record, "allocation of entry", line.entry_id) + ": no such entry";
    }
    paid[line.row.charge_id] += line.row.amount.cents();
  }
  for (const Charge& charge : record.charges) {
    const Entry* entry = EntryOf(record, charge.entry_id);
    if (entry == nullptr) return Key(record, "charge", charge.charge_id) + ": no such entry";
    if (charge.application_id != 0
            ? entry->kind != EntryKind::kApplication ||
                  entry->source != std::to_string(charge.application_id)
            : entry->kind != EntryKind::kBill && entry->kind != EntryKind::kAdjustment &&
                  entry->kind != EntryKind::kLateFee) {
      return Key(record, "charge", charge.charge_id) + ": not of its application";
    }
    if (charge.open.cents() != charge.amount.cents() - paid[charge.charge_id]) {
      return Key(record, "charge", charge.charge_id) + ": open is not amount less allocations";
    }
    owed -= charge.open.cents();
  }
  if (owed != 0 || credit != record.credit.cents()) {
    return "account " + record.account.ToString() + ": balance is not the sum of its postings";
  }
  return std::nullopt;
}

std::optional<std::string> ProvePayments(const AccountRecord& record) {
  for (const PaymentRow& payment : record.payments) {
    const std::string key = Key(record, "payment", payment.payment_id);
    const Entry* first = EntryOf(record, DerivedId("payment", payment.payment_id));
    const Entry* last = EntryOf(record, payment.entry_id);
    const Entry* reversal = EntryOf(record, DerivedId("reversal", payment.payment_id));
    if (first == nullptr || last == nullptr || last->source != payment.payment_id ||
        last->kind != EntryKind::kPayment || first->business_date != payment.business_date ||
        last->business_date != payment.business_date) {
      return key + ": no such entry";
    }
    if ((reversal != nullptr) != (payment.state == "REVERSED")) {
      return key + ": reversed and its entries differ";
    }
    if (payment.state != "REVERSED" && (payment.state == "UNAPPLIED") == payment.reason.empty()) {
      return key + ": unapplied without a reason, or applied with one";
    }
    if (!record.known && payment.reason.empty()) return key + ": applied to an unknown account";
  }
  return std::nullopt;
}

std::optional<std::string> ProveBills(const AccountRecord& record, const BillContext& context) {
  const auto has_bill = [&](std::int64_t bill_id) {
    return std::any_of(record.bills.begin(), record.bills.end(),
                       [&](const cycle::Bill& bill) { return bill.bill_id == bill_id; });
  };
  for (const cycle::Bill& bill : record.bills) {
    if (auto violation = ProveBill(record, bill, context)) return violation;
  }
  for (const SegmentRow& row : record.segments) {
    if (!has_bill(row.bill_id)) return Key(record, "segment of bill", row.bill_id) + ": no bill";
  }
  for (const LineRow& row : record.lines) {
    if (!has_bill(row.bill_id)) return Key(record, "line of bill", row.bill_id) + ": no bill";
  }
  for (const MeterRow& row : record.segment_meters) {
    const bool there =
        std::any_of(record.segments.begin(), record.segments.end(), [&](const SegmentRow& segment) {
          const auto agreement = record.agreements.find(segment.segment.agreement_id);
          return segment.bill_id == row.bill_id && segment.segment_no == row.segment_no &&
                 agreement != record.agreements.end() && agreement->second.IsMetered();
        });
    if (!there) return Key(record, "meter of bill", row.bill_id) + ": no such segment";
  }
  for (const auto& [bill_id, count] : record.holds) {
    if (!has_bill(bill_id)) return Key(record, "hold of bill", bill_id) + ": no bill";
  }
  for (const Entry& entry : record.entries) {
    const bool mine =
        entry.kind != EntryKind::kBill ||
        std::any_of(record.bills.begin(), record.bills.end(), [&](const cycle::Bill& bill) {
          return DerivedId("bill-entry", bill.bill_id) == entry.entry_id;
        });
    if (!mine) return Key(record, "entry", entry.entry_id) + ": owed without a bill";
  }
  return std::nullopt;
}

namespace {

// Behind the days from `begin` up to `end` that cancelled bills had billed, one behind the other.
Date PastOpenDays(const AccountRecord& record, std::int64_t agreement_id, Date begin, Date end) {
  while (begin < end) {
    const auto open =
        std::find_if(record.segments.begin(), record.segments.end(), [&](const SegmentRow& row) {
          return row.cancelled && row.segment.agreement_id == agreement_id &&
                 row.segment.from_date == begin && row.segment.to_date <= end &&
                 CancellationOf(record, row.bill_id) != nullptr;
        });
    if (open == record.segments.end() || open->segment.to_date <= begin) break;
    begin = open->segment.to_date;
  }
  return begin;
}

// Of a bill that was cancelled before there were other reasons for it, no review is kept.
bool KeptItsReads(const AccountRecord& record, std::int64_t bill_id) {
  return WasDecided(record, bill_id, cycle::BillEvent::kKeepReads) ||
         WasDecided(record, bill_id, cycle::BillEvent::kBillAsMonths);
}

// Whether the read at which a cancelled segment ended was set aside with it.
bool IsReadSetAside(const AccountRecord& record, const SegmentRow& row) {
  if (!row.cancelled) return false;
  if (const rebill::Cancellation* one = CancellationOf(record, row.bill_id)) {
    const auto& misread = one->misread_services;
    return std::find(misread.begin(), misread.end(), row.segment.service) != misread.end();
  }
  const auto held = record.holds.find(row.bill_id);
  return held != record.holds.end() && held->second.contains(row.segment.service) &&
         RebillOf(record, row.bill_id) == nullptr && !KeptItsReads(record, row.bill_id);
}

}  // namespace

std::optional<std::string> ProveDays(const AccountRecord& record) {
  std::map<std::int64_t, std::vector<const cycle::Segment*>> by_agreement;
  for (const SegmentRow& row : record.segments) {
    if (!row.cancelled) by_agreement[row.segment.agreement_id].push_back(&row.segment);
  }
  for (auto& [agreement_id, segments] : by_agreement) {
    std::sort(segments.begin(), segments.end(),
              [](const auto* a, const auto* b) { return a->to_date < b->to_date; });
    const auto agreement = record.agreements.find(agreement_id);
    if (agreement == record.agreements.end()) continue;  // ProveBills has said so
    Date billed_through = agreement->second.start_date;
    for (const cycle::Segment* segment : segments) {
      billed_through = PastOpenDays(record, agreement_id, billed_through, segment->from_date);
      if (segment->from_date != billed_through || segment->to_date <= segment->from_date) {
        return Key(record, "agreement", agreement_id) + ": not billed once for each day after " +
               billed_through.ToString();
      }
      billed_through = segment->to_date;
    }
  }
  return std::nullopt;
}

std::optional<std::string> ProveReadsSetAside(const AccountRecord& record) {
  std::multiset<ReadRow> expected;
  for (const SegmentRow& row : record.segments) {
    const auto agreement = record.agreements.find(row.segment.agreement_id);
    if (agreement == record.agreements.end() || !agreement->second.IsMetered() ||
        !IsReadSetAside(record, row)) {
      continue;
    }
    const meter::Installation* last = meter::Numbered(
        record.installations, row.segment.agreement_id, row.segment.installation_no);
    ReadRow read{row.segment.agreement_id, last == nullptr ? "" : last->meter.meter_number,
                 row.segment.to_date.ToString(), row.segment.end_read_thousandths,
                 row.segment.estimated};
    read.of_exchange = true;  // those stay
    if (Counts(record.reads, read) || Counts(record.reads_corrected, read)) continue;
    read.of_exchange = false;
    expected.insert(std::move(read));
  }
  if (std::multiset<ReadRow>(record.reads_set_aside.begin(), record.reads_set_aside.end()) !=
      expected) {
    return "account " + record.account.ToString() +
           ": reads set aside are not those of its cancelled bills";
  }
  if (record.reads_corrected.size() != record.corrections.size()) {
    return "account " + record.account.ToString() + ": a correction of a read that counts";
  }
  for (const auto& [read_id, correction] : record.corrections) {
    const bool stands =
        std::binary_search(record.read_ids.begin(), record.read_ids.end(), correction.by_read_id);
    if (stands != (correction.kind != "EXCHANGE_REVERSED")) {
      return Key(record, "read", read_id) + ": what counts instead is no read";
    }
  }
  return std::nullopt;
}

std::optional<std::string> ProveCuts(const AccountRecord& record) {
  const std::int64_t open = record.open_disconnects.empty() ? 0 : record.open_disconnects.front();
  if (record.open_disconnects.size() > 1 || open != record.open_disconnect_id) {
    return "account " + record.account.ToString() + ": its open request for a cut is another";
  }
  return std::nullopt;
}

}  // namespace reeve::billing::verify
