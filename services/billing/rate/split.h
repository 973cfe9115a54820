// Split: the days of a period by the version, the meter and the season that they fall to.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "services/billing/rate/fraction.h"
#include "services/billing/rate/price.h"
#include "services/billing/rate/tenure.h"

namespace reeve::billing::rate {

// Days that nothing divides: they lie in one version, under one meter, in one season.
struct Days {
  const Schedule* version = nullptr;
  std::int32_t first = 0;  // days since the epoch
  std::int32_t last = 0;
  std::size_t measured = 0;  // index of the meter's use

  std::int64_t count() const { return last - first + 1; }
};

// What a component has of use.
struct Used {
  std::int64_t whole_thousandths = 0;  // of all meters
  Fraction part = 0;                   // on its days: exactly, or in multiples of split_step
  Fraction share;                      // on its days exactly, as a part of the whole
};

class Split {
 public:
  static constexpr std::int32_t kDaysMax = 4'000;

  static constexpr std::size_t kEveryMeter = static_cast<std::size_t>(-1);

  enum class Outcome { kWhole, kBadDates, kNoVersion };
  enum class Known { kYes, kNoMeter, kNoPeriod, kNotReceived };

  // `versions` must live as long as the split.
  Split(const Versions& versions, const Period& period, std::span<const Measured> measured);
  Split(const Split&) = delete;
  Split& operator=(const Split&) = delete;

  Outcome outcome() const { return outcome_; }
  // By version, oldest first, then by day.
  std::span<const Days> days() const {
    return more_.empty() ? std::span<const Days>(&one_, 1) : std::span<const Days>(more_);
  }

  // Those that have days, oldest first.
  std::span<const Schedule* const> versions() const { return versions_; }
  // Behind which of `versions` a group ends that begins there: within it, components stand for one
  // another by their places.
  std::size_t EndOfGroup(std::size_t begin) const;
  // Of a component of one of `versions`, or of the whole period.
  Tenure TenureOf(const Schedule& version, std::size_t component) const;

  // How many of the days are in the component's season.
  std::int64_t DaysOf(const Tenure& tenure, const Component& component) const {
    return undivided_ ? one_.count() : CountDaysOf(tenure, component);
  }
  // What part of a price the component's days are worth.
  Fraction Share(const Tenure& tenure, const Component& component, Per per) const {
    return undivided_ && per == Per::kBill ? Fraction() : DividedShare(tenure, component, per);
  }
  // The same of the days that one meter measured.
  std::int64_t DaysOf(const Tenure& tenure, const Component& component,
                      std::size_t measured) const {
    return CountDaysOf(tenure, component, measured);
  }
  Fraction Share(const Tenure& tenure, const Component& component, Per per,
                 std::size_t measured) const {
    return DividedShare(tenure, component, per, measured);
  }
  // By what the bounds of its blocks are multiplied.
  Fraction Width(const Tenure& tenure, const Component& component) const {
    return undivided_ && component.widths == Widths::kBill ? Fraction()
                                                           : DividedWidth(tenure, component);
  }
  // What of its flow fell on the component's days, in its time of use.
  Known UseOf(const Tenure& tenure, const Component& component, const Facts& facts,
              Used& used) const;

  // What of `thousandths`, which are whole steps of the component, falls on its days: in whole
  // steps, in proportion to what the meters measured, by largest remainder.
  Fraction StepsOf(const Tenure& tenure, const Component& component, const Facts& facts,
                   std::int64_t thousandths) const;

  // For explanations. How days are counted, and of what use is divided into multiples: of one
  // thousandth, it is divided exactly.
  DayCount day_count() const { return day_count_; }
  std::int64_t step_thousandths() const { return step_thousandths_; }
  // Whether a month's price is shared by days.
  bool IsProrated(const Schedule& version) const;
  // Whether the days are the component's.
  bool Takes(const Days& days, const Tenure& tenure, const Component& component,
             std::size_t measured = kEveryMeter) const;
  // What of a meter's use, or of every meter's, falls on the component's days.
  Fraction ShareOfMeter(std::size_t measured, std::int64_t thousandths, const Tenure& tenure,
                        const Component& component) const;

 private:
  std::int64_t CountDaysOf(const Tenure& tenure, const Component& component,
                           std::size_t measured = kEveryMeter) const;
  Fraction DividedShare(const Tenure& tenure, const Component& component, Per per,
                        std::size_t measured = kEveryMeter) const;
  Fraction DividedWidth(const Tenure& tenure, const Component& component) const;
  bool CoverDays(const Versions& versions, const Period& period);
  bool CheckMeasured(const Period& period, std::span<const Measured> measured) const;
  void Divide(std::span<const Measured> measured);
  void AddSeasons(Days days);
  void FindTenures();
  // The part of a meter's days, or of every meter's, that is the component's.
  Fraction PartOfDays(std::size_t measured, const Tenure& tenure, const Component& component) const;
  Fraction Month(const Tenure& tenure, const Component& component,
                 std::size_t measured = kEveryMeter) const;

  DayCount day_count_ = DayCount::kAfterFirst;
  std::int64_t step_thousandths_ = 1;
  std::int32_t first_ = 0;
  std::int32_t last_ = 0;
  Days one_;
  std::vector<Days> more_;  // empty: the whole period is one_
  std::vector<const Schedule*> versions_;
  // Of each of `versions_` that the next one follows: which components change with that; empty
  // where none stands for another.
  std::vector<std::vector<bool>> changes_;
  bool undivided_ = false;  // it is, and every component takes all of it: nearly always
  Outcome outcome_ = Outcome::kWhole;
};

// Whether the component bills load on some of the days: its blocks of hours of use are of that.
bool IsBillingDemand(const Split& split, const Tenure& tenure, const Component& component);

// `total` as multiples of `step` in proportion to `weights` (not negative, not all 0), by largest
// remainder, of two equal ones the earlier; what is less than a step goes to the last.
std::vector<std::int64_t> SplitByLargestRemainder(std::int64_t total, std::int64_t step,
                                                  std::span<const std::int64_t> weights);
// The same with weights that are fractions. Nothing if they leave their range.
std::optional<std::vector<std::int64_t>> SplitByLargestRemainder(std::int64_t total,
                                                                 std::int64_t step,
                                                                 std::span<const Fraction> weights);

}  // namespace reeve::billing::rate
