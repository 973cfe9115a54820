// The server runtime. `Handle` is the one middleware, in a fixed order: trace -> deadline left? ->
// admission -> session -> permission -> others' events applied? -> body on a bounded worker pool ->
// error mapping -> metrics and one log line. (Admission comes before the session, so that a flood
// of strangers is shed too.)
//
// gRPC's callback API. A server interceptor cannot reject a call in gRPC 1.51 (the handler still
// runs), so nothing that protects lives in one.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "shared/core/call.h"
#include "shared/core/result.h"
#include "shared/core/seams.h"
#include "shared/obs/metrics.h"
#include "shared/rpc/exchange.h"
#include "shared/rpc/policy.h"
#include "shared/rpc/reasons.h"
#include "shared/rpc/stream.h"
#include "shared/rpc/stream_reactor.h"
#include "shared/session/session.h"

namespace reeve::rpc {

struct ServerOptions {
  std::string service;              // "payment"
  std::vector<std::string> listen;  // "127.0.0.1:7003" for people, "unix:/run/reeve/payment.sock"
                                    // for the suite's services
  int calls_max = 2'000;            // unary calls in progress; from half of it on reports are shed,
                                    // from four fifths look-ups
  bool reflection = false;          // development only
  std::string tls_cert;             // PEM files; required for a TCP address beyond loopback
  std::string tls_key;
};

class Server {
 public:
  Server(ServerOptions options, const Clock& clock, const TimeZone& zone, Executor& workers,
         session::Gate& sessions, obs::Metrics& metrics);
  ~Server();  // drains

  // Before Start.
  void Register(grpc::Service& service);
  // Turns exceptions of the layers below into refusals (a lost database is UNAVAILABLE); what it
  // does not know is INTERNAL. Before Start.
  void ExplainExceptions(std::function<std::optional<Error>(const std::exception&)> explain);
  // A request with a field `at_least` that is not empty runs once `applied` says that the events up
  // to that token are applied here, or answers UNAVAILABLE NOT_CAUGHT_UP when half of its deadline
  // has passed. What `applied` refuses is refused at once. Waiting holds no worker. Before Start.
  using Applied = std::function<Result<bool>(const std::string& token)>;
  void SetApplied(Applied applied);

  // Binds. Throws std::logic_error if a method has no policy or a contradictory one, or shares its
  // request type with another; std::runtime_error if an address is taken or would be served in
  // clear beyond loopback.
  void Start();
  // Health NOT_SERVING; refuses new calls, ends streams (clients resume elsewhere with their
  // token), lets running calls end for up to 20 s. Returns when no body runs any more.
  void Drain();
  int port() const;  // of the first TCP address; useful when it was :0

  // `body` is Result<Response>(const Call&, const Request&) and runs on a worker. The policy is the
  // one of the method whose request type is Request (every method has its own).
  template <class Request, class Response, class Body>
  grpc::ServerUnaryReactor* Handle(grpc::CallbackServerContext* context, const Request* request,
                                   Response* response, Body body) {
    return Unary(context, request, response, Where::kWorker, std::move(body));
  }

  // As Handle, for a body that never waits: it runs on gRPC's thread if the session was checked a
  // moment ago.
  template <class Request, class Response, class Body>
  grpc::ServerUnaryReactor* HandleInline(grpc::CallbackServerContext* context,
                                         const Request* request, Response* response, Body body) {
    return Unary(context, request, response, Where::kHere, std::move(body));
  }

  // As Handle, for a hot command: `parse` is Result<Command>(const Request&), and the batch
  // (command::Batch) answers. No worker is held while the batch forms and commits.
  template <class Request, class Response, class BatchOf, class Parse>
  grpc::ServerUnaryReactor* HandleBatched(grpc::CallbackServerContext* context,
                                          const Request* request, Response* response,
                                          BatchOf& batch, Parse parse) {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    Proceed(Open(context, *request, FinishOf(reactor)), *request, Where::kHere,
            [request, response, &batch,
             parse = std::move(parse)](const std::shared_ptr<Exchange>& exchange) {
              auto command = parse(*request);
              if (!command.ok()) return exchange->End(std::move(command).error());
              batch.Submit(exchange->call(), std::move(command).value(),
                           [exchange, response](Result<Response> answer) {
                             if (!answer.ok()) return exchange->End(std::move(answer).error());
                             *response = std::move(answer).value();
                             exchange->End(Ok());
                           });
            });
    return reactor;
  }

  // A server stream. `open` is Result<>(const Call&, const Request&,
  // std::shared_ptr<Stream<Response>>) and runs on a worker; a refusal ends the stream with it.
  // Afterwards the stream lives until somebody finishes it, the client goes away, or its session
  // ends.
  template <class Request, class Response, class Open>
  grpc::ServerWriteReactor<Response>* HandleStream(grpc::CallbackServerContext* context,
                                                   const Request* request, Open open) {
    const auto stream = StreamReactor<Response>::Make();
    const std::shared_ptr<Exchange> exchange =
        this->Open(context, *request, [stream](grpc::Status s) { stream->Close(std::move(s)); });
    stream->Attach(exchange);
    // The client may go away, and its request with it, while `open` waits for a worker.
    auto kept = std::make_shared<const Request>(*request);
    Proceed(exchange, *request, Where::kWorker,
            [kept, stream, open = std::move(open)](const std::shared_ptr<Exchange>& exchange) {
              const Result<> opened = open(exchange->call(), *kept, stream);
              if (!opened.ok()) exchange->End(opened);
            });
    return stream.get();
  }

 private:
  enum class Where { kHere, kWorker };
  using Run = std::function<void(const std::shared_ptr<Exchange>&)>;

  template <class Request, class Response, class Body>
  grpc::ServerUnaryReactor* Unary(grpc::CallbackServerContext* context, const Request* request,
                                  Response* response, Where where, Body body) {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    Proceed(Open(context, *request, FinishOf(reactor)), *request, where,
            [request, response, body = std::move(body)](const std::shared_ptr<Exchange>& exchange) {
              auto answer = body(exchange->call(), *request);
              if (!answer.ok()) return exchange->End(std::move(answer).error());
              *response = std::move(answer).value();
              exchange->End(Ok());
            });
    return reactor;
  }
  static Exchange::Finish FinishOf(grpc::ServerUnaryReactor* reactor) {
    return [reactor](grpc::Status status) { reactor->Finish(std::move(status)); };
  }

  std::shared_ptr<Exchange> Open(grpc::CallbackServerContext* context,
                                 const google::protobuf::Message& request, Exchange::Finish finish);
  // Everything before the body, and the body. `exchange` may end before this returns, and the
  // request be gone with it.
  void Proceed(const std::shared_ptr<Exchange>& exchange, const google::protobuf::Message& request,
               Where where, Run run);

  std::shared_ptr<Runtime> runtime_;
};

}  // namespace reeve::rpc
