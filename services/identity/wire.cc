#include "services/identity/wire.h"

#include "services/identity/role/role_store.h"

namespace reeve::identity {

v1::Person ToProto(db::Transaction& tx, const Person& person) {
  v1::Person proto;
  proto.set_person_id(person.id.value());
  proto.set_login(person.login);
  proto.set_display_name(person.display_name);
  proto.set_state(person.state == PersonState::kActive ? v1::PERSON_STATE_ACTIVE
                                                       : v1::PERSON_STATE_DISABLED);
  for (const std::string& role : RolesOf(tx, person.id)) proto.add_roles(role);
  proto.set_created_time_micros(person.created_time.micros());
  return proto;
}

v1::Role ToProto(const Role& role) {
  v1::Role proto;
  proto.set_role(role.name);
  proto.set_description(role.description);
  for (const std::string& permission : role.permissions) proto.add_permissions(permission);
  return proto;
}

v1::RoleGrant ToProto(const RoleGrant& grant) {
  static constexpr v1::RoleGrantState kStates[] = {
      v1::ROLE_GRANT_STATE_REQUESTED, v1::ROLE_GRANT_STATE_APPROVED, v1::ROLE_GRANT_STATE_DECLINED};
  v1::RoleGrant proto;
  proto.set_grant_id(grant.id);
  proto.set_person_id(grant.person.value());
  proto.set_role(grant.role);
  proto.set_reason(grant.reason);
  proto.set_state(kStates[static_cast<int>(grant.state)]);
  proto.set_requested_by_person_id(grant.requested_by.value());
  proto.set_requested_time_micros(grant.requested_time.micros());
  proto.set_decided_by_person_id(grant.decided_by.value());
  proto.set_decided_time_micros(grant.decided_time.micros());
  return proto;
}

Error PersonUnknown(PersonId person) {
  return NotFound(reason::kPersonUnknown, "There is nobody with this number.")
      .With("person_id", person.value());
}

}  // namespace reeve::identity
