// LateFeeService: the gRPC face of late fees.
#pragma once

#include <functional>
#include <string_view>

#include "reeve/billing/v1/late_fee_service.grpc.pb.h"
#include "services/billing/collections/caught_up_service.h"
#include "shared/command/command.h"
#include "shared/obs/metrics.h"
#include "shared/rpc/server.h"

namespace reeve::billing::late_fee {

// Fees that reached a state.
class Meters {
 public:
  explicit Meters(obs::Metrics& metrics);
  void Reached(std::string_view state) { fees_.For(state).Add(); }

 private:
  obs::CounterByLabel& fees_;
};

// Answers calls once all that payment had acknowledged when it was asked is applied here; refuses
// them if that is not known in time. Waiting holds no worker.
class BehindPayments {
 public:
  using Body = std::function<Result<v1::LateFeeRun>(const Call&)>;
  explicit BehindPayments(collections::CaughtUp& caught_up) : caught_up_(caught_up) {}

  // `done` runs exactly once, on a worker, with what `body` answers.
  template <class Done>
  void Submit(const Call& call, Body body, Done done);

 private:
  collections::CaughtUp& caught_up_;
};

class LateFeeService final : public v1::LateFeeService::CallbackService {
 public:
  // All outlive it.
  LateFeeService(rpc::Server& server, command::Frame& frame, db::Database& database,
                 collections::CaughtUp& caught_up, obs::Metrics& metrics)
      : server_(server),
        frame_(frame),
        database_(database),
        behind_payments_(caught_up),
        meters_(metrics) {}

  grpc::ServerUnaryReactor* LoadLateFeePolicy(grpc::CallbackServerContext* context,
                                              const v1::LoadLateFeePolicyRequest* request,
                                              v1::LateFeePolicy* response) override;
  grpc::ServerUnaryReactor* ListLateFeePolicies(grpc::CallbackServerContext* context,
                                                const v1::ListLateFeePoliciesRequest* request,
                                                v1::ListLateFeePoliciesResponse* response) override;
  grpc::ServerUnaryReactor* StartLateFeeRun(grpc::CallbackServerContext* context,
                                            const v1::StartLateFeeRunRequest* request,
                                            v1::LateFeeRun* response) override;
  grpc::ServerUnaryReactor* AdvanceLateFeeRun(grpc::CallbackServerContext* context,
                                              const v1::AdvanceLateFeeRunRequest* request,
                                              v1::LateFeeRun* response) override;
  grpc::ServerUnaryReactor* GetLateFeeRun(grpc::CallbackServerContext* context,
                                          const v1::GetLateFeeRunRequest* request,
                                          v1::LateFeeRun* response) override;
  grpc::ServerUnaryReactor* ListLateFees(grpc::CallbackServerContext* context,
                                         const v1::ListLateFeesRequest* request,
                                         v1::ListLateFeesResponse* response) override;
  grpc::ServerUnaryReactor* ListAccountLateFees(grpc::CallbackServerContext* context,
                                                const v1::ListAccountLateFeesRequest* request,
                                                v1::ListAccountLateFeesResponse* response) override;
  grpc::ServerUnaryReactor* AssignLateFee(grpc::CallbackServerContext* context,
                                          const v1::AssignLateFeeRequest* request,
                                          v1::LateFee* response) override;
  grpc::ServerUnaryReactor* DecideLateFee(grpc::CallbackServerContext* context,
                                          const v1::DecideLateFeeRequest* request,
                                          v1::LateFee* response) override;
  grpc::ServerUnaryReactor* AcknowledgeLateFeeFinding(
      grpc::CallbackServerContext* context, const v1::AcknowledgeLateFeeFindingRequest* request,
      v1::LateFeeRun* response) override;
  grpc::ServerUnaryReactor* SignLateFeeRun(grpc::CallbackServerContext* context,
                                           const v1::SignLateFeeRunRequest* request,
                                           v1::LateFeeRun* response) override;
  grpc::ServerUnaryReactor* PostLateFeeRun(grpc::CallbackServerContext* context,
                                           const v1::PostLateFeeRunRequest* request,
                                           v1::LateFeeRun* response) override;
  grpc::ServerUnaryReactor* WithdrawLateFeeRun(grpc::CallbackServerContext* context,
                                               const v1::WithdrawLateFeeRunRequest* request,
                                               v1::LateFeeRun* response) override;
  grpc::ServerUnaryReactor* RecordLateFeeExemption(grpc::CallbackServerContext* context,
                                                   const v1::RecordLateFeeExemptionRequest* request,
                                                   v1::LateFeeExemption* response) override;
  grpc::ServerUnaryReactor* DecideLateFeeExemption(grpc::CallbackServerContext* context,
                                                   const v1::DecideLateFeeExemptionRequest* request,
                                                   v1::LateFeeExemption* response) override;
  grpc::ServerUnaryReactor* ListLateFeeExemptions(
      grpc::CallbackServerContext* context, const v1::ListLateFeeExemptionsRequest* request,
      v1::ListLateFeeExemptionsResponse* response) override;

 private:
  // Behind payments: the command of the request, by `run` in one transaction.
  template <class Request, class Run>
  grpc::ServerUnaryReactor* Behind(grpc::CallbackServerContext* context, const Request* request,
                                   v1::LateFeeRun* response, Run run);
  template <class Request, class Response, class Run>
  grpc::ServerUnaryReactor* Change(grpc::CallbackServerContext* context, const Request* request,
                                   Response* response, Run run);

  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
  BehindPayments behind_payments_;
  Meters meters_;
};

}  // namespace reeve::billing::late_fee
