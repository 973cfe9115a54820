// ParcelService: the gRPC face of land records and of what is not as in them.
#pragma once

#include "reeve/billing/v1/parcel_service.grpc.pb.h"
#include "shared/command/command.h"
#include "shared/rpc/server.h"

namespace reeve::billing::parcel {

namespace reason {
inline constexpr Reason kParcelsLoaded{"PARCELS_LOADED"};
inline constexpr Reason kRunCalculating{"RUN_CALCULATING"};
inline constexpr Reason kParcelUnknown{"PARCEL_UNKNOWN"};
}  // namespace reason

class ParcelService final : public v1::ParcelService::CallbackService {
 public:
  ParcelService(rpc::Server& server, command::Frame& frame, db::Database& database)
      : server_(server), frame_(frame), database_(database) {}

  grpc::ServerUnaryReactor* CheckParcels(grpc::CallbackServerContext* context,
                                         const v1::CheckParcelsRequest* request,
                                         v1::CheckParcelsResponse* response) override;
  grpc::ServerUnaryReactor* LoadParcels(grpc::CallbackServerContext* context,
                                        const v1::LoadParcelsRequest* request,
                                        v1::ParcelFile* response) override;
  grpc::ServerUnaryReactor* ListParcelFiles(grpc::CallbackServerContext* context,
                                            const v1::ListParcelFilesRequest* request,
                                            v1::ListParcelFilesResponse* response) override;
  grpc::ServerUnaryReactor* GetParcel(grpc::CallbackServerContext* context,
                                      const v1::GetParcelRequest* request,
                                      v1::Parcel* response) override;
  grpc::ServerUnaryReactor* ListParcelDifferences(
      grpc::CallbackServerContext* context, const v1::ListParcelDifferencesRequest* request,
      v1::ListParcelDifferencesResponse* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
};

}  // namespace reeve::billing::parcel
