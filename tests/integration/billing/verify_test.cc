// Whatever is changed, deleted, inserted or swapped behind billing's back in what verify covers, it
// finds. The columns are read from the migrations: a new one is covered, or named here.
#include <algorithm>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>

#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing {
namespace {

// Not covered, as services/billing/README.md says.
const std::set<std::string> kTablesNotCovered = {
    "agreement",  "rate_schedule", "rate_component", "rate_tier",
    "meter_read", "read_import",   "read_part",      "read_exception",
    "cycle_run",  "cycle_page",    "bill_hold",      "allocation_policy",
    "notice",     "dispute",       "disconnect",     "shutoff_policy",
};
const std::set<std::string> kColumnsNotCovered = {
    "billing_account.premise_id",  "billing_account.customer_class",
    "billing_account.state",       "journal_entry.posted_time",
    "journal_entry.business_date", "journal_entry.source",
    "charge.description",          "charge.due_date",
    "payment_credit.directions",   "payment_credit.reason",
};

struct Column {
  std::string name;
  std::string type;                // BIGINT, TEXT, BYTEA
  std::vector<std::string> words;  // of its CHECK (... IN (...))
};

struct Table {
  std::string name;
  std::vector<Column> columns;
  std::vector<std::string> key;
};

std::vector<std::string> Words(const std::string& text, const std::string& word) {
  const std::regex pattern(word);
  std::vector<std::string> words;
  for (auto it = std::sregex_iterator(text.begin(), text.end(), pattern);
       it != std::sregex_iterator(); ++it) {
    words.push_back((*it)[1]);
  }
  return words;
}

Table ReadTable(const std::string& name, const std::string& body) {
  Table table{name, {}, {}};
  const std::regex column(R"(^  (\w+) (BIGINT|TEXT|BYTEA)([^\n]*))");
  std::string line;
  for (std::istringstream lines(body); std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_search(line, match, column)) {
      table.columns.push_back({match[1], match[2], {}});
      if (match.str(3).find("PRIMARY KEY") != std::string::npos) table.key = {match[1]};
    }
    if (line.find(" IN (") != std::string::npos) {
      table.columns.back().words = Words(line, "'([A-Z_]+)'");
    }
    if (std::regex_search(line, match, std::regex(R"(^  PRIMARY KEY \(([^)]*)\))"))) {
      table.key = Words(match[1], R"((\w+))");
    }
  }
  return table;
}

std::vector<Table> CoveredTables() {
  std::vector<Table> tables;
  const std::regex pattern(R"(CREATE TABLE (\w+) \(\n([\s\S]*?)\n\);)");
  for (const db::Migration& migration : Migrations()) {
    const std::string sql(migration.sql);
    for (auto it = std::sregex_iterator(sql.begin(), sql.end(), pattern);
         it != std::sregex_iterator(); ++it) {
      // A later migration may have built a table anew.
      std::erase_if(tables, [&](const Table& table) { return table.name == (*it)[1]; });
      if (!kTablesNotCovered.contains((*it)[1])) tables.push_back(ReadTable((*it)[1], (*it)[2]));
    }
  }
  return tables;
}

std::string Join(const std::vector<std::string>& parts, const std::string& separator) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : separator) + part;
  return text;
}

std::string Literal(const db::Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return "'" + *text + "'";
  return "NULL";
}

