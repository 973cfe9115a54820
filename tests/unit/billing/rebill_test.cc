#include "services/billing/rebill/rebill.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace reeve::billing::rebill {
namespace {

const Date kToday = Date::Parse("2026-11-22").value();
const Date kDue = Date::Parse("2026-12-20").value();

Date Day(const char* text) { return Date::Parse(text).value(); }

ServiceChange Change(std::int64_t before, std::int64_t after, const char* from = "2026-09-20",
                     const char* to = "2026-10-20") {
  return {"water", Day(from), Day(to), Money::Cents(before), Money::Cents(after)};
}

// Utah's rule for regulated utilities: three months from the discovery, 24 months back, not for
// fraud (R746-310-8); cash above $50 or two average months (R746-310-9).
Policy Rule(Binding binding = Binding::kAdopted) {
  return {Day("2026-01-01"),   "Utah", "R746-310-8", binding, 24, 3, true, 36,
          Money::Cents(50'00), 2,      true};
}

Grounds Found(const char* date = "2026-11-01", Cause cause = Cause::kMeter) {
  return {cause, "a wrong multiplier", Day(date)};
}

Money CutOf(const std::vector<LimitLine>& lines) {
  std::int64_t cents = 0;
  for (const LimitLine& line : lines) cents += line.cut.cents();
  return Money::Cents(cents);
}

TEST(RebillLimitsTest, WithoutLimitsNothingIsCutAndItSaysSo) {
  const ServiceChange change = Change(10'00, 90'00);
  const auto lines = JudgeLimits(nullptr, Found(), kToday, {&change, 1});
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].rule, "NO_POLICY");
  EXPECT_EQ(CutOf(lines), Money());
}

TEST(RebillLimitsTest, AnIncreaseForDaysLongPastIsCutByItsDays) {
  const Policy policy = Rule();
  const auto cut = [&](const char* from, const char* to) {
    const ServiceChange change = Change(10'00, 40'00, from, to);
    return CutOf(JudgeLimits(&policy, Found(), kToday, {&change, 1}));
  };
  // Found on 1 November 2026: days up to 1 November 2024 are too old.
  EXPECT_EQ(cut("2024-11-01", "2024-12-01"), Money());
  EXPECT_EQ(cut("2024-10-31", "2024-11-30"), Money::Cents(1'00));  // one of thirty days
  EXPECT_EQ(cut("2024-10-30", "2024-11-30"), Money::Cents(1'94));  // 2/31 of $30, rounded up
  EXPECT_EQ(cut("2024-10-02", "2024-11-01"), Money::Cents(30'00));
  EXPECT_EQ(cut("2020-10-02", "2020-11-01"), Money::Cents(30'00));
}

TEST(RebillLimitsTest, AnIncreaseIsBilledSoonOrNotAtAll) {
  const Policy policy = Rule();
  const ServiceChange change = Change(10'00, 40'00);
  const auto on = [&](const char* found) {
    return CutOf(JudgeLimits(&policy, Found(found), kToday, {&change, 1}));
  };
  EXPECT_EQ(on("2026-08-22"), Money());  // the last day
  EXPECT_EQ(on("2026-08-21"), Money::Cents(30'00));
}

TEST(RebillLimitsTest, FraudIsNotProtectedAndATemplateCutsNothing) {
  const ServiceChange change = Change(10'00, 40'00, "2020-10-02", "2020-11-01");
  const Policy policy = Rule();
  const auto fraud = JudgeLimits(&policy, Found("2026-11-01", Cause::kFraud), kToday, {&change, 1});
  EXPECT_EQ(CutOf(fraud), Money());
  EXPECT_EQ(fraud.at(0).beyond, Money::Cents(30'00));
  ASSERT_EQ(FindingsOf(&policy, fraud).size(), 1u);  // somebody must look at it all the same
  EXPECT_EQ(FindingsOf(&policy, fraud)[0].at_stake_cents, 30'00);

  const Policy model = Rule(Binding::kTemplate);
  const auto shown = JudgeLimits(&model, Found(), kToday, {&change, 1});
  EXPECT_EQ(CutOf(shown), Money());
  EXPECT_EQ(shown.at(0).beyond, Money::Cents(30'00));
  EXPECT_TRUE(FindingsOf(&model, shown).empty());

  Policy strict = Rule();
  strict.fraud_exempt = false;
  EXPECT_EQ(CutOf(JudgeLimits(&strict, Found("2026-11-01", Cause::kFraud), kToday, {&change, 1})),
            Money::Cents(30'00));
}

TEST(RebillLimitsTest, ADecreaseIsNeverCutAndIsLookedAtIfItIsOld) {
  const Policy policy = Rule();
  const ServiceChange change = Change(90'00, 10'00, "2022-10-02", "2022-11-01");
  const auto lines = JudgeLimits(&policy, Found(), kToday, {&change, 1});
  EXPECT_EQ(CutOf(lines), Money());
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].rule, "REFUND_MONTHS");
  EXPECT_EQ(lines[0].beyond, Money::Cents(80'00));
  EXPECT_EQ(lines[1].rule, "CASH_REFUND");
  EXPECT_EQ(lines[1].finding, "cash is offered for 80.00");
  EXPECT_EQ(lines[2].rule, "INTEREST");
  ASSERT_EQ(FindingsOf(&policy, lines).size(), 1u);
  EXPECT_EQ(FindingsOf(&policy, lines)[0].rule, cycle::FindingRule::kRefundLimit);
}

TEST(RebillLimitsTest, SmallDecreasesStayCredit) {
  const Policy policy = Rule();
  const ServiceChange change = Change(60'00, 20'00);  // $40; two average months are $40
  const auto lines = JudgeLimits(&policy, Found(), kToday, {&change, 1});
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].finding, "40.00 stay credit on the account");
}

// Six bills of one error are one refund, although none of them is worth a check.
TEST(RebillLimitsTest, CashIsOfferedForAllThatOneErrorGivesBack) {
  Policy policy = Rule();
  policy.cash_refund_average_months = 0;
  const ServiceChange change = Change(60'00, 40'00);
  const auto of = [&](std::int64_t before) {
    return JudgeLimits(&policy, Found(), kToday, {&change, 1}, {Money::Cents(before), {}})
        .at(0)
        .finding;
  };
  EXPECT_EQ(of(0), "20.00 stay credit on the account");
  EXPECT_EQ(of(30'00), "50.00 stay credit on the account, of it 30.00 on bills before");
  EXPECT_EQ(of(30'01), "cash is offered for 50.01, of it 30.01 on bills before");
}

// R746-310-9 C.1: no interest if it is put right in the next full cycle behind the overpayment,
// whenever it was found.
TEST(RebillLimitsTest, InterestIsOwedFromTheDayOnWhichTooMuchWasPaid) {
  const Policy policy = Rule();
  const ServiceChange change = Change(60'00, 20'00);
  const auto interest = [&](std::optional<Date> since, const char* found) {
    return JudgeLimits(&policy, Found(found), kToday, {&change, 1}, {Money(), since}).at(1).finding;
  };
  EXPECT_EQ(interest({}, "2026-09-01"), "none: no more was paid than is owed now");
  EXPECT_EQ(interest(Day("2026-09-22"), "2026-11-01"),
            "none: it is put right within the next full cycle behind its payment of 2026-09-22");
  EXPECT_EQ(interest(Day("2026-09-21"), "2026-11-21"),
            "is owed on what was paid too much, from 2026-09-21 on");
}

TEST(RebillLimitsTest, WhatCameBackWasNotOverpaid) {
  const Money owed = Money::Cents(20'00);
  EXPECT_EQ(OverpaidSince({}, owed), std::nullopt);
  EXPECT_EQ(OverpaidSince({{Day("2026-09-01"), 20'00}}, owed), std::nullopt);
  EXPECT_EQ(OverpaidSince({{Day("2026-09-01"), 20'00}, {Day("2026-10-01"), 1}}, owed),
            Day("2026-10-01"));
  EXPECT_EQ(
      OverpaidSince(
          {{Day("2026-09-01"), 60'00}, {Day("2026-09-05"), -60'00}, {Day("2026-10-02"), 60'00}},
          owed),
      Day("2026-10-02"));
}

TEST(RebillPlanTest, WhatWasChargedKeepsItsDayAndTheIncreaseHasANewOne) {
  const std::vector<cycle::PlannedCharge> before = {
      {"water", Day("2026-11-10"), Money::Cents(30'00)}};
  const ServiceChange more = Change(30'00, 45'00);
  EXPECT_EQ(PlanCharges(before, {&more, 1}, {}, kDue),
            (std::vector<cycle::PlannedCharge>{{"water", Day("2026-11-10"), Money::Cents(30'00)},
                                               {"water", kDue, Money::Cents(15'00)}}));
  const ServiceChange less = Change(30'00, 12'00);
  EXPECT_EQ(PlanCharges(before, {&less, 1}, {}, kDue),
            (std::vector<cycle::PlannedCharge>{{"water", Day("2026-11-10"), Money::Cents(12'00)}}));
  const ServiceChange none = Change(30'00, 0);
  EXPECT_TRUE(PlanCharges(before, {&none, 1}, {}, kDue).empty());
}

TEST(RebillPlanTest, ACutIsNotOwed) {
  const std::vector<cycle::PlannedCharge> before = {
      {"water", Day("2026-11-10"), Money::Cents(30'00)}};
  const ServiceChange more = Change(30'00, 45'00);
  const LimitLine cut{"BACKBILL_MONTHS", "water", "", Money::Cents(15'00), Money::Cents(15'00)};
  EXPECT_EQ(PlanCharges(before, {&more, 1}, {&cut, 1}, kDue), before);
}

TEST(RebillPlanTest, EveryCentOfTheNewBillIsOwedOrCut) {
  std::mt19937_64 random(20261126);
  const auto below = [&](std::int64_t end) { return static_cast<std::int64_t>(random() % end); };
  for (int i = 0; i < 20'000; ++i) {
    std::vector<cycle::PlannedCharge> before;
    std::int64_t charged = 0;
    for (std::int64_t n = below(3); n > 0; --n) {
      const std::int64_t cents = 1 + below(100'00);
      before.push_back({"water", kToday.PlusDays(static_cast<std::int32_t>(below(80)) - 60),
                        Money::Cents(cents)});
      charged += cents;
    }
    ServiceChange change = Change(charged, below(300'00));
    change.from_date = kToday.PlusDays(-static_cast<std::int32_t>(400 + below(700)));
    change.to_date = change.from_date.PlusDays(static_cast<std::int32_t>(1 + below(60)));
    Policy policy = Rule();
    policy.discovery_months = below(2) * 3;
    const Date found = kToday.PlusDays(-static_cast<std::int32_t>(below(120)));
    const Grounds grounds{Cause::kRead, "misread", found};
    const auto limits = JudgeLimits(&policy, grounds, kToday, {&change, 1});
    const std::int64_t cut = CutOf(limits).cents();
    std::int64_t owed = 0;
    std::int64_t on_old_days = 0;
    for (const auto& charge : PlanCharges(before, {&change, 1}, limits, kDue)) {
      EXPECT_GT(charge.amount, Money());
      owed += charge.amount.cents();
      if (charge.due_date != kDue) on_old_days += charge.amount.cents();
    }
    EXPECT_EQ(owed + cut, change.after.cents());
    EXPECT_EQ(on_old_days, std::min(charged, owed));
    EXPECT_LE(cut, std::max<std::int64_t>(0, change.after.cents() - charged));
  }
}

TEST(RebillChangesTest, ACutThatWasNotChargedIsNoPartOfWhatWasBilledBefore) {
  cycle::Bill before;
  cycle::Segment& segment = before.segments.emplace_back();
  segment.service = "water";
  segment.from_date = Day("2026-09-20");
  segment.to_date = Day("2026-10-20");
  segment.amount = Money::Cents(45'00);
  const std::vector<cycle::PlannedCharge> charged = {{"water", kDue, Money::Cents(30'00)}};
  const auto changes = ChangesOf(before, charged, before);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].before, Money::Cents(30'00));
  EXPECT_EQ(changes[0].after, Money::Cents(45'00));
}

PrintedLine Line(const char* description, std::int64_t cents) {
  return {"water", description, "", "", Money::Cents(cents)};
}

TEST(LineDiffTest, LinesOfTheSameWordsAreEachOthers) {
  const PrintedLine before[] = {Line("Base", 10), Line("Water (1 to 10)", 20), Line("Fee", 5)};
  const PrintedLine after[] = {Line("Base", 10), Line("Water (1 to 10)", 30), Line("Tax", 2)};
  EXPECT_EQ(DiffLines(before, after), (std::vector<LineDifference>{{before[0], after[0]},
                                                                   {before[1], after[1]},
                                                                   {std::nullopt, after[2]},
                                                                   {before[2], std::nullopt}}));
}

TEST(LineDiffTest, TheDifferencesAddUpForAnyTwoBills) {
  std::mt19937_64 random(7);
  const char* words[] = {"Base", "Energy", "Tax", "Energy (over 500)"};
  const auto bill = [&] {
    std::vector<PrintedLine> lines;
    for (std::size_t n = random() % 8; n > 0; --n) {
      lines.push_back(Line(words[random() % 4], static_cast<std::int64_t>(random() % 1'000) - 200));
    }
    return lines;
  };
  const auto sum = [](const std::vector<PrintedLine>& lines) {
    std::int64_t cents = 0;
    for (const PrintedLine& line : lines) cents += line.amount.cents();
    return cents;
  };
  for (int i = 0; i < 20'000; ++i) {
    const std::vector<PrintedLine> before = bill();
    const std::vector<PrintedLine> after = bill();
    std::int64_t difference = 0;
    std::size_t met = 0;
    for (const LineDifference& line : DiffLines(before, after)) {
      difference += (line.after ? line.after->amount.cents() : 0) -
                    (line.before ? line.before->amount.cents() : 0);
      met += line.before && line.after ? 2 : 1;
    }
    EXPECT_EQ(difference, sum(after) - sum(before));
    EXPECT_EQ(met, before.size() + after.size());
  }
}

TEST(RebillNamesTest, NamesAreReadBack) {
  for (const Cause cause : {Cause::kMeter, Cause::kRead, Cause::kEstimate, Cause::kRate,
                            Cause::kSetup, Cause::kFraud}) {
    EXPECT_EQ(ParseCause(CauseName(cause)), cause);
  }
  for (const Binding binding : {Binding::kBinding, Binding::kAdopted, Binding::kTemplate}) {
    EXPECT_EQ(ParseBinding(BindingName(binding)), binding);
  }
}

}  // namespace
}  // namespace reeve::billing::rebill
