// Import of published cases: what a row must say to become a case, and what is wrong with it if it
// does not.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "services/case311/case/case.h"
#include "shared/core/date.h"

namespace reeve::case311 {

namespace reason {
// A row that is not in.
inline constexpr Reason kFieldInvalid{"FIELD_INVALID"};
inline constexpr Reason kOpenedUnreadable{"OPENED_UNREADABLE"};
inline constexpr Reason kOpenedImplausible{"OPENED_IMPLAUSIBLE"};  // before 1950, or in the future
inline constexpr Reason kTargetUnreadable{"TARGET_UNREADABLE"};
inline constexpr Reason kTargetBeforeOpened{"TARGET_BEFORE_OPENED"};
inline constexpr Reason kClosedUnreadable{"CLOSED_UNREADABLE"};
inline constexpr Reason kClosedImplausible{"CLOSED_IMPLAUSIBLE"};
inline constexpr Reason kClosedBeforeOpened{"CLOSED_BEFORE_OPENED"};
inline constexpr Reason kClosedTimeMissing{"CLOSED_TIME_MISSING"};
// A row that is in, with a mark: its status is believed and its closing time is not; its note is
// left out.
inline constexpr Reason kOpenWithClosedTime{"OPEN_WITH_CLOSED_TIME"};
inline constexpr Reason kNoteUnreadable{"NOTE_UNREADABLE"};
// A row that was in before.
inline constexpr Reason kAlreadyImported{"ALREADY_IMPORTED"};
}  // namespace reason

struct ImportRow {
  std::int64_t line = 0;
  std::string source_id;
  std::string type_name;
  std::string department;
  Channel channel = Channel::kOther;
  bool closed_by_status = false;
  std::string opened;  // times as the source prints them
  std::string target;
  std::string closed;
  std::string address;
  std::optional<std::string> status_note;  // nothing if it is no text
};

struct ImportFinding {
  std::int64_t line = 0;
  std::string source_id;
  std::string reason;
  bool imported = false;
  std::string field;
};

// "2022-01-21 13:47:00" or "04/18/2019 09:55:45 PM" on the zone's clock. INVALID_REQUEST.
Result<Instant> ParseSourceTime(std::string_view text, const TimeZone& zone);

// The number that a source's case has here.
CaseId ImportedCaseOf(std::string_view source, std::string_view source_id);

// A row that becomes a case, with a mark for each odd thing about it.
struct ImportedCase {
  Changed changed;
  std::vector<ImportFinding> marks;
};

// The case that the row is, or the first thing wrong with it, in the order of the reasons above.
// `fault` is the name of a field that the wire has found invalid, or empty.
std::variant<ImportedCase, ImportFinding> Judge(const ImportRow& row, std::string_view fault,
                                                std::string_view source, const TimeZone& zone,
                                                Instant now);

// One row of one import.
struct ImportCase {
  static constexpr std::string_view kMethod = "reeve.case311.v1.CaseImportService/ImportCases";
  std::string request_id;  // of the import, and the row's place in it
  Changed changed;

  std::int64_t home() const { return changed.after.id.value(); }
  Canonical canonical() const;
};

}  // namespace reeve::case311
