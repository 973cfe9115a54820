// Whatever is changed, deleted, inserted or swapped behind payment's back, verify finds.
#include <optional>

#include "shared/testing/tampering.h"
#include "tests/integration/payment/payment_fixture.h"

namespace reeve::payment {
namespace {

class VerifyTest : public PaymentDay {
 protected:
  // A day that leaves a row in every table: two sessions turned in and deposited with a check less
  // than was counted, one closed with a variance, one open with a void asked for, a transfer
  // pending and one cancelled.
  void SetUp() override {
    const Cash fund = Cash::Of({{2000, 20}, {1000, 20}, {500, 40}, {100, 200}, {25, 40}, {10, 40}});
    const Cash start = Cash::Of({{500, 4}, {100, 10}, {25, 4}, {10, 5}});
    FillVault(fund);
    for (const std::int64_t drawer : {3, 4}) {
      CreateDrawer(drawer);
      const Person& cashier = drawer == 3 ? cashier_ : other_cashier_;
      OpenWith(drawer, cashier, start);
      auto directed = Payment(drawer, 900, {CheckTender(1'000 + drawer, "77")});
      for (const char* service : {"water", "electric"}) {
        v1::Direction* direction = directed.add_directions();
        direction->set_service(service);
        direction->set_amount_cents(service[0] == 'w' ? 300 : 400);
      }
      ASSERT_TRUE(Take(directed, cashier).ok());
      ASSERT_TRUE(
          Take(Payment(drawer, 1'540, {CashTender(Cash::Of({{2000, 1}})), CheckTender(100)}),
               cashier)
              .ok());
      ASSERT_TRUE(Take(Payment(drawer, 800, {CardTender(800)}), cashier).ok());
      const std::string voided = std::to_string(drawer) + "-1-2";
      Void(voided, cashier, drawer == 3);
    }
    TurnInAsExpected(3, cashier_);
    TurnInAsExpected(4, other_cashier_);
    Deposit();
    OpenWith(3, cashier_, start);
    ASSERT_TRUE(Take(Payment(3, 600, {CheckTender(600)}), cashier_).ok());
    Void("3-2-1", cashier_, /*approved=*/false, /*declined=*/false);
    ASSERT_TRUE(Open(4, other_cashier_).ok());
    const auto hand = [&](std::int64_t drawer) {
      return Initiate(v1::TRANSFER_KIND_STARTING_CASH, drawer, custodian_,
                      Holds(Cash::Of({{1000, 2}})));
    };
    ASSERT_TRUE(Cancel(hand(4).value(), other_cashier_).ok());
    ASSERT_TRUE(hand(3).ok());
    ASSERT_TRUE(Take(Payment(4, 500, {CheckTender(500)}), other_cashier_).ok());
    ASSERT_TRUE(Count(4, other_cashier_, Holds(Cash::Of({{25, 1}}), 1, 500)).ok());
    ASSERT_TRUE(Close(4, other_cashier_, "a quarter was left over").ok());
    ASSERT_NO_FATAL_FAILURE(ExpectBooksHold());
  }

  void Void(const std::string& payment, const Person& cashier, bool approved,
            bool declined = true) {
    v1::RequestVoidRequest request;
    request.set_payment_id(payment);
    request.set_reason("test");
    ASSERT_TRUE(Ask(&v1::PaymentService::Stub::RequestVoid, cashier, request).ok());
    if (approved) {
      v1::ApproveVoidRequest approve;
      approve.set_payment_id(payment);
      ASSERT_TRUE(Ask(&v1::PaymentService::Stub::ApproveVoid, supervisor_, approve).ok());
    } else if (declined) {
      v1::DeclineVoidRequest decline;
      decline.set_payment_id(payment);
      ASSERT_TRUE(Ask(&v1::PaymentService::Stub::DeclineVoid, supervisor_, decline).ok());
    }
  }
  // The cashier first counts nothing; a second person's recount finds everything.
  void TurnInAsExpected(std::int64_t drawer, const Person& cashier) {
    const auto blind = Count(drawer, cashier, Holds({}));
    ASSERT_TRUE(blind.ok());
    ASSERT_TRUE(Count(drawer, supervisor_, blind->expected()).ok());
    ASSERT_TRUE(Close(drawer, cashier).ok());
    const auto sent = Initiate(v1::TRANSFER_KIND_TURN_IN, drawer, cashier, blind->expected());
    ASSERT_TRUE(sent.ok());
    ASSERT_TRUE(Accept(*sent, custodian_, blind->expected()).ok());
  }
  void Deposit() {
    v1::GetDepositDueRequest ask;
    ask.set_vault_id(kVault);
    const auto due = Ask(&v1::BankDepositService::Stub::GetDepositDue, accountant_, ask);
    ASSERT_TRUE(due.ok());
    v1::PrepareBankDepositRequest request;
    request.set_vault_id(kVault);
    request.set_bag_number("BAG-0001");
    const auto vault = GetVault();
    Fields fields;
    const Cash cash = ParseCash(fields, "cash", vault.holding().cash());
    ToWire(*MakeChange(cash, Money::Cents(due->cash_cents())), request.mutable_cash());
    // The first check is not there; a second person says so.
    v1::AcceptCheckDifferenceRequest differ;
    differ.set_vault_id(kVault);
    differ.set_check_count(due->check_count() - 1);
    differ.set_check_cents(due->check_cents() - due->checks(0).amount_cents());
    differ.set_reason("lost");
    const Person other = SignIn(30, {"bank_deposit.accept_difference"});
    ASSERT_TRUE(Ask(&v1::BankDepositService::Stub::AcceptCheckDifference, other, differ).ok());
    for (const v1::DepositCheck& check : due->checks()) {
      if (&check == &due->checks(0)) continue;
      v1::CheckItem* item = request.add_checks();
      item->set_payment_id(check.payment_id());
      item->set_tender_no(check.tender_no());
    }
    const auto deposit =
        Ask(&v1::BankDepositService::Stub::PrepareBankDeposit, accountant_, request);
    ASSERT_TRUE(deposit.ok()) << deposit.error().reason();
  }

  Instant Deadline() const { return machine_clock_.Now() + Duration::Seconds(30); }

  testing::Tampering Tampering() {
    return {*database_,
            machine_clock_,
            {.service = "payment",
             .migrations = Migrations(),
             .proof = [](db::Transaction& tx) { return testing::FirstViolation(CheckBooks(tx)); },
             .statements = {},
             .held = {}}};
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, VerifyTest, testing::BothEngines(), testing::EngineName);

TEST_P(VerifyTest, AChangeOfAnyColumnIsFound) { Tampering().ExpectChangesFound(); }
TEST_P(VerifyTest, ARowThatIsGoneIsFound) { Tampering().ExpectMissingRowsFound(); }
TEST_P(VerifyTest, ARowThatNobodyWroteIsFound) { Tampering().ExpectStrangeRowsFound(); }
TEST_P(VerifyTest, RowsThatHaveChangedPlacesAreFound) { Tampering().ExpectSwappedRowsFound(); }
TEST_P(VerifyTest, WhatIsNotCoveredIsListed) { Tampering().ExpectListIsTrue(); }

TEST_P(VerifyTest, AnEventThatIsMissingOrAnotherIsFound) {
  const auto events_after = [&](const std::string& statement) {
    std::string violation;
    database_->Write(Deadline(), [&](db::Transaction& tx) {
      EXPECT_GT(tx.Execute({"tamper", statement}), 0) << statement;
      verify::v1::VerifyResponse response;
      VerifyEvents(tx, program_->s().feed(), {}, response);
      violation = response.checks(0).violation();
      return db::Verdict::kRollBack;
    });
    return violation;
  };
  EXPECT_EQ(events_after("UPDATE feed_event SET type = type"), "");
  EXPECT_NE(events_after("DELETE FROM feed_event WHERE position = 1 AND home = 3"), "");
  EXPECT_NE(events_after("UPDATE feed_event SET type = 'reeve.payment.v1.PaymentReversed' "
                         "WHERE position = 2 AND home = 3"),
            "");
  EXPECT_NE(events_after("UPDATE payment SET amount_cents = amount_cents + 1"), "");
}

}  // namespace
}  // namespace reeve::payment
