#include "shared/testing/tampering.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

#include "shared/core/canonical.h"

namespace reeve::testing {
namespace {

constexpr Duration kPatience = Duration::Seconds(60);
constexpr std::size_t kSamples = 4;       // rows of different values in a column
constexpr std::size_t kRowsOfTable = 20;  // that are deleted or swapped

std::vector<std::string> Matches(const std::string& text, const char* pattern) {
  const std::regex word(pattern);
  std::vector<std::string> found;
  for (auto it = std::sregex_iterator(text.begin(), text.end(), word); it != std::sregex_iterator();
       ++it) {
    found.push_back((*it)[1]);
  }
  return found;
}

Column ReadColumn(const std::string& name, const std::string& type, const std::string& rest) {
  Column column{name, type, rest.find("NOT NULL") == std::string::npos, {}};
  std::smatch words;
  if (std::regex_search(rest, words, std::regex(R"( IN \(([^)]*)\))"))) {
    column.words = Matches(words[1], "([A-Z0-9_]+)");
  }
  return column;
}

// The definitions between the parentheses of a CREATE TABLE; one that goes on in further lines is
// indented more there.
std::vector<std::string> Definitions(const std::string& body) {
  std::vector<std::string> definitions;
  std::string line;
  for (std::istringstream lines(body); std::getline(lines, line);) {
    if (line.starts_with("  ") && !line.starts_with("   ")) {
      definitions.push_back(line.substr(2));
    } else if (!definitions.empty()) {
      definitions.back() += line;
    }
  }
  return definitions;
}

Table ReadTable(const std::string& name, const std::string& body) {
  static const std::regex kColumn(R"(^(\w+) (BIGINT|TEXT|BYTEA)(.*))");
  static const std::regex kKey(R"(^PRIMARY KEY \(([^)]*)\))");
  static const std::regex kForeign(R"(^FOREIGN KEY \(([^)]*)\)\s+REFERENCES (\w+) \(([^)]*)\))");
  Table table{name, {}, {}, {}};
  for (const std::string& definition : Definitions(body)) {
    std::smatch match;
    if (std::regex_search(definition, match, kColumn)) {
      table.columns.push_back(ReadColumn(match[1], match[2], match[3]));
      if (definition.find("PRIMARY KEY") != std::string::npos) table.key = {match[1]};
    } else if (std::regex_search(definition, match, kKey)) {
      table.key = Matches(match[1], R"((\w+))");
    } else if (std::regex_search(definition, match, kForeign)) {
      table.foreign_keys.push_back(
          {Matches(match[1], R"((\w+))"), match[2], Matches(match[3], R"((\w+))")});
    }
  }
  return table;
}

Table& Named(std::vector<Table>& tables, const std::string& name) {
  return *std::find_if(tables.begin(), tables.end(),
                       [&](const Table& table) { return table.name == name; });
}

void ReadStatement(const std::string& statement, std::vector<Table>& tables) {
  static const std::regex kCreate(R"(^CREATE TABLE (\w+) \(\n([\s\S]*)\n\)$)");
  static const std::regex kAdd(
      R"(^ALTER TABLE (\w+) ADD COLUMN (\w+) (BIGINT|TEXT|BYTEA)([\s\S]*)$)");
  static const std::regex kRename(R"(^ALTER TABLE (\w+) RENAME TO (\w+)$)");
  static const std::regex kDrop(R"(^DROP TABLE (\w+)$)");
  std::smatch match;
  if (std::regex_search(statement, match, kCreate)) {
    tables.push_back(ReadTable(match[1], match[2]));
  } else if (std::regex_search(statement, match, kAdd)) {
    Named(tables, match[1]).columns.push_back(ReadColumn(match[2], match[3], match[4]));
  } else if (std::regex_search(statement, match, kRename)) {
    Named(tables, match[1]).name = match[2];
  } else if (std::regex_search(statement, match, kDrop)) {
    std::erase_if(tables, [&](const Table& table) { return table.name == match[1]; });
  } else {
    EXPECT_TRUE(!statement.starts_with("ALTER") && !statement.starts_with("CREATE TABLE"))
        << "not understood: " << statement;
  }
}

std::string Join(const std::vector<std::string>& parts, const std::string& separator) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : separator) + part;
  return text;
}

