// A page of accounts for tests of the guard: each with one metered agreement, its history and the
// use of the month.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "services/billing/cycle/guard_page.h"
#include "tests/unit/billing/schedules.h"

namespace reeve::billing::cycle {

class GuardCity {
 public:
  explicit GuardCity(std::vector<rate::Schedule> schedules, std::string_view to = "2026-11-20")
      : tariff_(std::move(schedules)), to_(Day(to)) {
    run_.cycle = 7;
    run_.period_end = to_;
    run_.bill_date = to_.PlusDays(2);
    run_.due_date = to_.PlusDays(25);
    run_.cycle_id = CycleId(run_.cycle, run_.period_end, run_.kind);
  }

  // What one account used: thousandths in so many days, and before that, newest first.
  struct Use {
    std::int64_t thousandths = 0;
    int days = 30;
    std::vector<std::int64_t> before{};  // of periods of as many days as a normal one
    int days_before = 30;
    bool estimated = false;
    std::string meter_size{};
    CustomerClass customer_class = CustomerClass::kResidential;
    int year_old_bills = 0;  // the last so many of `before` end a year ago and earlier
    // Of a meter that was put in so many days before the end, and what it has shown of
    // `thousandths`.
    int new_meter_days = 0;
    std::int64_t new_meter_thousandths = 0;
    std::int64_t multiplier_thousandths = 1000;
  };

