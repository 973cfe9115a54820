// The reading file: every row becomes a read or a problem, none is lost.
#include <algorithm>

#include "services/billing/file/rows.h"
#include "services/billing/read/read.h"
#include "tests/fuzz/target.h"

REEVE_FUZZ_TARGET(reading_file) {
  using namespace reeve::billing::file;
  using namespace reeve::billing::read;
  const auto today = reeve::Date::Parse("2026-11-26").value();
  const auto rows = SplitLines(input, 1, kHeader);
  if (!rows.ok()) return;
  const std::int64_t next = NextLine(input, 1);
  std::int64_t before = 1;
  for (const NumberedRow& row : *rows) {
    Require(row.line > before && row.line < next, "rows are numbered in the order of the file");
    before = row.line;
    Require(row.text.find('\n') == std::string_view::npos, "a row is a line");
    const auto parsed = ParseRow(row.text, today);
    if (const Row* read = std::get_if<Row>(&parsed)) {
      Require(
          read->read_thousandths >= 0 && read->read_thousandths <= reeve::Quantity::kMaxThousandths,
          "a read is in its range");
      Require(read->read_date <= today, "a read is not of the future");
      Require(row.text.starts_with(read->meter_number + ","), "a read is of its meter");
      const Meter meter{read->unit, 6, {}};
      if (!Judge(*read, meter)) {
        Require(read->read_thousandths < FullScale(6), "a register shows what it can");
      }
    }
    const std::string excerpt = Excerpt(row.text);
    Require(
        std::all_of(excerpt.begin(), excerpt.end(), [](char c) { return c >= ' ' && c <= '~'; }),
        "an excerpt can be printed");
  }
  const auto lines = static_cast<std::int64_t>(std::count(input.begin(), input.end(), '\n'));
  Require(static_cast<std::int64_t>(rows->size()) <= lines, "a row is a line behind the header");
}
