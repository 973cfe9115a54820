// The gRPC face of bank deposits.
#pragma once

#include "reeve/payment/v1/bank_deposit_service.grpc.pb.h"
#include "services/payment/meters.h"
#include "shared/command/command.h"
#include "shared/core/seams.h"
#include "shared/rpc/server.h"

namespace reeve::payment {

class BankDepositService final : public v1::BankDepositService::CallbackService {
 public:
  BankDepositService(rpc::Server& server, db::Database& database, command::Frame& frame,
                     Random& random, Meters& meters)
      : server_(server), database_(database), frame_(frame), random_(random), meters_(meters) {}

  grpc::ServerUnaryReactor* GetDepositDue(grpc::CallbackServerContext* context,
                                          const v1::GetDepositDueRequest* request,
                                          v1::DepositDue* response) override;
  grpc::ServerUnaryReactor* PrepareBankDeposit(grpc::CallbackServerContext* context,
                                               const v1::PrepareBankDepositRequest* request,
                                               v1::BankDeposit* response) override;
  grpc::ServerUnaryReactor* AcceptCheckDifference(grpc::CallbackServerContext* context,
                                                  const v1::AcceptCheckDifferenceRequest* request,
                                                  v1::CheckDifference* response) override;
  grpc::ServerUnaryReactor* CarryBankDeposit(grpc::CallbackServerContext* context,
                                             const v1::CarryBankDepositRequest* request,
                                             v1::BankDeposit* response) override;
  grpc::ServerUnaryReactor* GetBankDeposit(grpc::CallbackServerContext* context,
                                           const v1::GetBankDepositRequest* request,
                                           v1::BankDeposit* response) override;

 private:
  rpc::Server& server_;
  db::Database& database_;
  command::Frame& frame_;
  Random& random_;
  Meters& meters_;
};

// Shows the age of undeposited takings also while nothing happens: now, and every minute. The
// objects outlive the executor.
void FollowUndeposited(db::Database& database, Executor& executor, Meters& meters);

}  // namespace reeve::payment
