#include "services/billing/rate/rate.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "services/billing/rate/rider.h"

namespace reeve::billing::rate {
namespace {

constexpr int kLeapDay = 229;

bool IsOneOf(ComponentKind kind, std::initializer_list<ComponentKind> kinds) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

bool IsPlace(std::int64_t cents) {
  constexpr std::int64_t kPlaces[] = {1, 5, 10, 100};
  return std::find(std::begin(kPlaces), std::end(kPlaces), cents) != std::end(kPlaces);
}

bool HasTiers(ComponentKind kind) {
  return IsOneOf(kind,
                 {ComponentKind::kTiers, ComponentKind::kDemand, ComponentKind::kWinterAverage});
}

// What one component is checked with.
class ComponentCheck {
 public:
  ComponentCheck(const Schedule& schedule, std::size_t index, Fields& fields)
      : schedule_(schedule),
        component_(schedule.components[index]),
        index_(static_cast<std::int64_t>(index)),
        field_("components[" + std::to_string(index) + "]"),
        fields_(fields) {}

  void Run() {
    if (component_.name.empty()) Refuse(".name", "is required");
    CheckWhatBelongs();
    CheckRates();
    CheckRider();
    const bool needs_tiers = HasTiers(component_.kind) && component_.rider.empty();
    if (needs_tiers || !component_.tiers.empty()) CheckTiers();
    CheckUnits();
    CheckOf();
    CheckNumbers();
    CheckBilled();
    CheckBounds();
    CheckPeriod();
  }

 private:
  // A term that its kind does not read would be a price that nobody charges.
  void CheckWhatBelongs() {
    const ComponentKind kind = component_.kind;
    const auto only = [&](const char* field, bool given, std::initializer_list<ComponentKind> kinds,
                          const char* whose) {
      if (given && !IsOneOf(kind, kinds)) Refuse(field, std::string("belongs to ") + whose);
    };
    using enum ComponentKind;
    only(".tiers", !component_.tiers.empty(), {kTiers, kDemand, kWinterAverage, kPerUnit},
         "TIERS, DEMAND, WINTER_AVERAGE or PER_UNIT");
    only(".sizes", !component_.sizes.empty(), {kMeterSize}, "METER_SIZE");
    only(".per", component_.per != Per::kBill,
         {kFixed, kPerUnit, kMeterSize, kDemand, kWinterAverage, kMinimum, kMaximum}, "a price");
    only(".widths", component_.widths != Widths::kBill, {kTiers}, "TIERS");
    only(".period", !component_.period.empty(), {kTiers, kDemand}, "TIERS or DEMAND");
    only(".ratchet", component_.ratchet.has_value(), {kDemand}, "DEMAND");
    only(".cap", component_.cap_thousandths.has_value(), {kTiers, kPerUnit, kWinterAverage},
         "TIERS, PER_UNIT or WINTER_AVERAGE");
    only(".default_quantity", component_.default_thousandths.has_value(), {kWinterAverage},
         "WINTER_AVERAGE");
    only(".at_most_use", component_.at_most_use, {kWinterAverage}, "WINTER_AVERAGE");
    only(".of", !component_.of.empty(), {kPercent, kMinimum, kMaximum, kRoundOff},
         "PERCENT, MINIMUM, MAXIMUM or ROUND_OFF");
    only(".unit", component_.unit.has_value(),
         {kFixed, kTiers, kPerUnit, kDemand, kWinterAverage, kMinimum, kMaximum},
         "FIXED, TIERS, PER_UNIT, DEMAND, WINTER_AVERAGE, MINIMUM or MAXIMUM");
    const auto quantities = {kTiers, kPerUnit, kDemand, kWinterAverage};
    constexpr const char* kOfQuantities = "TIERS, PER_UNIT, DEMAND or WINTER_AVERAGE";
    only(".factor", component_.factor.has_value(), quantities, kOfQuantities);
    only(".step", component_.step.has_value(), quantities, kOfQuantities);
    only(".at_least", component_.at_least_thousandths.has_value(), quantities, kOfQuantities);
    only(".flow", component_.flow != Flow::kDelivered, {kTiers}, "TIERS");
    only(".budget", component_.budget.has_value(), {kTiers}, "TIERS");
    only(".power_factor", component_.power_factor.has_value(), {kDemand}, "DEMAND");
    only(".round_to_cents", component_.round_to_cents != 0, {kRoundOff}, "ROUND_OFF");
    if (component_.blocks != Blocks::kEach && component_.tiers.empty() &&
        component_.rider.empty()) {
      Refuse(".blocks", "belong to tiers");
    }
    if (kind == kMeterSize && component_.sizes.empty()) Refuse(".sizes", "are required");
  }

