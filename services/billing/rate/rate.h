// Rates: prices as data. A schedule has versions by date; each cites its ordinance and says how it
// takes effect, counts days, prorates and rounds. price.h turns a period into lines.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/billing/rate/day_times.h"
#include "services/billing/rate/plan.h"
#include "shared/core/date.h"
#include "shared/core/fields.h"
#include "shared/core/money.h"
#include "shared/core/quantity.h"

namespace reeve::billing::rate {

inline constexpr int kComponentsMax = 50;
inline constexpr int kRatchetMonthsMax = 60;
// The service of schedules of one-off fees: their components are fees by name, and no agreement
// names them.
inline constexpr std::string_view kFeeService = "fees";
// The service of riders: a schedule of one component, whose rate or tiers others charge.
inline constexpr std::string_view kRiderService = "riders";

enum class ComponentKind {
  kFixed,          // a price
  kTiers,          // metered use in blocks
  kPerUnit,        // the agreement's quantity: carts, ESUs
  kPercent,        // a fraction of lines above (a tax)
  kNotLoaded,      // named by the source, its value is not known
  kMeterSize,      // a price by the size of the meter
  kDemand,         // the highest load of the period, in blocks
  kWinterAverage,  // the agreement's average winter use, in blocks
  kMinimum,        // what lines above come to at least
  kMaximum,        // what lines above come to at most
  kRoundOff,       // lines above as they come to if they are rounded together, once
};

// What one price is for.
enum class Per { kBill, kDay, kMonth };

// What the width of a block is for. kMonth: it is prorated as the prices of a month are.
enum class Widths { kBill, kDay, kThirtyDays, kMonth };

// How blocks are priced. kEach: what lies in a block at its price. kWhole: all of it at the price
// of the block that it reaches. kPrice: that price itself, once.
enum class Blocks { kEach, kWhole, kPrice };

// What an upper bound counts. kLoad: units for each kW that the demand component above bills (hours
// of use). kIndoor, kBudget: times the indoor part, or all, of the customer's water budget.
enum class BoundOf { kUnits, kLoad, kIndoor, kBudget };

// Which energy is priced. kReceived: what the customer delivered. kNet: use less that and what is
// banked, or nothing. kExcess: what the customer delivered above the use.
enum class Flow { kDelivered, kReceived, kNet, kExcess };

// A block of use. `up_to_thousandths` still belongs to it (a boundary is the lower block's); the
// last block has none. A bound that does not pass the one below leaves a block empty.
struct Tier {
  std::optional<std::int64_t> up_to_thousandths;
  Rate rate;
  BoundOf of = BoundOf::kUnits;
  // Where it grows with the customer's quantity or load: what is added, and within what it stays.
  std::int64_t plus_thousandths = 0;
  std::optional<std::int64_t> at_least_thousandths{};
  std::optional<std::int64_t> at_most_thousandths{};

  bool IsBounded() const {
    return plus_thousandths != 0 || at_least_thousandths || at_most_thousandths;
  }
  bool operator==(const Tier&) const = default;
};

struct SizePrice {
  std::string size;  // as the city names it: "5/8"
  Rate rate;
  bool operator==(const SizePrice&) const = default;
};

// Days of the year, both ends included; a season may pass the new year. Month x 100 + day.
struct Season {
  int from = 0;
  int to = 0;
  bool operator==(const Season&) const = default;
  bool Includes(Date day) const;
};

// The load that is billed is at least this part of the highest of some months before.
struct Ratchet {
  Rate fraction;
  int month_count = 0;
  // Those of the months, 1 to 12, whose loads count; empty: all. Whoever collects the loads of
  // earlier bills leaves the others out.
  std::vector<int> months{};

