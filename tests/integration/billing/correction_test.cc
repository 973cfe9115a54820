// Better reads in the place of others, estimates that give way, and the edit list before a cycle.
#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/bill_service.grpc.pb.h"
#include "reeve/billing/v1/cycle_service.grpc.pb.h"
#include "reeve/billing/v1/meter_service.pb.h"
#include "reeve/billing/v1/read_correction_service.grpc.pb.h"
#include "reeve/billing/v1/read_service.pb.h"
#include "reeve/work_order/v1/events.pb.h"
#include "reeve/work_order/v1/types.pb.h"
#include "services/billing/agreement/order_feed_service.h"
#include "shared/rpc/error.h"
#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing {
namespace {

constexpr std::int64_t kAccount = 10000000009;

class CorrectionTest : public Billing {
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
  // The read of the day that counts.
  v1::Read ReadOn(const std::string& date, const std::string& meter = "E") {
    for (const v1::Read& read : ReadsOf(kAccount)) {
      if (read.read_date() == date && !read.set_aside() &&
          read.meter_number() == meter + std::to_string(kAccount)) {
        return read;
      }
    }
    ADD_FAILURE() << "no read of " << date;
    return {};
  }
  v1::Read Find(std::int64_t read_id) {
    for (const v1::Read& read : ReadsOf(kAccount)) {
      if (read.read_id() == read_id) return read;
    }
    ADD_FAILURE() << "no read " << read_id;
    return {};
  }
  std::string UseOf(int service) {
    v1::ExplainBillRequest request;
    request.set_account_id(kAccount);
    return Send<v1::BillService>(&v1::BillService::Stub::ExplainBill, analyst_, request)
        .services(service)
        .usage()
        .usage();
  }
  std::vector<v1::Bill> Held(std::int64_t cycle_id) {
    v1::ListHeldBillsRequest list;
    list.set_cycle_id(cycle_id);
    const auto held =
        Send<v1::CycleService>(&v1::CycleService::Stub::ListHeldBills, analyst_, list);
    return {held.bills().begin(), held.bills().end()};
  }
  void ConfirmHold(const v1::Bill& bill) {
    v1::ReviewBillRequest review;
    review.set_request_id(Key());
    review.set_account_id(bill.account_id());
    review.set_bill_id(bill.bill_id());
    review.set_decision(v1::REVIEW_DECISION_CONFIRM_HOLD);
    review.set_reason("a digit too many");
    Send<v1::CycleService>(&v1::CycleService::Stub::ReviewBill, supervisor_, review);
  }
  // What the refusal of a replacement says beside its reason.
  Error Refusal(std::int64_t read_id, const std::string& date, std::int64_t counts) {
    v1::ReplaceReadRequest request;
    request.set_request_id(Key());
    request.set_account_id(kAccount);
    request.set_read_id(read_id);
    request.set_read_date(date);
    request.set_read_thousandths(counts * 1000);
    request.set_reason("the reader went again");
    v1::Read response;
    const auto context = testing::InProcessServer::Context(analyst_);
    return rpc::FromStatus(v1::ReadCorrectionService::NewStub(channel_)->ReplaceRead(
        context.get(), request, &response));
  }
  static std::string Meta(const Error& error, const std::string& key) {
    for (const auto& [name, value] : error.metadata()) {
      if (name == key) return value;
    }
    return "";
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, CorrectionTest, testing::BothEngines(), testing::EngineName);

TEST_P(CorrectionTest, AReReadTakesThePlaceOfAReadAndBothStayWithWhoAndWhy) {
  Import(Row("E", "2026-11-19", 48'812) + Row("W", "2026-11-19", 512, "kgal"));
  const v1::Read old = ReadOn("2026-11-19");
  EXPECT_EQ(Import(Row("E", "2026-11-19", 40'812)).queued_count(), 1);
  StartCycle("READS_WAIT");
  const v1::ReadException waiting = WaitingReads().at(0);
  EXPECT_EQ(waiting.reason(), "DUPLICATE");
  Resolve(waiting, v1::READ_RESOLUTION_ACCEPT, "READ_REFUSED");
  const v1::ReadException resolved = Resolve(waiting, v1::READ_RESOLUTION_REPLACE);
  EXPECT_EQ(resolved.state(), v1::READ_EXCEPTION_STATE_ACCEPTED);
  EXPECT_EQ(resolved.resolved_by_person_id(), 7);
  EXPECT_EQ(resolved.resolved_date(), "2026-11-23");
  EXPECT_EQ(resolved.resolution_reason(), "looked at the meter");
  const v1::Read now = ReadOn("2026-11-19");
  EXPECT_EQ(now.read_thousandths(), 40'812'000);
  EXPECT_EQ(now.source(), v1::READ_SOURCE_EDIT);
  const v1::Read before = Find(old.read_id());
  EXPECT_TRUE(before.set_aside());
  EXPECT_EQ(before.read_thousandths(), 48'812'000) << "as it was";
  EXPECT_EQ(before.correction().kind(), v1::READ_CORRECTION_KIND_REPLACED);
  EXPECT_EQ(before.correction().by_read_id(), now.read_id());
  EXPECT_EQ(before.correction().person_id(), 7);
  EXPECT_EQ(before.correction().reason(), "looked at the meter");
  EXPECT_EQ(RunCycle().held_count(), 0);
  EXPECT_EQ(UseOf(0), "812 kWh");
}

TEST_P(CorrectionTest, ABetterReadOfThePeriodMayBeOfAnotherDay) {
  Import(Row("E", "2026-11-19", 48'812) + Row("W", "2026-11-19", 512, "kgal"));
  const v1::Read better =
      ReplaceRead(kAccount, ReadOn("2026-11-19").read_id(), "2026-11-20", 40'900);
  EXPECT_EQ(better.source(), v1::READ_SOURCE_EDIT);
  // And that one too may be replaced, by its row in the edit list.
  EXPECT_EQ(Import(Row("E", "2026-11-18", 40'800)).queued_count(), 1);
  Resolve(WaitingReads().at(0), v1::READ_RESOLUTION_REPLACE, "READ_UNKNOWN");
  Resolve(WaitingReads().at(0), v1::READ_RESOLUTION_REPLACE, {}, {}, better.read_id());
  RunCycle();
  EXPECT_EQ(UseOf(0), "800 kWh");
}

TEST_P(CorrectionTest, TheReadThatServiceBeganWithMayBeReplacedOnItsDay) {
  Import(Row("E", "2026-11-19", 40'812) + Row("W", "2026-11-19", 512, "kgal"));
  const v1::Read first = ReadOn("2026-10-20");
  ReplaceRead(kAccount, first.read_id(), "2026-10-21", 40'100, "READ_STARTS_SERVICE");
  ReplaceRead(kAccount, first.read_id(), "2026-10-20", 40'100);
  RunCycle();
  EXPECT_EQ(UseOf(0), "712 kWh");
}

TEST_P(CorrectionTest, RefusesInOrderOfPrecedence) {
  Import(Row("E", "2026-11-10", 40'300) + Row("E", "2026-11-19", 40'812) +
         Row("W", "2026-11-19", 512, "kgal"));
  const std::int64_t read_id = ReadOn("2026-11-10").read_id();
  ReplaceRead(77, read_id, "2026-11-10", 40'310, "ACCOUNT_UNKNOWN");
  ReplaceRead(kAccount, 77, "2026-11-10", 40'310, "READ_UNKNOWN");
  ReplaceRead(kAccount, read_id, "2026-11-24", 40'310, "INVALID_REQUEST");
  EXPECT_EQ(Meta(Refusal(read_id, "2026-11-10", 39'999), "problem"), "LOWER_THAN_LAST");
  EXPECT_EQ(Meta(Refusal(read_id, "2026-11-10", 40'900), "problem"), "OUT_OF_ORDER");
  EXPECT_EQ(Meta(Refusal(read_id, "2026-11-19", 40'310), "problem"), "DUPLICATE");
  EXPECT_EQ(Meta(Refusal(read_id, "2026-11-10", 2'000'000), "problem"), "TOO_MANY_DIGITS");
  ReplaceRead(kAccount, read_id, "2026-11-10", 40'310);
  ReplaceRead(kAccount, read_id, "2026-11-10", 40'320, "READ_SET_ASIDE");
  Exchange(ExchangeOf(kAccount, "2026-11-20", 40'900, 7));
  ReplaceRead(kAccount, ReadOn("2026-11-20").read_id(), "2026-11-20", 40'901, "READ_OF_EXCHANGE");
  ReplaceRead(kAccount, ReadOn("2026-11-20", "N").read_id(), "2026-11-20", 8, "READ_OF_EXCHANGE");
  v1::ReplaceReadRequest request;
  request.set_request_id(Key());
  Send<v1::ReadCorrectionService>(&v1::ReadCorrectionService::Stub::ReplaceRead, supervisor_,
                                  request, "PERMISSION_MISSING");
}

TEST_P(CorrectionTest, ABilledReadIsRefusedAndItsBillNamed) {
  Import(Row("E", "2026-11-10", 40'300) + Row("E", "2026-11-19", 40'812) +
         Row("W", "2026-11-19", 512, "kgal"));
  const v1::Read read = ReadOn("2026-11-19");
  StartCycle();
  EXPECT_EQ(Refusal(read.read_id(), "2026-11-19", 40'813).reason(), "CYCLE_CALCULATING");
  Work();
  v1::ListBillsRequest list;
  list.set_account_id(kAccount);
  const auto bills = Send<v1::BillService>(&v1::BillService::Stub::ListBills, analyst_, list);
  ASSERT_EQ(bills.bills_size(), 1);
  for (const char* date : {"2026-11-10", "2026-11-19"}) {
    const Error error = Refusal(ReadOn(date).read_id(), "2026-11-21", 40'900);
    EXPECT_EQ(error.reason(), "READ_BILLED");
    EXPECT_EQ(Meta(error, "bill_id"), std::to_string(bills.bills(0).bill_id()));
  }
  // What comes behind the bill may be replaced, but not by what it covers.
  Import(Row("E", "2026-11-21", 40'900));
  const std::int64_t next = ReadOn("2026-11-21").read_id();
  EXPECT_EQ(Refusal(next, "2026-11-18", 40'810).reason(), "READ_BILLED");
  ReplaceRead(kAccount, next, "2026-11-22", 40'910);
}

// A bill that is held for its power is cancelled: its water may be read better.
TEST_P(CorrectionTest, ACancelledBillFreesItsReads) {
  SetMorning("2026-10-31");
  Import(Row("E", "2026-10-30", 40'500) + Row("W", "2026-10-30", 505, "kgal"));
  RunCycle(7, "2026-10-31");
  SetMorning("2026-11-23");
  Import(Row("E", "2026-11-19", 50'500) + Row("W", "2026-11-19", 510, "kgal"));
  const v1::CycleRun run = StartCycle();
  Work();
  ASSERT_EQ(Held(run.cycle_id()).size(), 1u);
  const std::int64_t water = ReadOn("2026-11-19", "W").read_id();
  EXPECT_EQ(Meta(Refusal(water, "2026-11-19", 511), "bill_state"), "HELD");
  ConfirmHold(Held(run.cycle_id())[0]);
  ReplaceRead(kAccount, water, "2026-11-19", 511);
  EXPECT_EQ(Import(Row("E", "2026-11-19", 40'900)).accepted_count(), 1);
  ExpectProven();
  SignOff(GetCycle(run.cycle_id()), supervisor_);
  PostCycle(run.cycle_id());
  Work();
  SetMorning("2026-11-24");
  RunCycle(7, "2026-11-23");
  EXPECT_EQ(UseOf(0), "400 kWh");
  EXPECT_EQ(UseOf(1), "6 kgal");
}

TEST_P(CorrectionTest, TheSameRequestAgainHasNoSecondEffect) {
  Import(Row("E", "2026-11-19", 48'812));
  v1::ReplaceReadRequest request;
  request.set_request_id(Key());
  request.set_account_id(kAccount);
  request.set_read_id(ReadOn("2026-11-19").read_id());
  request.set_read_date("2026-11-19");
  request.set_read_thousandths(40'812'000);
  request.set_reason("the reader went again");
  const auto replace = [&](const std::string& reason = {}) {
    return Send<v1::ReadCorrectionService>(&v1::ReadCorrectionService::Stub::ReplaceRead, analyst_,
                                           request, reason);
  };
  const v1::Read first = replace();
  EXPECT_EQ(replace().read_id(), first.read_id());
  EXPECT_EQ(ReadsOf(kAccount).size(), 4u) << "two taken over, one and what replaced it";
  request.set_read_thousandths(40'813'000);
  replace("REQUEST_ID_REUSED");
}

class EstimateGivesWayTest : public CorrectionTest {
 protected:
  // November is billed by reads, 812 kWh in 30 days; December is estimated, and not billed.
  void SetUp() override {
    CorrectionTest::SetUp();
    Import(Row("E", "2026-11-19", 40'812) + Row("W", "2026-11-19", 512, "kgal"));
    RunCycle();
    SetMorning("2026-12-22");
    LoadEstimatePolicy();
    estimate_ = Estimate(kAccount, 1, "2026-12-19");
  }
  void ExpectCancelled() {
    const v1::Read now = Find(estimate_.read_id());
    EXPECT_TRUE(now.set_aside());
    EXPECT_EQ(now.correction().kind(), v1::READ_CORRECTION_KIND_ESTIMATE_CANCELLED);
    EXPECT_NE(now.correction().by_read_id(), 0);
  }
  v1::Read estimate_;
};
INSTANTIATE_TEST_SUITE_P(BothEngines, EstimateGivesWayTest, testing::BothEngines(),
                         testing::EngineName);

TEST_P(EstimateGivesWayTest, ToAReadThatContradictsIt) {
  EXPECT_EQ(
      Import(Row("E", "2026-12-20", 41'000) + Row("W", "2026-12-19", 520, "kgal")).accepted_count(),
      2);
  ExpectCancelled();
  RunCycle(7, "2026-12-20");
  EXPECT_EQ(UseOf(0), "188 kWh");
}

TEST_P(EstimateGivesWayTest, ToAReadOfTheSameDayFromTheField) {
  work_order::v1::OrderClosed closed;
  work_order::v1::FieldResult& result = *closed.mutable_result();
  result.set_order_id(9);
  result.set_type(work_order::v1::ORDER_TYPE_READ);
  result.set_account_id(kAccount);
  result.set_agreement_id(kAccount * 10 + 1);
  result.set_meter_number("E" + std::to_string(kAccount));
  result.set_has_read(true);
  result.set_read_thousandths(41'700'000);
  result.set_read_date("2026-12-19");
  result.set_outcome(work_order::v1::OUTCOME_DONE);
  Deliver(agreement::ApplyOrders, closed);
  Deliver(agreement::ApplyOrders, closed);
  ExpectCancelled();
  EXPECT_TRUE(WaitingReads().empty());
}

TEST_P(EstimateGivesWayTest, ToAnExchangeBeforeIt) {
  Exchange(ExchangeOf(kAccount, "2026-12-10", 41'100, 7));
  ExpectCancelled();
  Import(Row("N", "2026-12-19", 107) + Row("W", "2026-12-19", 520, "kgal"));
  RunCycle(7, "2026-12-20");
  EXPECT_EQ(UseOf(0), "388 kWh");
}

TEST_P(EstimateGivesWayTest, NotToAReadThatItAgreesWith) {
  EXPECT_EQ(Import(Row("E", "2026-12-20", 41'700)).accepted_count(), 1);
  EXPECT_FALSE(Find(estimate_.read_id()).set_aside());
}

// Once it is billed it stays, and what contradicts it waits for somebody.
TEST_P(EstimateGivesWayTest, NotWhenItIsBilled) {
  Import(Row("W", "2026-12-19", 520, "kgal"));
  RunCycle(7, "2026-12-20");
  EXPECT_EQ(Import(Row("E", "2026-12-21", 41'000)).queued_count(), 1);
  EXPECT_FALSE(Find(estimate_.read_id()).set_aside());
  const v1::ReadException waiting = WaitingReads().at(0);
  EXPECT_EQ(waiting.reason(), "BELOW_ESTIMATE");
  Resolve(waiting, v1::READ_RESOLUTION_ACCEPT, "READ_REFUSED");
  Resolve(waiting, v1::READ_RESOLUTION_REPLACE, "READ_BILLED", {}, estimate_.read_id());
}

// 812 kWh are estimated for 30 days of December, so 839.067 are the standard estimate for January.
TEST_P(EstimateGivesWayTest, LessThanHalfAsMuchAgainIsNoCatchUp) {
  Import(Row("W", "2026-12-19", 520, "kgal"));
  RunCycle(7, "2026-12-20");
  SetMorning("2027-01-22");
  Import(Row("E", "2027-01-19", 41'624 + 1'258) + Row("W", "2027-01-19", 530, "kgal"));
  EXPECT_EQ(RunCycle(7, "2027-01-20").held_count(), 0);
}
TEST_P(EstimateGivesWayTest, ACatchUpIsHeldWithItsLimits) {
  Import(Row("W", "2026-12-19", 520, "kgal"));
  RunCycle(7, "2026-12-20");
  SetMorning("2027-01-22");
  Import(Row("E", "2027-01-19", 41'624 + 1'259) + Row("W", "2027-01-19", 530, "kgal"));
  const v1::CycleRun run = StartCycle({}, 7, "2027-01-20");
  Work();
  const std::vector<v1::Bill> held = Held(run.cycle_id());
  ASSERT_EQ(held.size(), 1u);
  EXPECT_EQ(held[0].holds(0).reason(), "CATCH_UP");
  EXPECT_EQ(held[0].holds(0).evidence(),
            "1259 kWh behind an estimate, where the standard estimate is 839.067: at 150 % or more "
            "the bill is presumed a back-bill, sent within 3 months of the discovery and for at "
            "most 24 months back, but for fraud (template: Utah R746-310-8)");
}

TEST_P(EstimateGivesWayTest, NothingIsEstimatedBesideAReadThatWaitsOrABillThatIsHeld) {
  EXPECT_EQ(Import(Row("E", "2026-12-20", 30'000)).queued_count(), 1);
  Estimate(kAccount, 2, "2026-12-20", "READS_WAIT");
  DiscardWaitingReads();
  Import(Row("E", "2026-12-20", 60'000) + Row("W", "2026-12-20", 520, "kgal"));
  const v1::CycleRun run = StartCycle({}, 7, "2026-12-20");
  Work();
  ASSERT_EQ(Held(run.cycle_id()).size(), 1u);
  SetMorning("2027-01-22");
  Estimate(kAccount, 1, "2027-01-19", "BILL_HELD");
  ConfirmHold(Held(run.cycle_id())[0]);
  Estimate(kAccount, 1, "2027-01-19");
}

// The edit list is worked before a cycle is priced: a row of its accounts, or of an unknown meter
// in a file of its route, stops it; one of another cycle does not.
TEST_P(CorrectionTest, ACycleDoesNotStartOverReadsThatWait) {
  constexpr std::int64_t kOther = kAccount + 100;
  Open(Account(kOther, 8));
  Import(Row("E", "2026-11-19", 40'812) + Row("W", "2026-11-19", 512, "kgal") +
         "NOSUCH,2026-11-19,1,kWh\nnot a row\n");
  Import(Row("E", "2026-11-19", 40'812, "kWh", kOther) +
         Row("W", "2026-11-19", 99, "kgal", kOther));
  StartCycle("READS_WAIT");
  StartCycle("READS_WAIT", 8);
  std::vector<v1::ReadException> waiting = WaitingReads();
  ASSERT_EQ(waiting.size(), 2u);
  EXPECT_EQ(waiting[0].account_id(), 0);
  EXPECT_EQ(waiting[1].account_id(), kOther);
  Resolve(waiting[0], v1::READ_RESOLUTION_DISCARD);
  EXPECT_EQ(RunCycle().bill_count(), 1) << "nobody waits for the other cycle";
  StartCycle("READS_WAIT", 8);
  Resolve(waiting[1], v1::READ_RESOLUTION_DISCARD);
  StartCycle({}, 8);
}

// What comes into the edit list while the run is calculated holds the bill of its account.
TEST_P(CorrectionTest, ABillIsHeldOverAReadThatWaits) {
  Open(Account(kAccount + 100));
  Import(Row("E", "2026-11-19", 40'812) + Row("W", "2026-11-19", 512, "kgal") +
         Row("E", "2026-11-19", 40'812, "kWh", kAccount + 100) +
         Row("W", "2026-11-19", 512, "kgal", kAccount + 100));
  const v1::CycleRun run = StartCycle();
  Import(Row("E", "2026-11-19", 40'712));
  Work();
  const std::vector<v1::Bill> held = Held(run.cycle_id());
  ASSERT_EQ(held.size(), 1u) << "the other account's bill is not";
  EXPECT_EQ(held[0].account_id(), kAccount);
  EXPECT_EQ(held[0].holds(0).reason(), "READ_WAITS");
  EXPECT_EQ(held[0].holds_size(), 2) << "of both meters";
  ConfirmHold(held[0]);
  Resolve(WaitingReads().at(0), v1::READ_RESOLUTION_REPLACE);
  SignOff(GetCycle(run.cycle_id()), supervisor_);
  PostCycle(run.cycle_id());
  Work();
  SetMorning("2026-11-24");
  RunCycle(7, "2026-11-23");
  EXPECT_EQ(UseOf(0), "712 kWh");
}

// An unknown meter stops the cycle of the reads beside it alone.
TEST_P(CorrectionTest, AnUnknownMeterStopsTheCycleOfItsFile) {
  Open(Account(kAccount + 100, 8));
  Import(Row("E", "2026-11-19", 40'812, "kWh", kAccount + 100) +
         Row("W", "2026-11-19", 512, "kgal", kAccount + 100) + "NOSUCH,2026-11-19,1,kWh\n");
  Import(Row("E", "2026-11-19", 40'812) + Row("W", "2026-11-19", 512, "kgal"));
  StartCycle("READS_WAIT", 8);
  StartCycle();
}

}  // namespace
}  // namespace reeve::billing
