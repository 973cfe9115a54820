#include "services/case311/case/case_service.h"

#include "reeve/case311/v1/events.pb.h"
#include "services/case311/case/case_store.h"
#include "services/case311/case/case_wire_service.h"
#include "services/case311/case_type/case_type_store.h"
#include "services/case311/interaction/interaction_store.h"
#include "services/case311/wire.h"
#include "shared/core/fields.h"
#include "shared/rpc/paging.h"

namespace reeve::case311 {
namespace {

void EmitOpened(command::Change& change, const Case& record) {
  v1::CaseOpened event;
  event.set_case_id(record.id.value());
  event.set_case_type_code(record.case_type_code);
  event.set_department(record.department);
  event.set_interaction_id(record.interaction.value());
  event.set_target_time_micros(record.target_time ? record.target_time->micros() : 0);
  command::Emit(change, record.id.value(), event);
}

void EmitMoved(command::Change& change, const Case& before, const Case& after) {
  v1::CaseMoved event;
  event.set_case_id(after.id.value());
  event.set_from_state(ToProto<v1::CaseState>(before.state));
  event.set_to_state(ToProto<v1::CaseState>(after.state));
  event.set_department(after.department);
  if (after.outcome) event.set_outcome(ToProto<v1::CaseOutcome>(*after.outcome));
  command::Emit(change, after.id.value(), event);
}

command::AuditRecord AuditOf(const Changed& changed, std::string before) {
  return {.entity = "case",
          .entity_id = changed.after.id.ToString(),
          .action = std::string(kEvents(changed.entry.event)),
          .before = std::move(before),
          .after = AuditText(changed)};
}

constexpr int kHour = 3'600;

}  // namespace

CaseService::CaseService(rpc::Server& server, command::Frame& frame, db::Database& database,
                         const BusinessCalendar& calendar, obs::Metrics& metrics)
    : server_(server),
      frame_(frame),
      database_(database),
      calendar_(calendar),
      opened_(metrics.NewCounterByLabel("cases_opened_total", "Cases opened, by channel.",
                                        "channel", kChannels.names())),
      moves_(metrics.NewCounterByLabel("case_events_total", "What happened to cases.", "event",
                                       kEvents.names())),
      outcomes_(metrics.NewCounterByLabel("cases_closed_total", "Cases closed, by outcome.",
                                          "outcome", kOutcomes.names())),
      service_levels_(metrics.NewCounterByLabel(
          "case_service_level_total", "Cases closed for their caller, by what was promised.",
          "result", {"met", "missed", "none"})),
      resolution_seconds_(metrics.NewHistogram(
          "case_resolution_seconds", "From the opening until a case is closed for its caller.",
          {kHour, 4 * kHour, 24 * kHour, 72 * kHour, 168 * kHour, 720 * kHour, 2'160 * kHour})) {}

void CaseService::Count(const Changed& changed, bool was_closed) {
  const auto& [after, entry] = changed;
  moves_.For(kEvents(entry.event)).Add();
  if (entry.event == Event::kOpened) opened_.For(kChannels(after.channel)).Add();
  if (entry.event == Event::kClosed) outcomes_.For(kOutcomes(*after.outcome)).Add();
  if (was_closed || !after.closed_time) return;
  service_levels_
      .For(!after.target_time                         ? "none"
           : *after.closed_time <= *after.target_time ? "met"
                                                      : "missed")
      .Add();
  resolution_seconds_.Observe((*after.closed_time - after.opened_time).micros() / 1'000'000);
}

template <class Request>
grpc::ServerUnaryReactor* CaseService::HandleChange(grpc::CallbackServerContext* context,
                                                    const Request* request, v1::Case* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const Request& request) -> Result<v1::Case> {
        REEVE_ASSIGN_OR_RETURN(const auto command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::Case> {
          REEVE_ASSIGN_OR_RETURN(const Case before, FindCaseForUpdate(change.tx(), command.id));
          REEVE_ASSIGN_OR_RETURN(const Changed changed,
                                 Apply(before, command, {call.caller.person, call.now}));
          REEVE_RETURN_IF_ERROR(SaveCase(change.tx(), changed));
          change.Audit(AuditOf(
              changed, "version=" + std::to_string(before.version) + ",case=" + Digest(before)));
          if (changed.entry.event != Event::kNoted) EmitMoved(change, before, changed.after);
          change.AfterCommit([this, changed, was_closed = before.closed_time.has_value()] {
            Count(changed, was_closed);
          });
          return ToProto(changed.after);
        });
      });
}

Result<v1::Case> CaseService::Open(const Call& call, const case311::OpenCase& command) {
  return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::Case> {
    REEVE_ASSIGN_OR_RETURN(const CaseType type, FindCaseType(change.tx(), command.case_type_code));
    if (command.interaction.is_set())
      REEVE_RETURN_IF_ERROR(FindInteraction(change.tx(), command.interaction));
    const Changed changed = Apply(command, type, calendar_, {call.caller.person, call.now});
    InsertCases(change.tx(), {&changed, 1});
    change.Audit(AuditOf(changed, ""));
    EmitOpened(change, changed.after);
    change.AfterCommit([this, changed] { Count(changed, /*was_closed=*/false); });
    return ToProto(changed.after);
  });
}

grpc::ServerUnaryReactor* CaseService::OpenCase(grpc::CallbackServerContext* context,
                                                const v1::OpenCaseRequest* request,
                                                v1::Case* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::OpenCaseRequest& request) -> Result<v1::Case> {
        REEVE_ASSIGN_OR_RETURN(const case311::OpenCase command, Parse(call, request));
        return Open(call, command);
      });
}

