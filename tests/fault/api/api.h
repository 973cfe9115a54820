// Api: every method that the suite serves, read from the protos as they are written, for tests that
// walk over all of them: a method that is added later is walked over too.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/rpc/v1/policy.pb.h"
#include "shared/testing/suite.h"

namespace reeve::fault {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// One method of one service. What every service serves (feed, proof) is there once for each.
struct Method {
  std::string service;  // the program: "payment"
  std::string name;     // "reeve.payment.v1.DrawerService/OpenDrawer"
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  rpc::v1::Policy policy;
  bool mutates = false;  // has a request_id

  std::string path() const { return "/" + name; }
};

class Api {
 public:
  Api();

  const std::vector<Method>& methods() const { return methods_; }
  // "payment.DrawerService/OpenDrawer". Throws if there is none.
  const Method& Find(std::string_view short_name) const;
  std::unique_ptr<Message> NewRequest(const Method& method) const;
  // Throws what is wrong with the JSON.
  std::unique_ptr<Message> NewRequest(const Method& method, const std::string& json) const;
  std::unique_ptr<Message> NewAnswer(const Method& method) const;
  static bool IsSecret(const FieldDescriptor& field);
  // Of a message that is both asked and answered: given by the service, never read from a request.
  static bool IsOutputOnly(const FieldDescriptor& field);

 private:
  std::unique_ptr<Message> New(const google::protobuf::Descriptor* type) const;

  google::protobuf::DescriptorPool pool_;
  std::unique_ptr<google::protobuf::DynamicMessageFactory> factory_;
  std::vector<Method> methods_;
};

// What came back: of a stream its first message, after which it is left.
struct Answer {
  grpc::Status status;
  std::string bytes;
};
// Sends bytes as they are, whether or not they are a request of the method.
Answer Send(const std::shared_ptr<grpc::Channel>& channel, const Method& method,
            const std::string& bytes, grpc::ClientContext& context);

// Everything by which a change in a service shows: its proof, with every audit chain's length and
// head, and the end of its feed. Equal texts: nothing was changed. `token` may prove and watch.
std::string StateOf(testing::Suite& suite, const Api& api, const std::string& service,
                    const std::string& token);
// The first check of the service's proof that does not hold.
std::string FirstBrokenCheck(testing::Suite& suite, const Api& api, const std::string& service,
                             const std::string& token);

// "orders[0].order_id" of a message, as text; enums by name. Throws if there is no such field.
std::string Text(const Message& message, std::string_view path);

}  // namespace reeve::fault
