// AdjustmentService: the gRPC face of adjustments.
#pragma once

#include "reeve/billing/v1/adjustment_service.grpc.pb.h"
#include "shared/command/command.h"
#include "shared/obs/metrics.h"
#include "shared/rpc/server.h"

namespace reeve::billing::adjustment {

// Adjustments that reached a state, by its name.
class Meters {
 public:
  explicit Meters(obs::Metrics& metrics);
  void Reached(std::string_view state) { adjustments_.For(state).Add(); }

 private:
  obs::CounterByLabel& adjustments_;
};

class AdjustmentService final : public v1::AdjustmentService::CallbackService {
 public:
  AdjustmentService(rpc::Server& server, command::Frame& frame, db::Database& database,
                    obs::Metrics& metrics)
      : server_(server), frame_(frame), database_(database), meters_(metrics) {}

  grpc::ServerUnaryReactor* LoadAdjustmentType(grpc::CallbackServerContext* context,
                                               const v1::LoadAdjustmentTypeRequest* request,
                                               v1::AdjustmentType* response) override;
  grpc::ServerUnaryReactor* ListAdjustmentTypes(grpc::CallbackServerContext* context,
                                                const v1::ListAdjustmentTypesRequest* request,
                                                v1::ListAdjustmentTypesResponse* response) override;
  grpc::ServerUnaryReactor* PreviewAdjustment(grpc::CallbackServerContext* context,
                                              const v1::PreviewAdjustmentRequest* request,
                                              v1::AdjustmentPreview* response) override;
  grpc::ServerUnaryReactor* PostAdjustment(grpc::CallbackServerContext* context,
                                           const v1::PostAdjustmentRequest* request,
                                           v1::Adjustment* response) override;
  grpc::ServerUnaryReactor* PreviewApproval(grpc::CallbackServerContext* context,
                                            const v1::PreviewApprovalRequest* request,
                                            v1::AdjustmentPreview* response) override;
  grpc::ServerUnaryReactor* ApproveAdjustment(grpc::CallbackServerContext* context,
                                              const v1::ApproveAdjustmentRequest* request,
                                              v1::Adjustment* response) override;
  grpc::ServerUnaryReactor* DeclineAdjustment(grpc::CallbackServerContext* context,
                                              const v1::DeclineAdjustmentRequest* request,
                                              v1::Adjustment* response) override;
  grpc::ServerUnaryReactor* WithdrawAdjustment(grpc::CallbackServerContext* context,
                                               const v1::WithdrawAdjustmentRequest* request,
                                               v1::Adjustment* response) override;
  grpc::ServerUnaryReactor* PreviewReversal(grpc::CallbackServerContext* context,
                                            const v1::PreviewReversalRequest* request,
                                            v1::AdjustmentPreview* response) override;
  grpc::ServerUnaryReactor* ReverseAdjustment(grpc::CallbackServerContext* context,
                                              const v1::ReverseAdjustmentRequest* request,
                                              v1::Adjustment* response) override;
  grpc::ServerUnaryReactor* ListAdjustments(grpc::CallbackServerContext* context,
                                            const v1::ListAdjustmentsRequest* request,
                                            v1::ListAdjustmentsResponse* response) override;
  grpc::ServerUnaryReactor* ListProposedAdjustments(
      grpc::CallbackServerContext* context, const v1::ListProposedAdjustmentsRequest* request,
      v1::ListProposedAdjustmentsResponse* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
  Meters meters_;
};

}  // namespace reeve::billing::adjustment
