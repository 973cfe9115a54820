#include "services/identity/staff/staff_service.h"

#include <algorithm>
#include <optional>
#include <set>

#include "services/identity/revoke.h"
#include "services/identity/role/role_store.h"
#include "services/identity/staff/staff_store.h"
#include "services/identity/wire.h"
#include "shared/core/canonical.h"
#include "shared/rpc/paging.h"

namespace reeve::identity {
namespace {

constexpr std::size_t kNameMax = 80;
constexpr std::size_t kReasonMax = 200;
constexpr int kNamesMax = 100;
constexpr std::string_view kListQuery = "reeve.identity.v1.StaffService/ListPeople";

struct CreatePerson {
  static constexpr std::string_view kMethod = "reeve.identity.v1.StaffService/CreatePerson";
  std::string request_id;
  std::string login;
  std::string display_name;
  std::int64_t home() const { return PersonOf(login).value(); }
  Canonical canonical() const {
    return Canonical(kMethod, 1).Add("login", login).Add("display_name", display_name);
  }
};

// The commands that concern one person and say nothing but why.
template <const std::string_view& method>
struct OnPerson {
  static constexpr std::string_view kMethod = method;
  std::string request_id;
  PersonId person;
  std::string reason;
  std::int64_t home() const { return person.value(); }
  Canonical canonical() const {
    return Canonical(kMethod, 1).Add("person_id", person.value()).Add("reason", reason);
  }
};
constexpr std::string_view kSetPassword = "reeve.identity.v1.StaffService/SetPassword";
constexpr std::string_view kChangePassword = "reeve.identity.v1.StaffService/ChangePassword";
constexpr std::string_view kDisable = "reeve.identity.v1.StaffService/DisablePerson";
constexpr std::string_view kEnable = "reeve.identity.v1.StaffService/EnablePerson";
constexpr std::string_view kEndSessions = "reeve.identity.v1.StaffService/EndSessions";

template <class Command, class Request>
Command ParseOnPerson(Fields& fields, const Request& request) {
  Command command;
  command.request_id = fields.RequestId(request.request_id());
  command.person = PersonId(fields.Id("person_id", request.person_id()));
  if constexpr (requires { request.reason(); }) {
    command.reason = fields.Text("reason", request.reason(), 1, kReasonMax);
  }
  return command;
}

Error PasswordWrong() {
  return PermissionDenied(reason::kPasswordWrong, "The old password is not right.");
}

}  // namespace

grpc::ServerUnaryReactor* StaffService::CreatePerson(grpc::CallbackServerContext* context,
                                                     const v1::CreatePersonRequest* request,
                                                     v1::Person* response) {
  return server_.Handle(context, request, response, [this](const Call& call, const auto& request) {
    return Create(call, request);
  });
}

grpc::ServerUnaryReactor* StaffService::GetPerson(grpc::CallbackServerContext* context,
                                                  const v1::GetPersonRequest* request,
                                                  v1::Person* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::GetPersonRequest& request) -> Result<v1::Person> {
        Fields fields;
        const PersonId id(fields.Id("person_id", request.person_id()));
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(call.deadline, [&](db::Transaction& tx) -> Result<v1::Person> {
          const std::optional<Person> person = FindPerson(tx, id);
          if (!person) return PersonUnknown(id);
          return ToProto(tx, *person);
        });
      });
}

grpc::ServerUnaryReactor* StaffService::ListPeople(grpc::CallbackServerContext* context,
                                                   const v1::ListPeopleRequest* request,
                                                   v1::ListPeopleResponse* response) {
  return server_.Handle(context, request, response, [this](const Call& call, const auto& request) {
    return List(call, request);
  });
}

grpc::ServerUnaryReactor* StaffService::GetNames(grpc::CallbackServerContext* context,
                                                 const v1::GetNamesRequest* request,
                                                 v1::GetNamesResponse* response) {
  return server_.Handle(context, request, response, [this](const Call& call, const auto& request) {
    return Names(call, request);
  });
}

grpc::ServerUnaryReactor* StaffService::SetPassword(grpc::CallbackServerContext* context,
                                                    const v1::SetPasswordRequest* request,
                                                    v1::Person* response) {
  return server_.Handle(context, request, response, [this](const Call& call, const auto& request) {
    return Set(call, request);
  });
}

grpc::ServerUnaryReactor* StaffService::ChangePassword(grpc::CallbackServerContext* context,
                                                       const v1::ChangePasswordRequest* request,
                                                       v1::Person* response) {
  return server_.Handle(context, request, response, [this](const Call& call, const auto& request) {
    return ChangeOwn(call, request);
  });
}

