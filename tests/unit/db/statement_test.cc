// What one statement takes and answers: the same on both engines.
#include <limits>

#include "tests/unit/db/database_test.h"

namespace reeve::db {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class StatementTest : public DatabaseTest {};
INSTANTIATE_TEST_SUITE_P(BothEngines, StatementTest, testing::BothEngines(), testing::EngineName);

constexpr Query kFindItem{"find_item", "SELECT note, seal FROM item WHERE item_id = $1"};

TEST_P(StatementTest, IntegersRoundTripToTheirExtremes) {
  for (const std::int64_t value :
       {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}, std::int64_t{0},
        std::int64_t{1}, std::numeric_limits<std::int64_t>::max()}) {
    Execute(kAddItem, 1, value, nullptr, nullptr);
    const Rows rows = Select({"by_id", "SELECT item_id FROM item WHERE item_id = $1"}, value);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].Int(0), value);
  }
}

TEST_P(StatementTest, TextRoundTripsAsUtf8) {
  const std::string text = "Peña Ólafur 東京 🚰 'quoted' \"double\" $1 \\";
  Execute(kAddItem, 1, 1, text, nullptr);
  EXPECT_EQ(Select(kFindItem, 1)[0].Text(0), text);
}

TEST_P(StatementTest, TextWithNulIsRefused) {
  const std::string text("a\0b", 3);
  EXPECT_EQ(KindOfWrite([&](Transaction& tx) { tx.Execute(kAddItem, 1, 1, text, nullptr); }),
            Kind::kBroken);
}

TEST_P(StatementTest, BytesRoundTripWithNulAndHighBytes) {
  Bytes bytes;
  for (int i = 0; i < 512; ++i) bytes.push_back(static_cast<std::uint8_t>(i % 256));
  Execute(kAddItem, 1, 1, nullptr, bytes);
  EXPECT_EQ(Select(kFindItem, 1)[0].Blob(1), bytes);
}

TEST_P(StatementTest, EmptyTextAndEmptyBytesAreNotNull) {
  Execute(kAddItem, 1, 1, "", Bytes());
  const Rows rows = Select(kFindItem, 1);
  EXPECT_FALSE(rows[0].IsNull(0));
  EXPECT_FALSE(rows[0].IsNull(1));
  EXPECT_EQ(rows[0].Text(0), "");
  EXPECT_EQ(rows[0].Blob(1), Bytes());
}

TEST_P(StatementTest, NullRoundTripsWhereAValueCameBefore) {
  Execute(kAddItem, 1, 1, "note", Bytes{1});
  Execute(kAddItem, 1, 2, nullptr, nullptr);
  Execute(kAddItem, 1, 3, std::optional<std::string>("again"), Bytes{2});
  EXPECT_TRUE(Select(kFindItem, 2)[0].IsNull(0));
  EXPECT_TRUE(Select(kFindItem, 2)[0].IsNull(1));
  EXPECT_EQ(Select(kFindItem, 3)[0].Text(0), "again");
}

TEST_P(StatementTest, DomainValuesKeepTheirMeaning) {
  const Instant instant = clock_.Now();
  const Date date = Date::FromCivil(2028, 2, 29).value();
  const Rows rows = Select({"domain",
                            "SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS TEXT),"
                            " CAST($4 AS BIGINT), CAST($5 AS BIGINT)"},
                           Money::Cents(-5), Rate::Nanos(73'400'000), date, instant, true);
  EXPECT_EQ(rows[0].Cents(0), Money::Cents(-5));
  EXPECT_EQ(rows[0].Nanos(1), Rate::Nanos(73'400'000));
  EXPECT_EQ(rows[0].Day(2), date);
  EXPECT_EQ(rows[0].Time(3), instant);
  EXPECT_TRUE(rows[0].Bool(4));
}

