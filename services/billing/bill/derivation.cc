#include "services/billing/bill/derivation.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "services/billing/bill/period_nodes.h"

namespace reeve::billing::bill {

// The nodes of the lines.
class PartDerivation : private PeriodNodes {
 public:
  PartDerivation(Derivation& derivation, const PricedPart& part) : PeriodNodes(derivation, part) {}

  void Add() {
    if (split_.outcome() != Split::Outcome::kWhole) return AddSum();  // nothing that was priced
    for (std::size_t i = 0; i < part_.facts.measured.size(); ++i) AddMeter(i);
    PeriodDays();
    for (const Line& line : part_.lines) AddLine(line);
    AddSum();
  }

 private:
  void AddLine(const Line& line) {
    version_ = nullptr;
    for (const Schedule& version : part_.versions->all()) {
      if (version.effective_date == line.effective_date) version_ = &version;
    }
    component_ = &version_->components.at(static_cast<std::size_t>(line.component));
    tenure_ = split_.TenureOf(*version_, static_cast<std::size_t>(line.component));
    meter_ = MeterOfLine(line);
    Node node{.kind = NodeKind::kLine, .numerator = line.amount.cents()};
    node.denominator = kCentsPerDollar;
    node.unit = "USD";
    node.line_no = ++derivation_.line_count_;
    node.rounding = version_->terms.rounding;
    node.round_to_cents = component_->round_to_cents != 0 ? component_->round_to_cents
                                                          : version_->terms.round_to_cents;
    const bool of_lines = rate::IsOfLines(component_->kind);
    const bool percent = component_->kind == ComponentKind::kPercent;
    NodeNo rate = 0;
    NodeNo quantity = 0;
    if (component_->kind != ComponentKind::kNotLoaded) {
      node.formula = of_lines && !percent ? Formula::kShortfall : Formula::kAmount;
      const NodeNo subtotal = of_lines ? Subtotal() : 0;
      quantity = percent ? subtotal : LineQuantity(line);
      rate = AddRate(line);
      node.inputs = {rate, quantity};
      if (of_lines && !percent) node.inputs.push_back(subtotal);
    }
    const NodeNo no = AddNode(std::move(node));
    lines_.push_back({version_, component_, line.component, no, rate, quantity});
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
    while (split_.DaysOf(tenure_, *component_, next) == 0) ++next;
    return next++;
  }
  NodeNo AddRate(const Line& line) {
    return Given(NodeKind::kRate, line.rate.nanos(), kNanosPerDollar, "USD");
  }
  static constexpr NodeNo kNone = 0;
  struct LineNode {
    const Schedule* version = nullptr;
    const Component* source = nullptr;
    std::int64_t component = 0;
    NodeNo no = kNone;
    NodeNo rate = kNone;  // of what is not loaded: none
    NodeNo quantity = kNone;

    ComponentKind kind() const { return source->kind; }
  };
  // Whether a component is of the line: one above of the versions that charge both.
  static bool IsOf(const Component& component, std::int64_t index, const rate::Tenure& tenure,
                   const LineNode& line) {
    if (line.component >= index) return false;
    const auto& of = component.of;
    const bool named = of.empty() || std::find(of.begin(), of.end(), line.component) != of.end();
    return named && tenure.Includes(*line.version);
  }
  std::int64_t Index() const { return component_ - version_->components.data(); }
  NodeNo Subtotal() {
    std::vector<NodeNo> above;
    std::int64_t cents = 0;
    for (const LineNode& line : lines_) {
      if (!IsOf(*component_, Index(), tenure_, line)) continue;
      above.push_back(line.no);
      cents += At(line.no).numerator;
    }
    Node node{.kind = NodeKind::kSubtotal, .formula = Formula::kSum, .inputs = std::move(above)};
    node.numerator = cents;
    node.denominator = kCentsPerDollar;
    node.unit = "USD";
    return AddNode(std::move(node));
  }