grpc::ServerUnaryReactor* StaffService::DisablePerson(grpc::CallbackServerContext* context,
                                                      const v1::DisablePersonRequest* request,
                                                      v1::Person* response) {
  return server_.Handle(context, request, response, [this](const Call& call, const auto& request) {
    return Disable(call, request);
  });
}

grpc::ServerUnaryReactor* StaffService::EnablePerson(grpc::CallbackServerContext* context,
                                                     const v1::EnablePersonRequest* request,
                                                     v1::Person* response) {
  return server_.Handle(context, request, response, [this](const Call& call, const auto& request) {
    return Enable(call, request);
  });
}

grpc::ServerUnaryReactor* StaffService::EndSessions(grpc::CallbackServerContext* context,
                                                    const v1::EndSessionsRequest* request,
                                                    v1::Person* response) {
  return server_.Handle(context, request, response, [this](const Call& call, const auto& request) {
    return End(call, request);
  });
}

Result<v1::Person> StaffService::Create(const Call& call, const v1::CreatePersonRequest& request) {
  Fields fields;
  const identity::CreatePerson command{
      fields.RequestId(request.request_id()), ParseLogin(fields, request.login()),
      fields.Text("display_name", request.display_name(), 1, kNameMax)};
  CheckNewPassword(fields, "password", request.password());
  if (!fields.ok()) return fields.error();
  REEVE_ASSIGN_OR_RETURN(std::string hash, passwords_.Hash(request.password()));
  return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::Person> {
    const Person person{PersonOf(command.login),
                        command.login,
                        command.display_name,
                        PersonState::kActive,
                        hash,
                        call.now,
                        0};
    if (!Insert(change.tx(), person)) {
      return AlreadyExists(reason::kLoginTaken, "Somebody has, or had, this login.");
    }
    change.Audit({"person", person.id.ToString(), "create", "", AuditState(person)});
    return ToProto(change.tx(), person);
  });
}

Result<v1::ListPeopleResponse> StaffService::List(const Call& call,
                                                  const v1::ListPeopleRequest& request) {
  Fields fields;
  const rpc::Page page =
      rpc::ParsePage(fields, request.page_size(), request.page_token(), kListQuery, 1);
  if (!fields.ok()) return fields.error();
  v1::ListPeopleResponse response;
  database_.Read(call.deadline, [&](db::Transaction& tx) {
    const std::vector<Person> people = identity::ListPeople(tx, page.AfterInt(0), page.size + 1);
    response.Clear();
    for (const Person& person : people) {
      if (response.people_size() == page.size) break;
      *response.add_people() = ToProto(tx, person);
    }
    if (std::ssize(people) > page.size) {
      const std::int64_t last = response.people(page.size - 1).person_id();
      response.set_next_page_token(rpc::NextPageToken(kListQuery, {std::to_string(last)}));
    }
  });
  return response;
}

Result<v1::GetNamesResponse> StaffService::Names(const Call& call,
                                                 const v1::GetNamesRequest& request) {
  Fields fields;
  const int count = request.person_ids_size();
  fields.Range("person_ids", count, 1, kNamesMax);
  std::set<PersonId> ids;
  for (int i = 0; i < std::min(count, kNamesMax); ++i) {
    ids.emplace(fields.Id("person_ids[" + std::to_string(i) + "]", request.person_ids(i)));
  }
  if (!fields.ok()) return fields.error();
  const std::vector<PersonId> by_number(ids.begin(), ids.end());
  v1::GetNamesResponse response;
  database_.Read(call.deadline, [&](db::Transaction& tx) {
    response.Clear();
    for (const Person& person : FindPeople(tx, by_number)) {
      v1::PersonName* name = response.add_names();
      name->set_person_id(person.id.value());
      name->set_login(person.login);
      name->set_display_name(person.display_name);
    }
  });
  return response;
}

Result<v1::Person> StaffService::Set(const Call& call, const v1::SetPasswordRequest& request) {
  Fields fields;
  const auto command = ParseOnPerson<OnPerson<kSetPassword>>(fields, request);
  CheckNewPassword(fields, "password", request.password());
  if (!fields.ok()) return fields.error();
  REEVE_ASSIGN_OR_RETURN(std::string hash, passwords_.Hash(request.password()));
  return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::Person> {
    const std::optional<Person> before = LockPerson(change.tx(), command.person);
    if (!before) return PersonUnknown(command.person);
    if (before->id == call.caller.person) {
      return PermissionDenied(reason::kOwnPassword, "Change your own with ChangePassword.");
    }
    Person person = *before;
    person.password_hash = hash;
    ForgetFailures(change.tx(), person.id);
    identity::EndSessions(change, person.id, machine_clock_.Now());
    Revoke(change, *before, person, "set-password");
    return ToProto(change.tx(), person);
  });
}

