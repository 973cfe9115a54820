#include "services/billing/cycle/guard_page.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "services/billing/cycle/months.h"
#include "services/billing/rate/rate.h"

namespace reeve::billing::cycle {
namespace {

// A meter that turns less than so many hundredths of what it used to has slowed down.
constexpr std::int64_t kRunsRatio = 40;
// One that turns so many hundredths of what it did last, and in the season, has risen.
constexpr std::int64_t kRoseRatio = 150;
// So many hundredths of its days' part of the last bill are use that varies.
constexpr std::int64_t kShareHundredths = 100;
constexpr std::int64_t kShortRatio = 150;

MeteredUse UseOf(const Segment& segment) {
  return {segment.use.usage_thousandths, segment.to_date - segment.from_date};
}

// Who is like whom: schedule, class and size.
using Kind = std::tuple<std::string_view, CustomerClass, std::string_view>;

Kind KindOf(const Guarded& one) {
  return {one.agreement->schedule_code, one.customer_class, one.agreement->meter_size};
}

MeteredUse MedianOf(std::vector<MeteredUse>& all) {
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
  std::nth_element(all.begin(), middle, all.end(),
                   [](MeteredUse a, MeteredUse b) { return CompareByDay(a, b, 100) < 0; });
  return *middle;
}

std::map<Kind, Peers> MediansOf(std::span<const Guarded> guarded, std::span<const Bill> bills) {
  struct Uses {
    std::vector<MeteredUse> now;
    std::vector<MeteredUse> last;
  };
  std::map<Kind, Uses> uses;
  for (const Bill& bill : bills) {
    for (const Segment& segment : bill.segments) {
      if (!segment.metered || segment.use.usage_thousandths == 0) continue;
      const Guarded* one = FindGuarded(guarded, bill.account, segment.agreement_id);
      if (one == nullptr) continue;
      Uses& of_kind = uses[KindOf(*one)];
      of_kind.now.push_back(UseOf(segment));
      if (one->history.empty() || one->history.front().usage_thousandths == 0) continue;
      of_kind.last.push_back(one->history.front().use());
    }
  }
  std::map<Kind, Peers> medians;
  for (auto& [kind, all] : uses) {
    Peers& peers = medians[kind];
    peers.count = static_cast<std::int64_t>(all.now.size());
    peers.median = MedianOf(all.now);
    // As many as have a last bill; a few of them are no season.
    if (all.last.size() * 2 >= all.now.size()) peers.last_median = MedianOf(all.last);
  }
  return medians;
}

// What the segment would cost with another use over the same days.
std::optional<Money> PriceOf(const Run& run, const rate::Tariff& tariff, const Segment& segment,
                             MeteredUse expected) {
  Segment other = AsOneMeter(segment);
  other.use.usage_thousandths =
      static_cast<std::int64_t>(static_cast<__int128>(expected.usage_thousandths) *
                                UseOf(segment).day_count / expected.day_count);
  const auto lines = PriceSegment(tariff, other, run.PricedOn(), run.kind);
  if (!lines.ok()) return std::nullopt;
  const auto sum = Sum(*lines, [](const rate::Line& line) { return line.amount; });
  return sum.ok() ? std::optional(*sum) : std::nullopt;
}

Money Distance(Money a, Money b) {
  return Money::Cents(a < b ? b.cents() - a.cents() : a.cents() - b.cents());
}

// What blocks of use cost.
std::int64_t CentsOfBlocks(const rate::Tariff& tariff, const Segment& segment,
                           const std::vector<rate::Line>& lines) {
  std::int64_t cents = 0;
  for (const rate::Line& line : lines) {
    const rate::Schedule* version = tariff.Version(segment.schedule_code, line.effective_date);
    const auto component = static_cast<std::size_t>(line.component);
    if (version == nullptr || component >= version->components.size()) continue;
    if (version->components[component].kind != rate::ComponentKind::kTiers) continue;
    cents += line.amount.cents();
  }
  return cents;
}

// The guard at work on the bills of a page.
class PageGuard {
 public:
  PageGuard(const Run& run, const rate::Tariff& tariff, const GuardPolicy& policy,
            std::span<const Guarded> guarded, std::span<const Bill> bills)
      : run_(run),
        tariff_(tariff),
        policy_(policy),
        guarded_(guarded),
        medians_(MediansOf(guarded, bills)) {}

