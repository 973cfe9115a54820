// Land records: what of a file can be read, and what an agreement is billed by otherwise.
#include "services/billing/parcel/parcel.h"

#include <gmock/gmock.h>

#include "services/billing/cycle/guard_run.h"
#include "services/billing/cycle/parcel_difference.h"
#include "tests/unit/billing/guard_city.h"

namespace reeve::billing::cycle {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

parcel::ParcelRows Parse(const std::string& rows) {
  return parcel::ParseParcels(std::string(parcel::kHeader) + "\n" + rows, 1);
}

parcel::ParcelFacts FactsOf(const std::string& rows) {
  parcel::ParcelRows parsed = Parse(rows);
  EXPECT_THAT(parsed.problems, IsEmpty());
  parcel::ParcelFacts facts;
  facts.is_loaded = true;
  for (const parcel::Parcel& one : parsed.places) facts.places.emplace(one.premise, one);
  for (const parcel::LandUser& one : parsed.users) {
    facts.users.emplace(std::pair(one.kind, one.code), one);
  }
  return facts;
}

TEST(ParcelFileTest, EveryColumnIsRead) {
  const parcel::ParcelRows rows = Parse(
      "place,17,14-022-0107,HOME,2,INSIDE,1.5,water=5/8|electric=200A,3,storm|sewer\r\n"
      "\n"
      "schedule,W1,,HOME|DUPLEX,,INSIDE,,,,\n"
      "class,RESIDENTIAL,,HOME,,,,,,\n"
      "place,18,14-022-0108,,,,,,,\n");
  EXPECT_THAT(rows.problems, IsEmpty());
  ASSERT_EQ(rows.places.size(), 2);
  const parcel::Parcel& one = rows.places[0];
  EXPECT_EQ(one.line, 2);
  EXPECT_EQ(one.premise, PremiseId(17));
  EXPECT_EQ(one.parcel_number, "14-022-0107");
  EXPECT_EQ(one.land_use, "HOME");
  EXPECT_EQ(one.dwelling_units, 2);
  EXPECT_EQ(one.city_limits, "INSIDE");
  EXPECT_EQ(one.esu_thousandths, 1'500);
  EXPECT_THAT(one.meter_sizes, ElementsAre("water=5/8", "electric=200A"));
  EXPECT_EQ(one.cart_count, 3);
  EXPECT_THAT(one.exempt_services, ElementsAre("storm", "sewer"));
  EXPECT_FALSE(rows.places[1].dwelling_units);
  EXPECT_THAT(Parse("place,17,1,,,,,,sanitation=2|water=1,\n").places.at(0).service_carts,
              ElementsAre("sanitation=2", "water=1"));
  EXPECT_FALSE(rows.places[1].cart_count);
  ASSERT_EQ(rows.users.size(), 2);
  EXPECT_EQ(rows.users[0].code, "W1");
  EXPECT_THAT(rows.users[0].land_uses, ElementsAre("HOME", "DUPLEX"));
  EXPECT_EQ(rows.users[1].kind, parcel::UserKind::kClass);
}

TEST(ParcelFileTest, EverythingThatIsWrongIsNamed) {
  const parcel::ParcelRows rows = Parse(
      "house,17,1,,,,,,,\n"
      "place,0,1,,,,,,,\n"
      "place,17,,,,,,,,\n"
      "place,17,1,a=b,-1,inside,1.0001,water,x,storm|\n"
      "place,18,1,,,,,,\n"
      "place,19,1,,,,,,,\n"
      "place,19,2,,,,,,,\n"
      "schedule,W1,7,,1,,,,,\n"
      "class,PUBLIC,,,,,,,,\n"
      "schedule,W2,,A|A,,,,,,\n"
      "place,20,1,,,,,water=1|water=2,,\n"
      "place,21,1,,,,,storm=1|heat=2,sanitation=x|carts=1,waste\n");
  std::vector<std::string> problems;
  for (const parcel::Problem& one : rows.problems) {
    problems.push_back(std::to_string(one.line) + " " + one.field);
  }
  EXPECT_THAT(
      problems,
      ElementsAre("2 row", "3 place", "4 parcel", "5 land_use", "5 dwelling_units", "5 city_limits",
                  "5 esu", "5 meter_sizes", "5 carts", "5 exempt", "6 row", "8 place", "9 parcel",
                  "9 dwelling_units", "10 place", "11 land_use", "12 meter_sizes", "13 meter_sizes",
                  "13 meter_sizes", "13 carts", "13 carts", "13 exempt"));
  ASSERT_EQ(rows.places.size(), 1);
  EXPECT_EQ(rows.places[0].premise, PremiseId(19));
  EXPECT_EQ(parcel::ParseParcels("row\n", 1).problems.size(), 1);
  EXPECT_EQ(parcel::ParseParcels("", 1).problems.size(), 1);
}

// Sanitation by carts at 17.81 each, and the same outside the city.
rate::Schedule Carts(const std::string& code, const char* price) {
  rate::Schedule schedule =
      Metered(code, "sanitation", Unit::kCart, {PerUnit("Carts", price, Unit::kCart)});
  schedule.usage_unit.reset();
  return schedule;
}

class ParcelDifferenceTest : public testing::Test {
 protected:
  // Bills as many units as `thousandths`, at place 17 of account 10'001.
  std::vector<ParcelDifference> Differences(const std::string& rows, std::int64_t thousandths,
                                            CustomerClass as = CustomerClass::kResidential,
                                            bool first = true) {
    guarded_ = city_.guarded();
    agreement_ = *guarded_[0].agreement;
    agreement_.premise = PremiseId(17);
    guarded_[0].agreement = &agreement_;
    guarded_[0].customer_class = as;
    bills_ = city_.bills();
    Segment& segment = bills_[0].segments[0];
    segment.use.quantity_thousandths = thousandths;
    segment.lines =
        *PriceSegment(city_.tariff(), segment, city_.run().bill_date, Kind::kProduction);
    segment.amount = *Sum(segment.lines, [](const rate::Line& line) { return line.amount; });
    bills_[0].total = segment.amount;
    guarded_[0].days.clear();
    if (!first) {
      guarded_[0].days.push_back({segment.from_date.PlusDays(-30), segment.from_date,
                                  segment.effective_date, 0, thousandths, segment.amount,
                                  segment.schedule_code});
    }
    parcel::ParcelFacts facts = FactsOf(rows);
    facts.agreements[PremiseId(17)] = at_place_;
    CompareWithParcels(city_.run(), city_.tariff(), facts, bills_, guarded_);
    return guarded_[0].differences;
  }
  bool IsHeld() {
    GuardBills(city_.run(), city_.tariff(), {}, guarded_, bills_);
    bool held = false;
    for (const Hold& hold : bills_[0].holds) {
      held = held || hold.reason == HoldReason::kNotAsParcel;
    }
    return held;
  }

  const rate::Schedule inside_ = Carts("G1", "17.81");
  const rate::Schedule outside_ = Carts("G2", "26.72");
  GuardCity city_ = [this] {
    GuardCity city({inside_, outside_});
    city.Add(inside_, {});
    return city;
  }();
  std::vector<parcel::AtPlace> at_place_;
  std::vector<Guarded> guarded_;
  agreement::Agreement agreement_;
  std::vector<Bill> bills_;
};

// The trial's ten carts for one: $178.10 for $17.81.
TEST_F(ParcelDifferenceTest, TenCartsForOneAreHeldWithTheirDollars) {
  EXPECT_THAT(Differences("place,17,1,,,,,,1,\n", 10'000),
              ElementsAre(ParcelDifference{Basis::kCarts, "1", "10", 160'29}));
  EXPECT_TRUE(IsHeld());
  EXPECT_EQ(bills_[0].holds[0].at_stake.cents(), 160'29);
  EXPECT_EQ(bills_[0].holds[0].evidence, "CARTS is 10, the land records have 1");
  // One that is as the parcel has it, and one of which the parcel says nothing.
  EXPECT_THAT(Differences("place,17,1,,,,,,10,\n", 10'000), IsEmpty());
  EXPECT_FALSE(IsHeld());
  EXPECT_THAT(Differences("place,17,1,HOME,1,INSIDE,1,water=1,,\n", 10'000), IsEmpty());
  EXPECT_FALSE(IsHeld());
}

TEST_F(ParcelDifferenceTest, WhatStoodOnTheBillBeforeIsFoundButNotHeld) {
  EXPECT_EQ(Differences("place,17,1,,,,,,1,\n", 10'000, CustomerClass::kResidential, false).size(),
            1);
  EXPECT_FALSE(IsHeld());
  RunFacts facts;
  facts.run = city_.run();
  facts.now = TallyPage(city_.run(), city_.tariff(), {}, guarded_, bills_);
  facts.new_differences = {{"sanitation", "CARTS", 1, 160'29}};
  const auto parcels = [&] {
    std::vector<RunFinding> found;
    for (RunFinding& one : JudgeRun(facts, Limits(Scope::kRun))) {
      if (one.rule == FindingRule::kParcel) found.push_back(std::move(one));
    }
    return found;
  };
  ASSERT_EQ(parcels().size(), 1);
  EXPECT_EQ(parcels()[0].subject, "CARTS");
  EXPECT_EQ(parcels()[0].count, 1);
  EXPECT_EQ(parcels()[0].at_stake_cents, 160'29);
  // It is asked once, whatever else has come or gone.
  facts.new_differences.clear();
  EXPECT_THAT(parcels(), IsEmpty());
}

TEST_F(ParcelDifferenceTest, ScheduleClassAndExemptionGoByTheParcel) {
  const std::string users =
      "schedule,G1,,HOME,,INSIDE,,,,\nschedule,G2,,HOME,,OUTSIDE,,,,\n"
      "class,RESIDENTIAL,,HOME,,,,,,\n";
  EXPECT_THAT(Differences(users + "place,17,1,HOME,,INSIDE,,,,\n", 1'000), IsEmpty());
  EXPECT_THAT(
      Differences(users + "place,17,1,HOME,,OUTSIDE,,,,\n", 1'000),
      ElementsAre(ParcelDifference{Basis::kCityLimits, "OUTSIDE", "G1 for INSIDE", 17'81 - 26'72}));
  EXPECT_TRUE(IsHeld());
  EXPECT_THAT(Differences(users + "place,17,1,SHOP,,INSIDE,,,,\n", 1'000),
              ElementsAre(ParcelDifference{Basis::kClass, "SHOP", "RESIDENTIAL for HOME", {}},
                          ParcelDifference{Basis::kLandUse, "SHOP", "G1 for HOME", {}}));
  EXPECT_THAT(Differences(users + "place,17,1,HOME,,INSIDE,,,,sanitation\n", 1'000),
              ElementsAre(ParcelDifference{Basis::kExempt, "exempt", "billed", 17'81}));
  EXPECT_THAT(Differences("schedule,G2,,,,,,,,\nplace,17,1,,,,,,,\n", 1'000),
              ElementsAre(ParcelDifference{Basis::kListed, "a row of its schedule", "G1", {}}));
  EXPECT_FALSE(IsHeld()) << "a schedule is missing, not a fact of the bill";
}

TEST_F(ParcelDifferenceTest, AFlatServiceWithoutAParcelIsHeld) {
  EXPECT_THAT(Differences("place,18,1,,,,,,,\n", 1'000),
              ElementsAre(ParcelDifference{Basis::kParcel, "a parcel", "place 17", 17'81}));
  EXPECT_TRUE(IsHeld());
}

// A duplex of two carts, one by each of its two accounts: each alone would be one cart short.
TEST_F(ParcelDifferenceTest, CountsOfAPlaceAreOfAllItsAgreements) {
  const Date day = Day("2020-01-01");
  at_place_ = {{AccountId(1), 1, "sanitation", "G1", 1'000, day, {}},
               {AccountId(1), 2, "storm", "G1", 7'000, day, {}},
               {AccountId(2), 1, "sanitation", "G1", 5'000, day, Day("2026-01-01")},
               {AccountId(3), 1, "sanitation", "G1", 5'000, Day("2026-11-20"), {}}};
  EXPECT_THAT(Differences("place,17,1,,,,,,2,\n", 1'000), IsEmpty());
  EXPECT_FALSE(IsHeld());
  EXPECT_THAT(Differences("place,17,1,,,,,,2,\n", 4'000),
              ElementsAre(ParcelDifference{
                  Basis::kCarts, "2", "5, 1 of it by 1 other agreement of the place", 3 * 17'81}));
  EXPECT_TRUE(IsHeld());
  at_place_.clear();
  EXPECT_EQ(Differences("place,17,1,,,,,,2,\n", 1'000).size(), 1) << "without the other account";
}

TEST_F(ParcelDifferenceTest, CartsMayBeThoseOfAService) {
  EXPECT_THAT(Differences("place,17,1,,,,,,sanitation=2|water=9,\n", 2'000), IsEmpty());
  EXPECT_THAT(Differences("place,17,1,,,,,,sanitation=1|water=2,\n", 2'000),
              ElementsAre(ParcelDifference{Basis::kCarts, "1", "2", 17'81}));
  EXPECT_THAT(Differences("place,17,1,,,,,,water=9,\n", 2'000), IsEmpty());
}

// Whoever has a meter at a place without a parcel is found, and billed for what it shows.
TEST_F(ParcelDifferenceTest, AMeterWithoutAParcelIsFoundAndNotHeld) {
  rate::Schedule water = Metered("W1", "water", Unit::kKilogallon, {Fixed("Base", "20.00")});
  city_ = GuardCity({water});
  city_.Add(water, {.thousandths = 5'000});
  EXPECT_THAT(Differences("place,18,1,,,,,,,\n", 1'000),
              ElementsAre(ParcelDifference{Basis::kParcel, "a parcel", "place 17", {}}));
  EXPECT_FALSE(IsHeld());
  EXPECT_THAT(Differences("place,17,1,,,,,,,\n", 1'000), IsEmpty());
}

TEST_F(ParcelDifferenceTest, WithoutLandRecordsNothingIsCompared) {
  Differences("place,17,1,,,,,,1,\n", 10'000);
  for (Guarded& one : guarded_) one.differences.clear();
  CompareWithParcels(city_.run(), city_.tariff(), {}, bills_, guarded_);
  EXPECT_THAT(guarded_[0].differences, IsEmpty());
}

}  // namespace
}  // namespace reeve::billing::cycle