  // The same unrounded: what a line was rounded from, of a percentage what that is of such lines;
  // what is a difference, and what has no place in 64 bits, as the line says it.
  NodeNo Unrounded(const Line& line) {
    std::vector<NodeNo> above;
    for (const LineNode& one : lines_) {
      if (IsOf(*component_, Index(), tenure_, one)) above.push_back(Unrounded(one));
    }
    const bool known = std::find(above.begin(), above.end(), kNone) == above.end();
    const std::optional<NodeNo> sum = known ? UnroundedSum(above) : std::nullopt;
    const Wide thousandths = Wide{kScale} * line.quantity_divisor;
    if (sum) {
      const Node& node = At(*sum);
      if (node.numerator * thousandths == Wide{line.quantity_thousandths} * node.denominator) {
        return *sum;
      }
    }
    return Made(NodeKind::kUnrounded, Formula::kGiven, {}, line.quantity_thousandths, thousandths,
                "USD")
        .value();
  }
  NodeNo Unrounded(const LineNode& line) {
    if (line.rate == 0 || line.kind() == ComponentKind::kMinimum ||
        line.kind() == ComponentKind::kMaximum || line.kind() == ComponentKind::kRoundOff) {
      return line.no;
    }
    NodeNo quantity = line.quantity;
    if (line.kind() == ComponentKind::kPercent) {
      std::vector<NodeNo> above;
      const rate::Tenure tenure =
          split_.TenureOf(*line.version, static_cast<std::size_t>(line.component));
      for (const LineNode& one : lines_) {
        if (&one >= &line) break;
        if (IsOf(*line.source, line.component, tenure, one)) above.push_back(Unrounded(one));
      }
      const bool known = std::find(above.begin(), above.end(), kNone) == above.end();
      const std::optional<NodeNo> sum = known ? UnroundedSum(above) : std::nullopt;
      if (!sum) return kNone;
      quantity = *sum;
    }
    return Product(NodeKind::kUnrounded, {line.rate, quantity}, "USD").value_or(kNone);
  }
  std::optional<NodeNo> UnroundedSum(std::vector<NodeNo> nodes) {
    return ExactSum(NodeKind::kUnrounded, std::move(nodes));
  }
  // Nothing if it has no place in 64 bits.
  std::optional<NodeNo> ExactSum(NodeKind kind, std::vector<NodeNo> nodes) {
    if (nodes.size() == 1) return nodes.front();
    const std::string unit = nodes.empty() ? "USD" : At(nodes.front()).unit;
    rate::Fraction sum = 0;
    for (const NodeNo no : nodes) {
      sum = sum.Plus(rate::Fraction(At(no).numerator, At(no).denominator));
    }
    if (!sum.in_range()) return std::nullopt;
    return Made(kind, Formula::kSum, std::move(nodes), sum.numerator(), sum.denominator(), unit);
  }

  NodeNo LineQuantity(const Line& line) {
    if (component_->kind == ComponentKind::kRoundOff) return Unrounded(line);
    if (component_->tiers.empty() || component_->blocks == rate::Blocks::kPrice) {
      return PriceQuantity(line);
    }
    if (blocks_.component != component_) {
      if (component_->kind == ComponentKind::kTiers) blocks_ = UseBlocks();
      if (component_->kind == ComponentKind::kDemand) blocks_ = LoadBlocks();
      if (component_->kind == ComponentKind::kWinterAverage) blocks_ = AverageBlocks();
      if (component_->kind == ComponentKind::kPerUnit) blocks_ = UnitBlocks();
    }
    if (component_->blocks != rate::Blocks::kWhole) return Block(line);
    if (!blocks_.billed) return Alone(line);
    const rate::Fraction all = Exact(*blocks_.billed);
    if (!blocks_.part) return all == QuantityOf(line) ? *blocks_.billed : Alone(line);
    if (!(all.Times(Exact(*blocks_.part)) == QuantityOf(line))) return Alone(line);
    return OfLine(line, NodeKind::kQuantity, Formula::kProduct, {*blocks_.billed, *blocks_.part},
                  UnitOfBlocks());
  }
  // A line says itself what it is for where what that is made of has no place in 64 bits.
  NodeNo Alone(const Line& line) {
    return OfLine(line, NodeKind::kBlock, Formula::kGiven, {}, UnitOfBlocks());
  }
  std::string UnitOfBlocks() const {
    if (component_->kind == ComponentKind::kTiers) return use_unit_;
    if (component_->kind == ComponentKind::kDemand) return NameOf(Unit::kKilowatt);
    return component_->unit ? NameOf(*component_->unit) : "";
  }
  static rate::Fraction QuantityOf(const Line& line) {
    return {line.quantity_thousandths, Wide{kScale} * line.quantity_divisor};
  }
  // How often a price is charged.
  NodeNo PriceQuantity(const Line& line) {
    const std::optional<NodeNo> share = Share(component_->per);
    const bool by_month = component_->per == Per::kMonth;
    const bool counts = component_->unit && component_->tiers.empty();
    if (!counts && share && component_->per == Per::kDay) return *share;
    const std::optional<NodeNo> count =
        counts ? BilledUnits() : Given(NodeKind::kCount, 1, 1, by_month ? "month" : "bill");
    const rate::Fraction times = share ? Exact(*share) : rate::Fraction();
    const bool known = count && Exact(*count).Times(times) == QuantityOf(line);
    if (!known) return Alone(line);
    if (!share) return *count;
    return OfLine(line, NodeKind::kQuantity, Formula::kProduct, {*count, *share}, At(*count).unit);
  }
  NodeNo Agreed() {
    return Quantity(NodeKind::kCount, part_.facts.quantity_thousandths, NameOf(*component_->unit));
  }

