// Shadow: an old bill beside the one that Reeve calculates, and when a city may change over. Pure.
//
// The difference of a service is Reeve's amount less the old one. It is walked from Reeve's bill to
// the old one, so that its parts add up to it to the cent:
//
//   one side only   MISSING_BILL, EXTRA_BILL: the whole difference
//   other unit      UNIT: the whole difference, for use in other units does not compare
//   period          Reeve's amount less that of the old days with Reeve's use
//   usage           that less the amount of the old days and the old use; by the ratio of the two
//                   FACTOR_TEN, FACTOR_HUNDRED, UNIT (CCF for kgal, gallons for kgal) or USAGE
//   each charge     that amount's charge, by its name, less the old one: LINE_MISSING, LINE_EXTRA,
//                   TAX_FOLLOWS, QUANTITY, TIER_SPLIT, ROUNDING or PRICE
//
// Every amount between the two comes from the cycle's own pricing. If a step cannot be priced, the
// rest of the difference is UNEXPLAINED. Days or use that differ without a cent are differences
// too. A service of several meters is not walked: its period or use takes the whole difference.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/billing/cycle/cycle.h"
#include "services/billing/shadow/old_bill.h"
#include "shared/core/spelling.h"

namespace reeve::billing::shadow {

enum class State { kLoading, kLoaded, kComparing, kCompared, kLive };
enum class Event { kFinishLoading, kCompare, kFinishComparing, kCompareAgain, kGoLive };
inline constexpr Spelling<State, 5> kStateName{
    {"LOADING", "LOADED", "COMPARING", "COMPARED", "LIVE"}};
// Where an event leads; nothing if it is refused in that state.
std::optional<State> After(State state, Event event);

enum class Cause {
  kMissingBill,
  kExtraBill,
  kUnit,
  kPeriod,
  kFactorTen,
  kFactorHundred,
  kUsage,
  kQuantity,
  kTierSplit,
  kPrice,
  kLineMissing,
  kLineExtra,
  kTaxFollows,
  kRounding,
  kUnexplained,
};
inline constexpr Spelling<Cause, 15> kCauseName{
    {"MISSING_BILL", "EXTRA_BILL", "UNIT", "PERIOD", "FACTOR_TEN", "FACTOR_HUNDRED", "USAGE",
     "QUANTITY", "TIER_SPLIT", "PRICE", "LINE_MISSING", "LINE_EXTRA", "TAX_FOLLOWS", "ROUNDING",
     "UNEXPLAINED"}};

struct Difference {
  std::string service;
  std::string name;  // of the charge; empty: of the service as a whole
  Cause cause = Cause::kUnexplained;
  std::int64_t effect_cents = 0;  // what Reeve bills more
  std::string evidence;
  bool operator==(const Difference&) const = default;
};

// One account. `bill` is nothing if Reeve makes none; its segments have their lines.
std::vector<Difference> CompareBills(const rate::Tariff& tariff,
                                     const std::vector<OldService>& old_bill,
                                     const std::optional<cycle::Bill>& bill);

// Adds a bill to the totals by service: an account once, metered use.
void AddBill(const rate::Tariff& tariff, const cycle::Bill& bill, Totals& totals);

// The differences of one service that have one cause.
struct CauseGroup {
  Cause cause = Cause::kUnexplained;
  std::string service;
  std::int64_t difference_count = 0;
  std::int64_t effect_cents = 0;
  std::array<PersonId, 2> persons{};  // who acknowledged it, unset until they do
  std::array<std::string, 2> reasons;

  bool IsAcknowledged() const { return persons[1] != PersonId(); }
};

// True if count, unit and use of a service are the same on both sides.
bool Agree(const Total& old_total, const Total& total);

// Why a city may not change over, if it may not, in order of precedence.
enum class Obstacle { kTotalsDiffer, kUnexplained, kNotAcknowledged };
struct Refusal {
  Obstacle obstacle;
  std::string service;
  std::string what;
};
std::optional<Refusal> JudgeGoLive(const Totals& old_totals, const Totals& totals,
                                   std::span<const CauseGroup> causes);

}  // namespace reeve::billing::shadow
