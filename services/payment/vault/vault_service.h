// The gRPC face of the vault and of custody.
#pragma once

#include "reeve/payment/v1/vault_service.grpc.pb.h"
#include "services/payment/meters.h"
#include "shared/command/command.h"
#include "shared/core/seams.h"
#include "shared/rpc/server.h"

namespace reeve::payment {

class VaultService final : public v1::VaultService::CallbackService {
 public:
  VaultService(rpc::Server& server, db::Database& database, command::Frame& frame, Random& random,
               Meters& meters)
      : server_(server), database_(database), frame_(frame), random_(random), meters_(meters) {}

  grpc::ServerUnaryReactor* CreateVault(grpc::CallbackServerContext* context,
                                        const v1::CreateVaultRequest* request,
                                        v1::Vault* response) override;
  grpc::ServerUnaryReactor* GetVault(grpc::CallbackServerContext* context,
                                     const v1::GetVaultRequest* request,
                                     v1::Vault* response) override;
  grpc::ServerUnaryReactor* InitiateTransfer(grpc::CallbackServerContext* context,
                                             const v1::InitiateTransferRequest* request,
                                             v1::Transfer* response) override;
  grpc::ServerUnaryReactor* AcceptTransfer(grpc::CallbackServerContext* context,
                                           const v1::AcceptTransferRequest* request,
                                           v1::Transfer* response) override;
  grpc::ServerUnaryReactor* CancelTransfer(grpc::CallbackServerContext* context,
                                           const v1::CancelTransferRequest* request,
                                           v1::Transfer* response) override;
  grpc::ServerUnaryReactor* GetTransfer(grpc::CallbackServerContext* context,
                                        const v1::GetTransferRequest* request,
                                        v1::Transfer* response) override;
  grpc::ServerUnaryReactor* ListPendingTransfers(
      grpc::CallbackServerContext* context, const v1::ListPendingTransfersRequest* request,
      v1::ListPendingTransfersResponse* response) override;

 private:
  rpc::Server& server_;
  db::Database& database_;
  command::Frame& frame_;
  Random& random_;
  Meters& meters_;
};

}  // namespace reeve::payment
