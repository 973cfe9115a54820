// RateService: the gRPC face of rate schedules.
#pragma once

#include "reeve/billing/v1/rate_service.grpc.pb.h"
#include "shared/command/command.h"
#include "shared/rpc/server.h"

namespace reeve::billing::rate {

namespace reason {
inline constexpr Reason kScheduleExists{"SCHEDULE_EXISTS"};
inline constexpr Reason kScheduleChangesService{"SCHEDULE_CHANGES_SERVICE"};
}  // namespace reason

class RateService final : public v1::RateService::CallbackService {
 public:
  RateService(rpc::Server& server, command::Frame& frame, db::Database& database)
      : server_(server), frame_(frame), database_(database) {}

  grpc::ServerUnaryReactor* LoadSchedule(grpc::CallbackServerContext* context,
                                         const v1::LoadScheduleRequest* request,
                                         v1::RateSchedule* response) override;
  grpc::ServerUnaryReactor* ConvertUrdb(grpc::CallbackServerContext* context,
                                        const v1::ConvertUrdbRequest* request,
                                        v1::ConvertedUrdb* response) override;
  grpc::ServerUnaryReactor* GetFee(grpc::CallbackServerContext* context,
                                   const v1::GetFeeRequest* request, v1::Fee* response) override;
  grpc::ServerUnaryReactor* ListSchedules(grpc::CallbackServerContext* context,
                                          const v1::ListSchedulesRequest* request,
                                          v1::ListSchedulesResponse* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
};

}  // namespace reeve::billing::rate