grpc::ServerUnaryReactor* CaseService::RouteCase(grpc::CallbackServerContext* context,
                                                 const v1::RouteCaseRequest* request,
                                                 v1::Case* response) {
  return HandleChange(context, request, response);
}

grpc::ServerUnaryReactor* CaseService::AcceptCase(grpc::CallbackServerContext* context,
                                                  const v1::AcceptCaseRequest* request,
                                                  v1::Case* response) {
  return HandleChange(context, request, response);
}

grpc::ServerUnaryReactor* CaseService::ResolveCase(grpc::CallbackServerContext* context,
                                                   const v1::ResolveCaseRequest* request,
                                                   v1::Case* response) {
  return HandleChange(context, request, response);
}

grpc::ServerUnaryReactor* CaseService::ReopenCase(grpc::CallbackServerContext* context,
                                                  const v1::ReopenCaseRequest* request,
                                                  v1::Case* response) {
  return HandleChange(context, request, response);
}

grpc::ServerUnaryReactor* CaseService::CloseCase(grpc::CallbackServerContext* context,
                                                 const v1::CloseCaseRequest* request,
                                                 v1::Case* response) {
  return HandleChange(context, request, response);
}

grpc::ServerUnaryReactor* CaseService::AddCaseNote(grpc::CallbackServerContext* context,
                                                   const v1::AddCaseNoteRequest* request,
                                                   v1::Case* response) {
  return HandleChange(context, request, response);
}

grpc::ServerUnaryReactor* CaseService::GetCase(grpc::CallbackServerContext* context,
                                               const v1::GetCaseRequest* request,
                                               v1::Case* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::GetCaseRequest& request) -> Result<v1::Case> {
        Fields fields;
        const CaseId id(fields.Id("case_id", request.case_id()));
        if (!fields.ok()) return fields.error();
        REEVE_ASSIGN_OR_RETURN(const Case record,
                               database_.ReadResult(call.deadline, [&](db::Transaction& tx) {
                                 return FindCase(tx, id);
                               }));
        return ToProto(record);
      });
}

grpc::ServerUnaryReactor* CaseService::GetPublicCase(grpc::CallbackServerContext* context,
                                                     const v1::GetPublicCaseRequest* request,
                                                     v1::PublicCase* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::GetPublicCaseRequest& request) -> Result<v1::PublicCase> {
        Fields fields;
        const CaseId id(fields.Id("case_id", request.case_id()));
        if (!fields.ok()) return fields.error();
        REEVE_ASSIGN_OR_RETURN(
            const std::optional<PublicCase> view,
            database_.ReadResult(
                call.deadline, [&](db::Transaction& tx) -> Result<std::optional<PublicCase>> {
                  REEVE_ASSIGN_OR_RETURN(const Case record, FindCase(tx, id));
                  const Result<CaseType> type = FindCaseType(tx, record.case_type_code);
                  if (!type.ok()) return std::optional<PublicCase>();
                  return PublicView(record, *type, FindHistory(tx, id));
                }));
        // The same words as for a number that was never given: that it exists is not for callers.
        if (!view) return NotFound(reason::kCaseUnknown, "There is no case with this number.");
        return ToProto(*view);
      });
}

grpc::ServerUnaryReactor* CaseService::ListCases(grpc::CallbackServerContext* context,
                                                 const v1::ListCasesRequest* request,
                                                 v1::ListCasesResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListCasesRequest& request) -> Result<v1::ListCasesResponse> {
        Fields fields;
        const std::string department = Code(fields, "department", request.department());
        const std::string query = "ListCases/" + department;
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 2);
        if (!fields.ok()) return fields.error();
        const WorkListKey after{page.AfterInt(0), CaseId(page.AfterInt(1))};
        std::vector<Case> found;
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          found = ListOpenCases(tx, department, after, page.size + 1);
        });
        v1::ListCasesResponse answer;
        if (found.size() > static_cast<std::size_t>(page.size)) {
          found.pop_back();
          const WorkListKey last = KeyOf(found.back());
          answer.set_next_page_token(
              rpc::NextPageToken(query, {std::to_string(last.target_micros), last.id.ToString()}));
        }
        for (const Case& record : found) *answer.add_cases() = ToProto(record);
        return answer;
      });
}

grpc::ServerUnaryReactor* CaseService::ListCaseHistory(grpc::CallbackServerContext* context,
                                                       const v1::ListCaseHistoryRequest* request,
                                                       v1::ListCaseHistoryResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListCaseHistoryRequest& request) -> Result<v1::ListCaseHistoryResponse> {
        Fields fields;
        const CaseId id(fields.Id("case_id", request.case_id()));
        if (!fields.ok()) return fields.error();
        std::vector<HistoryEntry> history;
        database_.Read(call.deadline, [&](db::Transaction& tx) { history = FindHistory(tx, id); });
        // Every case has a history, from its first moment.
        if (history.empty())
          return NotFound(reason::kCaseUnknown, "There is no case with this number.");
        v1::ListCaseHistoryResponse answer;
        for (const HistoryEntry& entry : history) *answer.add_entries() = ToProto(entry);
        return answer;
      });
}

}  // namespace reeve::case311
