#include "services/account/account/account.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "shared/core/check_digit.h"
#include "shared/testing/seeded_random.h"

namespace reeve::account {
namespace {

using ::testing::Values;

const Date kToday = Date::Parse("2026-11-22").value();
const Date kYesterday = kToday.PlusDays(-1);

Premise TwoServices() {
  return {.id = PremiseId(501),
          .address = {"1240 W 820 N", "", "Provo", "UT", "84601"},
          .cycle = 7,
          .points = {
              {.no = 1,
               .service = "electric",
               .schedule_code = "E1",
               .quantity_thousandths = 1000,
               .meter_number = "E-1",
               .register_digits = 5,
               .multiplier_thousandths = 1000,
               .unit = "kWh",
               .supply = Supply::kOff},
              {.no = 2, .service = "storm", .schedule_code = "S1", .quantity_thousandths = 1000}}};
}

Account Waiting(std::int64_t number) {
  return Open({.account = AccountId(number),
               .customer = CustomerId(7),
               .services = {"electric", "storm"},
               .wanted_date = kYesterday},
              TwoServices(), {}, kToday)
      .value();
}

Account Active(std::int64_t number) {
  Account account = Waiting(number);
  for (Agreement& agreement : account.agreements) agreement.state = AgreementState::kActive;
  return account;
}

std::string ReasonOf(const auto& result) { return result.ok() ? "" : result.error().reason(); }

std::vector<AgreementState> States(const Account& account) {
  std::vector<AgreementState> states;
  for (const Agreement& agreement : account.agreements) states.push_back(agreement.state);
  return states;
}

TEST(AccountNumber, HasTenDigitsAndItsCheckDigit) {
  testing::SeededRandom random(20261122);
  for (int i = 0; i < 10'000; ++i) {
    const std::string number = NewAccountNumber(random).ToString();
    ASSERT_EQ(number.size(), 11u);
    ASSERT_TRUE(HasValidMod10(number)) << number;
  }
}

TEST(AccountNumber, AMistypedDigitIsRefused) {
  testing::SeededRandom random(20261122);
  const std::string number = NewAccountNumber(random).ToString();
  for (std::size_t i = 0; i < number.size(); ++i) {
    std::string mistyped = number;
    mistyped[i] = mistyped[i] == '5' ? '6' : '5';
    EXPECT_FALSE(IsAccountNumber(std::stoll(mistyped))) << mistyped;
  }
  EXPECT_FALSE(IsAccountNumber(0));
  EXPECT_FALSE(IsAccountNumber(-12345678903));
}

TEST(AgreementTransitions, AreTotal) {
  using S = AgreementState;
  using E = AgreementEvent;
  const std::set<std::tuple<S, E, S>> lawful{
      {S::kPendingStart, E::kStart, S::kActive},      {S::kPendingStart, E::kCallOff, S::kClosed},
      {S::kActive, E::kRequestStop, S::kPendingStop}, {S::kActive, E::kStop, S::kStopped},
      {S::kPendingStop, E::kCancelStop, S::kActive},  {S::kPendingStop, E::kStop, S::kStopped},
      {S::kStopped, E::kSettle, S::kClosed}};
  std::set<std::tuple<S, E, S>> found;
  for (std::size_t s = 0; s < kAgreementStateName.size(); ++s) {
    for (std::size_t e = 0; e < kAgreementEventName.size(); ++e) {
      if (const auto next = Next(static_cast<S>(s), static_cast<E>(e)))
        found.emplace(static_cast<S>(s), static_cast<E>(e), *next);
    }
  }
  EXPECT_EQ(found, lawful);
}

TEST(OpenAccount, CopiesWhatThePlaceHas) {
  const Account account = Waiting(12345678903);
  ASSERT_EQ(account.agreements.size(), 2u);
  EXPECT_EQ(account.agreements[0].id, AgreementId(1234567890301));
  EXPECT_EQ(account.agreements[0].schedule_code, "E1");
  EXPECT_EQ(account.agreements[0].state, AgreementState::kPendingStart);
  EXPECT_EQ(account.agreements[0].start_date, kYesterday);
}

TEST(OpenAccount, AServiceThatThePlaceLacksBeatsAWaitingOccupant) {
  const std::vector<Account> there{Waiting(10000000009)};
  const Opening opening{.account = AccountId(12345678903), .services = {"electric", "water"}};
  EXPECT_EQ(ReasonOf(Open(opening, TwoServices(), there, kToday)), "SERVICE_NOT_AT_PREMISE");
}

TEST(OpenAccount, OneAccountWaitsAtAPoint) {
  const std::vector<Account> there{Waiting(10000000009)};
  const Opening opening{.account = AccountId(12345678903), .services = {"electric"}};
  EXPECT_EQ(ReasonOf(Open(opening, TwoServices(), there, kToday)), "OCCUPANT_WAITING");
}

TEST(BeginsByItself, OnlyWhereNobodyIsServedAndNothingIsOff) {
  const Premise premise = TwoServices();
  EXPECT_FALSE(BeginsByItself(premise.points[0], {}));  // off
  EXPECT_TRUE(BeginsByItself(premise.points[1], {}));
  const std::vector<Account> occupied{Active(10000000009)};
  EXPECT_FALSE(BeginsByItself(premise.points[1], occupied));
}

TEST(StartService, RepeatedChangesNothing) {
  const Account started =
      Start(Waiting(12345678903), AgreementId(1234567890301), kToday, {}).value();
  EXPECT_EQ(States(started), (std::vector{AgreementState::kActive, AgreementState::kPendingStart}));
  EXPECT_EQ(started.agreements[0].start_date, kToday);
  EXPECT_EQ(Start(started, AgreementId(1234567890301), kYesterday, {}).value(), started);
}

TEST(StartService, RefusalsInOrder) {
  const std::vector<Account> occupied{Active(10000000009)};
  EXPECT_EQ(ReasonOf(Start(Waiting(12345678903), AgreementId(1), kToday, occupied)),
            "AGREEMENT_UNKNOWN");
  Account closed = Waiting(12345678903);
  closed.agreements[0].state = AgreementState::kClosed;
  EXPECT_EQ(ReasonOf(Start(closed, closed.agreements[0].id, kToday, occupied)), "AGREEMENT_STATE");
  EXPECT_EQ(ReasonOf(Start(Waiting(12345678903), AgreementId(1234567890301), kToday, occupied)),
            "POINT_OCCUPIED");
}

TEST(StopService, IsAskedForAndTakenBack) {
  const Account leaving = Leave(Active(12345678903), kToday.PlusDays(9)).value();
  EXPECT_EQ(States(leaving),
            (std::vector{AgreementState::kPendingStop, AgreementState::kPendingStop}));
  EXPECT_EQ(leaving.agreements[0].stop_date, kToday.PlusDays(9));
  EXPECT_EQ(Stay(leaving).value(), Active(12345678903));
}

TEST(StopService, RefusalsInOrder) {
  EXPECT_EQ(ReasonOf(Leave(Active(12345678903), kYesterday.PlusDays(-1))), "DATE_BEFORE_START");
  EXPECT_EQ(ReasonOf(Leave(Waiting(12345678903), kToday)), "AGREEMENT_STATE");
  EXPECT_EQ(ReasonOf(Stay(Active(12345678903))), "AGREEMENT_STATE");
}

TEST(CloseAccount, StopsWhatRunsAndCallsOffWhatWaits) {
  Account account = Active(12345678903);
  account.agreements[1].state = AgreementState::kPendingStart;
  const Account closed = Close(account, {}, kToday, kToday).value();
  EXPECT_EQ(States(closed), (std::vector{AgreementState::kStopped, AgreementState::kClosed}));
  EXPECT_EQ(closed.state, AccountState::kClosed);
  EXPECT_EQ(closed.close_date, kToday);
  EXPECT_EQ(States(Settle(closed)),
            (std::vector{AgreementState::kClosed, AgreementState::kClosed}));
}

TEST(CloseAccount, AnOpenAccountIsNotSettledByABill) {
  EXPECT_EQ(Settle(Active(12345678903)), Active(12345678903));
}

struct CloseCase {
  std::string name;
  bool closed;
  int days_from_today;
  bool somebody_waits;
  std::string reason;
};
class CloseRefusal : public ::testing::TestWithParam<CloseCase> {};
TEST_P(CloseRefusal, ByPrecedence) {
  const CloseCase& given = GetParam();
  Account account = Active(12345678903);
  if (given.closed) account.state = AccountState::kClosed;
  std::vector<Account> others;
  if (given.somebody_waits) others.push_back(Waiting(10000000009));
  EXPECT_EQ(ReasonOf(Close(account, others, kToday.PlusDays(given.days_from_today), kToday)),
            given.reason);
}
INSTANTIATE_TEST_SUITE_P(Rules, CloseRefusal,
                         Values(CloseCase{"ClosedBeatsAll", true, 1, true, "ACCOUNT_CLOSED"},
                                CloseCase{"Future", false, 1, true, "DATE_IN_FUTURE"},
                                CloseCase{"BeforeStart", false, -2, true, "DATE_BEFORE_START"},
                                CloseCase{"SomebodyWaits", false, 0, true, "OCCUPANT_WAITING"},
                                CloseCase{"Closes", false, 0, false, ""}),
                         [](const auto& info) { return info.param.name; });

TEST(TransferOccupant, OneDateStopsTheOneAndStartsTheOther) {
  const std::vector<Read> reads{{"E-1", 4'711'000}};
  const Handover handover =
      Transfer(Active(10000000009), Waiting(12345678903), TwoServices(), kToday, reads, kToday)
          .value();
  EXPECT_EQ(States(handover.old_account),
            (std::vector{AgreementState::kStopped, AgreementState::kStopped}));
  EXPECT_EQ(handover.old_account.state, AccountState::kClosed);
  EXPECT_EQ(handover.old_account.close_date, kToday);
  EXPECT_EQ(States(handover.new_account),
            (std::vector{AgreementState::kActive, AgreementState::kActive}));
  EXPECT_EQ(handover.new_account.agreements[0].start_date, kToday);
  EXPECT_EQ(handover.points, (std::vector{1, 2}));
}

TEST(TransferOccupant, AnAccountThatKeepsAServiceStaysOpen) {
  Account next = Waiting(12345678903);
  next.agreements.pop_back();
  const std::vector<Read> reads{{"E-1", 4'711'000}};
  const Handover handover =
      Transfer(Active(10000000009), next, TwoServices(), kToday, reads, kToday).value();
  EXPECT_EQ(handover.old_account.state, AccountState::kOpen);
  EXPECT_EQ(States(handover.old_account),
            (std::vector{AgreementState::kStopped, AgreementState::kActive}));
}

struct TransferCase {
  std::string name;
  std::int64_t premise;
  int days_from_today;
  bool new_waits;
  std::vector<Read> reads;
  std::string reason;
};
class TransferRefusal : public ::testing::TestWithParam<TransferCase> {};
TEST_P(TransferRefusal, ByPrecedence) {
  const TransferCase& given = GetParam();
  Account old_account = Active(10000000009);
  old_account.premise = PremiseId(given.premise);
  const Account new_account = given.new_waits ? Waiting(12345678903) : Active(12345678903);
  EXPECT_EQ(ReasonOf(Transfer(old_account, new_account, TwoServices(),
                              kToday.PlusDays(given.days_from_today), given.reads, kToday)),
            given.reason);
}
INSTANTIATE_TEST_SUITE_P(
    Rules, TransferRefusal,
    Values(
        TransferCase{"ElsewhereBeatsAll", 9, 1, false, {}, "NOT_AT_PREMISE"},
        TransferCase{"Future", 501, 1, false, {}, "DATE_IN_FUTURE"},
        TransferCase{"NobodyWaits", 501, -2, false, {}, "NOTHING_TO_TRANSFER"},
        TransferCase{"BeforeStart", 501, -2, true, {}, "DATE_BEFORE_START"},
        TransferCase{"NoRead", 501, 0, true, {{"X-9", 1}}, "READ_MISSING"},
        TransferCase{"ReadTooMany", 501, 0, true, {{"E-1", -1}, {"X-9", 1}}, "READ_WITHOUT_METER"},
        TransferCase{"Negative", 501, 0, true, {{"E-1", -1}}, "READ_OFF_REGISTER"},
        TransferCase{"BeyondFiveDigits", 501, 0, true, {{"E-1", 100'000'000}}, "READ_OFF_REGISTER"},
        TransferCase{"LastCount", 501, 0, true, {{"E-1", 99'999'999}}, ""}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace reeve::account
