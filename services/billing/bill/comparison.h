// Comparison: why one bill differs from another, to the cent. Pure.
//
// Each service of the earlier bill is turned into that of the bill in a fixed order; the effect of
// a step is what it adds. Every amount between the two comes from rate::Price under the tariff as
// it stands, at the bill's date; the two ends are what the bills store.
//
//   earlier    the earlier bill's amount
//   price      its number of days, ending on the bill's last day, with its use and quantity: what
//              the bill's versions and seasons charge for them, less `earlier`
//   days       the bill's days with the same use a day (to the thousandth, a half up), less that
//   usage      what is used beyond that, at the average price of the step before: what its use adds
//              to the price of no use, divided by its use, in cents, a half up. Another quantity
//              (carts, dwellings, a winter average) belongs to it, priced at its own step before.
//   tier mix   the bill's amount less all of that: use beyond the average price, because the blocks
//              in which it lies are dearer or cheaper. Under versions without blocks, and where
//              nothing was used before, there is no average to differ from: all is usage.
//   one-off    a service that only one of the bills has, as a whole; and the whole difference of a
//              service of which a step cannot be priced, or that is counted in other units
//
// So the parts of a service add up to its difference, and those of the services to the bills'.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "services/billing/cycle/cycle.h"

namespace reeve::billing::bill {

// In cents.
struct Parts {
  std::int64_t earlier = 0;
  std::int64_t amount = 0;
  std::int64_t price = 0;
  std::int64_t days = 0;
  std::int64_t usage = 0;
  std::int64_t tier_mix = 0;
  std::int64_t one_off = 0;

  std::int64_t Difference() const { return amount - earlier; }
  std::int64_t Sum() const { return price + days + usage + tier_mix + one_off; }
  void Add(const Parts& other);
  bool operator==(const Parts&) const = default;
};

struct ServiceParts {
  std::string service;
  Parts parts;
  std::string unit;  // of its use; empty for an unmetered service
  std::int64_t earlier_usage_thousandths = 0;
  std::int64_t usage_thousandths = 0;
  std::int64_t earlier_day_count = 0;  // 0: the bill has no such service
  std::int64_t day_count = 0;
};

// What moved a difference most, in its direction.
enum class Cause { kNone, kPrice, kDays, kUsage, kOneOff };

struct Comparison {
  Parts total;
  std::vector<ServiceParts> services;  // the bill's, then those that only the earlier one has
  Cause cause = Cause::kNone;          // tier mix counts as usage; of two equal ones the first
  std::size_t service = 0;             // index of the one in which the cause moved most
};

// `metered` of the segments must be set. Parts of one service are matched by agreement, else in
// their order.
Comparison Compare(const rate::Tariff& tariff, const cycle::Bill& earlier, const cycle::Bill& bill);

}  // namespace reeve::billing::bill
