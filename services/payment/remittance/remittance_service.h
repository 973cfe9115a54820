// The gRPC face of remittance stubs.
#pragma once

#include "reeve/payment/v1/remittance_service.grpc.pb.h"
#include "services/payment/remittance/remittance.h"
#include "shared/core/fields.h"
#include "shared/rpc/server.h"

namespace reeve::payment {

// The digits of a scanline, blanks between them left out; "" if it was refused or is empty.
std::string ParseScanline(Fields& fields, const std::string& scanline);

class RemittanceService final : public v1::RemittanceService::CallbackService {
 public:
  explicit RemittanceService(rpc::Server& server) : server_(server) {}

  grpc::ServerUnaryReactor* CheckStub(grpc::CallbackServerContext* context,
                                      const v1::CheckStubRequest* request,
                                      v1::Stub* response) override;

 private:
  rpc::Server& server_;
};

}  // namespace reeve::payment
