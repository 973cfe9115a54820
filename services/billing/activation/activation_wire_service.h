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

// Refuses a token that is none of a preview of these versions, as they were asked for, or that is
// not as it was answered. It is no secret: whoever makes one up sees figures of his own, and their
// digest is that of no history.
Preview ParseToken(Fields& fields, std::string_view page_token,
                   const std::vector<std::string>& asked);
// What a token is made of: an answer's bytes, bound to the versions that were asked for.
std::string SealToken(const std::vector<std::string>& asked, std::string_view content);
v1::SchedulesPreview ToProto(const Preview& preview, const std::vector<std::string>& asked);

}  // namespace reeve::billing::activation
