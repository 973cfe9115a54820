#include "services/billing/rate/price.h"

#include <algorithm>
#include <limits>

#include "services/billing/rate/billed.h"
#include "services/billing/rate/flat.h"
#include "services/billing/rate/split.h"

namespace reeve::billing::rate {
namespace {

constexpr std::int64_t kOne = Quantity::kScale;
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kNanosPerCent = 10'000'000;
constexpr std::int64_t kNanosPerDollar = 1'000'000'000;
constexpr Rate kOneDollar = Rate::Nanos(kNanosPerDollar);
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

// Prices the days of versions whose components stand for one another: one, but where prices change
// within the period.
class Part {
 public:
  Part(std::span<const Schedule* const> versions, const Split& split, const Facts& facts,
       std::vector<Line>& lines)
      : versions_(versions),
        split_(split),
        facts_(facts),
        lines_(lines),
        begin_(lines.size()),
        keeps_exact_(std::any_of(versions.begin(), versions.end(), [](const Schedule* version) {
          return std::any_of(
              version->components.begin(), version->components.end(),
              [](const Component& one) { return one.kind == ComponentKind::kRoundOff; });
        })) {}

  Result<> Add() {
    for (const Schedule* version : versions_) {
      for (std::size_t i = 0; i < version->components.size(); ++i) {
        const Component& component = version->components[i];
        tenure_ = split_.TenureOf(*version, i);
        if (tenure_.last != version) continue;  // one that comes charges it as well
        index_ = static_cast<std::int64_t>(i);
        day_count_ = split_.DaysOf(tenure_, component);
        if (day_count_ == 0) continue;
        if (!component.for_sizes.empty() && !HasPriceForSize(component))
          return *std::move(failure_);
        if (IsForSize(component) && !AddComponent(component)) return *std::move(failure_);
      }
    }
    return Ok();
  }

 private:
  const Schedule& version() const { return *tenure_.last; }

  bool AddComponent(const Component& component) {
    // A rider's value that nobody has put in is none.
    if (!component.rider.empty()) return AddNotLoaded(component);
    switch (component.kind) {
      case ComponentKind::kFixed:
        return AddPrice(component, component.rate, 0, component.unit.has_value());
      case ComponentKind::kPerUnit:
        return AddUnits(component);
      case ComponentKind::kMeterSize:
        return AddMeterSize(component);
      case ComponentKind::kTiers:
        return AddUse(component);
      case ComponentKind::kDemand:
        return AddDemand(component);
      case ComponentKind::kWinterAverage:
        return AddWinterAverage(component);
      case ComponentKind::kPercent:
        return AddPercent(component);
      case ComponentKind::kMinimum:
      case ComponentKind::kMaximum:
        return AddLimit(component);
      case ComponentKind::kRoundOff:
        return AddRoundOff(component);
      case ComponentKind::kNotLoaded:
        break;
    }
    return AddNotLoaded(component);
  }

  bool AddNotLoaded(const Component& component) {
    if (!facts_.allows_not_loaded) {
      return Refuse(reason::kValueNotLoaded, WhyNotLoaded(component));
    }
    lines_.push_back({version().effective_date, index_, 0, 0, 1, day_count_, Rate(), Money()});
    if (keeps_exact_) exact_.push_back(0);
    return true;
  }

  std::string WhyNotLoaded(const Component& component) const {
    if (!component.from_rider) return component.name + ": its value is not loaded.";
    return component.name + ": rider " + component.from_rider->code +
           " has no value for days from " + version().effective_date.ToString() + " on.";
  }

  bool IsForSize(const Component& component) const {
    const std::vector<std::string>& sizes = component.for_sizes;
    return sizes.empty() || std::find(sizes.begin(), sizes.end(), facts_.LastSize()) != sizes.end();
  }
  // A size that no component has a price for is not free.
  bool HasPriceForSize(const Component& component) {
    if (facts_.LastSize().empty()) return Missing(component, "size of the meter");
    const bool has = std::any_of(
        version().components.begin(), version().components.end(), [&](const Component& one) {
          return one.kind == component.kind && !one.for_sizes.empty() && IsForSize(one);
        });
    return has || Missing(component, "price for the size of the meter");
  }

