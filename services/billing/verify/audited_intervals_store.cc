#include "services/billing/verify/audited_intervals_store.h"

#include <map>

#include "services/billing/cycle/interval_use_store.h"
#include "services/billing/interval/interval_store.h"
#include "services/billing/verify/audited_subject_store.h"

namespace reeve::billing::verify {
namespace {

constexpr Table kImports{&interval::kKeptImport,
                         {"verify_interval_imports",
                          "SELECT import_id, file_name, state, next_line, accepted_count, "
                          "repeated_count, refused_count FROM interval_import"}};
constexpr Table kPolicies{&interval::kKeptPolicy,
                          {"verify_interval_policies",
                           "SELECT schedule_code, effective_date, citation, "
                           "tolerance_basis_points, tolerance_thousandths, load_minutes, "
                           "bridge_minutes_max, like_day_count FROM interval_policy"}};
constexpr db::Query kParts{"verify_interval_parts",
                           "SELECT import_id, first_line, digest FROM interval_part "
                           "ORDER BY import_id, first_line"};
constexpr db::Query kExceptions{"verify_interval_exceptions",
                                "SELECT account_id, import_id, line, reason, excerpt "
                                "FROM interval_exception ORDER BY account_id, line, import_id"};
constexpr db::Query kDays{
    "verify_interval_days",
    "SELECT account_id, agreement_id, meter_number, day, part_no, minutes, source, import_id, "
    "line, amounts FROM interval_day WHERE account_id > $1 AND account_id <= $2 "
    "ORDER BY account_id, agreement_id, meter_number, day, part_no"};
constexpr db::Query kAccounts{
    "verify_interval_accounts",
    "SELECT account_id FROM billing_account WHERE account_id > $1 ORDER BY account_id LIMIT $2"};
constexpr std::int64_t kFirst = -9'223'372'036'854'775'807;
constexpr std::int64_t kLast = 9'223'372'036'854'775'807;
constexpr std::int64_t kAccountsOfPage = 20;  // a year of days of each

#define OF_PAGE                                                                              \
  " LEFT JOIN bill b ON b.account_id = u.account_id AND b.bill_id = u.bill_id "              \
  "LEFT JOIN cycle_page p ON p.cycle_id = b.cycle_id AND p.after_account_id < u.account_id " \
  "AND p.through_account_id >= u.account_id "
constexpr db::Query kTimes{
    "verify_segment_times",
    "SELECT u.account_id, u.bill_id, u.segment_no, u.stretch_no, u.time, u.meter_no, "
    "u.from_date, u.to_date, u.usage_thousandths, u.estimated_count, b.cycle_id, p.page_no "
    "FROM bill_segment_time u" OF_PAGE
    "ORDER BY u.account_id, u.bill_id, u.segment_no, u.stretch_no, u.time"};
constexpr db::Query kLoads{
    "verify_segment_loads",
    "SELECT u.account_id, u.bill_id, u.segment_no, u.time, u.load_thousandths, "
    "u.window_minutes, u.load_date, u.load_minute, u.earlier_loads, b.cycle_id, p.page_no "
    "FROM bill_segment_load u" OF_PAGE "ORDER BY u.account_id, u.bill_id, u.segment_no, u.time"};
#undef OF_PAGE

// Days and exceptions of files by the part that they came in; estimates one by one.
class Files {
 public:
  Files(db::Transaction& tx, Finding& finding)
      : tx_(tx),
        finding_(finding),
        days_(tx, interval::kKeptDay.entity, finding),
        parts_(tx, interval::kPartEntity, finding) {}

  void Run() {
    for (const db::Rows::Row row : tx_.Select(kParts)) {
      by_line_[row.Int(0)][row.Int(1)].digest = db::ToText(row.Blob(2));
    }
    for (std::int64_t after = kFirst; after != kLast;) {
      const db::Rows page = tx_.Select(kAccounts, after, kAccountsOfPage);
      const bool is_last = page.size() < static_cast<std::size_t>(kAccountsOfPage);
      const std::int64_t through = is_last ? kLast : page[page.size() - 1].Int(0);
      const db::Rows days = tx_.Select(kDays, after, through);
      for (const db::Rows::Row row : days) AddDay(row, CellsFrom(row, 0, days.columns()));
      after = through;
    }
    const db::Rows exceptions = tx_.Select(kExceptions);
    for (const db::Rows::Row row : exceptions) {
      ++finding_.examined;
      Part* part = PartOf(row.Int(1), row.Int(2));
      if (part != nullptr) part->exceptions.Add(CellsFrom(row, 0, exceptions.columns()));
    }
    for (const auto& [import_id, parts] : by_line_) {
      for (const auto& [first_line, part] : parts) {
        parts_.Expect(Key(import_id, first_line),
                      interval::PartText(part.digest, part.days, part.exceptions));
      }
    }
    days_.ExpectNoOther();
    parts_.ExpectNoOther();
  }

 private:
  struct Part {
    std::string digest;
    RowDigest days;
    RowDigest exceptions;
  };

  void AddDay(db::Rows::Row row, std::span<const db::Value> cells) {
    if (row.Text(6) == "ESTIMATE") {
      return days_.Expect(KeyText(interval::kKeptDay, cells), RowText(interval::kKeptDay, cells));
    }
    ++finding_.examined;
    if (Part* part = PartOf(row.Int(7), row.Int(8))) part->days.Add(cells);
  }
  Part* PartOf(std::int64_t import_id, std::int64_t line) {
    const auto parts = by_line_.find(import_id);
    if (parts != by_line_.end()) {
      const auto next = parts->second.upper_bound(line);
      if (next != parts->second.begin()) return &std::prev(next)->second;
    }
    parts_.Violate(Key(import_id, line), "never came");
    return nullptr;
  }

  db::Transaction& tx_;
  Finding& finding_;
  Subject days_;
  Subject parts_;
  std::map<std::int64_t, std::map<std::int64_t, Part>> by_line_;  // import, first line
};

void CheckBilled(db::Transaction& tx, Finding& finding) {
  struct Page {
    RowDigest times;
    RowDigest loads;
  };
  Subject subject(tx, cycle::kIntervalsEntity, finding);
  std::map<std::pair<std::int64_t, std::int64_t>, Page> pages;
  const auto add = [&](const db::Query& query, RowDigest Page::*digest) {
    const db::Rows rows = tx.Select(query);
    const std::size_t own = rows.columns() - 2;
    for (const db::Rows::Row row : rows) {
      if (row.IsNull(own) || row.IsNull(own + 1)) {
        subject.Violate(Key(row.Int(0), row.Int(1)), "is of no bill");
      } else {
        (pages[{row.Int(own), row.Int(own + 1)}].*digest).Add(CellsFrom(row, 0, own));
      }
    }
  };
  add(kTimes, &Page::times);
  add(kLoads, &Page::loads);
  for (const auto& [key, page] : pages) {
    subject.Expect(Key(key.first, key.second), cycle::IntervalText(page.times, page.loads));
  }
  subject.ExpectNoOther();
}

}  // namespace

Finding CheckIntervals(db::Transaction& tx) {
  Finding finding{"intervals-as-audited", 0, ""};
  CheckTable(tx, kImports, finding);
  CheckTable(tx, kPolicies, finding);
  Files(tx, finding).Run();
  CheckBilled(tx, finding);
  return finding;
}

}  // namespace reeve::billing::verify
