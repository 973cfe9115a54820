// What cancelling a bill, and billing its days again, would do: the same for a dry run and for the
// act, which differ in that the act holds the rows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/billing/cycle/cycle.h"
#include "services/billing/cycle/guard_run.h"
#include "services/billing/late_fee/late_fee.h"
#include "services/billing/rate/rate.h"
#include "services/billing/rebill/rebill.h"
#include "services/billing/rebill/rebill_store.h"
#include "services/billing/rebill/rebill_wire_service.h"
#include "services/billing/receivable/books_store.h"
#include "shared/core/call.h"
#include "shared/core/seams.h"
#include "shared/db/database.h"

namespace reeve::billing::rebill {

namespace reason {
inline constexpr Reason kBillUnknown{"BILL_UNKNOWN"};
inline constexpr Reason kBillNotPosted{"BILL_NOT_POSTED"};
inline constexpr Reason kCycleCalculating{"CYCLE_CALCULATING"};
inline constexpr Reason kAdjusted{"ADJUSTED"};
inline constexpr Reason kServiceNotMeasured{"SERVICE_NOT_MEASURED"};
inline constexpr Reason kReadBilledSince{"READ_BILLED_SINCE"};
inline constexpr Reason kAlreadyRebilled{"ALREADY_REBILLED"};
inline constexpr Reason kDaysBilled{"DAYS_BILLED"};
inline constexpr Reason kEarlierDaysOpen{"EARLIER_DAYS_OPEN"};
inline constexpr Reason kDiscoveryDiffers{"DISCOVERY_DIFFERS"};
inline constexpr Reason kRebillNotPriced{"REBILL_NOT_PRICED"};
inline constexpr Reason kReadDiffers{"READ_DIFFERS"};
}  // namespace reason

enum class Hold { kRows, kNothing };

// A bill that is to be corrected, with its run, its charges and the books of its account.
struct Subject {
  cycle::Bill bill;
  cycle::Run run;
  std::vector<receivable::Charge> charges;
  receivable::OpenBooks open;
  std::vector<late_fee::Fee> late_fees;  // that go with it
};
// BILL_UNKNOWN, CYCLE_CALCULATING. Rows are held in the order: run, bill, books.
Result<Subject> LoadSubject(db::Transaction& tx, const Correction& correction, Hold hold);

// What was charged for it, in the order of its charges.
std::vector<cycle::PlannedCharge> ChargedBy(const Subject& subject);

struct CancelPlan {
  Cancellation cancellation;
  receivable::Books books;  // as they are then
  Money balance_before;
};
// BILL_NOT_POSTED, SERVICE_NOT_MEASURED, READ_BILLED_SINCE.
Result<CancelPlan> PlanCancel(db::Transaction& tx, const Call& call, const Correction& correction,
                              const Subject& subject);
std::string DigestOf(const Subject& subject, const CancelPlan& plan, Date today);

struct RebillPlan {
  std::optional<CancelPlan> cancel;  // nothing: it was cancelled before
  cycle::Run run;
  cycle::Bill bill;
  RebillRow row;
  std::optional<Policy> policy;
  std::vector<LimitLine> limits;
};
// BILL_NOT_POSTED, ALREADY_REBILLED, DAYS_BILLED, EARLIER_DAYS_OPEN, REBILL_NOT_PRICED,
// READ_DIFFERS.
Result<RebillPlan> PlanRebill(db::Transaction& tx, const Call& call, const RebillCommand& command,
                              const Subject& subject, const rate::Tariff& tariff,
                              const TimeZone& zone);
std::string DigestOf(const Subject& subject, const RebillPlan& plan, Date today);

// What they take back.
inline Money CreditOf(const CancelPlan& plan) { return plan.cancellation.credited; }
inline Money CreditOf(const RebillPlan& plan) {
  return plan.cancel ? CreditOf(*plan.cancel) : plan.row.credited;
}

}  // namespace reeve::billing::rebill