// Other values for a cell.
std::vector<db::Value> Others(const Column& column, const db::Value& value) {
  std::vector<db::Value> others;
  if (column.nullable) others.push_back(nullptr);
  if (column.type == "BIGINT") {
    const auto* number = std::get_if<std::int64_t>(&value);
    const std::int64_t from = number == nullptr ? 0 : *number;
    for (const std::int64_t by : {1, -1, 1'000}) others.push_back(from + by);
    for (const std::string& word : column.words) others.push_back(std::int64_t{std::stoll(word)});
    if (number == nullptr) others.push_back(std::int64_t{4'000'000'000'000'000});  // a late instant
  } else if (column.type == "BYTEA") {
    db::Bytes bytes;
    if (const auto* there = std::get_if<db::Bytes>(&value)) bytes = *there;
    if (bytes.empty()) bytes = db::ToBytes("x");
    bytes.front() ^= 1;
    others.push_back(bytes);
  } else if (!column.words.empty()) {
    for (const std::string& word : column.words) others.push_back(word);
  } else {
    if (column.name.ends_with("_date")) {
      others.insert(others.end(), {std::string("2026-01-02"), std::string("2027-01-02")});
    }
    others.push_back(std::string("x"));
    if (!column.name.ends_with("_date")) others.push_back(std::string("0"));
  }
  std::erase(others, value);
  return others;
}

std::size_t IndexOf(const Table& table, const std::string& column) {
  const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                  [&](const Column& one) { return one.name == column; });
  return static_cast<std::size_t>(found - table.columns.begin());
}

// Rows of different values in a column.
std::vector<std::size_t> Samples(const db::Rows& rows, std::size_t column) {
  std::vector<db::Value> seen;
  std::vector<std::size_t> samples;
  for (std::size_t at = 0; at < rows.size() && samples.size() < kSamples; ++at) {
    if (std::find(seen.begin(), seen.end(), rows[at].Cell(column)) != seen.end()) continue;
    seen.push_back(rows[at].Cell(column));
    samples.push_back(at);
  }
  return samples;
}

}  // namespace

bool Table::IsKey(const std::string& column) const {
  return std::find(key.begin(), key.end(), column) != key.end();
}

std::vector<Table> ReadSchema(std::span<const db::Migration> migrations) {
  std::vector<Table> tables;
  for (const db::Migration& migration : migrations) {
    std::string sql;
    std::string line;
    for (std::istringstream lines{std::string(migration.sql)}; std::getline(lines, line);) {
      if (!line.starts_with("--") && !line.empty()) sql += line + "\n";
    }
    for (std::size_t begin = 0, end; (end = sql.find(";\n", begin)) != std::string::npos;
         begin = end + 2) {
      ReadStatement(sql.substr(begin, end - begin), tables);
    }
  }
  return tables;
}

std::set<std::string> ReadNotCovered(const std::string& service) {
  std::ifstream file(std::string(REEVE_SERVICES_FOLDER) + "/" + service + "/README.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  static constexpr std::string_view kOpening = "Not covered:";
  const std::size_t begin = text.find(kOpening);
  EXPECT_NE(begin, std::string::npos)
      << service << ": the README says nothing of what is not covered";
  if (begin == std::string::npos) return {};
  // Up to the end of the sentence; a dot inside a name is none.
  bool in_name = false;
  std::size_t end = begin;
  while (end < text.size() && (in_name || text[end] != '.')) in_name ^= text[end++] == '`';
  const std::vector<std::string> names =
      Matches(text.substr(begin, end - begin), R"(`([a-z0-9_]+(?:\.[a-z0-9_]+)?)`)");
  return {names.begin(), names.end()};
}

Tampering::Tampering(db::Database& database, const Clock& machine_clock, Subject subject)
    : database_(database),
      clock_(machine_clock),
      subject_(std::move(subject)),
      tables_(ReadSchema(subject_.migrations)),
      not_covered_(ReadNotCovered(subject_.service)) {
  database_.Read(clock_.Now() + kPatience, [&](db::Transaction& tx) {
    sqlite_ = tx.engine() == db::Engine::kSqlite;
    EXPECT_EQ(subject_.proof(tx), "") << "before anything was changed";
    for (const Table& table : tables_) {
      std::vector<std::string> names;
      for (const Column& column : table.columns) names.push_back(column.name);
      const std::string sql = "SELECT " + Join(names, ", ") + " FROM " + table.name + " ORDER BY " +
                              Join(table.key, ", ");
      rows_[table.name] = tx.Select({"", sql});
    }
  });
  for (const Table& table : CoveredTables()) {
    EXPECT_FALSE(rows_[table.name].empty()) << table.name << " has no row to try it on";
  }
}

bool Tampering::IsCovered(const Table& table, const Column& column) const {
  return !not_covered_.contains(table.name + "." + column.name);
}

std::vector<Table> Tampering::CoveredTables() const {
  std::vector<Table> covered = tables_;
  std::erase_if(covered, [&](const Table& table) { return not_covered_.contains(table.name); });
  return covered;
}

bool Tampering::IsBound(const Table& table, const std::string& column) const {
  const auto has = [&](const std::vector<std::string>& columns) {
    return std::find(columns.begin(), columns.end(), column) != columns.end();
  };
  for (const Table& other : tables_) {
    for (const ForeignKey& foreign : other.foreign_keys) {
      if (other.name == table.name && has(foreign.columns)) return true;
      if (foreign.table == table.name && has(foreign.referenced)) return true;
    }
  }
  return false;
}

std::optional<std::string> Tampering::ViolationAfter(const std::vector<std::string>& statements) {
  std::optional<std::string> violation;
  try {
    database_.Write(clock_.Now() + kPatience, [&](db::Transaction& tx) {
      violation.reset();
      for (const std::string& statement : statements) {
        if (tx.Execute({"", statement}) == 0) return db::Verdict::kRollBack;
      }
      try {
        violation = subject_.proof(tx);
      } catch (const db::DatabaseError&) {
        throw;
      } catch (const std::exception& thrown) {  // as the service's face says it
        violation = std::string("a row cannot be read: ") + thrown.what();
      }
      return db::Verdict::kRollBack;
    });
  } catch (const db::DatabaseError& error) {
    using Kind = db::DatabaseError::Kind;
    EXPECT_TRUE(error.kind() == Kind::kConstraintViolation ||
                error.kind() == Kind::kUniqueViolation)
        << statements.back() << ": " << error.what();
    return std::nullopt;
  }
  return violation;
}

bool Tampering::ExpectFound(const std::vector<std::string>& statements) {
  const std::optional<std::string> violation = ViolationAfter(statements);
  if (!violation) return false;
  EXPECT_NE(*violation, "") << "not found: " << Join(statements, ";\n");
  return true;
}

std::string Tampering::Literal(const db::Value& value) const {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&value)) {
    return "'" + std::regex_replace(*text, std::regex("'"), "''") + "'";
  }
  const auto* bytes = std::get_if<db::Bytes>(&value);
  if (bytes == nullptr) return "NULL";
  const std::string hex = HexEncode(db::ToText(*bytes));
  return sqlite_ ? "X'" + hex + "'" : "'\\x" + hex + "'";
}

std::string Tampering::WhereKey(const Table& table, db::Rows::Row row) const {
  std::vector<std::string> terms;
  for (const std::string& column : table.key) {
    terms.push_back(column + " = " + Literal(row.Cell(IndexOf(table, column))));
  }
  return " WHERE " + Join(terms, " AND ");
}

std::vector<std::string> Tampering::ChangesOf(const Table& table, std::size_t column) {
  const std::string& name = table.columns[column].name;
  const db::Rows& rows = rows_[table.name];
  std::vector<std::string> changes;
  for (const std::size_t at : Samples(rows, column)) {
    for (const db::Value& other : Others(table.columns[column], rows[at].Cell(column))) {
      changes.push_back("UPDATE " + table.name + " SET " + name + " = " + Literal(other) +
                        WhereKey(table, rows[at]));
    }
  }
  const auto tied = subject_.statements.find(table.name + "." + name);
  if (tied != subject_.statements.end()) changes.push_back(tied->second);
  return changes;
}

void Tampering::ExpectChangesFound() {
  for (const Table& table : CoveredTables()) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (!IsCovered(table, table.columns[i])) continue;
      bool changed = false;
      for (const std::string& change : ChangesOf(table, i)) changed |= ExpectFound({change});
      if (IsBound(table, table.columns[i].name) && !changed) continue;
      const std::string name = table.name + "." + table.columns[i].name;
      EXPECT_NE(changed, IsHeld(name))
          << name << (changed ? " can be changed" : " was never changed");
    }
  }
}

