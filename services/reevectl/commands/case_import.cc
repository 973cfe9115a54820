// case import: the files of cases that other cities publish, each in its own columns.
#include <algorithm>
#include <fstream>
#include <iterator>

#include "reeve/case311/v1/case_import_service.pb.h"
#include "services/reevectl/commands/noun.h"
#include "services/reevectl/form/csv.h"

namespace reeve::reevectl {
namespace {

namespace pb = case311::v1;

constexpr std::size_t kRowsMax = 500;  // of one call, as ImportCases says

// Where a publisher keeps what we need.
struct Publisher {
  std::string source_id, type_name, department, channel, status, opened, target, closed, address,
      status_note;
  std::map<std::string, pb::Channel> channels;
  std::string closed_word;
};

// The columns of data.boston.gov and data.cityofnewyork.us.
const std::map<std::string, Publisher>& Publishers() {
  static const std::map<std::string, Publisher> publishers{
      {"boston",
       {"case_enquiry_id",
        "case_title",
        "department",
        "source",
        "case_status",
        "open_dt",
        "target_dt",
        "closed_dt",
        "location",
        "closure_reason",
        {{"Constituent Call", pb::CHANNEL_PHONE},
         {"Citizens Connect App", pb::CHANNEL_APP},
         {"City Worker App", pb::CHANNEL_STAFF},
         {"Self Service", pb::CHANNEL_WEB}},
        "Closed"}},
      {"nyc",
       {"Unique Key",
        "Complaint Type",
        "Agency",
        "Open Data Channel Type",
        "Status",
        "Created Date",
        "Due Date",
        "Closed Date",
        "Incident Address",
        "Resolution Description",
        {{"PHONE", pb::CHANNEL_PHONE}, {"ONLINE", pb::CHANNEL_WEB}, {"MOBILE", pb::CHANNEL_APP}},
        "Closed"}}};
  return publishers;
}

pb::CaseRow ToRow(const CsvRow& csv, const Publisher& publisher) {
  const auto cell = [&](const std::string& column) {
    const auto found = csv.cells.find(column);
    return found == csv.cells.end() ? std::string() : found->second;
  };
  const auto channel = publisher.channels.find(cell(publisher.channel));
  pb::CaseRow row;
  row.set_line(csv.line);
  row.set_source_id(cell(publisher.source_id));
  row.set_type_name(cell(publisher.type_name));
  row.set_department(cell(publisher.department));
  row.set_channel(channel == publisher.channels.end() ? pb::CHANNEL_OTHER : channel->second);
  row.set_status(cell(publisher.status) == publisher.closed_word ? pb::PUBLIC_STATUS_CLOSED
                                                                 : pb::PUBLIC_STATUS_OPEN);
  row.set_opened(cell(publisher.opened));
  row.set_target(cell(publisher.target));
  row.set_closed(cell(publisher.closed));
  row.set_address(cell(publisher.address));
  row.set_status_note(cell(publisher.status_note));
  return row;
}

struct Arguments {
  std::string file;
  std::string source;
  std::string zone;
};

Result<pb::ImportCasesResponse> Import(Desk& desk, const Arguments& arguments) {
  std::ifstream file(arguments.file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  REEVE_ASSIGN_OR_RETURN(const std::vector<CsvRow> rows, ParseCsv(text));
  pb::ImportCasesResponse all;
  for (std::size_t start = 0; start < rows.size(); start += kRowsMax) {
    pb::ImportCasesRequest request;
    request.set_source(arguments.source);
    request.set_zone(arguments.zone);
    request.set_request_id(desk.NewRequestId());
    for (std::size_t i = start; i < std::min(rows.size(), start + kRowsMax); ++i) {
      *request.add_rows() = ToRow(rows[i], Publishers().at(arguments.source));
    }
    REEVE_ASSIGN_OR_RETURN(const auto part,
                           desk.Send<pb::ImportCasesResponse>(
                               "reeve.case311.v1.CaseImportService/ImportCases", request));
    all.set_imported_count(all.imported_count() + part.imported_count());
    all.set_already_imported_count(all.already_imported_count() + part.already_imported_count());
    all.mutable_findings()->MergeFrom(part.findings());
  }
  return all;
}

void ShowImport(Screen& screen, const pb::ImportCasesResponse& import) {
  screen.Line(std::to_string(import.imported_count()) + " cases imported, " +
              std::to_string(import.already_imported_count()) + " were there already, " +
              std::to_string(import.findings_size()) + " findings");
  for (const pb::ImportFinding& finding : import.findings()) {
    screen.Pair("line " + std::to_string(finding.line()),
                finding.reason() + " " + finding.field() + (finding.imported() ? "" : ", not in"),
                2);
  }
}

}  // namespace

void AddCaseImport(CLI::App& cases, Session& session) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = cases.add_subcommand("import", "Imports a file that another city publishes.");
  command->add_option("file", arguments->file, "CSV")->required()->check(CLI::ExistingFile);
  command->add_option("--source", arguments->source, "Whose file: boston or nyc")
      ->required()
      ->check(CLI::IsMember({"boston", "nyc"}));
  command->add_option("--zone", arguments->zone, "Zone of the printed times, e.g. EST")->required();
  command->callback([&session, arguments] {
    Finish(session, Import(session.desk(), *arguments), As(ShowImport));
  });
}

}  // namespace reeve::reevectl
