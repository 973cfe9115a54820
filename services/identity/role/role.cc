#include "services/identity/role/role.h"

#include <algorithm>

#include "shared/core/canonical.h"

namespace reeve::identity {
namespace {

constexpr std::size_t kRoleNameMin = 2;
constexpr std::size_t kRoleNameMax = 40;
constexpr std::size_t kPermissionMax = 80;

bool IsWordLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }
bool IsWord(std::string_view text) {
  return !text.empty() && text.front() >= 'a' && text.front() <= 'z' &&
         std::ranges::all_of(text, IsWordLetter);
}

}  // namespace

bool IsRoleName(std::string_view text) {
  return text.size() >= kRoleNameMin && text.size() <= kRoleNameMax && IsWord(text);
}

bool IsPermission(std::string_view text) {
  const std::size_t dot = text.find('.');
  return text.size() <= kPermissionMax && dot != std::string_view::npos &&
         IsWord(text.substr(0, dot)) && IsWord(text.substr(dot + 1));
}

Result<> CheckSeparations(const Permissions& permissions, std::span<const Separation> separations) {
  for (const Separation& separation : separations) {
    if (!permissions.contains(separation.first) || !permissions.contains(separation.second)) {
      continue;
    }
    return FailedPrecondition(reason::kDutiesConflict,
                              "Two of these permissions are never held by one person.")
        .With("first_permission", separation.first)
        .With("second_permission", separation.second);
  }
  return Ok();
}

Result<> MayDefine(const Role& role, const std::optional<Role>& before, bool held,
                   std::span<const Separation> separations) {
  if (held && !std::ranges::includes(before->permissions, role.permissions)) {
    return FailedPrecondition(reason::kRoleHeld,
                              "Somebody holds this role: define a new one and grant it.");
  }
  return CheckSeparations(role.permissions, separations);
}

Result<> MayReceive(const Person& person, const std::set<std::string>& held_roles,
                    const Permissions& permissions, const Role& role,
                    std::span<const Separation> separations) {
  if (person.state == PersonState::kDisabled) {
    return FailedPrecondition(reason::kPersonDisabled, "The person is disabled.");
  }
  if (held_roles.contains(role.name)) {
    return FailedPrecondition(reason::kRoleAlreadyHeld, "The person holds the role already.");
  }
  Permissions together = permissions;
  together.insert(role.permissions.begin(), role.permissions.end());
  return CheckSeparations(together, separations);
}

Result<> MayApprove(const RoleGrant& grant, PersonId by) {
  REEVE_RETURN_IF_ERROR(MayDecline(grant));
  if (by == grant.requested_by || by == grant.person) {
    return PermissionDenied(reason::kSamePerson,
                            "Somebody else than who asked, or receives, approves.");
  }
  return Ok();
}

Result<> MayDecline(const RoleGrant& grant) {
  if (grant.state != GrantState::kRequested) {
    return FailedPrecondition(reason::kGrantDecided, "This has been decided.");
  }
  return Ok();
}

std::string_view ToText(GrantState state) {
  switch (state) {
    case GrantState::kRequested:
      return "REQUESTED";
    case GrantState::kApproved:
      return "APPROVED";
    case GrantState::kDeclined:
      return "DECLINED";
  }
  return "";
}

std::string AuditState(const Role& role) {
  std::string text = "description_digest=" + HexEncode(Sha256(role.description)) + ",permissions=";
  for (const std::string& permission : role.permissions) text += permission + ";";
  return text;
}

std::string AuditState(const Separation& separation) {
  return "reason_digest=" + HexEncode(Sha256(separation.reason));
}

std::string AuditState(const RoleGrant& grant) {
  return "role=" + grant.role + ",reason_digest=" + HexEncode(Sha256(grant.reason)) +
         ",state=" + std::string(ToText(grant.state)) +
         ",requested_by=" + grant.requested_by.ToString() +
         ",requested=" + std::to_string(grant.requested_time.micros()) +
         ",decided_by=" + grant.decided_by.ToString() +
         ",decided=" + std::to_string(grant.decided_time.micros());
}

}  // namespace reeve::identity
