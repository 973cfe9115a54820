// The gRPC face of slots and appointments.
#pragma once

#include "reeve/work_order/v1/appointment_service.grpc.pb.h"
#include "services/work_order/order/order_changes_service.h"
#include "shared/rpc/server.h"

namespace reeve::work_order {

class AppointmentService final : public v1::AppointmentService::CallbackService {
 public:
  AppointmentService(rpc::Server& server, db::Database& database, OrderChanges& orders,
                     Random& random, const TimeZone& zone)
      : server_(server), database_(database), orders_(orders), random_(random), zone_(zone) {}

  grpc::ServerUnaryReactor* OpenSlot(grpc::CallbackServerContext* context,
                                     const v1::OpenSlotRequest* request,
                                     v1::Slot* response) override;
  grpc::ServerUnaryReactor* ListSlots(grpc::CallbackServerContext* context,
                                      const v1::ListSlotsRequest* request,
                                      v1::ListSlotsResponse* response) override;
  grpc::ServerUnaryReactor* HoldAppointment(grpc::CallbackServerContext* context,
                                            const v1::HoldAppointmentRequest* request,
                                            v1::Appointment* response) override;
  grpc::ServerUnaryReactor* ConfirmAppointment(grpc::CallbackServerContext* context,
                                               const v1::ConfirmAppointmentRequest* request,
                                               v1::Appointment* response) override;

 private:
  rpc::Server& server_;
  db::Database& database_;
  OrderChanges& orders_;
  Random& random_;
  const TimeZone& zone_;
};

}  // namespace reeve::work_order
