// A refusal in the words of the command line.
#pragma once

#include "services/reevectl/commands/noun.h"

namespace reeve::reevectl {

// Names what was typed instead of the fields that it went to: "--tender 1: amount_cents".
Error SayFlags(Error error, const Verb& verb);

}  // namespace reeve::reevectl
