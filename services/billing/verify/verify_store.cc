#include "services/billing/verify/verify_store.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "services/billing/adjustment/adjustment_store.h"
#include "services/billing/cycle/cycle_store.h"
#include "services/billing/cycle/guard_policy_store.h"
#include "services/billing/cycle/interval_use_store.h"
#include "services/billing/cycle/months.h"
#include "services/billing/meter/meter_store.h"
#include "services/billing/rate/rate_store.h"
#include "services/billing/rebill/proposal_store.h"
#include "services/billing/rebill/rebill_store.h"
#include "services/billing/verify/account_proof.h"
#include "services/billing/verify/adjustment_proof.h"
#include "services/billing/verify/audited_store.h"
#include "services/billing/verify/late_fee_proof.h"
#include "services/billing/verify/late_fee_proof_store.h"
#include "services/billing/verify/ledger_proof_store.h"
#include "services/billing/verify/parcel_proof_store.h"
#include "services/billing/verify/rebill_proof.h"
#include "services/billing/verify/shadow_proof_store.h"
#include "services/billing/verify/statement_proof_store.h"

namespace reeve::billing::verify {
namespace {

constexpr std::int64_t kAccountsOfPage = 200;
constexpr std::int64_t kFirst = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();

constexpr db::Query kPage{"verify_page",
                          "SELECT account_id FROM billing_account WHERE account_id > $1 "
                          "ORDER BY account_id LIMIT $2"};
// All rows of a range of accounts, those of unknown accounts too. Each $1 is not of the range, $2
// is.
constexpr db::Query kAccounts{
    "verify_accounts",
    "SELECT account_id, credit_cents, open_disconnect_id FROM billing_account "
    "WHERE account_id > $1 AND account_id <= $2"};
constexpr db::Query kAgreements{
    "verify_agreements",
    "SELECT account_id, agreement_id, schedule_code, meter_number, register_digits, "
    "multiplier_thousandths, start_date, quantity_thousandths, stop_date, unit, meter_size, "
    "installation_no, state FROM agreement WHERE "
    "account_id > $1 "
    "AND account_id <= $2"};
constexpr db::Query kEntries{
    "verify_entries",
    "SELECT account_id, entry_id, kind, source, business_date FROM journal_entry "
    "WHERE account_id > $1 AND account_id <= $2 ORDER BY account_id, entry_id"};
constexpr db::Query kPostings{
    "verify_postings",
    "SELECT account_id, entry_id, line_no, ledger_account, fund, amount_cents FROM posting "
    "WHERE account_id > $1 AND account_id <= $2 ORDER BY account_id, entry_id, line_no"};
constexpr db::Query kCharges{
    "verify_charges",
    "SELECT account_id, charge_id, service, kind, description, due_date, amount_cents, open_cents, "
    "application_id, entry_id, cancelled FROM charge WHERE account_id > $1 AND account_id <= $2 "
    "ORDER BY account_id, charge_id"};
constexpr db::Query kAllocations{
    "verify_allocations",
    "SELECT account_id, entry_id, line_no, charge_id, amount_cents FROM allocation "
    "WHERE account_id > $1 AND account_id <= $2 ORDER BY account_id, entry_id, line_no"};
constexpr db::Query kPayments{
    "verify_payments",
    "SELECT account_id, payment_id, state, entry_id, amount_cents, business_date, reason "
    "FROM payment_credit WHERE account_id > $1 AND account_id <= $2 "
    "ORDER BY account_id, payment_id"};
constexpr db::Query kBills{
    "verify_bills",
    "SELECT account_id, bill_id, cycle_id, state, bill_date, due_date, total_cents FROM bill "
    "WHERE account_id > $1 AND account_id <= $2 ORDER BY account_id, bill_id"};
constexpr db::Query kPlanned{
    "verify_planned_charges",
    "SELECT account_id, bill_id, charge_no, service, due_date, amount_cents FROM rebill_charge "
    "WHERE account_id > $1 AND account_id <= $2 ORDER BY account_id, bill_id, charge_no"};
constexpr db::Query kSegments{
    "verify_segments",
    "SELECT account_id, bill_id, segment_no, agreement_id, service, schedule_code, effective_date, "
    "state, from_date, to_date, start_read_thousandths, end_read_thousandths, usage_thousandths, "
    "quantity_thousandths, amount_cents, estimated, installation_no, month_days, metered_by, "
    "metered_size "
    "FROM bill_segment WHERE account_id > $1 AND account_id <= $2 ORDER BY account_id, bill_id, "
    "segment_no"};
constexpr db::Query kSegmentMeters{
    "verify_segment_meters",
    "SELECT account_id, bill_id, segment_no, installation_no, from_date, to_date, "
    "start_read_thousandths, end_read_thousandths, usage_thousandths FROM bill_segment_meter "
    "WHERE account_id > $1 AND account_id <= $2 "
    "ORDER BY account_id, bill_id, segment_no, installation_no"};
constexpr db::Query kAverages{
    "verify_signed_averages",
    "SELECT w.account_id, w.agreement_id, r.effective_date, w.quantity_thousandths "
    "FROM winter_average w JOIN winter_run r ON r.run_id = w.run_id WHERE r.state = 'SIGNED' AND "
    "w.account_id > $1 AND w.account_id <= $2 "
    "ORDER BY w.account_id, w.agreement_id, r.effective_date, r.run_id"};
constexpr db::Query kSegmentTimes{
    "verify_times_of_segments",
    "SELECT account_id, bill_id, segment_no, stretch_no, time, meter_no, from_date, to_date, "
    "usage_thousandths, estimated_count FROM bill_segment_time WHERE account_id > $1 AND "
    "account_id <= $2 ORDER BY account_id, bill_id, segment_no, stretch_no, time"};
constexpr db::Query kSegmentLoads{
    "verify_loads_of_segments",
    "SELECT account_id, bill_id, segment_no, time, load_thousandths, window_minutes, load_date, "
    "load_minute, earlier_loads FROM bill_segment_load WHERE account_id > $1 AND "
    "account_id <= $2 ORDER BY account_id, bill_id, segment_no, time"};
constexpr db::Query kInstallations{
    "verify_installations",
    "SELECT account_id, agreement_id, installation_no, meter_number, meter_size, unit, "
    "register_digits, multiplier_thousandths, from_date, to_date, reversed FROM meter_installation "
    "WHERE account_id > $1 AND account_id <= $2 "
    "ORDER BY account_id, agreement_id, installation_no"};
constexpr db::Query kLines{
    "verify_lines",
    "SELECT account_id, bill_id, line_no, segment_no, version_date, component_no, tier_no, "
    "quantity_thousandths, quantity_divisor, day_count, rate_nanos, amount_cents FROM bill_line "
    "WHERE account_id > $1 AND account_id <= $2 ORDER BY account_id, bill_id, line_no"};
constexpr db::Query kHolds{
    "verify_holds",
    "SELECT account_id, bill_id, service FROM bill_hold WHERE account_id > $1 AND "
    "account_id <= $2"};
constexpr db::Query kReviews{
    "verify_decisions",
    "SELECT account_id, bill_id, decision FROM bill_review WHERE account_id > $1 AND "
    "account_id <= $2"};
constexpr db::Query kReads{
    "verify_reads",
    "SELECT account_id, agreement_id, meter_number, read_date, read_thousandths, state, source, "
    "read_id FROM meter_read WHERE account_id > $1 AND account_id <= $2 "
    "ORDER BY account_id, read_id"};
constexpr db::Query kCorrections{
    "verify_corrections",
    "SELECT account_id, read_id, kind, by_read_id FROM read_correction "
    "WHERE account_id > $1 AND account_id <= $2"};
constexpr db::Query kExchanged{"verify_exchanged_meters",
                               "SELECT meter_number FROM exchanged_meter ORDER BY meter_number"};
constexpr db::Query kOpenDisconnects{
    "verify_disconnects",
    "SELECT account_id, disconnect_id FROM disconnect WHERE account_id > $1 AND account_id <= $2 "
    "AND state <> 'SATISFIED'"};
constexpr db::Query kClearing{"verify_clearing",
                              "SELECT CAST(coalesce(sum(amount_cents), 0) AS BIGINT) FROM posting "
                              "WHERE ledger_account = 'clearing'"};
constexpr db::Query kPages{"verify_pages",
                           "SELECT cycle_id, page_no, after_account_id, through_account_id "
                           "FROM cycle_page ORDER BY cycle_id, page_no"};
constexpr db::Query kRegisters{
    "verify_registers",
    "SELECT cycle_id, page_no, service, agreement_count, quantity_thousandths, amount_cents, "
    "held_agreement_count, held_quantity_thousandths, held_amount_cents FROM cycle_register"};
constexpr db::Query kImports{
    "verify_imports",
    "SELECT i.import_id, i.queued_count, i.refused_count, "
    "(SELECT count(*) FROM read_exception e WHERE e.import_id = i.import_id AND e.queued = 1), "
    "(SELECT count(*) FROM read_exception e WHERE e.import_id = i.import_id AND e.queued = 0) "
    "FROM read_import i ORDER BY i.import_id"};

using Records = std::map<AccountId, AccountRecord>;

AccountRecord& Of(Records& records, db::Rows::Row row) {
  AccountRecord& record = records[AccountId(row.Int(0))];
  record.account = AccountId(row.Int(0));
  return record;
}

// Segments come in the order of their keys. A line without a segment is ProveBill's to find.
cycle::Segment* FindSegment(AccountRecord& record, std::int64_t bill_id, std::int64_t segment_no) {
  const auto found =
      std::lower_bound(record.segments.begin(), record.segments.end(),
                       std::pair(bill_id, segment_no), [](const SegmentRow& row, const auto& key) {
                         return std::pair(row.bill_id, row.segment_no) < key;
                       });
  const bool is_there = found != record.segments.end() && found->bill_id == bill_id &&
                        found->segment_no == segment_no;
  return is_there ? &found->segment : nullptr;
}

const cycle::Segment& SegmentOf(AccountRecord& record, std::int64_t bill_id,
                                std::int64_t segment_no) {
  static const cycle::Segment kNone;
  const cycle::Segment* found = FindSegment(record, bill_id, segment_no);
  return found != nullptr ? *found : kNone;
}

// What parts of bills were priced with besides their reads. A row without a part is for the trail
// to find.
void LoadIntervals(db::Transaction& tx, std::int64_t after, std::int64_t through,
                   Records& records) {
  const auto add = [&](const db::Query& query, auto add_row) {
    for (const db::Rows::Row row : tx.Select(query, after, through)) {
      cycle::Segment* segment = FindSegment(Of(records, row), row.Int(1), row.Int(2));
      if (segment != nullptr) add_row(row, 3, *segment);
    }
  };
  add(kSegmentTimes, cycle::AddTimeRow);
  add(kSegmentLoads, cycle::AddLoadRow);
}

void LoadLedger(db::Transaction& tx, std::int64_t after, std::int64_t through, Records& records) {
  for (const db::Rows::Row row : tx.Select(kAccounts, after, through)) {
    AccountRecord& record = Of(records, row);
    record.known = true;
    record.credit = row.Cents(1);
    record.open_disconnect_id = row.Int(2);
  }
  for (const db::Rows::Row row : tx.Select(kEntries, after, through)) {
    Of(records, row)
        .entries.push_back(
            {row.Int(1), receivable::ParseEntryKind(row.Text(2)), row.Text(3), row.Day(4), {}, {}});
  }
  for (const db::Rows::Row row : tx.Select(kPostings, after, through)) {
    Of(records, row)
        .postings.push_back({row.Int(1), row.Int(2), {row.Text(3), row.Text(4), row.Cents(5)}});
  }
  for (const db::Rows::Row row : tx.Select(kCharges, after, through)) {
    Of(records, row)
        .charges.push_back({row.Int(1), row.Text(2), receivable::ParseChargeKind(row.Text(3)),
                            row.Text(4), row.Day(5), row.Cents(6), row.Cents(7), row.Int(8),
                            row.Int(9), row.Bool(10)});
  }
  for (const db::Rows::Row row : tx.Select(kAllocations, after, through)) {
    Of(records, row).allocations.push_back({row.Int(1), row.Int(2), {row.Int(3), row.Cents(4)}});
  }
  for (const db::Rows::Row row : tx.Select(kPayments, after, through)) {
    Of(records, row)
        .payments.push_back(
            {row.Text(1), row.Text(2), row.Int(3), row.Cents(4), row.Day(5), row.Text(6)});
  }
  for (const db::Rows::Row row : tx.Select(kOpenDisconnects, after, through)) {
    Of(records, row).open_disconnects.push_back(row.Int(1));
  }
}

using Types = std::map<std::pair<std::string, Date>, adjustment::Type>;

Types LoadTypes(db::Transaction& tx) {
  Types types;
  for (adjustment::Type& type : adjustment::ListTypes(tx, "", "", kLast)) {
    const std::pair key(type.code, type.effective_date);
    types.emplace(key, std::move(type));
  }
  return types;
}

void LoadAdjustments(db::Transaction& tx, std::int64_t after, std::int64_t through,
                     const Types& types, Records& records) {
  for (adjustment::Adjustment& one : adjustment::AdjustmentsOfRange(tx, after, through)) {
    AccountRecord& record = records[one.account];
    record.account = one.account;
    const auto type = types.find({one.type_code, one.type_date});
    record.adjustments.push_back({std::move(one), type == types.end() ? nullptr : &type->second});
  }
}

void LoadRebills(db::Transaction& tx, std::int64_t after, std::int64_t through, Records& records) {
  const auto of = [&](AccountId account) -> AccountRecord& {
    AccountRecord& record = records[account];
    record.account = account;
    return record;
  };
  for (rebill::Cancellation& one : rebill::CancellationsOfRange(tx, after, through)) {
    of(one.account).cancellations.push_back(std::move(one));
  }
  for (rebill::RebillRow& one : rebill::RebillsOfRange(tx, after, through)) {
    of(one.account).rebills.push_back(std::move(one));
  }
  for (rebill::Proposal& one : rebill::ProposalsOfRange(tx, after, through)) {
    of(one.correction.account).proposals.push_back(std::move(one));
  }
  for (const db::Rows::Row row : tx.Select(kPlanned, after, through)) {
    Of(records, row)
        .planned.push_back({row.Int(1), row.Int(2), {row.Text(3), row.Day(4), row.Cents(5)}});
  }
}

std::map<Date, rebill::Policy> LoadLimits(db::Transaction& tx) {
  std::map<Date, rebill::Policy> limits;
  for (rebill::Policy& policy : rebill::ListPolicies(tx)) {
    const Date day = policy.effective_date;
    limits.emplace(day, std::move(policy));
  }
  return limits;
}

void LoadBills(db::Transaction& tx, std::int64_t after, std::int64_t through, Records& records) {
  for (const db::Rows::Row row : tx.Select(kAgreements, after, through)) {
    agreement::Agreement& agreement = Of(records, row).agreements[row.Int(1)];
    agreement.schedule_code = row.Text(2);
    agreement.meter_number = row.Text(3);
    agreement.register_digits = static_cast<int>(row.Int(4));
    agreement.multiplier_thousandths = row.Int(5);
    agreement.start_date = row.Day(6);
    agreement.quantity_thousandths = row.Int(7);
    agreement.stop_date = row.MaybeDay(8);
    agreement.unit = row.Text(9);
    agreement.meter_size = row.Text(10);
    agreement.installation_no = row.Int(11);
    agreement.state = agreement::ParseState(row.Text(12));
  }
  for (const db::Rows::Row row : tx.Select(kAverages, after, through)) {
    Of(records, row).averages[row.Int(1)][row.Day(2)] = row.Int(3);
  }
  for (const db::Rows::Row row : tx.Select(kInstallations, after, through)) {
    Of(records, row).installations.push_back(meter::ToInstallation(row));
  }
  for (const db::Rows::Row row : tx.Select(kBills, after, through)) {
    cycle::Bill& bill = Of(records, row).bills.emplace_back();
    bill.account = AccountId(row.Int(0));
    bill.bill_id = row.Int(1);
    bill.cycle_id = row.Int(2);
    bill.state = cycle::ParseBillState(row.Text(3));
    bill.bill_date = row.Day(4);
    bill.due_date = row.Day(5);
    bill.total = row.Cents(6);
  }
  for (const db::Rows::Row row : tx.Select(kSegments, after, through)) {
    SegmentRow& added = Of(records, row).segments.emplace_back();
    added.bill_id = row.Int(1);
    added.segment_no = row.Int(2);
    added.cancelled = row.Text(7) == "CANCELLED";
    cycle::Segment& segment = added.segment;
    segment.agreement_id = row.Int(3);
    segment.service = row.Text(4);
    segment.schedule_code = row.Text(5);
    segment.effective_date = row.Day(6);
    segment.from_date = row.Day(8);
    segment.to_date = row.Day(9);
    segment.start_read_thousandths = row.Int(10);
    segment.end_read_thousandths = row.Int(11);
    segment.use = {row.Int(12), row.Int(13)};
    segment.amount = row.Cents(14);
    segment.estimated = row.Bool(15);
    segment.installation_no = row.Int(16);
    segment.month_days = row.Int(17);
    segment.metered_by = row.Text(18);
    segment.metered_size = row.Text(19);
  }
  LoadIntervals(tx, after, through, records);
  for (const db::Rows::Row row : tx.Select(kSegmentMeters, after, through)) {
    Of(records, row)
        .segment_meters.push_back(
            {row.Int(1),
             row.Int(2),
             {row.Int(3), {}, row.Day(4), row.Day(5), row.Int(6), row.Int(7), row.Int(8)}});
  }
  for (const db::Rows::Row row : tx.Select(kLines, after, through)) {
    AccountRecord& record = Of(records, row);
    record.lines.push_back({row.Int(1), row.Int(2), row.Int(3),
                            cycle::ToLine(row, 4, SegmentOf(record, row.Int(1), row.Int(3)))});
  }
  for (const db::Rows::Row row : tx.Select(kHolds, after, through)) {
    Of(records, row).holds[row.Int(1)].insert(row.Text(2));
  }
  for (const db::Rows::Row row : tx.Select(kCorrections, after, through)) {
    Of(records, row).corrections[row.Int(1)] = {row.Text(2), row.Int(3)};
  }
  for (const db::Rows::Row row : tx.Select(kReviews, after, through)) {
    Of(records, row).decisions[row.Int(1)] = row.Text(2);
  }
  for (const db::Rows::Row row : tx.Select(kReads, after, through)) {
    AccountRecord& record = Of(records, row);
    record.read_ids.push_back(row.Int(7));
    (row.Text(5) == "ACCEPTED"                 ? record.reads
     : record.corrections.contains(row.Int(7)) ? record.reads_corrected
                                               : record.reads_set_aside)
        .push_back({row.Int(1), row.Text(2), row.Text(3), row.Int(4),
                    row.Text(6) == read::SourceName(read::Source::kEstimate),
                    row.Text(6) == read::SourceName(read::Source::kExchange)});
  }
}

// One check over all accounts: counts what it saw and keeps the first violation.
struct Check {
  Finding finding;
  void Examine(std::size_t rows, std::optional<std::string> violation) {
    finding.examined += static_cast<std::int64_t>(rows);
    if (finding.violation.empty() && violation) finding.violation = *std::move(violation);
  }
};

std::map<std::int64_t, cycle::Run> LoadRuns(db::Transaction& tx) {
  std::map<std::int64_t, cycle::Run> runs;
  for (const cycle::Run& run :
       cycle::ListRuns(tx, "9999-99-99", kLast, std::numeric_limits<std::int32_t>::max())) {
    runs.emplace(run.cycle_id, run);
  }
  return runs;
}

// The registers of all pages, summed up from bills: what is written must be the same.
class Registers {
 public:
  explicit Registers(db::Transaction& tx) {
    for (const db::Rows::Row row : tx.Select(kPages)) {
      std::map<std::int64_t, std::int64_t>& pages = pages_[row.Int(0)];
      const std::int64_t end = pages.empty() ? 0 : pages.rbegin()->first;
      if (row.Int(2) != end || row.Int(1) != static_cast<std::int64_t>(pages.size()) + 1) {
        Violate(row.Int(0), ": its pages are not one behind the other");
      }
      pages[row.Int(3)] = row.Int(1);
    }
  }

