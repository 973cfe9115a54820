// Quantity: an amount of a measured thing, in a fixed number of decimals that belongs to its unit.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "shared/core/result.h"

namespace reeve {

enum class Unit {
  kKilowattHour,
  kKilowatt,
  kKilogallon,
  kHundredCubicFeet,
  kEquivalentServiceUnit,
  kEquivalentResidentialUnit,
  kDwelling,
  kCart,
  kDay,
  kMonth,
  kGallon,
  kCubicFoot,
  kThousandCubicFeet,
  kCubicMeter,
  kTherm,
  kDekatherm,
  kKilovoltAmpere,
  kKilovar,
  kEquivalentDwellingUnit,
  kConnection,
  kLamp,
  kFixture,
  kRoom,
  kAcre,
  kSquareFoot,
  kFoot,
  kCubicYard,
  kTon,
  kPickup
};

std::string_view UnitName(Unit unit);           // "kWh", "kgal", "ESU"
Result<Unit> ParseUnit(std::string_view name);  // the inverse of UnitName

class Quantity {
 public:
  static constexpr std::int64_t kScale = 1'000;  // all units are kept in thousandths
  static constexpr std::int64_t kMaxThousandths = 1'000'000'000'000;  // a billion units

  constexpr Quantity() = default;
  static constexpr Quantity Thousandths(Unit unit, std::int64_t thousandths) {
    return Quantity(unit, thousandths);
  }
  static constexpr Quantity Whole(Unit unit, std::int64_t units) {
    return Quantity(unit, units * kScale);
  }
  static Result<Quantity> Parse(Unit unit, std::string_view text);  // at most three decimals

  constexpr Unit unit() const { return unit_; }
  constexpr std::int64_t thousandths() const { return thousandths_; }
  Result<Quantity> Plus(
      Quantity other) const;  // the units must be equal: INVALID_REQUEST otherwise
  Result<Quantity> Minus(Quantity other) const;
  std::string ToString() const;  // "523", "27.3": no trailing zeros, no unit

  constexpr bool operator==(const Quantity&) const = default;

 private:
  constexpr Quantity(Unit unit, std::int64_t thousandths)
      : unit_(unit), thousandths_(thousandths) {}
  Unit unit_ = Unit::kKilowattHour;
  std::int64_t thousandths_ = 0;
};

}  // namespace reeve
