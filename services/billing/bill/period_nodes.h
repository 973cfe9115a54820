// The nodes of a part of a bill up to what its components are made of: reads, use and days, and the
// arithmetic that makes one node of others.
#pragma once

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "services/billing/bill/derivation.h"
#include "services/billing/rate/billed.h"
#include "services/billing/rate/split.h"

namespace reeve::billing::bill {

class PeriodNodes {
 protected:
  using Component = rate::Component;
  using ComponentKind = rate::ComponentKind;
  using Line = rate::Line;
  using Per = rate::Per;
  using Schedule = rate::Schedule;
  using Split = rate::Split;
  using Widths = rate::Widths;

  static constexpr std::int64_t kScale = Quantity::kScale;
  static constexpr std::int64_t kCentsPerDollar = 100;
  static constexpr std::int64_t kNanosPerDollar = 1'000'000'000;

  // Days in a row, both included.
  struct Range {
    std::int32_t first = 0;
    std::int32_t last = 0;
    auto operator<=>(const Range&) const = default;
  };

  PeriodNodes(Derivation& derivation, const PricedPart& part)
      : derivation_(derivation),
        part_(part),
        split_(*part.versions, part.period, part.facts.measured),
        use_unit_(part.version->usage_unit ? NameOf(*part.version->usage_unit) : "") {}

  static std::string NameOf(Unit unit) { return std::string(UnitName(unit)); }
  static std::int64_t LengthOfMonth(Date day) {
    const Date first = day.PlusDays(1 - day.day());
    return first.PlusMonths(1) - first;
  }

  NodeNo AddNode(Node node) {
    node.service = part_.service;
    node.version = version_;
    node.component = component_;
    return derivation_.Add(std::move(node));
  }
  // What several components may be made of.
  NodeNo AddShared(Node node) {
    node.service = part_.service;
    return derivation_.Add(std::move(node));
  }
  const Node& At(NodeNo no) const { return derivation_.nodes_[static_cast<std::size_t>(no - 1)]; }

  NodeNo Given(NodeKind kind, std::int64_t numerator, std::int64_t denominator, std::string unit) {
    Node node{.kind = kind, .numerator = numerator, .denominator = denominator};
    node.unit = std::move(unit);
    return AddNode(std::move(node));
  }
  NodeNo Quantity(NodeKind kind, std::int64_t thousandths, std::string unit) {
    return Given(kind, thousandths, kScale, std::move(unit));
  }

  // A node whose value was made from its inputs; nothing if that has no place in 64 bits.
  std::optional<NodeNo> Made(NodeKind kind, Formula formula, std::vector<NodeNo> inputs,
                             Wide numerator, Wide denominator, std::string unit) {
    Wide a = numerator < 0 ? -numerator : numerator;
    Wide b = denominator;
    while (b != 0) std::tie(a, b) = std::pair(b, a % b);
    numerator /= a, denominator /= a;  // a >= 1: the denominator is not 0
    constexpr Wide kMax = std::numeric_limits<std::int64_t>::max();
    if (numerator > kMax || -numerator > kMax || denominator > kMax) return std::nullopt;
    Node node{.kind = kind, .formula = formula, .inputs = std::move(inputs)};
    node.numerator = static_cast<std::int64_t>(numerator);
    node.denominator = static_cast<std::int64_t>(denominator);
    node.unit = std::move(unit);
    return AddNode(std::move(node));
  }
  std::optional<NodeNo> Product(NodeKind kind, std::vector<NodeNo> inputs, std::string unit) {
    Wide numerator = 1;
    Wide denominator = 1;
    for (const NodeNo input : inputs) {
      if (__builtin_mul_overflow(numerator, At(input).numerator, &numerator) ||
          __builtin_mul_overflow(denominator, At(input).denominator, &denominator)) {
        return std::nullopt;
      }
    }
    return Made(kind, Formula::kProduct, std::move(inputs), numerator, denominator,
                std::move(unit));
  }
  NodeNo Quotient(NodeKind kind, NodeNo a, NodeNo b) { return MaybeQuotient(kind, a, b).value(); }
  std::optional<NodeNo> MaybeQuotient(NodeKind kind, NodeNo a, NodeNo b) {
    return Made(kind, Formula::kQuotient, {a, b}, Wide{At(a).numerator} * At(b).denominator,
                Wide{At(a).denominator} * At(b).numerator, "");
  }
  rate::Fraction Exact(NodeNo no) const {
    return rate::Fraction(At(no).numerator, At(no).denominator);
  }
  bool Exceeds(NodeNo a, NodeNo b) const { return Exact(b).IsLess(Exact(a)); }
  // The one of the two that is less, or greater.
  NodeNo Choice(Formula formula, NodeNo a, NodeNo b, NodeKind kind = NodeKind::kBilled) {
    const bool first = Exceeds(a, b) == (formula == Formula::kGreatest);
    const Node chosen = At(first ? a : b);
    return Made(kind, formula, {a, b}, chosen.numerator, chosen.denominator, chosen.unit).value();
  }

