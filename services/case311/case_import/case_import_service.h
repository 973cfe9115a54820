// The gRPC face of the import.
#pragma once

#include "reeve/case311/v1/case_import_service.grpc.pb.h"
#include "shared/command/command.h"
#include "shared/rpc/server.h"

namespace reeve::case311 {

class CaseImportService final : public v1::CaseImportService::CallbackService {
 public:
  CaseImportService(rpc::Server& server, command::Frame& frame) : server_(server), frame_(frame) {}

  grpc::ServerUnaryReactor* ImportCases(grpc::CallbackServerContext* context,
                                        const v1::ImportCasesRequest* request,
                                        v1::ImportCasesResponse* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
};

}  // namespace reeve::case311
