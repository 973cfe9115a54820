// GuardPolicyService: the gRPC face of policies of the guard, from a draft into force.
#pragma once

#include "reeve/billing/v1/guard_policy_service.grpc.pb.h"
#include "services/billing/cycle/guard_limits.h"
#include "shared/command/command.h"
#include "shared/rpc/server.h"

namespace reeve::billing::cycle {

namespace reason {
inline constexpr Reason kPolicyExists{"POLICY_EXISTS"};
inline constexpr Reason kPolicyUnknown{"POLICY_UNKNOWN"};
inline constexpr Reason kPolicyActive{"POLICY_ACTIVE"};
inline constexpr Reason kPolicyTooLate{"POLICY_TOO_LATE"};
}  // namespace reason

// With `all`, also the limits that keep their default.
v1::GuardPolicy ToProto(const GuardPolicy& policy, bool all);

class GuardPolicyService final : public v1::GuardPolicyService::CallbackService {
 public:
  GuardPolicyService(rpc::Server& server, command::Frame& frame, db::Database& database)
      : server_(server), frame_(frame), database_(database) {}

  grpc::ServerUnaryReactor* ListGuardPolicies(grpc::CallbackServerContext* context,
                                              const v1::ListGuardPoliciesRequest* request,
                                              v1::ListGuardPoliciesResponse* response) override;
  grpc::ServerUnaryReactor* ActivateGuardPolicy(grpc::CallbackServerContext* context,
                                                const v1::ActivateGuardPolicyRequest* request,
                                                v1::GuardPolicyVersion* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
};

}  // namespace reeve::billing::cycle
