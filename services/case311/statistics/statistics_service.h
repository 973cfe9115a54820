// The gRPC face of the figures.
#pragma once

#include "reeve/case311/v1/statistics_service.grpc.pb.h"
#include "shared/db/database.h"
#include "shared/rpc/server.h"

namespace reeve::case311 {

namespace reason {
inline constexpr Reason kPeriodTooLarge{"PERIOD_TOO_LARGE"};  // RESOURCE_EXHAUSTED
}  // namespace reason

class StatisticsService final : public v1::StatisticsService::CallbackService {
 public:
  StatisticsService(rpc::Server& server, db::Database& database)
      : server_(server), database_(database) {}

  grpc::ServerUnaryReactor* GetCaseStatistics(grpc::CallbackServerContext* context,
                                              const v1::GetCaseStatisticsRequest* request,
                                              v1::CaseStatistics* response) override;
  grpc::ServerUnaryReactor* GetServiceLevels(grpc::CallbackServerContext* context,
                                             const v1::GetServiceLevelsRequest* request,
                                             v1::ServiceLevels* response) override;

 private:
  rpc::Server& server_;
  db::Database& database_;
};

}  // namespace reeve::case311
