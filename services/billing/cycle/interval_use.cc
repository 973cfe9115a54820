#include "services/billing/cycle/interval_use.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "services/billing/interval/sums.h"
#include "services/billing/rate/split.h"
#include "shared/core/decimal.h"

namespace reeve::billing::cycle {
namespace {

using interval::MeterDay;
using rate::Component;
using rate::ComponentKind;
using rate::Schedule;

bool PricesTime(const Component& component) {
  return component.kind == ComponentKind::kTiers && !component.period.empty();
}
bool PricesLoad(const Component& component) { return component.kind == ComponentKind::kDemand; }
bool PricesLoadOfTime(const Component& component) {
  return PricesLoad(component) && !component.period.empty();
}

template <class Predicate>
bool HasComponent(const Schedule& version, const Predicate& predicate) {
  return std::any_of(version.components.begin(), version.components.end(), predicate);
}

std::size_t IndexOf(const rate::DayTimes& times, const std::string& name) {
  return static_cast<std::size_t>(std::find(times.names.begin(), times.names.end(), name) -
                                  times.names.begin());
}

// `weights`, or if all are nothing, what stands in their place.
std::vector<std::int64_t> OrElse(std::vector<std::int64_t> weights,
                                 std::vector<std::int64_t> instead) {
  const bool any =
      std::any_of(weights.begin(), weights.end(), [](std::int64_t weight) { return weight > 0; });
  return any ? std::move(weights) : std::move(instead);
}

class Measuring {
 public:
  Measuring(const rate::Versions& versions, Date bill_date, const IntervalFacts& known,
            Segment& segment)
      : known_(known),
        segment_(segment),
        facts_(segment),
        split_(versions, {segment.from_date, segment.to_date, bill_date}, facts_.facts.measured) {}

  std::optional<Unmeasured> Run() {
    if (split_.outcome() != rate::Split::Outcome::kWhole) return std::nullopt;  // pricing says why
    const auto prices = [this](const auto& predicate) {
      return std::any_of(split_.days().begin(), split_.days().end(), [&](const rate::Days& days) {
        return HasComponent(*days.version, predicate);
      });
    };
    const bool times = prices(PricesTime);
    const bool loads = prices(PricesLoad);
    if (!times && !loads) return std::nullopt;
    if (auto missing = FindDays()) return missing;
    if (auto off = CompareWithRegister()) return off;
    if (auto longer = FindLongIntervals()) return longer;
    if (loads) {
      if (auto held = AddLoads()) return held;
    }
    if (times) AddStretches();
    return std::nullopt;
  }

 private:
  // Takes the days of the segment, all of whose intervals must be known.
  std::optional<Unmeasured> FindDays() {
    const Date first = Date::FromDays(split_.days().front().first);
    const Date last = Date::FromDays(split_.days().back().last);
    std::string missing;
    int more = 0;
    for (Date day = first; day <= last; day = day.PlusDays(1)) {
      const auto found = std::find_if(known_.days.begin(), known_.days.end(),
                                      [&](const MeterDay& one) { return one.clock.day == day; });
      const bool is_there = found != known_.days.end();
      if (is_there && found->missing_count() == 0) {
        days_.push_back(*found);
        continue;
      }
      if (!missing.empty()) {
        ++more;
        continue;
      }
      missing = "no intervals of " + day.ToString();
      if (is_there && found->minutes != 0) {
        missing = std::to_string(found->missing_count()) + " of " +
                  std::to_string(found->slots.size()) + " intervals of " + day.ToString() +
                  " are missing";
      }
    }
    if (missing.empty()) return std::nullopt;
    if (more > 0) missing += ", and some of " + std::to_string(more) + " other days";
    return Unmeasured{HoldReason::kNoIntervals, std::move(missing)};
  }

  // An interval of an hour says nothing of its halves.
  std::optional<Unmeasured> FindLongIntervals() const {
    const auto halves = [](const std::optional<rate::DayTimes>& times) {
      return times && times->HasHalfHours();
    };
    const bool has = std::any_of(
        split_.versions().begin(), split_.versions().end(), [&](const Schedule* version) {
          return (halves(version->use_times) && HasComponent(*version, PricesTime)) ||
                 (halves(version->load_times) && HasComponent(*version, PricesLoadOfTime));
        });
    if (!has) return std::nullopt;
    constexpr int kHalf = 30;
    for (const MeterDay& day : days_) {
      if (day.minutes <= kHalf) continue;
      return Unmeasured{HoldReason::kNoIntervals,
                        "intervals of " + std::to_string(day.minutes) +
                            " minutes, the times of use go by half hours"};
    }
    return std::nullopt;
  }