class VerifyTest : public Billing {
 protected:
  // A city with something in every table that is covered: a posted, a held and a cancelled bill,
  // payments applied, reversed, held and placed later, used credit, an application, an open cut.
  void SetUp() override {
    LoadTariff();
    SetMorning("2026-10-31");
    for (int i = 0; i < 4; ++i) Open(Account(AccountAt(i)));
    Import(Reads(0, 500, 5, "2026-10-30") + Reads(1, 500, 5, "2026-10-30") +
           Reads(2, 500, 5, "2026-10-30"));
    RunCycle(7, "2026-10-31");
    SetMorning("2026-11-23");
    Deliver(receivable::ApplyPayments, Taken(AccountAt(0), 200'00, 1),
            Taken(AccountAt(1), 30'00, 2), Taken(AccountAt(1), 9'00, 3),
            Taken(AccountAt(3) + 500, 7'00, 4), Taken(AccountAt(3) + 600, 8'00, 5));
    Deliver(receivable::ApplyPayments, Reversed(Taken(AccountAt(1), 9'00, 3)));
    Open(Account(AccountAt(3) + 600));
    account::v1::ApplicationAccepted accepted;
    accepted.set_application_id(77);
    accepted.set_account_id(AccountAt(1));
    account::v1::ApplicationCharge& deposit = *accepted.add_charges();
    deposit.set_service("electric");
    deposit.set_kind(account::v1::APPLICATION_CHARGE_KIND_DEPOSIT);
    deposit.set_code("E-DEP");
    deposit.set_amount_cents(50'00);
    Deliver(agreement::ApplyAccounts, accepted);
    Deliver(receivable::ApplyPayments, Taken(AccountAt(1), 90'00, 6));
    // Account 2 is misread by a factor of ten and stays held; account 1's bill is cancelled.
    Import(Reads(0, 1'000, 9) + Reads(1, 11'000, 9) + Reads(2, 11'000, 9));
    const v1::CycleRun started = StartCycle();
    Work();
    v1::ListHeldBillsRequest list;
    list.set_cycle_id(started.cycle_id());
    const v1::ListHeldBillsResponse held =
        Send<v1::CycleService>(&v1::CycleService::Stub::ListHeldBills, analyst_, list);
    v1::ReviewBillRequest review;
    review.set_request_id(Key());
    review.set_account_id(AccountAt(1));
    review.set_bill_id(held.bills(0).bill_id());
    review.set_decision(v1::REVIEW_DECISION_CONFIRM_HOLD);
    review.set_reason("misread");
    Send<v1::CycleService>(&v1::CycleService::Stub::ReviewBill, supervisor_, review);
    SignOff(GetCycle(started.cycle_id()), supervisor_);
    PostCycle(started.cycle_id());
    Work();
    ASSERT_NO_FATAL_FAILURE(ExpectProven());
  }
  static std::int64_t AccountAt(int index) { return 10000000009 + index * 100; }
  static std::string Reads(int index, std::int64_t kwh, std::int64_t kgal,
                           const std::string& date = "2026-11-19") {
    const std::string number = std::to_string(AccountAt(index));
    return "E" + number + "," + date + "," + std::to_string(40'000 + kwh) + ",kWh\nW" + number +
           "," + date + "," + std::to_string(500 + kgal) + ",kgal\n";
  }

  // Runs the statements, proves the books, and takes all back. Nothing if a statement changes no
  // row.
  std::optional<std::string> ViolationAfter(const std::vector<std::string>& statements) {
    std::optional<std::string> violation;
    try {
      (*database_).Write(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
        violation.reset();
        for (const std::string& statement : statements) {
          if (tx.Execute({"", statement}) == 0) return db::Verdict::kRollBack;
        }
        const verify::Proof proof = verify::ProveAll(tx);
        violation = "";
        for (const Finding& finding : proof.findings) {
          if (violation->empty()) violation = finding.violation;
        }
        return db::Verdict::kRollBack;
      });
    } catch (const db::DatabaseError& error) {
      EXPECT_NE(error.kind(), db::DatabaseError::Kind::kBroken)
          << Join(statements, "; ") << ": " << error.what();
      return "refused by the engine";
    }
    return violation;
  }
  void ExpectFound(const std::vector<std::string>& statements) {
    const std::optional<std::string> violation = ViolationAfter(statements);
    if (!violation) return;
    ++tampered_;
    EXPECT_NE(*violation, "") << Join(statements, "; ");
  }

  db::Rows AllRows(const Table& table) {
    std::vector<std::string> names;
    for (const Column& column : table.columns) names.push_back(column.name);
    const std::string sql = "SELECT " + Join(names, ", ") + " FROM " + table.name + " ORDER BY " +
                            Join(table.key, ", ");
    db::Rows rows;
    (*database_).Read(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      rows = tx.Select({"", sql});
    });
    return rows;
  }
  static bool IsKey(const Table& table, const std::string& column) {
    return std::find(table.key.begin(), table.key.end(), column) != table.key.end();
  }
  static std::string KeyIs(const Table& table, db::Rows::Row row) {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (!IsKey(table, table.columns[i].name)) continue;
      parts.push_back(table.columns[i].name + " = " + Literal(row.Cell(i)));
    }
    return Join(parts, " AND ");
  }
  // Rows of different values in a column.
  static std::vector<std::size_t> Samples(const db::Rows& rows, std::size_t column) {
    constexpr std::size_t kSamples = 4;
    std::vector<db::Value> seen;
    std::vector<std::size_t> samples;
    for (std::size_t at = 0; at < rows.size() && samples.size() < kSamples; ++at) {
      if (std::find(seen.begin(), seen.end(), rows[at].Cell(column)) != seen.end()) continue;
      seen.push_back(rows[at].Cell(column));
      samples.push_back(at);
    }
    return samples;
  }
  static std::vector<std::string> Others(const Column& column, const db::Value& value) {
    std::vector<std::string> others;
    if (column.type == "BIGINT") {
      const auto* number = std::get_if<std::int64_t>(&value);  // none: NULL
      for (const std::int64_t by : {1, -1, 1'000}) {
        others.push_back(std::to_string((number == nullptr ? 0 : *number) + by));
      }
    } else {
      for (const std::string& word : column.words) others.push_back("'" + word + "'");
      if (column.words.empty() && column.name.ends_with("_date")) {
        others.insert(others.end(), {"'2026-01-02'", "'2027-01-02'"});
      }
      if (column.words.empty() && !column.name.ends_with("_date")) others.push_back("'x'");
    }
    std::erase(others, Literal(value));
    return others;
  }

  int tampered_ = 0;
};
INSTANTIATE_TEST_SUITE_P(BothEngines, VerifyTest, testing::BothEngines(), testing::EngineName);

TEST_P(VerifyTest, AChangeOfAnyColumnIsFound) {
  for (const Table& table : CoveredTables()) {
    const db::Rows rows = AllRows(table);
    ASSERT_FALSE(rows.empty()) << table.name << " is not tried";
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const Column& column = table.columns[i];
      if (kColumnsNotCovered.contains(table.name + "." + column.name)) continue;
      const int before = tampered_;
      for (const std::size_t at : Samples(rows, i)) {
        for (const std::string& other : Others(column, rows[at].Cell(i))) {
          ExpectFound({"UPDATE " + table.name + " SET " + column.name + " = " + other + " WHERE " +
                       KeyIs(table, rows[at])});
        }
      }
      EXPECT_GT(tampered_, before) << table.name << "." << column.name << " was never changed";
    }
  }
}

TEST_P(VerifyTest, ARowThatIsGoneIsFound) {
  for (const Table& table : CoveredTables()) {
    const db::Rows rows = AllRows(table);
    for (std::size_t at = 0; at < rows.size(); at += 1 + rows.size() / 20) {
      ExpectFound({"DELETE FROM " + table.name + " WHERE " + KeyIs(table, rows[at])});
    }
  }
  EXPECT_GT(tampered_, 100);
}

TEST_P(VerifyTest, ARowThatNobodyWroteIsFound) {
  for (const Table& table : CoveredTables()) {
    const db::Rows rows = AllRows(table);
    for (const std::string& key : table.key) {
      std::vector<std::string> names;
      std::vector<std::string> values;
      for (const Column& column : table.columns) {
        names.push_back(column.name);
        const std::string other = column.type == "TEXT" ? "'other'" : column.name + " + 1000";
        values.push_back(column.name == key ? other : column.name);
      }
      ExpectFound({"INSERT INTO " + table.name + " (" + Join(names, ", ") + ") SELECT " +
                   Join(values, ", ") + " FROM " + table.name + " WHERE " + KeyIs(table, rows[0])});
    }
  }
  EXPECT_GT(tampered_, 15);
}

TEST_P(VerifyTest, RowsThatHaveChangedPlacesAreFound) {
  for (const Table& table : CoveredTables()) {
    const db::Rows rows = AllRows(table);
    const std::string& last = table.key.back();
    const auto column = std::find_if(table.columns.begin(), table.columns.end(),
                                     [&](const Column& one) { return one.name == last; });
    if (column->type != "BIGINT") continue;
    const auto at = static_cast<std::size_t>(column - table.columns.begin());
    int swapped = 0;
    for (std::size_t i = 0; i + 1 < rows.size() && swapped < 20; ++i) {
      bool differ = false;
      bool same_parent = true;
      for (std::size_t c = 0; c < table.columns.size(); ++c) {
        const bool equal = rows[i].Cell(c) == rows[i + 1].Cell(c);
        const std::string name = table.name + "." + table.columns[c].name;
        if (!IsKey(table, table.columns[c].name)) {
          differ |= !equal && !kColumnsNotCovered.contains(name);
        } else if (c != at) {
          same_parent &= equal;
        }
      }
      if (!differ || !same_parent) continue;
      ++swapped;
      const std::string first = Literal(rows[i].Cell(at));
      const std::string second = Literal(rows[i + 1].Cell(at));
      std::string parked = KeyIs(table, rows[i]);
      const std::string own = last + " = " + first;
      parked.replace(parked.find(own), own.size(), last + " = 999999999");
      const std::string set = "UPDATE " + table.name + " SET " + last + " = ";
      ExpectFound({set + "999999999 WHERE " + KeyIs(table, rows[i]),
                   set + first + " WHERE " + KeyIs(table, rows[i + 1]),
                   set + second + " WHERE " + parked});
    }
  }
  EXPECT_GT(tampered_, 15);
}

// What other tables are there for, the proof sees where a bill rests on it.
TEST_P(VerifyTest, WhatABillRestsOnIsFound) {
  for (const char* statement : {
           "UPDATE agreement SET multiplier_thousandths = 2000 WHERE meter_number <> ''",
           "UPDATE agreement SET start_date = '2026-10-19'",
           "UPDATE agreement SET schedule_code = 'W1' WHERE schedule_code = 'E1'",
           "UPDATE rate_tier SET rate_nanos = rate_nanos + 1000000",
           "UPDATE rate_component SET rate_nanos = rate_nanos + 10000000 WHERE kind = 'FIXED'",
           "UPDATE meter_read SET read_thousandths = read_thousandths + 1000",
           "UPDATE meter_read SET state = 'SET_ASIDE'",
           "DELETE FROM meter_read",
           "UPDATE cycle_run SET due_date = '2026-12-16'",
           "DELETE FROM bill_hold",
           "UPDATE read_import SET queued_count = queued_count + 1",
       }) {
    const std::optional<std::string> violation = ViolationAfter({statement});
    ASSERT_TRUE(violation.has_value()) << statement;
    EXPECT_NE(*violation, "") << statement;
  }
}

}  // namespace
}  // namespace reeve::billing
