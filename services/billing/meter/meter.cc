#include "services/billing/meter/meter.h"

#include <algorithm>

#include "services/billing/read/read.h"
#include "shared/core/decimal.h"

namespace reeve::billing::meter {
namespace {

constexpr std::size_t kNumberMax = 20;
constexpr std::size_t kSizeMax = 20;
constexpr int kDigitsMax = 9;
constexpr std::int64_t kMultiplierMax = 1'000'000'000;  // thousandths

bool IsNumber(std::string_view text) {
  return !text.empty() && text.size() <= kNumberMax &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
         });
}

void CheckRead(std::string_view field, std::int64_t thousandths, int register_digits,
               Fields& fields) {
  if (register_digits < 1 || register_digits > kDigitsMax) return;
  fields.Range(field, thousandths, 0, read::FullScale(register_digits) - 1);
}

void CheckSame(std::string_view field, const std::string& now, const std::string& before,
               Fields& fields) {
  if (now == before) return;
  fields.Refuse(field, "is \"" + now + "\", the old meter's is \"" + before +
                           "\": look at the new register, then say differences_checked");
}

}  // namespace

const Installation* MeasuredOn(std::span<const Installation> installations,
                               std::int64_t agreement_id, Date day) {
  const auto found =
      std::find_if(installations.begin(), installations.end(), [&](const Installation& one) {
        return one.agreement_id == agreement_id && !one.reversed &&
               (!one.to_date || day <= *one.to_date);
      });
  return found == installations.end() ? nullptr : &*found;
}

const Installation* Numbered(std::span<const Installation> installations, std::int64_t agreement_id,
                             std::int64_t installation_no) {
  const auto found =
      std::find_if(installations.begin(), installations.end(), [&](const Installation& one) {
        return one.agreement_id == agreement_id && one.installation_no == installation_no;
      });
  return found == installations.end() ? nullptr : &*found;
}

Meter InPlace(const agreement::Agreement& agreement) {
  return {agreement.meter_number, agreement.meter_size, agreement.unit, agreement.register_digits,
          agreement.multiplier_thousandths};
}

void PutInPlace(const Meter& meter, std::int64_t installation_no, agreement::Agreement& agreement) {
  agreement.installation_no = installation_no;
  agreement.meter_number = meter.meter_number;
  agreement.meter_size = meter.size;
  agreement.unit = meter.unit;
  agreement.register_digits = meter.register_digits;
  agreement.multiplier_thousandths = meter.multiplier_thousandths;
}

void CheckExchange(const Meter& old, const Exchange& exchange, Fields& fields) {
  const Meter& next = exchange.next;
  CheckRead("out_read_thousandths", exchange.out_read_thousandths, old.register_digits, fields);
  CheckRead("in_read_thousandths", exchange.in_read_thousandths, next.register_digits, fields);
  if (!IsNumber(next.meter_number)) {
    fields.Refuse("meter.meter_number", "is not 1 to 20 characters of A-Z, 0-9 and -");
  } else if (next.meter_number == old.meter_number) {
    fields.Refuse("meter.meter_number", "is the number of the old meter");
  }
  fields.Text("meter.meter_size", next.size, 0, kSizeMax);
  if (next.unit != old.unit) {
    fields.Refuse("meter.unit", "is not " + old.unit + ", in which the agreement is billed");
  }
  fields.Range("meter.register_digits", next.register_digits, 1, kDigitsMax);
  fields.Range("meter.multiplier_thousandths", next.multiplier_thousandths, 1, kMultiplierMax);
  if (exchange.differences_checked) return;
  CheckSame("meter.meter_size", next.size, old.size, fields);
  CheckSame("meter.register_digits", std::to_string(next.register_digits),
            std::to_string(old.register_digits), fields);
  CheckSame("meter.multiplier_thousandths", PrintDecimal(next.multiplier_thousandths, 3, 0),
            PrintDecimal(old.multiplier_thousandths, 3, 0), fields);
}

}  // namespace reeve::billing::meter
