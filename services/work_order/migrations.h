// The schema of the work order service.
#pragma once

#include <span>

#include "shared/db/database.h"

namespace reeve::work_order {

std::span<const db::Migration> Migrations();

}  // namespace reeve::work_order
