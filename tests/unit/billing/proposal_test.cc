#include "services/billing/rebill/proposal.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace reeve::billing::rebill {
namespace {

Date Day(std::string_view text) { return Date::Parse(text).value(); }

Policy Limits() {
  Policy policy;
  policy.loaded_by = PersonId(21);
  policy.limits = {{"bill.limit_biller", Money::Cents(100'00)}};
  policy.limit_days = 30;
  return policy;
}

Actor Someone(std::int64_t person, std::int64_t limit_cents, std::int64_t alone_cents = 0) {
  Actor actor;
  actor.person = PersonId(person);
  actor.limit = Money::Cents(limit_cents);
  actor.posted_alone = Money::Cents(alone_cents);
  return actor;
}

std::string ReasonOf(const Result<>& result) {
  return result.ok() ? "" : std::string(result.error().reason());
}

Proposal ByPerson7() {
  Proposal proposal;
  proposal.proposed_by = PersonId(7);
  return proposal;
}

TEST(Proposals, OnlyOneThatWaitsIsDecided) {
  for (const auto event :
       {ProposalEvent::kApprove, ProposalEvent::kDecline, ProposalEvent::kWithdraw}) {
    EXPECT_TRUE(After(ProposalState::kProposed, event));
    for (const auto decided :
         {ProposalState::kApproved, ProposalState::kDeclined, ProposalState::kWithdrawn}) {
      EXPECT_EQ(After(decided, event), std::nullopt);
      EXPECT_NE(After(ProposalState::kProposed, event), ProposalState::kProposed);
    }
  }
}

TEST(Credit, IsAllThatWasChargedOrWhatIsNotOwedAnyMore) {
  const std::vector<cycle::PlannedCharge> charged = {
      {"electric", Day("2026-11-10"), Money::Cents(60'00)},
      {"water", Day("2026-11-10"), Money::Cents(40'00)}};
  EXPECT_EQ(CreditOf(charged, {}), Money::Cents(100'00));
  std::vector<cycle::PlannedCharge> owed = charged;
  owed[0].amount = Money::Cents(10'00);
  EXPECT_EQ(CreditOf(charged, owed), Money::Cents(50'00));
  owed[1].amount = Money::Cents(400'00);
  EXPECT_EQ(CreditOf(charged, owed), Money()) << "an increase takes nothing back";
}

TEST(Alone, IsWhatIsLeftOfTheLimit) {
  const Policy policy = Limits();
  EXPECT_EQ(LeftAlone(&policy, Someone(7, 100'00, 30'00)), Money::Cents(70'00));
  EXPECT_EQ(LeftAlone(&policy, Someone(7, 100'00, 300'00)), Money());
  EXPECT_EQ(LeftAlone(nullptr, Someone(7, 100'00)), Money()) << "no limits: everything takes two";
  EXPECT_EQ(LeftAlone(&policy, Someone(21, 100'00)), Money()) << "whoever loaded them";
  EXPECT_EQ(ReasonOf(ExamineAlone(&policy, Money::Cents(70'00), Someone(7, 100'00, 30'00))), "");
  EXPECT_EQ(ReasonOf(ExamineAlone(&policy, Money::Cents(70'01), Someone(7, 100'00, 30'00))),
            "ABOVE_LIMIT");
  EXPECT_EQ(ReasonOf(ExamineAlone(nullptr, Money(), Someone(7, 0))), "") << "an increase";
  Actor taker = Someone(7, 100'00);
  taker.took_payment = true;
  EXPECT_EQ(ReasonOf(ExamineAlone(&policy, Money::Cents(999'00), taker)), "TOOK_PAYMENT");
}

// Each case breaks one rule more, from the last to the first.
TEST(Approval, RefusesInTheOrderOfPrecedence) {
  Policy policy = Limits();
  const Proposal proposal = ByPerson7();
  const Money credit = Money::Cents(100'01);
  Actor actor = Someone(9, 100'01);
  EXPECT_EQ(ReasonOf(ExamineApproval(&policy, proposal, credit, actor, false)), "");
  actor.limit = Money::Cents(100'00);
  EXPECT_EQ(ReasonOf(ExamineApproval(&policy, proposal, credit, actor, false)), "ABOVE_LIMIT");
  EXPECT_EQ(ReasonOf(ExamineApproval(&policy, proposal, credit, actor, true)), "TOOK_PAYMENT");
  actor.took_payment = true;
  EXPECT_EQ(ReasonOf(ExamineApproval(&policy, proposal, credit, actor, false)), "TOOK_PAYMENT");
  policy.loaded_by = actor.person;
  EXPECT_EQ(ReasonOf(ExamineApproval(&policy, proposal, credit, actor, true)), "OWN_LIMITS");
  actor.person = proposal.proposed_by;
  EXPECT_EQ(ReasonOf(ExamineApproval(&policy, proposal, credit, actor, true)), "SAME_PERSON");
}

TEST(Approval, NeedsNoLimitWhereNoneAreLoaded) {
  const Proposal proposal = ByPerson7();
  Policy none = Limits();
  none.limits.clear();
  EXPECT_EQ(ReasonOf(ExamineApproval(nullptr, proposal, Money::Cents(1), Someone(9, 0), false)),
            "");
  EXPECT_EQ(ReasonOf(ExamineApproval(&none, proposal, Money::Cents(1), Someone(9, 0), false)), "");
  EXPECT_EQ(ReasonOf(ExamineApproval(nullptr, proposal, Money(), Someone(7, 0), false)),
            "SAME_PERSON");
}

TEST(Limits, NameEachRoleOnce) {
  Policy policy = Limits();
  policy.limits.push_back({"bill.limit_biller", Money::Cents(1)});
  policy.limits.push_back({"adjustment.limit_biller", Money()});
  policy.limit_days = 0;
  Fields fields;
  Validate(policy, "policy.", fields);
  std::string bad;
  const Error error = fields.error();
  for (const auto& violation : error.violations()) bad += violation.field + " ";
  EXPECT_EQ(bad,
            "policy.limit_days policy.limits[1].permission policy.limits[2].permission "
            "policy.limits[2].amount_cents ");
}

}  // namespace
}  // namespace reeve::billing::rebill
