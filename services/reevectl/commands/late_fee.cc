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
  screen.Pair("of days of earlier runs", std::to_string(run.again_count()), 2);
  screen.Pair("taken back",
              std::to_string(run.reversed_count()) + ", " + MoneyText(run.reversed_cents()), 2);
  for (const pb::LateFeeFinding& finding : run.findings()) {
    screen.Line("  " + finding.rule() + ": " + finding.evidence() +
                (finding.acknowledgement().empty() ? ", open" : ", " + finding.acknowledgement()));
  }
}

std::string DayOf(Language language, const std::string& date) {
  const Result<Date> day = Date::Parse(date);
  return day.ok() ? DayText(language, *day) : date;
}

std::string Percent(std::int64_t hundredths) {
  std::string cents = std::to_string(hundredths % 100);
  if (cents.size() < 2) cents.insert(0, "0");
  return std::to_string(hundredths / 100) + "." + cents + " %";
}

std::string Days(std::int64_t count) {
  return std::to_string(count) + (count == 1 ? " day" : " days");
}

void ShowPolicy(Screen& screen, const pb::LateFeePolicy& policy) {
  screen.Line(
      policy.code() + ", from " + policy.effective_date() + ": " +
      (policy.customer_class().empty() ? "every class" : policy.customer_class()) + ", " +
      (policy.service().empty() ? "all services that no other policy names" : policy.service()));
  std::string fee = "  " + (policy.percent_hundredths() > 0
                                ? Percent(policy.percent_hundredths()) + " of what is unpaid"
                                : std::string("no percentage"));
  fee += policy.minimum_cents() > 0 ? ", " + MoneyText(policy.minimum_cents()) + " minimum"
                                    : ", no minimum";
  fee += policy.maximum_cents() > 0 ? ", " + MoneyText(policy.maximum_cents()) + " maximum"
                                    : ", no maximum";
  if (policy.tax_hundredths() > 0) fee += ", " + Percent(policy.tax_hundredths()) + " tax on it";
  screen.Line(fee + ".");
  screen.Line("  None where less than " + MoneyText(policy.owed_min_cents()) +
              " is past due in all. " + Days(policy.after_day_count()) +
              " free behind the due date, " + Days(policy.days_to_pay_min()) +
              " to pay from when the bill was sent.");
  screen.Line(std::string("  ") +
              (policy.repeats() == pb::LATE_FEE_REPEATS_MONTHLY ? "Again each month" : "Once") +
              (policy.on_fees() ? ", on unpaid fees too" : ", not on fees") + "; due " +
              Days(policy.due_day_count()) + " after it is posted.");
  std::string looked = policy.hold_above_cents() > 0
                           ? "  Held above " + MoneyText(policy.hold_above_cents())
                           : "  Held at no amount";
  if (policy.rise_hundredths() > 0) {
    looked += "; a run above " + Percent(policy.rise_hundredths() * 100LL) +
              " of the last one is a finding";
  }
  if (policy.share_percent() > 0) {
    looked += "; so are fees for " + Percent(policy.share_percent() * 100LL) +
              " of the bills of a due date";
  }
  screen.Line(looked + ".");
  screen.Line("  " + policy.citation());
  if (!policy.backdating().empty()) {
    screen.Line("  Charges for due dates before it was loaded: " + policy.backdating());
  }
}

void ShowPolicies(Screen& screen, const pb::ListLateFeePoliciesResponse& response) {
  if (response.policies().empty()) screen.Line("No policy of late fees is loaded.");
  for (const pb::LateFeePolicy& policy : response.policies()) ShowPolicy(screen, policy);
}

void ShowExemptions(Screen& screen, const pb::ListLateFeeExemptionsResponse& response) {
  if (response.exemptions().empty()) screen.Line("The account is exempt from no late fee.");
  for (const pb::LateFeeExemption& one : response.exemptions()) {
    screen.Line("  " + std::to_string(one.exemption_no()) + "  " + Word(one.cause()) + ", from " +
                one.from_date() + " to " + one.to_date() + ", " + Word(one.state()) + "; " +
                one.document());
  }
}

// How a fee came about, for whoever answers the phone.
void ShowFee(Screen& screen, const pb::LateFee& fee) {
  const Language language = screen.language();
  const bool spanish = language == Language::kSpanish;
  std::int64_t unpaid = 0;
  for (const pb::LateFeeShare& share : fee.unpaid()) unpaid += share.unpaid_cents();
  const std::string due = DayOf(language, fee.due_date());
  const std::string last = DayOf(language, fee.last_date());
  const std::string percent = Percent(fee.percent_hundredths());
  screen.Line("  " + std::to_string(fee.account_id()) + "  " +
              MoneyText(fee.fee_cents() + fee.tax_cents()) + ", " + Word(fee.state()));
  if (!fee.reversed_date().empty()) {
    const std::string day = DayOf(language, fee.reversed_date());
    screen.Line((spanish ? "    Se anuló el " + day + ": " : "    Taken back on " + day + ": ") +
                fee.reversal());
  }
  if (!fee.again().empty()) {
    screen.Line((spanish ? "    Se examinó de nuevo: " : "    Looked at again: ") + fee.again());
  }
  if (fee.fee_cents() == 0) {
    return screen.Line(spanish ? "    La factura " + std::to_string(fee.bill_id()) +
                                     ", que vencía el " + due + ", no lleva recargo."
                               : "    Bill " + std::to_string(fee.bill_id()) +
                                     ", which was due on " + due + ", bears no late fee.");
  }
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
  if (response.fees().empty()) {
    screen.Line(screen.language() == Language::kSpanish ? "No hay recargos."
                                                        : "There are no fees.");
  }
  for (const pb::LateFee& fee : response.fees()) ShowFee(screen, fee);
}

void ShowAccountFees(Screen& screen, const pb::ListAccountLateFeesResponse& response) {
  if (response.fees().empty()) {
    screen.Line(screen.language() == Language::kSpanish ? "La cuenta no tiene recargos."
                                                        : "The account has no late fees.");
  }
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
         {"--share", "policy.share_percent", "A finding from so many percent of a due date on"},
         {"--backdating", "policy.backdating",
          "Who allowed a first version to charge for due dates before today"}},
        {}},
       {"policies",
        "All policies.",
        "reeve.billing.v1.LateFeeService/ListLateFeePolicies",
        {},
        As(ShowPolicies)},
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
         {"--total", "total_cents", "Their sum in cents, as it was seen", kRequired},
         {"--taken-back", "reversed_cents", "What it takes back, in cents; none if not given"}},
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
         {"--cause", "cause", "assistance, military, hardship, arrangement or servicemember",
          kRequired},
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
        As(ShowExemptions)}}};
}

}  // namespace reeve::reevectl