  bool AddPrice(const Component& component, Rate rate, std::int64_t tier, bool for_each) {
    std::int64_t quantity = kOne;
    if (for_each) quantity = facts_.quantity_thousandths;
    if (quantity <= 0) return Missing(component, UnitName(*component.unit));
    return Emit(tier, split_.Share(tenure_, component, component.per).Times(quantity), rate);
  }

  bool AddUnits(const Component& component) {
    if (facts_.quantity_thousandths == 0) return true;
    const Fraction share = split_.Share(tenure_, component, component.per);
    const Fraction limited = Limited(component, Billed(component, facts_.quantity_thousandths), 1);
    if (component.tiers.empty()) return Emit(0, limited.Times(share), component.rate);
    return AddBlocks(component, {.quantity = limited, .part = share, .share = share});
  }

  // Where a meter was exchanged for one of another size, each is charged for its days.
  bool AddMeterSize(const Component& component) {
    const std::span<const Measured> meters = facts_.measured;
    const bool one_size = std::all_of(meters.begin(), meters.end(), [&](const Measured& meter) {
      return facts_.SizeOf(meter) == facts_.SizeOf(meters.front());
    });
    if (one_size) {
      return AddSize(component, facts_.LastSize(), split_.Share(tenure_, component, component.per));
    }
    for (std::size_t i = 0; i < meters.size(); ++i) {
      day_count_ = split_.DaysOf(tenure_, component, i);
      if (day_count_ > 0 && !AddSize(component, facts_.SizeOf(meters[i]),
                                     split_.Share(tenure_, component, component.per, i))) {
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
    return Emit(found - component.sizes.begin(), share.Times(kOne), found->rate);
  }

  // What lies in blocks, and by what the days multiply their bounds, what lies in each of them, and
  // a price that is charged once.
  struct Blocked {
    Fraction quantity;
    Fraction width{};
    Fraction days{};  // of the width what is not the agreement's quantity
    Fraction part{};
    Fraction share{};
  };

  bool AddUse(const Component& component) {
    const Fraction days = split_.Width(tenure_, component);
    Fraction width = days;
    if (component.unit) {
      if (facts_.quantity_thousandths <= 0) return Missing(component, UnitName(*component.unit));
      width = width.Times(Fraction(facts_.quantity_thousandths, kOne));
    }
    Blocked blocked{.width = width, .days = days};
    if (!BillUse(component, blocked)) return false;
    Limit(component, blocked);
    if (component.blocks == Blocks::kPrice) {
      blocked.share = split_.Share(tenure_, component, Per::kBill);
    }
    return AddBlocks(component, blocked);
  }

  bool AddDemand(const Component& component) {
    Fraction load = 0;
    if (!Load(component, load)) return false;
    const Fraction share = split_.Share(tenure_, component, component.per);
    Blocked blocked{.quantity = load, .part = share, .share = share};
    if (component.unit) blocked.width = Fraction(facts_.quantity_thousandths, kOne);
    return AddBlocks(component, blocked);
  }

  // What the component bills, before it is shared by days.
  bool Load(const Component& component, Fraction& load) {
    const std::string_view missing = BilledLoad(component, facts_, load);
    return missing.empty() || Missing(component, missing);
  }

  bool AddWinterAverage(const Component& component) {
    std::int64_t average = facts_.quantity_thousandths;
    if (average == 0) average = component.default_thousandths.value_or(0);
    if (average <= 0) return Missing(component, "winter average");
    const Fraction share = split_.Share(tenure_, component, component.per);
    Blocked blocked{
        .quantity = Billed(component, average).Times(share), .width = share, .share = share};
    if (!blocked.quantity.in_range()) return OutOfRangeOf();
    if (component.at_most_use) {
      Blocked use;
      if (!BillUse(component, use)) return false;
      if (use.quantity.IsLess(blocked.quantity)) {
        blocked.quantity = use.quantity;
        blocked.part = use.part;
      }
    }
    Limit(component, blocked);
    return AddBlocks(component, blocked);
  }

  bool AddPercent(const Component& component) {
    const Fraction exact = ExactOfLines(component);
    if (!Emit(0, Fraction(AmountOfLines(component) * kThousandthsPerCent), component.rate)) {
      return false;
    }
    if (keeps_exact_) {
      exact_.back() = exact.Times(Fraction(component.rate.nanos(), kNanosPerDollar));
    }
    return true;
  }

  // A minimum has a line where lines above come to less, a maximum where they come to more.
  bool AddLimit(const Component& component) {
    std::int64_t quantity = kOne;
    if (component.unit) quantity = facts_.quantity_thousandths;
    if (quantity <= 0) return Missing(component, UnitName(*component.unit));
    const Fraction share = split_.Share(tenure_, component, component.per);
    return EmitDifference(component, share.Times(quantity), component.rate, version().terms);
  }

  // What lines above come to unrounded, as dollars, is rounded once. The line says it rounded
  // where the fraction has no place in 64 bits.
  bool AddRoundOff(const Component& component) {
    Terms terms = version().terms;
    if (component.round_to_cents != 0) terms.round_to_cents = component.round_to_cents;
    Fraction exact = ExactOfLines(component);
    if (!exact.in_range()) return OutOfRangeOf();
    if (!HasPlace(exact)) {
      Wide place = 0;
      if (__builtin_mul_overflow(exact.denominator(), kThousandthsPerCent * terms.round_to_cents,
                                 &place)) {
        return OutOfRangeOf();
      }
      exact = DivideRounded(exact.numerator(), place, terms.rounding) * kThousandthsPerCent *
              terms.round_to_cents;
    }
    return EmitDifference(component, exact, kOneDollar, terms);
  }
  static bool HasPlace(Fraction quantity) {
    return quantity.numerator() <= kMax && quantity.numerator() >= -kMax &&
           quantity.denominator() <= kMax;
  }
  // A quantity that a line can say: a fraction whose digits have no place has nine decimals.
  static Fraction WithPlace(Fraction quantity) {
    if (!quantity.in_range() || HasPlace(quantity)) return quantity;
    constexpr std::int64_t kFine = 1'000'000;
    const Fraction fine = quantity.Times(kFine);
    if (!fine.in_range()) return fine;
    return {DivideRounded(fine.numerator(), fine.denominator(), Rounding::kHalfUp), kFine};
  }

  bool EmitDifference(const Component& component, Fraction quantity, Rate rate,
                      const Terms& terms) {
    const std::int64_t above = AmountOfLines(component);
    const std::int64_t subtotal = subtotal_;
    if (!Emit(0, quantity, rate, terms)) return false;
    const std::int64_t difference = lines_.back().amount.cents() - above;
    const bool has_line = component.kind == ComponentKind::kMinimum   ? difference > 0
                          : component.kind == ComponentKind::kMaximum ? difference < 0
                                                                      : difference != 0;
    subtotal_ = subtotal + (has_line ? difference : 0);
    if (!has_line) {
      lines_.pop_back();
      if (keeps_exact_) exact_.pop_back();
      return true;
    }
    lines_.back().amount = Money::Cents(difference);
    if (keeps_exact_) exact_.back() = Fraction(Wide{difference} * kThousandthsPerCent);
    return true;
  }

  bool Use(const Component& component, Used& used) {
    switch (split_.UseOf(tenure_, component, facts_, used)) {
      case Split::Known::kYes:
        return true;
      case Split::Known::kNoMeter:
        return Missing(component, "metered use");
      case Split::Known::kNotReceived:
        return Missing(component, "count of what was received");
      case Split::Known::kNoPeriod:
        break;
    }
    return Missing(component, "use in its time");
  }

  // Blocks are those of the exact part: use at a bound is at the bound's part, whatever the steps
  // are in which it is billed. Steps are those of the whole period, so that none is lost between
  // its parts.
  bool BillUse(const Component& component, Blocked& blocked) {
    Used used;
    if (!Use(component, used)) return false;
    const Fraction whole = Billed(component, used.whole_thousandths);
    if (used.share.IsOne()) {
      blocked.quantity = whole;
      return whole.in_range() || OutOfRangeOf();
    }
    const Fraction even = whole.Times(used.share);
    Fraction billed = whole;  // and what that is a part of
    Fraction all = even;
    if (!component.step) {
      billed = used.part;
      all = used.share.Times(used.whole_thousandths);
    } else if (whole.in_range() && whole.numerator() <= kMax) {
      billed =
          split_.StepsOf(tenure_, component, facts_, static_cast<std::int64_t>(whole.numerator()));
    } else {
      return OutOfRangeOf();
    }
    if (!even.in_range() || !billed.in_range() || !all.in_range()) return OutOfRangeOf();
    if (all.numerator() == 0) {
      blocked.quantity = component.step ? billed : Billed(component, billed);
    } else {
      blocked.quantity = even;
      blocked.part = billed.Times(Fraction(all.denominator(), all.numerator()));
    }
    return true;
  }
  // What is billed at least is not a part of anything.
  static void Limit(const Component& component, Blocked& blocked) {
    const Fraction limited = Limited(component, blocked.quantity, blocked.width);
    if (limited.in_range() && blocked.quantity.IsLess(limited)) blocked.part = 1;
    blocked.quantity = limited;
  }

  bool AddBlocks(const Component& component, const Blocked& blocked) {
    const Fraction& quantity = blocked.quantity;
    if (!quantity.in_range()) return OutOfRangeOf();
    const bool none = blocked.part.numerator() == 0 && component.blocks != Blocks::kPrice;
    if (none) return true;
    Fraction lower = 0;
    for (std::size_t i = 0; i < component.tiers.size(); ++i) {
      const Tier& tier = component.tiers[i];
      const bool reached = lower.IsLess(quantity) || (i == 0 && component.blocks == Blocks::kPrice);
      if (!reached) break;
      Fraction upper = quantity;
      if (tier.up_to_thousandths) {
        Fraction bound;
        if (!Bound(component, tier, blocked, bound)) return false;
        if (bound.in_range()) upper = Greatest(lower, bound);  // else it is above all
      }
      const auto index = static_cast<std::int64_t>(i);
      const bool last = !upper.IsLess(quantity);
      const Fraction top = Least(quantity, upper);
      switch (component.blocks) {
        case Blocks::kEach:
          if (lower.IsLess(top) && !Emit(index, top.Minus(lower).Times(blocked.part), tier.rate)) {
            return false;
          }
          break;
        case Blocks::kWhole:
          if (last) return Emit(index, quantity.Times(blocked.part), tier.rate);
          break;
        case Blocks::kPrice:
          if (last) return Emit(index, blocked.share.Times(kOne), tier.rate);
          break;
      }
      lower = upper;
    }
    return true;
  }

  bool Bound(const Component& component, const Tier& tier, const Blocked& blocked,
             Fraction& bound) {
    bound = blocked.width.Times(*tier.up_to_thousandths);
    if (tier.of == BoundOf::kUnits) {
      if (tier.IsBounded()) bound = Within(tier, bound, blocked.days);
      return true;
    }
    if (tier.of == BoundOf::kLoad) {
      Fraction load = 0;
      if (!LoadAbove(component, load)) return false;
      bound = Within(tier, bound.Times(load).Times(Fraction(1, kOne)), blocked.days);
      return true;
    }
    if (!facts_.budget) return Missing(component, "water budget");
    Fraction exact = IndoorBudget(*component.budget, *facts_.budget, day_count_);
    if (tier.of == BoundOf::kBudget) {
      const Fraction share = split_.Share(tenure_, component, Per::kBill);
      exact = exact.Plus(OutdoorBudget(*component.budget, *facts_.budget).Times(share));
    }
    const std::optional<std::int64_t> budget = Thousandths(exact);
    if (!budget) return OutOfRangeOf();
    bound = Fraction(*budget).Times(Fraction(*tier.up_to_thousandths, kOne));
    return true;
  }

  // A bound with its constant part, within its limits.
  static Fraction Within(const Tier& tier, Fraction bound, Fraction days) {
    if (tier.plus_thousandths != 0) bound = bound.Plus(days.Times(tier.plus_thousandths));
    if (tier.at_least_thousandths) bound = Greatest(bound, days.Times(*tier.at_least_thousandths));
    if (tier.at_most_thousandths) bound = Least(bound, days.Times(*tier.at_most_thousandths));
    return bound;
  }

  // Of the demand component above that is nearest.
  bool LoadAbove(const Component& component, Fraction& load) {
    for (std::int64_t i = index_ - 1; i >= 0; --i) {
      const Component& above = version().components[static_cast<std::size_t>(i)];
      if (IsBillingDemand(split_, tenure_, above)) return Load(above, load);
    }
    return Missing(component, "demand in season");
  }

  bool Emit(std::int64_t tier, Fraction quantity, Rate rate) {
    return Emit(tier, quantity, rate, version().terms);
  }
  bool Emit(std::int64_t tier, Fraction quantity, Rate rate, const Terms& terms) {
    quantity = WithPlace(quantity);
    if (!quantity.in_range() || !HasPlace(quantity)) return OutOfRangeOf();
    const auto thousandths = static_cast<std::int64_t>(quantity.numerator());
    const auto divisor = static_cast<std::int64_t>(quantity.denominator());
    std::int64_t cents = 0;
    if (!AmountOf(terms, rate, thousandths, divisor, cents)) return OutOfRangeOf();
    subtotal_ += cents;
    if (subtotal_ > Money::kMaxCents || subtotal_ < -Money::kMaxCents) return OutOfRangeOf();
    lines_.push_back({version().effective_date, index_, tier, thousandths, divisor, day_count_,
                      rate, Money::Cents(cents)});
    if (keeps_exact_) exact_.push_back(quantity.Times(Fraction(rate.nanos(), kNanosPerDollar)));
    return true;
  }

  // Whether the component, which is being priced, is of the line: all above are, or those that it
  // names. Where it changes, so do they: they are of its days or of none. An earlier version may
  // have left a line of what stands below.
  bool IsOf(const Component& component, const Line& line) const {
    if (line.component >= index_) return false;
    if (line.effective_date < tenure_.first->effective_date) return false;
    const std::vector<std::int64_t>& of = component.of;
    return of.empty() || std::find(of.begin(), of.end(), line.component) != of.end();
  }
  std::int64_t AmountOfLines(const Component& component) const {
    if (component.of.empty() && versions_.size() == 1) return subtotal_;
    std::int64_t cents = 0;
    for (std::size_t i = begin_; i < lines_.size(); ++i) {
      if (IsOf(component, lines_[i])) cents += lines_[i].amount.cents();
    }
    return cents;
  }
  // The same unrounded, in thousandths of a dollar.
  Fraction ExactOfLines(const Component& component) const {
    Fraction sum = 0;
    for (std::size_t i = 0; i < exact_.size(); ++i) {
      if (IsOf(component, lines_[begin_ + i])) sum = sum.Plus(exact_[i]);
    }
    return sum;
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

  std::span<const Schedule* const> versions_;
  const Split& split_;
  const Facts& facts_;
  std::vector<Line>& lines_;
  const std::size_t begin_;
  const bool keeps_exact_;       // some line is what others come to unrounded
  std::vector<Fraction> exact_;  // then, of each line of the version: thousandths of a dollar
  Tenure tenure_;
  std::int64_t index_ = 0;
  std::int64_t day_count_ = 0;
  std::int64_t subtotal_ = 0;
  std::optional<Error> failure_;
};

}  // namespace

Result<> Price(const Versions& versions, const Period& period, const Facts& facts,
               std::vector<Line>& lines) {
  if (PriceFlat(versions, period, facts, lines)) [[likely]]
    return Ok();
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
  const std::span<const Schedule* const> covering = split.versions();
  for (std::size_t begin = 0; begin < covering.size();) {
    const std::size_t end = split.EndOfGroup(begin);
    Result<> added = Part(covering.subspan(begin, end - begin), split, facts, lines).Add();
    begin = end;
    if (!added.ok()) {
      lines.resize(before);
      return added;
    }
  }
  return Ok();
}

bool IsBillingDemand(const Split& split, const Tenure& tenure, const Component& component) {
  return component.kind == ComponentKind::kDemand && split.DaysOf(tenure, component) > 0;
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
