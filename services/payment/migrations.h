// The numbered steps of payment's schema, from migrations/.
#pragma once

#include <span>

#include "shared/db/database.h"

namespace reeve::payment {

std::span<const db::Migration> Migrations();

}  // namespace reeve::payment
