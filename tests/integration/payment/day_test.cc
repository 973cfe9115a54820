#include "tests/integration/payment/payment_fixture.h"

namespace reeve::payment {
namespace {

const Cash kFund = Cash::Of(
    {{2000, 20}, {1000, 20}, {500, 20}, {100, 100}, {25, 80}, {10, 100}, {5, 40}, {1, 100}});
const Cash kStart =
    Cash::Of({{2000, 2}, {1000, 3}, {500, 4}, {100, 20}, {25, 8}, {10, 10}, {5, 4}, {1, 20}});

class DayTest : public PaymentDay {};
INSTANTIATE_TEST_SUITE_P(BothEngines, DayTest, testing::BothEngines(), testing::EngineName);

TEST_P(DayTest, MoneyGoesFromTheVaultThroughTheDrawerToTheBank) {
  FillVault(kFund);
  CreateDrawer(3);
  OpenWith(3, cashier_, kStart);

  auto cash = Take(Payment(3, 8'765, {CashTender(Cash::Of({{10000, 1}}))}), cashier_);
  ASSERT_TRUE(cash.ok()) << cash.error().message();
  EXPECT_EQ(cash->payment_id(), "3-1-1");
  EXPECT_EQ(cash->change_cents(), 1'235);
  EXPECT_EQ(cash->cashier_name(), "Person 7");
  EXPECT_EQ(cash->business_date(), "2026-11-23");
  EXPECT_NE(cash->feed_token(), "");

  auto stubbed = Payment(3, 1'000, {CheckTender(1'500)});
  stubbed.set_scanline("00345678901 110296 0000 0000001000 0000001000 8");
  v1::Direction* direction = stubbed.add_directions();
  direction->set_service("water");
  direction->set_amount_cents(600);
  const auto check = Take(stubbed, cashier_);
  ASSERT_TRUE(check.ok()) << check.error().message();
  EXPECT_EQ(check->receipt_no(), 2);
  EXPECT_EQ(check->amount_cents(), 1'500);  // what is over becomes credit
  EXPECT_EQ(check->change_cents(), 0);
  ASSERT_TRUE(Take(Payment(3, 4'200, {CardTender(4'200)}), cashier_).ok());

  const Cash contents = kStart.Plus(Cash::Of({{10000, 1}}))
                            .Minus(Cash::Of({{1000, 1}, {100, 2}, {25, 1}, {10, 1}}))
                            .value();
  TurnIn(3, cashier_, Holds(contents, 1, 1'500, 1, 4'200));
  const v1::Vault vault = GetVault();
  EXPECT_EQ(vault.cash_cents(), kFund.Total().cents() + 8'765);
  EXPECT_EQ(vault.holding().check_cents(), 1'500);

  v1::GetDepositDueRequest ask;
  ask.set_vault_id(kVault);
  const auto due = Ask(&v1::BankDepositService::Stub::GetDepositDue, accountant_, ask);
  ASSERT_TRUE(due.ok());
  EXPECT_EQ(due->cash_cents(), 8'765);
  EXPECT_EQ(due->check_cents(), 1'500);
  EXPECT_EQ(due->oldest_date(), "2026-11-23");
  EXPECT_EQ(due->due_date(), "2026-11-27");  // Thanksgiving is no banking day

  v1::PrepareBankDepositRequest prepare;
  prepare.set_vault_id(kVault);
  prepare.set_bag_number("BAG-0001");
  ToWire(Cash::Of({{2000, 4}, {500, 1}, {100, 2}, {25, 2}, {10, 1}, {5, 1}}),
         prepare.mutable_cash());
  v1::CheckItem* item = prepare.add_checks();
  item->set_payment_id("3-1-2");
  item->set_tender_no(1);
  const auto method = &v1::BankDepositService::Stub::PrepareBankDeposit;
  EXPECT_EQ(ReasonOf(Ask(method, cashier_, prepare)), "TOOK_CASH");
  EXPECT_EQ(ReasonOf(Ask(method, custodian_, prepare)), "WAS_CUSTODIAN");
  const auto deposit = Ask(method, accountant_, prepare);
  ASSERT_TRUE(deposit.ok()) << deposit.error().reason();
  EXPECT_EQ(deposit->checks(0).check_number(), "1001");
  EXPECT_EQ(deposit->due_date(), "2026-11-27");
  EXPECT_EQ(ReasonOf(Ask(method, accountant_, prepare)), "NOTHING_TO_DEPOSIT");
  v1::CarryBankDepositRequest carry;
  carry.set_vault_id(kVault);
  carry.set_deposit_id(deposit->deposit_id());
  const auto carry_method = &v1::BankDepositService::Stub::CarryBankDeposit;
  EXPECT_EQ(ReasonOf(Ask(carry_method, accountant_, carry)), "SAME_PERSON");
  ASSERT_TRUE(Ask(carry_method, supervisor_, carry).ok());
  EXPECT_EQ(ReasonOf(Ask(carry_method, supervisor_, carry)), "BANK_DEPOSIT_NOT_PREPARED");

  EXPECT_EQ(GetVault().cash_cents(), kFund.Total().cents());  // the change fund again
  ExpectBooksHold();
  EXPECT_EQ(Total(Verify(), "clearing-credits-cents"), 8'765 + 1'500 + 4'200);
  EXPECT_EQ(Total(Verify(cash->feed_token()), "clearing-credits-cents"), 8'765);
}

// A drawer counted 10.00 too little in checks and 1.00 too little in cash, and took nothing else in
// cash: neither blocks the vault, and both are on the books.
TEST_P(DayTest, AWrongCountOfChecksIsExplainedByASecondPersonAndDeposited) {
  FillVault(kFund);
  CreateDrawer(3);
  OpenWith(3, cashier_, kStart);
  ASSERT_TRUE(Take(Payment(3, 6'000, {CheckTender(6'000, "11")}), cashier_).ok());
  ASSERT_TRUE(Take(Payment(3, 3'000, {CheckTender(3'000, "12")}), cashier_).ok());
  const v1::Holding counted = Holds(*kStart.Minus(Cash::Of({{100, 1}})), 2, 8'000);
  ASSERT_TRUE(Count(3, cashier_, counted).ok());
  ASSERT_TRUE(Close(3, supervisor_, "counted in a hurry").ok());
  const auto sent = Initiate(v1::TRANSFER_KIND_TURN_IN, 3, cashier_, counted);
  ASSERT_TRUE(sent.ok());
  // Two cashiers alone move nothing into the vault.
  EXPECT_EQ(ReasonOf(Accept(*sent, other_cashier_, counted)), "CUSTODIAN_NEEDED");
  ASSERT_TRUE(Accept(*sent, custodian_, counted).ok());

  v1::GetDepositDueRequest ask;
  ask.set_vault_id(kVault);
  auto due = Ask(&v1::BankDepositService::Stub::GetDepositDue, accountant_, ask).value();
  EXPECT_EQ(due.cash_cents(), 0);
  EXPECT_EQ(due.fund_short_cents(), 100);
  EXPECT_EQ(due.check_cents(), 8'000);

  const auto prepare = [&](const Person& who, const std::string& bag) {
    v1::PrepareBankDepositRequest request;
    request.set_vault_id(kVault);
    request.set_bag_number(bag);
    for (const char* payment : {"3-1-1", "3-1-2"}) {
      v1::CheckItem* item = request.add_checks();
      item->set_payment_id(payment);
      item->set_tender_no(1);
    }
    return Ask(&v1::BankDepositService::Stub::PrepareBankDeposit, who, request);
  };
  const auto refused = prepare(accountant_, "BAG-0001");
  ASSERT_EQ(ReasonOf(refused), "CHECKS_DIFFER");
  const auto& details = refused.error().metadata();
  const std::map<std::string, std::string> figures(details.begin(), details.end());
  EXPECT_EQ(figures.at("listed_cents"), "9000");
  EXPECT_EQ(figures.at("counted_cents"), "8000");

  const auto accept = [&](const Person& who, std::int64_t count, std::int64_t cents) {
    v1::AcceptCheckDifferenceRequest request;
    request.set_vault_id(kVault);
    request.set_check_count(count);
    request.set_check_cents(cents);
    request.set_reason("both checks are there: 60.00 was read as 50.00");
    return Ask(&v1::BankDepositService::Stub::AcceptCheckDifference, who, request);
  };
  EXPECT_EQ(ReasonOf(accept(cashier_, 2, 9'000)), "PERMISSION_MISSING");
  const Person cashier_again = SignIn(7, {"bank_deposit.accept_difference"});
  EXPECT_EQ(ReasonOf(accept(cashier_again, 2, 9'000)), "TOOK_CASH");
  const Person second = SignIn(30, {"bank_deposit.accept_difference"});
  EXPECT_EQ(ReasonOf(accept(second, 2, 8'000)), "CHECKS_AGREE");
  EXPECT_EQ(ReasonOf(accept(second, 2, 9'001)), "CHECKS_NOT_RECORDED");
  const auto accepted = accept(second, 2, 9'000);
  ASSERT_TRUE(accepted.ok()) << accepted.error().reason();
  EXPECT_EQ(accepted->counted_cents(), 8'000);
  ExpectBooksHold();
  due = Ask(&v1::BankDepositService::Stub::GetDepositDue, accountant_, ask).value();
  EXPECT_EQ(due.check_cents(), 9'000);
  ASSERT_EQ(due.differences_size(), 1);
  EXPECT_EQ(due.differences(0).reason(), "both checks are there: 60.00 was read as 50.00");
  EXPECT_EQ(GetVault().holding().check_cents(), 9'000);

  EXPECT_EQ(ReasonOf(prepare(second, "BAG-0001")), "SAME_PERSON");
  const auto deposit = prepare(accountant_, "BAG-0001");
  ASSERT_TRUE(deposit.ok()) << deposit.error().reason();
  EXPECT_EQ(deposit->cash_cents(), 0);
  EXPECT_EQ(deposit->check_cents(), 9'000);
  EXPECT_EQ(deposit->fund_short_cents(), 100);
  EXPECT_EQ(deposit->differences_size(), 1);
  EXPECT_EQ(ReasonOf(prepare(accountant_, "BAG-0002")), "NOTHING_TO_DEPOSIT");
  EXPECT_EQ(GetVault().cash_cents(), kFund.Total().cents() - 100);
  ExpectBooksHold();
}

TEST_P(DayTest, ExpectedIsHiddenUntilTheCountIsIn) {
  FillVault(kFund);
  CreateDrawer(3);
  OpenWith(3, cashier_, kStart);
  ASSERT_TRUE(Take(Payment(3, 500, {CheckTender(500)}), cashier_).ok());
  for (const Person& who : {cashier_, supervisor_}) {
    const auto drawer = GetDrawer(3, who);
    ASSERT_TRUE(drawer.ok());
    EXPECT_FALSE(drawer->latest_session().has_expected());
    EXPECT_EQ(drawer->latest_session().balances_size(), 0);
    EXPECT_EQ(drawer->latest_session().receipt_count(), 1);
  }
  ASSERT_TRUE(Count(3, cashier_, Holds(kStart, 1, 500)).ok());
  EXPECT_EQ(GetDrawer(3, cashier_)->latest_session().expected().check_cents(), 500);
}

// Scenario A5: Oracle's table, two cashiers of whom one has a float pending, and a crash between
// the two sides of the transfer.
TEST_P(DayTest, OverAndShortPerTenderAPendingFloatAndACrash) {
  FillVault(kFund);
  CreateDrawer(3);
  CreateDrawer(4);
  OpenWith(3, cashier_, kStart);
  const std::int64_t start = kStart.Total().cents();
  ASSERT_TRUE(Open(4, other_cashier_).ok());
  const Cash floated = Cash::Of({{1000, 5}});
  const auto pending = Initiate(v1::TRANSFER_KIND_STARTING_CASH, 4, custodian_, Holds(floated));
  ASSERT_TRUE(pending.ok());

  Restart();

  v1::ListPendingTransfersRequest list;
  list.set_drawer_id(4);
  const auto listed = Ask(&v1::VaultService::Stub::ListPendingTransfers, other_cashier_, list);
  ASSERT_TRUE(listed.ok());
  ASSERT_EQ(listed->transfers_size(), 1);
  EXPECT_FALSE(listed->transfers(0).has_counted()) << "the second count is blind";
  EXPECT_EQ(GetVault().cash_cents(), (kFund.Total().cents() - start) - 5'000);
  ExpectBooksHold();  // in transit is a place too

  // No close while it is pending, and what is accepted must be what was handed over.
  ASSERT_TRUE(Take(Payment(4, 100, {CheckTender(100)}), other_cashier_).ok());
  EXPECT_EQ(ReasonOf(Accept(*pending, other_cashier_, Holds(Cash::Of({{500, 10}})))),
            "COUNT_DIFFERS");
  ASSERT_TRUE(Count(4, other_cashier_, Holds({}, 1, 100)).ok());
  EXPECT_EQ(ReasonOf(Close(4, other_cashier_)), "TRANSFER_PENDING");
  EXPECT_EQ(ReasonOf(Accept(*pending, other_cashier_, Holds(floated))), "SESSION_NOT_OPEN");
  ASSERT_TRUE(Cancel(*pending, custodian_).ok());
  ASSERT_TRUE(Close(4, other_cashier_).ok());

  // Cash 0.50 over, checks 1.00 short: never one figure of 0.50 short.
  ASSERT_TRUE(Take(Payment(3, 25'000, {CheckTender(25'000)}), cashier_).ok());
  const auto counted = Count(3, cashier_, Holds(kStart.Plus(Cash::Of({{25, 2}})), 1, 24'900));
  ASSERT_TRUE(counted.ok());
  ASSERT_EQ(counted->balances_size(), 3);
  EXPECT_EQ(counted->balances(0).over_short_cents(), 50);
  EXPECT_EQ(counted->balances(1).over_short_cents(), -100);
  EXPECT_EQ(counted->balances(2).over_short_cents(), 0);
  EXPECT_EQ(ReasonOf(Close(3, cashier_)), "REASON_MISSING");
  const auto closed = Close(3, cashier_, "a check was taken for 1.00 too much");
  ASSERT_TRUE(closed.ok());
  EXPECT_EQ(closed->audit_anchor().hash().size(), 32u);
  EXPECT_GT(closed->audit_anchor().length(), 0);
  ExpectBooksHold();

  // The closing report's anchor is on the chain.
  verify::v1::VerifyRequest request;
  verify::v1::ChainHead* head = request.add_anchored_heads();
  head->set_chain(closed->audit_anchor().chain());
  head->set_length(closed->audit_anchor().length());
  head->set_hash(closed->audit_anchor().hash());
  const auto verified = Ask(&verify::v1::VerifyService::Stub::Verify, supervisor_, request);
  ASSERT_TRUE(verified.ok());
  for (const verify::v1::Check& check : verified->checks()) {
    EXPECT_EQ(check.violation(), "") << check.name();
  }
}

TEST_P(DayTest, ALargeVarianceNeedsASecondPersonAndMayBeRecounted) {
  CreateDrawer(3);
  ASSERT_TRUE(Open(3, cashier_).ok());
  ASSERT_TRUE(Take(Payment(3, 2'000, {CheckTender(2'000)}), cashier_).ok());
  ASSERT_TRUE(Count(3, cashier_, Holds({}, 1, 200)).ok());
  EXPECT_EQ(ReasonOf(Close(3, cashier_, "?")), "SECOND_PERSON_NEEDED");
  EXPECT_EQ(ReasonOf(Count(3, cashier_, Holds({}, 1, 2'000))), "SECOND_PERSON_NEEDED");
  const auto recounted = Count(3, supervisor_, Holds({}, 1, 2'000));
  ASSERT_TRUE(recounted.ok());
  EXPECT_EQ(recounted->balances(1).over_short_cents(), 0);
  ASSERT_TRUE(Close(3, cashier_).ok());
  ExpectBooksHold();
}

TEST_P(DayTest, ACashierHasOneDrawerAndADrawerOneSession) {
  CreateDrawer(3);
  CreateDrawer(4);
  ASSERT_TRUE(Open(3, cashier_).ok());
  EXPECT_EQ(ReasonOf(Open(4, cashier_)), "CASHIER_HAS_DRAWER");
  EXPECT_EQ(ReasonOf(Open(3, other_cashier_)), "DRAWER_IN_USE");
  EXPECT_EQ(ReasonOf(Open(5, other_cashier_)), "DRAWER_UNKNOWN");
  EXPECT_EQ(ReasonOf(Take(Payment(3, 100, {CheckTender(100)}), other_cashier_)), "NOT_YOUR_DRAWER");
  // Closed but not turned in: the drawer still holds somebody's money, the cashier is free.
  ASSERT_TRUE(Count(3, cashier_, Holds({})).ok());
  ASSERT_TRUE(Close(3, cashier_).ok());
  EXPECT_EQ(ReasonOf(Open(3, other_cashier_)), "DRAWER_IN_USE");
  EXPECT_TRUE(Open(4, cashier_).ok());
  ExpectBooksHold();
}

}  // namespace
}  // namespace reeve::payment