  void Judge(Bill& bill) const {
    for (Hold& hold : bill.holds) hold.at_stake = LastAmount(bill, hold.service);
    const Limits* limits = nullptr;
    for (const Segment& segment : bill.segments) {
      const Guarded* one = FindGuarded(guarded_, bill.account, segment.agreement_id);
      if (one == nullptr) continue;
      limits = &policy_.For(one->customer_class);
      JudgeParcel(bill, segment, *one);
      JudgeShortDays(bill, segment, *one, *limits);
      if (segment.metered) JudgeSegment(bill, segment, *one, *limits);
      if (segment.HasUse()) JudgeDays(bill, segment, *limits);
    }
    if (limits != nullptr) JudgeTotal(bill, *limits);
    if (const auto wrong = JudgeSums(bill, tariff_)) {
      bill.holds.push_back(
          {HoldReason::kNotItsLines, bill.segments.front().service, *wrong, bill.total});
    }
    if (!bill.holds.empty()) bill.state = BillState::kHeld;
  }

 private:
  // What is at stake where nothing could be priced: as much as last.
  Money LastAmount(const Bill& bill, const std::string& service) const {
    for (const Guarded& one : OfAccount(bill.account)) {
      if (one.agreement->service == service && !one.history.empty()) {
        return one.history.front().amount;
      }
    }
    return Money();
  }

  std::span<const Guarded> OfAccount(AccountId account) const {
    const auto begin = std::lower_bound(
        guarded_.begin(), guarded_.end(), account,
        [](const Guarded& one, AccountId id) { return one.agreement->account < id; });
    auto end = begin;
    while (end != guarded_.end() && end->agreement->account == account) ++end;
    return {begin, end};
  }

  void JudgeSegment(Bill& bill, const Segment& segment, const Guarded& one,
                    const Limits& limits) const {
    const rate::Schedule* schedule = tariff_.Version(segment.schedule_code, segment.effective_date);
    UseFacts facts;
    facts.service = segment.service;
    facts.unit = one.agreement->unit;
    facts.meter_size = one.agreement->meter_size;
    facts.multiplier_thousandths = one.agreement->multiplier_thousandths;
    if (schedule != nullptr) facts.schedule = schedule->guard;
    facts.to_date = segment.to_date;
    facts.use = UseOf(segment);
    facts.estimated = segment.estimated;
    facts.history = one.history;
    facts.neighbours = one.neighbours;
    const auto peers = medians_.find(KindOf(one));
    if (peers != medians_.end()) facts.peers = peers->second;
    facts.other_meter_runs = OtherMeterRuns(bill, segment);
    facts.other_meter_rose = OtherMeterRose(bill, segment);
    std::optional<Suspicion> suspicion = JudgeMeterOfAll(segment, one, facts, limits);
    if (!suspicion) suspicion = JudgeUse(facts, limits);
    if (!suspicion && segment.meters.size() > 1) {
      const MeterUse& meter = segment.meters.back();
      facts.use = {meter.usage_thousandths, meter.to_date - meter.from_date};
      facts.new_meter = true;
      suspicion = JudgeNewMeter(facts, limits);
    }
    if (!suspicion) return;
    Money at_stake = segment.amount;
    if (suspicion->expected) {
      if (const auto price = PriceOf(run_, tariff_, segment, *suspicion->expected)) {
        at_stake = Distance(segment.amount, *price);
      }
    }
    at_stake = Money::Cents(at_stake.cents() + CentsByOthers(bill, segment, suspicion->expected));
    bill.holds.push_back({suspicion->reason, segment.service, suspicion->evidence, at_stake});
  }

