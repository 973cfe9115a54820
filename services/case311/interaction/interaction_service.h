// The gRPC face of the contact log.
#pragma once

#include "reeve/case311/v1/interaction_service.grpc.pb.h"
#include "shared/command/command.h"
#include "shared/db/database.h"
#include "shared/obs/metrics.h"
#include "shared/rpc/server.h"

namespace reeve::case311 {

class InteractionService final : public v1::InteractionService::CallbackService {
 public:
  InteractionService(rpc::Server& server, command::Frame& frame, db::Database& database,
                     obs::Metrics& metrics);

  grpc::ServerUnaryReactor* LogInteraction(grpc::CallbackServerContext* context,
                                           const v1::LogInteractionRequest* request,
                                           v1::Interaction* response) override;
  grpc::ServerUnaryReactor* GetInteraction(grpc::CallbackServerContext* context,
                                           const v1::GetInteractionRequest* request,
                                           v1::Interaction* response) override;
  grpc::ServerUnaryReactor* ListInteractions(grpc::CallbackServerContext* context,
                                             const v1::ListInteractionsRequest* request,
                                             v1::ListInteractionsResponse* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
  obs::CounterByLabel& by_channel_;
  obs::CounterByLabel& by_language_;
};

}  // namespace reeve::case311
