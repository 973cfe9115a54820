// Urdb: a rate of the OpenEI Utility Rate Database (JSON, version 7 and 8) as a version of a
// schedule. What maps, maps; what our schedules cannot say is refused by its name, all at once;
// what says nothing of a price is named, and left out.
// https://openei.org/services/doc/rest/util_rates
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/billing/rate/rate.h"

namespace reeve::billing::rate {

inline constexpr std::size_t kUrdbTextMax = 1'000'000;

// What the database does not know of a city's schedule, or says in other words.
struct UrdbNames {
  std::string code;
  std::optional<Date> effective_date;  // none: the day of `startdate`
  std::string title;                   // empty: utility and name
  std::string citation;                // empty: source and label
};

struct UrdbReading {
  Schedule schedule;
  std::vector<std::string> left_out;  // fields that say nothing of a price: "sector"
};

// Refuses at "json.<field>". Numbers are read from their text. The schedule is not validated.
UrdbReading ReadUrdb(std::string_view json, const UrdbNames& names, Fields& fields);

}  // namespace reeve::billing::rate
