// Crew: technicians who go out together, and the one who answers for them.
#pragma once

#include <string>
#include <vector>

#include "services/work_order/order/order.h"
#include "shared/core/id.h"
#include "shared/core/result.h"

namespace reeve::work_order {

namespace reason {
inline constexpr Reason kCrewUnknown{"CREW_UNKNOWN"};
}  // namespace reason

struct Crew {
  CrewId id;
  std::string name;
  PersonId lead;
  std::vector<PersonId> technicians;  // sorted, the lead among them
  std::int64_t version = 0;           // 0: not on file yet
};

Error CrewUnknown();

// The crew as it stands in the audit trail.
std::string AuditText(const Crew& crew);

// The crew as it will be on file. ABORTED STALE unless `wanted` was made from what is on file,
// whose version is `version_on_file` (0: nothing).
Result<Crew> Replace(std::int64_t version_on_file, const Crew& wanted);

}  // namespace reeve::work_order
