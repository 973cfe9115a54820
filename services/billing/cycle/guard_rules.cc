#include "services/billing/cycle/guard_rules.h"

#include <algorithm>

#include "services/billing/cycle/meter_size.h"
#include "shared/core/decimal.h"
#include "shared/core/quantity.h"

namespace reeve::billing::cycle {
namespace {

// A register that is read with one digit too many shows ten times the use. Use itself varies, so
// the bands are wide. Hundredths.
struct Band {
  std::int64_t min;
  std::int64_t max;
};
constexpr Band kTen{800, 1'250};
constexpr Band kHundred{8'000, 12'500};
// A cubic foot is 7.48 gallons: what a register counts in one, or in tens or hundreds of it, taken
// for the other.
struct UnitBand {
  Band band;
  std::string_view times;
};
constexpr UnitBand kUnitFactors[] = {
    {{561, 935}, "7.48"}, {{5'610, 9'350}, "74.8"}, {{56'100, 93'500}, "748"}};
constexpr std::int64_t kFactorOfOther = 130;  // of whichever of season and last bill is out of it
constexpr std::int64_t kFall = 500;  // a tenth, as use varies: hundredths of the fallen one

// Bills of a year ago are those that end so many days from it.
constexpr int kYearDays = 365;
constexpr int kSeasonDays = 25;
constexpr int kLikeMonthDays = 45;  // a bill on either side

constexpr std::int64_t kPeersMin = 10;          // fewer have no median worth the name
constexpr std::size_t kFirstBills = 2;          // after so many a new meter is no longer new
constexpr std::size_t kNeverSoLowBills = 4;     // what a fall is measured against
constexpr std::int64_t kNeverSoLowRatio = 300;  // hundredths
constexpr std::int64_t kAlsoOfOther = 130;      // hundredths
constexpr std::int64_t kOrdinaryRatio = 50;     // hundredths of the peers' median
constexpr std::size_t kSteadyBills = 6;         // fewer are not known to be steady
constexpr std::int64_t kSteadyApart = 180;      // hundredths: season and last bill say the same
constexpr std::int64_t kNeverSoHigh = 120;      // hundredths of whatever was used in such a month
constexpr std::int64_t kOfMoved = 150;       // hundredths of the last bill as peers have moved it
constexpr std::int64_t kPeersRose = 150;     // hundredths of what they used last
constexpr std::size_t kRowKnown = 12;        // equal bills that are counted one by one
constexpr std::size_t kNeverStillBills = 6;  // of a meter that never stood still
constexpr std::size_t kMovedBills = 3;       // fewer are no history to be taken for another's
constexpr std::int64_t kOwnRatio = 62;       // hundredths: from here on a use is one's own
constexpr std::int64_t kFitRatio = 70;       // hundredths: and fits another's
constexpr std::int64_t kApartRatio = 200;    // hundredths: two neighbours that can be told apart
constexpr std::int64_t kStillDays = 14;      // nothing in so many days is no holiday
constexpr std::int64_t kStillCounts = 2;     // that it should have shown by then
constexpr std::int64_t kSeenBefore = 50;     // hundredths of a use that passed before

// Below this a day, in thousandths, ten times nothing is still next to nothing: 3 kWh, 50 gallons
// in each unit of water, and as little gas.
constexpr std::pair<Unit, std::int64_t> kSmallUses[] = {
    {Unit::kKilowattHour, 3'000}, {Unit::kKilogallon, 50},   {Unit::kHundredCubicFeet, 67},
    {Unit::kGallon, 50'000},      {Unit::kCubicFoot, 6'700}, {Unit::kThousandCubicFeet, 7},
    {Unit::kCubicMeter, 190},     {Unit::kTherm, 70},        {Unit::kDekatherm, 7}};

bool IsSmall(MeteredUse use, std::string_view unit) {
  for (const auto& [known, per_day] : kSmallUses) {
    if (unit == UnitName(known)) return use.usage_thousandths <= per_day * use.day_count;
  }
  return use.usage_thousandths <= 100 * use.day_count;
}

std::string Words(MeteredUse use, std::string_view unit) {
  return PrintDecimal(use.usage_thousandths, 3, 0) + " " + std::string(unit) + " in " +
         std::to_string(use.day_count) + " days";
}

// What a use is compared with: the last bill, moved as far as the season has moved its peers since,
// and the same season of last year, if it is known and anything was used in it.
struct Baseline {
  std::optional<MeteredUse> last;
  std::optional<MeteredUse> season;

  // What the use should have been.
  std::optional<MeteredUse> expected() const {
    return season && season->usage_thousandths > 0 ? season : last;
  }
};

// Without overflow: use, days and medians of a bill are below 10^12 and 10^3.
MeteredUse Moved(MeteredUse last, const std::optional<Peers>& peers) {
  if (!peers || peers->count < kPeersMin || !peers->last_median) return last;
  const MeteredUse now = peers->median;
  const MeteredUse then = *peers->last_median;
  if (then.usage_thousandths == 0) return last;
  const __int128 moved = static_cast<__int128>(last.usage_thousandths) * now.usage_thousandths *
                         then.day_count /
                         (static_cast<__int128>(then.usage_thousandths) * now.day_count);
  return {static_cast<std::int64_t>(moved), last.day_count};
}

Baseline BaselineOf(std::span<const Billed> history, Date to_date,
                    const std::optional<Peers>& peers) {
  Baseline baseline;
  if (history.empty()) return baseline;
  baseline.last = Moved(history.front().use(), peers);
  const Billed* season = SameSeason(history, to_date);
  if (season != nullptr) baseline.season = season->use();
  return baseline;
}

std::string Against(const UseFacts& facts, const Baseline& before) {
  return Words(facts.use, facts.unit) + " against " +
         Words(facts.history.front().use(), facts.unit) +
         (before.season ? " last and " + Words(*before.season, facts.unit) + " a year ago" : "");
}

bool IsWithin(MeteredUse use, MeteredUse of, Band band) {
  return of.usage_thousandths > 0 && CompareByDay(use, of, band.min) >= 0 &&
         CompareByDay(use, of, band.max) <= 0;
}

using Rule = std::optional<Suspicion> (*)(const UseFacts& facts, const Limits& limits,
                                          const Baseline& baseline);

std::optional<Suspicion> MeterMaximum(const UseFacts& facts, const Limits&,
                                      const Baseline& before) {
  std::optional<std::int64_t> per_day =
      MeterMaximumPerDay(facts.service, facts.meter_size, facts.unit);
  const std::int64_t own = facts.schedule.usage_per_day_max_thousandths;
  if (own > 0) per_day = std::min(per_day.value_or(own), own);
  if (!per_day ||
      facts.use.usage_thousandths <= static_cast<__int128>(*per_day) * facts.use.day_count) {
    return std::nullopt;
  }
  return Suspicion{HoldReason::kAboveMeterMaximum,
                   Words(facts.use, facts.unit) + ", the meter can pass " +
                       PrintDecimal(*per_day, 3, 0) + " a day",
                   before.expected()};
}

// About so many times one of the two, and far more than the other. If a whole kind of meters is
// read wrong, it moves the last bill along with itself: then it is so many times what it was, last
// month and last year.
std::optional<Suspicion> Factor(const UseFacts& facts, const Baseline& before, Band band,
                                HoldReason reason) {
  if (!before.last || IsSmall(facts.use, facts.unit)) return std::nullopt;
  const MeteredUse other = before.season.value_or(*before.last);
  const bool in_band = IsWithin(facts.use, *before.last, band) || IsWithin(facts.use, other, band);
  const bool far = CompareByDay(facts.use, *before.last, kFactorOfOther) >= 0 &&
                   CompareByDay(facts.use, other, kFactorOfOther) >= 0;
  const MeteredUse unmoved = facts.history.front().use();
  const bool with_its_kind = IsWithin(facts.use, unmoved, band) &&
                             IsWithin(facts.use, before.season.value_or(unmoved), band);
  if (!(in_band && far) && !with_its_kind) return std::nullopt;
  return Suspicion{reason, Against(facts, before), before.expected()};
}

std::optional<Suspicion> FactorHundred(const UseFacts& facts, const Limits&,
                                       const Baseline& before) {
  return Factor(facts, before, kHundred, HoldReason::kFactorHundred);
}

std::optional<Suspicion> FactorTen(const UseFacts& facts, const Limits&, const Baseline& before) {
  return Factor(facts, before, kTen, HoldReason::kFactorTen);
}

// A new meter has shown nothing where the old one would have turned.
bool ShouldHaveCounted(const UseFacts& facts, const Baseline& before) {
  const MeteredUse expected = *before.expected();
  return facts.use.day_count >= kStillDays &&
         static_cast<__int128>(expected.usage_thousandths) * facts.use.day_count >=
             static_cast<__int128>(kStillCounts) * facts.multiplier_thousandths *
                 expected.day_count;
}

// Since an exchange, of the last bill or of the season, and far from the other as well.
std::optional<Suspicion> UnitFactor(const UseFacts& facts, const Limits&, const Baseline& before) {
  if (!before.last || !facts.other_meter_runs.value_or(true)) return std::nullopt;
  const MeteredUse last = *before.last;
  const MeteredUse other = before.season.value_or(last);
  const auto is_in = [&](MeteredUse more, MeteredUse less, MeteredUse less_too, Band band) {
    return IsWithin(more, less, band) && CompareByDay(more, less_too, kFactorOfOther) >= 0;
  };
  for (const UnitBand& factor : kUnitFactors) {
    const bool up =
        !IsSmall(facts.use, facts.unit) &&
        (is_in(facts.use, last, other, factor.band) || is_in(facts.use, other, last, factor.band));
    const bool down = facts.use.usage_thousandths > 0 && !IsSmall(last, facts.unit) &&
                      !IsSmall(other, facts.unit) && IsWithin(last, facts.use, factor.band) &&
                      IsWithin(other, facts.use, factor.band);
    if (!up && !down) continue;
    return Suspicion{HoldReason::kUnitFactor,
                     Against(facts, before) + ", about " + (up ? "" : "one part in ") +
                         std::string(factor.times) + (up ? " times" : "") +
                         ": as gallons for cubic feet, or the other way round",
                     before.expected()};
  }
  return std::nullopt;
}

// Of a use that was never so low. Down to nothing is a vacancy, and so is it if the account's other
// meters have slowed down too; down to a tenth is a digit.
// New meters are not put in for vacancies: one bill of history is enough, and
// nothing at all is a meter that does not count.
std::optional<Suspicion> FactorTenth(const UseFacts& facts, const Limits&, const Baseline& before) {
  if (facts.history.size() < (facts.new_meter ? 1 : kNeverSoLowBills)) return std::nullopt;
  if (facts.use.usage_thousandths == 0 && !(facts.new_meter && ShouldHaveCounted(facts, before))) {
    return std::nullopt;
  }
  const MeteredUse last = facts.history.front().use();
  const MeteredUse other = before.season.value_or(last);
  if (IsSmall(last, facts.unit) || IsSmall(other, facts.unit) ||
      CompareByDay(last, facts.use, kFall) < 0 || CompareByDay(other, facts.use, kFall) < 0 ||
      (!before.season && CompareByDay(*before.last, facts.use, kNeverSoLowRatio) < 0) ||
      !facts.other_meter_runs.value_or(true)) {
    return std::nullopt;
  }
  const bool never_so_low =
      std::all_of(facts.history.begin(), facts.history.end(), [&](const Billed& billed) {
        return CompareByDay(billed.use(), facts.use, kNeverSoLowRatio) > 0;
      });
  if (!never_so_low) return std::nullopt;
  return Suspicion{HoldReason::kFactorTenth, Against(facts, before), before.expected()};
}

std::optional<Suspicion> AboveBefore(const UseFacts& facts, const Limits& limits,
                                     const Baseline& before) {
  const std::int64_t own = facts.schedule.usage_ratio_max_hundredths;
  const std::int64_t ratio =
      own > 0 ? std::min(own, limits.Loosest(Limit::kUseRatioMax)) : limits[Limit::kUseRatioMax];
  if (!before.last || IsSmall(facts.use, facts.unit)) return std::nullopt;
  // Far above one of the two, and above the other as well: a season or a month that was unlike this
  // one is no measure alone.
  const MeteredUse last = *before.last;
  const MeteredUse season = *before.expected();
  const auto is_far_above = [&](MeteredUse one, MeteredUse other) {
    return one.usage_thousandths > 0 && CompareByDay(facts.use, one, ratio) > 0 &&
           CompareByDay(facts.use, other, kAlsoOfOther) > 0;
  };
  if (!is_far_above(season, last) && !is_far_above(last, season)) return std::nullopt;
  // Whoever comes home to what their neighbours use has come home.
  const bool ordinary = facts.peers && facts.peers->count >= kPeersMin &&
                        CompareByDay(facts.use, facts.peers->median, kOrdinaryRatio) <= 0;
  if (ordinary) return std::nullopt;
  return Suspicion{before.season ? HoldReason::kAboveSeason : HoldReason::kAboveLast,
                   Against(facts, before), season};
}

// Whether the season and the last bill say the same.
bool IsSteady(const UseFacts& facts, const Baseline& before) {
  const MeteredUse last = facts.history.front().use();
  return CompareByDay(*before.season, last, kSteadyApart) <= 0 &&
         CompareByDay(last, *before.season, kSteadyApart) <= 0;
}

// Twice and more of what a steady home uses in the month, while the peers use what they did and
// nothing else of the account has risen: an extra digit of a high read, or a leak that its owner
// does not know of. Both months deny it, and so do those beside the season.
std::optional<Suspicion> AboveSteady(const UseFacts& facts, const Limits& limits,
                                     const Baseline& before) {
  // Who may use more than others by the schedule may do so out of a steady use, too.
  const std::int64_t own = std::min<std::int64_t>(facts.schedule.usage_ratio_max_hundredths,
                                                  limits.Loosest(Limit::kUseRatioMax));
  const std::int64_t ratio = std::max(limits[Limit::kSteadyRatioMax], own);
  if (facts.estimated || facts.other_meter_rose || facts.history.size() < kSteadyBills ||
      !before.season || IsSmall(facts.use, facts.unit) || IsSmall(*before.season, facts.unit) ||
      !IsSteady(facts, before)) {
    return std::nullopt;
  }
  if (CompareByDay(facts.use, *before.season, ratio) <= 0 ||
      CompareByDay(facts.use, *before.last, kOfMoved) <= 0 ||
      CompareByDay(facts.use, facts.history.front().use(), ratio) <= 0) {
    return std::nullopt;
  }
  const bool peers_rose =
      facts.peers && facts.peers->last_median && facts.peers->count >= kPeersMin &&
      CompareByDay(facts.peers->median, *facts.peers->last_median, kPeersRose) > 0;
  if (peers_rose) return std::nullopt;
  const bool was_so_high =
      std::any_of(facts.history.begin(), facts.history.end(), [&](const Billed& billed) {
        const int apart = facts.to_date - billed.to_date;
        const bool like_month = apart < kLikeMonthDays || apart > kYearDays - kLikeMonthDays;
        return like_month && CompareByDay(facts.use, billed.use(), kNeverSoHigh) <= 0;
      });
  if (was_so_high) return std::nullopt;
  return Suspicion{HoldReason::kAboveSeason,
                   Against(facts, before) + ", steady till now, and nothing else has risen",
                   *before.season};
}

bool Fits(MeteredUse one, MeteredUse other, std::int64_t hundredths, std::string_view unit) {
  if (IsSmall(one, unit) && IsSmall(other, unit)) return true;
  return CompareByDay(one, other, hundredths) >= 0 && CompareByDay(other, one, hundredths) >= 0;
}

// Whether the use is like the last bill, moved with the season or not, or like that of a year ago.
bool IsLike(MeteredUse use, std::span<const Billed> history, const Baseline& before,
            std::int64_t hundredths, std::string_view unit) {
  return Fits(use, history.front().use(), hundredths, unit) ||
         Fits(use, *before.last, hundredths, unit) ||
         Fits(use, *before.expected(), hundredths, unit);
}

// Since one day each of two neighbours has the other's use. Where one of the places is empty, it
// runs, and the other stands still.
std::optional<Suspicion> CrossedMeters(const UseFacts& facts, const Limits&,
                                       const Baseline& before) {
  if (facts.estimated || facts.neighbours.empty() || facts.history.size() < kMovedBills ||
      IsLike(facts.use, facts.history, before, kOwnRatio, facts.unit)) {
    return std::nullopt;
  }
  const MeteredUse own = *before.expected();
  for (const Neighbour& next : facts.neighbours) {
    if (next.history.size() < kMovedBills || next.use.day_count <= 0) continue;
    const Baseline of_next = BaselineOf(next.history, next.to_date, facts.peers);
    const MeteredUse theirs = *of_next.expected();
    const bool apart =
        CompareByDay(own, theirs, kApartRatio) >= 0 || CompareByDay(theirs, own, kApartRatio) >= 0;
    if (!apart || IsLike(next.use, next.history, of_next, kOwnRatio, facts.unit) ||
        !IsLike(facts.use, next.history, of_next, kFitRatio, facts.unit) ||
        !IsLike(next.use, facts.history, before, kFitRatio, facts.unit)) {
      continue;
    }
    return Suspicion{HoldReason::kCrossedMeters,
                     Against(facts, before) + ", as " + next.name +
                         " next door used, which shows " + Words(next.use, facts.unit) +
                         " against " + Words(next.history.front().use(), facts.unit) + " last",
                     own};
  }
  return std::nullopt;
}

std::string PeersWords(const UseFacts& facts) {
  return Words(facts.use, facts.unit) + ", half of " + std::to_string(facts.peers->count) +
         " like it used at most " + Words(facts.peers->median, facts.unit);
}

// What passed the guard before, or half of it, is known of the account.
std::optional<Suspicion> AbovePeers(const UseFacts& facts, const Limits& limits, const Baseline&) {
  const std::int64_t ratio =
      limits[facts.history.empty() ? Limit::kPeersFirstRatioMax : Limit::kPeersRatioMax];
  if (ratio == 0 || !facts.peers || facts.peers->count < kPeersMin ||
      IsSmall(facts.use, facts.unit) || CompareByDay(facts.use, facts.peers->median, ratio) <= 0) {
    return std::nullopt;
  }
  const bool seen =
      std::any_of(facts.history.begin(), facts.history.end(), [&](const Billed& billed) {
        return CompareByDay(billed.use(), facts.use, kSeenBefore) >= 0;
      });
  if (seen) return std::nullopt;
  return Suspicion{HoldReason::kAbovePeers, PeersWords(facts), facts.peers->median};
}

std::optional<Suspicion> BelowPeers(const UseFacts& facts, const Limits& limits, const Baseline&) {
  const std::int64_t ratio = limits[Limit::kPeersRatioMin];
  if (ratio == 0 || !facts.peers || facts.peers->count < kPeersMin ||
      facts.history.size() >= (facts.new_meter ? kNeverSoLowBills : kFirstBills) ||
      facts.use.usage_thousandths == 0 || CompareByDay(facts.peers->median, facts.use, ratio) < 0) {
    return std::nullopt;
  }
  return Suspicion{HoldReason::kBelowPeers, PeersWords(facts), facts.peers->median};
}

// Bills of exactly this use right before this one.
std::size_t SameBefore(const UseFacts& facts) {
  const auto other =
      std::find_if(facts.history.begin(), facts.history.end(), [&](const Billed& billed) {
        return billed.usage_thousandths != facts.use.usage_thousandths;
      });
  return static_cast<std::size_t>(other - facts.history.begin());
}

// True at every so many bills of a row: what was released is asked again after as many. Of a row
// that is longer than what is known, the months of the calendar are counted instead.
bool IsInARow(const UseFacts& facts, std::size_t bills) {
  if (bills == 0) return false;
  const std::size_t before = SameBefore(facts);
  if (before < kRowKnown) return (before + 1) % bills == 0;
  return static_cast<std::size_t>(facts.to_date.year() * 12 + facts.to_date.month()) % bills == 0;
}

std::optional<Suspicion> SameUseAgain(const UseFacts& facts, const Limits& limits,
                                      const Baseline& before) {
  const auto bills = static_cast<std::size_t>(limits[Limit::kSameUseBills]);
  if (facts.use.usage_thousandths == 0 || !IsInARow(facts, bills)) return std::nullopt;
  if (facts.use.usage_thousandths <
      static_cast<__int128>(limits[Limit::kSameUseCounts]) * facts.multiplier_thousandths) {
    return std::nullopt;
  }
  return Suspicion{HoldReason::kSameUseAgain,
                   Words(facts.use, facts.unit) + ", the same on " +
                       std::to_string(SameBefore(facts) + 1) + " bills in a row",
                   before.expected()};
}

// A meter that never stood still does, while another one of the account is known to run.
bool IsFirstStandstill(const UseFacts& facts, const Baseline& before) {
  return facts.history.size() >= kNeverStillBills && facts.other_meter_runs.value_or(false) &&
         ShouldHaveCounted(facts, before) &&
         std::none_of(facts.history.begin(), facts.history.end(),
                      [&](const Billed& billed) { return IsSmall(billed.use(), facts.unit); });
}

// If the account's other meters have slowed down too, nobody is at home.
std::optional<Suspicion> NoUse(const UseFacts& facts, const Limits& limits,
                               const Baseline& before) {
  const auto bills = static_cast<std::size_t>(limits[Limit::kNoUseBills]);
  if (facts.use.usage_thousandths != 0 || bills == 0) return std::nullopt;
  if (!IsInARow(facts, bills) && !IsFirstStandstill(facts, before)) return std::nullopt;
  if (!facts.other_meter_runs.value_or(true)) return std::nullopt;
  const std::size_t in_a_row = SameBefore(facts) + 1;
  std::optional<MeteredUse> was;
  if (facts.history.size() >= in_a_row) was = facts.history[in_a_row - 1].use();
  return Suspicion{HoldReason::kNoUse,
                   "nothing on " + std::to_string(in_a_row) + " bills in a row" +
                       (was ? ", " + Words(*was, facts.unit) + " before" : ""),
                   was};
}

// Beyond the ratio of the last bill either way, or above that of the season: the months before an
// estimate may have been warmer than its own.
std::optional<Suspicion> EstimateOff(const UseFacts& facts, const Limits& limits,
                                     const Baseline& before) {
  const std::int64_t ratio = limits[Limit::kEstimateRatioMax];
  if (!facts.estimated || ratio == 0 || facts.history.empty()) return std::nullopt;
  const MeteredUse last = facts.history.front().use();
  if (IsSmall(facts.use, facts.unit) && IsSmall(last, facts.unit)) return std::nullopt;
  const bool off_last =
      CompareByDay(facts.use, last, ratio) > 0 || CompareByDay(last, facts.use, ratio) > 0;
  const bool above_season = before.season && before.season->usage_thousandths > 0 &&
                            CompareByDay(facts.use, *before.season, ratio) > 0;
  if (!off_last && !above_season) return std::nullopt;
  const MeteredUse against = off_last ? last : *before.season;
  return Suspicion{HoldReason::kEstimateOff,
                   "an estimate of " + Words(facts.use, facts.unit) + " against " +
                       Words(against, facts.unit) + (off_last ? " last" : " a year ago"),
                   against};
}

constexpr Rule kUseRules[] = {MeterMaximum,  FactorHundred, FactorTen,   FactorTenth,
                              CrossedMeters, AboveBefore,   AboveSteady, AbovePeers,
                              BelowPeers,    SameUseAgain,  NoUse,       EstimateOff};

constexpr Rule kNewMeterRules[] = {MeterMaximum, FactorHundred, FactorTen, UnitFactor,
                                   FactorTenth,  AboveBefore,   BelowPeers};

std::optional<Suspicion> FirstOf(std::span<const Rule> rules, const UseFacts& facts,
                                 const Limits& limits) {
  const Baseline baseline = BaselineOf(facts.history, facts.to_date, facts.peers);
  for (const Rule rule : rules) {
    if (std::optional<Suspicion> suspicion = rule(facts, limits, baseline)) return suspicion;
  }
  return std::nullopt;
}

}  // namespace

std::strong_ordering CompareByDay(MeteredUse use, MeteredUse other, std::int64_t hundredths) {
  return static_cast<__int128>(use.usage_thousandths) * other.day_count * 100 <=>
         static_cast<__int128>(other.usage_thousandths) * use.day_count * hundredths;
}

const Billed* SameSeason(std::span<const Billed> history, Date to_date) {
  const Billed* nearest = nullptr;
  int distance = kSeasonDays + 1;
  for (const Billed& billed : history) {
    const int late = to_date - billed.to_date - kYearDays;
    const int off = std::max(late, -late);
    if (off >= distance) continue;
    nearest = &billed;
    distance = off;
  }
  return nearest;
}

bool HasMoved(MeteredUse use, Date to_date, std::span<const Billed> history,
              std::string_view unit) {
  if (history.size() < kMovedBills) return false;
  const Baseline before = BaselineOf(history, to_date, std::nullopt);
  return !IsLike(use, history, before, kOwnRatio, unit);
}

std::optional<Suspicion> JudgeUse(const UseFacts& facts, const Limits& limits) {
  return FirstOf(kUseRules, facts, limits);
}

std::optional<Suspicion> JudgeNewMeter(const UseFacts& facts, const Limits& limits) {
  if (facts.use.day_count < kNewMeterDays) return std::nullopt;
  std::optional<Suspicion> suspicion = FirstOf(kNewMeterRules, facts, limits);
  if (suspicion) suspicion->evidence = "since the exchange " + suspicion->evidence;
  return suspicion;
}

}  // namespace reeve::billing::cycle
