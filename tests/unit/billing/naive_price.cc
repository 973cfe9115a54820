#include "tests/unit/billing/naive_price.h"

#include <algorithm>
#include <map>

#include "tests/unit/billing/naive_alike.h"
#include "tests/unit/billing/naive_use.h"

namespace reeve::billing {
namespace {

using rate::Component;
using rate::ComponentKind;
using rate::Schedule;

struct OneDay {
  Date date;
  const Schedule* version = nullptr;
  std::size_t meter = 0;
};

// Neighbouring days that nothing tells apart.
struct Group {
  const Schedule* version = nullptr;
  std::size_t meter = 0;
  std::vector<bool> in_season;
  std::int64_t days = 0;
};

class Naive {
 public:
  Naive(const rate::Versions& versions, const rate::Period& period, const rate::Facts& facts)
      : versions_(versions), period_(period), facts_(facts) {}

  NaiveBill Run() {
    if (!LayOutDays()) return {true, {}};
    DivideUse();
    const Schedule* before = nullptr;
    for (const Schedule& version : versions_.all()) {
      const auto mine = [&](const OneDay& day) { return day.version == &version; };
      if (std::none_of(days_.begin(), days_.end(), mine)) continue;
      if (before == nullptr || !AreAlike(*before, version)) begin_ = bill_.lines.size();
      before = &version;
      for (std::size_t i = 0; i < version.components.size(); ++i) {
        const std::vector<const Schedule*> all = Alike(version, i);
        if (all.back() != &version) continue;
        charging_ = all;
        AddComponent(version, static_cast<std::int64_t>(i));
        if (bill_.refused) return {true, {}};
      }
    }
    return bill_;
  }

 private:
  // The versions with days that charge the component as this one does, in a row with it.
  std::vector<const Schedule*> Alike(const Schedule& version, std::size_t index) const {
    std::vector<const Schedule*> all;
    for (const OneDay& day : days_) {
      if (all.empty() || all.back() != day.version) all.push_back(day.version);
    }
    std::size_t first = 0;
    while (all[first] != &version) ++first;
    std::size_t last = first;
    const auto same = [&](std::size_t at) {
      return AreAlike(*all[at], *all[at + 1]) && !Changes(*all[at], *all[at + 1], index);
    };
    while (first > 0 && same(first - 1)) --first;
    while (last + 1 < all.size() && same(last)) ++last;
    return {all.begin() + static_cast<std::ptrdiff_t>(first),
            all.begin() + static_cast<std::ptrdiff_t>(last) + 1};
  }
  bool Charged(const Schedule* version) const {
    return std::find(charging_.begin(), charging_.end(), version) != charging_.end();
  }

  bool Begun(const Schedule& version) const {
    return version.effective_date <=
           (version.terms.effect == rate::Effect::kBill ? period_.bill_date : period_.to_date);
  }

  bool LayOutDays() {
    const Schedule* newest = nullptr;
    for (const Schedule& version : versions_.all()) {
      if (Begun(version)) newest = &version;
    }
    if (newest == nullptr) return false;
    step_ = newest->terms.split_step_thousandths;
    const rate::DayCount count = newest->terms.day_count;
    Date first = period_.from_date;
    Date last = period_.to_date;
    if (count == rate::DayCount::kAfterFirst) first = first.PlusDays(1);
    if (count == rate::DayCount::kBeforeLast) last = last.PlusDays(-1);
    for (Date day = first; day <= last; day = day.PlusDays(1)) {
      OneDay one{day, nullptr, 0};
      for (const Schedule& version : versions_.all()) {
        const bool from_its_day = version.terms.effect == rate::Effect::kUse;
        if (Begun(version) && (!from_its_day || day >= version.effective_date)) {
          one.version = &version;
        }
      }
      if (one.version == nullptr) return false;
      for (const rate::Measured& meter : facts_.measured) {
        const bool before =
            count == rate::DayCount::kBeforeLast ? day >= meter.to_date : day > meter.to_date;
        if (before) ++one.meter;
      }
      days_.push_back(one);
    }
    return true;
  }

