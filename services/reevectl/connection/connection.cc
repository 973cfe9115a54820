#include "services/reevectl/connection/connection.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <algorithm>
#include <array>
#include <ostream>
#include <stdexcept>

#include "grpc/health/v1/health.pb.h"
#include "reeve/rpc/v1/policy.pb.h"
#include "shared/core/canonical.h"
#include "shared/rpc/client.h"

namespace reeve::reevectl {
namespace {

namespace reason {
inline constexpr Reason kNotServing{"NOT_SERVING"};  // UNAVAILABLE
}

constexpr Duration kDefaultDeadline = Duration::Seconds(10);  // as policy.proto says
constexpr Duration kRetryPause = Duration::Seconds(2);

using Stub = grpc::TemplatedGenericStub<Message, Message>;

const rpc::v1::Policy& PolicyOf(const MethodDescriptor& method) {
  return method.options().GetExtension(rpc::v1::policy);
}

std::string PathOf(const MethodDescriptor& method) {
  return "/" + method.service()->full_name() + "/" + method.name();
}

bool OutcomeIsUnknown(const Error& error) {
  return error.code() == Code::kUnavailable || error.code() == Code::kDeadlineExceeded;
}

std::string_view Spelling(Code code) {
  return code == Code::kUnavailable ? "no connection" : "no answer in time";
}

}  // namespace

const std::vector<std::string>& Services() {
  static const std::vector<std::string> services{"identity", "account",    "billing",
                                                 "payment",  "work_order", "case311"};
  return services;
}

const MethodDescriptor* FindMethod(std::string_view name) {
  std::string dotted(name);
  std::replace(dotted.begin(), dotted.end(), '/', '.');
  return google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(dotted);
}

std::string ServiceOf(const MethodDescriptor& method) {
  const std::string& package = method.file()->package();  // "reeve.payment.v1"
  for (const std::string& service : Services()) {
    if (package == "reeve." + service + ".v1") return service;
  }
  return {};
}

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor& type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

Connection::Connection(Address address, const Clock& machine_clock, Random& random,
                       std::ostream& remarks)
    : address_(std::move(address)), clock_(machine_clock), random_(random), remarks_(remarks) {}

std::shared_ptr<grpc::Channel> Connection::ChannelTo(const std::string& service,
                                                     const MethodDescriptor& method) {
  const auto& services = Services();
  const auto found = std::find(services.begin(), services.end(), service);
  if (found == services.end()) throw std::invalid_argument("no service is called " + service);
  const std::string& proto_service = method.service()->full_name();
  std::shared_ptr<grpc::Channel>& channel = channels_[service + " " + proto_service];
  if (!channel) {
    const auto port = address_.port_base + 1 + (found - services.begin());
    // Only methods with a policy can be retried by the channel; gRPC's own health service has none.
    const bool has_policies = method.options().HasExtension(rpc::v1::policy);
    channel = rpc::OpenChannel(
        address_.host + ":" + std::to_string(port),
        has_policies ? std::vector<std::string>{proto_service} : std::vector<std::string>{});
  }
  return channel;
}

reeve::Call Connection::Caller(const std::string& token, Duration span) {
  reeve::Call call;
  std::array<std::uint8_t, 16> trace;
  random_.Fill(trace);
  call.trace_id = HexEncode({reinterpret_cast<const char*>(trace.data()), trace.size()});
  call.session_token = token;
  call.now = clock_.Now();
  call.deadline = call.now + span;
  return call;
}

Result<> Connection::Attempt(const std::string& service, const MethodDescriptor& method,
                             const Message& request, grpc::ClientContext* context,
                             Message& response) {
  grpc::CompletionQueue queue;
  Stub stub(ChannelTo(service, method));
  grpc::Status status;
  const auto call = stub.PrepareUnaryCall(context, PathOf(method), request, &queue);
  call->StartCall();
  call->Finish(&response, &status, this);
  void* tag;
  bool ok;
  queue.Next(&tag, &ok);
  if (!status.ok()) return rpc::FromStatus(status);
  return Ok();
}

Result<std::unique_ptr<Message>> Connection::Call(const std::string& service,
                                                  const MethodDescriptor& method,
                                                  const Message& request,
                                                  const std::string& token) {
  const rpc::v1::Policy& policy = PolicyOf(method);
  const Duration span =
      policy.deadline_ms() > 0 ? Duration::Millis(policy.deadline_ms()) : kDefaultDeadline;
  auto response = NewMessage(*method.output_type());
  for (int attempt = 1;; ++attempt) {
    rpc::CallScope scope(Caller(token, span), "");
    const auto done = Attempt(service, method, request, scope.context(), *response);
    if (done.ok()) return response;
    if (!OutcomeIsUnknown(done.error()) || !policy.idempotent() || attempt == kAttemptsMax) {
      return done.error();
    }
    remarks_ << "(" << service << ": " << Spelling(done.error().code())
             << "; the outcome is unknown, asking again with the same request)\n";
    (void)WaitUntilServing(service, kRetryPause);  // the next attempt shows how it stands
  }
}

Result<> Connection::WaitUntilServing(const std::string& service, Duration span) {
  const MethodDescriptor& method = *FindMethod("grpc.health.v1.Health/Check");
  const auto request = NewMessage(*method.input_type());
  grpc::health::v1::HealthCheckResponse response;
  rpc::CallScope scope(Caller({}, span), "");
  scope.context()->set_wait_for_ready(true);
  REEVE_RETURN_IF_ERROR(Attempt(service, method, *request, scope.context(), response));
  if (response.status() != grpc::health::v1::HealthCheckResponse::SERVING) {
    return Unavailable(reason::kNotServing, service + " does not take calls.");
  }
  return Ok();
}

Result<> Connection::Watch(const std::string& service, const MethodDescriptor& method,
                           const Message& request, const std::string& token, Duration span,
                           const std::function<bool(const Message&)>& receive) {
  rpc::CallScope scope(Caller(token, span), "");
  grpc::CompletionQueue queue;
  Stub stub(ChannelTo(service, method));
  const auto call = stub.PrepareCall(scope.context(), PathOf(method), &queue);
  const auto wait = [&] {
    void* tag;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  call->StartCall(this);
  if (wait()) {
    call->WriteLast(request, {}, this);
    bool open = wait();
    while (open) {
      auto response = NewMessage(*method.output_type());
      call->Read(response.get(), this);
      open = wait() && receive(*response);
    }
  }
  scope.context()->TryCancel();  // without effect on a stream that the server has ended
  grpc::Status status;
  call->Finish(&status, this);
  wait();
  const bool ended_by_us = status.error_code() == grpc::StatusCode::CANCELLED ||
                           status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
  if (status.ok() || ended_by_us) return Ok();
  return rpc::FromStatus(status);
}

}  // namespace reeve::reevectl
