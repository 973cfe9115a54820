#include "tests/unit/billing/naive_price.h"

#include <algorithm>
#include <map>

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

std::int64_t RoundedCents(Ratio cents, Rounding rounding, std::int64_t place) {
  const Ratio places = cents / place;
  const bool negative = places < Ratio(0);
  const Ratio magnitude = negative ? Ratio(0) - places : places;
  const std::int64_t whole = magnitude.Floor();
  const Ratio rest = magnitude - whole;
  const Ratio half(1, 2);
  bool up = false;
  if (rounding == Rounding::kUp) up = Ratio(0) < rest;
  if (rounding == Rounding::kHalfUp) up = half < rest || rest == half;
  if (rounding == Rounding::kHalfEven) up = half < rest || (rest == half && whole % 2 != 0);
  const std::int64_t rounded = (whole + (up ? 1 : 0)) * place;
  return negative ? -rounded : rounded;
}

class Naive {
 public:
  Naive(const rate::Versions& versions, const rate::Period& period, const rate::Facts& facts)
      : versions_(versions), period_(period), facts_(facts) {}

  NaiveBill Run() {
    if (!LayOutDays()) return {true, {}};
    DivideUse();
    for (const Schedule& version : versions_.all()) {
      const auto mine = [&](const OneDay& day) { return day.version == &version; };
      if (std::none_of(days_.begin(), days_.end(), mine)) continue;
      begin_ = bill_.lines.size();
      for (std::size_t i = 0; i < version.components.size(); ++i) {
        AddComponent(version, static_cast<std::int64_t>(i));
        if (bill_.refused) return {true, {}};
      }
    }
    return bill_;
  }

 private:
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
    const int here = day.month() * 100 + day.day();
    const auto [from, to] = *component.season;
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

