// Published 311 files: rows are those that were written, and each becomes a case or a finding.
#include <algorithm>

#include "services/case311/case_import/case_import.h"
#include "services/reevectl/form/csv.h"
#include "tests/fuzz/target.h"

namespace reeve::fuzz {
namespace {

std::string Quoted(const std::string& cell) {
  std::string text = "\"";
  for (const char c : cell) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + "\"";
}

// The rows once more, every cell in quotes.
std::string Written(const std::vector<reevectl::CsvRow>& rows) {
  std::string text;
  const auto add = [&](const reevectl::CsvRow& row, bool header) {
    bool first = true;
    for (const auto& [name, cell] : row.cells) {
      text += (first ? "" : ",") + Quoted(header ? name : cell);
      first = false;
    }
    text += "\n";
  };
  if (!rows.empty()) add(rows.front(), true);
  for (const reevectl::CsvRow& row : rows) add(row, false);
  return text;
}

case311::ImportRow ToRow(const reevectl::CsvRow& csv) {
  const auto cell = [&](const char* boston, const char* nyc) {
    const auto found = csv.cells.find(boston);
    if (found != csv.cells.end()) return found->second;
    const auto other = csv.cells.find(nyc);
    return other == csv.cells.end() ? std::string() : other->second;
  };
  case311::ImportRow row;
  row.line = csv.line;
  row.source_id = cell("case_enquiry_id", "Unique Key");
  row.type_name = cell("case_title", "Complaint Type");
  row.closed_by_status = cell("case_status", "Status") == "Closed";
  row.opened = cell("open_dt", "Created Date");
  row.target = cell("target_dt", "Due Date");
  row.closed = cell("closed_dt", "Closed Date");
  row.address = cell("location", "Incident Address");
  return row;
}

}  // namespace
}  // namespace reeve::fuzz

REEVE_FUZZ_TARGET(case_rows) {
  const auto rows = reevectl::ParseCsv(input);
  if (!rows.ok()) return;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const reevectl::CsvRow& row = (*rows)[i];
    Require(row.line > (i == 0 ? 1 : (*rows)[i - 1].line), "rows are in the order of the file");
    Require(row.cells.size() == rows->front().cells.size(), "rows have the header's cells");
  }
  const auto again = reevectl::ParseCsv(Written(*rows));
  Require(again.ok() && again->size() == rows->size(), "the rows can be written");
  for (std::size_t i = 0; i < rows->size(); ++i) {
    Require((*again)[i].cells == (*rows)[i].cells, "what is written is what was read");
  }
  static const TimeZone zone = TimeZone::Load("EST").value();
  const Instant now = Instant::Parse("2026-11-26T12:00:00Z").value();
  for (const reevectl::CsvRow& csv : *rows) {
    const auto judged = case311::Judge(ToRow(csv), "", "boston", zone, now);
    if (const auto* finding = std::get_if<case311::ImportFinding>(&judged)) {
      Require(!finding->reason.empty() && finding->line == csv.line, "a finding names its row");
    } else {
      Require(std::get<case311::ImportedCase>(judged).changed.after.opened_time <= now,
              "no case is of the future");
    }
  }
}
