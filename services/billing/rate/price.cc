#include "services/billing/rate/price.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "services/billing/rate/split.h"

namespace reeve::billing::rate {
namespace {

constexpr std::int64_t kOne = Quantity::kScale;
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kNanosPerCent = 10'000'000;
// A dollar amount as a quantity of dollars: a cent is ten thousandths.
constexpr std::int64_t kThousandthsPerCent = 10;

// 64 bits where they suffice, which is nearly always: a wide division costs more than all the rest.
bool AmountOf(const Terms& terms, Rate rate, std::int64_t thousandths, std::int64_t divisor,
              std::int64_t& cents) {
  constexpr std::int64_t kPerCent = kNanosPerCent * kOne;
  std::int64_t product = 0;
  const bool narrow = divisor == 1 && terms.rounding == Rounding::kHalfUp &&
                      terms.round_to_cents == 1 &&
                      !__builtin_mul_overflow(rate.nanos(), thousandths, &product) &&
                      product >= 0 && product < kMax - kPerCent;
  if (narrow) {
    cents = (product + kPerCent / 2) / kPerCent;
    return true;
  }
  const Wide place = Wide{kPerCent} * terms.round_to_cents * divisor;
  const Wide wide =
      DivideRounded(Wide{rate.nanos()} * thousandths, place, terms.rounding) * terms.round_to_cents;
  cents = static_cast<std::int64_t>(wide);
  return wide <= Money::kMaxCents && wide >= -Money::kMaxCents;
}

// Prices the days of one version.
class Part {
 public:
  Part(const Schedule& version, const Split& split, const Facts& facts, std::vector<Line>& lines)
      : version_(version), split_(split), facts_(facts), lines_(lines), begin_(lines.size()) {}

  Result<> Add() {
    for (std::size_t i = 0; i < version_.components.size(); ++i) {
      const Component& component = version_.components[i];
      index_ = static_cast<std::int64_t>(i);
      day_count_ = split_.DaysOf(version_, component);
      if (day_count_ > 0 && !AddComponent(component)) return *std::move(failure_);
    }
    return Ok();
  }

 private:
  bool AddComponent(const Component& component) {
    switch (component.kind) {
      case ComponentKind::kFixed:
        return AddPrice(component, component.rate, 0, component.unit.has_value());
      case ComponentKind::kPerUnit:
        return facts_.quantity_thousandths == 0 || AddPrice(component, component.rate, 0, true);
      case ComponentKind::kMeterSize:
        return AddMeterSize(component);
      case ComponentKind::kTiers:
        return AddUse(component);
      case ComponentKind::kDemand:
        return AddDemand(component);
      case ComponentKind::kWinterAverage:
        return AddWinterAverage(component);
      case ComponentKind::kPercent:
        return Emit(0, AmountOfLines(component) * kThousandthsPerCent, 1, component.rate);
      case ComponentKind::kMinimum:
        return AddMinimum(component);
      case ComponentKind::kNotLoaded:
        break;
    }
    if (!facts_.allows_not_loaded) {
      return Refuse(reason::kValueNotLoaded, component.name + ": its value is not loaded.");
    }
    lines_.push_back({version_.effective_date, index_, 0, 0, 1, day_count_, Rate(), Money()});
    return true;
  }

  bool AddPrice(const Component& component, Rate rate, std::int64_t tier, bool for_each) {
    std::int64_t quantity = kOne;
    if (for_each) quantity = facts_.quantity_thousandths;
    if (quantity <= 0) return Missing(component, UnitName(*component.unit));
    return EmitShare(tier, quantity, split_.Share(version_, component, component.per), rate);
  }

  // Where a meter was exchanged for one of another size, each is charged for its days.
  bool AddMeterSize(const Component& component) {
    const std::span<const Measured> meters = facts_.measured;
    const bool one_size = std::all_of(meters.begin(), meters.end(), [&](const Measured& meter) {
      return facts_.SizeOf(meter) == facts_.SizeOf(meters.front());
    });
    if (one_size) {
      return AddSize(component, meters.empty() ? facts_.meter_size : facts_.SizeOf(meters.front()),
                     split_.Share(version_, component, component.per));
    }
    for (std::size_t i = 0; i < meters.size(); ++i) {
      day_count_ = split_.DaysOf(version_, component, i);
      if (day_count_ > 0 && !AddSize(component, facts_.SizeOf(meters[i]),
                                     split_.Share(version_, component, component.per, i))) {
        return false;
      }
    }
    return true;
  }

  bool AddSize(const Component& component, std::string_view meter_size, Fraction share) {
    const auto found = std::find_if(component.sizes.begin(), component.sizes.end(),
                                    [&](const SizePrice& size) { return size.size == meter_size; });
    if (found == component.sizes.end()) {
      return Missing(component,
                     meter_size.empty() ? "size of the meter" : "price for the size of the meter");
    }
    return EmitShare(found - component.sizes.begin(), kOne, share, found->rate);
  }