  // What each group has of a meter's use: whole steps, the largest remainders first.
  std::vector<std::int64_t> Shares(std::size_t meter, std::int64_t total) const {
    std::int64_t days = 0;
    std::size_t last = 0;
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      if (groups_[i].meter == meter) days += groups_[i].days, last = i;
    }
    std::vector<std::int64_t> shares(groups_.size());
    std::vector<Ratio> rest(groups_.size(), Ratio(-1));
    std::int64_t left = total / step_;
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      if (groups_[i].meter != meter) continue;
      const Ratio exact = Ratio(total / step_) * Ratio(groups_[i].days, days);
      shares[i] = exact.Floor();
      rest[i] = exact - shares[i];
      left -= shares[i];
    }
    for (; left > 0; --left) {
      std::size_t best = 0;
      for (std::size_t i = 1; i < groups_.size(); ++i) {
        if (rest[best] < rest[i]) best = i;
      }
      ++shares[best];
      rest[best] = Ratio(-1);
    }
    for (std::int64_t& share : shares) share *= step_;
    shares[last] += total % step_;
    return shares;
  }

  // -1 if it is not known.
  std::int64_t Use(const Schedule& version, std::int64_t index) const {
    const Component& component = version.components[static_cast<std::size_t>(index)];
    std::int64_t use = facts_.measured.empty() ? -1 : 0;
    for (std::size_t meter = 0; meter < facts_.measured.size(); ++meter) {
      std::int64_t total = facts_.measured[meter].usage_thousandths;
      if (!component.period.empty()) {
        total = -1;
        for (const rate::ByPeriod& part : facts_.measured[meter].by_period) {
          if (part.period == component.period) total = part.thousandths;
        }
      }
      if (total < 0) return -1;
      const std::vector<std::int64_t> shares = Shares(meter, total);
      for (std::size_t i = 0; i < groups_.size(); ++i) {
        if (groups_[i].version == &version && groups_[i].in_season[static_cast<std::size_t>(index)])
          use += shares[i];
      }
    }
    return use;
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
      if (day.version != &version || !InSeason(version, component, day.date)) continue;
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
    const Ratio exact = quantity * Ratio(rate.nanos()) / Ratio(Wide{10'000'000'000});
    bill_.lines.push_back(
        {version.effective_date, index, tier, quantity, exact,
         RoundedCents(exact, version.terms.rounding, version.terms.round_to_cents), days});
  }

  void AddBlocks(const Schedule& version, std::int64_t index, Ratio use, Ratio width, Ratio share,
                 std::int64_t days) {
    const Component& component = version.components[static_cast<std::size_t>(index)];
    Ratio lower;
    for (std::size_t i = 0; i < component.tiers.size(); ++i) {
      const auto& bound = component.tiers[i].up_to_thousandths;
      const Ratio upper = bound ? Ratio(*bound) * width : use;
      const Ratio top = upper < use ? upper : use;
      if (lower < top) {
        Add(version, index, static_cast<std::int64_t>(i), (top - lower) * share,
            component.tiers[i].rate, days);
      }
      lower = upper;
    }
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
            day.version == &version && day.meter == meter && InSeason(version, component, day.date);
      }
      if (its_days == 0) continue;
      const Ratio its_price = component.per == rate::Per::kDay ? Ratio(its_days)
                              : component.per == rate::Per::kMonth
                                  ? Months(version, component, meter)
                                  : Ratio(its_days, static_cast<std::int64_t>(days_.size()));
      AddSize(version, index, sizes[meter], its_price, its_days);
    }
  }

  std::int64_t Above(const Component& component) const {
    std::int64_t cents = 0;
    for (std::size_t i = begin_; i < bill_.lines.size(); ++i) {
      const bool named = std::find(component.of.begin(), component.of.end(),
                                   bill_.lines[i].component) != component.of.end();
      if (component.of.empty() || named) cents += bill_.lines[i].cents;
    }
    return cents;
  }

  void AddComponent(const Schedule& version, std::int64_t index) {
    const Component& component = version.components[static_cast<std::size_t>(index)];
    std::int64_t days = 0;
    for (const OneDay& day : days_) {
      days += day.version == &version && InSeason(version, component, day.date);
    }
    if (days == 0) return;
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
      case ComponentKind::kPerUnit:
        if (quantity > 0) Add(version, index, 0, each * price, component.rate, days);
        return;
      case ComponentKind::kMeterSize:
        return AddSizes(version, index, price, days);
      case ComponentKind::kTiers: {
        const std::int64_t use = Use(version, index);
        if (use < 0) return Refuse();
        Ratio width = component.widths == rate::Widths::kBill         ? of_bill
                      : component.widths == rate::Widths::kDay        ? Ratio(days)
                      : component.widths == rate::Widths::kThirtyDays ? Ratio(days, 30)
                                                                      : months;
        if (component.unit) width = width * Ratio(quantity, 1000);
        Ratio billed(use);
        if (component.cap_thousandths && Ratio(*component.cap_thousandths) * width < billed) {
          billed = Ratio(*component.cap_thousandths) * width;
        }
        // Below its cap use meets the widths; at its cap both have grown alike.
        return AddBlocks(version, index, billed, width, 1, days);
      }
      case ComponentKind::kDemand: {
        std::int64_t load = -1;
        for (const rate::ByPeriod& one : facts_.demands) {
          if (one.period == component.period) load = one.thousandths;
        }
        if (load < 0) return Refuse();
        for (std::size_t i = 0; component.ratchet && i < facts_.earlier_demands.size() &&
                                static_cast<int>(i) < component.ratchet->month_count;
             ++i) {
          const Ratio least = Ratio(facts_.earlier_demands[i]) *
                              Ratio(component.ratchet->fraction.nanos(), 1'000'000'000);
          load = std::max(load, RoundedCents(least, Rounding::kHalfUp, 1));
        }
        return AddBlocks(version, index, load, 1, price, days);
      }
      case ComponentKind::kWinterAverage: {
        const std::int64_t average =
            quantity > 0 ? quantity : component.default_thousandths.value_or(0);
        if (average <= 0) return Refuse();
        Ratio billed = Ratio(average) * price;
        if (component.at_most_use) {
          const std::int64_t use = Use(version, index);
          if (use < 0) return Refuse();
          if (Ratio(use) < billed) billed = use;
        }
        return AddBlocks(version, index, billed, price, 1, days);
      }
      case ComponentKind::kPercent:
        return Add(version, index, 0, Ratio(Above(component)) * Ratio(10), component.rate, days);
      case ComponentKind::kMinimum: {
        const std::int64_t above = Above(component);
        Add(version, index, 0, each * price, component.rate, days);
        NaiveLine& line = bill_.lines.back();
        line.cents -= above;
        line.exact = line.exact - above;
        if (line.cents <= 0) bill_.lines.pop_back();
        return;
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
  NaiveBill bill_;
};

}  // namespace

NaiveBill PriceNaively(const rate::Versions& versions, const rate::Period& period,
                       const rate::Facts& facts) {
  return Naive(versions, period, facts).Run();
}

}  // namespace reeve::billing
