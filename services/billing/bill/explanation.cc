#include "services/billing/bill/explanation.h"

#include "shared/core/decimal.h"

namespace reeve::billing::bill {

std::string CountsText(std::int64_t thousandths) { return PrintDecimal(thousandths, 3, 0); }

bool RolledOver(const MeterReading& reading) {
  return reading.end_thousandths < reading.start_thousandths;
}

std::string UsageFormula(const MeterReading& reading) {
  std::string formula = "(";
  if (RolledOver(reading)) formula += "1" + std::string(reading.register_digits, '0') + " + ";
  return formula + CountsText(reading.end_thousandths) + " - " +
         CountsText(reading.start_thousandths) + ") x " +
         CountsText(reading.multiplier_thousandths) + " = " +
         CountsText(reading.usage_thousandths) + " " + std::string(reading.unit);
}

}  // namespace reeve::billing::bill
