// Fees whose ground has changed since their days were looked at: what is derived again, and why.
#include <algorithm>
#include <utility>

#include "services/billing/late_fee/late_fee.h"

namespace reeve::billing::late_fee {
namespace {

using receivable::EntryKind;

using Key = std::pair<std::int64_t, int>;  // bill and step

// What the posted runs have made of each bill and step.
struct Told {
  std::map<Key, const Fee*> latest;
  std::map<Key, const Fee*> standing;  // that are posted
};
Told ToldOf(const Facts& facts) {
  Told told;
  for (const Fee& fee : facts.fees) {
    const Key key(fee.bill_id, fee.step_no);
    told.latest[key] = &fee;
    if (fee.state == State::kPosted) told.standing[key] = &fee;
  }
  return told;
}

// The fees of the bill in whose place this one stands, of the nearest that bore one: they went with
// it, or stand still.
std::vector<const Fee*> FeesBefore(const Facts& facts, std::int64_t bill_id) {
  std::vector<const Fee*> fees;
  std::set<std::int64_t> seen;
  for (auto at = facts.rebilled.find(bill_id); at != facts.rebilled.end() && fees.empty();
       at = facts.rebilled.find(at->second)) {
    if (!seen.insert(at->second).second) break;
    for (const Fee& fee : facts.fees) {
      const bool bore = fee.state == State::kPosted || fee.state == State::kReversed;
      if (fee.bill_id == at->second && fee.amount > Money() && bore) fees.push_back(&fee);
    }
  }
  return fees;
}

Claim OwnClaim(const BillOf& bill) { return {bill.bill_id, bill.due_date, *bill.sent_date, false}; }

Claim ClaimOf(const BillOf& bill, const Fee& before) {
  return {bill.bill_id, before.due_date, before.sent_date, true};
}

// By which days a fee of the bill was derived; nothing if the bill counts no more.
std::optional<Claim> ClaimOf(const Facts& facts, const Fee& fee) {
  for (const BillOf& bill : facts.bills) {
    if (bill.bill_id != fee.bill_id || !bill.sent_date) continue;
    for (const Fee* before : FeesBefore(facts, bill.bill_id)) {
      if (before->due_date == fee.due_date) return ClaimOf(bill, *before);
    }
    if (bill.due_date == fee.due_date) return OwnClaim(bill);
  }
  return std::nullopt;
}

// A payment that counted on the day came back: it had paid the bill, or was the credit that had.
struct Returned {
  bool payment = false;
  bool credit = false;
};
Returned ReturnedOf(const Facts& facts, std::int64_t bill_id, Date day) {
  Returned returned;
  for (const Item& item : facts.items) {
    if (item.bill_id != bill_id || item.is_fee) continue;
    for (const Paid& one : item.paid) {
      if (one.returned && one.day <= day) returned.payment = true;
      if (one.kind == EntryKind::kCredit && one.amount.is_negative()) {
        returned.credit = facts.payment_returned;
      }
    }
  }
  return returned;
}

Amounts Due(const std::optional<Fee>& fee) {
  if (!fee || fee->state == State::kExempt) return {};
  return {fee->amount, fee->tax};
}

// A fee of nothing, by the days of another.
Fee Nothing(const Fee& of) {
  Fee fee;
  fee.account = of.account;
  fee.bill_id = of.bill_id;
  fee.step_no = of.step_no;
  fee.policy_code = of.policy_code;
  fee.policy_date = of.policy_date;
  fee.due_date = of.due_date;
  fee.sent_date = of.sent_date;
  fee.last_date = of.last_date;
  return fee;
}

Again WhyChanged(const Facts& facts, const Fee& posted, const std::optional<Fee>& now) {
  if (now && now->state == State::kExempt) return Again::kExempted;
  if (!ClaimOf(facts, posted)) return Again::kBillCancelled;
  return Due(now).fee < posted.amount ? Again::kLessWasUnpaid : Again::kMoreWasUnpaid;
}

// What staff have credited, of the fee or, where that was paid or gone, of others of its services:
// taken back it would be given twice. Empty if nothing.
std::string StaffEvidence(const Facts& facts, const Fee& posted) {
  const Money own = StaffCredited(facts, posted);
  if (!own.is_zero()) return "staff have credited " + own.ToString() + " of it";
  const Money since = WaivedSince(facts.waived, posted);
  return since.is_zero() ? "" : "staff have credited " + since.ToString() + " of fees since";
}

// What takes the place of a posted fee; nothing while it stands.
std::optional<Fee> ChangeOf(const Rules& rules, const Facts& facts, const Fee& posted,
                            const Fee& latest) {
  const std::optional<Fee> now = FeeAgain(rules, posted, facts);
  const Amounts due = Due(now);
  // All of it was waived: there is nothing to take back.
  if (StaffCredited(facts, posted).cents() >= posted.amount.cents() + posted.tax.cents() &&
      posted.amount > Money()) {
    return std::nullopt;
  }
  if (due == Amounts{posted.amount, posted.tax}) return std::nullopt;
  const bool refused = latest.state == State::kDropped && latest.replaced_run_id == posted.run_id &&
                       due == Amounts{latest.amount, latest.tax};
  if (refused) return std::nullopt;
  Fee change = due.fee.is_zero() ? Nothing(posted) : *now;
  change.replaced_run_id = posted.run_id;
  change.again = kAgainName(WhyChanged(facts, posted, now));
  if (now && now->state == State::kExempt) change.evidence = now->evidence;
  if (std::string evidence = StaffEvidence(facts, posted); !evidence.empty()) {
    if (!change.problem.empty()) evidence += "; " + change.problem + ": " + change.evidence;
    change.state = State::kClean;  // it goes before what else holds it
    Hold(change, Problem::kStaffCredited, std::move(evidence));
  }
  return change;
}

// Why a step of an earlier window is looked at, although no fee of it stands.
std::optional<Again> WhyAgain(const Facts& facts, const Claim& claim, const Fee* latest,
                              Date last_date) {
  if (latest != nullptr) {
    if (latest->state == State::kLapsed) return Again::kLapsed;
    return std::nullopt;  // somebody has decided, or the account was exempt
  }
  if (claim.as_rebilled) return Again::kRebilled;
  const Returned returned = ReturnedOf(facts, claim.bill_id, last_date);
  if (returned.payment || returned.credit) return Again::kPaymentReturned;
  return std::nullopt;
}

class Derivation {
 public:
  Derivation(const Rules& rules, const Window& window, const Facts& facts)
      : rules_(rules), window_(window), facts_(facts), told_(ToldOf(facts)) {
    for (const Window& one : rules.earlier) {
      if (one.run_date >= facts.since) earlier_.push_back(one);
    }
  }

