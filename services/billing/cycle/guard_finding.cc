#include "services/billing/cycle/guard_finding.h"

#include <algorithm>
#include <iterator>

namespace reeve::billing::cycle {
namespace {

constexpr FindingWords kRules[] = {
    {FindingRule::kDaysBroken, "DAYS_BROKEN",
     "A segment does not begin where the one before ended: a day is billed twice, or not at all.",
     "Corpus Christi, Texas, 2018: 19,027 accounts had months billed as one"},
    {FindingRule::kNotBilled, "NOT_BILLED",
     "Agreements of the cycle have days to bill, and the run made neither a bill nor a hold of "
     "them.",
     "Corpus Christi, Texas, 2018: 2,532 accounts were skipped for months"},
    {FindingRule::kUncovered, "UNCOVERED",
     "Agreements run in a cycle that nobody has run for long, or ever.",
     "Corpus Christi, Texas, 2018: 853 accounts that no cycle billed, for an empty field"},
    {FindingRule::kNeverStarted, "NEVER_STARTED",
     "Agreements wait for their first read longer than a move-in takes: water may run unbilled.",
     "Corpus Christi, Texas, 2018"},
    {FindingRule::kSeveralAccounts, "SEVERAL_ACCOUNTS",
     "More places than last have one service, or one meter, on several accounts that run.",
     "A conversion of 2018 that left 2,587 places with several active accounts"},
    {FindingRule::kCount, "COUNT", "The agreements of a service are more or fewer than last.",
     "Corpus Christi, Texas, 2018"},
    {FindingRule::kUse, "USE",
     "The use an agreement and day is far from the same run of last year, or from the last.",
     "Amarillo, Texas, 2015: a wet spring, billed from the year before"},
    {FindingRule::kUnitPrice, "UNIT_PRICE",
     "A component of one price a unit, or a tax, costs more or less a unit than last.", ""},
    {FindingRule::kPriceChange, "PRICE_CHANGE",
     "A version is new, or the value of a rider: what the last bills would have been under it, by "
     "price alone.",
     "Every city with a rate that is three per cent wrong for everybody: no account's rule sees "
     "it"},
    {FindingRule::kLongPeriods, "LONG_PERIODS",
     "Metered periods are longer than the longest month.",
     "Cedar City, Utah, 2022: 2,063 of 5,100 accounts"},
    {FindingRule::kControlTotal, "CONTROL_TOTAL",
     "What was billed is more than was purchased or pumped, or too small a part of it.", ""},
    {FindingRule::kPriceUnknown, "PRICE_UNKNOWN",
     "Prices are new, and what they alone do cannot be said: the last use lacks a fact, or has "
     "another unit.",
     ""},
    {FindingRule::kNoControlTotal, "NO_CONTROL_TOTAL",
     "Nobody recorded what was purchased or pumped of a metered service: what was billed is "
     "compared with nothing.",
     ""},
    {FindingRule::kPointDays, "POINT_DAYS",
     "A place changed hands, and days around it are billed twice, or to nobody.",
     "Corpus Christi, Texas, 2018: accounts billed twice after they were moved to other routes"},
    {FindingRule::kBackbillLimit, "BACKBILL_LIMIT",
     "A rebill asks more for days longer past than the limits of back-billing allow.",
     "Little Canada, Minnesota, 2018: $4,481.16 at once after five quarters of nothing"},
    {FindingRule::kRefundLimit, "REFUND_LIMIT",
     "A rebill gives back money for days longer past than the limit of refunds.", ""},
    {FindingRule::kNewMeters, "NEW_METERS",
     "Meters that were put in since the last run show another use a day than those that went: no "
     "account alone can tell a third too much.",
     "Every change-out of meters in gallons for others in cubic feet"},
    {FindingRule::kStandstill, "STANDSTILL",
     "Many meters that showed something on every bill before show nothing at all: the reads are "
     "those of last month.",
     "A trial in which a quarter of a reading file was last month's, and the next bill had both "
     "months in its dear blocks"},
    {FindingRule::kChanged, "CHANGED",
     "Agreements are billed by another quantity, or by a meter of another size, digits or "
     "multiplier, "
     "than last.",
     "Arden Hills, Minnesota, 2018 to 2021: what a change-out left wrong was on no list"},
    {FindingRule::kParcel, "PARCEL",
     "Agreements that were not last are billed by another class, schedule, count or size than "
     "their "
     "parcels have, or without a parcel.",
     "A conversion of 2018 that billed flat services where no parcel was"},
};

}  // namespace

std::span<const FindingWords> FindingRules() { return kRules; }

std::string_view FindingRuleName(FindingRule rule) {
  return kRules[static_cast<std::size_t>(rule)].name;
}

FindingRule ParseFindingRule(std::string_view name) {
  return std::find_if(std::begin(kRules), std::end(kRules),
                      [&](const FindingWords& words) { return words.name == name; })
      ->rule;
}

}  // namespace reeve::billing::cycle
