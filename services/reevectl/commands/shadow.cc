// shadow: the old system's bills beside Reeve's, before a cycle goes live.
#include "reeve/billing/v1/shadow_service.pb.h"
#include "services/reevectl/commands/line_parts.h"
#include "services/reevectl/commands/noun.h"

namespace reeve::reevectl {
namespace {

namespace pb = billing::v1;

constexpr std::int64_t kLinesMax = 2'000;  // of one part, as LoadOldBills says

std::string CauseWord(pb::ShadowDifferenceCause cause) {
  const std::string name = pb::ShadowDifferenceCause_Name(cause);
  return name.substr(std::string("SHADOW_DIFFERENCE_CAUSE_").size());
}

std::string StateWord(pb::ShadowState state) {
  return pb::ShadowState_Name(state).substr(std::string("SHADOW_STATE_").size());
}

void ShowDifference(Screen& screen, const pb::ShadowDifference& difference) {
  const std::string line = difference.line().empty() ? "" : " \"" + difference.line() + "\"";
  screen.Amount(
      "account " + std::to_string(difference.account_id()) + " " + difference.service() + line,
      difference.effect_cents(), 6);
  screen.Line("        " + difference.evidence());
}

void ShowTotal(Screen& screen, const pb::ShadowTotal& total) {
  const auto side = [&](const std::string& name, std::int64_t count, std::int64_t usage,
                        const std::string& unit, std::int64_t cents) {
    const std::string used = unit.empty() ? "" : ", " + Decimal(usage) + " " + unit;
    screen.Pair(name, std::to_string(count) + " accounts" + used + ", " + Dollars(cents), 4);
  };
  screen.Line("  " + total.service() + (total.agrees() ? "" : "   COUNTS OR UNITS DIFFER"));
  side("old", total.old_account_count(), total.old_usage_thousandths(), total.unit(),
       total.old_amount_cents());
  side("Reeve", total.reeve_account_count(), total.reeve_usage_thousandths(), total.reeve_unit(),
       total.reeve_amount_cents());
}

void ShowCause(Screen& screen, const pb::ShadowCause& cause) {
  screen.Amount(CauseWord(cause.cause()) + " " + cause.service() + ", " +
                    std::to_string(cause.difference_count()) + " differences",
                cause.effect_cents(), 2);
  for (int i = 0; i < cause.acknowledged_by_person_ids_size(); ++i) {
    screen.Pair("acknowledged",
                "by " + screen.Person(cause.acknowledged_by_person_ids(i)) + ": " +
                    cause.acknowledgements(i),
                4);
  }
  for (const pb::ShadowDifference& example : cause.examples()) ShowDifference(screen, example);
}

void ShowShadow(Screen& screen, const pb::Shadow& shadow) {
  screen.Line("Shadow " + std::to_string(shadow.shadow_id()) + " of cycle " +
              std::to_string(shadow.cycle()) + ", reads to " + shadow.period_end_date() + ": " +
              StateWord(shadow.state()) + "   file " + shadow.file_name());
  if (shadow.comparison_no() > 0) {
    screen.Pair(
        "comparison " + std::to_string(shadow.comparison_no()) + " of " + shadow.compared_date(),
        std::to_string(shadow.account_count()) + " accounts, " +
            std::to_string(shadow.same_account_count()) + " without a difference",
        2);
  }
  for (const pb::ShadowTotal& total : shadow.totals()) ShowTotal(screen, total);
  for (const pb::ShadowCause& cause : shadow.causes()) ShowCause(screen, cause);
  if (shadow.live_by_person_id() != 0) {
    screen.Pair("live", "by " + screen.Person(shadow.live_by_person_id()), 2);
  }
}

void ShowDifferences(Screen& screen, const pb::ListShadowDifferencesResponse& response) {
  for (const pb::ShadowDifference& difference : response.differences()) {
    screen.Line("  " + CauseWord(difference.cause()));
    ShowDifference(screen, difference);
  }
}

struct Arguments {
  std::string file;
  int cycle = 0;
  std::string period_end;
  std::string bill_date;
};

Result<pb::Shadow> Load(Desk& desk, const Arguments& arguments) {
  pb::LoadOldBillsRequest request;
  request.set_cycle(arguments.cycle);
  request.set_period_end_date(arguments.period_end);
  request.set_bill_date(arguments.bill_date);
  return LoadChecked<pb::CheckOldBillsRequest, pb::CheckOldBillsResponse, pb::Shadow>(
      desk, arguments.file, kLinesMax, "reeve.billing.v1.ShadowService/CheckOldBills",
      "reeve.billing.v1.ShadowService/LoadOldBills", std::move(request));
}

// All accounts, then the report.
Result<pb::Shadow> Compare(Desk& desk, std::int64_t shadow_id, bool again) {
  pb::AdvanceShadowRequest request;
  request.set_shadow_id(shadow_id);
  request.set_again(again);
  for (;;) {
    request.set_request_id(desk.NewRequestId());
    REEVE_ASSIGN_OR_RETURN(
        const auto shadow,
        desk.Send<pb::Shadow>("reeve.billing.v1.ShadowService/AdvanceShadow", request));
    if (shadow.state() == pb::SHADOW_STATE_COMPARED) break;
    request.set_again(false);
  }
  pb::GetShadowRequest get;
  get.set_shadow_id(shadow_id);
  return desk.Send<pb::Shadow>("reeve.billing.v1.ShadowService/GetShadow", get);
}

}  // namespace

Noun Shadows() {
  const Option shadow{"--shadow", "shadow_id", "Number of the shadow", kRequired};
  return {"shadow",
          "Old bills beside Reeve's, before a cycle goes live.",
          {{"report",
            "Control totals, and the causes of differences with examples.",
            "reeve.billing.v1.ShadowService/GetShadow",
            {shadow},
            As(ShowShadow)},
           {"differences",
            "Every difference, by account.",
            "reeve.billing.v1.ShadowService/ListShadowDifferences",
            {shadow, {"--page-token", "page_token", "Token of the next page"}},
            As(ShowDifferences)},
           {"acknowledge",
            "Answers for a cause of differences; each takes two people.",
            "reeve.billing.v1.ShadowService/AcknowledgeCause",
            {shadow,
             {"--cause", "cause", "The cause, e.g. rounding", kRequired},
             {"--service", "service", "Name of the service", kRequired},
             {"--count", "difference_count", "Differences that were read", kRequired},
             {"--effect", "effect_cents", "Dollars that were read", kRequired},
             {"--reason", "reason", "Why the city may change over with them", kRequired}},
            As(ShowCause)},
           {"go-live",
            "Lets the cycle be billed by Reeve.",
            "reeve.billing.v1.ShadowService/GoLive",
            {shadow},
            As(ShowShadow)}}};
}

void AddShadowRuns(CLI::App& shadows, Session& session) {
  auto arguments = std::make_shared<Arguments>();
  auto* load = shadows.add_subcommand(
      "load", "Loads a file of old bills, once nothing is wrong with any of its lines.");
  load->add_option("file", arguments->file, "CSV")->required()->check(CLI::ExistingFile);
  load->add_option("--cycle", arguments->cycle, "Number of the cycle")->required();
  load->add_option("--period-end", arguments->period_end, "Last day of the reads")->required();
  load->add_option("--bill-date", arguments->bill_date, "Date of the bills")->required();
  load->callback(
      [&session, arguments] { Finish(session, Load(session.desk(), *arguments), As(ShowShadow)); });
  auto shadow_id = std::make_shared<std::int64_t>();
  auto again = std::make_shared<bool>();
  auto* compare = shadows.add_subcommand("compare", "Compares all accounts with Reeve's bills.");
  compare->add_option("--shadow", *shadow_id, "Number of the shadow")->required();
  compare->add_flag("--again", *again, "Compares once more what was compared");
  compare->callback([&session, shadow_id, again] {
    Finish(session, Compare(session.desk(), *shadow_id, *again), As(ShowShadow));
  });
}

}  // namespace reeve::reevectl
