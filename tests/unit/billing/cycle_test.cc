#include "services/billing/cycle/cycle.h"

#include <gtest/gtest.h>

#include "tests/unit/billing/schedules.h"

namespace reeve::billing::cycle {
namespace {

constexpr std::int64_t kCount = Quantity::kScale;

Date Day(const char* text) { return Date::Parse(text).value(); }

class MakeBillTest : public ::testing::Test {
 protected:
  MakeBillTest() : tariff_({ProvoSchedule1(), Storm()}) {
    run_.cycle_id = CycleId(7, Day("2026-11-20"), Kind::kProduction);
    run_.cycle = 7;
    run_.period_end = Day("2026-11-20");
    run_.bill_date = Day("2026-11-22");
    run_.due_date = Day("2026-12-15");
    electric_ = {AccountId(10000000009),
                 1,
                 PremiseId(5),
                 "electric",
                 "E1",
                 1000,
                 "E100",
                 "kWh",
                 5,
                 1000,
                 7,
                 true,
                 agreement::State::kActive,
                 Day("2026-10-20"),
                 std::nullopt};
    storm_ = {AccountId(10000000009),
              2,
              PremiseId(5),
              "storm",
              "ST1",
              1000,
              "",
              "",
              0,
              0,
              7,
              true,
              agreement::State::kActive,
              Day("2026-10-20"),
              std::nullopt};
  }
  static rate::Schedule Storm() {
    rate::Schedule schedule =
        Metered("ST1", "storm", Unit::kKilowattHour,
                {PerUnit("Storm water", "8.05", Unit::kEquivalentServiceUnit)});
    schedule.usage_unit.reset();
    return schedule;
  }
  static read::Reading Read(const char* day, std::int64_t counts) {
    return {Day(day), counts * kCount};
  }
  std::optional<Bill> Make(std::vector<Pending> pending) {
    return MakeBill(run_, tariff_, pending);
  }

