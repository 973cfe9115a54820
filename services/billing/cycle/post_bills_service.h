// Posts bills: from then on they are owed.
#pragma once

#include <span>

#include "services/billing/cycle/cycle.h"
#include "shared/command/command.h"

namespace reeve::billing::cycle {

// Puts the bills, one of an account and in the order of their accounts, on the books: a charge for
// each service, a balanced entry for each bill, and the neighbours are told. Only segments'
// services and amounts are read. The bills' states are the caller's.
void PostBills(command::Change& change, std::span<const Bill> bills);

}  // namespace reeve::billing::cycle