TEST_P(StatementTest, ComparisonsAndCountsAreIntegers) {
  const Rows rows = Select({"widths",
                            "SELECT 1 = 1, 1 = 2, count(*), CAST(sum(item_id) AS BIGINT),"
                            " CAST(7 AS INTEGER) FROM item"});
  EXPECT_TRUE(rows[0].Bool(0));
  EXPECT_FALSE(rows[0].Bool(1));
  EXPECT_EQ(rows[0].Int(2), 0);
  EXPECT_TRUE(rows[0].IsNull(3));
  EXPECT_EQ(rows[0].Int(4), 7);
}

TEST_P(StatementTest, FloatingPointNeverComesOut) {
  EXPECT_THROW(Select({"real", "SELECT 1.5"}), DatabaseError);
}

TEST_P(StatementTest, ParametersMayBeReusedAndOutOfOrder) {
  const Rows rows = Select({"order",
                            "SELECT CAST($3 AS TEXT), CAST($1 AS BIGINT), CAST($2 AS BIGINT),"
                            " CAST($1 AS BIGINT) + CAST($2 AS BIGINT)"},
                           10, 20, "third");
  EXPECT_EQ(rows[0].Text(0), "third");
  EXPECT_EQ(rows[0].Int(1), 10);
  EXPECT_EQ(rows[0].Int(2), 20);
  EXPECT_EQ(rows[0].Int(3), 30);
}

TEST_P(StatementTest, WrongNumberOfParametersIsRefused) {
  EXPECT_EQ(KindOfWrite([](Transaction& tx) { tx.Select(kFindCounter); }), Kind::kBroken);
  EXPECT_EQ(KindOfWrite([](Transaction& tx) { tx.Select(kFindCounter, 1, 2); }), Kind::kBroken);
}

TEST_P(StatementTest, TwoStatementsInOneAreRefused) {
  EXPECT_EQ(KindOfWrite([](Transaction& tx) {
              tx.Select({"two", "SELECT 1; SELECT 2"});
            }),
            Kind::kBroken);
}

TEST_P(StatementTest, DoubleQuotesNeverMakeAText) {
  EXPECT_EQ(KindOfWrite([](Transaction& tx) {
              tx.Select({"quoted", "SELECT \"nothing\""});
            }),
            Kind::kBroken);
}

TEST_P(StatementTest, LikeHeedsCaseAndTextSortsByBytes) {
  Execute(kAddItem, 1, 1, "alpha", nullptr);
  Execute(kAddItem, 1, 2, "Beta", nullptr);
  Execute(kAddItem, 1, 3, "beta", nullptr);
  const Rows like = Select({"like", "SELECT item_id FROM item WHERE note LIKE $1"}, "b%");
  ASSERT_EQ(like.size(), 1U);
  EXPECT_EQ(like[0].Int(0), 3);
  const Rows sorted = Select({"sorted", "SELECT note FROM item ORDER BY note"});
  EXPECT_EQ(sorted[0].Text(0), "Beta");
}

TEST_P(StatementTest, SameTextServesParametersOfSeveralTypes) {
  constexpr Query kEcho{"echo", "SELECT $1"};
  EXPECT_EQ(Select(kEcho, 1)[0].Int(0), 1);
  EXPECT_EQ(Select(kEcho, "one")[0].Text(0), "one");
  EXPECT_EQ(Select(kEcho, Bytes{1})[0].Blob(0), Bytes{1});
  EXPECT_EQ(Select(kEcho, 2)[0].Int(0), 2);
}

TEST_P(StatementTest, QueryWithoutNameServesOneUse) {
  for (const std::string& number : {"1", "2", "3"}) {
    const std::string sql = "SELECT CAST(" + number + " AS BIGINT)";
    EXPECT_EQ(std::to_string(Select({"", sql})[0].Int(0)), number);
  }
}

TEST_P(StatementTest, OnConflictDoNothingAffectsNoRow) {
  constexpr Query kAddOnce{"add_once",
                           "INSERT INTO counter (counter_id, value) VALUES ($1, $2)"
                           " ON CONFLICT (counter_id) DO NOTHING"};
  EXPECT_EQ(Execute(kAddOnce, 1, 5), 1);
  EXPECT_EQ(Execute(kAddOnce, 1, 9), 0);
  EXPECT_EQ(Counter(1), 5);
}

