// Roles, grants and separations of duty in the database.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "services/identity/role/role.h"
#include "shared/db/database.h"

namespace reeve::identity {

std::optional<Role> FindRole(db::Transaction& tx, const std::string& name);
// Locks the role until the transaction ends.
// Whoever locks a person too locks the person first.
std::optional<Role> LockRole(db::Transaction& tx, const std::string& name);
// False if it is there already.
bool Insert(db::Transaction& tx, const Role& role);
void Save(db::Transaction& tx, const Role& role);
std::vector<Role> ListRoles(db::Transaction& tx);

void Insert(db::Transaction& tx, const Separation& separation);
std::vector<Separation> ListSeparations(db::Transaction& tx);

std::set<std::string> RolesOf(db::Transaction& tx, PersonId person);
Permissions PermissionsOf(db::Transaction& tx, PersonId person);
// By number.
std::vector<PersonId> HoldersOf(db::Transaction& tx, const std::string& role);
void Give(db::Transaction& tx, PersonId person, const std::string& role, Instant now);
// False if the person did not hold it.
bool Take(db::Transaction& tx, PersonId person, const std::string& role);

struct HeldRole {
  PersonId person;
  std::string role;
  Instant granted_time;
};
std::vector<HeldRole> ListHeldRoles(db::Transaction& tx);

void Insert(db::Transaction& tx, const RoleGrant& grant);
std::optional<RoleGrant> LockGrant(db::Transaction& tx, PersonId person, std::int64_t grant_id);
void Save(db::Transaction& tx, const RoleGrant& grant);
// Those that wait, by person and number, behind the pair given.
std::vector<RoleGrant> ListWaitingGrants(db::Transaction& tx, std::int64_t after_person,
                                         std::int64_t after_grant, int limit);
std::vector<RoleGrant> ListGrants(db::Transaction& tx);

}  // namespace reeve::identity
