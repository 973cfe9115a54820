#include "services/case311/statistics/statistics_store.h"

namespace reeve::case311 {
namespace {

constexpr db::Query kFind{"statistics_case_times",
                          "SELECT channel, department, opened_time, target_time, closed_time"
                          " FROM case_record"
                          " WHERE source = $1 AND opened_time >= $2 AND opened_time < $3 LIMIT $4"};

}  // namespace

std::vector<CaseTimes> FindCaseTimes(db::Transaction& tx, const std::string& source, Instant from,
                                     Instant to, std::int64_t limit) {
  const db::Rows rows = tx.Select(kFind, source, from, to, limit);
  std::vector<CaseTimes> cases;
  cases.reserve(rows.size());
  for (const db::Rows::Row row : rows) {
    cases.push_back({.channel = kChannels.Read(row.Text(0)),
                     .department = row.Text(1),
                     .opened = row.Time(2),
                     .target = row.MaybeTime(3),
                     .closed = row.MaybeTime(4)});
  }
  return cases;
}

}  // namespace reeve::case311