TEST_P(StatementTest, OnConflictDoUpdateReturnsTheRow) {
  constexpr Query kBump{"bump",
                        "INSERT INTO counter (counter_id, value) VALUES ($1, 1)"
                        " ON CONFLICT (counter_id) DO UPDATE SET value = counter.value + 1"
                        " RETURNING value"};
  std::vector<std::int64_t> values;
  for (int i = 0; i < 3; ++i) {
    database_->Write(deadline_, [&](Transaction& tx) {
      values.push_back(tx.Select(kBump, 1)[0].Int(0));
      return Verdict::kCommit;
    });
  }
  EXPECT_THAT(values, ElementsAre(1, 2, 3));
}

TEST_P(StatementTest, ExecuteCountsRows) {
  for (int id = 1; id <= 3; ++id) Execute(kAddCounter, id, 0);
  EXPECT_EQ(Execute({"raise", "UPDATE counter SET value = 7 WHERE counter_id >= $1"}, 2), 2);
  EXPECT_EQ(Execute({"clear", "DELETE FROM counter"}), 3);
}

TEST_P(StatementTest, ExecuteOneIsStaleWithoutARow) {
  Execute(kAddCounter, 1, 0);
  database_->Write(deadline_, [&](Transaction& tx) {
    EXPECT_TRUE(tx.ExecuteOne(kSetCounter, 1, 5).ok());
    const Result<> stale = tx.ExecuteOne(kSetCounter, 2, 5);
    EXPECT_EQ(stale.error().code(), Code::kAborted);
    EXPECT_EQ(stale.error().reason(), "STALE");
    return Verdict::kCommit;
  });
  EXPECT_EQ(Counter(1), 5);
}

TEST_P(StatementTest, ExecuteOneRefusesSeveralRows) {
  Execute(kAddCounter, 1, 0);
  Execute(kAddCounter, 2, 0);
  EXPECT_EQ(KindOfWrite([](Transaction& tx) {
              (void)tx.ExecuteOne({"all", "UPDATE counter SET value = 1"});
            }),
            Kind::kBroken);
  EXPECT_EQ(Counter(1), 0);
}

// Sets of rows

const InsertInto kNewItems{
    "add_items",
    "item",
    {{"home"}, {"item_id"}, {"note", ColumnType::kText}, {"seal", ColumnType::kBytes}}};

TEST_P(StatementTest, InsertRowsTakesNoneOneAndThousands) {
  for (const std::int64_t count : {0, 1, 5000}) {
    NewRows rows(kNewItems);
    for (std::int64_t i = 0; i < count; ++i) {
      rows.Add(count, i, i % 3 == 0 ? std::optional<std::string>() : "note " + std::to_string(i),
               i % 2 == 0 ? std::optional<Bytes>() : Bytes{static_cast<std::uint8_t>(i), 0});
    }
    database_->Write(deadline_, [&](Transaction& tx) {
      tx.InsertRows(rows);
      return Verdict::kCommit;
    });
    const Rows found = Select(
        {"items", "SELECT item_id, note, seal FROM item WHERE home = $1 ORDER BY item_id"}, count);
    ASSERT_EQ(found.size(), static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < count; ++i) {
      const Rows::Row row = found[static_cast<std::size_t>(i)];
      EXPECT_EQ(row.Int(0), i);
      EXPECT_EQ(row.MaybeText(1),
                i % 3 == 0 ? std::nullopt : std::optional("note " + std::to_string(i)));
      EXPECT_EQ(row.IsNull(2), i % 2 == 0);
    }
  }
}

TEST_P(StatementTest, InsertedRowsAreSeenByTheNextStatement) {
  database_->Write(deadline_, [&](Transaction& tx) {
    NewRows rows(kNewItems);
    rows.Add(1, 1, "a", nullptr);
    rows.Add(1, 2, "b", nullptr);
    tx.InsertRows(rows);
    EXPECT_EQ(tx.Select(kItemIds).size(), 2U);
    return Verdict::kCommit;
  });
}

