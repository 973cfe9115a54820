#include "shared/rpc/policy.h"

#include <stdexcept>

#include "shared/rpc/reasons.h"

namespace reeve::rpc {
namespace {

using google::protobuf::MethodDescriptor;

constexpr Duration kDefaultDeadline = Duration::Seconds(10);

[[noreturn]] void Refuse(const std::string& method, const std::string& why) {
  throw std::logic_error("policy of " + method + ": " + why);
}

v1::Access Normal(v1::Access access) {
  return access == v1::ACCESS_UNSPECIFIED ? v1::ACCESS_STAFF : access;
}

v1::Priority Normal(v1::Priority priority) {
  return priority == v1::PRIORITY_UNSPECIFIED ? v1::PRIORITY_LOOKUP : priority;
}

MethodClass ClassOf(const MethodDescriptor& method, v1::Priority priority) {
  if (method.server_streaming()) return MethodClass::kStream;
  if (method.input_type()->FindFieldByName("request_id") == nullptr) return MethodClass::kRead;
  return priority == v1::PRIORITY_MONEY ? MethodClass::kMoney : MethodClass::kWrite;
}

}  // namespace

std::string_view ToString(MethodClass method_class) {
  switch (method_class) {
    case MethodClass::kRead:
      return "read";
    case MethodClass::kWrite:
      return "write";
    case MethodClass::kMoney:
      return "money";
    case MethodClass::kStream:
      return "stream";
  }
  return "";
}

MethodPolicy PolicyOf(const MethodDescriptor& method) {
  const std::string name = method.service()->full_name() + "/" + method.name();
  if (!method.options().HasExtension(v1::policy)) Refuse(name, "missing");
  const v1::Policy& declared = method.options().GetExtension(v1::policy);
  if (method.client_streaming()) Refuse(name, "a client stream is not supported");

  MethodPolicy policy;
  policy.method = name;
  policy.access = Normal(declared.access());
  policy.permission = declared.permission();
  policy.services = {declared.services().begin(), declared.services().end()};
  policy.idempotent = declared.idempotent();
  policy.deadline =
      declared.deadline_ms() == 0 ? kDefaultDeadline : Duration::Millis(declared.deadline_ms());
  policy.priority = Normal(declared.priority());
  policy.method_class = ClassOf(method, policy.priority);

  const bool asks_permission =
      policy.access == v1::ACCESS_STAFF || policy.access == v1::ACCESS_STAFF_OR_SERVICE;
  const bool lets_services_in =
      policy.access == v1::ACCESS_SERVICE || policy.access == v1::ACCESS_STAFF_OR_SERVICE;
  if (asks_permission == policy.permission.empty()) {
    Refuse(name, asks_permission ? "names no permission" : "names a permission that nobody checks");
  }
  if (lets_services_in == policy.services.empty()) {
    Refuse(name, lets_services_in ? "lists no service" : "lists services that may not call");
  }
  if (declared.deadline_ms() < 0) Refuse(name, "has a negative deadline");
  const bool has_request_id = method.input_type()->FindFieldByName("request_id") != nullptr;
  if (has_request_id && !policy.idempotent) Refuse(name, "has a request_id and is not idempotent");
  return policy;
}

std::vector<MethodPolicy> PoliciesOf(const google::protobuf::ServiceDescriptor& service) {
  std::vector<MethodPolicy> policies;
  for (int i = 0; i < service.method_count(); ++i) policies.push_back(PolicyOf(*service.method(i)));
  return policies;
}

Result<> Admit(const MethodPolicy& policy, const Call& call) {
  if (policy.access == v1::ACCESS_PUBLIC) return Ok();
  if (call.caller.kind == CallerKind::kNobody) {
    return Unauthenticated(reason::kSessionMissing, "Sign in first.");
  }
  if (call.caller.kind == CallerKind::kService) {
    if (policy.services.contains(call.caller.service)) return Ok();
    return PermissionDenied(reason::kServiceNotListed, "This service may not call this method.")
        .With("service", call.caller.service);
  }
  if (policy.access == v1::ACCESS_SERVICE) {
    return PermissionDenied(reason::kServiceNotListed, "Only services may call this method.");
  }
  if (policy.permission.empty() || call.May(policy.permission)) return Ok();
  return PermissionDenied(reason::kPermissionMissing, "You may not do this.")
      .With("permission", policy.permission);
}

}  // namespace reeve::rpc
