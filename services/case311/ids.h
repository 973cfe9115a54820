// Identifiers of this service's own things.
#pragma once

#include "shared/core/id.h"

namespace reeve::case311 {

using InteractionId = Id<struct InteractionTag>;
using CaseId = Id<struct CaseTag>;

}  // namespace reeve::case311
