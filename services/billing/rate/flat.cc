#include "services/billing/rate/flat.h"

#include <algorithm>
#include <limits>

#include "services/billing/rate/split.h"

namespace reeve::billing::rate {
namespace {

constexpr std::int64_t kOne = Quantity::kScale;
constexpr std::int64_t kPerCent = 10'000'000 * kOne;  // nano-dollars x thousandths
constexpr std::int64_t kThousandthsPerCent = 10;

// The plan of the version that prices all days of the period alone, if it can be said without
// looking at them.
const Plan* WholePlan(std::span<const Plan> plans, const Period& period) {
  for (std::size_t i = plans.size(); i > 0; --i) {
    const Plan& plan = plans[i - 1];
    if (plan.effective_date > (plan.by_bill ? period.bill_date : period.to_date)) continue;
    const bool whole = !plan.by_use || plan.effective_date <= period.from_date;
    return whole && plan.flat ? &plan : nullptr;
  }
  return nullptr;
}

// In 64 bits throughout: products are below 2^63, so a line has less than a billion cents.
class FlatPart {
 public:
  FlatPart(std::int64_t day_count, std::vector<Line>& lines)
      : day_count_(day_count), lines_(lines) {}

  bool Add(const Plan& plan, std::int64_t use, std::int64_t quantity) {
    for (const Plan::Step& step : plan.steps) {
      switch (step.kind) {
        case Plan::Kind::kPrice:
          Print(step.line, step.line.amount.cents());
          continue;
        case Plan::Kind::kDays:
          if (!Emit(step.line, kOne * day_count_)) return false;
          continue;
        case Plan::Kind::kUnits:
          if (quantity != 0 && !Emit(step.line, quantity)) return false;
          continue;
        case Plan::Kind::kUnitDays:
          if (quantity != 0 && !Emit(step.line, quantity * day_count_)) return false;
          continue;
        case Plan::Kind::kBlocks: {
          std::int64_t lower = 0;
          for (std::uint32_t i = step.begin; i < step.end && use > lower; ++i) {
            const Plan::Block& block = plan.blocks[i];
            const std::int64_t upper = block.upper_thousandths;
            if (!Emit(block.line, std::min(use, upper) - lower)) return false;
            lower = upper;
          }
          continue;
        }
        case Plan::Kind::kPercent:
          if (!Emit(step.line, subtotal_ * kThousandthsPerCent)) return false;
          continue;
      }
    }
    return true;
  }

 private:
  // What the plan has of the line is copied at once.
  Line& Print(const Line& line, std::int64_t cents) {
    subtotal_ += cents;
    Line& printed = lines_.emplace_back(line);
    printed.day_count = day_count_;
    return printed;
  }
  bool Emit(const Line& line, std::int64_t quantity) {
    std::int64_t product = 0;
    if (__builtin_mul_overflow(line.rate.nanos(), quantity, &product) ||
        product >= std::numeric_limits<std::int64_t>::max() - kPerCent) {
      return false;
    }
    const std::int64_t cents = (product + kPerCent / 2) / kPerCent;
    Line& printed = Print(line, cents);
    printed.quantity_thousandths = quantity;
    printed.amount = Money::Cents(cents);
    return true;
  }

  const std::int64_t day_count_;
  std::vector<Line>& lines_;
  std::int64_t subtotal_ = 0;
};

}  // namespace

bool PriceFlat(const Versions& versions, const Period& period, const Facts& facts,
               std::vector<Line>& lines) {
  const std::int32_t days = period.to_date - period.from_date;
  const std::int64_t quantity = facts.quantity_thousandths;
  if (days <= 0 || days > Split::kDaysMax || quantity < 0 || quantity > Quantity::kMaxThousandths) {
    return false;
  }
  const Plan* plan = WholePlan(versions.plans(), period);
  if (plan == nullptr) return false;
  std::int64_t use = 0;
  if (facts.measured.empty()) {
    if (plan->metered) return false;
  } else {
    const Measured& meter = facts.measured.front();
    use = meter.usage_thousandths;
    if (facts.measured.size() > 1 || meter.from_date != period.from_date ||
        meter.to_date != period.to_date || use < 0) {
      return false;
    }
  }
  const std::size_t before = lines.size();
  if (FlatPart(days + plan->more_days, lines).Add(*plan, use, quantity)) return true;
  lines.resize(before);
  return false;
}

}  // namespace reeve::billing::rate
