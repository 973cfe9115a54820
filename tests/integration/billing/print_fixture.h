// Billing with print files: who makes them, who releases them, and what they are of.
#pragma once

#include <string>
#include <vector>

#include "services/billing/statement/print_work_service.h"
#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing::v1 {
class PrintFile;
class PrintRecord;
class ProofSample;
class Withheld;
}  // namespace reeve::billing::v1

namespace reeve::billing {

class Printing : public virtual Billing {
 protected:
  Printing() : Billing() {}

  // The print file of a posted cycle, begun; until PrintWork has gone over it.
  v1::PrintFile StartPrint(std::int64_t cycle_id, int days_to_pay_min = 0,
                           const std::string& reason = {});
  void WorkOnPrints();
  v1::PrintFile GetPrint(std::int64_t print_file_id);
  v1::PrintFile Print(std::int64_t cycle_id, int days_to_pay_min = 0);
  v1::ProofSample Sample(std::int64_t print_file_id, const std::string& reason = {});
  v1::PrintFile ReleasePrint(std::int64_t print_file_id, const std::string& sample_sha256,
                             const std::string& token, const std::string& reason = {});
  v1::PrintFile RefusePrint(std::int64_t print_file_id, const std::string& token,
                            const std::string& reason = {});
  v1::PrintFile AcknowledgeWithheld(std::int64_t print_file_id, const std::string& cause,
                                    std::int64_t account_id, const std::string& token,
                                    const std::string& reason = {});
  std::vector<v1::Withheld> ListWithheld(std::int64_t print_file_id);
  // The lines of a released file.
  std::vector<std::string> Download(std::int64_t print_file_id, const std::string& reason = {});
  static v1::PrintRecord Read(const std::string& line);
  void Change(const std::string& statement);

  statement::PrintWork print_work_{server_.service().frame(),
                                   *database_,
                                   {clock_, machine_clock_, server_.service().zone()},
                                   server_.service().background()};
  const std::string printer_ = server_.SignIn(PersonId(21), {"print.make", "print.view"});
  const std::string releaser_ =
      server_.SignIn(PersonId(22), {"print.make", "print.view", "print.release", "print.download"});
};

}  // namespace reeve::billing
