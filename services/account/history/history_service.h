// The gRPC face of payment history.
#pragma once

#include "reeve/account/v1/history_service.grpc.pb.h"
#include "services/account/history/history.h"
#include "services/account/ids.h"
#include "shared/command/command.h"
#include "shared/db/database.h"
#include "shared/rpc/server.h"

namespace reeve::account {

v1::PaymentHistory HistoryOf(db::Transaction& tx, CustomerId customer, Date today);

class HistoryService final : public v1::HistoryService::CallbackService {
 public:
  HistoryService(rpc::Server& server, command::Frame& frame, db::Database& database)
      : server_(server), frame_(frame), database_(database) {}

  grpc::ServerUnaryReactor* GetPaymentHistory(grpc::CallbackServerContext* context,
                                              const v1::GetPaymentHistoryRequest* request,
                                              v1::PaymentHistory* response) override;
  grpc::ServerUnaryReactor* ExcuseLatePayment(grpc::CallbackServerContext* context,
                                              const v1::ExcuseLatePaymentRequest* request,
                                              v1::PaymentFact* response) override;
  grpc::ServerUnaryReactor* ListUnplacedEvents(grpc::CallbackServerContext* context,
                                               const v1::ListUnplacedEventsRequest* request,
                                               v1::ListUnplacedEventsResponse* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
};

}  // namespace reeve::account
