// Learns from account's feed who is served with what, and what an application has to pay.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "shared/command/command.h"
#include "shared/feed/feed.h"

namespace reeve::billing::agreement {

std::vector<std::string> AccountEvents();  // the types that ApplyAccounts knows
Result<> ApplyAccounts(command::Change& change, std::span<const feed::Event> events);

}  // namespace reeve::billing::agreement