TEST_P(StatementTest, InsertRowsThatClashAreAUniqueViolationAtTheLatestOnCommit) {
  Execute(kAddItem, 1, 1, nullptr, nullptr);
  EXPECT_EQ(KindOfWrite([](Transaction& tx) {
              NewRows rows(kNewItems);
              rows.Add(1, 2, nullptr, nullptr);
              rows.Add(1, 1, nullptr, nullptr);
              tx.InsertRows(rows);
            }),
            Kind::kUniqueViolation);
  EXPECT_THAT(ItemIds(), ElementsAre(1));
}

// So many that an engine writes them in another way than a few.
NewRows ManyItems(std::int64_t home, std::int64_t count) {
  NewRows rows(kNewItems);
  for (std::int64_t i = 1; i <= count; ++i) rows.Add(home, i, "note", nullptr);
  return rows;
}

TEST_P(StatementTest, ManyRowsAreSeenByTheNextStatementAndGoWithTheBody) {
  const NewRows rows = ManyItems(1, 1000);
  database_->Write(deadline_, [&](Transaction& tx) {
    tx.Execute(kAddCounter, 1, 7);
    tx.InsertRows(rows);
    EXPECT_EQ(tx.Select(kItemIds).size(), 1000U);
    tx.InsertRows(ManyItems(2, 1000));
    EXPECT_EQ(tx.Select(kItemIds).size(), 2000U);
    return Verdict::kRollBack;
  });
  EXPECT_THAT(ItemIds(), IsEmpty());
  EXPECT_TRUE(Select(kFindCounter, 1).empty());
}

TEST_P(StatementTest, ManyRowsKeepWhatWasSentBeforeAndAfterThem) {
  database_->Write(deadline_, [&](Transaction& tx) {
    tx.Execute(kAddCounter, 1, 1);
    const std::vector<std::vector<Value>> before{{ToValue(1), ToValue(2)}};
    tx.ExecuteEach(kSetCounter, before);
    NewRows few(kNewItems);
    few.Add(3, 0, nullptr, nullptr);
    tx.InsertRows(few);
    tx.InsertRows(ManyItems(2, 150));
    tx.InsertRows(ManyItems(1, 150));
    tx.Execute(kAddCounter, 2, 3);
    return Verdict::kCommit;
  });
  EXPECT_EQ(ItemIds().size(), 301U);
  EXPECT_EQ(Counter(1), 2);
  EXPECT_EQ(Counter(2), 3);
}

TEST_P(StatementTest, ManyRowsThatAreRefusedLeaveNothingAndTheNextBodyRuns) {
  Execute(kAddItem, 1, 500, nullptr, nullptr);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(KindOfWrite([](Transaction& tx) {
                tx.Execute(kAddCounter, 1, 1);
                tx.InsertRows(ManyItems(1, 1000));
              }),
              Kind::kUniqueViolation);
    EXPECT_THAT(ItemIds(), ElementsAre(500));
  }
  EXPECT_EQ(KindOfWrite([](Transaction& tx) {
              NewRows texts = ManyItems(2, 999);
              texts.Add(2, 1000, std::string("a\0b", 3), nullptr);
              tx.InsertRows(texts);
            }),
            Kind::kBroken);
  EXPECT_EQ(KindOfWrite([](Transaction& tx) {
              // What was refused before is told first, and nothing is written behind it.
              const std::vector<std::vector<Value>> missing{{ToValue(9), ToValue(2)}};
              tx.ExecuteEach(kSetCounter, missing);
              tx.InsertRows(ManyItems(2, 1000));
            }),
            Kind::kSerialization);
  EXPECT_EQ(KindOfWrite([](Transaction& tx) { tx.InsertRows(ManyItems(2, 1000)); }), std::nullopt);
  EXPECT_EQ(ItemIds().size(), 1001U);
}

