#include "services/identity/role/role_store.h"

#include <map>
#include <stdexcept>

namespace reeve::identity {
namespace {

using db::ColumnType;

constexpr db::Query kFindRole{"role_find", "SELECT role, description FROM role WHERE role = $1"};
constexpr db::Query kInsertRole{
    "role_insert", "INSERT INTO role (role, description) VALUES ($1, $2) ON CONFLICT DO NOTHING"};
constexpr db::Query kSaveRole{"role_save", "UPDATE role SET description = $2 WHERE role = $1"};
constexpr db::Query kListRoles{"role_list", "SELECT role, description FROM role ORDER BY role"};
constexpr db::Query kListPermissions{
    "role_permission_list",
    "SELECT role, permission FROM role_permission ORDER BY role, permission"};
constexpr db::Query kPermissionsOfRole{"role_permission_of",
                                       "SELECT permission FROM role_permission WHERE role = $1"};
constexpr db::Query kDropPermissions{"role_permission_drop",
                                     "DELETE FROM role_permission WHERE role = $1"};
const db::InsertInto kIntoPermissions{
    "role_permission_insert",
    "role_permission",
    {{"role", ColumnType::kText}, {"permission", ColumnType::kText}}};
constexpr db::Query kInsertSeparation{
    "separation_insert",
    "INSERT INTO duty_separation (first_permission, second_permission, reason) "
    "VALUES ($1, $2, $3)"};
constexpr db::Query kListSeparations{
    "separation_list",
    "SELECT first_permission, second_permission, reason FROM duty_separation "
    "ORDER BY first_permission, second_permission"};
constexpr db::Query kRolesOf{"person_role_of",
                             "SELECT role FROM person_role WHERE person_id = $1 ORDER BY role"};
constexpr db::Query kPermissionsOf{
    "person_permissions",
    "SELECT DISTINCT p.permission FROM person_role h JOIN role_permission p ON p.role = h.role "
    "WHERE h.person_id = $1 ORDER BY p.permission"};
constexpr db::Query kHoldersOf{
    "person_role_holders", "SELECT person_id FROM person_role WHERE role = $1 ORDER BY person_id"};
constexpr db::Query kGive{
    "person_role_give",
    "INSERT INTO person_role (person_id, role, granted_time) VALUES ($1, $2, $3)"};
constexpr db::Query kTake{"person_role_take",
                          "DELETE FROM person_role WHERE person_id = $1 AND role = $2"};
constexpr db::Query kListHeld{
    "person_role_list",
    "SELECT person_id, role, granted_time FROM person_role ORDER BY person_id, role"};
constexpr db::Query kInsertGrant{
    "role_grant_insert",
    "INSERT INTO role_grant (person_id, grant_id, role, reason, state, requested_by, "
    "requested_time) VALUES ($1, $2, $3, $4, $5, $6, $7)"};
constexpr db::Query kFindGrant{
    "role_grant_find",
    "SELECT person_id, grant_id, role, reason, state, requested_by, requested_time, decided_by, "
    "decided_time FROM role_grant WHERE person_id = $1 AND grant_id = $2"};
constexpr db::Query kSaveGrant{
    "role_grant_save",
    "UPDATE role_grant SET state = $3, decided_by = $4, decided_time = $5 "
    "WHERE person_id = $1 AND grant_id = $2"};
constexpr db::Query kListWaiting{
    "role_grant_waiting",
    "SELECT person_id, grant_id, role, reason, state, requested_by, requested_time, decided_by, "
    "decided_time FROM role_grant WHERE state = 'REQUESTED' "
    "AND (person_id > $1 OR (person_id = $1 AND grant_id > $2)) "
    "ORDER BY person_id, grant_id LIMIT $3"};
constexpr db::Query kListGrants{
    "role_grant_list",
    "SELECT person_id, grant_id, role, reason, state, requested_by, requested_time, decided_by, "
    "decided_time FROM role_grant ORDER BY person_id, grant_id"};

void InsertPermissions(db::Transaction& tx, const Role& role) {
  db::NewRows rows(kIntoPermissions);
  for (const std::string& permission : role.permissions) rows.Add(role.name, permission);
  if (!rows.empty()) tx.InsertRows(rows);
}

std::optional<Role> Complete(db::Transaction& tx, const db::Rows& found) {
  if (found.empty()) return std::nullopt;
  Role role{found[0].Text(0), found[0].Text(1), {}};
  for (const db::Rows::Row row : tx.Select(kPermissionsOfRole, role.name)) {
    role.permissions.insert(row.Text(0));
  }
  return role;
}

GrantState ToState(const std::string& text) {
  if (text == "APPROVED") return GrantState::kApproved;
  if (text == "DECLINED") return GrantState::kDeclined;
  return GrantState::kRequested;
}

RoleGrant ToGrant(db::Rows::Row row) {
  return {PersonId(row.Int(0)),
          row.Int(1),
          row.Text(2),
          row.Text(3),
          ToState(row.Text(4)),
          PersonId(row.Int(5)),
          row.Time(6),
          PersonId(row.MaybeInt(7).value_or(0)),
          row.MaybeTime(8).value_or(Instant())};
}

std::vector<RoleGrant> ToGrants(const db::Rows& rows) {
  std::vector<RoleGrant> grants;
  for (const db::Rows::Row row : rows) grants.push_back(ToGrant(row));
  return grants;
}

}  // namespace

std::optional<Role> FindRole(db::Transaction& tx, const std::string& name) {
  return Complete(tx, tx.Select(kFindRole, name));
}

std::optional<Role> LockRole(db::Transaction& tx, const std::string& name) {
  return Complete(tx, tx.SelectForUpdate(kFindRole, name));
}

bool Insert(db::Transaction& tx, const Role& role) {
  if (tx.Execute(kInsertRole, role.name, role.description) != 1) return false;
  InsertPermissions(tx, role);
  return true;
}

void Save(db::Transaction& tx, const Role& role) {
  if (tx.Execute(kSaveRole, role.name, role.description) != 1) {
    throw std::logic_error("role saved without its lock");
  }
  tx.Execute(kDropPermissions, role.name);
  InsertPermissions(tx, role);
}

std::vector<Role> ListRoles(db::Transaction& tx) {
  std::map<std::string, Permissions> permissions;
  for (const db::Rows::Row row : tx.Select(kListPermissions)) {
    permissions[row.Text(0)].insert(row.Text(1));
  }
  std::vector<Role> roles;
  for (const db::Rows::Row row : tx.Select(kListRoles)) {
    roles.push_back({row.Text(0), row.Text(1), std::move(permissions[row.Text(0)])});
  }
  return roles;
}

void Insert(db::Transaction& tx, const Separation& separation) {
  tx.Execute(kInsertSeparation, separation.first, separation.second, separation.reason);
}

std::vector<Separation> ListSeparations(db::Transaction& tx) {
  std::vector<Separation> separations;
  for (const db::Rows::Row row : tx.Select(kListSeparations)) {
    separations.push_back({row.Text(0), row.Text(1), row.Text(2)});
  }
  return separations;
}

std::set<std::string> RolesOf(db::Transaction& tx, PersonId person) {
  std::set<std::string> roles;
  for (const db::Rows::Row row : tx.Select(kRolesOf, person)) roles.insert(row.Text(0));
  return roles;
}

Permissions PermissionsOf(db::Transaction& tx, PersonId person) {
  Permissions permissions;
  for (const db::Rows::Row row : tx.Select(kPermissionsOf, person)) {
    permissions.insert(row.Text(0));
  }
  return permissions;
}

std::vector<PersonId> HoldersOf(db::Transaction& tx, const std::string& role) {
  std::vector<PersonId> holders;
  for (const db::Rows::Row row : tx.Select(kHoldersOf, role)) holders.emplace_back(row.Int(0));
  return holders;
}

void Give(db::Transaction& tx, PersonId person, const std::string& role, Instant now) {
  tx.Execute(kGive, person, role, now);
}

bool Take(db::Transaction& tx, PersonId person, const std::string& role) {
  return tx.Execute(kTake, person, role) == 1;
}

std::vector<HeldRole> ListHeldRoles(db::Transaction& tx) {
  std::vector<HeldRole> held;
  for (const db::Rows::Row row : tx.Select(kListHeld)) {
    held.push_back({PersonId(row.Int(0)), row.Text(1), row.Time(2)});
  }
  return held;
}

void Insert(db::Transaction& tx, const RoleGrant& grant) {
  tx.Execute(kInsertGrant, grant.person, grant.id, grant.role, grant.reason, ToText(grant.state),
             grant.requested_by, grant.requested_time);
}

std::optional<RoleGrant> LockGrant(db::Transaction& tx, PersonId person, std::int64_t grant_id) {
  const db::Rows rows = tx.SelectForUpdate(kFindGrant, person, grant_id);
  if (rows.empty()) return std::nullopt;
  return ToGrant(rows[0]);
}

void Save(db::Transaction& tx, const RoleGrant& grant) {
  if (tx.Execute(kSaveGrant, grant.person, grant.id, ToText(grant.state), grant.decided_by,
                 grant.decided_time) != 1) {
    throw std::logic_error("grant saved without its lock");
  }
}

std::vector<RoleGrant> ListWaitingGrants(db::Transaction& tx, std::int64_t after_person,
                                         std::int64_t after_grant, int limit) {
  return ToGrants(tx.Select(kListWaiting, after_person, after_grant, limit));
}

std::vector<RoleGrant> ListGrants(db::Transaction& tx) { return ToGrants(tx.Select(kListGrants)); }

}  // namespace reeve::identity