  std::vector<Fee> Run() {
    for (const auto& [key, fee] : told_.standing) {
      if (fee->due_date < facts_.since) continue;
      if (auto change = ChangeOf(rules_, facts_, *fee, *told_.latest.at(key))) {
        fees_.emplace(key, *std::move(change));
      }
    }
    for (const BillOf& bill : facts_.bills) {
      if (bill.sent_date) Examine(bill);
    }
    std::vector<Fee> fees;
    for (auto& [key, fee] : fees_) fees.push_back(std::move(fee));
    std::stable_sort(fees.begin(), fees.end(), [](const Fee& one, const Fee& other) {
      return one.due_date < other.due_date;
    });
    return fees;
  }

 private:
  // One that took the place of a bill which bore a fee is late as that one was. Once a fee was
  // derived so, its own days bring no other.
  void Examine(const BillOf& bill) {
    const std::vector<const Fee*> before = FeesBefore(facts_, bill.bill_id);
    if (before.empty()) return ExamineDays(OwnClaim(bill), {}, {});
    std::set<int> steps;
    std::set<int> standing;
    for (const Fee* fee : before) {
      steps.insert(fee->step_no);
      if (fee->state == State::kPosted) standing.insert(fee->step_no);
    }
    const Claim claim = ClaimOf(bill, *before.front());
    ExamineDays(claim, steps, standing);
    const auto is_its = [&](const Fee& fee) {
      return fee.bill_id == bill.bill_id && fee.due_date == claim.due_date &&
             fee.state != State::kLapsed && fee.state != State::kReversed;
    };
    const bool bears = !standing.empty() ||
                       std::any_of(facts_.fees.begin(), facts_.fees.end(), is_its) ||
                       std::any_of(fees_.begin(), fees_.end(),
                                   [&](const auto& one) { return is_its(one.second); });
    const Policy* policy = PolicyOf(rules_.versions, facts_, claim.due_date);
    if (bears || (policy != nullptr && policy->repeats == Repeats::kMonthly)) return;
    ExamineDays(OwnClaim(bill), {}, {});
  }

  // `steps`: of a bill that took another's place, those for which that one bore a fee; `standing`
  // those for which it bears it still, and the debt has its fee.
  void ExamineDays(const Claim& claim, const std::set<int>& steps, const std::set<int>& standing) {
    const Policy* policy = PolicyOf(rules_.versions, facts_, claim.due_date);
    if (policy == nullptr) return;
    for (const Window& window : earlier_) {
      const std::optional<int> step = StepIn(*policy, claim, window);
      if (!step || standing.contains(*step)) continue;
      const bool is_told = told_.latest.contains({claim.bill_id, *step});
      if (claim.as_rebilled && !steps.contains(*step) && !is_told) continue;
      Look(*policy, claim, *step, /*earlier=*/true);
    }
    const std::optional<int> step = StepIn(*policy, claim, window_);
    if (step && !standing.contains(*step)) Look(*policy, claim, *step, /*earlier=*/false);
  }

