// Late fees of earlier days whose ground has changed.
#include <gtest/gtest.h>

#include "services/billing/late_fee/late_fee.h"

namespace reeve::billing::late_fee {
namespace {

using receivable::EntryKind;

Date Day(std::string_view text) { return Date::Parse(text).value(); }
Money Cents(std::int64_t cents) { return Money::Cents(cents); }

// 10 % of what was unpaid, from 1 January on; run 1 looked at March up to the 20th.
class LateFeeAgainTest : public ::testing::Test {
 protected:
  LateFeeAgainTest() {
    Policy policy;
    policy.code = "LATE";
    policy.effective_date = Day("2026-01-01");
    policy.percent_hundredths = 10'00;
    policy.owed_min = Cents(1);
    policy.days_to_pay_min = 10;
    rules_.versions.emplace(policy.effective_date, policy);
    rules_.earlier.push_back({Day("2026-02-28"), Day("2026-03-20")});
    facts_.account = AccountId(10000000009);
    facts_.since = Day("2025-03-01");
    facts_.bills.push_back({77, Day("2026-03-15"), Day("2026-02-20")});
    facts_.items.push_back({77, "water", false, Day("2026-03-15"), Cents(30'00), {}, 7});
  }
  std::vector<Fee> Again() {
    return FeesOf(rules_, {Day("2026-03-20"), Day("2026-04-20")}, facts_);
  }
  // What run 1 has made of the bill.
  Fee& Told(State state) {
    Facts blank = facts_;
    blank.items[0].paid.clear();
    Fee fee = FeesOf({rules_.versions, {}, {}}, rules_.earlier[0], blank).at(0);
    fee.run_id = 1;
    fee.state = state;
    if (state == State::kPosted || state == State::kReversed) fee.posted_date = Day("2026-03-20");
    return facts_.fees.emplace_back(fee);
  }
  void Pay(std::int64_t cents, std::string_view day, bool returned = false) {
    facts_.items[0].paid.push_back({EntryKind::kPayment, Day(day), Cents(cents), returned});
  }
  // Bill 77 is cancelled with its fee, and 78 takes its place: `cents` keep the old due date.
  void Rebill(std::int64_t cents) {
    Fee& fee = Told(State::kReversed);
    fee.reversal = "BILL_CANCELLED";
    facts_.cancelled = facts_.items;
    facts_.cancelled[0].paid.push_back(
        {EntryKind::kBillReversal, Day("2026-03-25"), Cents(30'00), false});
    facts_.items.clear();
    facts_.items.push_back({78, "water", false, Day("2026-03-15"), Cents(cents), {}, 8});
    facts_.bills[0] = {78, Day("2026-04-15"), Day("2026-03-28")};
    facts_.rebilled[78] = 77;
  }

  Rules rules_;
  Facts facts_;
};

TEST_F(LateFeeAgainTest, WhatNothingHasChangedIsLeftAlone) {
  EXPECT_TRUE(Again().empty()) << "no run made a fee of it, and nothing came back";
  Told(State::kPosted);
  EXPECT_TRUE(Again().empty());
  facts_.fees[0].state = State::kDropped;
  EXPECT_TRUE(Again().empty()) << "somebody has decided";
  facts_.fees[0].state = State::kExempt;
  EXPECT_TRUE(Again().empty());
}

TEST_F(LateFeeAgainTest, WhatLapsedIsLookedAtAgain) {
  Told(State::kLapsed);
  const std::vector<Fee> fees = Again();
  ASSERT_EQ(fees.size(), 1u);
  EXPECT_EQ(fees[0].again, "LAPSED");
  EXPECT_EQ(fees[0].amount, Cents(3'00));
  facts_.since = Day("2026-03-21");
  EXPECT_TRUE(Again().empty()) << "its run is too long ago";
  facts_.since = Day("2026-03-15");
  EXPECT_EQ(Again().size(), 1u);
  Pay(30'00, "2026-03-14");
  EXPECT_TRUE(Again().empty()) << "there is none";
}

TEST_F(LateFeeAgainTest, MoneyOfTheLastDayThatIsToldLateChangesAPostedFee) {
  Told(State::kPosted);
  Pay(10'00, "2026-03-15");
  std::vector<Fee> fees = Again();
  ASSERT_EQ(fees.size(), 1u);
  EXPECT_EQ(fees[0].amount, Cents(2'00));
  EXPECT_EQ(fees[0].replaced_run_id, 1);
  EXPECT_EQ(fees[0].again, "LESS_WAS_UNPAID");
  Pay(20'00, "2026-03-15");
  fees = Again();
  ASSERT_EQ(fees.size(), 1u);
  EXPECT_TRUE(fees[0].amount.is_zero());
  EXPECT_TRUE(fees[0].basis.empty());
  EXPECT_EQ(WhyLapsed(rules_, fees[0], facts_), "");
  facts_.items[0].paid.pop_back();
  EXPECT_EQ(WhyLapsed(rules_, fees[0], facts_), "it would be 2.00 again") << "the control";
  facts_.fees[0].state = State::kReversed;
  EXPECT_EQ(WhyLapsed(rules_, fees[0], facts_),
            "the fee whose place it was to take is none any more");
}

TEST_F(LateFeeAgainTest, ADayLateChangesNothing) {
  Told(State::kPosted);
  Pay(30'00, "2026-03-16");
  EXPECT_TRUE(Again().empty());
}

TEST_F(LateFeeAgainTest, WhatSomebodyRefusedIsNotProposedAgainUntilItIsAnother) {
  Told(State::kPosted);
  Pay(10'00, "2026-03-15");
  Fee refused = Again().at(0);
  refused.run_id = 2;
  refused.state = State::kDropped;
  facts_.fees.push_back(refused);
  EXPECT_TRUE(Again().empty());
  Pay(20'00, "2026-03-15");
  EXPECT_EQ(Again().size(), 1u);
}

TEST_F(LateFeeAgainTest, WhatStaffHaveCreditedSomebodyDecidesAbout) {
  const std::int64_t entry_id = EntryIdOf(Told(State::kPosted));
  facts_.items.push_back({77,
                          "water",
                          true,
                          Day("2026-04-10"),
                          Cents(3'00),
                          {{EntryKind::kAdjustment, Day("2026-03-22"), Cents(1'00), false}},
                          entry_id});
  EXPECT_TRUE(Again().empty()) << "it stands";
  Pay(10'00, "2026-03-15");
  ASSERT_EQ(Again().size(), 1u);
  EXPECT_EQ(Again()[0].state, State::kHeld);
  EXPECT_EQ(Again()[0].problem, "STAFF_CREDITED");
  EXPECT_EQ(Again()[0].evidence, "staff have credited 1.00 of it");
  facts_.dispute_open = true;
  Fee fee = Again()[0];
  EXPECT_EQ(fee.problem, "STAFF_CREDITED") << "before what else holds it";
  EXPECT_EQ(fee.evidence, "staff have credited 1.00 of it; DISPUTED: a dispute is open");
  fee.state = State::kCharge;
  EXPECT_EQ(WhyLapsed(rules_, fee, facts_), "") << "whoever decided has seen both";
  facts_.items[1].paid[0].amount = Cents(1'50);
  EXPECT_EQ(WhyLapsed(rules_, fee, facts_), "staff have credited 1.50 of it");
  facts_.items[1].paid.clear();
  EXPECT_EQ(WhyLapsed(rules_, fee, facts_), "staff have taken back what they had credited");
  facts_.items[1].paid = {{EntryKind::kAdjustment, Day("2026-03-22"), Cents(3'00), false}};
  EXPECT_TRUE(Again().empty()) << "all of it is waived: nothing is left to be taken back";
}

// Their credit went to another charge, or is free: nothing of it is on the fee.
TEST_F(LateFeeAgainTest, APaidFeeThatStaffWaivedIsNotTakenBackASecondTime) {
  Told(State::kPosted);
  Pay(30'00, "2026-03-15");
  EXPECT_EQ(Again().at(0).state, State::kClean);
  const Fee clean = Again()[0];
  facts_.waived = {{"water", Day("2026-03-20"), Cents(3'00)}};
  EXPECT_EQ(Again().at(0).problem, "STAFF_CREDITED");
  EXPECT_EQ(Again()[0].evidence, "staff have credited 3.00 of fees since");
  EXPECT_EQ(WhyLapsed(rules_, clean, facts_), "staff have credited 3.00 of fees since");
  facts_.waived[0].day = Day("2026-03-19");
  EXPECT_EQ(Again().at(0).state, State::kClean) << "before the fee was posted";
  facts_.waived[0] = {"sewer", Day("2026-03-20"), Cents(3'00)};
  EXPECT_EQ(Again().at(0).state, State::kClean) << "of another service";
}

TEST_F(LateFeeAgainTest, APostedFeeKeepsTheServicesThatItHad) {
  facts_.items.push_back({77, "sewer", false, Day("2026-03-15"), Cents(10'00), {}, 7});
  facts_.items[1].paid.push_back({EntryKind::kPayment, Day("2026-03-10"), Cents(10'00), false});
  Told(State::kPosted).basis.erase("sewer");
  facts_.fees[0].amount = Cents(3'00);
  Policy special = rules_.versions.begin()->second;
  special.code = "LATE-W";
  special.service = "water";
  special.loaded_date = Day("2026-03-25");
  rules_.others.Add(special);
  EXPECT_TRUE(Again().empty()) << "what was loaded since does not take the water's part back";
  facts_.fees[0].state = State::kLapsed;
  facts_.fees[0].posted_date.reset();
  EXPECT_TRUE(Again().empty()) << "the control: by today's rules the water is another policy's";
  facts_.fees[0].state = State::kPosted;
  facts_.fees[0].posted_date = Day("2026-03-20");
  const auto amount_when_sewer_is_known_on = [&](std::string_view day) {
    rules_.others = {};
    special.service = "sewer";
    special.loaded_date = Day(day);
    rules_.others.Add(special);
    const std::vector<Fee> fees = Again();
    return fees.empty() ? Money() : fees[0].amount;
  };
  facts_.items[1].paid[0].returned = true;
  EXPECT_EQ(amount_when_sewer_is_known_on("2026-03-25"), Cents(4'00)) << "it had the sewer";
  EXPECT_EQ(amount_when_sewer_is_known_on("2026-03-10"), Money()) << "it had not";
}

// Runs of before left a service out for every class.
TEST_F(LateFeeAgainTest, AFeeOfARunOfBeforeKeepsWhatThatLeftOut) {
  facts_.customer_class = "RESIDENTIAL";
  Told(State::kPosted);
  facts_.items.push_back({77, "sewer", false, Day("2026-03-15"), Cents(10'00), {}, 7});
  Policy special = rules_.versions.begin()->second;
  special.code = "LATE-S";
  special.service = "sewer";
  special.customer_class = "NON_RESIDENTIAL";
  rules_.others.Add(special);
  EXPECT_EQ(Again().size(), 1u) << "the control: by class";
  rules_.first_runs.insert(1);
  EXPECT_TRUE(Again().empty());
}

TEST_F(LateFeeAgainTest, WhatWasPaidForAnotherWrongBillIsNotOwed) {
  rules_.versions.begin()->second.owed_min = Cents(45'00);
  facts_.items.push_back({79, "water", false, Day("2026-03-10"), Cents(20'00), {}, 8});
  facts_.rebilled[79] = 76;
  facts_.cancelled.push_back({76, "water", false, Day("2026-03-10"), Cents(20'00), {}, 9});
  const auto fees = [&] { return FeesOf({rules_.versions, {}, {}}, rules_.earlier[0], facts_); };
  ASSERT_EQ(fees().size(), 1u);
  EXPECT_EQ(fees()[0].owed, Cents(50'00));
  facts_.cancelled[0].paid.push_back({EntryKind::kPayment, Day("2026-03-15"), Cents(20'00), false});
  EXPECT_TRUE(fees().empty()) << "30.00 were owed";
  facts_.cancelled[0].paid[0].day = Day("2026-03-16");
  EXPECT_EQ(fees().size(), 1u) << "the control: a day late";
}

TEST_F(LateFeeAgainTest, OneDebtNeverBearsTwoFees) {
  Rebill(20'00);
  Fee& old = facts_.fees[0];
  old.reversal = "REPLACED";
  ASSERT_EQ(Again().size(), 1u) << "taken back, for whatever reason";
  EXPECT_EQ(Again()[0].again, "REBILLED");
  old.state = State::kPosted;
  old.reversal = "";
  ASSERT_EQ(Again().size(), 1u) << "the old fee stands: first it is taken back";
  EXPECT_EQ(Again()[0].bill_id, 77);
  EXPECT_EQ(Again()[0].again, "BILL_CANCELLED");
  Fee refused = Again()[0];
  refused.run_id = 2;
  refused.state = State::kDropped;
  facts_.fees.push_back(refused);
  EXPECT_TRUE(Again().empty()) << "it stands for good: neither by old days nor by its own";
}

TEST_F(LateFeeAgainTest, AFeeThatLapsedDoesNotStandForTheBillsOwnDays) {
  Rebill(20'00);
  facts_.fees.push_back(Again().at(0));
  facts_.fees.back().run_id = 2;
  facts_.fees.back().state = State::kLapsed;
  facts_.cancelled[0].paid.push_back({EntryKind::kPayment, Day("2026-03-10"), Cents(20'00), false});
  ASSERT_EQ(Again().size(), 1u);
  EXPECT_EQ(Again()[0].due_date, Day("2026-04-15"));
  facts_.fees.back().state = State::kDropped;
  EXPECT_TRUE(Again().empty()) << "the control: somebody has decided";
}

TEST_F(LateFeeAgainTest, CreditThatWasMovedTwiceCountsOnce) {
  Pay(12'00, "2026-03-10");
  Rebill(20'00);
  facts_.cancelled.push_back({78,
                              "water",
                              false,
                              Day("2026-03-15"),
                              Cents(20'00),
                              {{EntryKind::kCredit, Day("2026-03-12"), Cents(12'00), false},
                               {EntryKind::kBillReversal, Day("2026-03-27"), Cents(8'00), false}},
                              8});
  facts_.items[0].bill_id = facts_.bills[0].bill_id = 79;
  facts_.rebilled[79] = 78;
  ASSERT_EQ(Again().size(), 1u);
  EXPECT_EQ(Again()[0].bill_id, 79);
  EXPECT_EQ(Again()[0].amount, Cents(80)) << "8.00 were unpaid";
  facts_.cancelled[1].paid.push_back({EntryKind::kPayment, Day("2026-03-14"), Cents(3'00), false});
  EXPECT_EQ(Again().at(0).amount, Cents(50)) << "money for the bill between counts too";
}

TEST_F(LateFeeAgainTest, APaymentThatCameBackIsACauseAndNoOtherIs) {
  Pay(30'00, "2026-03-10", /*returned=*/true);
  ASSERT_EQ(Again().size(), 1u);
  EXPECT_EQ(Again()[0].again, "PAYMENT_RETURNED");
  EXPECT_EQ(Again()[0].state, State::kClean);
  facts_.items[0].paid[0].day = Day("2026-03-16");
  EXPECT_TRUE(Again().empty()) << "it had not counted on the last day";
  facts_.items[0].paid = {{EntryKind::kCredit, Day("2026-03-10"), Cents(30'00), false},
                          {EntryKind::kCredit, Day("2026-03-25"), Cents(-30'00), false}};
  EXPECT_TRUE(Again().empty()) << "credit that another bill needed";
  facts_.payment_returned = true;
  ASSERT_EQ(Again().size(), 1u);
  EXPECT_EQ(Again()[0].problem, "CREDIT_MOVED");
  rules_.earlier.clear();
  EXPECT_TRUE(Again().empty()) << "no run looked at these days";
}

TEST_F(LateFeeAgainTest, ABillThatTookAnothersPlaceIsLateAsThatOneWasAndOnce) {
  Rebill(20'00);
  std::vector<Fee> fees = Again();
  ASSERT_EQ(fees.size(), 1u);
  EXPECT_EQ(fees[0].bill_id, 78);
  EXPECT_EQ(fees[0].again, "REBILLED");
  EXPECT_EQ(fees[0].last_date, Day("2026-03-15"));
  EXPECT_EQ(fees[0].amount, Cents(2'00));
  facts_.fees.push_back(fees[0]);
  facts_.fees.back().state = State::kPosted;
  EXPECT_TRUE(Again().empty()) << "neither again nor by its own due date";
  facts_.bills[0].sent_date.reset();
  facts_.fees.pop_back();
  EXPECT_TRUE(Again().empty()) << "nobody was sent it";
}

TEST_F(LateFeeAgainTest, WhatWasPaidForTheWrongBillInTimeCountsForTheRightOne) {
  Pay(12'00, "2026-03-10");
  Rebill(20'00);
  EXPECT_EQ(Again().at(0).amount, Cents(80));
  facts_.cancelled[0].paid[0].day = Day("2026-03-16");
  EXPECT_EQ(Again().at(0).amount, Cents(2'00)) << "the control: a day late";
  facts_.cancelled[0].paid[0] = {EntryKind::kPayment, Day("2026-03-10"), Cents(20'00), false};
  const std::vector<Fee> own = Again();
  ASSERT_EQ(own.size(), 1u) << "then it is late by its own due date";
  EXPECT_EQ(own[0].due_date, Day("2026-04-15"));
  EXPECT_EQ(own[0].again, "");
}

TEST_F(LateFeeAgainTest, AnExemptionThatIsApprovedLaterTakesTheFeeBack) {
  Told(State::kPosted);
  Exemption& one = facts_.exemptions.emplace_back();
  one.from_date = one.to_date = Day("2026-03-16");
  EXPECT_TRUE(Again().empty()) << "nobody has decided";
  one.state = ExemptionState::kApproved;
  const std::vector<Fee> fees = Again();
  ASSERT_EQ(fees.size(), 1u);
  EXPECT_TRUE(fees[0].amount.is_zero());
  EXPECT_EQ(fees[0].again, "EXEMPTED");
  EXPECT_EQ(WhyLapsed(rules_, fees[0], facts_), "");
}

TEST_F(LateFeeAgainTest, AFeeThatStandsForACancelledBillIsTakenBack) {
  Told(State::kPosted);
  facts_.bills.clear();
  const std::vector<Fee> fees = Again();
  ASSERT_EQ(fees.size(), 1u);
  EXPECT_EQ(fees[0].again, "BILL_CANCELLED");
  facts_.since = Day("2026-03-16");
  EXPECT_TRUE(Again().empty()) << "too long ago";
}

}  // namespace
}  // namespace reeve::billing::late_fee
