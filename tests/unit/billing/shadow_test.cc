// Each cause of a difference, and that causes add up.
#include "services/billing/shadow/shadow.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/billing/schedules.h"

namespace reeve::billing::shadow {
namespace {

using cycle::Bill;
using cycle::Segment;

// Ten dollars, 2 a kgal up to ten and 5 above, one percent on all of it.
const rate::Tariff& TestTariff() {
  static const rate::Tariff tariff(
      {Metered(
           "W", "water", Unit::kKilogallon,
           {Fixed("Base", "10"), Tiers("Water", {{10, "2"}, {0, "5"}}), Percent("Tax", "0.01")}),
       [] {
         rate::Schedule cans =
             Metered("C", "sanitation", Unit::kCart, {PerUnit("Can", "12", Unit::kCart)});
         cans.usage_unit.reset();
         return cans;
       }()});
  return tariff;
}

Segment Priced(std::string_view code, std::int64_t usage, std::string_view from = "2026-10-20",
               std::string_view to = "2026-11-19", std::int64_t quantity = 1'000) {
  Segment segment;
  segment.metered = code == "W";
  segment.service = segment.metered ? "water" : "sanitation";
  segment.schedule_code = code;
  segment.from_date = Day(from);
  segment.to_date = Day(to);
  segment.use = {usage, quantity};
  segment.lines =
      cycle::PriceSegment(TestTariff(), segment, Day("2026-11-23"), cycle::Kind::kProduction)
          .value();
  segment.effective_date = Day("2026-07-01");
  segment.amount = Money::Cents(TotalCents(segment.lines));
  return segment;
}

Bill BillOf(std::vector<Segment> segments) {
  Bill bill;
  bill.account = AccountId(1);
  bill.bill_date = Day("2026-11-23");
  bill.segments = std::move(segments);
  return bill;
}

// The old bill that says what Reeve's does; `tells` quantities or not.
std::vector<OldService> OldOf(const Bill& bill, bool tells = true) {
  std::vector<OldLine> lines;
  for (const Segment& segment : bill.segments) {
    for (const rate::Line& line : segment.lines) {
      const rate::Schedule& version =
          *TestTariff().Version(segment.schedule_code, line.effective_date);
      OldLine old{static_cast<std::int64_t>(lines.size()) + 2,
                  AccountId(1),
                  segment.service,
                  version.components[static_cast<std::size_t>(line.component)].name,
                  segment.from_date,
                  segment.to_date,
                  segment.metered ? "kgal" : "",
                  segment.metered ? segment.use.usage_thousandths : 0,
                  std::nullopt,
                  line.amount};
      if (tells) old.quantity_thousandths = line.quantity_thousandths / line.quantity_divisor;
      lines.push_back(old);
    }
  }
  return GroupByService(lines);
}

std::vector<Difference> Compared(const std::vector<OldService>& old, const Bill& bill) {
  std::vector<Difference> differences = CompareBills(TestTariff(), old, bill);
  std::int64_t apart = 0;
  for (const Segment& segment : bill.segments) apart += segment.amount.cents();
  for (const OldService& service : old) apart -= service.amount_cents;
  for (const Difference& one : differences) apart -= one.effect_cents;
  EXPECT_EQ(apart, 0) << "the causes add up to the difference";
  return differences;
}

// Causes with their dollars, in order.
using Causes = std::vector<std::pair<Cause, std::int64_t>>;
Causes CausesOf(const std::vector<OldService>& old, const Bill& bill) {
  Causes causes;
  for (const Difference& one : Compared(old, bill)) {
    causes.emplace_back(one.cause, one.effect_cents);
  }
  return causes;
}

// Changes the line of that name by some cents.
void Change(std::vector<OldService>& old, const std::string& name, std::int64_t cents) {
  for (OldService& service : old) {
    for (OldLine& line : service.lines) {
      if (line.name != name) continue;
      line.amount = Money::Cents(line.amount.cents() + cents);
      service.amount_cents += cents;
      return;
    }
  }
  FAIL() << "no line " << name;
}

const Bill kBill = BillOf({Priced("W", 12'000), Priced("C", 0)});  // 10 + 20 + 10 + 0.40; 12

TEST(ShadowTest, TheSameBillHasNoDifference) {
  EXPECT_TRUE(Compared(OldOf(kBill), kBill).empty());
  EXPECT_TRUE(Compared(OldOf(kBill, false), kBill).empty());
}

TEST(ShadowTest, AServiceOfOneSideIsMissingOrExtra) {
  const Bill water = BillOf({Priced("W", 12'000)});
  EXPECT_EQ(CausesOf(OldOf(kBill), water), (Causes{{Cause::kMissingBill, -12'00}}));
  EXPECT_EQ(CausesOf(OldOf(water), kBill), (Causes{{Cause::kExtraBill, 12'00}}));
  EXPECT_EQ(CompareBills(TestTariff(), OldOf(water), std::nullopt).size(), 1u);
}

TEST(ShadowTest, AMissingBillSaysWhatHoldsIt) {
  Bill held = BillOf({});
  held.holds.push_back({cycle::HoldReason::kNoRead, "water", "meter 5 has no read"});
  const auto differences = CompareBills(TestTariff(), OldOf(BillOf({Priced("W", 1'000)})), held);
  ASSERT_EQ(differences.size(), 1u);
  EXPECT_EQ(differences[0].evidence, "NO_READ: meter 5 has no read");
}

// Provo 2020: registers mis-scaled by ten after a conversion.
TEST(ShadowTest, AFactorIsNamedByItsSize) {
  const std::vector<OldService> old = OldOf(BillOf({Priced("W", 9'000)}));
  for (const auto& [usage, cause] : std::vector<std::pair<std::int64_t, Cause>>{
           {90'000, Cause::kFactorTen},
           {900, Cause::kFactorTen},
           {91'000, Cause::kFactorTen},
           {900'000, Cause::kFactorHundred},
           {90, Cause::kFactorHundred},
           {9'000'000, Cause::kUnit},
           {6'732, Cause::kUnit},   // 9 hundred cubic feet in thousands of gallons
           {12'031, Cause::kUnit},  // 9 thousand gallons in hundreds of cubic feet
           {80'000, Cause::kUsage},
           {0, Cause::kUsage}}) {
    const Bill bill = BillOf({Priced("W", usage)});
    EXPECT_EQ(CausesOf(old, bill),
              (Causes{{cause, bill.segments[0].amount.cents() - old[0].amount_cents}}))
        << usage;
  }
}

TEST(ShadowTest, UseInAnotherUnitIsNotCompared) {
  std::vector<OldService> old = OldOf(BillOf({Priced("W", 9'000)}));
  old[0].unit = "CCF";
  EXPECT_EQ(CausesOf(old, BillOf({Priced("W", 6'732)})).front().first, Cause::kUnit);
  // Also where the dollars are the same.
  EXPECT_EQ(CausesOf(old, BillOf({Priced("W", 9'000)})), (Causes{{Cause::kUnit, 0}}));
}

TEST(ShadowTest, OtherDaysAreADifferenceWithoutACent) {
  const Bill late = BillOf({Priced("W", 9'000, "2026-10-20", "2026-11-21")});
  EXPECT_EQ(CausesOf(OldOf(BillOf({Priced("W", 9'000)})), late), (Causes{{Cause::kPeriod, 0}}));
}

TEST(ShadowTest, DaysAndUseShareADifference) {
  const Bill late = BillOf({Priced("W", 14'000, "2026-10-20", "2026-11-21")});
  EXPECT_EQ(CausesOf(OldOf(BillOf({Priced("W", 9'000)})), late),
            (Causes{{Cause::kPeriod, 0}, {Cause::kUsage, 22'22}}));  // 2 + 20, and one percent
}

TEST(ShadowTest, DaysThatReeveCannotPriceAreUnexplained) {
  std::vector<OldService> old = OldOf(kBill);
  Change(old, "Base", 3);
  old[0].to_date = old[0].from_date;  // no period
  const Causes causes = CausesOf(old, kBill);
  EXPECT_EQ(causes, (Causes{{Cause::kUnexplained, -3}}));
}

TEST(ShadowTest, ACentALineIsRounding) {
  for (const bool tells : {true, false}) {
    std::vector<OldService> old = OldOf(kBill, tells);
    Change(old, "Base", 1);
    EXPECT_EQ(CausesOf(old, kBill), (Causes{{Cause::kRounding, -1}}));
    Change(old, "Base", 1);
    EXPECT_EQ(CausesOf(old, kBill), (Causes{{Cause::kPrice, -2}}));
  }
}

TEST(ShadowTest, ATaxOnADifferenceFollowsAndOneOnNothingDoesNot) {
  std::vector<OldService> old = OldOf(kBill);
  Change(old, "Base", 10'00);
  Change(old, "Tax", 10);
  EXPECT_EQ(CausesOf(old, kBill), (Causes{{Cause::kPrice, -10'00}, {Cause::kTaxFollows, -10}}));
  old = OldOf(kBill);
  Change(old, "Tax", 10);
  EXPECT_EQ(CausesOf(old, kBill), (Causes{{Cause::kPrice, -10}}));
}

TEST(ShadowTest, TheSameUseInOtherBlocksIsATierSplit) {
  std::vector<OldService> old = OldOf(kBill);  // 10 at 2, 2 at 5; the old system: 8 and 4
  for (OldLine& line : old[0].lines) {
    if (line.name != "Water") continue;
    line.quantity_thousandths = *line.quantity_thousandths == 10'000 ? 8'000 : 4'000;
  }
  Change(old, "Water", 6'00);
  EXPECT_EQ(CausesOf(old, kBill), (Causes{{Cause::kTierSplit, -6'00}}));
}

TEST(ShadowTest, AnotherQuantityIsNamed) {
  const Bill two = BillOf({Priced("C", 0, "2026-10-20", "2026-11-19", 2'000)});
  EXPECT_EQ(CausesOf(OldOf(BillOf({Priced("C", 0)})), two), (Causes{{Cause::kQuantity, 12'00}}));
}

TEST(ShadowTest, AChargeOfOneSideIsNamed) {
  std::vector<OldService> old = OldOf(kBill);
  OldLine fee = old[0].lines.front();
  fee.name = "Franchise fee";
  fee.amount = Money::Cents(2'00);
  old[0].lines.push_back(fee);
  old[0].amount_cents += 2'00;
  EXPECT_EQ(CausesOf(old, kBill), (Causes{{Cause::kLineMissing, -2'00}}));
  old = OldOf(kBill);
  old[0].amount_cents -= old[0].lines.back().amount.cents();
  old[0].lines.pop_back();  // the tax
  EXPECT_EQ(CausesOf(old, kBill), (Causes{{Cause::kLineExtra, 40}}));
}

TEST(ShadowTest, SeveralMetersAreComparedTogether) {
  const Bill bill = BillOf({Priced("W", 4'000), Priced("W", 5'000)});
  std::vector<OldService> old = OldOf(bill);
  old[0].usage_thousandths = 9'000;
  EXPECT_TRUE(Compared(old, bill).empty());
  old[0].usage_thousandths = 90'000;
  EXPECT_EQ(CausesOf(old, bill), (Causes{{Cause::kFactorTen, 0}}));
  old[0].usage_thousandths = 9'000;
  Change(old, "Base", 5'00);
  EXPECT_EQ(CausesOf(old, bill), (Causes{{Cause::kPrice, -5'00}}));
}

// Whatever is changed on the old bill, its causes add up (Compared expects it), and none is
// unexplained that can be priced.
TEST(ShadowTest, CausesAddUpOfAnyTwoBills) {
  std::mt19937_64 random(20260901);
  const auto below = [&](std::int64_t bound) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(bound));
  };
  for (int i = 0; i < 5'000; ++i) {
    const auto make = [&] {
      const std::string to = Day("2026-11-19").PlusDays(static_cast<int>(below(5))).ToString();
      return BillOf({Priced("W", below(200'000), "2026-10-20", to),
                     Priced("C", 0, "2026-10-20", to, 1'000 * (1 + below(3)))});
    };
    const Bill bill = make();
    std::vector<OldService> old = OldOf(below(3) == 0 ? make() : bill, below(2) == 0);
    if (below(2) == 0) Change(old, "Base", below(2'000) - 1'000);
    if (below(3) == 0) Change(old, "Can", below(20) - 10);
    if (below(9) == 0) old[0].lines.back().name = "State tax";
    for (const Difference& one : Compared(old, bill)) {
      EXPECT_NE(one.cause, Cause::kUnexplained);
      EXPECT_NE(one.evidence, "");
    }
  }
}

TEST(ShadowTest, EveryStateKnowsEveryEvent) {
  const std::map<std::pair<State, Event>, State> allowed{
      {{State::kLoading, Event::kFinishLoading}, State::kLoaded},
      {{State::kLoaded, Event::kCompare}, State::kComparing},
      {{State::kComparing, Event::kCompare}, State::kComparing},
      {{State::kComparing, Event::kFinishComparing}, State::kCompared},
      {{State::kCompared, Event::kCompareAgain}, State::kComparing},
      {{State::kCompared, Event::kGoLive}, State::kLive}};
  for (int state = 0; state < 5; ++state) {
    for (int event = 0; event < 5; ++event) {
      const auto found = allowed.find({static_cast<State>(state), static_cast<Event>(event)});
      EXPECT_EQ(After(static_cast<State>(state), static_cast<Event>(event)),
                found == allowed.end() ? std::nullopt : std::optional(found->second));
    }
  }
}

CauseGroup Group(Cause cause, std::int64_t cents, int people) {
  CauseGroup group{cause, "water", 3, cents, {}, {}};
  for (int i = 0; i < people; ++i) group.persons[static_cast<std::size_t>(i)] = PersonId(7 + i);
  return group;
}

TEST(GoLiveTest, IsJudgedInOrderOfPrecedence) {
  const Totals old{{"water", {"kgal", 3, 27'000, 100'00}}};
  Totals reeve = old;
  EXPECT_FALSE(JudgeGoLive(old, reeve, {}));
  reeve["water"].amount_cents += 5;
  const auto obstacle = [&](std::vector<CauseGroup> groups) -> std::optional<Obstacle> {
    const auto refusal = JudgeGoLive(old, reeve, groups);
    return refusal ? std::optional(refusal->obstacle) : std::nullopt;
  };
  EXPECT_EQ(obstacle({}), Obstacle::kTotalsDiffer) << "dollars that no difference explains";
  EXPECT_EQ(obstacle({Group(Cause::kRounding, 4, 2)}), Obstacle::kTotalsDiffer);
  EXPECT_EQ(obstacle({Group(Cause::kRounding, 5, 0)}), Obstacle::kNotAcknowledged);
  EXPECT_EQ(obstacle({Group(Cause::kRounding, 5, 1)}), Obstacle::kNotAcknowledged);
  EXPECT_EQ(obstacle({Group(Cause::kRounding, 5, 2)}), std::nullopt);
  EXPECT_EQ(obstacle({Group(Cause::kRounding, 2, 0), Group(Cause::kUnexplained, 3, 2)}),
            Obstacle::kUnexplained);
  // Counts and units are refused whatever is acknowledged.
  for (const Total& other : {Total{"kgal", 4, 27'000, 100'05}, Total{"kgal", 3, 270'000, 100'05},
                             Total{"CCF", 3, 27'000, 100'05}}) {
    reeve["water"] = other;
    EXPECT_EQ(obstacle({Group(Cause::kFactorTen, 5, 2)}), Obstacle::kTotalsDiffer);
  }
  reeve.erase("water");
  EXPECT_EQ(obstacle({Group(Cause::kMissingBill, -100'00, 2)}), Obstacle::kTotalsDiffer);
}

}  // namespace
}  // namespace reeve::billing::shadow
