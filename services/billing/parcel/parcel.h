// Parcels: what the city's land records say of its places, and for which parcels its schedules are.
// A file of them, by day. Pure.
//
//   row,place,parcel,land_use,dwelling_units,city_limits,esu,meter_sizes,carts,exempt
//   place,10000000017,14-022-0107,RESIDENTIAL,1,INSIDE,1,water=5/8,1,
//   schedule,W1,,RESIDENTIAL|DUPLEX,,INSIDE,,,,
//   class,RESIDENTIAL,,RESIDENTIAL|DUPLEX,,,,,,
//
// README.md says what each column means.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/billing/file/columns.h"
#include "shared/core/date.h"
#include "shared/core/id.h"

namespace reeve::billing::parcel {

inline constexpr std::string_view kHeader =
    "row,place,parcel,land_use,dwelling_units,city_limits,esu,meter_sizes,carts,exempt";

// What is known of a place; what is empty is not known, and is compared with nothing.
struct Parcel {
  std::int64_t line = 0;  // its number in the file
  PremiseId premise;
  std::string parcel_number;
  std::string land_use;
  std::optional<std::int64_t> dwelling_units;
  std::string city_limits;  // "INSIDE", "OUTSIDE"
  std::optional<std::int64_t> esu_thousandths;
  std::vector<std::string> meter_sizes;  // "water=5/8", by service
  std::optional<std::int64_t> cart_count;
  std::vector<std::string> exempt_services;
  std::vector<std::string> service_carts{};  // "sanitation=2", instead of cart_count
  bool operator==(const Parcel&) const = default;

  bool HasCounts() const {
    return dwelling_units || esu_thousandths || cart_count || !service_carts.empty();
  }
};

// Who is billed by a schedule, or as a class of customers.
enum class UserKind { kSchedule, kClass };
std::string_view UserKindName(UserKind kind);  // "SCHEDULE"
UserKind ParseUserKind(std::string_view name);

// For which parcels that is; what is empty is for all.
struct LandUser {
  std::int64_t line = 0;
  UserKind kind = UserKind::kSchedule;
  std::string code;  // "W1", "RESIDENTIAL"
  std::vector<std::string> land_uses;
  std::string city_limits;
  bool operator==(const LandUser&) const = default;
};

using file::Problem;

// Lines of a file, and everything that is wrong with them; the others are in `places` and
// `users`. A place, a schedule or a class that is there twice is a problem.
struct ParcelRows {
  std::vector<Parcel> places;
  std::vector<LandUser> users;
  std::vector<Problem> problems;
};
// Splits at line breaks (LF or CRLF); blank lines count, but are no rows. The first line of a file
// is its header.
ParcelRows ParseParcels(std::string_view text, std::int64_t first_line);

// Of rows of schedules, those whose code is not among the loaded ones; by line.
std::vector<Problem> FindUnknown(const ParcelRows& rows,
                                 const std::set<std::string, std::less<>>& schedule_codes);

// An agreement at a place, whatever its account and cycle: what the land records count is of all.
struct AtPlace {
  AccountId account;
  std::int64_t agreement_id = 0;
  std::string service;
  std::string schedule_code;
  std::int64_t quantity_thousandths = 0;
  Date start_date;
  std::optional<Date> stop_date;

  // Whether it is billed for the day.
  bool IsBilledOn(Date day) const { return start_date < day && (!stop_date || *stop_date >= day); }
};

// What a run is compared with: the parcels of some places, and all schedules and classes; none
// without a file.
struct ParcelFacts {
  bool is_loaded = false;
  std::map<PremiseId, Parcel> places;
  std::map<PremiseId, std::vector<AtPlace>> agreements{};  // of places that have counts
  std::map<std::pair<UserKind, std::string>, LandUser> users;
};

}  // namespace reeve::billing::parcel
