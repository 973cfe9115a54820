// What the application's face and billing's feed share: saving, events and the view.
#pragma once

#include <string>

#include "reeve/account/v1/application_service.pb.h"
#include "services/account/application/application.h"
#include "shared/command/command.h"
#include "shared/db/database.h"

namespace reeve::account {

// Saves `after` as the next version of `before`; answers it as saved.
Result<Application> SaveApplication(command::Change& change, const Application& before,
                                    Application after, const std::string& action);

// Tells billing what was decided, and if nothing has to be paid, the field what has to be turned
// on.
void EmitAccepted(command::Change& change, const Application& application);
// A connect order for each point that is off.
void EmitConnects(command::Change& change, const Application& application, const Premise& premise);

v1::Application ToProto(const Application& application);
v1::Document ToProto(const Document& document);

}  // namespace reeve::account
