// The rules of a whole run in words.
#pragma once

#include <span>
#include <string_view>

namespace reeve::billing::cycle {

enum class FindingRule {
  kDaysBroken,       // a day that is billed twice, or not
  kNotBilled,        // agreements of the cycle that the run passed over
  kUncovered,        // agreements that no run has billed for long
  kNeverStarted,     // agreements that wait for a first read for long
  kSeveralAccounts,  // one service at one place, or one meter, on several accounts
  kCount,            // agreements of a service against the last run
  kUse,              // use an agreement and day against a year ago, or last
  kUnitPrice,        // dollars a unit of a component against last
  kPriceChange,      // dollars from new prices, or from new values of riders, alone
  kLongPeriods,      // periods longer than the longest month
  kControlTotal,     // use billed against what was purchased or pumped
  kPriceUnknown,     // what new prices alone do, where nobody can say
  kNoControlTotal,   // a metered service without a control total
  kPointDays,        // days between two occupants of a place that are billed twice, or not
  kBackbillLimit,    // a rebill asks more for days long past than the limits allow
  kRefundLimit,      // a rebill gives back for days longer past than the limit
  kNewMeters,        // meters put in since the last run show more or less than those that went
  kStandstill,       // many meters that always ran show nothing
  kChanged,          // agreements are billed by other facts than last
  kParcel,           // agreements that were not last are billed by other facts than their parcels
};

struct FindingWords {
  FindingRule rule;
  std::string_view name;
  std::string_view meaning;
  std::string_view hurt;
};
std::span<const FindingWords> FindingRules();        // in the order of FindingRule
std::string_view FindingRuleName(FindingRule rule);  // "PRICE_CHANGE"
FindingRule ParseFindingRule(std::string_view name);

}  // namespace reeve::billing::cycle
