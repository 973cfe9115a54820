// ReadService: the gRPC face of reading files and reads.
#pragma once

#include "reeve/billing/v1/read_service.grpc.pb.h"
#include "services/billing/read/served_store.h"
#include "shared/command/command.h"
#include "shared/obs/metrics.h"
#include "shared/rpc/server.h"

namespace reeve::billing::read {

namespace reason {
inline constexpr Reason kImportComplete{"IMPORT_COMPLETE"};
inline constexpr Reason kImportUnknown{"IMPORT_UNKNOWN"};
inline constexpr Reason kPolicyExists{"POLICY_EXISTS"};
inline constexpr Reason kPolicyMissing{"POLICY_MISSING"};
inline constexpr Reason kReadThere{"READ_THERE"};
inline constexpr Reason kMeterNotInPlace{"METER_NOT_IN_PLACE"};
inline constexpr Reason kExceptionUnknown{"EXCEPTION_UNKNOWN"};
inline constexpr Reason kExceptionNotOpen{"EXCEPTION_NOT_OPEN"};
inline constexpr Reason kMeterUnknown{"METER_UNKNOWN"};
inline constexpr Reason kTooManyEstimates{"TOO_MANY_ESTIMATES"};
inline constexpr Reason kReadsWait{"READS_WAIT"};
inline constexpr Reason kBillHeld{"BILL_HELD"};
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
  grpc::ServerUnaryReactor* RecordRead(grpc::CallbackServerContext* context,
                                       const v1::RecordReadRequest* request,
                                       v1::Read* response) override;
  grpc::ServerUnaryReactor* ListOpenReadExceptions(
      grpc::CallbackServerContext* context, const v1::ListOpenReadExceptionsRequest* request,
      v1::ListReadExceptionsResponse* response) override;
  grpc::ServerUnaryReactor* ResolveReadException(grpc::CallbackServerContext* context,
                                                 const v1::ResolveReadExceptionRequest* request,
                                                 v1::ReadException* response) override;
  grpc::ServerUnaryReactor* LoadEstimatePolicy(grpc::CallbackServerContext* context,
                                               const v1::LoadEstimatePolicyRequest* request,
                                               v1::EstimatePolicy* response) override;
  grpc::ServerUnaryReactor* EstimateRead(grpc::CallbackServerContext* context,
                                         const v1::EstimateReadRequest* request,
                                         v1::Read* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
  obs::Counter& parts_;
};

}  // namespace reeve::billing::read
