#include <grpcpp/grpcpp.h>

#include "shared/core/decimal.h"
#include "shared/rpc/client.h"
#include "tests/integration/case311/case311_fixture.h"
#include "tests/unit/case311/reference_file.h"

namespace reeve::case311 {
namespace {

class CaseImportTest : public Case311 {
 protected:
  static v1::CaseRow ToProto(const ImportRow& row) {
    v1::CaseRow message;
    message.set_line(row.line);
    message.set_source_id(row.source_id);
    message.set_type_name(row.type_name);
    message.set_department(row.department);
    message.set_channel(static_cast<v1::Channel>(static_cast<int>(row.channel) + 1));
    message.set_status(row.closed_by_status ? v1::PUBLIC_STATUS_CLOSED : v1::PUBLIC_STATUS_OPEN);
    message.set_opened(row.opened);
    message.set_target(row.target);
    message.set_closed(row.closed);
    message.set_address(row.address);
    message.set_status_note(row.status_note.value());
    return message;
  }
  static v1::ImportCasesRequest Request(const std::string& source, const std::string& zone,
                                        const std::vector<ImportRow>& rows,
                                        const std::string& name) {
    v1::ImportCasesRequest request;
    request.set_source(source);
    request.set_zone(zone);
    request.set_request_id(Key(name));
    for (const ImportRow& row : rows) *request.add_rows() = ToProto(row);
    return request;
  }
  v1::ImportCasesResponse Import(const v1::ImportCasesRequest& request) {
    v1::ImportCasesResponse answer;
    const grpc::Status status = Send<v1::CaseImportService>(
        &v1::CaseImportService::Stub::ImportCases, office_, request, &answer);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return answer;
  }
  v1::CaseStatistics Statistics(const std::string& source, const char* as_of) {
    v1::GetCaseStatisticsRequest request;
    request.set_source(source);
    request.set_as_of_time_micros(Instant::Parse(as_of)->micros());
    v1::CaseStatistics answer;
    const grpc::Status status = Send<v1::StatisticsService>(
        &v1::StatisticsService::Stub::GetCaseStatistics, office_, request, &answer);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return answer;
  }
  static ImportRow Row(std::int64_t line, const std::string& source_id) {
    return {.line = line,
            .source_id = source_id,
            .type_name = "Needle Pickup",
            .department = "GEN_",
            .channel = Channel::kPhone,
            .closed_by_status = true,
            .opened = "2022-01-19 11:18:00",
            .closed = "2022-01-19 11:42:16",
            .status_note = "Removed."};
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, CaseImportTest, testing::BothEngines(), testing::EngineName);

TEST_P(CaseImportTest, GoodRowsAreInAndBadOnesAreListed) {
  std::vector<ImportRow> rows{Row(2, "a"), Row(3, "b"), Row(4, "c"), Row(5, "a"), Row(6, "")};
  rows[1].closed = "1900-01-01 00:00:00";
  rows[2].closed_by_status = false;
  const v1::ImportCasesRequest request = Request("boston", "America/New_York", rows, "mixed");
  const v1::ImportCasesResponse answer = Import(request);
  EXPECT_EQ(answer.imported_count(), 2);
  EXPECT_EQ(answer.already_imported_count(), 1) << "the same case twice in one part";
  ASSERT_EQ(answer.findings_size(), 3);
  EXPECT_EQ(answer.findings(0).line(), 3);
  EXPECT_EQ(answer.findings(0).reason(), "CLOSED_IMPLAUSIBLE");
  EXPECT_FALSE(answer.findings(0).imported());
  EXPECT_EQ(answer.findings(1).line(), 4);
  EXPECT_EQ(answer.findings(1).reason(), "OPEN_WITH_CLOSED_TIME");
  EXPECT_TRUE(answer.findings(1).imported());
  EXPECT_EQ(answer.findings(2).line(), 6);
  EXPECT_EQ(answer.findings(2).reason(), "FIELD_INVALID");
  EXPECT_EQ(answer.findings(2).field(), "source_id");

  EXPECT_EQ(Import(request).SerializeAsString(), answer.SerializeAsString());
  const v1::ImportCasesResponse again =
      Import(Request("boston", "America/New_York", {Row(2, "a"), Row(3, "z")}, "again"));
  EXPECT_EQ(again.imported_count(), 1);
  EXPECT_EQ(again.already_imported_count(), 1);
  EXPECT_EQ(Statistics("boston", "2022-02-01T00:00:00Z").case_count(), 3);
}

TEST_P(CaseImportTest, AnImportedCaseIsReadOnlyAndNotForCallers) {
  Import(Request("boston", "EST", {Row(2, "a")}, "read-only"));
  v1::Case record;
  record.set_case_id(ImportedCaseOf("boston", "a").value());
  EXPECT_EQ(Change(&v1::CaseService::Stub::AcceptCase, For<v1::AcceptCaseRequest>(record, "accept"),
                   crew_)
                .error()
                .reason(),
            "CASE_IMPORTED");
  EXPECT_EQ(PublicView(record.case_id()).error().reason(), "CASE_UNKNOWN");
}

TEST_P(CaseImportTest, ARequestThatIsWrongAsAWholeIsRefused) {
  v1::ImportCasesRequest request = Request("Boston!", "America/Boston", {}, "wrong");
  v1::ImportCasesResponse answer;
  const grpc::Status status = Send<v1::CaseImportService>(&v1::CaseImportService::Stub::ImportCases,
                                                          office_, request, &answer);
  const Error error = rpc::FromStatus(status);
  std::vector<std::string> fields;
  for (const FieldViolation& violation : error.violations()) fields.push_back(violation.field);
  EXPECT_EQ(fields, (std::vector<std::string>{"source", "zone", "rows"}));
}

TEST_P(CaseImportTest, BostonsFiguresEqualItsPublishedOnTimeColumn) {
  if (!HasReference()) GTEST_SKIP() << kNoReference;
  std::vector<ImportRow> rows;
  for (const CsvRow& row : ReadReference("boston/boston311-100.csv"))
    rows.push_back(BostonRow(row, static_cast<std::int64_t>(rows.size()) + 2));
  const v1::ImportCasesResponse imported = Import(Request("boston", "EST", rows, "boston-file"));
  EXPECT_EQ(imported.imported_count(), 100);
  EXPECT_EQ(imported.findings_size(), 0);

  const v1::CaseStatistics figures = Statistics("boston", "2022-05-21T00:00:00-05:00");
  EXPECT_EQ(figures.case_count(), 100);
  EXPECT_EQ(figures.on_time_of_closed().percent(), "94.12");
  EXPECT_EQ(figures.on_time_of_all().numerator(), 83);
  EXPECT_EQ(figures.on_time_of_all().percent(), "83.00");
  EXPECT_EQ(figures.on_time_of_promised().numerator(), 72);
  EXPECT_EQ(figures.on_time_of_promised().denominator(), 77);
  EXPECT_EQ(figures.close_mean_micros(), 398'266'105'882);
  EXPECT_EQ(figures.close_median_micros(), 58'165'000'000);
  EXPECT_EQ(figures.close_p90_micros(), 618'933'000'000);
}

TEST_P(CaseImportTest, NewYorksRowsAreInAndWhatIsOddIsMarked) {
  if (!HasReference()) GTEST_SKIP() << kNoReference;
  std::vector<ImportRow> rows;
  for (const CsvRow& row : ReadReference("nyc/nyc311-100.csv"))
    rows.push_back(NewYorkRow(row, static_cast<std::int64_t>(rows.size()) + 2));
  const v1::ImportCasesResponse imported =
      Import(Request("nyc", "America/New_York", rows, "nyc-file"));
  EXPECT_EQ(imported.imported_count(), 100);
  ASSERT_EQ(imported.findings_size(), 2);
  EXPECT_EQ(imported.findings(0).line(), 56);
  EXPECT_EQ(imported.findings(0).reason(), "OPEN_WITH_CLOSED_TIME");
  EXPECT_EQ(imported.findings(1).line(), 61);
  EXPECT_EQ(imported.findings(1).reason(), "NOTE_UNREADABLE");  // UTF-8 that was encoded twice

  const v1::CaseStatistics figures = Statistics("nyc", "2022-01-01T00:00:00Z");
  EXPECT_EQ(figures.open_count(), 2);
  EXPECT_EQ(figures.closed_count(), 98);
  EXPECT_EQ(figures.on_time_of_promised().percent(), "80.49");  // 33 of 41
  EXPECT_EQ(Statistics("", "2022-01-01T00:00:00Z").on_time_of_all().percent(), "n/a")
      << "another city's cases are not ours";
}

TEST_P(CaseImportTest, ServiceLevelsComeFromTheFiveFormulas) {
  v1::GetServiceLevelsRequest request;
  request.set_answered_count(1'000);
  request.set_abandoned_count(60);
  request.set_answered_in_threshold_count(860);
  request.set_abandoned_in_threshold_count(20);
  request.set_short_abandoned_count(10);
  v1::ServiceLevels levels;
  const auto send = [&] {
    return Send<v1::StatisticsService>(&v1::StatisticsService::Stub::GetServiceLevels, office_,
                                       request, &levels);
  };
  ASSERT_TRUE(send().ok());
  EXPECT_EQ(levels.abandons_in_threshold_removed().percent(), "82.69");
  request.set_answered_in_threshold_count(1'001);
  EXPECT_EQ(testing::ReasonOf(send()), "INVALID_REQUEST");
}

}  // namespace
}  // namespace reeve::case311
