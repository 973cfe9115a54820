// WinterAverageService: the gRPC face of winter averages.
#pragma once

#include "reeve/billing/v1/winter_service.grpc.pb.h"
#include "shared/command/command.h"
#include "shared/rpc/server.h"

namespace reeve::billing::winter {

namespace reason {
inline constexpr Reason kRuleExists{"RULE_EXISTS"};
inline constexpr Reason kNotByAverage{"NOT_BY_AVERAGE"};
inline constexpr Reason kRuleMissing{"RULE_MISSING"};
inline constexpr Reason kRunExists{"RUN_EXISTS"};
inline constexpr Reason kRunUnknown{"RUN_UNKNOWN"};
inline constexpr Reason kRunComputed{"RUN_COMPUTED"};
inline constexpr Reason kRunNotComputed{"RUN_NOT_COMPUTED"};
inline constexpr Reason kWinterNotOver{"WINTER_NOT_OVER"};
inline constexpr Reason kAverageUnknown{"AVERAGE_UNKNOWN"};
inline constexpr Reason kAverageNotHeld{"AVERAGE_NOT_HELD"};
inline constexpr Reason kAveragesHeld{"AVERAGES_HELD"};
inline constexpr Reason kDayPassed{"DAY_PASSED"};
inline constexpr Reason kSamePerson{"SAME_PERSON"};
}  // namespace reason

class WinterService final : public v1::WinterAverageService::CallbackService {
 public:
  // All outlive it.
  WinterService(rpc::Server& server, command::Frame& frame, db::Database& database)
      : server_(server), frame_(frame), database_(database) {}

  grpc::ServerUnaryReactor* LoadWinterRule(grpc::CallbackServerContext* context,
                                           const v1::LoadWinterRuleRequest* request,
                                           v1::WinterRule* response) override;
  grpc::ServerUnaryReactor* StartWinterRun(grpc::CallbackServerContext* context,
                                           const v1::StartWinterRunRequest* request,
                                           v1::WinterRun* response) override;
  grpc::ServerUnaryReactor* AdvanceWinterRun(grpc::CallbackServerContext* context,
                                             const v1::AdvanceWinterRunRequest* request,
                                             v1::WinterRun* response) override;
  grpc::ServerUnaryReactor* GetWinterRun(grpc::CallbackServerContext* context,
                                         const v1::GetWinterRunRequest* request,
                                         v1::WinterRun* response) override;
  grpc::ServerUnaryReactor* ListWinterAverages(grpc::CallbackServerContext* context,
                                               const v1::ListWinterAveragesRequest* request,
                                               v1::ListWinterAveragesResponse* response) override;
  grpc::ServerUnaryReactor* DecideWinterAverage(grpc::CallbackServerContext* context,
                                                const v1::DecideWinterAverageRequest* request,
                                                v1::WinterAverage* response) override;
  grpc::ServerUnaryReactor* SignWinterRun(grpc::CallbackServerContext* context,
                                          const v1::SignWinterRunRequest* request,
                                          v1::WinterRun* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
};

}  // namespace reeve::billing::winter
