// Months: a long period billed as the months that it has. Its use is right, and so are its days;
// but blocks that are as wide as for one month push it into dearer ones. Pure.
#pragma once

#include <memory>
#include <optional>

#include "services/billing/cycle/cycle.h"

namespace reeve::billing::cycle {

// The versions with blocks of a bill as wide as the days: so many days are a month. A version that
// prorates has its own month. Fixed prices stay what they are: one bill is sent, and the next
// period, which is the shorter, has its own.
rate::Versions AsMonths(const rate::Versions& versions, Date from_date, Date to_date,
                        std::int64_t month_days);

// What prices the segment: the tariff's versions, or those of its months.
const rate::Versions* VersionsOf(const rate::Tariff& tariff, const Segment& segment);
// Gives each segment that is billed as months its versions. Needed where lines are put into words;
// PriceSegment does without.
void WidenBlocks(const rate::Tariff& tariff, Bill& bill);

// The days and use of the segment as months; nothing if it cannot be priced.
std::optional<Segment> SegmentAsMonths(const Run& run, const rate::Tariff& tariff, Segment segment,
                                       std::int64_t month_days);

// What is sent instead of a held bill: the segments that LONG_PERIOD holds as months, where that is
// less. Nothing if it is less nowhere: blocks are as wide as the days already, or there are none.
std::optional<Bill> BillAsMonths(const Run& run, const rate::Tariff& tariff, const Bill& held,
                                 std::int64_t month_days);
std::int64_t MonthsBillId(std::int64_t cycle_id, AccountId account);

}  // namespace reeve::billing::cycle