  std::optional<Unmeasured> CompareWithRegister() const {
    std::int64_t sum = 0;
    for (const MeterDay& day : days_) sum += day.sum();
    const interval::Policy exact;
    if (interval::Agree(known_.policy.value_or(exact), segment_.use.usage_thousandths, sum)) {
      return std::nullopt;
    }
    constexpr int kDecimals = 6;
    return Unmeasured{HoldReason::kIntervalsOff,
                      "the intervals add up to " + PrintDecimal(sum, kDecimals, 0) +
                          ", the register to " +
                          PrintDecimal(segment_.use.usage_thousandths, 3, 0)};
  }

  std::optional<Unmeasured> AddLoads() {
    if (!known_.policy) {
      return Unmeasured{HoldReason::kNoIntervals, "no policy says over how many minutes a load is"};
    }
    std::map<std::string, const Schedule*> versions;  // of each load, the newest that prices it
    std::map<std::string, rate::Ratchet> ratchets;
    for (const rate::Days& days : split_.days()) {
      for (const Component& component : days.version->components) {
        if (!PricesLoad(component)) continue;
        const auto [found, is_new] = versions.try_emplace(component.period, days.version);
        if (!is_new && !SameHours(*found->second, *days.version, component.period)) {
          return Unmeasured{HoldReason::kNotPriced,
                            "two versions have other hours for the load of " + component.period};
        }
        found->second = days.version;
        if (component.ratchet) {
          const auto [ratchet, first] = ratchets.try_emplace(component.period, *component.ratchet);
          if (ratchet->second.months != component.ratchet->months) {
            return Unmeasured{HoldReason::kNotPriced, "two ratchets are of other months"};
          }
          ratchet->second.month_count =
              std::max(ratchet->second.month_count, component.ratchet->month_count);
        }
      }
    }
    if (ratchets.size() > 1) {
      return Unmeasured{HoldReason::kNotPriced, "loads of several times have ratchets"};
    }
    for (const MeterDay& day : days_) {
      if (day.minutes <= known_.policy->load_minutes) continue;
      return Unmeasured{HoldReason::kNoIntervals, "intervals of " + std::to_string(day.minutes) +
                                                      " minutes, the load is of " +
                                                      std::to_string(known_.policy->load_minutes)};
    }
    for (const auto& [name, version] : versions) {
      if (AddLoad(name, *version, ratchets)) continue;
      segment_.loads.clear();
      return Unmeasured{HoldReason::kNoIntervals, "no load of " +
                                                      std::to_string(known_.policy->load_minutes) +
                                                      " minutes lies wholly within " + name};
    }
    return std::nullopt;
  }
  static bool SameHours(const Schedule& a, const Schedule& b, const std::string& name) {
    if (name.empty() || &a == &b) return true;
    return rate::SameHours(*a.load_times, IndexOf(*a.load_times, name), *b.load_times,
                           IndexOf(*b.load_times, name));
  }
  // False if it cannot be measured.
  bool AddLoad(const std::string& name, const Schedule& version,
               const std::map<std::string, rate::Ratchet>& ratchets) {
    const rate::DayTimes* times = name.empty() ? nullptr : &*version.load_times;
    const std::size_t time = times == nullptr ? 0 : IndexOf(*times, name);
    const int window = known_.policy->load_minutes;
    const auto load = interval::HighestLoad(days_, window, times, time);
    if (!load) return false;
    segment_.loads.push_back({name, load->thousandths, window, load->day, load->minute_of_day, {}});
    const auto ratchet = ratchets.find(name);
    const auto earlier = known_.earlier_loads.find(name);
    if (ratchet == ratchets.end() || earlier == known_.earlier_loads.end()) return true;
    const auto most = static_cast<std::size_t>(ratchet->second.month_count);
    for (std::size_t i = 0; i < std::min(most, earlier->second.size()); ++i) {
      const IntervalFacts::EarlierLoad& one = earlier->second[i];
      // A month that does not count keeps its place: a shorter ratchet looks no further back.
      const bool counts = ratchet->second.Counts(one.to_date);
      segment_.loads.back().earlier.push_back(counts ? one.thousandths : 0);
    }
    return true;
  }

