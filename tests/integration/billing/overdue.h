// Bills that were not paid in time, for tests: policies, runs, exemptions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/integration/billing/print_fixture.h"

namespace reeve::billing::v1 {
class LateFee;
class LateFeeExemption;
class LateFeePolicy;
class LateFeeRun;
enum LateFeeDecision : int;
}  // namespace reeve::billing::v1

namespace reeve::billing {

class Overdue : public virtual Billing {
 protected:
  Overdue() : Billing() {}

  // Mesa's: the higher of 2 % and $5, and a tax of 8.3 %; nothing below $25.
  static v1::LateFeePolicy Mesa(const std::string& from = "2026-07-01");
  v1::LateFeePolicy LoadLateFees(const v1::LateFeePolicy& policy, const std::string& reason = {});
  v1::LateFeeRun StartLateFees(const std::string& code = "LATE", const std::string& reason = {});
  v1::LateFeeRun AdvanceLateFees(std::int64_t run_id, const std::string& reason = {});
  v1::LateFeeRun GetLateFees(std::int64_t run_id, const std::string& reason = {});
  std::vector<v1::LateFee> LateFees(std::int64_t run_id, bool held_only = false);
  std::vector<v1::LateFee> LateFeesOf(std::int64_t account_id);
  v1::LateFee Assign(const v1::LateFee& fee, std::int64_t owner, const std::string& reason = {});
  v1::LateFee DecideFee(const v1::LateFee& fee, v1::LateFeeDecision decision,
                        const std::string& token, const std::string& reason = {});
  v1::LateFeeRun AcknowledgeLateFees(std::int64_t run_id, const std::string& rule,
                                     const std::string& token, const std::string& reason = {});
  v1::LateFeeRun SignLateFees(const v1::LateFeeRun& run, const std::string& token,
                              const std::string& reason = {});
  v1::LateFeeRun PostLateFees(std::int64_t run_id, const std::string& reason = {});
  v1::LateFeeRun WithdrawLateFees(std::int64_t run_id, const std::string& reason = {});
  // From start to posted, whatever its whole shows, and with what is held.
  v1::LateFeeRun ChargeLate(const std::string& code = "LATE");
  v1::LateFeeExemption Exempt(std::int64_t account_id, const std::string& from,
                              const std::string& to, const std::string& reason = {});
  v1::LateFeeExemption DecideExemption(const v1::LateFeeExemption& exemption, bool approve,
                                       const std::string& token, const std::string& reason = {});

  const std::string excuser_ =
      server_.SignIn(PersonId(31), {"late_fee.exempt", "late_fee.approve_exemption"});
  const std::string approver_ = server_.SignIn(
      PersonId(32), {"late_fee.approve_exemption", "cycle.sign_off", "cycle.view", "bill.review"});
  const std::string decider_ = server_.SignIn(PersonId(34), {"bill.review", "cycle.sign_off"});
  const std::string loader_ =
      server_.SignIn(PersonId(33), {"collections.set_policy", "cycle.sign_off", "cycle.start"});
};

}  // namespace reeve::billing