  // A quantity times its factor, in whole steps, rounded once. Nothing if a product has no place.
  std::optional<NodeNo> Billed(NodeNo quantity) {
    const std::string unit = At(quantity).unit;
    if (component_->factor) {
      const NodeNo factor =
          Given(NodeKind::kFactor, component_->factor->nanos(), kNanosPerDollar, "");
      const auto product = Product(NodeKind::kBilled, {quantity, factor}, unit);
      if (!product) return std::nullopt;
      quantity = *product;
    }
    if (component_->step) {
      const rate::Step& step = *component_->step;
      const Wide steps =
          DivideRounded(Wide{At(quantity).numerator} * kScale,
                        Wide{At(quantity).denominator} * step.thousandths, step.rounding);
      Node node{.kind = NodeKind::kBilled, .formula = Formula::kSteps};
      node.inputs = {quantity, Quantity(NodeKind::kStep, step.thousandths, unit)};
      node.numerator = static_cast<std::int64_t>(steps * step.thousandths);
      node.denominator = kScale;
      node.unit = unit;
      node.rounding = step.rounding;
      quantity = AddNode(std::move(node));
    }
    return quantity;
  }
  // At least and at most what the component says, by what `blocks` say of bounds.
  template <class Blocks>
  std::optional<NodeNo> Limited(std::optional<NodeNo> some, const Blocks& blocks) {
    if (!some) return some;
    NodeNo billed = *some;
    const std::string unit = At(billed).unit;
    if (component_->at_least_thousandths) {
      const NodeNo least = Quantity(NodeKind::kBound, *component_->at_least_thousandths, unit);
      const auto scaled = Scaled(NodeKind::kBound, least, blocks);
      if (!scaled) return std::nullopt;
      billed = Choice(Formula::kGreatest, billed, *scaled);
    }
    if (component_->cap_thousandths) {
      const NodeNo cap = Quantity(NodeKind::kCap, *component_->cap_thousandths, unit);
      const auto scaled = Scaled(NodeKind::kCap, cap, blocks);
      if (scaled) billed = Choice(Formula::kLeast, billed, *scaled);
    }
    return billed;
  }
  // The agreement's quantity, as PER_UNIT bills it.
  std::optional<NodeNo> BilledUnits() {
    if (component_->kind != ComponentKind::kPerUnit) return Agreed();
    return Limited(Billed(Agreed()), Blocks{});
  }

