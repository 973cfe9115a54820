// CaseType: what can be asked of the city, which department does it, and how soon.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/core/canonical.h"
#include "shared/core/result.h"

namespace reeve::case311 {

namespace reason {
inline constexpr Reason kCaseTypeUnknown{"CASE_TYPE_UNKNOWN"};  // NOT_FOUND
inline constexpr Reason kCaseTypeExists{"CASE_TYPE_EXISTS"};    // ALREADY_EXISTS
}  // namespace reason

// Another department in one district.
struct Route {
  std::int64_t district = 0;  // 1..99
  std::string department;
  bool operator==(const Route&) const = default;
};

struct CaseType {
  // The catalogue is one thing: all of it has the same value of the distribution column.
  static constexpr std::int64_t kHome = 0;

  std::string code;
  std::string name;
  std::string department;
  std::int64_t service_level_minutes = 0;  // working minutes; 0 if nothing is promised
  bool confidential = false;
  std::vector<Route> routes;  // by district, each once
  std::int64_t version = 0;   // counts the changes, from 1

  bool operator==(const CaseType&) const = default;
};

// 2 to 40 characters of A-Z, 0-9 and _, beginning with a letter: how types and departments are
// spelled.
bool IsCode(std::string_view text);

// Who does it there: by type, and by place where a route says so.
const std::string& DepartmentFor(const CaseType& type, std::int64_t district);

struct SetCaseType {
  static constexpr std::string_view kMethod = "reeve.case311.v1.CaseTypeService/SetCaseType";
  std::string request_id;
  CaseType type;  // version: the one that was read, 0 to add

  std::int64_t home() const { return CaseType::kHome; }
  Canonical canonical() const;
};

// What is stored behind the command. `current` is what is stored now, if anything.
// ALREADY_EXISTS CASE_TYPE_EXISTS, NOT_FOUND CASE_TYPE_UNKNOWN, ABORTED STALE.
Result<CaseType> Apply(const std::optional<CaseType>& current, const SetCaseType& command);

// SHA-256 over all of it, in hexadecimal.
std::string Digest(const CaseType& type);

}  // namespace reeve::case311
