// Cycle: the bills of one run, from agreements and reads. Pure: the same input gives the same
// bills, ids included.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/billing/agreement/agreement.h"
#include "services/billing/cycle/guard.h"
#include "services/billing/interval/interval.h"
#include "services/billing/interval/policy.h"
#include "services/billing/meter/meter.h"
#include "services/billing/rate/price.h"
#include "services/billing/read/read.h"

namespace reeve::billing::cycle {

using meter::Meter;

enum class Kind { kProduction, kDemo };
std::string_view KindName(Kind kind);
Kind ParseKind(std::string_view name);

enum class RunState { kCalculating, kCalculated, kSignedOff, kPosting, kPosted };
enum class RunEvent { kFinishCalculation, kSignOff, kStartPosting, kFinishPosting };
std::string_view RunStateName(RunState state);
RunState ParseRunState(std::string_view name);
// Where an event leads; nothing if it is refused in that state.
std::optional<RunState> After(RunState state, RunEvent event);

enum class BillState { kCalculated, kHeld, kReleased, kPosted, kCancelled };
// kConfirmHold: its reads are wrong. kKeepReads: they are right, the bill is not. kBillAsMonths: it
// is sent with the blocks of its months (months.h). kCancel: it was posted (rebill/).
enum class BillEvent { kPost, kRelease, kConfirmHold, kKeepReads, kBillAsMonths, kCancel };
std::string_view BillEventName(BillEvent event);  // "CONFIRM_HOLD"
std::string_view BillStateName(BillState state);
BillState ParseBillState(std::string_view name);
std::optional<BillState> After(BillState state, BillEvent event);

// A run of a cycle, or of one account whose cancelled bill is billed again.
struct Run {
  std::int64_t cycle_id = 0;
  int cycle = 0;
  Kind kind = Kind::kProduction;
  RunState state = RunState::kCalculating;
  Date period_end;
  Date bill_date;
  Date due_date;
  std::int64_t previous_cycle_id = 0;  // 0: none
  std::int64_t agreement_count = 0;
  PersonId started_by;
  PersonId signed_off_by;  // unset until signed
  // Which limits judge it (GuardPolicy::key), from its start to its end; empty: a run from before
  // this was kept.
  std::string guard_policy;
  // What prices it, from its start to its end; 0: a run from before this was kept.
  std::int64_t tariff_no = 0;
  // Of a rebill: the bill, and the day whose prices it takes, so that a rate that goes by the day
  // of the bill is that of the bill.
  std::int64_t rebilled_bill_id = 0;
  std::optional<Date> priced_date{};