  // The agreement of a schedule; the account is new unless `same_account`.
  void Add(const rate::Schedule& schedule, const Use& use, bool same_account = false) {
    if (!same_account) ++accounts_;
    agreement::Agreement& agreement = agreements_.emplace_back();
    agreement.account = AccountId(10'000 + accounts_);
    agreement.agreement_id = static_cast<std::int64_t>(agreements_.size());
    agreement.service = schedule.service;
    agreement.schedule_code = schedule.code;
    agreement.quantity_thousandths = 1000;
    if (schedule.usage_unit && schedule.metered_by.empty()) {
      agreement.meter_number = "M" + std::to_string(agreements_.size());
      agreement.unit = UnitName(*schedule.usage_unit);
      agreement.register_digits = 6;
      agreement.multiplier_thousandths = use.multiplier_thousandths;
      agreement.meter_size = use.meter_size;
    }
    agreement.cycle = 7;
    agreement.state = agreement::State::kActive;
    AddHistory(use, agreement);
    AddSegment(use, agreement, same_account);
  }

  // The bills as the guard leaves them, the meters in place of these having come late.
  std::vector<Bill> GuardLate(std::initializer_list<std::size_t> late) const {
    std::vector<Bill> bills = bills_;
    std::vector<Guarded> known = guarded();
    for (const std::size_t one : late) known[one].came_late = true;
    GuardBills(run_, tariff_, {}, known, bills);
    return bills;
  }
  // The bills as the guard leaves them.
  std::vector<Bill> Guard(const GuardPolicy& policy = {}) const {
    std::vector<Bill> bills = bills_;
    GuardBills(run_, tariff_, policy, guarded(), bills);
    return bills;
  }
  // Counts of bills that are held for the reason.
  int Held(HoldReason reason, const GuardPolicy& policy = {}) const {
    int held = 0;
    for (const Bill& bill : Guard(policy)) {
      bool is = false;
      for (const Hold& hold : bill.holds) is = is || hold.reason == reason;
      held += is ? 1 : 0;
    }
    return held;
  }
  int HeldAtAll(const GuardPolicy& policy = {}) const {
    int held = 0;
    for (const Bill& bill : Guard(policy)) held += bill.state == BillState::kHeld ? 1 : 0;
    return held;
  }

  const Run& run() const { return run_; }
  const rate::Tariff& tariff() const { return tariff_; }
  std::vector<Guarded> guarded() const {
    std::vector<Guarded> all = guarded_;
    for (std::size_t i = 0; i < all.size(); ++i) all[i].agreement = &agreements_[i];
    return all;
  }
  // Says of both agreements, by their order of addition, that they stand next door to each other.
  void MakeNeighbours(std::size_t one, std::size_t other) {
    for (const auto& [mine, theirs] : {std::pair(one, other), std::pair(other, one)}) {
      const Segment& segment = bills_[theirs].segments.front();
      guarded_[mine].neighbours.push_back(
          {"place " + std::to_string(theirs),
           segment.to_date,
           {segment.use.usage_thousandths, segment.to_date - segment.from_date},
           guarded_[theirs].history});
    }
  }
  const std::vector<Bill>& bills() const { return bills_; }
  std::vector<Bill>& bills() { return bills_; }

 private:
  void AddHistory(const Use& use, agreement::Agreement& agreement) {
    Guarded& one = guarded_.emplace_back();
    one.customer_class = use.customer_class;
    Date end = to_.PlusDays(-use.days);
    for (std::size_t i = 0; i < use.before.size(); ++i) {
      if (use.before.size() - i == static_cast<std::size_t>(use.year_old_bills)) {
        end = to_.PlusDays(-365);
      }
      const Date begin = end.PlusDays(-use.days_before);
      Segment segment = SegmentOf(agreement, begin, end, use.before[i]);
      one.history.push_back({begin, end, use.before[i], segment.amount});
      one.days.push_back({begin, end, segment.effective_date, use.before[i], 1000, segment.amount,
                          segment.schedule_code});
      end = begin;
    }
    agreement.start_date = use.before.empty() ? to_.PlusDays(-use.days) : end;
  }

  void AddSegment(const Use& use, const agreement::Agreement& agreement, bool same_account) {
    if (!same_account) {
      Bill& bill = bills_.emplace_back();
      bill.account = agreement.account;
      bill.cycle_id = run_.cycle_id;
      bill.bill_id = BillId(run_.cycle_id, agreement.account);
      bill.bill_date = run_.bill_date;
      bill.due_date = run_.due_date;
    }
    Bill& bill = bills_.back();
    bill.segments.push_back(SegmentOf(agreement, to_.PlusDays(-use.days), to_, use.thousandths));
    bill.segments.back().estimated = use.estimated;
    if (use.new_meter_days > 0) {
      const Date exchanged = to_.PlusDays(-use.new_meter_days);
      for (const auto& [from, to, thousandths] :
           {std::tuple(to_.PlusDays(-use.days), exchanged,
                       use.thousandths - use.new_meter_thousandths),
            std::tuple(exchanged, to_, use.new_meter_thousandths)}) {
        MeterUse& meter = bill.segments.back().meters.emplace_back();
        meter.from_date = from;
        meter.to_date = to;
        meter.usage_thousandths = thousandths;
      }
    }
    bill.total = bill.total.Plus(bill.segments.back().amount).value();
  }

  Segment SegmentOf(const agreement::Agreement& agreement, Date from, Date to,
                    std::int64_t thousandths) const {
    Segment segment;
    segment.agreement_id = agreement.agreement_id;
    segment.service = agreement.service;
    segment.schedule_code = agreement.schedule_code;
    segment.from_date = from;
    segment.to_date = to;
    segment.metered = agreement.IsMetered();
    segment.metered_by = tariff_.Find(segment.schedule_code)->all().front().metered_by;
    segment.use = {thousandths, agreement.quantity_thousandths};
    segment.lines = PriceSegment(tariff_, segment, to.PlusDays(2), run_.kind).value();
    segment.effective_date =
        VersionOf(*tariff_.Find(segment.schedule_code), segment.to_date, segment.lines);
    segment.amount = Sum(segment.lines, [](const rate::Line& line) { return line.amount; }).value();
    return segment;
  }

  rate::Tariff tariff_;
  Date to_;
  Run run_;
  std::int64_t accounts_ = 0;
  std::deque<agreement::Agreement> agreements_;
  std::vector<Guarded> guarded_;
  std::vector<Bill> bills_;
};

}  // namespace reeve::billing::cycle
