// A print file is added up again; each thing that is not so is named with its line.
#include "services/reevectl/commands/print_check.h"

#include <gtest/gtest.h>

#include <vector>

namespace reeve::reevectl {
namespace {

const std::string kHeader =
    R"({"record":"header","version":1,"print_file":"5","cycle":7,"cycle_run":"9","bill":"0",)"
    R"("city_date":"2026-11-23","cutoff_time":"2026-11-23T09:00:00-07:00"})"
    "\n";
// 50.00 before, 20.00 paid, 5.00 for something, a bill of 30.80.
const std::string kStatement =
    R"({"record":"statement","account":"10000000009","statement_no":4,"due_date":"2026-12-15",)"
    R"("previous_cents":5000,"payment_cents":-2000,"other_cents":500,"charge_cents":3080,)"
    R"("new_balance_cents":6580,"amount_due_cents":6580,"past_due_cents":3000,"movement":[)"
    R"({"date":"2026-11-20","kind":"PAYMENT","source":"7-1-1","amount_cents":-2000},)"
    R"({"date":"2026-11-21","kind":"APPLICATION","source":"12","amount_cents":500}],)"
    R"("bill_printed":[{"bill":"77","bill_date":"2026-11-23","due_date":"2026-12-15",)"
    R"("segment":[{"service":"water","schedule":"W1","from_date":"2026-10-20",)"
    R"("to_date":"2026-11-19","usage":"5","line":[)"
    R"({"description":"Base","quantity":"","rate":"16.50","amount_cents":1650},)"
    R"({"description":"Water","quantity":"5 kgal","rate":"2.86","amount_cents":1430}],)"
    R"("amount_cents":3080}],"total_cents":3080}]})"
    "\n";
const std::string kCreditor =
    R"({"record":"statement","account":"10000000017","statement_no":1,"due_date":"2026-12-15",)"
    R"("previous_cents":0,"payment_cents":-700,"other_cents":0,"charge_cents":0,)"
    R"("new_balance_cents":-700,"amount_due_cents":0,"past_due_cents":0,"movement":[)"
    R"({"date":"2026-11-20","kind":"PAYMENT","source":"7-1-2","amount_cents":-700}],)"
    R"("bill_printed":[{"bill":"78","total_cents":0}]})"
    "\n";

std::string Trailer(const std::string& bytes) {
  Sha256Sum sum;
  sum.Add(bytes);
  return R"({"record":"trailer","statements":2,"lines":2,"movements":3,"previous_cents":5000,)"
         R"("payment_cents":-2700,"other_cents":500,"charge_cents":3080,"new_balance_cents":5880,)"
         R"("amount_due_cents":6580,"sha256":")" +
         sum.Finish() + "\"}\n";
}

std::string File() {
  const std::string bytes = kHeader + kStatement + kCreditor;
  return bytes + Trailer(bytes);
}

std::string Check(const std::string& file) {
  PrintCheck check;
  for (std::size_t at = 0; at < file.size();) {
    const std::size_t end = std::min(file.find('\n', at), file.size() - 1) + 1;
    if (const auto violation = check.Add(file.substr(at, end - at))) return *violation;
    at = end;
  }
  return check.End().value_or("");
}

std::string Replace(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

TEST(PrintCheck, AWholeFileIsAsItSays) { EXPECT_EQ(Check(File()), ""); }

TEST(PrintCheck, TheFirstThingThatDiffersIsNamed) {
  const struct {
    const char* what;
    const char* with;
    const char* violation;
  } cases[] = {
      {"\"rate\":\"16.50\",\"amount_cents\":1650", "\"rate\":\"16.50\",\"amount_cents\":1651",
       "line 2: account 10000000009: bill 77, water: total 30.80, added up 30.81"},
      {"\"amount_cents\":3080}],\"total_cents\":3080",
       "\"amount_cents\":3080}],\"total_cents\":3081",
       "line 2: account 10000000009: bill 77: total 30.81, added up 30.80"},
      {"\"previous_cents\":5000", "\"previous_cents\":5100",
       "line 2: account 10000000009: new balance 65.80, added up 66.80"},
      {"\"payment_cents\":-2000", "\"payment_cents\":-2001",
       "line 2: account 10000000009: payments -20.01, added up -20.00"},
      {"\"other_cents\":500", "\"other_cents\":501",
       "line 2: account 10000000009: other movements 5.01, added up 5.00"},
      {"\"charge_cents\":3080", "\"charge_cents\":3081",
       "line 2: account 10000000009: charges 30.81, added up 30.80"},
      {"\"amount_due_cents\":0", "\"amount_due_cents\":-700",
       "line 3: account 10000000017: amount due -7.00, added up 0.00"},
      {"\"source\":\"12\",\"amount_cents\":500", "\"source\":\"12\",\"amount_cents\":0",
       "line 2: account 10000000009: a movement of nothing"},
      {"\"account\":\"10000000017\"", "\"account\":\"10000000009\"",
       "line 3: account 10000000009: not in the order of accounts"},
      {"\"previous_cents\":5000", "\"previous_cents\":9223372036854775807",
       "line 2: account 10000000009: no amount of money"},
      {"\"source\":\"7-1-1\"", "\"source\":\"7-1-3\"",
       "line 4: trailer: the bytes have another SHA-256"},
      {"\"statements\":2", "\"statements\":3", "line 4: trailer: statements 3, counted 2"},
      {"\"lines\":2", "\"lines\":1", "line 4: trailer: lines 1, counted 2"},
      {"\"movements\":3", "\"movements\":2", "line 4: trailer: movements 2, counted 3"},
      {"\"new_balance_cents\":5880", "\"new_balance_cents\":5881",
       "line 4: trailer: new balances 58.81, added up 58.80"},
      {"\"total_cents\":3080", "\"total_cents\":3080,\"not_charged_cents\":1000",
       "line 2: account 10000000009: charges 30.80, added up 20.80"},
      {"\"total_cents\":3080", "\"total_cents\":3080,\"not_charged_cents\":3081",
       "line 2: account 10000000009: bill 77: what is not charged is no part of it"},
      {"\"total_cents\":3080",
       "\"total_cents\":3080,\"due_part\":[{\"due_date\":\"2026-12-15\",\"amount_cents\":3079}]",
       "line 2: account 10000000009: bill 77: owed by day 30.80, added up 30.79"},
      {"\"version\":1", "\"version\":3", "line 1: its version is neither 1 nor 2"},
      {"\"record\":\"header\"", "\"record\":\"statement\"",
       "line 1: a file has one header, in front"},
      {"\"record\":\"statement\"", "\"record\":\"letter\"",
       "line 2: it is no record of a print file"},
      {"\"due_date\"", "\"due\"", "line 2: it is no record of a print file"},
  };
  for (const auto& [what, with, violation] : cases) {
    EXPECT_EQ(Check(Replace(File(), what, with)), violation) << what;
  }
}

// A rebill, of which a limit has cut 10.00: the lines come to its total, the charges to less.
TEST(PrintCheck, WhatIsNotChargedIsNotAddedUp) {
  std::string statement = Replace(kStatement, "\"total_cents\":3080",
                                  "\"total_cents\":3080,\"not_charged_cents\":1000");
  statement = Replace(statement, "\"charge_cents\":3080", "\"charge_cents\":2080");
  statement = Replace(statement, "\"new_balance_cents\":6580", "\"new_balance_cents\":5580");
  statement = Replace(statement, "\"amount_due_cents\":6580", "\"amount_due_cents\":5580");
  const std::string bytes = kHeader + statement + kCreditor;
  std::string trailer = Replace(Trailer(bytes), "\"charge_cents\":3080", "\"charge_cents\":2080");
  trailer = Replace(trailer, "\"new_balance_cents\":5880", "\"new_balance_cents\":4880");
  trailer = Replace(trailer, "\"amount_due_cents\":6580", "\"amount_due_cents\":5580");
  EXPECT_EQ(Check(bytes + trailer), "");
}

TEST(PrintCheck, AFileThatIsCutIsNotWhole) {
  const std::string file = File();
  EXPECT_EQ(Check(kHeader + kStatement + kCreditor), "it has no trailer: it is not whole");
  EXPECT_EQ(Check(""), "it has no trailer: it is not whole");
  EXPECT_EQ(Check(file.substr(0, file.size() - 1)), "line 4: it does not end with a line feed");
  EXPECT_EQ(Check(file + kStatement), "line 5: a record behind the trailer");
  EXPECT_EQ(Check(kHeader + kCreditor + Trailer(kHeader + kCreditor)),
            "line 3: trailer: statements 2, counted 1");
}

}  // namespace
}  // namespace reeve::reevectl
