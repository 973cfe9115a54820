// Households: what a synthetic city uses, month after month, from one seed: seasons, lawns,
// weather, vacancies, snowbirds, leaks, new occupants, new appliances, and noise. Not a city that
// flatters the guard.
#pragma once

#include <cstdint>
#include <random>

#include "services/billing/cycle/guard_limits.h"

namespace reeve::bench {

// What one draws lots with; the same seed gives the same lots on every machine.
class Lots {
 public:
  explicit Lots(std::uint64_t seed) : engine_(seed) {}
  double Uniform() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }  // [0, 1)
  std::int64_t Below(std::int64_t n) {
    return static_cast<std::int64_t>(Uniform() * static_cast<double>(n));
  }
  bool OneIn(double n) { return Uniform() * n < 1; }
  double Normal();                     // mean 0, deviation 1, as the sum of twelve
  double LogNormal(double deviation);  // median 1

 private:
  std::mt19937_64 engine_;
};

// Weather of a month for all of the city: how much lawns and air conditioning want.
struct Weather {
  double lawn = 0;
  double cooling = 0;
  double heating = 0;
};
Weather WeatherOf(int month, std::uint64_t seed);  // month 0 is a January

// What is used between two reads. Thousandths of kgal, in counts of 100; of kWh, in counts of
// 1,000.
struct MonthUse {
  std::int64_t water = 0;
  std::int64_t power = 0;
  bool occupied = true;
};

class Household {
 public:
  Household(std::uint64_t seed, billing::cycle::CustomerClass customer_class);
  MonthUse Next(int month, int days, const Weather& weather);

 private:
  void MoveIn();

  Lots lots_;
  billing::cycle::CustomerClass class_;
  double indoor_ = 0;  // kgal a day
  double lawn_ = 0;    // times indoor at the height of summer
  double base_ = 0;    // kWh a day
  double heats_ = 0;
  bool snowbird_ = false;
  double appliance_ = 1;
  int vacant_months_ = 0;
  int leak_months_ = 0;
  double leak_ = 0;
};

}  // namespace reeve::bench
