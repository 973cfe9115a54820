#include "services/case311/case_import/case_import.h"

#include <gtest/gtest.h>

#include "tests/unit/case311/reference_file.h"

namespace reeve::case311 {
namespace {

class Import : public ::testing::Test {
 protected:
  const TimeZone zone_ = TimeZone::Load("America/New_York").value();
  const Instant now_ = Instant::Parse("2026-11-22T13:00:00-07:00").value();

  static ImportRow Good() {
    return {.line = 2,
            .source_id = "101004130437",
            .type_name = "Needle Pickup",
            .department = "GEN_",
            .channel = Channel::kPhone,
            .closed_by_status = true,
            .opened = "2022-01-19 11:18:00",
            .target = "2022-01-20 11:18:00",
            .closed = "2022-01-19 11:42:16",
            .status_note = "Removed."};
  }
  std::variant<ImportedCase, ImportFinding> Judged(const ImportRow& row) const {
    return Judge(row, "", "boston", zone_, now_);
  }
};

TEST_F(Import, AGoodRowIsACaseOfItsSource) {
  const auto judged = Judged(Good());
  const ImportedCase& imported = std::get<ImportedCase>(judged);
  const Case& record = imported.changed.after;
  EXPECT_EQ(record.state, State::kClosed);
  EXPECT_EQ(record.source, "boston");
  EXPECT_EQ(record.id, ImportedCaseOf("boston", "101004130437"));
  EXPECT_EQ(record.opened_time, Instant::Parse("2022-01-19T11:18:00-05:00").value());
  EXPECT_EQ(record.closed_time, Instant::Parse("2022-01-19T11:42:16-05:00").value());
  EXPECT_TRUE(imported.marks.empty());
  EXPECT_EQ(HistoryFault(record, {&imported.changed.entry, 1}), std::nullopt);
}

struct Dirt {
  const char* name;
  void (*spoil)(ImportRow&);
  const char* reason;
};

void PrintTo(const Dirt& dirt, std::ostream* out) { *out << dirt.name; }

class DirtyRow : public Import, public ::testing::WithParamInterface<Dirt> {};

TEST_P(DirtyRow, IsListedAndNotIn) {
  ImportRow row = Good();
  GetParam().spoil(row);
  const auto judged = Judged(row);
  ASSERT_TRUE(std::holds_alternative<ImportFinding>(judged));
  const ImportFinding& finding = std::get<ImportFinding>(judged);
  EXPECT_EQ(finding.reason, GetParam().reason);
  EXPECT_FALSE(finding.imported);
  EXPECT_EQ(finding.line, 2);
  EXPECT_EQ(finding.source_id, "101004130437");
}

// In order of precedence: each spoils what the next one spoils, and more.
INSTANTIATE_TEST_SUITE_P(
    ByPrecedence, DirtyRow,
    ::testing::Values(
        Dirt{"NoOpenedBeatsAll", [](ImportRow& row) { row.opened = row.target = row.closed = "?"; },
             "OPENED_UNREADABLE"},
        Dirt{"OpenedNoSuchDay", [](ImportRow& row) { row.opened = "2022-02-30 11:18:00"; },
             "OPENED_UNREADABLE"},
        Dirt{"OpenedIn1900",
             [](ImportRow& row) {
               row.opened = "1900-01-01 00:00:00";
               row.target = "?";
             },
             "OPENED_IMPLAUSIBLE"},
        Dirt{"OpenedTomorrow", [](ImportRow& row) { row.opened = "2026-11-23 13:00:00"; },
             "OPENED_IMPLAUSIBLE"},
        Dirt{"TargetUnreadable",
             [](ImportRow& row) {
               row.target = "soon";
               row.closed = "?";
             },
             "TARGET_UNREADABLE"},
        Dirt{"TargetBeforeOpened", [](ImportRow& row) { row.target = "2022-01-19 11:17:59"; },
             "TARGET_BEFORE_OPENED"},
        Dirt{"ClosedUnreadable", [](ImportRow& row) { row.closed = "2022-01-19"; },
             "CLOSED_UNREADABLE"},
        Dirt{"ClosedIn1900", [](ImportRow& row) { row.closed = "01/01/1900 12:00:00 AM"; },
             "CLOSED_IMPLAUSIBLE"},
        Dirt{"ClosedTomorrow", [](ImportRow& row) { row.closed = "2026-11-23 13:00:00"; },
             "CLOSED_IMPLAUSIBLE"},
        Dirt{"ClosedBeforeOpened", [](ImportRow& row) { row.closed = "2022-01-19 11:17:59"; },
             "CLOSED_BEFORE_OPENED"},
        Dirt{"ClosedWithoutATime", [](ImportRow& row) { row.closed = ""; }, "CLOSED_TIME_MISSING"}),
    [](const auto& info) { return info.param.name; });

TEST_F(Import, AFieldThatTheWireRefusedBeatsEverything) {
  ImportRow row = Good();
  row.opened = "?";
  const auto judged = Judge(row, "channel", "boston", zone_, now_);
  EXPECT_EQ(std::get<ImportFinding>(judged).reason, "FIELD_INVALID");
  EXPECT_EQ(std::get<ImportFinding>(judged).field, "channel");
}

TEST_F(Import, AnOpenCaseWithAClosingTimeIsInAsOpenAndMarked) {
  ImportRow row = Good();
  row.closed_by_status = false;
  const auto judged = Judged(row);
  const ImportedCase& imported = std::get<ImportedCase>(judged);
  EXPECT_EQ(imported.changed.after.state, State::kRouted);
  EXPECT_EQ(imported.changed.after.closed_time, std::nullopt);
  ASSERT_EQ(imported.marks.size(), 1u);
  EXPECT_EQ(imported.marks[0].reason, "OPEN_WITH_CLOSED_TIME");
  EXPECT_TRUE(imported.marks[0].imported);
}

TEST_F(Import, ANoteThatIsNoTextIsLeftOutAndMarked) {
  ImportRow row = Good();
  row.status_note.reset();
  const auto judged = Judged(row);
  const ImportedCase& imported = std::get<ImportedCase>(judged);
  EXPECT_EQ(imported.changed.after.state, State::kClosed);
  EXPECT_EQ(imported.changed.entry.note, "");
  ASSERT_EQ(imported.marks.size(), 1u);
  EXPECT_EQ(imported.marks[0].reason, "NOTE_UNREADABLE");
}

TEST_F(Import, TimesAreReadInBothPublishedSpellings) {
  const std::pair<const char*, const char*> times[] = {
      {"2022-01-21 13:47:00", "2022-01-21T13:47:00-05:00"},
      {"04/18/2019 09:55:45 PM", "2019-04-18T21:55:45-04:00"},
      {"08/25/2010 12:00:00 AM", "2010-08-25T00:00:00-04:00"},
      {"08/25/2010 12:59:59 PM", "2010-08-25T12:59:59-04:00"},
      {"08/25/2010 01:00:00 AM", "2010-08-25T01:00:00-04:00"}};
  for (const auto& [text, instant] : times) {
    ASSERT_TRUE(ParseSourceTime(text, zone_).ok()) << text;
    EXPECT_EQ(zone_.Format(*ParseSourceTime(text, zone_)), instant) << text;
  }
  for (const char* text :
       {"", "2022-01-21", "2022-01-21T13:47:00", "2022-01-21 24:00:00", "2022-01-21 13:47",
        "13/18/2019 09:55:45 PM", "04/18/2019 13:55:45 PM", "04/18/2019 00:55:45 AM",
        "04/18/2019 09:55:45 XM", "04/18/2019 09:55:45", "2022-01-21 13:47:00 "}) {
    EXPECT_FALSE(ParseSourceTime(text, zone_).ok()) << text;
  }
}

TEST_F(Import, PublishedRowsAreInAndWhatIsOddIsMarked) {
  if (!HasReference()) GTEST_SKIP() << kNoReference;
  std::int64_t line = 1;
  for (const CsvRow& row : ReadReference("boston/boston311-100.csv")) {
    const auto judged = Judged(BostonRow(row, ++line));
    EXPECT_TRUE(std::get<ImportedCase>(judged).marks.empty()) << line;
  }
  EXPECT_EQ(line, 101);
  line = 1;
  for (const CsvRow& row : ReadReference("nyc/nyc311-100.csv")) {
    const auto judged = Judged(NewYorkRow(row, ++line));
    const bool marked = !std::get<ImportedCase>(judged).marks.empty();
    EXPECT_EQ(marked, line == 56) << line;  // "Pending", with a closing time
  }
  EXPECT_EQ(line, 101);
}

}  // namespace
}  // namespace reeve::case311