std::vector<std::string> Tampering::Deletion(const Table& table, db::Rows::Row row) {
  std::vector<std::string> deletion;
  for (const Table& child : tables_) {
    for (const ForeignKey& foreign : child.foreign_keys) {
      if (foreign.table != table.name) continue;
      for (const db::Rows::Row other : rows_[child.name]) {
        bool hangs_on_it = true;
        for (std::size_t i = 0; i < foreign.columns.size(); ++i) {
          hangs_on_it &= other.Cell(IndexOf(child, foreign.columns[i])) ==
                         row.Cell(IndexOf(table, foreign.referenced[i]));
        }
        if (!hangs_on_it) continue;
        for (std::string& statement : Deletion(child, other))
          deletion.push_back(std::move(statement));
      }
    }
  }
  deletion.push_back("DELETE FROM " + table.name + WhereKey(table, row));
  return deletion;
}

void Tampering::ExpectMissingRowsFound() {
  for (const Table& table : CoveredTables()) {
    if (IsHeld("-" + table.name)) continue;
    const db::Rows& rows = rows_[table.name];
    bool deleted = false;
    for (std::size_t at = 0; at < rows.size(); at += 1 + rows.size() / kRowsOfTable) {
      deleted |= ExpectFound(Deletion(table, rows[at]));
    }
    EXPECT_TRUE(deleted) << "no row of " << table.name << " could be deleted";
  }
}

