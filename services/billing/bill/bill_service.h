// BillService: the gRPC face of bills and their explanations.
#pragma once

#include "reeve/billing/v1/bill_service.grpc.pb.h"
#include "shared/db/database.h"
#include "shared/rpc/server.h"

namespace reeve::billing::bill {

namespace reason {
inline constexpr Reason kBillUnknown{"BILL_UNKNOWN"};
inline constexpr Reason kAccountUnknown{"ACCOUNT_UNKNOWN"};
inline constexpr Reason kNothingToCompare{"NOTHING_TO_COMPARE"};
}  // namespace reason

class BillService final : public v1::BillService::CallbackService {
 public:
  BillService(rpc::Server& server, db::Database& database) : server_(server), database_(database) {}

  grpc::ServerUnaryReactor* GetBill(grpc::CallbackServerContext* context,
                                    const v1::GetBillRequest* request, v1::Bill* response) override;
  grpc::ServerUnaryReactor* ListBills(grpc::CallbackServerContext* context,
                                      const v1::ListBillsRequest* request,
                                      v1::ListBillsResponse* response) override;
  grpc::ServerUnaryReactor* ExplainBill(grpc::CallbackServerContext* context,
                                        const v1::ExplainBillRequest* request,
                                        v1::BillExplanation* response) override;
  grpc::ServerUnaryReactor* CompareBills(grpc::CallbackServerContext* context,
                                         const v1::CompareBillsRequest* request,
                                         v1::BillComparison* response) override;
  grpc::ServerUnaryReactor* SimulateBill(grpc::CallbackServerContext* context,
                                         const v1::SimulateBillRequest* request,
                                         v1::BillSimulation* response) override;

 private:
  rpc::Server& server_;
  db::Database& database_;
};

}  // namespace reeve::billing::bill
