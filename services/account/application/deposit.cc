#include "services/account/application/deposit.h"

#include "shared/core/canonical.h"

namespace reeve::account {
namespace {

bool CoversMonths(const TimelySpan& span, int months) {
  return span.from.PlusMonths(months) <= span.to;
}

std::string Months(int months) {
  return std::to_string(months) + (months == 1 ? " month" : " months");
}

DecisionLine LineOf(const AppliedPoint& point, const ChargeLine& charge) {
  return {.point_no = point.no, .service = point.service, .kind = charge.kind, .code = charge.code};
}

DecisionLine Waived(DecisionLine line, const std::string& why, const Rule& rule) {
  line.outcome = Outcome::kWaived;
  line.reason = "Waived: " + why + ". " + rule.Quoted();
  return line;
}

DecisionLine NotDue(DecisionLine line) {
  line.outcome = Outcome::kNotDue;
  line.reason = "Not due: service is on, nothing has to be connected.";
  return line;
}

DecisionLine Charged(DecisionLine line, Money amount, const std::string& why, const Rule& rule) {
  line.outcome = amount.is_zero() ? Outcome::kNotDue : Outcome::kCharged;
  line.amount = amount;
  line.reason = why + ". " + rule.Quoted();
  return line;
}

// The deposit for one service point; each rule one line, in order of precedence.
Result<DecisionLine> DecideDeposit(const DepositCase& deposit_case, const AppliedPoint& point,
                                   const ChargeLine& charge) {
  const DecisionLine line = LineOf(point, charge);
  if (charge.only_when_off && !point.off) return NotDue(line);
  if (charge.waiver_months > 0 && deposit_case.timely &&
      CoversMonths(*deposit_case.timely, charge.waiver_months)) {
    return Waived(line,
                  "timely and complete payment since " + deposit_case.timely->from.ToString() +
                      " (" + deposit_case.timely->source + "), " + Months(charge.waiver_months) +
                      " are needed",
                  charge.rule);
  }
  if (charge.waived_by_credit && deposit_case.credit_verified)
    return Waived(line, "acceptable credit was verified", charge.rule);
  if (charge.basis == DepositBasis::kAnticipated) {
    if (point.monthly.is_zero()) {
      return FailedPrecondition(reason::kMonthlyBillingMissing,
                                "The anticipated monthly billing of a meter is not known.")
          .With("service", point.service)
          .With("service_point_no", static_cast<std::int64_t>(point.no));
    }
    REEVE_ASSIGN_OR_RETURN(const Money amount, point.monthly.Times(charge.months));
    return Charged(line, std::max(amount, charge.amount),
                   "Anticipated billing of " + Months(charge.months) + " at " +
                       point.monthly.ToString() + " a month",
                   charge.rule);
  }
  const bool poor_payer = deposit_case.existing_customer && charge.late_payments_min > 0 &&
                          deposit_case.late_payments >= charge.late_payments_min;
  if (poor_payer) {
    REEVE_ASSIGN_OR_RETURN(const Money raised, point.monthly.Times(charge.months));
    if (raised > charge.amount) {
      return Charged(line, raised,
                     "Raised to the average billing of " + Months(charge.months) + " at " +
                         point.monthly.ToString() +
                         " a month: " + std::to_string(deposit_case.late_payments) +
                         " late payments in twelve months",
                     charge.rule);
    }
  }
  return Charged(line, charge.amount,
                 charge.waiver_months > 0
                     ? "The least deposit of the fee schedule: " + Months(charge.waiver_months) +
                           " of timely and complete payment were not shown"
                     : "The deposit of the fee schedule",
                 charge.rule);
}

Result<DecisionLine> DecideCharge(const DepositCase& deposit_case, const AppliedPoint& point,
                                  const ChargeLine& charge) {
  if (charge.kind == ChargeKind::kDeposit) return DecideDeposit(deposit_case, point, charge);
  if (charge.only_when_off && !point.off) return NotDue(LineOf(point, charge));
  return Charged(LineOf(point, charge), charge.amount, "The fee of the fee schedule", charge.rule);
}

}  // namespace

Result<Decision> Decide(const DepositCase& deposit_case, const Policy& policy) {
  Decision decision{.policy = policy.id};
  for (const AppliedPoint& point : deposit_case.points) {
    for (const ChargeLine& charge : policy.charges) {
      if (charge.service != point.service || charge.customer_class != deposit_case.customer_class)
        continue;
      REEVE_ASSIGN_OR_RETURN(DecisionLine line, DecideCharge(deposit_case, point, charge));
      REEVE_ASSIGN_OR_RETURN(decision.total, decision.total.Plus(line.amount));
      decision.lines.push_back(std::move(line));
    }
  }
  decision.digest = Digest(deposit_case.application, decision);
  return decision;
}

std::string Digest(ApplicationId application, const Decision& decision) {
  Canonical canonical("deposit-decision", 1);
  canonical.Add("application", application.value())
      .Add("policy", decision.policy.value())
      .Add("total", decision.total.cents())
      .List("lines", decision.lines.size());
  for (const DecisionLine& line : decision.lines) {
    canonical.Add("point", line.point_no)
        .Add("service", line.service)
        .Add("kind", kChargeKindName(line.kind))
        .Add("code", line.code)
        .Add("outcome", kOutcomeName(line.outcome))
        .Add("cents", line.amount.cents())
        .Add("reason", line.reason);
  }
  return HexEncode(Sha256(canonical.bytes()));
}

}  // namespace reeve::account
