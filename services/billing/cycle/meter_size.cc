#include "services/billing/cycle/meter_size.h"

#include <algorithm>
#include <string>

#include "shared/core/quantity.h"

namespace reeve::billing::cycle {
namespace {

// Highest flow for continuous duty in gallons a minute: displacement meters, ANSI/AWWA C700, up to
// 2 inches, compound meters, C702, above. Turbine meters pass more: a city that has them gives its
// schedules a limit of their own.
struct Size {
  std::string_view name;
  std::int64_t gallons_per_minute;
};
constexpr Size kSizes[] = {
    {"5/8", 10}, {"5/8x1/2", 10}, {"5/8x3/4", 10}, {"3/4", 15}, {"3/4x3/4", 15},
    {"1", 25},   {"11/2", 50},    {"1-1/2", 50},   {"1.5", 50}, {"2", 80},
    {"3", 160},  {"4", 250},      {"6", 500},      {"8", 800},  {"10", 1'150},
};
// A gas meter of an inch passes what its pressure lets it.
constexpr std::string_view kOfWater[] = {"water", "irrigation", "reclaimed", "sewer"};
constexpr std::int64_t kMinutesOfDay = 1'440;
// What a gallon a day is in thousandths of each unit: so many to so many.
struct Gallons {
  Unit unit;
  std::int64_t gallons;  // of `thousandths`
  std::int64_t thousandths;
};
constexpr Gallons kUnits[] = {
    {Unit::kKilogallon, 1, 1},
    {Unit::kGallon, 1, 1'000},
    {Unit::kHundredCubicFeet, 748'052, 1'000'000},
    {Unit::kCubicFoot, 748'052, 100'000'000},
    {Unit::kThousandCubicFeet, 748'052, 100'000},
    {Unit::kCubicMeter, 264'172, 1'000'000},
};

// Without blanks and inch marks.
std::string Spelled(std::string_view size) {
  std::string spelled;
  for (const char c : size) {
    if (c != ' ' && c != '"' && c != '\'') spelled.push_back(c == 'X' ? 'x' : c);
  }
  return spelled;
}

bool CountsWater(std::string_view service) {
  return std::find(std::begin(kOfWater), std::end(kOfWater), service) != std::end(kOfWater);
}

}  // namespace

std::optional<std::int64_t> MeterMaximumPerDay(std::string_view service, std::string_view size,
                                               std::string_view unit) {
  if (!CountsWater(service)) return std::nullopt;
  const std::string spelled = Spelled(size);
  const auto* found = std::find_if(std::begin(kSizes), std::end(kSizes),
                                   [&](const Size& known) { return known.name == spelled; });
  if (found == std::end(kSizes)) return std::nullopt;
  const std::int64_t gallons = found->gallons_per_minute * kMinutesOfDay;
  for (const Gallons& one : kUnits) {
    if (unit == UnitName(one.unit)) return gallons * one.thousandths / one.gallons;
  }
  return std::nullopt;
}

}  // namespace reeve::billing::cycle
