// The rows of applications: what is asked for, what was brought, what was decided.
#pragma once

#include <optional>
#include <vector>

#include "services/account/application/application.h"
#include "shared/db/database.h"

namespace reeve::account {

void InsertApplication(db::Transaction& tx, const Application& application);
// Saves state and decision as the next version of an application that was locked. ABORTED STALE if
// it is not the next.
Result<> UpdateApplication(db::Transaction& tx, const Application& application);
// The last of the application's documents or references.
void InsertDocument(db::Transaction& tx, const Application& application);
void InsertReference(db::Transaction& tx, const Application& application);
std::optional<Application> FindApplication(db::Transaction& tx, ApplicationId id);
std::optional<Application> FindApplicationForUpdate(db::Transaction& tx, ApplicationId id);
// Newest first, before `before`; at most `limit`.
std::vector<ApplicationId> ListApplications(db::Transaction& tx, CustomerId customer,
                                            ApplicationId before, int limit);

}  // namespace reeve::account
