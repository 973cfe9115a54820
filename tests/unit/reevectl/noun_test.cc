// The screens of single verbs.
#include "services/reevectl/commands/noun.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "reeve/billing/v1/adjustment_service.pb.h"
#include "reeve/billing/v1/collections_service.pb.h"
#include "reeve/billing/v1/cycle_service.pb.h"
#include "reeve/billing/v1/late_fee_service.pb.h"
#include "reeve/payment/v1/bank_deposit_service.pb.h"
#include "reeve/payment/v1/payment_service.pb.h"
#include "reeve/payment/v1/vault_service.pb.h"
#include "services/reevectl/commands/flags.h"

namespace reeve::reevectl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class NounTest : public ::testing::Test {
 protected:
  // What the verb's screen shows of the answer.
  static std::string Shown(const Noun& noun, const std::string& verb, const Message& answer) {
    std::ostringstream out;
    Screen screen(out, *TimeZone::Load("America/Denver"), [](std::int64_t person) {
      return person == 8 ? "Sofia Reyes (sofia)" : "Maria Delgado (maria)";
    });
    for (const Verb& known : noun.verbs) {
      if (known.name == verb) known.show(screen, answer);
    }
    return out.str();
  }
  // A preview of `amount` for an account that owes `balance`.
  static std::string Preview(std::int64_t balance, std::int64_t amount) {
    payment::v1::PaymentPreview preview;
    preview.set_balance_cents(balance);
    const std::int64_t paid = std::clamp<std::int64_t>(balance, 0, amount);
    if (paid > 0) preview.add_shares()->set_amount_cents(paid);
    preview.set_credit_cents(amount - paid);
    return Shown(Payments(), "preview", preview);
  }
};

TEST_F(NounTest, AQuoteSaysHowTheAmountDiffersFromTheBalance) {
  EXPECT_THAT(Preview(14'000, 14'000), HasSubstr("The amount is the balance."));
  EXPECT_THAT(Preview(14'000, 15'000), HasSubstr("differs from the balance by 10.00: so much is "
                                                 "over and becomes credit."));
  EXPECT_THAT(Preview(14'000, 8'001),
              HasSubstr("differs from the balance by 59.99: so much is left due."));
  EXPECT_THAT(Preview(0, 500), HasSubstr("Nothing is due: all of it becomes credit."));
  EXPECT_THAT(Preview(-300, 500), HasSubstr("Nothing is due: all of it becomes credit."));
}

TEST_F(NounTest, ARefusalNamesWhatWasTyped) {
  const Noun payments = Payments();
  const Verb& take = payments.verbs.front();
  const Error named = SayFlags(InvalidArgument({{"amount_cents", "is bad"},
                                                {"tenders[0].amount_cents", "is bad"},
                                                {"tenders", "are more than ten"},
                                                {"directions[1]", "is bad"},
                                                {"request_id", "is bad"}}),
                               take);
  std::vector<std::string> fields;
  for (const FieldViolation& violation : named.violations()) fields.push_back(violation.field);
  EXPECT_EQ(fields, (std::vector<std::string>{"--amount", "--tender 1: amount_cents", "--tender",
                                              "--direct 2", "request_id"}));
}