  void Look(const Policy& policy, const Claim& claim, int step, bool earlier) {
    const Key key(claim.bill_id, step);
    if (told_.standing.contains(key) || fees_.contains(key)) return;
    std::optional<Again> why;
    if (earlier) {
      const auto latest = told_.latest.find(key);
      why = WhyAgain(facts_, claim, latest == told_.latest.end() ? nullptr : latest->second,
                     LastDay(policy, claim, step));
      if (!why) return;
    }
    std::optional<Fee> fee = FeeFor(rules_, facts_, claim, step);
    if (!fee) return;
    if (why) {
      fee->again = kAgainName(*why);
      if (why == Again::kPaymentReturned &&
          !ReturnedOf(facts_, claim.bill_id, fee->last_date).payment) {
        Hold(*fee, Problem::kCreditMoved, "credit that had paid the bill was taken back");
      }
    }
    fees_.emplace(key, *std::move(fee));
  }

  const Rules& rules_;
  const Window& window_;
  const Facts& facts_;
  const Told told_;
  std::vector<Window> earlier_;  // of days that are looked at
  std::map<Key, Fee> fees_;
};

// The first posted fee of those that took each other's place; null if none was posted.
const Fee* FirstOf(const Facts& facts, const Fee& fee) {
  const Fee* first = fee.posted_date ? &fee : nullptr;
  std::int64_t run_id = fee.replaced_run_id;
  for (auto one = facts.fees.rbegin(); one != facts.fees.rend() && run_id != 0; ++one) {
    if (one->bill_id != fee.bill_id || one->step_no != fee.step_no || one->run_id != run_id ||
        !one->posted_date) {
      continue;
    }
    first = &*one;
    run_id = one->replaced_run_id;
  }
  return first;
}

}  // namespace

std::vector<Fee> FeesOf(const Rules& rules, const Window& window, const Facts& facts) {
  return Derivation(rules, window, facts).Run();
}

std::optional<Fee> FeeAgain(const Rules& rules, const Fee& fee, const Facts& facts) {
  const std::optional<Claim> claim = ClaimOf(facts, fee);
  return claim ? FeeFor(rules, facts, *claim, fee.step_no, FirstOf(facts, fee)) : std::nullopt;
}

const Fee* ReplacedBy(const Facts& facts, const Fee& fee) {
  for (const Fee& one : facts.fees) {
    if (one.bill_id == fee.bill_id && one.step_no == fee.step_no &&
        one.run_id == fee.replaced_run_id && one.state == State::kPosted) {
      return &one;
    }
  }
  return nullptr;
}

Money StaffCredited(const Facts& facts, const Fee& fee) {
  const std::int64_t entry_id = EntryIdOf(fee);
  std::int64_t cents = 0;
  for (const Item& item : facts.items) {
    if (item.entry_id != entry_id) continue;
    for (const Paid& one : item.paid) {
      if (one.kind == EntryKind::kAdjustment || one.kind == EntryKind::kAdjustmentReversal) {
        cents += one.amount.cents();
      }
    }
  }
  return Money::Cents(cents);
}

Money WaivedSince(std::span<const Waived> waived, const Fee& fee) {
  std::int64_t cents = 0;
  for (const Waived& one : waived) {
    const bool may_be = fee.posted_date && *fee.posted_date <= one.day;
    if (may_be && fee.basis.contains(one.service)) cents += one.amount.cents();
  }
  return Money::Cents(cents);
}

std::string WhyLapsed(const Rules& rules, const Fee& fee, const Facts& facts) {
  const std::optional<Fee> now = FeeAgain(rules, fee, facts);
  std::string seen;  // by whoever decided: what staff have credited
  if (fee.replaced_run_id != 0) {
    const Fee* replaced = ReplacedBy(facts, fee);
    if (replaced == nullptr) return "the fee whose place it was to take is none any more";
    seen = StaffEvidence(facts, *replaced);
    const bool knew = fee.problem == kProblemName(Problem::kStaffCredited);
    if (knew && seen.empty()) return "staff have taken back what they had credited";
    if (!seen.empty() && (!knew || fee.evidence.substr(0, fee.evidence.find(';')) != seen)) {
      return seen;
    }
    if (fee.amount.is_zero()) {
      return Due(now).fee.is_zero() ? "" : "it would be " + now->amount.ToString() + " again";
    }
  }
  if (!now) return "nothing was unpaid on the last day, as it is known now";
  if (now->basis != fee.basis || now->amount != fee.amount || now->tax != fee.tax) {
    return "it would be " + now->amount.ToString() + " on " + BasisText(now->basis);
  }
  if (now->state == State::kExempt) return "exempt by now: " + now->evidence;
  // Whoever decided to charge it has seen one problem, and no other.
  const std::string held = now->problem + ": " + now->evidence;
  if (now->state == State::kHeld && (fee.state == State::kClean || now->problem != fee.problem) &&
      (seen.empty() || fee.evidence != seen + "; " + held)) {
    return held;
  }
  return "";
}

}  // namespace reeve::billing::late_fee
