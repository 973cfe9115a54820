#include "services/billing/file/file_part.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "reeve/billing/v1/read_service.pb.h"
#include "services/billing/file/rows.h"

namespace reeve::billing::file {
namespace {

using ::testing::UnorderedElementsAre;

constexpr std::string_view kHeader = "meter,read";
constexpr Reason kComplete{"FILE_COMPLETE"};

TEST(Rows, KeepTheNumbersThatTheyHaveInTheFile) {
  const std::string file = std::string(kHeader) + "\r\nE1,1\r\n\r\nE2,2";
  const std::vector<NumberedRow> rows = SplitLines(file, 1, kHeader).value();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].line, 2);
  EXPECT_EQ(rows[0].text, "E1,1");
  EXPECT_EQ(rows[1].line, 4);
  EXPECT_EQ(NextLine(file, 1), 5);
  const std::vector<NumberedRow> later = SplitLines("E3,3\n", 5, kHeader).value();
  ASSERT_EQ(later.size(), 1u);
  EXPECT_EQ(later[0].line, 5);
  EXPECT_EQ(NextLine("E3,3\n", 5), 6);
}

TEST(Rows, AFileWithAnotherHeaderIsRefused) {
  EXPECT_FALSE(SplitLines("meter,date\n", 1, kHeader).ok());
  EXPECT_FALSE(SplitLines("", 1, kHeader).ok());
  EXPECT_TRUE(SplitLines(kHeader, 1, kHeader).ok());
}

TEST(Rows, AnExcerptIsShortAndCanBePrinted) {
  std::mt19937_64 random(20261126);
  for (int i = 0; i < 1'000; ++i) {
    std::string row(random() % 400, ' ');
    for (char& c : row) c = static_cast<char>(random());
    const std::string excerpt = Excerpt(row);
    EXPECT_EQ(excerpt.size(), std::min(row.size(), kExcerptMax));
    for (const char c : excerpt) ASSERT_TRUE(c >= ' ' && c <= '~');
  }
}

v1::ImportReadsRequest Whole(const std::string& lines) {
  v1::ImportReadsRequest request;
  request.set_file_name("route 7");
  request.set_file_sha256(Sha256(lines));
  request.set_first_line(1);
  request.set_lines(lines);
  request.set_last_part(true);
  return request;
}

std::vector<std::string> BadFields(const v1::ImportReadsRequest& request) {
  constexpr std::int64_t kLinesMax = 3;
  Fields fields;
  ParsePart(fields, request, kLinesMax);
  std::vector<std::string> names;
  if (fields.ok()) return names;
  for (const FieldViolation& one : fields.error().violations()) names.push_back(one.field);
  return names;
}

TEST(FilePart, EveryBadFieldIsNamed) {
  EXPECT_THAT(BadFields(Whole("a\nb\nc\n")), UnorderedElementsAre());
  EXPECT_THAT(BadFields(Whole("a\nb\nc")), UnorderedElementsAre());
  EXPECT_THAT(BadFields(Whole("a\nb\nc\nd")), UnorderedElementsAre("lines"));
  EXPECT_THAT(BadFields(Whole(std::string(kBytesMax + 1, 'a'))), UnorderedElementsAre("lines"));
  v1::ImportReadsRequest request = Whole("a\nb\n");
  request.set_file_sha256(Sha256("a\nc\n"));
  EXPECT_THAT(BadFields(request), UnorderedElementsAre("file_sha256"));
  request.set_last_part(false);
  EXPECT_THAT(BadFields(request), UnorderedElementsAre()) << "the rest of the file is to come";
  request.set_lines("a\nb");
  EXPECT_THAT(BadFields(request), UnorderedElementsAre("lines")) << "half a line";
  EXPECT_THAT(BadFields(v1::ImportReadsRequest()),
              UnorderedElementsAre("file_name", "first_line", "file_sha256", "lines"));
}

TEST(FilePart, IsTakenOnceAndInOrder) {
  FilePart part{.name = "route 7", .first_line = 4, .lines = "a\nb\n"};
  EXPECT_EQ(part.next_line(), 6);
  EXPECT_EQ(Arrive(part, std::nullopt, {4, false}, kComplete).value(), Arrival::kNext);
  EXPECT_EQ(Arrive(part, part.digest(), {6, false}, kComplete).value(), Arrival::kRepeated);
  EXPECT_EQ(Arrive(part, part.digest(), {6, true}, kComplete).value(), Arrival::kRepeated);
  EXPECT_EQ(Arrive(part, Sha256("a\n"), {6, false}, kComplete).error().reason(), "PART_DIFFERS");
  EXPECT_EQ(Arrive(part, std::nullopt, {3, false}, kComplete).error().reason(), "PART_MISSING");
  EXPECT_EQ(Arrive(part, std::nullopt, {3, true}, kComplete).error().reason(), "FILE_COMPLETE");
}

TEST(FilePart, ACommandIsKnownByAllOfIt) {
  const FilePart part{.name = "route 7", .first_line = 4, .lines = "a\nb\n"};
  const auto form = [](const FilePart& one) { return one.AddTo(Canonical("Import", 1)).bytes(); };
  FilePart other = part;
  other.name = "route 8";
  EXPECT_NE(form(other), form(part));
  other = part;
  other.first_line = 5;
  EXPECT_NE(form(other), form(part));
  other = part;
  other.lines = "a\nc\n";
  EXPECT_NE(form(other), form(part));
  other = part;
  other.last_part = true;
  EXPECT_NE(form(other), form(part));
}

}  // namespace
}  // namespace reeve::billing::file
