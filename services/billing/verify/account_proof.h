// The proof of one account: its journal, open items, payments and bills, derived a second time from
// each other. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "services/billing/adjustment/adjustment.h"
#include "services/billing/agreement/agreement.h"
#include "services/billing/cycle/cycle.h"
#include "services/billing/late_fee/late_fee.h"
#include "services/billing/meter/meter.h"
#include "services/billing/rate/rate.h"
#include "services/billing/rebill/proposal.h"
#include "services/billing/rebill/rebill.h"
#include "services/billing/receivable/books.h"

namespace reeve::billing::verify {

struct PostingRow {
  std::int64_t entry_id = 0;
  std::int64_t line_no = 0;
  Posting posting;
};

struct AllocationLine {
  std::int64_t entry_id = 0;
  std::int64_t line_no = 0;
  receivable::AllocationRow row;
};

struct PaymentRow {
  std::string payment_id;
  std::string state;  // "APPLIED", "UNAPPLIED", "REVERSED"
  std::int64_t entry_id = 0;
  Money amount;
  Date business_date;
  std::string reason;  // not empty if it is, or was when it was reversed, unapplied cash
};

struct AdjustmentRow {
  adjustment::Adjustment adjustment;
  const adjustment::Type* type = nullptr;  // nothing: its version is gone
};

struct LateFeeRow {
  late_fee::Fee fee;
  const late_fee::Policy* policy = nullptr;  // nothing: its version is gone
  const late_fee::Run* run = nullptr;        // nothing: it is gone
};
// What an account's late fees follow from besides its books.
struct LateFeeGround {
  std::string customer_class;
  std::map<std::int64_t, Date> sent;                 // bill -> day on which it was sent
  std::map<std::int64_t, std::int64_t> posted_time;  // late fee's entry -> when
  std::int64_t last_posted_time = 0;                 // of any entry
};

struct PlannedRow {
  std::int64_t bill_id = 0;
  std::int64_t charge_no = 0;
  cycle::PlannedCharge charge;
};

struct SegmentRow {
  std::int64_t bill_id = 0;
  std::int64_t segment_no = 0;
  bool cancelled = false;
  cycle::Segment segment;  // without lines and meters
};

struct LineRow {
  std::int64_t bill_id = 0;
  std::int64_t line_no = 0;
  std::int64_t segment_no = 0;
  rate::Line line;
};

struct MeterRow {
  std::int64_t bill_id = 0;
  std::int64_t segment_no = 0;
  cycle::MeterUse use;  // without the meter
};

struct ReadRow {
  std::int64_t agreement_id = 0;
  std::string meter_number;
  std::string read_date;
  std::int64_t read_thousandths = 0;
  bool estimated = false;
  bool of_exchange = false;
  auto operator<=>(const ReadRow&) const = default;
};

struct CorrectionRow {
  std::string kind;
  std::int64_t by_read_id = 0;
};

// Everything that the database holds of one account; each list in the order of its key.
struct AccountRecord {
  AccountId account;
  bool known = false;  // has a row of its own; otherwise only unapplied cash is allowed
  Money credit;
  std::vector<receivable::Entry> entries;  // without postings and allocations
  std::vector<PostingRow> postings;
  std::vector<receivable::Charge> charges;
  std::vector<AllocationLine> allocations;
  std::vector<PaymentRow> payments;
  std::vector<AdjustmentRow> adjustments;
  std::vector<LateFeeRow> late_fees;
  LateFeeGround late_fee_ground;
  std::vector<cycle::Bill> bills;  // without segments and holds
  std::vector<rebill::Cancellation> cancellations;
  std::vector<rebill::RebillRow> rebills;
  std::vector<PlannedRow> planned;  // what is owed for rebills
  std::vector<rebill::Proposal> proposals;
  std::vector<SegmentRow> segments;
  std::vector<MeterRow> segment_meters;
  std::vector<LineRow> lines;
  std::map<std::int64_t, std::set<std::string>> holds;  // bill -> services that hold it
  std::map<std::int64_t, std::string> decisions;        // bill -> what its review decided
  std::vector<ReadRow> reads;                           // accepted
  std::vector<ReadRow> reads_set_aside;                 // by reviews of bills
  std::vector<ReadRow> reads_corrected;               // by better reads, or because they never were
  std::vector<std::int64_t> read_ids;                 // of all, rising
  std::map<std::int64_t, CorrectionRow> corrections;  // by the read that counts no more
  std::map<std::int64_t, agreement::Agreement> agreements;
  // Signed averages by agreement and first day.
  std::map<std::int64_t, std::map<Date, std::int64_t>> averages;
  std::vector<meter::Installation> installations;
  std::int64_t open_disconnect_id = 0;
  std::vector<std::int64_t> open_disconnects;  // not satisfied
};

// What bills are checked against.
struct BillContext {
  const rate::Tariff& tariff;
  // That of a run (Run::tariff_no, above 0): what was activated since divides other days.
  std::function<const rate::Tariff&(std::int64_t tariff_no)> tariff_then;
  const std::map<std::int64_t, cycle::Run>& runs;
  const std::map<Date, rebill::Policy>& limits;  // of rebills, by their first days
};

// The first thing that does not hold, or nothing.
// Postings are those that charges, allocations and payments call for, and sum to zero per entry;
// open items are charges less allocations; what is open and the credit are the sums of their
// postings.
std::optional<std::string> ProveBooks(const AccountRecord& record);
// A payment that was applied, held or taken back has exactly the entries that say so.
std::optional<std::string> ProvePayments(const AccountRecord& record);
// Lines are what the version in force charges for the use, and add up to segment and bill; use is
// what the reads say; a posted bill is owed, no other is.
std::optional<std::string> ProveBills(const AccountRecord& record, const BillContext& context);
// Every day of every agreement from its start on is billed once: no overlap, and no gap but of the
// days of a bill that is cancelled and not billed again.
std::optional<std::string> ProveDays(const AccountRecord& record);
// The reads that are set aside are those at which cancelled bills ended, where the guard had held
// their service and a review found the reads wrong, or whoever cancelled them says that they were,
// and those that were corrected. What counts instead of one is a read, and none stands for an
// exchange that never was.
std::optional<std::string> ProveReadsSetAside(const AccountRecord& record);
// An agreement's meters follow one another without a gap, both are read on the day of an exchange,
// and the last is the one that the agreement says is in place.
std::optional<std::string> ProveMeters(const AccountRecord& record);
// The account points at its only open request for a cut, if there is one.
std::optional<std::string> ProveCuts(const AccountRecord& record);

}  // namespace reeve::billing::verify
