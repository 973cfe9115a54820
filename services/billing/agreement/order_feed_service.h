// What closed work orders mean for billing: an in-read starts a service, a read is a read, a cut is
// a cut.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "shared/command/command.h"
#include "shared/feed/feed.h"

namespace reeve::billing::agreement {

std::vector<std::string> OrderEvents();  // the types that ApplyOrders knows
Result<> ApplyOrders(command::Change& change, std::span<const feed::Event> events);

}  // namespace reeve::billing::agreement
