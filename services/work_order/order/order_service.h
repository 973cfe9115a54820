// The gRPC face of orders, for the office.
#pragma once

#include "reeve/work_order/v1/order_service.grpc.pb.h"
#include "services/work_order/order/order_changes_service.h"
#include "shared/rpc/server.h"

namespace reeve::work_order {

class OrderService final : public v1::OrderService::CallbackService {
 public:
  OrderService(rpc::Server& server, db::Database& database, OrderChanges& orders)
      : server_(server), database_(database), orders_(orders) {}

  grpc::ServerUnaryReactor* CreateOrder(grpc::CallbackServerContext* context,
                                        const v1::CreateOrderRequest* request,
                                        v1::Order* response) override;
  grpc::ServerUnaryReactor* ReleaseOrder(grpc::CallbackServerContext* context,
                                         const v1::ReleaseOrderRequest* request,
                                         v1::Order* response) override;
  grpc::ServerUnaryReactor* DispatchOrder(grpc::CallbackServerContext* context,
                                          const v1::DispatchOrderRequest* request,
                                          v1::Order* response) override;
  grpc::ServerUnaryReactor* RecallOrder(grpc::CallbackServerContext* context,
                                        const v1::RecallOrderRequest* request,
                                        v1::Order* response) override;
  grpc::ServerUnaryReactor* CloseOrder(grpc::CallbackServerContext* context,
                                       const v1::CloseOrderRequest* request,
                                       v1::Order* response) override;
  grpc::ServerUnaryReactor* GetOrder(grpc::CallbackServerContext* context,
                                     const v1::GetOrderRequest* request,
                                     v1::Order* response) override;
  grpc::ServerUnaryReactor* ListOrders(grpc::CallbackServerContext* context,
                                       const v1::ListOrdersRequest* request,
                                       v1::ListOrdersResponse* response) override;

 private:
  rpc::Server& server_;
  db::Database& database_;
  OrderChanges& orders_;
};

}  // namespace reeve::work_order
