// HoldService: the gRPC face of the work on held bills.
#pragma once

#include "reeve/billing/v1/hold_service.grpc.pb.h"
#include "shared/command/command.h"
#include "shared/rpc/server.h"

namespace reeve::billing::cycle {

namespace reason {
inline constexpr Reason kReleaseEmpty{"RELEASE_EMPTY"};
inline constexpr Reason kReleaseTooLarge{"RELEASE_TOO_LARGE"};
inline constexpr Reason kReleaseUnknown{"RELEASE_UNKNOWN"};
inline constexpr Reason kAlreadyReleased{"ALREADY_RELEASED"};
}  // namespace reason

class HoldService final : public v1::HoldService::CallbackService {
 public:
  HoldService(rpc::Server& server, command::Frame& frame, db::Database& database)
      : server_(server), frame_(frame), database_(database) {}

  grpc::ServerUnaryReactor* ListHolds(grpc::CallbackServerContext* context,
                                      const v1::ListHoldsRequest* request,
                                      v1::ListHoldsResponse* response) override;
  grpc::ServerUnaryReactor* AssignHold(grpc::CallbackServerContext* context,
                                       const v1::AssignHoldRequest* request,
                                       v1::HeldBill* response) override;
  grpc::ServerUnaryReactor* ProposeRelease(grpc::CallbackServerContext* context,
                                           const v1::ProposeReleaseRequest* request,
                                           v1::MassRelease* response) override;
  grpc::ServerUnaryReactor* GetRelease(grpc::CallbackServerContext* context,
                                       const v1::GetReleaseRequest* request,
                                       v1::MassRelease* response) override;
  grpc::ServerUnaryReactor* ApproveRelease(grpc::CallbackServerContext* context,
                                           const v1::ApproveReleaseRequest* request,
                                           v1::MassRelease* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
};

}  // namespace reeve::billing::cycle
