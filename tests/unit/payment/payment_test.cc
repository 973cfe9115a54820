#include "services/payment/payment/payment.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/unit/payment/builders.h"

namespace reeve::payment {
namespace {

using namespace testing;

constexpr std::uint64_t kSeed = 20'261'122;
constexpr const char* kStub = "003456789011102960000000000100000000010008";

TEST(PaymentState, EveryStateAnswersEveryEvent) {
  const std::map<std::pair<PaymentState, PaymentEvent>, PaymentState> allowed = {
      {{PaymentState::kTaken, PaymentEvent::kRequestVoid}, PaymentState::kVoidRequested},
      {{PaymentState::kVoidRequested, PaymentEvent::kWithdrawVoid}, PaymentState::kTaken},
      {{PaymentState::kVoidRequested, PaymentEvent::kDeclineVoid}, PaymentState::kTaken},
      {{PaymentState::kVoidRequested, PaymentEvent::kApproveVoid}, PaymentState::kVoided},
  };
  for (const PaymentState state :
       {PaymentState::kTaken, PaymentState::kVoidRequested, PaymentState::kVoided}) {
    for (const PaymentEvent event : {PaymentEvent::kRequestVoid, PaymentEvent::kWithdrawVoid,
                                     PaymentEvent::kDeclineVoid, PaymentEvent::kApproveVoid}) {
      const auto found = allowed.find({state, event});
      EXPECT_EQ(Next(state, event),
                found == allowed.end() ? std::nullopt : std::optional(found->second));
    }
  }
}

TEST(PaymentId, ReadsBackItsTextAndNothingElse) {
  const PaymentId id{DrawerId(7), 3, 12};
  EXPECT_EQ(id.ToString(), "7-3-12");
  EXPECT_EQ(PaymentId::Parse("7-3-12"), id);
  for (const char* text : {"", "7", "7-3", "7-3-", "7-3-12-", "7-3-012", "7-0-1", "-7-3-1",
                           "7-3-1 ", "7--3-1", "a-3-1", "7-3-99999999999999999999"}) {
    EXPECT_EQ(PaymentId::Parse(text), std::nullopt) << text;
  }
}

TEST(Take, AGreatDealOfCashIsConfirmed) {
  const auto take = [](std::int64_t hundreds, bool confirmed) {
    Session session = OpenSession({});
    TakePayment command = Pay(hundreds * 10'000, {CashTender(Cash::Of({{10000, hundreds}}))});
    command.large_cash_confirmed = confirmed;
    return ReasonOf(Take(command, &session, kCashier, kToday, kNow));
  };
  EXPECT_EQ(take(100, false), "");
  EXPECT_EQ(take(101, false), "CASH_UNCONFIRMED");
  EXPECT_EQ(take(101, true), "");
}

TEST(Take, WhatBillingRefusesComesAfterTheDrawerAndTheStub) {
  Session session = OpenSession({});
  TakePayment command = Pay(1'000, {CheckTender(1'000)});
  const std::string unrefused = command.canonical().bytes();
  command.refusal = NotFound(reason::kAccountUnknown, "There is no such account.");
  EXPECT_EQ(command.canonical().bytes(), unrefused);
  EXPECT_EQ(ReasonOf(Take(command, &session, kStranger, kToday, kNow)), "NOT_YOUR_DRAWER");
  EXPECT_EQ(ReasonOf(Take(command, &session, kCashier, kToday, kNow)), "ACCOUNT_UNKNOWN");
  EXPECT_EQ(session.next_receipt_no, 1);
}

struct TakeCase {
  std::string name;
  SessionState state = SessionState::kOpen;
  PersonId caller = kCashier;
  std::string scanline;
  std::vector<Tender> tenders;
  std::int64_t directed_cents = 0;
  std::string reason;
};
class TakeByPrecedence : public ::testing::TestWithParam<TakeCase> {};

// Each case is wrong in everything that comes after its own refusal.
TEST_P(TakeByPrecedence, IsRefusedFor) {
  const TakeCase& c = GetParam();
  Session session = OpenSession({});  // cannot make any change
  session.state = c.state;
  TakePayment command = Pay(1'000, c.tenders);
  command.scanline = c.scanline;
  if (c.directed_cents > 0) command.directions = {{"water", Money::Cents(c.directed_cents)}};
  EXPECT_EQ(ReasonOf(Take(command, &session, c.caller, kToday, kNow)), c.reason);
  const bool taken = c.reason.empty();
  EXPECT_EQ(session.next_receipt_no, taken ? 2 : 1) << "a refusal uses no receipt number";
  EXPECT_EQ(session.Contents() == Holding{}, !taken);
}

// A stub of the account 00345678910, and stubs with one wrong digit.
constexpr const char* kOtherStub = "003456789101102960000000000100000000010009";
constexpr const char* kMistyped = "003456789011101960000000000100000000010008";
constexpr const char* kNoDate = "003456789011302960000000000100000000010004";
const std::vector<Tender> kTooMuchCard = {CardTender(1'001)};
const std::vector<Tender> kTooLittle = {CheckTender(400), CardTender(599)};
const std::vector<Tender> kTwenty = {CashTender(Cash::Of({{2000, 1}}))};
const std::vector<Tender> kExact = {CheckTender(1'000)};

INSTANTIATE_TEST_SUITE_P(
    All, TakeByPrecedence,
    ::testing::Values(TakeCase{"NotOpenBeatsAll", SessionState::kCounted, kStranger, kMistyped,
                               kTooMuchCard, 5'000, "SESSION_NOT_OPEN"},
                      TakeCase{"SomebodyElsesDrawer", SessionState::kOpen, kStranger, kMistyped,
                               kTooMuchCard, 5'000, "NOT_YOUR_DRAWER"},
                      TakeCase{"MistypedScanline", SessionState::kOpen, kCashier, kMistyped,
                               kTooMuchCard, 5'000, "SCANLINE_CHECK_DIGIT"},
                      TakeCase{"ScanlineWithoutADate", SessionState::kOpen, kCashier, kNoDate,
                               kTooMuchCard, 5'000, "SCANLINE_CONTENT"},
                      TakeCase{"StubOfAnotherAccount", SessionState::kOpen, kCashier, kOtherStub,
                               kTooMuchCard, 5'000, "SCANLINE_ACCOUNT"},
                      TakeCase{"CardAboveTheAmount", SessionState::kOpen, kCashier, kStub,
                               kTooMuchCard, 5'000, "CARD_EXCEEDS_AMOUNT"},
                      TakeCase{"TooLittle", SessionState::kOpen, kCashier, kStub, kTooLittle, 5'000,
                               "INSUFFICIENT_TENDER"},
                      TakeCase{"DirectionsAboveTheAmount", SessionState::kOpen, kCashier, kStub,
                               kTwenty, 1'001, "DIRECTIONS_EXCEED_AMOUNT"},
                      TakeCase{"NoChange", SessionState::kOpen, kCashier, kStub, kTwenty, 1'000,
                               "CHANGE_NOT_POSSIBLE"},
                      TakeCase{"Nothing", SessionState::kOpen, kCashier, kStub, kExact, 1'000, ""}),
    [](const auto& info) { return info.param.name; });

TEST(Take, RefusesWithoutASession) {
  EXPECT_EQ(ReasonOf(Take(Pay(100, kExact), nullptr, kCashier, kToday, kNow)), "SESSION_NOT_OPEN");
}

TEST(Take, GivesChangeOutOfTheDrawerAndTheTender) {
  Session session = OpenSession(Cash::Of({{25, 1}, {10, 3}}));
  const auto payment =
      Take(Pay(970, {CashTender(Cash::Of({{1000, 1}}))}), &session, kCashier, kToday, kNow);
  ASSERT_TRUE(payment.ok());
  EXPECT_EQ(payment->change, Cash::Of({{10, 3}}));
  EXPECT_EQ(payment->amount.cents(), 970);
  EXPECT_EQ(payment->id.ToString(), "3-2-1");
  EXPECT_EQ(session.pieces, Cash::Of({{1000, 1}, {25, 1}}));
  EXPECT_EQ(session.cash, session.pieces.Total());
}

TEST(Take, ReturnsPiecesOfTheTenderItself) {
  Session session = OpenSession({});
  const auto payment =
      Take(Pay(500, {CashTender(Cash::Of({{500, 2}}))}), &session, kCashier, kToday, kNow);
  ASSERT_TRUE(payment.ok());
  EXPECT_EQ(payment->change, Cash::Of({{500, 1}}));
}

TEST(Take, ACheckAboveTheAmountBecomesCreditAndIsNotCashed) {
  Session session = OpenSession(Cash::Of({{100, 50}}));
  const auto payment = Take(Pay(1'000, {CheckTender(1'500), CashTender(Cash::Of({{500, 1}}))}),
                            &session, kCashier, kToday, kNow);
  ASSERT_TRUE(payment.ok());
  EXPECT_EQ(payment->amount.cents(), 1'500);
  EXPECT_EQ(payment->change.Total().cents(), 500);  // only the cash comes back
  EXPECT_EQ(session.cash.cents(), 5'000);
  EXPECT_EQ(session.checks.cents(), 1'500);
  EXPECT_EQ(session.check_count, 1);
}

Payment TakenFrom(Session& session, std::vector<Tender> tenders, std::int64_t cents) {
  return Take(Pay(cents, std::move(tenders)), &session, kCashier, kToday, kNow).value();
}

TEST(Void, TakesTwoPeopleAndGivesCashBackInPiecesThatTheDrawerHolds) {
  Session session = OpenSession(Cash::Of({{500, 4}}));
  Payment payment =
      TakenFrom(session, {CashTender(Cash::Of({{2000, 1}})), CheckTender(300)}, 1'800);
  ASSERT_EQ(payment.change, Cash::Of({{500, 1}}));
  EXPECT_EQ(ReasonOf(ApproveVoid(payment, session, kSupervisor, kToday)), "VOID_NOT_REQUESTED");
  ASSERT_TRUE(RequestVoid(payment, kCashier, "wrong account").ok());
  EXPECT_EQ(ReasonOf(RequestVoid(payment, kCashier, "again")), "PAYMENT_NOT_TAKEN");
  EXPECT_EQ(ReasonOf(ApproveVoid(payment, session, kCashier, kToday)), "SAME_PERSON");
  ASSERT_TRUE(ApproveVoid(payment, session, kSupervisor, kToday).ok());
  EXPECT_EQ(payment.void_cash, Cash::Of({{500, 3}}));
  EXPECT_EQ(session.Contents(), (Holding{Cash::Of({{2000, 1}}), 0, {}, 0, {}}));
  EXPECT_EQ(session.next_receipt_no, 2);  // the number is kept
  EXPECT_EQ(ReasonOf(RequestVoid(payment, kCashier, "once more")), "PAYMENT_NOT_TAKEN");
}

TEST(Void, IsRefusedWhileTheDrawerCannotGiveTheCashBack) {
  Session session = OpenSession({});
  Payment payment = TakenFrom(session, {CashTender(Cash::Of({{2000, 1}}))}, 2'000);
  ASSERT_TRUE(RequestVoid(payment, kCashier, "wrong account").ok());
  const Session before = session;
  session.pieces = Cash::Of({{10000, 1}});
  EXPECT_EQ(ReasonOf(ApproveVoid(payment, session, kSupervisor, kToday)), "CHANGE_NOT_POSSIBLE");
  EXPECT_EQ(payment.state, PaymentState::kVoidRequested);
  EXPECT_EQ(session.cash, before.cash);
}

TEST(Void, DeclinedOrWithdrawnLeavesThePaymentAsItWas) {
  Session session = OpenSession({});
  const Payment taken = TakenFrom(session, {CheckTender(300)}, 300);
  for (const auto let_stand : {DeclineVoid, WithdrawVoid}) {
    Payment payment = taken;
    EXPECT_EQ(ReasonOf(let_stand(payment)), "VOID_NOT_REQUESTED");
    ASSERT_TRUE(RequestVoid(payment, kCashier, "wrong account").ok());
    ASSERT_TRUE(let_stand(payment).ok());
    EXPECT_EQ(payment, taken);
  }
}

TEST(Take, TheSameCommandHasTheSameFormAndAnyOtherFieldAnotherOne) {
  const TakePayment base = Pay(1'000, {CheckTender(1'000)});
  TakePayment retried = base;
  retried.request_id = "request-0000000002";
  EXPECT_EQ(base.canonical().bytes(), retried.canonical().bytes());
  std::vector<TakePayment> others(7, base);
  others[0].drawer = DrawerId(4);
  others[1].account = AccountId(1);
  others[2].amount = Money::Cents(999);
  others[3].tenders[0].check_number = "1002";
  others[4].directions = {{"water", Money::Cents(1)}};
  others[5].scanline = kStub;
  others[6].tenders.push_back(CardTender(1));
  for (const TakePayment& other : others) {
    EXPECT_NE(base.canonical().bytes(), other.canonical().bytes());
  }
}

// Conservation: whatever is paid and voided, the drawer holds its starting cash and what the
// standing payments left in it, and every entry balances.
TEST(Take, ConservesMoneyOverRandomDays) {
  std::mt19937_64 random(kSeed);
  const auto pick = [&](std::int64_t bound) { return static_cast<std::int64_t>(random() % bound); };
  for (int day = 0; day < 300; ++day) {
    Cash starting;
    for (std::size_t i = 0; i < kDenominations.size(); ++i) starting[i] = pick(8);
    Session session = OpenSession(starting);
    TenderAmounts expected{starting.Total(), {}, {}};
    std::vector<Payment> taken;
    for (int i = 0; i < 40; ++i) {
      std::vector<Tender> tenders;
      std::int64_t tendered = 0;
      if (pick(2) == 0) {
        Cash cash;
        for (int piece = 0; piece < 3; ++piece) ++cash[pick(kDenominations.size())];
        tenders.push_back(CashTender(cash));
      }
      if (pick(2) == 0) tenders.push_back(CheckTender(1 + pick(9'999)));
      if (pick(3) == 0) tenders.push_back(CardTender(1 + pick(4'999)));
      if (tenders.empty()) tenders.push_back(CheckTender(1));
      for (const Tender& tender : tenders) tendered += tender.amount.cents();
      const auto payment = Take(Pay(1 + pick(tendered), tenders), &session, kCashier, kToday, kNow);
      if (!payment.ok()) continue;
      ASSERT_EQ(payment->id.receipt_no, static_cast<std::int64_t>(taken.size()) + 1);
      const Entry entry = PaymentEntry(payment->id.receipt_no, NetAmounts(*payment));
      ASSERT_TRUE(CheckBalanced(entry.postings).ok());
      ASSERT_EQ(entry.postings.back().amount, payment->amount.Negated());
      taken.push_back(*payment);
    }
    for (Payment& payment : taken) {
      if (pick(4) == 0) {
        ASSERT_TRUE(RequestVoid(payment, kCashier, "test").ok());
        (void)ApproveVoid(payment, session, kSupervisor, kToday).ok();
      }
      if (payment.state == PaymentState::kVoided) {
        ASSERT_EQ(payment.void_cash.Total(), NetAmounts(payment).cash);
        const Entry reversal = VoidEntry(payment.id.receipt_no, NetAmounts(payment));
        ASSERT_TRUE(CheckBalanced(reversal.postings).ok());
        continue;
      }
      const TenderAmounts net = NetAmounts(payment);
      expected = {Money::Cents(expected.cash.cents() + net.cash.cents()),
                  Money::Cents(expected.checks.cents() + net.checks.cents()),
                  Money::Cents(expected.cards.cents() + net.cards.cents())};
    }
    ASSERT_EQ(TenderAmounts::Of(session.Contents()), expected) << "seed " << kSeed;
    ASSERT_EQ(session.cash, session.pieces.Total());
  }
}

}  // namespace
}  // namespace reeve::payment
