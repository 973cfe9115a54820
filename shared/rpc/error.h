// A refusal on the wire: gRPC code, google.rpc.ErrorInfo{reason, domain, metadata}, and BadRequest
// with every bad field.
#pragma once

#include <grpcpp/support/status.h>

#include <string>

#include "shared/core/result.h"

namespace reeve::rpc {

// `domain` says whose reason it is, e.g. "reeve.payment".
grpc::Status ToStatus(const Error& error, const std::string& domain);

// The refusal that a callee answered, with its reason, metadata and fields. A status without
// details (from gRPC itself: no connection, deadline) has the reason "TRANSPORT".
Error FromStatus(const grpc::Status& status);

// "DEADLINE_EXCEEDED" for the code of that name.
const char* CodeName(grpc::StatusCode code);

}  // namespace reeve::rpc
