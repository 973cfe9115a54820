// Identifiers of this service's own things.
#pragma once

#include <string>
#include <string_view>

#include "shared/core/call.h"
#include "shared/core/id.h"

namespace reeve::account {

using CustomerId = Id<struct CustomerTag>;
using ApplicationId = Id<struct ApplicationTag>;
using AgreementId = Id<struct AgreementTag>;
using PolicyId = Id<struct PolicyTag>;

// The identifier of what `caller` creates with this request: the same when it is sent again.
inline std::int64_t CreatedId(std::string_view kind, const Caller& caller,
                              std::string_view request_id) {
  return DerivedId("account/" + std::string(kind) + "/" + caller.ToString() + "/" +
                   std::string(request_id));
}

}  // namespace reeve::account
