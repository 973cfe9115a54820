// What the proof of late fees finds, each wrong in one thing.
#include "services/billing/verify/late_fee_proof.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/billing/derived_id.h"
#include "services/billing/late_fee/late_fee_store.h"

namespace reeve::billing::verify {
namespace {

using late_fee::Fee;
using late_fee::State;
using ::testing::HasSubstr;

Date Day(std::string_view text) { return Date::Parse(text).value(); }
Money Cents(std::int64_t cents) { return Money::Cents(cents); }

// A bill of 30.00 that nobody paid, and its fee of 10 %, posted.
class LateFeeProofTest : public ::testing::Test {
 protected:
  LateFeeProofTest() : books_(AccountId(10000000009), PremiseId(7), Money(), {}) {
    late_fee::Policy policy;
    policy.code = "LATE";
    policy.effective_date = Day("2026-01-01");
    policy.percent_hundredths = 10'00;
    policy.owed_min = Cents(1);
    policy.days_to_pay_min = 10;
    policy.due_days = 20;
    late_fee::Rules& rules = rules_["LATE"];
    rules.versions.emplace(policy.effective_date, policy);
    run_.policy_code = "LATE";
    run_.run_id = 1;
    run_.state = late_fee::RunState::kPosted;
    run_.started_by = PersonId(7);
    run_.ended_by = PersonId(32);
    run_.rules_no = late_fee::kRulesNo;

    record_.account = books_.account();
    record_.known = true;
    record_.late_fee_ground.sent[77] = Day("2026-02-20");
    cycle::Bill& bill = record_.bills.emplace_back();
    bill.bill_id = 77;
    bill.state = cycle::BillState::kPosted;
    bill.due_date = Day("2026-03-15");
    receivable::Charge charge;
    charge.charge_id = DerivedId("bill-charge", 77, 0);
    charge.service = "water";
    charge.due_date = bill.due_date;
    charge.amount = Cents(30'00);
    EXPECT_TRUE(books_
                    .AddCharges(DerivedId("bill-entry", 77), receivable::EntryKind::kBill, "77",
                                Day("2026-02-20"), {charge}, {})
                    .ok());
    late_fee::Facts facts;
    facts.account = books_.account();
    facts.bills.push_back({77, bill.due_date, Day("2026-02-20")});
    facts.items.push_back({77, "water", false, bill.due_date, Cents(30'00), {}, 7});
    fee_ = FeesOf(rules, {Day("2026-02-28"), Day("2026-03-20")}, facts).at(0);
    fee_.run_id = 1;
    fee_.state = State::kPosted;
    fee_.posted_date = Day("2026-03-20");
    late_fee::Charged charged = ChargesOf(fee_, fee_.posted_date->PlusDays(policy.due_days));
    EXPECT_TRUE(books_
                    .AddLateFee(EntryIdOf(fee_), SourceOf(fee_), *fee_.posted_date, charged.charges,
                                charged.earned, {})
                    .ok());
    record_.late_fee_ground.posted_time[EntryIdOf(fee_)] = 5;
    record_.late_fee_ground.last_posted_time = 5;
  }
  // The proof's first words about the record as the books and the fee are.
  std::string Proven() {
    record_.entries = books_.entries();
    record_.charges = books_.charges();
    record_.late_fees = {{fee_, &rules_.at("LATE").versions.begin()->second, &run_}};
    for (const Fee& other : others_) {
      record_.late_fees.push_back({other, record_.late_fees[0].policy, &run_});
    }
    record_.allocations.clear();
    for (const receivable::Entry& entry : books_.entries()) {
      for (const receivable::AllocationRow& row : entry.allocations) {
        record_.allocations.push_back({entry.entry_id, 1, row});
      }
    }
    return ProveLateFees(record_, rules_).value_or("");
  }
  void TakeBack(std::int64_t waived_cents = 0) {
    const Money waived[] = {Cents(waived_cents)};
    std::vector<std::int64_t> ids;
    const late_fee::Charged charged = ChargesOf(fee_, fee_.due_date);
    for (const receivable::Charge& charge : charged.charges) ids.push_back(charge.charge_id);
    EXPECT_TRUE(books_
                    .CancelLateFee(ReversalEntryIdOf(fee_), SourceOf(fee_), Day("2026-03-25"), ids,
                                   charged.earned, waived)
                    .ok());
    fee_.state = State::kReversed;
    fee_.reversed_date = Day("2026-03-25");
    fee_.reversal = "BILL_CANCELLED";
  }
  void CancelBill() {
    record_.bills[0].state = cycle::BillState::kCancelled;
    rebill::Cancellation& cancelled = record_.cancellations.emplace_back();
    cancelled.bill_id = 77;
    cancelled.cancelled_date = Day("2026-03-25");
  }

  receivable::Books books_;
  LateFeeRules rules_;
  late_fee::Run run_;
  Fee fee_;
  std::vector<Fee> others_;
  AccountRecord record_;
};

TEST_F(LateFeeProofTest, AFeeThatStandsIsProven) { EXPECT_EQ(Proven(), ""); }

TEST_F(LateFeeProofTest, WhatWasUnpaidIsDerivedAgain) {
  // Whole in itself: a smaller basis, and the fee of that.
  fee_.basis["water"] = Cents(20'00);
  fee_.amount = Cents(2'00);
  EXPECT_THAT(Proven(), HasSubstr("its charges are others"));
  EXPECT_TRUE(books_.ApplyPayment(9, {"p", Day("2026-03-10"), Cents(30'00), {}}, {}).ok());
  fee_.basis["water"] = Cents(30'00);
  fee_.amount = Cents(3'00);
  record_.payments.push_back({"p", "APPLIED", 9, Cents(30'00), Day("2026-03-10"), ""});
  EXPECT_THAT(Proven(), HasSubstr("does not follow from what was unpaid"));
  record_.late_fee_ground.last_posted_time = 6;
  EXPECT_EQ(Proven(), "") << "the payment came behind the fee: the next run looks at it";
}

TEST_F(LateFeeProofTest, DaysAndPeopleAreProven) {
  fee_.last_date = Day("2026-03-14");
  EXPECT_THAT(Proven(), HasSubstr("is not of its bill's days"));
  fee_.last_date = Day("2026-03-15");
  record_.late_fee_ground.sent[77] = Day("2026-02-21");
  EXPECT_THAT(Proven(), HasSubstr("is not of its bill's days"));
  record_.late_fee_ground.sent[77] = Day("2026-02-20");
  fee_.reason = "looked at the account";
  fee_.decided_by = PersonId(34);
  EXPECT_EQ(Proven(), "");
  fee_.decided_by = PersonId(32);
  EXPECT_THAT(Proven(), HasSubstr("was decided by whoever signed the run"));
  fee_.decided_by = PersonId(7);
  EXPECT_THAT(Proven(), HasSubstr("was decided by whoever started the run"));
  run_.ended_by = PersonId(34);
  fee_.decided_by = PersonId(34);
  run_.rules_no = 0;
  EXPECT_EQ(Proven(), "") << "of before, when whoever had decided could sign";
  run_.rules_no = late_fee::kRulesNo;
  EXPECT_THAT(Proven(), HasSubstr("was decided by whoever signed the run"));
  run_.state = late_fee::RunState::kWithdrawn;
  EXPECT_EQ(Proven(), "") << "nobody signed it";
  run_.state = late_fee::RunState::kPosted;
  fee_.reason = "";
  EXPECT_THAT(Proven(), HasSubstr("was decided without a reason"));
  fee_.decided_by = PersonId();
  EXPECT_EQ(Proven(), "");
  fee_.reason = "looked at the account";
  EXPECT_THAT(Proven(), HasSubstr("was decided without a reason"));
  fee_.reason = "";
  fee_.problem = "DISPUTED";
  EXPECT_THAT(Proven(), HasSubstr("its decision is nobody's, or of no held fee"));
  fee_.problem = "";
  run_.policy_code = "OTHER";
  EXPECT_THAT(Proven(), HasSubstr("is of no run"));
}

TEST_F(LateFeeProofTest, AFeeThatIsHeldHasNoDecision) {
  Fee held = fee_;
  held.run_id = 2;
  held.state = State::kHeld;
  held.problem = "DISPUTED";
  held.posted_date.reset();
  others_ = {held};
  EXPECT_EQ(Proven(), "");
  others_[0].decided_by = PersonId(34);
  others_[0].reason = "looked at the account";
  EXPECT_THAT(Proven(), HasSubstr("its decision is nobody's, or of no held fee"));
  others_[0].state = State::kDropped;
  EXPECT_EQ(Proven(), "");
  others_[0].decided_by = PersonId();
  others_[0].reason = "";
  EXPECT_THAT(Proven(), HasSubstr("its decision is nobody's, or of no held fee"));
}

// Of 3.00 staff have waived 1.00: that stays as they booked it.
TEST_F(LateFeeProofTest, WhatStaffWaivedIsNoPartOfTheReversal) {
  const receivable::Books::Correction waiver{
      "a", Day("2026-03-22"), "water", receivable::ChargeKind::kFee, "courtesy", Cents(1'00)};
  EXPECT_TRUE(books_.GiveCredit(11, waiver, {}).ok());
  CancelBill();
  record_.late_fee_ground.last_posted_time = 6;
  EXPECT_EQ(Proven(), "") << "it stands, although its bill was cancelled: a person decides";
  TakeBack(1'00);
  EXPECT_EQ(Proven(), "");
  EXPECT_EQ(books_.credit(), Money());
  const receivable::Entry entry = books_.entries().back();
  EXPECT_EQ(PostingsOfLateFeeReversal(record_, entry, entry.allocations), entry.postings);
  std::erase_if(record_.allocations,
                [](const AllocationLine& line) { return line.entry_id == 11; });
  EXPECT_NE(PostingsOfLateFeeReversal(record_, entry, entry.allocations), entry.postings);
}

// The fee was paid, and what staff credited is on no charge of it.
TEST_F(LateFeeProofTest, AFeeOfAServiceThatStaffCreditedSinceMayStand) {
  CancelBill();
  record_.late_fee_ground.last_posted_time = 6;
  EXPECT_THAT(Proven(), HasSubstr("stands, although its bill was cancelled"));
  adjustment::Type type;
  type.service = "water";
  type.charge_kind = receivable::ChargeKind::kFee;
  AdjustmentRow& row = record_.adjustments.emplace_back();
  row.type = &type;
  row.adjustment.posted_date = Day("2026-03-22");
  EXPECT_EQ(Proven(), "");
  type.service = "sewer";
  EXPECT_THAT(Proven(), HasSubstr("stands, although its bill was cancelled"));
  type.service = "water";
  row.adjustment.posted_date = Day("2026-03-26");
  EXPECT_THAT(Proven(), HasSubstr("stands, although its bill was cancelled"));
  run_.rules_no = 0;
  EXPECT_EQ(Proven(), "") << "of before, when a fee did not go with its bill";
}

// Rows from before there were more columns have the digest that they had.
TEST_F(LateFeeProofTest, RowsOfBeforeAreAsTheyWereWritten) {
  using late_fee::CellsOfFee;
  fee_.reversal = fee_.again = "";
  fee_.reversed_date.reset();
  fee_.replaced_run_id = 0;
  EXPECT_EQ(CellsOfFee(fee_).size(), 21u);
  fee_.again = "LAPSED";
  EXPECT_EQ(CellsOfFee(fee_).size(), 22u);
  fee_.replaced_run_id = 1;
  EXPECT_EQ(CellsOfFee(fee_).size(), 23u);
  fee_.reversed_date = Day("2026-03-25");
  EXPECT_EQ(CellsOfFee(fee_).size(), 24u);
  fee_.again = "";
  fee_.reversal = "REPLACED";
  EXPECT_EQ(CellsOfFee(fee_).size(), 25u) << "whole, although one between is empty";
  late_fee::Policy policy;
  EXPECT_EQ(CellsOfPolicy(policy).size(), 19u);
  policy.backdating = "Council resolution 114";
  EXPECT_EQ(CellsOfPolicy(policy).size(), 20u);
  policy.loaded_date = Day("2026-01-01");
  EXPECT_EQ(CellsOfPolicy(policy).size(), 21u);
  EXPECT_EQ(CellsOfRun(run_).size(), 11u);
  run_.rules_no = 0;
  EXPECT_EQ(CellsOfRun(run_).size(), 10u);
}

TEST_F(LateFeeProofTest, AFeeGoesWithItsBillAndWithNothingElse) {
  CancelBill();
  EXPECT_THAT(Proven(), HasSubstr("stands, although its bill was cancelled"));
  TakeBack();
  EXPECT_EQ(Proven(), "");
  EXPECT_TRUE(IsOfReversedLateFee(record_, books_.charges().back()));
  const receivable::Entry& entry = books_.entries().back();
  EXPECT_EQ(PostingsOfLateFeeReversal(record_, entry, entry.allocations), entry.postings);
  record_.cancellations[0].cancelled_date = Day("2026-03-24");
  EXPECT_THAT(Proven(), HasSubstr("went with a bill that stands"));
  fee_.reversal = "REPLACED";
  EXPECT_THAT(Proven(), HasSubstr("was taken back for a fee that is none"));
  fee_.reversal = "";
  EXPECT_THAT(Proven(), HasSubstr("was taken back for no reason"));
  fee_.reversed_date.reset();
  EXPECT_THAT(Proven(), HasSubstr("its state and its entry differ"));
}

TEST_F(LateFeeProofTest, AFeeThatComesToNothingTookAnothersPlace) {
  TakeBack();
  fee_.reversal = "REPLACED";
  Fee nothing = fee_;
  nothing.run_id = 2;
  nothing.state = State::kPosted;
  nothing.posted_date = fee_.reversed_date;
  nothing.reversed_date.reset();
  nothing.reversal = "";
  nothing.amount = nothing.owed = Money();
  nothing.basis.clear();
  nothing.replaced_run_id = 1;
  others_ = {nothing};
  EXPECT_EQ(Proven(), "");
  others_[0].posted_date = Day("2026-03-26");
  EXPECT_THAT(Proven(), HasSubstr("was taken back for a fee that is none"));
  others_[0].posted_date = fee_.reversed_date;
  others_[0].replaced_run_id = 0;
  EXPECT_THAT(Proven(), HasSubstr("was taken back for a fee that is none"));
}

}  // namespace
}  // namespace reeve::billing::verify
