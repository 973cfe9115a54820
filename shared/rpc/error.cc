#include "shared/rpc/error.h"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace reeve::rpc {
namespace {

constexpr Reason kTransport{"TRANSPORT"};

struct CodePair {
  Code ours;
  grpc::StatusCode theirs;
};
constexpr CodePair kCodes[] = {
    {Code::kCancelled, grpc::CANCELLED},
    {Code::kInvalidArgument, grpc::INVALID_ARGUMENT},
    {Code::kDeadlineExceeded, grpc::DEADLINE_EXCEEDED},
    {Code::kNotFound, grpc::NOT_FOUND},
    {Code::kAlreadyExists, grpc::ALREADY_EXISTS},
    {Code::kPermissionDenied, grpc::PERMISSION_DENIED},
    {Code::kResourceExhausted, grpc::RESOURCE_EXHAUSTED},
    {Code::kFailedPrecondition, grpc::FAILED_PRECONDITION},
    {Code::kAborted, grpc::ABORTED},
    {Code::kOutOfRange, grpc::OUT_OF_RANGE},
    {Code::kInternal, grpc::INTERNAL},
    {Code::kUnavailable, grpc::UNAVAILABLE},
    {Code::kUnauthenticated, grpc::UNAUTHENTICATED},
};

grpc::StatusCode ToGrpc(Code code) {
  for (const CodePair& pair : kCodes) {
    if (pair.ours == code) return pair.theirs;
  }
  return grpc::INTERNAL;
}

// UNKNOWN, UNIMPLEMENTED and DATA_LOSS mean that the two sides do not fit together.
Code FromGrpc(grpc::StatusCode code) {
  for (const CodePair& pair : kCodes) {
    if (pair.theirs == code) return pair.ours;
  }
  return Code::kInternal;
}

}  // namespace

grpc::Status ToStatus(const Error& error, const std::string& domain) {
  const grpc::StatusCode code = ToGrpc(error.code());
  google::rpc::Status details;
  details.set_code(code);
  details.set_message(error.message());
  google::rpc::ErrorInfo info;
  info.set_reason(error.reason());
  info.set_domain(domain);
  for (const auto& [key, value] : error.metadata()) (*info.mutable_metadata())[key] = value;
  details.add_details()->PackFrom(info);
  if (!error.violations().empty()) {
    google::rpc::BadRequest bad;
    for (const FieldViolation& violation : error.violations()) {
      auto* added = bad.add_field_violations();
      added->set_field(violation.field);
      added->set_description(violation.description);
    }
    details.add_details()->PackFrom(bad);
  }
  return {code, error.message(), details.SerializeAsString()};
}

Error FromStatus(const grpc::Status& status) {
  std::string reason_name(kTransport.name);
  std::vector<std::pair<std::string, std::string>> metadata;
  std::vector<FieldViolation> violations;
  google::rpc::Status details;
  if (details.ParseFromString(status.error_details())) {
    for (const google::protobuf::Any& detail : details.details()) {
      google::rpc::ErrorInfo info;
      google::rpc::BadRequest bad;
      if (detail.UnpackTo(&info)) {
        reason_name = info.reason();
        metadata.assign(info.metadata().begin(), info.metadata().end());
      } else if (detail.UnpackTo(&bad)) {
        for (const auto& violation : bad.field_violations()) {
          violations.push_back({violation.field(), violation.description()});
        }
      }
    }
  }
  Error error = Error(FromGrpc(status.error_code()), Reason{reason_name}, status.error_message())
                    .WithViolations(std::move(violations));
  for (auto& [key, value] : metadata)
    static_cast<void>(std::move(error).With(key, std::move(value)));
  return error;
}

const char* CodeName(grpc::StatusCode code) {
  static constexpr const char* kNames[] = {"OK",
                                           "CANCELLED",
                                           "UNKNOWN",
                                           "INVALID_ARGUMENT",
                                           "DEADLINE_EXCEEDED",
                                           "NOT_FOUND",
                                           "ALREADY_EXISTS",
                                           "PERMISSION_DENIED",
                                           "RESOURCE_EXHAUSTED",
                                           "FAILED_PRECONDITION",
                                           "ABORTED",
                                           "OUT_OF_RANGE",
                                           "UNIMPLEMENTED",
                                           "INTERNAL",
                                           "UNAVAILABLE",
                                           "DATA_LOSS",
                                           "UNAUTHENTICATED"};
  return code >= 0 && code <= 16 ? kNames[code] : "UNKNOWN";
}

}  // namespace reeve::rpc
