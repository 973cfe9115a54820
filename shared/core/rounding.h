// Rounding: how a quotient becomes a whole number. The one division behind all money.
#pragma once

namespace reeve {

using Wide = __int128;

enum class Rounding { kHalfUp, kHalfEven, kDown, kUp };  // kHalfUp: ties away from zero

// numerator / denominator, denominator > 0. kDown and kUp are toward and away from zero.
constexpr Wide DivideRounded(Wide numerator, Wide denominator, Rounding rounding) {
  const Wide sign = numerator < 0 ? -1 : 1;
  const Wide magnitude = numerator * sign;
  const Wide quotient = magnitude / denominator;
  const Wide remainder = magnitude % denominator;
  const Wide short_of_next = denominator - remainder;  // doubling the remainder could overflow
  bool away = false;
  switch (rounding) {
    case Rounding::kHalfUp:
      away = remainder >= short_of_next;
      break;
    case Rounding::kHalfEven:
      away = remainder > short_of_next || (remainder == short_of_next && quotient % 2 == 1);
      break;
    case Rounding::kDown:
      break;
    case Rounding::kUp:
      away = remainder > 0;
      break;
  }
  return sign * (quotient + (away ? 1 : 0));
}

}  // namespace reeve
