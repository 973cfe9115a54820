#include "services/billing/rate/rate_wire_service.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "services/billing/rate/component_term.h"
#include "services/billing/rate/times_wire_service.h"
#include "services/billing/rate/wire_words.h"
#include "shared/core/decimal.h"

namespace reeve::billing::rate {
namespace {

constexpr int kTiersMax = 20;
constexpr int kSizesMax = 40;
constexpr std::int64_t kPlaceMax = 100;  // cents
constexpr std::int64_t kRatioMax = 1'000'000;
constexpr std::size_t kServiceNameMax = 20;
constexpr int kDaysMax = 4'000;

constexpr std::pair<ComponentKind, v1::RateComponentKind> kKinds[] = {
    {ComponentKind::kFixed, v1::RATE_COMPONENT_KIND_FIXED},
    {ComponentKind::kTiers, v1::RATE_COMPONENT_KIND_TIERS},
    {ComponentKind::kPerUnit, v1::RATE_COMPONENT_KIND_PER_UNIT},
    {ComponentKind::kPercent, v1::RATE_COMPONENT_KIND_PERCENT},
    {ComponentKind::kNotLoaded, v1::RATE_COMPONENT_KIND_NOT_LOADED},
    {ComponentKind::kMeterSize, v1::RATE_COMPONENT_KIND_METER_SIZE},
    {ComponentKind::kDemand, v1::RATE_COMPONENT_KIND_DEMAND},
    {ComponentKind::kWinterAverage, v1::RATE_COMPONENT_KIND_WINTER_AVERAGE},
    {ComponentKind::kMinimum, v1::RATE_COMPONENT_KIND_MINIMUM},
    {ComponentKind::kMaximum, v1::RATE_COMPONENT_KIND_MAXIMUM},
    {ComponentKind::kRoundOff, v1::RATE_COMPONENT_KIND_ROUND_OFF},
};
constexpr Words<Per, v1::RatePer, 3> kPers{{{Per::kBill, v1::RATE_PER_BILL},
                                            {Per::kDay, v1::RATE_PER_DAY},
                                            {Per::kMonth, v1::RATE_PER_MONTH}}};
constexpr Words<Widths, v1::TierWidths, 4> kWidths{
    {{Widths::kBill, v1::TIER_WIDTHS_BILL},
     {Widths::kDay, v1::TIER_WIDTHS_DAY},
     {Widths::kThirtyDays, v1::TIER_WIDTHS_THIRTY_DAYS},
     {Widths::kMonth, v1::TIER_WIDTHS_MONTH}}};
constexpr Words<Effect, v1::RateEffect, 3> kEffects{{{Effect::kRead, v1::RATE_EFFECT_READ},
                                                     {Effect::kUse, v1::RATE_EFFECT_USE},
                                                     {Effect::kBill, v1::RATE_EFFECT_BILL}}};
constexpr Words<DayCount, v1::DayCount, 3> kDayCounts{
    {{DayCount::kAfterFirst, v1::DAY_COUNT_AFTER_FIRST},
     {DayCount::kBeforeLast, v1::DAY_COUNT_BEFORE_LAST},
     {DayCount::kBoth, v1::DAY_COUNT_BOTH}}};
constexpr Words<SeasonBy, v1::SeasonBy, 2> kSeasonBys{
    {{SeasonBy::kDay, v1::SEASON_BY_DAY}, {SeasonBy::kLastDay, v1::SEASON_BY_LAST_DAY}}};
constexpr Words<Proration::When, v1::ProrationWhen, 3> kProrated{
    {{Proration::When::kNever, v1::PRORATION_WHEN_NEVER},
     {Proration::When::kAlways, v1::PRORATION_WHEN_ALWAYS},
     {Proration::When::kOutside, v1::PRORATION_WHEN_OUTSIDE}}};
constexpr Words<Rounding, v1::RateRounding, 4> kRoundings{
    {{Rounding::kHalfUp, v1::RATE_ROUNDING_HALF_UP},
     {Rounding::kHalfEven, v1::RATE_ROUNDING_HALF_EVEN},
     {Rounding::kDown, v1::RATE_ROUNDING_DOWN},
     {Rounding::kUp, v1::RATE_ROUNDING_UP}}};

constexpr Words<Blocks, v1::TierBlocks, 3> kBlocks{{{Blocks::kEach, v1::TIER_BLOCKS_EACH},
                                                    {Blocks::kWhole, v1::TIER_BLOCKS_WHOLE},
                                                    {Blocks::kPrice, v1::TIER_BLOCKS_PRICE}}};
constexpr Words<Flow, v1::EnergyFlow, 4> kFlows{{{Flow::kDelivered, v1::ENERGY_FLOW_DELIVERED},
                                                 {Flow::kReceived, v1::ENERGY_FLOW_RECEIVED},
                                                 {Flow::kNet, v1::ENERGY_FLOW_NET},
                                                 {Flow::kExcess, v1::ENERGY_FLOW_EXCESS}}};
constexpr Words<BoundOf, v1::BoundOf, 4> kBoundOfs{{{BoundOf::kUnits, v1::BOUND_OF_UNITS},
                                                    {BoundOf::kLoad, v1::BOUND_OF_LOAD},
                                                    {BoundOf::kIndoor, v1::BOUND_OF_INDOOR},
                                                    {BoundOf::kBudget, v1::BOUND_OF_BUDGET}}};

Rate ParseRate(Fields& fields, const std::string& field, const std::string& text) {
  const Result<Rate> rate = Rate::Parse(text);
  if (!rate.ok()) fields.Refuse(field, "is not dollars with at most nine decimals");
  return rate.ok() ? *rate : Rate();
}

std::optional<Unit> ParseMaybeUnit(Fields& fields, const std::string& field,
                                   const std::string& text) {
  if (text.empty()) return std::nullopt;
  if (const Result<Unit> unit = ParseUnit(text); unit.ok()) return *unit;
  fields.Refuse(field, "is not a unit");
  return std::nullopt;
}

std::optional<std::int64_t> ParseMaybeQuantity(Fields& fields, const std::string& field,
                                               const std::string& text) {
  if (text.empty()) return std::nullopt;
  const Result<Quantity> quantity = Quantity::Parse(Unit::kMonth, text);
  if (quantity.ok()) return quantity->thousandths();
  fields.Refuse(field, "is not a quantity with at most three decimals");
  return std::nullopt;
}

std::string QuantityText(std::int64_t thousandths) { return PrintDecimal(thousandths, 3, 0); }

// "03-01" is 301; 0, which is no day, if it is spelled otherwise.
int ParseDay(Fields& fields, const std::string& field, const std::string& text) {
  const Result<Date> day = Date::Parse("2000-" + text);  // a year that has every day
  if (!day.ok()) fields.Refuse(field, "is not a day of the year (MM-DD)");
  return day.ok() ? day->month() * 100 + day->day() : 0;
}

std::string DayText(int day) {
  return Date::FromCivil(2000, day / 100, day % 100).value().ToString().substr(5);
}

int ParseCount(std::string_view text) {
  int count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  return error == std::errc() && end == text.data() + text.size() && count > 0 ? count : -1;
}

Proration ParseProration(Fields& fields, const v1::RateProration& message) {
  const std::string field = "schedule.terms.proration";
  Proration proration;
  proration.when = kProrated.Parse(fields, field + ".when", message.when());
  if (proration.when == Proration::When::kOutside) {
    proration.days_min =
        static_cast<int>(fields.Range(field + ".days_min", message.days_min(), 1, kDaysMax));
    proration.days_max =
        static_cast<int>(fields.Range(field + ".days_max", message.days_max(), 1, kDaysMax));
  } else {
    if (message.days_min() != 0) fields.Refuse(field + ".days_min", "belongs to OUTSIDE");
    if (message.days_max() != 0) fields.Refuse(field + ".days_max", "belongs to OUTSIDE");
  }
  const std::string& month = message.month_days();
  if (month == "calendar") {
    proration.month_days = proration.month_divisor = 0;
  } else if (!month.empty()) {
    const std::size_t slash = month.find('/');
    proration.month_days = ParseCount(std::string_view(month).substr(0, slash));
    proration.month_divisor =
        slash == std::string::npos ? 1 : ParseCount(std::string_view(month).substr(slash + 1));
  }
  return proration;
}

std::string MonthText(const Proration& proration) {
  if (proration.month_days == 0) return "calendar";
  const std::string days = std::to_string(proration.month_days);
  return proration.month_divisor == 1 ? days : days + "/" + std::to_string(proration.month_divisor);
}

Terms ParseTerms(Fields& fields, const v1::RateTerms& message) {
  const std::string field = "schedule.terms";
  Terms terms;
  terms.effect = kEffects.Parse(fields, field + ".effect", message.effect());
  terms.day_count = kDayCounts.Parse(fields, field + ".day_count", message.day_count());
  terms.season_by = kSeasonBys.Parse(fields, field + ".season_by", message.season_by());
  terms.proration = ParseProration(fields, message.proration());
  terms.rounding = kRoundings.Parse(fields, field + ".rounding", message.rounding());
  if (message.round_to_cents() != 0) terms.round_to_cents = message.round_to_cents();
  terms.split_step_thousandths =
      ParseMaybeQuantity(fields, field + ".split_step", message.split_step()).value_or(1);
  return terms;
}

void ParseTiers(Fields& fields, const std::string& field, const v1::RateComponent& message,
                Component& component) {
  if (message.tiers_size() > kTiersMax) fields.Refuse(field + ".tiers", "are more than 20");
  for (int i = 0; i < std::min(message.tiers_size(), kTiersMax); ++i) {
    const std::string tier = field + ".tiers[" + std::to_string(i) + "]";
    component.tiers.push_back(
        {ParseMaybeQuantity(fields, tier + ".up_to", message.tiers(i).up_to()),
         ParseRate(fields, tier + ".rate", message.tiers(i).rate()),
         kBoundOfs.Parse(fields, tier + ".of", message.tiers(i).of()),
         ParseMaybeQuantity(fields, tier + ".plus", message.tiers(i).plus()).value_or(0),
         ParseMaybeQuantity(fields, tier + ".at_least", message.tiers(i).at_least()),
         ParseMaybeQuantity(fields, tier + ".at_most", message.tiers(i).at_most())});
  }
  if (message.sizes_size() > kSizesMax) fields.Refuse(field + ".sizes", "are more than 40");
  for (int i = 0; i < std::min(message.sizes_size(), kSizesMax); ++i) {
    const std::string size = field + ".sizes[" + std::to_string(i) + "]";
    component.sizes.push_back({fields.Text(size + ".size", message.sizes(i).size(), 1, 10),
                               ParseRate(fields, size + ".rate", message.sizes(i).rate())});
  }
}

// The names of components above, as their places.
void ParseOf(Fields& fields, const std::string& field, const v1::RateComponent& message,
             const std::vector<Component>& above, Component& component) {
  if (message.of_size() > kComponentsMax) fields.Refuse(field + ".of", "are more than 50");
  for (int at = 0; at < std::min(message.of_size(), kComponentsMax); ++at) {
    const std::string& name = message.of(at);
    const std::size_t before = component.of.size();
    for (std::size_t i = 0; i < above.size(); ++i) {
      if (above[i].name == name) component.of.push_back(static_cast<std::int64_t>(i));
    }
    if (component.of.size() == before) {
      fields.Refuse(field + ".of[" + std::to_string(at) + "]", "is not a component above");
    }
  }
}

std::optional<Rate> ParseMaybeRate(Fields& fields, const std::string& field,
                                   const std::string& text) {
  if (text.empty()) return std::nullopt;
  return ParseRate(fields, field, text);
}

std::int64_t ParseQuantity(Fields& fields, const std::string& field, const std::string& text) {
  if (text.empty()) fields.Refuse(field, "is required");
  return ParseMaybeQuantity(fields, field, text).value_or(0);
}

// How a quantity is billed, and where.
void ParseBilled(Fields& fields, const std::string& field, const v1::RateComponent& message,
                 Component& component) {
  component.factor = ParseMaybeRate(fields, field + ".factor", message.factor());
  const Rounding rounding =
      kRoundings.Parse(fields, field + ".step_rounding", message.step_rounding());
  if (!message.step().empty()) {
    component.step =
        Step{ParseMaybeQuantity(fields, field + ".step", message.step()).value_or(Quantity::kScale),
             rounding};
  } else if (message.step_rounding() != v1::RATE_ROUNDING_UNSPECIFIED) {
    fields.Refuse(field + ".step_rounding", "belongs to a step");
  }
  component.at_least_thousandths =
      ParseMaybeQuantity(fields, field + ".at_least", message.at_least());
  component.blocks = kBlocks.Parse(fields, field + ".blocks", message.blocks());
  component.flow = kFlows.Parse(fields, field + ".flow", message.flow());
  if (message.has_budget()) {
    const v1::WaterBudget& budget = message.budget();
    const std::string inner = field + ".budget";
    component.budget =
        WaterBudget{ParseQuantity(fields, inner + ".gallons_a_day", budget.gallons_a_day()),
                    ParseMaybeRate(fields, inner + ".landscape_factor", budget.landscape_factor())
                        .value_or(Rate()),
                    ParseQuantity(fields, inner + ".gallons_a_unit", budget.gallons_a_unit())};
  }
  component.power_factor = ParseMaybeRate(fields, field + ".power_factor", message.power_factor());
  if (message.for_sizes_size() > kSizesMax) {
    fields.Refuse(field + ".for_sizes", "are more than 40");
  }
  for (int i = 0; i < std::min(message.for_sizes_size(), kSizesMax); ++i) {
    component.for_sizes.push_back(
        fields.Text(field + ".for_sizes[" + std::to_string(i) + "]", message.for_sizes(i), 1, 10));
  }
  component.round_to_cents =
      fields.Range(field + ".round_to_cents", message.round_to_cents(), 0, kPlaceMax);
}

std::vector<int> ParseMonths(Fields& fields, const std::string& field,
                             const v1::DemandRatchet& ratchet) {
  constexpr int kMonths = 12;
  if (ratchet.months_size() > kMonths) {
    fields.Refuse(field, "has more than 12 elements");
    return {};
  }
  std::vector<int> months;
  for (int i = 0; i < ratchet.months_size(); ++i) {
    months.push_back(static_cast<int>(
        fields.Range(field + "[" + std::to_string(i) + "]", ratchet.months(i), 1, kMonths)));
  }
  return months;
}

Component ParseComponent(Fields& fields, const std::string& field, const v1::RateComponent& message,
                         const std::vector<Component>& above) {
  Component component;
  component.name = fields.Text(field + ".name", message.name(), 1, 60);
  const auto kind = std::find_if(std::begin(kKinds), std::end(kKinds),
                                 [&](const auto& entry) { return entry.second == message.kind(); });
  const bool known = kind != std::end(kKinds);
  if (!known) fields.Refuse(field + ".kind", "is required");
  if (known) component.kind = kind->first;
  if (!message.rider().empty()) {
    component.rider = fields.Text(field + ".rider", message.rider(), 1, kCodeMax);
  }
  const bool priced = component.kind == ComponentKind::kFixed ||
                      (component.kind == ComponentKind::kPerUnit && message.tiers().empty()) ||
                      component.kind == ComponentKind::kPercent ||
                      component.kind == ComponentKind::kMinimum ||
                      component.kind == ComponentKind::kMaximum;
  if (!component.rider.empty()) {
    if (!message.rate().empty()) fields.Refuse(field + ".rate", "is the rider's");
  } else if (priced && (known || !message.rate().empty())) {
    component.rate = ParseRate(fields, field + ".rate", message.rate());
  } else if (!priced && !message.rate().empty()) {
    fields.Refuse(field + ".rate", "belongs to the tiers or sizes, or is not known");
  }
  component.unit = ParseMaybeUnit(fields, field + ".unit", message.unit());
  ParseTiers(fields, field, message, component);
  component.per = kPers.Parse(fields, field + ".per", message.per());
  component.widths = kWidths.Parse(fields, field + ".widths", message.widths());
  if (message.has_season()) {
    component.season = Season{ParseDay(fields, field + ".season.from", message.season().from()),
                              ParseDay(fields, field + ".season.to", message.season().to())};
  }
  if (!message.period().empty()) {
    component.period = fields.Text(field + ".period", message.period(), 1, 30);
  }
  if (message.has_ratchet()) {
    component.ratchet = Ratchet{
        ParseRate(fields, field + ".ratchet.fraction", message.ratchet().fraction()),
        static_cast<int>(fields.Range(field + ".ratchet.month_count",
                                      message.ratchet().month_count(), 1, kRatchetMonthsMax)),
        ParseMonths(fields, field + ".ratchet.months", message.ratchet())};
  }
  component.cap_thousandths = ParseMaybeQuantity(fields, field + ".cap", message.cap());
  component.default_thousandths =
      ParseMaybeQuantity(fields, field + ".default_quantity", message.default_quantity());
  component.at_most_use = message.at_most_use();
  ParseBilled(fields, field, message, component);
  ParseOf(fields, field, message, above, component);
  return component;
}

std::string ParseService(Fields& fields, const std::string& field, const std::string& text) {
  const bool is_word = std::ranges::all_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
  if (!is_word || text.empty() || text.size() > kServiceNameMax)
    fields.Refuse(field, "is not 1 to 20 lower case letters");
  return text;
}

v1::RateTerms ToProto(const Terms& terms) {
  v1::RateTerms message;
  message.set_effect(kEffects.Of(terms.effect));
  message.set_day_count(kDayCounts.Of(terms.day_count));
  message.set_season_by(kSeasonBys.Of(terms.season_by));
  v1::RateProration& proration = *message.mutable_proration();
  proration.set_when(kProrated.Of(terms.proration.when));
  proration.set_days_min(terms.proration.days_min);
  proration.set_days_max(terms.proration.days_max);
  proration.set_month_days(MonthText(terms.proration));
  message.set_rounding(kRoundings.Of(terms.rounding));
  message.set_round_to_cents(terms.round_to_cents);
  message.set_split_step(QuantityText(terms.split_step_thousandths));
  return message;
}

void AddBilled(const Component& component, v1::RateComponent& message) {
  if (component.factor) message.set_factor(component.factor->ToString());
  if (component.step) {
    message.set_step(QuantityText(component.step->thousandths));
    message.set_step_rounding(kRoundings.Of(component.step->rounding));
  }
  if (component.at_least_thousandths) {
    message.set_at_least(QuantityText(*component.at_least_thousandths));
  }
  if (component.blocks != Blocks::kEach) message.set_blocks(kBlocks.Of(component.blocks));
  if (component.flow != Flow::kDelivered) message.set_flow(kFlows.Of(component.flow));
  if (component.budget) {
    v1::WaterBudget& budget = *message.mutable_budget();
    budget.set_gallons_a_day(QuantityText(component.budget->gallons_a_day_thousandths));
    budget.set_landscape_factor(component.budget->landscape_factor.ToString());
    budget.set_gallons_a_unit(QuantityText(component.budget->gallons_a_unit_thousandths));
  }
  if (component.power_factor) message.set_power_factor(component.power_factor->ToString());
  for (const std::string& size : component.for_sizes) message.add_for_sizes(size);
  message.set_round_to_cents(component.round_to_cents);
  message.set_rider(component.rider);
}

// What is not given stays so: a component shows the terms of its kind alone.
v1::RateComponent ToProto(const Schedule& schedule, const Component& component) {
  v1::RateComponent message;
  message.set_kind(kKinds[static_cast<int>(component.kind)].second);
  message.set_name(component.name);
  const bool elsewhere = !component.tiers.empty() || !component.sizes.empty() ||
                         !component.rider.empty() || component.kind == ComponentKind::kNotLoaded ||
                         component.kind == ComponentKind::kRoundOff;
  if (!elsewhere) message.set_rate(component.rate.ToString());
  if (component.unit) message.set_unit(std::string(UnitName(*component.unit)));
  for (const Tier& tier : component.tiers) {
    v1::RateTier& block = *message.add_tiers();
    if (tier.up_to_thousandths) block.set_up_to(QuantityText(*tier.up_to_thousandths));
    block.set_rate(tier.rate.ToString());
    if (tier.of != BoundOf::kUnits) block.set_of(kBoundOfs.Of(tier.of));
    if (tier.plus_thousandths != 0) block.set_plus(QuantityText(tier.plus_thousandths));
    if (tier.at_least_thousandths) block.set_at_least(QuantityText(*tier.at_least_thousandths));
    if (tier.at_most_thousandths) block.set_at_most(QuantityText(*tier.at_most_thousandths));
  }
  for (const SizePrice& size : component.sizes) {
    v1::SizePrice& added = *message.add_sizes();
    added.set_size(size.size);
    added.set_rate(size.rate.ToString());
  }
  if (component.per != Per::kBill) message.set_per(kPers.Of(component.per));
  if (component.widths != Widths::kBill) message.set_widths(kWidths.Of(component.widths));
  if (component.season) {
    message.mutable_season()->set_from(DayText(component.season->from));
    message.mutable_season()->set_to(DayText(component.season->to));
  }
  message.set_period(component.period);
  if (component.ratchet) {
    message.mutable_ratchet()->set_fraction(component.ratchet->fraction.ToString());
    message.mutable_ratchet()->set_month_count(component.ratchet->month_count);
    for (const int month : component.ratchet->months) message.mutable_ratchet()->add_months(month);
  }
  if (component.cap_thousandths) message.set_cap(QuantityText(*component.cap_thousandths));
  if (component.default_thousandths) {
    message.set_default_quantity(QuantityText(*component.default_thousandths));
  }
  message.set_at_most_use(component.at_most_use);
  AddBilled(component, message);
  for (const std::int64_t of : component.of) {
    const std::string& name = schedule.components[static_cast<std::size_t>(of)].name;
    const auto& names = message.of();
    if (std::find(names.begin(), names.end(), name) == names.end()) message.add_of(name);
  }
  return message;
}

// Whether a field under `place` was refused.
bool IsRefused(const std::vector<FieldViolation>& violations, const std::string& place) {
  return std::any_of(violations.begin(), violations.end(),
                     [&](const FieldViolation& one) { return one.field.starts_with(place); });
}

Schedule ParseFields(Fields& fields, const v1::RateSchedule& message) {
  Schedule schedule;
  schedule.code = fields.Text("schedule.code", message.code(), 1, kCodeMax);
  schedule.effective_date = fields.CivilDate("schedule.effective_date", message.effective_date());
  schedule.service = ParseService(fields, "schedule.service", message.service());
  schedule.title = fields.Text("schedule.title", message.title(), 1, 100);
  schedule.citation = fields.Text("schedule.citation", message.citation(), 3, 300);
  schedule.usage_unit = ParseMaybeUnit(fields, "schedule.usage_unit", message.usage_unit());
  if (message.components_size() > kComponentsMax) {
    fields.Refuse("schedule.components", "are more than 50");
  }
  for (int i = 0; i < std::min(message.components_size(), kComponentsMax); ++i) {
    schedule.components.push_back(ParseComponent(fields,
                                                 "schedule.components[" + std::to_string(i) + "]",
                                                 message.components(i), schedule.components));
  }
  schedule.guard.usage_ratio_max_hundredths =
      fields.Range("schedule.guard.usage_ratio_max_hundredths",
                   message.guard().usage_ratio_max_hundredths(), 0, kRatioMax);
  schedule.guard.usage_per_day_max_thousandths =
      fields.Range("schedule.guard.usage_per_day_max_thousandths",
                   message.guard().usage_per_day_max_thousandths(), 0, Quantity::kMaxThousandths);
  schedule.terms = ParseTerms(fields, message.terms());
  if (message.terms().split_step().empty()) {
    schedule.terms.split_step_thousandths = StepOfUse(schedule.components);
  }
  if (message.has_use_times()) {
    schedule.use_times = ParseTimes(fields, "schedule.use_times", message.use_times());
  }
  if (message.has_load_times()) {
    schedule.load_times = ParseTimes(fields, "schedule.load_times", message.load_times());
  }
  if (!message.last_date().empty()) {
    schedule.last_date = fields.CivilDate("schedule.last_date", message.last_date());
  }
  const std::string& by = message.metered_by();
  if (!by.empty()) schedule.metered_by = ParseService(fields, "schedule.metered_by", by);
  return schedule;
}

}  // namespace

Schedule ParseSchedule(Fields& fields, const v1::RateSchedule& message) {
  Fields bad;
  Schedule schedule = ParseFields(bad, message);
  Fields invalid;
  Validate(schedule, invalid);
  if (!bad.ok()) {
    for (const FieldViolation& one : bad.error().violations()) {
      fields.Refuse(one.field, one.description);
    }
  }
  if (!invalid.ok()) {
    for (const FieldViolation& one : invalid.error().violations()) {
      // What could not be read is not judged as well.
      const std::string field = "schedule." + one.field;
      if (bad.ok() || !IsRefused(bad.error().violations(), field.substr(0, field.find(']')))) {
        fields.Refuse(field, one.description);
      }
    }
  }
  return schedule;
}

std::vector<RiderShape> ParseRiders(Fields& fields, const v1::LoadScheduleRequest& request) {
  constexpr int kRidersMax = 200;
  std::vector<RiderShape> riders;
  if (request.riders_to_come_size() > kRidersMax) {
    fields.Refuse("riders_to_come", "are more than 200");
  }
  if (!request.riders_to_come().empty() && !request.validate_only()) {
    fields.Refuse("riders_to_come", "belong to validate_only");
  }
  for (int i = 0; i < std::min(request.riders_to_come_size(), kRidersMax); ++i) {
    const v1::RiderToCome& message = request.riders_to_come(i);
    const std::string field = "riders_to_come[" + std::to_string(i) + "]";
    RiderShape& rider = riders.emplace_back();
    rider.code = fields.Text(field + ".code", message.code(), 1, kCodeMax);
    const auto kind = std::find_if(std::begin(kKinds), std::end(kKinds), [&](const auto& entry) {
      return entry.second == message.kind();
    });
    if (kind == std::end(kKinds)) {
      fields.Refuse(field + ".kind", "is required");
    } else {
      rider.kind = kind->first;
    }
    rider.usage_unit = ParseMaybeUnit(fields, field + ".usage_unit", message.usage_unit());
    rider.unit = ParseMaybeUnit(fields, field + ".unit", message.unit());
  }
  return riders;
}

v1::RateSchedule ToProto(const Schedule& schedule) {
  v1::RateSchedule message;
  message.set_code(schedule.code);
  message.set_effective_date(schedule.effective_date.ToString());
  message.set_service(schedule.service);
  message.set_title(schedule.title);
  message.set_citation(schedule.citation);
  if (schedule.usage_unit) message.set_usage_unit(std::string(UnitName(*schedule.usage_unit)));
  for (const Component& component : schedule.components) {
    *message.add_components() = ToProto(schedule, component);
  }
  message.mutable_guard()->set_usage_ratio_max_hundredths(
      schedule.guard.usage_ratio_max_hundredths);
  message.mutable_guard()->set_usage_per_day_max_thousandths(
      schedule.guard.usage_per_day_max_thousandths);
  *message.mutable_terms() = ToProto(schedule.terms);
  if (schedule.use_times) ToProto(*schedule.use_times, *message.mutable_use_times());
  if (schedule.load_times) ToProto(*schedule.load_times, *message.mutable_load_times());
  if (schedule.last_date) message.set_last_date(schedule.last_date->ToString());
  message.set_metered_by(schedule.metered_by);
  return message;
}

v1::VersionStanding ToProto(const LoadedVersion& version) {
  const Standing& standing = version.standing;
  v1::VersionStanding message;
  message.set_version(version.schedule.code + "/" + version.schedule.effective_date.ToString());
  message.set_state(standing.state == VersionState::kDraft ? v1::VERSION_STATE_DRAFT
                                                           : v1::VERSION_STATE_ACTIVE);
  message.set_revision(standing.revision);
  message.set_loaded_by_person_id(standing.loaded_by.value());
  message.set_activated_by_person_id(standing.activated_by.value());
  message.set_preview_digest(standing.preview_digest);
  message.set_tariff_no(standing.tariff_no);
  for (const std::int64_t component : standing.acknowledged) {
    message.add_acknowledged(version.schedule.components[static_cast<std::size_t>(component)].name);
  }
  return message;
}

v1::RateComponentKind ToProto(ComponentKind kind) { return kKinds[static_cast<int>(kind)].second; }
v1::DayCount ToProto(DayCount day_count) { return kDayCounts.Of(day_count); }
v1::RateRounding ToProto(Rounding rounding) { return kRoundings.Of(rounding); }

}  // namespace reeve::billing::rate
