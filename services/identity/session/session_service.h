// The gRPC face of sessions, and the truth about them for identity's own gate.
#pragma once

#include <string>

#include "reeve/identity/v1/session_service.grpc.pb.h"
#include "services/identity/passwords.h"
#include "services/identity/session/session.h"
#include "shared/command/command.h"
#include "shared/core/seams.h"
#include "shared/db/database.h"
#include "shared/obs/metrics.h"
#include "shared/rpc/server.h"
#include "shared/session/source.h"

namespace reeve::identity {

class SessionService final : public v1::SessionService::CallbackService {
 public:
  struct Parts {
    rpc::Server& server;
    session::Gate& gate;
    command::Frame& frame;
    db::Database& database;
    const Clock& machine_clock;
    Random& random;
    obs::Metrics& metrics;
    Passwords& passwords;
    SessionLimits limits;
  };
  explicit SessionService(const Parts& parts);

  // Used by identity's own gate; answers as CheckSession and ListRevocations do.
  session::Source source();

  grpc::ServerUnaryReactor* SignIn(grpc::CallbackServerContext* context,
                                   const v1::SignInRequest* request,
                                   v1::SignInResponse* response) override;
  grpc::ServerUnaryReactor* SignOut(grpc::CallbackServerContext* context,
                                    const v1::SignOutRequest* request,
                                    v1::SignOutResponse* response) override;
  grpc::ServerUnaryReactor* WhoAmI(grpc::CallbackServerContext* context,
                                   const v1::WhoAmIRequest* request,
                                   v1::Session* response) override;
  grpc::ServerUnaryReactor* CheckSession(grpc::CallbackServerContext* context,
                                         const v1::CheckSessionRequest* request,
                                         v1::Session* response) override;
  grpc::ServerUnaryReactor* ListRevocations(grpc::CallbackServerContext* context,
                                            const v1::ListRevocationsRequest* request,
                                            v1::ListRevocationsResponse* response) override;

 private:
  Result<v1::SignInResponse> Enter(const Call& call, const v1::SignInRequest& request);
  Error Refuse(const Call& call, PersonId person, bool counts);
  Result<v1::SignOutResponse> Leave(const Call& call, const v1::SignOutRequest& request);
  Result<session::Facts> Check(const std::string& token);
  session::Revocations RevokedAfter(std::int64_t number);

  const Parts parts_;
  obs::CounterByLabel& sign_ins_;
};

}  // namespace reeve::identity
