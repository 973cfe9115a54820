#include "services/billing/rate/split.h"

#include <algorithm>
#include <numeric>

namespace reeve::billing::rate {
namespace {

bool HasSeasons(const Schedule& version) {
  return std::any_of(version.components.begin(), version.components.end(),
                     [](const Component& component) { return component.season.has_value(); });
}

// Whether the same components are in season on both days.
bool SameSeason(const Schedule& version, Date a, Date b) {
  return std::all_of(
      version.components.begin(), version.components.end(), [&](const Component& component) {
        return !component.season || component.season->Includes(a) == component.season->Includes(b);
      });
}

// Whether the version has begun for a period.
bool HasBegun(const Schedule& version, const Period& period) {
  const bool by_bill = version.terms.effect == Effect::kBill;
  return version.effective_date <= (by_bill ? period.bill_date : period.to_date);
}

std::int64_t DaysOfMonth(Date day) {
  const Date first = day.PlusDays(1 - day.day());
  return first.PlusMonths(1) - first;
}

}  // namespace

Split::Split(const Versions& versions, const Period& period, std::span<const Measured> measured) {
  if (period.to_date <= period.from_date || period.to_date - period.from_date > kDaysMax) {
    outcome_ = Outcome::kBadDates;
  } else if (!CoverDays(versions, period)) {
    outcome_ = Outcome::kNoVersion;
  } else if (!CheckMeasured(period, measured)) {
    outcome_ = Outcome::kBadDates;
  } else {
    Divide(measured);
    FindTenures();
  }
}

// From the newest version back, each takes the days that it governs of those that are left.
bool Split::CoverDays(const Versions& versions, const Period& period) {
  const std::span<const Schedule> all = versions.all();
  const auto newest = std::find_if(
      all.rbegin(), all.rend(), [&](const Schedule& version) { return HasBegun(version, period); });
  if (newest == all.rend()) return false;
  day_count_ = newest->terms.day_count;
  step_thousandths_ = newest->terms.split_step_thousandths;
  first_ = period.from_date.days() + (day_count_ == DayCount::kAfterFirst ? 1 : 0);
  last_ = period.to_date.days() - (day_count_ == DayCount::kBeforeLast ? 1 : 0);
  std::int32_t left = last_;
  for (auto version = newest; version != all.rend() && left >= first_; ++version) {
    if (!HasBegun(*version, period)) continue;
    std::int32_t from = first_;
    if (version->terms.effect == Effect::kUse) {
      from = std::max(from, version->effective_date.days());
    }
    if (from > left) continue;  // it begins behind the last day
    one_ = {&*version, from, left, 0};
    if (from > first_ || !more_.empty()) more_.push_back(one_);
    left = from - 1;
  }
  std::reverse(more_.begin(), more_.end());
  return left < first_;
}

bool Split::CheckMeasured(const Period& period, std::span<const Measured> measured) const {
  if (measured.empty()) return true;
  Date next = period.from_date;
  for (const Measured& meter : measured) {
    if (meter.from_date != next || meter.to_date <= next || meter.usage_thousandths < 0) {
      return false;
    }
    next = meter.to_date;
  }
  return next == period.to_date;
}

void Split::Divide(std::span<const Measured> measured) {
  undivided_ = more_.empty() && measured.size() < 2 && !HasSeasons(*one_.version);
  if (undivided_) return;
  const auto by_day = [](const Days& days) {
    return days.version->terms.season_by == SeasonBy::kDay && HasSeasons(*days.version);
  };
  const std::span<const Days> covered = days();
  if (measured.size() < 2 && std::none_of(covered.begin(), covered.end(), by_day)) return;
  const std::vector<Days> covers(covered.begin(), covered.end());
  more_.clear();
  for (const Days& cover : covers) {
    std::int32_t first = first_;
    for (std::size_t i = 0; i < std::max<std::size_t>(measured.size(), 1); ++i) {
      const bool last_meter = i + 1 >= measured.size();
      const std::int32_t last =
          last_meter ? last_
                     : measured[i].to_date.days() - (day_count_ == DayCount::kBeforeLast ? 1 : 0);
      const Days both{cover.version, std::max(cover.first, first), std::min(cover.last, last), i};
      first = last + 1;
      if (both.first > both.last) continue;
      by_day(cover) ? AddSeasons(both) : more_.push_back(both);
    }
  }
}

void Split::AddSeasons(Days days) {
  for (std::int32_t day = days.first; day <= days.last; ++day) {
    const bool begins = day == days.first ||
                        !SameSeason(*days.version, Date::FromDays(day - 1), Date::FromDays(day));
    if (begins) more_.push_back({days.version, day, day, days.measured});
    more_.back().last = day;
  }
}

void Split::FindTenures() {
  for (const Days& days : days()) {
    if (versions_.empty() || versions_.back() != days.version) versions_.push_back(days.version);
  }
  for (std::size_t i = 0; i + 1 < versions_.size(); ++i) {
    changes_.push_back(ChangesBetween(*versions_[i], *versions_[i + 1]));
  }
}

std::size_t Split::EndOfGroup(std::size_t begin) const {
  while (begin < changes_.size() && !changes_[begin].empty()) ++begin;
  return begin + 1;
}

Tenure Split::TenureOf(const Schedule& version, std::size_t component) const {
  const auto found = std::find(versions_.begin(), versions_.end(), &version);
  if (found == versions_.end()) return {&version, &version};
  const auto goes_on = [&](std::size_t behind) {
    return !changes_[behind].empty() && !changes_[behind][component];
  };
  auto first = static_cast<std::size_t>(found - versions_.begin());
  std::size_t last = first;
  while (first > 0 && goes_on(first - 1)) --first;
  while (last < changes_.size() && goes_on(last)) ++last;
  return {versions_[first], versions_[last]};
}

bool Split::Takes(const Days& days, const Tenure& tenure, const Component& component,
                  std::size_t measured) const {
  if (!tenure.Includes(*days.version)) return false;
  if (measured != kEveryMeter && days.measured != measured) return false;
  if (!component.season) return true;
  const bool by_day = tenure.last->terms.season_by == SeasonBy::kDay;
  return component.season->Includes(Date::FromDays(by_day ? days.first : last_));
}

std::int64_t Split::CountDaysOf(const Tenure& tenure, const Component& component,
                                std::size_t measured) const {
  std::int64_t count = 0;
  for (const Days& part : days()) {
    if (Takes(part, tenure, component, measured)) count += part.count();
  }
  return count;
}

Fraction Split::DividedShare(const Tenure& tenure, const Component& component, Per per,
                             std::size_t measured) const {
  if (per == Per::kMonth) return Month(tenure, component, measured);
  const std::int64_t count = measured == kEveryMeter ? DaysOf(tenure, component)
                                                     : CountDaysOf(tenure, component, measured);
  if (per == Per::kDay) return count;
  return {count, last_ - first_ + 1};
}

bool Split::IsProrated(const Schedule& version) const {
  const Proration& proration = version.terms.proration;
  const std::int64_t whole = last_ - first_ + 1;
  return proration.when == Proration::When::kAlways ||
         (proration.when == Proration::When::kOutside &&
          (whole < proration.days_min || whole > proration.days_max));
}

Fraction Split::Month(const Tenure& tenure, const Component& component,
                      std::size_t measured) const {
  const Schedule& version = *tenure.last;
  const Proration& proration = version.terms.proration;
  const std::int64_t whole = last_ - first_ + 1;
  const std::int64_t count = measured == kEveryMeter ? DaysOf(tenure, component)
                                                     : CountDaysOf(tenure, component, measured);
  if (!IsProrated(version)) return {count, whole};
  if (proration.month_days > 0) {
    return Fraction(Wide{count} * proration.month_divisor, proration.month_days);
  }
  constexpr std::int64_t kCommon = 377'580;  // of 28, 29, 30 and 31
  Wide months = 0;
  for (const Days& part : days()) {
    if (!Takes(part, tenure, component, measured)) continue;
    for (std::int32_t day = part.first; day <= part.last;) {
      const Date date = Date::FromDays(day);
      const std::int64_t length = DaysOfMonth(date);
      const auto end = static_cast<std::int32_t>(day + length - date.day());
      months += kCommon / length * (std::min(end, part.last) - day + 1);
      day = end + 1;
    }
  }
  return {months, kCommon};
}

Fraction Split::DividedWidth(const Tenure& tenure, const Component& component) const {
  switch (component.widths) {
    case Widths::kBill:
      return Share(tenure, component, Per::kBill);
    case Widths::kDay:
      return Share(tenure, component, Per::kDay);
    case Widths::kThirtyDays:
      return {DaysOf(tenure, component), 30};
    case Widths::kMonth:
      break;
  }
  return Month(tenure, component);
}

namespace {

// Use and what the customer delivered, of one meter in the component's time of use.
Split::Known FlowsOf(const Component& component, const Measured& meter, std::int64_t& use,
                     std::int64_t& received) {
  if (component.flow != Flow::kDelivered && !meter.received_thousandths) {
    return Split::Known::kNotReceived;
  }
  use = meter.usage_thousandths;
  received = meter.received_thousandths.value_or(0);
  if (component.period.empty()) return Split::Known::kYes;
  const auto found =
      std::find_if(meter.by_period.begin(), meter.by_period.end(),
                   [&](const ByPeriod& part) { return part.period == component.period; });
  if (found == meter.by_period.end()) return Split::Known::kNoPeriod;
  use = found->thousandths;
  received = found->received_thousandths;
  return Split::Known::kYes;
}

// Of what all meters counted together, as one: days alone divide it.
bool IsOfAllMeters(const Component& component) {
  return component.flow == Flow::kNet || component.flow == Flow::kExcess;
}

}  // namespace

Split::Known Split::UseOf(const Tenure& tenure, const Component& component, const Facts& facts,
                          Used& used) const {
  used = Used();
  if (facts.measured.empty()) return Known::kNoMeter;
  std::int64_t delivered_in_all = 0;
  std::int64_t received_in_all = 0;
  Fraction even = 0;
  for (std::size_t i = 0; i < facts.measured.size(); ++i) {
    std::int64_t delivered = 0;
    std::int64_t received = 0;
    const Known known = FlowsOf(component, facts.measured[i], delivered, received);
    if (known != Known::kYes) return known;
    delivered_in_all += delivered;
    received_in_all += received;
    const std::int64_t its = component.flow == Flow::kDelivered ? delivered : received;
    used.whole_thousandths += its;
    used.part = used.part.Plus(ShareOfMeter(i, its, tenure, component));
    if (facts.measured.size() > 1) even = even.Plus(PartOfDays(i, tenure, component).Times(its));
  }
  if (IsOfAllMeters(component)) {
    const std::int64_t above = component.flow == Flow::kNet
                                   ? delivered_in_all - received_in_all - facts.banked_thousandths
                                   : received_in_all - delivered_in_all;
    used.whole_thousandths = std::max<std::int64_t>(above, 0);
    used.part = ShareOfMeter(kEveryMeter, used.whole_thousandths, tenure, component);
  }
  if (undivided_) return Known::kYes;
  const bool by_days = IsOfAllMeters(component) || facts.measured.size() == 1;
  used.share = by_days || used.whole_thousandths == 0
                   ? PartOfDays(kEveryMeter, tenure, component)
                   : even.Times(Fraction(1, used.whole_thousandths));
  return Known::kYes;
}

Fraction Split::StepsOf(const Tenure& tenure, const Component& component, const Facts& facts,
                        std::int64_t thousandths) const {
  if (more_.empty()) return thousandths;
  const bool by_days = IsOfAllMeters(component) || facts.measured.size() == 1 || thousandths == 0;
  std::vector<std::int64_t> day_counts(facts.measured.size(), 0);
  for (const Days& part : more_) day_counts[part.measured] += part.count();
  std::vector<Fraction> weights;
  for (const Days& part : more_) {
    std::int64_t use = 1;
    std::int64_t received = 0;
    if (!by_days) FlowsOf(component, facts.measured[part.measured], use, received);
    if (component.flow == Flow::kReceived && !by_days) use = received;
    weights.push_back(
        Fraction(part.count(), by_days ? 1 : day_counts[part.measured]).Times(Fraction(use)));
  }
  const auto shares = SplitByLargestRemainder(thousandths, component.step->thousandths, weights);
  if (!shares) return Fraction::OutOfRange();
  std::int64_t taken = 0;
  for (std::size_t i = 0; i < more_.size(); ++i) {
    if (Takes(more_[i], tenure, component)) taken += (*shares)[i];
  }
  return taken;
}

Fraction Split::PartOfDays(std::size_t measured, const Tenure& tenure,
                           const Component& component) const {
  std::int64_t taken = 0;
  std::int64_t all = 0;
  for (const Days& part : days()) {
    if (measured != kEveryMeter && part.measured != measured) continue;
    all += part.count();
    if (Takes(part, tenure, component)) taken += part.count();
  }
  return all == 0 ? Fraction(0) : Fraction(taken, all);
}

Fraction Split::ShareOfMeter(std::size_t measured, std::int64_t thousandths, const Tenure& tenure,
                             const Component& component) const {
  if (more_.empty()) return thousandths;  // a component without days is not asked for
  if (step_thousandths_ == 1) {
    return PartOfDays(measured, tenure, component).Times(thousandths);
  }
  std::vector<const Days*> parts;
  std::vector<std::int64_t> weights;
  for (const Days& part : more_) {
    if (measured != kEveryMeter && part.measured != measured) continue;
    parts.push_back(&part);
    weights.push_back(part.count());
  }
  if (parts.empty()) return 0;
  const std::vector<std::int64_t> shares =
      SplitByLargestRemainder(thousandths, step_thousandths_, weights);
  std::int64_t taken = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (Takes(*parts[i], tenure, component)) taken += shares[i];
  }
  return taken;
}

