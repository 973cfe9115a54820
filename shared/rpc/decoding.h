// Decoding: bytes that are no request of the method they were sent to. gRPC would answer them with
// UNIMPLEMENTED and without a word; here they are INVALID_ARGUMENT, and a text that is not UTF-8 is
// named.
#pragma once

#include <google/protobuf/descriptor.h>
#include <grpcpp/grpcpp.h>

#include <functional>
#include <string>
#include <string_view>

#include "shared/core/result.h"

namespace reeve::rpc {

// What is wrong with bytes that could not be read as a message of this type.
Error ExplainUndecodable(const google::protobuf::Descriptor& type, std::string_view bytes);

// Called once for each such request; what it answers is sent.
using RefuseUndecodable = std::function<grpc::Status(
    const google::protobuf::MethodDescriptor& method, std::string_view bytes)>;

// Puts `refuse` in front of every method of `service`, which is of this process's own protos.
// Before the server is built.
void WatchDecoding(grpc::Service& service, const RefuseUndecodable& refuse);

}  // namespace reeve::rpc
