// LedgerService: the gRPC face of the ledger's reports.
#pragma once

#include "reeve/billing/v1/ledger_service.grpc.pb.h"
#include "shared/db/database.h"
#include "shared/rpc/server.h"

namespace reeve::billing::ledger {

class LedgerService final : public v1::LedgerService::CallbackService {
 public:
  LedgerService(rpc::Server& server, db::Database& database)
      : server_(server), database_(database) {}

  grpc::ServerUnaryReactor* GetTrialBalance(grpc::CallbackServerContext* context,
                                            const v1::GetTrialBalanceRequest* request,
                                            v1::TrialBalance* response) override;
  grpc::ServerUnaryReactor* GetAgedReceivables(grpc::CallbackServerContext* context,
                                               const v1::GetAgedReceivablesRequest* request,
                                               v1::AgedReceivables* response) override;

 private:
  rpc::Server& server_;
  db::Database& database_;
};

}  // namespace reeve::billing::ledger
