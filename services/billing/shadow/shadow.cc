#include "services/billing/shadow/shadow.h"

#include <algorithm>
#include <set>

#include "services/billing/shadow/charge.h"
#include "shared/core/decimal.h"

namespace reeve::billing::shadow {
namespace {

using cycle::Segment;
using rate::Line;

struct Transition {
  State from;
  Event event;
  State to;
};
constexpr Transition kTransitions[] = {
    {State::kLoading, Event::kFinishLoading, State::kLoaded},
    {State::kLoaded, Event::kCompare, State::kComparing},
    {State::kComparing, Event::kCompare, State::kComparing},
    {State::kComparing, Event::kFinishComparing, State::kCompared},
    {State::kCompared, Event::kCompareAgain, State::kComparing},
    {State::kCompared, Event::kGoLive, State::kLive},
};

// What Reeve bills of one service.
struct Billed {
  std::vector<const Segment*> segments;
  std::string unit;  // empty: not metered
  std::int64_t usage_thousandths = 0;
  std::int64_t cents = 0;
  Date from_date;
  Date to_date;
};

std::string UnitOf(const rate::Tariff& tariff, const Segment& segment) {
  const rate::Schedule* version = tariff.Version(segment.schedule_code, segment.effective_date);
  return version == nullptr || !version->usage_unit ? ""
                                                    : std::string(UnitName(*version->usage_unit));
}

// By service.
std::map<std::string, Billed, std::less<>> BilledOf(const rate::Tariff& tariff,
                                                    const cycle::Bill& bill) {
  std::map<std::string, Billed, std::less<>> services;
  for (const Segment& segment : bill.segments) {
    Billed& billed = services[segment.service];
    const bool first = billed.segments.empty();
    billed.from_date = first ? segment.from_date : std::min(billed.from_date, segment.from_date);
    billed.to_date = first ? segment.to_date : std::max(billed.to_date, segment.to_date);
    if (first) billed.unit = UnitOf(tariff, segment);
    if (segment.HasUse()) billed.usage_thousandths += segment.use.usage_thousandths;
    billed.cents += segment.amount.cents();
    billed.segments.push_back(&segment);
  }
  return services;
}

std::string Use(std::int64_t thousandths, const std::string& unit) {
  return PrintDecimal(thousandths, 3, 0) + (unit.empty() ? "" : " " + unit);
}

std::string Days(Date from, Date to) {
  return from.ToString() + " to " + to.ToString() + " (" + std::to_string(to - from) + " days)";
}

// True if one is `factor`/`divisor` times the other, to a part in `part`.
bool IsTimes(std::int64_t more, std::int64_t less, std::int64_t factor, std::int64_t divisor,
             std::int64_t part) {
  const Wide product = Wide{less} * factor;
  const Wide off = Wide{more} * divisor - product;
  return less > 0 && (off < 0 ? -off : off) * part <= product;
}

// What use of Reeve's is the use of the old system.
Cause CauseOfUse(std::int64_t reeve, std::int64_t old) {
  const std::int64_t more = std::max(reeve, old);
  const std::int64_t less = std::min(reeve, old);
  if (IsTimes(more, less, 10, 1, 50)) return Cause::kFactorTen;
  if (IsTimes(more, less, 100, 1, 50)) return Cause::kFactorHundred;
  if (IsTimes(more, less, 1'000, 1, 50)) return Cause::kUnit;  // gallons for thousands of them
  if (IsTimes(more, less, 1'000'000, 748'052, 200)) return Cause::kUnit;  // 100 cubic feet
  return Cause::kUsage;
}

// One service that both bills have.
class Walk {
 public:
  Walk(const rate::Tariff& tariff, Date bill_date, const OldService& old, const Billed& billed,
       std::vector<Difference>& differences)
      : tariff_(tariff),
        bill_date_(bill_date),
        old_(old),
        billed_(billed),
        differences_(differences) {}

  void Run() {
    const std::int64_t whole = billed_.cents - old_.amount_cents;
    if (old_.unit != billed_.unit) {
      return Add(Cause::kUnit, whole,
                 "counted in " + Named(old_.unit) + ", Reeve counts in " + Named(billed_.unit));
    }
    const bool other_days = old_.from_date != billed_.from_date || old_.to_date != billed_.to_date;
    const bool other_use = old_.usage_thousandths != billed_.usage_thousandths;
    const Cause of_use = CauseOfUse(billed_.usage_thousandths, old_.usage_thousandths);
    if (billed_.segments.size() > 1) {
      if (other_use) return Add(of_use, whole, UseText());
      if (other_days) return Add(Cause::kPeriod, whole, DaysText());
      std::vector<Charge> charges;
      for (const Segment* one : billed_.segments) {
        AddCharges(tariff_, one->schedule_code, one->lines, charges);
      }
      return AddDifferences(charges);
    }
    WalkOne(other_days, other_use, of_use);
  }

 private:
  void WalkOne(bool other_days, bool other_use, Cause of_use) {
    Segment step = cycle::AsOneMeter(*billed_.segments.front());
    std::vector<Line> lines = billed_.segments.front()->lines;
    std::int64_t cents = billed_.cents;
    const auto move = [&](Cause cause, std::string evidence) {
      Result<std::vector<Line>> priced =
          cycle::PriceSegment(tariff_, step, bill_date_, cycle::Kind::kProduction);
      const Result<Money> amount = priced.ok()
                                       ? Sum(*priced, [](const Line& line) { return line.amount; })
                                       : Result<Money>(priced.error());
      if (!amount.ok()) {
        Add(Cause::kUnexplained, cents - old_.amount_cents,
            evidence + "; Reeve cannot price that: " + amount.error().message());
        return false;
      }
      Add(cause, cents - amount->cents(), std::move(evidence));
      cents = amount->cents();
      lines = std::move(priced).value();
      return true;
    };
    if (other_days) {
      step.from_date = old_.from_date;
      step.to_date = old_.to_date;
      if (!move(Cause::kPeriod, DaysText())) return;
    }
    if (other_use) {
      step.use.usage_thousandths = old_.usage_thousandths;
      if (!move(of_use, UseText())) return;
    }
    std::vector<Charge> charges;
    AddCharges(tariff_, step.schedule_code, lines, charges);
    AddDifferences(charges);
  }

  void AddDifferences(const std::vector<Charge>& charges) {
    for (ChargeDifference& one : CompareCharges(charges, old_.lines)) {
      differences_.push_back({old_.service, std::move(one.name), one.cause, one.effect_cents,
                              std::move(one.evidence)});
    }
  }

  void Add(Cause cause, std::int64_t effect_cents, std::string evidence) {
    differences_.push_back({old_.service, "", cause, effect_cents, std::move(evidence)});
  }
  static std::string Named(const std::string& unit) { return unit.empty() ? "no unit" : unit; }
  std::string UseText() const {
    return Use(old_.usage_thousandths, old_.unit) + ", Reeve " +
           Use(billed_.usage_thousandths, billed_.unit);
  }
  std::string DaysText() const {
    return Days(old_.from_date, old_.to_date) + ", Reeve " +
           Days(billed_.from_date, billed_.to_date);
  }

  const rate::Tariff& tariff_;
  const Date bill_date_;
  const OldService& old_;
  const Billed& billed_;
  std::vector<Difference>& differences_;
};

// Why Reeve bills nothing, as far as its bill says so.
std::string WhyMissing(const std::optional<cycle::Bill>& bill, const std::string& service) {
  if (!bill) return "Reeve has nothing to bill for the account";
  for (const cycle::Hold& hold : bill->holds) {
    if (hold.service == service) {
      return std::string(cycle::HoldReasonName(hold.reason)) + ": " + hold.evidence;
    }
  }
  return "the account has no such service in the cycle";
}

}  // namespace

std::optional<State> After(State state, Event event) {
  for (const Transition& transition : kTransitions) {
    if (transition.from == state && transition.event == event) return transition.to;
  }
  return std::nullopt;
}

std::vector<Difference> CompareBills(const rate::Tariff& tariff,
                                     const std::vector<OldService>& old_bill,
                                     const std::optional<cycle::Bill>& bill) {
  std::vector<Difference> differences;
  const std::map<std::string, Billed, std::less<>> services =
      bill ? BilledOf(tariff, *bill) : std::map<std::string, Billed, std::less<>>();
  std::set<std::string_view> compared;
  for (const OldService& old : old_bill) {
    compared.insert(old.service);
    const auto billed = services.find(old.service);
    if (billed == services.end()) {
      differences.push_back(
          {old.service, "", Cause::kMissingBill, -old.amount_cents, WhyMissing(bill, old.service)});
    } else {
      Walk(tariff, bill->bill_date, old, billed->second, differences).Run();
    }
  }
  for (const auto& [service, billed] : services) {
    if (compared.contains(service)) continue;
    differences.push_back({service, "", Cause::kExtraBill, billed.cents,
                           "under " + billed.segments.front()->schedule_code + ", " +
                               Days(billed.from_date, billed.to_date)});
  }
  return differences;
}

void AddBill(const rate::Tariff& tariff, const cycle::Bill& bill, Totals& totals) {
  for (const auto& [service, billed] : BilledOf(tariff, bill)) {
    Total& total = totals[service];
    if (total.account_count == 0) total.unit = billed.unit;
    if (total.unit != billed.unit) total.unit = kSeveralUnits;
    ++total.account_count;
    total.usage_thousandths += billed.usage_thousandths;
    total.amount_cents += billed.cents;
  }
}

bool Agree(const Total& old_total, const Total& total) {
  if (old_total.account_count == 0 && total.account_count == 0) return true;
  return old_total.unit == total.unit && old_total.account_count == total.account_count &&
         old_total.usage_thousandths == total.usage_thousandths;
}

std::optional<Refusal> JudgeGoLive(const Totals& old_totals, const Totals& totals,
                                   std::span<const CauseGroup> causes) {
  Totals services = old_totals;
  services.insert(totals.begin(), totals.end());
  const auto of = [](const Totals& side, const std::string& service) {
    const auto found = side.find(service);
    return found == side.end() ? Total() : found->second;
  };
  for (const auto& [service, unused] : services) {
    const Total old_total = of(old_totals, service);
    const Total total = of(totals, service);
    if (Agree(old_total, total)) continue;
    return Refusal{Obstacle::kTotalsDiffer, service,
                   std::to_string(old_total.account_count) + " accounts and " +
                       Use(old_total.usage_thousandths, old_total.unit) + ", Reeve " +
                       std::to_string(total.account_count) + " accounts and " +
                       Use(total.usage_thousandths, total.unit)};
  }
  // Dollars: what is left between the two sides must be what the causes say, all of it.
  std::map<std::string, std::int64_t> caused;
  for (const CauseGroup& group : causes) caused[group.service] += group.effect_cents;
  for (const auto& [service, unused] : services) {
    const std::int64_t difference =
        of(totals, service).amount_cents - of(old_totals, service).amount_cents;
    if (difference == caused[service]) continue;
    return Refusal{Obstacle::kTotalsDiffer, service,
                   PrintDecimal(difference, 2, 2) +
                       " dollars apart, of which the differences are " +
                       PrintDecimal(caused[service], 2, 2)};
  }
  for (const Obstacle obstacle : {Obstacle::kUnexplained, Obstacle::kNotAcknowledged}) {
    for (const CauseGroup& group : causes) {
      const bool stands = obstacle == Obstacle::kUnexplained ? group.cause == Cause::kUnexplained
                                                             : !group.IsAcknowledged();
      if (!stands) continue;
      return Refusal{obstacle, group.service,
                     std::string(kCauseName(group.cause)) + ", " +
                         std::to_string(group.difference_count) + " differences of " +
                         PrintDecimal(group.effect_cents, 2, 2) + " dollars"};
    }
  }
  return std::nullopt;
}

}  // namespace reeve::billing::shadow
