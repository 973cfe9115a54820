#include "services/billing/activation/activation_store.h"

#include <map>
#include <utility>

#include "services/billing/cycle/cycle_store.h"
#include "services/billing/row_text.h"

namespace reeve::billing::activation {
namespace {

constexpr db::Query kNextAccounts{
    "preview_accounts",
    "SELECT account_id FROM billing_account WHERE account_id > $1 ORDER BY account_id LIMIT $2"};
constexpr db::Query kCountAccounts{"preview_account_count",
                                   "SELECT CAST(count(*) AS BIGINT) FROM billing_account"};
constexpr db::Query kSegments{
    "preview_segments",
    "SELECT s.account_id, s.bill_id, s.segment_no, coalesce(r.priced_date, b.bill_date), "
    "s.agreement_id, s.service, "
    "s.schedule_code, s.effective_date, s.from_date, s.to_date, s.start_read_thousandths, "
    "s.end_read_thousandths, s.usage_thousandths, s.quantity_thousandths, s.amount_cents, "
    "s.month_days, s.metered_by, s.metered_size "
    "FROM bill_segment s JOIN bill b ON b.account_id = s.account_id AND b.bill_id = s.bill_id "
    "LEFT JOIN cycle_run r ON r.cycle_id = b.cycle_id "
    "WHERE s.account_id > $1 AND s.account_id <= $2 AND s.state = 'BILLED' AND "
    "b.state = 'POSTED' AND s.to_date > $3 ORDER BY s.account_id, s.bill_id, s.segment_no"};
constexpr db::Query kMeters{
    "preview_segment_meters",
    "SELECT m.account_id, m.bill_id, m.segment_no, m.installation_no, m.from_date, m.to_date, "
    "m.start_read_thousandths, m.end_read_thousandths, m.usage_thousandths "
    "FROM bill_segment_meter m JOIN bill_segment s ON s.account_id = m.account_id AND "
    "s.bill_id = m.bill_id AND s.segment_no = m.segment_no WHERE m.account_id > $1 AND "
    "m.account_id <= $2 AND s.state = 'BILLED' AND s.to_date > $3 "
    "ORDER BY m.account_id, m.bill_id, m.segment_no, m.installation_no"};
constexpr db::Query kLines{
    "preview_lines",
    "SELECT l.account_id, l.bill_id, l.segment_no, l.version_date, l.component_no, l.tier_no, "
    "l.quantity_thousandths, l.quantity_divisor, l.day_count, l.rate_nanos, l.amount_cents "
    "FROM bill_line l JOIN bill_segment s ON s.account_id = l.account_id AND "
    "s.bill_id = l.bill_id AND s.segment_no = l.segment_no WHERE l.account_id > $1 AND "
    "l.account_id <= $2 AND s.state = 'BILLED' AND s.to_date > $3 "
    "ORDER BY l.account_id, l.bill_id, l.line_no"};
// A bill of a code by its last day and where it begins; and by its date, where that decides.
constexpr db::Query kWritten{
    "preview_written",
    "SELECT to_date FROM bill_segment WHERE schedule_code = $1 AND state = 'BILLED' AND "
    "to_date BETWEEN $2 AND $3 AND from_date <= $4 LIMIT 1"};
constexpr db::Query kWrittenByDate{
    "preview_written_by_date",
    "SELECT coalesce(r.priced_date, b.bill_date) FROM bill_segment s JOIN bill b ON "
    "b.account_id = s.account_id AND b.bill_id = s.bill_id "
    "LEFT JOIN cycle_run r ON r.cycle_id = b.cycle_id WHERE s.schedule_code = $1 AND "
    "s.state = 'BILLED' AND s.to_date BETWEEN $2 AND $3 AND s.from_date <= $4 AND "
    "coalesce(r.priced_date, b.bill_date) BETWEEN $5 AND $6 LIMIT 1"};
constexpr db::Query kCalculating{
    "preview_calculating", "SELECT cycle_id FROM cycle_run WHERE state = 'CALCULATING' LIMIT 1"};
constexpr db::Query kRuns{"preview_runs",
                          "SELECT cycle_id, state FROM cycle_run ORDER BY cycle_id"};
// Rows are only added to either: a bill of a posted run is cancelled, or posted by its review.
constexpr db::Query kDecided{"preview_decided",
                             "SELECT (SELECT CAST(count(*) AS BIGINT) FROM bill_cancellation), "
                             "(SELECT CAST(count(*) AS BIGINT) FROM bill_review)"};

}  // namespace

AccountPage NextAccounts(db::Transaction& tx, AccountId after, std::int64_t limit) {
  const db::Rows rows = tx.Select(kNextAccounts, after, limit);
  if (rows.empty()) return {after, 0};
  return {AccountId(rows[rows.size() - 1].Int(0)), static_cast<std::int64_t>(rows.size())};
}

std::int64_t CountAccounts(db::Transaction& tx) { return tx.Select(kCountAccounts)[0].Int(0); }

std::vector<cycle::Bill> LoadPosted(db::Transaction& tx, Date since, AccountId after,
                                    AccountId through) {
  std::vector<cycle::Bill> bills;
  using SegmentKey = std::pair<std::pair<std::int64_t, std::int64_t>, std::int64_t>;
  std::map<SegmentKey, std::pair<std::size_t, std::size_t>> places;
  for (const db::Rows::Row row : tx.Select(kSegments, after, through, since)) {
    const AccountId account(row.Int(0));
    if (bills.empty() || bills.back().account != account || bills.back().bill_id != row.Int(1)) {
      cycle::Bill& bill = bills.emplace_back();
      bill.account = account;
      bill.bill_id = row.Int(1);
      bill.bill_date = row.Day(3);
    }
    cycle::Segment& segment = bills.back().segments.emplace_back();
    places[{{row.Int(0), row.Int(1)}, row.Int(2)}] = {bills.size() - 1,
                                                      bills.back().segments.size() - 1};
    segment.agreement_id = row.Int(4);
    segment.service = row.Text(5);
    segment.schedule_code = row.Text(6);
    segment.effective_date = row.Day(7);
    segment.from_date = row.Day(8);
    segment.to_date = row.Day(9);
    segment.start_read_thousandths = row.Int(10);
    segment.end_read_thousandths = row.Int(11);
    segment.use = {row.Int(12), row.Int(13)};
    segment.amount = row.Cents(14);
    segment.month_days = row.Int(15);
    segment.metered_by = row.Text(16);
    segment.metered_size = row.Text(17);
  }
  for (const db::Rows::Row row : tx.Select(kMeters, after, through, since)) {
    const auto place = places.find({{row.Int(0), row.Int(1)}, row.Int(2)});
    if (place == places.end()) continue;
    bills[place->second.first].segments[place->second.second].meters.push_back(
        {row.Int(3), {}, row.Day(4), row.Day(5), row.Int(6), row.Int(7), row.Int(8)});
  }
  for (const db::Rows::Row row : tx.Select(kLines, after, through, since)) {
    const auto place = places.find({{row.Int(0), row.Int(1)}, row.Int(2)});
    if (place == places.end()) continue;  // of a bill that is not posted
    cycle::Segment& segment = bills[place->second.first].segments[place->second.second];
    segment.lines.push_back(cycle::ToLine(row, 3, segment));
  }
  return bills;
}

std::optional<Written> FindWritten(db::Transaction& tx, const std::string& code,
                                   const Reach& reach) {
  struct Days {
    Date first = Date::FromCivil(1900, 1, 1).value();
    Date last = Date::FromCivil(9999, 12, 31).value();
  };
  Days ends;
  Days dates;
  Date begins_by = ends.last;
  switch (reach.terms.effect) {
    case rate::Effect::kUse:  // the day of a read may not be one of the period's
      ends.first =
          reach.first.PlusDays(reach.terms.day_count == rate::DayCount::kBeforeLast ? 1 : 0);
      break;
    case rate::Effect::kRead:
      ends.first = reach.first;
      break;
    case rate::Effect::kBill:
      dates.first = reach.first;
      break;
  }
  bool by_date = reach.terms.effect == rate::Effect::kBill;
  if (reach.next) {
    const Date last = reach.next->first.PlusDays(-1);
    const rate::Terms& terms = reach.next->terms;
    switch (terms.effect) {
      case rate::Effect::kUse:
        begins_by = last.PlusDays(terms.day_count == rate::DayCount::kAfterFirst ? -1 : 0);
        break;
      case rate::Effect::kRead:
        ends.last = last;
        break;
      case rate::Effect::kBill:
        dates.last = last;
        by_date = true;
        break;
    }
  }
  const db::Rows rows = by_date ? tx.Select(kWrittenByDate, code, ends.first, ends.last, begins_by,
                                            dates.first, dates.last)
                                : tx.Select(kWritten, code, ends.first, ends.last, begins_by);
  if (rows.empty()) return std::nullopt;
  return Written{rows[0].Day(0), by_date};
}

bool IsCalculating(db::Transaction& tx) { return !tx.Select(kCalculating).empty(); }

std::string DigestOfRuns(db::Transaction& tx) {
  RowDigest digest;
  for (const db::Query& query : {kRuns, kDecided}) {
    const db::Rows rows = tx.Select(query);
    for (const db::Rows::Row row : rows) digest.Add(CellsFrom(row, 0, rows.columns()));
  }
  return digest.hex();
}

}  // namespace reeve::billing::activation
