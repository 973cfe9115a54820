// One statement for many sets of parameters: each column of them is sent as an array.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/db/database.h"
#include "shared/db/postgres/wire.h"

namespace reeve::db::postgres {

// "$1::bigint[], $2::text[]"
std::string ArrayArguments(std::span<const ColumnType> types);

// The server itself checks the count, so that COMMIT can go in the same trip: another number of
// rows than the expression `rows` says is a division by zero.
std::string CountedText(std::string_view sql, std::string_view rows);

// At least one set, all of one length; they outlive it.
class Each {
 public:
  explicit Each(std::span<const std::vector<Value>> sets);

  // The rows of `sql` for each set in their order, behind a column with the set's number from 1.
  std::string SelectText(std::string_view sql) const;
  // "UPDATE table SET ... WHERE ..." for each set, counted. The rows are found one by one, and
  // changed where they were found. Throws std::logic_error if `sql` is spelled otherwise.
  std::string UpdateText(std::string_view sql, std::int64_t rows_each) const;
  void AddArrays(Parameters& parameters) const;

 private:
  std::string WithColumns(std::string_view sql) const;
  std::string ForEach(std::string_view columns, std::string_view sql) const;

  std::span<const std::vector<Value>> sets_;
  std::vector<bool> named_;        // by column: false where only NULLs are, which have no type
  std::vector<std::size_t> sent_;  // columns
  std::vector<ColumnType> types_;  // of those sent
};

}  // namespace reeve::db::postgres
