#include "services/work_order/crew/crew.h"

namespace reeve::work_order {

Error CrewUnknown() { return NotFound(reason::kCrewUnknown, "There is no such crew."); }

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
