// The server runtime. `Handle` is the one middleware, in a fixed order: request id and trace ->
// deadline left? -> session -> permission -> admission -> body on a bounded worker pool -> error
// mapping -> metrics and one log line.
//
// gRPC's callback API. A server interceptor cannot reject a call in gRPC 1.51 (the handler still
// runs), so nothing that protects lives in one.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "shared/core/call.h"
#include "shared/core/result.h"
#include "shared/core/seams.h"
#include "shared/obs/metrics.h"
#include "shared/rpc/policy.h"
#include "shared/rpc/stream.h"
#include "shared/session/session.h"

namespace reeve::rpc {

namespace reason {
inline constexpr Reason kOverloaded{"OVERLOADED"};  // RESOURCE_EXHAUSTED
inline constexpr Reason kPermissionMissing{
    "PERMISSION_MISSING"};  // PERMISSION_DENIED, names the permission
inline constexpr Reason kSessionMissing{"SESSION_MISSING"};  // UNAUTHENTICATED
inline constexpr Reason kSessionEnded{"SESSION_ENDED"};      // UNAUTHENTICATED: expired or revoked
inline constexpr Reason kNotCaughtUp{
    "NOT_CAUGHT_UP"};  // UNAVAILABLE: `at_least` not applied in time
}  // namespace reason

struct ServerOptions {
  std::string service;              // "payment"
  std::vector<std::string> listen;  // "127.0.0.1:7003" for people, "unix:/run/reeve/payment.sock"
                                    // for the suite's services
  int workers = 16;                 // of the pool in which bodies run
  int waiting_max = 2'000;          // calls waiting for a worker before the server sheds
  bool reflection = false;          // development only
};

class Server {
 public:
  Server(ServerOptions options, const Clock& clock, const TimeZone& zone, Executor& workers,
         session::Gate& sessions, obs::Metrics& metrics);
  ~Server();

  // Throws std::logic_error if a method of the service has no policy or a contradictory one.
  void Register(grpc::Service& service);
  void Start();  // binds; throws if an address is taken
  void
  Drain();  // health NOT_SERVING, refuse new calls, let running ones end (20 s), cancel streams
  int port() const;  // of the first TCP address; useful when it was :0

  // A call that needs other services' events applied first: if the request has a field `at_least`
  // that is not empty, the body runs once `applied` says so, or UNAVAILABLE NOT_CAUGHT_UP when half
  // of the deadline has passed. Waiting holds no worker. Set once, before Start.
  void SetApplied(std::function<bool(const std::string& token)> applied);

  // `body` is Result<Response>(const Call&, const Request&) and runs on a worker. The policy is the
  // one of the method whose request type is Request (every method has its own).
  template <class Request, class Response, class Body>
  grpc::ServerUnaryReactor* Handle(grpc::CallbackServerContext* context, const Request* request,
                                   Response* response, Body body);

  // As Handle, for a hot command: `parse` is Result<Command>(const Request&), and the batch
  // answers. The method leaves its worker at once.
  template <class Request, class Response, class BatchOf, class Parse>
  grpc::ServerUnaryReactor* HandleBatched(grpc::CallbackServerContext* context,
                                          const Request* request, Response* response,
                                          BatchOf& batch, Parse parse);

  // A server stream. `open` is Result<>(const Call&, const Request&,
  // std::shared_ptr<Stream<Response>>) and runs on a worker; a refusal ends the stream with it.
  // Afterwards the stream lives until somebody finishes it or the client goes away.
  template <class Request, class Response, class Open>
  grpc::ServerWriteReactor<Response>* HandleStream(grpc::CallbackServerContext* context,
                                                   const Request* request, Open open);

 private:
  struct Core;
  std::unique_ptr<Core> core_;
};

}  // namespace reeve::rpc
