// MeterService: the gRPC face of meters and their exchange.
#pragma once

#include "reeve/billing/v1/meter_service.grpc.pb.h"
#include "shared/command/command.h"
#include "shared/rpc/server.h"

namespace reeve::billing::meter {

namespace reason {
inline constexpr Reason kMeterNotInPlace{"METER_NOT_IN_PLACE"};
inline constexpr Reason kMeterInUse{"METER_IN_USE"};
inline constexpr Reason kNotExchanged{"NOT_EXCHANGED"};
inline constexpr Reason kExchangeBilled{"EXCHANGE_BILLED"};
}  // namespace reason

class MeterService final : public v1::MeterService::CallbackService {
 public:
  MeterService(rpc::Server& server, command::Frame& frame, db::Database& database)
      : server_(server), frame_(frame), database_(database) {}

  grpc::ServerUnaryReactor* ExchangeMeter(grpc::CallbackServerContext* context,
                                          const v1::ExchangeMeterRequest* request,
                                          v1::MeterInstallation* response) override;
  grpc::ServerUnaryReactor* ReverseExchange(grpc::CallbackServerContext* context,
                                            const v1::ReverseExchangeRequest* request,
                                            v1::MeterInstallation* response) override;
  grpc::ServerUnaryReactor* ListInstallations(grpc::CallbackServerContext* context,
                                              const v1::ListInstallationsRequest* request,
                                              v1::ListInstallationsResponse* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
};

}  // namespace reeve::billing::meter