  bool Counts(Date day) const;  // a bill's last day
  bool operator==(const Ratchet&) const = default;
};

// A quantity is billed in whole multiples of a step.
struct Step {
  std::int64_t thousandths = Quantity::kScale;  // > 0
  Rounding rounding = Rounding::kHalfUp;
  bool operator==(const Step&) const = default;
};

// A customer's water budget: people x gallons a day x days, and inches of evapotranspiration x
// square feet x 0.62 gallons x factor.
struct WaterBudget {
  std::int64_t gallons_a_day_thousandths = 0;   // of one person
  Rate landscape_factor;                        // a fraction of one
  std::int64_t gallons_a_unit_thousandths = 0;  // of use: 748,000 for CCF
  bool operator==(const WaterBudget&) const = default;
};

// Where a rate or tiers are from that a rider gave.
struct RiderVersion {
  std::string code;
  std::optional<Date> effective_date;  // none: it has no value for the days
  std::string citation;
  bool operator==(const RiderVersion&) const = default;
};

struct Component {
  ComponentKind kind = ComponentKind::kFixed;
  std::string name;
  Rate rate;  // of kFixed, kPerUnit, kMinimum, kMaximum; of kPercent a fraction of one
  // Of kPerUnit and kWinterAverage what the agreement's quantity counts; of kFixed, kTiers,
  // kDemand, kMinimum and kMaximum, if given, prices, widths and what is billed at least are for
  // each.
  std::optional<Unit> unit;
  std::vector<Tier> tiers;         // of kTiers, kDemand, kWinterAverage; of kPerUnit for no rate
  std::vector<SizePrice> sizes;    // of kMeterSize
  Per per = Per::kBill;            // of all but kTiers, kPercent, kNotLoaded, kRoundOff
  Widths widths = Widths::kBill;   // of kTiers
  std::optional<Season> season;    // none: all year
  std::string period;              // of kTiers and kDemand: the time of use that is priced
  std::optional<Ratchet> ratchet;  // of kDemand
  std::optional<std::int64_t> cap_thousandths;      // of kTiers: use above it is free
  std::optional<std::int64_t> default_thousandths;  // of kWinterAverage: without history
  bool at_most_use = false;                         // of kWinterAverage: metered use, if less
  // Of kPercent, kMinimum, kMaximum, kRoundOff: components above; empty: all.
  std::vector<std::int64_t> of;
  // How a quantity is billed, in this order: multiplied, in whole steps, at least so much. Of what
  // has tiers, and of kPerUnit.
  std::optional<Rate> factor;  // a fraction: sewer is nine tenths of water
  std::optional<Step> step;
  std::optional<std::int64_t> at_least_thousandths;
  Blocks blocks = Blocks::kEach;       // of what has tiers
  Flow flow = Flow::kDelivered;        // of kTiers
  std::optional<WaterBudget> budget;   // of kTiers whose bounds are of it
  std::optional<Rate> power_factor;    // of kDemand: load is multiplied by what it is worse
  std::vector<std::string> for_sizes;  // charged where the last meter has one of them
  std::int64_t round_to_cents = 0;     // of kRoundOff: 1, 5, 10 or 100; 0: as lines
  // The rider whose value is charged, as loaded; where a tariff has put the value in, empty, and
  // `from_rider` says whose it is.
  std::string rider{};
  std::optional<RiderVersion> from_rider{};
  bool operator==(const Component&) const = default;
};

// From which day on a version prices. kRead: periods that end on it or later, as a whole. kUse: the
// days from it on; a period around it is split. kBill: bills of its date or later.
enum class Effect { kRead, kUse, kBill };

// Which days lie between two dates of reads. kAfterFirst: the last, not the first. kBeforeLast: the
// first, not the last. kBoth: both.
enum class DayCount { kAfterFirst, kBeforeLast, kBoth };

// What is compared with a season: each day, use being spread over the days; or the last day alone.
enum class SeasonBy { kDay, kLastDay };

// Periods of this many days are billed as a month. kNever: all are; kAlways: none.
struct Proration {
  enum class When { kNever, kAlways, kOutside };
  When when = When::kNever;
  int days_min = 0;  // of kOutside: from here
  int days_max = 0;  // to here a period counts as a month
  // Days of a month as a fraction, 365/12; 0/0: each calendar month has its own.
  std::int64_t month_days = 30;
  std::int64_t month_divisor = 1;
  bool operator==(const Proration&) const = default;
};

// When a bill under the schedule is held for review; 0 for no such limit.
struct GuardLimits {
  std::int64_t usage_ratio_max_hundredths = 0;  // of the last bill's use a day
  std::int64_t usage_per_day_max_thousandths = 0;
  bool operator==(const GuardLimits&) const = default;
};

// How a version reads its prices.
struct Terms {
  Effect effect = Effect::kRead;
  DayCount day_count = DayCount::kAfterFirst;
  SeasonBy season_by = SeasonBy::kDay;
  Proration proration;
  Rounding rounding = Rounding::kHalfUp;
  std::int64_t round_to_cents = 1;          // 1, 5, 10 or 100
  std::int64_t split_step_thousandths = 1;  // use is split into multiples of it
  bool operator==(const Terms&) const = default;
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
  Terms terms;
  std::optional<DayTimes> use_times{};   // the times of use that kTiers name
  std::optional<DayTimes> load_times{};  // those that kDemand name
  std::optional<Date> last_date{};       // of a rider: the last day that its value is for
  // Where the value of a rider divides a version: the first day of the version as it was loaded.
  std::optional<Date> loaded_date{};
  // The service whose meter at the place measures the use: "water", for sewer; empty: its own.
  std::string metered_by{};
  bool operator==(const Schedule&) const = default;

  Date LoadedDate() const { return loaded_date.value_or(effective_date); }
};

// Refuses what could not be priced: no component, tiers that do not rise or do not end, a unit that
// is missing or too many, a percentage of nothing, two things that one quantity would count, a time
// of use that its table does not have.
void Validate(const Schedule& schedule, Fields& fields);

// The first component that the source names without a value, or whose rider has none; empty if
// there is none.
std::string_view NotLoaded(const Schedule& schedule);

// Whether a component is a sum over lines above it.
bool IsOfLines(ComponentKind kind);

// Whether some price depends on the size of the meter.
bool GoesBySize(const Schedule& schedule);

// What the agreement's own meter counts, by its name; empty if it has none.
std::string_view MeterUnit(const Schedule& schedule);

// What the agreement's quantity counts under the schedule, if anything.
std::optional<Unit> QuantityUnit(const Schedule& schedule);

// The versions of one schedule, oldest first.
class Versions {
 public:
  void Add(Schedule schedule);
  std::span<const Schedule> all() const { return all_; }
  std::span<const Plan> plans() const { return plans_; }  // of the same versions
  // The newest that has begun on `day`; nothing if there is none.
  const Schedule* InForce(Date day) const;
  // The same, or the first version if it begins later. There must be one.
  const Schedule& ForDay(Date day) const;

 private:
  std::vector<Schedule> all_;
  std::vector<Plan> plans_;
};

// The versions to price with: by code and date, each as the values of its riders divide it.
class Tariff {
 public:
  explicit Tariff(std::vector<Schedule> schedules);
  // Nothing if no version has the code.
  const Versions* Find(std::string_view code) const;
  // The newest version that has begun on `day`; nothing if there is none.
  const Schedule* InForce(std::string_view code, Date day) const;
  // Exactly this version; nothing if there is none.
  const Schedule* Version(std::string_view code, Date effective_date) const;

 private:
  struct OfCode {
    std::string code;
    Versions versions;
  };

  // By code. Its first letters as a number order as the code does, and are compared at once.
  std::vector<std::uint64_t> letters_;
  std::vector<OfCode> codes_;
};

}  // namespace reeve::billing::rate
