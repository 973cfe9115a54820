// Dates, instants and the times that other cities print.
#include "services/case311/case_import/case_import.h"
#include "shared/core/date.h"
#include "tests/fuzz/target.h"

REEVE_FUZZ_TARGET(dates) {
  if (const Result<Date> date = Date::Parse(input); date.ok()) {
    Require(date->ToString() == input, "a date has one spelling");
    Require(date->year() >= 1900 && date->year() <= 9999, "a date is of our time");
    Require(Date::FromCivil(date->year(), date->month(), date->day()).value() == *date,
            "a date is in the calendar");
  }
  if (const Result<Instant> instant = Instant::Parse(input); instant.ok()) {
    Require(Instant::Parse(instant->ToString()).value() == *instant, "an instant reads back");
  }
  static const TimeZone zone = TimeZone::Load("America/New_York").value();
  if (const Result<Instant> time = case311::ParseSourceTime(input, zone); time.ok()) {
    Require(zone.At(*time).date.year() >= 0, "a printed time is a day");
  }
}
