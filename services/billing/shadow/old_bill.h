// Old bills: the file that the old system writes of what it billed. Pure.
//
//   row,account,service,line,from_date,to_date,unit,usage,quantity,amount
//   line,10000000009,water,Water use,2026-10-20,2026-11-19,kgal,9,8,16.00
//   total,1,water,,,,kgal,9,,41.00
//
// README.md says what each column means.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/billing/file/columns.h"
#include "shared/core/date.h"
#include "shared/core/id.h"
#include "shared/core/money.h"

namespace reeve::billing::shadow {

inline constexpr std::string_view kHeader =
    "row,account,service,line,from_date,to_date,unit,usage,quantity,amount";
inline constexpr std::int64_t kLineCentsMax = 1'000'000'000'000;       // either way
inline constexpr std::int64_t kTotalUsageMax = 1'000'000'000'000'000;  // thousandths

// A charge of a bill.
struct OldLine {
  std::int64_t line = 0;  // its number in the file
  AccountId account;
  std::string service;
  std::string name;  // as the schedule's component is named
  Date from_date;    // not billed itself: the day of the read that begins the period
  Date to_date;
  std::string unit;                    // of the use; empty: not metered
  std::int64_t usage_thousandths = 0;  // of all meters of the account and service, on each line
  std::optional<std::int64_t> quantity_thousandths;  // what this line prices, if it is known
  Money amount;
};

// Counts, units and dollars of a service.
struct Total {
  std::string unit;
  std::int64_t account_count = 0;
  std::int64_t usage_thousandths = 0;
  std::int64_t amount_cents = 0;
  bool operator==(const Total&) const = default;
};
inline constexpr std::string_view kSeveralUnits = "several units";
struct FileTotal {
  std::int64_t line = 0;
  std::string service;
  Total total;
};

using file::Problem;

// Lines of a file, and everything that is wrong with them. `lines` and `totals` have those that are
// right.
struct OldRows {
  std::vector<OldLine> lines;
  std::vector<FileTotal> totals;
  std::vector<Problem> problems;
};

// Splits at line breaks (LF or CRLF); blank lines count, but are no rows. The first line of a file
// is its header. A second total of a service is a problem.
OldRows ParseOldBills(std::string_view text, std::int64_t first_line);

// What the lines of one account and service come to.
struct OldService {
  std::string service;
  std::string unit;
  std::int64_t usage_thousandths = 0;
  Date from_date;
  Date to_date;
  std::int64_t amount_cents = 0;
  std::vector<OldLine> lines;  // in the order of the file
};

// In the order of the file. Lines of one account and service tell the same days, unit and use (a
// file is not taken otherwise): they are those of the first.
std::vector<OldService> GroupByService(const std::vector<OldLine>& of_account);

// By service.
using Totals = std::map<std::string, Total, std::less<>>;
// Adds what one account was billed.
void AddOldBill(const std::vector<OldService>& services, Totals& totals);
// What a file says of itself against the sums of its lines. A service that only one
// side knows is a problem too.
std::vector<std::string> DisagreementsOf(const Totals& said, const Totals& summed);

}  // namespace reeve::billing::shadow
