#include "services/billing/cycle/guard.h"

#include <algorithm>

namespace reeve::billing::cycle {
namespace {

constexpr RuleWords kRules[] = {
    {HoldReason::kNoSchedule, "NO_SCHEDULE",
     "No version of the schedule is in force for this service and unit.",
     "A conversion of 2018 that left flat services without a rate"},
    {HoldReason::kNoRead, "NO_READ", "A metered service has no read in the period.",
     "Corpus Christi, Texas, 2018: 2,532 accounts were skipped for months"},
    {HoldReason::kReadWaits, "READ_WAITS",
     "A read of the account waits in the edit list since the run was started.",
     "Austin, Texas, 2014: 91 % of the doubtful reads went unreviewed"},
    {HoldReason::kReadsFall, "READS_FALL", "The register fell, and it is no rollover.", ""},
    {HoldReason::kNotPriced, "NOT_PRICED",
     "The version needs what is not known, or its credits exceed its charges.", ""},
    {HoldReason::kNoIntervals, "NO_INTERVALS",
     "Times of use or loads are priced, and what the meter measured is not there for every hour.",
     ""},
    {HoldReason::kIntervalsOff, "INTERVALS_OFF",
     "What the meter measured hour by hour does not add up to what its register says.", ""},
    {HoldReason::kAboveMeterMaximum, "ABOVE_METER_MAXIMUM",
     "More a day than a meter of this size, or the schedule's service line, can pass.",
     "Provo, Utah, 2020: bills up to $17,000 from registers that a conversion mis-scaled"},
    {HoldReason::kFactorHundred, "FACTOR_HUNDRED",
     "About a hundred times the use of the season and of the last bill: two digits too many.",
     "Provo, Utah, 2020"},
    {HoldReason::kFactorTen, "FACTOR_TEN",
     "About ten times the use of the season and of the last bill: a digit too many.",
     "Provo, Utah, 2020"},
    {HoldReason::kFactorTenth, "FACTOR_TENTH",
     "About a tenth or a hundredth of a use that was never so low: a dead digit, a lost "
     "multiplier.",
     "Arden Hills, Minnesota, 2018 to 2021: ten encoders that needed a multiplier of ten, "
     "$13,716.63"},
    {HoldReason::kUnitFactor, "UNIT_FACTOR",
     "Since the exchange of the meter about 7.48, 74.8 or 748 times the use, or as small a part of "
     "it: gallons are taken for cubic feet.",
     "Every change-out of meters in cubic feet for others in gallons"},
    {HoldReason::kCrossedMeters, "CROSSED_METERS",
     "Two neighbours have changed uses: each one's fits the other's history, and not its own.",
     "Whoever pays for the house next door"},
    {HoldReason::kAboveSeason, "ABOVE_SEASON",
     "More a day than the limit times both the same season of last year and the last bill.",
     "Atlanta, Georgia, whose notice at half above the yearly average every irrigation trips"},
    {HoldReason::kAboveLast, "ABOVE_LAST",
     "More a day than the limit times the last bill, where last year is not known.", ""},
    {HoldReason::kAbovePeers, "ABOVE_PEERS",
     "Many times the median of the same class, schedule and size, and new for this account.",
     "Provo, Utah, 2020: history that is as wrong as the register clears nobody"},
    {HoldReason::kBelowPeers, "BELOW_PEERS",
     "A small part of the median of the same class, schedule and size, on one of the first bills.",
     "Arden Hills, Minnesota, 2018 to 2021: a wrong multiplier from the first day, for years"},
    {HoldReason::kSameUseAgain, "SAME_USE_AGAIN",
     "Exactly the same use, bill after bill: nobody read the meter.",
     "Austin, Texas, 2014: 91 % of the doubtful reads went unreviewed"},
    {HoldReason::kNoUse, "NO_USE",
     "Nothing was used, bill after bill, where people live: the meter stands still.",
     "Little Canada, Minnesota, 2018: a dead radio, five quarters of nothing, then $4,481.16"},
    {HoldReason::kEstimateOff, "ESTIMATE_OFF",
     "An estimate that is far from what the last bill measured.",
     "Amarillo, Texas, 2015: 3,917 credits for estimates made from the year before"},
    {HoldReason::kCatchUp, "CATCH_UP",
     "The read after an estimate brings so much more that the bill is presumed a back-bill.", ""},
    {HoldReason::kLongPeriod, "LONG_PERIOD",
     "The period is longer than is normal, and the same use a day costs more for it.",
     "Cedar City, Utah, 2022: 2,063 of 5,100 accounts were pushed into dearer blocks"},
    {HoldReason::kShortPeriod, "SHORT_PERIOD",
     "A few days behind the last bill cost far more than their share of it: the prices of a month "
     "are billed again.",
     "Whoever is billed twice, since a cycle was run again a day later"},
    {HoldReason::kNotAsParcel, "NOT_AS_PARCEL",
     "For the first time it is billed by another class, schedule, count or size than its parcel "
     "has, or a service without a meter at a place without a parcel.",
     "A trial: ten carts for one, 45 units of sewer for 4.5, homes at the prices outside the city"},
    {HoldReason::kAboveBillLimit, "ABOVE_BILL_LIMIT",
     "The total is above what a customer of this class is sent unseen.",
     "Provo, Utah, 2020: $17,000"},
    {HoldReason::kNotItsLines, "NOT_ITS_LINES",
     "The total is not the sum of the lines, or a line's version is not the one in force.",
     "Arden Hills, Minnesota, 2013: totals a cent above their lines"},
};

}  // namespace

std::span<const RuleWords> GuardRules() { return kRules; }

std::string_view HoldReasonName(HoldReason reason) {
  return kRules[static_cast<std::size_t>(reason)].name;
}

HoldReason ParseHoldReason(std::string_view name) {
  return std::find_if(std::begin(kRules), std::end(kRules),
                      [&](const RuleWords& rule) { return rule.name == name; })
      ->reason;
}

}  // namespace reeve::billing::cycle
