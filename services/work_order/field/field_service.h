// The gRPC face of the technician's steps.
#pragma once

#include "reeve/work_order/v1/field_service.grpc.pb.h"
#include "services/work_order/field/shutoff_gate_client.h"
#include "services/work_order/order/order_changes_service.h"
#include "shared/rpc/server.h"

namespace reeve::work_order {

class FieldService final : public v1::FieldService::CallbackService {
 public:
  FieldService(rpc::Server& server, OrderChanges& orders, ShutoffGate& gate)
      : server_(server), orders_(orders), gate_(gate) {}

  grpc::ServerUnaryReactor* AcceptOrder(grpc::CallbackServerContext* context,
                                        const v1::AcceptOrderRequest* request,
                                        v1::Order* response) override;
  grpc::ServerUnaryReactor* StartTravel(grpc::CallbackServerContext* context,
                                        const v1::StartTravelRequest* request,
                                        v1::Order* response) override;
  grpc::ServerUnaryReactor* Arrive(grpc::CallbackServerContext* context,
                                   const v1::ArriveRequest* request, v1::Order* response) override;
  grpc::ServerUnaryReactor* StartWork(grpc::CallbackServerContext* context,
                                      const v1::StartWorkRequest* request,
                                      v1::Order* response) override;
  grpc::ServerUnaryReactor* SuspendWork(grpc::CallbackServerContext* context,
                                        const v1::SuspendWorkRequest* request,
                                        v1::Order* response) override;
  grpc::ServerUnaryReactor* CompleteOrder(grpc::CallbackServerContext* context,
                                          const v1::CompleteOrderRequest* request,
                                          v1::Order* response) override;
  grpc::ServerUnaryReactor* ReportNotDone(grpc::CallbackServerContext* context,
                                          const v1::ReportNotDoneRequest* request,
                                          v1::Order* response) override;
  grpc::ServerUnaryReactor* AcknowledgeRecall(grpc::CallbackServerContext* context,
                                              const v1::AcknowledgeRecallRequest* request,
                                              v1::Order* response) override;

 private:
  rpc::Server& server_;
  OrderChanges& orders_;
  ShutoffGate& gate_;
};

}  // namespace reeve::work_order
