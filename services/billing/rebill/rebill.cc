#include "services/billing/rebill/rebill.h"

#include <algorithm>
#include <utility>

#include "services/billing/derived_id.h"
#include "shared/core/spelling.h"

namespace reeve::billing::rebill {
namespace {

constexpr Spelling<Cause, 6> kCauses{{"METER", "READ", "ESTIMATE", "RATE", "SETUP", "FRAUD"}};
constexpr Spelling<Binding, 3> kBindings{{"BINDING", "ADOPTED", "TEMPLATE"}};

constexpr std::string_view kBackbillMonths = "BACKBILL_MONTHS";
constexpr std::string_view kBackbillDiscovery = "BACKBILL_DISCOVERY";
constexpr std::string_view kRefundMonths = "REFUND_MONTHS";
constexpr std::string_view kCashRefund = "CASH_REFUND";
constexpr std::string_view kInterest = "INTEREST";
constexpr std::string_view kNoPolicy = "NO_POLICY";
constexpr std::int64_t kMonthsMax = 240;
constexpr std::int64_t kAverageMonthsMax = 24;
constexpr std::int64_t kTakerDaysMax = 366;
constexpr std::int64_t kLimitDaysMax = 366;

// The part of `cents` that belongs to the days up to `last`, rounded up.
std::int64_t PartUpTo(const ServiceChange& change, Date last, std::int64_t cents) {
  const std::int64_t all = change.to_date - change.from_date;
  const std::int64_t days = std::clamp<std::int64_t>(last - change.from_date, 0, all);
  return static_cast<std::int64_t>((static_cast<__int128>(cents) * days + all - 1) / all);
}

class Judge {
 public:
  Judge(const Policy& policy, const Grounds& grounds, Date today, const Overpayment& overpaid)
      : policy_(policy), grounds_(grounds), today_(today), overpaid_(overpaid) {}

  std::vector<LimitLine> Of(std::span<const ServiceChange> changes) {
    std::int64_t before = 0;
    std::int64_t after = 0;
    std::int64_t days = 0;
    for (const ServiceChange& change : changes) {
      const std::int64_t more = change.after.cents() - change.before.cents();
      if (more > 0) Increase(change, more);
      if (more < 0) Decrease(change, -more);
      before += change.before.cents();
      after += change.after.cents();
      days = std::max<std::int64_t>(days, change.to_date - change.from_date);
    }
    if (after < before) Refund(before - after, after, days);
    return std::move(lines_);
  }

 private:
  bool Cuts() const {
    const bool exempt = policy_.fraud_exempt && grounds_.cause == Cause::kFraud;
    return policy_.binding != Binding::kTemplate && !exempt;
  }
  std::string Why() const {
    if (policy_.binding == Binding::kTemplate) return "; the rule is a template, nothing is cut";
    return Cuts() ? "" : "; whoever has deceived the city is not protected";
  }

  void Add(std::string_view rule, const ServiceChange& change, std::int64_t beyond,
           std::string finding) {
    lines_.push_back({rule, change.service, std::move(finding) + Why(), Money::Cents(beyond),
                      Cuts() ? Money::Cents(beyond) : Money()});
  }

  void Increase(const ServiceChange& change, std::int64_t more) {
    const Date discovered = grounds_.discovered_date;
    if (policy_.discovery_months > 0) {
      const Date last = discovered.PlusMonths(static_cast<int>(policy_.discovery_months));
      if (today_ > last) {
        return Add(kBackbillDiscovery, change, more,
                   Money::Cents(more).ToString() + " more could be billed until " +
                       last.ToString() + ", " + std::to_string(policy_.discovery_months) +
                       " months behind " + discovered.ToString());
      }
    }
    if (policy_.backbill_months == 0) return;
    const Date last = discovered.PlusMonths(-static_cast<int>(policy_.backbill_months));
    const std::int64_t beyond = PartUpTo(change, last, more);
    if (beyond == 0) return;
    Add(kBackbillMonths, change, beyond,
        Money::Cents(beyond).ToString() + " of " + Money::Cents(more).ToString() +
            " more are for days up to " + last.ToString() + ", " +
            std::to_string(policy_.backbill_months) + " months before " + discovered.ToString());
  }