  bool InSeason(const Schedule& version, const Component& component, Date day) const {
    if (!component.season) return true;
    if (version.terms.season_by == rate::SeasonBy::kLastDay) day = days_.back().date;
    int here = day.month() * 100 + day.day();
    const auto [from, to] = *component.season;
    if (here == 229 && (from == 228 || to == 228)) here = 228;
    return from <= to ? here >= from && here <= to : !(here > to && here < from);
  }

  void DivideUse() {
    for (const OneDay& day : days_) {
      Group group{day.version, day.meter, {}, 1};
      for (const Component& component : day.version->components) {
        group.in_season.push_back(InSeason(*day.version, component, day.date));
      }
      const bool same = !groups_.empty() && groups_.back().version == group.version &&
                        groups_.back().meter == group.meter &&
                        groups_.back().in_season == group.in_season;
      if (same) {
        ++groups_.back().days;
      } else {
        groups_.push_back(group);
      }
    }
  }

  // What each group has of a meter's use: by days, or in whole steps, the largest remainders first.
  std::vector<Ratio> Shares(std::size_t meter, std::int64_t total) const {
    std::int64_t days = 0;
    std::size_t last = 0;
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      if (groups_[i].meter == meter) days += groups_[i].days, last = i;
    }
    std::vector<Ratio> shares(groups_.size());
    if (step_ == 1) {
      for (std::size_t i = 0; i < groups_.size(); ++i) {
        if (groups_[i].meter == meter) shares[i] = Ratio(Wide{total} * groups_[i].days, days);
      }
      return shares;
    }
    std::vector<Ratio> rest(groups_.size(), Ratio(-1));
    std::int64_t left = total / step_;
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      if (groups_[i].meter != meter) continue;
      const Ratio exact = Ratio(total / step_) * Ratio(groups_[i].days, days);
      shares[i] = exact.Floor();
      rest[i] = exact - shares[i];
      left -= exact.Floor();
    }
    for (; left > 0; --left) {
      std::size_t best = 0;
      for (std::size_t i = 1; i < groups_.size(); ++i) {
        if (rest[best] < rest[i]) best = i;
      }
      shares[best] = shares[best] + 1;
      rest[best] = Ratio(-1);
    }
    for (Ratio& share : shares) share = share * Ratio(step_);
    shares[last] = shares[last] + Ratio(total % step_);
    return shares;
  }

  // What each group has of something that all meters share.
  std::vector<Ratio> SharesOfAll(std::int64_t total) const {
    Naive all(*this);
    for (Group& group : all.groups_) group.meter = 0;
    return all.Shares(0, total);
  }

