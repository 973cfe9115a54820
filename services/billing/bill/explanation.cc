#include "services/billing/bill/explanation.h"

#include "shared/core/decimal.h"

namespace reeve::billing::bill {

std::string CountsText(std::int64_t thousandths) { return PrintDecimal(thousandths, 3, 0); }

bool RolledOver(const MeterReading& reading) {
  return reading.end_thousandths < reading.start_thousandths;
}

namespace {

std::string Difference(const MeterReading& reading) {
  std::string text = "(";
  if (RolledOver(reading)) {
    text += "1" + std::string(static_cast<std::size_t>(reading.register_digits), '0') + " + ";
  }
  return text + CountsText(reading.end_thousandths) + " - " +
         CountsText(reading.start_thousandths) + ") x " +
         CountsText(reading.multiplier_thousandths);
}

}  // namespace

std::string NumbersText(std::span<const MeterReading> meters) {
  std::string text;
  for (const MeterReading& one : meters) {
    text.append(text.empty() ? "" : ", ").append(one.meter_number);
  }
  return text;
}

std::string UsageFormula(std::span<const MeterReading> meters, std::int64_t usage_thousandths) {
  const std::string usage = CountsText(usage_thousandths) + " " + std::string(meters.back().unit);
  if (meters.size() == 1) return Difference(meters.front()) + " = " + usage;
  std::string text;
  for (const MeterReading& one : meters) {
    text.append(one.meter_number).append(": ").append(Difference(one)).append("; ");
  }
  return text + "together " + usage;
}

}  // namespace reeve::billing::bill
