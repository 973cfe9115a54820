#include "shared/db/sqlite/transaction.h"

namespace reeve::db::sqlite {
namespace {

std::string InsertText(const InsertInto& into) {
  std::string columns;
  std::string values;
  for (std::size_t i = 0; i < into.columns.size(); ++i) {
    const std::string_view comma = i == 0 ? "" : ", ";
    columns.append(comma).append(into.columns[i].name);
    values.append(comma).append("$" + std::to_string(i + 1));
  }
  return "INSERT INTO " + std::string(into.table) + " (" + columns + ") VALUES (" + values + ")";
}

}  // namespace

Rows SqliteTransaction::Run(const Query& query, std::span<const Value> parameters,
                            bool /*lock_rows*/) {
  return Guard([&] {
    return connection_.With(query,
                            [&](Statement& statement) { return statement.Select(parameters); });
  });
}

std::int64_t SqliteTransaction::RunChange(const Query& query, std::span<const Value> parameters) {
  return Guard([&] {
    return connection_.With(query,
                            [&](Statement& statement) { return statement.Execute(parameters); });
  });
}

std::vector<Rows> SqliteTransaction::SelectEach(const Query& query,
                                                std::span<const std::vector<Value>> parameters,
                                                bool /*lock_rows*/) {
  return Guard([&] {
    return connection_.With(query, [&](Statement& statement) {
      std::vector<Rows> answers;
      answers.reserve(parameters.size());
      for (const std::vector<Value>& each : parameters) answers.push_back(statement.Select(each));
      return answers;
    });
  });
}

void SqliteTransaction::InsertRows(const NewRows& rows) {
  Guard([&] {
    const std::string sql = InsertText(rows.into());
    connection_.With({rows.into().name, sql}, [&](Statement& statement) {
      for (std::size_t row = 0; row < rows.size(); ++row)
        statement.Execute(std::span(&rows.cell(row, 0), rows.into().columns.size()));
    });
  });
}

void SqliteTransaction::ExecuteEach(const Query& query,
                                    std::span<const std::vector<Value>> parameters,
                                    std::int64_t rows_each) {
  Guard([&] {
    connection_.With(query, [&](Statement& statement) {
      for (const std::vector<Value>& each : parameters) {
        if (statement.Execute(each) != rows_each)
          throw DatabaseError(DatabaseError::Kind::kSerialization,
                              std::string(query.name) + ": another number of rows affected");
      }
    });
  });
}

void SqliteTransaction::CheckMayCommit() {
  ThrowIfFailed();
  if (connection_.HasUnresolvedForeignKey())
    throw DatabaseError(DatabaseError::Kind::kConstraintViolation,
                        "commit: FOREIGN KEY constraint failed");
}

}  // namespace reeve::db::sqlite
