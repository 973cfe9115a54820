#include <thread>

#include "reeve/payment/v1/events.pb.h"
#include "tests/integration/payment/payment_fixture.h"

namespace reeve::payment {
namespace {

class PaymentTest : public PaymentDay {
 protected:
  void SetUp() override {
    CreateDrawer(3);
    ASSERT_TRUE(Open(3, cashier_).ok());
  }
  Result<v1::Receipt> RequestVoid(const std::string& payment, const Person& who) {
    v1::RequestVoidRequest request;
    request.set_payment_id(payment);
    request.set_reason("keyed to the wrong account");
    return Ask(&v1::PaymentService::Stub::RequestVoid, who, request);
  }
  Result<v1::Receipt> DeclineVoid(const std::string& payment, const Person& who) {
    v1::DeclineVoidRequest request;
    request.set_payment_id(payment);
    return Ask(&v1::PaymentService::Stub::DeclineVoid, who, request);
  }
  Result<v1::Receipt> WithdrawVoid(const std::string& payment, const Person& who) {
    v1::WithdrawVoidRequest request;
    request.set_payment_id(payment);
    return Ask(&v1::PaymentService::Stub::WithdrawVoid, who, request);
  }
  Result<v1::Receipt> ApproveVoid(const std::string& payment, const Person& who) {
    v1::ApproveVoidRequest request;
    request.set_payment_id(payment);
    return Ask(&v1::PaymentService::Stub::ApproveVoid, who, request);
  }
  Result<v1::Receipt> GetReceipt(const std::string& payment) {
    v1::GetReceiptRequest request;
    request.set_payment_id(payment);
    return Ask(&v1::PaymentService::Stub::GetReceipt, cashier_, request);
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, PaymentTest, testing::BothEngines(), testing::EngineName);

TEST_P(PaymentTest, ARepeatedRequestGetsTheSameBytesAndMovesNothing) {
  auto request = Payment(3, 300, {CashTender(Cash::Of({{100, 3}}))});
  request.set_request_id("one-and-the-same-request");
  const auto first = Take(request, cashier_);
  const auto second = Take(request, cashier_);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->SerializeAsString(), second->SerializeAsString());
  request.set_amount_cents(200);
  EXPECT_EQ(ReasonOf(Take(request, cashier_)), "REQUEST_ID_REUSED");
  EXPECT_EQ(GetDrawer(3, cashier_)->latest_session().receipt_count(), 1);
  ExpectBooksHold();
}

std::vector<std::string> FieldsOf(const Error& error) {
  std::vector<std::string> fields;
  for (const FieldViolation& violation : error.violations()) fields.push_back(violation.field);
  return fields;
}

v1::TakePaymentRequest Directed(v1::TakePaymentRequest request, const std::string& service,
                                std::int64_t cents) {
  v1::Direction* direction = request.add_directions();
  direction->set_service(service);
  direction->set_amount_cents(cents);
  return request;
}

TEST_P(PaymentTest, AnAccountThatBillingDoesNotKnowPaysNothing) {
  FakeAllocations& billing = program_->allocations();
  billing.owed = NotFound(Reason{"ACCOUNT_UNKNOWN"}, "No such account.");
  const auto request = Payment(3, 500, {CheckTender(500)});
  const auto refused = Take(request, cashier_);
  ASSERT_EQ(ReasonOf(refused), "ACCOUNT_UNKNOWN");
  EXPECT_EQ(FieldsOf(refused.error()), std::vector<std::string>{"account_id"});
  EXPECT_EQ(billing.asked, 4) << "it may have been opened a moment ago";
  EXPECT_EQ(GetDrawer(3, cashier_)->latest_session().receipt_count(), 0);

  // An account that is opened while the cashier waits.
  billing.owed_first.assign(2, billing.owed);
  billing.owed = Owed();
  ASSERT_TRUE(Take(request, cashier_).ok());
  EXPECT_EQ(billing.asked, 7);
  // Known once, it is not asked for again.
  ASSERT_TRUE(Take(request, cashier_).ok());
  EXPECT_EQ(billing.asked, 7);
  ExpectBooksHold();
}

TEST_P(PaymentTest, WithoutAnAnswerOfBillingAPaymentIsTakenAndBillingLeftAlone) {
  FakeAllocations& billing = program_->allocations();
  billing.owed = Unavailable(Reason{"DOWN"}, "Billing is away.");
  ASSERT_TRUE(Take(Payment(3, 500, {CheckTender(500)}), cashier_).ok());
  ASSERT_TRUE(Take(Directed(Payment(3, 500, {CheckTender(500)}), "gas", 500), cashier_).ok());
  EXPECT_EQ(billing.asked, 1);
  ExpectBooksHold();
}

TEST_P(PaymentTest, WhatIsDirectedPastAServicesDebtIsRefusedWhileOthersStayOpen) {
  FakeAllocations& billing = program_->allocations();
  Owed owed;
  owed.services = {{"electric", Money::Cents(10'000)}, {"water", Money::Cents(7'970)}};
  billing.owed = owed;
  Allocation allocation;
  allocation.owed = owed;
  billing.answer = allocation;
  const auto check = Payment(3, 50'000, {CheckTender(50'000)});
  const auto preview = [&](const v1::TakePaymentRequest& like) {
    v1::PreviewPaymentRequest request;
    request.set_account_id(kAccount);
    request.set_amount_cents(like.amount_cents());
    *request.mutable_directions() = like.directions();
    return Ask(&v1::PaymentService::Stub::PreviewPayment, cashier_, request);
  };
  for (const auto& [service, field] : {std::pair("water", "directions[0].amount_cents"),
                                       std::pair("gas", "directions[0].service")}) {
    const auto request = Directed(check, service, 50'000);
    const auto refused = Take(request, cashier_);
    ASSERT_EQ(ReasonOf(refused), "DIRECTION_NOT_OWED");
    EXPECT_EQ(FieldsOf(refused.error()), std::vector<std::string>{field});
    EXPECT_EQ(ReasonOf(preview(request)), "DIRECTION_NOT_OWED");
  }
  EXPECT_EQ(GetDrawer(3, cashier_)->latest_session().receipt_count(), 0);

  // The rest pays everything else: what is over is credit of somebody who owes nothing.
  const auto all = Directed(check, "water", 20'000);
  EXPECT_TRUE(preview(all).ok());
  EXPECT_TRUE(Take(all, cashier_).ok());
  auto exact = Directed(Payment(3, 7'970, {CheckTender(7'970)}), "water", 7'970);
  exact.set_request_id("directed-and-asked-again");
  const auto first = Take(exact, cashier_);
  ASSERT_TRUE(first.ok());
  // Asked again after billing has applied it, it is the same payment.
  billing.owed = Owed{{{"electric", Money::Cents(10'000)}}};
  const auto again = Take(exact, cashier_);
  ASSERT_TRUE(again.ok()) << again.error().reason();
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  exact.set_request_id("directed-as-something-else");
  EXPECT_EQ(ReasonOf(Take(exact, cashier_)), "DIRECTION_NOT_OWED");
  ExpectBooksHold();
}

TEST_P(PaymentTest, ARefusalUsesNoReceiptNumberAndItsRequestMayBeRepeated) {
  auto request = Payment(3, 1'000, {CashTender(Cash::Of({{2000, 1}}))});
  request.set_request_id("refused-and-asked-again");
  EXPECT_EQ(ReasonOf(Take(request, cashier_)), "CHANGE_NOT_POSSIBLE");
  ASSERT_TRUE(Take(Payment(3, 1'000, {CashTender(Cash::Of({{1000, 1}}))}), cashier_).ok());
  const auto receipt = Take(request, cashier_);
  ASSERT_TRUE(receipt.ok()) << receipt.error().reason();
  EXPECT_EQ(receipt->receipt_no(), 2);
  EXPECT_EQ(receipt->change(0).denomination_cents(), 1'000);
}

TEST_P(PaymentTest, EveryBadFieldIsNamedAtOnce) {
  v1::TakePaymentRequest request;
  request.set_drawer_id(-1);
  request.set_account_id(42);
  request.set_request_id("short");
  request.set_scanline("123");
  v1::Tender* cash = request.add_tenders();
  cash->set_kind(v1::TENDER_KIND_CASH);
  cash->add_cash()->set_denomination_cents(3);
  cash->set_card_token("tok_9f3a2b71");
  v1::Tender* card = request.add_tenders();
  card->set_kind(v1::TENDER_KIND_CARD);
  card->set_amount_cents(INT64_MIN);
  card->set_card_token(
      "4111-1111-1111-111a1");  // a card's number is no token, however it is written
  request.add_tenders()->set_kind(static_cast<v1::TenderKind>(99));
  request.add_directions()->set_service("telegraph");
  const auto refused = Take(request, cashier_);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), Code::kInvalidArgument);
  std::set<std::string> fields;
  for (const FieldViolation& violation : refused.error().violations()) {
    fields.insert(violation.field);
  }
  for (const char* field :
       {"drawer_id", "account_id", "request_id", "scanline", "amount_cents",
        "tenders[0].cash[0].denomination_cents", "tenders[0].cash[0].count",
        "tenders[0].card_token", "tenders[1].amount_cents", "tenders[1].card_token",
        "tenders[2].kind", "directions[0].service", "directions[0].amount_cents"}) {
    EXPECT_TRUE(fields.contains(field)) << field;
  }
}

TEST_P(PaymentTest, AVoidTakesTwoPeopleKeepsItsNumberAndReversesEverything) {
  ASSERT_TRUE(Take(Payment(3, 700, {CashTender(Cash::Of({{500, 1}, {100, 2}}))}), cashier_).ok());
  ASSERT_TRUE(Take(Payment(3, 900, {CheckTender(900)}), cashier_).ok());
  EXPECT_EQ(ReasonOf(RequestVoid("3-1-1", other_cashier_)), "NOT_YOUR_DRAWER");
  EXPECT_EQ(ReasonOf(RequestVoid("3-1-9", cashier_)), "PAYMENT_UNKNOWN");
  EXPECT_EQ(ReasonOf(RequestVoid("3-2-1", cashier_)), "SESSION_NOT_OPEN");
  EXPECT_EQ(ReasonOf(ApproveVoid("3-1-1", supervisor_)), "VOID_NOT_REQUESTED");
  ASSERT_TRUE(RequestVoid("3-1-1", cashier_).ok());
  EXPECT_EQ(ReasonOf(ApproveVoid("3-1-1", cashier_)), "PERMISSION_MISSING");
  const Person promoted = SignIn(7, {"payment.approve_void"});
  EXPECT_EQ(ReasonOf(ApproveVoid("3-1-1", promoted)), "SAME_PERSON");
  EXPECT_EQ(ReasonOf(Count(3, cashier_, Holds({}))), "VOID_PENDING");
  const auto voided = ApproveVoid("3-1-1", supervisor_);
  ASSERT_TRUE(voided.ok()) << voided.error().reason();
  EXPECT_EQ(voided->state(), v1::PAYMENT_STATE_VOIDED);
  EXPECT_EQ(voided->void_cash_size(), 2);
  EXPECT_NE(voided->feed_token(), "");
  EXPECT_EQ(GetReceipt("3-1-1")->void_approved_by(), 8);

  EXPECT_EQ(Take(Payment(3, 50, {CheckTender(50)}), cashier_)->receipt_no(), 3);
  EXPECT_EQ(Total(Verify(), "clearing-credits-cents"), 950);
  EXPECT_EQ(Total(Verify(), "clearing-credits-count"), 4);
  ASSERT_TRUE(Count(3, cashier_, Holds({}, 2, 950)).ok());
  EXPECT_TRUE(Close(3, cashier_).ok()) << "nothing is over or short";
  ExpectBooksHold();
}

TEST_P(PaymentTest, TheEventSaysWhoTookThePayment) {
  ASSERT_TRUE(Take(Payment(3, 900, {CheckTender(900)}), cashier_).ok());
  std::vector<std::int64_t> takers;
  const Instant deadline = machine_clock_.Now() + Duration::Seconds(60);
  database_->Read(deadline, [&](db::Transaction& tx) {
    takers.clear();
    feed::Token token;
    const auto events = program_->s().feed().Read(tx, token, 100);
    for (const feed::Event& event : events.value()) {
      v1::PaymentTaken taken;
      if (event.type != taken.GetDescriptor()->full_name()) continue;
      taken.ParseFromString(event.payload);
      takers.push_back(taken.taken_by_person_id());
    }
  });
  EXPECT_EQ(takers, std::vector<std::int64_t>{cashier_.id.value()});
  ExpectBooksHold();
}

TEST_P(PaymentTest, AVoidIsDeclinedByWhoMayApproveItAndWithdrawnByWhoAskedForIt) {
  ASSERT_TRUE(Take(Payment(3, 900, {CheckTender(900)}), cashier_).ok());
  // Nothing but what the method itself needs.
  const Person approver = SignInWith(30, {"payment.approve_void"});
  const Person asker = SignInWith(7, {"payment.request_void"});
  EXPECT_EQ(ReasonOf(DeclineVoid("3-1-1", approver)), "VOID_NOT_REQUESTED");
  EXPECT_EQ(ReasonOf(WithdrawVoid("3-1-1", asker)), "VOID_NOT_REQUESTED");

  ASSERT_TRUE(RequestVoid("3-1-1", asker).ok());
  EXPECT_EQ(ReasonOf(DeclineVoid("3-1-1", asker)), "PERMISSION_MISSING");
  EXPECT_EQ(ReasonOf(WithdrawVoid("3-1-1", approver)), "PERMISSION_MISSING");
  EXPECT_EQ(ReasonOf(WithdrawVoid("3-1-1", other_cashier_)), "NOT_YOUR_DRAWER");
  EXPECT_EQ(ReasonOf(WithdrawVoid("3-1-2", asker)), "PAYMENT_UNKNOWN");
  EXPECT_EQ(ReasonOf(DeclineVoid("3-1-2", approver)), "PAYMENT_UNKNOWN");
  EXPECT_EQ(ReasonOf(WithdrawVoid("3-2-1", asker)), "SESSION_NOT_OPEN");
  const auto count = Count(3, cashier_, Holds({}, 1, 900));
  ASSERT_EQ(ReasonOf(count), "VOID_PENDING");
  EXPECT_EQ(count.error().metadata(),
            (std::vector<std::pair<std::string, std::string>>{{"payment_ids", "3-1-1"}}));
  const auto declined = DeclineVoid("3-1-1", approver);
  ASSERT_TRUE(declined.ok()) << declined.error().reason();
  EXPECT_EQ(declined->state(), v1::PAYMENT_STATE_TAKEN);

  ASSERT_TRUE(RequestVoid("3-1-1", asker).ok());
  const auto withdrawn = WithdrawVoid("3-1-1", asker);
  ASSERT_TRUE(withdrawn.ok()) << withdrawn.error().reason();
  EXPECT_EQ(withdrawn->state(), v1::PAYMENT_STATE_TAKEN);
  EXPECT_EQ(GetReceipt("3-1-1")->void_reason(), "");

  ASSERT_TRUE(Count(3, cashier_, Holds({}, 1, 900)).ok()) << "nothing is in its way now";
  ExpectBooksHold();
}

TEST_P(PaymentTest, ReceiptsAreListedInPages) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(Take(Payment(3, 100 + i, {CheckTender(100 + i)}), cashier_).ok());
  }
  v1::ListReceiptsRequest request;
  request.set_drawer_id(3);
  request.set_session_no(1);
  request.set_page_size(2);
  std::vector<std::int64_t> numbers;
  do {
    const auto page = Ask(&v1::PaymentService::Stub::ListReceipts, cashier_, request);
    ASSERT_TRUE(page.ok());
    for (const v1::Receipt& receipt : page->receipts()) numbers.push_back(receipt.receipt_no());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(numbers, (std::vector<std::int64_t>{1, 2, 3, 4, 5}));
  request.set_session_no(2);
  EXPECT_EQ(ReasonOf(Ask(&v1::PaymentService::Stub::ListReceipts, cashier_, request)),
            "SESSION_UNKNOWN");
}

TEST_P(PaymentTest, ChangeCanBeSeenBeforeItIsGiven) {
  ASSERT_TRUE(Take(Payment(3, 55, {CashTender(Cash::Of({{25, 1}, {10, 3}}))}), cashier_).ok());
  v1::PreviewChangeRequest request;
  request.set_drawer_id(3);
  request.set_amount_cents(70);
  ToWire(Cash::Of({{100, 1}}), request.mutable_cash());
  const auto change = Ask(&v1::PaymentService::Stub::PreviewChange, cashier_, request);
  ASSERT_TRUE(change.ok());
  ASSERT_EQ(change->change_size(), 1);
  EXPECT_EQ(change->change(0).denomination_cents(), 10);
  EXPECT_EQ(change->change(0).count(), 3);
  EXPECT_EQ(ReasonOf(Ask(&v1::PaymentService::Stub::PreviewChange, other_cashier_, request)),
            "NOT_YOUR_DRAWER");
}

TEST_P(PaymentTest, WithoutBillingTheSplitFollows) {
  v1::PreviewPaymentRequest request;
  request.set_account_id(kAccount);
  request.set_amount_cents(1'000);
  Allocation allocation;
  allocation.balance = Money::Cents(900);
  allocation.shares = {{"water", "Bill due 2026-12-15", Money::Cents(900)}};
  allocation.credit = Money::Cents(100);
  program_->allocations().answer = allocation;
  const auto method = &v1::PaymentService::Stub::PreviewPayment;
  const auto preview = Ask(method, cashier_, request);
  ASSERT_TRUE(preview.ok());
  EXPECT_EQ(preview->shares(0).service(), "water");
  EXPECT_EQ(preview->credit_cents(), 100);
  EXPECT_FALSE(preview->split_follows());

  program_->allocations().answer = Unavailable(Reason{"DOWN"}, "Billing is away.");
  EXPECT_TRUE(Ask(method, cashier_, request)->split_follows());
  program_->allocations().answer = NotFound(Reason{"ACCOUNT_UNKNOWN"}, "No such account.");
  EXPECT_EQ(ReasonOf(Ask(method, cashier_, request)), "ACCOUNT_UNKNOWN");
}

TEST_P(PaymentTest, AMistypedStubIsRefused) {
  v1::CheckStubRequest request;
  request.set_scanline("003456789011102960000000000100000000010008");
  const auto method = &v1::RemittanceService::Stub::CheckStub;
  EXPECT_EQ(Ask(method, cashier_, request)->account_id(), kAccount);
  request.set_scanline("003456789011101960000000000100000000010008");
  EXPECT_EQ(ReasonOf(Ask(method, cashier_, request)), "SCANLINE_CHECK_DIGIT");
}

// Runs `work(i)` on `count` threads that start together.
template <class Work>
void AtOnce(int count, const Work& work) {
  std::atomic<int> ready{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      for (++ready; ready < count;) std::this_thread::yield();
      work(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_P(PaymentTest, SixtyFourCallersOfOneDrawerGetGaplessReceipts) {
  constexpr int kCallers = 64;
  constexpr int kEach = 4;
  std::mutex mutex;
  std::vector<std::int64_t> numbers;
  AtOnce(kCallers, [&](int caller) {
    for (int i = 0; i < kEach; ++i) {
      // One in four needs change that the drawer cannot make at first, and is refused.
      const bool large = i == 3;
      const auto receipt =
          Take(Payment(3, 100, {CashTender(Cash::Of({{large ? 10000 : 100, 1}}))}), cashier_);
      const std::lock_guard lock(mutex);
      if (receipt.ok()) {
        numbers.push_back(receipt->receipt_no());
      } else {
        EXPECT_TRUE(large) << caller << ": " << receipt.error().reason();
      }
    }
  });
  std::sort(numbers.begin(), numbers.end());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    ASSERT_EQ(numbers[i], static_cast<std::int64_t>(i) + 1);
  }
  EXPECT_GE(numbers.size(), kCallers * 3u);
  EXPECT_EQ(GetDrawer(3, cashier_)->latest_session().receipt_count(),
            static_cast<std::int64_t>(numbers.size()));
  ExpectBooksHold();
}

TEST_P(PaymentTest, ACountMeetsPaymentsInFlight) {
  std::atomic<int> taken{0};
  std::atomic<bool> counted{false};
  AtOnce(9, [&](int i) {
    if (i == 0) {
      while (taken < 20) std::this_thread::yield();
      EXPECT_TRUE(Count(3, cashier_, Holds({}, 1, 1)).ok());
      counted = true;
      return;
    }
    for (;;) {
      const bool after_count = counted;
      const auto receipt = Take(Payment(3, 100, {CheckTender(100)}), cashier_);
      if (!receipt.ok()) {
        EXPECT_EQ(receipt.error().reason(), "SESSION_NOT_OPEN");
        return;
      }
      EXPECT_FALSE(after_count) << "a payment behind the count";
      ++taken;
    }
  });
  const auto session = GetDrawer(3, cashier_)->latest_session();
  EXPECT_EQ(session.receipt_count(), taken);
  EXPECT_EQ(session.expected().check_cents(), taken * 100);
  ExpectBooksHold();
}

TEST_P(PaymentTest, OneOfManyWinsADrawerAndAPersonWinsOneOfMany) {
  for (std::int64_t drawer = 10; drawer < 20; ++drawer) CreateDrawer(drawer);
  std::vector<Person> people;
  for (int i = 0; i < 32; ++i) people.push_back(SignIn(1'000 + i));
  std::atomic<int> won{0};
  AtOnce(32, [&](int i) { won += Open(10, people[i]).ok(); });
  EXPECT_EQ(won, 1);
  std::atomic<int> held{0};
  const Person one = SignIn(2'000);
  AtOnce(9, [&](int i) { held += Open(11 + i, one).ok(); });
  EXPECT_EQ(held, 1);
  ExpectBooksHold();
}

// On SQLite a service is one process.
class ReplicaTest : public PaymentTest {};
INSTANTIATE_TEST_SUITE_P(Postgres, ReplicaTest, ::testing::Values(db::Engine::kPostgres),
                         testing::EngineName);

TEST_P(ReplicaTest, TwoReplicasShareOneDatabase) {
  const std::unique_ptr<db::Database> replica = database_.OpenReplica();
  Program other(*replica, clock_);
  const Person there{cashier_.id, other.server().SignIn(cashier_.id, {"payment.take"}, "Person 7")};
  std::atomic<int> taken{0};
  AtOnce(16, [&](int i) {
    for (int n = 0; n < 8; ++n) {
      auto request = Payment(3, 100, {CashTender(Cash::Of({{100, 1}}))});
      const auto method = &v1::PaymentService::Stub::TakePayment;
      // The same request at both: one effect.
      request.set_request_id("request-of-caller-" + std::to_string(i) + "-" + std::to_string(n));
      const auto here = Ask(method, cashier_, request);
      const auto again = AskAt(other, method, there, request);
      EXPECT_TRUE(here.ok() && again.ok());
      if (here.ok() && again.ok()) EXPECT_EQ(here->payment_id(), again->payment_id());
      taken += here.ok();
    }
  });
  EXPECT_EQ(GetDrawer(3, cashier_)->latest_session().receipt_count(), taken);
  ExpectBooksHold();
}

}  // namespace
}  // namespace reeve::payment
