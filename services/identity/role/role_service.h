// The gRPC face of roles.
#pragma once

#include "reeve/identity/v1/role_service.grpc.pb.h"
#include "services/identity/role/role.h"
#include "shared/command/command.h"
#include "shared/core/seams.h"
#include "shared/db/database.h"
#include "shared/rpc/server.h"

namespace reeve::identity {

class RoleService final : public v1::RoleService::CallbackService {
 public:
  RoleService(rpc::Server& server, command::Frame& frame, db::Database& database,
              const Clock& machine_clock, Random& random)
      : server_(server),
        frame_(frame),
        database_(database),
        machine_clock_(machine_clock),
        random_(random) {}

  grpc::ServerUnaryReactor* DefineRole(grpc::CallbackServerContext* context,
                                       const v1::DefineRoleRequest* request,
                                       v1::Role* response) override;
  grpc::ServerUnaryReactor* ListRoles(grpc::CallbackServerContext* context,
                                      const v1::ListRolesRequest* request,
                                      v1::ListRolesResponse* response) override;
  grpc::ServerUnaryReactor* ListSeparations(grpc::CallbackServerContext* context,
                                            const v1::ListSeparationsRequest* request,
                                            v1::ListSeparationsResponse* response) override;
  grpc::ServerUnaryReactor* RequestRoleGrant(grpc::CallbackServerContext* context,
                                             const v1::RequestRoleGrantRequest* request,
                                             v1::RoleGrant* response) override;
  grpc::ServerUnaryReactor* ApproveRoleGrant(grpc::CallbackServerContext* context,
                                             const v1::ApproveRoleGrantRequest* request,
                                             v1::RoleGrant* response) override;
  grpc::ServerUnaryReactor* DeclineRoleGrant(grpc::CallbackServerContext* context,
                                             const v1::DeclineRoleGrantRequest* request,
                                             v1::RoleGrant* response) override;
  grpc::ServerUnaryReactor* ListRoleGrants(grpc::CallbackServerContext* context,
                                           const v1::ListRoleGrantsRequest* request,
                                           v1::ListRoleGrantsResponse* response) override;
  grpc::ServerUnaryReactor* RevokeRole(grpc::CallbackServerContext* context,
                                       const v1::RevokeRoleRequest* request,
                                       v1::Person* response) override;

 private:
  Result<v1::Role> Define(const Call& call, const v1::DefineRoleRequest& request);
  Result<v1::RoleGrant> Request(const Call& call, const v1::RequestRoleGrantRequest& request);
  Result<v1::RoleGrant> Approve(const Call& call, const v1::ApproveRoleGrantRequest& request);
  Result<v1::RoleGrant> Decline(const Call& call, const v1::DeclineRoleGrantRequest& request);
  Result<v1::ListRoleGrantsResponse> ListWaiting(const Call& call,
                                                 const v1::ListRoleGrantsRequest& request);
  Result<v1::Person> RevokeFrom(const Call& call, const v1::RevokeRoleRequest& request);

  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
  const Clock& machine_clock_;
  Random& random_;
};

}  // namespace reeve::identity
