// Premise: the location file of a place, with its service points and the meters that stand there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "services/account/premise/address.h"
#include "shared/core/fields.h"
#include "shared/core/id.h"
#include "shared/core/spelling.h"

namespace reeve::account {

namespace reason {
inline constexpr Reason kPremiseUnknown{"PREMISE_UNKNOWN"};  // NOT_FOUND
inline constexpr Reason kPremiseExists{"PREMISE_EXISTS"};    // ALREADY_EXISTS
inline constexpr Reason kMeterElsewhere{"METER_ELSEWHERE"};  // ALREADY_EXISTS, names the premise
}  // namespace reason

enum class CustomerClass { kResidential, kNonResidential };
inline constexpr Spelling<CustomerClass, 2> kCustomerClassName{{"RESIDENTIAL", "NON_RESIDENTIAL"}};

// Whether the supply flows; always kOn where there is nothing to turn off.
enum class Supply { kOn, kOff };
inline constexpr Spelling<Supply, 2> kSupplyName{{"ON", "OFF"}};

struct ServicePoint {
  int no = 0;                               // 1 to 99, unique at the premise
  std::string service;                      // "electric"
  std::string schedule_code;                // rate schedule of an agreement here, "E1"
  std::int64_t quantity_thousandths = 0;    // ESUs, carts; 1000 for one connection
  std::string meter_number;                 // empty if unmetered, and then the next three too
  int register_digits = 0;                  // the register rolls over at 10^digits
  std::int64_t multiplier_thousandths = 0;  // units for one count
  std::string unit;                         // "kWh", "kgal", "CCF"
  std::string meter_size;                   // "5/8"; empty: not known, or unmetered
  Supply supply = Supply::kOn;
  bool operator==(const ServicePoint&) const = default;

  bool metered() const { return !meter_number.empty(); }
};

struct Premise {
  PremiseId id;
  Address address;
  CustomerClass customer_class = CustomerClass::kResidential;
  int cycle = 0;                     // 1 to 31
  std::vector<ServicePoint> points;  // by number
  std::int64_t version = 1;          // counts the changes of the file
  bool operator==(const Premise&) const = default;

  const ServicePoint* FindPoint(int no) const;
  const ServicePoint* FindMeter(std::string_view meter_number) const;
};

// 1 to 20 characters of A-Z, 0-9 and '-'.
bool IsCode(std::string_view text);

// Refuses what cannot be a location file; `path` is the premise's in the request. Answers it with
// texts trimmed and points in order.
Premise CheckPremise(Fields& fields, const std::string& path, Premise premise);

// True if both say the same of the place; whether supply flows, and how often the file changed, is
// what happened since.
bool SamePlace(const Premise& a, const Premise& b);

std::string ToAuditText(const Premise& premise);

}  // namespace reeve::account
