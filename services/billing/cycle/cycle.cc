#include "services/billing/cycle/cycle.h"

#include <algorithm>
#include <utility>

#include "services/billing/cycle/interval_use.h"
#include "services/billing/cycle/metered_by.h"
#include "services/billing/cycle/months.h"
#include "services/billing/derived_id.h"
#include "services/billing/read/estimate.h"
#include "shared/core/decimal.h"
#include "shared/core/spelling.h"

namespace reeve::billing::cycle {
namespace {

constexpr Spelling<Kind, 2> kKinds{{"PRODUCTION", "DEMO"}};
constexpr Spelling<RunState, 5> kRunStates{
    {"CALCULATING", "CALCULATED", "SIGNED_OFF", "POSTING", "POSTED"}};
constexpr Spelling<PageState, 3> kPageStates{{"PLANNED", "CALCULATED", "POSTED"}};
constexpr Spelling<BillState, 5> kBillStates{
    {"CALCULATED", "HELD", "RELEASED", "POSTED", "CANCELLED"}};
constexpr Spelling<BillEvent, 6> kBillEvents{
    {"POST", "RELEASE", "CONFIRM_HOLD", "KEEP_READS", "BILL_AS_MONTHS", "CANCEL"}};

template <class State, class Event>
struct Transition {
  State from;
  Event event;
  State to;
};
constexpr Transition<RunState, RunEvent> kRunTransitions[] = {
    {RunState::kCalculating, RunEvent::kFinishCalculation, RunState::kCalculated},
    {RunState::kCalculated, RunEvent::kSignOff, RunState::kSignedOff},
    {RunState::kSignedOff, RunEvent::kStartPosting, RunState::kPosting},
    {RunState::kPosting, RunEvent::kFinishPosting, RunState::kPosted},
};
constexpr Transition<BillState, BillEvent> kBillTransitions[] = {
    {BillState::kCalculated, BillEvent::kPost, BillState::kPosted},
    {BillState::kReleased, BillEvent::kPost, BillState::kPosted},
    {BillState::kHeld, BillEvent::kRelease, BillState::kReleased},
    {BillState::kHeld, BillEvent::kConfirmHold, BillState::kCancelled},
    {BillState::kHeld, BillEvent::kKeepReads, BillState::kCancelled},
    {BillState::kHeld, BillEvent::kBillAsMonths, BillState::kCancelled},
    {BillState::kPosted, BillEvent::kCancel, BillState::kCancelled},
};

template <class Table, class State, class Event>
std::optional<State> Lookup(const Table& table, State state, Event event) {
  for (const auto& transition : table) {
    if (transition.from == state && transition.event == event) return transition.to;
  }
  return std::nullopt;
}

// A meter's days among those of a period, and its reads.
struct Stay {
  std::int64_t installation_no = 0;
  Meter meter;
  Date from_date;
  Date to_date;
  std::span<const read::Reading> reads;
};

// The meters of a period, one behind the other; a read of an exchange belongs to two of them.
std::vector<Stay> StaysOf(const Pending& pending, Date from_date, Date to_date) {
  std::vector<Stay> stays;
  Date next = from_date;
  for (const EarlierMeter& one : pending.earlier) {
    const Date end = std::min(*one.installation.to_date, to_date);
    if (end <= next) continue;
    stays.push_back({one.installation.installation_no, one.installation.meter, next, end,
                     std::span(one.reads)});
    next = end;
  }
  if (next < to_date) {
    const std::int64_t no = pending.earlier.empty()
                                ? 0
                                : std::max(pending.agreement->installation_no,
                                           pending.earlier.back().installation.installation_no + 1);
    stays.push_back({no, meter::InPlace(*pending.agreement), next, to_date, pending.reads});
  }
  return stays;
}

// The newest read in the period of a meter that stayed: a period does not end with an
// exchange.
std::optional<read::Reading> LastReading(const Pending& pending, Date from_date, Date to_date) {
  std::optional<read::Reading> last;
  for (const Stay& stay : StaysOf(pending, from_date, to_date)) {
    const bool removed = stay.to_date < to_date;
    for (const read::Reading& reading : stay.reads) {
      if (reading.date <= stay.from_date || reading.date > stay.to_date) continue;
      if (removed && reading.date == stay.to_date) continue;
      if (!last || last->date < reading.date) last = reading;
    }
  }
  return last;
}

std::optional<std::int64_t> ReadOn(std::span<const read::Reading> reads, Date day) {
  const auto found = std::find_if(reads.begin(), reads.end(),
                                  [&](const read::Reading& one) { return one.date == day; });
  return found == reads.end() ? std::nullopt : std::optional(found->thousandths);
}

Error ReadMissing(const Meter& meter, Date day) {
  return FailedPrecondition(reason::kReadMissing,
                            "meter " + meter.meter_number + " has no read of " + day.ToString());
}

// Prices one agreement into the bill, or holds the bill.
class AgreementBilling {
 public:
  AgreementBilling(const Run& run, const rate::Tariff& tariff, std::span<const Pending> account,
                   const Pending& pending, Bill& bill)
      : run_(run),
        tariff_(tariff),
        account_(account),
        pending_(pending),
        agreement_(*pending.agreement),
        bill_(bill) {}

