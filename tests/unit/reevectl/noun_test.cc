// The screens of single verbs.
#include "services/reevectl/commands/noun.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "reeve/billing/v1/cycle_service.pb.h"
#include "reeve/payment/v1/bank_deposit_service.pb.h"
#include "reeve/payment/v1/vault_service.pb.h"

namespace reeve::reevectl {
namespace {

using ::testing::HasSubstr;

class NounTest : public ::testing::Test {
 protected:
  // What the verb's screen shows of the answer.
  static std::string Shown(const Noun& noun, const std::string& verb, const Message& answer) {
    std::ostringstream out;
    Screen screen(out, *TimeZone::Load("America/Denver"), [](std::int64_t person) {
      return person == 8 ? "Sofia Reyes (sofia)" : "Maria Delgado (maria)";
    });
    for (const Verb& known : noun.verbs) {
      if (known.name == verb) known.show(screen, answer);
    }
    return out.str();
  }
};

TEST_F(NounTest, CustodySignOffAndDepositNamePeople) {
  payment::v1::Transfer transfer;
  transfer.set_initiated_by(8);
  transfer.set_ended_by(7);
  EXPECT_THAT(Shown(Transfers(), "show", transfer),
              ::testing::AllOf(HasSubstr(" by Sofia Reyes (sofia)\n"),
                               HasSubstr(" by Maria Delgado (maria)\n")));
  payment::v1::BankDeposit deposit;
  deposit.set_prepared_by(8);
  deposit.set_carried_by(7);
  EXPECT_THAT(Shown(BankDeposits(), "show", deposit),
              ::testing::AllOf(HasSubstr(" by Sofia Reyes (sofia)\n"),
                               HasSubstr(" by Maria Delgado (maria)\n")));
  billing::v1::CycleRun run;
  run.add_register_()->set_service("water");
  run.set_signed_off_by_person_id(8);
  run.set_started_by_person_id(7);
  EXPECT_THAT(Shown(Cycles(), "show", run),
              HasSubstr("by Sofia Reyes (sofia); started by Maria Delgado (maria)\n"));
}

}  // namespace
}  // namespace reeve::reevectl
