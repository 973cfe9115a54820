// The gRPC face of the location files.
#pragma once

#include "reeve/account/v1/premise_service.grpc.pb.h"
#include "services/account/premise/premise.h"
#include "shared/command/command.h"
#include "shared/db/database.h"
#include "shared/obs/metrics.h"
#include "shared/rpc/server.h"

namespace reeve::account {

v1::Premise ToProto(const Premise& premise);
Error UnknownPremise(PremiseId id);

class PremiseService final : public v1::PremiseService::CallbackService {
 public:
  PremiseService(rpc::Server& server, command::Frame& frame, db::Database& database,
                 obs::Metrics& metrics);

  grpc::ServerUnaryReactor* CreatePremise(grpc::CallbackServerContext* context,
                                          const v1::CreatePremiseRequest* request,
                                          v1::Premise* response) override;
  grpc::ServerUnaryReactor* ImportPremises(grpc::CallbackServerContext* context,
                                           const v1::ImportPremisesRequest* request,
                                           v1::ImportPremisesResponse* response) override;
  grpc::ServerUnaryReactor* GetPremise(grpc::CallbackServerContext* context,
                                       const v1::GetPremiseRequest* request,
                                       v1::Premise* response) override;
  grpc::ServerUnaryReactor* SearchPremises(grpc::CallbackServerContext* context,
                                           const v1::SearchPremisesRequest* request,
                                           v1::SearchPremisesResponse* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
  obs::Counter& imported_;
};

}  // namespace reeve::account
