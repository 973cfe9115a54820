// ReadService: the gRPC face of reading files and reads.
#pragma once

#include "reeve/billing/v1/read_service.grpc.pb.h"
#include "shared/command/command.h"
#include "shared/obs/metrics.h"
#include "shared/rpc/server.h"

namespace reeve::billing::read {

namespace reason {
inline constexpr Reason kPartDiffers{"PART_DIFFERS"};
inline constexpr Reason kPartMissing{"PART_MISSING"};
inline constexpr Reason kImportComplete{"IMPORT_COMPLETE"};
inline constexpr Reason kImportUnknown{"IMPORT_UNKNOWN"};
inline constexpr Reason kAccountUnknown{"ACCOUNT_UNKNOWN"};
}  // namespace reason

class ReadService final : public v1::ReadService::CallbackService {
 public:
  ReadService(rpc::Server& server, command::Frame& frame, db::Database& database,
              obs::Metrics& metrics);

  grpc::ServerUnaryReactor* ImportReads(grpc::CallbackServerContext* context,
                                        const v1::ImportReadsRequest* request,
                                        v1::ReadImport* response) override;
  grpc::ServerUnaryReactor* GetReadImport(grpc::CallbackServerContext* context,
                                          const v1::GetReadImportRequest* request,
                                          v1::ReadImport* response) override;
  grpc::ServerUnaryReactor* ListReadExceptions(grpc::CallbackServerContext* context,
                                               const v1::ListReadExceptionsRequest* request,
                                               v1::ListReadExceptionsResponse* response) override;
  grpc::ServerUnaryReactor* ListReads(grpc::CallbackServerContext* context,
                                      const v1::ListReadsRequest* request,
                                      v1::ListReadsResponse* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
  obs::Counter& parts_;
};

}  // namespace reeve::billing::read
