#include "services/case311/case_import/case_import.h"

#include <optional>

namespace reeve::case311 {
namespace {

// The number that stands in text[position, position + length), if those are all digits.
std::optional<int> Digits(std::string_view text, std::size_t position, std::size_t length) {
  if (position + length > text.size()) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(position, length)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

// "13:47:00" as seconds of the day.
std::optional<int> SecondsOfDay(std::string_view text) {
  const std::optional<int> hour = Digits(text, 0, 2), minute = Digits(text, 3, 2),
                           second = Digits(text, 6, 2);
  if (text.size() != 8 || text[2] != ':' || text[5] != ':' || !hour || !minute || !second ||
      *hour > 23 || *minute > 59 || *second > 59) {
    return std::nullopt;
  }
  return *hour * 3'600 + *minute * 60 + *second;
}

// "09:55:45 PM" as seconds of the day.
std::optional<int> SecondsOfHalfDay(std::string_view text) {
  if (text.size() != 11 || !(text.ends_with(" AM") || text.ends_with(" PM"))) return std::nullopt;
  const std::optional<int> seconds = SecondsOfDay(text.substr(0, 8));
  constexpr int kHalfDay = 12 * 3'600;
  if (!seconds || *seconds < 3'600 || *seconds >= kHalfDay + 3'600) return std::nullopt;
  return *seconds % kHalfDay + (text.ends_with(" PM") ? kHalfDay : 0);
}

Error NotATime() {
  return {Code::kInvalidArgument, reeve::reason::kInvalidRequest, "The text is not a time."};
}

bool IsPlausible(Instant instant, Instant now) {
  constexpr int kFirstYear = 1950;
  return instant <= now &&
         instant >= Instant::FromMicros(std::int64_t{Date::FromCivil(kFirstYear, 1, 1)->days()} *
                                        Duration::Hours(24).micros());
}

}  // namespace

Result<Instant> ParseSourceTime(std::string_view text, const TimeZone& zone) {
  const bool month_first = text.size() == 22 && text[2] == '/' && text[5] == '/';
  const std::string date_text = month_first ? std::string(text.substr(6, 4)) + "-" +
                                                  std::string(text.substr(0, 2)) + "-" +
                                                  std::string(text.substr(3, 2))
                                            : std::string(text.substr(0, 10));
  REEVE_ASSIGN_OR_RETURN(const Date date, Date::Parse(date_text));
  if (text.size() < 11 || text[10] != ' ') return NotATime();
  const std::string_view clock = text.substr(11);
  const std::optional<int> seconds = month_first ? SecondsOfHalfDay(clock) : SecondsOfDay(clock);
  if (!seconds) return NotATime();
  return zone.ToInstant({date, *seconds / 60}) + Duration::Seconds(*seconds % 60);
}

CaseId ImportedCaseOf(std::string_view source, std::string_view source_id) {
  return CaseId(DerivedId("case311/import/" + std::string(source) + "/" + std::string(source_id)));
}

std::variant<ImportedCase, ImportFinding> Judge(const ImportRow& row, std::string_view fault,
                                                std::string_view source, const TimeZone& zone,
                                                Instant now) {
  const auto finding = [&](Reason reason, std::string_view field, bool imported) {
    return ImportFinding{.line = row.line,
                         .source_id = row.source_id,
                         .reason = std::string(reason.name),
                         .imported = imported,
                         .field = std::string(field)};
  };
  const auto refuse = [&](Reason reason, std::string_view field) {
    return finding(reason, field, false);
  };

  if (!fault.empty()) return refuse(reason::kFieldInvalid, fault);
  const Result<Instant> opened = ParseSourceTime(row.opened, zone);
  if (!opened.ok()) return refuse(reason::kOpenedUnreadable, "opened");
  if (!IsPlausible(*opened, now)) return refuse(reason::kOpenedImplausible, "opened");
  std::optional<Instant> target;
  if (!row.target.empty()) {
    const Result<Instant> parsed = ParseSourceTime(row.target, zone);
    if (!parsed.ok()) return refuse(reason::kTargetUnreadable, "target");
    if (*parsed < *opened) return refuse(reason::kTargetBeforeOpened, "target");
    target = *parsed;
  }
  std::optional<Instant> closed;
  if (!row.closed.empty()) {
    const Result<Instant> parsed = ParseSourceTime(row.closed, zone);
    if (!parsed.ok()) return refuse(reason::kClosedUnreadable, "closed");
    if (!IsPlausible(*parsed, now)) return refuse(reason::kClosedImplausible, "closed");
    if (*parsed < *opened) return refuse(reason::kClosedBeforeOpened, "closed");
    closed = *parsed;
  }
  if (row.closed_by_status && !closed) return refuse(reason::kClosedTimeMissing, "closed");

  ImportedCase imported;
  if (!row.closed_by_status && closed) {
    imported.marks.push_back(finding(reason::kOpenWithClosedTime, "closed", true));
    closed.reset();
  }
  if (!row.status_note)
    imported.marks.push_back(finding(reason::kNoteUnreadable, "status_note", true));
  const CaseId id = ImportedCaseOf(source, row.source_id);
  imported.changed.after = {.id = id,
                            .case_type_code = row.type_name,
                            .state = row.closed_by_status ? State::kClosed : State::kRouted,
                            .department = row.department,
                            .address = row.address,
                            .channel = row.channel,
                            .opened_time = *opened,
                            .target_time = target,
                            .closed_time = closed,
                            .source = std::string(source),
                            .source_id = row.source_id,
                            .version = 1};
  imported.changed.entry = {.id = id,
                            .sequence = 1,
                            .event = Event::kImported,
                            .state = imported.changed.after.state,
                            .department = row.department,
                            .note = row.status_note.value_or(""),
                            .note_is_public = false,
                            .recorded_time = now};
  return imported;
}

Canonical ImportCase::canonical() const {
  return Canonical("import-case", 1)
      .Add("case", Digest(changed.after))
      .Add("status_note", changed.entry.note);
}

}  // namespace reeve::case311
