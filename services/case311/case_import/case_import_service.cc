#include "services/case311/case_import/case_import_service.h"

#include <algorithm>
#include <set>

#include "services/case311/case/case_store.h"
#include "services/case311/case_import/case_import.h"
#include "services/case311/wire.h"
#include "shared/core/fields.h"

namespace reeve::case311 {
namespace {

constexpr int kRowsMax = 500;

struct Import {
  std::string request_id;
  std::string source;
  TimeZone zone;
};

bool IsSource(std::string_view name) {
  return name.size() >= 2 && name.size() <= 20 &&
         std::all_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

Result<Import> Parse(const v1::ImportCasesRequest& request) {
  Fields fields;
  const std::string request_id = fields.RequestId(request.request_id());
  if (!IsSource(request.source())) fields.Refuse("source", "is not 2 to 20 small letters");
  const Result<TimeZone> zone = TimeZone::Load(request.zone());
  if (!zone.ok()) fields.Refuse("zone", "is not a known time zone");
  fields.Range("rows", request.rows_size(), 1, kRowsMax);
  if (!fields.ok()) return fields.error();
  return Import{request_id, request.source(), *zone};
}

// A row, and the first of its fields that is not valid, if any.
std::pair<ImportRow, std::string> ParseRow(const v1::CaseRow& row) {
  Fields fields;
  ImportRow parsed{
      .line = row.line(),
      .source_id = fields.Text("source_id", row.source_id(), 1, 40),
      .type_name = fields.Text("type_name", row.type_name(), 1, 200),
      .department = fields.Text("department", row.department(), 1, 100),
      .channel = FromProto<Channel>(fields, "channel", row.channel(), kChannels.size()),
      .opened = row.opened(),
      .target = row.target(),
      .closed = row.closed(),
      .address = fields.Text("address", row.address(), 0, 200)};
  // A note that is no text (a wrong encoding, mostly) does not keep a case out of the figures.
  Fields note_fields;
  std::string note = note_fields.Text("status_note", row.status_note(), 0, 4'000);
  if (note_fields.ok()) parsed.status_note = std::move(note);
  fields.Range("status", row.status(), v1::PUBLIC_STATUS_OPEN, v1::PUBLIC_STATUS_CLOSED);
  parsed.closed_by_status = row.status() == v1::PUBLIC_STATUS_CLOSED;
  return {parsed, fields.ok() ? "" : fields.error().violations().front().field};
}

v1::ImportFinding ToProto(const ImportFinding& finding) {
  v1::ImportFinding message;
  message.set_line(finding.line);
  message.set_source_id(finding.source_id);
  message.set_reason(finding.reason);
  message.set_imported(finding.imported);
  message.set_field(finding.field);
  return message;
}

// Inserts those of `chosen` that are not there yet, all at once; the others are refused.
std::vector<Result<std::string>> InsertNew(db::Transaction& tx,
                                           std::span<command::Change* const> changes,
                                           std::span<const std::size_t> chosen,
                                           std::span<const ImportedCase> cases) {
  std::vector<CaseId> ids;
  for (const std::size_t index : chosen) ids.push_back(cases[index].changed.after.id);
  const std::vector<bool> taken = AreTaken(tx, ids);
  std::vector<Result<std::string>> answers;
  std::vector<Changed> fresh;
  std::set<CaseId> seen;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const Changed& changed = cases[chosen[i]].changed;
    if (taken[i] || !seen.insert(changed.after.id).second) {
      answers.emplace_back(AlreadyExists(reason::kAlreadyImported, "The case is there already."));
      continue;
    }
    fresh.push_back(changed);
    changes[i]->Audit({.entity = "case",
                       .entity_id = changed.after.id.ToString(),
                       .action = std::string(kEvents(changed.entry.event)),
                       .before = "",
                       .after = AuditText(changed)});
    answers.emplace_back(std::string());
  }
  InsertCases(tx, fresh);
  return answers;
}

}  // namespace

grpc::ServerUnaryReactor* CaseImportService::ImportCases(grpc::CallbackServerContext* context,
                                                         const v1::ImportCasesRequest* request,
                                                         v1::ImportCasesResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ImportCasesRequest& request) -> Result<v1::ImportCasesResponse> {
        REEVE_ASSIGN_OR_RETURN(const Import import, Parse(request));
        v1::ImportCasesResponse answer;
        std::vector<ImportedCase> cases;
        std::vector<command::Frame::Member> members;
        for (int i = 0; i < request.rows_size(); ++i) {
          const auto [row, fault] = ParseRow(request.rows(i));
          auto judged = Judge(row, fault, import.source, import.zone, call.now);
          if (const auto* refused = std::get_if<ImportFinding>(&judged)) {
            *answer.add_findings() = ToProto(*refused);
            continue;
          }
          cases.push_back(std::get<ImportedCase>(std::move(judged)));
          const ImportCase command{import.request_id + "/" + std::to_string(i),
                                   cases.back().changed};
          members.push_back({&call,
                             {ImportCase::kMethod, command.request_id, command.home(),
                              command.canonical().bytes()}});
        }
        const std::vector<Result<command::Stored>> stored = frame_.WriteBatch(
            members, [&](db::Transaction& tx, std::span<command::Change* const> changes,
                         std::span<const std::size_t> chosen) {
              return InsertNew(tx, changes, chosen, cases);
            });
        for (std::size_t i = 0; i < stored.size(); ++i) {
          if (!stored[i].ok() && stored[i].error().reason() != reason::kAlreadyImported.name)
            return stored[i].error();
          if (!stored[i].ok()) {
            answer.set_already_imported_count(answer.already_imported_count() + 1);
            continue;
          }
          answer.set_imported_count(answer.imported_count() + 1);
          for (const ImportFinding& mark : cases[i].marks) *answer.add_findings() = ToProto(mark);
        }
        std::stable_sort(answer.mutable_findings()->begin(), answer.mutable_findings()->end(),
                         [](const auto& a, const auto& b) { return a.line() < b.line(); });
        return answer;
      });
}

}  // namespace reeve::case311
