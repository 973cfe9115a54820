// Previews on the wire. A preview travels to the caller and back between its calls.
#pragma once

#include <string>
#include <vector>

#include "reeve/billing/v1/rate_activation_service.pb.h"
#include "services/billing/activation/impact.h"
#include "shared/core/fields.h"

namespace reeve::billing::activation {

// How far a preview is.
struct Preview {
  std::vector<std::string> versions;  // keys
  std::string drafts_digest;
  Date since;
  AccountId through;
  std::int64_t account_count = 0;
  std::int64_t accounts_in_all = 0;
  bool complete = false;
  Impact impact;
  std::vector<std::string> not_loaded;
};

// Refuses what no call has answered: `so_far` as a whole.
Preview ParsePreview(Fields& fields, const v1::SchedulesPreview& message);
v1::SchedulesPreview ToProto(const Preview& preview);

}  // namespace reeve::billing::activation
