#include "services/billing/rate/rate.h"

#include <algorithm>
#include <iterator>
#include <map>

namespace reeve::billing::rate {
namespace {

bool IsOneOf(ComponentKind kind, std::initializer_list<ComponentKind> kinds) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
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
    if (HasTiers(component_.kind)) CheckTiers();
    CheckUnits();
    CheckOf();
    CheckNumbers();
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
    only(".tiers", !component_.tiers.empty(), {kTiers, kDemand, kWinterAverage},
         "TIERS, DEMAND or WINTER_AVERAGE");
    only(".sizes", !component_.sizes.empty(), {kMeterSize}, "METER_SIZE");
    only(".per", component_.per != Per::kBill,
         {kFixed, kPerUnit, kMeterSize, kDemand, kWinterAverage, kMinimum}, "a price");
    only(".widths", component_.widths != Widths::kBill, {kTiers}, "TIERS");
    only(".period", !component_.period.empty(), {kTiers, kDemand}, "TIERS or DEMAND");
    only(".ratchet", component_.ratchet.has_value(), {kDemand}, "DEMAND");
    only(".cap", component_.cap_thousandths.has_value(), {kTiers}, "TIERS");
    only(".default_quantity", component_.default_thousandths.has_value(), {kWinterAverage},
         "WINTER_AVERAGE");
    only(".at_most_use", component_.at_most_use, {kWinterAverage}, "WINTER_AVERAGE");
    only(".of", !component_.of.empty(), {kPercent, kMinimum}, "PERCENT or MINIMUM");
    only(".unit", component_.unit.has_value(), {kFixed, kTiers, kPerUnit, kWinterAverage, kMinimum},
         "FIXED, TIERS, PER_UNIT, WINTER_AVERAGE or MINIMUM");
    if (kind == kMeterSize && component_.sizes.empty()) Refuse(".sizes", "are required");
  }

  // A price below nothing is a credit, but no share of one and no floor is.
  void CheckRates() {
    const bool credit = IsOneOf(
        component_.kind, {ComponentKind::kFixed, ComponentKind::kTiers, ComponentKind::kPerUnit});
    if (credit) return;
    if (component_.rate.nanos() < 0) Refuse(".rate", "is negative");
    for (const Tier& tier : component_.tiers) {
      if (tier.rate.nanos() < 0) Refuse(".tiers", "a rate is negative");
    }
    for (std::size_t i = 0; i < component_.sizes.size(); ++i) {
      const std::string size = ".sizes[" + std::to_string(i) + "]";
      if (component_.sizes[i].rate.nanos() < 0) Refuse(size + ".rate", "is negative");
      for (std::size_t j = 0; j < i; ++j) {
        if (component_.sizes[i].size == component_.sizes[j].size) Refuse(size, "is there twice");
      }
    }
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
      } else if (!last && *tiers[i].up_to_thousandths <= lower) {
        Refuse(tier, "does not rise");
      } else if (!last) {
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
    const bool of_lines =
        IsOneOf(component_.kind, {ComponentKind::kPercent, ComponentKind::kMinimum});
    if (of_lines && index_ == 0) {
      Refuse(".kind", component_.kind == ComponentKind::kPercent
                          ? "a percentage needs lines above it"
                          : "a minimum needs lines above it");
    }
    for (const std::int64_t of : component_.of) {
      if (of < 0 || of >= index_) Refuse(".of", "is not a component above");
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
    }
    if (component_.season && !(IsDay(component_.season->from) && IsDay(component_.season->to))) {
      Refuse(".season", "is not two days of the year");
    }
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
    if (fee.rate.nanos() < 0) fields.Refuse(field + ".rate", "is negative");
    for (std::size_t above = 0; above < i; ++above) {
      if (schedule.components[above].name == fee.name) {
        fields.Refuse(field + ".name", "is there twice");
        break;
      }
    }
  }
}

void ValidateTerms(const Terms& terms, Fields& fields) {
  constexpr std::int64_t kPlaces[] = {1, 5, 10, 100};
  if (std::find(std::begin(kPlaces), std::end(kPlaces), terms.round_to_cents) ==
      std::end(kPlaces)) {
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

bool Season::Includes(Date day) const {
  const int here = day.month() * 100 + day.day();
  return from <= to ? from <= here && here <= to : from <= here || here <= to;
}

void Validate(const Schedule& schedule, Fields& fields) {
  if (schedule.components.empty()) fields.Refuse("components", "at least one is required");
  for (std::size_t i = 0; i < schedule.components.size(); ++i) {
    ComponentCheck(schedule, i, fields).Run();
  }
  if (schedule.service == kFeeService) ValidateFees(schedule, fields);
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
    if (component.kind == ComponentKind::kNotLoaded) return component.name;
  }
  return {};
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
  for (Schedule& schedule : schedules) {
    Versions& versions = by_code[schedule.code];
    versions.Add(std::move(schedule));
  }
  for (auto& [code, versions] : by_code) {
    codes_.push_back({LettersOf(code), code, std::move(versions)});
  }
}

const Versions* Tariff::Find(std::string_view code) const {
  const std::uint64_t letters = LettersOf(code);
  auto at =
      std::lower_bound(codes_.begin(), codes_.end(), letters,
                       [](const OfCode& one, std::uint64_t than) { return one.letters < than; });
  for (; at != codes_.end() && at->letters == letters; ++at) {
    if (at->code.size() != code.size()) continue;
    if (code.size() <= kLetters || at->code == code) return &at->versions;
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