  void Add() {
    Segment segment;
    segment.from_date = pending_.last ? pending_.last->to_date : agreement_.start_date;
    segment.to_date = std::min(run_.period_end, agreement_.stop_date.value_or(run_.period_end));
    if (segment.to_date <= segment.from_date) return;  // nothing new to bill
    segment.agreement_id = agreement_.agreement_id;
    segment.service = agreement_.service;
    segment.schedule_code = agreement_.schedule_code;
    segment.metered = agreement_.IsMetered();
    segment.use.quantity_thousandths = agreement_.quantity_thousandths;
    if (segment.metered && !pending_.waiting.empty()) {
      return Hold(HoldReason::kReadWaits, pending_.waiting);
    }
    if (segment.metered && !Measure(segment)) return;
    if (!HasVersion(segment.to_date)) return;
    if (!MeasureByOther(segment)) return;
    if (std::optional<Unmeasured> held = MeasureIntervals(segment)) {
      return Hold(held->reason, std::move(held->evidence));
    }
    Result<std::vector<rate::Line>> lines =
        PriceSegment(tariff_, segment, run_.PricedOn(), run_.kind);
    if (!lines.ok()) return HoldUnpriced(lines.error(), segment.to_date);
    segment.lines = std::move(lines).value();
    segment.effective_date =
        VersionOf(*tariff_.Find(segment.schedule_code), segment.to_date, segment.lines);
    segment.amount = Sum(segment.lines, [](const rate::Line& line) { return line.amount; }).value();
    if (segment.amount.is_negative()) {
      return Hold(HoldReason::kNotPriced, "the credits exceed the charges");
    }
    const Result<Money> total = bill_.total.Plus(segment.amount);
    if (!total.ok()) return Hold(HoldReason::kAboveMeterMaximum, "the total is out of range");
    bill_.total = *total;
    HoldCatchUp(segment);
    bill_.segments.push_back(std::move(segment));
  }

 private:
  void Hold(HoldReason reason, std::string evidence) {
    bill_.holds.push_back({reason, agreement_.service, std::move(evidence)});
  }

  // What is billed behind an estimate settles it.
  void HoldCatchUp(const Segment& segment) {
    if (!segment.metered || segment.estimated || !pending_.last || !pending_.last->estimated)
      return;
    const read::BilledUse billed{segment.from_date, segment.to_date, segment.use.usage_thousandths};
    const MeteredUse& last = pending_.last->use;
    const std::int64_t standard =
        read::StandardEstimate(last.usage_thousandths, last.day_count, billed);
    if (!read::IsCatchUp(billed, standard)) return;
    Hold(HoldReason::kCatchUp,
         PrintDecimal(billed.usage_thousandths, 3, 0) + " " + agreement_.unit + " behind an " +
             "estimate, where the standard estimate is " + PrintDecimal(standard, 3, 0) + ": " +
             std::string(read::kBackBillWords));
  }

  void HoldUnpriced(const Error& error, Date day) {
    if (error.reason() == rate::reason::kVersionMissing.name) return HoldWithoutVersion(day);
    const bool out_of_range = error.reason() == ::reeve::reason::kOverflow.name;
    Hold(out_of_range ? HoldReason::kAboveMeterMaximum : HoldReason::kNotPriced,
         agreement_.schedule_code + ": " + error.message());
  }
  void HoldWithoutVersion(Date day) {
    Hold(HoldReason::kNoSchedule, "no version of " + agreement_.schedule_code + " for " +
                                      agreement_.service + " is in force on " + day.ToString());
  }

