// Interval files and schedules of times of use for tests.
#pragma once

#include <string>
#include <vector>

#include "tests/integration/billing/adjusting.h"

namespace reeve::account::v1 {
class AccountOpened;
}  // namespace reeve::account::v1
namespace reeve::billing::v1 {
class EstimateIntervalsRequest;
class ImportIntervalsRequest;
class IntervalImport;
class IntervalPolicy;
class ListIntervalDaysResponse;
}  // namespace reeve::billing::v1

namespace reeve::billing {

class Intervals : public Adjusting {
 protected:
  // T1: off-peak 0.10, on-peak (weekdays from eight to twenty) 0.30; and, if `demand`, all-day load
  // at 8.00 a kW, at least 0.8 of those of three bills before.
  void LoadTimes(bool demand = false, const std::string& from = "2026-07-01");

  static v1::IntervalPolicy PolicyOf(int load_minutes = 60, const std::string& from = "2026-07-01",
                                     const std::string& schedule_code = "");
  void LoadIntervalPolicy(const v1::IntervalPolicy& policy, const std::string& reason = {});

  // An account of one electric meter under T1, read 40,000 on its first day.
  static account::v1::AccountOpened TimedAccount(std::int64_t account_id,
                                                 const std::string& start = "2026-10-20");

  v1::ImportIntervalsRequest FileOf(const std::string& rows, int attempt = 0);
  v1::IntervalImport ImportIntervals(const v1::ImportIntervalsRequest& request,
                                     const std::string& reason = {});
  v1::IntervalImport ImportIntervals(const std::string& rows);
  // "line field REASON" of each row that was not taken.
  std::vector<std::string> Refused(std::int64_t import_id);

  // A row for each day from one to the other, `amount` an hour.
  std::string Days(const std::string& meter, const std::string& from, const std::string& to,
                   const std::string& amount);

  v1::ListIntervalDaysResponse ListDays(std::int64_t account_id, const std::string& from,
                                        const std::string& to);
  v1::EstimateIntervalsRequest GapOf(std::int64_t account_id, const std::string& from,
                                     const std::string& to);
  v1::ListIntervalDaysResponse EstimateIntervals(const v1::EstimateIntervalsRequest& request,
                                                 const std::string& reason = {});
};

}  // namespace reeve::billing
