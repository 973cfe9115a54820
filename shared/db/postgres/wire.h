// Wire: values in PostgreSQL's binary format.
#pragma once

#include <libpq-fe.h>

#include <span>
#include <string>
#include <vector>

#include "shared/db/database.h"

namespace reeve::db::postgres {

// A value behind its length, as it stands in an array and in a row of COPY.
void AppendCell(std::string& bytes, const Value& value);

// The parameters of one statement. Texts and bytes are referred to, not copied: the values outlive
// this object.
class Parameters {
 public:
  Parameters() = default;
  explicit Parameters(std::span<const Value> values);
  Parameters(const Parameters&) = delete;
  Parameters& operator=(const Parameters&) = delete;

  // An array of `size` elements, element i being cell(i): a Value of the type, or null.
  template <class Cell>
  void AddArray(ColumnType type, std::size_t size, const Cell& cell) {
    std::string& bytes = BeginArray(type, size);
    for (std::size_t i = 0; i < size; ++i) AppendCell(bytes, cell(i));
    Add(ArrayType(type), bytes.data(), bytes.size());
  }

  int size() const { return static_cast<int>(types_.size()); }
  // 0 for NULL: of any type.
  const std::vector<Oid>& types() const { return types_; }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  static Oid ArrayType(ColumnType type);
  std::string& BeginArray(ColumnType type, std::size_t size);
  void Add(Oid type, const char* data, std::size_t length);

  std::vector<Oid> types_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;                          // all binary
  std::vector<std::uint64_t> numbers_;                // big-endian
  std::vector<std::unique_ptr<std::string>> arrays_;  // stay where they are
};

// "bigint[]", "text[]", "bytea[]".
std::string_view ArrayTypeName(ColumnType type);

// What COPY ... FROM STDIN (FORMAT binary) reads: the head, a row at a time, the end.
void AppendCopyHead(std::string& bytes);
void AppendCopyRow(std::string& bytes, const NewRows& rows, std::size_t row);
void AppendCopyEnd(std::string& bytes);

// The rows of a binary result. Throws kBroken if a column has a type that Value does not have.
Rows ToRows(const PGresult& result, std::string_view query_name);

}  // namespace reeve::db::postgres
