// What customers are sent: statements, print files, and what may not leave.
#include <map>
#include <set>

#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/bill_service.grpc.pb.h"
#include "reeve/billing/v1/cycle_service.grpc.pb.h"
#include "reeve/billing/v1/guard_service.pb.h"
#include "reeve/billing/v1/print_record.pb.h"
#include "reeve/billing/v1/print_service.grpc.pb.h"
#include "reeve/billing/v1/read_service.pb.h"
#include "reeve/billing/v1/receivable_service.pb.h"
#include "reeve/payment/v1/events.pb.h"
#include "services/billing/agreement/account_feed_service.h"
#include "services/billing/receivable/payment_feed_service.h"
#include "shared/core/canonical.h"
#include "tests/integration/billing/print_fixture.h"

namespace reeve::billing {
namespace {

constexpr std::int64_t kAccount = 10000000009;
constexpr std::int64_t kOther = kAccount + 100;
constexpr std::int64_t kThird = kAccount + 200;
// 500 kWh and 5 kgal: 13.92 + 36.70, 16.50 + 6.25, 8.05.
constexpr std::int64_t kBill = 81'42;

class PrintTest : public Printing {
 protected:
  static std::string Reads(std::int64_t account, std::int64_t kwh, std::int64_t kgal,
                           const std::string& date = "2026-11-19") {
    const std::string number = std::to_string(account);
    return "E" + number + "," + date + "," + std::to_string(40'000 + kwh) + ",kWh\nW" + number +
           "," + date + "," + std::to_string(500 + kgal) + ",kgal\n";
  }
  // Accounts of the same use with a posted cycle.
  v1::CycleRun BillOf(const std::vector<std::int64_t>& accounts) {
    LoadTariff();
    std::string rows;
    for (const std::int64_t account : accounts) {
      Open(Account(account));
      rows += Reads(account, 500, 5);
    }
    Import(rows);
    return RunCycle();
  }
  // The same accounts a month later.
  v1::CycleRun BillAgain(const std::vector<std::int64_t>& accounts) {
    SetMorning("2026-12-21");
    std::string rows;
    for (const std::int64_t account : accounts) rows += Reads(account, 1'000, 10, "2026-12-19");
    Import(rows);
    return RunCycle(7, "2026-12-20");
  }
  std::vector<std::string> Released(const v1::PrintFile& file) {
    ReleasePrint(file.print_file_id(), Sample(file.print_file_id()).sample_sha256(), releaser_);
    return Download(file.print_file_id());
  }
  std::map<std::int64_t, v1::PrintRecord> StatementsOf(const std::vector<std::string>& lines) {
    std::map<std::int64_t, v1::PrintRecord> statements;
    for (const std::string& line : lines) {
      const v1::PrintRecord record = Read(line);
      if (record.record() == "statement") statements[record.account()] = record;
    }
    return statements;
  }
  std::set<std::string> CausesOf(const v1::PrintFile& file) {
    std::set<std::string> causes;
    for (const v1::Withheld& one : ListWithheld(file.print_file_id())) {
      causes.insert(std::to_string(one.account_id()) + " " + one.cause());
    }
    return causes;
  }
  static std::string At(std::int64_t account) {
    return " WHERE account_id = " + std::to_string(account);
  }
  std::int64_t StatementCount() {
    std::int64_t count = 0;
    (*database_).Read(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      count = tx.Select({"", "SELECT count(*) FROM statement"})[0].Int(0);
    });
    return count;
  }
  v1::Bill NewestBill(std::int64_t account) {
    v1::ListBillsRequest request;
    request.set_account_id(account);
    return Send<v1::BillService>(&v1::BillService::Stub::ListBills, analyst_, request).bills(0);
  }
  v1::PrintFile StartPrintOf(const v1::Bill& bill, const std::string& reason = {}) {
    v1::MakePrintFileRequest request;
    request.set_request_id(Key());
    request.set_account_id(bill.account_id());
    request.set_bill_id(bill.bill_id());
    return Send<v1::PrintService>(&v1::PrintService::Stub::MakePrintFile, printer_, request,
                                  reason);
  }
  void Review(const v1::Bill& bill, v1::ReviewDecision decision) {
    v1::ReviewBillRequest request;
    request.set_request_id(Key());
    request.set_account_id(bill.account_id());
    request.set_bill_id(bill.bill_id());
    request.set_decision(decision);
    request.set_reason("looked at the meter");
    Send<v1::CycleService>(&v1::CycleService::Stub::ReviewBill, supervisor_, request);
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, PrintTest, testing::BothEngines(), testing::EngineName);

TEST_P(PrintTest, AStatementSaysWhatHasMovedTheBalanceSinceTheLast) {
  const v1::CycleRun november = BillOf({kAccount, kOther});
  const auto first = StatementsOf(Released(Print(november.cycle_id())));
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first.at(kAccount).previous_cents(), 0);
  EXPECT_EQ(first.at(kAccount).new_balance_cents(), kBill);
  EXPECT_EQ(first.at(kAccount).bill_printed_size(), 1);
  EXPECT_EQ(first.at(kAccount).movement_size(), 0);

  // Paid too much, and one payment is taken back; the other applies for something.
  Deliver(receivable::ApplyPayments, Taken(kAccount, 200'00, 1), Taken(kAccount, 9'00, 2));
  Deliver(receivable::ApplyPayments, Reversed(Taken(kAccount, 9'00, 2)));
  account::v1::ApplicationAccepted accepted;
  accepted.set_application_id(77);
  accepted.set_account_id(kOther);
  account::v1::ApplicationCharge& deposit = *accepted.add_charges();
  deposit.set_service("electric");
  deposit.set_kind(account::v1::APPLICATION_CHARGE_KIND_DEPOSIT);
  deposit.set_code("E-DEP");
  deposit.set_amount_cents(50'00);
  Deliver(agreement::ApplyAccounts, accepted);

  const v1::PrintFile december = Print(BillAgain({kAccount, kOther}).cycle_id());
  const auto second = StatementsOf(Released(december));
  const v1::PrintRecord& paid = second.at(kAccount);
  EXPECT_EQ(paid.statement_no(), 2);
  EXPECT_EQ(paid.previous_cents(), kBill);
  ASSERT_EQ(paid.movement_size(), 3) << "the use of credit moves nothing";
  EXPECT_EQ(paid.movement(0).kind(), "PAYMENT");
  EXPECT_EQ(paid.movement(0).amount_cents() + paid.movement(1).amount_cents() +
                paid.movement(2).amount_cents(),
            -200'00);
  EXPECT_EQ(paid.payment_cents(), -200'00);
  EXPECT_EQ(paid.charge_cents(), NewestBill(kAccount).total_cents());
  EXPECT_EQ(paid.new_balance_cents(), GetBalance(kAccount).total_cents());
  EXPECT_LT(paid.new_balance_cents(), 0);
  EXPECT_EQ(paid.amount_due_cents(), 0);
  const v1::PrintRecord& other = second.at(kOther);
  ASSERT_EQ(other.movement_size(), 1);
  EXPECT_EQ(other.movement(0).kind(), "APPLICATION");
  EXPECT_EQ(other.other_cents(), 50'00);
  EXPECT_EQ(other.new_balance_cents(), GetBalance(kOther).total_cents());
  EXPECT_EQ(other.past_due_cents(), kBill + 50'00) << "due on 15 December and at once";
  // Its lines are those of the bill.
  std::int64_t cents = 0;
  for (const v1::PrintSegment& segment : other.bill_printed(0).segment()) {
    for (const v1::PrintLine& line : segment.line()) cents += line.amount_cents();
  }
  EXPECT_EQ(cents, NewestBill(kOther).total_cents());
  EXPECT_EQ(december.totals().movements(), 4);
}

TEST_P(PrintTest, NothingHeldCancelledOrOnlyCalculatedIsPrinted) {
  LoadTariff();
  for (const std::int64_t account : {kAccount, kOther, kThird}) Open(Account(account));
  Open(Account(kAccount + 300, 8));
  // Two without a read of their power: both are held, one is cancelled.
  Import(Reads(kAccount, 500, 5) + "W" + std::to_string(kOther) + ",2026-11-19,505,kgal\nW" +
         std::to_string(kThird) + ",2026-11-19,505,kgal\n" + Reads(kAccount + 300, 500, 5));
  const v1::CycleRun started = StartCycle();
  Work();
  StartPrint(started.cycle_id(), 0, "CYCLE_NOT_POSTED");
  StartPrintOf(NewestBill(kAccount), "BILL_NOT_POSTED");
  for (const v1::CycleFinding& finding : Findings(started.cycle_id()).findings()) {
    Acknowledge(started.cycle_id(), finding.finding_no(), supervisor_);
  }
  SignOff(GetCycle(started.cycle_id()), supervisor_);
  PostCycle(started.cycle_id());
  Work();
  Review(NewestBill(kThird), v1::REVIEW_DECISION_CONFIRM_HOLD);
  const v1::CycleRun only_calculated = StartCycle({}, 8);
  Work();
  StartPrint(only_calculated.cycle_id(), 0, "CYCLE_NOT_POSTED");
  StartPrintOf(NewestBill(kAccount + 300), "BILL_NOT_POSTED");
  StartPrintOf(NewestBill(kOther), "BILL_NOT_POSTED");
  StartPrintOf(NewestBill(kThird), "BILL_NOT_POSTED");
  StartPrint(12345, 0, "CYCLE_UNKNOWN");

  const auto first = StatementsOf(Released(Print(started.cycle_id())));
  ASSERT_EQ(first.size(), 1u);
  EXPECT_TRUE(first.contains(kAccount));
  StartPrint(started.cycle_id(), 0, "NOTHING_TO_PRINT");

  // Released later, it is printed alone.
  Review(NewestBill(kOther), v1::REVIEW_DECISION_RELEASE);
  const v1::PrintFile alone = StartPrintOf(NewestBill(kOther));
  WorkOnPrints();
  const std::vector<std::string> lines = Released(alone);
  EXPECT_EQ(Read(lines[0]).bill(), NewestBill(kOther).bill_id());
  const auto second = StatementsOf(lines);
  ASSERT_EQ(second.size(), 1u);
  EXPECT_TRUE(second.contains(kOther));
  StartPrint(started.cycle_id(), 0, "NOTHING_TO_PRINT");
  StartPrintOf(NewestBill(kOther), "NOTHING_TO_PRINT");
}

// Negative control of what comes next: without asking payment, the printed cut-off is a lie.
TEST_P(PrintTest, APaymentThatIsNotWaitedForIsMissed) {
  const v1::CycleRun run = BillOf({kAccount});
  payment_head_.head = "";  // as if payment had taken nothing
  const auto statements = StatementsOf(Released(Print(run.cycle_id())));
  EXPECT_EQ(statements.at(kAccount).new_balance_cents(), kBill);
  EXPECT_EQ(statements.at(kAccount).movement_size(), 0);
}

TEST_P(PrintTest, APaymentThatWasTakenBeforeTheCutOffIsOnTheStatement) {
  const v1::CycleRun run = BillOf({kAccount});
  payment_head_.head = std::nullopt;
  StartPrint(run.cycle_id(), 0, "PAYMENTS_UNKNOWN");
  payment_head_.head = "not a token";
  StartPrint(run.cycle_id(), 0, "PAYMENTS_UNKNOWN");
  // Payment has acknowledged one that is on its way.
  feed::Token head;
  head.Advance("payment", "epoch", 0, 3);
  payment_head_.head = head.Encode();
  StartPrint(run.cycle_id(), 0, "NOT_CAUGHT_UP");
  EXPECT_EQ(StatementCount(), 0);
  // It is applied while the call waits.
  server_.service().background().PostAfter(Duration::Millis(200), [this, head] {
    (void)server_.service().frame().Apply(MakeCall(), 1, [&](command::Change& change) -> Result<> {
      feed::Token applied = feed::LockAppliedToken(change.tx(), "payment");
      const std::vector<feed::Event> events = {ToEvent(Taken(kAccount, 81'00, 1))};
      REEVE_RETURN_IF_ERROR(receivable::ApplyPayments(change, events));
      applied.Merge(head);
      feed::SaveAppliedToken(change.tx(), "payment", applied);
      return Ok();
    });
  });
  const v1::PrintFile file = Print(run.cycle_id());
  EXPECT_EQ(file.cutoff_time(), "2026-11-23T09:00:00-07:00");
  const std::vector<std::string> lines = Released(file);
  EXPECT_EQ(Read(lines[0]).cutoff_time(), file.cutoff_time());
  const v1::PrintRecord statement = StatementsOf(lines).at(kAccount);
  ASSERT_EQ(statement.movement_size(), 1);
  EXPECT_EQ(statement.movement(0).source(), "7-1-1");
  EXPECT_EQ(statement.new_balance_cents(), kBill - 81'00);
}

TEST_P(PrintTest, WhatFailsACheckIsWithheldAndSaid) {
  const v1::CycleRun run = BillOf({kAccount, kOther, kThird, kAccount + 300});
  Deliver(receivable::ApplyPayments, Taken(kThird, 5'00, 1));
  Change("UPDATE bill_line SET amount_cents = amount_cents + 1" + At(kAccount) +
         " AND line_no = 1");
  Change("UPDATE charge SET open_cents = open_cents - 1" + At(kOther) + " AND service = 'water'");
  Change("UPDATE payment_credit SET state = 'UNAPPLIED'" + At(kThird));
  const v1::PrintFile file = Print(run.cycle_id());
  EXPECT_EQ(file.state(), v1::PRINT_FILE_STATE_MADE);
  EXPECT_EQ(file.totals().statements(), 1);
  EXPECT_EQ(file.withheld_count(), 3);
  EXPECT_EQ(file.open_withheld_count(), 3);
  EXPECT_EQ(CausesOf(file), (std::set<std::string>{std::to_string(kAccount) + " LINES_DIFFER",
                                                   std::to_string(kOther) + " BALANCE_DIFFERS",
                                                   std::to_string(kThird) + " UNAPPLIED_PAYMENT"}));
  EXPECT_EQ(ListWithheld(file.print_file_id())[0].evidence(),
            "lines 81.43, services 81.42, total 81.42, owed 81.42, services off 1");

  const std::string sample = Sample(file.print_file_id()).sample_sha256();
  ReleasePrint(file.print_file_id(), sample, releaser_, "WITHHELD_OPEN");
  AcknowledgeWithheld(file.print_file_id(), "NO_CAUSE", 0, releaser_, "INVALID_REQUEST");
  AcknowledgeWithheld(file.print_file_id(), "TOO_LATE", 0, releaser_, "NOT_WITHHELD");
  AcknowledgeWithheld(file.print_file_id(), "LINES_DIFFER", kOther, releaser_, "NOT_WITHHELD");
  AcknowledgeWithheld(file.print_file_id() + 1, "LINES_DIFFER", 0, releaser_, "PRINT_FILE_UNKNOWN");
  AcknowledgeWithheld(file.print_file_id(), "LINES_DIFFER", kAccount, releaser_);
  AcknowledgeWithheld(file.print_file_id(), "LINES_DIFFER", kAccount, releaser_, "NOT_WITHHELD");
  AcknowledgeWithheld(file.print_file_id(), "BALANCE_DIFFERS", 0, releaser_);
  EXPECT_EQ(AcknowledgeWithheld(file.print_file_id(), "UNAPPLIED_PAYMENT", 0, releaser_)
                .open_withheld_count(),
            0);
  EXPECT_EQ(StatementsOf(Released(file)).begin()->first, kAccount + 300);

  // Once it is mended, the next file has them.
  Change("UPDATE bill_line SET amount_cents = amount_cents - 1" + At(kAccount) +
         " AND line_no = 1");
  Change("UPDATE charge SET open_cents = open_cents + 1" + At(kOther) + " AND service = 'water'");
  Change("UPDATE payment_credit SET state = 'APPLIED'" + At(kThird));
  const auto next = StatementsOf(Released(Print(run.cycle_id())));
  EXPECT_EQ(next.size(), 3u);
  EXPECT_EQ(next.at(kThird).payment_cents(), -5'00);
}

TEST_P(PrintTest, WhoCannotPayInTimeIsNotSentABill) {
  const v1::CycleRun run = BillOf({kAccount});
  StartPrint(run.cycle_id(), 61, "INVALID_REQUEST");
  const v1::PrintFile file = Print(run.cycle_id(), 30);
  EXPECT_EQ(file.totals().statements(), 0);
  EXPECT_EQ(ListWithheld(file.print_file_id())[0].evidence(),
            "due 2026-12-15, in 22 days; 30 are promised");
  RefusePrint(file.print_file_id(), releaser_);
  WorkOnPrints();
  EXPECT_EQ(Print(run.cycle_id(), 22).totals().statements(), 1);
}

TEST_P(PrintTest, ARefusedFileFreesWhatStoodOnIt) {
  const v1::CycleRun run = BillOf({kAccount, kOther});
  Deliver(receivable::ApplyPayments, Taken(kAccount, 10'00, 1));
  const v1::PrintFile file = Print(run.cycle_id());
  StartPrint(run.cycle_id(), 0, "PRINT_FILE_OPEN");
  RefusePrint(file.print_file_id(), printer_, "PERMISSION_MISSING");
  RefusePrint(file.print_file_id() + 1, releaser_, "PRINT_FILE_UNKNOWN");
  EXPECT_EQ(RefusePrint(file.print_file_id(), releaser_).state(), v1::PRINT_FILE_STATE_REFUSING);
  StartPrint(run.cycle_id(), 0, "PRINT_FILE_OPEN");
  ExpectProven();
  WorkOnPrints();
  const v1::PrintFile refused = GetPrint(file.print_file_id());
  EXPECT_EQ(refused.state(), v1::PRINT_FILE_STATE_REFUSED);
  EXPECT_EQ(refused.totals().statements(), 2) << "nothing is forgotten";
  EXPECT_EQ(refused.reason(), "the logo is upside down");
  RefusePrint(file.print_file_id(), releaser_, "PRINT_FILE_NOT_MADE");
  Sample(file.print_file_id(), "PRINT_FILE_NOT_MADE");
  EXPECT_TRUE(Download(file.print_file_id(), "PRINT_FILE_NOT_RELEASED").empty());
  ExpectProven();

  const v1::PrintFile again = Print(run.cycle_id());
  EXPECT_EQ(again.totals().SerializeAsString(), refused.totals().SerializeAsString());
  const auto statements = StatementsOf(Released(again));
  EXPECT_EQ(statements.at(kAccount).statement_no(), 2);
  EXPECT_EQ(statements.at(kAccount).previous_cents(), 0);
  EXPECT_EQ(statements.at(kAccount).payment_cents(), -10'00);
}

TEST_P(PrintTest, AnAccountHasOneStatementAtATimeThatMayStillBeVoid) {
  const v1::CycleRun november = BillOf({kAccount});
  const v1::PrintFile first = Print(november.cycle_id());
  const v1::CycleRun december = BillAgain({kAccount});
  const v1::PrintFile second = Print(december.cycle_id());
  EXPECT_EQ(CausesOf(second),
            std::set<std::string>{std::to_string(kAccount) + " EARLIER_STATEMENT_OPEN"});
  // Refusing the first does not pull the ground from under the second.
  RefusePrint(first.print_file_id(), releaser_);
  RefusePrint(second.print_file_id(), releaser_);
  WorkOnPrints();
  // Then one statement has both bills, with the lines of both.
  const auto both = StatementsOf(Released(Print(december.cycle_id())));
  EXPECT_EQ(both.at(kAccount).bill_printed_size(), 2);
  EXPECT_EQ(both.at(kAccount).new_balance_cents(), GetBalance(kAccount).total_cents());
  StartPrint(november.cycle_id(), 0, "NOTHING_TO_PRINT");
}

TEST_P(PrintTest, ASecondPersonLooksAtTheProofSample) {
  LoadTariff();
  std::string rows;
  for (int n = 0; n < 12; ++n) {
    Open(Account(kAccount + n * 100));
    rows += Reads(kAccount + n * 100, 480 + n * 10, 5);
  }
  Import(rows);
  const v1::CycleRun run = RunCycle();
  Deliver(receivable::ApplyPayments, Taken(kAccount + 600, 500'00, 1),
          Taken(kAccount + 700, 9'00, 2));
  const v1::PrintFile file = Print(run.cycle_id());
  ReleasePrint(file.print_file_id(), std::string(64, 'a'), releaser_, "STALE");
  const v1::ProofSample sample = Sample(file.print_file_id());
  std::map<std::string, std::int64_t> chosen;
  std::set<std::int64_t> accounts;
  for (const v1::ProofStatement& one : sample.statements()) {
    const v1::PrintRecord record = Read(one.line());
    chosen[one.chosen_as()] = record.account();
    EXPECT_TRUE(accounts.insert(record.account()).second) << "each once";
  }
  EXPECT_EQ(chosen.at("largest"), kAccount + 1100);
  EXPECT_EQ(chosen.at("credit"), kAccount + 600);
  EXPECT_TRUE(chosen.contains("smallest"));
  EXPECT_TRUE(chosen.contains("movement BILL"));
  EXPECT_TRUE(chosen.contains("random"));
  EXPECT_GE(accounts.size(), 5u);
  EXPECT_EQ(Sample(file.print_file_id()).SerializeAsString(), sample.SerializeAsString());

  ReleasePrint(file.print_file_id(), sample.sample_sha256(), printer_, "PERMISSION_MISSING");
  const v1::PrintFile released =
      ReleasePrint(file.print_file_id(), sample.sample_sha256(), releaser_);
  EXPECT_EQ(released.state(), v1::PRINT_FILE_STATE_RELEASED);
  EXPECT_EQ(released.decided_by_person_id(), 22);
  ReleasePrint(file.print_file_id(), sample.sample_sha256(), releaser_, "PRINT_FILE_NOT_MADE");
  RefusePrint(file.print_file_id(), releaser_, "PRINT_FILE_NOT_MADE");
}

TEST_P(PrintTest, WhoeverMadeAFileDecidesNothingAboutIt) {
  const v1::CycleRun run = BillOf({kAccount});
  v1::MakePrintFileRequest request;
  request.set_request_id(Key());
  request.set_cycle_id(run.cycle_id());
  request.set_days_to_pay_min(30);
  const auto make = &v1::PrintService::Stub::MakePrintFile;
  const v1::PrintFile file = Send<v1::PrintService>(make, releaser_, request);
  EXPECT_EQ(Send<v1::PrintService>(make, releaser_, request).SerializeAsString(),
            file.SerializeAsString())
      << "the same request again";
  AcknowledgeWithheld(file.print_file_id(), "TOO_LATE", 0, releaser_, "PRINT_FILE_NOT_MADE");
  WorkOnPrints();
  AcknowledgeWithheld(file.print_file_id(), "TOO_LATE", 0, releaser_, "SAME_PERSON");
  ReleasePrint(file.print_file_id(), std::string(64, 'a'), releaser_, "SAME_PERSON");
  RefusePrint(file.print_file_id(), releaser_, "SAME_PERSON");
}

TEST_P(PrintTest, AFileCarriesCountsAndTotalsOfItsOwn) {
  const v1::CycleRun run = BillOf({kAccount, kOther, kThird});
  Deliver(receivable::ApplyPayments, Taken(kOther, 100'00, 1));
  const v1::PrintFile file = Print(run.cycle_id());
  EXPECT_TRUE(Download(file.print_file_id(), "PRINT_FILE_NOT_RELEASED").empty());
  EXPECT_TRUE(Download(file.print_file_id() + 1, "PRINT_FILE_UNKNOWN").empty());
  const std::vector<std::string> lines = Released(file);
  EXPECT_EQ(Download(file.print_file_id()), lines) << "the same bytes again";
  ASSERT_EQ(lines.size(), 5u);
  std::string before;
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) before += lines[i];
  const v1::PrintRecord trailer = Read(lines.back());
  EXPECT_EQ(trailer.sha256(), HexEncode(Sha256(before)));
  EXPECT_EQ(trailer.sha256(), file.sha256());
  EXPECT_EQ(trailer.statements(), 3);
  EXPECT_EQ(trailer.lines(), 15);
  EXPECT_EQ(trailer.movements(), 1);
  EXPECT_EQ(trailer.payment_cents(), -100'00);
  EXPECT_EQ(trailer.charge_cents(), 3 * kBill);
  EXPECT_EQ(trailer.new_balance_cents(), 3 * kBill - 100'00);
  EXPECT_EQ(trailer.amount_due_cents(), 2 * kBill);

  // What is not what was released gets no trailer.
  Change("UPDATE bill_line SET amount_cents = amount_cents + 1" + At(kThird) + " AND line_no = 1");
  const std::vector<std::string> differs = Download(file.print_file_id(), "PRINT_FILE_DIFFERS");
  for (const std::string& line : differs) EXPECT_NE(Read(line).record(), "trailer");
  Change("UPDATE bill_line SET amount_cents = amount_cents - 1" + At(kThird) + " AND line_no = 1");
}

// Killed between any two steps, a file ends as it would have.
TEST_P(PrintTest, AFileThatWasKilledIsMadeToItsEnd) {
  LoadTariff();
  std::vector<feed::Event> events;
  std::string rows;
  for (int n = 0; n < 300; ++n) {
    const std::int64_t account = kAccount + n * 100;
    events.push_back(ToEvent(Account(account)));
    rows += Reads(account, 400 + n, 5 + n % 4);
  }
  DeliverAll(agreement::ApplyAccounts, events);
  Import(rows);
  const v1::CycleRun run = RunCycle();
  std::vector<std::string> files;
  for (const bool killed : {false, true}) {
    const v1::PrintFile started = StartPrint(run.cycle_id());
    EXPECT_EQ(started.page_count(), 2);
    int steps = 0;
    for (bool more = true; more; ++steps) {
      statement::PrintWork fresh(server_.service().frame(), *database_,
                                 {clock_, machine_clock_, server_.service().zone()},
                                 server_.service().background());
      statement::PrintWork& work = killed && steps < 5 ? fresh : print_work_;
      more = work.Step(1) || work.Step(0);
      if (steps == 0) {
        EXPECT_EQ(GetPrint(started.print_file_id()).done_page_count(), 1);
        ExpectProven();
      }
    }
    const v1::PrintFile made = GetPrint(started.print_file_id());
    ASSERT_EQ(made.state(), v1::PRINT_FILE_STATE_MADE);
    files.push_back(made.totals().SerializeAsString());
    EXPECT_EQ(made.totals().statements(), 300);
    EXPECT_EQ(made.done_page_count(), 2);
    if (!killed) {
      RefusePrint(made.print_file_id(), releaser_);
      EXPECT_TRUE(print_work_.Step(0));
      ExpectProven();
      WorkOnPrints();
      continue;
    }
    EXPECT_EQ(Released(made).size(), 302u) << "the digest is that of its bytes";
  }
  EXPECT_EQ(files[0], files[1]);
}

}  // namespace
}  // namespace reeve::billing
