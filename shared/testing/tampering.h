// Tampering: changes what stands in a service's tables behind its back, one thing at a time, and
// expects that its proof sees each. Tables and columns are read from the migrations, and what is
// not covered from the service's README ("Not covered: `table`, `table.column`."): whatever a
// migration adds is covered, or listed there, or the test fails.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "shared/core/seams.h"
#include "shared/db/database.h"

namespace reeve::testing {

struct Column {
  std::string name;
  std::string type;  // "BIGINT", "TEXT", "BYTEA"
  bool nullable = false;
  std::vector<std::string> words;  // or numbers, of its CHECK (... IN (...))
};

struct ForeignKey {
  std::vector<std::string> columns;
  std::string table;
  std::vector<std::string> referenced;
};

struct Table {
  std::string name;
  std::vector<Column> columns;
  std::vector<std::string> key;
  std::vector<ForeignKey> foreign_keys;

  bool IsKey(const std::string& column) const;
};

// The tables as these migrations leave them, in the order in which they were made.
std::vector<Table> ReadSchema(std::span<const db::Migration> migrations);

// The names that the service's README lists as not covered.
std::set<std::string> ReadNotCovered(const std::string& service);

// "check: violation" of the first finding that has one; empty if all hold.
template <class Findings>
std::string FirstViolation(const Findings& findings) {
  for (const auto& finding : findings) {
    if (!finding.violation.empty()) return finding.check + ": " + finding.violation;
  }
  return {};
}

class Tampering {
 public:
  // Says the first thing that does not hold; empty if all does.
  using Proof = std::function<std::string(db::Transaction& tx)>;

  struct Subject {
    std::string service;  // folder in services/
    std::span<const db::Migration> migrations;
    Proof proof;
    // Where CHECKs tie a column to another: statements that change it, by "table.column", or insert
    // a row, by "table".
    std::map<std::string, std::string> statements;
    // Changes ("table.column"), inserts ("+table") and deletes ("-table") that nothing can make:
    // the engine holds them, or the README says why they need no proof.
    std::set<std::string> held;
  };
  // The database holds rows in every table, and the proof holds.
  Tampering(db::Database& database, const Clock& machine_clock, Subject subject);

  void ExpectChangesFound();      // each column, in several rows, to several values
  void ExpectMissingRowsFound();  // with what hangs on them
  void ExpectStrangeRowsFound();  // copies under other keys
  void ExpectSwappedRowsFound();  // the contents of two rows
  // What is listed is there, and changes of it are indeed not found: so a proof that cries at
  // everything fails, and so does a list that has grown old.
  void ExpectListIsTrue();

 private:
  // The first violation behind the statements, which are taken back; nothing if the engine refuses.
  std::optional<std::string> ViolationAfter(const std::vector<std::string>& statements);
  // True if the statements could be run; then they must be found.
  bool ExpectFound(const std::vector<std::string>& statements);
  std::vector<std::string> ChangesOf(const Table& table, std::size_t column);
  std::vector<std::string> Deletion(const Table& table, db::Rows::Row row);
  std::string Insertion(const Table& table, db::Rows::Row row,
                        const std::map<std::string, db::Value>& other);
  std::optional<std::vector<std::string>> Swap(const Table& table, db::Rows::Row one,
                                               db::Rows::Row other);
  // Part of a foreign key: the engine may refuse every change of it alone.
  bool IsBound(const Table& table, const std::string& column) const;
  bool IsCovered(const Table& table, const Column& column) const;
  std::vector<Table> CoveredTables() const;
  std::string WhereKey(const Table& table, db::Rows::Row row) const;
  std::string Literal(const db::Value& value) const;
  bool IsHeld(const std::string& name) const { return subject_.held.contains(name); }

  db::Database& database_;
  const Clock& clock_;
  Subject subject_;
  bool sqlite_ = false;
  std::vector<Table> tables_;
  std::set<std::string> not_covered_;
  std::map<std::string, db::Rows> rows_;  // by table, in the order of the key
};

}  // namespace reeve::testing