  bool AddUse(const Component& component) {
    std::int64_t use = 0;
    if (!Use(component, use)) return false;
    Fraction width = split_.Width(version_, component);
    if (component.unit) {
      if (facts_.quantity_thousandths <= 0) return Missing(component, UnitName(*component.unit));
      width = width.Times({facts_.quantity_thousandths, kOne});
    }
    if (component.cap_thousandths && Above(use, *component.cap_thousandths, width)) {
      return AddTiers(component, *component.cap_thousandths, {}, width);
    }
    return AddTiers(component, use, width, {});
  }

  bool AddDemand(const Component& component) {
    const auto found =
        std::find_if(facts_.demands.begin(), facts_.demands.end(),
                     [&](const ByPeriod& load) { return load.period == component.period; });
    if (found == facts_.demands.end()) return Missing(component, "load of the period");
    std::int64_t load = found->thousandths;
    if (component.ratchet) {
      const auto months = std::min<std::size_t>(
          static_cast<std::size_t>(component.ratchet->month_count), facts_.earlier_demands.size());
      for (const std::int64_t earlier : facts_.earlier_demands.first(months)) {
        constexpr Wide kNanos = 1'000'000'000;
        const Wide least = DivideRounded(Wide{earlier} * component.ratchet->fraction.nanos(),
                                         kNanos, Rounding::kHalfUp);
        load = std::max(load, static_cast<std::int64_t>(least));
      }
    }
    return AddTiers(component, load, {}, split_.Share(version_, component, component.per));
  }

  bool AddWinterAverage(const Component& component) {
    std::int64_t average = facts_.quantity_thousandths;
    if (average == 0) average = component.default_thousandths.value_or(0);
    if (average <= 0) return Missing(component, "winter average");
    const Fraction share = split_.Share(version_, component, component.per);
    if (component.at_most_use) {
      std::int64_t use = 0;
      if (!Use(component, use)) return false;
      if (!Above(use, average, share)) return AddTiers(component, use, share, {});
    }
    return AddTiers(component, average, {}, share);
  }

  bool AddMinimum(const Component& component) {
    std::int64_t quantity = kOne;
    if (component.unit) quantity = facts_.quantity_thousandths;
    if (quantity <= 0) return Missing(component, UnitName(*component.unit));
    const std::int64_t above = AmountOfLines(component);
    const std::size_t before = lines_.size();
    const std::int64_t subtotal = subtotal_;
    const Fraction share = split_.Share(version_, component, component.per);
    if (!EmitShare(0, quantity, share, component.rate)) return false;
    const std::int64_t missing = lines_.back().amount.cents() - above;
    lines_.back().amount = Money::Cents(missing);
    if (missing <= 0) lines_.resize(before);
    subtotal_ = subtotal + std::max<std::int64_t>(missing, 0);
    return true;
  }

  // Whether use > limit x width.
  static bool Above(std::int64_t use, std::int64_t limit, Fraction width) {
    return Wide{use} * width.denominator > Wide{limit} * width.numerator;
  }

  bool Use(const Component& component, std::int64_t& use) {
    switch (split_.UseOf(version_, component, facts_, use)) {
      case Split::Known::kYes:
        return true;
      case Split::Known::kNoMeter:
        return Missing(component, "metered use");
      case Split::Known::kNoPeriod:
        break;
    }
    return Missing(component, "use in its time");
  }

  // Blocks of `use`, whose bounds are multiplied by `width`; what lies in each is multiplied by
  // `share`. One of the two is 1.
  bool AddTiers(const Component& component, std::int64_t use, Fraction width, Fraction share) {
    if (!width.IsOne()) return AddWideTiers(component, use, width);
    std::int64_t lower = 0;
    for (std::size_t i = 0; i < component.tiers.size() && use > lower; ++i) {
      const Tier& tier = component.tiers[i];
      const std::int64_t upper = tier.up_to_thousandths.value_or(kMax);
      if (!EmitShare(static_cast<std::int64_t>(i), std::min(use, upper) - lower, share, tier.rate))
        return false;
      lower = upper;
    }
    return true;
  }

  bool AddWideTiers(const Component& component, std::int64_t use, Fraction width) {
    const Wide scaled = Wide{use} * width.denominator;
    Wide lower = 0;
    for (std::size_t i = 0; i < component.tiers.size() && scaled > lower; ++i) {
      const Tier& tier = component.tiers[i];
      const Wide upper =
          tier.up_to_thousandths ? Wide{*tier.up_to_thousandths} * width.numerator : scaled;
      const Wide quantity = std::min(scaled, upper) - lower;
      if (quantity > 0 &&
          !EmitReduced(static_cast<std::int64_t>(i), quantity, width.denominator, tier.rate)) {
        return false;
      }
      lower = upper;
    }
    return true;
  }

