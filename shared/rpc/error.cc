#include "shared/rpc/error.h"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace reeve::rpc {
namespace {

constexpr Reason kTransport{"TRANSPORT"};

// gRPC's peers take 8 KiB of trailers, details in base64 among them; what is longer loses the whole
// refusal.
constexpr std::size_t kViolationBytesMax = 4'096;

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

// As many as fit, and how many there are besides.
google::rpc::BadRequest ToBadRequest(const std::vector<FieldViolation>& violations) {
  google::rpc::BadRequest bad;
  const auto add = [&](const std::string& field, const std::string& description) {
    auto* added = bad.add_field_violations();
    added->set_field(field);
    added->set_description(description);
  };
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < violations.size(); ++i) {
    bytes += violations[i].field.size() + violations[i].description.size() + 8;
    if (bytes > kViolationBytesMax) {
      add("", "and " + std::to_string(violations.size() - i) + " more");
      break;
    }
    add(violations[i].field, violations[i].description);
  }
  return bad;
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
    details.add_details()->PackFrom(ToBadRequest(error.violations()));
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