TEST_P(StatementTest, ManyRowsOfAnySizeRoundTrip) {
  NewRows rows(kNewItems);
  for (std::int64_t i = 0; i < 300; ++i) {
    const auto size = static_cast<std::size_t>(i % 3 == 0 ? 0 : i * 700);  // some beyond any piece
    rows.Add(std::numeric_limits<std::int64_t>::min() + i, i % 2 == 0 ? i : -i,
             std::string(size, static_cast<char>('a' + i % 26)),
             i % 5 == 0 ? std::optional<Bytes>() : Bytes(size, static_cast<std::uint8_t>(i)));
  }
  database_->Write(deadline_, [&](Transaction& tx) {
    tx.InsertRows(rows);
    return Verdict::kCommit;
  });
  const Rows found =
      Select({"all_items", "SELECT home, item_id, note, seal FROM item ORDER BY home"});
  ASSERT_EQ(found.size(), rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t column = 0; column < 4; ++column) {
      EXPECT_TRUE(found[row].Cell(column) == rows.cell(row, column)) << row << ", " << column;
    }
  }
}

TEST_P(StatementTest, WrongNumberOfCellsIsADefect) {
  NewRows rows(kNewItems);
  EXPECT_THROW(rows.Add(1, 2), std::logic_error);
}

std::vector<std::vector<Value>> Each(std::initializer_list<std::pair<int, int>> pairs) {
  std::vector<std::vector<Value>> parameters;
  for (const auto& [first, second] : pairs) parameters.push_back({ToValue(first), ToValue(second)});
  return parameters;
}

TEST_P(StatementTest, ExecuteEachGivesEachRowItsOwnParameters) {
  for (int id = 1; id <= 3; ++id) Execute(kAddCounter, id, id);
  constexpr Query kAppendDigit{"append_digit",
                               "UPDATE counter SET value = value * 10 + $2 WHERE counter_id = $1"};
  for (const auto& digits : {Each({{1, 3}, {2, 4}}), Each({{2, 5}}), Each({})}) {
    database_->Write(deadline_, [&](Transaction& tx) {
      tx.ExecuteEach(kAppendDigit, digits);
      return Verdict::kCommit;
    });
  }
  EXPECT_EQ(Counter(1), 13);
  EXPECT_EQ(Counter(2), 245);
  EXPECT_EQ(Counter(3), 3);
}

TEST_P(StatementTest, ExecuteEachTakesTextsBytesAndNull) {
  for (int id = 1; id <= 3; ++id) Execute(kAddItem, 1, id, "before", Bytes{0});
  constexpr Query kSetItem{"set_item",
                           "UPDATE item SET note = $3, seal = $4 WHERE home = $1 AND item_id = $2"};
  database_->Write(deadline_, [&](Transaction& tx) {
    const std::vector<std::vector<Value>> parameters = {
        {ToValue(1), ToValue(1), ToValue("it\'s"), nullptr},
        {ToValue(1), ToValue(3), nullptr, ToValue(Bytes{1, 2})}};
    tx.ExecuteEach(kSetItem, parameters);
    return Verdict::kCommit;
  });
  constexpr Query kItems{"items", "SELECT note, seal FROM item WHERE home = 1 ORDER BY item_id"};
  database_->Read(deadline_, [&](Transaction& tx) {
    const Rows rows = tx.Select(kItems);
    EXPECT_EQ(rows[0].Text(0), "it\'s");
    EXPECT_TRUE(rows[0].IsNull(1));
    EXPECT_EQ(rows[1].Text(0), "before");
    EXPECT_TRUE(rows[2].IsNull(0));
    EXPECT_EQ(rows[2].Blob(1), (Bytes{1, 2}));
  });
}