  bool IsRebill() const { return rebilled_bill_id != 0; }
  Date PricedOn() const { return priced_date.value_or(bill_date); }
};

// A range of a run's accounts that is worked on in one transaction.
enum class PageState { kPlanned, kCalculated, kPosted };
std::string_view PageStateName(PageState state);
struct Page {
  std::int64_t page_no = 0;  // from 1
  AccountId after;           // not of the page
  AccountId through;         // of it
  std::int64_t agreement_count = 0;
};

// What an agreement was billed last.
struct LastBilled {
  Date to_date;
  std::int64_t end_read_thousandths = 0;
  MeteredUse use;
  Money amount;
  bool estimated = false;  // it ended with an estimate
};

// A meter that was taken out since the last bill, with its accepted reads, by day.
struct EarlierMeter {
  meter::Installation installation;
  std::vector<read::Reading> reads;
};

// What intervals say of an agreement whose schedule prices times of use or loads.
struct IntervalFacts {
  std::vector<interval::MeterDay> days;    // one behind the other
  std::optional<interval::Policy> policy;  // in force on the period's end
  // Loads of earlier bills by time, newest first.
  struct EarlierLoad {
    Date to_date;  // of the bill's part
    std::int64_t thousandths = 0;
  };
  std::map<std::string, std::vector<EarlierLoad>, std::less<>> earlier_loads;
};

// What is known of an agreement for its next bill. The meter in place is the agreement's own.
struct Pending {
  const agreement::Agreement* agreement = nullptr;
  std::optional<LastBilled> last;
  std::vector<read::Reading> reads;  // of the meter in place; accepted, by day, to the period's end
  std::vector<EarlierMeter> earlier;  // nearly always none; oldest first
  std::string waiting;  // why a read of the account waits for somebody; nearly always empty
  std::optional<IntervalFacts> intervals{};
};

// What was priced: metered use (0 for an unmetered service) and the agreement's quantity.
struct Use {
  std::int64_t usage_thousandths = 0;     // >= 0
  std::int64_t quantity_thousandths = 0;  // >= 0
};

// What one meter measured.
struct MeterUse {
  std::int64_t installation_no = 0;  // 0: no meter was exchanged since the last bill
  Meter meter;
  Date from_date;  // not of the use: the day of its first read
  Date to_date;
  std::int64_t start_read_thousandths = 0;
  std::int64_t end_read_thousandths = 0;
  std::int64_t usage_thousandths = 0;  // >= 0
  bool operator==(const MeterUse&) const = default;
};

// Days of a segment that version, meter and season do not divide, and what intervals say was used
// on them in each time of use.
struct TimedStretch {
  std::size_t meter = 0;  // index in the segment's
  Date from_date;         // not of the days, but where the days before ended
  Date to_date;
  std::int64_t usage_thousandths = 0;  // the meter's use adds up from its stretches
  struct Time {
    std::string name;
    std::int64_t thousandths = 0;
    bool operator==(const Time&) const = default;
  };
  std::vector<Time> times;           // add up to the stretch's use; none if its version has none
  std::int64_t estimated_count = 0;  // intervals that nobody read
  bool operator==(const TimedStretch&) const = default;
};

// The highest load of a segment in a time of use.
struct SegmentLoad {
  std::string time;  // empty: all day
  std::int64_t thousandths = 0;
  int window_minutes = 0;  // over which it was measured
  Date day;
  int minute_of_day = 0;  // at which the window began
  // Of earlier bills, for a ratchet, newest first; 0 in a month that it leaves out.
  std::vector<std::int64_t> earlier{};
  bool operator==(const SegmentLoad&) const = default;
};

// One agreement's part of a bill.
struct Segment {
  std::int64_t agreement_id = 0;
  std::string service;
  std::string schedule_code;
  Date effective_date;                      // of the version that priced the last days
  Date from_date;                           // not billed itself: the day of the last read
  Date to_date;                             // the last day billed
  std::int64_t start_read_thousandths = 0;  // of the first meter
  std::int64_t end_read_thousandths = 0;    // of the last one
  bool metered = false;
  bool estimated = false;  // it ends with an estimate
  // Whose meter measured its use, where it has none of its own (metered_by.h), and of what size
  // that meter is; empty: nobody's.
  std::string metered_by{};
  std::string metered_size{};
  std::int64_t installation_no = 0;  // of the last meter; 0: unmetered
  std::vector<MeterUse> meters;  // one behind the other over the days; their use adds up to `use`
  std::vector<TimedStretch> stretches;  // if times of use are priced
  std::vector<SegmentLoad> loads;       // if loads are
  Use use;
  Money amount;  // sum of the lines
  std::vector<rate::Line> lines;
  std::int64_t month_days = 0;  // so many are a month of its blocks; 0: as the version has them
  std::shared_ptr<const rate::Versions> as_months{};  // see WidenBlocks

