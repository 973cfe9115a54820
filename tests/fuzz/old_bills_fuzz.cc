// The old system's bills: a file that is taken has totals that are the sums of its lines, added up
// here from its text.
#include <map>
#include <set>
#include <tuple>

#include "services/billing/shadow/old_bill.h"
#include "shared/core/decimal.h"
#include "tests/fuzz/target.h"

namespace reeve::fuzz {
namespace {

using namespace reeve::billing::shadow;

std::vector<std::string> Cells(std::string_view row) {
  std::vector<std::string> cells(1);
  for (const char c : row) {
    if (c == ',') {
      cells.emplace_back();
    } else if (c != '\r') {
      cells.back() += c;
    }
  }
  return cells;
}

// Dollars of the file's lines, and of its totals, by service.
using Dollars = std::map<std::string, __int128>;
std::pair<Dollars, Dollars> AddUp(std::string_view text) {
  Dollars lines;
  Dollars totals;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    const std::vector<std::string> cells = Cells(text.substr(start, end - start));
    start = end + 1;
    if (cells.size() != 10 || (cells[0] != "line" && cells[0] != "total")) continue;
    const std::int64_t cents = ParseDecimal(cells[9], 2, Money::kMaxCents).value();
    (cells[0] == "line" ? lines : totals)[cells[2]] += cents;
  }
  return {lines, totals};
}

// What the service asks the database of a whole file, of the lines themselves.
bool IsTaken(const OldRows& rows, Totals& summed) {
  if (!rows.problems.empty()) return false;
  std::map<AccountId, std::vector<OldLine>> accounts;
  for (const OldLine& line : rows.lines) accounts[line.account].push_back(line);
  for (const auto& [account, lines] : accounts) {
    const std::vector<OldService> services = GroupByService(lines);
    for (const OldService& service : services) {
      for (const OldLine& line : service.lines) {
        if (std::tie(line.unit, line.usage_thousandths, line.from_date, line.to_date) !=
            std::tie(service.unit, service.usage_thousandths, service.from_date, service.to_date)) {
          return false;
        }
      }
    }
    AddOldBill(services, summed);
  }
  Totals said;
  for (const FileTotal& total : rows.totals) said[total.service] = total.total;
  return DisagreementsOf(said, summed).empty();
}

}  // namespace
}  // namespace reeve::fuzz

REEVE_FUZZ_TARGET(old_bills) {
  const OldRows rows = ParseOldBills(input, 1);
  for (const OldLine& line : rows.lines) {
    Require(line.account.value() > 0 && line.from_date < line.to_date, "a line is of some days");
    Require(line.usage_thousandths >= 0 && (!line.unit.empty() || line.usage_thousandths == 0),
            "use has a unit");
    Require(line.amount.cents() <= kLineCentsMax && line.amount.cents() >= -kLineCentsMax,
            "an amount is in its range");
  }
  for (const Problem& problem : rows.problems) {
    Require(problem.line > 0 && !problem.field.empty() && !problem.reason.empty(),
            "a problem names line, field and reason");
  }
  Totals summed;
  if (!IsTaken(rows, summed)) return;
  const auto [lines, totals] = AddUp(input);
  for (const auto& [service, cents] : lines) {
    Require(totals.contains(service) && totals.at(service) == cents, "totals are sums of lines");
    Require(summed.at(service).amount_cents == cents, "the sums are those of the text");
  }
}
