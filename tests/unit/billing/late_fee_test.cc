// What late fees come to by published policies, and on what.
#include "services/billing/late_fee/late_fee.h"

#include <gtest/gtest.h>

namespace reeve::billing::late_fee {
namespace {

using receivable::EntryKind;

Date Day(std::string_view text) { return Date::Parse(text).value(); }
Money Cents(std::int64_t cents) { return Money::Cents(cents); }

Policy Of(std::int64_t percent_hundredths, std::int64_t minimum, std::int64_t owed_min = 1) {
  Policy policy;
  policy.code = "LATE";
  policy.effective_date = Day("2026-01-01");
  policy.percent_hundredths = percent_hundredths;
  policy.minimum = Cents(minimum);
  policy.owed_min = Cents(owed_min);
  policy.days_to_pay_min = 10;
  return policy;
}

Facts Home(std::int64_t water, std::int64_t sewer) {
  Facts facts;
  facts.account = AccountId(10000000009);
  facts.customer_class = "RESIDENTIAL";
  facts.bills.push_back({77, Day("2026-03-15"), Day("2026-02-20")});
  facts.items.push_back({77, "sewer", false, Day("2026-03-15"), Cents(sewer), {}, 7});
  facts.items.push_back({77, "water", false, Day("2026-03-15"), Cents(water), {}, 7});
  return facts;
}

constexpr std::string_view kFrom = "2026-02-28";
std::vector<Fee> FeesBy(const Policy& policy, const Facts& facts,
                        std::string_view run_date = "2026-03-20", std::string_view from = kFrom,
                        const OtherPolicies& others = {}, const std::vector<Window>& earlier = {}) {
  return FeesOf({{{policy.effective_date, policy}}, others, earlier}, {Day(from), Day(run_date)},
                facts);
}

TEST(LateFeeTest, CitiesChargeAsTheyPublish) {
  const auto fee = [](const Policy& policy, std::int64_t unpaid) {
    return AmountsOf(policy, Cents(unpaid)).fee.cents();
  };
  const Policy mesa = Of(2'00, 5'00, 25'00);
  EXPECT_EQ(fee(mesa, 100'00), 5'00);
  EXPECT_EQ(fee(mesa, 400'25), 8'01) << "8.005: half a cent up";
  const Policy highlands = Of(1'50, 10'00);
  EXPECT_EQ(fee(highlands, 100'00), 10'00);
  EXPECT_EQ(fee(highlands, 1'000'00), 15'00);
  EXPECT_EQ(fee(Of(10'00, 0), 81'42), 8'14) << "Santaquin";
  EXPECT_EQ(fee(Of(1'00, 5'00), 620'00), 6'20) << "Crisp County";
  Policy capped = Of(10'00, 0);
  capped.maximum = Cents(6'00);
  EXPECT_EQ(fee(capped, 81'42), 6'00);
}

TEST(LateFeeTest, TheFeeIsTaxedWhereTheCityTaxesIt) {
  Policy mesa = Of(2'00, 5'00, 25'00);
  mesa.tax_hundredths = 8'30;
  EXPECT_EQ(AmountsOf(mesa, Cents(100'00)), (Amounts{Cents(5'00), Cents(42)}));
}

// As when a payment was taken back while a later one had become credit.
TEST(LateFeeTest, AFeeOfWhoeverIsInCreditIsHeld) {
  Facts home = Home(20'00, 15'00);
  home.credit = Cents(10'00);
  const std::vector<Fee> fees = FeesBy(Of(2'00, 5'00), home);
  ASSERT_EQ(fees.size(), 1u);
  EXPECT_EQ(fees[0].state, State::kHeld);
  EXPECT_EQ(fees[0].problem, "UNAPPLIED_PAYMENT");
  EXPECT_EQ(fees[0].evidence, "10.00 of credit are not used");
  home.credit = Money();
  EXPECT_EQ(FeesBy(Of(2'00, 5'00), home)[0].state, State::kClean) << "the control";
}

TEST(LateFeeTest, NothingBelowWhatMustBeOwed) {
  const Policy snohomish = Of(0, 5'00, 35'01);
  EXPECT_TRUE(FeesBy(snohomish, Home(20'00, 15'00)).empty()) << "only over 35.00";
  EXPECT_EQ(FeesBy(snohomish, Home(20'00, 15'01)).size(), 1u);
}

TEST(LateFeeTest, TheLastDayIsTheCustomersAndTheNextIsLate) {
  const Policy policy = Of(10'00, 0);
  EXPECT_TRUE(FeesBy(policy, Home(20'00, 10'00), "2026-03-15").empty());
  const std::vector<Fee> fees = FeesBy(policy, Home(20'00, 10'00), "2026-03-16");
  ASSERT_EQ(fees.size(), 1u);
  EXPECT_EQ(fees[0].last_date, Day("2026-03-15"));
  EXPECT_EQ(BasisText(fees[0].basis), "sewer=1000,water=2000");
  EXPECT_EQ(fees[0].amount, Cents(3'00));
  EXPECT_TRUE(FeesBy(policy, Home(20'00, 10'00), "2026-03-20", "2026-03-16").empty())
      << "of the run before";
  Policy later = policy;
  later.after_days = 5;
  EXPECT_TRUE(FeesBy(later, Home(20'00, 10'00), "2026-03-20").empty());
  EXPECT_EQ(FeesBy(later, Home(20'00, 10'00), "2026-03-21").size(), 1u);
}

TEST(LateFeeTest, WhatIsSentLateIsDueLate) {
  Facts facts = Home(20'00, 10'00);
  facts.bills[0].sent_date = Day("2026-03-10");
  EXPECT_TRUE(FeesBy(Of(10'00, 0), facts, "2026-03-20").empty());
  EXPECT_EQ(FeesBy(Of(10'00, 0), facts, "2026-03-21").size(), 1u);
  facts.bills[0].sent_date.reset();
  EXPECT_TRUE(FeesBy(Of(10'00, 0), facts, "2026-12-31").empty());
}

TEST(LateFeeTest, MoneyCountsByTheDayOnWhichItWasTaken) {
  Item item{77, "water", false, Day("2026-03-15"), Cents(100'00), {}, 7};
  const Date day = Day("2026-03-15");
  item.paid = {{EntryKind::kPayment, day, Cents(30'00), false}};
  EXPECT_EQ(UnpaidOn(item, day), Cents(70'00));
  item.paid.push_back({EntryKind::kPayment, day.PlusDays(1), Cents(70'00), false});
  EXPECT_EQ(UnpaidOn(item, day), Cents(70'00)) << "a day late";
  item.paid.push_back({EntryKind::kPayment, day, Cents(40'00), true});
  item.paid.push_back({EntryKind::kReversal, day.PlusDays(9), Cents(-40'00), false});
  EXPECT_EQ(UnpaidOn(item, day), Cents(70'00)) << "a check that came back never paid";
  item.paid.push_back({EntryKind::kAdjustment, day.PlusDays(40), Cents(50'00), false});
  EXPECT_EQ(UnpaidOn(item, day), Cents(20'00)) << "what was credited was never owed";
  item.paid.push_back({EntryKind::kCredit, day, Cents(15'00), false});
  EXPECT_EQ(UnpaidOn(item, day), Cents(5'00));
  item.paid.push_back({EntryKind::kCredit, day.PlusDays(9), Cents(-15'00), false});
  EXPECT_EQ(UnpaidOn(item, day), Cents(20'00)) << "its use was taken back";
}

TEST(LateFeeTest, APolicyIsOfItsClassAndItsServices) {
  Policy policy = Of(10'00, 0);
  policy.customer_class = "NON_RESIDENTIAL";
  EXPECT_TRUE(FeesBy(policy, Home(20'00, 10'00)).empty());
  policy.customer_class = "RESIDENTIAL";
  OtherPolicies others;
  Policy special = Of(5'00, 0);
  special.code = "LATE-S";
  special.service = "sewer";
  special.customer_class = "RESIDENTIAL";
  special.effective_date = Day("2026-03-15");
  others.Add(special);
  const auto basis = [&](const OtherPolicies& beside) {
    return BasisText(FeesBy(policy, Home(20'00, 10'00), "2026-03-20", kFrom, beside)[0].basis);
  };
  EXPECT_EQ(basis(others), "water=2000");
  OtherPolicies later;
  special.effective_date = Day("2026-03-16");  // before the run, behind the due date
  later.Add(special);
  EXPECT_EQ(basis(later), "sewer=1000,water=2000");
  OtherPolicies shops;
  special.effective_date = Day("2026-03-15");
  special.customer_class = "NON_RESIDENTIAL";
  shops.Add(special);
  EXPECT_EQ(basis(shops), "sewer=1000,water=2000");
  policy.service = "sewer";
  EXPECT_EQ(BasisText(FeesBy(policy, Home(20'00, 10'00))[0].basis), "sewer=1000");
}

TEST(LateFeeTest, FeesBearFeesOnlyWhereItIsSaid) {
  Facts facts = Home(20'00, 10'00);
  facts.items.push_back({77, "water", true, Day("2026-03-10"), Cents(5'00), {}, 8});
  Policy policy = Of(10'00, 0);
  EXPECT_EQ(FeesBy(policy, facts)[0].amount, Cents(3'00));
  policy.on_fees = true;
  EXPECT_EQ(FeesBy(policy, facts)[0].amount, Cents(3'50));
}

TEST(LateFeeTest, MonthsThatNoRunLookedAtAreNotMadeUpFor) {
  Policy policy = Of(10'00, 0);
  policy.repeats = Repeats::kMonthly;
  const std::vector<Fee> fees = FeesBy(policy, Home(20'00, 10'00), "2026-06-20");
  ASSERT_EQ(fees.size(), 1u);
  EXPECT_EQ(fees[0].step_no, 3);
  EXPECT_EQ(fees[0].last_date, Day("2026-06-15"));
}

TEST(LateFeeTest, ChargesAddUpToFeeAndTaxByFund) {
  Policy policy = Of(10'00, 0);
  policy.tax_hundredths = 8'30;
  const Fee fee = FeesBy(policy, Home(33'33, 66'68))[0];
  const Charged charged = ChargesOf(fee, Day("2026-04-10"));
  ASSERT_EQ(charged.charges.size(), 4u);
  std::int64_t cents = 0;
  for (const receivable::Charge& charge : charged.charges) cents += charge.amount.cents();
  EXPECT_EQ(cents, fee.amount.cents() + fee.tax.cents());
  EXPECT_EQ(charged.earned[0], "forfeited-discounts-sewer");
  EXPECT_EQ(charged.earned[3], "tax-payable-water");
  EXPECT_EQ(charged.charges[0].description, "Late fee, bill due 2026-03-15");
}

TEST(LateFeeTest, StatesLeadWhereTheyMay) {
  int moves = 0;
  for (const State state : {State::kClean, State::kHeld, State::kExempt, State::kCharge,
                            State::kDropped, State::kPosted, State::kLapsed, State::kReversed}) {
    for (const Event event :
         {Event::kCharge, Event::kDrop, Event::kPost, Event::kLapse, Event::kReverse}) {
      moves += After(state, event) ? 1 : 0;
    }
  }
  EXPECT_EQ(moves, 7);
  EXPECT_FALSE(After(State::kHeld, Event::kPost));
  EXPECT_FALSE(After(RunState::kCalculated, RunEvent::kPost)) << "not before the signature";
  EXPECT_FALSE(After(RunState::kPosting, RunEvent::kWithdraw));
}

TEST(LateFeeTest, AnExemptAccountBearsNoneAndAWaitingOneIsHeld) {
  Facts facts = Home(20'00, 10'00);
  Exemption& one = facts.exemptions.emplace_back();
  one.exemption_no = 1;
  one.from_date = one.to_date = Day("2026-03-16");
  EXPECT_EQ(FeesBy(Of(10'00, 0), facts)[0].state, State::kHeld);
  one.state = ExemptionState::kApproved;
  EXPECT_EQ(FeesBy(Of(10'00, 0), facts)[0].state, State::kExempt);
  one.from_date = one.to_date = Day("2026-03-17");
  EXPECT_EQ(FeesBy(Of(10'00, 0), facts)[0].state, State::kClean);
}

// Orders of 1 March; the bill's days began on 20 January.
TEST(LateFeeTest, WhatAServicememberOwedBeforeBearsNoneAndLaterBillsAreAsAnybodys) {
  Facts facts = Home(20'00, 10'00);
  Exemption& one = facts.exemptions.emplace_back();
  one.cause = ExemptionCause::kServicemember;
  one.from_date = Day("2026-03-01");
  one.to_date = Day("2027-02-28");
  one.state = ExemptionState::kApproved;
  facts.bills[0].begun = Day("2026-01-20");
  EXPECT_EQ(FeesBy(Of(10'00, 0), facts)[0].state, State::kExempt);
  facts.bills[0].begun = Day("2026-02-27");
  EXPECT_EQ(FeesBy(Of(10'00, 0), facts)[0].state, State::kExempt) << "its first day is the 28th";
  facts.bills[0].begun = Day("2026-02-28");
  EXPECT_EQ(FeesBy(Of(10'00, 0), facts)[0].state, State::kClean) << "its days are of the service";
  facts.bills[0].begun = Day("2026-01-20");
  one.from_date = Day("2026-03-17");
  EXPECT_EQ(FeesBy(Of(10'00, 0), facts)[0].state, State::kClean) << "late before the service";
  one.from_date = Day("2026-03-16");
  one.state = ExemptionState::kProposed;
  EXPECT_EQ(FeesBy(Of(10'00, 0), facts)[0].problem, "EXEMPTION_WAITS");
}

}  // namespace
}  // namespace reeve::billing::late_fee
