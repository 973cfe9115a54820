// Rebill: what the limits of back-billing and refunds say of a bill that is made again, what is
// owed for it, and how its lines differ. Pure: no clock, no SQL.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/billing/adjustment/limit.h"
#include "services/billing/cycle/cycle.h"
#include "services/billing/cycle/guard_run.h"
#include "shared/core/date.h"
#include "shared/core/fields.h"
#include "shared/core/id.h"
#include "shared/core/money.h"

namespace reeve::billing::rebill {

enum class Cause { kMeter, kRead, kEstimate, kRate, kSetup, kFraud };
std::string_view CauseName(Cause cause);  // "METER"
Cause ParseCause(std::string_view name);  // the inverse; names come from our own tables

// How a rule binds the city. A template is shown to staff and cuts nothing.
enum class Binding { kBinding, kAdopted, kTemplate };
std::string_view BindingName(Binding binding);  // "BINDING"
Binding ParseBinding(std::string_view name);

// Limits from a day on; 0 months: no such limit.
struct Policy {
  Date effective_date;
  std::string jurisdiction;
  std::string citation;
  Binding binding = Binding::kTemplate;
  std::int64_t backbill_months = 0;
  std::int64_t discovery_months = 0;
  bool fraud_exempt = false;
  std::int64_t refund_months = 0;
  Money cash_refund_above;
  std::int64_t cash_refund_average_months = 0;
  bool interest = false;
  std::int64_t taker_days = 30;  // nobody corrects an account whose payment they took within them
  PersonId loaded_by;
  std::vector<adjustment::Limit> limits;  // what roles take back alone; none: everything takes two
  std::int64_t limit_days = 0;            // what a person took back within them counts together
  bool operator==(const Policy&) const = default;
};

// What one service of a bill was billed, and is now, for its days.
struct ServiceChange {
  std::string service;
  Date from_date;  // not of them
  Date to_date;
  Money before;
  Money after;
};
// By service; the days are those of both bills together. `before` was charged `charged`, which is
// less than its total where a limit has cut it.
std::vector<ServiceChange> ChangesOf(const cycle::Bill& before,
                                     std::span<const cycle::PlannedCharge> charged,
                                     const cycle::Bill& after);

// Why a bill is made again.
struct Grounds {
  Cause cause = Cause::kMeter;
  std::string reason;
  Date discovered_date;  // not behind `today`
};

// Which bill was wrong, and why.
struct Correction {
  AccountId account;
  std::int64_t bill_id = 0;
  Grounds grounds;
  std::vector<std::string> misread_services;
};

// A posted bill that was cancelled.
struct Cancellation {
  AccountId account;
  std::int64_t bill_id = 0;
  Grounds grounds;
  std::vector<std::string> misread_services;
  Date cancelled_date;
  PersonId cancelled_by;
  Money freed;           // what was paid for it
  Money credited;        // what it took back, less what took its place at once
  PersonId approved_by;  // unset if nobody had to
};

// A bill that bills the days of a cancelled one again.
struct RebillRow {
  AccountId account;
  std::int64_t bill_id = 0;
  std::int64_t rebilled_bill_id = 0;
  std::int64_t rebill_no = 1;
  Grounds grounds;
  std::optional<Date> policy_date;  // of the limits that were in force
  Money credited;        // what it took back beyond what the cancellation and rebills before had
  PersonId approved_by;  // unset if nobody had to
};

// What a limit says.
struct LimitLine {
  std::string_view rule;  // "BACKBILL_MONTHS"
  std::string service;    // empty: of the whole bill
  std::string finding;
  Money beyond{};  // what lies beyond the limit
  Money cut{};     // what of it is not charged
  bool operator==(const LimitLine&) const = default;
};

// What is known of money that a decrease gives back.
struct Overpayment {
  Money before;               // what the same error has given back on other bills
  std::optional<Date> since;  // since when more was paid of the bill than is owed now
};

// In the order of the services, then those of the whole bill; NO_POLICY alone without one.
//
// An increase for days `backbill_months` or more before the discovery is cut by its share of the
// service's days, to the customer's favour; all of it is cut `discovery_months` behind the
// discovery. Where fraud is exempt, or the policy is a template, nothing is cut. A decrease is
// never cut: one beyond `refund_months` is for a second person to look at.
// `overpaid` is for what is said of cash and interest, and cuts nothing.
std::vector<LimitLine> JudgeLimits(const Policy* policy, const Grounds& grounds, Date today,
                                   std::span<const ServiceChange> changes,
                                   const Overpayment& overpaid = {});

// The day since which what was paid, day by day and less what came back, is more than `owed`.
std::optional<Date> OverpaidSince(const std::map<Date, std::int64_t>& paid_cents, Money owed);

// What is owed by service: the amounts of `before`, the oldest first, keep their days; what is more
// is due on `due_date`. A cut is not owed. In the order of service and day.
std::vector<cycle::PlannedCharge> PlanCharges(std::span<const cycle::PlannedCharge> before,
                                              std::span<const ServiceChange> changes,
                                              std::span<const LimitLine> limits, Date due_date);

// What of a bill's total is not owed: a cut. Nothing of one that is no rebill.
Money NotCharged(const cycle::Bill& bill);

// The findings that somebody must acknowledge before the rebill's register is signed: what lies
// beyond a limit that binds.
std::vector<cycle::RunFinding> FindingsOf(const Policy* policy, std::span<const LimitLine> limits);

// A printed line, and two of them against each other.
struct PrintedLine {
  std::string service;
  std::string description;
  std::string quantity;
  std::string rate;
  Money amount;
  bool operator==(const PrintedLine&) const = default;
};
struct LineDifference {
  std::optional<PrintedLine> before;  // one of them is there
  std::optional<PrintedLine> after;
  bool operator==(const LineDifference&) const = default;
};
// Lines with the same service and description are each other's, the first with the first. In the
// order of the new bill, what is gone behind. The differences add up to that of the totals.
std::vector<LineDifference> DiffLines(std::span<const PrintedLine> before,
                                      std::span<const PrintedLine> after);

std::int64_t RebillCycleId(std::int64_t bill_id, std::int64_t rebill_no);
std::int64_t ReversalEntryId(std::int64_t bill_id);

void Validate(const Policy& policy, const std::string& field, Fields& fields);

}  // namespace reeve::billing::rebill