std::string Tampering::Insertion(const Table& table, db::Rows::Row row,
                                 const std::map<std::string, db::Value>& other) {
  std::vector<std::string> names;
  std::vector<std::string> values;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const Column& column = table.columns[i];
    names.push_back(column.name);
    const auto found = other.find(column.name);
    values.push_back(Literal(found == other.end() ? row.Cell(i) : found->second));
  }
  return "INSERT INTO " + table.name + " (" + Join(names, ", ") + ") VALUES (" +
         Join(values, ", ") + ")";
}

void Tampering::ExpectStrangeRowsFound() {
  for (const Table& table : CoveredTables()) {
    const db::Rows& rows = rows_[table.name];
    bool inserted = false;
    for (const std::size_t at : {std::size_t{0}, rows.size() - 1}) {
      std::map<std::string, db::Value> whole;
      for (const std::string& key : table.key) {
        const std::size_t column = IndexOf(table, key);
        const std::vector<db::Value> others = Others(table.columns[column], rows[at].Cell(column));
        for (const db::Value& other : others) {
          inserted |= ExpectFound({Insertion(table, rows[at], {{key, other}})});
        }
        whole[key] = others.back();
      }
      inserted |= ExpectFound({Insertion(table, rows[at], whole)});
    }
    const auto tied = subject_.statements.find(table.name);
    if (tied != subject_.statements.end()) inserted |= ExpectFound({tied->second});
    EXPECT_NE(inserted, IsHeld("+" + table.name))
        << (inserted ? "a row could" : "no row could") << " be inserted into " << table.name;
  }
}

std::optional<std::vector<std::string>> Tampering::Swap(const Table& table, db::Rows::Row one,
                                                        db::Rows::Row other) {
  std::vector<std::string> of_one;
  std::vector<std::string> of_other;
  bool differ = false;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const Column& column = table.columns[i];
    if (table.IsKey(column.name)) continue;
    differ |= IsCovered(table, column) && one.Cell(i) != other.Cell(i);
    of_one.push_back(column.name + " = " + Literal(one.Cell(i)));
    of_other.push_back(column.name + " = " + Literal(other.Cell(i)));
  }
  if (!differ) return std::nullopt;
  const std::string update = "UPDATE " + table.name + " SET ";
  return std::vector<std::string>{update + Join(of_other, ", ") + WhereKey(table, one),
                                  update + Join(of_one, ", ") + WhereKey(table, other)};
}

void Tampering::ExpectSwappedRowsFound() {
  int swapped = 0;
  for (const Table& table : CoveredTables()) {
    const db::Rows& rows = rows_[table.name];
    std::size_t tried = 0;
    for (std::size_t i = 0; i + 1 < rows.size() && tried < kRowsOfTable; ++i) {
      const auto swap = Swap(table, rows[i], rows[i + 1]);
      if (!swap) continue;
      ++tried;
      swapped += ExpectFound(*swap) ? 1 : 0;
    }
  }
  EXPECT_GT(swapped, 0);
}

void Tampering::ExpectListIsTrue() {
  for (const std::string& name : not_covered_) {
    bool known = false;
    bool slipped_through = false;
    for (const Table& table : tables_) {
      for (std::size_t i = 0; i < table.columns.size() && !slipped_through; ++i) {
        if (name != table.name && name != table.name + "." + table.columns[i].name) continue;
        known = true;
        for (const std::string& change : ChangesOf(table, i)) {
          slipped_through |= ViolationAfter({change}) == "";
        }
      }
    }
    EXPECT_TRUE(known) << "no table or column is called " << name;
    EXPECT_TRUE(slipped_through) << name
                                 << " is covered, or has no row; the README says that it is not";
  }
}

}  // namespace reeve::testing
