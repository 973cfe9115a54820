#include "services/case311/case/case_wire_service.h"

#include <limits>

#include "services/case311/wire.h"
#include "shared/core/fields.h"

namespace reeve::case311 {
namespace {

constexpr std::size_t kNoteMax = 2'000;

std::int64_t MicrosOr0(const std::optional<Instant>& instant) {
  return instant ? instant->micros() : 0;
}

template <class Command>
Result<Command> Parsed(const Fields& fields, Command command) {
  if (!fields.ok()) return fields.error();
  return command;
}

}  // namespace

Result<OpenCase> Parse(const Call& call, const v1::OpenCaseRequest& request) {
  Fields fields;
  OpenCase command{
      .request_id = fields.RequestId(request.request_id()),
      .case_type_code = Code(fields, "case_type_code", request.case_type_code()),
      .address = fields.Text("address", request.address(), 0, 200),
      .district = fields.Range("district", request.district(), 0, 99),
      .description = fields.Text("description", request.description(), 1, 4'000),
      .channel = FromProto<Channel>(fields, "channel", request.channel(), kChannels.size()),
      .interaction = InteractionId(fields.Range("interaction_id", request.interaction_id(), 0,
                                                std::numeric_limits<std::int64_t>::max())),
  };
  command.id = CaseOf(call.caller, command.request_id);
  return Parsed(fields, std::move(command));
}

Result<RouteCase> Parse(const v1::RouteCaseRequest& request) {
  Fields fields;
  RouteCase command{.request_id = fields.RequestId(request.request_id()),
                    .id = CaseId(fields.Id("case_id", request.case_id())),
                    .department = Code(fields, "department", request.department()),
                    .note = fields.Text("note", request.note(), 0, kNoteMax)};
  return Parsed(fields, std::move(command));
}

Result<AcceptCase> Parse(const v1::AcceptCaseRequest& request) {
  Fields fields;
  AcceptCase command{.request_id = fields.RequestId(request.request_id()),
                     .id = CaseId(fields.Id("case_id", request.case_id()))};
  return Parsed(fields, std::move(command));
}

Result<ResolveCase> Parse(const v1::ResolveCaseRequest& request) {
  Fields fields;
  ResolveCase command{
      .request_id = fields.RequestId(request.request_id()),
      .id = CaseId(fields.Id("case_id", request.case_id())),
      .status_note = fields.Text("status_note", request.status_note(), 1, kNoteMax)};
  return Parsed(fields, std::move(command));
}

Result<ReopenCase> Parse(const v1::ReopenCaseRequest& request) {
  Fields fields;
  ReopenCase command{.request_id = fields.RequestId(request.request_id()),
                     .id = CaseId(fields.Id("case_id", request.case_id())),
                     .note = fields.Text("note", request.note(), 1, kNoteMax)};
  return Parsed(fields, std::move(command));
}

Result<CloseCase> Parse(const v1::CloseCaseRequest& request) {
  Fields fields;
  CloseCase command{
      .request_id = fields.RequestId(request.request_id()),
      .id = CaseId(fields.Id("case_id", request.case_id())),
      .outcome = FromProto<Outcome>(fields, "outcome", request.outcome(), kOutcomes.size()),
      .status_note = fields.Text("status_note", request.status_note(), 0, kNoteMax)};
  return Parsed(fields, std::move(command));
}

Result<AddCaseNote> Parse(const v1::AddCaseNoteRequest& request) {
  Fields fields;
  AddCaseNote command{.request_id = fields.RequestId(request.request_id()),
                      .id = CaseId(fields.Id("case_id", request.case_id())),
                      .note = fields.Text("note", request.note(), 1, kNoteMax),
                      .note_is_public = request.note_is_public()};
  return Parsed(fields, std::move(command));
}

v1::Case ToProto(const Case& record) {
  v1::Case message;
  message.set_case_id(record.id.value());
  message.set_case_type_code(record.case_type_code);
  message.set_state(ToProto<v1::CaseState>(record.state));
  if (record.outcome) message.set_outcome(ToProto<v1::CaseOutcome>(*record.outcome));
  message.set_department(record.department);
  message.set_address(record.address);
  message.set_district(record.district);
  message.set_description(record.description);
  message.set_channel(ToProto<v1::Channel>(record.channel));
  message.set_interaction_id(record.interaction.value());
  message.set_assignee_person_id(record.assignee.value());
  message.set_opened_time_micros(record.opened_time.micros());
  message.set_target_time_micros(MicrosOr0(record.target_time));
  message.set_closed_time_micros(MicrosOr0(record.closed_time));
  message.set_source(record.source);
  message.set_source_id(record.source_id);
  message.set_version(record.version);
  return message;
}

v1::PublicCase ToProto(const PublicCase& view) {
  v1::PublicCase message;
  message.set_case_id(view.id.value());
  message.set_type_name(view.type_name);
  message.set_status(view.closed ? v1::PUBLIC_STATUS_CLOSED : v1::PUBLIC_STATUS_OPEN);
  for (const StatusNote& note : view.status_notes) {
    v1::StatusNote& added = *message.add_status_notes();
    added.set_time_micros(note.time.micros());
    added.set_text(note.text);
  }
  message.set_department(view.department);
  message.set_address(view.address);
  message.set_opened_time_micros(view.opened_time.micros());
  message.set_expected_time_micros(MicrosOr0(view.expected_time));
  message.set_updated_time_micros(view.updated_time.micros());
  return message;
}

v1::CaseHistoryEntry ToProto(const HistoryEntry& entry) {
  v1::CaseHistoryEntry message;
  message.set_sequence(entry.sequence);
  message.set_event(std::string(kEvents(entry.event)));
  message.set_state(ToProto<v1::CaseState>(entry.state));
  message.set_department(entry.department);
  message.set_note(entry.note);
  message.set_note_is_public(entry.note_is_public);
  message.set_person_id(entry.person.value());
  message.set_time_micros(entry.recorded_time.micros());
  return message;
}

}  // namespace reeve::case311
