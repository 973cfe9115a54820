// GuardService: the gRPC face of the guard's limits, control totals and findings.
#pragma once

#include "reeve/billing/v1/guard_service.grpc.pb.h"
#include "services/billing/cycle/cycle.h"
#include "shared/command/command.h"
#include "shared/rpc/server.h"

namespace reeve::billing::cycle {

namespace reason {
inline constexpr Reason kControlTotalExists{"CONTROL_TOTAL_EXISTS"};
inline constexpr Reason kCycleCalculated{"CYCLE_CALCULATED"};
inline constexpr Reason kFindingUnknown{"FINDING_UNKNOWN"};
inline constexpr Reason kFindingAcknowledged{"FINDING_ACKNOWLEDGED"};
}  // namespace reason

// Judges a run whose last page was calculated and keeps what was found.
void KeepFindings(command::Change& change, const Run& run);

class GuardService final : public v1::GuardService::CallbackService {
 public:
  GuardService(rpc::Server& server, command::Frame& frame, db::Database& database)
      : server_(server), frame_(frame), database_(database) {}

  grpc::ServerUnaryReactor* LoadGuardPolicy(grpc::CallbackServerContext* context,
                                            const v1::LoadGuardPolicyRequest* request,
                                            v1::GuardPolicy* response) override;
  grpc::ServerUnaryReactor* ListGuardRules(grpc::CallbackServerContext* context,
                                           const v1::ListGuardRulesRequest* request,
                                           v1::ListGuardRulesResponse* response) override;
  grpc::ServerUnaryReactor* RecordControlTotal(grpc::CallbackServerContext* context,
                                               const v1::RecordControlTotalRequest* request,
                                               v1::ControlTotal* response) override;
  grpc::ServerUnaryReactor* ListCycleFindings(grpc::CallbackServerContext* context,
                                              const v1::ListCycleFindingsRequest* request,
                                              v1::ListCycleFindingsResponse* response) override;
  grpc::ServerUnaryReactor* ListCycleChanges(grpc::CallbackServerContext* context,
                                             const v1::ListCycleChangesRequest* request,
                                             v1::ListCycleChangesResponse* response) override;
  grpc::ServerUnaryReactor* AcknowledgeFinding(grpc::CallbackServerContext* context,
                                               const v1::AcknowledgeFindingRequest* request,
                                               v1::CycleFinding* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
};

}  // namespace reeve::billing::cycle
