// Fraction: an exact number in lowest terms. What has no place in 128 bits is out of range, and so
// is all that is made of it; whoever uses a result asks once.
#pragma once

#include "shared/core/rounding.h"

namespace reeve::billing::rate {

class Fraction {
 public:
  constexpr Fraction(Wide numerator = 1, Wide denominator = 1)  // NOLINT: a whole number is one
      : numerator_(numerator), denominator_(denominator) {
    if (denominator_ != 1) Reduce();
  }
  static constexpr Fraction OutOfRange() { return Fraction(0, 0); }

  constexpr Wide numerator() const { return numerator_; }
  constexpr Wide denominator() const { return denominator_; }  // > 0, or 0 if it is out of range
  constexpr bool in_range() const { return denominator_ != 0; }
  constexpr bool IsOne() const { return numerator_ == 1 && denominator_ == 1; }

  constexpr Fraction Times(Fraction other) const {
    // Crosswise first: the product is then in lowest terms.
    const Fraction a(numerator_, other.denominator_);
    const Fraction b(other.numerator_, denominator_);
    Wide numerator = 0;
    Wide denominator = 0;
    if (!in_range() || !other.in_range() ||
        __builtin_mul_overflow(a.numerator_, b.numerator_, &numerator) ||
        __builtin_mul_overflow(a.denominator_, b.denominator_, &denominator)) {
      return OutOfRange();
    }
    return Fraction(numerator, denominator, kReduced);
  }
  constexpr Fraction Plus(Fraction other) const {
    Wide a = 0;
    Wide b = 0;
    Wide sum = 0;
    Wide denominator = 0;
    if (!in_range() || !other.in_range()) return OutOfRange();
    const Wide common = Common(denominator_, other.denominator_);
    if (__builtin_mul_overflow(numerator_, other.denominator_ / common, &a) ||
        __builtin_mul_overflow(other.numerator_, denominator_ / common, &b) ||
        __builtin_add_overflow(a, b, &sum) ||
        __builtin_mul_overflow(denominator_, other.denominator_ / common, &denominator)) {
      return OutOfRange();
    }
    return Fraction(sum, denominator);
  }
  constexpr Fraction Minus(Fraction other) const {
    return Plus(Fraction(-other.numerator_, other.denominator_, kReduced));
  }

  constexpr bool operator==(const Fraction&) const = default;

  // Of two that are in range and not negative, by their whole parts, then the inverse of what is
  // left: no product can leave the range.
  constexpr bool IsLess(Fraction other) const {
    Wide a = numerator_;
    Wide b = denominator_;
    Wide c = other.numerator_;
    Wide d = other.denominator_;
    for (;;) {
      if (a / b != c / d) return a / b < c / d;
      const Wide rest = a % b;
      const Wide other_rest = c % d;
      if (other_rest == 0) return false;
      if (rest == 0) return true;
      a = d, c = b;
      d = rest, b = other_rest;
    }
  }

 private:
  enum Reduced { kReduced };
  constexpr Fraction(Wide numerator, Wide denominator, Reduced)
      : numerator_(numerator), denominator_(denominator) {}

  static constexpr Wide Common(Wide a, Wide b) {
    while (b != 0) {
      const Wide rest = a % b;
      a = b;
      b = rest;
    }
    return a < 0 ? -a : a;
  }
  constexpr void Reduce() {
    const Wide common = Common(numerator_, denominator_);
    if (common > 1) numerator_ /= common, denominator_ /= common;
  }

  Wide numerator_;
  Wide denominator_;
};

}  // namespace reeve::billing::rate
