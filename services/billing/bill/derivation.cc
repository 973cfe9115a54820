#include "services/billing/bill/derivation.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>

#include "services/billing/rate/split.h"

namespace reeve::billing::bill {
namespace {

using rate::Component;
using rate::ComponentKind;
using rate::Line;
using rate::Per;
using rate::Schedule;
using rate::Split;
using rate::Widths;

constexpr std::int64_t kScale = Quantity::kScale;
constexpr std::int64_t kCentsPerDollar = 100;
constexpr std::int64_t kNanosPerDollar = 1'000'000'000;

std::string NameOf(Unit unit) { return std::string(UnitName(unit)); }

// Days in a row, both included.
struct Range {
  std::int32_t first = 0;
  std::int32_t last = 0;
  auto operator<=>(const Range&) const = default;
};

std::int64_t LengthOfMonth(Date day) {
  const Date first = day.PlusDays(1 - day.day());
  return first.PlusMonths(1) - first;
}

}  // namespace

class PartDerivation {
 public:
  PartDerivation(Derivation& derivation, const PricedPart& part)
      : derivation_(derivation),
        part_(part),
        split_(*part.versions, part.period, part.facts.measured),
        use_unit_(part.version->usage_unit ? NameOf(*part.version->usage_unit) : "") {}

  void Add() {
    if (split_.outcome() != Split::Outcome::kWhole) return AddSum();  // nothing that was priced
    for (std::size_t i = 0; i < part_.facts.measured.size(); ++i) AddMeter(i);
    PeriodDays();
    for (const Line& line : part_.lines) AddLine(line);
    AddSum();
  }

