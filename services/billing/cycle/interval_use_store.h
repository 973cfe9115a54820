// Use in times and loads of bills in the database: what their parts were priced with.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "services/billing/cycle/cycle.h"
#include "services/billing/cycle/cycle_store.h"
#include "services/billing/row_text.h"
#include "shared/db/database.h"

namespace reeve::billing::cycle {

// In the audit trail: what the bills of a page were priced with, "<cycle>/<page>".
inline constexpr std::string_view kIntervalsEntity = "cycle-page-intervals";
// Digests of both tables' rows, in the order of their keys; empty if there is no row.
std::string IntervalText(const RowDigest& times, const RowDigest& loads);
std::string IntervalTextOf(std::span<const Bill> bills);

void InsertIntervalUse(db::Transaction& tx, std::span<const Bill> bills);
// Adds it to the segments of a bill.
void LoadIntervalUse(db::Transaction& tx, Bill& bill);
// Adds a row of bill_segment_time or bill_segment_load to its segment. The rows come in the order
// of their keys, without the bill's columns before `first`.
void AddTimeRow(db::Rows::Row row, std::size_t first, Segment& segment);
void AddLoadRow(db::Rows::Row row, std::size_t first, Segment& segment);

// What intervals say of these agreements from a day to the last of `through`, in their order.
struct IntervalsWanted {
  read::AgreementKey agreement;
  std::string schedule_code;
  Date from_date;
};
std::vector<IntervalFacts> LoadIntervalFacts(db::Transaction& tx, const TimeZone& zone,
                                             std::span<const IntervalsWanted> wanted, Date through);

}  // namespace reeve::billing::cycle
