#include "services/billing/winter/winter.h"

#include <algorithm>

#include "shared/core/decimal.h"
#include "shared/core/rounding.h"
#include "shared/core/spelling.h"

namespace reeve::billing::winter {
namespace {

constexpr Spelling<Problem, 8> kProblems{{"SEVERAL_METERS", "NO_BILLS", "INHERITED", "SHORT",
                                          "ESTIMATED", "VACANT", "LEAKING", "RISEN"}};
constexpr Spelling<RunState, 3> kRunStates{{"COMPUTING", "COMPUTED", "SIGNED"}};
constexpr Spelling<AverageState, 3> kAverageStates{{"CLEAN", "HELD", "DECIDED"}};
constexpr Spelling<Decision, 4> kDecisions{{"COMPUTED", "PREVIOUS", "DEFAULT", "OTHER"}};

constexpr std::int64_t kHundred = 100;

std::string Text(std::int64_t thousandths) { return PrintDecimal(thousandths, 3, 0); }

std::int64_t DaysOf(const WinterBill& bill) { return bill.to_date - bill.from_date; }

// To a multiple of the step, a half up.
std::int64_t Rounded(Wide dividend, Wide divisor, std::int64_t step) {
  return static_cast<std::int64_t>(DivideRounded(dividend, divisor * step, Rounding::kHalfUp)) *
         step;
}

// The first problem of an average that was made, with its figures.
class Judgement {
 public:
  Judgement(const Rule& rule, const Case& of, Outcome& outcome)
      : rule_(rule), of_(of), outcome_(outcome) {}

  void Run() {
    if (Overlaps()) return;
    if (of_.bills.empty()) return JudgeNone();
    if (outcome_.day_count < rule_.day_count_min) {
      return Hold(Problem::kShort, std::to_string(outcome_.day_count) + " days of winter bills, " +
                                       std::to_string(rule_.day_count_min) + " are asked for");
    }
    for (const WinterBill& bill : of_.bills) {
      if (!bill.estimated) continue;
      return Hold(Problem::kEstimated, "the bill to " + bill.to_date.ToString() + " is estimated");
    }
    if (outcome_.computed_thousandths <= rule_.vacant_thousandths) {
      return Hold(Problem::kVacant, Text(outcome_.computed_thousandths) + " a month, up to " +
                                        Text(rule_.vacant_thousandths) +
                                        " is as nobody lives there");
    }
    if (Leaks()) return;
    const std::int64_t rise = rule_.rise_hundredths == 0 ? kRiseHundredths : rule_.rise_hundredths;
    const bool risen =
        of_.previous_thousandths > 0 &&
        Wide{outcome_.computed_thousandths} * kHundred > Wide{of_.previous_thousandths} * rise;
    if (risen) {
      Hold(Problem::kRisen, Text(outcome_.computed_thousandths) + ", before it was " +
                                Text(of_.previous_thousandths));
    }
  }

 private:
  void Hold(Problem problem, std::string evidence) {
    outcome_.problem = problem;
    outcome_.evidence = std::move(evidence);
  }
  bool Overlaps() {
    for (std::size_t i = 1; i < of_.bills.size(); ++i) {
      if (of_.bills[i].from_date >= of_.bills[i - 1].to_date) continue;
      Hold(Problem::kSeveralMeters, "bills to " + of_.bills[i - 1].to_date.ToString() + " and to " +
                                        of_.bills[i].to_date.ToString() + " overlap");
      return true;
    }
    return false;
  }
  void JudgeNone() {
    if (of_.previous_thousandths > 0) {
      return Hold(Problem::kInherited, "no winter bill, and " + Text(of_.previous_thousandths) +
                                           " is not from this customer's winter");
    }
    if (rule_.default_thousandths == 0) Hold(Problem::kNoBills, "no winter bill, and no default");
  }
  // A bill whose use a day is more than so many times that of the others.
  bool Leaks() {
    if (of_.bills.size() < 2) return false;
    const std::int64_t leak = rule_.leak_hundredths == 0 ? kLeakHundredths : rule_.leak_hundredths;
    for (const WinterBill& bill : of_.bills) {
      const std::int64_t others = outcome_.usage_thousandths - bill.usage_thousandths;
      const std::int64_t days = outcome_.day_count - DaysOf(bill);
      if (Wide{bill.usage_thousandths} * days * kHundred <= Wide{others} * DaysOf(bill) * leak) {
        continue;
      }
      Hold(Problem::kLeaking, Text(bill.usage_thousandths) + " in " + std::to_string(DaysOf(bill)) +
                                  " days to " + bill.to_date.ToString() + ", the others " +
                                  Text(others) + " in " + std::to_string(days));
      return true;
    }
    return false;
  }

  const Rule& rule_;
  const Case& of_;
  Outcome& outcome_;
};

}  // namespace

std::string_view ProblemName(Problem problem) { return kProblems(problem); }
std::string_view RunStateName(RunState state) { return kRunStates(state); }
RunState ParseRunState(std::string_view name) { return kRunStates.Read(name); }
std::string_view AverageStateName(AverageState state) { return kAverageStates(state); }
AverageState ParseAverageState(std::string_view name) { return kAverageStates.Read(name); }
std::string_view DecisionName(Decision decision) { return kDecisions(decision); }

std::optional<RunState> After(RunState state, RunEvent event) {
  if (state == RunState::kComputing && event == RunEvent::kFinish) return RunState::kComputed;
  if (state == RunState::kComputed && event == RunEvent::kSign) return RunState::kSigned;
  return std::nullopt;
}

bool BillsByAverage(const rate::Schedule& version) {
  return std::any_of(version.components.begin(), version.components.end(),
                     [](const rate::Component& component) {
                       return component.kind == rate::ComponentKind::kWinterAverage;
                     });
}

bool BillsByAverage(const rate::Versions& versions) {
  return std::any_of(versions.all().begin(), versions.all().end(),
                     [](const rate::Schedule& version) { return BillsByAverage(version); });
}

Window WindowOf(const Rule& rule, int winter_year) {
  const bool passes_new_year = rule.last_month < rule.first_month;
  const int first_year = passes_new_year ? winter_year - 1 : winter_year;
  return {Date::FromCivil(first_year, rule.first_month, 1).value(),
          Date::FromCivil(winter_year, rule.last_month, 1).value().PlusMonths(1).PlusDays(-1)};
}

Outcome Average(const Rule& rule, const Case& of) {
  Outcome outcome;
  for (const WinterBill& bill : of.bills) {
    ++outcome.bill_count;
    outcome.day_count += DaysOf(bill);
    outcome.usage_thousandths += bill.usage_thousandths;
  }
  if (of.bills.empty()) {
    outcome.computed_thousandths = rule.default_thousandths;
  } else if (rule.month_days_hundredths == 0) {
    outcome.computed_thousandths =
        Rounded(outcome.usage_thousandths, outcome.bill_count, rule.step_thousandths);
  } else {
    outcome.computed_thousandths =
        Rounded(Wide{outcome.usage_thousandths} * rule.month_days_hundredths,
                Wide{outcome.day_count} * kHundred, rule.step_thousandths);
  }
  if (rule.cap_thousandths > 0) {
    outcome.computed_thousandths = std::min(outcome.computed_thousandths, rule.cap_thousandths);
  }
  Judgement(rule, of, outcome).Run();
  return outcome;
}

}  // namespace reeve::billing::winter