  void Decrease(const ServiceChange& change, std::int64_t less) {
    if (policy_.refund_months == 0) return;
    const Date last = grounds_.discovered_date.PlusMonths(-static_cast<int>(policy_.refund_months));
    const std::int64_t beyond = PartUpTo(change, last, less);
    if (beyond == 0) return;
    lines_.push_back({kRefundMonths, change.service,
                      Money::Cents(beyond).ToString() + " of " + Money::Cents(less).ToString() +
                          " less are for days up to " + last.ToString() + ", " +
                          std::to_string(policy_.refund_months) + " months before " +
                          grounds_.discovered_date.ToString(),
                      Money::Cents(beyond), Money()});
  }

  // Cash, where all that one error gives back is worth a check; interest, where it took long.
  void Refund(std::int64_t less, std::int64_t after, std::int64_t days) {
    constexpr std::int64_t kMonthDays = 30;
    const std::int64_t before = overpaid_.before.cents();
    const std::int64_t average =
        days == 0 ? 0 : after * kMonthDays * policy_.cash_refund_average_months / days;
    const bool by_amount = less + before > policy_.cash_refund_above.cents();
    const bool by_average = policy_.cash_refund_average_months > 0 && less + before > average;
    std::string finding =
        by_amount || by_average
            ? "cash is offered for " + Money::Cents(less + before).ToString()
            : Money::Cents(less + before).ToString() + " stay credit on the account";
    if (before > 0) finding += ", of it " + overpaid_.before.ToString() + " on bills before";
    lines_.push_back({kCashRefund, "", std::move(finding), Money(), Money()});
    if (policy_.interest) lines_.push_back({kInterest, "", InterestText(), Money(), Money()});
  }

  std::string InterestText() const {
    constexpr int kNextFullCycleMonths = 2;  // the cycle that runs, and the next full one
    if (!overpaid_.since) return "none: no more was paid than is owed now";
    const std::string since = overpaid_.since->ToString();
    return today_ <= overpaid_.since->PlusMonths(kNextFullCycleMonths)
               ? "none: it is put right within the next full cycle behind its payment of " + since
               : "is owed on what was paid too much, from " + since + " on";
  }

