#include "services/identity/session/session_service.h"

#include <limits>

#include "services/identity/revoke.h"
#include "services/identity/role/role_store.h"
#include "services/identity/session/session_store.h"
#include "services/identity/staff/staff_store.h"
#include "shared/core/canonical.h"

namespace reeve::identity {
namespace {

constexpr Duration kCheckTime = Duration::Seconds(2);
constexpr Duration kKept = Duration::Hours(24);  // a session's row, after its absolute end
constexpr int kRevocationsPage = 500;

struct SignOut {
  static constexpr std::string_view kMethod = "reeve.identity.v1.SessionService/SignOut";
  std::string request_id;
  PersonId person;
  std::string token_hash;
  std::int64_t home() const { return person.value(); }
  Canonical canonical() const { return Canonical(kMethod, 1).Add("token_hash", token_hash); }
};

struct Credentials {
  std::string login;
  std::string password;
};

Result<Credentials> Parse(const v1::SignInRequest& request) {
  Fields fields;
  Credentials credentials{ParseLogin(fields, request.login()), request.password()};
  if (credentials.password.empty() || credentials.password.size() > kPasswordMax) {
    fields.Refuse("password", "1 to 128 characters");
  }
  if (!fields.ok()) return fields.error();
  return credentials;
}

session::Facts FactsOf(db::Transaction& tx, const Person& person, const Session& session,
                       const SessionLimits& limits, Instant now) {
  session::Facts facts;
  facts.person = person.id;
  facts.display_name = person.display_name;
  facts.permissions = std::make_shared<const Permissions>(PermissionsOf(tx, person.id));
  facts.revocation_number = person.revocation_number;
  facts.checked_time = now;
  facts.idle_end_time = IdleEnd(session, limits);
  facts.absolute_end_time = session.absolute_end_time;
  return facts;
}

v1::Session ToProto(const session::Facts& facts) {
  v1::Session proto;
  proto.set_person_id(facts.person.value());
  proto.set_display_name(facts.display_name);
  for (const std::string& permission : *facts.permissions) proto.add_permissions(permission);
  proto.set_revocation_number(facts.revocation_number);
  proto.set_checked_time_micros(facts.checked_time.micros());
  proto.set_idle_end_time_micros(facts.idle_end_time.micros());
  proto.set_absolute_end_time_micros(facts.absolute_end_time.micros());
  return proto;
}

Error SessionEnded() {
  return Unauthenticated(session::reason::kSessionEnded, "The session has ended; sign in again.");
}

Error SignInRefused() {
  return Unauthenticated(reason::kSignInRefused, "This login and password let nobody in now.");
}

}  // namespace

SessionService::SessionService(const Parts& parts)
    : parts_(parts),
      sign_ins_(parts.metrics.NewCounterByLabel("sign_ins_total", "Attempts to sign in.", "outcome",
                                                {"accepted", "refused", "busy"})) {}

session::Source SessionService::source() {
  session::Source source;
  source.check = [this](const std::string& token) -> Result<session::Facts> {
    try {
      return Check(token);
    } catch (const db::DatabaseError&) {
      return Unavailable(session::reason::kSessionsUnavailable, "The database is away.");
    }
  };
  source.revoked_after = [this](std::int64_t number) -> Result<session::Revocations> {
    try {
      return RevokedAfter(number);
    } catch (const db::DatabaseError&) {
      return Unavailable(session::reason::kSessionsUnavailable, "The database is away.");
    }
  };
  return source;
}

grpc::ServerUnaryReactor* SessionService::SignIn(grpc::CallbackServerContext* context,
                                                 const v1::SignInRequest* request,
                                                 v1::SignInResponse* response) {
  return parts_.server.Handle(
      context, request, response,
      [this](const Call& call, const v1::SignInRequest& request) { return Enter(call, request); });
}

grpc::ServerUnaryReactor* SessionService::SignOut(grpc::CallbackServerContext* context,
                                                  const v1::SignOutRequest* request,
                                                  v1::SignOutResponse* response) {
  return parts_.server.Handle(
      context, request, response,
      [this](const Call& call, const v1::SignOutRequest& request) { return Leave(call, request); });
}

grpc::ServerUnaryReactor* SessionService::WhoAmI(grpc::CallbackServerContext* context,
                                                 const v1::WhoAmIRequest* request,
                                                 v1::Session* response) {
  // Inline: whoever gets here was checked a moment ago, so the gate knows the facts.
  return parts_.server.HandleInline(
      context, request, response,
      [this](const Call& call, const v1::WhoAmIRequest&) -> Result<v1::Session> {
        if (const auto facts = parts_.gate.Peek(call.session_token)) return ToProto(*facts);
        REEVE_ASSIGN_OR_RETURN(const session::Facts facts, parts_.gate.Check(call.session_token));
        return ToProto(facts);
      });
}

grpc::ServerUnaryReactor* SessionService::CheckSession(grpc::CallbackServerContext* context,
                                                       const v1::CheckSessionRequest* request,
                                                       v1::Session* response) {
  return parts_.server.Handle(
      context, request, response,
      [this](const Call&, const v1::CheckSessionRequest& request) -> Result<v1::Session> {
        REEVE_ASSIGN_OR_RETURN(const session::Facts facts, Check(request.session_token()));
        return ToProto(facts);
      });
}

grpc::ServerUnaryReactor* SessionService::ListRevocations(grpc::CallbackServerContext* context,
                                                          const v1::ListRevocationsRequest* request,
                                                          v1::ListRevocationsResponse* response) {
  return parts_.server.Handle(
      context, request, response,
      [this](const Call&,
             const v1::ListRevocationsRequest& request) -> Result<v1::ListRevocationsResponse> {
        Fields fields;
        fields.Range("after_number", request.after_number(), 0,
                     std::numeric_limits<std::int64_t>::max());
        if (!fields.ok()) return fields.error();
        const session::Revocations found = RevokedAfter(request.after_number());
        v1::ListRevocationsResponse answer;
        answer.set_head_number(found.head);
        for (const session::Revocations::Entry& entry : found.entries) {
          auto* added = answer.add_revocations();
          added->set_person_id(entry.person.value());
          added->set_number(entry.number);
        }
        return answer;
      });
}

// Whoever is not let in learns nothing of why, and waits as long in every case: a password is
// always hashed, and an attempt always written.
Result<v1::SignInResponse> SessionService::Enter(const Call& call,
                                                 const v1::SignInRequest& request) {
  REEVE_ASSIGN_OR_RETURN(const Credentials credentials, Parse(request));
  const Instant now = parts_.machine_clock.Now();
  const PersonId id = PersonOf(credentials.login);
  std::optional<Person> known;
  SignInFailures failures;
  parts_.database.Read(call.deadline, [&](db::Transaction& tx) {
    known = FindPerson(tx, id);
    failures = FindFailures(tx, id);
  });
  const Result<bool> right =
      parts_.passwords.Verify(credentials.password, known ? known->password_hash : std::string());
  if (!right.ok()) {
    sign_ins_.For("busy").Add();
    return right.error();
  }
  const bool open = known && known->state == PersonState::kActive && !failures.Locked(now);
  if (!*right || !open) return Refuse(call, id, /*counts=*/open);

  const std::string token = NewToken(parts_.random);
  const Session session = Begin(id, token, parts_.limits, now);
  session::Facts facts;
  const Result<> entered =
      parts_.frame.Apply(call, id.value(), [&](command::Change& change) -> Result<> {
        db::Transaction& tx = change.tx();
        const Person before = *LockPerson(tx, id);
        if (before.state != PersonState::kActive || before.password_hash != known->password_hash) {
          return SignInRefused();  // changed while the password was hashed
        }
        Person person = before;
        ForgetFailures(tx, id);
        Forget(tx, id, now - kKept);
        if (std::vector<Session> others = OpenSessions(tx, id); others.size() >= kSessionsMax) {
          Session& oldest = others.front();
          const std::string oldest_state = AuditState(oldest);
          oldest.ended_time = now;
          SaveEnded(tx, oldest);
          change.Audit({"session", AuditId(oldest), "end", oldest_state, AuditState(oldest)});
          Revoke(change, before, person, "end-oldest-session");
        }
        Insert(tx, session);
        change.Audit({"session", AuditId(session), "begin", "", AuditState(session)});
        facts = FactsOf(tx, person, session, parts_.limits, now);
        return Ok();
      });
  if (!entered.ok()) return entered.error();
  sign_ins_.For("accepted").Add();
  v1::SignInResponse response;
  response.set_session_token(token);
  *response.mutable_session() = ToProto(facts);
  return response;
}

Error SessionService::Refuse(const Call& call, PersonId person, bool counts) {
  sign_ins_.For("refused").Add();
  const Instant now = parts_.machine_clock.Now();
  const Result<> noted =
      parts_.frame.Apply(call, person.value(), [&](command::Change& change) -> Result<> {
        if (counts && LockPerson(change.tx(), person)) {
          SaveFailures(change.tx(), person, FindFailures(change.tx(), person).Next(now));
        }
        change.Audit({"sign-in", person.ToString(), "refuse", "", ""});
        return Ok();
      });
  return noted.ok() ? SignInRefused() : noted.error();
}

Result<v1::SignOutResponse> SessionService::Leave(const Call& call,
                                                  const v1::SignOutRequest& request) {
  Fields fields;
  identity::SignOut command{
      fields.RequestId(request.request_id()), {}, Sha256(request.session_token())};
  // Whoever leaves it out means their own session, which would go on.
  if (request.session_token().empty()) fields.Refuse("session_token", "is required");
  if (!fields.ok()) return fields.error();
  std::optional<Session> session;
  parts_.database.Read(call.deadline,
                       [&](db::Transaction& tx) { session = FindSession(tx, command.token_hash); });
  if (!session) return v1::SignOutResponse();
  command.person = session->person;
  const Instant now = parts_.machine_clock.Now();
  return parts_.frame.Write(
      call, command, [&](command::Change& change) -> Result<v1::SignOutResponse> {
        const Person before = *LockPerson(change.tx(), command.person);
        Person person = before;
        Session ended = *FindSession(change.tx(), command.token_hash);
        const std::string state = AuditState(ended);
        if (!ended.ended_time) {
          ended.ended_time = now;
          SaveEnded(change.tx(), ended);
        }
        change.Audit({"session", AuditId(ended), "end", state, AuditState(ended)});
        Revoke(change, before, person, "sign-out");
        return v1::SignOutResponse();
      });
}

Result<session::Facts> SessionService::Check(const std::string& token) {
  const Instant now = parts_.machine_clock.Now();
  const Instant deadline = parts_.database.clock().Now() + kCheckTime;
  std::optional<Session> session;
  auto facts =
      parts_.database.ReadResult(deadline, [&](db::Transaction& tx) -> Result<session::Facts> {
        session = FindSession(tx, Sha256(token));
        if (!session || !Lives(*session, parts_.limits, now)) return SessionEnded();
        const std::optional<Person> person = FindPerson(tx, session->person);
        if (!person || person->state != PersonState::kActive) return SessionEnded();
        return FactsOf(tx, *person, *session, parts_.limits, now);
      });
  if (facts.ok() && WorthNoting(*session, now)) {
    parts_.database.Write(deadline, [&](db::Transaction& tx) {
      NoteUse(tx, *session, now);
      return db::Verdict::kCommit;
    });
    facts.value().idle_end_time = now + parts_.limits.idle;
  }
  return facts;
}

session::Revocations SessionService::RevokedAfter(std::int64_t number) {
  session::Revocations answer;
  parts_.database.Read(parts_.database.clock().Now() + kCheckTime, [&](db::Transaction& tx) {
    const RevocationPage page = identity::ListRevocations(tx, number, kRevocationsPage);
    answer = {{}, page.head};
    for (const Revocation& revocation : page.revocations) {
      answer.entries.push_back({revocation.person, revocation.number});
    }
  });
  return answer;
}

}  // namespace reeve::identity
