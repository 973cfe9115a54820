#include "services/billing/rate/flat.h"

#include <limits>

#include "services/billing/rate/split.h"

namespace reeve::billing::rate {
namespace {

constexpr std::int64_t kOne = Quantity::kScale;
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kNanosPerCent = 10'000'000;
constexpr std::int64_t kThousandthsPerCent = 10;

// The version that prices all days of the period alone, if it can be said without looking at them.
std::size_t WholeVersion(const Versions& versions, const Period& period) {
  const std::span<const Schedule> all = versions.all();
  for (std::size_t i = all.size(); i > 0; --i) {
    const Schedule& version = all[i - 1];
    const bool by_bill = version.terms.effect == Effect::kBill;
    if (version.effective_date > (by_bill ? period.bill_date : period.to_date)) continue;
    const bool whole =
        version.terms.effect != Effect::kUse || version.effective_date <= period.from_date;
    return whole ? i - 1 : all.size();
  }
  return all.size();
}

// Prices by a flat plan, in 64 bits throughout: products are below 2^63, so a line has less than a
// billion cents. False, and nothing added, if anything is not as it nearly always is: then the long
// way says what.
class FlatPart {
 public:
  FlatPart(const Schedule& version, const Plan& plan, const Period& period, const Facts& facts,
           std::vector<Line>& lines)
      : plan_(plan),
        facts_(facts),
        lines_(lines),
        effective_date_(version.effective_date),
        day_count_(CountDays(version.terms.day_count, period.from_date, period.to_date)) {}

  bool Add() {
    const std::size_t before = lines_.size();
    for (const Plan::Step& step : plan_.steps) {
      if (AddStep(step)) continue;
      lines_.resize(before);
      return false;
    }
    return true;
  }

 private:
  bool AddStep(const Plan::Step& step) {
    switch (step.kind) {
      case Plan::Kind::kPrice:
        return Emit(step, 0, step.each_day ? kOne * day_count_ : kOne, step.nanos);
      case Plan::Kind::kUnits:
        return facts_.quantity_thousandths == 0 ||
               (facts_.quantity_thousandths <= Quantity::kMaxThousandths &&
                Emit(step, 0, facts_.quantity_thousandths * (step.each_day ? day_count_ : 1),
                     step.nanos));
      case Plan::Kind::kBlocks:
        return AddBlocks(step);
      case Plan::Kind::kPercent:
        break;
    }
    return Emit(step, 0, subtotal_ * kThousandthsPerCent, step.nanos);
  }

  bool AddBlocks(const Plan::Step& step) {
    const std::int64_t use = facts_.measured.front().usage_thousandths;
    std::int64_t lower = 0;
    for (std::uint32_t i = step.begin; i < step.end && use > lower; ++i) {
      const Plan::Block& block = plan_.blocks[i];
      const std::int64_t top = std::min(use, block.upper_thousandths);
      if (!Emit(step, i - step.begin, top - lower, block.nanos)) return false;
      lower = block.upper_thousandths;
    }
    return true;
  }

  bool Emit(const Plan::Step& step, std::int64_t tier, std::int64_t quantity, std::int64_t nanos) {
    constexpr std::int64_t kPerCent = kNanosPerCent * kOne;
    std::int64_t product = 0;
    if (__builtin_mul_overflow(nanos, quantity, &product) || product >= kMax - kPerCent) {
      return false;
    }
    const std::int64_t cents = (product + kPerCent / 2) / kPerCent;
    subtotal_ += cents;
    // In its place: copied from elsewhere it would wait for its own stores.
    Line& line = lines_.emplace_back();
    line.effective_date = effective_date_;
    line.component = step.component;
    line.tier = tier;
    line.quantity_thousandths = quantity;
    line.day_count = day_count_;
    line.rate = Rate::Nanos(nanos);
    line.amount = Money::Cents(cents);
    return true;
  }

  const Plan& plan_;
  const Facts& facts_;
  std::vector<Line>& lines_;
  const Date effective_date_;
  const std::int64_t day_count_;
  std::int64_t subtotal_ = 0;
};

}  // namespace

bool PriceFlat(const Versions& versions, const Period& period, const Facts& facts,
               std::vector<Line>& lines) {
  const std::int32_t days = period.to_date - period.from_date;
  if (days <= 0 || days > Split::kDaysMax || facts.quantity_thousandths < 0) return false;
  const std::size_t index = WholeVersion(versions, period);
  if (index == versions.all().size() || !versions.plans()[index].flat) return false;
  const Plan& plan = versions.plans()[index];
  if (facts.measured.empty() ? plan.metered : facts.measured.size() > 1) return false;
  if (!facts.measured.empty()) {
    const Measured& meter = facts.measured.front();
    if (meter.from_date != period.from_date || meter.to_date != period.to_date ||
        meter.usage_thousandths < 0) {
      return false;
    }
  }
  return FlatPart(versions.all()[index], plan, period, facts, lines).Add();
}

}  // namespace reeve::billing::rate
