// The gRPC face of policies.
#pragma once

#include "reeve/account/v1/policy_service.grpc.pb.h"
#include "services/account/policy/policy.h"
#include "shared/command/command.h"
#include "shared/db/database.h"
#include "shared/rpc/server.h"

namespace reeve::account {

v1::ChecklistLine ToProto(const ChecklistLine& line);
// The policy in effect on `date`. FAILED_PRECONDITION POLICY_MISSING.
Result<Policy> RequirePolicy(db::Transaction& tx, Date date);

class PolicyService final : public v1::PolicyService::CallbackService {
 public:
  PolicyService(rpc::Server& server, command::Frame& frame, db::Database& database)
      : server_(server), frame_(frame), database_(database) {}

  grpc::ServerUnaryReactor* LoadPolicy(grpc::CallbackServerContext* context,
                                       const v1::LoadPolicyRequest* request,
                                       v1::Policy* response) override;
  grpc::ServerUnaryReactor* GetPolicy(grpc::CallbackServerContext* context,
                                      const v1::GetPolicyRequest* request,
                                      v1::Policy* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
};

}  // namespace reeve::account
