// The gRPC face of applications for service.
#pragma once

#include "reeve/account/v1/application_service.grpc.pb.h"
#include "services/account/application/application.h"
#include "shared/command/command.h"
#include "shared/db/database.h"
#include "shared/obs/metrics.h"
#include "shared/rpc/server.h"

namespace reeve::account {

class ApplicationService final : public v1::ApplicationService::CallbackService {
 public:
  ApplicationService(rpc::Server& server, command::Frame& frame, db::Database& database,
                     Random& random, obs::Metrics& metrics);

  grpc::ServerUnaryReactor* StartApplication(grpc::CallbackServerContext* context,
                                             const v1::StartApplicationRequest* request,
                                             v1::Application* response) override;
  grpc::ServerUnaryReactor* RecordDocument(grpc::CallbackServerContext* context,
                                           const v1::RecordDocumentRequest* request,
                                           v1::Application* response) override;
  grpc::ServerUnaryReactor* RecordReference(grpc::CallbackServerContext* context,
                                            const v1::RecordReferenceRequest* request,
                                            v1::Application* response) override;
  grpc::ServerUnaryReactor* GetApplication(grpc::CallbackServerContext* context,
                                           const v1::GetApplicationRequest* request,
                                           v1::Application* response) override;
  grpc::ServerUnaryReactor* ListApplications(grpc::CallbackServerContext* context,
                                             const v1::ListApplicationsRequest* request,
                                             v1::ListApplicationsResponse* response) override;
  grpc::ServerUnaryReactor* DecideDeposit(grpc::CallbackServerContext* context,
                                          const v1::DecideDepositRequest* request,
                                          v1::Application* response) override;
  grpc::ServerUnaryReactor* AcceptApplication(grpc::CallbackServerContext* context,
                                              const v1::AcceptApplicationRequest* request,
                                              v1::Application* response) override;
  grpc::ServerUnaryReactor* WithdrawApplication(grpc::CallbackServerContext* context,
                                                const v1::WithdrawApplicationRequest* request,
                                                v1::Application* response) override;

 private:
  void Count(command::Change& change, std::string_view kind) {
    change.AfterCommit([&counter = steps_.For(kind)] { counter.Add(); });
  }

  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
  Random& random_;
  obs::CounterByLabel& steps_;
};

}  // namespace reeve::account