  // What there are blocks of, and by what their bounds are multiplied.
  struct Blocks {
    const Component* component = nullptr;
    std::optional<NodeNo> billed;  // nothing if it has no place in 64 bits
    std::optional<NodeNo> width;
    std::optional<NodeNo> units;
    std::optional<NodeNo> part;  // by which what lies in a block is multiplied
  };
  Blocks UseBlocks() {
    Blocks blocks = BilledUse();
    blocks.width = Width(component_->widths);
    if (component_->unit) blocks.units = Agreed();
    LimitBlocks(blocks);
    return blocks;
  }
  // What is billed of the exact part, and where that is in steps, by what its blocks are
  // multiplied.
  Blocks BilledUse() {
    const UseNodes use = ComponentUse();
    Blocks blocks{component_, {}, {}, {}, {}};
    rate::Used used;
    split_.UseOf(tenure_, *component_, part_.facts, used);
    if (used.share.IsOne()) {
      blocks.billed = Billed(use.whole);
      return blocks;
    }
    if (!component_->step && split_.step_thousandths() == 1) {
      blocks.billed = Billed(PartOfUse(use));
      return blocks;
    }
    const std::optional<NodeNo> share = ShareOfUse(use);
    const std::optional<NodeNo> whole = Billed(use.whole);
    if (!share || !whole) return blocks;
    const auto billed = component_->step ? StepsOfUse(use, *whole) : Billed(PartOfUse(use));
    const auto even = Product(NodeKind::kBilled, {*whole, *share}, use_unit_);
    if (!billed || !even) return blocks;
    if (At(*even).numerator == 0 || Exact(*even) == Exact(*billed)) {
      blocks.billed = billed;
      return blocks;
    }
    blocks.part = MaybeQuotient(NodeKind::kFactor, *billed, *even);
    if (blocks.part) blocks.billed = even;
    return blocks;
  }
  // What is billed at least is not a part of anything.
  void LimitBlocks(Blocks& blocks) {
    const std::optional<NodeNo> before = blocks.billed;
    blocks.billed = Limited(before, blocks);
    if (blocks.billed && Exact(*before).IsLess(Exact(*blocks.billed))) blocks.part.reset();
  }
  Blocks UnitBlocks() {
    Blocks blocks{component_, BilledUnits(), Share(component_->per), {}, {}};
    if (blocks.billed) blocks.billed = Scaled(NodeKind::kBilled, *blocks.billed, blocks);
    return blocks;
  }
  Blocks LoadBlocks() {
    Blocks blocks{component_, BilledLoad(), Share(component_->per), {}, {}};
    if (blocks.billed) blocks.billed = Scaled(NodeKind::kBilled, *blocks.billed, blocks);
    if (component_->unit) blocks.units = Agreed();
    return blocks;
  }
  // Before it is shared by days.
  std::optional<NodeNo> BilledLoad() {
    const std::string unit = NameOf(Unit::kKilowatt);
    std::int64_t load = 0;
    for (const rate::ByPeriod& part : part_.facts.demands) {
      if (part.period == component_->period) load = part.thousandths;
    }
    NodeNo billed = Quantity(NodeKind::kLoad, load, unit);
    const bool worse = component_->power_factor && part_.facts.power_factor &&
                       *part_.facts.power_factor < *component_->power_factor;
    if (worse) {
      const NodeNo published =
          Given(NodeKind::kPowerFactor, component_->power_factor->nanos(), kNanosPerDollar, "");
      const NodeNo measured =
          Given(NodeKind::kPowerFactor, part_.facts.power_factor->nanos(), kNanosPerDollar, "");
      const NodeNo factor = Quotient(NodeKind::kFactor, published, measured);
      const Wide adjusted = DivideRounded(Wide{load} * component_->power_factor->nanos(),
                                          part_.facts.power_factor->nanos(), Rounding::kHalfUp);
      billed = Made(NodeKind::kBilled, Formula::kRoundedProduct, {billed, factor}, adjusted, kScale,
                    unit)
                   .value();
    }
    if (component_->ratchet) {
      const auto& earlier = part_.facts.earlier_demands;
      const auto months = std::min<std::size_t>(
          static_cast<std::size_t>(component_->ratchet->month_count), earlier.size());
      for (const std::int64_t thousandths : earlier.first(months)) {
        if (thousandths == 0) continue;  // of a month that does not count, or of no use
        billed = Choice(Formula::kGreatest, billed, Ratchet(thousandths, unit));
      }
    }
    Blocks each;
    if (component_->unit) each.units = Agreed();
    return Limited(Billed(billed), each);
  }
  // Of the demand component above that is nearest.
  std::optional<NodeNo> LoadAbove() {
    const Component* component = component_;
    const Component* above = component;
    do {
      --above;
    } while (!rate::IsBillingDemand(split_, tenure_, *above));
    component_ = above;
    const std::optional<NodeNo> load = BilledLoad();
    component_ = component;
    return load;
  }
  // With three decimals; given where its parts have no place in 64 bits.
  NodeNo Budget(rate::BoundOf of) {
    const rate::WaterBudget& budget = *component_->budget;
    const rate::BudgetFacts& facts = *part_.facts.budget;
    const bool all = of == rate::BoundOf::kBudget;
    rate::Fraction exact = rate::IndoorBudget(budget, facts, split_.DaysOf(tenure_, *component_));
    if (all) {
      exact = exact.Plus(
          rate::OutdoorBudget(budget, facts).Times(split_.Share(tenure_, *component_, Per::kBill)));
    }
    const std::int64_t thousandths = rate::Thousandths(exact).value();
    const NodeNo unit = Quantity(NodeKind::kCount, budget.gallons_a_unit_thousandths, "gal");
    std::vector<NodeNo> parts;
    if (const auto indoor = Indoor(unit)) parts.push_back(*indoor);
    if (all) {
      if (const auto outdoor = Outdoor(unit)) parts.push_back(*outdoor);
    }
    const bool lost = parts.size() < (all ? 2u : 1u);
    const std::optional<NodeNo> sum = lost ? std::nullopt : ExactSum(NodeKind::kBudget, parts);
    if (!sum) return Quantity(NodeKind::kBudget, thousandths, use_unit_);
    return Made(NodeKind::kBudget, Formula::kRoundedProduct, {*sum}, thousandths, kScale, use_unit_)
        .value();
  }
  std::optional<NodeNo> Indoor(NodeNo unit) {
    const NodeNo a_day =
        Quantity(NodeKind::kCount, component_->budget->gallons_a_day_thousandths, "gal");
    const NodeNo people = Given(NodeKind::kCount, part_.facts.budget->people, 1, "person");
    const NodeNo days = ComponentDays();
    return Product(NodeKind::kBudget, {people, days, Quotient(NodeKind::kFactor, a_day, unit)},
                   use_unit_);
  }
  std::optional<NodeNo> Outdoor(NodeNo unit) {
    const rate::BudgetFacts& facts = *part_.facts.budget;
    const Rate factor = component_->budget->landscape_factor;
    // 0.62 gallons are an inch on a square foot.
    const NodeNo inch = Given(NodeKind::kCount, 62, 100, "gal");
    std::vector<NodeNo> inputs = {Given(NodeKind::kFactor, factor.nanos(), kNanosPerDollar, ""),
                                  Quantity(NodeKind::kCount, facts.inches_thousandths, "inch"),
                                  Given(NodeKind::kCount, facts.square_feet, 1, "sqft"),
                                  Quotient(NodeKind::kFactor, inch, unit)};
    if (const auto share = PartOfPeriod()) inputs.push_back(*share);
    return Product(NodeKind::kBudget, std::move(inputs), use_unit_);
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
    Blocks blocks{component_, Billed(agreed), Share(component_->per), {}, {}};
    if (blocks.billed) blocks.billed = Scaled(NodeKind::kAverage, *blocks.billed, blocks);
    if (blocks.billed && component_->at_most_use) {
      const Blocks use = BilledUse();
      if (!use.billed) return use;
      if (Exceeds(*blocks.billed, *use.billed)) blocks.part = use.part;
      blocks.billed = Choice(Formula::kLeast, *blocks.billed, *use.billed);
    }
    LimitBlocks(blocks);
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
  // A bound with its constant part, within its limits.
  std::optional<NodeNo> Within(const rate::Tier& tier, std::optional<NodeNo> bound) {
    Blocks days;
    days.width = blocks_.width;
    const auto part = [&](std::int64_t thousandths) {
      return Scaled(NodeKind::kBound, Quantity(NodeKind::kBound, thousandths, use_unit_), days);
    };
    if (bound && tier.plus_thousandths != 0) {
      const auto plus = part(tier.plus_thousandths);
      if (!plus) return std::nullopt;
      bound = ExactSum(NodeKind::kBound, {*bound, *plus});
    }
    const auto limit = [&](Formula formula, std::optional<std::int64_t> thousandths) {
      if (!bound || !thousandths) return;
      const auto other = part(*thousandths);
      bound = other ? std::optional(Choice(formula, *bound, *other, NodeKind::kBound)) : other;
    };
    limit(Formula::kGreatest, tier.at_least_thousandths);
    limit(Formula::kLeast, tier.at_most_thousandths);
    return bound;
  }
  std::optional<NodeNo> Bound(std::size_t tier) {
    const rate::Tier& block = component_->tiers.at(tier);
    const std::string unit = UnitOfBlocks();
    const bool of_units = block.of == rate::BoundOf::kUnits || block.of == rate::BoundOf::kLoad;
    const NodeNo published =
        Quantity(NodeKind::kBound, block.up_to_thousandths.value(), of_units ? unit : "");
    if (block.of == rate::BoundOf::kUnits) {
      return Within(block, Scaled(NodeKind::kBound, published, blocks_));
    }
    if (block.of == rate::BoundOf::kLoad) {
      const std::optional<NodeNo> load = LoadAbove();
      if (!load) return std::nullopt;
      std::vector<NodeNo> inputs = {published, *load};
      if (blocks_.width) inputs.push_back(*blocks_.width);
      if (blocks_.units) inputs.push_back(*blocks_.units);
      return Within(block, Product(NodeKind::kBound, std::move(inputs), unit));
    }
    return Product(NodeKind::kBound, {published, Budget(block.of)}, unit);
  }
  // Where the line's block begins: the highest bound below it, for bounds of several kinds need
  // not rise.
  std::optional<NodeNo> Lower(std::size_t tier) {
    std::optional<NodeNo> lower;
    for (std::size_t i = AllOfUnits(tier) ? tier - 1 : 0; i < tier; ++i) {
      const std::optional<NodeNo> bound = Bound(i);
      if (!bound) return std::nullopt;
      lower = lower ? Choice(Formula::kGreatest, *lower, *bound, NodeKind::kBound) : *bound;
    }
    return lower;
  }
  bool AllOfUnits(std::size_t tiers) const {
    return std::all_of(component_->tiers.begin(),
                       component_->tiers.begin() + static_cast<std::ptrdiff_t>(tiers),
                       [](const rate::Tier& tier) {
                         return tier.of == rate::BoundOf::kUnits && !tier.IsBounded();
                       });
  }
  // What lies in the line's block. A bound that has no place in 64 bits is above all use, or the
  // block says itself what it is.
  NodeNo Block(const Line& line) {
    rate::Fraction in_block = QuantityOf(line);
    if (blocks_.part) {
      const Node& part = At(*blocks_.part);
      in_block = in_block.Times({part.denominator, part.numerator});
    }
    const auto block = BlockOf(static_cast<std::size_t>(line.tier), in_block);
    if (!block) return Alone(line);
    if (!blocks_.part) return *block;
    return OfLine(line, NodeKind::kQuantity, Formula::kProduct, {*block, *blocks_.part},
                  UnitOfBlocks());
  }
  std::optional<NodeNo> BlockOf(std::size_t tier, rate::Fraction in_block) {
    if (!blocks_.billed || !in_block.in_range()) return std::nullopt;
    const rate::Fraction all = Exact(*blocks_.billed);
    if (component_->tiers.size() == 1) return all == in_block ? blocks_.billed : std::nullopt;
    const std::string unit = UnitOfBlocks();
    const std::optional<NodeNo> lower =
        tier == 0 ? Given(NodeKind::kBound, 0, 1, unit) : Lower(tier);
    std::optional<NodeNo> upper;
    if (component_->tiers.at(tier).up_to_thousandths) upper = Bound(tier);
    if (!lower) return std::nullopt;
    const rate::Fraction top = upper ? rate::Least(all, Exact(*upper)) : all;
    if (!(top.Minus(Exact(*lower)) == in_block)) return std::nullopt;
    std::vector<NodeNo> inputs = {*blocks_.billed, *lower};
    if (upper) inputs.push_back(*upper);
    return Made(NodeKind::kBlock, Formula::kBlock, std::move(inputs), in_block.numerator(),
                in_block.denominator(), unit);
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

  Blocks blocks_;  // of the component whose lines are at work
  std::map<std::pair<Date, std::int64_t>, std::size_t> next_meters_;  // by version and component
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
  node.denominator = 100;
  node.unit = "USD";
  Add(std::move(node));
}

}  // namespace reeve::billing::bill
