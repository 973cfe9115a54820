#include "shared/core/money.h"

#include "shared/core/decimal.h"

namespace reeve {
namespace {

Result<Money> FromWide(Wide cents) {
  if (cents > Money::kMaxCents || cents < -Money::kMaxCents)
    return OutOfRange(reason::kOverflow, "The amount is out of range.");
  return Money::Cents(static_cast<std::int64_t>(cents));
}

}  // namespace

Result<Money> Money::FromCents(std::int64_t cents) { return FromWide(cents); }

Result<Money> Money::Parse(std::string_view text) {
  REEVE_ASSIGN_OR_RETURN(const std::int64_t cents, ParseDecimal(text, 2, kMaxCents));
  return Money(cents);
}

Result<Money> Money::Plus(Money other) const { return FromWide(Wide{cents_} + other.cents_); }

Result<Money> Money::Minus(Money other) const { return FromWide(Wide{cents_} - other.cents_); }

Result<Money> Money::Times(std::int64_t factor) const { return FromWide(Wide{cents_} * factor); }

Result<Money> Money::TimesRatio(std::int64_t numerator, std::int64_t denominator,
                                Rounding rounding) const {
  if (denominator <= 0) return OutOfRange(reason::kOverflow, "The denominator is not positive.");
  return FromWide(DivideRounded(Wide{cents_} * numerator, denominator, rounding));
}

std::string Money::ToString() const { return PrintDecimal(cents_, 2, 2); }

Result<Rate> Rate::Parse(std::string_view text) {
  REEVE_ASSIGN_OR_RETURN(const std::int64_t nanos, ParseDecimal(text, 9, kMaxNanos));
  return Rate(nanos);
}

Result<Money> Rate::Times(Quantity quantity, Rounding rounding) const {
  constexpr Wide kNanosPerCent = 10'000'000;
  return FromWide(DivideRounded(Wide{nanos_} * quantity.thousandths(),
                                kNanosPerCent * Quantity::kScale, rounding));
}

std::string Rate::ToString() const { return PrintDecimal(nanos_, 9, 0); }

}  // namespace reeve
