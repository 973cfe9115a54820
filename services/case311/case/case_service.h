// The gRPC face of cases.
#pragma once

#include "reeve/case311/v1/case_service.grpc.pb.h"
#include "services/case311/case/case.h"
#include "shared/command/command.h"
#include "shared/core/calendar.h"
#include "shared/db/database.h"
#include "shared/obs/metrics.h"
#include "shared/rpc/server.h"

namespace reeve::case311 {

class CaseService final : public v1::CaseService::CallbackService {
 public:
  CaseService(rpc::Server& server, command::Frame& frame, db::Database& database,
              const BusinessCalendar& calendar, obs::Metrics& metrics);

  grpc::ServerUnaryReactor* OpenCase(grpc::CallbackServerContext* context,
                                     const v1::OpenCaseRequest* request,
                                     v1::Case* response) override;
  grpc::ServerUnaryReactor* RouteCase(grpc::CallbackServerContext* context,
                                      const v1::RouteCaseRequest* request,
                                      v1::Case* response) override;
  grpc::ServerUnaryReactor* AcceptCase(grpc::CallbackServerContext* context,
                                       const v1::AcceptCaseRequest* request,
                                       v1::Case* response) override;
  grpc::ServerUnaryReactor* ResolveCase(grpc::CallbackServerContext* context,
                                        const v1::ResolveCaseRequest* request,
                                        v1::Case* response) override;
  grpc::ServerUnaryReactor* ReopenCase(grpc::CallbackServerContext* context,
                                       const v1::ReopenCaseRequest* request,
                                       v1::Case* response) override;
  grpc::ServerUnaryReactor* CloseCase(grpc::CallbackServerContext* context,
                                      const v1::CloseCaseRequest* request,
                                      v1::Case* response) override;
  grpc::ServerUnaryReactor* AddCaseNote(grpc::CallbackServerContext* context,
                                        const v1::AddCaseNoteRequest* request,
                                        v1::Case* response) override;
  grpc::ServerUnaryReactor* GetCase(grpc::CallbackServerContext* context,
                                    const v1::GetCaseRequest* request, v1::Case* response) override;
  grpc::ServerUnaryReactor* GetPublicCase(grpc::CallbackServerContext* context,
                                          const v1::GetPublicCaseRequest* request,
                                          v1::PublicCase* response) override;
  grpc::ServerUnaryReactor* ListCases(grpc::CallbackServerContext* context,
                                      const v1::ListCasesRequest* request,
                                      v1::ListCasesResponse* response) override;
  grpc::ServerUnaryReactor* ListCaseHistory(grpc::CallbackServerContext* context,
                                            const v1::ListCaseHistoryRequest* request,
                                            v1::ListCaseHistoryResponse* response) override;

 private:
  // A change of one case: parse, lock, apply the rule, save, record, count.
  template <class Request>
  grpc::ServerUnaryReactor* HandleChange(grpc::CallbackServerContext* context,
                                         const Request* request, v1::Case* response);
  Result<v1::Case> Open(const Call& call, const case311::OpenCase& command);
  // `was_closed`: for its caller, before the change.
  void Count(const Changed& changed, bool was_closed);

  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
  const BusinessCalendar& calendar_;
  obs::CounterByLabel& opened_;
  obs::CounterByLabel& moves_;
  obs::CounterByLabel& outcomes_;
  obs::CounterByLabel& service_levels_;
  obs::Histogram& resolution_seconds_;
};

}  // namespace reeve::case311
