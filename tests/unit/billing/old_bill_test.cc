#include "services/billing/shadow/old_bill.h"

#include <gtest/gtest.h>

namespace reeve::billing::shadow {
namespace {

std::string File(const std::string& rows) { return std::string(kHeader) + "\n" + rows; }

TEST(OldBillTest, ReadsLinesAndTotals) {
  const OldRows rows =
      ParseOldBills(File("line,10000000009,water,Water,2026-10-20,2026-11-19,kgal,9.5,8,16.00\r\n"
                         "\n"
                         "line,10000000009,storm,Credit,2026-10-20,2026-11-19,,,,-3.5\n"
                         "total,1,water,,,,kgal,9.5,,16.00"),
                    1);
  EXPECT_TRUE(rows.problems.empty());
  ASSERT_EQ(rows.lines.size(), 2u);
  EXPECT_EQ(rows.lines[0].line, 2);
  EXPECT_EQ(rows.lines[0].account, AccountId(10000000009));
  EXPECT_EQ(rows.lines[0].usage_thousandths, 9'500);
  EXPECT_EQ(rows.lines[0].quantity_thousandths, 8'000);
  EXPECT_EQ(rows.lines[1].line, 4);
  EXPECT_EQ(rows.lines[1].quantity_thousandths, std::nullopt);
  EXPECT_EQ(rows.lines[1].amount, Money::Cents(-350));
  ASSERT_EQ(rows.totals.size(), 1u);
  EXPECT_EQ(rows.totals[0].total, (Total{"kgal", 1, 9'500, 16'00}));
}

struct Bad {
  std::string name;
  std::string row;
  std::vector<std::string> fields;  // of what is wrong with it, all at once
};
class OldBillRefusal : public ::testing::TestWithParam<Bad> {};

TEST_P(OldBillRefusal, NamesLineAndFields) {
  const OldRows rows = ParseOldBills(File(GetParam().row), 1);
  std::vector<std::string> fields;
  for (const Problem& problem : rows.problems) {
    EXPECT_EQ(problem.line, 2);
    EXPECT_NE(problem.reason, "");
    fields.push_back(problem.field);
  }
  EXPECT_EQ(fields, GetParam().fields);
  EXPECT_TRUE(rows.lines.empty());
  EXPECT_TRUE(rows.totals.empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, OldBillRefusal,
    ::testing::Values(
        Bad{"Columns", "line,1,water", {"row"}}, Bad{"Kind", "sum,1,w,,,,,,,1.00", {"row"}},
        Bad{"Everything",
            "line,x,,,2026-13-01,19.11.2026,litre,a,b,1.005",
            {"account", "service", "line", "from_date", "to_date", "unit", "usage", "quantity",
             "amount"}},
        Bad{"Dates", "line,1,w,B,2026-11-19,2026-11-19,,,,1.00", {"to_date"}},
        Bad{"UseWithoutUnit", "line,1,w,B,2026-10-19,2026-11-19,,5,,1.00", {"usage"}},
        Bad{"UnitWithoutUse", "line,1,w,B,2026-10-19,2026-11-19,kgal,,,1.00", {"usage"}},
        Bad{"NegativeUse", "line,1,w,B,2026-10-19,2026-11-19,kgal,-1,,1.00", {"usage"}},
        Bad{"TooMuch", "line,1,w,B,2026-10-19,2026-11-19,,,,10000000000.01", {"amount"}},
        Bad{"Blanks", "line,1, w,B,2026-10-19,2026-11-19,,,,1.00", {"service"}},
        Bad{"NotUtf8", "line,1,w,\xC3\x28,2026-10-19,2026-11-19,,,,1.00", {"line"}},
        Bad{"TotalWithLine", "total,1,w,B,2026-10-19,,,,7,1.00", {"line", "from_date", "quantity"}},
        Bad{"TotalCount", "total,-1,w,,,,,,,1.00", {"account"}},
        Bad{"Long", "line,1,w," + std::string(700, 'x'), {"row"}}),
    [](const auto& test) { return test.param.name; });

TEST(OldBillTest, AFileBeginsWithItsHeader) {
  EXPECT_EQ(ParseOldBills("account,amount\n", 1).problems.size(), 1u);
  EXPECT_EQ(ParseOldBills("", 1).problems.size(), 1u);
  EXPECT_TRUE(ParseOldBills("", 7).problems.empty());
}

TEST(OldBillTest, AServiceHasOneTotal) {
  const OldRows rows = ParseOldBills(File("total,1,w,,,,,,,1.00\ntotal,1,w,,,,,,,1.00\n"), 1);
  ASSERT_EQ(rows.problems.size(), 1u);
  EXPECT_EQ(rows.problems[0], (Problem{3, "service", "has a total already"}));
}

TEST(OldBillTest, TotalsAreTheSumsOfTheLines) {
  const Totals summed{{"water", {"kgal", 2, 9'000, 41'00}}};
  EXPECT_TRUE(DisagreementsOf(summed, summed).empty());
  for (const Total& said : {Total{"CCF", 2, 9'000, 41'00}, Total{"kgal", 3, 9'000, 41'00},
                            Total{"kgal", 2, 9'001, 41'00}, Total{"kgal", 2, 9'000, 41'01}}) {
    EXPECT_EQ(DisagreementsOf({{"water", said}}, summed).size(), 1u);
  }
  EXPECT_EQ(DisagreementsOf({}, summed).size(), 1u);
  EXPECT_EQ(DisagreementsOf(summed, {}).size(), 1u);
}

}  // namespace
}  // namespace reeve::billing::shadow
