// Identifiers of this service's own things.
#pragma once

#include "shared/core/id.h"

namespace reeve::account {

using CustomerId = Id<struct CustomerTag>;
using ApplicationId = Id<struct ApplicationTag>;
using AgreementId = Id<struct AgreementTag>;
using PolicyId = Id<struct PolicyTag>;

}  // namespace reeve::account
