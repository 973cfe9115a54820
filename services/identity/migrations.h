#pragma once

#include <span>

#include "shared/db/database.h"

namespace reeve::identity {

// The tables of identity, embedded at build time.
std::span<const db::Migration> Migrations();

}  // namespace reeve::identity
