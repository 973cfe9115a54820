// Exchanges that are taken back, that come at once, and that somebody waits behind.
#include <atomic>
#include <thread>

#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/bill_service.grpc.pb.h"
#include "reeve/billing/v1/cycle_service.grpc.pb.h"
#include "reeve/billing/v1/events.pb.h"
#include "reeve/billing/v1/meter_service.grpc.pb.h"
#include "reeve/billing/v1/read_service.pb.h"
#include "reeve/work_order/v1/events.pb.h"
#include "reeve/work_order/v1/types.pb.h"
#include "services/billing/agreement/account_feed_service.h"
#include "services/billing/agreement/order_feed_service.h"
#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing {
namespace {

constexpr std::int64_t kAccount = 10000000009;
constexpr std::int64_t kOther = kAccount + 100;

class ReversalTest : public Billing {
 protected:
  void SetUp() override {
    LoadTariff();
    Open(Account(kAccount));
  }
  static std::string Row(const std::string& meter, const std::string& date, std::int64_t read,
                         const std::string& unit = "kWh", std::int64_t account = kAccount) {
    return meter + std::to_string(account) + "," + date + "," + std::to_string(read) + "," + unit +
           "\n";
  }
  std::vector<v1::MeterInstallation> Installations(std::int64_t account_id = kAccount) {
    v1::ListInstallationsRequest request;
    request.set_account_id(account_id);
    request.set_agreement_id(account_id * 10 + 1);
    const auto answer =
        Send<v1::MeterService>(&v1::MeterService::Stub::ListInstallations, analyst_, request);
    return {answer.installations().begin(), answer.installations().end()};
  }
  std::string Formula(std::int64_t account_id = kAccount) {
    v1::ExplainBillRequest request;
    request.set_account_id(account_id);
    return Send<v1::BillService>(&v1::BillService::Stub::ExplainBill, analyst_, request)
        .services(0)
        .usage()
        .formula();
  }
  void ConfirmHold(std::int64_t cycle_id) {
    v1::ListHeldBillsRequest list;
    list.set_cycle_id(cycle_id);
    const auto held =
        Send<v1::CycleService>(&v1::CycleService::Stub::ListHeldBills, analyst_, list);
    ASSERT_EQ(held.bills_size(), 1);
    v1::ReviewBillRequest review;
    review.set_request_id(Key());
    review.set_account_id(held.bills(0).account_id());
    review.set_bill_id(held.bills(0).bill_id());
    review.set_decision(v1::REVIEW_DECISION_CONFIRM_HOLD);
    review.set_reason("a digit too many");
    Send<v1::CycleService>(&v1::CycleService::Stub::ReviewBill, supervisor_, review);
    ExpectProven();
  }
  // October is billed, so that the guard knows what is usual.
  void BillOctober() {
    SetMorning("2026-10-31");
    Import(Row("E", "2026-10-30", 40'500) + Row("W", "2026-10-30", 505, "kgal"));
    RunCycle(7, "2026-10-31");
    SetMorning("2026-11-23");
  }
  void Post(std::int64_t cycle_id) {
    SignOff(GetCycle(cycle_id), supervisor_);
    PostCycle(cycle_id);
    Work();
  }
  // The next occupant of the place waits for an in-read; the spec names `meter`.
  static account::v1::AccountOpened Waiting(const std::string& meter) {
    account::v1::AccountOpened opened = Account(kOther);
    opened.set_premise_id(kAccount + 1);
    for (account::v1::AgreementSpec& spec : *opened.mutable_agreements()) {
      spec.set_active(false);
      spec.set_in_service(spec.meter_number().empty());
      spec.set_start_date("2026-11-23");
    }
    opened.mutable_agreements(0)->set_meter_number(meter + std::to_string(kAccount));
    return opened;
  }
  work_order::v1::OrderClosed InRead(const std::string& meter, std::int64_t counts,
                                     const std::string& date) {
    work_order::v1::OrderClosed closed;
    work_order::v1::FieldResult& result = *closed.mutable_result();
    result.set_order_id(9);
    result.set_type(work_order::v1::ORDER_TYPE_CONNECT);
    result.set_account_id(kOther);
    result.set_service("electric");
    result.set_agreement_id(kOther * 10 + 1);
    result.set_meter_number(meter + std::to_string(kAccount));
    result.set_has_read(true);
    result.set_read_thousandths(counts * 1000);
    result.set_read_date(date);
    result.set_outcome(work_order::v1::OUTCOME_DONE);
    return closed;
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, ReversalTest, testing::BothEngines(), testing::EngineName);

TEST_P(ReversalTest, TheOldMeterIsInPlaceAgainAndBothStayOnRecord) {
  Exchange(ExchangeOf(kAccount, "2026-11-10", 40'300, 7));
  Import(Row("N", "2026-11-19", 519));
  const v1::MeterInstallation restored = Reverse(kAccount);
  EXPECT_EQ(restored.meter().meter_number(), "E10000000009");
  EXPECT_EQ(restored.to_date(), "");
  const auto meters = Installations();
  ASSERT_EQ(meters.size(), 2u);
  EXPECT_FALSE(meters[0].reversed());
  EXPECT_EQ(meters[0].to_date(), "");
  EXPECT_TRUE(meters[1].reversed());
  EXPECT_EQ(meters[1].meter().meter_number(), "N10000000009");
  int dropped = 0;
  for (const v1::Read& read : ReadsOf(kAccount)) {
    if (!read.set_aside()) continue;
    ++dropped;
    EXPECT_EQ(read.correction().kind(), v1::READ_CORRECTION_KIND_EXCHANGE_REVERSED);
    EXPECT_EQ(read.correction().reason(), "entered at the wrong account");
    EXPECT_EQ(read.correction().person_id(), 7);
  }
  EXPECT_EQ(dropped, 3) << "out-read, in-read and the read since";
  const auto told = Emitted<v1::MeterExchanged>();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[1].old_meter_number(), "N10000000009");
  EXPECT_EQ(told[1].meter_number(), "E10000000009");
  EXPECT_EQ(told[1].register_digits(), 6);
  ExpectProven();
  EXPECT_EQ(
      Import(Row("E", "2026-11-19", 40'812) + Row("W", "2026-11-19", 512, "kgal")).accepted_count(),
      2);
  RunCycle();
  EXPECT_EQ(Formula(), "(40812 - 40000) x 1 = 812 kWh");
}

TEST_P(ReversalTest, TheExchangeIsRecordedAgainAsItWas) {
  Exchange(ExchangeOf(kAccount, "2026-11-10", 40'300, 70'000));
  Reverse(kAccount);
  EXPECT_EQ(Exchange(ExchangeOf(kAccount, "2026-11-10", 40'300, 7)).installation_no(), 3);
  Import(Row("N", "2026-11-19", 519) + Row("W", "2026-11-19", 512, "kgal"));
  RunCycle();
  EXPECT_EQ(Formula(),
            "E10000000009: (40300 - 40000) x 1; N10000000009: (519 - 7) x 1; together 812 kWh");
}

TEST_P(ReversalTest, RefusesInOrderOfPrecedence) {
  Open(Account(kOther));
  Reverse(77, "ACCOUNT_UNKNOWN");
  Reverse(kAccount, "AGREEMENT_UNKNOWN", "E", 9);
  Reverse(kAccount, "NOT_METERED", "E", 3);
  Reverse(kAccount, "METER_NOT_IN_PLACE");
  Reverse(kAccount, "NOT_EXCHANGED", "E");
  Exchange(ExchangeOf(kAccount, "2026-11-10", 40'300, 7));
  Reverse(kAccount, "METER_NOT_IN_PLACE", "E");
  // The old meter went on to another place.
  v1::ExchangeMeterRequest elsewhere = ExchangeOf(kOther, "2026-11-12", 40'300, 40'300);
  elsewhere.mutable_meter()->set_meter_number("E" + std::to_string(kAccount));
  Exchange(elsewhere);
  Reverse(kAccount, "METER_IN_USE");
  v1::ReverseExchangeRequest request;
  request.set_request_id(Key());
  Send<v1::MeterService>(&v1::MeterService::Stub::ReverseExchange, supervisor_, request,
                         "PERMISSION_MISSING");
}

TEST_P(ReversalTest, NotOnceABillDependsOnIt) {
  BillOctober();
  Exchange(ExchangeOf(kAccount, "2026-11-10", 40'800, 7));
  Import(Row("N", "2026-11-19", 10'007) + Row("W", "2026-11-19", 510, "kgal"));
  const v1::CycleRun run = StartCycle();
  Reverse(kAccount, "CYCLE_CALCULATING");
  Work();
  Reverse(kAccount, "EXCHANGE_BILLED");
  ConfirmHold(run.cycle_id());
  Reverse(kAccount);
  Post(run.cycle_id());
  ExpectProven();
  Import(Row("E", "2026-11-20", 40'900) + Row("W", "2026-11-20", 511, "kgal"));
  DiscardWaitingReads();
  SetMorning("2026-11-24");
  RunCycle(7, "2026-11-23");
  EXPECT_EQ(Formula(), "(40900 - 40500) x 1 = 400 kWh");
}

// A period ends with the old meter's out-read: what a review sets aside is no read of the exchange.
TEST_P(ReversalTest, AHeldBillThatEndsWithAnExchangeLeavesItsReads) {
  BillOctober();
  Exchange(ExchangeOf(kAccount, "2026-11-20", 50'500, 7));
  Import(Row("W", "2026-11-20", 510, "kgal"));
  const v1::CycleRun run = StartCycle();
  Work();
  ConfirmHold(run.cycle_id());
  for (const v1::Read& read : ReadsOf(kAccount)) {
    if (read.source() == v1::READ_SOURCE_EXCHANGE) {
      EXPECT_FALSE(read.set_aside());
    }
  }
  Reverse(kAccount);
  Post(run.cycle_id());
}

// The office learns of an exchange in the days of a bill that was cancelled.
TEST_P(ReversalTest, AnExchangeInTheDaysOfACancelledBillIsTrueAndProven) {
  BillOctober();
  Import(Row("E", "2026-11-19", 50'500) + Row("W", "2026-11-19", 510, "kgal"));
  const v1::CycleRun run = StartCycle();
  Work();
  ConfirmHold(run.cycle_id());
  Exchange(ExchangeOf(kAccount, "2026-11-05", 40'600, 7));
  ExpectProven();
  Import(Row("N", "2026-11-19", 207));
  Post(run.cycle_id());
  SetMorning("2026-11-24");
  RunCycle(7, "2026-11-23");
  EXPECT_EQ(Formula(),
            "E10000000009: (40600 - 40500) x 1; N10000000009: (207 - 7) x 1; together 300 kWh");
}

// The order that took the meter out told its read before the office recorded the exchange.
TEST_P(ReversalTest, AnOutReadThatIsThereAlreadyIsTheOutRead) {
  Import(Row("E", "2026-11-10", 40'300));
  Exchange(ExchangeOf(kAccount, "2026-11-10", 40'301, 7), "READ_REFUSED");
  Exchange(ExchangeOf(kAccount, "2026-11-10", 40'300, 7));
  ExpectProven();
  Reverse(kAccount);
  Import(Row("E", "2026-11-19", 40'812) + Row("W", "2026-11-19", 512, "kgal"));
  RunCycle();
  EXPECT_EQ(Formula(), "(40812 - 40000) x 1 = 812 kWh") << "the order's read counts";
}

TEST_P(ReversalTest, WhoWaitsAtThePlaceFollowsAnExchangeAndItsReversal) {
  Open(Waiting("E"));
  Exchange(ExchangeOf(kAccount, "2026-11-10", 40'300, 7));
  ASSERT_EQ(Installations(kOther).size(), 2u);
  EXPECT_EQ(Installations(kOther)[1].meter().meter_number(), "N10000000009");
  Reverse(kAccount);
  EXPECT_TRUE(Installations(kOther)[1].reversed());
  ExpectProven();
  Exchange(ExchangeOf(kAccount, "2026-11-12", 40'310, 8));
  account::v1::AccountClosed left;
  left.set_account_id(kAccount);
  left.set_close_date("2026-11-14");
  Deliver(agreement::ApplyAccounts, left);
  Deliver(agreement::ApplyOrders, InRead("N", 20, "2026-11-15"));
  const auto started = Emitted<v1::ServiceStarted>();
  ASSERT_FALSE(started.empty());
  EXPECT_EQ(started.back().account_id(), kOther);
  EXPECT_EQ(started.back().meter_number(), "N10000000009");
  EXPECT_EQ(Import(Row("N", "2026-11-19", 120)).accepted_count(), 1);
  EXPECT_TRUE(WaitingReads().empty());
}

// What account told before it knew of the exchange.
TEST_P(ReversalTest, WhoIsToldLateWaitsWithTheMeterInPlace) {
  Exchange(ExchangeOf(kAccount, "2026-11-10", 40'300, 7));
  Open(Waiting("E"));
  ASSERT_EQ(Installations(kOther).size(), 2u);
  Deliver(agreement::ApplyOrders, InRead("N", 20, "2026-11-09"));
  EXPECT_EQ(WaitingReads().at(0).reason(), "OUT_OF_ORDER") << "N was not there yet";
  DiscardWaitingReads();
  Open(Account(kOther + 100));
  EXPECT_EQ(Installations(kOther + 100).size(), 1u) << "another place";
}

// Two offices put one meter in at the same moment: it stands at one place.
TEST_P(ReversalTest, TwoExchangesAtOnceDoNotInstallOneMeterTwice) {
  constexpr int kRounds = 20;
  std::vector<feed::Event> events;
  for (int i = 0; i < 2 * kRounds; ++i) events.push_back(ToEvent(Account(kOther + i * 100)));
  DeliverAll(agreement::ApplyAccounts, events);
  for (int round = 0; round < kRounds; ++round) {
    std::atomic<int> ready = 0;
    grpc::Status answers[2];
    const auto exchange = [&](int side) {
      v1::ExchangeMeterRequest request =
          ExchangeOf(kOther + (2 * round + side) * 100, "2026-11-10", 40'300, 7);
      request.mutable_meter()->set_meter_number("N-" + std::to_string(round));
      request.set_request_id("request-at-once-" + std::to_string(2 * round + side));
      v1::MeterInstallation response;
      const auto stub = v1::MeterService::NewStub(channel_);
      const auto context = testing::InProcessServer::Context(analyst_);
      ++ready;
      while (ready < 2) {
      }
      answers[side] = stub->ExchangeMeter(context.get(), request, &response);
    };
    std::thread other(exchange, 1);
    exchange(0);
    other.join();
    EXPECT_NE(answers[0].ok(), answers[1].ok()) << round;
    for (const grpc::Status& answer : answers) {
      if (!answer.ok()) {
        EXPECT_EQ(testing::ReasonOf(answer), "METER_IN_USE");
      }
    }
  }
}

}  // namespace
}  // namespace reeve::billing
