// The gRPC face of crews.
#pragma once

#include "reeve/work_order/v1/crew_service.grpc.pb.h"
#include "shared/command/command.h"
#include "shared/rpc/server.h"

namespace reeve::work_order {

class CrewService final : public v1::CrewService::CallbackService {
 public:
  CrewService(rpc::Server& server, db::Database& database, command::Frame& frame)
      : server_(server), database_(database), frame_(frame) {}

  grpc::ServerUnaryReactor* SaveCrew(grpc::CallbackServerContext* context,
                                     const v1::SaveCrewRequest* request,
                                     v1::Crew* response) override;
  grpc::ServerUnaryReactor* ListCrews(grpc::CallbackServerContext* context,
                                      const v1::ListCrewsRequest* request,
                                      v1::ListCrewsResponse* response) override;

 private:
  rpc::Server& server_;
  db::Database& database_;
  command::Frame& frame_;
};

}  // namespace reeve::work_order