  // A new meter that measured all of the bill, and was not judged on the one before: by the bills
  // of the one that went.
  static std::optional<Suspicion> JudgeMeterOfAll(const Segment& segment, const Guarded& one,
                                                  UseFacts facts, const Limits& limits) {
    if (!CameBetween(segment, one)) {
      if (!one.came_late || segment.meters.size() > 1) return std::nullopt;
      // The bill in which it came has the use of both, and measures neither.
      const bool is_history = one.days.empty() || !one.days.front().held;
      if (is_history && !facts.history.empty()) facts.history = facts.history.subspan(1);
      if (facts.history.empty()) return std::nullopt;
    }
    facts.new_meter = true;
    return JudgeNewMeter(facts, limits);
  }

  // What else is billed by this use: sewer by the water meter. All of it hangs on the use, or what
  // it would cost otherwise.
  std::int64_t CentsByOthers(const Bill& bill, const Segment& metered,
                             const std::optional<MeteredUse>& expected) const {
    std::int64_t cents = 0;
    for (const Segment& segment : bill.segments) {
      if (segment.metered_by.empty() || segment.metered_by != metered.service) continue;
      std::optional<Money> price;
      if (expected) {
        const __int128 instead = static_cast<__int128>(expected->usage_thousandths) *
                                 UseOf(metered).day_count / expected->day_count;
        const auto use = static_cast<std::int64_t>(std::max<__int128>(
            0, segment.use.usage_thousandths - metered.use.usage_thousandths + instead));
        price = PriceOf(run_, tariff_, segment, {use, UseOf(segment).day_count});
      }
      cents += (price ? Distance(segment.amount, *price) : segment.amount).cents();
    }
    return cents;
  }

  bool OtherMeterRose(const Bill& bill, const Segment& segment) const {
    return std::any_of(bill.segments.begin(), bill.segments.end(), [&](const Segment& other) {
      if (!other.metered || &other == &segment) return false;
      const Guarded* one = FindGuarded(guarded_, bill.account, other.agreement_id);
      if (one == nullptr || one->history.empty()) return false;
      const Billed* season = SameSeason(one->history, other.to_date);
      return CompareByDay(UseOf(other), one->history.front().use(), kRoseRatio) > 0 &&
             (season == nullptr || CompareByDay(UseOf(other), season->use(), kRoseRatio) > 0);
    });
  }

  // Compared with the median of its own past.
  std::optional<bool> OtherMeterRuns(const Bill& bill, const Segment& segment) const {
    std::optional<bool> runs;
    for (const Segment& other : bill.segments) {
      if (!other.metered || &other == &segment) continue;
      const Guarded* one = FindGuarded(guarded_, bill.account, other.agreement_id);
      if (one == nullptr || one->history.empty()) continue;
      std::vector<MeteredUse> past;
      for (const Billed& billed : one->history) past.push_back(billed.use());
      const MeteredUse median = MedianOf(past);
      runs = runs.value_or(false) ||
             (median.usage_thousandths > 0 && CompareByDay(UseOf(other), median, kRunsRatio) >= 0);
    }
    return runs;
  }

