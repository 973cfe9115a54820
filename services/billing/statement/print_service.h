// PrintService: the gRPC face of print files.
#pragma once

#include "reeve/billing/v1/print_service.grpc.pb.h"
#include "services/billing/collections/caught_up_service.h"
#include "services/billing/statement/print_command_service.h"
#include "shared/command/command.h"
#include "shared/rpc/server.h"

namespace reeve::billing::statement {

class PrintService final : public v1::PrintService::CallbackService {
 public:
  PrintService(rpc::Server& server, command::Frame& frame, db::Database& database,
               Executor& executor, const TimeZone& zone, collections::CaughtUp& caught_up)
      : server_(server),
        frame_(frame),
        database_(database),
        executor_(executor),
        zone_(zone),
        cut_off_(frame, executor, zone, caught_up) {}

  grpc::ServerUnaryReactor* MakePrintFile(grpc::CallbackServerContext* context,
                                          const v1::MakePrintFileRequest* request,
                                          v1::PrintFile* response) override;
  grpc::ServerUnaryReactor* GetPrintFile(grpc::CallbackServerContext* context,
                                         const v1::GetPrintFileRequest* request,
                                         v1::PrintFile* response) override;
  grpc::ServerUnaryReactor* ListPrintFiles(grpc::CallbackServerContext* context,
                                           const v1::ListPrintFilesRequest* request,
                                           v1::ListPrintFilesResponse* response) override;
  grpc::ServerUnaryReactor* ListWithheld(grpc::CallbackServerContext* context,
                                         const v1::ListWithheldRequest* request,
                                         v1::ListWithheldResponse* response) override;
  grpc::ServerUnaryReactor* AcknowledgeWithheld(grpc::CallbackServerContext* context,
                                                const v1::AcknowledgeWithheldRequest* request,
                                                v1::PrintFile* response) override;
  grpc::ServerUnaryReactor* GetProofSample(grpc::CallbackServerContext* context,
                                           const v1::GetProofSampleRequest* request,
                                           v1::ProofSample* response) override;
  grpc::ServerUnaryReactor* ReleasePrintFile(grpc::CallbackServerContext* context,
                                             const v1::ReleasePrintFileRequest* request,
                                             v1::PrintFile* response) override;
  grpc::ServerUnaryReactor* RefusePrintFile(grpc::CallbackServerContext* context,
                                            const v1::RefusePrintFileRequest* request,
                                            v1::PrintFile* response) override;
  grpc::ServerWriteReactor<v1::DownloadPrintFileResponse>* DownloadPrintFile(
      grpc::CallbackServerContext* context, const v1::DownloadPrintFileRequest* request) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
  Executor& executor_;
  const TimeZone& zone_;
  CutOff cut_off_;
};

}  // namespace reeve::billing::statement
