#include "shared/core/quantity.h"

#include <array>
#include <utility>

#include "shared/core/decimal.h"

namespace reeve {
namespace {

constexpr std::array<std::pair<Unit, std::string_view>, 29> kUnitNames{{
    {Unit::kKilowattHour, "kWh"},
    {Unit::kKilowatt, "kW"},
    {Unit::kKilogallon, "kgal"},
    {Unit::kHundredCubicFeet, "CCF"},
    {Unit::kEquivalentServiceUnit, "ESU"},
    {Unit::kEquivalentResidentialUnit, "ERU"},
    {Unit::kDwelling, "dwelling"},
    {Unit::kCart, "cart"},
    {Unit::kDay, "day"},
    {Unit::kMonth, "month"},
    {Unit::kGallon, "gal"},
    {Unit::kCubicFoot, "cf"},
    {Unit::kThousandCubicFeet, "Mcf"},
    {Unit::kCubicMeter, "m3"},
    {Unit::kTherm, "therm"},
    {Unit::kDekatherm, "Dth"},
    {Unit::kKilovoltAmpere, "kVA"},
    {Unit::kKilovar, "kVAR"},
    {Unit::kEquivalentDwellingUnit, "EDU"},
    {Unit::kConnection, "connection"},
    {Unit::kLamp, "lamp"},
    {Unit::kFixture, "fixture"},
    {Unit::kRoom, "room"},
    {Unit::kAcre, "acre"},
    {Unit::kSquareFoot, "sqft"},
    {Unit::kFoot, "ft"},
    {Unit::kCubicYard, "yard"},
    {Unit::kTon, "ton"},
    {Unit::kPickup, "pickup"},
}};

Result<Quantity> InRange(Unit unit, std::int64_t thousandths) {
  if (thousandths > Quantity::kMaxThousandths || thousandths < -Quantity::kMaxThousandths)
    return OutOfRange(reason::kOverflow, "The quantity is out of range.");
  return Quantity::Thousandths(unit, thousandths);
}

Error UnitsDiffer() {
  return {Code::kInvalidArgument, reason::kInvalidRequest,
          "Quantities of different units do not add up."};
}

}  // namespace

std::string_view UnitName(Unit unit) {
  for (const auto& [known, name] : kUnitNames)
    if (known == unit) return name;
  return "unit";
}

Result<Unit> ParseUnit(std::string_view name) {
  for (const auto& [unit, known] : kUnitNames)
    if (known == name) return unit;
  return Error(Code::kInvalidArgument, reason::kInvalidRequest, "The unit is not known.");
}

Result<Quantity> Quantity::Parse(Unit unit, std::string_view text) {
  REEVE_ASSIGN_OR_RETURN(const std::int64_t thousandths, ParseDecimal(text, 3, kMaxThousandths));
  return Quantity(unit, thousandths);
}

Result<Quantity> Quantity::Plus(Quantity other) const {
  if (unit_ != other.unit_) return UnitsDiffer();
  return InRange(unit_, thousandths_ + other.thousandths_);
}

Result<Quantity> Quantity::Minus(Quantity other) const {
  if (unit_ != other.unit_) return UnitsDiffer();
  return InRange(unit_, thousandths_ - other.thousandths_);
}

std::string Quantity::ToString() const { return PrintDecimal(thousandths_, 3, 0); }

}  // namespace reeve
