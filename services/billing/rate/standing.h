// Standing: how far a version is on its way into force, and who brought it there.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "services/billing/rate/rate.h"
#include "shared/core/id.h"

namespace reeve::billing::rate {

// kDraft: nothing is priced with it, and it may be loaded again. kActive: never changed any more.
enum class VersionState { kDraft, kActive };

struct Standing {
  VersionState state = VersionState::kDraft;
  std::int64_t revision = 1;  // how often it was loaded; 0 of one from before drafts were
  PersonId loaded_by;
  PersonId activated_by;       // unset until then; never the loader
  std::string preview_digest;  // of what the activator was shown
  // The first tariff that it is in; 0 of a draft, and of what was in force before they were
  // counted.
  std::int64_t tariff_no = 0;
  std::vector<std::int64_t> acknowledged;  // components without a value that the activator named
  bool operator==(const Standing&) const = default;
};

// A version as it stands in the database.
struct LoadedVersion {
  Schedule schedule;
  Standing standing;
  std::string rows;  // digest of its rows: of everything that it says
};

}  // namespace reeve::billing::rate
