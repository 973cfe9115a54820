#include "services/work_order/crew/crew.h"

namespace reeve::work_order {

Error CrewUnknown() { return NotFound(reason::kCrewUnknown, "There is no such crew."); }

std::string AuditText(const Crew& crew) {
  std::string text = "lead=" + crew.lead.ToString() + ",technicians=";
  for (const PersonId technician : crew.technicians) text += technician.ToString() + " ";
  return text + ",version=" + std::to_string(crew.version) + ",name=" + crew.name;
}

Result<Crew> Replace(std::int64_t version_on_file, const Crew& wanted) {
  if (wanted.version != version_on_file) {
    return Aborted(reeve::reason::kStale, "The crew was changed meanwhile.")
        .With("version", version_on_file);
  }
  Crew saved = wanted;
  ++saved.version;
  return saved;
}

}  // namespace reeve::work_order
