#include "services/identity/verify/verify_store.h"

#include <cstdlib>
#include <limits>
#include <map>
#include <set>
#include <string>

#include "services/identity/role/role_store.h"
#include "services/identity/session/session_store.h"
#include "services/identity/staff/staff_store.h"

namespace reeve::identity {
namespace {

constexpr db::Query kEntries{
    "identity_verify_entries",
    "SELECT chain, sequence, entity_id, after_state FROM audit_entry WHERE entity = $1 "
    "ORDER BY CASE WHEN home = 0 THEN 0 ELSE 1 END, chain, sequence"};

constexpr db::Query kStrayPermissions{
    "identity_verify_stray_permissions",
    "SELECT role FROM role_permission WHERE role NOT IN (SELECT role FROM role) ORDER BY role"};
constexpr db::Query kCounters{"identity_verify_counters", "SELECT number FROM revocation_counter"};

// entity_id -> the state that the trail says it is in. What has a person is audited in the person's
// chain, behind the bootstrap, whose home is 0; roles and separations have only that home. So the
// last entry counts.
std::map<std::string, std::string> LastStates(db::Transaction& tx, const std::string& entity) {
  std::map<std::string, std::string> states;
  for (const db::Rows::Row row : tx.Select(kEntries, entity)) states[row.Text(2)] = row.Text(3);
  return states;
}

// Compares what is there with what the trail says; an empty state is one that is gone.
class Comparison {
 public:
  Comparison(std::string check, std::map<std::string, std::string> audited)
      : finding_{std::move(check), 0, ""}, audited_(std::move(audited)) {}

  void Row(const std::string& id, const std::string& state) {
    ++finding_.examined;
    const auto found = audited_.find(id);
    if (found == audited_.end() || found->second != state) {
      Violate(id + " is not as the audit trail says");
    }
    seen_.insert(id);
  }
  // Every audited one that is not gone must have been there.
  Finding WithNoneMissing() {
    for (const auto& [id, state] : audited_) {
      if (!state.empty() && !seen_.contains(id)) Violate(id + " is missing");
    }
    return finding_;
  }
  Finding finding() const { return finding_; }
  void Violate(const std::string& what) {
    if (finding_.violation.empty()) finding_.violation = what;
  }

 private:
  Finding finding_;
  std::map<std::string, std::string> audited_;
  std::set<std::string> seen_;
};

// A person is audited in the chains of whoever changed it, so the greatest revocation number
// counts, which each change but the first raises.
std::int64_t RevocationIn(const std::string& state) {
  const std::size_t at = state.rfind('=');
  return at == std::string::npos ? 0 : std::atoll(state.c_str() + at + 1);
}

std::map<std::string, std::string> LastPeople(db::Transaction& tx) {
  std::map<std::string, std::string> states;
  for (const db::Rows::Row row : tx.Select(kEntries, "person")) {
    std::string& state = states[row.Text(2)];
    if (state.empty() || RevocationIn(row.Text(3)) > RevocationIn(state)) state = row.Text(3);
  }
  return states;
}

std::vector<Person> Everybody(db::Transaction& tx) {
  return ListPeople(tx, 0, std::numeric_limits<int>::max());
}

Finding CheckPeople(db::Transaction& tx) {
  Comparison comparison("people-as-audited", LastPeople(tx));
  for (const Person& person : Everybody(tx)) {
    comparison.Row(person.id.ToString(), AuditState(person));
  }
  return comparison.WithNoneMissing();
}

Finding CheckRoles(db::Transaction& tx) {
  Comparison comparison("roles-as-audited", LastStates(tx, "role"));
  for (const Role& role : ListRoles(tx)) comparison.Row(role.name, AuditState(role));
  for (const db::Rows::Row row : tx.Select(kStrayPermissions)) {
    comparison.Violate("permissions of " + row.Text(0) + " are of no role");
  }
  return comparison.WithNoneMissing();
}

Finding CheckSeparations(db::Transaction& tx) {
  Comparison comparison("separations-as-audited", LastStates(tx, "duty-separation"));
  for (const Separation& separation : ListSeparations(tx)) {
    comparison.Row(separation.first + "+" + separation.second, AuditState(separation));
  }
  return comparison.WithNoneMissing();
}

Finding CheckHeldRoles(db::Transaction& tx) {
  Comparison comparison("held-roles-as-audited", LastStates(tx, "person-role"));
  for (const HeldRole& held : ListHeldRoles(tx)) {
    comparison.Row(held.person.ToString() + "/" + held.role,
                   std::to_string(held.granted_time.micros()));
  }
  return comparison.WithNoneMissing();
}

Finding CheckGrants(db::Transaction& tx) {
  Comparison comparison("grants-as-audited", LastStates(tx, "role-grant"));
  for (const RoleGrant& grant : ListGrants(tx)) {
    comparison.Row(grant.person.ToString() + "/" + std::to_string(grant.id), AuditState(grant));
  }
  return comparison.WithNoneMissing();
}

// A session that is missing was forgotten, and lets nobody in.
Finding CheckSessions(db::Transaction& tx) {
  Comparison comparison("sessions-as-audited", LastStates(tx, "session"));
  for (const Session& session : ListSessions(tx)) {
    comparison.Row(AuditId(session), AuditState(session));
  }
  return comparison.finding();
}

Finding CheckRevocations(db::Transaction& tx) {
  Finding finding{"revocation-numbers", 0, ""};
  std::set<std::int64_t> numbers{0};
  for (const Person& person : Everybody(tx)) {
    ++finding.examined;
    if (person.revocation_number == 0) continue;
    if (!numbers.insert(person.revocation_number).second && finding.violation.empty()) {
      finding.violation = "number " + std::to_string(person.revocation_number) + " given twice";
    }
  }
  const db::Rows counters = tx.Select(kCounters);
  if (counters.size() != 1) {
    finding.violation = "there is no counter, or several";
    return finding;
  }
  const std::int64_t head = counters[0].Int(0);
  if (*numbers.rbegin() != head && finding.violation.empty()) {
    finding.violation = "the counter stands at " + std::to_string(head) +
                        ", the greatest number is " + std::to_string(*numbers.rbegin());
  }
  return finding;
}

}  // namespace

std::vector<Finding> CheckIdentity(db::Transaction& tx) {
  return {CheckPeople(tx), CheckRoles(tx),    CheckSeparations(tx), CheckHeldRoles(tx),
          CheckGrants(tx), CheckSessions(tx), CheckRevocations(tx)};
}

}  // namespace reeve::identity
