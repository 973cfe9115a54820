#include "tests/bench/guard_households.h"

#include <cmath>

namespace reeve::bench {
namespace {

using billing::cycle::CustomerClass;

// Of a temperate, dry city, from January.
constexpr double kLawn[] = {0, 0, 0.05, 0.35, 0.7, 0.95, 1, 0.95, 0.65, 0.25, 0, 0};
constexpr double kCooling[] = {0, 0, 0, 0, 0.15, 0.6, 1, 0.9, 0.35, 0, 0, 0};
constexpr double kHeating[] = {1, 0.85, 0.55, 0.25, 0, 0, 0, 0, 0, 0.2, 0.6, 0.95};

constexpr double kMonthDays = 30.0;

}  // namespace

double Lots::Normal() {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += Uniform();
  return sum;
}

double Lots::LogNormal(double deviation) { return std::exp(deviation * Normal()); }

Weather WeatherOf(int month, std::uint64_t seed) {
  Lots lots(seed * 1'000 + static_cast<std::uint64_t>(month));
  const auto of_year = static_cast<std::size_t>(month % 12);
  return {kLawn[of_year] * lots.LogNormal(0.18), kCooling[of_year] * lots.LogNormal(0.15),
          kHeating[of_year] * lots.LogNormal(0.15)};
}

Household::Household(std::uint64_t seed, CustomerClass customer_class)
    : lots_(seed), class_(customer_class) {
  MoveIn();
  snowbird_ = customer_class == CustomerClass::kResidential && lots_.OneIn(33);
  if (lots_.OneIn(40)) vacant_months_ = 1 + static_cast<int>(lots_.Below(6));
}

void Household::MoveIn() {
  const bool home = class_ == CustomerClass::kResidential;
  indoor_ =
      home ? 4.2 / kMonthDays * lots_.LogNormal(0.45) : 18 / kMonthDays * lots_.LogNormal(1.0);
  lawn_ = home ? (lots_.OneIn(2.5) ? 0.2 : 2.2 * lots_.LogNormal(0.5)) : lots_.LogNormal(0.6);
  base_ =
      home ? 560 / kMonthDays * lots_.LogNormal(0.4) : 4'000 / kMonthDays * lots_.LogNormal(1.0);
  heats_ = lots_.OneIn(4) ? 1.2 : 0.15;
  appliance_ = 1;
}

MonthUse Household::Next(int month, int days, const Weather& weather) {
  const int of_year = month % 12;
  const bool away = snowbird_ && (of_year < 3 || of_year > 10);
  double lived = 1;
  if (vacant_months_ > 0) {
    lived = --vacant_months_ == 0 ? lots_.Uniform() : 0;  // the next moves in meanwhile
    if (vacant_months_ == 0) MoveIn();
  } else if (lots_.OneIn(110)) {
    vacant_months_ = 1 + static_cast<int>(lots_.Below(5));
    lived = lots_.Uniform();
  }
  if (lots_.OneIn(1'500)) appliance_ *= 1.5;  // a car, a heat pump, a pool
  if (leak_months_ > 0) {
    --leak_months_;
  } else if (lots_.OneIn(250)) {
    leak_months_ = static_cast<int>(lots_.Below(3));
    leak_ = indoor_ * 0.5 * lots_.LogNormal(0.9);
  }
  if (leak_months_ == 0) leak_ *= 0.5;
  const bool home = class_ == CustomerClass::kResidential;
  const double noise = home ? 0.18 : 0.25;
  const double on_leave = lots_.OneIn(24) ? 0.35 + 0.5 * lots_.Uniform() : 1;  // a holiday
  const double present = away ? 0 : lived * on_leave;
  // A lawn is watered by a clock, whoever is at home.
  const double lawn = lived * lawn_ * weather.lawn * lots_.LogNormal(0.25);
  const double water =
      days * (indoor_ * (present * lots_.LogNormal(noise) + (away ? 0 : lawn)) + lived * leak_);
  const double power = days * base_ * appliance_ * lots_.LogNormal(home ? 0.1 : 0.12) *
                       ((away ? 0.2 : 0.15 + 0.85 * present) * (lived > 0 ? 1 : 0.05) +
                        lived * (0.5 * weather.cooling + heats_ * weather.heating));
  return {std::llround(water * 10) * 100, std::llround(power) * 1'000, present > 0.5};
}

}  // namespace reeve::bench