  // What the meter measured, from its reads.
  void AddMeter(std::size_t index) {
    const rate::Measured& measured = part_.facts.measured[index];
    Node use{.kind = NodeKind::kMeterUse, .denominator = kScale};
    use.numerator = measured.usage_thousandths;
    use.unit = use_unit_;
    use.from_date = measured.from_date;
    use.to_date = measured.to_date;
    if (index < part_.meters.size()) {
      const MeterReads& reads = part_.meters[index];
      use.formula = Formula::kMeter;
      use.meter_number = reads.meter_number;
      use.inputs = {AddRead(reads, reads.start_thousandths, measured.from_date),
                    AddRead(reads, reads.end_thousandths, measured.to_date),
                    Quantity(NodeKind::kMultiplier, reads.multiplier_thousandths, use_unit_)};
      if (reads.end_thousandths < reads.start_thousandths) {
        std::int64_t full_scale = 1;
        for (int i = 0; i < reads.register_digits; ++i) full_scale *= 10;
        use.inputs.push_back(Given(NodeKind::kRollover, full_scale, 1, "count"));
      }
    }
    meters_.push_back(AddNode(std::move(use)));
  }
  NodeNo AddRead(const MeterReads& reads, std::int64_t thousandths, Date day) {
    Node node{.kind = NodeKind::kRead, .numerator = thousandths, .denominator = kScale};
    node.unit = "count";
    node.meter_number = reads.meter_number;
    node.from_date = day;
    return AddNode(std::move(node));
  }

  // The sum of nodes that are over one denominator; of one it is that one.
  NodeNo Whole(const std::vector<NodeNo>& nodes, NodeKind kind) {
    if (nodes.size() == 1) return nodes.front();
    const auto known = sums_.find(nodes);
    if (known != sums_.end()) return known->second;
    rate::Fraction sum = 0;
    Wide thousandths = 0;  // what is said where the fraction has no place in 64 bits
    for (const NodeNo no : nodes) {
      sum = sum.Plus(Exact(no));
      thousandths +=
          DivideRounded(Wide{At(no).numerator} * kScale, At(no).denominator, Rounding::kHalfUp);
    }
    const std::string unit = nodes.empty() ? "" : At(nodes.back()).unit;
    std::optional<NodeNo> made;
    if (sum.in_range()) {
      made = Made(kind, Formula::kSum, nodes, sum.numerator(), sum.denominator(), unit);
    }
    return sums_[nodes] =
               made ? *made : Quantity(kind, static_cast<std::int64_t>(thousandths), unit);
  }

