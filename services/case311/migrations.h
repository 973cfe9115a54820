// The schema of this service, step by step.
#pragma once

#include <span>

#include "shared/db/database.h"

namespace reeve::case311 {

std::span<const db::Migration> Migrations();

}  // namespace reeve::case311
