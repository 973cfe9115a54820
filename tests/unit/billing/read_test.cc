#include "services/billing/read/read.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace reeve::billing::read {
namespace {

const Date kToday = Date::Parse("2026-11-22").value();
constexpr std::int64_t kCount = Quantity::kScale;

struct RowCase {
  const char* name;
  std::string line;
  std::optional<Problem> problem;  // none: a row
};

class ParsedRow : public ::testing::TestWithParam<RowCase> {};

TEST_P(ParsedRow, IsJudgedByItsText) {
  const std::variant<Row, Problem> parsed = ParseRow(GetParam().line, kToday);
  if (!GetParam().problem) {
    ASSERT_TRUE(std::holds_alternative<Row>(parsed));
    return;
  }
  ASSERT_TRUE(std::holds_alternative<Problem>(parsed));
  EXPECT_EQ(ProblemName(std::get<Problem>(parsed)), ProblemName(*GetParam().problem));
}

INSTANTIATE_TEST_SUITE_P(
    ByText, ParsedRow,
    ::testing::Values(
        RowCase{"Good", "E100,2026-11-20,41203,kWh", std::nullopt},
        RowCase{"GoodWithDecimals", "W7,2026-11-20,412.5,kgal", std::nullopt},
        RowCase{"Today", "E100,2026-11-22,0,kWh", std::nullopt},
        RowCase{"Empty", "", Problem::kMalformed},
        RowCase{"ThreeFields", "E100,2026-11-20,41203", Problem::kMalformed},
        RowCase{"FiveFields", "E100,2026-11-20,41203,kWh,", Problem::kMalformed},
        RowCase{"NoMeter", ",2026-11-20,41203,kWh", Problem::kMalformed},
        RowCase{"LongMeter", std::string(41, 'E') + ",2026-11-20,1,kWh", Problem::kMalformed},
        RowCase{"TooLong", "E," + std::string(300, '1') + ",1,kWh", Problem::kMalformed},
        RowCase{"ControlCharacter", std::string("E1\x01,2026-11-20,1,kWh"), Problem::kMalformed},
        RowCase{"NotUtf8", "E1\xff,2026-11-20,1,kWh", Problem::kMalformed},
        RowCase{"ReadIsAWord", "E100,2026-11-20,none,kWh", Problem::kNotANumber},
        RowCase{"ReadIsEmpty", "E100,2026-11-20,,kWh", Problem::kNotANumber},
        RowCase{"ReadHasAComma", "E100,2026-11-20,4 1203,kWh", Problem::kNotANumber},
        RowCase{"ReadHasAnExponent", "E100,2026-11-20,4e3,kWh", Problem::kNotANumber},
        RowCase{"ReadIsHuge", "E100,2026-11-20,99999999999999999999,kWh", Problem::kNotANumber},
        RowCase{"ReadIsHex", "E100,2026-11-20,0x1f,kWh", Problem::kNotANumber},
        RowCase{"NotANumberBeatsDate", "E100,yesterday,x,kWh", Problem::kNotANumber},
        RowCase{"Negative", "E100,2026-11-20,-5,kWh", Problem::kNegative},
        RowCase{"NegativeBeatsDate", "E100,yesterday,-5,kWh", Problem::kNegative},
        RowCase{"NoDate", "E100,,5,kWh", Problem::kWrongDate},
        RowCase{"AmericanDate", "E100,11/20/2026,5,kWh", Problem::kWrongDate},
        RowCase{"NoSuchDay", "E100,2026-02-30,5,kWh", Problem::kWrongDate},
        RowCase{"Tomorrow", "E100,2026-11-23,5,kWh", Problem::kFutureDate}),
    [](const auto& info) { return info.param.name; });

TEST(ReadTest, RandomBytesAreNeverARowByAccidentAndNeverCrash) {
  std::mt19937_64 random(20261122);
  const std::string alphabet = "E1,2026-11-20,5,kWh\r\n\t\"'\xff\xc3\xa9- .";
  for (int i = 0; i < 200'000; ++i) {
    std::string line(random() % 40, ' ');
    for (char& c : line) c = alphabet[random() % alphabet.size()];
    const std::variant<Row, Problem> parsed = ParseRow(line, kToday);
    if (const Row* row = std::get_if<Row>(&parsed)) {
      ASSERT_EQ(std::count(line.begin(), line.end(), ','), 3);
      ASSERT_LE(row->read_date, kToday);
      ASSERT_GE(row->read_thousandths, 0);
    }
  }
}

Row RowOf(const char* date, std::int64_t counts, const char* unit = "kWh") {
  return {"E100", Date::Parse(date).value(), counts * kCount, unit};
}

Meter MeterWith(const char* last_date, std::int64_t last_counts, int digits = 5) {
  return {"kWh", digits, {Reading{Date::Parse(last_date).value(), last_counts * kCount}, {}, {}}};
}

struct MeterCase {
  const char* name;
  Row row;
  Meter meter;
  std::optional<Problem> problem;
};

class JudgedRow : public ::testing::TestWithParam<MeterCase> {};

TEST_P(JudgedRow, ByItsMeter) {
  const std::optional<Problem> problem = Judge(GetParam().row, GetParam().meter);
  ASSERT_EQ(problem.has_value(), GetParam().problem.has_value());
  if (problem) EXPECT_EQ(ProblemName(*problem), ProblemName(*GetParam().problem));
}

INSTANTIATE_TEST_SUITE_P(
    ByPrecedence, JudgedRow,
    ::testing::Values(MeterCase{"WrongUnitBeatsDigits", RowOf("2026-11-20", 1'000'000, "kgal"),
                                MeterWith("2026-10-20", 5), Problem::kWrongUnit},
                      MeterCase{"TooManyDigitsBeatsDuplicate", RowOf("2026-10-20", 100'000),
                                MeterWith("2026-10-20", 5), Problem::kTooManyDigits},
                      MeterCase{"Duplicate", RowOf("2026-10-20", 4), MeterWith("2026-10-20", 5),
                                Problem::kDuplicate},
                      MeterCase{"OutOfOrderBeatsLower", RowOf("2026-10-19", 4),
                                MeterWith("2026-10-20", 5), Problem::kOutOfOrder},
                      MeterCase{"Lower", RowOf("2026-11-20", 4), MeterWith("2026-10-20", 5),
                                Problem::kLowerThanLast},
                      MeterCase{"LowerFromTheMiddleIsNoRollover", RowOf("2026-11-20", 10),
                                MeterWith("2026-10-20", 50'000), Problem::kLowerThanLast},
                      MeterCase{"HighestNumber", RowOf("2026-11-20", 99'999),
                                MeterWith("2026-10-20", 5), std::nullopt},
                      MeterCase{"Rollover", RowOf("2026-11-20", 12),
                                MeterWith("2026-10-20", 99'990), std::nullopt},
                      MeterCase{"SameReadNoUse", RowOf("2026-11-20", 5), MeterWith("2026-10-20", 5),
                                std::nullopt},
                      MeterCase{"First", RowOf("2026-11-20", 5), Meter{"kWh", 5, {}},
                                std::nullopt}),
    [](const auto& info) { return info.param.name; });

Reading On(const char* date, std::int64_t counts) {
  return {Date::Parse(date).value(), counts * kCount};
}

struct AdvanceCase {
  const char* name;
  History history;
  Reading now;
  Advance advance;
  int digits = 5;
};

class ToldApart : public ::testing::TestWithParam<AdvanceCase> {};

TEST_P(ToldApart, ByTheDecisionTable) {
  EXPECT_EQ(AdvanceTo(GetParam().history, GetParam().now, GetParam().digits), GetParam().advance);
}

// 30 kWh a day before, unless the case says otherwise.
const std::optional<Reading> kBefore = On("2026-09-20", 98'000);

INSTANTIATE_TEST_SUITE_P(
    ReadTest, ToldApart,
    ::testing::Values(
        // Temple, Texas: 245 to 324 is 79 units.
        AdvanceCase{
            "Temple", {On("2026-10-20", 245), {}, {}}, On("2026-11-19", 324), Advance::kForward},
        AdvanceCase{
            "NoUse", {On("2026-10-20", 245), {}, {}}, On("2026-11-19", 245), Advance::kForward},
        AdvanceCase{"Rollover",
                    {On("2026-10-20", 99'990), {}, {}},
                    On("2026-11-19", 12),
                    Advance::kRollover},
        AdvanceCase{"HighestNumberToZero",
                    {On("2026-10-20", 99'999), {}, {}},
                    On("2026-11-19", 0),
                    Advance::kRollover},
        AdvanceCase{"FromTheMiddle",
                    {On("2026-10-20", 50'000), {}, {}},
                    On("2026-11-19", 12),
                    Advance::kMisread},
        AdvanceCase{"JustBelowTheLastTenth",
                    {On("2026-10-20", 89'999), {}, {}},
                    On("2026-11-19", 12),
                    Advance::kMisread},
        AdvanceCase{"JustAboveTheFirstTenth",
                    {On("2026-10-20", 99'999), {}, {}},
                    On("2026-11-19", 10'000),
                    Advance::kMisread},
        AdvanceCase{"TwoDigitsExchanged",
                    {On("2026-10-20", 41'203), {}, {}},
                    On("2026-11-19", 40'123),
                    Advance::kMisread},
        // Without a use before, a tenth of the register and no more.
        AdvanceCase{
            "ATenth", {On("2026-10-20", 90'001), {}, {}}, On("2026-11-19", 1), Advance::kRollover},
        AdvanceCase{"MoreThanATenth",
                    {On("2026-10-20", 90'000), {}, {}},
                    On("2026-11-19", 1),
                    Advance::kRolloverTooFar},
        // 900 in 30 days before: 9,000 in 30 days is ten times that.
        AdvanceCase{"TenTimesTheUse",
                    {On("2026-10-20", 98'900), kBefore, {}},
                    On("2026-11-19", 7'900),
                    Advance::kRollover},
        AdvanceCase{"MoreThanTenTimesTheUse",
                    {On("2026-10-20", 98'900), kBefore, {}},
                    On("2026-11-19", 7'901),
                    Advance::kRolloverTooFar},
        AdvanceCase{"MoreDaysMoreUse",
                    {On("2026-10-20", 98'900), kBefore, {}},
                    On("2026-12-19", 7'901),
                    Advance::kRollover},
        // Nothing was used before: a hundredth of the register is no wonder.
        AdvanceCase{"AHundredth",
                    {On("2026-10-20", 99'500), On("2026-09-20", 99'500), {}},
                    On("2026-11-19", 500),
                    Advance::kRollover},
        AdvanceCase{"MoreThanAHundredth",
                    {On("2026-10-20", 99'500), On("2026-09-20", 99'500), {}},
                    On("2026-11-19", 501),
                    Advance::kRolloverTooFar},
        AdvanceCase{"FourDigits",
                    {On("2026-10-20", 9'990), {}, {}},
                    On("2026-11-19", 12),
                    Advance::kRollover,
                    4},
        // Utah R746-310-9: a complete revolution that did not occur is overbilling.
        AdvanceCase{"BelowAnEstimate",
                    {On("2026-10-20", 41'300), On("2026-09-20", 40'391), On("2026-09-20", 40'391)},
                    On("2026-11-19", 41'203),
                    Advance::kOverEstimate},
        AdvanceCase{"AtTheLastActual",
                    {On("2026-10-20", 41'300), On("2026-09-20", 40'391), On("2026-09-20", 40'391)},
                    On("2026-11-19", 40'391),
                    Advance::kOverEstimate},
        AdvanceCase{"BelowTheLastActual",
                    {On("2026-10-20", 41'300), On("2026-09-20", 40'391), On("2026-09-20", 40'391)},
                    On("2026-11-19", 40'390),
                    Advance::kMisread},
        AdvanceCase{"AboveAnEstimate",
                    {On("2026-10-20", 41'300), On("2026-09-20", 40'391), On("2026-09-20", 40'391)},
                    On("2026-11-19", 42'000),
                    Advance::kForward},
        AdvanceCase{"EstimatedPastTheHighestNumber",
                    {On("2026-10-20", 20), On("2026-09-20", 99'900), On("2026-09-20", 99'900)},
                    On("2026-11-19", 99'990),
                    Advance::kOverEstimate},
        AdvanceCase{"RolloverBehindAnEstimate",
                    {On("2026-10-20", 99'950), On("2026-09-20", 99'000), On("2026-09-20", 99'000)},
                    On("2026-11-19", 12),
                    Advance::kRollover}),
    [](const auto& info) { return info.param.name; });

TEST(ReadTest, OnlyWhatSomebodyMustResolveIsQueued) {
  for (const Problem problem : {Problem::kMalformed, Problem::kNotANumber, Problem::kNegative,
                                Problem::kWrongDate, Problem::kFutureDate}) {
    EXPECT_FALSE(IsQueued(problem)) << ProblemName(problem);
  }
  for (const Problem problem :
       {Problem::kUnknownMeter, Problem::kWrongUnit, Problem::kTooManyDigits, Problem::kDuplicate,
        Problem::kOutOfOrder, Problem::kBelowEstimate, Problem::kLowerThanLast,
        Problem::kRolloverTooFar}) {
    EXPECT_TRUE(IsQueued(problem)) << ProblemName(problem);
  }
}

TEST(ReadTest, UseIsTheDifferenceTimesTheMultiplier) {
  EXPECT_EQ(UsageBetween(40'391 * kCount, 41'203 * kCount, 5, 1000).value(), 812 * kCount);
  EXPECT_EQ(UsageBetween(40'391 * kCount, 41'203 * kCount, 5, 10'000).value(), 8120 * kCount);
  EXPECT_EQ(UsageBetween(99'990 * kCount, 12 * kCount, 5, 1000).value(), 22 * kCount);
  // Temple, Texas: 79 units of 100 gallons are 7,900 gallons.
  EXPECT_EQ(UsageBetween(245 * kCount, 324 * kCount, 5, 100).value(), 7'900);
  const auto fallen = UsageBetween(50'000 * kCount, 12 * kCount, 5, 1000);
  ASSERT_FALSE(fallen.ok());
  EXPECT_EQ(fallen.error().reason(), reason::kReadsFall.name);
}

TEST(ReadTest, UseOfTwoPartsIsTheUseOfTheWhole) {
  std::mt19937_64 random(20261122);
  for (int i = 0; i < 200'000; ++i) {
    const std::int64_t from = static_cast<std::int64_t>(random() % 90'000'000);
    const std::int64_t middle = from + static_cast<std::int64_t>(random() % 5'000'000);
    const std::int64_t to = middle + static_cast<std::int64_t>(random() % 4'000'000);
    const std::int64_t multiplier = 1 + static_cast<std::int64_t>(random() % 20'000);
    ASSERT_EQ(UsageBetween(from, middle, 5, multiplier).value() +
                  UsageBetween(middle, to, 5, multiplier).value(),
              UsageBetween(from, to, 5, multiplier).value());
  }
}

}  // namespace
}  // namespace reeve::billing::read