 private:
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
  NodeNo Quotient(NodeKind kind, NodeNo a, NodeNo b) {
    return Made(kind, Formula::kQuotient, {a, b}, Wide{At(a).numerator} * At(b).denominator,
                Wide{At(a).denominator} * At(b).numerator, "")
        .value();
  }
  bool Exceeds(NodeNo a, NodeNo b) const {
    return Wide{At(a).numerator} * At(b).denominator > Wide{At(b).numerator} * At(a).denominator;
  }
  // The one of the two that is less, or greater.
  NodeNo Choice(Formula formula, NodeNo a, NodeNo b) {
    const bool first = Exceeds(a, b) == (formula == Formula::kGreatest);
    const Node chosen = At(first ? a : b);
    return Made(NodeKind::kBilled, formula, {a, b}, chosen.numerator, chosen.denominator,
                chosen.unit)
        .value();
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
    Wide sum = 0;
    std::int64_t denominator = 1;
    std::string unit;
    for (const NodeNo no : nodes) {
      const Node& node = At(no);
      const std::int64_t common = std::lcm(denominator, node.denominator);
      sum = sum * (common / denominator) + Wide{node.numerator} * (common / node.denominator);
      denominator = common;
      unit = node.unit;
    }
    return sums_[nodes] = Made(kind, Formula::kSum, nodes, sum, denominator, unit).value();
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
      if (!split_.Takes(days, *version_, *component_, meter_)) continue;
      if (!ranges.empty() && ranges.back().last + 1 == days.first) {
        ranges.back().last = days.last;
      } else {
        ranges.push_back({days.first, days.last});
      }
    }
    return ranges;
  }
  NodeNo ComponentDays() {
    if (split_.DaysOf(*version_, *component_, meter_) == At(PeriodDays()).numerator) {
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

  // What was used on the component's days, in its time of use.
  NodeNo ComponentUse() {
    std::vector<NodeNo> parts;
    for (std::size_t i = 0; i < part_.facts.measured.size(); ++i) {
      NodeNo meter = meters_[i];
      if (!component_->period.empty()) {
        std::int64_t thousandths = 0;
        for (const rate::ByPeriod& part : part_.facts.measured[i].by_period) {
          if (part.period == component_->period) thousandths = part.thousandths;
        }
        meter = Quantity(NodeKind::kMeterUse, thousandths, use_unit_);
      }
      const std::optional<NodeNo> part = PartOfMeter(i, meter);
      if (part) parts.push_back(*part);
    }
    return Whole(parts, NodeKind::kUse);
  }
  // Nothing if none of the meter's days are the component's.
  std::optional<NodeNo> PartOfMeter(std::size_t index, NodeNo meter) {
    std::vector<Range> ranges;
    std::vector<std::int64_t> taken;
    for (const rate::Days& days : split_.days()) {
      if (days.measured != index) continue;
      ranges.push_back({days.first, days.last});
      if (split_.Takes(days, *version_, *component_)) {
        taken.push_back(static_cast<std::int64_t>(ranges.size()));
      }
    }
    if (taken.empty()) return std::nullopt;
    if (taken.size() == ranges.size()) return meter;
    const auto known = shares_.find({meter, taken});
    if (known != shares_.end()) return known->second;
    const std::int64_t thousandths = At(meter).numerator;  // over kScale
    const std::int64_t share = split_.ShareOfMeter(index, thousandths, *version_, *component_);
    std::vector<NodeNo> inputs = {meter,
                                  Quantity(NodeKind::kStep, split_.step_thousandths(), use_unit_)};
    for (const Range& range : ranges) inputs.push_back(DaysIn(range));
    Node node{.kind = NodeKind::kPartOfUse, .formula = Formula::kPart, .inputs = inputs};
    node.numerator = share;
    node.denominator = kScale;
    node.unit = use_unit_;
    node.meter_number = At(meter).meter_number;
    node.taken = taken;
    return shares_[{meter, taken}] = AddShared(std::move(node));
  }

  void AddLine(const Line& line) {
    version_ = nullptr;
    for (const Schedule& version : part_.versions->all()) {
      if (version.effective_date == line.effective_date) version_ = &version;
    }
    component_ = &version_->components.at(static_cast<std::size_t>(line.component));
    meter_ = MeterOfLine(line);
    Node node{.kind = NodeKind::kLine, .numerator = line.amount.cents()};
    node.denominator = kCentsPerDollar;
    node.unit = "USD";
    node.line_no = ++derivation_.line_count_;
    if (component_->kind != ComponentKind::kNotLoaded) {
      node.formula =
          component_->kind == ComponentKind::kMinimum ? Formula::kShortfall : Formula::kAmount;
      if (component_->kind == ComponentKind::kPercent) {
        node.inputs = {AddRate(line), Subtotal()};
      } else {
        const NodeNo quantity = LineQuantity(line);
        node.inputs = {AddRate(line), quantity};
        if (component_->kind == ComponentKind::kMinimum) node.inputs.push_back(Subtotal());
      }
    }
    const NodeNo no = AddNode(std::move(node));
    lines_.push_back({version_, line.component, no});
    version_ = nullptr;
    component_ = nullptr;
    meter_ = Split::kEveryMeter;
  }
  // Meters of several sizes have a line each, in their order, for their own days.
  std::size_t MeterOfLine(const Line& line) {
    const std::span<const rate::Measured> meters = part_.facts.measured;
    const bool one_size =
        std::all_of(meters.begin(), meters.end(), [&](const rate::Measured& meter) {
          return part_.facts.SizeOf(meter) == part_.facts.SizeOf(meters.front());
        });
    if (component_->kind != ComponentKind::kMeterSize || one_size) return Split::kEveryMeter;
    std::size_t& next = next_meters_[{version_->effective_date, line.component}];
    while (split_.DaysOf(*version_, *component_, next) == 0) ++next;
    return next++;
  }
  NodeNo AddRate(const Line& line) {
    return Given(NodeKind::kRate, line.rate.nanos(), kNanosPerDollar, "USD");
  }
  // The lines above of the same version that the component names.
  NodeNo Subtotal() {
    std::vector<NodeNo> above;
    std::int64_t cents = 0;
    for (const LineNode& line : lines_) {
      const auto& of = component_->of;
      const bool named = of.empty() || std::find(of.begin(), of.end(), line.component) != of.end();
      if (line.version != version_ || !named) continue;
      above.push_back(line.no);
      cents += At(line.no).numerator;
    }
    Node node{.kind = NodeKind::kSubtotal, .formula = Formula::kSum, .inputs = std::move(above)};
    node.numerator = cents;
    node.denominator = kCentsPerDollar;
    node.unit = "USD";
    return AddNode(std::move(node));
  }

  NodeNo LineQuantity(const Line& line) {
    if (component_->tiers.empty()) return PriceQuantity(line);
    if (blocks_.component != component_) {
      if (component_->kind == ComponentKind::kTiers) blocks_ = UseBlocks();
      if (component_->kind == ComponentKind::kDemand) blocks_ = LoadBlocks();
      if (component_->kind == ComponentKind::kWinterAverage) blocks_ = AverageBlocks();
    }
    return Block(line);
  }
  // How often a price is charged.
  NodeNo PriceQuantity(const Line& line) {
    const std::optional<NodeNo> share = Share(component_->per);
    const bool by_month = component_->per == Per::kMonth;
    if (!component_->unit && share && component_->per == Per::kDay) return *share;
    const NodeNo count =
        component_->unit ? Agreed() : Given(NodeKind::kCount, 1, 1, by_month ? "month" : "bill");
    if (!share) return count;
    return OfLine(line, NodeKind::kQuantity, Formula::kProduct, {count, *share}, At(count).unit);
  }
  NodeNo Agreed() {
    return Quantity(NodeKind::kCount, part_.facts.quantity_thousandths, NameOf(*component_->unit));
  }

  // What there are blocks of, and by what their bounds are multiplied.
  struct Blocks {
    const Component* component = nullptr;
    NodeNo billed = 0;
    std::optional<NodeNo> width;
    std::optional<NodeNo> units;
  };
  Blocks UseBlocks() {
    Blocks blocks{component_, ComponentUse(), Width(component_->widths), {}};
    if (component_->unit) blocks.units = Agreed();
    if (component_->cap_thousandths) {
      const NodeNo cap = Quantity(NodeKind::kCap, *component_->cap_thousandths, use_unit_);
      const auto scaled = Scaled(NodeKind::kCap, cap, blocks);
      if (scaled) blocks.billed = Choice(Formula::kLeast, blocks.billed, *scaled);
    }
    return blocks;
  }
  Blocks LoadBlocks() {
    const std::string unit = NameOf(Unit::kKilowatt);
    std::int64_t load = 0;
    for (const rate::ByPeriod& part : part_.facts.demands) {
      if (part.period == component_->period) load = part.thousandths;
    }
    NodeNo billed = Quantity(NodeKind::kLoad, load, unit);
    if (component_->ratchet) {
      const auto& earlier = part_.facts.earlier_demands;
      const auto months = std::min<std::size_t>(
          static_cast<std::size_t>(component_->ratchet->month_count), earlier.size());
      for (const std::int64_t thousandths : earlier.first(months)) {
        billed = Choice(Formula::kGreatest, billed, Ratchet(thousandths, unit));
      }
    }
    Blocks blocks{component_, billed, Share(component_->per), {}};
    blocks.billed = Scaled(NodeKind::kBilled, billed, blocks).value();
    return blocks;
  }
  NodeNo Ratchet(std::int64_t thousandths, const std::string& unit) {
    const Rate fraction = component_->ratchet->fraction;
    const NodeNo before = Quantity(NodeKind::kLoad, thousandths, unit);
    const NodeNo part = Given(NodeKind::kFactor, fraction.nanos(), kNanosPerDollar, "");
    const Wide least =
        DivideRounded(Wide{thousandths} * fraction.nanos(), kNanosPerDollar, Rounding::kHalfUp);
    return Made(NodeKind::kRatchet, Formula::kRoundedProduct, {before, part}, least, kScale, unit)
        .value();
  }
  Blocks AverageBlocks() {
    std::int64_t average = part_.facts.quantity_thousandths;
    if (average == 0) average = component_->default_thousandths.value_or(0);
    const NodeNo agreed = Quantity(NodeKind::kAverage, average, NameOf(*component_->unit));
    Blocks blocks{component_, agreed, Share(component_->per), {}};
    blocks.billed = Scaled(NodeKind::kAverage, agreed, blocks).value();
    if (component_->at_most_use) {
      const NodeNo use = ComponentUse();
      blocks.billed = Choice(Formula::kLeast, blocks.billed, use);
    }
    return blocks;
  }

  // `value` multiplied as the bounds of the blocks are.
  std::optional<NodeNo> Scaled(NodeKind kind, NodeNo value, const Blocks& blocks) {
    if (!blocks.width && !blocks.units) return value;
    std::vector<NodeNo> inputs = {value};
    if (blocks.width) inputs.push_back(*blocks.width);
    if (blocks.units) inputs.push_back(*blocks.units);
    return Product(kind, std::move(inputs), At(value).unit);
  }
  std::optional<NodeNo> Bound(std::size_t tier) {
    const NodeNo published =
        Quantity(NodeKind::kBound, component_->tiers.at(tier).up_to_thousandths.value(),
                 At(blocks_.billed).unit);
    return Scaled(NodeKind::kBound, published, blocks_);
  }
  // What lies in the line's block. A bound that has no place in 64 bits is above all use.
  NodeNo Block(const Line& line) {
    if (component_->tiers.size() == 1) return blocks_.billed;
    const auto tier = static_cast<std::size_t>(line.tier);
    const std::string unit = At(blocks_.billed).unit;
    std::vector<NodeNo> inputs = {blocks_.billed};
    inputs.push_back(tier == 0 ? Given(NodeKind::kBound, 0, 1, unit) : Bound(tier - 1).value());
    if (component_->tiers.at(tier).up_to_thousandths) {
      const std::optional<NodeNo> upper = Bound(tier);
      if (upper) inputs.push_back(*upper);
    }
    return OfLine(line, NodeKind::kBlock, Formula::kBlock, std::move(inputs), unit);
  }
  // The quantity that the line stores.
  NodeNo OfLine(const Line& line, NodeKind kind, Formula formula, std::vector<NodeNo> inputs,
                std::string unit) {
    return Made(kind, formula, std::move(inputs), line.quantity_thousandths,
                Wide{kScale} * line.quantity_divisor, std::move(unit))
        .value();
  }

  void AddSum() {
    Node node{.kind = NodeKind::kService, .formula = Formula::kSum};
    for (const LineNode& line : lines_) node.inputs.push_back(line.no);
    node.numerator = part_.amount.cents();
    node.denominator = kCentsPerDollar;
    node.unit = "USD";
    node.from_date = part_.period.from_date;
    node.to_date = part_.period.to_date;
    node.day_count = split_.day_count();
    version_ = part_.version;
    derivation_.parts_.push_back(AddNode(std::move(node)));
  }

  struct LineNode {
    const Schedule* version = nullptr;
    std::int64_t component = 0;
    NodeNo no = 0;
  };

  Derivation& derivation_;
  const PricedPart& part_;
  const Split split_;
  const std::string use_unit_;
  // Of the line that is at work.
  const Schedule* version_ = nullptr;
  const Component* component_ = nullptr;

  std::vector<NodeNo> meters_;
  Blocks blocks_;                           // of the component whose lines are at work
  std::size_t meter_ = Split::kEveryMeter;  // whose days the line is for
  std::map<std::pair<Date, std::int64_t>, std::size_t> next_meters_;  // by version and component
  NodeNo period_days_ = 0;
  std::map<Range, NodeNo> ranges_;
  std::map<std::vector<NodeNo>, NodeNo> sums_;
  std::map<std::pair<NodeNo, std::vector<std::int64_t>>, NodeNo> shares_;
  std::vector<LineNode> lines_;
};

NodeNo Derivation::Add(Node node) {
  nodes_.push_back(std::move(node));
  return static_cast<NodeNo>(nodes_.size());
}

void Derivation::AddPart(const PricedPart& part) { PartDerivation(*this, part).Add(); }

void Derivation::AddTotal(Money total) {
  Node node{.kind = NodeKind::kTotal, .formula = Formula::kSum, .inputs = parts_};
  node.numerator = total.cents();
  node.denominator = kCentsPerDollar;
  node.unit = "USD";
  Add(std::move(node));
}

}  // namespace reeve::billing::bill
