// Rule types of identity as messages.
#pragma once

#include "reeve/identity/v1/role_service.pb.h"
#include "reeve/identity/v1/types.pb.h"
#include "services/identity/role/role.h"
#include "services/identity/staff/staff.h"
#include "shared/db/database.h"

namespace reeve::identity {

// With the roles that the person holds.
v1::Person ToProto(db::Transaction& tx, const Person& person);
v1::Role ToProto(const Role& role);
v1::RoleGrant ToProto(const RoleGrant& grant);

Error PersonUnknown(PersonId person);

}  // namespace reeve::identity
