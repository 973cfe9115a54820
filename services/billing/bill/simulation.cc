#include "services/billing/bill/simulation.h"

#include <algorithm>

#include "services/billing/cycle/months.h"
#include "services/billing/rate/split.h"
#include "shared/core/rounding.h"

namespace reeve::billing::bill {
namespace {

using cycle::Segment;

class Changes {
 public:
  Changes(const cycle::Bill& bill, const rate::Tariff& tariff, std::span<const Change> changes,
          Fields& fields)
      : bill_(bill), tariff_(tariff), changes_(changes), fields_(fields) {}

  cycle::Bill Apply() {
    cycle::Bill changed = bill_;
    for (std::size_t i = 0; i < changes_.size(); ++i) CheckService(i);
    for (Segment& segment : changed.segments) {
      const std::optional<std::size_t> index = ChangeOf(segment.service);
      if (index) ApplyTo(segment, *index);
    }
    for (Segment& segment : changed.segments) FollowMeter(changed, segment);
    return changed;
  }

 private:
  // What is billed by another service's meter changes as that does.
  void FollowMeter(const cycle::Bill& changed, Segment& segment) const {
    if (segment.metered_by.empty()) return;
    std::int64_t before = 0;
    std::int64_t after = 0;
    for (std::size_t i = 0; i < changed.segments.size(); ++i) {
      const Segment& other = changed.segments[i];
      if (!other.metered || other.service != segment.metered_by) continue;
      before += bill_.segments[i].use.usage_thousandths;
      after += other.use.usage_thousandths;
    }
    // As much of it as before; of nothing, all.
    std::int64_t& usage = segment.use.usage_thousandths;
    usage = before == 0 ? usage + after
                        : static_cast<std::int64_t>(
                              DivideRounded(Wide{usage} * after, before, Rounding::kHalfUp));
  }
  static std::string Field(std::size_t index, std::string_view name) {
    return "changes[" + std::to_string(index) + "]." + std::string(name);
  }
  // A field is refused once, however many parts of the bill it is for.
  void Refuse(std::size_t index, std::string_view name, std::string description) {
    const std::string field = Field(index, name);
    if (std::find(refused_.begin(), refused_.end(), field) != refused_.end()) return;
    refused_.push_back(field);
    fields_.Refuse(field, std::move(description));
  }

  void CheckService(std::size_t index) {
    const std::string& service = changes_[index].service;
    for (std::size_t i = 0; i < index; ++i) {
      if (changes_[i].service == service) {
        return Refuse(index, "service", "is changed above");
      }
    }
    const bool known = service.empty() || std::any_of(bill_.segments.begin(), bill_.segments.end(),
                                                      [&](const Segment& segment) {
                                                        return segment.service == service;
                                                      });
    if (!known) Refuse(index, "service", "is not on the bill");
  }
  std::optional<std::size_t> ChangeOf(const std::string& service) const {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      if (changes_[i].service == service) return i;
      if (changes_[i].service.empty() && !found) found = i;
    }
    return found;
  }

  void ApplyTo(Segment& segment, std::size_t index) {
    const Change& change = changes_[index];
    if (change.usage_thousandths || change.from_date || change.to_date) ForgetReads(segment);
    if (change.usage_thousandths) {
      const auto parts = std::count_if(
          bill_.segments.begin(), bill_.segments.end(),
          [&](const Segment& other) { return other.metered && ChangeOf(other.service) == index; });
      if (!segment.metered && !change.service.empty()) {
        Refuse(index, "usage",
               segment.metered_by.empty() ? "is of an unmetered service"
                                          : "is what the meter of another service measures");
      } else if (parts != 1) {
        Refuse(index, "usage", "is not of one meter: name the service of one");
      } else if (segment.metered) {
        segment.use.usage_thousandths = *change.usage_thousandths;
      }
    }
    segment.use.quantity_thousandths =
        change.quantity_thousandths.value_or(segment.use.quantity_thousandths);
    segment.from_date = change.from_date.value_or(segment.from_date);
    segment.to_date = change.to_date.value_or(segment.to_date);
    const std::int32_t days = segment.to_date - segment.from_date;
    if (days <= 0 || days > rate::Split::kDaysMax) {
      Refuse(index, change.to_date ? "to_date" : "from_date",
             "the period must have 1 to " + std::to_string(rate::Split::kDaysMax) + " days");
    }
    if (change.schedule_code) ChangeSchedule(segment, index, *change.schedule_code);
  }
  // What no meter showed has no reads: its meter has no number, but still a size.
  static void ForgetReads(Segment& segment) {
    segment = cycle::AsOneMeter(std::move(segment));
    segment.estimated = false;
    for (cycle::MeterUse& use : segment.meters) use.meter.meter_number.clear();
  }
  void ChangeSchedule(Segment& segment, std::size_t index, const std::string& code) {
    const rate::Versions* versions = tariff_.Find(code);
    if (versions == nullptr) return Refuse(index, "schedule_code", "is not loaded");
    const rate::Schedule& now = tariff_.Find(segment.schedule_code)->ForDay(segment.to_date);
    const rate::Schedule& then = versions->ForDay(segment.to_date);
    if (then.service != now.service || then.usage_unit != now.usage_unit ||
        then.metered_by != now.metered_by) {
      return Refuse(index, "schedule_code", "is for another service or unit");
    }
    const std::optional<Unit> counted = rate::QuantityUnit(then);
    if (counted && counted != rate::QuantityUnit(now) && !changes_[index].quantity_thousandths) {
      return Refuse(index, "quantity",
                    "is needed: the schedule counts " + std::string(UnitName(*counted)));
    }
    if (code == segment.schedule_code) return;
    segment.schedule_code = code;
    // Another schedule has other times: what was used in them is not known here.
    segment.stretches.clear();
    segment.loads.clear();
  }

  const cycle::Bill& bill_;
  const rate::Tariff& tariff_;
  const std::span<const Change> changes_;
  Fields& fields_;
  std::vector<std::string> refused_;
};

}  // namespace

cycle::Bill ApplyChanges(const cycle::Bill& bill, const rate::Tariff& tariff,
                         std::span<const Change> changes, Fields& fields) {
  return Changes(bill, tariff, changes, fields).Apply();
}

Result<cycle::Bill> PriceAnew(cycle::Bill bill, const rate::Tariff& tariff, cycle::Kind kind) {
  bill.bill_id = 0;
  bill.cycle_id = 0;
  bill.holds.clear();
  bill.total = Money();
  cycle::WidenBlocks(tariff, bill);
  for (Segment& segment : bill.segments) {
    REEVE_ASSIGN_OR_RETURN(segment.lines,
                           cycle::PriceSegment(tariff, segment, bill.PricedOn(), kind));
    segment.effective_date =
        cycle::VersionOf(*tariff.Find(segment.schedule_code), segment.to_date, segment.lines);
    REEVE_ASSIGN_OR_RETURN(segment.amount,
                           Sum(segment.lines, [](const rate::Line& line) { return line.amount; }));
    REEVE_ASSIGN_OR_RETURN(bill.total, bill.total.Plus(segment.amount));
  }
  return bill;
}

}  // namespace reeve::billing::bill
