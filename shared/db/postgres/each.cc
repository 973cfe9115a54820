#include "shared/db/postgres/each.h"

#include <charconv>
#include <stdexcept>

namespace reeve::db::postgres {
namespace {

// Nothing if all are NULL.
std::optional<ColumnType> TypeOf(std::span<const std::vector<Value>> sets, std::size_t column) {
  for (const std::vector<Value>& set : sets) {
    const Value& value = set.at(column);
    if (std::holds_alternative<std::int64_t>(value)) return ColumnType::kInt;
    if (std::holds_alternative<std::string>(value)) return ColumnType::kText;
    if (std::holds_alternative<Bytes>(value)) return ColumnType::kBytes;
  }
  return std::nullopt;
}

std::string ArrayArgument(std::size_t i, ColumnType type) {
  return "$" + std::to_string(i + 1) + "::" + std::string(ArrayTypeName(type));
}

}  // namespace

std::string ArrayArguments(std::span<const ColumnType> types) {
  std::string arguments;
  for (std::size_t i = 0; i < types.size(); ++i) {
    arguments.append(i == 0 ? "" : ", ").append(ArrayArgument(i, types[i]));
  }
  return arguments;
}

std::string CountedText(std::string_view sql, std::string_view rows) {
  return "WITH changed AS (" + std::string(sql) +
         " RETURNING 1) SELECT 1 / CASE WHEN count(*) = " + std::string(rows) +
         " THEN 1 ELSE 0 END FROM changed";
}

Each::Each(std::span<const std::vector<Value>> sets) : sets_(sets) {
  for (std::size_t column = 0; column < sets_[0].size(); ++column) {
    const std::optional<ColumnType> type = TypeOf(sets_, column);
    named_.push_back(type.has_value());
    if (!type) continue;
    sent_.push_back(column);
    types_.push_back(*type);
  }
  if (!sent_.empty()) return;
  // Something must say how many there are.
  sent_.push_back(0);
  types_.push_back(ColumnType::kInt);
}

// $n as column pn of the unnested arrays, or as NULL.
std::string Each::WithColumns(std::string_view sql) const {
  std::string text;
  for (const char* at = sql.data(); at != sql.data() + sql.size();) {
    std::size_t number = 0;
    if (*at == '$') {
      const auto [end, error] = std::from_chars(at + 1, sql.data() + sql.size(), number);
      if (error == std::errc()) {
        text.append(named_.at(number - 1) ? "each.p" + std::to_string(number) : "NULL");
        at = end;
        continue;
      }
    }
    text.push_back(*at++);
  }
  return text;
}

// OFFSET 0 keeps the planner from turning the loop over an index into a join over the whole table,
// which it would do with a table that it thinks is small. Behind a SELECT it does not see how long
// the arrays are, so that it plans once and not for every length.
std::string Each::ForEach(std::string_view columns, std::string_view sql) const {
  std::string arrays;
  std::string names;
  for (std::size_t i = 0; i < sent_.size(); ++i) {
    arrays.append(i == 0 ? "" : ", ").append("(SELECT " + ArrayArgument(i, types_[i]) + ")");
    names.append("p" + std::to_string(sent_[i] + 1) + ", ");
  }
  return "SELECT " + std::string(columns) + ", answer.* FROM unnest(" + arrays +
         ") WITH ORDINALITY AS each (" + names + "n) CROSS JOIN LATERAL (SELECT * FROM (" +
         WithColumns(sql) + ") AS one OFFSET 0) AS answer";
}

std::string Each::SelectText(std::string_view sql) const { return ForEach("each.n", sql); }

std::string Each::UpdateText(std::string_view sql, std::int64_t rows_each) const {
  constexpr std::string_view kUpdate = "UPDATE ";
  const std::size_t set = sql.find(" SET ");
  const std::size_t where = sql.find(" WHERE ");
  if (!sql.starts_with(kUpdate) || set == std::string_view::npos ||
      where == std::string_view::npos) {
    throw std::logic_error("not UPDATE table SET ... WHERE ...: " + std::string(sql));
  }
  const std::string table(sql.substr(kUpdate.size(), set - kUpdate.size()));
  const std::string found = "SELECT ctid AS place FROM " + table + std::string(sql.substr(where));
  return CountedText(WithColumns(sql.substr(0, where)) + " FROM (" + ForEach("each.*", found) +
                         ") AS each WHERE " + table + ".ctid = each.place",
                     std::to_string(rows_each) + " * cardinality($1)");
}

void Each::AddArrays(Parameters& parameters) const {
  for (std::size_t i = 0; i < sent_.size(); ++i) {
    parameters.AddArray(types_[i], sets_.size(),
                        [&](std::size_t set) -> const Value& { return sets_[set].at(sent_[i]); });
  }
}

}  // namespace reeve::db::postgres