// The old password is checked before the transaction, which must not wait for the hash. A request
// that was carried out before has an old password that is right no more, and is answered by the
// frame before anybody looks at it.
Result<v1::Person> StaffService::ChangeOwn(const Call& call,
                                           const v1::ChangePasswordRequest& request) {
  Fields fields;
  OnPerson<kChangePassword> command;
  command.request_id = fields.RequestId(request.request_id());
  command.person = call.caller.person;
  if (request.old_password().empty() || request.old_password().size() > kPasswordMax) {
    fields.Refuse("old_password", "1 to 128 characters");
  }
  CheckNewPassword(fields, "new_password", request.new_password());
  if (!fields.ok()) return fields.error();
  Person checked;
  SignInFailures failures;
  database_.Read(call.deadline, [&](db::Transaction& tx) {
    checked = *FindPerson(tx, command.person);
    failures = FindFailures(tx, command.person);
  });
  REEVE_ASSIGN_OR_RETURN(const bool right,
                         passwords_.Verify(request.old_password(), checked.password_hash));
  REEVE_ASSIGN_OR_RETURN(std::string hash, passwords_.Hash(request.new_password()));
  const bool may = right && !failures.Locked(machine_clock_.Now());
  Result<v1::Person> changed =
      frame_.Write(call, command, [&](command::Change& change) -> Result<v1::Person> {
        const Person before = *LockPerson(change.tx(), command.person);
        if (!may || before.password_hash != checked.password_hash) return PasswordWrong();
        Person person = before;
        person.password_hash = hash;
        identity::EndSessions(change, person.id, machine_clock_.Now(), Sha256(call.session_token));
        Revoke(change, before, person, "change-password");
        return ToProto(change.tx(), person);
      });
  if (!changed.ok() && changed.error().reason() == reason::kPasswordWrong.name) CountFailure(call);
  return changed;
}

void StaffService::CountFailure(const Call& call) {
  const PersonId id = call.caller.person;
  const Instant now = machine_clock_.Now();
  const Result<> noted = frame_.Apply(call, id.value(), [&](command::Change& change) -> Result<> {
    LockPerson(change.tx(), id);
    const SignInFailures failures = FindFailures(change.tx(), id);
    if (!failures.Locked(now)) SaveFailures(change.tx(), id, failures.Next(now));
    change.Audit({"sign-in", id.ToString(), "refuse", "", ""});
    return Ok();
  });
  static_cast<void>(noted);  // the body refuses nothing
}

Result<v1::Person> StaffService::Disable(const Call& call,
                                         const v1::DisablePersonRequest& request) {
  Fields fields;
  const auto command = ParseOnPerson<OnPerson<kDisable>>(fields, request);
  if (!fields.ok()) return fields.error();
  return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::Person> {
    const std::optional<Person> before = LockPerson(change.tx(), command.person);
    if (!before) return PersonUnknown(command.person);
    REEVE_RETURN_IF_ERROR(MayDisable(*before, call.caller.person));
    Person person = *before;
    person.state = PersonState::kDisabled;
    for (const std::string& role : RolesOf(change.tx(), person.id)) {
      Take(change.tx(), person.id, role);
      change.Audit({"person-role", person.id.ToString() + "/" + role, "revoke", "held", ""});
    }
    identity::EndSessions(change, person.id, machine_clock_.Now());
    Revoke(change, *before, person, "disable");
    return ToProto(change.tx(), person);
  });
}

Result<v1::Person> StaffService::Enable(const Call& call, const v1::EnablePersonRequest& request) {
  Fields fields;
  const auto command = ParseOnPerson<OnPerson<kEnable>>(fields, request);
  if (!fields.ok()) return fields.error();
  return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::Person> {
    const std::optional<Person> before = LockPerson(change.tx(), command.person);
    if (!before) return PersonUnknown(command.person);
    REEVE_RETURN_IF_ERROR(MayEnable(*before, call.caller.person));
    Person person = *before;
    person.state = PersonState::kActive;
    Revoke(change, *before, person, "enable");
    return ToProto(change.tx(), person);
  });
}

Result<v1::Person> StaffService::End(const Call& call, const v1::EndSessionsRequest& request) {
  Fields fields;
  const auto command = ParseOnPerson<OnPerson<kEndSessions>>(fields, request);
  if (!fields.ok()) return fields.error();
  return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::Person> {
    const std::optional<Person> before = LockPerson(change.tx(), command.person);
    if (!before) return PersonUnknown(command.person);
    Person person = *before;
    identity::EndSessions(change, person.id, machine_clock_.Now());
    Revoke(change, *before, person, "end-sessions");
    return ToProto(change.tx(), person);
  });
}

}  // namespace reeve::identity