  const Policy& policy_;
  const Grounds& grounds_;
  const Date today_;
  const Overpayment& overpaid_;
  std::vector<LimitLine> lines_;
};

}  // namespace

std::string_view CauseName(Cause cause) { return kCauses(cause); }
Cause ParseCause(std::string_view name) { return kCauses.Read(name); }
std::string_view BindingName(Binding binding) { return kBindings(binding); }
Binding ParseBinding(std::string_view name) { return kBindings.Read(name); }

std::vector<ServiceChange> ChangesOf(const cycle::Bill& before,
                                     std::span<const cycle::PlannedCharge> charged,
                                     const cycle::Bill& after) {
  std::map<std::string, ServiceChange> changes;
  for (const cycle::Bill* bill : {&before, &after}) {
    for (const cycle::Segment& segment : bill->segments) {
      const auto [found, is_new] = changes.try_emplace(segment.service);
      ServiceChange& change = found->second;
      if (is_new) change = {segment.service, segment.from_date, segment.to_date, {}, {}};
      change.from_date = std::min(change.from_date, segment.from_date);
      change.to_date = std::max(change.to_date, segment.to_date);
    }
  }
  for (const cycle::Segment& segment : after.segments) {
    Money& amount = changes.at(segment.service).after;
    amount = Money::Cents(amount.cents() + segment.amount.cents());
  }
  for (const cycle::PlannedCharge& charge : charged) {
    const auto found = changes.find(charge.service);
    if (found == changes.end()) continue;
    found->second.before = Money::Cents(found->second.before.cents() + charge.amount.cents());
  }
  std::vector<ServiceChange> all;
  for (auto& [service, change] : changes) all.push_back(std::move(change));
  return all;
}

std::optional<Date> OverpaidSince(const std::map<Date, std::int64_t>& paid_cents, Money owed) {
  std::optional<Date> since;
  std::int64_t paid = 0;
  for (const auto& [day, cents] : paid_cents) {
    paid += cents;
    if (paid <= owed.cents()) since.reset();
    if (paid > owed.cents() && !since) since = day;
  }
  return since;
}

std::vector<LimitLine> JudgeLimits(const Policy* policy, const Grounds& grounds, Date today,
                                   std::span<const ServiceChange> changes,
                                   const Overpayment& overpaid) {
  if (policy == nullptr) {
    return {{kNoPolicy, "", "no limits are loaded for this day", Money(), Money()}};
  }
  return Judge(*policy, grounds, today, overpaid).Of(changes);
}

std::vector<cycle::PlannedCharge> PlanCharges(std::span<const cycle::PlannedCharge> before,
                                              std::span<const ServiceChange> changes,
                                              std::span<const LimitLine> limits, Date due_date) {
  std::vector<cycle::PlannedCharge> plan;
  for (const ServiceChange& change : changes) {
    std::int64_t left = change.after.cents();
    for (const LimitLine& limit : limits) {
      if (limit.service == change.service) left -= limit.cut.cents();
    }
    std::map<Date, std::int64_t> by_day;
    std::map<Date, std::int64_t> old;
    for (const cycle::PlannedCharge& charge : before) {
      if (charge.service == change.service) old[charge.due_date] += charge.amount.cents();
    }
    for (const auto& [day, cents] : old) {
      by_day[day] += std::min(left, cents);
      left -= std::min(left, cents);
    }
    by_day[due_date] += left;
    for (const auto& [day, cents] : by_day) {
      if (cents > 0) plan.push_back({change.service, day, Money::Cents(cents)});
    }
  }
  return plan;
}

Money NotCharged(const cycle::Bill& bill) {
  if (!bill.IsRebill()) return Money();
  std::int64_t cents = bill.total.cents();
  for (const cycle::PlannedCharge& charge : bill.plan) cents -= charge.amount.cents();
  return Money::Cents(cents);
}

std::vector<cycle::RunFinding> FindingsOf(const Policy* policy, std::span<const LimitLine> limits) {
  std::vector<cycle::RunFinding> findings;
  if (policy == nullptr || policy->binding == Binding::kTemplate) return findings;
  for (const LimitLine& line : limits) {
    if (line.beyond.is_zero()) continue;
    findings.push_back(
        {line.rule == kRefundMonths ? cycle::FindingRule::kRefundLimit
                                    : cycle::FindingRule::kBackbillLimit,
         line.service, policy->jurisdiction,
         line.finding +
             (line.cut.is_zero() ? "" : "; " + line.cut.ToString() + " are not charged") + " (" +
             policy->citation + ")",
         1, line.beyond.cents()});
  }
  return findings;
}

std::vector<LineDifference> DiffLines(std::span<const PrintedLine> before,
                                      std::span<const PrintedLine> after) {
  std::vector<LineDifference> lines;
  std::vector<bool> met(before.size());
  for (const PrintedLine& line : after) {
    LineDifference& one = lines.emplace_back();
    one.after = line;
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (met[i] || before[i].service != line.service ||
          before[i].description != line.description) {
        continue;
      }
      met[i] = true;
      one.before = before[i];
      break;
    }
  }
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (!met[i]) lines.push_back({before[i], std::nullopt});
  }
  return lines;
}

std::int64_t RebillCycleId(std::int64_t bill_id, std::int64_t rebill_no) {
  return DerivedId("rebill", bill_id, rebill_no);
}
std::int64_t ReversalEntryId(std::int64_t bill_id) { return DerivedId("bill-reversal", bill_id); }

void Validate(const Policy& policy, const std::string& field, Fields& fields) {
  fields.Range(field + "backbill_months", policy.backbill_months, 0, kMonthsMax);
  fields.Range(field + "discovery_months", policy.discovery_months, 0, kMonthsMax);
  fields.Range(field + "refund_months", policy.refund_months, 0, kMonthsMax);
  fields.Range(field + "taker_days", policy.taker_days, 0, kTakerDaysMax);
  fields.Range(field + "cash_refund_average_months", policy.cash_refund_average_months, 0,
               kAverageMonthsMax);
  fields.Range(field + "limit_days", policy.limit_days, policy.limits.empty() ? 0 : 1,
               kLimitDaysMax);
  adjustment::ValidateLimits(policy.limits, "bill.limit_", field, fields);
}

}  // namespace reeve::billing::rebill
