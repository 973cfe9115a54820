// A work order in one line, as lists and the feed of a technician show it.
#pragma once

#include <string>

#include "reeve/work_order/v1/types.pb.h"

namespace reeve::reevectl {

std::string OrderLine(const work_order::v1::Order& order);

}  // namespace reeve::reevectl
