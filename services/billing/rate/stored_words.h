// How the columns of rate schedules spell their closed lists.
#pragma once

#include "services/billing/rate/standing.h"
#include "shared/core/spelling.h"

namespace reeve::billing::rate {

inline constexpr Spelling<ComponentKind, 11> kKinds{
    {"FIXED", "TIERS", "PER_UNIT", "PERCENT", "NOT_LOADED", "METER_SIZE", "DEMAND",
     "WINTER_AVERAGE", "MINIMUM", "MAXIMUM", "ROUND_OFF"}};
inline constexpr Spelling<Per, 3> kPers{{"BILL", "DAY", "MONTH"}};
inline constexpr Spelling<Widths, 4> kWidths{{"BILL", "DAY", "THIRTY_DAYS", "MONTH"}};
inline constexpr Spelling<Effect, 3> kEffects{{"READ", "USE", "BILL"}};
inline constexpr Spelling<DayCount, 3> kDayCounts{{"AFTER_FIRST", "BEFORE_LAST", "BOTH"}};
inline constexpr Spelling<SeasonBy, 2> kSeasonBys{{"DAY", "LAST_DAY"}};
inline constexpr Spelling<Proration::When, 3> kProrated{{"NEVER", "ALWAYS", "OUTSIDE"}};
inline constexpr Spelling<Rounding, 4> kRoundings{{"HALF_UP", "HALF_EVEN", "DOWN", "UP"}};
inline constexpr Spelling<VersionState, 2> kStates{{"DRAFT", "ACTIVE"}};
inline constexpr Spelling<Blocks, 3> kBlocks{{"EACH", "WHOLE", "PRICE"}};
inline constexpr Spelling<Flow, 4> kFlows{{"DELIVERED", "RECEIVED", "NET", "EXCESS"}};
inline constexpr Spelling<Observed, 3> kObserved{
    {"NONE", "MONDAY_AFTER_SUNDAY", "NEAREST_WEEKDAY"}};
inline constexpr Spelling<BoundOf, 4> kBoundOfs{{"UNITS", "LOAD", "INDOOR", "BUDGET"}};

}  // namespace reeve::billing::rate
