// The words and figures with which a bill is explained. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace reeve::billing::bill {

struct MeterReading {
  std::string_view meter_number;
  std::int64_t start_thousandths = 0;  // register counts
  std::int64_t end_thousandths = 0;
  int register_digits = 0;
  std::int64_t multiplier_thousandths = 0;  // units for one count
  std::int64_t usage_thousandths = 0;
  std::string_view unit;
};

std::string CountsText(std::int64_t thousandths);  // "41203", "27.3"
bool RolledOver(const MeterReading& reading);
// "E100"; where one was exchanged "E100, E200".
std::string NumbersText(std::span<const MeterReading> meters);
// "(41203 - 40391) x 1 = 812 kWh"; with a rollover "(100000 + 12 - 99990) x 1 = 22 kWh"; where a
// meter was exchanged "E100: (990 - 900) x 1; E200: (12 - 0) x 10; together 210 kWh".
std::string UsageFormula(std::span<const MeterReading> meters, std::int64_t usage_thousandths);

}  // namespace reeve::billing::bill
