#include "services/billing/cycle/interval_use_store.h"

#include <algorithm>

#include "services/billing/interval/interval_store.h"
#include "services/billing/listed.h"
#include "shared/core/decimal.h"

namespace reeve::billing::cycle {
namespace {

using db::ColumnType;
using db::ToValue;

const db::InsertInto kInsertTimes{"bill_segment_time_insert",
                                  "bill_segment_time",
                                  {{"account_id"},
                                   {"bill_id"},
                                   {"segment_no"},
                                   {"stretch_no"},
                                   {"time", ColumnType::kText},
                                   {"meter_no"},
                                   {"from_date", ColumnType::kText},
                                   {"to_date", ColumnType::kText},
                                   {"usage_thousandths"},
                                   {"estimated_count"}}};
const db::InsertInto kInsertLoads{"bill_segment_load_insert",
                                  "bill_segment_load",
                                  {{"account_id"},
                                   {"bill_id"},
                                   {"segment_no"},
                                   {"time", ColumnType::kText},
                                   {"load_thousandths"},
                                   {"window_minutes"},
                                   {"load_date", ColumnType::kText},
                                   {"load_minute"},
                                   {"earlier_loads", ColumnType::kText}}};
constexpr db::Query kTimesOf{
    "bill_segment_time_of_bill",
    "SELECT segment_no, stretch_no, time, meter_no, from_date, to_date, usage_thousandths, "
    "estimated_count FROM bill_segment_time WHERE account_id = $1 AND bill_id = $2 "
    "ORDER BY segment_no, stretch_no, time"};
constexpr db::Query kLoadsOf{
    "bill_segment_load_of_bill",
    "SELECT segment_no, time, load_thousandths, window_minutes, load_date, load_minute, "
    "earlier_loads FROM bill_segment_load WHERE account_id = $1 AND bill_id = $2 "
    "ORDER BY segment_no, time"};
constexpr db::Query kEarlierLoads{
    "bill_segment_load_earlier",
    "SELECT l.time, l.load_thousandths, s.to_date FROM bill_segment s JOIN bill_segment_load l ON "
    "l.account_id = s.account_id AND l.bill_id = s.bill_id AND l.segment_no = s.segment_no "
    "WHERE s.account_id = $1 AND s.agreement_id = $2 AND s.state = 'BILLED' AND s.to_date <= $3 "
    "ORDER BY s.to_date DESC, l.time"};

std::string JoinLoads(std::span<const std::int64_t> loads) {
  std::vector<std::string> words;
  for (const std::int64_t load : loads) words.push_back(std::to_string(load));
  return JoinList(words);
}

std::vector<std::int64_t> SplitLoads(std::string_view text) {
  std::vector<std::int64_t> loads;
  for (const std::string& word : SplitList(text)) {
    loads.push_back(ParseDecimal(word, 0, Quantity::kMaxThousandths).value());
  }
  return loads;
}

// The rows of some bills, in the order of their keys.
struct IntervalRows {
  db::NewRows times{kInsertTimes};
  db::NewRows loads{kInsertLoads};
};

void AddRows(const Bill& bill, std::size_t segment_no, const Segment& segment, IntervalRows& rows) {
  for (std::size_t i = 0; i < segment.stretches.size(); ++i) {
    const TimedStretch& stretch = segment.stretches[i];
    std::vector<TimedStretch::Time> times = stretch.times;
    times.push_back({"", stretch.usage_thousandths});
    std::sort(times.begin(), times.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    for (const TimedStretch::Time& time : times) {
      rows.times.Add(bill.account, bill.bill_id, segment_no, i + 1, time.name, stretch.meter + 1,
                     stretch.from_date, stretch.to_date, time.thousandths, stretch.estimated_count);
    }
  }
  std::vector<SegmentLoad> loads = segment.loads;
  std::sort(loads.begin(), loads.end(),
            [](const SegmentLoad& a, const SegmentLoad& b) { return a.time < b.time; });
  for (const SegmentLoad& load : loads) {
    rows.loads.Add(bill.account, bill.bill_id, segment_no, load.time, load.thousandths,
                   load.window_minutes, load.day, load.minute_of_day, JoinLoads(load.earlier));
  }
}

IntervalRows RowsOf(std::span<const Bill> bills) {
  IntervalRows rows;
  for (const Bill& bill : bills) {
    for (std::size_t i = 0; i < bill.segments.size(); ++i) {
      AddRows(bill, i + 1, bill.segments[i], rows);
    }
  }
  return rows;
}

RowDigest DigestOf(const db::NewRows& rows) {
  RowDigest digest;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    digest.Add({&rows.cell(i, 0), rows.into().columns.size()});
  }
  return digest;
}

}  // namespace

std::string IntervalText(const RowDigest& times, const RowDigest& loads) {
  if (times.empty() && loads.empty()) return "";
  return "times=" + times.hex() + ",loads=" + loads.hex();
}

std::string IntervalTextOf(std::span<const Bill> bills) {
  const IntervalRows rows = RowsOf(bills);
  return IntervalText(DigestOf(rows.times), DigestOf(rows.loads));
}

void InsertIntervalUse(db::Transaction& tx, std::span<const Bill> bills) {
  const IntervalRows rows = RowsOf(bills);
  for (const db::NewRows* added : {&rows.times, &rows.loads}) {
    if (!added->empty()) tx.InsertRows(*added);
  }
}

void AddTimeRow(db::Rows::Row row, std::size_t first, Segment& segment) {
  const auto no = static_cast<std::size_t>(row.Int(first));
  if (segment.stretches.size() < no) {
    segment.stretches.resize(segment.stretches.size() + 1);
    TimedStretch& added = segment.stretches.back();
    added.meter = static_cast<std::size_t>(row.Int(first + 2) - 1);
    added.from_date = row.Day(first + 3);
    added.to_date = row.Day(first + 4);
    added.estimated_count = row.Int(first + 6);
  }
  TimedStretch& stretch = segment.stretches.back();
  if (row.Text(first + 1).empty()) {
    stretch.usage_thousandths = row.Int(first + 5);
  } else {
    stretch.times.push_back({row.Text(first + 1), row.Int(first + 5)});
  }
}

void AddLoadRow(db::Rows::Row row, std::size_t first, Segment& segment) {
  segment.loads.push_back({row.Text(first), row.Int(first + 1),
                           static_cast<int>(row.Int(first + 2)), row.Day(first + 3),
                           static_cast<int>(row.Int(first + 4)), SplitLoads(row.Text(first + 5))});
}

void LoadIntervalUse(db::Transaction& tx, Bill& bill) {
  const auto segment_of = [&bill](db::Rows::Row row) -> Segment& {
    return bill.segments[static_cast<std::size_t>(row.Int(0) - 1)];
  };
  for (const db::Rows::Row row : tx.Select(kTimesOf, bill.account, bill.bill_id)) {
    AddTimeRow(row, 1, segment_of(row));
  }
  for (const db::Rows::Row row : tx.Select(kLoadsOf, bill.account, bill.bill_id)) {
    AddLoadRow(row, 1, segment_of(row));
  }
}

std::vector<IntervalFacts> LoadIntervalFacts(db::Transaction& tx, const TimeZone& zone,
                                             std::span<const IntervalsWanted> wanted,
                                             Date through) {
  std::vector<IntervalFacts> facts;
  if (wanted.empty()) return facts;
  std::vector<interval::DaysWanted> days;
  std::vector<std::vector<db::Value>> keys;
  for (const IntervalsWanted& one : wanted) {
    const auto& [account, agreement_id] = one.agreement;
    days.push_back({account, agreement_id, one.from_date, through});
    keys.push_back({ToValue(account), ToValue(agreement_id), ToValue(one.from_date)});
  }
  const std::vector<interval::Policy> policies = interval::LoadPolicies(tx);
  const std::vector<std::vector<interval::KeptDay>> kept = interval::LoadKept(tx, days);
  const std::vector<db::Rows> loads = tx.SelectEach(kEarlierLoads, keys);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    IntervalFacts& one = facts.emplace_back();
    one.days = interval::AgreementDays(zone, days[i], kept[i]);
    const interval::Policy* policy = interval::InForce(policies, wanted[i].schedule_code, through);
    if (policy != nullptr) one.policy = *policy;
    for (const db::Rows::Row row : loads[i]) {
      one.earlier_loads[row.Text(0)].push_back({row.Day(2), row.Int(1)});
    }
  }
  return facts;
}

}  // namespace reeve::billing::cycle
