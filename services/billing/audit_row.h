// Puts what was written to a row into the audit trail.
#pragma once

#include <string>
#include <string_view>

#include "services/billing/row_text.h"
#include "shared/command/command.h"

namespace reeve::billing {

// `before` is the row's RowText before, empty for a new row.
inline void AuditRow(command::Change& change, const Kept& kept, std::string_view action,
                     std::string before, const Cells& cells) {
  change.Audit({std::string(kept.entity), KeyText(kept, cells), std::string(action),
                std::move(before), RowText(kept, cells)});
}

}  // namespace reeve::billing
