// RebillService: cancels bills and bills their days again (rebill_service.proto says what each call
// does and refuses).
#pragma once

#include "reeve/billing/v1/rebill_service.grpc.pb.h"
#include "services/billing/rebill/act_service.h"
#include "shared/command/command.h"
#include "shared/obs/metrics.h"
#include "shared/rpc/server.h"

namespace reeve::billing::rebill {

namespace reason {
inline constexpr Reason kPolicyExists{"POLICY_EXISTS"};
}  // namespace reason

class RebillService final : public v1::RebillService::CallbackService {
 public:
  RebillService(rpc::Server& server, command::Frame& frame, db::Database& database,
                const TimeZone& zone, obs::Metrics& metrics);

  grpc::ServerUnaryReactor* PreviewCancellation(grpc::CallbackServerContext* context,
                                                const v1::PreviewCancellationRequest* request,
                                                v1::CancellationPreview* response) override;
  grpc::ServerUnaryReactor* CancelBill(grpc::CallbackServerContext* context,
                                       const v1::CancelBillRequest* request,
                                       v1::Cancellation* response) override;
  grpc::ServerUnaryReactor* PreviewRebill(grpc::CallbackServerContext* context,
                                          const v1::PreviewRebillRequest* request,
                                          v1::RebillPreview* response) override;
  grpc::ServerUnaryReactor* RebillBill(grpc::CallbackServerContext* context,
                                       const v1::RebillBillRequest* request,
                                       v1::Rebill* response) override;
  grpc::ServerUnaryReactor* ListCancellations(grpc::CallbackServerContext* context,
                                              const v1::ListCancellationsRequest* request,
                                              v1::ListCancellationsResponse* response) override;
  grpc::ServerUnaryReactor* LoadRebillPolicy(grpc::CallbackServerContext* context,
                                             const v1::LoadRebillPolicyRequest* request,
                                             v1::RebillPolicy* response) override;
  grpc::ServerUnaryReactor* ListRebillPolicies(grpc::CallbackServerContext* context,
                                               const v1::ListRebillPoliciesRequest* request,
                                               v1::ListRebillPoliciesResponse* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
  const TimeZone& zone_;
  Meters meters_;
};

}  // namespace reeve::billing::rebill
