// winter: averages that sewer is billed by.
#include "reeve/billing/v1/winter_service.pb.h"
#include "services/reevectl/commands/noun.h"

namespace reeve::reevectl {
namespace {

namespace pb = billing::v1;

void ShowRun(Screen& screen, const pb::WinterRun& run) {
  screen.Line("Winter averages of " + run.schedule_code() + ", winter to " +
              std::to_string(run.winter_year()) + ", run " + std::to_string(run.run_id()) + ": " +
              Word(run.state()));
  screen.Pair("billed by from", run.effective_date(), 2);
  screen.Pair("averages", std::to_string(run.average_count()), 2);
  screen.Pair("exceptions", std::to_string(run.exception_count()), 2);
  screen.Pair("of them held", std::to_string(run.held_count()), 2);
  screen.Pair("sum", Decimal(run.total_thousandths()), 2);
}

void ShowAverages(Screen& screen, const pb::ListWinterAveragesResponse& response) {
  for (const pb::WinterAverage& average : response.averages()) {
    std::string line = "  " + std::to_string(average.account_id()) + "  agreement " +
                       std::to_string(average.agreement_id()) + ": " +
                       Decimal(average.computed_thousandths()) + ", before " +
                       Decimal(average.previous_thousandths()) + ", " + Word(average.state());
    if (!average.problem().empty()) line += ", " + average.problem() + ": " + average.evidence();
    screen.Line(line);
  }
}

}  // namespace

Noun Winters() {
  const Option run{"--run", "run_id", "Number of the run", kRequired};
  return {"winter",
          "Winter averages that sewer is billed by.",
          {{"load-rule",
            "Loads how averages of a schedule are made.",
            "reeve.billing.v1.WinterAverageService/LoadWinterRule",
            {{"--schedule", "rule.schedule_code", "The schedule", kRequired},
             {"--from", "rule.effective_date", "First day", kRequired},
             {"--citation", "rule.citation", "Where it is written", kRequired},
             {"--source", "rule.source_service", "Service whose use counts; none: its own meter"},
             {"--first-month", "rule.first_month", "1 to 12", kRequired},
             {"--last-month", "rule.last_month", "1 to 12", kRequired},
             {"--days", "rule.day_count_min", "Days that winter bills must have", kRequired},
             {"--month-days", "rule.month_days_hundredths",
              "Hundredths of days of a month; none: a bill is one"},
             {"--step", "rule.step_thousandths", "Averages are multiples of it", kRequired},
             {"--cap", "rule.cap_thousandths", "No average is above"},
             {"--default", "rule.default_thousandths", "Of new accounts"},
             {"--vacant", "rule.vacant_thousandths", "Held up to this"},
             {"--leak", "rule.leak_hundredths",
              "Held where a bill is so many hundredths of others; none: 200"},
             {"--rise", "rule.rise_hundredths",
              "Held above so many hundredths of the last; none: 175"}},
            {}},
           {"start",
            "Starts the run of a winter.",
            "reeve.billing.v1.WinterAverageService/StartWinterRun",
            {{"--schedule", "schedule_code", "The schedule", kRequired},
             {"--winter", "winter_year", "Year in which it ends", kRequired},
             {"--from", "effective_date", "First day of the averages", kRequired}},
            As(ShowRun)},
           {"advance",
            "Computes the next averages; call it until all are there.",
            "reeve.billing.v1.WinterAverageService/AdvanceWinterRun",
            {run},
            As(ShowRun)},
           {"show",
            "A run with its counts.",
            "reeve.billing.v1.WinterAverageService/GetWinterRun",
            {run},
            As(ShowRun)},
           {"list",
            "Averages of a run.",
            "reeve.billing.v1.WinterAverageService/ListWinterAverages",
            {run, {"--held", "held_only", "true: only what is held"}},
            As(ShowAverages)},
           {"decide",
            "Says what an exception is billed by.",
            "reeve.billing.v1.WinterAverageService/DecideWinterAverage",
            {run,
             {"--account", "account_id", "The account", kRequired},
             {"--agreement", "agreement_id", "The agreement", kRequired},
             {"--by", "decision", "computed, previous, default or other", kRequired},
             {"--quantity", "quantity_thousandths", "Of other"},
             {"--reason", "reason", "Why", kRequired}},
            {}},
           {"sign",
            "Signs a run: bills use its averages from its day on.",
            "reeve.billing.v1.WinterAverageService/SignWinterRun",
            {run, {"--total", "total_thousandths", "Its sum, as it was seen", kRequired}},
            As(ShowRun)}}};
}

}  // namespace reeve::reevectl
