// The schema of billing, embedded from migrations/.
#pragma once

#include <span>

#include "shared/db/database.h"

namespace reeve::billing {

std::span<const db::Migration> Migrations();

}  // namespace reeve::billing
