#include "services/identity/role/role_service.h"

#include <algorithm>
#include <optional>

#include "services/identity/revoke.h"
#include "services/identity/role/permission.h"
#include "services/identity/role/role_store.h"
#include "services/identity/staff/staff_store.h"
#include "services/identity/wire.h"
#include "shared/core/canonical.h"
#include "shared/rpc/paging.h"

namespace reeve::identity {
namespace {

constexpr std::size_t kTextMax = 200;
constexpr int kPermissionsMax = 200;
constexpr std::string_view kWaitingQuery = "reeve.identity.v1.RoleService/ListRoleGrants";

struct DefineRole {
  static constexpr std::string_view kMethod = "reeve.identity.v1.RoleService/DefineRole";
  std::string request_id;
  Role role;
  std::vector<std::string> permissions;    // as they were sent, so that each can be named
  std::int64_t home() const { return 0; }  // roles are the suite's, not a person's
  Canonical canonical() const {
    Canonical form(kMethod, 1);
    form.Add("role", role.name).Add("description", role.description);
    form.List("permissions", role.permissions.size());
    for (const std::string& permission : role.permissions) form.Add("permission", permission);
    return form;
  }
};

struct RequestRoleGrant {
  static constexpr std::string_view kMethod = "reeve.identity.v1.RoleService/RequestRoleGrant";
  std::string request_id;
  PersonId person;
  std::string role;
  std::string reason;
  std::int64_t home() const { return person.value(); }
  Canonical canonical() const {
    return Canonical(kMethod, 1)
        .Add("person_id", person.value())
        .Add("role", role)
        .Add("reason", reason);
  }
};

struct RevokeRole {
  static constexpr std::string_view kMethod = "reeve.identity.v1.RoleService/RevokeRole";
  std::string request_id;
  PersonId person;
  std::string role;
  std::string reason;
  std::int64_t home() const { return person.value(); }
  Canonical canonical() const {
    return Canonical(kMethod, 1)
        .Add("person_id", person.value())
        .Add("role", role)
        .Add("reason", reason);
  }
};

template <const std::string_view& method>
struct DecideGrant {
  static constexpr std::string_view kMethod = method;
  std::string request_id;
  PersonId person;
  std::int64_t grant_id = 0;
  std::int64_t home() const { return person.value(); }
  Canonical canonical() const {
    return Canonical(kMethod, 1).Add("person_id", person.value()).Add("grant_id", grant_id);
  }
};
constexpr std::string_view kApprove = "reeve.identity.v1.RoleService/ApproveRoleGrant";
constexpr std::string_view kDecline = "reeve.identity.v1.RoleService/DeclineRoleGrant";

// Which permissions there are changes with a release: a request that was answered before is
// answered as it was.
void RefuseUnknown(Fields& fields, const identity::DefineRole& command) {
  for (std::size_t i = 0; i < command.permissions.size(); ++i) {
    if (!IsPermission(command.permissions[i]) || IsKnownPermission(command.permissions[i]))
      continue;
    fields.Refuse("permissions[" + std::to_string(i) + "]", "is asked for by nothing");
  }
}

Result<identity::DefineRole> Parse(const v1::DefineRoleRequest& request) {
  Fields fields;
  identity::DefineRole command;
  command.request_id = fields.RequestId(request.request_id());
  command.role.name = request.role();
  if (!IsRoleName(request.role())) {
    fields.Refuse("role", "2 to 40 characters of [a-z0-9_], beginning with a letter");
  }
  command.role.description = fields.Text("description", request.description(), 1, kTextMax);
  if (request.permissions_size() > kPermissionsMax) fields.Refuse("permissions", "at most 200");
  for (int i = 0; i < std::min(request.permissions_size(), kPermissionsMax); ++i) {
    if (!IsPermission(request.permissions(i))) {
      fields.Refuse("permissions[" + std::to_string(i) + "]", "is not \"<noun>.<verb>\"");
    }
    command.role.permissions.insert(request.permissions(i));
    command.permissions.push_back(request.permissions(i));
  }
  if (!fields.ok()) {
    RefuseUnknown(fields, command);
    return fields.error();
  }
  return command;
}

// RequestRoleGrant and RevokeRole have the same fields.
template <class Command, class Request>
Result<Command> ParseRoleOfPerson(const Request& request) {
  Fields fields;
  Command command{fields.RequestId(request.request_id()),
                  PersonId(fields.Id("person_id", request.person_id())), request.role(),
                  fields.Text("reason", request.reason(), 1, kTextMax)};
  if (!IsRoleName(request.role())) {
    fields.Refuse("role", "2 to 40 characters of [a-z0-9_], beginning with a letter");
  }
  if (!fields.ok()) return fields.error();
  return command;
}

template <class Command, class Request>
Result<Command> ParseDecision(const Request& request) {
  Fields fields;
  Command command{fields.RequestId(request.request_id()),
                  PersonId(fields.Id("person_id", request.person_id())),
                  fields.Id("grant_id", request.grant_id())};
  if (!fields.ok()) return fields.error();
  return command;
}

std::string GrantKey(const RoleGrant& grant) {
  return grant.person.ToString() + "/" + std::to_string(grant.id);
}

Error Stale() {
  return Aborted(reeve::reason::kStale, "Somebody changes this role right now; try again.");
}

Error GrantUnknown() { return NotFound(reason::kGrantUnknown, "There is no such grant."); }

// Whether the locked person may be given the role; the role is locked from here on, so that it
// cannot change before the person has it.
Result<> CheckReceives(db::Transaction& tx, const Person& person, const std::string& role_name) {
  const std::optional<Role> role = LockRole(tx, role_name);
  if (!role)
    return NotFound(reason::kRoleUnknown, "There is no such role.").With("role", role_name);
  return MayReceive(person, RolesOf(tx, person.id), PermissionsOf(tx, person.id), *role,
                    ListSeparations(tx));
}

void Decide(command::Change& change, RoleGrant& grant, GrantState state, const Call& call) {
  const std::string before = AuditState(grant);
  grant.state = state;
  grant.decided_by = call.caller.person;
  grant.decided_time = call.now;
  Save(change.tx(), grant);
  change.Audit({"role-grant", GrantKey(grant),
                state == GrantState::kApproved ? "approve" : "decline", before, AuditState(grant)});
}

}  // namespace

grpc::ServerUnaryReactor* RoleService::DefineRole(grpc::CallbackServerContext* context,
                                                  const v1::DefineRoleRequest* request,
                                                  v1::Role* response) {
  return server_.Handle(context, request, response, [this](const Call& call, const auto& request) {
    return Define(call, request);
  });
}

grpc::ServerUnaryReactor* RoleService::ListRoles(grpc::CallbackServerContext* context,
                                                 const v1::ListRolesRequest* request,
                                                 v1::ListRolesResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::ListRolesRequest&) -> Result<v1::ListRolesResponse> {
        v1::ListRolesResponse answer;
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          answer.Clear();
          for (const Role& role : identity::ListRoles(tx)) *answer.add_roles() = ToProto(role);
        });
        return answer;
      });
}

