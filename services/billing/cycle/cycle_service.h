// CycleService: the gRPC face of cycle runs and the review of held bills.
#pragma once

#include "reeve/billing/v1/cycle_service.grpc.pb.h"
#include "shared/command/command.h"
#include "shared/rpc/server.h"

namespace reeve::billing::cycle {

namespace reason {
inline constexpr Reason kCycleExists{"CYCLE_EXISTS"};
inline constexpr Reason kCycleOpen{"CYCLE_OPEN"};
inline constexpr Reason kNotLive{"NOT_LIVE"};
inline constexpr Reason kCycleEmpty{"CYCLE_EMPTY"};
inline constexpr Reason kScheduleMissing{"SCHEDULE_MISSING"};
inline constexpr Reason kRateNotLoaded{"RATE_NOT_LOADED"};
inline constexpr Reason kReadsWait{"READS_WAIT"};
inline constexpr Reason kCycleUnknown{"CYCLE_UNKNOWN"};
inline constexpr Reason kBillUnknown{"BILL_UNKNOWN"};
inline constexpr Reason kBilledSince{"BILLED_SINCE"};
inline constexpr Reason kNothingToSpread{"NOTHING_TO_SPREAD"};
inline constexpr Reason kBillNotHeld{"BILL_NOT_HELD"};
inline constexpr Reason kSamePerson{"SAME_PERSON"};
inline constexpr Reason kCycleNotCalculated{"CYCLE_NOT_CALCULATED"};
inline constexpr Reason kFindingsOpen{"FINDINGS_OPEN"};
inline constexpr Reason kCycleNotSignedOff{"CYCLE_NOT_SIGNED_OFF"};
}  // namespace reason

class CycleService final : public v1::CycleService::CallbackService {
 public:
  CycleService(rpc::Server& server, command::Frame& frame, db::Database& database)
      : server_(server), frame_(frame), database_(database) {}

  grpc::ServerUnaryReactor* StartCycle(grpc::CallbackServerContext* context,
                                       const v1::StartCycleRequest* request,
                                       v1::CycleRun* response) override;
  grpc::ServerUnaryReactor* GetCycle(grpc::CallbackServerContext* context,
                                     const v1::GetCycleRequest* request,
                                     v1::CycleRun* response) override;
  grpc::ServerUnaryReactor* ListCycles(grpc::CallbackServerContext* context,
                                       const v1::ListCyclesRequest* request,
                                       v1::ListCyclesResponse* response) override;
  grpc::ServerUnaryReactor* ListHeldBills(grpc::CallbackServerContext* context,
                                          const v1::ListHeldBillsRequest* request,
                                          v1::ListHeldBillsResponse* response) override;
  grpc::ServerUnaryReactor* ReviewBill(grpc::CallbackServerContext* context,
                                       const v1::ReviewBillRequest* request,
                                       v1::Bill* response) override;
  grpc::ServerUnaryReactor* SignOffCycle(grpc::CallbackServerContext* context,
                                         const v1::SignOffCycleRequest* request,
                                         v1::CycleRun* response) override;
  grpc::ServerUnaryReactor* PostCycle(grpc::CallbackServerContext* context,
                                      const v1::PostCycleRequest* request,
                                      v1::CycleRun* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
};

}  // namespace reeve::billing::cycle
