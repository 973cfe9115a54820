#include "shared/rpc/client.h"

#include <google/protobuf/descriptor.h>

#include <chrono>
#include <stdexcept>

#include "shared/rpc/metadata.h"
#include "shared/rpc/policy.h"

namespace reeve::rpc {
namespace {

using std::chrono::microseconds;
using std::chrono::system_clock;

constexpr int kReconnectMillisMin = 50;
constexpr int kReconnectMillisMax = 1'000;
constexpr int kConnectMillis = 5'000;  // for one attempt, which gRPC calls the minimum back-off
constexpr int kKeepaliveMillis = 20'000;

}  // namespace

CallScope::CallScope(const Call& call, const std::string& own_service, Identity identity) {
  context_.set_deadline(system_clock::time_point(microseconds(call.deadline.micros())));
  context_.AddMetadata(kTraceKey, call.trace_id);
  if (identity == Identity::kForwardPerson && !call.session_token.empty()) {
    context_.AddMetadata(kAuthorizationKey, kBearer + call.session_token);
  } else if (!own_service.empty()) {
    context_.AddMetadata(kServiceKey, own_service);
  }
}

std::unique_ptr<grpc::ClientContext> PersonContext(const std::string& session_token,
                                                   Duration timeout) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(system_clock::now() + microseconds(timeout.micros()));
  if (!session_token.empty()) context->AddMetadata(kAuthorizationKey, kBearer + session_token);
  return context;
}

std::unique_ptr<grpc::ClientContext> ServiceContext(const std::string& own_service,
                                                    Duration timeout) {
  auto context = ServiceStreamContext(own_service);
  context->set_deadline(system_clock::now() + microseconds(timeout.micros()));
  return context;
}

std::unique_ptr<grpc::ClientContext> ServiceStreamContext(const std::string& own_service) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->AddMetadata(kServiceKey, own_service);
  return context;
}

std::string ServiceConfig(const std::vector<std::string>& full_service_names) {
  std::string names;
  for (const std::string& service_name : full_service_names) {
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service_name);
    if (service == nullptr) throw std::logic_error("unknown service " + service_name);
    for (int i = 0; i < service->method_count(); ++i) {
      if (!PolicyOf(*service->method(i)).idempotent) continue;
      if (!names.empty()) names += ",";
      names += R"({"service":")" + service_name + R"(","method":")" +
               std::string(service->method(i)->name()) + R"("})";
    }
  }
  if (names.empty()) return "{}";
  return R"({"methodConfig":[{"name":[)" + names +
         R"(],"retryPolicy":{"maxAttempts":3,"initialBackoff":"0.05s","maxBackoff":"0.5s",)"
         R"("backoffMultiplier":2,"retryableStatusCodes":["UNAVAILABLE"]}}],)"
         R"("retryThrottling":{"maxTokens":10,"tokenRatio":0.1}})";
}

std::shared_ptr<grpc::Channel> OpenChannel(const std::string& target,
                                           const std::vector<std::string>& full_service_names) {
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(ServiceConfig(full_service_names));
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectMillisMin);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectMillis);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMillisMax);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMillis);
  return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace reeve::rpc
