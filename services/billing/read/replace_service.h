// ReadCorrectionService: the gRPC face of corrections of reads.
#pragma once

#include "reeve/billing/v1/read_correction_service.grpc.pb.h"
#include "shared/command/command.h"
#include "shared/rpc/server.h"

namespace reeve::billing::read {

class ReadCorrectionService final : public v1::ReadCorrectionService::CallbackService {
 public:
  ReadCorrectionService(rpc::Server& server, command::Frame& frame)
      : server_(server), frame_(frame) {}

  grpc::ServerUnaryReactor* ReplaceRead(grpc::CallbackServerContext* context,
                                        const v1::ReplaceReadRequest* request,
                                        v1::Read* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
};

}  // namespace reeve::billing::read
