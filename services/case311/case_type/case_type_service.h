// The gRPC face of the catalogue.
#pragma once

#include "reeve/case311/v1/case_type_service.grpc.pb.h"
#include "shared/command/command.h"
#include "shared/db/database.h"
#include "shared/rpc/server.h"

namespace reeve::case311 {

class CaseTypeService final : public v1::CaseTypeService::CallbackService {
 public:
  CaseTypeService(rpc::Server& server, command::Frame& frame, db::Database& database)
      : server_(server), frame_(frame), database_(database) {}

  grpc::ServerUnaryReactor* SetCaseType(grpc::CallbackServerContext* context,
                                        const v1::SetCaseTypeRequest* request,
                                        v1::CaseType* response) override;
  grpc::ServerUnaryReactor* GetCaseType(grpc::CallbackServerContext* context,
                                        const v1::GetCaseTypeRequest* request,
                                        v1::CaseType* response) override;
  grpc::ServerUnaryReactor* ListCaseTypes(grpc::CallbackServerContext* context,
                                          const v1::ListCaseTypesRequest* request,
                                          v1::ListCaseTypesResponse* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
};

}  // namespace reeve::case311
