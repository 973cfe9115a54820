#include "services/case311/case_type/case_type.h"

#include <algorithm>

namespace reeve::case311 {
namespace {

Canonical WithContents(Canonical form, const CaseType& type) {
  form.Add("case_type_code", type.code)
      .Add("name", type.name)
      .Add("department", type.department)
      .Add("service_level_minutes", type.service_level_minutes)
      .Add("confidential", std::int64_t{type.confidential})
      .Add("version", type.version)
      .List("routes", type.routes.size());
  for (const Route& route : type.routes)
    form.Add("district", route.district).Add("department", route.department);
  return form;
}

}  // namespace

bool IsCode(std::string_view text) {
  const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
  return text.size() >= 2 && text.size() <= 40 && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; });
}

const std::string& DepartmentFor(const CaseType& type, std::int64_t district) {
  const auto route = std::find_if(type.routes.begin(), type.routes.end(),
                                  [&](const Route& route) { return route.district == district; });
  return route == type.routes.end() ? type.department : route->department;
}

Canonical SetCaseType::canonical() const {
  return WithContents(Canonical("set-case-type", 1), type);
}

Result<CaseType> Apply(const std::optional<CaseType>& current, const SetCaseType& command) {
  if (command.type.version == 0 && current)
    return AlreadyExists(reason::kCaseTypeExists, "There is a case type with this code.");
  if (command.type.version != 0 && !current)
    return NotFound(reason::kCaseTypeUnknown, "There is no case type with this code.");
  if (current && current->version != command.type.version) {
    return Aborted(reeve::reason::kStale, "The case type has changed since it was read.")
        .With("version", current->version);
  }
  CaseType stored = command.type;
  ++stored.version;
  return stored;
}

std::string Digest(const CaseType& type) {
  return HexEncode(Sha256(WithContents(Canonical("case-type", 1), type).bytes()));
}

}  // namespace reeve::case311
