#include "services/billing/read/correction.h"

#include <gtest/gtest.h>

namespace reeve::billing::read {
namespace {

constexpr std::int64_t kCount = Quantity::kScale;

struct KnownRead {
  const char* day;
  std::int64_t counts;
  char kind;  // 'A'ctual, 'E'stimated, estimated and 'B'illed
};

// Ids are 1, 2, 3, ...
std::vector<CountedRead> Reads(const std::vector<KnownRead>& known) {
  std::vector<CountedRead> reads;
  for (const KnownRead& one : known) {
    reads.push_back({static_cast<std::int64_t>(reads.size()) + 1,
                     {Date::Parse(one.day).value(), one.counts * kCount, one.kind != 'A'},
                     one.kind == 'B'});
  }
  return reads;
}

struct PlaceCase {
  const char* name;
  std::vector<KnownRead> reads;
  const char* day;
  std::int64_t counts;
  std::optional<Problem> problem;
  std::vector<std::int64_t> void_read_ids;
};

class Placed : public ::testing::TestWithParam<PlaceCase> {};

TEST_P(Placed, AmongThoseThatCount) {
  const PlaceCase& tried = GetParam();
  const Placement placement =
      PlaceAmong({"E100", Date::Parse(tried.day).value(), tried.counts * kCount, "kWh"},
                 {"kWh", 6, {}}, Reads(tried.reads));
  EXPECT_EQ(placement.problem ? ProblemName(*placement.problem) : "",
            tried.problem ? ProblemName(*tried.problem) : "");
  if (!tried.problem) {
    EXPECT_EQ(placement.void_read_ids, tried.void_read_ids);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Reads, Placed,
    ::testing::Values(
        PlaceCase{"First", {}, "2026-11-19", 5, {}, {}},
        PlaceCase{"Behind", {{"2026-10-20", 100, 'A'}}, "2026-11-19", 150, {}, {}},
        PlaceCase{
            "Below", {{"2026-10-20", 100, 'A'}}, "2026-11-19", 50, Problem::kLowerThanLast, {}},
        PlaceCase{
            "SameDay", {{"2026-11-19", 100, 'A'}}, "2026-11-19", 101, Problem::kDuplicate, {}},
        PlaceCase{"Between",
                  {{"2026-10-20", 100, 'A'}, {"2026-11-19", 150, 'A'}},
                  "2026-11-10",
                  140,
                  {},
                  {}},
        PlaceCase{"AboveTheNext",
                  {{"2026-10-20", 100, 'A'}, {"2026-11-19", 150, 'A'}},
                  "2026-11-10",
                  160,
                  Problem::kOutOfOrder,
                  {}},
        PlaceCase{"BetweenBelow",
                  {{"2026-10-20", 100, 'A'}, {"2026-11-19", 150, 'A'}},
                  "2026-11-10",
                  90,
                  Problem::kLowerThanLast,
                  {}},
        PlaceCase{"EstimateOfTheDayGivesWay",
                  {{"2026-10-20", 100, 'A'}, {"2026-11-19", 150, 'E'}},
                  "2026-11-19",
                  120,
                  {},
                  {2}},
        PlaceCase{"EstimateBehindGivesWay",
                  {{"2026-10-20", 100, 'A'}, {"2026-11-19", 150, 'E'}},
                  "2026-11-10",
                  170,
                  {},
                  {2}},
        PlaceCase{"EstimateBeforeStandsIfItFits",
                  {{"2026-10-20", 100, 'A'}, {"2026-11-19", 150, 'E'}},
                  "2026-12-19",
                  160,
                  {},
                  {}},
        PlaceCase{"ContradictedEstimatesGiveWayBackwards",
                  {{"2026-09-20", 80, 'A'}, {"2026-10-20", 100, 'E'}, {"2026-11-19", 150, 'E'}},
                  "2026-12-19",
                  120,
                  {},
                  {3}},
        PlaceCase{"AllOfThem",
                  {{"2026-09-20", 80, 'A'}, {"2026-10-20", 100, 'E'}, {"2026-11-19", 150, 'E'}},
                  "2026-12-19",
                  90,
                  {},
                  {3, 2}},
        PlaceCase{"BelowTheLastActualIsAMisread",
                  {{"2026-09-20", 80, 'A'}, {"2026-10-20", 100, 'E'}},
                  "2026-12-19",
                  70,
                  Problem::kLowerThanLast,
                  {}},
        PlaceCase{"BilledEstimateStays",
                  {{"2026-10-20", 100, 'A'}, {"2026-11-19", 150, 'B'}},
                  "2026-12-19",
                  120,
                  Problem::kBelowEstimate,
                  {}},
        PlaceCase{"BilledEstimateOfTheDayStays",
                  {{"2026-10-20", 100, 'A'}, {"2026-11-19", 150, 'B'}},
                  "2026-11-19",
                  120,
                  Problem::kDuplicate,
                  {}},
        PlaceCase{"OnlyWhatIsNotBilledGivesWay",
                  {{"2026-09-20", 80, 'A'}, {"2026-10-20", 100, 'B'}, {"2026-11-19", 150, 'E'}},
                  "2026-12-19",
                  120,
                  {},
                  {3}},
        PlaceCase{"NeverARevolution",
                  {{"2026-09-20", 899'900, 'A'}, {"2026-10-20", 950'000, 'B'}},
                  "2026-12-19",
                  899'950,
                  Problem::kBelowEstimate,
                  {}},
        PlaceCase{"ARolloverAmongOthers",
                  {{"2026-10-20", 999'900, 'A'}, {"2026-11-19", 50, 'A'}},
                  "2026-11-10",
                  20,
                  {},
                  {}}),
    [](const auto& info) { return info.param.name; });

TEST(CorrectionTest, HistoryEndsBeforeTheDay) {
  const std::vector<CountedRead> reads =
      Reads({{"2026-09-20", 80, 'A'}, {"2026-10-20", 100, 'E'}, {"2026-11-19", 150, 'A'}});
  const History history = HistoryBefore(reads, Date::Parse("2026-11-19").value());
  ASSERT_TRUE(history.last && history.before_last && history.last_actual);
  EXPECT_EQ(history.last->thousandths, 100 * kCount);
  EXPECT_EQ(history.before_last->thousandths, 80 * kCount);
  EXPECT_EQ(history.last_actual->thousandths, 80 * kCount);
  EXPECT_FALSE(HistoryBefore(reads, Date::Parse("2026-09-20").value()).last);
}

TEST(CorrectionTest, EveryKindHasItsName) {
  for (const CorrectionKind kind : {CorrectionKind::kReplaced, CorrectionKind::kEstimateCancelled,
                                    CorrectionKind::kExchangeReversed}) {
    EXPECT_EQ(ParseCorrectionKind(CorrectionKindName(kind)), kind);
  }
}

}  // namespace
}  // namespace reeve::billing::read
