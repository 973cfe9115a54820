#include "services/billing/late_fee/late_fee.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "services/billing/derived_id.h"
#include "services/billing/receivable/allocation.h"
#include "shared/core/decimal.h"

namespace reeve::billing::late_fee {
namespace {

using receivable::EntryKind;

constexpr std::int64_t kWhole = 10'000;   // hundredths of percents
constexpr std::int64_t kDueDateMin = 10;  // bills, for a share of them to mean anything
constexpr int kStepsMax = 1'200;

struct Transition {
  State from;
  Event event;
  State to;
};
constexpr Transition kTransitions[] = {
    {State::kHeld, Event::kCharge, State::kCharge},
    {State::kHeld, Event::kDrop, State::kDropped},
    {State::kClean, Event::kPost, State::kPosted},
    {State::kClean, Event::kLapse, State::kLapsed},
    {State::kCharge, Event::kPost, State::kPosted},
    {State::kCharge, Event::kLapse, State::kLapsed},
    {State::kPosted, Event::kReverse, State::kReversed},
};

struct RunTransition {
  RunState from;
  RunEvent event;
  RunState to;
};
constexpr RunTransition kRunTransitions[] = {
    {RunState::kCalculating, RunEvent::kFinish, RunState::kCalculated},
    {RunState::kCalculating, RunEvent::kWithdraw, RunState::kWithdrawn},
    {RunState::kCalculated, RunEvent::kSign, RunState::kSigned},
    {RunState::kCalculated, RunEvent::kWithdraw, RunState::kWithdrawn},
    {RunState::kSigned, RunEvent::kPost, RunState::kPosting},
    {RunState::kSigned, RunEvent::kWithdraw, RunState::kWithdrawn},
    {RunState::kPosting, RunEvent::kPost, RunState::kPosting},
    {RunState::kPosting, RunEvent::kFinishPosting, RunState::kPosted},
};

bool IsCode(const std::string& code) {
  return !code.empty() && code.size() <= 40 && std::all_of(code.begin(), code.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool IsIn(const Policy& policy, const std::set<std::string>& others, const Item& item) {
  return policy.service.empty() ? !others.contains(item.service) : item.service == policy.service;
}

// Whether the exemption is of what fell late then. That of a servicemember is of what was owed from
// before their service: their later bills are as anybody's.
bool IsFor(const Exemption& one, const Facts& facts, const Fee& fee) {
  const Date late = fee.last_date.PlusDays(1);
  if (late < one.from_date || late > one.to_date) return false;
  if (one.cause != ExemptionCause::kServicemember) return true;
  return std::any_of(facts.bills.begin(), facts.bills.end(), [&](const BillOf& bill) {
    return bill.bill_id == fee.bill_id && bill.begun && bill.begun->PlusDays(1) < one.from_date;
  });
}

// Exempt before held, and held for the first that is so.
void Judge(const Policy& policy, const Facts& facts, Fee& fee) {
  for (const Exemption& one : facts.exemptions) {
    if (one.state != ExemptionState::kApproved || !IsFor(one, facts, fee)) continue;
    fee.state = State::kExempt;
    fee.evidence = std::string(kExemptionCauseName(one.cause)) + " " + one.from_date.ToString() +
                   ".." + one.to_date.ToString() + ", " + one.document;
    return;
  }
  if (facts.dispute_open) Hold(fee, Problem::kDisputed, "a dispute is open");
  for (const Exemption& one : facts.exemptions) {
    if (one.state == ExemptionState::kProposed && IsFor(one, facts, fee)) {
      Hold(fee, Problem::kExemptionWaits,
           "exemption " + std::to_string(one.exemption_no) + " is not decided");
    }
  }
  if (facts.payment_unapplied) {
    Hold(fee, Problem::kUnappliedPayment, "a payment waits as unapplied cash");
  }
  if (facts.credit > Money()) {
    Hold(fee, Problem::kUnappliedPayment, facts.credit.ToString() + " of credit are not used");
  }
  if (facts.corrected_bills.contains(fee.bill_id)) {
    Hold(fee, Problem::kCorrectionWaits, "a correction of the bill is proposed");
  }
  if (policy.hold_above > Money() && fee.amount > policy.hold_above) {
    Hold(fee, Problem::kLarge, fee.amount.ToString() + " is above " + policy.hold_above.ToString());
  }
}

// What was paid until the day for the bills in whose place this one stands, as far as it was not
// moved to it by then.
Money PaidBefore(const Facts& facts, std::int64_t bill_id, Date day) {
  std::set<std::int64_t> chain;
  for (auto at = facts.rebilled.find(bill_id); at != facts.rebilled.end();
       at = facts.rebilled.find(at->second)) {
    if (!chain.insert(at->second).second) break;
  }
  std::int64_t cents = 0;
  for (Item item : facts.cancelled) {
    if (!chain.contains(item.bill_id)) continue;
    // What was open fell away: that paid nothing. Credit of one that took another's place had paid
    // that one, and counts there.
    const bool is_rebill = facts.rebilled.contains(item.bill_id);
    std::erase_if(item.paid, [&](const Paid& one) {
      return one.kind == EntryKind::kBillReversal || (is_rebill && one.kind == EntryKind::kCredit);
    });
    cents += item.amount.cents() - UnpaidOn(item, day).cents();
  }
  for (const Item& item : facts.items) {
    if (item.bill_id != bill_id) continue;
    for (const Paid& one : item.paid) {
      if (one.kind == EntryKind::kCredit && one.day <= day) cents -= one.amount.cents();
    }
  }
  return Money::Cents(std::max<std::int64_t>(0, cents));
}

// Takes so much away from what is unpaid, by largest remainder.
void Reduce(Basis& basis, Money paid) {
  const std::int64_t unpaid = SumOf(basis).cents();
  if (paid.cents() >= unpaid) return basis.clear();
  std::vector<Money> weights;
  for (const auto& [service, share] : basis) weights.push_back(share);
  const std::vector<Money> left =
      receivable::SplitByWeight(Money::Cents(unpaid - paid.cents()), weights);
  std::size_t next = 0;
  for (auto& [service, share] : basis) share = left[next++];
  std::erase_if(basis, [](const auto& one) { return one.second.is_zero(); });
}

// Services that the policy leaves to others.
std::set<std::string> OthersOf(const Rules& rules, const Facts& facts, Date due_date,
                               const Fee* kept) {
  if (kept == nullptr) return rules.others.ServicesOn(facts.customer_class, due_date);
  std::set<std::string> others =
      rules.first_runs.contains(kept->run_id)
          ? rules.others.ServicesOfAll(*kept->posted_date)
          : rules.others.ServicesOn(facts.customer_class, due_date, kept->posted_date);
  for (const auto& [service, unpaid] : kept->basis) others.erase(service);
  return others;
}

const Policy* PolicyFor(const Rules& rules, const Facts& facts, Date due_date, const Fee* kept) {
  if (kept == nullptr) return PolicyOf(rules.versions, facts, due_date);
  const auto version = rules.versions.find(kept->policy_date);
  return version == rules.versions.end() ? nullptr : &version->second;
}

bool Rises(std::int64_t now, std::int64_t before, std::int64_t rise_hundredths) {
  return now * 100 > before * rise_hundredths;
}

}  // namespace

void Validate(const Policy& policy, const std::string& field, Fields& fields) {
  if (!IsCode(policy.code)) fields.Refuse(field + "code", "is no code like LATE-RES");
  if (!policy.customer_class.empty() && policy.customer_class != "RESIDENTIAL" &&
      policy.customer_class != "NON_RESIDENTIAL") {
    fields.Refuse(field + "customer_class", "is no class");
  }
  if (!policy.service.empty() && !std::all_of(policy.service.begin(), policy.service.end(),
                                              [](char c) { return c >= 'a' && c <= 'z'; })) {
    fields.Refuse(field + "service", "is no name of a service");
  }
  if (policy.percent_hundredths == 0 && policy.minimum.is_zero()) {
    fields.Refuse(field + "percent_hundredths", "or the minimum is above zero");
  }
  if (policy.maximum > Money() && policy.maximum < policy.minimum) {
    fields.Refuse(field + "maximum_cents", "is below the minimum");
  }
}

Money UnpaidOn(const Item& item, Date day) {
  std::int64_t unpaid = item.amount.cents();
  std::int64_t credit = 0;
  for (const Paid& one : item.paid) {
    switch (one.kind) {
      case EntryKind::kPayment:
        if (!one.returned && one.day <= day) unpaid -= one.amount.cents();
        break;
      case EntryKind::kReversal:
        break;  // its payment never was
      case EntryKind::kCredit:
        if (one.amount.is_negative() || one.day <= day) credit += one.amount.cents();
        break;
      default:
        unpaid -= one.amount.cents();
    }
  }
  return Money::Cents(std::max<std::int64_t>(0, unpaid - std::max<std::int64_t>(0, credit)));
}

std::optional<State> After(State state, Event event) {
  for (const Transition& one : kTransitions) {
    if (one.from == state && one.event == event) return one.to;
  }
  return std::nullopt;
}

std::optional<RunState> After(RunState state, RunEvent event) {
  for (const RunTransition& one : kRunTransitions) {
    if (one.from == state && one.event == event) return one.to;
  }
  return std::nullopt;
}

bool IsToBePosted(State state) { return state == State::kClean || state == State::kCharge; }

std::string BasisText(const Basis& basis) {
  std::string text;
  for (const auto& [service, unpaid] : basis) {
    if (!text.empty()) text += ',';
    text += service + "=" + std::to_string(unpaid.cents());
  }
  return text;
}

Basis ParseBasis(const std::string& text) {
  Basis basis;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::size_t equals = text.find('=', at);
    if (equals >= end) return {};
    const Result<std::int64_t> cents =
        ParseDecimal(text.substr(equals + 1, end - equals - 1), 0, Money::kMaxCents);
    if (!cents.ok()) return {};
    basis[text.substr(at, equals - at)] = Money::Cents(*cents);
    at = end + 1;
  }
  return basis;
}

Money SumOf(const Basis& basis) {
  std::int64_t cents = 0;
  for (const auto& [service, unpaid] : basis) cents += unpaid.cents();
  return Money::Cents(cents);
}

Amounts AmountsOf(const Policy& policy, Money unpaid) {
  const auto share = [](Money of, std::int64_t hundredths) {
    return of.TimesRatio(hundredths, kWhole, Rounding::kHalfUp).value();
  };
  Money fee = std::max(share(unpaid, policy.percent_hundredths), policy.minimum);
  if (policy.maximum > Money()) fee = std::min(fee, policy.maximum);
  return {fee, share(fee, policy.tax_hundredths)};
}

const Policy* VersionOn(const Versions& versions, Date day) {
  const auto behind = versions.upper_bound(day);
  return behind == versions.begin() ? nullptr : &std::prev(behind)->second;
}

std::set<std::string> OtherPolicies::ServicesOn(const std::string& customer_class, Date day,
                                                const std::optional<Date>& known_on) const {
  std::set<std::string> services;
  for (const auto& [code, all] : by_code_) {
    Versions versions = all;
    std::erase_if(versions, [&](const auto& one) {
      return known_on && one.second.loaded_date && *known_on < *one.second.loaded_date;
    });
    const Policy* policy = VersionOn(versions, day);
    if (policy == nullptr || policy->service.empty()) continue;
    if (policy->customer_class.empty() || policy->customer_class == customer_class) {
      services.insert(policy->service);
    }
  }
  return services;
}

std::set<std::string> OtherPolicies::ServicesOfAll(Date day) const {
  std::set<std::string> services;
  for (const auto& [code, versions] : by_code_) {
    for (const auto& [date, policy] : versions) {
      if (date <= day && !policy.service.empty()) services.insert(policy.service);
    }
  }
  return services;
}

void Hold(Fee& fee, Problem problem, std::string evidence) {
  if (fee.state != State::kClean) return;
  fee.state = State::kHeld;
  fee.problem = kProblemName(problem);
  fee.evidence = std::move(evidence);
}

const Policy* PolicyOf(const Versions& versions, const Facts& facts, Date due_date) {
  const Policy* policy = VersionOn(versions, due_date);
  const bool is_for = policy != nullptr && (policy->customer_class.empty() ||
                                            policy->customer_class == facts.customer_class);
  return is_for ? policy : nullptr;
}

Date LastDay(const Policy& policy, const Claim& claim, int step) {
  const Date first = std::max(claim.due_date, claim.sent_date.PlusDays(policy.days_to_pay_min))
                         .PlusDays(policy.after_days);
  return step == 0 ? first : first.PlusMonths(step);
}

std::optional<int> StepIn(const Policy& policy, const Claim& claim, const Window& window) {
  std::optional<int> found;
  for (int step = 0; step < kStepsMax; ++step) {
    const Date late = LastDay(policy, claim, step).PlusDays(1);
    if (late > window.run_date) break;
    if (late > window.from_date) found = step;
    if (policy.repeats == Repeats::kOnce) break;
  }
  return found;
}

std::optional<Fee> FeeFor(const Rules& rules, const Facts& facts, const Claim& claim, int step,
                          const Fee* kept) {
  const Policy* policy = PolicyFor(rules, facts, claim.due_date, kept);
  if (policy == nullptr) return std::nullopt;
  const std::set<std::string> others = OthersOf(rules, facts, claim.due_date, kept);
  Fee fee;
  fee.account = facts.account;
  fee.bill_id = claim.bill_id;
  fee.step_no = step;
  fee.policy_code = policy->code;
  fee.policy_date = policy->effective_date;
  fee.due_date = claim.due_date;
  fee.sent_date = claim.sent_date;
  fee.last_date = LastDay(*policy, claim, step);
  fee.is_first = !facts.charged_before;
  std::int64_t owed = 0;
  std::map<std::int64_t, std::int64_t> of_rebills;  // other bills that took another's place
  for (const Item& item : facts.items) {
    if (!IsIn(*policy, others, item) || item.due_date > fee.last_date) continue;
    const Money unpaid = UnpaidOn(item, fee.last_date);
    if (unpaid <= Money() || (item.is_fee && !policy->on_fees)) continue;
    owed += unpaid.cents();
    if (item.bill_id != claim.bill_id) {
      const bool is_rebill = !item.is_fee && facts.rebilled.contains(item.bill_id);
      if (is_rebill) of_rebills[item.bill_id] += unpaid.cents();
      continue;
    }
    Money& share = fee.basis[item.service];
    share = Money::Cents(share.cents() + unpaid.cents());
  }
  if (claim.as_rebilled) {
    const std::int64_t before = SumOf(fee.basis).cents();
    Reduce(fee.basis, PaidBefore(facts, claim.bill_id, fee.last_date));
    owed -= before - SumOf(fee.basis).cents();
  }
  for (const auto& [bill_id, unpaid] : of_rebills) {
    owed -= std::min(unpaid, PaidBefore(facts, bill_id, fee.last_date).cents());
  }
  fee.owed = Money::Cents(owed);
  if (fee.basis.empty() || fee.owed < policy->owed_min) return std::nullopt;
  const Amounts amounts = AmountsOf(*policy, SumOf(fee.basis));
  if (amounts.fee <= Money()) return std::nullopt;
  fee.amount = amounts.fee;
  fee.tax = amounts.tax;
  Judge(*policy, facts, fee);
  return fee;
}

std::int64_t EntryIdOf(const Fee& fee) {
  return DerivedId("late-fee",
                   fee.account.ToString() + "/" + std::to_string(fee.run_id) + "/" + SourceOf(fee));
}

std::int64_t ReversalEntryIdOf(const Fee& fee) {
  return DerivedId("late-fee-reversal", EntryIdOf(fee));
}

std::string SourceOf(const Fee& fee) {
  return std::to_string(fee.bill_id) + "/" + std::to_string(fee.step_no) + "/" + fee.policy_code;
}

std::string ForfeitedOf(std::string_view service) {
  return std::string("forfeited-discounts-").append(service);
}
std::string TaxOf(std::string_view service) { return std::string("tax-payable-").append(service); }

Charged ChargesOf(const Fee& fee, Date due_date) {
  Charged charged;
  const std::int64_t entry_id = EntryIdOf(fee);
  std::vector<Money> weights;
  for (const auto& [service, unpaid] : fee.basis) weights.push_back(unpaid);
  const auto add = [&](Money whole, const std::string& words, auto earned_on) {
    if (whole.is_zero()) return;
    std::size_t next = 0;
    const std::vector<Money> parts = receivable::SplitByWeight(whole, weights);
    for (const auto& [service, unpaid] : fee.basis) {
      const Money part = parts[next++];
      if (part.is_zero()) continue;
      receivable::Charge charge;
      charge.charge_id =
          DerivedId("late-fee-charge", entry_id, static_cast<std::int64_t>(charged.charges.size()));
      charge.service = service;
      charge.kind = receivable::ChargeKind::kFee;
      charge.description = words + ", bill due " + fee.due_date.ToString();
      charge.due_date = due_date;
      charge.amount = part;
      charged.charges.push_back(std::move(charge));
      charged.earned.push_back(earned_on(service));
    }
  };
  add(fee.amount, "Late fee", [](const std::string& service) { return ForfeitedOf(service); });
  add(fee.tax, "Tax on late fee", [](const std::string& service) { return TaxOf(service); });
  return charged;
}

std::vector<Finding> FindingsOf(const Policy& policy, const Totals& run,
                                const std::optional<Totals>& before,
                                std::span<const DueDate> due_dates) {
  std::vector<Finding> findings;
  const auto add = [&](std::string_view rule, std::string evidence) {
    findings.push_back({std::string(rule), std::move(evidence), "", {}});
  };
  const auto dollars = [](std::int64_t cents) { return Money::Cents(cents).ToString(); };
  const std::int64_t count = run.count + run.held;
  const std::int64_t cents = run.cents + run.held_cents;
  if (!before) {
    if (count > 0) {
      add(kNoRunBefore, std::to_string(count) + " fees of " + dollars(cents) +
                            ", and no posted run to compare them with");
    }
  } else if (policy.rise_hundredths > 0) {
    if (Rises(count, before->count, policy.rise_hundredths)) {
      add(kFeeCount,
          std::to_string(count) + " fees, " + std::to_string(before->count) + " in the run before");
    }
    if (Rises(cents, before->cents, policy.rise_hundredths)) {
      add(kFeeDollars, dollars(cents) + ", " + dollars(before->cents) + " in the run before");
    }
    if (Rises(run.first, before->first, policy.rise_hundredths)) {
      add(kFirstFees, std::to_string(run.first) + " accounts that never bore one, " +
                          std::to_string(before->first) + " in the run before");
    }
  }
  std::string most;
  for (const DueDate& one : due_dates) {
    if (policy.share_percent == 0 || one.bills < kDueDateMin ||
        one.fees * 100 < one.bills * policy.share_percent) {
      continue;
    }
    if (!most.empty()) most += "; ";
    most += "due " + one.due_date.ToString() + ": " + std::to_string(one.fees) + " of " +
            std::to_string(one.bills) + " bills";
  }
  if (!most.empty()) add(kMostOfADueDate, std::move(most));
  if (run.again + run.reversed > 0) {
    add(kEarlierDays, std::to_string(run.again) + " fees of days of earlier runs are charged, " +
                          std::to_string(run.reversed) + " of " + dollars(run.reversed_cents) +
                          " are taken back");
  }
  return findings;
}

}  // namespace reeve::billing::late_fee
