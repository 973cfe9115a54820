// Rates of the OpenEI database: what is read and valid can be priced, or says why not.
#include "services/billing/rate/price.h"
#include "services/billing/rate/urdb.h"
#include "tests/fuzz/target.h"

REEVE_FUZZ_TARGET(urdb) {
  using namespace reeve::billing::rate;
  reeve::Fields fields;
  UrdbNames names;
  names.code = "U1";
  names.effective_date = reeve::Date::Parse("2026-01-01").value();
  const UrdbReading reading = ReadUrdb(input, names, fields);
  if (!fields.ok()) {
    for (const reeve::FieldViolation& violation : fields.error().violations()) {
      Require(violation.field.starts_with("json") && !violation.description.empty(),
              "a refusal names its field");
    }
    return;
  }
  Validate(reading.schedule, fields);
  if (!fields.ok()) return;
  Versions versions;
  versions.Add(reading.schedule);
  const auto from = reeve::Date::Parse("2026-06-01").value();
  const auto to = reeve::Date::Parse("2026-07-01").value();
  const Measured meter{from, to, 750'000, {}, {}};
  Facts facts;
  facts.measured = {&meter, 1};
  facts.quantity_thousandths = 1'000;
  std::vector<Line> lines;
  if (!Price(versions, {from, to, to}, facts, lines).ok()) {
    Require(lines.empty(), "a refusal leaves no line");
    return;
  }
  for (const Line& line : lines) {
    Require(line.component >= 0 &&
                line.component < static_cast<std::int64_t>(reading.schedule.components.size()),
            "a line is of a component");
    Require(line.quantity_divisor > 0, "a quantity is a fraction");
  }
}
