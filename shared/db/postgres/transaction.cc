#include "shared/db/postgres/transaction.h"

#include <algorithm>

#include "shared/db/postgres/each.h"

namespace reeve::db::postgres {
namespace {

using Kind = DatabaseError::Kind;

constexpr Query kBeginWrite{"begin_write", "BEGIN ISOLATION LEVEL READ COMMITTED"};
constexpr Query kBeginRead{"begin_read", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
constexpr Query kCommit{"commit", "COMMIT"};

// A COMMIT that was sent is waited for beyond the deadline: its outcome is worth more than a prompt
// answer.
constexpr Duration kCommitGrace = Duration::Seconds(2);

// So many rows are worth the trips of a COPY.
constexpr std::size_t kCopyRowsMin = 100;

std::string ColumnNames(const InsertInto& into) {
  std::string names;
  for (const InsertInto::Column& column : into.columns) {
    names.append(names.empty() ? "" : ", ").append(column.name);
  }
  return names;
}

std::string CopyText(const InsertInto& into) {
  return "COPY " + std::string(into.table) + " (" + ColumnNames(into) +
         ") FROM STDIN (FORMAT binary)";
}

std::string InsertText(const InsertInto& into) {
  std::vector<ColumnType> types;
  for (const InsertInto::Column& column : into.columns) types.push_back(column.type);
  return "INSERT INTO " + std::string(into.table) + " (" + ColumnNames(into) +
         ") SELECT * FROM unnest(" + ArrayArguments(types) + ")";
}

}  // namespace

PostgresTransaction::~PostgresTransaction() {
  if (open_) connection_.RollBackLater();
}

void PostgresTransaction::Begin() {
  if (open_) return;
  open_ = true;
  connection_.Send(mode_ == Mode::kWrite ? kBeginWrite : kBeginRead, {});
}

void PostgresTransaction::Send(const Query& query, const Parameters& parameters, bool counted) {
  Begin();
  connection_.Send(query, parameters, counted);
}

Answer PostgresTransaction::Ask(const Query& query, const Parameters& parameters) {
  Send(query, parameters);
  return connection_.Receive(deadline_);
}

Rows PostgresTransaction::Run(const Query& query, std::span<const Value> parameters,
                              bool lock_rows) {
  return Guard([&] {
    if (!lock_rows) return Ask(query, Parameters(parameters)).rows;
    const std::string sql = std::string(query.sql) + " FOR UPDATE";
    return Ask({query.name, sql}, Parameters(parameters)).rows;
  });
}

std::int64_t PostgresTransaction::RunChange(const Query& query, std::span<const Value> parameters) {
  return Guard([&] { return Ask(query, Parameters(parameters)).affected; });
}

std::vector<Rows> PostgresTransaction::SelectEach(const Query& query,
                                                  std::span<const std::vector<Value>> parameters,
                                                  bool lock_rows) {
  return Guard([&] {
    std::vector<Rows> answers(parameters.size());
    if (parameters.empty()) return answers;
    const Each each(parameters);
    const std::string sql =
        each.SelectText(std::string(query.sql) + (lock_rows ? " FOR UPDATE" : ""));
    Parameters arrays;
    each.AddArrays(arrays);
    const Rows all = Ask({query.name, sql}, arrays).rows;
    const std::size_t columns = all.columns() - 1;
    std::vector<std::vector<Value>> cells(parameters.size());
    for (const Rows::Row row : all) {
      std::vector<Value>& own = cells[static_cast<std::size_t>(row.Int(0)) - 1];
      for (std::size_t column = 0; column < columns; ++column) own.push_back(row.Cell(column + 1));
    }
    for (std::size_t i = 0; i < answers.size(); ++i)
      answers[i] = Rows(columns, std::move(cells[i]));
    return answers;
  });
}

void PostgresTransaction::InsertRows(const NewRows& rows) {
  Guard([&] {
    if (rows.empty()) return;
    const InsertInto& into = rows.into();
    if (rows.size() >= kCopyRowsMin) {
      Begin();
      return connection_.Copy({into.name, CopyText(into)}, rows, deadline_);
    }
    Parameters arrays;
    for (std::size_t column = 0; column < into.columns.size(); ++column) {
      arrays.AddArray(into.columns[column].type, rows.size(),
                      [&](std::size_t row) -> const Value& { return rows.cell(row, column); });
    }
    Send({into.name, InsertText(into)}, arrays);
  });
}

void PostgresTransaction::ExecuteEach(const Query& query,
                                      std::span<const std::vector<Value>> parameters,
                                      std::int64_t rows_each) {
  Guard([&] {
    if (parameters.empty()) return;
    if (parameters.size() == 1) {
      const std::string sql = CountedText(query.sql, std::to_string(rows_each));
      return Send({query.name, sql}, Parameters(std::span(parameters[0])), /*counted=*/true);
    }
    const Each each(parameters);
    const std::string sql = each.UpdateText(query.sql, rows_each);
    Parameters arrays;
    each.AddArrays(arrays);
    Send({query.name, sql}, arrays, /*counted=*/true);
  });
}

void PostgresTransaction::Commit() {
  ThrowIfFailed();
  if (!open_) return;
  if (clock_.Now() >= deadline_) throw DatabaseError(Kind::kExpired, "before the commit");
  connection_.Send(kCommit, {});
  connection_.SendSync();
  try {
    connection_.Receive(std::max(deadline_, clock_.Now() + kCommitGrace));
  } catch (const DatabaseError& error) {
    // Who answers with an error has not committed; who does not answer may have.
    if (!connection_.lost()) throw;
    throw DatabaseError(Kind::kOutcomeUnknown, error.what());
  }
  open_ = false;
}

}  // namespace reeve::db::postgres
