#include "services/billing/statement/statement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "services/billing/statement/print_record.h"

namespace reeve::billing::statement {
namespace {

using receivable::EntryKind;

constexpr std::int64_t kBill = 77;
const Date kToday = Date::Parse("2026-11-23").value();

PrintFile File() {
  PrintFile file;
  file.print_file_id = 5;
  file.cycle_id = 9;
  file.city_date = kToday;
  return file;
}

// Owed 50.00 before, 20.00 paid, a bill of 30.80.
Situation Ordinary() {
  Situation one;
  one.account = AccountId(10000000009);
  one.last_no = one.previous_no = 3;
  one.previous_cents = 50'00;
  one.entries = {{1, EntryKind::kPayment, "7-1-1", kToday, -20'00},
                 {EntryOfBill(kBill), EntryKind::kBill, "77", kToday, 30'80}};
  one.bills = {{kBill, 9, kToday, kToday.PlusDays(22), 30'80, 30'80, 30'80, 4, 0, 30'80}};
  one.balance_cents = 60'80;
  one.past_due_cents = 30'00;
  return one;
}

std::vector<std::string> Causes(const Situation& one, const PrintFile& file = File()) {
  std::vector<std::string> causes;
  for (const Withheld& withheld : Check(file, one, MakeStatement(file, one))) {
    EXPECT_FALSE(withheld.evidence.empty());
    causes.emplace_back(CauseName(withheld.cause));
  }
  return causes;
}

TEST(Statement, IsTheLastBalanceAndWhatHasMovedIt) {
  const Statement statement = MakeStatement(File(), Ordinary());
  EXPECT_EQ(statement.statement_no, 4);
  EXPECT_EQ(statement.previous_no, 3);
  EXPECT_EQ(statement.due_date, kToday.PlusDays(22));
  EXPECT_EQ(statement.past_due_cents, 30'00);
  const Totals expected{1, 4, 1, 50'00, -20'00, 0, 30'80, 60'80, 60'80};
  EXPECT_EQ(statement.totals, expected);
  EXPECT_EQ(Causes(Ordinary()), std::vector<std::string>());
}

TEST(Statement, OfSomebodyWithCreditAsksForNothing) {
  Situation one = Ordinary();
  one.entries[0].amount_cents = -100'00;
  one.balance_cents = -19'20;
  const Statement statement = MakeStatement(File(), one);
  EXPECT_EQ(statement.totals.new_balance_cents, -19'20);
  EXPECT_EQ(statement.totals.amount_due_cents, 0);
  EXPECT_TRUE(Causes(one).empty());
}

TEST(Statement, CountsWhatMovesNothingNowhere) {
  Situation one = Ordinary();
  one.entries.push_back({3, EntryKind::kCredit, "", kToday, 0});
  one.entries.push_back({4, EntryKind::kApplication, "12", kToday, 25'00});
  one.balance_cents += 25'00;
  const Statement statement = MakeStatement(File(), one);
  EXPECT_EQ(statement.totals.movements, 2);
  EXPECT_EQ(statement.totals.other_cents, 25'00);
  EXPECT_TRUE(Causes(one).empty());
}

// A bill that a later one cancels is a movement like any other, if it is not printed.
TEST(Statement, TakesABillThatIsNotPrintedForAMovement) {
  Situation one = Ordinary();
  one.entries.push_back({EntryOfBill(78), EntryKind::kBill, "78", kToday, 9'00});
  one.balance_cents += 9'00;
  const Totals totals = MakeStatement(File(), one).totals;
  EXPECT_EQ(totals.charge_cents, 30'80);
  EXPECT_EQ(totals.other_cents, 9'00);
}

TEST(Withheld, IsABillThatIsNotItsLines) {
  for (std::int64_t PrintedBill::*part :
       {&PrintedBill::total_cents, &PrintedBill::segment_cents, &PrintedBill::line_cents,
        &PrintedBill::segments_off, &PrintedBill::owed_cents}) {
    Situation one = Ordinary();
    one.bills[0].*part += 1;
    EXPECT_EQ(Causes(one), std::vector<std::string>{"LINES_DIFFER"});
  }
  Situation unowed = Ordinary();
  unowed.entries.pop_back();
  unowed.balance_cents -= 30'80;
  EXPECT_EQ(Causes(unowed), std::vector<std::string>{"LINES_DIFFER"});
}

// A rebill of 40.80, of which a limit has cut 10.00.
TEST(Withheld, IsNoRebillForWhatALimitCuts) {
  Situation one = Ordinary();
  PrintedBill& bill = one.bills[0];
  bill.total_cents = bill.segment_cents = bill.line_cents = 40'80;
  EXPECT_TRUE(Causes(one).empty());
  EXPECT_EQ(MakeStatement(File(), one).totals.charge_cents, 30'80);
  bill.owed_cents = 40'80;  // nothing was to be cut
  EXPECT_EQ(Causes(one), std::vector<std::string>{"LINES_DIFFER"});
}

TEST(Withheld, IsABalanceThatTheBooksDoNotHave) {
  Situation one = Ordinary();
  one.balance_cents += 1;
  EXPECT_EQ(Causes(one), std::vector<std::string>{"BALANCE_DIFFERS"});
  one = Ordinary();
  one.entries.erase(one.entries.begin());  // the payment that Cedar Hills missed in 2017
  EXPECT_EQ(Causes(one), std::vector<std::string>{"BALANCE_DIFFERS"});
}

TEST(Withheld, HasEveryCauseThatThereIs) {
  Situation one = Ordinary();
  one.bills[0].line_cents += 1;
  one.balance_cents += 1;
  one.unapplied_count = 1;
  one.unapplied_cents = 7'00;
  one.open_file_id = 4;
  PrintFile file = File();
  file.days_to_pay_min = 23;
  EXPECT_EQ(Causes(one, file),
            (std::vector<std::string>{"LINES_DIFFER", "BALANCE_DIFFERS", "UNAPPLIED_PAYMENT",
                                      "EARLIER_STATEMENT_OPEN", "TOO_LATE"}));
}

TEST(Withheld, IsWhatComesTooLateToBePaid) {
  PrintFile file = File();
  file.days_to_pay_min = 22;
  EXPECT_TRUE(Causes(Ordinary(), file).empty());
  file.days_to_pay_min = 23;
  EXPECT_EQ(Causes(Ordinary(), file), std::vector<std::string>{"TOO_LATE"});
}

TEST(PrintFile, GoesItsWayAndNoOther) {
  const std::set<std::pair<FileState, FileEvent>> allowed = {
      {FileState::kMaking, FileEvent::kFinishMaking},
      {FileState::kMade, FileEvent::kRelease},
      {FileState::kMade, FileEvent::kRefuse},
      {FileState::kRefusing, FileEvent::kFinishRefusing}};
  for (const FileState state : {FileState::kMaking, FileState::kMade, FileState::kReleased,
                                FileState::kRefusing, FileState::kRefused}) {
    EXPECT_EQ(ParseFileState(FileStateName(state)), state);
    EXPECT_EQ(IsOpen(state), state != FileState::kReleased && state != FileState::kRefused);
    for (const FileEvent event : {FileEvent::kFinishMaking, FileEvent::kRelease, FileEvent::kRefuse,
                                  FileEvent::kFinishRefusing}) {
      EXPECT_EQ(After(state, event).has_value(), allowed.contains({state, event}));
    }
  }
}

TEST(ProofSample, TakesEachPlaceOnceByTheDigest) {
  EXPECT_EQ(ChoosePlaces("a", 3, 5), (std::vector<std::int64_t>{0, 1, 2}));
  EXPECT_TRUE(ChoosePlaces("a", 0, 5).empty());
  const auto places = ChoosePlaces("a", 1'000'000, 5);
  EXPECT_EQ(std::set<std::int64_t>(places.begin(), places.end()).size(), 5u);
  EXPECT_EQ(places, ChoosePlaces("a", 1'000'000, 5));
  EXPECT_NE(places, ChoosePlaces("b", 1'000'000, 5));
  EXPECT_GT(places.back(), 100'000) << "not the first ones";
}

TEST(PrintRecord, IsOneLineOfJson) {
  Record record{MakeStatement(File(), Ordinary()), {}, {}};
  record.movements = {{1, EntryKind::kPayment, "7-1-1", kToday, -20'00}};
  RecordSegment water{"water",
                      "W1",
                      kToday,
                      kToday.PlusDays(30),
                      5'250,
                      true,
                      {{"Say \"hi\"\\\n", "1 kgal", "1.25", 30'80}},
                      30'80};
  record.bills = {{kBill, kToday, kToday.PlusDays(22), {water}, 30'80, 30'80}};
  EXPECT_EQ(
      StatementLine(record),
      R"({"record":"statement","account":"10000000009","statement_no":4,"due_date":"2026-12-15",)"
      R"("previous_cents":5000,"payment_cents":-2000,"other_cents":0,"charge_cents":3080,)"
      R"("new_balance_cents":6080,"amount_due_cents":6080,"past_due_cents":3000,)"
      R"("movement":[{"date":"2026-11-23","kind":"PAYMENT","source":"7-1-1","amount_cents":-2000}],)"
      R"("bill_printed":[{"bill":"77","bill_date":"2026-11-23","due_date":"2026-12-15",)"
      R"("segment":[{"service":"water","schedule":"W1","from_date":"2026-11-23",)"
      R"("to_date":"2026-12-23","usage":"5.25","estimated":true,)"
      R"("line":[{"description":"Say \"hi\"\\\u000a","quantity":"1 kgal","rate":"1.25",)"
      R"("amount_cents":3080}],"amount_cents":3080}],"total_cents":3080}]})"
      "\n");
  EXPECT_EQ(
      HeaderLine(File(), 7, "2026-11-23T09:00:00-07:00"),
      R"({"record":"header","version":2,"print_file":"5","cycle":7,"cycle_run":"9","bill":"0",)"
      R"("city_date":"2026-11-23","cutoff_time":"2026-11-23T09:00:00-07:00"})"
      "\n");
  EXPECT_EQ(TrailerLine(record.statement.totals, "ab"),
            R"({"record":"trailer","statements":1,"lines":4,"movements":1,"previous_cents":5000,)"
            R"("payment_cents":-2000,"other_cents":0,"charge_cents":3080,"new_balance_cents":6080,)"
            R"("amount_due_cents":6080,"sha256":"ab"})"
            "\n");
}

TEST(PrintRecord, SaysWhatOfABillIsNotCharged) {
  Record record{MakeStatement(File(), Ordinary()), {}, {}};
  record.bills = {{kBill, kToday, kToday.PlusDays(22), {}, 40'80, 30'80}};
  EXPECT_NE(
      StatementLine(record).find(R"("segment":[],"total_cents":4080,"not_charged_cents":1000}]})"),
      std::string::npos);
}

// Whatever happens to accounts, month after month: each balance is the sum of all that came before.
TEST(Statement, FollowsTheLedgerForEver) {
  std::mt19937_64 random(20261123);
  const auto below = [&](std::int64_t end) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(end));
  };
  constexpr EntryKind kKinds[] = {EntryKind::kPayment, EntryKind::kReversal,
                                  EntryKind::kApplication, EntryKind::kCredit, EntryKind::kBill};
  for (int account = 0; account < 300; ++account) {
    std::int64_t ledger = 0;
    std::int64_t last = 0;
    for (std::int64_t month = 1; month <= 24; ++month) {
      Situation one;
      one.account = AccountId(account + 1);
      one.last_no = one.previous_no = month - 1;
      one.previous_cents = last;
      for (std::int64_t n = below(5); n > 0; --n) {
        const std::int64_t amount = below(20'000) - 10'000;
        one.entries.push_back({month * 100 + n, kKinds[below(5)], "", kToday, amount});
        ledger += amount;
      }
      const std::int64_t bill = below(30'000);
      one.bills = {{month, 9, kToday, kToday.PlusDays(20), bill, bill, bill, 3, 0, bill}};
      one.entries.push_back({EntryOfBill(month), EntryKind::kBill, "", kToday, bill});
      ledger += bill;
      one.balance_cents = ledger;
      const Statement statement = MakeStatement(File(), one);
      ASSERT_TRUE(Check(File(), one, statement).empty()) << account << " in month " << month;
      ASSERT_EQ(statement.totals.new_balance_cents, ledger);
      last = statement.totals.new_balance_cents;
    }
  }
}

}  // namespace
}  // namespace reeve::billing::statement
