#include "shared/process/identity_source.h"

#include "reeve/identity/v1/session_service.grpc.pb.h"
#include "shared/rpc/client.h"

namespace reeve::process {
namespace {

namespace pb = identity::v1;

constexpr Duration kCheckTime = Duration::Seconds(2);
constexpr Duration kFollowTime = Duration::Seconds(1);

// What is not identity's word that the session has ended leaves the question open.
Error Refusal(const grpc::Status& status) {
  Error error = rpc::FromStatus(status);
  if (error.reason() == session::reason::kSessionEnded.name) return error;
  return Unavailable(session::reason::kSessionsUnavailable,
                     "Sessions cannot be checked now; try again.")
      .With("cause", rpc::CodeName(status.error_code()));
}

session::Facts FromProto(const pb::Session& session) {
  session::Facts facts;
  facts.person = PersonId(session.person_id());
  facts.display_name = session.display_name();
  facts.permissions = std::make_shared<const std::set<std::string, std::less<>>>(
      session.permissions().begin(), session.permissions().end());
  facts.revocation_number = session.revocation_number();
  facts.checked_time = Instant::FromMicros(session.checked_time_micros());
  facts.idle_end_time = Instant::FromMicros(session.idle_end_time_micros());
  facts.absolute_end_time = Instant::FromMicros(session.absolute_end_time_micros());
  return facts;
}

}  // namespace

session::Source IdentitySource(const std::string& own_service,
                               std::shared_ptr<grpc::Channel> identity) {
  const std::shared_ptr<pb::SessionService::Stub> stub = pb::SessionService::NewStub(identity);
  session::Source source;
  source.check = [own_service, stub](const std::string& token) -> Result<session::Facts> {
    const auto context = rpc::ServiceContext(own_service, kCheckTime);
    pb::CheckSessionRequest request;
    request.set_session_token(token);
    pb::Session session;
    const grpc::Status status = stub->CheckSession(context.get(), request, &session);
    if (!status.ok()) return Refusal(status);
    return FromProto(session);
  };
  source.revoked_after = [own_service, stub](std::int64_t number) -> Result<session::Revocations> {
    const auto context = rpc::ServiceContext(own_service, kFollowTime);
    pb::ListRevocationsRequest request;
    request.set_after_number(number);
    pb::ListRevocationsResponse response;
    const grpc::Status status = stub->ListRevocations(context.get(), request, &response);
    if (!status.ok()) return Refusal(status);
    session::Revocations revocations;
    revocations.head = response.head_number();
    for (const auto& entry : response.revocations()) {
      revocations.entries.push_back({PersonId(entry.person_id()), entry.number()});
    }
    return revocations;
  };
  return source;
}

}  // namespace reeve::process
