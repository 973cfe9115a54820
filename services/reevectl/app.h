// The command line: reevectl [options] NOUN VERB [options of the verb].
#pragma once

#include <iosfwd>

#include "shared/core/date.h"
#include "shared/core/seams.h"

namespace reeve::reevectl {

// Runs one command and answers its exit code: 0 done, 1 refused, 2 not understood. Answers go to
// `out`, remarks and usage to `remarks`.
int RunApp(int argc, const char* const* argv, const Clock& machine_clock, Random& random,
           const TimeZone& zone, std::ostream& out, std::ostream& remarks);

}  // namespace reeve::reevectl
