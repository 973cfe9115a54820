// The catalogue in the database.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/case311/case_type/case_type.h"
#include "shared/db/database.h"

namespace reeve::case311 {

// NOT_FOUND CASE_TYPE_UNKNOWN.
Result<CaseType> FindCaseType(db::Transaction& tx, const std::string& code);
// The same, locked until the transaction ends; nothing if there is none.
std::optional<CaseType> FindCaseTypeForUpdate(db::Transaction& tx, const std::string& code);
// By code.
std::vector<CaseType> ListCaseTypes(db::Transaction& tx);
// Adds the type, or replaces what is stored of it.
void SaveCaseType(db::Transaction& tx, const CaseType& type);

}  // namespace reeve::case311
