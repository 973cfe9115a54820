// Runtime: what all calls of a server share, and the way that each of them takes. Part of Server.
#pragma once

#include <google/protobuf/descriptor.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "shared/rpc/call_metrics.h"
#include "shared/rpc/exchange.h"
#include "shared/rpc/policy.h"
#include "shared/rpc/server.h"

namespace reeve::rpc {

struct Method {
  MethodPolicy policy;
  const google::protobuf::FieldDescriptor* at_least = nullptr;  // if the request has that field
  std::unique_ptr<CodeCounters> codes;

  bool is_stream() const { return policy.method_class == MethodClass::kStream; }
};

class Runtime : public std::enable_shared_from_this<Runtime> {
 public:
  using Run = std::function<void(const std::shared_ptr<Exchange>&)>;

  Runtime(ServerOptions options, const Clock& clock, const TimeZone& zone, Executor& workers,
          session::Gate& sessions, obs::Metrics& metrics);

  // Start-up.
  void Declare(const google::protobuf::ServiceDescriptor& service);
  void FollowSessions();  // of open streams
  void BindAndStart();

  // Every call.
  std::shared_ptr<Exchange> Open(grpc::CallbackServerContext* context,
                                 const google::protobuf::Descriptor* request_type,
                                 Exchange::Finish finish);
  void Proceed(const std::shared_ptr<Exchange>& exchange, const google::protobuf::Message& request,
               bool here, Run run);
  // A call that has no request, so that nothing can be asked about it but its method.
  grpc::Status RefuseUndecodable(const google::protobuf::MethodDescriptor& method,
                                 std::string_view bytes);
  void Ended(Exchange& exchange, const Result<>& end, grpc::StatusCode code);
  Error Explain(const Exchange& exchange, const std::exception& thrown) const;

  void Drain();

  const ServerOptions options;
  const std::string domain;  // of the reasons, e.g. "reeve.payment"
  std::vector<grpc::Service*> services;
  std::function<std::optional<Error>(const std::exception&)> explain;
  std::function<Result<bool>(const std::string&)> applied;
  int port = 0;

 private:
  Result<> Arrive(Exchange& exchange);
  Result<> Identify(Exchange& exchange, const session::Facts& facts);
  void Admitted(const std::shared_ptr<Exchange>& exchange, const std::string& at_least, bool here,
                Run run);
  void WaitApplied(const std::shared_ptr<Exchange>& exchange, const std::string& at_least,
                   Instant give_up, Run run);
  void RunBody(const std::shared_ptr<Exchange>& exchange, const Run& run);
  int CallsMax(v1::Priority priority) const;
  std::string NewTraceId();
  void CheckSessionsOfStreams();
  void CheckSession(const std::shared_ptr<Exchange>& stream);
  std::vector<std::shared_ptr<Exchange>> Streams();

  const Clock& clock_;
  const TimeZone& zone_;
  Executor& workers_;
  session::Gate& sessions_;
  obs::Metrics& registry_;
  CallMetrics metrics_;
  std::unordered_map<const google::protobuf::Descriptor*, std::unique_ptr<Method>> methods_;
  Method undeclared_;  // of a request that no declared method takes: nobody may call it
  const std::uint64_t trace_nonce_;
  std::atomic<std::uint64_t> traces_ = 0;
  std::atomic<int> in_progress_ = 0;
  std::atomic<bool> draining_ = false;
  std::unique_ptr<grpc::Server> server_;

  std::mutex streams_mutex_;
  std::unordered_map<const Exchange*, std::weak_ptr<Exchange>> streams_;
};

}  // namespace reeve::rpc
