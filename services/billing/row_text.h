// What stands of a row in the audit trail: a digest of its cells, by which verify knows whether it
// is still the row that was written. The cells come in the order of the table's columns.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/db/database.h"

namespace reeve::billing {

using Cells = std::vector<db::Value>;

template <class... T>
Cells CellsOf(const T&... cells) {
  return {db::ToValue(cells)...};
}
inline constexpr auto kToCells = [](const auto&... cells) { return CellsOf(cells...); };
inline std::span<const db::Value> CellsFrom(db::Rows::Row row, std::size_t first,
                                            std::size_t count) {
  return {&row.Cell(first), count};
}

// A digest of rows, in their order.
class RowDigest {
 public:
  RowDigest& Add(std::span<const db::Value> cells);
  bool empty() const { return digest_.empty(); }  // of no row
  std::string hex() const;

 private:
  std::string digest_;
};

// A table whose rows are in the audit trail one by one.
struct Kept {
  struct Shown {
    std::string_view name;
    std::size_t column = 0;
  };
  std::string_view entity;       // of its audit entries
  std::size_t key_size = 0;      // the first columns are the key
  std::array<Shown, 3> shown{};  // what a person reads there in the clear
};
std::string KeyText(const Kept& kept, std::span<const db::Value> cells);  // "10000000009/77"
std::string RowText(const Kept& kept,
                    std::span<const db::Value> cells);  // "state=OPEN,row=9f3c..."

}  // namespace reeve::billing
