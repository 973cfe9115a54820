// IntervalService: the gRPC face of interval files, gaps and policies.
#pragma once

#include "reeve/billing/v1/interval_service.grpc.pb.h"
#include "shared/command/command.h"
#include "shared/obs/metrics.h"
#include "shared/rpc/server.h"

namespace reeve::billing::interval {

namespace reason {
inline constexpr Reason kImportComplete{"IMPORT_COMPLETE"};
inline constexpr Reason kImportUnknown{"IMPORT_UNKNOWN"};
inline constexpr Reason kPolicyExists{"POLICY_EXISTS"};
inline constexpr Reason kPolicyMissing{"POLICY_MISSING"};
inline constexpr Reason kNoGap{"NO_GAP"};
}  // namespace reason

class IntervalService final : public v1::IntervalService::CallbackService {
 public:
  // All outlive it.
  IntervalService(rpc::Server& server, command::Frame& frame, db::Database& database,
                  const TimeZone& zone, obs::Metrics& metrics);

  grpc::ServerUnaryReactor* ImportIntervals(grpc::CallbackServerContext* context,
                                            const v1::ImportIntervalsRequest* request,
                                            v1::IntervalImport* response) override;
  grpc::ServerUnaryReactor* GetIntervalImport(grpc::CallbackServerContext* context,
                                              const v1::GetIntervalImportRequest* request,
                                              v1::IntervalImport* response) override;
  grpc::ServerUnaryReactor* ListIntervalExceptions(
      grpc::CallbackServerContext* context, const v1::ListIntervalExceptionsRequest* request,
      v1::ListIntervalExceptionsResponse* response) override;
  grpc::ServerUnaryReactor* ListIntervalDays(grpc::CallbackServerContext* context,
                                             const v1::ListIntervalDaysRequest* request,
                                             v1::ListIntervalDaysResponse* response) override;
  grpc::ServerUnaryReactor* EstimateIntervals(grpc::CallbackServerContext* context,
                                              const v1::EstimateIntervalsRequest* request,
                                              v1::ListIntervalDaysResponse* response) override;
  grpc::ServerUnaryReactor* LoadIntervalPolicy(grpc::CallbackServerContext* context,
                                               const v1::LoadIntervalPolicyRequest* request,
                                               v1::IntervalPolicy* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
  const TimeZone& zone_;
  obs::Counter& parts_;
};

}  // namespace reeve::billing::interval