  void Add(const AccountRecord& record) {
    for (const cycle::Bill& bill : record.bills) {
      // It came of a review, after the register, which has the bill for which it stands.
      if (bill.bill_id == cycle::MonthsBillId(bill.cycle_id, bill.account)) continue;
      cycle::Bill whole = bill;
      for (const SegmentRow& row : record.segments) {
        if (row.bill_id != bill.bill_id) continue;
        const auto agreement = record.agreements.find(row.segment.agreement_id);
        whole.segments.push_back(row.segment);
        whole.segments.back().metered =
            agreement != record.agreements.end() && agreement->second.IsMetered();
      }
      const std::map<std::int64_t, std::int64_t>& pages = pages_[bill.cycle_id];
      const auto page = pages.lower_bound(bill.account.value());
      const std::int64_t page_no = page == pages.end() ? 0 : page->second;
      cycle::AddToRegister(whole, record.holds.contains(bill.bill_id),
                           computed_[{bill.cycle_id, page_no}]);
    }
  }

  Finding Compare(db::Transaction& tx) {
    for (const db::Rows::Row row : tx.Select(kRegisters)) {
      ++finding_.examined;
      cycle::Register& reg = computed_[{row.Int(0), row.Int(1)}];
      const auto line = reg.find(row.Text(2));
      if (line == reg.end() || !IsOf(row, line->second)) {
        Violate(row.Int(0), " " + row.Text(2) + ": register is not the sum of its bills");
      }
      if (line != reg.end()) reg.erase(line);
    }
    for (const auto& [page, reg] : computed_) {
      if (!reg.empty()) Violate(page.first, ": bills without a register line");
    }
    return finding_;
  }

