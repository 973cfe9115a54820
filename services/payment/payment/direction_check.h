// What billing's answer means for a payment that is about to be taken.
#pragma once

#include <span>

#include "services/payment/payment/allocation_preview.h"

namespace reeve::payment {

// Nobody answered, as against an answer that refuses.
bool DidNotAnswer(const Error& error);

// DIRECTION_NOT_OWED, naming every such direction: it is above what its service owes while
// something else stays open, so that it would become credit beside open charges.
Result<> CheckDirections(const Owed& owed, Money amount, std::span<const Direction> directions);

}  // namespace reeve::payment
