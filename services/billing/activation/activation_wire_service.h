// Previews on the wire. Between two calls a preview is in the token that the caller carries.
#pragma once

#include <string>
#include <string_view>
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

// Refuses a token that is none of a preview.
Preview ParseToken(Fields& fields, std::string_view page_token);
v1::SchedulesPreview ToProto(const Preview& preview);

}  // namespace reeve::billing::activation
