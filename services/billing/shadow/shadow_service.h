// ShadowService: the gRPC face of shadow cycles.
#pragma once

#include "reeve/billing/v1/shadow_service.grpc.pb.h"
#include "shared/command/command.h"
#include "shared/core/date.h"
#include "shared/rpc/server.h"

namespace reeve::billing::shadow {

namespace reason {
inline constexpr Reason kShadowLoaded{"SHADOW_LOADED"};
inline constexpr Reason kShadowUnknown{"SHADOW_UNKNOWN"};
inline constexpr Reason kShadowNotLoaded{"SHADOW_NOT_LOADED"};
inline constexpr Reason kShadowCompared{"SHADOW_COMPARED"};
inline constexpr Reason kShadowNotCompared{"SHADOW_NOT_COMPARED"};
inline constexpr Reason kShadowLive{"SHADOW_LIVE"};
inline constexpr Reason kCauseUnknown{"CAUSE_UNKNOWN"};
inline constexpr Reason kCauseUnexplained{"CAUSE_UNEXPLAINED"};
inline constexpr Reason kCauseAcknowledged{"CAUSE_ACKNOWLEDGED"};
inline constexpr Reason kSamePerson{"SAME_PERSON"};
inline constexpr Reason kComparisonOld{"COMPARISON_OLD"};
inline constexpr Reason kControlTotalsDiffer{"CONTROL_TOTALS_DIFFER"};
inline constexpr Reason kDifferencesUnexplained{"DIFFERENCES_UNEXPLAINED"};
inline constexpr Reason kDifferencesOpen{"DIFFERENCES_OPEN"};
}  // namespace reason

class ShadowService final : public v1::ShadowService::CallbackService {
 public:
  // Accounts of one call of AdvanceShadow: with a dozen differences each, far below 5,000 rows.
  static constexpr std::int64_t kAccountsOfCall = 100;

  ShadowService(rpc::Server& server, command::Frame& frame, db::Database& database,
                const TimeZone& zone)
      : server_(server), frame_(frame), database_(database), zone_(zone) {}

  grpc::ServerUnaryReactor* CheckOldBills(grpc::CallbackServerContext* context,
                                          const v1::CheckOldBillsRequest* request,
                                          v1::CheckOldBillsResponse* response) override;
  grpc::ServerUnaryReactor* LoadOldBills(grpc::CallbackServerContext* context,
                                         const v1::LoadOldBillsRequest* request,
                                         v1::Shadow* response) override;
  grpc::ServerUnaryReactor* AdvanceShadow(grpc::CallbackServerContext* context,
                                          const v1::AdvanceShadowRequest* request,
                                          v1::Shadow* response) override;
  grpc::ServerUnaryReactor* GetShadow(grpc::CallbackServerContext* context,
                                      const v1::GetShadowRequest* request,
                                      v1::Shadow* response) override;
  grpc::ServerUnaryReactor* ListShadowDifferences(
      grpc::CallbackServerContext* context, const v1::ListShadowDifferencesRequest* request,
      v1::ListShadowDifferencesResponse* response) override;
  grpc::ServerUnaryReactor* AcknowledgeCause(grpc::CallbackServerContext* context,
                                             const v1::AcknowledgeCauseRequest* request,
                                             v1::ShadowCause* response) override;
  grpc::ServerUnaryReactor* GoLive(grpc::CallbackServerContext* context,
                                   const v1::GoLiveRequest* request, v1::Shadow* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
  const TimeZone& zone_;
};

}  // namespace reeve::billing::shadow
