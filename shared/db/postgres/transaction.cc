#include "shared/db/postgres/transaction.h"

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace reeve::db::postgres {
namespace {

using Kind = DatabaseError::Kind;

constexpr Query kBeginWrite{"begin_write", "BEGIN ISOLATION LEVEL READ COMMITTED"};
constexpr Query kBeginRead{"begin_read", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
constexpr Query kCommit{"commit", "COMMIT"};

// A COMMIT that was sent is waited for beyond the deadline: its outcome is worth more than a prompt
// answer.
constexpr Duration kCommitGrace = Duration::Seconds(2);

std::string Numbered(std::string_view prefix, std::size_t i) {
  return std::string(prefix) + std::to_string(i + 1);
}

// "$1::bigint[], $2::text[]", or "(SELECT $1::bigint[]), (SELECT $2::text[])"
std::string ArrayArguments(std::span<const ColumnType> types, bool behind_select) {
  std::string arguments;
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (i != 0) arguments.append(", ");
    arguments.append(behind_select ? "(SELECT " : "");
    arguments.append(Numbered("$", i)).append("::").append(ArrayTypeName(types[i]));
    arguments.append(behind_select ? ")" : "");
  }
  return arguments;
}

std::string InsertText(const InsertInto& into) {
  std::string columns;
  std::vector<ColumnType> types;
  for (const InsertInto::Column& column : into.columns) {
    if (!columns.empty()) columns.append(", ");
    columns.append(column.name);
    types.push_back(column.type);
  }
  return "INSERT INTO " + std::string(into.table) + " (" + columns + ") SELECT * FROM unnest(" +
         ArrayArguments(types, /*behind_select=*/false) + ")";
}

// The server itself checks the count, so that COMMIT can go in the same trip: another number of
// rows is a division by zero.
std::string CountedText(std::string_view sql, const std::string& rows) {
  return "WITH changed AS (" + std::string(sql) +
         " RETURNING 1) SELECT 1 / CASE WHEN count(*) = " + rows +
         " THEN 1 ELSE 0 END FROM changed";
}

// $n as column pn of the unnested arrays.
std::string WithColumns(std::string_view sql) {
  std::string text;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    const bool parameter =
        sql[i] == '$' && i + 1 < sql.size() && std::isdigit(static_cast<unsigned char>(sql[i + 1]));
    text.append(parameter ? std::string_view("each.p") : sql.substr(i, 1));
  }
  return text;
}

// `columns` and those of `sql` for each element of the parameters' arrays, in their order. OFFSET 0
// keeps the planner from turning the loop over an index into a join over the whole table, which it
// would do with a table that it thinks is small. Behind a SELECT it does not see how long the
// arrays are, so that it plans once and not for every length.
std::string EachText(std::string_view columns, std::string_view sql,
                     std::span<const ColumnType> types) {
  std::string names;
  for (std::size_t i = 0; i < types.size(); ++i) names.append(Numbered("p", i)).append(", ");
  return "SELECT " + std::string(columns) + ", answer.* FROM unnest(" +
         ArrayArguments(types, /*behind_select=*/true) + ") WITH ORDINALITY AS each (" + names +
         "n) CROSS JOIN LATERAL (SELECT * FROM (" + WithColumns(sql) +
         ") AS one OFFSET 0) AS answer";
}

// "UPDATE table SET ... WHERE ..." for each element: the rows are found one by one as above, and
// changed where they were found.
std::string UpdateEachText(std::string_view sql, std::span<const ColumnType> types,
                           std::int64_t rows_each) {
  constexpr std::string_view kUpdate = "UPDATE ";
  const std::size_t set = sql.find(" SET ");
  const std::size_t where = sql.find(" WHERE ");
  if (!sql.starts_with(kUpdate) || set == std::string_view::npos ||
      where == std::string_view::npos) {
    throw std::logic_error("ExecuteEach takes UPDATE table SET ... WHERE ...: " + std::string(sql));
  }
  const std::string table(sql.substr(kUpdate.size(), set - kUpdate.size()));
  const std::string found = "SELECT ctid AS place FROM " + table + std::string(sql.substr(where));
  const std::string update = WithColumns(sql.substr(0, where)) + " FROM (" +
                             EachText("each.*", found, types) + ") AS each WHERE " + table +
                             ".ctid = each.place";
  return CountedText(update, std::to_string(rows_each) + " * cardinality($1)");
}

// The type of each column of the parameters.
std::vector<ColumnType> TypesOf(std::span<const std::vector<Value>> parameters) {
  std::vector<ColumnType> types(parameters[0].size(), ColumnType::kInt);
  for (std::size_t column = 0; column < types.size(); ++column) {
    for (const std::vector<Value>& row : parameters) {
      const Value& value = row.at(column);
      if (std::holds_alternative<std::nullptr_t>(value)) continue;
      if (std::holds_alternative<std::string>(value)) types[column] = ColumnType::kText;
      if (std::holds_alternative<Bytes>(value)) types[column] = ColumnType::kBytes;
      break;
    }
  }
  return types;
}

// One array for each column of the parameters.
void AddArrays(Parameters& arrays, std::span<const ColumnType> types,
               std::span<const std::vector<Value>> parameters) {
  for (std::size_t column = 0; column < types.size(); ++column) {
    arrays.AddArray(types[column], parameters.size(),
                    [&](std::size_t i) -> const Value& { return parameters[i].at(column); });
  }
}

}  // namespace

PostgresTransaction::~PostgresTransaction() {
  if (open_) connection_.RollBackLater();
}

void PostgresTransaction::Send(const Query& query, const Parameters& parameters, bool counted) {
  if (!open_) {
    open_ = true;
    connection_.Send(mode_ == Mode::kWrite ? kBeginWrite : kBeginRead, {});
  }
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
    const std::vector<ColumnType> types = TypesOf(parameters);
    const std::string sql =
        EachText("each.n", std::string(query.sql) + (lock_rows ? " FOR UPDATE" : ""), types);
    Parameters arrays;
    AddArrays(arrays, types, parameters);
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
    const std::vector<ColumnType> types = TypesOf(parameters);
    const std::string sql = UpdateEachText(query.sql, types, rows_each);
    Parameters arrays;
    AddArrays(arrays, types, parameters);
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
