#include "services/billing/file/columns.h"

#include <algorithm>
#include <utility>

#include "shared/core/decimal.h"

namespace reeve::billing::file {
namespace {

constexpr std::size_t kRowBytesMax = 600;

}  // namespace

void ReadRows(std::string_view text, std::int64_t first_line, std::string_view header,
              std::vector<Problem>& problems,
              const std::function<void(std::int64_t line, std::string_view row)>& read) {
  std::int64_t line = first_line;
  for (std::string_view rest = text; !rest.empty(); ++line) {
    const std::size_t end = rest.find('\n');
    std::string_view one = rest.substr(0, end);
    if (one.ends_with('\r')) one.remove_suffix(1);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line == 1) {
      if (one != header) problems.push_back({1, "row", "is not \"" + std::string(header) + "\""});
    } else if (!one.empty()) {
      read(line, one);
    }
  }
  if (first_line == 1 && line == 1) problems.push_back({1, "row", "is missing"});
}

Columns::Columns(std::int64_t line, std::span<const std::string_view> names,
                 std::vector<Problem>& problems)
    : line_(line), names_(names), problems_(problems) {}

bool Columns::Split(std::string_view row) {
  if (row.size() > kRowBytesMax) {
    RefuseRow("has more than 600 bytes");
    return false;
  }
  std::size_t count = 0;
  for (std::string_view rest = row;;) {
    const std::size_t comma = rest.find(',');
    if (count < names_.size()) cells_[count] = rest.substr(0, comma);
    ++count;
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  if (count == names_.size()) return true;
  RefuseRow("has not " + std::to_string(names_.size()) + " columns");
  return false;
}

std::optional<std::int64_t> Columns::Number(std::size_t column, int decimals, std::int64_t min,
                                            std::int64_t max) {
  const Result<std::int64_t> number = ParseDecimal(cells_[column], decimals, std::max(max, -min));
  if (number.ok() && *number >= min && *number <= max) return *number;
  Refuse(column, decimals == 0 ? "is not a whole number from " + std::to_string(min) + " on"
                               : "is not a number in its range with at most " +
                                     std::to_string(decimals) + " decimals");
  return std::nullopt;
}

void Columns::Refuse(std::size_t column, std::string why) {
  Refuse(std::string(names_[column]), std::move(why));
}
void Columns::RefuseRow(std::string why) { Refuse("row", std::move(why)); }
void Columns::Refuse(std::string field, std::string why) {
  ok_ = false;
  problems_.push_back({line_, std::move(field), std::move(why)});
}

void RefuseProblems(Fields& fields, std::span<const Problem> problems) {
  for (const Problem& problem : problems) {
    fields.Refuse("lines[" + std::to_string(problem.line) + "]." + problem.field, problem.reason);
  }
}

}  // namespace reeve::billing::file
