// What customers are sent of bills that were made again.
#include "reeve/billing/v1/print_record.pb.h"
#include "reeve/billing/v1/print_service.pb.h"
#include "tests/integration/billing/print_fixture.h"
#include "tests/integration/billing/rebilling.h"

namespace reeve::billing {
namespace {

// 600 kWh and 6 kgal: 13.92 + 36.70 + 10.19, 16.50 + 7.50, 8.05.
constexpr std::int64_t kOctober = 60'81 + 24'00 + 8'05;

class RebillPrintTest : public Rebilling, public Printing {
 protected:
  // The lines of a file once it is released.
  std::vector<std::string> Released(const v1::PrintFile& file) {
    ReleasePrint(file.print_file_id(), Sample(file.print_file_id()).sample_sha256(), releaser_);
    return Download(file.print_file_id());
  }
  std::string ViolationOf(const std::string& check) {
    const verify::Proof proof = Prove();
    for (const auto& finding : proof.findings) {
      if (finding.check == check) return finding.violation;
    }
    return "there is no such check";
  }
  // The one statement of a file.
  v1::PrintRecord Statement(const v1::PrintFile& file) {
    const std::vector<std::string> lines = Released(file);
    EXPECT_EQ(lines.size(), 3u) << "header, statement, trailer";
    return lines.size() == 3 ? Read(lines[1]) : v1::PrintRecord();
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, RebillPrintTest, testing::BothEngines(), testing::EngineName);

TEST_P(RebillPrintTest, WhatALimitCutsIsPrintedAndNotCharged) {
  BillMonths(1);
  LoadLimits(Limits());
  EXPECT_EQ(Statement(Print(october_.cycle_id())).new_balance_cents(), kOctober);
  Cancel(CorrectionOf(october_, v1::REBILL_CAUSE_READ, "electric"));
  RecordRead(1, "E", "2026-10-19", 40'700);  // 100 kWh more, all too long ago
  const v1::Rebill made = Rebill(CorrectionOf(october_));
  ASSERT_EQ(made.not_charged_cents(), 10'19);
  Acknowledge(made.bill().cycle_id(), 1, supervisor_);
  SignAndPost(made.bill().cycle_id());

  // Negative control: one that owes another amount than was planned is withheld.
  Change("UPDATE rebill_charge SET amount_cents = amount_cents + 1 WHERE charge_no = 1");
  const v1::PrintFile withheld = Print(made.bill().cycle_id());
  EXPECT_EQ(withheld.totals().statements(), 0);
  ASSERT_EQ(withheld.withheld_count(), 1);
  EXPECT_EQ(ListWithheld(withheld.print_file_id())[0].cause(), "LINES_DIFFER");
  EXPECT_EQ(ListWithheld(withheld.print_file_id())[0].evidence(),
            "lines 103.05, services 103.05, total 103.05, owed 92.86 of 92.87, services off 0");
  RefusePrint(withheld.print_file_id(), releaser_);
  WorkOnPrints();
  Change("UPDATE rebill_charge SET amount_cents = amount_cents - 1 WHERE charge_no = 1");

  const v1::PrintFile file = Print(made.bill().cycle_id());
  EXPECT_EQ(file.withheld_count(), 0);
  const v1::PrintRecord statement = Statement(file);
  EXPECT_EQ(statement.previous_cents(), kOctober);
  ASSERT_EQ(statement.movement_size(), 1);
  EXPECT_EQ(statement.movement(0).kind(), "BILL_REVERSAL");
  EXPECT_EQ(statement.movement(0).amount_cents(), -kOctober);
  EXPECT_EQ(statement.charge_cents(), kOctober);
  EXPECT_EQ(statement.new_balance_cents(), GetBalance(kAccount).total_cents());
  ASSERT_EQ(statement.bill_printed_size(), 1);
  EXPECT_EQ(statement.bill_printed(0).total_cents(), kOctober + 10'19);
  EXPECT_EQ(statement.bill_printed(0).not_charged_cents(), 10'19);
  ASSERT_EQ(statement.bill_printed(0).due_part_size(), 1) << "the increase is cut";
  EXPECT_EQ(statement.bill_printed(0).due_part(0).due_date(), october_.due_date());
  EXPECT_EQ(statement.bill_printed(0).due_part(0).amount_cents(), kOctober);
  ExpectProven();

  // Negative control of the proof: a statement with the total instead.
  Change(
      "UPDATE statement SET charge_cents = charge_cents + 1019, new_balance_cents = "
      "new_balance_cents + 1019, amount_due_cents = amount_due_cents + 1019 WHERE "
      "statement_no = (SELECT max(statement_no) FROM statement)");
  EXPECT_TRUE(ViolationOf("statements-add-up").ends_with("is not the sum of what stands on it"));
  Change(
      "UPDATE statement SET charge_cents = charge_cents - 1019, new_balance_cents = "
      "new_balance_cents - 1019, amount_due_cents = amount_due_cents - 1019 WHERE "
      "statement_no = (SELECT max(statement_no) FROM statement)");
}

// A file that is not released yet is not sent with a bill that is reversed.
TEST_P(RebillPrintTest, AFileWithABillThatWasCancelledSinceIsNotReleased) {
  BillMonths(1);
  const v1::PrintFile file = Print(october_.cycle_id());
  const std::string sample = Sample(file.print_file_id()).sample_sha256();
  Cancel(CorrectionOf(october_));
  ReleasePrint(file.print_file_id(), sample, releaser_, "BILL_CANCELLED");
  RefusePrint(file.print_file_id(), releaser_);
  WorkOnPrints();
  ExpectProven();
}

// A bill that was cancelled before it was printed is no bill that anybody is sent.
TEST_P(RebillPrintTest, ABillThatWasCancelledBeforeIsAMovement) {
  BillMonths(1);
  const v1::Rebill made = Rebill(CorrectionOf(october_));
  StartPrint(october_.cycle_id(), 0, "NOTHING_TO_PRINT");
  SignAndPost(made.bill().cycle_id());
  const v1::PrintRecord statement = Statement(Print(made.bill().cycle_id()));
  EXPECT_EQ(statement.movement_size(), 2) << "it was owed, and is no more";
  EXPECT_EQ(statement.other_cents(), 0);
  EXPECT_EQ(statement.charge_cents(), kOctober);
  EXPECT_EQ(statement.bill_printed(0).not_charged_cents(), 0);
  ExpectProven();
}

}  // namespace
}  // namespace reeve::billing
