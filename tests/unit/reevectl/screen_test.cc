#include "services/reevectl/screen/screen.h"

#include <gtest/gtest.h>

#include <sstream>

#include "reeve/account/v1/application_service.pb.h"
#include "reeve/billing/v1/cycle_service.pb.h"
#include "reeve/identity/v1/types.pb.h"
#include "reeve/payment/v1/drawer_service.pb.h"
#include "reeve/payment/v1/payment_service.pb.h"
#include "reeve/payment/v1/vault_service.pb.h"

namespace reeve::reevectl {
namespace {

namespace pb = payment::v1;

class ScreenTest : public ::testing::Test {
 protected:
  std::ostringstream out_;
  Screen screen_{out_, *TimeZone::Load("America/Denver"), [](std::int64_t person) {
                   return person == 8 ? "Sofia Reyes (sofia)" : "person " + std::to_string(person);
                 }};
};

TEST_F(ScreenTest, ShowsDollarsWordsAndTheCitysTime) {
  pb::DrawerSession session;
  session.set_drawer_id(7);
  session.set_state(pb::DRAWER_SESSION_STATE_TURNED_IN);
  session.set_opened_time_micros(Instant::Parse("2026-11-23T07:45:00-07:00")->micros());
  auto& balance = *session.add_balances();
  balance.set_kind(pb::TENDER_KIND_CASH);
  balance.set_expected_cents(20'000);
  balance.set_over_short_cents(-5);
  screen_.Show(session);
  EXPECT_EQ(out_.str(),
            "drawer id             7\n"
            "state                 turned in\n"
            "opened                2026-11-23 07:45\n"
            "balances              \n"
            "  kind  expected  over short\n"
            "  cash    200.00       -0.05\n");
}

TEST_F(ScreenTest, PeopleAreShownByName) {
  pb::ListPendingTransfersResponse pending;
  auto& transfer = *pending.add_transfers();
  transfer.set_transfer_id(3);
  transfer.set_initiated_by(8);
  screen_.Show(pending);
  EXPECT_NE(out_.str().find("initiated by        Sofia Reyes (sofia)\n"), std::string::npos)
      << out_.str();

  out_.str("");
  billing::v1::CycleRun run;
  run.set_started_by_person_id(8);
  run.set_signed_off_by_person_id(9);
  screen_.Show(run);
  EXPECT_EQ(out_.str(),
            "started by            Sofia Reyes (sofia)\n"
            "signed off by         person 9\n");

  out_.str("");
  account::v1::Decision decision;
  decision.set_decided_by("person/8");
  screen_.Show(decision);
  decision.set_decided_by("service/billing");
  screen_.Show(decision);
  EXPECT_EQ(out_.str(),
            "decided by            Sofia Reyes (sofia)\n"
            "decided by            service billing\n");

  out_.str("");
  identity::v1::Person person;  // whoever administers people needs the number
  person.set_person_id(8);
  screen_.Show(person);
  EXPECT_EQ(out_.str(), "person id             8\n");
}

TEST_F(ScreenTest, AParagraphBreaksBetweenWords) {
  std::string words;
  for (int i = 0; i < 40; ++i) words += "word" + std::to_string(i) + " ";
  screen_.Paragraph(words + "end", 6);
  std::istringstream lines(out_.str());
  std::string joined;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 100u);
    EXPECT_EQ(line.substr(0, 6), "      ");
    joined += line.substr(6) + " ";
  }
  EXPECT_EQ(joined, words + "end ");
}

TEST_F(ScreenTest, AmountsEndInOneColumn) {
  screen_.Amount("Base charge", 1'392);
  screen_.Amount("Energy, first 500 kWh", 123'456, 2);
  std::string first, second;
  std::istringstream lines(out_.str());
  std::getline(lines, first);
  std::getline(lines, second);
  EXPECT_EQ(first.size(), second.size());
  EXPECT_TRUE(first.ends_with(". 13.92"));
  EXPECT_TRUE(second.ends_with(". 1234.56"));
}

TEST_F(ScreenTest, ARefusalNamesEveryBadField) {
  screen_.Refusal(
      InvalidArgument({{"amount_cents", "must be above 0"}, {"account_id", "is no id"}}));
  EXPECT_EQ(out_.str(),
            "refused: INVALID_REQUEST\n"
            "  The request has invalid fields.\n"
            "  amount_cents        must be above 0\n"
            "  account_id          is no id\n");
}

TEST_F(ScreenTest, ARefusalStatesItsFactsInDollarsAndWords) {
  screen_.Refusal(FailedPrecondition(Reason{"INSUFFICIENT_TENDER"}, "Too little.")
                      .With("tendered_cents", std::int64_t{2'000})
                      .With("payment_id", "2-1-1"));
  EXPECT_NE(out_.str().find("  tendered            20.00\n"), std::string::npos) << out_.str();
  EXPECT_NE(out_.str().find("  payment id          2-1-1\n"), std::string::npos) << out_.str();
}

TEST_F(ScreenTest, AnAnswerThatHoldsNothingSaysSo) {
  screen_.Show(payment::v1::Receipt());
  EXPECT_EQ(out_.str(), "Nothing.\n");
}

}  // namespace
}  // namespace reeve::reevectl
