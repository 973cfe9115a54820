// Sewer by winter averages, for tests.
#pragma once

#include <string>
#include <vector>

#include "tests/integration/billing/intervals.h"

namespace reeve::account::v1 {
class AccountOpened;
}  // namespace reeve::account::v1
namespace reeve::billing::v1 {
class WinterAverage;
enum WinterDecision : int;
class WinterRule;
class WinterRun;
}  // namespace reeve::billing::v1

namespace reeve::billing {

class Winters : public Intervals {
 protected:
  // S1: 3.00 for each kgal of the average; 5 kgal where there is none.
  void LoadSewer(const std::string& from = "2026-07-01");
  static v1::WinterRule WinterRuleOf(const std::string& from = "2026-01-01");
  void LoadWinterRule(const v1::WinterRule& rule, const std::string& reason = {});
  // With sewer in place of storm water; `kgal` is what it is billed by.
  static account::v1::AccountOpened SewerAccount(std::int64_t account_id, int cycle,
                                                 const std::string& start, std::int64_t kgal);
  v1::WinterRun StartWinter(const std::string& effective_date, int year,
                            const std::string& reason = {});
  v1::WinterRun Advance(std::int64_t run_id, const std::string& reason = {});
  std::vector<v1::WinterAverage> Averages(std::int64_t run_id, bool held_only = false);
  v1::WinterAverage Decide(const v1::WinterAverage& average, std::int64_t run_id,
                           v1::WinterDecision decision, std::int64_t thousandths,
                           const std::string& token, const std::string& reason = {});
  v1::WinterRun Sign(std::int64_t run_id, std::int64_t total, const std::string& token,
                     const std::string& reason = {});
};

}  // namespace reeve::billing
