#include "reeve/case311/v1/statistics_service.pb.h"
#include "services/reevectl/commands/noun.h"

namespace reeve::reevectl {
namespace {

namespace pb = case311::v1;

void ShowRatio(Screen& screen, std::string_view label, const pb::Ratio& ratio) {
  screen.Pair(label,
              std::to_string(ratio.numerator()) + " of " + std::to_string(ratio.denominator()) +
                  " = " + ratio.percent() + " %",
              2);
}

void ShowStatistics(Screen& screen, const pb::CaseStatistics& statistics) {
  screen.Line(std::to_string(statistics.case_count()) +
              " cases: " + std::to_string(statistics.closed_count()) + " closed (" +
              std::to_string(statistics.closed_on_time_count()) + " on time, " +
              std::to_string(statistics.closed_overdue_count()) + " overdue), " +
              std::to_string(statistics.open_count()) + " open (" +
              std::to_string(statistics.open_on_time_count()) + " on time, " +
              std::to_string(statistics.open_overdue_count()) + " overdue)");
  ShowRatio(screen, "of the closed", statistics.on_time_of_closed());
  ShowRatio(screen, "of all", statistics.on_time_of_all());
  ShowRatio(screen, "of the promised", statistics.on_time_of_promised());
}

}  // namespace

Noun Cases() {
  const Option the_case{"--case", "case_id", "Number of the case", kRequired};
  return {"case",
          "311 cases.",
          {{"open",
            "Opens a case; it is routed by type and place.",
            "reeve.case311.v1.CaseService/OpenCase",
            {{"--type", "case_type_code", "Code of the case type", kRequired},
             {"--address", "address", "Where", kRequired},
             {"--district", "district", "Number of the district"},
             {"--description", "description", "What", kRequired},
             {"--channel", "channel", "counter, phone, ...", kRequired},
             {"--interaction", "interaction_id", "The contact that it comes from"}},
            {}},
           {"route",
            "Routes it to another department.",
            "reeve.case311.v1.CaseService/RouteCase",
            {the_case,
             {"--department", "department", "Whose it is", kRequired},
             {"--note", "note", "Why", kRequired}},
            {}},
           {"accept", "Takes it on.", "reeve.case311.v1.CaseService/AcceptCase", {the_case}, {}},
           {"resolve",
            "Says what was done.",
            "reeve.case311.v1.CaseService/ResolveCase",
            {the_case, {"--status-note", "status_note", "What the caller reads", kRequired}},
            {}},
           {"reopen",
            "Opens it again.",
            "reeve.case311.v1.CaseService/ReopenCase",
            {the_case, {"--note", "note", "Why", kRequired}},
            {}},
           {"close",
            "Closes it.",
            "reeve.case311.v1.CaseService/CloseCase",
            {the_case,
             {"--outcome", "outcome", "fixed, no-action, duplicate, ...", kRequired},
             {"--status-note", "status_note", "What the caller reads"}},
            {}},
           {"note",
            "Adds a note.",
            "reeve.case311.v1.CaseService/AddCaseNote",
            {the_case,
             {"--note", "note", "The note", kRequired},
             {"--public", "note_is_public", "true if the caller may read it"}},
            {}},
           {"show",
            "The case as staff see it.",
            "reeve.case311.v1.CaseService/GetCase",
            {the_case},
            {}},
           {"public",
            "The case as the caller sees it.",
            "reeve.case311.v1.CaseService/GetPublicCase",
            {the_case},
            {}},
           {"list",
            "The open cases of a department.",
            "reeve.case311.v1.CaseService/ListCases",
            {{"--department", "department", "Whose"}},
            {}},
           {"history",
            "Everything that happened to it.",
            "reeve.case311.v1.CaseService/ListCaseHistory",
            {the_case},
            {}},
           {"statistics",
            "On-time figures of the cases of a source.",
            "reeve.case311.v1.StatisticsService/GetCaseStatistics",
            {{"--source", "source", "e.g. boston; all if not given"},
             {"--as-of", "as_of_time_micros", "When, e.g. 2022-01-31T00:00:00-05:00"}},
            As(ShowStatistics)}}};
}

}  // namespace reeve::reevectl