  // Its versions are all for one service and unit. Holds the bill if they are for another.
  bool HasVersion(Date day) {
    const rate::Versions* versions = tariff_.Find(agreement_.schedule_code);
    const rate::Schedule* schedule = versions == nullptr ? nullptr : &versions->ForDay(day);
    if (schedule != nullptr && schedule->service == agreement_.service &&
        rate::MeterUnit(*schedule) == agreement_.unit) {
      return true;
    }
    HoldWithoutVersion(day);
    return false;
  }

  // From the read that ended the last bill (or began the service) to the newest in the period, one
  // meter behind the other.
  bool Measure(Segment& segment) {
    const std::optional<read::Reading> end =
        LastReading(pending_, segment.from_date, segment.to_date);
    if (!end) {
      Hold(HoldReason::kNoRead, "meter " + agreement_.meter_number + " has no read after " +
                                    segment.from_date.ToString() + " up to " +
                                    segment.to_date.ToString());
      return false;
    }
    segment.to_date = end->date;
    segment.estimated = end->estimated;
    Result<std::vector<MeterUse>> meters =
        MeasureMeters(pending_, segment.from_date, segment.to_date);
    if (!meters.ok()) {
      HoldUnmeasured(meters.error());
      return false;
    }
    segment.meters = std::move(meters).value();
    segment.start_read_thousandths = segment.meters.front().start_read_thousandths;
    segment.end_read_thousandths = segment.meters.back().end_read_thousandths;
    const std::int64_t last_no = segment.meters.back().installation_no;
    segment.installation_no = last_no == 0 ? agreement_.installation_no : last_no;
    for (const MeterUse& one : segment.meters) {
      segment.use.usage_thousandths += one.usage_thousandths;
    }
    return true;
  }

  // Where the schedule goes by another service's meter: what the bill has of it at the place. False
  // if that is not known; what holds it holds the bill.
  bool MeasureByOther(Segment& segment) {
    const rate::Schedule& schedule = tariff_.Find(segment.schedule_code)->ForDay(segment.to_date);
    if (schedule.metered_by.empty()) return true;
    std::vector<const Segment*> metered;
    bool waits = false;  // for a meter that has days to bill, and no segment
    for (const Pending& other : account_) {
      if (other.agreement->service != schedule.metered_by || !other.agreement->IsMetered() ||
          other.agreement->premise != agreement_.premise) {
        continue;
      }
      const Date billed = other.last ? other.last->to_date : other.agreement->start_date;
      if (other.last && billed > segment.from_date) {
        HoldByOther(schedule, "was billed to " + billed.ToString() + " without it: from " +
                                  segment.from_date.ToString() + " on its days are open");
        return false;
      }
      const auto found =
          std::ranges::find(bill_.segments, other.agreement->agreement_id, &Segment::agreement_id);
      if (found == bill_.segments.end()) {
        waits = waits || billed < other.agreement->stop_date.value_or(run_.period_end);
      } else if (other.agreement->unit != UnitName(*schedule.usage_unit)) {
        HoldByOther(schedule, "is not read in " + std::string(UnitName(*schedule.usage_unit)));
        return false;
      } else {
        metered.push_back(&*found);
      }
    }
    const std::optional<OtherUse> other =
        waits ? std::nullopt
              : UseOfOther(metered, {segment.from_date, !pending_.last, agreement_.stop_date});
    if (!other) {
      const bool held = std::ranges::any_of(bill_.holds, [&](const cycle::Hold& hold) {
        return hold.service == schedule.metered_by;
      });
      if (!held) {
        HoldByOther(schedule, "measured no days from " + segment.from_date.ToString() + " up to " +
                                  segment.to_date.ToString());
      }
      return false;
    }
    if (other->meter_size.empty() && rate::GoesBySize(schedule)) {
      HoldByOther(schedule, "has no size that is known, or several");
      return false;
    }
    segment.to_date = other->to_date;
    segment.use.usage_thousandths = other->usage_thousandths;
    segment.estimated = other->estimated;
    segment.metered_by = schedule.metered_by;
    segment.metered_size = other->meter_size;
    return true;
  }
  void HoldByOther(const rate::Schedule& schedule, const std::string& what) {
    Hold(HoldReason::kNotPriced, schedule.code + ": the meter of " + schedule.metered_by +
                                     ", by which it is billed, " + what);
  }