  // Billed so for the first time: what stood on the bill before is a finding of the run.
  void JudgeParcel(Bill& bill, const Segment& segment, const Guarded& one) const {
    if (run_.IsRebill()) return;
    const bool anew = IsBilledAnew(segment, one);
    const bool counted_anew = anew || HasNewQuantity(segment, one);
    if (!counted_anew) return;
    std::string evidence;
    std::int64_t at_stake = 0;
    for (const ParcelDifference& difference : one.differences) {
      if (difference.basis == Basis::kListed) continue;  // of a schedule, not of a bill
      if (!anew && !IsOfQuantity(difference.basis)) continue;
      // Whatever a meter shows was used by somebody.
      if (difference.basis == Basis::kParcel && segment.HasUse()) continue;
      evidence += (evidence.empty() ? "" : "; ") + std::string(BasisName(difference.basis)) +
                  " is " + difference.billed + ", the land records have " + difference.expected;
      const std::int64_t cents = difference.at_stake_cents.value_or(segment.amount.cents());
      at_stake = std::max(at_stake, cents < 0 ? -cents : cents);
    }
    if (evidence.empty()) return;
    bill.holds.push_back(
        {HoldReason::kNotAsParcel, segment.service, evidence, Money::Cents(at_stake)});
  }

  static bool IsBilledAnew(const Segment& segment, const Guarded& one) {
    const BilledDays* last = LastSent(one);
    return last == nullptr || segment.meters.size() > 1 || CameBetween(segment, one) ||
           last->schedule_code != segment.schedule_code;
  }
  // A winter average is a quantity, too, and changes every year: what is not of it stays.
  static bool HasNewQuantity(const Segment& segment, const Guarded& one) {
    return LastSent(one)->quantity_thousandths != segment.use.quantity_thousandths;
  }
  static bool IsOfQuantity(Basis basis) {
    return basis == Basis::kDwellings || basis == Basis::kEsu || basis == Basis::kCarts;
  }
  // What is held still is nothing that stood on a bill before.
  static const BilledDays* LastSent(const Guarded& one) {
    const auto sent = std::find_if(one.days.begin(), one.days.end(),
                                   [](const BilledDays& days) { return !days.held; });
    return sent == one.days.end() ? nullptr : &*sent;
  }

  // Less than half a normal period that is neither the first nor the last, and costs more than its
  // days' part of the last one, if that cost anything: what is priced by the bill was priced a few
  // days ago.
  void JudgeShortDays(Bill& bill, const Segment& segment, const Guarded& one,
                      const Limits& limits) const {
    const std::int64_t days = UseOf(segment).day_count;
    if (run_.IsRebill() || one.days.empty() || one.agreement->stop_date ||
        days * 2 >= limits[Limit::kPeriodDays]) {
      return;
    }
    const BilledDays& last = one.days.front();
    const std::int64_t last_days = last.to_date - last.from_date;
    if (last_days <= days || last.amount.cents() <= 0) return;
    const std::int64_t share = last.amount.cents() * days / last_days;
    const std::int64_t more = segment.amount.cents() - share;
    if (segment.amount.cents() * kShareHundredths <= share * kShortRatio ||
        more < std::max<std::int64_t>(1, limits[Limit::kPeriodCents])) {
      return;
    }
    bill.holds.push_back({HoldReason::kShortPeriod, segment.service,
                          std::to_string(days) + " days cost " + segment.amount.ToString() +
                              ", the " + std::to_string(last_days) + " before them " +
                              last.amount.ToString(),
                          Money::Cents(more)});
  }

  // A long period with blocks that are as wide as for a short one.
  // What goes by another's meter has its days.
  void JudgeDays(Bill& bill, const Segment& segment, const Limits& limits) const {
    const std::int64_t days = UseOf(segment).day_count;
    const std::int64_t normal = limits[Limit::kPeriodDays];
    if (days <= limits[Limit::kPeriodDaysMax]) return;
    const std::optional<Segment> months = SegmentAsMonths(run_, tariff_, segment, normal);
    if (!months) return;
    const std::int64_t cents = CentsOfBlocks(tariff_, segment, segment.lines);
    const std::int64_t fair = CentsOfBlocks(tariff_, segment, months->lines);
    if (cents - fair < std::max<std::int64_t>(1, limits[Limit::kPeriodCents])) return;
    bill.holds.push_back({HoldReason::kLongPeriod, segment.service,
                          std::to_string(days) + " days, use costs " +
                              Money::Cents(cents).ToString() + ", in months of " +
                              std::to_string(normal) + " days " + Money::Cents(fair).ToString(),
                          Distance(segment.amount, months->amount)});
  }

