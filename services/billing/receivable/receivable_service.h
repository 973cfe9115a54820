// ReceivableService: the gRPC face of what is owed and paid.
#pragma once

#include "reeve/billing/v1/receivable_service.grpc.pb.h"
#include "shared/command/command.h"
#include "shared/rpc/server.h"

namespace reeve::billing::receivable {

namespace reason {
inline constexpr Reason kUnknownAccount{"ACCOUNT_UNKNOWN"};
inline constexpr Reason kPolicyExists{"POLICY_EXISTS"};
}  // namespace reason

class ReceivableService final : public v1::ReceivableService::CallbackService {
 public:
  ReceivableService(rpc::Server& server, command::Frame& frame, db::Database& database)
      : server_(server), frame_(frame), database_(database) {}

  grpc::ServerUnaryReactor* GetBalance(grpc::CallbackServerContext* context,
                                       const v1::GetBalanceRequest* request,
                                       v1::Balance* response) override;
  grpc::ServerUnaryReactor* PreviewAllocation(grpc::CallbackServerContext* context,
                                              const v1::PreviewAllocationRequest* request,
                                              v1::PreviewAllocationResponse* response) override;
  grpc::ServerUnaryReactor* ListEntries(grpc::CallbackServerContext* context,
                                        const v1::ListEntriesRequest* request,
                                        v1::ListEntriesResponse* response) override;
  grpc::ServerUnaryReactor* ListUnappliedCash(grpc::CallbackServerContext* context,
                                              const v1::ListUnappliedCashRequest* request,
                                              v1::ListUnappliedCashResponse* response) override;
  grpc::ServerUnaryReactor* LoadAllocationPolicy(grpc::CallbackServerContext* context,
                                                 const v1::LoadAllocationPolicyRequest* request,
                                                 v1::AllocationPolicy* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
};

}  // namespace reeve::billing::receivable