TEST_P(StatementTest, ExecuteEachTakesAColumnOfNothingButNull) {
  for (int id = 1; id <= 2; ++id) Execute(kAddItem, 1, id, "before", Bytes{0});
  constexpr Query kSetItem{"set_item",
                           "UPDATE item SET note = $3, seal = $4 WHERE home = $1 AND item_id = $2"};
  database_->Write(deadline_, [&](Transaction& tx) {
    const std::vector<std::vector<Value>> parameters = {{ToValue(1), ToValue(1), nullptr, nullptr},
                                                        {ToValue(1), ToValue(2), nullptr, nullptr}};
    tx.ExecuteEach(kSetItem, parameters);
    return Verdict::kCommit;
  });
  for (const int id : {1, 2}) {
    const Rows rows = Select(kFindItem, id);
    EXPECT_TRUE(rows[0].IsNull(0));
    EXPECT_TRUE(rows[0].IsNull(1));
  }
}

TEST_P(StatementTest, ExecuteEachWithAnotherCountRunsTheBodyAgainAndCommitsNothing) {
  Execute(kAddCounter, 1, 0);
  int runs = 0;
  EXPECT_EQ(KindOfWrite([&](Transaction& tx) {
              ++runs;
              tx.ExecuteEach(kSetCounter, Each({{1, 7}, {2, 7}}));
            }),
            Kind::kSerialization);
  EXPECT_EQ(runs, 6);
  EXPECT_EQ(Counter(1), 0);
}

TEST_P(StatementTest, ExecuteEachThatFitsTheSecondTimeCommits) {
  Execute(kAddCounter, 1, 0);
  int runs = 0;
  EXPECT_EQ(KindOfWrite([&](Transaction& tx) {
              ++runs;
              tx.ExecuteEach(kSetCounter, runs == 1 ? Each({{2, 7}}) : Each({{1, 7}}));
            }),
            std::nullopt);
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(Counter(1), 7);
}

TEST_P(StatementTest, SelectEachAnswersInTheOrderOfTheParameters) {
  for (int id = 1; id <= 4; ++id) Execute(kAddItem, id % 2, id, std::to_string(id), nullptr);
  constexpr Query kOfHome{"of_home",
                          "SELECT item_id, note FROM item WHERE home = $1 AND item_id >= $2"
                          " ORDER BY item_id DESC"};
  database_->Write(deadline_, [&](Transaction& tx) {
    for (const bool lock_rows : {false, true}) {
      const std::vector<Rows> answers =
          tx.SelectEach(kOfHome, Each({{1, 0}, {9, 0}, {0, 3}, {1, 0}}), lock_rows);
      EXPECT_EQ(answers.size(), 4U);
      EXPECT_EQ(answers[0].size(), 2U);
      EXPECT_EQ(answers[0][0].Int(0), 3);
      EXPECT_EQ(answers[0][1].Text(1), "1");
      EXPECT_TRUE(answers[1].empty());
      EXPECT_EQ(answers[2][0].Int(0), 4);
      EXPECT_EQ(answers[3].size(), 2U);
    }
    return Verdict::kCommit;
  });
}

TEST_P(StatementTest, SelectEachTakesTextsBytesAndNoParametersAtAll) {
  Execute(kAddItem, 1, 1, "one", Bytes{1});
  Execute(kAddItem, 1, 2, "two", Bytes{2});
  constexpr Query kByNote{"by_note", "SELECT item_id FROM item WHERE note = $1 OR seal = $2"};
  database_->Read(deadline_, [&](Transaction& tx) {
    const std::vector<std::vector<Value>> parameters = {{ToValue("two"), nullptr},
                                                        {nullptr, ToValue(Bytes{1})}};
    const std::vector<Rows> answers = tx.SelectEach(kByNote, parameters);
    EXPECT_EQ(answers[0][0].Int(0), 2);
    EXPECT_EQ(answers[1][0].Int(0), 1);
    EXPECT_TRUE(tx.SelectEach(kByNote, {}).empty());
    const std::vector<std::vector<Value>> nulls(2, {nullptr, nullptr});
    const std::vector<Rows> nothing = tx.SelectEach(kByNote, nulls);
    EXPECT_EQ(nothing.size(), 2U);
    EXPECT_TRUE(nothing[0].empty());
  });
}

}  // namespace
}  // namespace reeve::db
