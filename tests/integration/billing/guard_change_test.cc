// What changed since the last cycle, and what only two bills, or two cycles, can tell.
#include <gmock/gmock.h>

#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/bill_service.pb.h"
#include "reeve/billing/v1/cycle_service.grpc.pb.h"
#include "reeve/billing/v1/guard_service.grpc.pb.h"
#include "reeve/billing/v1/meter_service.pb.h"
#include "reeve/billing/v1/rate_service.pb.h"
#include "reeve/billing/v1/read_service.pb.h"
#include "services/billing/agreement/account_feed_service.h"
#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing {
namespace {

constexpr std::int64_t kAccount = 10000000009;

class GuardChangeTest : public Billing {
 protected:
  static std::int64_t AccountAt(int n) { return kAccount + n * 100; }
  static std::string Water(int n, std::int64_t kgal, const std::string& date) {
    return "W" + std::to_string(AccountAt(n)) + "," + date + "," + std::to_string(500 + kgal) +
           ",kgal\n";
  }
  static std::string Power(const char* meter, int n, std::int64_t counts, const std::string& date) {
    return meter + std::to_string(AccountAt(n)) + "," + date + "," + std::to_string(counts) +
           ",kWh\n";
  }
  void OpenMany(int count, const std::string& start, int cycle = 7, int first = 0) {
    std::vector<feed::Event> events;
    for (int n = first; n < first + count; ++n) {
      events.push_back(ToEvent(Account(AccountAt(n), cycle, start)));
    }
    DeliverAll(agreement::ApplyAccounts, events);
  }
  v1::ListHeldBillsResponse Held(std::int64_t cycle_id) {
    v1::ListHeldBillsRequest request;
    request.set_cycle_id(cycle_id);
    return Send<v1::CycleService>(&v1::CycleService::Stub::ListHeldBills, analyst_, request);
  }
  v1::ListCycleChangesResponse Changes(std::int64_t cycle_id, int page_size = 0,
                                       const std::string& token = {},
                                       const std::string& reason = {}) {
    v1::ListCycleChangesRequest request;
    request.set_cycle_id(cycle_id);
    request.set_page_size(page_size);
    request.set_page_token(token);
    return Send<v1::GuardService>(&v1::GuardService::Stub::ListCycleChanges, analyst_, request,
                                  reason);
  }
  v1::CycleRun Calculate(int cycle = 7, const std::string& period_end = "2026-11-20") {
    const v1::CycleRun started = StartCycle({}, cycle, period_end);
    Work();
    return GetCycle(started.cycle_id());
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, GuardChangeTest, testing::BothEngines(), testing::EngineName);

// Three bills of 3 kgal next door to three of 11; then the crew crosses the meters.
TEST_P(GuardChangeTest, CrossedMetersAreHeldOnBothBills) {
  LoadTariff();
  OpenMany(4, "2026-07-20");
  std::int64_t kwh = 40'000;
  std::int64_t months = 0;
  for (const char* month : {"08", "09", "10"}) {
    const std::string day = std::string("2026-") + month;
    SetMorning(day + "-21");
    ++months;
    kwh += 480 + 20 * months;  // the same use again and again would be held
    std::string rows;
    for (int n = 0; n < 4; ++n) {
      rows += Power("E", n, kwh, day + "-19") + Water(n, months * (n == 1 ? 11 : 3), day + "-19");
    }
    Import(rows);
    RunCycle(7, day + "-20");
  }
  SetMorning("2026-11-23");
  std::string rows;
  for (int n = 0; n < 4; ++n) {
    const std::int64_t shown = n == 0 ? 11 : 3;  // of 0 what 1 uses, and the other way round
    rows +=
        Power("E", n, kwh + 570, "2026-11-19") + Water(n, (n == 1 ? 33 : 9) + shown, "2026-11-19");
  }
  Import(rows);
  const v1::CycleRun run = Calculate();
  EXPECT_EQ(run.held_count(), 2);
  const v1::ListHeldBillsResponse held = Held(run.cycle_id());
  ASSERT_EQ(held.bills_size(), 2);
  for (int n = 0; n < 2; ++n) {
    EXPECT_EQ(held.bills(n).account_id(), AccountAt(n));
    EXPECT_EQ(held.bills(n).holds(0).reason(), "CROSSED_METERS");
    EXPECT_THAT(held.bills(n).holds(0).evidence(),
                ::testing::HasSubstr("as place " + std::to_string(AccountAt(1 - n) + 1)));
  }
}

// Before the register is signed: which meters are others, what they count, since when and by whom.
TEST_P(GuardChangeTest, WhatChangedSinceTheLastBillIsListed) {
  LoadTariff();
  OpenMany(3, "2026-08-20");
  SetMorning("2026-10-21");
  std::string rows;
  for (int n = 0; n < 3; ++n) {
    rows += Power("E", n, 40'500, "2026-10-19") + Water(n, 5, "2026-10-19");
  }
  Import(rows);
  v1::CycleRun run = RunCycle(7, "2026-10-20");
  EXPECT_EQ(Changes(run.cycle_id()).changes_size(), 0) << "nobody was billed before";
  SetMorning("2026-11-23");
  v1::ExchangeMeterRequest fewer = ExchangeOf(AccountAt(0), "2026-11-04", 40'760, 0);
  fewer.mutable_meter()->set_register_digits(5);
  fewer.set_differences_checked(true);
  Exchange(fewer);
  Exchange(ExchangeOf(AccountAt(2), "2026-11-04", 40'760, 0));
  Import(Power("N", 0, 240, "2026-11-19") + Water(0, 10, "2026-11-19") +
         Power("E", 1, 41'000, "2026-11-19") + Water(1, 10, "2026-11-19") +
         Power("N", 2, 240, "2026-11-19") + Water(2, 10, "2026-11-19"));
  run = Calculate();
  const v1::ListCycleChangesResponse changes = Changes(run.cycle_id());
  ASSERT_EQ(changes.changes_size(), 2) << changes.DebugString();
  const v1::AgreementChange& change = changes.changes(0);
  EXPECT_EQ(change.account_id(), AccountAt(0));
  EXPECT_EQ(change.service(), "electric");
  ASSERT_EQ(change.facts_size(), 2);
  EXPECT_EQ(change.facts(0).name(), "METER");
  EXPECT_EQ(change.facts(0).before(), "E" + std::to_string(AccountAt(0)));
  EXPECT_EQ(change.facts(0).after(), "N" + std::to_string(AccountAt(0)));
  EXPECT_EQ(change.facts(1).name(), "DIGITS");
  EXPECT_EQ(change.facts(1).before(), "6");
  EXPECT_EQ(change.facts(1).after(), "5");
  EXPECT_EQ(change.exchange_date(), "2026-11-04");
  EXPECT_EQ(change.exchanged_by(), "person/7");
  EXPECT_GT(change.amount_cents(), 0);
  EXPECT_GT(change.before_cents(), 0);
  EXPECT_EQ(changes.changes(1).account_id(), AccountAt(2));
  EXPECT_EQ(changes.changes(1).facts_size(), 1);
  // Page by page they are the same.
  const v1::ListCycleChangesResponse first = Changes(run.cycle_id(), 1);
  ASSERT_EQ(first.changes_size(), 1);
  EXPECT_EQ(first.changes(0).account_id(), AccountAt(0));
  const v1::ListCycleChangesResponse second = Changes(run.cycle_id(), 1, first.next_page_token());
  ASSERT_EQ(second.changes_size(), 1);
  EXPECT_EQ(second.changes(0).account_id(), AccountAt(2));
  EXPECT_EQ(Changes(run.cycle_id(), 1, second.next_page_token()).changes_size(), 0);
  Changes(run.cycle_id() + 1, 0, {}, "CYCLE_UNKNOWN");
  // Another meter is work of every day, other digits are for somebody to look at.
  const v1::ListCycleFindingsResponse findings = Findings(run.cycle_id());
  ASSERT_EQ(findings.findings_size(), 1) << findings.DebugString();
  EXPECT_EQ(findings.findings(0).rule(), "CHANGED");
  EXPECT_EQ(findings.findings(0).subject(), "DIGITS");
  EXPECT_EQ(findings.findings(0).count(), 1);
}

// A register in gallons for one in cubic feet, put in three days before a bill ended and on the day
// on which it ended; each beside one that counts as the old one did.
TEST_P(GuardChangeTest, AMeterThatCameAsABillEndedIsJudgedOnTheNext) {
  LoadTariff();
  OpenMany(4, "2026-08-20");
  const auto water = [](std::int64_t kgal, const std::string& date) {
    std::string rows;
    for (int n = 0; n < 4; ++n) rows += Water(n, kgal, date);
    return rows;
  };
  SetMorning("2026-09-21");
  std::string rows = water(5, "2026-09-19");
  for (int n = 0; n < 4; ++n) rows += Power("E", n, 40'510, "2026-09-19");
  Import(rows);
  EXPECT_EQ(RunCycle(7, "2026-09-19").held_count(), 0);
  SetMorning("2026-10-21");
  for (const int n : {0, 1}) Exchange(ExchangeOf(AccountAt(n), "2026-10-16", 40'960, 0));
  for (const int n : {2, 3}) Exchange(ExchangeOf(AccountAt(n), "2026-10-19", 41'010, 0));
  Import(water(11, "2026-10-19") + Power("N", 0, 374, "2026-10-19") +
         Power("N", 1, 50, "2026-10-19"));
  EXPECT_EQ(RunCycle(7, "2026-10-19").held_count(), 0) << "too few days, or none";
  SetMorning("2026-11-23");
  Import(water(16, "2026-11-19") + Power("N", 0, 374 + 3'740, "2026-11-19") +
         Power("N", 1, 50 + 520, "2026-11-19") + Power("N", 2, 3'740, "2026-11-19") +
         Power("N", 3, 520, "2026-11-19"));
  const v1::CycleRun run = Calculate(7, "2026-11-19");
  const v1::ListHeldBillsResponse held = Held(run.cycle_id());
  ASSERT_EQ(held.bills_size(), 2) << held.DebugString();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(held.bills(i).account_id(), AccountAt(2 * i));
    ASSERT_EQ(held.bills(i).holds_size(), 1);
    EXPECT_EQ(held.bills(i).holds(0).reason(), "UNIT_FACTOR");
    EXPECT_THAT(held.bills(i).holds(0).evidence(),
                ::testing::HasSubstr("since the exchange 3740 kWh in 31 days"));
  }
}

// Provo, 2020: forty homes of a new cycle come with registers that are read as ten times what they
// count. No home has a past, and all peers are alike; the cycle beside it is not.
TEST_P(GuardChangeTest, AFirstRunIsComparedWithTheCyclesBesideIt) {
  LoadTariff();
  OpenMany(40, "2026-10-20");
  OpenMany(40, "2026-10-20", 8, 40);
  OpenMany(40, "2026-10-20", 9, 80);
  std::string rows;
  for (int n = 0; n < 120; ++n) {
    const std::int64_t kwh = 500 + n % 40;
    rows += Power("E", n, 40'000 + (n >= 80 ? 10 * kwh : kwh), "2026-11-19") +
            Water(n, 5 + n % 4, "2026-11-19");
  }
  Import(rows);
  RunCycle(7);
  const auto of_use = [&](const v1::CycleRun& run) {
    std::vector<std::string> found;
    const v1::ListCycleFindingsResponse findings = Findings(run.cycle_id());
    for (const v1::CycleFinding& one : findings.findings()) {
      if (one.rule() == "USE") found.push_back(one.service() + ": " + one.evidence());
    }
    return found;
  };
  EXPECT_THAT(of_use(Calculate(8)), ::testing::IsEmpty());
  EXPECT_THAT(of_use(Calculate(9)),
              ::testing::ElementsAre(::testing::StartsWith(
                  "electric: +900.00 % of units a day against the city's other cycles: ")));
}

// A cycle that is run again a day after its run bills each price of a month twice.
TEST_P(GuardChangeTest, ACycleThatIsRunAgainADayLaterIsHeld) {
  LoadTariff();
  OpenMany(2, "2026-10-20");
  Import(Power("E", 0, 40'500, "2026-11-20") + Water(0, 5, "2026-11-20") +
         Power("E", 1, 40'500, "2026-11-20") + Water(1, 5, "2026-11-20"));
  EXPECT_EQ(RunCycle(7, "2026-11-20").held_count(), 0);
  Import(Power("E", 0, 40'516, "2026-11-21") + Power("E", 1, 40'516, "2026-11-21"));
  const v1::CycleRun again = Calculate(7, "2026-11-21");
  EXPECT_EQ(again.held_count(), 2);
  const v1::ListHeldBillsResponse held = Held(again.cycle_id());
  ASSERT_EQ(held.bills_size(), 2);
  bool storm = false;
  for (const v1::Hold& hold : held.bills(0).holds()) {
    storm = storm || (hold.reason() == "SHORT_PERIOD" && hold.service() == "storm");
  }
  EXPECT_TRUE(storm) << held.bills(0).DebugString();
}

}  // namespace
}  // namespace reeve::billing
