// Connection: how reevectl reaches the suite. Methods are found by name in the generated
// descriptors, so one function sends any call.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <functional>
#include <iosfwd>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "shared/core/call.h"
#include "shared/core/result.h"
#include "shared/core/seams.h"

namespace reeve::reevectl {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

// The services in the order of their ports: identity listens at base + 1, account at base + 2, ...
const std::vector<std::string>& Services();

// "reeve.payment.v1.DrawerService/OpenDrawer"; null if there is none.
const MethodDescriptor* FindMethod(std::string_view name);
// The service that serves the method; empty for the ones that every service serves.
std::string ServiceOf(const MethodDescriptor& method);
// An empty message of the generated type.
std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor& type);

struct Address {
  std::string host = "127.0.0.1";
  int port_base = 7000;
};

class Connection {
 public:
  static constexpr int kAttemptsMax = 4;

  // `remarks` is told when a call is sent again.
  Connection(Address address, const Clock& machine_clock, Random& random, std::ostream& remarks);

  // Sends one call to `service` under the session `token` (empty for none). An outcome that is
  // unknown (deadline, connection lost) is asked again with the same request, if the method is
  // idempotent.
  Result<std::unique_ptr<Message>> Call(const std::string& service, const MethodDescriptor& method,
                                        const Message& request, const std::string& token);

  // Waits at most `span` until the service says that it takes calls.
  Result<> WaitUntilServing(const std::string& service, Duration span);

  // Follows a server stream for `span`; `receive` answers false to end it.
  Result<> Watch(const std::string& service, const MethodDescriptor& method, const Message& request,
                 const std::string& token, Duration span,
                 const std::function<bool(const Message&)>& receive);

 private:
  std::shared_ptr<grpc::Channel> ChannelTo(const std::string& service,
                                           const MethodDescriptor& method);
  reeve::Call Caller(const std::string& token, Duration span);
  Result<> Attempt(const std::string& service, const MethodDescriptor& method,
                   const Message& request, grpc::ClientContext* context, Message& response);

  Address address_;
  const Clock& clock_;
  Random& random_;
  std::ostream& remarks_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;  // by service and proto service
};

}  // namespace reeve::reevectl
