// The gRPC face of drawers.
#pragma once

#include "reeve/payment/v1/drawer_service.grpc.pb.h"
#include "services/payment/meters.h"
#include "shared/command/command.h"
#include "shared/rpc/server.h"

namespace reeve::payment {

class DrawerService final : public v1::DrawerService::CallbackService {
 public:
  DrawerService(rpc::Server& server, db::Database& database, command::Frame& frame, Meters& meters)
      : server_(server), database_(database), frame_(frame), meters_(meters) {}

  grpc::ServerUnaryReactor* CreateDrawer(grpc::CallbackServerContext* context,
                                         const v1::CreateDrawerRequest* request,
                                         v1::Drawer* response) override;
  grpc::ServerUnaryReactor* OpenDrawer(grpc::CallbackServerContext* context,
                                       const v1::OpenDrawerRequest* request,
                                       v1::DrawerSession* response) override;
  grpc::ServerUnaryReactor* SubmitCount(grpc::CallbackServerContext* context,
                                        const v1::SubmitCountRequest* request,
                                        v1::DrawerSession* response) override;
  grpc::ServerUnaryReactor* CloseDrawer(grpc::CallbackServerContext* context,
                                        const v1::CloseDrawerRequest* request,
                                        v1::DrawerSession* response) override;
  grpc::ServerUnaryReactor* GetDrawer(grpc::CallbackServerContext* context,
                                      const v1::GetDrawerRequest* request,
                                      v1::Drawer* response) override;
  grpc::ServerUnaryReactor* GetDrawerSession(grpc::CallbackServerContext* context,
                                             const v1::GetDrawerSessionRequest* request,
                                             v1::DrawerSession* response) override;

 private:
  rpc::Server& server_;
  db::Database& database_;
  command::Frame& frame_;
  Meters& meters_;
};

}  // namespace reeve::payment
