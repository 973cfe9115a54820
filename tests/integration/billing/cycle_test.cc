#include <map>

#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/bill_service.grpc.pb.h"
#include "reeve/billing/v1/cycle_service.grpc.pb.h"
#include "reeve/billing/v1/events.pb.h"
#include "reeve/billing/v1/rate_service.pb.h"
#include "reeve/billing/v1/read_service.pb.h"
#include "reeve/billing/v1/receivable_service.pb.h"
#include "services/billing/agreement/account_feed_service.h"
#include "services/billing/cycle/cycle_work_service.h"
#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing {
namespace {

constexpr std::int64_t kAccount = 10000000009;

class CycleTest : public Billing {
 protected:
  static std::string Reads(std::int64_t account_id, std::int64_t kwh, std::int64_t kgal,
                           const std::string& date = "2026-11-19") {
    return "E" + std::to_string(account_id) + "," + date + "," + std::to_string(40'000 + kwh) +
           ",kWh\nW" + std::to_string(account_id) + "," + date + "," + std::to_string(500 + kgal) +
           ",kgal\n";
  }
  v1::Bill GetBill(std::int64_t account_id) {
    v1::GetBillRequest request;
    request.set_account_id(account_id);
    return Send<v1::BillService>(&v1::BillService::Stub::GetBill, analyst_, request);
  }
  v1::ListHeldBillsResponse Held(std::int64_t cycle_id) {
    v1::ListHeldBillsRequest request;
    request.set_cycle_id(cycle_id);
    return Send<v1::CycleService>(&v1::CycleService::Stub::ListHeldBills, analyst_, request);
  }
  v1::Bill Review(const v1::Bill& bill, v1::ReviewDecision decision, const std::string& token,
                  const std::string& reason = {}) {
    v1::ReviewBillRequest request;
    request.set_request_id(Key());
    request.set_account_id(bill.account_id());
    request.set_bill_id(bill.bill_id());
    request.set_decision(decision);
    request.set_reason("looked at the meter");
    return Send<v1::CycleService>(&v1::CycleService::Stub::ReviewBill, token, request, reason);
  }
  // Many accounts with reads, loaded as a feed and a file would.
  void OpenMany(int count) {
    std::vector<feed::Event> events;
    std::string rows;
    for (int i = 0; i < count; ++i) {
      const std::int64_t account_id = kAccount + i * 100;
      events.push_back(ToEvent(Account(account_id)));
      rows += Reads(account_id, 300 + i % 1'400, 3 + i % 20);
      if (events.size() == 400 || i + 1 == count) {
        DeliverAll(agreement::ApplyAccounts, events);
        Import(rows);
        events.clear();
        rows.clear();
      }
    }
  }
  // Everything that a cycle leaves behind, as text.
  std::string Export() {
    std::string text;
    for (const char* sql :
         {"SELECT account_id, bill_id, state, bill_date, due_date, total_cents FROM bill "
          "ORDER BY account_id, bill_id",
          "SELECT account_id, bill_id, segment_no, agreement_id, effective_date, from_date, "
          "to_date, "
          "start_read_thousandths, end_read_thousandths, usage_thousandths, amount_cents "
          "FROM bill_segment ORDER BY account_id, bill_id, segment_no",
          "SELECT account_id, bill_id, line_no, quantity_thousandths, rate_nanos, amount_cents "
          "FROM bill_line ORDER BY account_id, bill_id, line_no",
          "SELECT account_id, entry_id, line_no, ledger_account, amount_cents FROM posting "
          "ORDER BY account_id, entry_id, line_no",
          "SELECT account_id, charge_id, service, amount_cents, open_cents FROM charge "
          "ORDER BY account_id, charge_id",
          "SELECT account_id, credit_cents FROM billing_account ORDER BY account_id",
          "SELECT page_no, service, agreement_count, quantity_thousandths, amount_cents "
          "FROM cycle_register ORDER BY page_no, service",
          "SELECT page_no, kind, service, subject, row_count, day_count, quantity_thousandths, "
          "amount_cents FROM cycle_tally ORDER BY page_no, kind, service, subject"}) {
      (*database_).Read(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
        for (const db::Rows::Row row : tx.Select({"", sql})) {
          for (std::size_t column = 0; column < Columns(sql); ++column) {
            const db::Value& cell = row.Cell(column);
            text += std::holds_alternative<std::int64_t>(cell)
                        ? std::to_string(std::get<std::int64_t>(cell))
                        : std::get<std::string>(cell);
            text += ",";
          }
          text += "\n";
        }
      });
    }
    return text;
  }
  static std::size_t Columns(const std::string& sql) {
    return static_cast<std::size_t>(
               std::count(sql.begin(), sql.begin() + static_cast<long>(sql.find("FROM")), ',')) +
           1;
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, CycleTest, testing::BothEngines(), testing::EngineName);

TEST_P(CycleTest, FromReadsToPostedBillsThatAreOwed) {
  LoadTariff();
  Open(Account(kAccount));
  EXPECT_EQ(Import(Reads(kAccount, 812, 12)).accepted_count(), 2);

  const v1::CycleRun started = StartCycle();
  EXPECT_EQ(started.state(), v1::CYCLE_STATE_CALCULATING);
  Work();
  const v1::CycleRun calculated = GetCycle(started.cycle_id());
  EXPECT_EQ(calculated.state(), v1::CYCLE_STATE_CALCULATED);
  EXPECT_EQ(calculated.done_count(), calculated.agreement_count());
  // 13.92 + 36.70 + 31.79, 16.50 + 12.50 + 4.75, 8.05
  EXPECT_EQ(calculated.total_cents(), 82'41 + 33'75 + 8'05);
  ASSERT_EQ(calculated.register__size(), 3);
  EXPECT_EQ(calculated.register_(0).service(), "electric");
  EXPECT_EQ(calculated.register_(0).quantity_thousandths(), 812'000);
  EXPECT_EQ(GetBalance(kAccount).total_cents(), 0) << "not owed before it is posted";

  PostCycle(started.cycle_id(), "CYCLE_NOT_SIGNED_OFF");
  SignOff(calculated, analyst_, "SAME_PERSON");
  v1::CycleRun stale = calculated;
  stale.set_total_cents(1);
  SignOff(stale, supervisor_, "STALE");
  EXPECT_EQ(SignOff(calculated, supervisor_).state(), v1::CYCLE_STATE_SIGNED_OFF);
  PostCycle(started.cycle_id());
  Work();
  EXPECT_EQ(GetCycle(started.cycle_id()).state(), v1::CYCLE_STATE_POSTED);

  const v1::Bill bill = GetBill(kAccount);
  EXPECT_EQ(bill.state(), v1::BILL_STATE_POSTED);
  ASSERT_EQ(bill.lines_size(), 7);
  EXPECT_EQ(bill.lines(1).description(), "Energy (first 500 kWh)");
  std::int64_t cents = 0;
  for (const v1::BillLine& line : bill.lines()) cents += line.amount_cents();
  EXPECT_EQ(cents, bill.total_cents());
  const v1::Balance balance = GetBalance(kAccount);
  EXPECT_EQ(balance.total_cents(), bill.total_cents());
  ASSERT_EQ(balance.services_size(), 3);
  const auto posted = Emitted<v1::BillPosted>();
  ASSERT_EQ(posted.size(), 1u);
  EXPECT_EQ(posted[0].total_cents(), bill.total_cents());
}

TEST_P(CycleTest, RefusesInOrderOfPrecedence) {
  StartCycle("CYCLE_EMPTY");
  Open(Account(kAccount));
  StartCycle("SCHEDULE_MISSING");
  LoadTariff();
  Load("ST2", "storm", "", [](v1::RateSchedule& schedule) {
    v1::RateComponent& rider = *schedule.add_components();
    rider.set_kind(v1::RATE_COMPONENT_KIND_NOT_LOADED);
    rider.set_name("Storm rider");
  });
  account::v1::AccountOpened other = Account(kAccount + 100, 8);
  other.mutable_agreements(2)->set_schedule_code("ST2");
  Open(other);
  StartCycle("RATE_NOT_LOADED", 8);
  EXPECT_NE(StartCycle({}, 8, "2026-11-20", v1::CYCLE_KIND_DEMO).cycle_id(), 0);
  Import(Reads(kAccount, 1, 1));
  const v1::CycleRun run = StartCycle();
  StartCycle("CYCLE_EXISTS");
  StartCycle("CYCLE_OPEN", 7, "2026-11-21");
  Work();
  SignOff(GetCycle(run.cycle_id()), supervisor_);
  SignOff(GetCycle(run.cycle_id()), supervisor_, "CYCLE_NOT_CALCULATED");
}

TEST_P(CycleTest, AMisreadByAFactorOfTenIsHeldAndNotSent) {
  LoadTariff();
  Open(Account(kAccount));
  Open(Account(kAccount + 100));
  SetMorning("2026-10-31");
  Import(Reads(kAccount, 500, 5, "2026-10-30") + Reads(kAccount + 100, 500, 5, "2026-10-30"));
  RunCycle(7, "2026-10-31");
  SetMorning("2026-11-23");
  // 1,050 kWh in 20 days, with a digit too many.
  Import(Reads(kAccount, 500 + 10 * 1050, 10) + Reads(kAccount + 100, 1000, 10));
  const v1::CycleRun started = StartCycle();
  Work();
  const v1::CycleRun run = GetCycle(started.cycle_id());
  EXPECT_EQ(run.held_count(), 1);
  EXPECT_EQ(run.bill_count(), 1);
  const v1::ListHeldBillsResponse held = Held(run.cycle_id());
  ASSERT_EQ(held.bills_size(), 1);
  ASSERT_EQ(held.bills(0).holds_size(), 1);
  EXPECT_EQ(held.bills(0).account_id(), kAccount);
  EXPECT_EQ(held.bills(0).holds(0).reason(), "FACTOR_TEN");
  EXPECT_EQ(held.bills(0).holds(0).evidence(), "10500 kWh in 20 days against 500 kWh in 10 days");
  SignOff(run, supervisor_);
  PostCycle(run.cycle_id());
  Work();
  EXPECT_NE(GetBill(kAccount).cycle_id(), run.cycle_id()) << "the newest posted is October's";

  Review(held.bills(0), v1::REVIEW_DECISION_CONFIRM_HOLD, analyst_, "SAME_PERSON");
  EXPECT_EQ(Review(held.bills(0), v1::REVIEW_DECISION_CONFIRM_HOLD, supervisor_).state(),
            v1::BILL_STATE_CANCELLED);
  Review(held.bills(0), v1::REVIEW_DECISION_RELEASE, supervisor_, "BILL_NOT_HELD");

  // The read is set aside; the re-read of the same day holds, and the days are billed next time.
  EXPECT_EQ(Import("E" + std::to_string(kAccount) + ",2026-11-19,40950,kWh\n").accepted_count(), 1);
  SetMorning("2026-11-24");
  RunCycle(7, "2026-11-23");
  const v1::Bill bill = GetBill(kAccount);
  EXPECT_EQ(bill.state(), v1::BILL_STATE_POSTED);
  v1::ExplainBillRequest request;
  request.set_account_id(kAccount);
  const v1::BillExplanation explained =
      Send<v1::BillService>(&v1::BillService::Stub::ExplainBill, analyst_, request);
  EXPECT_EQ(explained.services(0).usage().formula(), "(40950 - 40500) x 1 = 450 kWh");
  EXPECT_EQ(explained.services(0).from_date(), "2026-10-30");
}

TEST_P(CycleTest, AHeldBillIsReleasedAndPostedByASecondPerson) {
  LoadTariff();
  Open(Account(kAccount));
  Import("W" + std::to_string(kAccount) + ",2026-11-19,512,kgal\n");
  const v1::CycleRun started = StartCycle();
  Work();
  const v1::ListHeldBillsResponse held = Held(started.cycle_id());
  ASSERT_EQ(held.bills_size(), 1);
  EXPECT_EQ(held.bills(0).holds(0).reason(), "NO_READ");
  SignOff(GetCycle(started.cycle_id()), supervisor_);
  PostCycle(started.cycle_id());
  Work();
  EXPECT_EQ(GetBalance(kAccount).total_cents(), 0);
  EXPECT_EQ(Review(held.bills(0), v1::REVIEW_DECISION_RELEASE, supervisor_).state(),
            v1::BILL_STATE_POSTED);
  EXPECT_EQ(GetBalance(kAccount).total_cents(), 33'75 + 8'05)
      << "the days of power are billed later";
}

TEST_P(CycleTest, AnExplanationAddsUpToTheCent) {
  LoadTariff();
  Open(Account(kAccount));
  SetMorning("2026-10-31");
  Import(Reads(kAccount, 500, 5, "2026-10-30"));
  RunCycle(7, "2026-10-31");
  SetMorning("2026-11-23");
  Import(Reads(kAccount, 1512, 17));
  RunCycle();
  v1::ExplainBillRequest request;
  request.set_account_id(kAccount);
  const v1::BillExplanation explained =
      Send<v1::BillService>(&v1::BillService::Stub::ExplainBill, analyst_, request);
  std::int64_t total = 0;
  for (const v1::ServiceExplanation& service : explained.services()) {
    std::int64_t cents = 0;
    for (const v1::LineExplanation& line : service.lines()) cents += line.line().amount_cents();
    EXPECT_EQ(cents, service.amount_cents());
    total += cents;
    EXPECT_EQ(service.citation(), "Fee schedule of the test city");
    EXPECT_EQ(service.effective_date(), "2026-07-01");
  }
  EXPECT_EQ(total, explained.bill().total_cents());
  const v1::ServiceExplanation& electric = explained.services(0);
  EXPECT_EQ(electric.from_date(), "2026-10-30");
  EXPECT_EQ(electric.day_count(), 20);
  EXPECT_EQ(electric.usage().formula(), "(41512 - 40500) x 1 = 1012 kWh");
  EXPECT_EQ(electric.usage().last_usage(), "500 kWh");
  EXPECT_EQ(electric.usage().last_day_count(), 10);
  EXPECT_EQ(electric.usage().last_amount_cents(), 50'62);
  ASSERT_EQ(electric.lines_size(), 4);
  EXPECT_EQ(electric.lines(3).basis(), "12 of 1012 kWh lie above 1000");
  EXPECT_EQ(electric.lines(3).formula(), "12 x 0.1209 = 1.4508");
}

// The same city once more, beside the one of the test.
class TwinCity final : public CycleTest {
 public:
  void TestBody() override {}
  // A cycle of `count` accounts, one misread among them, from reads to postings. With
  // `pages_of_a_life` the program that works on it ends after so many pages, and another one that
  // shares nothing with it but the database goes on.
  std::string BillMany(int count, int pages_of_a_life) {
    LoadTariff();
    OpenMany(count);
    const v1::CycleRun started = StartCycle();
    EXPECT_EQ(started.agreement_count(), 3 * count);
    Live(pages_of_a_life);
    AcknowledgeAll(started.cycle_id());
    SignOff(GetCycle(started.cycle_id()), supervisor_);
    PostCycle(started.cycle_id());
    Live(pages_of_a_life);
    EXPECT_EQ(GetCycle(started.cycle_id()).state(), v1::CYCLE_STATE_POSTED);
    EXPECT_EQ(Emitted<v1::BillPosted>().size(), static_cast<std::size_t>(count));
    ExpectProven();
    return Export();
  }

 private:
  void Live(int pages) {
    for (bool more = true; more;) {
      obs::Metrics metrics("billing");
      cycle::CycleWork life(server_.service().frame(), *database_,
                            {clock_, machine_clock_, server_.service().zone()},
                            server_.service().background(), metrics);
      for (int page = 0; page < pages && more; ++page) more = life.Step(0) || life.Step(1);
    }
  }
};

// 2,000 accounts are several pages of calculation and of posting.
TEST_P(CycleTest, EndedInTheMiddleAndStartedAgainIsTheSameAsUninterrupted) {
  constexpr int kAccounts = 2'000;
  const std::string interrupted = TwinCity().BillMany(kAccounts, 1);
  EXPECT_EQ(interrupted, TwinCity().BillMany(kAccounts, 1'000'000));
}

}  // namespace
}  // namespace reeve::billing