  NaiveUse Use(const Schedule& version, std::int64_t index) const {
    const Component& component = version.components[static_cast<std::size_t>(index)];
    if (facts_.measured.empty()) return {};
    NaiveUse use{true, 0, 0, std::vector<Ratio>(groups_.size()), {}};
    std::vector<Ratio> parts(groups_.size());
    std::int64_t delivered_in_all = 0;
    std::int64_t received_in_all = 0;
    for (std::size_t meter = 0; meter < facts_.measured.size(); ++meter) {
      const rate::Measured& measured = facts_.measured[meter];
      std::int64_t delivered = measured.usage_thousandths;
      std::int64_t received = measured.received_thousandths.value_or(-1);
      if (component.flow != rate::Flow::kDelivered && received < 0) return {};
      if (!component.period.empty()) {
        delivered = -1;
        for (const rate::ByPeriod& part : measured.by_period) {
          if (part.period != component.period) continue;
          delivered = part.thousandths;
          received = part.received_thousandths;
        }
      }
      if (delivered < 0) return {};
      delivered_in_all += delivered;
      received_in_all += received;
      const std::int64_t its = component.flow == rate::Flow::kReceived ? received : delivered;
      use.whole += its;
      AddShares(meter, its, parts, use.exactly);
    }
    std::int64_t net = delivered_in_all - received_in_all;
    if (component.flow == rate::Flow::kNet || component.flow == rate::Flow::kExcess) {
      if (component.flow == rate::Flow::kNet) net -= facts_.banked_thousandths;
      if (component.flow == rate::Flow::kExcess) net = -net;
      use.whole = net < 0 ? 0 : net;
      for (std::size_t i = 0; i < groups_.size(); ++i) parts[i] = use.exactly[i] = 0;
      AddShares(std::nullopt, use.whole, parts, use.exactly);
    }
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      use.taken.push_back(Charged(groups_[i].version) &&
                          groups_[i].in_season[static_cast<std::size_t>(index)]);
      if (use.taken[i]) use.part = use.part + parts[i];
    }
    return use;
  }
  // Adds what each group has of a meter's use, or of what all meters share: as it is divided, and
  // exactly.
  void AddShares(std::optional<std::size_t> meter, std::int64_t total, std::vector<Ratio>& parts,
                 std::vector<Ratio>& exactly) const {
    const std::vector<Ratio> shares = meter ? Shares(*meter, total) : SharesOfAll(total);
    std::int64_t days = 0;
    for (const Group& group : groups_) {
      if (!meter || group.meter == *meter) days += group.days;
    }
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      if (meter && groups_[i].meter != *meter) continue;
      parts[i] = parts[i] + shares[i];
      exactly[i] = exactly[i] + Ratio(Wide{total} * groups_[i].days, days);
    }
  }

  // Of one meter's days, if one is given.
  Ratio Months(const Schedule& version, const Component& component,
               std::optional<std::size_t> meter = {}) const {
    const rate::Proration& proration = version.terms.proration;
    const auto all = static_cast<std::int64_t>(days_.size());
    const bool outside = all < proration.days_min || all > proration.days_max;
    const bool by_days = proration.when == rate::Proration::When::kAlways ||
                         (proration.when == rate::Proration::When::kOutside && outside);
    Ratio months;
    for (const OneDay& day : days_) {
      if (!Charged(day.version) || !InSeason(version, component, day.date)) continue;
      if (meter && day.meter != *meter) continue;
      if (!by_days) {
        months = months + Ratio(1, all);
      } else if (proration.month_days != 0) {
        months = months + Ratio(proration.month_divisor, proration.month_days);
      } else {
        int length = 28;
        while (Date::FromCivil(day.date.year(), day.date.month(), length + 1).ok()) ++length;
        months = months + Ratio(1, length);
      }
    }
    return months;
  }

  void Add(const Schedule& version, std::int64_t index, std::int64_t tier, Ratio quantity,
           Rate rate, std::int64_t days) {
    quantity = quantity.Said();
    const Ratio exact = quantity * Ratio(rate.nanos()) / Ratio(Wide{10'000'000'000});
    bill_.lines.push_back(
        {version.effective_date, index, tier, quantity, exact,
         RoundedCents(exact, version.terms.rounding, version.terms.round_to_cents), days});
    unrounded_.push_back(exact);
  }

  // `width` is of the bounds, `share` of what lies in each block, `price` of a block's price.
  void AddBlocks(const Schedule& version, std::int64_t index, Ratio use, Ratio width, Ratio share,
                 Ratio price, std::int64_t days) {
    const Component& component = version.components[static_cast<std::size_t>(index)];
    Ratio lower;
    for (std::size_t i = 0; i < component.tiers.size(); ++i) {
      const rate::Tier& tier = component.tiers[i];
      if (!(lower < use) && !(i == 0 && component.blocks == rate::Blocks::kPrice)) return;
      Ratio upper = use;
      if (tier.up_to_thousandths) upper = Bound(version, index, tier, width, days);
      if (bill_.refused) return;
      if (upper < lower) upper = lower;
      const Ratio top = upper < use ? upper : use;
      const auto no = static_cast<std::int64_t>(i);
      const bool here = !(upper < use) && (lower < use || i == 0);
      if (component.blocks == rate::Blocks::kEach && lower < top && Ratio() < share) {
        Add(version, index, no, (top - lower) * share, tier.rate, days);
      }
      if (component.blocks == rate::Blocks::kWhole && here && Ratio() < use && Ratio() < share) {
        return Add(version, index, no, use * share, tier.rate, days);
      }
      if (component.blocks == rate::Blocks::kPrice && here) {
        return Add(version, index, no, Ratio(1000) * price, tier.rate, days);
      }
      lower = upper;
    }
  }

  Ratio Bound(const Schedule& version, std::int64_t index, const rate::Tier& tier, Ratio width,
              std::int64_t days) {
    const Component& component = version.components[static_cast<std::size_t>(index)];
    const Ratio published(*tier.up_to_thousandths);
    // Of a bound the constant part and the limits grow with the days alone.
    const Ratio by_days = component.unit ? width / Ratio(facts_.quantity_thousandths, 1000) : width;
    const auto bounded = [&](Ratio bound) {
      bound = bound + Ratio(tier.plus_thousandths) * by_days;
      const Ratio low = Ratio(tier.at_least_thousandths.value_or(0)) * by_days;
      if (tier.at_least_thousandths && bound < low) bound = low;
      const Ratio high = Ratio(tier.at_most_thousandths.value_or(0)) * by_days;
      if (tier.at_most_thousandths && high < bound) bound = high;
      return bound;
    };
    if (tier.of == rate::BoundOf::kUnits) {
      return tier.IsBounded() ? bounded(published * width) : published * width;
    }
    if (tier.of == rate::BoundOf::kLoad) {
      for (std::int64_t i = index; i-- > 0;) {
        const Component& above = version.components[static_cast<std::size_t>(i)];
        if (above.kind != ComponentKind::kDemand || DaysOf(version, above) == 0) continue;
        const Ratio load = Load(above);
        if (load < Ratio()) Refuse();
        return bounded(published * load / Ratio(1000) * width);
      }
      Refuse();
      return 0;
    }
    if (!facts_.budget) {
      Refuse();
      return 0;
    }
    const Ratio unit(component.budget->gallons_a_unit_thousandths, 1000);
    const Ratio indoor = Ratio(component.budget->gallons_a_day_thousandths, 1000) *
                         Ratio(facts_.budget->people) * Ratio(days) / unit;
    const Ratio outdoor = Ratio(component.budget->landscape_factor.nanos(), 1'000'000'000) *
                          Ratio(facts_.budget->inches_thousandths, 1000) *
                          Ratio(facts_.budget->square_feet) * Ratio(62, 100) / unit *
                          Ratio(days, static_cast<std::int64_t>(days_.size()));
    const Ratio budget = tier.of == rate::BoundOf::kIndoor ? indoor : indoor + outdoor;
    return published * Ratio(RoundedCents(budget * Ratio(1000), Rounding::kHalfUp, 1), 1000);
  }

  std::int64_t DaysOf(const Schedule& version, const Component& component) const {
    std::int64_t days = 0;
    for (const OneDay& day : days_) {
      days += Charged(day.version) && InSeason(version, component, day.date);
    }
    return days;
  }

  // What a demand component bills; -1 if something is not known.
  Ratio Load(const Component& component) const {
    std::int64_t load = -1;
    for (const rate::ByPeriod& one : facts_.demands) {
      if (one.period == component.period) load = one.thousandths;
    }
    if (load < 0) return -1;
    if (component.power_factor) {
      if (!facts_.power_factor) return -1;
      const Ratio worse(component.power_factor->nanos(), facts_.power_factor->nanos());
      if (Ratio(1) < worse) load = RoundedCents(Ratio(load) * worse, Rounding::kHalfUp, 1);
    }
    for (std::size_t i = 0; component.ratchet && i < facts_.earlier_demands.size() &&
                            static_cast<int>(i) < component.ratchet->month_count;
         ++i) {
      const Ratio least = Ratio(facts_.earlier_demands[i]) *
                          Ratio(component.ratchet->fraction.nanos(), 1'000'000'000);
      load = std::max(load, RoundedCents(least, Rounding::kHalfUp, 1));
    }
    const Ratio billed = Billed(component, load);
    if (component.unit && facts_.quantity_thousandths <= 0) return -1;
    const Ratio each = component.unit ? Ratio(facts_.quantity_thousandths, 1000) : Ratio(1);
    const Ratio least = Ratio(component.at_least_thousandths.value_or(0)) * each;
    return billed < least ? least : billed;
  }

  void AddSize(const Schedule& version, std::int64_t index, std::string_view size, Ratio price,
               std::int64_t days) {
    const Component& component = version.components[static_cast<std::size_t>(index)];
    for (std::size_t i = 0; i < component.sizes.size(); ++i) {
      if (component.sizes[i].size != size) continue;
      return Add(version, index, static_cast<std::int64_t>(i), Ratio(1000) * price,
                 component.sizes[i].rate, days);
    }
    Refuse();
  }

  // One price where all meters have one size, else one for each meter and its days.
  void AddSizes(const Schedule& version, std::int64_t index, Ratio price, std::int64_t days) {
    const Component& component = version.components[static_cast<std::size_t>(index)];
    std::vector<std::string_view> sizes;
    for (const rate::Measured& meter : facts_.measured) {
      sizes.push_back(meter.meter_size.empty() ? facts_.meter_size : meter.meter_size);
    }
    if (sizes.empty()) sizes.push_back(facts_.meter_size);
    if (sizes.size() == 1 || sizes[0] == sizes[1]) {
      return AddSize(version, index, sizes[0], price, days);
    }
    for (std::size_t meter = 0; meter < sizes.size(); ++meter) {
      std::int64_t its_days = 0;
      for (const OneDay& day : days_) {
        its_days +=
            Charged(day.version) && day.meter == meter && InSeason(version, component, day.date);
      }
      if (its_days == 0) continue;
      const Ratio its_price = component.per == rate::Per::kDay ? Ratio(its_days)
                              : component.per == rate::Per::kMonth
                                  ? Months(version, component, meter)
                                  : Ratio(its_days, static_cast<std::int64_t>(days_.size()));
      AddSize(version, index, sizes[meter], its_price, its_days);
    }
  }

  bool IsCharged(const NaiveLine& line) const {
    return std::any_of(charging_.begin(), charging_.end(), [&](const Schedule* version) {
      return version->effective_date == line.effective_date;
    });
  }
  // Whether a component is of the line, which stands above it.
  bool IsAbove(const NaiveLine& line, const Component& component, std::int64_t index) const {
    const auto& of = component.of;
    return line.component < index && IsCharged(line) &&
           (of.empty() || std::find(of.begin(), of.end(), line.component) != of.end());
  }
  std::int64_t Above(const Component& component, std::int64_t index) const {
    std::int64_t cents = 0;
    for (std::size_t i = begin_; i < bill_.lines.size(); ++i) {
      if (IsAbove(bill_.lines[i], component, index)) cents += bill_.lines[i].cents;
    }
    return cents;
  }

  // The same before rounding; a difference counts as it is printed.
  Ratio UnroundedAbove(const Component& component, std::int64_t index) const {
    Ratio cents;
    for (std::size_t i = begin_; i < bill_.lines.size(); ++i) {
      if (IsAbove(bill_.lines[i], component, index)) cents = cents + unrounded_[i];
    }
    return cents;
  }

  // A line of what `cents` differ from those above, if it may.
  void AddDifference(const Component& component, std::int64_t above) {
    NaiveLine& line = bill_.lines.back();
    line.cents -= above;
    line.exact = line.exact - above;
    unrounded_.back() = line.cents;
    const bool stays = component.kind == ComponentKind::kMinimum   ? line.cents > 0
                       : component.kind == ComponentKind::kMaximum ? line.cents < 0
                                                                   : line.cents != 0;
    if (stays) return;
    bill_.lines.pop_back();
    unrounded_.pop_back();
  }

  // False where the component is not for the meter's size; refused if none is.
  bool IsForSize(const Schedule& version, const Component& component) {
    if (component.for_sizes.empty()) return true;
    std::string_view size = facts_.meter_size;
    if (!facts_.measured.empty() && !facts_.measured.back().meter_size.empty()) {
      size = facts_.measured.back().meter_size;
    }
    const auto has = [&](const Component& one) {
      return std::find(one.for_sizes.begin(), one.for_sizes.end(), size) != one.for_sizes.end();
    };
    bool any = false;
    for (const Component& one : version.components) {
      any = any || (one.kind == component.kind && has(one));
    }
    if (!any) Refuse();
    return has(component);
  }

  void AddComponent(const Schedule& version, std::int64_t index) {
    const Component& component = version.components[static_cast<std::size_t>(index)];
    const std::int64_t days = DaysOf(version, component);
    if (days == 0 || !IsForSize(version, component) || bill_.refused) return;
    const Ratio of_bill(days, static_cast<std::int64_t>(days_.size()));
    const Ratio months = Months(version, component);
    const Ratio price = component.per == rate::Per::kDay     ? Ratio(days)
                        : component.per == rate::Per::kMonth ? months
                                                             : of_bill;
    const std::int64_t quantity = facts_.quantity_thousandths;
    const Ratio each = component.unit ? Ratio(quantity) : Ratio(1000);
    const bool needs_quantity = component.unit && component.kind != ComponentKind::kPerUnit &&
                                component.kind != ComponentKind::kWinterAverage;
    if (needs_quantity && quantity <= 0) return Refuse();
    switch (component.kind) {
      case ComponentKind::kFixed:
        return Add(version, index, 0, each * price, component.rate, days);
      case ComponentKind::kPerUnit: {
        if (quantity == 0) return;
        const Ratio units = Limited(component, Billed(component, quantity), 1);
        if (component.tiers.empty()) {
          return Add(version, index, 0, units * price, component.rate, days);
        }
        return AddBlocks(version, index, units, 1, price, price, days);
      }
      case ComponentKind::kMeterSize:
        return AddSizes(version, index, price, days);
      case ComponentKind::kTiers: {
        const NaiveUse use = Use(version, index);
        if (!use.known) return Refuse();
        Ratio width = component.widths == rate::Widths::kBill         ? of_bill
                      : component.widths == rate::Widths::kDay        ? Ratio(days)
                      : component.widths == rate::Widths::kThirtyDays ? Ratio(days, 30)
                                                                      : months;
        if (component.unit) width = width * Ratio(quantity, 1000);
        const NaiveBlocks billed = Limited(component, BlocksOf(component, use), width);
        return AddBlocks(version, index, billed.quantity, width, billed.each, of_bill, days);
      }
      case ComponentKind::kDemand: {
        const Ratio load = Load(component);
        if (load < Ratio()) return Refuse();
        const Ratio each_kw = component.unit ? Ratio(quantity, 1000) : Ratio(1);
        return AddBlocks(version, index, load, each_kw, price, price, days);
      }
      case ComponentKind::kWinterAverage: {
        const std::int64_t average =
            quantity > 0 ? quantity : component.default_thousandths.value_or(0);
        if (average <= 0) return Refuse();
        NaiveBlocks billed{Billed(component, average) * price, 1};
        if (component.at_most_use) {
          const NaiveUse use = Use(version, index);
          if (!use.known) return Refuse();
          const NaiveBlocks metered = BlocksOf(component, use);
          if (metered.quantity < billed.quantity) billed = metered;
        }
        billed = Limited(component, billed, price);
        return AddBlocks(version, index, billed.quantity, price, billed.each, price, days);
      }
      case ComponentKind::kPercent: {
        const Ratio unrounded =
            UnroundedAbove(component, index) * Ratio(component.rate.nanos(), 1'000'000'000);
        Add(version, index, 0, Ratio(Above(component, index)) * Ratio(10), component.rate, days);
        unrounded_.back() = unrounded;
        return;
      }
      case ComponentKind::kMinimum:
      case ComponentKind::kMaximum: {
        const std::int64_t above = Above(component, index);
        Add(version, index, 0, each * price, component.rate, days);
        return AddDifference(component, above);
      }
      case ComponentKind::kRoundOff: {
        const std::int64_t above = Above(component, index);
        const Ratio unrounded = UnroundedAbove(component, index);
        Add(version, index, 0, unrounded * Ratio(10), Rate::Nanos(1'000'000'000), days);
        const std::int64_t place =
            component.round_to_cents != 0 ? component.round_to_cents : version.terms.round_to_cents;
        bill_.lines.back().cents = RoundedCents(unrounded, version.terms.rounding, place);
        return AddDifference(component, above);
      }
      case ComponentKind::kNotLoaded:
        if (!facts_.allows_not_loaded) return Refuse();
        return Add(version, index, 0, 0, Rate(), days);
    }
  }

  void Refuse() { bill_.refused = true; }

  const rate::Versions& versions_;
  const rate::Period& period_;
  const rate::Facts& facts_;
  std::int64_t step_ = 1;
  std::vector<OneDay> days_;
  std::vector<Group> groups_;
  std::size_t begin_ = 0;
  std::vector<const Schedule*> charging_;  // whose days the lines are for
  NaiveBill bill_;
  std::vector<Ratio> unrounded_;  // cents of each line
};

}  // namespace

NaiveBill PriceNaively(const rate::Versions& versions, const rate::Period& period,
                       const rate::Facts& facts) {
  return Naive(versions, period, facts).Run();
}

}  // namespace reeve::billing