grpc::ServerUnaryReactor* RoleService::ListSeparations(grpc::CallbackServerContext* context,
                                                       const v1::ListSeparationsRequest* request,
                                                       v1::ListSeparationsResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListSeparationsRequest&) -> Result<v1::ListSeparationsResponse> {
        v1::ListSeparationsResponse answer;
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          answer.Clear();
          for (const Separation& separation : identity::ListSeparations(tx)) {
            v1::Separation* added = answer.add_separations();
            added->set_first_permission(separation.first);
            added->set_second_permission(separation.second);
            added->set_reason(separation.reason);
          }
        });
        return answer;
      });
}

grpc::ServerUnaryReactor* RoleService::RequestRoleGrant(grpc::CallbackServerContext* context,
                                                        const v1::RequestRoleGrantRequest* request,
                                                        v1::RoleGrant* response) {
  return server_.Handle(context, request, response, [this](const Call& call, const auto& request) {
    return Request(call, request);
  });
}

grpc::ServerUnaryReactor* RoleService::ApproveRoleGrant(grpc::CallbackServerContext* context,
                                                        const v1::ApproveRoleGrantRequest* request,
                                                        v1::RoleGrant* response) {
  return server_.Handle(context, request, response, [this](const Call& call, const auto& request) {
    return Approve(call, request);
  });
}

grpc::ServerUnaryReactor* RoleService::DeclineRoleGrant(grpc::CallbackServerContext* context,
                                                        const v1::DeclineRoleGrantRequest* request,
                                                        v1::RoleGrant* response) {
  return server_.Handle(context, request, response, [this](const Call& call, const auto& request) {
    return Decline(call, request);
  });
}

grpc::ServerUnaryReactor* RoleService::ListRoleGrants(grpc::CallbackServerContext* context,
                                                      const v1::ListRoleGrantsRequest* request,
                                                      v1::ListRoleGrantsResponse* response) {
  return server_.Handle(context, request, response, [this](const Call& call, const auto& request) {
    return ListWaiting(call, request);
  });
}

grpc::ServerUnaryReactor* RoleService::RevokeRole(grpc::CallbackServerContext* context,
                                                  const v1::RevokeRoleRequest* request,
                                                  v1::Person* response) {
  return server_.Handle(context, request, response, [this](const Call& call, const auto& request) {
    return RevokeFrom(call, request);
  });
}

Result<v1::Role> RoleService::Define(const Call& call, const v1::DefineRoleRequest& request) {
  REEVE_ASSIGN_OR_RETURN(const identity::DefineRole command, Parse(request));
  return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::Role> {
    Fields fields;
    RefuseUnknown(fields, command);
    if (!fields.ok()) return fields.error();
    db::Transaction& tx = change.tx();
    const Role& role = command.role;
    const std::vector<PersonId> holder_ids = HoldersOf(tx, role.name);
    std::vector<Person> holders;  // locked before the role, as whoever grants it does
    for (const PersonId id : holder_ids) holders.push_back(*LockPerson(tx, id));
    const std::optional<Role> before = LockRole(tx, role.name);
    if (HoldersOf(tx, role.name) != holder_ids) return Stale();
    REEVE_RETURN_IF_ERROR(MayDefine(role, before, !holders.empty(), identity::ListSeparations(tx)));
    if (!before && !Insert(tx, role)) return Stale();
    if (before) Save(tx, role);
    change.Audit(
        {"role", role.name, "define", before ? AuditState(*before) : "", AuditState(role)});
    for (Person& holder : holders) {
      const Person holder_before = holder;
      Revoke(change, holder_before, holder, "narrow-role");
    }
    return ToProto(role);
  });
}

