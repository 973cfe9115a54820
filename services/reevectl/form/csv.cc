#include "services/reevectl/form/csv.h"

namespace reeve::reevectl {
namespace {

Error Malformed(std::int64_t line, const std::string& what) {
  return Error(Code::kInvalidArgument, reason::kInvalidRequest,
               "Line " + std::to_string(line) + ": " + what + ".");
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
  }

  bool AtEnd() const { return text_.empty(); }
  std::int64_t line() const { return line_; }

  Result<std::vector<std::string>> Row() {
    std::vector<std::string> cells(1);
    bool quoted = false;
    const std::int64_t first_line = line_;
    while (!text_.empty()) {
      const char letter = Take();
      if (quoted) {
        if (letter != '"') {
          cells.back() += letter;
        } else if (!text_.empty() && text_.front() == '"') {
          cells.back() += Take();
        } else {
          quoted = false;
        }
      } else if (letter == '"') {
        quoted = true;
      } else if (letter == ',') {
        cells.emplace_back();
      } else if (letter == '\n') {
        return cells;
      } else if (letter != '\r') {
        cells.back() += letter;
      }
    }
    if (quoted) return Malformed(first_line, "a quote stays open");
    return cells;
  }

 private:
  char Take() {
    const char letter = text_.front();
    text_.remove_prefix(1);
    if (letter == '\n') ++line_;
    return letter;
  }

  std::string_view text_;
  std::int64_t line_ = 1;
};

}  // namespace

Result<std::vector<CsvRow>> ParseCsv(std::string_view text) {
  Reader reader(text);
  REEVE_ASSIGN_OR_RETURN(const std::vector<std::string> header, reader.Row());
  std::vector<CsvRow> rows;
  while (!reader.AtEnd()) {
    CsvRow row{reader.line(), {}};
    REEVE_ASSIGN_OR_RETURN(const std::vector<std::string> cells, reader.Row());
    if (cells.size() != header.size()) {
      return Malformed(row.line, std::to_string(cells.size()) + " cells under a header of " +
                                     std::to_string(header.size()));
    }
    for (std::size_t i = 0; i < cells.size(); ++i) row.cells[header[i]] = cells[i];
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace reeve::reevectl