std::vector<std::int64_t> SplitByLargestRemainder(std::int64_t total, std::int64_t step,
                                                  std::span<const std::int64_t> weights) {
  const std::int64_t steps = total / step;
  const std::int64_t weight = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
  std::vector<std::int64_t> shares;
  std::vector<std::pair<std::int64_t, std::size_t>> remainders;
  std::int64_t left = steps;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Wide product = Wide{steps} * weights[i];
    shares.push_back(static_cast<std::int64_t>(product / weight));
    remainders.emplace_back(-static_cast<std::int64_t>(product % weight), i);
    left -= shares.back();
  }
  std::sort(remainders.begin(), remainders.end());
  for (std::int64_t i = 0; i < left; ++i) {
    ++shares[remainders[static_cast<std::size_t>(i)].second];
  }
  for (std::int64_t& share : shares) share *= step;
  shares.back() += total % step;
  return shares;
}

std::optional<std::vector<std::int64_t>> SplitByLargestRemainder(
    std::int64_t total, std::int64_t step, std::span<const Fraction> weights) {
  const std::int64_t steps = total / step;
  Fraction sum = 0;
  for (const Fraction& weight : weights) sum = sum.Plus(weight);
  if (!sum.in_range() || sum.numerator() == 0) return std::nullopt;
  const Fraction a_weight = Fraction(sum.denominator(), sum.numerator()).Times(steps);
  std::vector<std::int64_t> shares;
  std::vector<std::pair<Fraction, std::size_t>> remainders;
  std::int64_t left = steps;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Fraction exact = weights[i].Times(a_weight);
    if (!exact.in_range()) return std::nullopt;
    const auto whole = static_cast<std::int64_t>(exact.numerator() / exact.denominator());
    shares.push_back(whole);
    remainders.emplace_back(exact.Minus(whole), i);
    left -= whole;
  }
  std::stable_sort(remainders.begin(), remainders.end(),
                   [](const auto& a, const auto& b) { return b.first.IsLess(a.first); });
  for (std::int64_t i = 0; i < left; ++i) {
    ++shares[remainders[static_cast<std::size_t>(i)].second];
  }
  for (std::int64_t& share : shares) share *= step;
  shares.back() += total % step;
  return shares;
}

}  // namespace reeve::billing::rate
