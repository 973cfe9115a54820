// Meters at agreements: a stay begins with an in-read and ends with an out-read. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "services/billing/agreement/agreement.h"
#include "shared/core/date.h"
#include "shared/core/fields.h"
#include "shared/core/id.h"

namespace reeve::billing::meter {

struct Meter {
  std::string meter_number;
  std::string size;                         // as the city names it: "5/8"; empty: not known
  std::string unit;                         // of use, as UnitName spells it
  int register_digits = 0;                  // the register rolls over at 10^digits
  std::int64_t multiplier_thousandths = 0;  // units for one count
  bool operator==(const Meter&) const = default;
};

// A meter's stay at an agreement. The day of an exchange belongs to the meter that went; both are
// read on it.
struct Installation {
  AccountId account;
  std::int64_t agreement_id = 0;
  std::int64_t installation_no = 0;  // from 1
  Meter meter;
  std::optional<Date> from_date;  // of its in-read; none: since the agreement's start
  std::optional<Date> to_date;    // of its out-read; none: it is in place
  bool reversed = false;          // its exchange was: it was never here, and measured nothing
  bool operator==(const Installation&) const = default;
};

// To whose stay the day belongs, of an agreement's installations by number; nothing if there is no
// meter. One that was reversed has no days.
const Installation* MeasuredOn(std::span<const Installation> installations,
                               std::int64_t agreement_id, Date day);
// The installation of that number; nothing if there is none.
const Installation* Numbered(std::span<const Installation> installations, std::int64_t agreement_id,
                             std::int64_t installation_no);

// The meter in place; the agreement is metered.
Meter InPlace(const agreement::Agreement& agreement);
void PutInPlace(const Meter& meter, std::int64_t installation_no, agreement::Agreement& agreement);

struct Exchange {
  Date date;
  std::int64_t out_read_thousandths = 0;  // register counts of the old meter
  std::int64_t in_read_thousandths = 0;   // of the new one
  Meter next;
  // Somebody has looked at the new register and says that size, digits and multiplier are its own.
  bool differences_checked = false;
};

// Names every field of the exchange that cannot be: another unit than the agreement's, digits and
// multipliers that no register has, reads that the registers cannot show, and, unless somebody has
// checked them, whatever of size, digits and multiplier is not as it was. A wrong multiplier that
// passes here bills wrong for years.
void CheckExchange(const Meter& old, const Exchange& exchange, Fields& fields);

}  // namespace reeve::billing::meter
