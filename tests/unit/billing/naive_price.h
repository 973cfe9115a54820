// A second pricing, written from the description of price.h alone: slow, day by day, in fractions.
// It shares no code with the product but the types that it is given.
#pragma once

#include <limits>
#include <vector>

#include "services/billing/rate/price.h"

namespace reeve::billing {

// A fraction in lowest terms, the denominator positive.
class Ratio {
 public:
  Ratio(Wide numerator = 0, Wide denominator = 1)  // NOLINT: a whole number is a fraction
      : n_(numerator), d_(denominator) {
    if (d_ < 0) n_ = -n_, d_ = -d_;
    Wide a = n_ < 0 ? -n_ : n_;
    for (Wide b = d_; b != 0;) {
      const Wide rest = a % b;
      a = b;
      b = rest;
    }
    if (a > 1) n_ /= a, d_ /= a;
  }
  friend Ratio operator+(Ratio a, Ratio b) { return {a.n_ * b.d_ + b.n_ * a.d_, a.d_ * b.d_}; }
  friend Ratio operator-(Ratio a, Ratio b) { return {a.n_ * b.d_ - b.n_ * a.d_, a.d_ * b.d_}; }
  friend Ratio operator*(Ratio a, Ratio b) { return {a.n_ * b.n_, a.d_ * b.d_}; }
  friend Ratio operator/(Ratio a, Ratio b) { return {a.n_ * b.d_, a.d_ * b.n_}; }
  friend bool operator<(Ratio a, Ratio b) { return a.n_ * b.d_ < b.n_ * a.d_; }
  friend bool operator==(Ratio a, Ratio b) { return a.n_ == b.n_ && a.d_ == b.d_; }
  // As a line can say it: of digits that have no place in 64 bits there are nine decimals of a
  // unit.
  Ratio Said() const {
    constexpr Wide kMost = std::numeric_limits<std::int64_t>::max();
    if (n_ <= kMost && n_ >= -kMost && d_ <= kMost) return *this;
    constexpr std::int64_t kFine = 1'000'000;
    const Ratio fine = *this * Ratio(kFine) + Ratio(1, 2);
    return {fine.n_ / fine.d_, kFine};
  }
  std::int64_t Floor() const { return static_cast<std::int64_t>(n_ / d_ - (n_ % d_ < 0 ? 1 : 0)); }

 private:
  Wide n_;
  Wide d_;
};

// To whole places of so many cents.
inline std::int64_t RoundedCents(Ratio cents, Rounding rounding, std::int64_t place) {
  const Ratio places = cents / place;
  const bool negative = places < Ratio(0);
  const Ratio magnitude = negative ? Ratio(0) - places : places;
  const std::int64_t whole = magnitude.Floor();
  const Ratio rest = magnitude - whole;
  const Ratio half(1, 2);
  bool up = false;
  if (rounding == Rounding::kUp) up = Ratio(0) < rest;
  if (rounding == Rounding::kHalfUp) up = half < rest || rest == half;
  if (rounding == Rounding::kHalfEven) up = half < rest || (rest == half && whole % 2 != 0);
  const std::int64_t rounded = (whole + (up ? 1 : 0)) * place;
  return negative ? -rounded : rounded;
}

struct NaiveLine {
  Date effective_date;
  std::int64_t component = 0;
  std::int64_t tier = 0;
  Ratio quantity;  // thousandths
  Ratio exact;     // cents before rounding; of a minimum with what is above it taken off
  std::int64_t cents = 0;
  std::int64_t days = 0;
};

struct NaiveBill {
  bool refused = false;
  std::vector<NaiveLine> lines;
};

NaiveBill PriceNaively(const rate::Versions& versions, const rate::Period& period,
                       const rate::Facts& facts);

}  // namespace reeve::billing