  rate::Tariff tariff_;
  cycle::Run run_;
  agreement::Agreement electric_;
  agreement::Agreement storm_;
};

TEST_F(MakeBillTest, TheFirstBillRunsFromTheInRead) {
  const auto bill =
      Make({{&electric_, std::nullopt, {Read("2026-10-20", 40'000), Read("2026-11-19", 40'812)}},
            {&storm_, std::nullopt, {}}});
  ASSERT_TRUE(bill.has_value());
  EXPECT_EQ(bill->state, BillState::kCalculated);
  ASSERT_EQ(bill->segments.size(), 2u);
  EXPECT_EQ(bill->segments[0].use.usage_thousandths, 812 * kCount);
  EXPECT_EQ(bill->segments[0].to_date, Day("2026-11-19")) << "the day of the read";
  EXPECT_EQ(bill->segments[1].to_date, Day("2026-11-20")) << "the period's end";
  EXPECT_EQ(bill->total, Money::Cents(13'92 + 36'70 + 31'79 + 8'05));
}

TEST_F(MakeBillTest, TheNextBillBeginsWhereTheLastEnded) {
  const auto bill = Make({{&electric_,
                           LastBilled{Day("2026-10-25"), 40'100 * kCount, {100 * kCount, 5}, {}},
                           {Read("2026-10-25", 40'100), Read("2026-11-19", 40'400)}}});
  ASSERT_TRUE(bill.has_value());
  EXPECT_EQ(bill->segments[0].from_date, Day("2026-10-25"));
  EXPECT_EQ(bill->segments[0].use.usage_thousandths, 300 * kCount);
}

TEST_F(MakeBillTest, TheSameInputGivesTheSameBill) {
  const std::vector<Pending> pending = {
      {&electric_, std::nullopt, {Read("2026-10-20", 1), Read("2026-11-19", 9)}}};
  EXPECT_EQ(Make(pending)->bill_id, Make(pending)->bill_id);
  EXPECT_EQ(Make(pending)->bill_id, BillId(run_.cycle_id, electric_.account));
}

TEST_F(MakeBillTest, AMissingReadHoldsTheBillAndLeavesTheDaysForLater) {
  const auto bill =
      Make({{&electric_, std::nullopt, {Read("2026-10-20", 1)}}, {&storm_, std::nullopt, {}}});
  ASSERT_TRUE(bill.has_value());
  EXPECT_EQ(bill->state, BillState::kHeld);
  ASSERT_EQ(bill->holds.size(), 1u);
  EXPECT_EQ(bill->holds[0].reason, HoldReason::kNoRead);
  ASSERT_EQ(bill->segments.size(), 1u);
  EXPECT_EQ(bill->segments[0].service, "storm");
}

TEST_F(MakeBillTest, AnAgreementInAnotherUnitThanItsScheduleHoldsTheBill) {
  electric_.unit = "CCF";
  const auto bill =
      Make({{&electric_, std::nullopt, {Read("2026-10-20", 1), Read("2026-11-19", 9)}}});
  ASSERT_TRUE(bill.has_value());
  EXPECT_EQ(bill->holds.at(0).reason, HoldReason::kNoSchedule);
}

TEST_F(MakeBillTest, AStoppedAgreementIsBilledToItsStopAndThenNoMore) {
  electric_.state = agreement::State::kStopped;
  electric_.stop_date = Day("2026-11-10");
  const auto bill =
      Make({{&electric_,
             std::nullopt,
             {Read("2026-10-20", 1), Read("2026-11-10", 9), Read("2026-11-19", 99)}}});
  ASSERT_TRUE(bill.has_value());
  EXPECT_EQ(bill->segments[0].to_date, Day("2026-11-10"));
  EXPECT_EQ(bill->segments[0].use.usage_thousandths, 8 * kCount);
  EXPECT_FALSE(Make({{&electric_, LastBilled{Day("2026-11-10"), 9, {8, 21}, {}}, {}}}).has_value());
}

TEST_F(MakeBillTest, AReadThatWaitsHoldsTheBill) {
  Pending electric{
      &electric_, std::nullopt, {Read("2026-10-20", 40'000), Read("2026-11-19", 40'812)}};
  electric.waiting = "DUPLICATE: E100,2026-11-19,40712,kWh";
  const auto bill = Make({electric, {&storm_, std::nullopt, {}}});
  ASSERT_TRUE(bill.has_value());
  ASSERT_EQ(bill->holds.size(), 1u);
  EXPECT_EQ(bill->holds[0].reason, HoldReason::kReadWaits);
  EXPECT_EQ(bill->holds[0].evidence, electric.waiting);
  ASSERT_EQ(bill->segments.size(), 1u);
  EXPECT_EQ(bill->segments[0].service, "storm");
}

// 100 kWh in 10 days were estimated: 150 are the standard estimate of 15 days, and 225 a catch-up.
TEST_F(MakeBillTest, WhatSettlesAnEstimateIsACatchUpFromHalfAsMuchAgain) {
  const auto make = [&](std::int64_t usage, bool was_estimated, bool is_estimated) {
    LastBilled last{Day("2026-11-04"), 40'000 * kCount, {100 * kCount, 10}, {}, was_estimated};
    read::Reading now = Read("2026-11-19", 40'000 + usage);
    now.estimated = is_estimated;
    return *Make({{&electric_, last, {Read("2026-11-04", 40'000), now}}});
  };
  EXPECT_TRUE(make(224, true, false).holds.empty());
  const Bill bill = make(225, true, false);
  ASSERT_EQ(bill.holds.size(), 1u);
  EXPECT_EQ(bill.holds[0].reason, HoldReason::kCatchUp);
  EXPECT_EQ(bill.segments.size(), 1u) << "priced, and waiting for somebody";
  EXPECT_TRUE(make(225, false, false).holds.empty()) << "nothing was estimated";
  EXPECT_TRUE(make(225, true, true).holds.empty()) << "it settles nothing";
}

// The electric meter with the number E100 went on Nov 7, with its reads.
EarlierMeter E100(std::vector<read::Reading> reads) {
  return {{AccountId(10000000009),
           1,
           1,
           {"E100", "5/8", "kWh", 5, 1000},
           std::nullopt,
           Day("2026-11-07")},
          std::move(reads)};
}

TEST_F(MakeBillTest, AnExchangeIsBilledFromTwoMetersWithTheirOwnMultipliers) {
  electric_.meter_number = "E200";
  electric_.multiplier_thousandths = 10'000;
  const auto bill = Make({{&electric_,
                           std::nullopt,
                           {Read("2026-11-07", 3), Read("2026-11-19", 43)},
                           {E100({Read("2026-10-20", 99'990), Read("2026-11-07", 12)})}}});
  ASSERT_TRUE(bill.has_value());
  EXPECT_EQ(bill->state, BillState::kCalculated);
  const Segment& segment = bill->segments.at(0);
  EXPECT_EQ(segment.use.usage_thousandths, (22 + 400) * kCount) << "the old register rolled over";
  EXPECT_EQ(segment.start_read_thousandths, 99'990 * kCount);
  EXPECT_EQ(segment.end_read_thousandths, 43 * kCount);
  ASSERT_EQ(segment.meters.size(), 2u);
  EXPECT_EQ(segment.meters[0].meter.meter_number, "E100");
  EXPECT_EQ(segment.meters[0].to_date, Day("2026-11-07"));
  EXPECT_EQ(segment.meters[0].installation_no, 1);
  EXPECT_EQ(segment.meters[1].from_date, Day("2026-11-07"));
  EXPECT_EQ(segment.meters[1].usage_thousandths, 400 * kCount);
  EXPECT_EQ(segment.meters[1].installation_no, 2);
}

TEST_F(MakeBillTest, TwoExchangesInOnePeriodAreThreeMeters) {
  electric_.meter_number = "E300";
  EarlierMeter second = E100({Read("2026-11-07", 0), Read("2026-11-12", 5)});
  second.installation.installation_no = 2;
  second.installation.meter.meter_number = "E200";
  second.installation.from_date = Day("2026-11-07");
  second.installation.to_date = Day("2026-11-12");
  const auto bill = Make({{&electric_,
                           std::nullopt,
                           {Read("2026-11-12", 0), Read("2026-11-19", 9)},
                           {E100({Read("2026-10-20", 1), Read("2026-11-07", 4)}), second}}});
  ASSERT_TRUE(bill.has_value());
  ASSERT_EQ(bill->segments.size(), 1u);
  EXPECT_EQ(bill->segments[0].meters.size(), 3u);
  EXPECT_EQ(bill->segments[0].use.usage_thousandths, (3 + 5 + 9) * kCount);
}

TEST_F(MakeBillTest, AnExchangeAloneDoesNotEndAPeriod) {
  electric_.meter_number = "E200";
  const auto bill = Make({{&electric_,
                           std::nullopt,
                           {Read("2026-11-07", 3)},
                           {E100({Read("2026-10-20", 1), Read("2026-11-07", 9)})}}});
  ASSERT_TRUE(bill.has_value());
  EXPECT_EQ(bill->holds.at(0).reason, HoldReason::kNoRead);
}

TEST_F(MakeBillTest, APeriodThatEndsBeforeTheExchangeIsTheOldMeters) {
  electric_.meter_number = "E200";
  electric_.multiplier_thousandths = 10'000;
  EarlierMeter old = E100({Read("2026-10-20", 1), Read("2026-11-19", 9), Read("2026-11-21", 11)});
  old.installation.to_date = Day("2026-11-21");
  const auto bill = Make({{&electric_, std::nullopt, {}, {old}}});
  ASSERT_TRUE(bill.has_value());
  EXPECT_EQ(bill->segments.at(0).to_date, Day("2026-11-19"));
  EXPECT_EQ(bill->segments[0].use.usage_thousandths, 8 * kCount);
}

TEST_F(MakeBillTest, APeriodThatBeginsWithTheExchangeIsTheNewMeters) {
  electric_.meter_number = "E200";
  const auto bill = Make({{&electric_,
                           LastBilled{Day("2026-11-07"), 9 * kCount, {8 * kCount, 18}, {}},
                           {Read("2026-11-07", 50'000), Read("2026-11-19", 50'100)},
                           {E100({Read("2026-11-07", 9)})}}});
  ASSERT_TRUE(bill.has_value());
  EXPECT_EQ(bill->segments.at(0).use.usage_thousandths, 100 * kCount);
}

TEST_F(MakeBillTest, AnExchangedRegisterThatFellHoldsTheBillAndNamesTheMeter) {
  electric_.meter_number = "E200";
  const auto bill = Make({{&electric_,
                           std::nullopt,
                           {Read("2026-11-07", 50), Read("2026-11-19", 40)},
                           {E100({Read("2026-10-20", 1), Read("2026-11-07", 9)})}}});
  ASSERT_TRUE(bill.has_value());
  EXPECT_EQ(bill->holds.at(0).reason, HoldReason::kReadsFall);
  EXPECT_NE(bill->holds[0].evidence.find("E200"), std::string::npos);
}

TEST(CycleStatesTest, ARunGoesOneWay) {
  using S = RunState;
  using E = RunEvent;
  const S states[] = {S::kCalculating, S::kCalculated, S::kSignedOff, S::kPosting, S::kPosted};
  const E events[] = {E::kFinishCalculation, E::kSignOff, E::kStartPosting, E::kFinishPosting};
  for (std::size_t s = 0; s < std::size(states); ++s) {
    EXPECT_EQ(ParseRunState(RunStateName(states[s])), states[s]);
    for (std::size_t e = 0; e < std::size(events); ++e) {
      const std::optional<S> next = After(states[s], events[e]);
      EXPECT_EQ(next, s == e ? std::optional(states[s + 1]) : std::nullopt);
    }
  }
}

TEST(CycleStatesTest, OnlyAHeldBillIsReviewedOnlyASoundOnePostedAndOnlyAPostedOneCancelled) {
  using S = BillState;
  using E = BillEvent;
  for (const S state : {S::kCalculated, S::kHeld, S::kReleased, S::kPosted, S::kCancelled}) {
    EXPECT_EQ(ParseBillState(BillStateName(state)), state);
    EXPECT_EQ(After(state, E::kPost).has_value(), state == S::kCalculated || state == S::kReleased);
    EXPECT_EQ(After(state, E::kRelease).has_value(), state == S::kHeld);
    EXPECT_EQ(After(state, E::kConfirmHold).has_value(), state == S::kHeld);
    EXPECT_EQ(After(state, E::kKeepReads).has_value(), state == S::kHeld);
    EXPECT_EQ(After(state, E::kBillAsMonths).has_value(), state == S::kHeld);
    EXPECT_EQ(After(state, E::kCancel).has_value(), state == S::kPosted);
  }
}

TEST(AgreementStatesTest, WhatWasStoppedNeverRunsAgain) {
  using S = agreement::State;
  using E = agreement::Event;
  EXPECT_EQ(agreement::After(S::kPending, E::kStart), S::kActive);
  EXPECT_EQ(agreement::After(S::kActive, E::kStart), std::nullopt);
  EXPECT_EQ(agreement::After(S::kStopped, E::kStart), std::nullopt);
  EXPECT_EQ(agreement::After(S::kPending, E::kStop), S::kStopped);
  EXPECT_EQ(agreement::After(S::kActive, E::kStop), S::kStopped);
  EXPECT_EQ(agreement::After(S::kStopped, E::kStop), std::nullopt);
  for (const S state : {S::kPending, S::kActive, S::kStopped}) {
    EXPECT_EQ(agreement::ParseState(agreement::StateName(state)), state);
  }
}

}  // namespace
}  // namespace reeve::billing::cycle