  bool EmitShare(std::int64_t tier, std::int64_t thousandths, Fraction share, Rate rate) {
    if (share.IsOne()) return Emit(tier, thousandths, 1, rate);
    return EmitReduced(tier, Wide{thousandths} * share.numerator, share.denominator, rate);
  }

  bool EmitReduced(std::int64_t tier, Wide quantity, std::int64_t divisor, Rate rate) {
    const auto common = std::gcd(static_cast<std::int64_t>(quantity % divisor), divisor);  // >= 1
    quantity /= common;
    if (quantity > kMax) return OutOfRangeOf();
    return Emit(tier, static_cast<std::int64_t>(quantity), divisor / common, rate);
  }

  bool Emit(std::int64_t tier, std::int64_t quantity, std::int64_t divisor, Rate rate) {
    std::int64_t cents = 0;
    if (!AmountOf(version_.terms, rate, quantity, divisor, cents)) return OutOfRangeOf();
    subtotal_ += cents;
    if (subtotal_ > Money::kMaxCents || subtotal_ < -Money::kMaxCents) return OutOfRangeOf();
    lines_.push_back({version_.effective_date, index_, tier, quantity, divisor, day_count_, rate,
                      Money::Cents(cents)});
    return true;
  }

  // Of the lines above, or of those that the component names.
  std::int64_t AmountOfLines(const Component& component) const {
    if (component.of.empty()) return subtotal_;
    std::int64_t cents = 0;
    for (std::size_t i = begin_; i < lines_.size(); ++i) {
      const auto& of = component.of;
      if (std::find(of.begin(), of.end(), lines_[i].component) != of.end()) {
        cents += lines_[i].amount.cents();
      }
    }
    return cents;
  }

  bool Missing(const Component& component, std::string_view what) {
    return Refuse(reason::kFactMissing,
                  component.name + ": there is no " + std::string(what) + ".");
  }
  bool OutOfRangeOf() {
    failure_ = OutOfRange(::reeve::reason::kOverflow, "The amount is out of range.");
    return false;
  }
  bool Refuse(Reason reason, std::string message) {
    failure_ = FailedPrecondition(reason, std::move(message));
    return false;
  }

  const Schedule& version_;
  const Split& split_;
  const Facts& facts_;
  std::vector<Line>& lines_;
  const std::size_t begin_;
  std::int64_t index_ = 0;
  std::int64_t day_count_ = 0;
  std::int64_t subtotal_ = 0;
  std::optional<Error> failure_;
};

// The version that prices all days of the period alone, if it can be said without looking at them.
std::size_t WholeVersion(const Versions& versions, const Period& period) {
  const std::span<const Schedule> all = versions.all();
  for (std::size_t i = all.size(); i > 0; --i) {
    const Schedule& version = all[i - 1];
    const bool by_bill = version.terms.effect == Effect::kBill;
    if (version.effective_date > (by_bill ? period.bill_date : period.to_date)) continue;
    const bool whole =
        version.terms.effect != Effect::kUse || version.effective_date <= period.from_date;
    return whole ? i - 1 : all.size();
  }
  return all.size();
}

// Prices by a flat plan, in 64 bits throughout: products are below 2^63, so a line has less than a
// billion cents. False, and nothing added, if anything is not as it nearly always is: then the long
// way says what.
class FlatPart {
 public:
  FlatPart(const Schedule& version, const Plan& plan, const Period& period, const Facts& facts,
           std::vector<Line>& lines)
      : plan_(plan),
        facts_(facts),
        lines_(lines),
        effective_date_(version.effective_date),
        day_count_(CountDays(version.terms.day_count, period.from_date, period.to_date)) {}

  bool Add() {
    const std::size_t before = lines_.size();
    for (const Plan::Step& step : plan_.steps) {
      if (AddStep(step)) continue;
      lines_.resize(before);
      return false;
    }
    return true;
  }

 private:
  bool AddStep(const Plan::Step& step) {
    switch (step.kind) {
      case Plan::Kind::kPrice:
        return Emit(step, 0, step.each_day ? kOne * day_count_ : kOne, step.nanos);
      case Plan::Kind::kUnits:
        return facts_.quantity_thousandths == 0 ||
               (facts_.quantity_thousandths <= Quantity::kMaxThousandths &&
                Emit(step, 0, facts_.quantity_thousandths * (step.each_day ? day_count_ : 1),
                     step.nanos));
      case Plan::Kind::kBlocks:
        return AddBlocks(step);
      case Plan::Kind::kPercent:
        break;
    }
    return Emit(step, 0, subtotal_ * kThousandthsPerCent, step.nanos);
  }