  // A price below nothing is a credit, and a fraction below nothing a discount; no floor and no
  // ceiling is.
  void CheckRates() {
    const bool bound = IsOneOf(component_.kind, {ComponentKind::kMinimum, ComponentKind::kMaximum});
    if (bound && component_.rate.nanos() < 0) Refuse(".rate", "is negative");
    const bool above_all =
        component_.kind == ComponentKind::kPercent && component_.rate < Rate::Nanos(-1'000'000'000);
    if (above_all) Refuse(".rate", "takes off more than there is");
    const bool percents =
        component_.kind == ComponentKind::kPercent && component_.rate > Rate::Nanos(1'000'000'000);
    if (percents) Refuse(".rate", "is more than all there is: 6.25 % is 0.0625");
    for (std::size_t i = 0; i < component_.sizes.size(); ++i) {
      const std::string size = ".sizes[" + std::to_string(i) + "]";
      for (std::size_t j = 0; j < i; ++j) {
        if (component_.sizes[i].size == component_.sizes[j].size) Refuse(size, "is there twice");
      }
    }
  }

  // The rate or the tiers are the rider's, all else is the component's own.
  void CheckRider() {
    if (component_.rider.empty()) return;
    if (!CanBeRider(component_.kind)) {
      Refuse(".rider", "belongs to FIXED, TIERS, PER_UNIT, DEMAND, WINTER_AVERAGE or PERCENT");
    } else if (schedule_.service == kFeeService) {
      Refuse(".rider", "a fee has none");
    }
    if (!component_.tiers.empty()) Refuse(".tiers", "are the rider's");
    if (component_.budget) Refuse(".budget", "no tier of a rider is of it");
  }

  void CheckTiers() {
    const std::vector<Tier>& tiers = component_.tiers;
    if (tiers.empty()) Refuse(".tiers", "needs a last tier without an upper bound");
    std::int64_t lower = 0;
    for (std::size_t i = 0; i < tiers.size(); ++i) {
      const std::string tier = ".tiers[" + std::to_string(i) + "].up_to";
      const bool last = i + 1 == tiers.size();
      if (tiers[i].up_to_thousandths.has_value() == last) {
        Refuse(tier, last ? "the last tier has no upper bound" : "is required");
      } else if (last) {
        if (tiers[i].of != BoundOf::kUnits) Refuse(tier, "the last tier has no upper bound");
      } else if (tiers[i].IsBounded() ||
                 (i > 0 && (tiers[i].of != tiers[i - 1].of || tiers[i - 1].IsBounded()))) {
        lower = *tiers[i].up_to_thousandths;  // which of the two is higher is the customer's
      } else if (*tiers[i].up_to_thousandths <= lower) {
        Refuse(tier, "does not rise");
      } else {
        lower = *tiers[i].up_to_thousandths;
      }
    }
  }

  void CheckUnits() {
    const ComponentKind kind = component_.kind;
    const bool counts = IsOneOf(kind, {ComponentKind::kPerUnit, ComponentKind::kWinterAverage});
    if (counts && !component_.unit) Refuse(".unit", "is required");
    if (component_.unit && component_.unit != QuantityUnit(schedule_)) {
      Refuse(".unit", "an agreement has one quantity, and another component counts something else");
    }
    if (schedule_.usage_unit) return;
    if (kind == ComponentKind::kTiers) fields_.Refuse("usage_unit", "is required for TIERS");
    if (component_.at_most_use) fields_.Refuse("usage_unit", "is required for at_most_use");
  }

  void CheckOf() {
    if (IsOfLines(component_.kind) && index_ == 0 && schedule_.service != kRiderService) {
      Refuse(".kind", "needs lines above it");
    }
    for (const std::int64_t of : component_.of) {
      if (of < 0 || of >= index_) Refuse(".of", "is not a component above");
    }
    CheckSeasonOfLines();
  }
  // A line of all of a period's days says nothing of the days of a season.
  void CheckSeasonOfLines() {
    const bool by_day = schedule_.terms.season_by == SeasonBy::kDay;
    if (!IsOfLines(component_.kind) || !component_.season || !by_day) return;
    for (std::int64_t i = 0; i < index_; ++i) {
      const auto& of = component_.of;
      const bool named = of.empty() || std::find(of.begin(), of.end(), i) != of.end();
      if (!named || schedule_.components[static_cast<std::size_t>(i)].season == component_.season) {
        continue;
      }
      return Refuse(".season", "the lines that it is of have another: they are of other days");
    }
  }

  void CheckNumbers() {
    if (component_.cap_thousandths && *component_.cap_thousandths <= 0) {
      Refuse(".cap", "is not above zero");
    }
    if (component_.default_thousandths && *component_.default_thousandths <= 0) {
      Refuse(".default_quantity", "is not above zero");
    }
    if (component_.ratchet) {
      const Ratchet& ratchet = *component_.ratchet;
      if (ratchet.fraction.nanos() <= 0 || ratchet.fraction > Rate::Nanos(1'000'000'000)) {
        Refuse(".ratchet.fraction", "is not above zero and at most one");
      }
      if (ratchet.month_count < 1 || ratchet.month_count > kRatchetMonthsMax) {
        Refuse(".ratchet.month_count", "is not 1 to 60");
      }
      CheckRatchetMonths(ratchet.months);
    }
    if (component_.season && !(IsDay(component_.season->from) && IsDay(component_.season->to))) {
      Refuse(".season", "is not two days of the year");
    } else if (component_.season && component_.season->from == kLeapDay) {
      Refuse(".season", "begins on 02-29: a season to 02-28 has that day");
    }
  }

  void CheckRatchetMonths(const std::vector<int>& months) {
    for (std::size_t i = 0; i < months.size(); ++i) {
      const std::string month = ".ratchet.months[" + std::to_string(i) + "]";
      const auto here = months.begin() + static_cast<std::ptrdiff_t>(i);
      if (*here < 1 || *here > 12) Refuse(month, "is not 1 to 12");
      if (std::find(months.begin(), here, *here) != here) Refuse(month, "is there twice");
    }
    for (std::int64_t i = 0; i < index_; ++i) {
      const Component& above = schedule_.components[static_cast<std::size_t>(i)];
      const bool same_load = above.ratchet && above.period == component_.period;
      if (!same_load || above.ratchet->months == months) continue;
      return Refuse(".ratchet.months", "are others than those of a ratchet of the same load above");
    }
  }

  void CheckBilled() {
    if (component_.factor && component_.factor->nanos() <= 0) {
      Refuse(".factor", "is not above zero");
    }
    if (component_.step && (component_.step->thousandths < 1 ||
                            component_.step->thousandths > Quantity::kMaxThousandths)) {
      Refuse(".step", "is not above zero");
    }
    if (component_.at_least_thousandths && *component_.at_least_thousandths <= 0) {
      Refuse(".at_least", "is not above zero");
    }
    if (component_.at_least_thousandths && component_.cap_thousandths &&
        *component_.at_least_thousandths > *component_.cap_thousandths) {
      Refuse(".at_least", "is above the cap");
    }
    if (component_.power_factor && (component_.power_factor->nanos() <= 0 ||
                                    *component_.power_factor > Rate::Nanos(1'000'000'000))) {
      Refuse(".power_factor", "is not above zero and at most one");
    }
    if (component_.round_to_cents != 0 && !IsPlace(component_.round_to_cents)) {
      Refuse(".round_to_cents", "is not 1, 5, 10 or 100");
    }
    for (std::size_t i = 0; i < component_.for_sizes.size(); ++i) {
      const auto begin = component_.for_sizes.begin();
      const auto here = begin + static_cast<std::ptrdiff_t>(i);
      if (std::find(begin, here, *here) != here) {
        Refuse(".for_sizes[" + std::to_string(i) + "]", "is there twice");
      }
    }
  }

  // A bound has a constant part and limits where the rest of it is the customer's.
  void CheckBoundParts(const Tier& tier, const std::string& field) {
    if (!tier.IsBounded()) return;
    const bool grows =
        tier.of == BoundOf::kLoad || (tier.of == BoundOf::kUnits && component_.unit.has_value());
    const bool belongs = component_.kind == ComponentKind::kTiers && grows;
    const auto check = [&](const char* part, bool given, std::int64_t thousandths) {
      if (!given) return;
      if (!tier.up_to_thousandths || !belongs) {
        Refuse(field + part, "belongs to a bound of TIERS that grows with `unit` or with a load");
      } else if (thousandths <= 0) {
        Refuse(field + part, "is not above zero");
      }
    };
    check(".plus", tier.plus_thousandths != 0, tier.plus_thousandths);
    check(".at_least", tier.at_least_thousandths.has_value(),
          tier.at_least_thousandths.value_or(0));
    check(".at_most", tier.at_most_thousandths.has_value(), tier.at_most_thousandths.value_or(0));
    if (tier.at_least_thousandths && tier.at_most_thousandths &&
        *tier.at_least_thousandths > *tier.at_most_thousandths) {
      Refuse(field + ".at_least", "is above at_most");
    }
  }

  // What bounds count is there.
  void CheckBounds() {
    bool of_budget = false;
    for (std::size_t i = 0; i < component_.tiers.size(); ++i) {
      CheckBoundParts(component_.tiers[i], ".tiers[" + std::to_string(i) + "]");
    }
    for (std::size_t i = 0; i < component_.tiers.size(); ++i) {
      const BoundOf of = component_.tiers[i].of;
      const std::string tier = ".tiers[" + std::to_string(i) + "].of";
      if (of == BoundOf::kUnits) continue;
      if (component_.kind != ComponentKind::kTiers) Refuse(tier, "belongs to TIERS");
      if (of == BoundOf::kLoad && !HasDemandAbove()) Refuse(tier, "there is no DEMAND above");
      of_budget = of_budget || of != BoundOf::kLoad;
    }
    if (!component_.rider.empty()) return;
    if (of_budget != component_.budget.has_value()) {
      Refuse(".budget", of_budget ? "is required" : "no tier is of it");
    }
    if (!component_.budget) return;
    if (component_.unit) Refuse(".unit", "a budget is for the whole agreement");
    if (component_.widths != Widths::kBill) Refuse(".widths", "a budget follows the days itself");
    if (component_.budget->gallons_a_day_thousandths < 0 ||
        component_.budget->landscape_factor.nanos() < 0 ||
        component_.budget->gallons_a_unit_thousandths <= 0) {
      Refuse(".budget", "is not above zero");
    }
  }
  bool HasDemandAbove() const {
    const auto begin = schedule_.components.begin();
    return std::any_of(begin, begin + index_, [](const Component& above) {
      return above.kind == ComponentKind::kDemand && above.rider.empty();
    });
  }

  // Without a table of times the name is the meter's own.
  void CheckPeriod() {
    const bool load = component_.kind == ComponentKind::kDemand;
    const std::optional<DayTimes>& times = load ? schedule_.load_times : schedule_.use_times;
    if (component_.period.empty() || !times) return;
    const auto& names = times->names;
    if (std::find(names.begin(), names.end(), component_.period) == names.end()) {
      Refuse(".period", load ? "is not in load_times" : "is not in use_times");
    }
  }

  // 2000 has every day that a year can have.
  static bool IsDay(int day) { return Date::FromCivil(2000, day / 100, day % 100).ok(); }

  void Refuse(const std::string& field, std::string description) {
    fields_.Refuse(field_ + field, std::move(description));
  }

  const Schedule& schedule_;
  const Component& component_;
  const std::int64_t index_;
  const std::string field_;
  Fields& fields_;
};

// A fee is asked for by its name and charged once, whatever else is true that day.
void ValidateFees(const Schedule& schedule, Fields& fields) {
  if (schedule.usage_unit) fields.Refuse("usage_unit", "belongs to a service, not to fees");
  for (std::size_t i = 0; i < schedule.components.size(); ++i) {
    const Component& fee = schedule.components[i];
    const std::string field = "components[" + std::to_string(i) + "]";
    if (!IsOneOf(fee.kind, {ComponentKind::kFixed, ComponentKind::kNotLoaded})) {
      fields.Refuse(field + ".kind", "a fee is FIXED or NOT_LOADED");
    }
    if (fee.per != Per::kBill) fields.Refuse(field + ".per", "a fee is charged once");
    if (fee.unit) fields.Refuse(field + ".unit", "a fee is charged once");
    if (fee.season) fields.Refuse(field + ".season", "a fee has none");
    if (!fee.for_sizes.empty()) fields.Refuse(field + ".for_sizes", "a fee has none");
    if (fee.rate.nanos() < 0) fields.Refuse(field + ".rate", "is negative");
    for (std::size_t above = 0; above < i; ++above) {
      if (schedule.components[above].name == fee.name) {
        fields.Refuse(field + ".name", "is there twice");
        break;
      }
    }
  }
}

// Days on which nothing prices use would be free: one at 0 says so.
void ValidateSeasons(const Schedule& schedule, Fields& fields) {
  std::vector<Season> seasons;
  for (const Component& component : schedule.components) {
    if (!IsOneOf(component.kind, {ComponentKind::kTiers, ComponentKind::kWinterAverage})) continue;
    if (!component.season) return;
    seasons.push_back(*component.season);
  }
  if (seasons.empty()) return;
  const Date new_year = Date::FromCivil(2000, 1, 1).value();  // a year that has every day
  for (Date day = new_year; day.year() == new_year.year(); day = day.PlusDays(1)) {
    const bool priced = std::any_of(seasons.begin(), seasons.end(),
                                    [&](const Season& season) { return season.Includes(day); });
    if (priced) continue;
    fields.Refuse("components", "no tiers are for " + day.ToString().substr(5) +
                                    ": where use is free, tiers at 0 say so");
    return;
  }
}

// Use is all that is known of another's meter.
void ValidateMeteredBy(const Schedule& schedule, Fields& fields) {
  const auto is_service = [](const std::string& name) {
    return name != kFeeService && name != kRiderService;
  };
  if (schedule.metered_by == schedule.service || !is_service(schedule.metered_by) ||
      !is_service(schedule.service)) {
    fields.Refuse("metered_by", "is not another service with a meter");
  }
  if (!schedule.usage_unit) fields.Refuse("usage_unit", "is required with metered_by");
  if (schedule.use_times) fields.Refuse("use_times", "are not known of another's meter");
  if (schedule.load_times) fields.Refuse("load_times", "are not known of another's meter");
  for (std::size_t i = 0; i < schedule.components.size(); ++i) {
    const Component& component = schedule.components[i];
    const std::string field = "components[" + std::to_string(i) + "]";
    if (component.kind == ComponentKind::kDemand) {
      fields.Refuse(field + ".kind", "loads are not known of another's meter");
    }
    if (!component.period.empty()) {
      fields.Refuse(field + ".period", "times of use are not known of another's meter");
    }
    if (component.flow != Flow::kDelivered) {
      fields.Refuse(field + ".flow", "is not known of another's meter");
    }
  }
}

void ValidateTerms(const Terms& terms, Fields& fields) {
  if (!IsPlace(terms.round_to_cents)) {
    fields.Refuse("terms.round_to_cents", "is not 1, 5, 10 or 100");
  }
  if (terms.split_step_thousandths < 1 || terms.split_step_thousandths > 1'000'000) {
    fields.Refuse("terms.split_step", "is not 0.001 to 1000");
  }
  const Proration& proration = terms.proration;
  if (proration.when == Proration::When::kOutside &&
      (proration.days_min < 1 || proration.days_max < proration.days_min)) {
    fields.Refuse("terms.proration", "days_min is not 1 to days_max");
  }
  const bool calendar = proration.month_days == 0 && proration.month_divisor == 0;
  if (!calendar && (proration.month_days < 1 || proration.month_days > 4'000 ||
                    proration.month_divisor < 1 || proration.month_divisor > 100)) {
    fields.Refuse("terms.proration.month_days", "is not a number of days");
  }
}

}  // namespace

bool IsOfLines(ComponentKind kind) {
  return IsOneOf(kind, {ComponentKind::kPercent, ComponentKind::kMinimum, ComponentKind::kMaximum,
                        ComponentKind::kRoundOff});
}

bool Ratchet::Counts(Date day) const {
  return months.empty() || std::find(months.begin(), months.end(), day.month()) != months.end();
}

bool Season::Includes(Date day) const {
  int here = day.month() * 100 + day.day();
  // A season to the end of February has its last day in a leap year too.
  if (here == kLeapDay && (from == kLeapDay - 1 || to == kLeapDay - 1)) here = kLeapDay - 1;
  return from <= to ? from <= here && here <= to : from <= here || here <= to;
}

void Validate(const Schedule& schedule, Fields& fields) {
  if (schedule.components.empty()) fields.Refuse("components", "at least one is required");
  for (std::size_t i = 0; i < schedule.components.size(); ++i) {
    ComponentCheck(schedule, i, fields).Run();
  }
  if (schedule.service == kFeeService) ValidateFees(schedule, fields);
  if (schedule.service == kRiderService) {
    ValidateRider(schedule, fields);
  } else if (schedule.last_date) {
    fields.Refuse("last_date", "belongs to a rider");
  }
  ValidateSeasons(schedule, fields);
  if (!schedule.metered_by.empty()) ValidateMeteredBy(schedule, fields);
  ValidateTerms(schedule.terms, fields);
  if (schedule.use_times) Validate(*schedule.use_times, "use_times", fields);
  if (schedule.load_times) Validate(*schedule.load_times, "load_times", fields);
  if (schedule.guard.usage_ratio_max_hundredths < 0) {
    fields.Refuse("guard.usage_ratio_max_hundredths", "is negative");
  }
  if (schedule.guard.usage_per_day_max_thousandths < 0) {
    fields.Refuse("guard.usage_per_day_max_thousandths", "is negative");
  }
}

std::string_view NotLoaded(const Schedule& schedule) {
  for (const Component& component : schedule.components) {
    const bool missing = component.kind == ComponentKind::kNotLoaded || !component.rider.empty();
    if (missing) return component.name;
  }
  return {};
}

bool GoesBySize(const Schedule& schedule) {
  return std::ranges::any_of(schedule.components, [](const Component& one) {
    return one.kind == ComponentKind::kMeterSize || !one.for_sizes.empty();
  });
}

std::string_view MeterUnit(const Schedule& schedule) {
  const bool own = schedule.usage_unit && schedule.metered_by.empty();
  return own ? UnitName(*schedule.usage_unit) : std::string_view();
}

std::optional<Unit> QuantityUnit(const Schedule& schedule) {
  for (const Component& component : schedule.components) {
    if (component.unit) return component.unit;
  }
  return std::nullopt;
}

void Versions::Add(Schedule schedule) {
  const auto after = std::find_if(all_.begin(), all_.end(), [&](const Schedule& other) {
    return other.effective_date > schedule.effective_date;
  });
  plans_.insert(plans_.begin() + (after - all_.begin()), MakePlan(schedule));
  all_.insert(after, std::move(schedule));
}

const Schedule* Versions::InForce(Date day) const {
  const auto newest = std::find_if(all_.rbegin(), all_.rend(), [&](const Schedule& version) {
    return version.effective_date <= day;
  });
  return newest == all_.rend() ? nullptr : &*newest;
}

const Schedule& Versions::ForDay(Date day) const {
  const Schedule* in_force = InForce(day);
  return in_force == nullptr ? all_.front() : *in_force;
}

namespace {

constexpr std::size_t kLetters = sizeof(std::uint64_t);

std::uint64_t LettersOf(std::string_view code) {
  const std::size_t size = std::min(code.size(), kLetters);
  std::uint64_t letters = 0;
  for (std::size_t i = 0; i < size; ++i) {
    letters = letters << 8 | static_cast<unsigned char>(code[i]);
  }
  return size == 0 ? 0 : letters << 8 * (kLetters - size);
}

}  // namespace

Tariff::Tariff(std::vector<Schedule> schedules) {
  std::map<std::string, Versions> by_code;
  for (Schedule& schedule : WithRiders(std::move(schedules))) {
    Versions& versions = by_code[schedule.code];
    versions.Add(std::move(schedule));
  }
  for (auto& [code, versions] : by_code) {
    letters_.push_back(LettersOf(code));
    codes_.push_back({code, std::move(versions)});
  }
}

const Versions* Tariff::Find(std::string_view code) const {
  const std::uint64_t letters = LettersOf(code);
  // Halves without a branch: which way it goes cannot be foreseen.
  const std::uint64_t* first = letters_.data();
  for (std::size_t left = letters_.size(); left > 1;) {
    const std::size_t half = left / 2;
    first += first[half - 1] < letters ? half : 0;
    left -= half;
  }
  for (auto at = static_cast<std::size_t>(first - letters_.data());
       at < letters_.size() && letters_[at] == letters; ++at) {
    const OfCode& found = codes_[at];
    if (found.code.size() != code.size()) continue;
    if (code.size() <= kLetters || found.code == code) return &found.versions;
  }
  return nullptr;
}

const Schedule* Tariff::InForce(std::string_view code, Date day) const {
  const Versions* versions = Find(code);
  return versions == nullptr ? nullptr : versions->InForce(day);
}

const Schedule* Tariff::Version(std::string_view code, Date effective_date) const {
  const Schedule* version = InForce(code, effective_date);
  return version != nullptr && version->effective_date == effective_date ? version : nullptr;
}

}  // namespace reeve::billing::rate
