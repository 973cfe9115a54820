// late-fee: what bills bear that were not paid in time.
#include "reeve/billing/v1/late_fee_service.pb.h"
#include "services/reevectl/commands/noun.h"
#include "services/reevectl/language/language.h"

namespace reeve::reevectl {
namespace {

namespace pb = billing::v1;

void ShowRun(Screen& screen, const pb::LateFeeRun& run) {
  screen.Line("Late fees by " + run.policy_code() + ", run " + std::to_string(run.run_id()) + ": " +
              Word(run.state()));
  screen.Pair("fell late", "after " + run.from_date() + ", up to " + run.run_date(), 2);
  screen.Pair("fees", std::to_string(run.fee_count()), 2);
  screen.Pair("in all", MoneyText(run.total_cents()), 2);
  screen.Pair("held", std::to_string(run.held_count()) + ", " + MoneyText(run.held_cents()), 2);
  screen.Pair("exempt", std::to_string(run.exempt_count()), 2);
  screen.Pair("dropped", std::to_string(run.dropped_count()), 2);
  screen.Pair("lapsed", std::to_string(run.lapsed_count()), 2);
  screen.Pair("charged for the first time", std::to_string(run.first_count()), 2);
  for (const pb::LateFeeFinding& finding : run.findings()) {
    screen.Line("  " + finding.rule() + ": " + finding.evidence() +
                (finding.acknowledgement().empty() ? ", open" : ", " + finding.acknowledgement()));
  }
}

std::string DayOf(Language language, const std::string& date) {
  const Result<Date> day = Date::Parse(date);
  return day.ok() ? DayText(language, *day) : date;
}

// How a fee came about, for whoever answers the phone.
void ShowFee(Screen& screen, const pb::LateFee& fee) {
  const Language language = screen.language();
  const bool spanish = language == Language::kSpanish;
  std::int64_t unpaid = 0;
  for (const pb::LateFeeShare& share : fee.unpaid()) unpaid += share.unpaid_cents();
  const std::string due = DayOf(language, fee.due_date());
  const std::string last = DayOf(language, fee.last_date());
  const std::string percent = NumberText(fee.percent_hundredths(), 100) + " %";
  screen.Line("  " + std::to_string(fee.account_id()) + "  " +
              MoneyText(fee.fee_cents() + fee.tax_cents()) + ", " + Word(fee.state()));
  screen.Line(
      spanish ? "    La factura " + std::to_string(fee.bill_id()) + " vencía el " + due +
                    ". Al final del " + last + " faltaban por pagar " + MoneyText(unpaid) + "."
              : "    Bill " + std::to_string(fee.bill_id()) + " was due on " + due +
                    ". At the end of " + last + ", " + MoneyText(unpaid) + " of it was not paid.");
  std::string rule =
      spanish ? "    El recargo es el " + percent + ", al menos " + MoneyText(fee.minimum_cents())
              : "    The late fee is " + percent + ", at least " + MoneyText(fee.minimum_cents());
  if (fee.maximum_cents() > 0) {
    rule += (spanish ? " y a lo más " : " and at most ") + MoneyText(fee.maximum_cents());
  }
  rule += ": " + MoneyText(fee.fee_cents());
  if (fee.tax_cents() > 0) {
    rule += (spanish ? ", más impuesto: " : ", and tax: ") + MoneyText(fee.tax_cents());
  }
  screen.Line(rule + ". " + fee.citation());
  if (!fee.problem().empty() || !fee.evidence().empty()) {
    screen.Line("    " + fee.problem() + (fee.problem().empty() ? "" : ": ") + fee.evidence());
  }
}

void ShowFees(Screen& screen, const pb::ListLateFeesResponse& response) {
  for (const pb::LateFee& fee : response.fees()) ShowFee(screen, fee);
}

void ShowAccountFees(Screen& screen, const pb::ListAccountLateFeesResponse& response) {
  for (const pb::LateFee& fee : response.fees()) ShowFee(screen, fee);
}

}  // namespace

Noun LateFees() {
  const Option run{"--run", "run_id", "Number of the run", kRequired};
  const Option account{"--account", "account_id", "The account", kRequired};
  const Option bill{"--bill", "bill_id", "The bill", kRequired};
  const Option step{"--step", "step_no", "Months behind the first fee; 0 if not given"};
  return {
      "late-fee",
      "Late fees: policies, runs, exemptions.",
      {{"load-policy",
        "Loads a version of a policy.",
        "reeve.billing.v1.LateFeeService/LoadLateFeePolicy",
        {{"--code", "policy.code", "Its code, LATE-RES", kRequired},
         {"--from", "policy.effective_date", "First day", kRequired},
         {"--citation", "policy.citation", "Ordinance", kRequired},
         {"--class", "policy.customer_class", "RESIDENTIAL or NON_RESIDENTIAL; none: both"},
         {"--service", "policy.service", "none: all that no other policy names"},
         {"--percent-hundredths", "policy.percent_hundredths", "200 is 2 %"},
         {"--minimum", "policy.minimum_cents", "At least, in cents"},
         {"--maximum", "policy.maximum_cents", "At most, in cents"},
         {"--tax-hundredths", "policy.tax_hundredths", "Tax on the fee, 830 is 8.3 %"},
         {"--owed-min", "policy.owed_min_cents", "None below this, in cents", kRequired},
         {"--after-days", "policy.after_day_count", "Free days behind the due date"},
         {"--repeats", "policy.repeats", "once or monthly", kRequired},
         {"--on-fees", "policy.on_fees", "true: on unpaid fees too"},
         {"--days-to-pay", "policy.days_to_pay_min", "From the day it was sent", kRequired},
         {"--due-days", "policy.due_day_count", "The fee is due so many days later"},
         {"--hold-above", "policy.hold_above_cents", "Held above this, in cents"},
         {"--rise", "policy.rise_hundredths", "A finding above so many hundredths of the last run"},
         {"--share", "policy.share_percent", "A finding from so many percent of a due date on"}},
        {}},
       {"policies", "All policies.", "reeve.billing.v1.LateFeeService/ListLateFeePolicies", {}, {}},
       {"start",
        "Starts a run.",
        "reeve.billing.v1.LateFeeService/StartLateFeeRun",
        {{"--policy", "policy_code", "The policy", kRequired}},
        As(ShowRun)},
       {"advance",
        "Calculates the next fees; call it until all are there.",
        "reeve.billing.v1.LateFeeService/AdvanceLateFeeRun",
        {run},
        As(ShowRun)},
       {"show",
        "A run with its totals and findings.",
        "reeve.billing.v1.LateFeeService/GetLateFeeRun",
        {run},
        As(ShowRun)},
       {"list",
        "Fees of a run.",
        "reeve.billing.v1.LateFeeService/ListLateFees",
        {run, {"--held", "held_only", "true: only what is held"}},
        As(ShowFees),
        kSpeaks},
       {"of",
        "Fees of an account, and why.",
        "reeve.billing.v1.LateFeeService/ListAccountLateFees",
        {account},
        As(ShowAccountFees),
        kSpeaks},
       {"assign",
        "Names who decides about a held fee.",
        "reeve.billing.v1.LateFeeService/AssignLateFee",
        {run, account, bill, step, {"--owner", "owner_person_id", "Who decides", kRequired}},
        {}},
       {"decide",
        "Decides about a held fee.",
        "reeve.billing.v1.LateFeeService/DecideLateFee",
        {run,
         account,
         bill,
         step,
         {"--decision", "decision", "charge or drop", kRequired},
         {"--reason", "reason", "Why", kRequired}},
        {}},
       {"acknowledge",
        "Acknowledges what the whole of a run shows.",
        "reeve.billing.v1.LateFeeService/AcknowledgeLateFeeFinding",
        {run,
         {"--rule", "rule", "The finding", kRequired},
         {"--text", "acknowledgement", "What it is", kRequired}},
        As(ShowRun)},
       {"sign",
        "Signs the register of a run.",
        "reeve.billing.v1.LateFeeService/SignLateFeeRun",
        {run,
         {"--fees", "fee_count", "How many, as they were seen", kRequired},
         {"--total", "total_cents", "Their sum in cents, as it was seen", kRequired}},
        As(ShowRun)},
       {"post",
        "Posts the next fees; call it until all are.",
        "reeve.billing.v1.LateFeeService/PostLateFeeRun",
        {run},
        As(ShowRun)},
       {"withdraw",
        "Ends a run of which nothing is posted.",
        "reeve.billing.v1.LateFeeService/WithdrawLateFeeRun",
        {run, {"--reason", "reason", "Why", kRequired}},
        As(ShowRun)},
       {"exempt",
        "Records that an account bears no late fee for a time.",
        "reeve.billing.v1.LateFeeService/RecordLateFeeExemption",
        {account,
         {"--cause", "cause", "assistance, military, hardship or arrangement", kRequired},
         {"--from", "from_date", "First day", kRequired},
         {"--to", "to_date", "Last day", kRequired},
         {"--document", "document", "Where it is kept", kRequired}},
        {}},
       {"decide-exemption",
        "Approves or declines an exemption.",
        "reeve.billing.v1.LateFeeService/DecideLateFeeExemption",
        {account,
         {"--exemption", "exemption_no", "Its number", kRequired},
         {"--approve", "approve", "true: it counts"},
         {"--decision", "decision", "Why", kRequired}},
        {}},
       {"exemptions",
        "Exemptions of an account.",
        "reeve.billing.v1.LateFeeService/ListLateFeeExemptions",
        {account},
        {}}}};
}

}  // namespace reeve::reevectl
