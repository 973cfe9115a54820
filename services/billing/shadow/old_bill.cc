#include "services/billing/shadow/old_bill.h"

#include <algorithm>
#include <array>

#include "shared/core/decimal.h"
#include "shared/core/fields.h"
#include "shared/core/quantity.h"

namespace reeve::billing::shadow {
namespace {

constexpr std::size_t kColumns = 10;
constexpr std::size_t kServiceMax = 30;
constexpr std::size_t kNameMax = 100;
constexpr std::int64_t kAccountMax = 1'000'000'000'000'000'000;
constexpr std::array<std::string_view, kColumns> kNames{"row",       "account", "service", "line",
                                                        "from_date", "to_date", "unit",    "usage",
                                                        "quantity",  "amount"};
enum Column : std::size_t {
  kRow,
  kAccount,
  kService,
  kLine,
  kFrom,
  kTo,
  kUnit,
  kUsage,
  kQuantity,
  kAmount
};

// One row: what of its columns cannot be read goes to the problems.
class Row {
 public:
  Row(std::int64_t line, OldRows& rows)
      : line_(line), rows_(rows), cells_(line, kNames, rows.problems) {}

  void Read(std::string_view text) {
    if (!cells_.Split(text)) return;
    if (cells_[kRow] == "line") return ReadLine();
    if (cells_[kRow] == "total") return ReadTotal();
    cells_.RefuseRow("is neither line nor total");
  }

 private:
  void ReadLine() {
    OldLine line;
    line.line = line_;
    line.account = AccountId(Number(kAccount, 0, 1, kAccountMax));
    line.service = Text(kService, kServiceMax);
    line.name = Text(kLine, kNameMax);
    line.from_date = Day(kFrom);
    line.to_date = Day(kTo);
    if (cells_.ok() && line.to_date <= line.from_date) Refuse(kTo, "is not after from_date");
    line.unit = UnitOf();
    if (!line.unit.empty() || !cells_[kUsage].empty()) {
      line.usage_thousandths = Number(kUsage, 3, 0, Quantity::kMaxThousandths);
    }
    if (line.unit.empty() && !cells_[kUsage].empty()) Refuse(kUsage, "has no unit");
    if (!cells_[kQuantity].empty()) {
      line.quantity_thousandths = Number(kQuantity, 3, 0, Quantity::kMaxThousandths);
    }
    line.amount = Money::Cents(Number(kAmount, 2, -kLineCentsMax, kLineCentsMax));
    if (cells_.ok()) rows_.lines.push_back(std::move(line));
  }

  void ReadTotal() {
    FileTotal total;
    total.line = line_;
    total.total.account_count = Number(kAccount, 0, 0, kAccountMax);
    total.service = Text(kService, kServiceMax);
    for (const Column column : {kLine, kFrom, kTo, kQuantity}) {
      if (!cells_[column].empty()) Refuse(column, "is empty in a total");
    }
    total.total.unit = UnitOf();
    if (!total.total.unit.empty() || !cells_[kUsage].empty()) {
      total.total.usage_thousandths = Number(kUsage, 3, 0, kTotalUsageMax);
    }
    total.total.amount_cents = Number(kAmount, 2, -Money::kMaxCents, Money::kMaxCents);
    if (cells_.ok() &&
        std::any_of(rows_.totals.begin(), rows_.totals.end(),
                    [&](const FileTotal& one) { return one.service == total.service; })) {
      Refuse(kService, "has a total already");
    }
    if (cells_.ok()) rows_.totals.push_back(std::move(total));
  }

  std::string Text(Column column, std::size_t length_max) {
    Fields fields;
    std::string text = fields.Text(kNames[column], cells_[column], 1, length_max);
    for (const FieldViolation& violation : fields.error().violations()) {
      Refuse(column, violation.description);
    }
    // What is trimmed away would be another name on the way back.
    if (fields.ok() && text != cells_[column]) Refuse(column, "has blanks around it");
    return text;
  }
  std::int64_t Number(Column column, int decimals, std::int64_t min, std::int64_t max) {
    return cells_.Number(column, decimals, min, max).value_or(0);
  }
  Date Day(Column column) {
    const Result<Date> day = Date::Parse(cells_[column]);
    if (day.ok()) return *day;
    Refuse(column, "is not a day of the form 2026-11-22");
    return {};
  }
  std::string UnitOf() {
    if (!cells_[kUnit].empty() && !ParseUnit(cells_[kUnit]).ok()) {
      Refuse(kUnit, "is no unit: kWh, kgal, CCF");
    }
    return std::string(cells_[kUnit]);
  }

  void Refuse(Column column, std::string why) { cells_.Refuse(column, std::move(why)); }

  const std::int64_t line_;
  OldRows& rows_;
  file::Columns cells_;
};

std::string Spelled(const Total& total) {
  std::string text = std::to_string(total.account_count) + " accounts, ";
  if (!total.unit.empty()) {
    text += PrintDecimal(total.usage_thousandths, 3, 0) + " " + total.unit + ", ";
  }
  return text + PrintDecimal(total.amount_cents, 2, 2);
}

}  // namespace

OldRows ParseOldBills(std::string_view text, std::int64_t first_line) {
  OldRows rows;
  file::ReadRows(text, first_line, kHeader, rows.problems,
                 [&](std::int64_t line, std::string_view row) { Row(line, rows).Read(row); });
  return rows;
}

std::vector<OldService> GroupByService(const std::vector<OldLine>& of_account) {
  std::vector<OldService> services;
  for (const OldLine& line : of_account) {
    const auto found = std::find_if(services.begin(), services.end(), [&](const OldService& known) {
      return known.service == line.service;
    });
    if (found == services.end()) {
      services.push_back({line.service,
                          line.unit,
                          line.usage_thousandths,
                          line.from_date,
                          line.to_date,
                          line.amount.cents(),
                          {line}});
    } else {
      found->amount_cents += line.amount.cents();
      found->lines.push_back(line);
    }
  }
  return services;
}

void AddOldBill(const std::vector<OldService>& services, Totals& totals) {
  for (const OldService& old : services) {
    Total& total = totals[old.service];
    if (total.account_count == 0) total.unit = old.unit;
    if (total.unit != old.unit) total.unit = kSeveralUnits;
    ++total.account_count;
    total.usage_thousandths += old.usage_thousandths;
    total.amount_cents += old.amount_cents;
  }
}

std::vector<std::string> DisagreementsOf(const Totals& said, const Totals& summed) {
  std::vector<std::string> disagreements;
  for (const auto& [service, total] : said) {
    const auto found = summed.find(service);
    const Total of_lines = found == summed.end() ? Total{total.unit, 0, 0, 0} : found->second;
    if (total == of_lines) continue;
    disagreements.push_back("the total of " + service + " says " + Spelled(total) +
                            ", its lines say " + Spelled(of_lines));
  }
  for (const auto& [service, total] : summed) {
    if (!said.contains(service)) disagreements.push_back("there is no total of " + service);
  }
  return disagreements;
}

}  // namespace reeve::billing::shadow