Result<v1::RoleGrant> RoleService::Request(const Call& call,
                                           const v1::RequestRoleGrantRequest& request) {
  REEVE_ASSIGN_OR_RETURN(const auto command,
                         ParseRoleOfPerson<identity::RequestRoleGrant>(request));
  return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::RoleGrant> {
    const std::optional<Person> person = LockPerson(change.tx(), command.person);
    if (!person) return PersonUnknown(command.person);
    REEVE_RETURN_IF_ERROR(CheckReceives(change.tx(), *person, command.role));
    const RoleGrant grant{.person = command.person,
                          .id = NewId(call.now, random_),
                          .role = command.role,
                          .reason = command.reason,
                          .requested_by = call.caller.person,
                          .requested_time = call.now};
    Insert(change.tx(), grant);
    change.Audit({"role-grant", GrantKey(grant), "request", "", AuditState(grant)});
    return ToProto(grant);
  });
}

Result<v1::RoleGrant> RoleService::Approve(const Call& call,
                                           const v1::ApproveRoleGrantRequest& request) {
  REEVE_ASSIGN_OR_RETURN(const auto command, ParseDecision<DecideGrant<kApprove>>(request));
  return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::RoleGrant> {
    db::Transaction& tx = change.tx();
    const std::optional<Person> before = LockPerson(tx, command.person);
    if (!before) return GrantUnknown();
    std::optional<RoleGrant> grant = LockGrant(tx, command.person, command.grant_id);
    if (!grant) return GrantUnknown();
    REEVE_RETURN_IF_ERROR(MayApprove(*grant, call.caller.person));
    REEVE_RETURN_IF_ERROR(CheckReceives(tx, *before, grant->role));
    Decide(change, *grant, GrantState::kApproved, call);
    Give(tx, before->id, grant->role, call.now);
    change.Audit({"person-role", before->id.ToString() + "/" + grant->role, "grant", "",
                  std::to_string(call.now.micros())});
    // A session never outlives the privileges it was opened under: the next one has the role.
    EndSessions(change, before->id, machine_clock_.Now());
    Person person = *before;
    Revoke(change, *before, person, "grant-role");
    return ToProto(*grant);
  });
}

Result<v1::RoleGrant> RoleService::Decline(const Call& call,
                                           const v1::DeclineRoleGrantRequest& request) {
  REEVE_ASSIGN_OR_RETURN(const auto command, ParseDecision<DecideGrant<kDecline>>(request));
  return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::RoleGrant> {
    std::optional<RoleGrant> grant = LockGrant(change.tx(), command.person, command.grant_id);
    if (!grant) return GrantUnknown();
    REEVE_RETURN_IF_ERROR(MayDecline(*grant));
    Decide(change, *grant, GrantState::kDeclined, call);
    return ToProto(*grant);
  });
}

Result<v1::ListRoleGrantsResponse> RoleService::ListWaiting(
    const Call& call, const v1::ListRoleGrantsRequest& request) {
  Fields fields;
  const rpc::Page page =
      rpc::ParsePage(fields, request.page_size(), request.page_token(), kWaitingQuery, 2);
  if (!fields.ok()) return fields.error();
  std::vector<RoleGrant> grants;
  database_.Read(call.deadline, [&](db::Transaction& tx) {
    grants = ListWaitingGrants(tx, page.AfterInt(0), page.AfterInt(1), page.size + 1);
  });
  v1::ListRoleGrantsResponse response;
  if (std::ssize(grants) > page.size) {
    grants.pop_back();
    response.set_next_page_token(rpc::NextPageToken(
        kWaitingQuery, {grants.back().person.ToString(), std::to_string(grants.back().id)}));
  }
  for (const RoleGrant& grant : grants) *response.add_grants() = ToProto(grant);
  return response;
}

Result<v1::Person> RoleService::RevokeFrom(const Call& call, const v1::RevokeRoleRequest& request) {
  REEVE_ASSIGN_OR_RETURN(const auto command, ParseRoleOfPerson<identity::RevokeRole>(request));
  return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::Person> {
    const std::optional<Person> before = LockPerson(change.tx(), command.person);
    if (!before) return PersonUnknown(command.person);
    if (!Take(change.tx(), before->id, command.role)) {
      return FailedPrecondition(reason::kRoleNotHeld, "The person does not hold this role.");
    }
    change.Audit({"person-role", before->id.ToString() + "/" + command.role, "revoke", "held", ""});
    EndSessions(change, before->id, machine_clock_.Now());
    Person person = *before;
    Revoke(change, *before, person, "revoke-role");
    return ToProto(change.tx(), person);
  });
}

}  // namespace reeve::identity