  std::optional<Unmeasured> MeasureIntervals(Segment& segment) {
    const rate::Versions& versions = *tariff_.Find(segment.schedule_code);
    if (!segment.metered || !NeedsIntervals(versions)) return std::nullopt;
    static const IntervalFacts kNone;
    return AddIntervals(versions, run_.PricedOn(), pending_.intervals ? *pending_.intervals : kNone,
                        segment);
  }

  void HoldUnmeasured(const Error& error) {
    const bool falls = error.reason() == read::reason::kReadsFall.name;
    const bool missing = error.reason() == reason::kReadMissing.name;
    Hold(falls     ? HoldReason::kReadsFall
         : missing ? HoldReason::kNoRead
                   : HoldReason::kAboveMeterMaximum,
         error.message());
  }

  const Run& run_;
  const rate::Tariff& tariff_;
  const std::span<const Pending> account_;
  const Pending& pending_;
  const agreement::Agreement& agreement_;
  Bill& bill_;
};

}  // namespace

std::string_view KindName(Kind kind) { return kKinds(kind); }
Kind ParseKind(std::string_view name) { return kKinds.Read(name); }
std::string_view RunStateName(RunState state) { return kRunStates(state); }
RunState ParseRunState(std::string_view name) { return kRunStates.Read(name); }
std::string_view PageStateName(PageState state) { return kPageStates(state); }
std::string_view BillEventName(BillEvent event) { return kBillEvents(event); }
std::string_view BillStateName(BillState state) { return kBillStates(state); }
BillState ParseBillState(std::string_view name) { return kBillStates.Read(name); }

std::optional<RunState> After(RunState state, RunEvent event) {
  return Lookup(kRunTransitions, state, event);
}

std::optional<BillState> After(BillState state, BillEvent event) {
  return Lookup(kBillTransitions, state, event);
}

std::map<Date, Money> ByDueDate(std::span<const PlannedCharge> plan) {
  std::map<Date, Money> days;
  for (const PlannedCharge& charge : plan) {
    Money& amount = days[charge.due_date];
    amount = Money::Cents(amount.cents() + charge.amount.cents());
  }
  return days;
}

std::int64_t CycleId(int cycle, Date period_end, Kind kind) {
  return DerivedId("cycle-" + std::string(KindName(kind)), cycle, period_end.days());
}

std::int64_t BillId(std::int64_t cycle_id, AccountId account) {
  return DerivedId("bill", cycle_id, account.value());
}

Date VersionOf(const rate::Versions& versions, Date to_date, std::span<const rate::Line> lines) {
  return lines.empty() ? versions.ForDay(to_date).effective_date : lines.back().effective_date;
}

Result<std::vector<MeterUse>> MeasureMeters(const Pending& pending, Date from_date, Date to_date) {
  std::vector<MeterUse> meters;
  std::int64_t total = 0;
  for (Stay& stay : StaysOf(pending, from_date, to_date)) {
    std::optional<std::int64_t> start = ReadOn(stay.reads, stay.from_date);
    if (!start && meters.empty() && pending.last) start = pending.last->end_read_thousandths;
    const std::optional<std::int64_t> end = ReadOn(stay.reads, stay.to_date);
    if (!start) return ReadMissing(stay.meter, stay.from_date);
    if (!end) return ReadMissing(stay.meter, stay.to_date);
    const Result<std::int64_t> usage = read::UsageBetween(*start, *end, stay.meter.register_digits,
                                                          stay.meter.multiplier_thousandths);
    if (!usage.ok()) {
      return Error(usage.error().code(), {usage.error().reason()},
                   "meter " + stay.meter.meter_number + ": " + usage.error().message());
    }
    total += *usage;
    if (total > Quantity::kMaxThousandths) {
      return OutOfRange(::reeve::reason::kOverflow, "The use of the meters is out of range.");
    }
    meters.push_back({stay.installation_no, std::move(stay.meter), stay.from_date, stay.to_date,
                      *start, *end, *usage});
  }
  return meters;
}

SegmentFacts::SegmentFacts(const Segment& segment) {
  segment.stretches.empty() ? AddMeters(segment) : AddStretches(segment);
  for (const SegmentLoad& load : segment.loads) {
    loads_.push_back({load.time, load.thousandths});
    if (!load.earlier.empty()) facts.earlier_demands = load.earlier;
  }
  facts.measured = measured_;
  facts.demands = loads_;
  facts.meter_size = segment.metered_size;
  facts.quantity_thousandths = segment.use.quantity_thousandths;
}

void SegmentFacts::AddMeters(const Segment& segment) {
  for (const MeterUse& one : segment.meters) {
    measured_.push_back({one.from_date, one.to_date, one.usage_thousandths, {}, one.meter.size});
  }
  // What a single meter measured is the segment's use.
  if (segment.HasUse() && measured_.empty()) measured_.emplace_back();
  if (measured_.size() == 1) {
    measured_.front().from_date = segment.from_date;
    measured_.front().to_date = segment.to_date;
    measured_.front().usage_thousandths = segment.use.usage_thousandths;
  }
}

void SegmentFacts::AddStretches(const Segment& segment) {
  times_.reserve(segment.stretches.size());
  for (const TimedStretch& stretch : segment.stretches) {
    std::vector<rate::ByPeriod>& times = times_.emplace_back();
    for (const TimedStretch::Time& time : stretch.times) {
      times.push_back({time.name, time.thousandths});
    }
    const bool is_known = stretch.meter < segment.meters.size();
    measured_.push_back({stretch.from_date, stretch.to_date, stretch.usage_thousandths, times,
                         is_known ? std::string_view(segment.meters[stretch.meter].meter.size)
                                  : std::string_view()});
  }
}

Segment AsOneMeter(Segment segment) {
  if (segment.meters.size() > 1) segment.meters = {segment.meters.back()};
  segment.stretches.clear();
  segment.loads.clear();
  return segment;
}

Result<std::vector<rate::Line>> PriceSegment(const rate::Tariff& tariff, const Segment& segment,
                                             Date bill_date, Kind kind) {
  const rate::Versions* versions = tariff.Find(segment.schedule_code);
  if (versions == nullptr) {
    return FailedPrecondition(rate::reason::kVersionMissing, "There is no such schedule.");
  }
  SegmentFacts known(segment);
  known.facts.allows_not_loaded = kind == Kind::kDemo;
  std::vector<rate::Line> lines;
  const rate::Period period{segment.from_date, segment.to_date, bill_date};
  if (segment.month_days > 0) {
    REEVE_RETURN_IF_ERROR(
        rate::Price(AsMonths(*versions, segment.from_date, segment.to_date, segment.month_days),
                    period, known.facts, lines));
  } else {
    REEVE_RETURN_IF_ERROR(rate::Price(*versions, period, known.facts, lines));
  }
  return lines;
}

std::optional<Bill> MakeBill(const Run& run, const rate::Tariff& tariff,
                             std::span<const Pending> account) {
  Bill bill;
  // What is billed by another's meter comes behind that.
  for (const bool by_other : {false, true}) {
    for (const Pending& pending : account) {
      const rate::Versions* versions = tariff.Find(pending.agreement->schedule_code);
      const bool is_by_other = versions != nullptr && !versions->all().front().metered_by.empty();
      if (is_by_other == by_other) {
        AgreementBilling(run, tariff, account, pending, bill).Add();
      }
    }
  }
  if (bill.segments.empty() && bill.holds.empty()) return std::nullopt;
  bill.account = account.front().agreement->account;
  bill.bill_id = BillId(run.cycle_id, bill.account);
  bill.cycle_id = run.cycle_id;
  bill.state = bill.holds.empty() ? BillState::kCalculated : BillState::kHeld;
  bill.bill_date = run.bill_date;
  bill.due_date = run.due_date;
  bill.rebilled_bill_id = run.rebilled_bill_id;
  bill.priced_date = run.priced_date;
  return bill;
}

void AddToRegister(const Bill& bill, bool held, Register& reg) {
  for (const Segment& segment : bill.segments) {
    RegisterLine& line = reg[segment.service];
    ++line.agreement_count;
    const std::int64_t quantity = segment.BilledThousandths();
    line.quantity_thousandths += quantity;
    line.amount_cents += segment.amount.cents();
    if (!held) continue;
    ++line.held_agreement_count;
    line.held_quantity_thousandths += quantity;
    line.held_amount_cents += segment.amount.cents();
  }
}

}  // namespace reeve::billing::cycle
