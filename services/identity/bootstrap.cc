#include "services/identity/bootstrap.h"

#include <google/protobuf/util/json_util.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "services/identity/role/permission.h"
#include "services/identity/role/role_store.h"
#include "services/identity/staff/staff_store.h"
#include "shared/core/fields.h"
#include "shared/obs/log.h"

namespace reeve::identity {
namespace {

constexpr Duration kApplyTime = Duration::Seconds(60);

[[noreturn]] void Refuse(const std::string& what) {
  throw std::runtime_error("bootstrap: " + what);
}

void Check(const Result<>& result, const std::string& where) {
  if (result.ok()) return;
  std::string what = where + ": " + result.error().reason();
  for (const auto& [key, value] : result.error().metadata()) what += " " + key + "=" + value;
  for (const FieldViolation& bad : result.error().violations()) {
    what += " " + bad.field + ": " + bad.description;
  }
  Refuse(what);
}

// Everything parsed and checked, ready to be written.
struct Plan {
  struct Entry {
    Person person;
    std::vector<std::string> roles;
  };
  std::map<std::string, Role> roles;
  std::vector<Separation> separations;
  std::vector<Entry> people;
};

Role ParseRole(const v1::Role& proto) {
  Role role{proto.role(), proto.description(), {}};
  if (!IsRoleName(role.name)) Refuse("role '" + role.name + "' is not [a-z0-9_]");
  for (const std::string& permission : proto.permissions()) {
    if (!IsKnownPermission(permission)) {
      Refuse(role.name + ": '" + permission + "' is no permission that anything asks for");
    }
    role.permissions.insert(permission);
  }
  return role;
}

Separation ParseSeparation(const v1::Separation& proto) {
  if (!IsKnownPermission(proto.first_permission()) ||
      !IsKnownPermission(proto.second_permission()) ||
      proto.first_permission() == proto.second_permission()) {
    Refuse("separation of '" + proto.first_permission() + "' and '" + proto.second_permission() +
           "'");
  }
  const auto& [first, second] = std::minmax(proto.first_permission(), proto.second_permission());
  return {first, second, proto.reason()};
}

Plan MakePlan(const v1::Bootstrap& bootstrap, HashCost cost, Random& random, Instant now) {
  Plan plan;
  for (const v1::Separation& proto : bootstrap.separations()) {
    plan.separations.push_back(ParseSeparation(proto));
  }
  for (const v1::Role& proto : bootstrap.roles()) {
    const Role role = ParseRole(proto);
    Check(MayDefine(role, std::nullopt, false, plan.separations), "role " + role.name);
    if (!plan.roles.emplace(role.name, role).second) Refuse("role " + role.name + " twice");
  }
  for (const v1::BootstrapPerson& proto : bootstrap.people()) {
    Fields fields;
    Person person{.id = PersonOf(proto.login()),
                  .login = ParseLogin(fields, proto.login()),
                  .display_name = fields.Text("display_name", proto.display_name(), 1, 80),
                  .created_time = now};
    CheckNewPassword(fields, "password", proto.password());
    if (!fields.ok()) Check(fields.error(), "person " + proto.login());
    person.password_hash = HashPassword(proto.password(), cost, random);
    std::set<std::string> held;
    Permissions permissions;
    for (const std::string& name : proto.roles()) {
      const auto role = plan.roles.find(name);
      if (role == plan.roles.end()) Refuse("person " + person.login + ": no role " + name);
      Check(MayReceive(person, held, permissions, role->second, plan.separations),
            "person " + person.login + ", role " + name);
      held.insert(name);
      permissions.insert(role->second.permissions.begin(), role->second.permissions.end());
    }
    plan.people.push_back({std::move(person), {held.begin(), held.end()}});
  }
  return plan;
}

void Write(const Plan& plan, command::Change& change) {
  db::Transaction& tx = change.tx();
  const Instant now = change.call().now;
  for (const Separation& separation : plan.separations) {
    Insert(tx, separation);
    change.Audit({"duty-separation", separation.first + "+" + separation.second, "bootstrap", "",
                  AuditState(separation)});
  }
  for (const auto& [name, role] : plan.roles) {
    Insert(tx, role);
    change.Audit({"role", name, "bootstrap", "", AuditState(role)});
  }
  for (const Plan::Entry& entry : plan.people) {
    const std::string id = entry.person.id.ToString();
    if (!Insert(tx, entry.person)) Refuse("person " + entry.person.login + " twice");
    change.Audit({"person", id, "bootstrap", "", AuditState(entry.person)});
    for (const std::string& role : entry.roles) {
      Give(tx, entry.person.id, role, now);
      change.Audit({"person-role", id + "/" + role, "bootstrap", "", std::to_string(now.micros())});
    }
  }
}

}  // namespace

v1::Bootstrap ReadBootstrap(const std::string& path, bool anybody_may_read) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) Refuse("cannot read " + path);
  if (!anybody_may_read && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    Refuse(path + " holds passwords: chmod 600");
  }
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  v1::Bootstrap bootstrap;
  const auto parsed = google::protobuf::util::JsonStringToMessage(text.str(), &bootstrap);
  if (!parsed.ok()) Refuse(path + ": " + parsed.ToString());
  return bootstrap;
}

void ApplyBootstrap(const v1::Bootstrap& bootstrap, HashCost cost, command::Frame& frame,
                    db::Database& database, const Clock& clock, Random& random) {
  Call call;
  call.caller = {CallerKind::kService, {}, "identity"};
  call.now = clock.Now();
  call.deadline = database.clock().Now() + kApplyTime;
  bool somebody = false;
  database.Read(call.deadline, [&](db::Transaction& tx) { somebody = AnybodyThere(tx); });
  if (somebody) return;
  const Plan plan = MakePlan(bootstrap, cost, random, call.now);
  const Result<> written = frame.Apply(call, /*home=*/0, [&](command::Change& change) -> Result<> {
    if (!AnybodyThere(change.tx())) Write(plan, change);  // else another replica was faster
    return Ok();
  });
  Check(written, "cannot be written");
  obs::Log(obs::Level::kInfo, "bootstrapped",
           {{"people", plan.people.size()}, {"roles", plan.roles.size()}});
}

}  // namespace reeve::identity