TEST_F(NounTest, WhatIsDueSaysWhatMustBeListedAndWhatIsMissing) {
  payment::v1::DepositDue due;
  due.set_vault_id(100);
  due.set_due_date("2026-11-27");
  due.set_check_count(1);
  due.set_check_cents(8'000);
  payment::v1::DepositCheck* check = due.add_checks();
  check->set_payment_id("1-1-2");
  check->set_check_number("77");
  check->set_amount_cents(9'000);
  std::string shown = Shown(BankDeposits(), "due", due);
  EXPECT_THAT(shown, HasSubstr("to be at the bank by 2026-11-27"));
  EXPECT_THAT(shown, HasSubstr("to be listed: 1 check"));
  EXPECT_THAT(shown, HasSubstr("The drawers recorded 1 check, 90.00"));
  EXPECT_THAT(shown, Not(HasSubstr("change fund")));
  due.set_check_cents(9'000);
  due.set_fund_short_cents(100);
  shown = Shown(BankDeposits(), "due", due);
  EXPECT_THAT(shown, Not(HasSubstr("The drawers recorded")));
  EXPECT_THAT(shown, HasSubstr("missing from the change fund"));
  EXPECT_THAT(Shown(BankDeposits(), "due", payment::v1::DepositDue()),
              HasSubstr("nothing waits for the bank"));
}

TEST_F(NounTest, ReceiptsAreListedWithWhatStands) {
  payment::v1::ListReceiptsResponse list;
  for (const std::int64_t cents : {5'000, 700}) {
    payment::v1::Receipt* receipt = list.add_receipts();
    receipt->set_payment_id("1-1-" + std::to_string(list.receipts_size()));
    receipt->set_amount_cents(cents);
    receipt->set_state(payment::v1::PAYMENT_STATE_TAKEN);
  }
  list.mutable_receipts(1)->set_state(payment::v1::PAYMENT_STATE_VOIDED);
  const std::string shown = Shown(Payments(), "list", list);
  EXPECT_THAT(shown, HasSubstr("voided"));
  EXPECT_THAT(shown, ::testing::ContainsRegex("Total that stands [.]+ 50[.]00"));
}

TEST_F(NounTest, APolicyOfLateFeesIsSaidInWords) {
  billing::v1::ListLateFeePoliciesResponse response;
  EXPECT_EQ(Shown(LateFees(), "policies", response), "No policy of late fees is loaded.\n");
  billing::v1::LateFeePolicy& policy = *response.add_policies();
  policy.set_code("LATE");
  policy.set_effective_date("2026-07-01");
  policy.set_citation("Mesa City Code");
  policy.set_percent_hundredths(2'00);
  policy.set_minimum_cents(5'00);
  policy.set_tax_hundredths(8'05);
  policy.set_owed_min_cents(25'00);
  policy.set_repeats(billing::v1::LATE_FEE_REPEATS_ONCE);
  policy.set_days_to_pay_min(10);
  policy.set_due_day_count(20);
  policy.set_rise_hundredths(150);
  const std::string shown = Shown(LateFees(), "policies", response);
  EXPECT_THAT(shown, HasSubstr("2.00 % of what is unpaid, $5.00 minimum, no maximum, 8.05 % tax"));
  EXPECT_THAT(shown, HasSubstr("None where less than $25.00 is past due in all. 0 days free"));
  EXPECT_THAT(shown, HasSubstr("a run above 150.00 % of the last one is a finding."));
  EXPECT_THAT(shown, Not(HasSubstr("before it was loaded")));
  EXPECT_EQ(Shown(LateFees(), "of", billing::v1::ListAccountLateFeesResponse()),
            "The account has no late fees.\n");
  EXPECT_EQ(Shown(LateFees(), "list", billing::v1::ListLateFeesResponse()), "There are no fees.\n");
  EXPECT_EQ(Shown(LateFees(), "exemptions", billing::v1::ListLateFeeExemptionsResponse()),
            "The account is exempt from no late fee.\n");
}

TEST_F(NounTest, AFeeThatWasTakenBackSaysWhenAndWhy) {
  billing::v1::ListAccountLateFeesResponse response;
  billing::v1::LateFee& fee = *response.add_fees();
  fee.set_bill_id(77);
  fee.set_due_date("2026-12-15");
  fee.set_last_date("2026-12-15");
  fee.set_fee_cents(5'00);
  fee.set_state(billing::v1::LATE_FEE_STATE_REVERSED);
  fee.set_reversed_date("2026-12-22");
  fee.set_reversal("BILL_CANCELLED");
  EXPECT_THAT(Shown(LateFees(), "of", response), HasSubstr("Taken back on "));
  EXPECT_THAT(Shown(LateFees(), "of", response), HasSubstr(": BILL_CANCELLED"));
  billing::v1::LateFee& nothing = *response.add_fees();
  nothing.set_bill_id(78);
  nothing.set_due_date("2026-12-15");
  nothing.set_again("LESS_WAS_UNPAID");
  EXPECT_THAT(Shown(LateFees(), "of", response), HasSubstr("bears no late fee."));
}

TEST_F(NounTest, NothingPastDueIsSaidAsAnAmount) {
  billing::v1::Delinquency delinquency;
  delinquency.set_account_id(7);
  const std::string none = Shown(Collections(), "show", delinquency);
  EXPECT_THAT(none, ::testing::ContainsRegex("past due \\.+ 0\\.00"));
  EXPECT_THAT(none, ::testing::ContainsRegex("to avoid a shutoff \\.+ 0\\.00"));
  EXPECT_THAT(none, Not(HasSubstr("Nothing.")));
  delinquency.set_past_due_cents(9'50);
  delinquency.add_notices()->set_delivery_proof("hanger 12");
  EXPECT_THAT(Shown(Collections(), "show", delinquency),
              ::testing::AllOf(HasSubstr("9.50"), HasSubstr("hanger 12")));
}

TEST_F(NounTest, AnAdjustmentIsLookedAtWithItsRulesAndItsDigest) {
  billing::v1::AdjustmentPreview preview;
  preview.set_amount_cents(23'75);
  billing::v1::AdjustmentRule& rule = *preview.add_rules();
  rule.set_rule("TAKER");
  rule.set_finding("you took a payment of this account within 30 days");
  preview.set_refusal("TOOK_PAYMENT");
  EXPECT_THAT(Shown(Adjustments(), "preview", preview),
              ::testing::AllOf(HasSubstr("23.75"), HasSubstr("! TAKER: you took a payment"),
                               HasSubstr("REFUSED: TOOK_PAYMENT"), Not(HasSubstr("digest"))));
  preview.mutable_rules(0)->set_holds(true);
  preview.clear_refusal();
  preview.set_needs_second_person(true);
  preview.set_digest("9f3c");
  EXPECT_THAT(
      Shown(Adjustments(), "preview", preview),
      ::testing::AllOf(HasSubstr("  TAKER: "), HasSubstr("A second person must approve it."),
                       HasSubstr("digest 9f3c"), Not(HasSubstr("REFUSED"))));
}

TEST_F(NounTest, CustodySignOffAndDepositNamePeople) {
  payment::v1::Transfer transfer;
  transfer.set_initiated_by(8);
  transfer.set_ended_by(7);
  EXPECT_THAT(Shown(Transfers(), "show", transfer),
              ::testing::AllOf(HasSubstr(" by Sofia Reyes (sofia)\n"),
                               HasSubstr(" by Maria Delgado (maria)\n")));
  payment::v1::BankDeposit deposit;
  deposit.set_prepared_by(8);
  deposit.set_carried_by(7);
  EXPECT_THAT(Shown(BankDeposits(), "show", deposit),
              ::testing::AllOf(HasSubstr(" by Sofia Reyes (sofia)\n"),
                               HasSubstr(" by Maria Delgado (maria)\n")));
  billing::v1::CycleRun run;
  run.add_register_()->set_service("water");
  run.set_signed_off_by_person_id(8);
  run.set_started_by_person_id(7);
  EXPECT_THAT(Shown(Cycles(), "show", run),
              HasSubstr("by Sofia Reyes (sofia); started by Maria Delgado (maria)\n"));
}

}  // namespace
}  // namespace reeve::reevectl
