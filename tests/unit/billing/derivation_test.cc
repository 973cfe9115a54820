#include "services/billing/bill/derivation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "services/billing/bill/explanation_wire_service.h"
#include "tests/unit/billing/evaluated.h"
#include "tests/unit/billing/random_price.h"

namespace reeve::billing::bill {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

v1::BillExplanation OnTheWire(const Derivation& derivation) {
  v1::BillExplanation message;
  for (const Node& node : derivation.nodes()) {
    *message.add_nodes() = ToProto(node, message.nodes_size() + 1);
  }
  return message;
}

Money TotalOf(std::span<const rate::Line> lines) {
  return Sum(lines, [](const rate::Line& line) { return line.amount; }).value();
}

// A month of one service, whose meter was read at both ends.
v1::BillExplanation Explained(const rate::Versions& versions, const Month& month,
                              const MeterReads& reads) {
  const std::vector<rate::Line> lines = PriceMonth(versions, month).value();
  const rate::Measured measured{
      Day(month.from_date), Day(month.to_date), month.usage_thousandths, {}};
  PricedPart part;
  part.service = "electric";
  part.versions = &versions;
  part.version = &versions.all().back();
  part.period = {measured.from_date, measured.to_date, measured.to_date};
  part.facts = {.measured = {&measured, 1}, .quantity_thousandths = month.quantity_thousandths};
  part.meters = {&reads, 1};
  part.lines = lines;
  part.amount = TotalOf(lines);
  Derivation derivation;
  derivation.AddPart(part);
  derivation.AddTotal(part.amount);
  return OnTheWire(derivation);
}

std::vector<std::string> Listed(const v1::BillExplanation& explanation) {
  std::vector<std::string> listed;
  for (const v1::ExplanationNode& node : explanation.nodes()) {
    std::string inputs;
    for (const int no : node.input_nos()) inputs += " " + std::to_string(no);
    listed.push_back(v1::ExplanationKind_Name(node.kind()).substr(17) + inputs + ": " +
                     std::to_string(node.numerator()) + "/" + std::to_string(node.denominator()) +
                     " " + node.unit());
  }
  return listed;
}

TEST(DerivationTest, GoesFromReadsToTheTotal) {
  const rate::Versions versions = VersionsOf({ProvoSchedule1()});
  const v1::BillExplanation explained =
      Explained(versions, {812'000}, {"E7", 40'000'000, 40'812'000, 6, 1'000});
  EXPECT_THAT(Evaluated(explained.nodes()).faults(), IsEmpty());
  EXPECT_THAT(
      Listed(explained),
      ::testing::ElementsAre(
          "READ: 40000000/1000 count", "READ: 40812000/1000 count", "MULTIPLIER: 1000/1000 kWh",
          "METER_USE 1 2 3: 812000/1000 kWh", "DAYS: 30/1 day", "COUNT: 1/1 bill",
          "RATE: 13920000000/1000000000 USD", "LINE 7 6: 1392/100 USD", "BOUND: 0/1 kWh",
          "BOUND: 500000/1000 kWh", "BLOCK 4 9 10: 500/1 kWh", "RATE: 73400000/1000000000 USD",
          "LINE 12 11: 3670/100 USD", "BOUND: 500000/1000 kWh", "BOUND: 1000000/1000 kWh",
          "BLOCK 4 14 15: 312/1 kWh", "RATE: 101900000/1000000000 USD", "LINE 17 16: 3179/100 USD",
          "SERVICE 8 13 18: 8241/100 USD", "TOTAL 19: 8241/100 USD"));
  const v1::ExplanationNode& line = explained.nodes(12);
  EXPECT_EQ(line.component(), "Energy");
  EXPECT_EQ(line.schedule_code(), "E1");
  EXPECT_EQ(line.effective_date(), "2026-07-01");
  EXPECT_EQ(line.citation(), "Test");
  EXPECT_EQ(line.rounding(), v1::RATE_ROUNDING_HALF_UP);
  EXPECT_EQ(line.round_to_cents(), 1);
  EXPECT_EQ(line.line_no(), 2);
  EXPECT_EQ(explained.nodes(4).from_date(), "2026-09-01");
  EXPECT_EQ(explained.nodes(4).day_count(), v1::DAY_COUNT_AFTER_FIRST);
}

TEST(DerivationTest, ARolloverAndAMultiplierAreInputs) {
  const rate::Versions versions = VersionsOf({ProvoSchedule1()});
  const v1::BillExplanation explained =
      Explained(versions, {220'000}, {"E7", 99'990'000, 12'000, 5, 10'000});
  EXPECT_THAT(Evaluated(explained.nodes()).faults(), IsEmpty());
  EXPECT_EQ(Listed(explained)[3], "ROLLOVER: 100000/1 count");
  EXPECT_EQ(Listed(explained)[4], "METER_USE 1 2 3 4: 220000/1000 kWh");
}

TEST(DerivationTest, AChangeOfPricesWithinThePeriodDividesUseAndDays) {
  rate::Schedule before = ProvoSchedule1();
  rate::Schedule after = before;
  after.effective_date = Day("2026-09-20");
  after.terms.effect = rate::Effect::kUse;
  after.components[0].rate = Dollars("15.00");
  const v1::BillExplanation explained =
      Explained(VersionsOf({before, after}), {811'000}, {"E7", 0, 811'000, 6, 1'000});
  EXPECT_THAT(Evaluated(explained.nodes()).faults(), IsEmpty());
  std::vector<const v1::ExplanationNode*> parts;
  for (const v1::ExplanationNode& node : explained.nodes()) {
    if (node.kind() == v1::EXPLANATION_KIND_PART_OF_USE) parts.push_back(&node);
  }
  ASSERT_THAT(parts, SizeIs(0)) << "the price of energy does not change";
  after.components[1].tiers[0].rate = Dollars("0.0800");
  const v1::BillExplanation both =
      Explained(VersionsOf({before, after}), {811'000}, {"E7", 0, 811'000, 6, 1'000});
  EXPECT_THAT(Evaluated(both.nodes()).faults(), IsEmpty());
  for (const v1::ExplanationNode& node : both.nodes()) {
    if (node.kind() == v1::EXPLANATION_KIND_PART_OF_USE) parts.push_back(&node);
  }
  ASSERT_THAT(parts, SizeIs(2));
  EXPECT_EQ(parts[0]->formula(), v1::EXPLANATION_FORMULA_PRODUCT);
  EXPECT_EQ(parts[0]->numerator() + parts[1]->numerator(), 811 * parts[0]->denominator());
  // In whole units, by largest remainder.
  before.terms.split_step_thousandths = after.terms.split_step_thousandths = 1'000;
  const v1::BillExplanation units =
      Explained(VersionsOf({before, after}), {811'000}, {"E7", 0, 811'000, 6, 1'000});
  EXPECT_THAT(Evaluated(units.nodes()).faults(), IsEmpty());
  parts.clear();
  for (const v1::ExplanationNode& node : units.nodes()) {
    if (node.kind() == v1::EXPLANATION_KIND_PART_OF_USE) parts.push_back(&node);
  }
  ASSERT_THAT(parts, SizeIs(2));
  EXPECT_EQ(parts[0]->taken(0), 1);
  EXPECT_EQ(parts[1]->taken(0), 2);
}

class RandomDerivation : public rate::RandomPrice {
 protected:
  // False if the case is not priced.
  bool Explain(v1::BillExplanation& explained) {
    rate::Case made;
    MakeCase(made);
    std::vector<rate::Line> lines;
    if (!rate::Price(made.versions, made.period, made.facts, lines).ok()) return false;
    PricedPart part;
    part.service = "water";
    part.versions = &made.versions;
    part.version = &made.versions.all().back();
    part.period = made.period;
    part.facts = made.facts;
    part.lines = lines;
    part.amount = TotalOf(lines);
    Derivation derivation;
    derivation.AddPart(part);
    derivation.AddTotal(part.amount);
    explained = OnTheWire(derivation);
    return true;
  }
};

// Every kind of component, versions and seasons within a period, exchanged meters.
TEST_F(RandomDerivation, EveryNodeFollowsFromItsInputs) {
  const std::int64_t cases = Cases(8'000);
  std::set<v1::ExplanationKind> kinds;
  std::set<v1::ExplanationFormula> formulas;
  std::int64_t explained_count = 0;
  for (std::int64_t i = 0; i < cases; ++i) {
    v1::BillExplanation explained;
    if (!Explain(explained)) continue;
    ++explained_count;
    const Evaluated evaluated(explained.nodes());
    ASSERT_THAT(evaluated.faults(), IsEmpty()) << "seed " << kSeed << " case " << i;
    for (const v1::ExplanationNode& node : explained.nodes()) {
      kinds.insert(node.kind());
      formulas.insert(node.formula());
    }
  }
  EXPECT_GT(explained_count, cases / 2);
  // All there are; reads are the tests' above.
  EXPECT_EQ(static_cast<int>(kinds.size()), v1::ExplanationKind_MAX - 3);
  EXPECT_EQ(static_cast<int>(formulas.size()), v1::ExplanationFormula_MAX - 1);
}

// The control: a value that is changed does not follow any more.
TEST_F(RandomDerivation, AChangedValueDoesNotFollow) {
  for (int i = 0; i < 50; ++i) {
    v1::BillExplanation explained;
    if (!Explain(explained)) continue;
    for (int no = 0; no < explained.nodes_size(); ++no) {
      if (explained.nodes(no).formula() == v1::EXPLANATION_FORMULA_GIVEN) continue;
      v1::BillExplanation changed = explained;
      changed.mutable_nodes(no)->set_numerator(changed.nodes(no).numerator() + 1);
      ASSERT_FALSE(Evaluated(changed.nodes()).faults().empty()) << "case " << i << " node " << no;
    }
  }
}

}  // namespace
}  // namespace reeve::billing::bill
