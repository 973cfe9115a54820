// RateActivationService: the gRPC face of previews of drafts, of the second person, and of drafts
// that are withdrawn.
#pragma once

#include "reeve/billing/v1/rate_activation_service.grpc.pb.h"
#include "shared/command/command.h"
#include "shared/rpc/server.h"

namespace reeve::billing::activation {

namespace reason {
inline constexpr Reason kNoDraft{"NO_DRAFT"};
inline constexpr Reason kSamePerson{"SAME_PERSON"};
inline constexpr Reason kPreviewStale{"PREVIEW_STALE"};
inline constexpr Reason kCycleCalculating{"CYCLE_CALCULATING"};
inline constexpr Reason kAlreadyBilled{"ALREADY_BILLED"};
inline constexpr Reason kNotAcknowledged{"NOT_ACKNOWLEDGED"};
inline constexpr Reason kVersionUnknown{"VERSION_UNKNOWN"};
inline constexpr Reason kVersionActive{"VERSION_ACTIVE"};
inline constexpr Reason kNotLoader{"NOT_LOADER"};
}  // namespace reason

class RateActivationService final : public v1::RateActivationService::CallbackService {
 public:
  RateActivationService(rpc::Server& server, command::Frame& frame, db::Database& database)
      : server_(server), frame_(frame), database_(database) {}

  grpc::ServerUnaryReactor* PreviewSchedules(grpc::CallbackServerContext* context,
                                             const v1::PreviewSchedulesRequest* request,
                                             v1::SchedulesPreview* response) override;
  grpc::ServerUnaryReactor* ActivateSchedules(grpc::CallbackServerContext* context,
                                              const v1::ActivateSchedulesRequest* request,
                                              v1::ActivateSchedulesResponse* response) override;
  grpc::ServerUnaryReactor* WithdrawDraft(grpc::CallbackServerContext* context,
                                          const v1::WithdrawDraftRequest* request,
                                          v1::WithdrawnDraft* response) override;
  grpc::ServerUnaryReactor* ListWithdrawnDrafts(grpc::CallbackServerContext* context,
                                                const v1::ListWithdrawnDraftsRequest* request,
                                                v1::ListWithdrawnDraftsResponse* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
};

}  // namespace reeve::billing::activation
