#include "services/billing/cycle/guard_run.h"

#include <algorithm>
#include <map>
#include <set>

#include "shared/core/decimal.h"

namespace reeve::billing::cycle {
namespace {

// Of meters that were exchanged, hundredths of a percent: of thirty and more, use itself makes
// less.
constexpr std::int64_t kNewMetersChange = 2'000;
constexpr std::int64_t kNewMetersMin = 10;  // fewer are a few families
// One of so many that stands still all at once; of a small service, so many.
constexpr std::int64_t kStandstillOf = 20;
constexpr std::int64_t kStandstillMin = 3;
// Of one or two agreements a sum says no more than their own bills, unless it is so many times what
// it was, or as small a part: a rise of 300 %, a fall of 75 %.
constexpr std::int64_t kFewMin = 3;
constexpr std::int64_t kGrossRise = 30'000;
constexpr std::int64_t kGrossFall = -7'500;

// The square root, rounded down.
std::int64_t Root(std::int64_t square) {
  std::int64_t root = 0;
  while ((root + 1) * (root + 1) <= square) ++root;
  return root;
}

std::int64_t Magnitude(std::int64_t value) { return value < 0 ? -value : value; }

std::string Signed(std::int64_t hundredths_of_percent) {
  const std::string digits = PrintDecimal(Magnitude(hundredths_of_percent), 2, 2);
  return (hundredths_of_percent < 0 ? "-" : "+") + digits + " %";
}

// (now - before) / before in hundredths of a percent, towards zero; nothing without a before.
std::optional<std::int64_t> Change(__int128 now, __int128 before) {
  if (before == 0) return std::nullopt;
  return static_cast<std::int64_t>((now - before) * 10'000 / before);
}

// now/now_of against before/before_of.
std::optional<std::int64_t> ChangeOfRatio(std::int64_t now, std::int64_t now_of,
                                          std::int64_t before, std::int64_t before_of) {
  return Change(static_cast<__int128>(now) * before_of, static_cast<__int128>(before) * now_of);
}

const Tally* Find(const Tallies& tallies, const TallyKey& key) {
  const auto found = tallies.find(key);
  return found == tallies.end() ? nullptr : &found->second;
}
const Tally* Find(const std::optional<Tallies>& tallies, const TallyKey& key) {
  return tallies ? Find(*tallies, key) : nullptr;
}

class RunJudge {
 public:
  RunJudge(const RunFacts& facts, const Limits& limits) : facts_(facts), limits_(limits) {}

  std::vector<RunFinding> Judge() {
    Tallied(TallyKind::kDaysBroken, FindingRule::kDaysBroken,
            "do not begin where the bill before ended");
    Tallied(TallyKind::kNotBilled, FindingRule::kNotBilled,
            "have days that the run has not billed");
    Uncovered();
    Shared();
    Counts();
    Uses();
    UnitPrices();
    PriceChanges();
    LongPeriods();
    Controls();
    PricesUnknown();
    MissingControls();
    PointsDays(TallyKind::kPointTwice, "billed twice");
    PointsDays(TallyKind::kPointGap, "billed to nobody");
    NewMeters();
    Standstill();
    Changes();
    Parcels();
    return std::move(findings_);
  }

 private:
  void Add(FindingRule rule, const TallyKey& key, std::string evidence, std::int64_t count,
           std::int64_t at_stake_cents) {
    findings_.push_back(
        {rule, key.service, key.subject, std::move(evidence), count, at_stake_cents});
  }

  template <class See>
  void ForEach(const Tallies& tallies, TallyKind kind, const See& see) {
    for (const auto& [key, tally] : tallies) {
      if (key.kind == kind) see(key, tally);
    }
  }

  void Tallied(TallyKind kind, FindingRule rule, std::string_view words) {
    ForEach(facts_.now, kind, [&](const TallyKey& key, const Tally& tally) {
      Add(rule, key, std::to_string(tally.count) + " of " + key.service + " " + std::string(words),
          tally.count, tally.amount_cents);
    });
  }

  // A few long periods are holds of their bills; many are a late route.
  void LongPeriods() {
    ForEach(facts_.now, TallyKind::kLongPeriod, [&](const TallyKey& key, const Tally& tally) {
      const Tally all = WithHeld(facts_.now, key.service);
      const bool of_few = all.count < limits_[Limit::kCompareMin] && tally.count >= kFewMin &&
                          tally.count * 2 >= all.count;
      if (tally.count < limits_[Limit::kCompareMin] && !of_few) return;
      Add(FindingRule::kLongPeriods, key,
          std::to_string(tally.count) + " of " + std::to_string(all.count) + " of " + key.service +
              " are longer than the longest month, " +
              std::to_string(tally.day_count / tally.count) + " days on average",
          tally.count, tally.amount_cents - tally.before_cents);
    });
  }

  void Uncovered() {
    const auto add = [&](FindingRule rule, const UncoveredCycle& one, const std::string& words) {
      if (facts_.run.period_end - one.since <= limits_[Limit::kUncoveredDays]) return;
      findings_.push_back({rule, "", "cycle " + std::to_string(one.cycle),
                           std::to_string(one.agreement_count) + words + one.since.ToString(),
                           one.agreement_count, 0});
    };
    for (const UncoveredCycle& one : facts_.uncovered) {
      add(FindingRule::kUncovered, one,
          one.was_run ? " agreements run in a cycle that was last billed to "
                      : " agreements run in a cycle that was never billed, the oldest since ");
    }
    for (const UncoveredCycle& one : facts_.never_started) {
      add(FindingRule::kNeverStarted, one, " agreements wait for a first read, the oldest since ");
    }
  }

  void Shared() {
    for (const SharedPlaces& one : facts_.shared) {
      if (one.count <= one.before_count) continue;
      findings_.push_back({FindingRule::kSeveralAccounts, one.service, one.subject,
                           std::to_string(one.count) + " have " + one.service +
                               " on several accounts, " + std::to_string(one.before_count) +
                               " when this was last found; one is " + one.sample,
                           one.count, 0});
    }
  }

  // A service of the run and of what it is compared with; both large enough to be compared.
  bool Comparable(const Tally& now, const Tally* before) const {
    return before != nullptr && std::max(now.count, before->count) >= limits_[Limit::kCompareMin];
  }

  // How many hundredths of the limit a change of a sum may be: chance moves the sum of few
  // agreements more than that of many, by the root of how many times fewer they are.
  std::int64_t Slack(std::int64_t count) const {
    const std::int64_t min = limits_[Limit::kCompareMin];
    return count >= min ? 100 : Root(10'000 * min / std::max<std::int64_t>(1, count));
  }

  // Beyond the limit of a service of so many agreements: as many times more than the limit lets it
  // be, or, of a fall, as small a part. Four times, or a quarter, is beyond whatever chance does.
  bool IsBeyondOf(std::int64_t count, std::optional<std::int64_t> change, std::int64_t max,
                  std::int64_t enough_of = 0) const {
    if (!change) return false;
    if (*change >= kGrossRise || *change <= kGrossFall) return true;
    if (std::max(count, enough_of) < std::min(kFewMin, limits_[Limit::kCompareMin])) return false;
    const std::int64_t slack = Slack(count);
    if (*change >= 0) return *change * 100 > max * slack;
    return (10'000 + *change) * slack < (10'000 - max) * 100;
  }

  bool IsBeyond(std::optional<std::int64_t> change, Limit limit) const {
    return change && Magnitude(*change) > limits_[limit];
  }

  // An agreement whose bill is held is there.
  static Tally WithHeld(const Tallies& tallies, const std::string& service) {
    Tally sum;
    for (const auto& [key, tally] : tallies) {
      const bool of_service = key.kind == TallyKind::kService || key.kind == TallyKind::kHeld;
      if (!of_service || key.service != service) continue;
      sum.count += tally.count;
      sum.amount_cents += tally.amount_cents;
    }
    return sum;
  }

  void Counts() {
    if (!facts_.last) return;
    std::set<std::string> services;
    for (const Tallies* tallies : {&facts_.now, &*facts_.last}) {
      for (const auto& [key, tally] : *tallies) {
        const bool of_service = key.kind == TallyKind::kService || key.kind == TallyKind::kHeld;
        if (of_service) services.insert(key.service);
      }
    }
    for (const std::string& service : services) {
      const TallyKey key{TallyKind::kService, service, ""};
      const Tally now = WithHeld(facts_.now, service);
      const Tally before = WithHeld(*facts_.last, service);
      const auto change = Change(now.count, before.count);
      const std::int64_t apart = now.count - before.count;
      // Of a small service, more than chance brings and takes.
      const bool differs = Comparable(now, &before)
                               ? !change || IsBeyond(change, Limit::kCountChangeMax)
                               : apart * apart > std::max(now.count, before.count);
      if (!differs) continue;
      Add(FindingRule::kCount, key,
          std::to_string(now.count) + " of " + key.service + " against " +
              std::to_string(before.count) + " last",
          Magnitude(now.count - before.count), now.amount_cents - before.amount_cents);
    }
  }

  // What of a service will be sent, by part of it (TallyKey).
  static Tallies PartsOf(const std::optional<Tallies>& tallies, const std::string& service) {
    Tallies parts;
    if (!tallies) return parts;
    for (const auto& [key, tally] : *tallies) {
      if (key.kind == TallyKind::kService && key.service == service) parts.emplace(key, tally);
    }
    return parts;
  }

  // All of these as one tally without a subject.
  static Tallies AsOne(const Tallies& parts) {
    Tallies one;
    for (const auto& [key, tally] : parts) {
      Tally& sum = one[{key.kind, key.service, ""}];
      sum.count += tally.count;
      sum.day_count += tally.day_count;
      sum.quantity_thousandths += tally.quantity_thousandths;
      sum.amount_cents += tally.amount_cents;
    }
    return one;
  }

  // A run from before parts were told apart has a service whole: it is compared with the whole.
  static bool IsWhole(const Tallies& parts) {
    return parts.size() == 1 && parts.begin()->first.subject.empty();
  }

  void Uses() {
    std::set<std::string> services;
    ForEach(facts_.now, TallyKind::kService,
            [&](const TallyKey& key, const Tally&) { services.insert(key.service); });
    for (const std::string& service : services) UsesOf(service);
  }

  void UsesOf(const std::string& service) {
    const bool first = !facts_.year_ago && !facts_.last;
    const Tallies of_now = PartsOf(facts_.now, service);
    const Tallies of_year_ago = PartsOf(facts_.year_ago, service);
    const Tallies of_last = PartsOf(first ? facts_.other_cycles : facts_.last, service);
    const Tallies whole = AsOne(of_now);
    const bool by_whole =
        !IsWhole(of_now) && (IsWhole(of_year_ago) || (of_year_ago.empty() && IsWhole(of_last)));
    ForEach(by_whole ? whole : of_now, TallyKind::kService,
            [&](const TallyKey& key, const Tally& now) {
              const bool a_year = of_year_ago.contains(key);
              const Tallies& others = a_year ? of_year_ago : of_last;
              const Tallies sum = AsOne(others);
              const Tally* before = Find(by_whole ? sum : others, key);
              if (before == nullptr || now.day_count == 0 || before->day_count == 0) return;
              const auto change = ChangeOfRatio(now.quantity_thousandths, now.day_count,
                                                before->quantity_thousandths, before->day_count);
              // Chance is in both; the smaller of the two has the most of it, and what is held of
              // this run is not missing from it.
              const std::int64_t count = std::min(now.count, before->count);
              // Beside a whole city a first run may be of few.
              const std::int64_t enough_of = first ? std::max(now.count, before->count) : 0;
              if (!IsBeyondOf(count, change, limits_[Limit::kUseChangeMax], enough_of)) return;
              Add(FindingRule::kUse, key,
                  Signed(*change) + " of units a day against " +
                      (a_year  ? "a year ago"
                       : first ? "the city's other cycles"
                               : "last") +
                      ": " + PrintDecimal(now.quantity_thousandths, 3, 0) + " in " +
                      std::to_string(now.day_count) + " days against " +
                      PrintDecimal(before->quantity_thousandths, 3, 0) + " in " +
                      std::to_string(before->day_count),
                  now.count, now.amount_cents - AtPace(*before, now));
            });
  }

  // What others, or these before, were billed, for the days of these now.
  static std::int64_t AtPace(const Tally& others, const Tally& now) {
    return static_cast<std::int64_t>(static_cast<__int128>(others.amount_cents) * now.day_count /
                                     others.day_count);
  }

  // One is a vacancy, and a rule of one bill; one of twenty in a month is none.
  void Standstill() {
    ForEach(facts_.now, TallyKind::kStill, [&](const TallyKey& key, const Tally& tally) {
      const Tally all = WithHeld(facts_.now, key.service);
      const bool of_few = all.count < limits_[Limit::kCompareMin];
      if (tally.count * kStandstillOf < all.count || (of_few && tally.count < kStandstillMin)) {
        return;
      }
      Add(FindingRule::kStandstill, key,
          std::to_string(tally.count) + " of " + std::to_string(all.count) + " of " + key.service +
              " show nothing and never did before, " +
              PrintDecimal(tally.quantity_thousandths, 3, 0) + " on their last bills",
          tally.count, tally.amount_cents - tally.before_cents);
    });
  }

  // The list of them is ListCycleChanges.
  void Changes() {
    ForEach(facts_.now, TallyKind::kChanged, [&](const TallyKey& key, const Tally& tally) {
      Add(FindingRule::kChanged, key,
          std::to_string(tally.count) + " of " + key.service + " are billed by another " +
              key.subject + " than last, " + Money::Cents(tally.amount_cents).ToString() +
              " in all",
          tally.count, tally.amount_cents - tally.before_cents);
    });
  }

  // Each wrong fact is found when it comes; what was acknowledged and stands is not asked again. As
  // many may come as go: what is asked for is what was not there last.
  void Parcels() {
    for (const NewDifferences& one : facts_.new_differences) {
      const TallyKey key{TallyKind::kParcel, one.service, one.basis};
      const Tally* all = Find(facts_.now, key);
      Add(FindingRule::kParcel, key,
          std::to_string(one.count) + " of " + key.service +
              " are billed otherwise than their land records say and were not last, " +
              std::to_string(std::max(one.count, all == nullptr ? 0 : all->count)) +
              " in all: by " + key.subject,
          one.count, one.at_stake_cents);
    }
  }

  void UnitPrices() {
    ForEach(facts_.now, TallyKind::kComponent, [&](const TallyKey& key, const Tally& now) {
      const Tally* before = Find(facts_.last, key);
      if (!Comparable(now, before) || now.quantity_thousandths == 0 ||
          before->quantity_thousandths == 0) {
        return;
      }
      const auto change = ChangeOfRatio(now.amount_cents, now.quantity_thousandths,
                                        before->amount_cents, before->quantity_thousandths);
      if (!IsBeyond(change, Limit::kUnitPriceChangeMax)) return;
      const auto at_last =
          static_cast<std::int64_t>(static_cast<__int128>(before->amount_cents) *
                                    now.quantity_thousandths / before->quantity_thousandths);
      if (Magnitude(now.amount_cents - at_last) <= now.count) return;  // a cent a line is rounding
      Add(FindingRule::kUnitPrice, key,
          Signed(*change) + " a unit: " + Money::Cents(now.amount_cents).ToString() + " for " +
              PrintDecimal(now.quantity_thousandths, 3, 0) + " against " +
              Money::Cents(before->amount_cents).ToString() + " for " +
              PrintDecimal(before->quantity_thousandths, 3, 0),
          now.count, now.amount_cents - at_last);
    });
  }

  void PriceChanges() {
    ForEach(facts_.now, TallyKind::kPrice, [&](const TallyKey& key, const Tally& tally) {
      const std::int64_t more = tally.amount_cents - tally.before_cents;
      const auto change = Change(tally.amount_cents, tally.before_cents);
      if (more == 0 || (change && Magnitude(*change) < limits_[Limit::kPriceChangeMax])) return;
      Add(FindingRule::kPriceChange, key,
          (change ? Signed(*change) : std::string("more")) + " by price alone: the last bills of " +
              std::to_string(tally.count) + " were " + Money::Cents(tally.before_cents).ToString() +
              ", under this version they are " + Money::Cents(tally.amount_cents).ToString(),
          tally.count, more);
    });
    RiderChanges();
  }

  // A rider has another value in every month; one that moves the bills as far as a wrong rate would
  // is asked for, once for all schedules that charge it.
  void RiderChanges() {
    ForEach(facts_.now, TallyKind::kRider, [&](const TallyKey& key, const Tally& tally) {
      const std::int64_t more = tally.amount_cents - tally.before_cents;
      const auto change = Change(tally.amount_cents, tally.before_cents);
      if (more == 0 || (change && !IsBeyond(change, Limit::kUnitPriceChangeMax))) return;
      Add(FindingRule::kPriceChange, {key.kind, key.service, "rider " + key.subject},
          (change ? Signed(*change) : std::string("more")) + " by the value of " + key.subject +
              " alone: the last bills of " + std::to_string(tally.count) + " are " +
              Money::Cents(tally.amount_cents).ToString() + " with it, " +
              Money::Cents(tally.before_cents).ToString() + " with the one before",
          tally.count, more);
    });
  }

  void Controls() {
    for (const ControlTotal& control : facts_.controls) {
      const Tally billed = Metered(control.service);
      const auto share =
          static_cast<std::int64_t>(static_cast<__int128>(billed.quantity_thousandths) * 10'000 /
                                    control.quantity_thousandths);
      if (share >= limits_[Limit::kControlMin] && share <= limits_[Limit::kControlMax]) continue;
      findings_.push_back({FindingRule::kControlTotal, control.service, "",
                           PrintDecimal(billed.quantity_thousandths, 3, 0) + " billed of " +
                               PrintDecimal(control.quantity_thousandths, 3, 0) + " (" +
                               control.source + "): " + PrintDecimal(share, 2, 2) + " %",
                           billed.count, TooMuch(billed, control.quantity_thousandths)});
    }
  }

  // What of a service is billed by use, whosever meter shows it.
  Tally Metered(const std::string& service) const {
    Tallies parts = PartsOf(facts_.now, service);
    parts.erase({TallyKind::kService, service, std::string(kFlat)});
    return parts.empty() ? Tally() : AsOne(parts).begin()->second;
  }

  // What is billed for more than all that there was; of too little, what all of it would bring.
  static std::int64_t TooMuch(const Tally& billed, std::int64_t all) {
    if (billed.quantity_thousandths == 0) return 0;
    return static_cast<std::int64_t>(static_cast<__int128>(billed.amount_cents) *
                                     (billed.quantity_thousandths - all) /
                                     billed.quantity_thousandths);
  }

  void PricesUnknown() {
    ForEach(facts_.now, TallyKind::kUnpriced, [&](const TallyKey& key, const Tally& tally) {
      Add(FindingRule::kPriceUnknown, key,
          "the last bills of " + std::to_string(tally.count) + " were " +
              Money::Cents(tally.before_cents).ToString() +
              "; what they are under this version is not known",
          tally.count, 0);
    });
  }

  void MissingControls() {
    for (const std::string& service : facts_.metered) {
      const Tally now = WithHeld(facts_.now, service);
      const bool recorded = std::any_of(facts_.controls.begin(), facts_.controls.end(),
                                        [&](const auto& one) { return one.service == service; });
      if (recorded || now.count < limits_[Limit::kCompareMin]) continue;
      findings_.push_back({FindingRule::kNoControlTotal, service, "",
                           "nothing says how much of it was purchased or pumped for " +
                               std::to_string(now.count) + " agreements",
                           now.count, 0});
    }
  }

  void PointsDays(TallyKind kind, std::string_view words) {
    struct Points {
      std::int64_t count = 0;
      std::int64_t day_count = 0;
      std::string first;
    };
    std::map<std::string, Points> services;
    ForEach(facts_.now, kind, [&](const TallyKey& key, const Tally& tally) {
      Points& points = services[key.service];
      points.count += tally.count;
      points.day_count += tally.day_count;
      if (points.first.empty()) points.first = key.subject;
    });
    for (const auto& [service, points] : services) {
      findings_.push_back({FindingRule::kPointDays, service, std::string(words),
                           std::to_string(points.day_count) + " days at " +
                               std::to_string(points.count) +
                               " places that changed hands; one is " + points.first,
                           points.count, 0});
    }
  }

  // The season moves both meters of a bill, so that many of them together say what they count. A
  // register in thousands of gallons that is taken for hundreds of cubic feet shows 0.748 of the
  // use, the other way round 1.337: of one account that is a dry month.
  void NewMeters() {
    ForEach(facts_.now, TallyKind::kNewMeters, [&](const TallyKey& key, const Tally& now) {
      const Tally* old = Find(facts_.now, {TallyKind::kOldMeters, key.service, key.subject});
      if (old == nullptr) return;
      const std::int64_t was =
          key.subject.empty() ? old->quantity_thousandths : OldPace(key.service, now, *old);
      const auto change = Change(now.quantity_thousandths, was);
      if (now.count < kNewMetersMin || !IsBeyondOf(now.count, change, kNewMetersChange)) return;
      const auto wrong = static_cast<std::int64_t>(
          static_cast<__int128>(now.amount_cents) * (now.quantity_thousandths - was) /
          std::max<std::int64_t>(1, std::max(now.quantity_thousandths, was)));
      Add(FindingRule::kNewMeters, key,
          Signed(*change) + ": " + std::to_string(now.count) + " new meters show " +
              PrintDecimal(now.quantity_thousandths, 3, 0) + " in " +
              std::to_string(now.day_count) + " days, at the pace of the old ones " +
              PrintDecimal(was, 3, 0) + KnownFactor(*change),
          now.count, wrong);
    });
  }

  // What the old meters would have shown in the days of the new ones, which came behind them: at
  // their pace, as far as the season has moved the other agreements of the service since.
  std::int64_t OldPace(const std::string& service, const Tally& now, const Tally& old) const {
    if (old.day_count == 0) return 0;
    __int128 pace = static_cast<__int128>(old.quantity_thousandths) * now.day_count / old.day_count;
    const TallyKey key{TallyKind::kService, service, ""};
    const Tally* all = Find(facts_.now, key);
    const Tally* last = Find(facts_.last, key);
    if (all != nullptr && last != nullptr &&
        std::min(all->count - now.count, last->count - old.count) >= limits_[Limit::kCompareMin]) {
      const std::int64_t use = all->quantity_thousandths - now.quantity_thousandths;
      const std::int64_t use_last = last->quantity_thousandths - old.quantity_thousandths;
      const std::int64_t days = all->day_count - now.day_count;
      const std::int64_t days_last = last->day_count - old.day_count;
      if (use > 0 && use_last > 0 && days > 0 && days_last > 0) {
        pace = pace * use / use_last * days_last / days;
      }
    }
    return static_cast<std::int64_t>(pace);
  }

  // What the change looks like, if it looks like anything.
  static std::string KnownFactor(std::int64_t change) {
    struct Known {
      std::int64_t ratio;  // hundredths of a percent
      std::string_view words;
    };
    constexpr Known kKnown[] = {
        {1'337, "0.1337, cubic feet for gallons"},   {7'480, "0.748, gallons for cubic feet"},
        {13'369, "1.337, cubic feet for gallons"},   {74'805, "7.48, gallons for cubic feet"},
        {1'000, "a tenth, a digit that is missing"}, {100'000, "ten, a digit too many"}};
    for (const Known& known : kKnown) {
      const std::int64_t off = Magnitude(10'000 + change - known.ratio);
      if (off * 10 <= known.ratio) return "; that is about " + std::string(known.words);
    }
    return "";
  }

  const RunFacts& facts_;
  const Limits& limits_;
  std::vector<RunFinding> findings_;
};

}  // namespace

std::vector<RunFinding> JudgeRun(const RunFacts& facts, const Limits& limits) {
  return RunJudge(facts, limits).Judge();
}

}  // namespace reeve::billing::cycle
