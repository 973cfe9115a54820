// interval: interval files, the days of an agreement, gaps, policies.
#include "reeve/billing/v1/interval_service.pb.h"
#include "services/reevectl/commands/file_parts.h"

namespace reeve::reevectl {
namespace {

namespace pb = billing::v1;

constexpr PartLimits kLimits{1'500, 500'000};  // as ImportIntervals says

void ShowImport(Screen& screen, const pb::IntervalImport& import) {
  screen.Line("Interval file " + import.file_name() + ", import " +
              std::to_string(import.import_id()) + ": " + Word(import.state()));
  screen.Pair("rows", std::to_string(import.row_count()), 2);
  screen.Pair("good", std::to_string(import.accepted_count()), 2);
  screen.Pair("there already", std::to_string(import.repeated_count()), 2);
  screen.Pair("refused", std::to_string(import.refused_count()), 2);
}

void ShowExceptions(Screen& screen, const pb::ListIntervalExceptionsResponse& response) {
  for (const pb::IntervalException& exception : response.exceptions()) {
    screen.Pair("line " + std::to_string(exception.line()) + ", " + exception.field(),
                exception.reason() + "   " + exception.row(), 2);
  }
}

void ShowDays(Screen& screen, const pb::ListIntervalDaysResponse& response) {
  constexpr std::int64_t kMillionthsOfThousandth = 1'000;
  for (const pb::IntervalDay& day : response.days()) {
    std::string line = "  " + day.day() + "  ";
    if (day.minutes() == 0) {
      screen.Line(line + "nothing is known");
      continue;
    }
    line += std::to_string(day.interval_count()) + " of " + std::to_string(day.minutes()) +
            " minutes, sum " + Decimal(day.usage_millionths() / kMillionthsOfThousandth);
    if (day.missing_count() > 0) line += ", " + std::to_string(day.missing_count()) + " missing";
    if (day.estimated_count() > 0) {
      line += ", " + std::to_string(day.estimated_count()) + " estimated";
    }
    screen.Line(line);
  }
}

}  // namespace

Noun Intervals() {
  const Option import{"--import", "import_id", "Number of the import", kRequired};
  const Option account{"--account", "account_id", "The account", kRequired};
  const Option agreement{"--agreement", "agreement_id", "The agreement", kRequired};
  const Option from{"--from", "from_date", "First day", kRequired};
  const Option to{"--to", "to_date", "Last day", kRequired};
  return {
      "interval",
      "What meters measured hour by hour.",
      {{"import-status",
        "What became of a file.",
        "reeve.billing.v1.IntervalService/GetIntervalImport",
        {import},
        As(ShowImport)},
       {"exceptions",
        "The rows of a file that were not taken.",
        "reeve.billing.v1.IntervalService/ListIntervalExceptions",
        {import},
        As(ShowExceptions)},
       {"days",
        "What is known of an agreement's days.",
        "reeve.billing.v1.IntervalService/ListIntervalDays",
        {account, agreement, from, to},
        As(ShowDays)},
       {"estimate",
        "Estimates what is missing on an agreement's days.",
        "reeve.billing.v1.IntervalService/EstimateIntervals",
        {account, agreement, from, to, {"--reason", "reason", "Why it is missing", kRequired}},
        As(ShowDays)},
       {"load-policy",
        "Loads how intervals are judged, gaps filled and loads measured.",
        "reeve.billing.v1.IntervalService/LoadIntervalPolicy",
        {{"--schedule", "policy.schedule_code", "Under one schedule; none: under any"},
         {"--from", "policy.effective_date", "First day", kRequired},
         {"--citation", "policy.citation", "Where it is written", kRequired},
         {"--tolerance", "policy.tolerance_thousandths", "Use by which a register may differ"},
         {"--tolerance-points", "policy.tolerance_basis_points", "or ten-thousandths of its use"},
         {"--load-minutes", "policy.load_minutes", "15, 30 or 60", kRequired},
         {"--bridge-minutes", "policy.bridge_minutes_max", "Gaps that are a straight line"},
         {"--like-days", "policy.like_day_count", "Days that make a longer gap", kRequired}},
        {}}}};
}

void AddIntervalImport(CLI::App& intervals, Session& session) {
  auto path = std::make_shared<std::string>();
  auto attempt = std::make_shared<int>(0);
  auto* command = intervals.add_subcommand(
      "import", "Loads an interval file, in parts; the same file again has no second effect.");
  command->add_option("file", *path, "CSV")->required()->check(CLI::ExistingFile);
  command->add_option("--attempt", *attempt, "1, 2, ...: judge all of its rows again");
  command->callback([&session, path, attempt] {
    pb::ImportIntervalsRequest request;
    request.set_attempt(*attempt);
    Finish(session,
           SendParts<pb::IntervalImport>(session.desk(),
                                         "reeve.billing.v1.IntervalService/ImportIntervals",
                                         ReadLines(*path), kLimits, request),
           As(ShowImport));
  });
}

}  // namespace reeve::reevectl
