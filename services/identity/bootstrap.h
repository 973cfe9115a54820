// The first people and roles of an empty suite.
#pragma once

#include <string>

#include "reeve/identity/v1/bootstrap.pb.h"
#include "services/identity/password/password.h"
#include "shared/command/command.h"
#include "shared/core/seams.h"
#include "shared/db/database.h"

namespace reeve::identity {

// Reads a Bootstrap from a file of protobuf JSON. With passwords in it the file is its owner's
// alone (mode 0600), unless `anybody_may_read`. Throws std::runtime_error.
v1::Bootstrap ReadBootstrap(const std::string& path, bool anybody_may_read);

// Applies it in one transaction, unless somebody is there already. Throws std::runtime_error,
// naming the first thing that does not hold, before anything is written.
void ApplyBootstrap(const v1::Bootstrap& bootstrap, HashCost cost, command::Frame& frame,
                    db::Database& database, const Clock& clock, Random& random);

}  // namespace reeve::identity
