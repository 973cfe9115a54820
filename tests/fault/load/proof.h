// What must hold after any fault, whatever it was.
#pragma once

#include <string>

#include "tests/fault/load/workload.h"

namespace reeve::fault {

// Asks every acknowledged request again, compares what was acknowledged with what there is, and has
// every service prove its books. Empty if all holds.
std::string FirstViolation(testing::Suite& suite, const Workload& workload);

}  // namespace reeve::fault
