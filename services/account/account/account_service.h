// The gRPC face of accounts.
#pragma once

#include "reeve/account/v1/account_service.grpc.pb.h"
#include "services/account/account/account.h"
#include "shared/command/command.h"
#include "shared/db/database.h"
#include "shared/obs/metrics.h"
#include "shared/rpc/server.h"

namespace reeve::account {

class AccountService final : public v1::AccountService::CallbackService {
 public:
  AccountService(rpc::Server& server, command::Frame& frame, db::Database& database, Random& random,
                 obs::Metrics& metrics);

  grpc::ServerUnaryReactor* OpenAccount(grpc::CallbackServerContext* context,
                                        const v1::OpenAccountRequest* request,
                                        v1::Account* response) override;
  grpc::ServerUnaryReactor* ImportAccounts(grpc::CallbackServerContext* context,
                                           const v1::ImportAccountsRequest* request,
                                           v1::ImportAccountsResponse* response) override;
  grpc::ServerUnaryReactor* GetAccount(grpc::CallbackServerContext* context,
                                       const v1::GetAccountRequest* request,
                                       v1::Account* response) override;
  grpc::ServerUnaryReactor* ListAccounts(grpc::CallbackServerContext* context,
                                         const v1::ListAccountsRequest* request,
                                         v1::ListAccountsResponse* response) override;
  grpc::ServerUnaryReactor* RequestStop(grpc::CallbackServerContext* context,
                                        const v1::RequestStopRequest* request,
                                        v1::Account* response) override;
  grpc::ServerUnaryReactor* CancelStop(grpc::CallbackServerContext* context,
                                       const v1::CancelStopRequest* request,
                                       v1::Account* response) override;
  grpc::ServerUnaryReactor* CloseAccount(grpc::CallbackServerContext* context,
                                         const v1::CloseAccountRequest* request,
                                         v1::Account* response) override;
  grpc::ServerUnaryReactor* TransferOccupant(grpc::CallbackServerContext* context,
                                             const v1::TransferOccupantRequest* request,
                                             v1::TransferOccupantResponse* response) override;

 private:
  void Count(command::Change& change, std::string_view kind) {
    change.AfterCommit([&counter = changes_.For(kind)] { counter.Add(); });
  }

  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
  Random& random_;
  obs::CounterByLabel& changes_;
};

}  // namespace reeve::account
