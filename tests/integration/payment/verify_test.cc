// Whatever is changed, deleted, inserted or swapped behind payment's back, verify finds. The
// columns are read from the migrations, so that a new one is covered or fails here.
#include <algorithm>
#include <map>
#include <optional>
#include <regex>
#include <sstream>

#include "tests/integration/payment/payment_fixture.h"

namespace reeve::payment {
namespace {

struct Column {
  std::string name;
  std::string type;  // BIGINT, TEXT, BYTEA
  bool nullable = false;
  std::vector<std::string> names;  // of its CHECK (... IN (...))
};

struct Table {
  std::string name;
  std::vector<Column> columns;
  std::vector<std::string> key;
};

std::vector<std::string> Words(const std::string& text, const std::regex& word) {
  std::vector<std::string> words;
  for (auto it = std::sregex_iterator(text.begin(), text.end(), word); it != std::sregex_iterator();
       ++it) {
    words.push_back((*it)[1]);
  }
  return words;
}

Table ReadTable(const std::string& name, const std::string& body) {
  Table table{name, {}, {}};
  static const std::regex kColumn(R"(^\s+(\w+) (BIGINT|TEXT|BYTEA)([^\n]*))");
  std::string line;
  for (std::istringstream lines(body); std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_search(line, match, kColumn)) {
      const std::string rest = match[3];
      table.columns.push_back({match[1], match[2], rest.find("NOT NULL") == std::string::npos, {}});
      if (rest.find("PRIMARY KEY") != std::string::npos) table.key = {match[1]};
    }
    if (line.find(" IN (") != std::string::npos || line.starts_with("    '")) {
      for (const std::string& value : Words(line, std::regex("'([A-Z_]+)'"))) {
        table.columns.back().names.push_back(value);
      }
    }
    std::smatch key;
    if (std::regex_search(line, key, std::regex(R"(^  PRIMARY KEY \(([^)]*)\))"))) {
      table.key = Words(key[1], std::regex(R"((\w+))"));
    }
  }
  return table;
}

std::vector<Table> Schema() {
  std::vector<Table> tables;
  static const std::regex kTable(R"(CREATE TABLE (\w+) \(\n([\s\S]*?)\n\);)");
  for (const db::Migration& migration : Migrations()) {
    const std::string sql(migration.sql);
    for (auto it = std::sregex_iterator(sql.begin(), sql.end(), kTable);
         it != std::sregex_iterator(); ++it) {
      tables.push_back(ReadTable((*it)[1], (*it)[2]));
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
  return std::holds_alternative<db::Bytes>(value) ? "(bytes)" : "NULL";
}

class VerifyTest : public PaymentDay {
 protected:
  // A day that leaves a row in every table: two sessions turned in and deposited, one closed with a
  // variance, one open with a void asked for, a transfer pending and one cancelled.
  void SetUp() override {
    const Cash fund = Cash::Of({{2000, 20}, {1000, 20}, {500, 40}, {100, 200}, {25, 40}, {10, 40}});
    const Cash start = Cash::Of({{500, 4}, {100, 10}, {25, 4}, {10, 5}});
    FillVault(fund);
    for (const std::int64_t drawer : {3, 4}) {
      CreateDrawer(drawer);
      const Person& cashier = drawer == 3 ? cashier_ : other_cashier_;
      OpenWith(drawer, cashier, start);
      auto directed = Payment(drawer, 900, {CheckTender(1'000 + drawer, "77")});
      for (const char* service : {"water", "electric"}) {
        v1::Direction* direction = directed.add_directions();
        direction->set_service(service);
        direction->set_amount_cents(service[0] == 'w' ? 300 : 400);
      }
      ASSERT_TRUE(Take(directed, cashier).ok());
      ASSERT_TRUE(
          Take(Payment(drawer, 1'540, {CashTender(Cash::Of({{2000, 1}})), CheckTender(100)}),
               cashier)
              .ok());
      ASSERT_TRUE(Take(Payment(drawer, 800, {CardTender(800)}), cashier).ok());
      const std::string voided = std::to_string(drawer) + "-1-2";
      Void(voided, cashier, drawer == 3);
    }
    TurnInAsExpected(3, cashier_);
    TurnInAsExpected(4, other_cashier_);
    Deposit();
    OpenWith(3, cashier_, start);
    ASSERT_TRUE(Take(Payment(3, 600, {CheckTender(600)}), cashier_).ok());
    Void("3-2-1", cashier_, /*approved=*/false, /*declined=*/false);
    ASSERT_TRUE(Open(4, other_cashier_).ok());
    const auto hand = [&](std::int64_t drawer) {
      return Initiate(v1::TRANSFER_KIND_STARTING_CASH, drawer, custodian_,
                      Holds(Cash::Of({{1000, 2}})));
    };
    ASSERT_TRUE(Cancel(hand(4).value(), other_cashier_).ok());
    ASSERT_TRUE(hand(3).ok());
    ASSERT_TRUE(Take(Payment(4, 500, {CheckTender(500)}), other_cashier_).ok());
    ASSERT_TRUE(Count(4, other_cashier_, Holds(Cash::Of({{25, 1}}), 1, 500)).ok());
    ASSERT_TRUE(Close(4, other_cashier_, "a quarter was left over").ok());
    ASSERT_NO_FATAL_FAILURE(ExpectBooksHold());
  }

  void Void(const std::string& payment, const Person& cashier, bool approved,
            bool declined = true) {
    v1::RequestVoidRequest request;
    request.set_payment_id(payment);
    request.set_reason("test");
    ASSERT_TRUE(Ask(&v1::PaymentService::Stub::RequestVoid, cashier, request).ok());
    if (approved) {
      v1::ApproveVoidRequest approve;
      approve.set_payment_id(payment);
      ASSERT_TRUE(Ask(&v1::PaymentService::Stub::ApproveVoid, supervisor_, approve).ok());
    } else if (declined) {
      v1::DeclineVoidRequest decline;
      decline.set_payment_id(payment);
      ASSERT_TRUE(Ask(&v1::PaymentService::Stub::DeclineVoid, supervisor_, decline).ok());
    }
  }
  // The cashier first counts nothing; a second person's recount finds everything.
  void TurnInAsExpected(std::int64_t drawer, const Person& cashier) {
    const auto blind = Count(drawer, cashier, Holds({}));
    ASSERT_TRUE(blind.ok());
    ASSERT_TRUE(Count(drawer, supervisor_, blind->expected()).ok());
    ASSERT_TRUE(Close(drawer, cashier).ok());
    const auto sent = Initiate(v1::TRANSFER_KIND_TURN_IN, drawer, cashier, blind->expected());
    ASSERT_TRUE(sent.ok());
    ASSERT_TRUE(Accept(*sent, custodian_, blind->expected()).ok());
  }
  void Deposit() {
    v1::GetDepositDueRequest ask;
    ask.set_vault_id(kVault);
    const auto due = Ask(&v1::BankDepositService::Stub::GetDepositDue, accountant_, ask);
    ASSERT_TRUE(due.ok());
    v1::PrepareBankDepositRequest request;
    request.set_vault_id(kVault);
    request.set_bag_number("BAG-0001");
    const auto vault = GetVault();
    Fields fields;
    const Cash cash = ParseCash(fields, "cash", vault.holding().cash());
    ToWire(*MakeChange(cash, Money::Cents(due->cash_cents())), request.mutable_cash());
    for (const v1::DepositCheck& check : due->checks()) {
      v1::CheckItem* item = request.add_checks();
      item->set_payment_id(check.payment_id());
      item->set_tender_no(check.tender_no());
    }
    const auto deposit =
        Ask(&v1::BankDepositService::Stub::PrepareBankDeposit, accountant_, request);
    ASSERT_TRUE(deposit.ok()) << deposit.error().reason();
  }

  Instant Deadline() const { return machine_clock_.Now() + Duration::Seconds(30); }

  // Runs the statements, proves the books, and takes all back. Nothing if a statement changes no
  // row, or the engine's own constraints refuse it.
  std::optional<std::string> ViolationAfter(const std::vector<std::string>& statements) {
    std::optional<std::string> violation;
    try {
      database_->Write(Deadline(), [&](db::Transaction& tx) {
        violation.reset();
        for (const std::string& statement : statements) {
          if (tx.Execute({"tamper", statement}) == 0) return db::Verdict::kRollBack;
        }
        violation = "";
        for (const Finding& finding : CheckBooks(tx)) {
          if (violation->empty()) violation = finding.violation;
        }
        return db::Verdict::kRollBack;
      });
    } catch (const db::DatabaseError& error) {
      EXPECT_EQ(error.kind() == db::DatabaseError::Kind::kBroken, false)
          << Join(statements, "; ") << ": " << error.what();
      return std::nullopt;
    }
    return violation;
  }
  void ExpectFound(const std::vector<std::string>& statements) {
    const auto violation = ViolationAfter(statements);
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
    database_->Read(Deadline(), [&](db::Transaction& tx) { rows = tx.Select({"all", sql}); });
    return rows;
  }
  static std::string KeyIs(const Table& table, db::Rows::Row row) {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const std::string& name = table.columns[i].name;
      if (std::find(table.key.begin(), table.key.end(), name) == table.key.end()) continue;
      parts.push_back(name + " = " + Literal(row.Cell(i)));
    }
    return Join(parts, " AND ");
  }

  // Rows of different values in a column.
  static std::vector<std::size_t> Samples(const db::Rows& rows, std::size_t column) {
    constexpr std::size_t kSamples = 5;
    std::vector<db::Value> seen;
    std::vector<std::size_t> samples;
    for (std::size_t at = 0; at < rows.size() && samples.size() < kSamples; ++at) {
      if (std::find(seen.begin(), seen.end(), rows[at].Cell(column)) != seen.end()) continue;
      seen.push_back(rows[at].Cell(column));
      samples.push_back(at);
    }
    return samples;
  }
  // Other values for a cell.
  static std::vector<std::string> Others(const Column& column, const db::Value& value) {
    std::vector<std::string> others;
    if (column.nullable && !std::holds_alternative<std::nullptr_t>(value)) others.push_back("NULL");
    if (column.type == "BIGINT") {
      if (const auto* number = std::get_if<std::int64_t>(&value)) {
        for (const std::int64_t by : {1, -1, 1'000}) others.push_back(std::to_string(*number + by));
      } else {
        others.push_back("1");
      }
    } else if (column.type == "TEXT") {
      for (const std::string& name : column.names) others.push_back("'" + name + "'");
      others.push_back("'2026-01-02'");
      others.push_back("'x'");
    }
    std::erase(others, Literal(value));
    return others;
  }

  int tampered_ = 0;
};
INSTANTIATE_TEST_SUITE_P(BothEngines, VerifyTest, testing::BothEngines(), testing::EngineName);

TEST_P(VerifyTest, AChangeOfAnyColumnIsFound) {
  for (const Table& table : Schema()) {
    const db::Rows rows = AllRows(table);
    ASSERT_FALSE(rows.empty()) << table.name << " is not tried";
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const Column& column = table.columns[i];
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
  for (const Table& table : Schema()) {
    const db::Rows rows = AllRows(table);
    for (const db::Rows::Row row : rows) {
      ExpectFound({"DELETE FROM " + table.name + " WHERE " + KeyIs(table, row)});
    }
  }
  EXPECT_GT(tampered_, 100);
}

TEST_P(VerifyTest, ARowThatNobodyWroteIsFound) {
  for (const Table& table : Schema()) {
    const db::Rows rows = AllRows(table);
    for (const std::string& key : table.key) {
      std::vector<std::string> names;
      std::vector<std::string> values;
      for (const Column& column : table.columns) {
        names.push_back(column.name);
        const std::string other = column.type == "TEXT" ? "'IN'" : column.name + " + 1000";
        values.push_back(column.name == key ? other : column.name);
      }
      ExpectFound({"INSERT INTO " + table.name + " (" + Join(names, ", ") + ") SELECT " +
                   Join(values, ", ") + " FROM " + table.name + " WHERE " + KeyIs(table, rows[0])});
    }
  }
  EXPECT_GT(tampered_, 30);
}

TEST_P(VerifyTest, RowsThatHaveChangedPlacesAreFound) {
  for (const Table& table : Schema()) {
    const db::Rows rows = AllRows(table);
    const std::string& last = table.key.back();
    const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                    [&](const Column& column) { return column.name == last; });
    const std::size_t at = found - table.columns.begin();
    if (found->type != "BIGINT") continue;
    for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
      bool differ = false;
      bool same_prefix = true;
      for (std::size_t c = 0; c < table.columns.size(); ++c) {
        const bool is_key =
            std::find(table.key.begin(), table.key.end(), table.columns[c].name) != table.key.end();
        const bool equal = rows[i].Cell(c) == rows[i + 1].Cell(c);
        if (!is_key) differ |= !equal;
        if (is_key && c != at) same_prefix &= equal;
      }
      if (!differ || !same_prefix) continue;
      const auto set = [&](const std::string& to, db::Rows::Row where) {
        return "UPDATE " + table.name + " SET " + last + " = " + to + " WHERE " +
               KeyIs(table, where);
      };
      std::string parked = KeyIs(table, rows[i]);
      const std::string own = last + " = " + Literal(rows[i].Cell(at));
      parked.replace(parked.find(own), own.size(), last + " = 999999999");
      ExpectFound({set("999999999", rows[i]), set(Literal(rows[i].Cell(at)), rows[i + 1]),
                   "UPDATE " + table.name + " SET " + last + " = " + Literal(rows[i + 1].Cell(at)) +
                       " WHERE " + parked});
    }
  }
  EXPECT_GT(tampered_, 30);
}

TEST_P(VerifyTest, AnEventThatIsMissingOrAnotherIsFound) {
  const auto events_after = [&](const std::string& statement) {
    std::string violation;
    database_->Write(Deadline(), [&](db::Transaction& tx) {
      EXPECT_GT(tx.Execute({"tamper", statement}), 0) << statement;
      verify::v1::VerifyResponse response;
      VerifyEvents(tx, program_->s().feed(), {}, response);
      violation = response.checks(0).violation();
      return db::Verdict::kRollBack;
    });
    return violation;
  };
  EXPECT_EQ(events_after("UPDATE feed_event SET type = type"), "");
  EXPECT_NE(events_after("DELETE FROM feed_event WHERE position = 1 AND home = 3"), "");
  EXPECT_NE(events_after("UPDATE feed_event SET type = 'reeve.payment.v1.PaymentReversed' "
                         "WHERE position = 2 AND home = 3"),
            "");
  EXPECT_NE(events_after("UPDATE payment SET amount_cents = amount_cents + 1"), "");
}

}  // namespace
}  // namespace reeve::payment