  void JudgeTotal(Bill& bill, const Limits& limits) const {
    const std::int64_t max = limits[Limit::kBillCentsMax];
    if (bill.total.cents() <= max) return;
    const auto largest =
        std::max_element(bill.segments.begin(), bill.segments.end(),
                         [](const Segment& a, const Segment& b) { return a.amount < b.amount; });
    bill.holds.push_back({HoldReason::kAboveBillLimit, largest->service,
                          bill.total.ToString() + " in all, " + largest->amount.ToString() +
                              " of it " + largest->service + ", the limit of the class is " +
                              Money::Cents(max).ToString(),
                          bill.total});
  }

  const Run& run_;
  const rate::Tariff& tariff_;
  const GuardPolicy& policy_;
  std::span<const Guarded> guarded_;
  std::map<Kind, Peers> medians_;
};

std::optional<std::string> JudgeVersion(const Segment& segment, const rate::Line& line,
                                        const rate::Versions* versions, Date bill_date) {
  const Date day = line.effective_date;
  const auto words = [&](std::string_view what) {
    return segment.schedule_code + " of " + day.ToString() + " " + std::string(what);
  };
  if (versions == nullptr) return words("is not loaded");
  const auto all = versions->all();
  const auto mine = std::find_if(all.begin(), all.end(), [&](const rate::Schedule& version) {
    return version.effective_date == day;
  });
  if (mine == all.end()) return words("is not loaded");
  if (day > std::max(segment.to_date, bill_date) && mine != all.begin()) {
    return words("has not begun");
  }
  const auto next = std::next(mine);
  if (next != all.end() && next->effective_date <= segment.from_date) {
    return words("was replaced before the period began");
  }
  return std::nullopt;
}

}  // namespace

bool CameBetween(const Segment& segment, const Guarded& guarded) {
  if (guarded.days.empty() || segment.meters.size() > 1) return false;
  const std::int64_t was = guarded.days.front().installation_no;
  return was != 0 && segment.installation_no != 0 && segment.installation_no != was;
}

const Guarded* FindGuarded(std::span<const Guarded> guarded, AccountId account,
                           std::int64_t agreement_id) {
  const auto found = std::lower_bound(
      guarded.begin(), guarded.end(), std::pair(account, agreement_id),
      [](const Guarded& one, const auto& key) {
        return std::pair(one.agreement->account, one.agreement->agreement_id) < key;
      });
  const bool is_there = found != guarded.end() && found->agreement->account == account &&
                        found->agreement->agreement_id == agreement_id;
  return is_there ? &*found : nullptr;
}

std::optional<std::string> JudgeSums(const Bill& bill, const rate::Tariff& tariff) {
  std::int64_t total = 0;
  for (const Segment& segment : bill.segments) {
    std::int64_t cents = 0;
    const rate::Versions* versions = tariff.Find(segment.schedule_code);
    for (const rate::Line& line : segment.lines) {
      cents += line.amount.cents();
      if (auto wrong = JudgeVersion(segment, line, versions, bill.PricedOn())) return wrong;
    }
    if (cents != segment.amount.cents()) {
      return segment.service + " is " + segment.amount.ToString() + ", its lines are " +
             Money::Cents(cents).ToString();
    }
    total += cents;
  }
  if (total != bill.total.cents()) {
    return "the total is " + bill.total.ToString() + ", the lines are " +
           Money::Cents(total).ToString();
  }
  return std::nullopt;
}

void GuardBills(const Run& run, const rate::Tariff& tariff, const GuardPolicy& policy,
                std::span<const Guarded> guarded, std::span<Bill> bills) {
  const PageGuard guard(run, tariff, policy, guarded, bills);
  for (Bill& bill : bills) guard.Judge(bill);
}

}  // namespace reeve::billing::cycle
