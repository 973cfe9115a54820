// The rules of roles: what widens somebody's permissions takes two people, and some permissions are
// never held together.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/identity/staff/staff.h"
#include "shared/core/date.h"
#include "shared/core/id.h"
#include "shared/core/result.h"

namespace reeve::identity {

namespace reason {
inline constexpr Reason kRoleUnknown{"ROLE_UNKNOWN"};           // NOT_FOUND
inline constexpr Reason kRoleHeld{"ROLE_HELD"};                 // FAILED_PRECONDITION
inline constexpr Reason kRoleAlreadyHeld{"ROLE_ALREADY_HELD"};  // FAILED_PRECONDITION
inline constexpr Reason kRoleNotHeld{"ROLE_NOT_HELD"};          // FAILED_PRECONDITION
inline constexpr Reason kDutiesConflict{"DUTIES_CONFLICT"};  // FAILED_PRECONDITION, names the pair
inline constexpr Reason kGrantUnknown{"GRANT_UNKNOWN"};      // NOT_FOUND
inline constexpr Reason kGrantDecided{"GRANT_DECIDED"};      // FAILED_PRECONDITION
inline constexpr Reason kSamePerson{"SAME_PERSON"};          // PERMISSION_DENIED
}  // namespace reason

using Permissions = std::set<std::string, std::less<>>;

struct Role {
  std::string name;
  std::string description;
  Permissions permissions;
};

struct Separation {
  std::string first;  // the smaller name
  std::string second;
  std::string reason;
};

enum class GrantState { kRequested, kApproved, kDeclined };

struct RoleGrant {
  PersonId person;
  std::int64_t id = 0;
  std::string role;
  std::string reason;
  GrantState state = GrantState::kRequested;
  PersonId requested_by;
  Instant requested_time;
  PersonId decided_by;  // set once decided
  Instant decided_time;
};

// 2 to 40 characters of [a-z0-9_], beginning with a letter.
bool IsRoleName(std::string_view text);
// "<noun>.<verb>", each of [a-z0-9_].
bool IsPermission(std::string_view text);

// DUTIES_CONFLICT if two of the permissions must be separate.
Result<> CheckSeparations(const Permissions& permissions, std::span<const Separation> separations);
// `before` is what the role had, if there was one.
Result<> MayDefine(const Role& role, const std::optional<Role>& before, bool held,
                   std::span<const Separation> separations);
// Whether `person`, who holds `held_roles` and through them `permissions`, may be given `role`.
Result<> MayReceive(const Person& person, const std::set<std::string>& held_roles,
                    const Permissions& permissions, const Role& role,
                    std::span<const Separation> separations);
// The decision of `by`; what the person may receive is checked besides.
Result<> MayApprove(const RoleGrant& grant, PersonId by);
Result<> MayDecline(const RoleGrant& grant);

std::string_view ToText(GrantState state);

// What the audit trail keeps.
std::string AuditState(const Role& role);
std::string AuditState(const Separation& separation);
std::string AuditState(const RoleGrant& grant);

}  // namespace reeve::identity