  bool HasUse() const { return metered || !metered_by.empty(); }
  std::int64_t BilledThousandths() const {
    return HasUse() ? use.usage_thousandths : use.quantity_thousandths;
  }
};

// What each meter measured on the days of a segment: their reads become use. OUT_OF_RANGE if there
// is too much of it, READS_FALL; READ_MISSING if a meter was not read on its first or last day.
Result<std::vector<MeterUse>> MeasureMeters(const Pending& pending, Date from_date, Date to_date);

// What a segment is priced with: what each of its meters measured, in each time of use where that
// is known; none of an unmetered service. It points into the segment.
class SegmentFacts {
 public:
  explicit SegmentFacts(const Segment& segment);
  SegmentFacts(const SegmentFacts&) = delete;
  SegmentFacts& operator=(const SegmentFacts&) = delete;

  rate::Facts facts;

 private:
  void AddStretches(const Segment& segment);
  void AddMeters(const Segment& segment);

  std::vector<std::vector<rate::ByPeriod>> times_;
  std::vector<rate::Measured> measured_;
  std::vector<rate::ByPeriod> loads_;
};

// The segment to be priced with other days or use: as if its last meter had measured all of it, at
// times that nobody knows.
Segment AsOneMeter(Segment segment);

// The lines of a segment whose days and use are known: what the cycle writes, and what the proof
// compares. Refuses as rate::Price does, and if there is no such schedule.
Result<std::vector<rate::Line>> PriceSegment(const rate::Tariff& tariff, const Segment& segment,
                                             Date bill_date, Kind kind);

// The version that a segment names: of its last line, or if it has none, of its last day.
Date VersionOf(const rate::Versions& versions, Date to_date, std::span<const rate::Line> lines);

// What is owed for a bill that is billed again: what the cancelled one charged keeps its day.
struct PlannedCharge {
  std::string service;
  Date due_date;
  Money amount;  // above zero
  bool operator==(const PlannedCharge&) const = default;
};

struct Bill {
  AccountId account;
  std::int64_t bill_id = 0;
  std::int64_t cycle_id = 0;
  BillState state = BillState::kCalculated;
  Date bill_date;
  Date due_date;
  Money total;  // sum of the segments
  std::vector<Segment> segments;
  std::vector<Hold> holds;
  // Of a rebill, as of its run; `plan` is what is owed, where a limit cuts less than the total.
  std::int64_t rebilled_bill_id = 0;
  std::optional<Date> priced_date{};
  std::vector<PlannedCharge> plan{};

  bool IsRebill() const { return rebilled_bill_id != 0; }
  Date PricedOn() const { return priced_date.value_or(bill_date); }
};

// What `plan` charges by day, the earliest first.
std::map<Date, Money> ByDueDate(std::span<const PlannedCharge> plan);

namespace reason {
inline constexpr Reason kReadMissing{"READ_MISSING"};
}  // namespace reason

std::int64_t CycleId(int cycle, Date period_end, Kind kind);
std::int64_t BillId(std::int64_t cycle_id, AccountId account);

// The bill of one account, from its agreements in the cycle; nothing if there is nothing to bill.
// What cannot be priced is left for a later cycle and holds the bill. An unmetered service is
// billed to the period's end, a metered one to its last read, as is what is billed by another's
// meter; one that was stopped, to its stop.
// What it comes to is for the guard to judge (guard_page.h).
std::optional<Bill> MakeBill(const Run& run, const rate::Tariff& tariff,
                             std::span<const Pending> account);

// Counts, units and dollars of one service.
struct RegisterLine {
  std::int64_t agreement_count = 0;
  std::int64_t quantity_thousandths = 0;  // use, or units of an unmetered service
  std::int64_t amount_cents = 0;
  // What of this is on bills that were held when it was calculated.
  std::int64_t held_agreement_count = 0;
  std::int64_t held_quantity_thousandths = 0;
  std::int64_t held_amount_cents = 0;
  bool operator==(const RegisterLine&) const = default;
};
using Register = std::map<std::string, RegisterLine>;
// `held`: the guard held it, whatever has become of it.
void AddToRegister(const Bill& bill, bool held, Register& reg);

}  // namespace reeve::billing::cycle
