// Policy: what a method demands of its caller, read from the option at its declaration.
#pragma once

#include <google/protobuf/descriptor.h>

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/rpc/v1/policy.pb.h"
#include "shared/core/call.h"
#include "shared/core/result.h"

namespace reeve::rpc {

// What a method does, for the latency histogram.
enum class MethodClass { kRead, kWrite, kMoney, kStream };
inline constexpr int kMethodClasses = 4;
std::string_view ToString(MethodClass method_class);

struct MethodPolicy {
  std::string method;  // "reeve.payment.v1.DrawerService/CloseDrawer"
  v1::Access access = v1::ACCESS_STAFF;
  std::string permission;
  std::set<std::string, std::less<>> services;
  bool idempotent = false;
  Duration deadline;  // for a caller that set none
  v1::Priority priority = v1::PRIORITY_LOOKUP;
  MethodClass method_class = MethodClass::kRead;

  bool NeedsSession() const {
    return access == v1::ACCESS_STAFF || access == v1::ACCESS_ANY_SESSION;
  }
  bool MayUseSession() const { return NeedsSession() || access == v1::ACCESS_STAFF_OR_SERVICE; }
};

// The policy of a method. Throws std::logic_error if it has none, or one that contradicts itself: a
// permission is named exactly where the access asks for one, services exactly where they may call,
// and whatever has a request_id is idempotent.
MethodPolicy PolicyOf(const google::protobuf::MethodDescriptor& method);

// Whether `call` may pass. UNAUTHENTICATED SESSION_MISSING, PERMISSION_DENIED PERMISSION_MISSING or
// SERVICE_NOT_LISTED.
Result<> Admit(const MethodPolicy& policy, const Call& call);

// Those of all methods of a service.
std::vector<MethodPolicy> PoliciesOf(const google::protobuf::ServiceDescriptor& service);

}  // namespace reeve::rpc