  NodeNo PeriodDays() {
    if (period_days_ == 0) {
      Node node{.kind = NodeKind::kDays, .formula = Formula::kDays};
      for (const rate::Days& days : split_.days()) node.numerator += days.count();
      node.unit = "day";
      node.from_date = part_.period.from_date;
      node.to_date = part_.period.to_date;
      node.day_count = split_.day_count();
      period_days_ = AddShared(std::move(node));
    }
    return period_days_;
  }
  NodeNo DaysIn(Range range) {
    const auto known = ranges_.find(range);
    if (known != ranges_.end()) return known->second;
    Node node{.kind = NodeKind::kDays, .formula = Formula::kDays};
    node.numerator = range.last - range.first + 1;
    node.unit = "day";
    node.from_date = Date::FromDays(range.first);
    node.to_date = Date::FromDays(range.last);
    node.day_count = rate::DayCount::kBoth;
    return ranges_[range] = AddShared(std::move(node));
  }
  // The component's days, those in a row together.
  std::vector<Range> RangesOf() const {
    std::vector<Range> ranges;
    for (const rate::Days& days : split_.days()) {
      if (!split_.Takes(days, tenure_, *component_, meter_)) continue;
      if (!ranges.empty() && ranges.back().last + 1 == days.first) {
        ranges.back().last = days.last;
      } else {
        ranges.push_back({days.first, days.last});
      }
    }
    return ranges;
  }
  NodeNo ComponentDays() {
    if (split_.DaysOf(tenure_, *component_, meter_) == At(PeriodDays()).numerator) {
      return PeriodDays();
    }
    std::vector<NodeNo> days;
    for (const Range& range : RangesOf()) days.push_back(DaysIn(range));
    return Whole(days, NodeKind::kDays);
  }

  // Part of the period's days; none if they are all of them.
  std::optional<NodeNo> PartOfPeriod() {
    const NodeNo days = ComponentDays();
    if (days == PeriodDays()) return std::nullopt;
    return Quotient(NodeKind::kFactor, days, PeriodDays());
  }
  std::optional<NodeNo> Months() {
    if (!split_.IsProrated(*version_)) return PartOfPeriod();
    const rate::Proration& proration = version_->terms.proration;
    if (proration.month_days > 0) {
      const NodeNo length =
          Given(NodeKind::kMonthLength, proration.month_days, proration.month_divisor, "day");
      const NodeNo days = ComponentDays();
      return Quotient(NodeKind::kFactor, days, length);
    }
    std::vector<NodeNo> months;
    for (const Range& range : RangesOf()) {
      for (std::int32_t day = range.first; day <= range.last;) {
        const Date date = Date::FromDays(day);
        const std::int64_t length = LengthOfMonth(date);
        const auto end = static_cast<std::int32_t>(day + length - date.day());
        const NodeNo days = DaysIn({day, std::min(end, range.last)});
        const NodeNo whole = Given(NodeKind::kMonthLength, length, 1, "day");
        months.push_back(Quotient(NodeKind::kFactor, days, whole));
        day = end + 1;
      }
    }
    return Whole(months, NodeKind::kFactor);
  }
  // By what a price is multiplied because of the days.
  std::optional<NodeNo> Share(Per per) {
    if (per == Per::kDay) return ComponentDays();
    return per == Per::kMonth ? Months() : PartOfPeriod();
  }
  // By what bounds are.
  std::optional<NodeNo> Width(Widths widths) {
    if (widths == Widths::kDay) return ComponentDays();
    if (widths == Widths::kMonth) return Months();
    if (widths == Widths::kBill) return PartOfPeriod();
    const NodeNo length = Given(NodeKind::kMonthLength, 30, 1, "day");
    const NodeNo days = ComponentDays();
    return Quotient(NodeKind::kFactor, days, length);
  }

