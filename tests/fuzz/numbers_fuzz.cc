// Decimal numbers, money, prices and quantities: what is read prints and reads back as the same.
#include "shared/core/decimal.h"
#include "shared/core/money.h"
#include "tests/fuzz/target.h"

namespace reeve::fuzz {
namespace {

// The number as a person would read it, digit by digit; `decimals` behind the point.
__int128 ByHand(std::string_view text, int decimals) {
  const bool negative = text.starts_with('-');
  __int128 value = 0;
  int behind = -1;
  for (const char c : text.substr(negative ? 1 : 0)) {
    if (c == '.') {
      behind = 0;
      continue;
    }
    Require(c >= '0' && c <= '9', "only digits are taken");
    value = value * 10 + (c - '0');
    if (behind >= 0) ++behind;
  }
  for (int i = std::max(behind, 0); i < decimals; ++i) value *= 10;
  return negative ? -value : value;
}

void TryDecimals(std::string_view input) {
  for (const int decimals : {0, 2, 3, 9}) {
    constexpr std::int64_t kMax = 1'000'000'000'000'000;
    const Result<std::int64_t> read = ParseDecimal(input, decimals, kMax);
    if (!read.ok()) continue;
    Require(*read >= -kMax && *read <= kMax, "it is in its range");
    if (input.size() < 30) Require(*read == ByHand(input, decimals), "it is what it says");
    const Result<std::int64_t> again =
        ParseDecimal(PrintDecimal(*read, decimals, 0), decimals, kMax);
    Require(again.ok() && *again == *read, "it reads back");
  }
}

}  // namespace
}  // namespace reeve::fuzz

REEVE_FUZZ_TARGET(numbers) {
  TryDecimals(input);
  if (const Result<Money> money = Money::Parse(input); money.ok()) {
    Require(Money::Parse(money->ToString()).value() == *money, "money reads back");
  }
  if (const Result<Rate> rate = Rate::Parse(input); rate.ok()) {
    Require(Rate::Parse(rate->ToString()).value() == *rate, "a price reads back");
    const Result<Money> amount =
        rate->Times(Quantity::Whole(Unit::kKilowattHour, 1), Rounding::kHalfUp);
    Require(amount.ok(), "one unit has a price");
  }
  for (const Unit unit : {Unit::kKilowattHour, Unit::kCart}) {
    const Result<Quantity> quantity = Quantity::Parse(unit, input);
    if (!quantity.ok()) continue;
    Require(Quantity::Parse(unit, quantity->ToString()).value() == *quantity,
            "a quantity reads back");
  }
}
