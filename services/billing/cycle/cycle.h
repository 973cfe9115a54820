// Cycle: the bills of one run, from agreements and reads. Pure: the same input gives the same
// bills, ids included.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/billing/agreement/agreement.h"
#include "services/billing/cycle/guard.h"
#include "services/billing/rate/price.h"
#include "services/billing/read/read.h"

namespace reeve::billing::cycle {

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
enum class BillEvent { kPost, kRelease, kConfirmHold };
std::string_view BillStateName(BillState state);
BillState ParseBillState(std::string_view name);
std::optional<BillState> After(BillState state, BillEvent event);

// A run of a cycle.
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
};

// What is known of an agreement for its next bill.
struct Pending {
  const agreement::Agreement* agreement = nullptr;
  std::optional<LastBilled> last;
  std::vector<read::Reading> reads;  // accepted, by day, up to the period's end
};

// What was priced: metered use (0 for an unmetered service) and the agreement's quantity.
struct Use {
  std::int64_t usage_thousandths = 0;     // >= 0
  std::int64_t quantity_thousandths = 0;  // >= 0
};

// One agreement's part of a bill.
struct Segment {
  std::int64_t agreement_id = 0;
  std::string service;
  std::string schedule_code;
  Date effective_date;  // of the version that priced the last days
  Date from_date;       // not billed itself: the day of the last read
  Date to_date;         // the last day billed
  std::int64_t start_read_thousandths = 0;
  std::int64_t end_read_thousandths = 0;
  bool metered = false;
  Use use;
  Money amount;  // sum of the lines
  std::vector<rate::Line> lines;
};

// The lines of a segment whose days and use are known: what the cycle writes, and what the proof
// compares. Refuses as rate::Price does, and if there is no such schedule.
Result<std::vector<rate::Line>> PriceSegment(const rate::Tariff& tariff, const Segment& segment,
                                             Date bill_date, Kind kind);

// The version that a segment names: of its last line, or if it has none, of its last day.
Date VersionOf(const rate::Versions& versions, Date to_date, std::span<const rate::Line> lines);

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
};

std::int64_t CycleId(int cycle, Date period_end, Kind kind);
std::int64_t BillId(std::int64_t cycle_id, AccountId account);

// The bill of one account, from its agreements in the cycle; nothing if there is nothing to bill.
// What cannot be priced is left for a later cycle and holds the bill. An unmetered service is
// billed to the period's end, a metered one to its last read; one that was stopped, to its stop.
// What it comes to is for the guard to judge (guard_page.h).
std::optional<Bill> MakeBill(const Run& run, const rate::Tariff& tariff,
                             std::span<const Pending> account);

// Counts, units and dollars of one service.
struct RegisterLine {
  std::int64_t agreement_count = 0;
  std::int64_t quantity_thousandths = 0;  // use, or units of an unmetered service
  std::int64_t amount_cents = 0;
  bool operator==(const RegisterLine&) const = default;
};
using Register = std::map<std::string, RegisterLine>;
void AddToRegister(const Bill& bill, Register& reg);

}  // namespace reeve::billing::cycle