 private:
  // What is held is told apart since there are columns for it.
  static bool IsOf(db::Rows::Row row, cycle::RegisterLine line) {
    cycle::RegisterLine written{row.Int(3), row.Int(4), row.Int(5), 0, 0, 0};
    if (row.IsNull(6) && row.IsNull(7) && row.IsNull(8)) {
      line.held_agreement_count = line.held_quantity_thousandths = line.held_amount_cents = 0;
    } else {
      written.held_agreement_count = row.MaybeInt(6).value_or(-1);
      written.held_quantity_thousandths = row.MaybeInt(7).value_or(-1);
      written.held_amount_cents = row.MaybeInt(8).value_or(-1);
    }
    return written == line;
  }
  void Violate(std::int64_t cycle_id, const std::string& what) {
    if (finding_.violation.empty()) {
      finding_.violation = "cycle " + std::to_string(cycle_id) + what;
    }
  }

  Finding finding_{"registers", 0, ""};
  std::map<std::int64_t, std::map<std::int64_t, std::int64_t>> pages_;         // cycle: end -> page
  std::map<std::pair<std::int64_t, std::int64_t>, cycle::Register> computed_;  // by cycle and page
};

// The numbers of meters of exchanges, from all agreements: each has its row, and no other has.
class ExchangedMeters {
 public:
  void Add(const AccountRecord& record) {
    for (const meter::Installation& one : record.installations) {
      if (meter::Numbered(record.installations, one.agreement_id, 2) == nullptr) continue;
      numbers_.insert(one.meter.meter_number);
    }
  }
  std::optional<std::string> Compare(db::Transaction& tx) const {
    auto expected = numbers_.begin();
    for (const db::Rows::Row row : tx.Select(kExchanged)) {
      if (expected == numbers_.end() || *expected != row.Text(0)) {
        return "meter " + row.Text(0) + ": was not exchanged, or its number is missing";
      }
      ++expected;
    }
    if (expected == numbers_.end()) return std::nullopt;
    return "meter " + *expected + ": its number is missing";
  }

