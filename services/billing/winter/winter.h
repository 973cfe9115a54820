// Winter averages: what an agreement's winter bills come to, and which of them somebody must look
// at before sewer is billed by them for a year. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "services/billing/rate/rate.h"
#include "shared/core/date.h"
#include "shared/core/id.h"

namespace reeve::billing::winter {

// How averages of a schedule are made; zeros as WinterRule of the API says.
struct Rule {
  std::string schedule_code;
  Date effective_date;
  std::string citation;
  std::string source_service;  // empty: the agreement's own meter
  int first_month = 12;
  int last_month = 2;
  int day_count_min = 1;
  std::int64_t month_days_hundredths = 0;
  std::int64_t step_thousandths = 1;
  std::int64_t cap_thousandths = 0;
  std::int64_t default_thousandths = 0;
  std::int64_t vacant_thousandths = -1;
  std::int64_t leak_hundredths = 0;  // 0: kLeakHundredths
  std::int64_t rise_hundredths = 0;  // 0: kRiseHundredths
};
// Where a rule does not say otherwise: a leak in the winter is billed as sewer for a year. No rule
// switches them off.
inline constexpr std::int64_t kLeakHundredths = 200;
inline constexpr std::int64_t kRiseHundredths = 175;
inline constexpr std::int64_t kWinterRatioMin = 110;
inline constexpr std::int64_t kWinterRatioMax = 1'000;

// The days of a winter, both included.
struct Window {
  Date first_day;
  Date last_day;
};
Window WindowOf(const Rule& rule, int winter_year);

// Why an average is held, in order of precedence.
enum class Problem {
  kSeveralMeters,  // bills of the place overlap
  kNoBills,        // none in the winter, no average before, and the rule has no default
  kInherited,      // none in the winter, and what is billed by before is not from this customer
  kShort,          // too few days
  kEstimated,      // a bill ends with an estimate
  kVacant,         // nearly nothing
  kLeaking,        // a bill of far more a day than the others
  kRisen,          // far more than before
};
std::string_view ProblemName(Problem problem);  // "SEVERAL_METERS"

struct WinterBill {
  Date from_date;
  Date to_date;
  std::int64_t usage_thousandths = 0;
  bool estimated = false;
};

// By date; what is billed by before, 0 for nothing.
struct Case {
  std::span<const WinterBill> bills;
  std::int64_t previous_thousandths = 0;
};

struct Outcome {
  std::int64_t bill_count = 0;
  std::int64_t day_count = 0;
  std::int64_t usage_thousandths = 0;
  std::int64_t computed_thousandths = 0;
  std::optional<Problem> problem;
  std::string evidence;
};
// The average: use over bills, or use over days times the days of a month, rounded to the rule's
// step (a half is one more), capped. Without bills it is the rule's default.
Outcome Average(const Rule& rule, const Case& of);

// Whether a version, or some version, bills by an average.
bool BillsByAverage(const rate::Schedule& version);
bool BillsByAverage(const rate::Versions& versions);

enum class RunState { kComputing, kComputed, kSigned };
enum class RunEvent { kFinish, kSign };
std::string_view RunStateName(RunState state);
RunState ParseRunState(std::string_view name);
// Where an event leads; nothing if it is refused in that state.
std::optional<RunState> After(RunState state, RunEvent event);

enum class AverageState { kClean, kHeld, kDecided };
std::string_view AverageStateName(AverageState state);
AverageState ParseAverageState(std::string_view name);

enum class Decision { kComputed, kPrevious, kDefault, kOther };
std::string_view DecisionName(Decision decision);

}  // namespace reeve::billing::winter
