// Versions, periods and facts by chance, of every kind that there is. REEVE_RANDOM_CASES asks for
// more cases than a run of all tests can wait for.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <vector>

#include "tests/unit/billing/schedules.h"

namespace reeve::billing::rate {

inline constexpr std::string_view kPeriods[] = {"on-peak", "off-peak"};
inline constexpr std::string_view kSizes[] = {"5/8", "1", "2"};
inline constexpr std::string_view kNames[] = {"A", "B", "C", "D", "E", "F", "G", "H"};

// Facts that own what they show.
struct Case {
  Versions versions;
  Period period;
  std::vector<ByPeriod> by_period[2];
  std::vector<Measured> measured;
  std::vector<ByPeriod> demands;
  std::vector<std::int64_t> earlier_demands;
  Facts facts;
};

class RandomPrice : public ::testing::Test {
 protected:
  static std::int64_t Cases(std::int64_t few) {
    const char* asked = std::getenv("REEVE_RANDOM_CASES");
    return asked == nullptr ? few : std::strtoll(asked, nullptr, 10);
  }
  std::int64_t Below(std::int64_t bound) {
    return std::uniform_int_distribution<std::int64_t>(0, bound - 1)(random_);
  }
  bool OneIn(std::int64_t bound) { return Below(bound) == 0; }
  template <class T>
  T Any(std::initializer_list<T> choices) {
    return choices.begin()[Below(static_cast<std::int64_t>(choices.size()))];
  }
  int AnyDayOfYear() {
    const Date day = Day("2024-01-01").PlusDays(static_cast<std::int32_t>(Below(366)));
    return day.month() * 100 + day.day();
  }
  Rate AnyRate(bool credits) {
    const std::int64_t nanos = OneIn(3) ? Below(200'000'000'000) : Below(300'000'000);
    return Rate::Nanos(credits && OneIn(10) ? -nanos : nanos);
  }

  std::vector<Tier> AnyTiers(bool credits) {
    std::vector<Tier> tiers;
    std::int64_t bound = 0;
    const std::int64_t count = Below(4) + 1;
    for (std::int64_t i = 0; i < count; ++i) {
      bound += OneIn(2) ? (Below(400) + 1) * 1000 : Below(500'000) + 1;
      tiers.push_back({i + 1 == count ? std::nullopt : std::optional(bound), AnyRate(credits)});
    }
    return tiers;
  }

  Component AnyComponent(std::size_t index) {
    using enum ComponentKind;
    Component one;
    one.name = kNames[index];
    one.kind = index == 0 ? Any({kFixed, kTiers})
                          : Any({kFixed, kTiers, kTiers, kPerUnit, kPercent, kMeterSize, kDemand,
                                 kWinterAverage, kMinimum, kMaximum, kRoundOff});
    if (OneIn(200)) one.kind = kNotLoaded;
    const bool tiered = one.kind == kTiers || one.kind == kDemand || one.kind == kWinterAverage;
    const bool of_lines = IsOfLines(one.kind);
    const bool limit = one.kind == kMinimum || one.kind == kMaximum;
    const bool optional_unit =
        one.kind == kFixed || one.kind == kTiers || one.kind == kDemand || limit;
    if (tiered || (one.kind == kPerUnit && OneIn(4))) one.tiers = AnyTiers(!limit);
    if (one.kind == kPerUnit || one.kind == kWinterAverage || (optional_unit && OneIn(6))) {
      one.unit = Unit::kDwelling;
    }
    if (one.kind == kFixed || (one.kind == kPerUnit && one.tiers.empty())) {
      one.rate = AnyRate(true);
    }
    if (limit) one.rate = AnyRate(false);
    if (one.kind == kPercent)
      one.rate = Rate::Nanos(Below(200'000'000) - (OneIn(5) ? 100'000'000 : 0));
    if (one.kind == kRoundOff && OneIn(2)) one.round_to_cents = Any<std::int64_t>({1, 5, 10, 100});
    if (one.kind == kTiers) {
      one.widths = Any({Widths::kBill, Widths::kDay, Widths::kThirtyDays, Widths::kMonth});
      if (OneIn(5)) one.cap_thousandths = Below(600'000) + 1;
    } else if (one.kind != kPercent && one.kind != kNotLoaded && one.kind != kRoundOff) {
      one.per = Any({Per::kBill, Per::kDay, Per::kMonth});
    }
    if ((one.kind == kTiers || one.kind == kDemand) && OneIn(3)) one.period = kPeriods[Below(2)];
    if (one.kind == kMeterSize) {
      for (const std::string_view size : kSizes) {
        if (!OneIn(20)) one.sizes.push_back({std::string(size), AnyRate(false)});
      }
    }
    if (one.kind == kDemand && OneIn(2)) {
      one.ratchet = Ratchet{Rate::Nanos(Below(1'000'000'000) + 1), static_cast<int>(Below(12)) + 1};
    }
    if (one.kind == kWinterAverage) {
      if (!OneIn(3)) one.default_thousandths = Below(20'000) + 1;
      one.at_most_use = OneIn(2);
    }
    if (OneIn(5)) one.season = Season{AnyDayOfYear(), AnyDayOfYear()};
    if (tiered || one.kind == kPerUnit) AddBilled(one);
    if (OneIn(20)) {
      one.for_sizes.emplace_back(kSizes[0]);
      if (OneIn(2)) one.for_sizes.emplace_back(kSizes[1]);
    }
    if (of_lines && OneIn(2)) {
      for (std::size_t above = 0; above < index; ++above) {
        if (OneIn(2)) one.of.push_back(static_cast<std::int64_t>(above));
      }
    }
    return one;
  }

  // How a quantity is billed.
  void AddBilled(Component& one) {
    using enum ComponentKind;
    if (OneIn(6)) one.factor = Rate::Nanos((Below(150) + 1) * 10'000'000);
    if (OneIn(6)) {
      one.step =
          Step{Any<std::int64_t>({1000, 100, 10'000}),
               Any({Rounding::kHalfUp, Rounding::kDown, Rounding::kUp, Rounding::kHalfEven})};
    }
    if (OneIn(6)) one.at_least_thousandths = Below(100'000) + 1;
    if (one.kind != kDemand && one.kind != kTiers && OneIn(6)) {
      one.cap_thousandths = Below(60'000) + 1;
    }
    if (one.at_least_thousandths && one.cap_thousandths) {
      one.cap_thousandths = std::max(*one.cap_thousandths, *one.at_least_thousandths);
    }
    if (!one.tiers.empty() && OneIn(5)) one.blocks = Any({Blocks::kWhole, Blocks::kPrice});
    if (one.kind == kDemand && OneIn(4))
      one.power_factor = Rate::Nanos((Below(20) + 81) * 10'000'000);
    if (one.kind == kTiers && OneIn(4)) {
      one.flow = Any({Flow::kReceived, Flow::kNet, Flow::kExcess});
    }
    if (one.kind != kTiers) return;
    for (Tier& tier : one.tiers) {
      if (tier.up_to_thousandths && OneIn(10)) tier.of = BoundOf::kLoad;
    }
    for (Tier& tier : one.tiers) {
      const bool grows = one.unit || tier.of == BoundOf::kLoad;
      if (!tier.up_to_thousandths || !grows || !OneIn(3)) continue;
      if (OneIn(2)) tier.plus_thousandths = (Below(300) + 1) * 1000;
      if (OneIn(3)) tier.at_least_thousandths = Below(200'000) + 1;
      if (OneIn(3)) {
        tier.at_most_thousandths = tier.at_least_thousandths.value_or(0) + Below(300'000) + 1;
      }
    }
    if (one.unit || !OneIn(5)) return;
    one.widths = Widths::kBill;
    one.budget = WaterBudget{Below(80'000), Rate::Nanos(Below(100) * 10'000'000),
                             Any<std::int64_t>({748'000, 1'000'000})};
    for (Tier& tier : one.tiers) {
      if (!tier.up_to_thousandths) continue;
      tier.of = Any({BoundOf::kIndoor, BoundOf::kBudget, BoundOf::kUnits});
      if (tier.of != BoundOf::kUnits) *tier.up_to_thousandths = Below(3000) + 1;
      tier.plus_thousandths = 0;
      tier.at_least_thousandths.reset();
      tier.at_most_thousandths.reset();
    }
  }

  // Where lines are added up unrounded, the second pricing has place for prices of four decimals.
  static void Shorten(Schedule& schedule) {
    constexpr std::int64_t kLast = 100'000;
    const auto shorten = [](Rate& rate) { rate = Rate::Nanos(rate.nanos() / kLast * kLast); };
    for (Component& one : schedule.components) {
      shorten(one.rate);
      for (Tier& tier : one.tiers) shorten(tier.rate);
      for (SizePrice& size : one.sizes) shorten(size.rate);
    }
  }

  Schedule AnySchedule(Date effective_date) {
    Schedule schedule = Metered("R", "water", Unit::kKilogallon, {});
    schedule.effective_date = effective_date;
    const std::int64_t count = Below(5) + 1;
    for (std::int64_t i = 0; i < count; ++i) {
      schedule.components.push_back(AnyComponent(static_cast<std::size_t>(i)));
    }
    const bool unrounded =
        std::any_of(schedule.components.begin(), schedule.components.end(),
                    [](const Component& one) { return one.kind == ComponentKind::kRoundOff; });
    if (unrounded) Shorten(schedule);
    Terms& terms = schedule.terms;
    terms.effect = Any({Effect::kRead, Effect::kUse, Effect::kUse, Effect::kBill});
    terms.day_count = Any({DayCount::kAfterFirst, DayCount::kBeforeLast, DayCount::kBoth});
    terms.season_by = Any({SeasonBy::kDay, SeasonBy::kLastDay});
    terms.proration.when =
        Any({Proration::When::kNever, Proration::When::kAlways, Proration::When::kOutside});
    terms.proration.days_min = static_cast<int>(Below(30)) + 1;
    terms.proration.days_max = terms.proration.days_min + static_cast<int>(Below(10));
    if (OneIn(3)) terms.proration.month_days = 365, terms.proration.month_divisor = 12;
    if (OneIn(3)) terms.proration.month_days = terms.proration.month_divisor = 0;
    terms.rounding = Any({Rounding::kHalfUp, Rounding::kHalfUp, Rounding::kHalfEven,
                          Rounding::kDown, Rounding::kUp});
    terms.round_to_cents = Any<std::int64_t>({1, 1, 1, 5, 10, 100});
    terms.split_step_thousandths = Any<std::int64_t>({1, 1, 1000, 100});
    return schedule;
  }

  // A version as most are: whole prices, no seasons, rounded to the nearest cent.
  Schedule AnyPlainSchedule(Date effective_date) {
    using enum ComponentKind;
    Schedule schedule = AnySchedule(effective_date);
    schedule.terms.rounding = Rounding::kHalfUp;
    schedule.terms.round_to_cents = 1;
    schedule.terms.proration.when = Proration::When::kNever;
    for (std::size_t i = 0; i < schedule.components.size(); ++i) {
      Component one;
      one.name = kNames[i];
      one.kind = i == 0 ? Any({kFixed, kTiers}) : Any({kFixed, kTiers, kPerUnit, kPercent});
      if (one.kind == kTiers) {
        one.tiers = AnyTiers(false);
        one.widths = Any({Widths::kBill, Widths::kMonth});
      } else {
        one.rate = AnyRate(false);
      }
      if (one.kind == kPercent) one.rate = Rate::Nanos(Below(200'000'000));
      if (one.kind == kPerUnit) one.unit = Unit::kDwelling;
      if (one.kind == kFixed || one.kind == kPerUnit) {
        one.per = Any({Per::kBill, Per::kDay, Per::kMonth});
      }
      schedule.components[i] = std::move(one);
    }
    return schedule;
  }

  // What a version becomes where little changes: most of its prices stay.
  Schedule Changed(Schedule schedule, Date effective_date) {
    schedule.effective_date = effective_date;
    schedule.terms.effect = Effect::kUse;
    const auto half = [](Rate& rate) {
      rate = Rate::Nanos(rate.nanos() - rate.nanos() / 200'000 * 100'000);
    };
    for (Component& one : schedule.components) {
      if (!OneIn(3)) continue;
      half(one.rate);
      for (Tier& tier : one.tiers) half(tier.rate);
      if (one.rate.nanos() == 0 && one.tiers.empty()) one.season.reset();
    }
    return schedule;
  }

  void AddMeter(Case& made, Date from_date, Date to_date) {
    std::vector<ByPeriod>& by_period = made.by_period[made.measured.size()];
    for (const std::string_view period : kPeriods) {
      if (!OneIn(30)) {
        by_period.push_back({period, Below(400'000), OneIn(2) ? Below(300'000) : 0});
      }
    }
    made.measured.push_back({from_date, to_date, OneIn(4) ? Below(500) * 1000 : Below(2'000'000),
                             by_period, OneIn(2) ? std::string_view() : kSizes[Below(3)],
                             OneIn(20) ? std::nullopt : std::optional(Below(1'500'000))});
  }

  void MakeCase(Case& made) {
    const Date from = Day("2025-11-01").PlusDays(static_cast<std::int32_t>(Below(400)));
    const auto length = static_cast<std::int32_t>(OneIn(3) ? Below(80) + 2 : Below(8) + 27);
    made.period = {from, from.PlusDays(length),
                   from.PlusDays(length + static_cast<std::int32_t>(Below(12)))};
    const Date first = from.PlusDays(OneIn(50) ? 5 : -100);
    made.versions.Add(OneIn(3) ? AnyPlainSchedule(first) : AnySchedule(first));
    if (OneIn(2)) {
      const Date later =
          from.PlusDays(static_cast<std::int32_t>(Below(length + 20)) + (OneIn(2) ? -8 : 6));
      made.versions.Add(OneIn(2) ? AnySchedule(later) : Changed(made.versions.all()[0], later));
      if (OneIn(3)) {
        made.versions.Add(Changed(made.versions.all()[1],
                                  later.PlusDays(static_cast<std::int32_t>(Below(12)) + 1)));
      }
    }
    if (OneIn(4)) {
      const Date change = from.PlusDays(static_cast<std::int32_t>(Below(length - 1)) + 1);
      AddMeter(made, from, change);
      AddMeter(made, change, made.period.to_date);
    } else if (!OneIn(40)) {
      AddMeter(made, from, made.period.to_date);
    }
    for (const std::string_view period : {std::string_view(), kPeriods[0], kPeriods[1]}) {
      if (!OneIn(30)) made.demands.push_back({period, Below(90'000)});
    }
    for (std::int64_t i = Below(14); i > 0; --i) made.earlier_demands.push_back(Below(120'000));
    made.facts = {.measured = made.measured,
                  .quantity_thousandths = OneIn(10) ? 0 : (Below(40) + 1) * (OneIn(3) ? 100 : 1000),
                  .meter_size = OneIn(20) ? std::string_view() : kSizes[Below(3)],
                  .demands = made.demands,
                  .earlier_demands = made.earlier_demands,
                  .allows_not_loaded = OneIn(2)};
    if (!OneIn(20)) made.facts.power_factor = Rate::Nanos((Below(40) + 61) * 10'000'000);
    if (OneIn(2)) made.facts.banked_thousandths = Below(300'000);
    if (!OneIn(20)) made.facts.budget = BudgetFacts{Below(8), Below(20'000), Below(900) * 10};
  }

  static constexpr unsigned kSeed = 20261126;
  std::mt19937_64 random_{kSeed};
};

}  // namespace reeve::billing::rate