 private:
  std::set<std::string> numbers_;
};

Finding CheckImports(db::Transaction& tx) {
  Finding finding{"read-imports", 0, ""};
  for (const db::Rows::Row row : tx.Select(kImports)) {
    ++finding.examined;
    if (finding.violation.empty() && (row.Int(1) != row.Int(3) || row.Int(2) != row.Int(4))) {
      finding.violation =
          "import " + std::to_string(row.Int(0)) + ": counts are not those of its exceptions";
    }
  }
  return finding;
}

// Every run is judged by the policy that was in force on the day of its bills.
Finding CheckPolicies(db::Transaction& tx, const std::map<std::int64_t, cycle::Run>& runs) {
  Finding finding{"runs-by-the-policy-in-force", 0, ""};
  for (const auto& [cycle_id, run] : runs) {
    ++finding.examined;
    if (run.guard_policy.empty() || !finding.violation.empty()) continue;
    if (run.guard_policy != cycle::GuardPolicyInForce(tx, run.bill_date).key()) {
      finding.violation =
          "cycle " + std::to_string(cycle_id) + ": is not judged by the policy in force";
    }
  }
  return finding;
}

// What is derived a second time.
std::vector<Finding> ProveDerived(db::Transaction& tx) {
  const rate::Tariff tariff(rate::LoadSchedules(tx));
  const std::map<std::int64_t, cycle::Run> runs = LoadRuns(tx);
  const Types types = LoadTypes(tx);
  const std::map<Date, rebill::Policy> limits = LoadLimits(tx);
  const LateFeeRows late_fees(tx);
  rate::EarlierTariffs earlier(tx);
  const BillContext context{
      tariff, [&](std::int64_t no) -> const rate::Tariff& { return earlier.Of(no); }, runs, limits};
  Check books{{"journal-and-open-items", 0, ""}};
  Check payments{{"payments-applied-once", 0, ""}};
  Check adjustments{{"adjustments-on-the-books", 0, ""}};
  Check fees{{"late-fees-on-the-books", 0, ""}};
  Check bills{{"bills-from-reads-and-rates", 0, ""}};
  Check rebills{{"bills-cancelled-and-rebilled", 0, ""}};
  Check days{{"days-billed-once", 0, ""}};
  Check meters{{"meters-one-behind-the-other", 0, ""}};
  Check set_aside{{"reads-set-aside", 0, ""}};
  Check cuts{{"open-disconnects", 0, ""}};
  Registers registers(tx);
  ExchangedMeters exchanged;
  for (std::int64_t after = kFirst; after != kLast;) {
    const db::Rows page = tx.Select(kPage, after, kAccountsOfPage);
    const bool last_page = page.size() < static_cast<std::size_t>(kAccountsOfPage);
    const std::int64_t through = last_page ? kLast : page[page.size() - 1].Int(0);
    Records records;
    LoadLedger(tx, after, through, records);
    LoadAdjustments(tx, after, through, types, records);
    late_fees.Load(tx, after, through, records);
    LoadBills(tx, after, through, records);
    LoadRebills(tx, after, through, records);
    for (const auto& [account, record] : records) {
      books.Examine(record.entries.size(), ProveBooks(record));
      payments.Examine(record.payments.size(), ProvePayments(record));
      adjustments.Examine(record.adjustments.size(), ProveAdjustments(record));
      fees.Examine(record.late_fees.size(), ProveLateFees(record, late_fees.rules()));
      bills.Examine(record.bills.size(), ProveBills(record, context));
      rebills.Examine(record.cancellations.size() + record.rebills.size(),
                      ProveRebills(record, context));
      days.Examine(record.segments.size(), ProveDays(record));
      meters.Examine(record.installations.size(), ProveMeters(record));
      set_aside.Examine(record.reads_set_aside.size() + record.reads_corrected.size(),
                        ProveReadsSetAside(record));
      cuts.Examine(record.open_disconnects.size(), ProveCuts(record));
      registers.Add(record);
      exchanged.Add(record);
    }
    after = through;
  }
  meters.Examine(0, exchanged.Compare(tx));
  fees.Examine(0, late_fees.ProvePeople(tx));
  return {books.finding,          payments.finding, adjustments.finding,   fees.finding,
          bills.finding,          rebills.finding,  days.finding,          meters.finding,
          set_aside.finding,      cuts.finding,     registers.Compare(tx), CheckImports(tx),
          CheckPolicies(tx, runs)};
}

}  // namespace

Proof ProveAll(db::Transaction& tx, Until until) {
  Proof proof{CheckAudited(tx, until), tx.Select(kClearing)[0].Cents(0)};
  try {
    for (const auto check : {CheckShadows, ProveDerived, CheckStatements, CheckLedger}) {
      if (IsEnded(until, proof.findings)) break;
      for (Finding& finding : check(tx)) proof.findings.push_back(std::move(finding));
    }
    if (!IsEnded(until, proof.findings)) proof.findings.push_back(CheckParcels(tx));
  } catch (const db::DatabaseError&) {
    throw;
  } catch (const std::exception& thrown) {  // a row that no code of ours has written
    proof.findings.push_back({"derived", 0, std::string("a row cannot be read: ") + thrown.what()});
  }
  return proof;
}

}  // namespace reeve::billing::verify