  // What all meters counted of the component's flow, in its time of use.
  struct UseNodes {
    std::vector<NodeNo> meters;  // each meter's; what is of all of them is one
    NodeNo whole = 0;
  };
  UseNodes ComponentUse() {
    const rate::Flow flow = component_->flow;
    std::vector<NodeNo> delivered;
    std::vector<NodeNo> received;
    for (std::size_t i = 0; i < part_.facts.measured.size(); ++i) {
      if (flow != rate::Flow::kReceived) delivered.push_back(Delivered(i));
      if (flow != rate::Flow::kDelivered) received.push_back(Received(i));
    }
    if (flow == rate::Flow::kNet) {
      std::vector<NodeNo> inputs = {Whole(delivered, NodeKind::kUse),
                                    Whole(received, NodeKind::kReceived)};
      if (part_.facts.banked_thousandths > 0) {
        inputs.push_back(Quantity(NodeKind::kBanked, part_.facts.banked_thousandths, use_unit_));
      }
      const NodeNo above = Above(std::move(inputs));
      return {{above}, above};
    }
    if (flow == rate::Flow::kExcess) {
      const NodeNo all = Whole(received, NodeKind::kReceived);
      const NodeNo above = Above({all, Whole(delivered, NodeKind::kUse)});
      return {{above}, above};
    }
    const std::vector<NodeNo>& meters = flow == rate::Flow::kReceived ? received : delivered;
    return {meters, Whole(meters, NodeKind::kUse)};
  }
  // Whether the days alone divide it.
  bool IsByDays(const UseNodes& use) const {
    return use.meters.size() == 1 || At(use.whole).numerator == 0;
  }
  // What falls on the component's days: exactly, or in multiples of split_step.
  NodeNo PartOfUse(const UseNodes& use) {
    if (use.meters.size() == 1) return PartOfMeter(Split::kEveryMeter, use.whole).value();
    std::vector<NodeNo> parts;
    for (std::size_t i = 0; i < use.meters.size(); ++i) {
      if (const auto part = PartOfMeter(i, use.meters[i])) parts.push_back(*part);
    }
    return Whole(parts, NodeKind::kUse);
  }
  // The exact part of the whole that falls on them.
  std::optional<NodeNo> ShareOfUse(const UseNodes& use) {
    if (IsByDays(use)) return PartOfDays(DaysOf(Split::kEveryMeter));
    std::vector<NodeNo> parts;
    for (std::size_t i = 0; i < use.meters.size(); ++i) {
      const DaysOfMeter days = DaysOf(i);
      if (days.taken.empty()) continue;
      const bool all = days.taken.size() == days.ranges.size();
      const auto part =
          all ? use.meters[i]
              : Product(NodeKind::kPartOfUse, {use.meters[i], PartOfDays(days)}, use_unit_);
      if (!part) return std::nullopt;
      parts.push_back(*part);
    }
    return MaybeQuotient(NodeKind::kFactor, Whole(parts, NodeKind::kUse), use.whole);
  }
  // What of `billed`, which is whole steps, falls on them: by days, or by what the meters measured
  // on each of the days in a row.
  std::optional<NodeNo> StepsOfUse(const UseNodes& use, NodeNo billed) {
    const DaysOfMeter all = DaysOf(Split::kEveryMeter);
    Node node{.kind = NodeKind::kPartOfUse, .formula = Formula::kPart};
    node.inputs = {billed, Quantity(NodeKind::kStep, component_->step->thousandths, use_unit_)};
    node.taken = all.taken;
    for (std::size_t i = 0; i < all.ranges.size(); ++i) {
      if (IsByDays(use)) {
        node.inputs.push_back(DaysIn(all.ranges[i]));
        continue;
      }
      const std::size_t meter = split_.days()[i].measured;
      DaysOfMeter its = DaysOf(meter);
      std::optional<NodeNo> weight = use.meters[meter];
      if (its.ranges.size() > 1) {
        const auto here = std::find(its.ranges.begin(), its.ranges.end(), all.ranges[i]);
        its.taken = {here - its.ranges.begin() + 1};
        weight = Product(NodeKind::kPartOfUse, {use.meters[meter], PartOfDays(its)}, use_unit_);
      }
      if (!weight) return std::nullopt;
      node.inputs.push_back(*weight);
    }
    const rate::Fraction taken =
        split_.StepsOf(tenure_, *component_, part_.facts, OverScale(billed));
    if (!taken.in_range()) return std::nullopt;
    node.numerator = static_cast<std::int64_t>(taken.numerator());
    node.denominator = kScale;
    node.unit = use_unit_;
    return AddNode(std::move(node));
  }
  const rate::ByPeriod* InPeriod(std::size_t meter) const {
    for (const rate::ByPeriod& part : part_.facts.measured[meter].by_period) {
      if (part.period == component_->period) return &part;
    }
    return nullptr;
  }
  NodeNo Delivered(std::size_t meter) {
    if (component_->period.empty()) return meters_[meter];
    return Quantity(NodeKind::kMeterUse, InPeriod(meter)->thousandths, use_unit_);
  }
  NodeNo Received(std::size_t meter) {
    const std::int64_t thousandths =
        component_->period.empty() ? part_.facts.measured[meter].received_thousandths.value_or(0)
                                   : InPeriod(meter)->received_thousandths;
    return Quantity(NodeKind::kReceived, thousandths, use_unit_);
  }
  // What the first is above the others together, or nothing; all over kScale.
  NodeNo Above(std::vector<NodeNo> inputs) {
    Wide above = Wide{2} * OverScale(inputs.front());
    for (const NodeNo input : inputs) above -= OverScale(input);
    Node node{.kind = NodeKind::kBilled, .formula = Formula::kAbove, .inputs = std::move(inputs)};
    node.numerator = static_cast<std::int64_t>(std::max<Wide>(above, 0));
    node.denominator = kScale;
    node.unit = use_unit_;
    return AddNode(std::move(node));
  }
  // The meter's days, or every meter's, those in a row together, and which are the component's,
  // from 1.
  struct DaysOfMeter {
    std::vector<Range> ranges;
    std::vector<std::int64_t> taken;
  };
  DaysOfMeter DaysOf(std::size_t index) const {
    DaysOfMeter found;
    for (const rate::Days& days : split_.days()) {
      if (index != Split::kEveryMeter && days.measured != index) continue;
      found.ranges.push_back({days.first, days.last});
      if (split_.Takes(days, tenure_, *component_)) {
        found.taken.push_back(static_cast<std::int64_t>(found.ranges.size()));
      }
    }
    return found;
  }
  // The part of a meter's days that is the component's.
  NodeNo PartOfDays(const DaysOfMeter& days) {
    std::vector<NodeNo> all;
    std::vector<NodeNo> its;
    for (const Range& range : days.ranges) all.push_back(DaysIn(range));
    for (const std::int64_t no : days.taken) its.push_back(all[static_cast<std::size_t>(no - 1)]);
    const NodeNo part = Whole(its, NodeKind::kDays);
    const NodeNo whole = Whole(all, NodeKind::kDays);
    return Quotient(NodeKind::kFactor, part, whole);
  }
  // Nothing if none of the meter's days are the component's.
  std::optional<NodeNo> PartOfMeter(std::size_t index, NodeNo meter) {
    const DaysOfMeter days = DaysOf(index);
    if (days.taken.empty()) return std::nullopt;
    if (days.taken.size() == days.ranges.size()) return meter;
    const auto known = shares_.find({meter, days.taken});
    if (known != shares_.end()) return known->second;
    const rate::Fraction share =
        split_.ShareOfMeter(index, OverScale(meter), tenure_, *component_).Times({1, kScale});
    Node node{.kind = NodeKind::kPartOfUse};
    if (split_.step_thousandths() == 1) {
      node.formula = Formula::kProduct;
      node.inputs = {meter, PartOfDays(days)};
    } else {
      node.formula = Formula::kPart;
      node.inputs = {meter, Quantity(NodeKind::kStep, split_.step_thousandths(), use_unit_)};
      for (const Range& range : days.ranges) node.inputs.push_back(DaysIn(range));
      node.taken = days.taken;
    }
    node.numerator = static_cast<std::int64_t>(share.numerator());
    node.denominator = static_cast<std::int64_t>(share.denominator());
    node.unit = use_unit_;
    node.meter_number = At(meter).meter_number;
    return shares_[{meter, days.taken}] = AddShared(std::move(node));
  }
  // Sums are in lowest terms; what was measured has thousandths.
  std::int64_t OverScale(NodeNo no) const {
    return At(no).numerator * (kScale / At(no).denominator);
  }

  Derivation& derivation_;
  const PricedPart& part_;
  const Split split_;
  const std::string use_unit_;
  // Of the line that is at work.
  const Schedule* version_ = nullptr;
  const Component* component_ = nullptr;
  rate::Tenure tenure_;                     // of the component
  std::size_t meter_ = Split::kEveryMeter;  // whose days the line is for

  std::vector<NodeNo> meters_;

 private:
  NodeNo period_days_ = 0;
  std::map<Range, NodeNo> ranges_;
  std::map<std::vector<NodeNo>, NodeNo> sums_;
  std::map<std::pair<NodeNo, std::vector<std::int64_t>>, NodeNo> shares_;
};

}  // namespace reeve::billing::bill