  void AddStretches() {
    const std::span<const rate::Days> parts = split_.days();
    std::vector<std::int64_t> sums;
    for (const rate::Days& part : parts) {
      std::int64_t sum = 0;
      for (const MeterDay& day : DaysOf(part)) sum += day.sum();
      sums.push_back(sum);
    }
    const bool before_last = split_.day_count() == rate::DayCount::kBeforeLast;
    Date from = segment_.from_date;
    std::vector<std::int64_t> usage(parts.size(), 0);
    for (std::size_t meter = 0; meter < facts_.facts.measured.size(); ++meter) {
      DivideMeter(meter, sums, usage);
    }
    for (std::size_t i = 0; i < parts.size(); ++i) {
      TimedStretch stretch;
      stretch.meter = parts[i].measured;
      stretch.from_date = from;
      stretch.to_date = Date::FromDays(parts[i].last + (before_last ? 1 : 0));
      stretch.usage_thousandths = usage[i];
      for (const MeterDay& day : DaysOf(parts[i])) {
        stretch.estimated_count += static_cast<std::int64_t>(day.estimated_count());
      }
      if (parts[i].version->use_times) AddTimes(parts[i], stretch);
      from = stretch.to_date;
      segment_.stretches.push_back(std::move(stretch));
    }
  }
  // What a meter measured, over its parts.
  void DivideMeter(std::size_t meter, std::span<const std::int64_t> sums,
                   std::vector<std::int64_t>& usage) const {
    std::vector<std::size_t> its;
    std::vector<std::int64_t> weights;
    std::vector<std::int64_t> by_days;
    for (std::size_t i = 0; i < sums.size(); ++i) {
      if (split_.days()[i].measured != meter) continue;
      its.push_back(i);
      weights.push_back(sums[i]);
      by_days.push_back(split_.days()[i].count());
    }
    const std::vector<std::int64_t> shares = rate::SplitByLargestRemainder(
        facts_.facts.measured[meter].usage_thousandths, split_.step_thousandths(),
        OrElse(std::move(weights), std::move(by_days)));
    for (std::size_t i = 0; i < its.size(); ++i) usage[its[i]] = shares[i];
  }
  void AddTimes(const rate::Days& part, TimedStretch& stretch) const {
    const rate::DayTimes& times = *part.version->use_times;
    std::vector<rate::SlotOfUse> slots = interval::HalfHoursOf(DaysOf(part));
    std::vector<std::int64_t> sums = rate::SumByTime(times, slots);
    for (rate::SlotOfUse& slot : slots) slot.amount = 1;
    const std::vector<std::int64_t> shares = rate::SplitByLargestRemainder(
        stretch.usage_thousandths, 1, OrElse(std::move(sums), rate::SumByTime(times, slots)));
    for (std::size_t i = 0; i < shares.size(); ++i) {
      stretch.times.push_back({times.names[i], shares[i]});
    }
  }
  std::span<const MeterDay> DaysOf(const rate::Days& part) const {
    const auto begin = static_cast<std::size_t>(part.first - split_.days().front().first);
    return std::span(days_).subspan(begin, static_cast<std::size_t>(part.count()));
  }

  const IntervalFacts& known_;
  Segment& segment_;
  const SegmentFacts facts_;
  const rate::Split split_;
  std::vector<MeterDay> days_;
};

}  // namespace

bool NeedsIntervals(const rate::Versions& versions) {
  return std::any_of(versions.all().begin(), versions.all().end(), [](const Schedule& version) {
    return HasComponent(version, PricesTime) || HasComponent(version, PricesLoad);
  });
}

std::optional<Unmeasured> AddIntervals(const rate::Versions& versions, Date bill_date,
                                       const IntervalFacts& known, Segment& segment) {
  return Measuring(versions, bill_date, known, segment).Run();
}

}  // namespace reeve::billing::cycle
