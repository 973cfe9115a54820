// Rates: prices as data, and the one pure function that turns use into printed lines. Exact
// integers throughout; every line is rounded half-up to the cent on its own, then lines are summed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/core/date.h"
#include "shared/core/fields.h"
#include "shared/core/money.h"
#include "shared/core/quantity.h"

namespace reeve::billing::rate {

enum class ComponentKind { kFixed, kTiers, kPerUnit, kPercent, kNotLoaded };

// A block of use. `up_to_thousandths` still belongs to it (a boundary is the lower block's); the
// last block has none.
struct Tier {
  std::optional<std::int64_t> up_to_thousandths;
  Rate rate;
  bool operator==(const Tier&) const = default;
};

struct Component {
  ComponentKind kind = ComponentKind::kFixed;
  std::string name;
  Rate rate;                 // of kFixed, kPerUnit; of kPercent a fraction of one
  std::optional<Unit> unit;  // of kPerUnit: the agreement's quantity
  std::vector<Tier> tiers;   // of kTiers
  bool operator==(const Component&) const = default;
};

// When a bill under the schedule is held for review; 0 for no such limit.
struct GuardLimits {
  std::int64_t usage_ratio_max_hundredths = 0;  // of the last bill's use a day
  std::int64_t usage_per_day_max_thousandths = 0;
  bool operator==(const GuardLimits&) const = default;
};

// One version of a schedule. Never changed once loaded.
struct Schedule {
  std::string code;
  Date effective_date;
  std::string service;
  std::string title;
  std::string citation;
  std::optional<Unit> usage_unit;  // none: an unmetered service
  std::vector<Component> components;
  GuardLimits guard;
  bool operator==(const Schedule&) const = default;
};

// Refuses what could not be priced: no component, tiers that do not rise or do not end, a unit that
// is missing or too many, a percentage of nothing.
void Validate(const Schedule& schedule, Fields& fields);

// The first component that the source names without a value; empty if there is none.
std::string_view NotLoaded(const Schedule& schedule);

// The versions to price with: by code and date.
class Tariff {
 public:
  explicit Tariff(std::vector<Schedule> schedules);
  // The version in force on `day`; nothing if there is none.
  const Schedule* InForce(const std::string& code, Date day) const;
  // Exactly this version; nothing if there is none.
  const Schedule* Version(const std::string& code, Date effective_date) const;

 private:
  std::map<std::string, std::map<Date, Schedule>, std::less<>> versions_;
};

// What is priced: metered use (0 for an unmetered service) and the agreement's quantity.
struct Use {
  std::int64_t usage_thousandths = 0;     // >= 0
  std::int64_t quantity_thousandths = 0;  // >= 0
};

// A printed line with its derivation: amount = rate x quantity, rounded half-up once.
struct Line {
  std::int64_t component = 0;  // index in the schedule
  std::int64_t tier = 0;       // index in the component; 0 for all but kTiers
  // Of use, of the agreement's unit, 1 for kFixed, dollars for kPercent, 0 for kNotLoaded.
  std::int64_t quantity_thousandths = 0;
  Rate rate;
  Money amount;
  bool operator==(const Line&) const = default;
};

// Lines in the order of the components; a block or unit of which nothing was used has none.
// AMOUNT_OUT_OF_RANGE if a line or their sum leaves the range of Money.
Result<std::vector<Line>> Price(const Schedule& schedule, const Use& use);

// rate x quantity, half-up to the cent.
Result<Money> LineAmount(Rate rate, std::int64_t quantity_thousandths);

// How a line is printed. All take a line that Price made from `schedule`.
std::string Description(const Schedule& schedule,
                        const Line& line);  // "Energy (over 500 to 1000 kWh)"
std::string QuantityText(const Schedule& schedule, const Line& line);  // "123 kWh"; may be empty
std::string RateText(const Schedule& schedule, const Line& line);      // "0.1019"; may be empty
// "300 of 812 kWh lie above 500 and up to 1000"
std::string Basis(const Schedule& schedule, const Line& line, const Use& use);
// "300 x 0.1019 = 30.57"; the product is exact, before rounding.
std::string Formula(const Schedule& schedule, const Line& line);

}  // namespace reeve::billing::rate
