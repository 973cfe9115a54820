// Money: whole cents in a checked 64-bit integer, and Rate: a unit price in whole nano-dollars.
// Every operation that can leave the range says so; nothing here wraps around or passes through
// floating point.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "shared/core/quantity.h"
#include "shared/core/result.h"
#include "shared/core/rounding.h"

namespace reeve {

class Money {
 public:
  // Ten trillion dollars either way: no city's ledger comes near, and sums of a billion of them
  // cannot wrap.
  static constexpr std::int64_t kMaxCents = 1'000'000'000'000'000;

  constexpr Money() = default;
  static Result<Money> FromCents(std::int64_t cents);
  // For constants and for values that a database CHECK has bounded.
  static constexpr Money Cents(std::int64_t cents) { return Money(cents); }
  // "12", "12.3", "12.34", "-0.05". Refuses more than two decimals, blanks, signs inside, and what
  // is out of range.
  static Result<Money> Parse(std::string_view text);

  constexpr std::int64_t cents() const { return cents_; }
  constexpr bool is_zero() const { return cents_ == 0; }
  constexpr bool is_negative() const { return cents_ < 0; }
  constexpr Money Negated() const {
    return Money(-cents_);
  }  // the range is symmetric: cannot overflow

  Result<Money> Plus(Money other) const;
  Result<Money> Minus(Money other) const;
  Result<Money> Times(std::int64_t factor) const;
  // This times numerator / denominator, rounded once: 19 of 30 days, 1 of 100 percent.
  // AMOUNT_OUT_OF_RANGE also if the denominator is not positive.
  Result<Money> TimesRatio(std::int64_t numerator, std::int64_t denominator,
                           Rounding rounding) const;

  std::string ToString() const;  // "1234.56", "-0.05"; reads back with Parse

  constexpr auto operator<=>(const Money&) const = default;

 private:
  constexpr explicit Money(std::int64_t cents) : cents_(cents) {}
  std::int64_t cents_ = 0;
};

// Adds up; AMOUNT_OUT_OF_RANGE if a partial sum leaves the range.
template <class Range, class Projection>
Result<Money> Sum(const Range& range, Projection projection) {
  Money total;
  for (const auto& element : range) {
    REEVE_ASSIGN_OR_RETURN(total, total.Plus(projection(element)));
  }
  return total;
}

class Rate {
 public:
  // A million dollars a unit either way.
  static constexpr std::int64_t kMaxNanos = 1'000'000'000'000'000;

  constexpr Rate() = default;
  static constexpr Rate Nanos(std::int64_t nanos) { return Rate(nanos); }
  // Dollars with at most nine decimals: "0.0734".
  static Result<Rate> Parse(std::string_view text);

  constexpr std::int64_t nanos() const { return nanos_; }
  // rate x quantity in cents, rounded once, at the cent.
  Result<Money> Times(Quantity quantity, Rounding rounding) const;
  std::string ToString() const;  // "0.0734": no trailing zeros

  constexpr auto operator<=>(const Rate&) const = default;

 private:
  constexpr explicit Rate(std::int64_t nanos) : nanos_(nanos) {}
  std::int64_t nanos_ = 0;
};

}  // namespace reeve