  bool AddBlocks(const Plan::Step& step) {
    const std::int64_t use = facts_.measured.front().usage_thousandths;
    std::int64_t lower = 0;
    for (std::uint32_t i = step.begin; i < step.end && use > lower; ++i) {
      const Plan::Block& block = plan_.blocks[i];
      const std::int64_t top = std::min(use, block.upper_thousandths);
      if (!Emit(step, i - step.begin, top - lower, block.nanos)) return false;
      lower = block.upper_thousandths;
    }
    return true;
  }

  bool Emit(const Plan::Step& step, std::int64_t tier, std::int64_t quantity, std::int64_t nanos) {
    constexpr std::int64_t kPerCent = kNanosPerCent * kOne;
    std::int64_t product = 0;
    if (__builtin_mul_overflow(nanos, quantity, &product) || product >= kMax - kPerCent) {
      return false;
    }
    const std::int64_t cents = (product + kPerCent / 2) / kPerCent;
    subtotal_ += cents;
    // In its place: copied from elsewhere it would wait for its own stores.
    Line& line = lines_.emplace_back();
    line.effective_date = effective_date_;
    line.component = step.component;
    line.tier = tier;
    line.quantity_thousandths = quantity;
    line.day_count = day_count_;
    line.rate = Rate::Nanos(nanos);
    line.amount = Money::Cents(cents);
    return true;
  }

  const Plan& plan_;
  const Facts& facts_;
  std::vector<Line>& lines_;
  const Date effective_date_;
  const std::int64_t day_count_;
  std::int64_t subtotal_ = 0;
};

bool PriceFlat(const Versions& versions, const Period& period, const Facts& facts,
               std::vector<Line>& lines) {
  const std::int32_t days = period.to_date - period.from_date;
  if (days <= 0 || days > Split::kDaysMax || facts.quantity_thousandths < 0) return false;
  const std::size_t index = WholeVersion(versions, period);
  if (index == versions.all().size() || !versions.plans()[index].flat) return false;
  const Plan& plan = versions.plans()[index];
  if (facts.measured.empty() ? plan.metered : facts.measured.size() > 1) return false;
  if (!facts.measured.empty()) {
    const Measured& meter = facts.measured.front();
    if (meter.from_date != period.from_date || meter.to_date != period.to_date ||
        meter.usage_thousandths < 0) {
      return false;
    }
  }
  return FlatPart(versions.all()[index], plan, period, facts, lines).Add();
}

}  // namespace

Result<> Price(const Versions& versions, const Period& period, const Facts& facts,
               std::vector<Line>& lines) {
  if (PriceFlat(versions, period, facts, lines)) return Ok();
  const Split split(versions, period, facts.measured);
  switch (split.outcome()) {
    case Split::Outcome::kWhole:
      break;
    case Split::Outcome::kBadDates:
      return Error(Code::kInvalidArgument, ::reeve::reason::kInvalidRequest,
                   "The dates of the period do not follow each other.");
    case Split::Outcome::kNoVersion:
      return FailedPrecondition(reason::kVersionMissing, "No version is in force on some day.");
  }
  const std::size_t before = lines.size();
  const Schedule* priced = nullptr;
  for (const Days& days : split.days()) {
    if (days.version == priced) continue;
    priced = days.version;
    Result<> added = Part(*priced, split, facts, lines).Add();
    if (!added.ok()) {
      lines.resize(before);
      return added;
    }
  }
  return Ok();
}

Result<Money> LineAmount(const Terms& terms, Rate rate, std::int64_t thousandths,
                         std::int64_t divisor) {
  std::int64_t cents = 0;
  if (!AmountOf(terms, rate, thousandths, divisor, cents)) {
    return OutOfRange(::reeve::reason::kOverflow, "The amount is out of range.");
  }
  return Money::Cents(cents);
}

Result<Money> FeeOf(const Schedule& fees, std::string_view name) {
  const auto fee = std::find_if(fees.components.begin(), fees.components.end(),
                                [&](const Component& one) { return one.name == name; });
  if (fees.service != kFeeService || fee == fees.components.end()) {
    return NotFound(reason::kFeeUnknown, "There is no fee of that name.");
  }
  if (fee->kind == ComponentKind::kNotLoaded) {
    return FailedPrecondition(reason::kValueNotLoaded, fee->name + ": its value is not loaded.");
  }
  return LineAmount(fees.terms, fee->rate, kOne, 1);
}

std::int64_t CountDays(DayCount day_count, Date from_date, Date to_date) {
  return to_date - from_date + (day_count == DayCount::kBoth ? 1 : 0);
}

}  // namespace reeve::billing::rate
