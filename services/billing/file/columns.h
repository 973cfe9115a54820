// Columns: rows of a CSV file without quotes, cell by cell, and everything that is wrong with them.
// Pure.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/core/fields.h"

namespace reeve::billing::file {

struct Problem {
  std::int64_t line = 0;
  std::string field;  // a column; "row" for the whole line
  std::string reason;
  bool operator==(const Problem&) const = default;
};

// Splits at line breaks (LF or CRLF); blank lines count, but are no rows. The first line of a file
// is its header; another one, or none, is a problem.
void ReadRows(std::string_view text, std::int64_t first_line, std::string_view header,
              std::vector<Problem>& problems,
              const std::function<void(std::int64_t line, std::string_view row)>& read);

// The cells of one row. What of them cannot be read goes to the problems.
class Columns {
 public:
  // `names` are those of the columns; both outlive it.
  Columns(std::int64_t line, std::span<const std::string_view> names,
          std::vector<Problem>& problems);

  // False if the row has too many bytes or another number of columns.
  bool Split(std::string_view row);
  std::string_view operator[](std::size_t column) const { return cells_[column]; }

  // From `min` to `max`, in units of so many decimals.
  std::optional<std::int64_t> Number(std::size_t column, int decimals, std::int64_t min,
                                     std::int64_t max);
  void Refuse(std::size_t column, std::string why);
  void RefuseRow(std::string why);
  bool ok() const { return ok_; }  // nothing was refused

 private:
  static constexpr std::size_t kColumnsMax = 16;

  void Refuse(std::string field, std::string why);

  const std::int64_t line_;
  const std::span<const std::string_view> names_;
  std::vector<Problem>& problems_;
  std::array<std::string_view, kColumnsMax> cells_;
  bool ok_ = true;
};

// As violations of a request's lines: "lines[7].place".
void RefuseProblems(Fields& fields, std::span<const Problem> problems);

// What a check of lines answers: so many problems at most, and how many there are.
inline constexpr int kProblemsMax = 1'000;
template <class Response>
Response AnswerProblems(std::span<const Problem> problems) {
  Response answer;
  answer.set_problem_count(static_cast<std::int64_t>(problems.size()));
  for (const Problem& problem : problems) {
    if (answer.problems_size() == kProblemsMax) break;
    auto& added = *answer.add_problems();
    added.set_line(problem.line);
    added.set_field(problem.field);
    added.set_reason(problem.reason);
  }
  return answer;
}

}  // namespace reeve::billing::file
