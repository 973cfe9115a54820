#include "services/case311/case/case.h"

#include <algorithm>

namespace reeve::case311 {
namespace {

constexpr std::size_t kMoves = 5;
constexpr std::optional<State> kNo = std::nullopt;

// Every pair of state and move: where it leads, or that it is refused.
constexpr std::array<std::array<std::optional<State>, kMoves>, kStates.size()> kNext{{
    // kRouted,        kAccepted,        kResolved,        kReopened,      kClosed
    {State::kRouted, State::kAccepted, kNo, kNo, State::kClosed},               // kRouted
    {State::kRouted, State::kAccepted, State::kResolved, kNo, State::kClosed},  // kAccepted
    {kNo, kNo, kNo, State::kRouted, State::kClosed},                            // kResolved
    {kNo, kNo, kNo, State::kRouted, kNo},                                       // kClosed
}};

Canonical Form(std::string_view name, CaseId id) {
  return Canonical(name, 1).Add("case_id", id.value());
}

std::int64_t MicrosOr0(const std::optional<Instant>& instant) {
  return instant ? instant->micros() : 0;
}

// The case behind `event`, and the entry that records it; refused where the state does not allow
// it.
Result<Changed> Moved(const Case& before, Event event, const Actor& actor) {
  if (!before.source.empty())
    return FailedPrecondition(reason::kCaseImported, "An imported case is read only.");
  const std::optional<State> next = Next(before.state, event);
  if (!next) {
    return FailedPrecondition(reason::kCaseStateWrong, "The case's state does not allow this.")
        .With("state", std::string(kStates(before.state)))
        .With("move", std::string(kEvents(event)));
  }
  Changed changed{.after = before};
  changed.after.state = *next;
  changed.after.version = before.version + 1;
  changed.entry = {.id = before.id,
                   .sequence = changed.after.version,
                   .event = event,
                   .state = *next,
                   .department = before.department,
                   .person = actor.person,
                   .recorded_time = actor.now};
  return changed;
}

// When it is done for its caller; a clock that was set back does not make it done before it began.
Instant ClosedAt(const Case& record, const Actor& actor) {
  return std::max(actor.now, record.opened_time);
}

}  // namespace

std::optional<State> Next(State from, Event event) {
  if (event == Event::kNoted) return from;
  const auto move = static_cast<std::size_t>(event);
  return move < kMoves ? kNext[static_cast<std::size_t>(from)][move] : kNo;
}

Canonical OpenCase::canonical() const {
  return Form("open-case", id)
      .Add("case_type_code", case_type_code)
      .Add("address", address)
      .Add("district", district)
      .Add("description", description)
      .Add("channel", kChannels(channel))
      .Add("interaction_id", interaction.value());
}

Canonical RouteCase::canonical() const {
  return Form("route-case", id).Add("department", department).Add("note", note);
}

Canonical AcceptCase::canonical() const { return Form("accept-case", id); }

Canonical ResolveCase::canonical() const {
  return Form("resolve-case", id).Add("status_note", status_note);
}

Canonical ReopenCase::canonical() const { return Form("reopen-case", id).Add("note", note); }

Canonical CloseCase::canonical() const {
  return Form("close-case", id).Add("outcome", kOutcomes(outcome)).Add("status_note", status_note);
}

Canonical AddCaseNote::canonical() const {
  return Form("add-case-note", id)
      .Add("note", note)
      .Add("note_is_public", std::int64_t{note_is_public});
}

CaseId CaseOf(const Caller& caller, std::string_view request_id) {
  return CaseId(DerivedId("case311/case/" + caller.ToString() + "/" + std::string(request_id)));
}

Changed Apply(const OpenCase& command, const CaseType& type, const BusinessCalendar& calendar,
              const Actor& actor) {
  Changed changed;
  changed.after = {.id = command.id,
                   .case_type_code = type.code,
                   .state = State::kRouted,
                   .department = DepartmentFor(type, command.district),
                   .address = command.address,
                   .district = command.district,
                   .description = command.description,
                   .channel = command.channel,
                   .interaction = command.interaction,
                   .opened_time = actor.now,
                   .version = 1};
  if (type.service_level_minutes > 0) {
    changed.after.target_time = calendar.PlusBusinessMinutes(actor.now, type.service_level_minutes);
  }
  changed.entry = {.id = command.id,
                   .sequence = 1,
                   .event = Event::kOpened,
                   .state = changed.after.state,
                   .department = changed.after.department,
                   .person = actor.person,
                   .recorded_time = actor.now};
  return changed;
}

Result<Changed> Apply(const Case& before, const RouteCase& command, const Actor& actor) {
  REEVE_ASSIGN_OR_RETURN(Changed changed, Moved(before, Event::kRouted, actor));
  if (command.department == before.department)
    return FailedPrecondition(reason::kSameDepartment, "The department has the case already.");
  changed.after.department = changed.entry.department = command.department;
  changed.after.assignee = PersonId();
  changed.entry.note = command.note;
  return changed;
}

Result<Changed> Apply(const Case& before, const AcceptCase&, const Actor& actor) {
  REEVE_ASSIGN_OR_RETURN(Changed changed, Moved(before, Event::kAccepted, actor));
  changed.after.assignee = actor.person;
  return changed;
}

Result<Changed> Apply(const Case& before, const ResolveCase& command, const Actor& actor) {
  REEVE_ASSIGN_OR_RETURN(Changed changed, Moved(before, Event::kResolved, actor));
  changed.after.closed_time = ClosedAt(before, actor);
  changed.entry.note = command.status_note;
  changed.entry.note_is_public = true;
  return changed;
}

Result<Changed> Apply(const Case& before, const ReopenCase& command, const Actor& actor) {
  REEVE_ASSIGN_OR_RETURN(Changed changed, Moved(before, Event::kReopened, actor));
  changed.after.closed_time.reset();
  changed.after.outcome.reset();
  changed.after.assignee = PersonId();
  changed.entry.note = command.note;
  return changed;
}

Result<Changed> Apply(const Case& before, const CloseCase& command, const Actor& actor) {
  REEVE_ASSIGN_OR_RETURN(Changed changed, Moved(before, Event::kClosed, actor));
  const bool resolved = before.state == State::kResolved;
  if (command.outcome == Outcome::kFixed && !resolved) {
    return FailedPrecondition(reason::kNotResolved,
                              "A case is fixed once its department has resolved it.");
  }
  if (command.status_note.empty() && !resolved)
    return FailedPrecondition(reason::kStatusNoteMissing, "The caller is told why it is closed.");
  changed.after.outcome = command.outcome;
  if (!resolved) changed.after.closed_time = ClosedAt(before, actor);
  changed.entry.note = command.status_note;
  changed.entry.note_is_public = !command.status_note.empty();
  return changed;
}

Result<Changed> Apply(const Case& before, const AddCaseNote& command, const Actor& actor) {
  REEVE_ASSIGN_OR_RETURN(Changed changed, Moved(before, Event::kNoted, actor));
  changed.entry.note = command.note;
  changed.entry.note_is_public = command.note_is_public;
  return changed;
}

std::optional<PublicCase> PublicView(const Case& record, const CaseType& type,
                                     std::span<const HistoryEntry> history) {
  if (type.confidential || !record.source.empty()) return std::nullopt;
  PublicCase view{.id = record.id,
                  .type_name = type.name,
                  .closed = IsClosedForCaller(record.state),
                  .status_notes = {},
                  .department = record.department,
                  .address = record.address,
                  .opened_time = record.opened_time,
                  .expected_time = record.target_time,
                  .updated_time = record.opened_time};
  const HistoryEntry* before = nullptr;
  for (const HistoryEntry& entry : history) {
    const bool note_shows = entry.note_is_public && !entry.note.empty();
    if (note_shows) view.status_notes.push_back({entry.recorded_time, entry.note});
    const bool shows = note_shows || before == nullptr ||
                       IsClosedForCaller(before->state) != IsClosedForCaller(entry.state) ||
                       before->department != entry.department;
    if (shows) view.updated_time = entry.recorded_time;
    before = &entry;
  }
  return view;
}

std::string Digest(const Case& record) {
  return HexEncode(Sha256(Form("case", record.id)
                              .Add("case_type_code", record.case_type_code)
                              .Add("state", kStates(record.state))
                              .Add("outcome", record.outcome ? kOutcomes(*record.outcome) : "")
                              .Add("department", record.department)
                              .Add("address", record.address)
                              .Add("district", record.district)
                              .Add("description", record.description)
                              .Add("channel", kChannels(record.channel))
                              .Add("interaction_id", record.interaction.value())
                              .Add("assignee_person_id", record.assignee.value())
                              .Add("opened_time", record.opened_time.micros())
                              .List("target_time", record.target_time.has_value())
                              .Add("target_time", MicrosOr0(record.target_time))
                              .List("closed_time", record.closed_time.has_value())
                              .Add("closed_time", MicrosOr0(record.closed_time))
                              .Add("source", record.source)
                              .Add("source_id", record.source_id)
                              .Add("version", record.version)
                              .bytes()));
}

std::string Digest(const HistoryEntry& entry) {
  return HexEncode(Sha256(Form("case-history", entry.id)
                              .Add("sequence", entry.sequence)
                              .Add("event", kEvents(entry.event))
                              .Add("state", kStates(entry.state))
                              .Add("department", entry.department)
                              .Add("note", entry.note)
                              .Add("note_is_public", std::int64_t{entry.note_is_public})
                              .Add("person_id", entry.person.value())
                              .Add("recorded_time", entry.recorded_time.micros())
                              .bytes()));
}

std::string AuditText(const Changed& changed) {
  return "version=" + std::to_string(changed.after.version) +
         ",state=" + std::string(kStates(changed.after.state)) +
         ",department=" + changed.after.department + ",case=" + Digest(changed.after) +
         ",entry=" + Digest(changed.entry);
}

std::optional<std::string> HistoryFault(const Case& record, std::span<const HistoryEntry> history) {
  if (history.empty()) return "has no history";
  const Event beginning = record.source.empty() ? Event::kOpened : Event::kImported;
  if (history.front().event != beginning)
    return "begins with " + std::string(kEvents(history.front().event));
  for (std::size_t i = 0; i < history.size(); ++i) {
    const HistoryEntry& entry = history[i];
    if (entry.sequence != static_cast<std::int64_t>(i) + 1)
      return "has entry " + std::to_string(entry.sequence) + " in place of " +
             std::to_string(i + 1);
    if (i > 0 && Next(history[i - 1].state, entry.event) != entry.state)
      return "cannot have made entry " + std::to_string(entry.sequence);
  }
  const HistoryEntry& last = history.back();
  if (last.sequence != record.version || last.state != record.state ||
      last.department != record.department) {
    return "is not where its history ends";
  }
  return std::nullopt;
}

}  // namespace reeve::case311
