// 1,000 people ask for the same drawer, and for the same bank deposit, at once: one gets it, and
// everybody else is told why not.
#include "tests/fault/race/race.h"
#include "tests/integration/payment/payment_fixture.h"

namespace reeve::payment {
namespace {

using fault::CountRows;
using fault::kRacers;
using fault::OneWinner;
using fault::StagedDatabase;
using fault::Tally;

constexpr std::int64_t kFirstRacer = 1'000;

class PaymentRace : public PaymentDay {
 protected:
  using Openers = std::vector<fault::Racer<v1::OpenDrawerRequest, v1::DrawerSession>>;
  using Preparers = std::vector<fault::Racer<v1::PrepareBankDepositRequest, v1::BankDeposit>>;

  template <class Racers>
  Racers AtTheStart(const std::set<std::string, std::less<>>& permissions) {
    Racers racers(kRacers);
    for (int n = 0; n < kRacers; ++n) {
      racers[n].token = racing_.server().SignIn(PersonId(kFirstRacer + n), permissions);
      racers[n].request.set_request_id(NewRequestId());
    }
    return racers;
  }

  Openers RaceForDrawer(std::int64_t drawer) {
    auto racers = AtTheStart<Openers>({"drawer.open"});
    for (auto& racer : racers) racer.request.set_drawer_id(drawer);
    v1::DrawerService::Stub stub(racing_.server().channel());
    fault::Race(racing_.server(), stage_, racers,
                [&](auto... call) { stub.async()->OpenDrawer(call...); });
    return racers;
  }

  // One check was taken and turned in; it is due.
  void BringADayToTheVault() {
    FillVault(Cash::Of({{100, 10}}));
    CreateDrawer(3);
    OpenWith(3, cashier_, {});
    ASSERT_TRUE(Take(Payment(3, 1'500, {CheckTender(1'500)}), cashier_).ok());
    TurnIn(3, cashier_, Holds({}, 1, 1'500));
  }
  Preparers RaceForDeposit() {
    auto racers = AtTheStart<Preparers>({"bank_deposit.prepare"});
    for (int n = 0; n < kRacers; ++n) {
      v1::PrepareBankDepositRequest& request = racers[n].request;
      request.set_vault_id(kVault);
      request.set_bag_number("BAG-" + std::to_string(kFirstRacer + n));
      request.add_checks()->set_payment_id("3-1-1");
      request.mutable_checks(0)->set_tender_no(1);
    }
    v1::BankDepositService::Stub stub(racing_.server().channel());
    fault::Race(racing_.server(), stage_, racers,
                [&](auto... call) { stub.async()->PrepareBankDeposit(call...); });
    return racers;
  }

  StagedDatabase stage_{*database_};
  Program racing_{stage_, clock_};
};
INSTANTIATE_TEST_SUITE_P(BothEngines, PaymentRace, testing::BothEngines(), testing::EngineName);

TEST_P(PaymentRace, OneOfAThousandOpensTheDrawer) {
  CreateDrawer(3);
  const Openers racers = RaceForDrawer(3);
  EXPECT_EQ(TallyOf(racers), OneWinner("DRAWER_IN_USE"));
  ASSERT_EQ(CountRows(*database_, "drawer_session"), 1);
  const auto winner = std::ranges::find_if(racers, [](auto& racer) { return racer.status.ok(); });
  const auto drawer = GetDrawer(3, supervisor_);
  ASSERT_TRUE(drawer.ok());
  EXPECT_EQ(drawer->latest_session().person_id(), winner->response.person_id());
  ExpectBooksHold();
}

TEST_P(PaymentRace, OneOfAThousandPreparesTheDeposit) {
  BringADayToTheVault();
  const Preparers racers = RaceForDeposit();
  EXPECT_EQ(TallyOf(racers), OneWinner("NOTHING_TO_DEPOSIT"));
  ASSERT_EQ(CountRows(*database_, "bank_deposit"), 1);
  EXPECT_EQ(GetVault().holding().check_cents(), 0);
  ExpectBooksHold();
}

// The controls: on a database that forgets what it answered, everybody gets it.
TEST_P(PaymentRace, ADrawerThatIsForgottenIsOpenedAThousandTimes) {
  CreateDrawer(3);
  stage_.Forget();
  EXPECT_EQ(TallyOf(RaceForDrawer(3)), (Tally{{"", kRacers}}));
  EXPECT_EQ(CountRows(*database_, "drawer_session"), 0);
}

TEST_P(PaymentRace, ADepositThatIsForgottenIsPreparedAThousandTimes) {
  BringADayToTheVault();
  stage_.Forget();
  EXPECT_EQ(TallyOf(RaceForDeposit()), (Tally{{"", kRacers}}));
  EXPECT_EQ(CountRows(*database_, "bank_deposit"), 0);
}

}  // namespace
}  // namespace reeve::payment
