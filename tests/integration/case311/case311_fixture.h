// case311 in one process, on a database of its own, with the clock on a Monday afternoon.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "services/case311/case/case_service.h"
#include "services/case311/case_import/case_import_service.h"
#include "services/case311/case_type/case_type_service.h"
#include "services/case311/interaction/interaction_service.h"
#include "services/case311/migrations.h"
#include "services/case311/statistics/statistics_service.h"
#include "services/case311/verify/verify_store.h"
#include "shared/process/system_seams.h"
#include "shared/testing/fake_clock.h"
#include "shared/testing/in_process_server.h"
#include "shared/testing/temporary_database.h"

namespace reeve::case311 {

class Case311 : public ::testing::TestWithParam<db::Engine> {
 protected:
  Case311() {
    process::Service& service = server_.service();
    service.Register(interactions_);
    service.Register(case_types_);
    service.Register(cases_);
    service.Register(imports_);
    service.Register(statistics_);
    service.AddCheck(CheckBooks);
    server_.Start();
  }

  // A request id of 16 characters or more.
  static std::string Key(const std::string& name) { return "request-id-of-" + name; }

  // Calls Rpc(stub of Service) as the holder of `token`.
  template <class Service, class Method, class Request, class Response>
  grpc::Status Send(Method method, const std::string& token, const Request& request,
                    Response* response) {
    const auto stub = server_.Stub<Service>();
    const auto context = testing::InProcessServer::Context(token);
    return ((*stub).*method)(context.get(), request, response);
  }

  template <class Request>
  Result<v1::Case> Change(grpc::Status (v1::CaseService::Stub::*method)(grpc::ClientContext*,
                                                                        const Request&, v1::Case*),
                          const Request& request, const std::string& token) {
    v1::Case answer;
    const grpc::Status status = Send<v1::CaseService>(method, token, request, &answer);
    if (status.ok()) return answer;
    return rpc::FromStatus(status);
  }

  v1::CaseType SetPothole(bool confidential = false) {
    v1::SetCaseTypeRequest request;
    v1::CaseType& type = *request.mutable_case_type();
    type.set_case_type_code(confidential ? "THEFT" : "POTHOLE");
    type.set_name(confidential ? "Report of theft" : "Pothole");
    type.set_department("STREETS");
    type.set_service_level_minutes(3 * 540);
    type.set_confidential(confidential);
    v1::Route& route = *type.add_routes();
    route.set_district(4);
    route.set_department("STREETS_WEST");
    request.set_request_id(Key("set-" + type.case_type_code()));
    v1::CaseType answer;
    const grpc::Status status = Send<v1::CaseTypeService>(&v1::CaseTypeService::Stub::SetCaseType,
                                                          office_, request, &answer);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return answer;
  }

  v1::OpenCaseRequest Opening(const std::string& name) const {
    v1::OpenCaseRequest request;
    request.set_case_type_code("POTHOLE");
    request.set_address("100 W Center St");
    request.set_district(4);
    request.set_description("Deep hole in the right lane");
    request.set_channel(v1::CHANNEL_PHONE);
    request.set_request_id(Key(name));
    return request;
  }
  v1::Case Open(const std::string& name) {
    return Change(&v1::CaseService::Stub::OpenCase, Opening(name), clerk_).value();
  }
  template <class Request>
  static Request For(const v1::Case& record, const std::string& name) {
    Request request;
    request.set_case_id(record.case_id());
    request.set_request_id(Key(name));
    return request;
  }
  v1::Case Resolved(const std::string& name, const std::string& note = "Filled.") {
    const v1::Case record = Open(name);
    EXPECT_TRUE(Change(&v1::CaseService::Stub::AcceptCase,
                       For<v1::AcceptCaseRequest>(record, name + "-accept"), crew_)
                    .ok());
    auto resolve = For<v1::ResolveCaseRequest>(record, name + "-resolve");
    resolve.set_status_note(note);
    return Change(&v1::CaseService::Stub::ResolveCase, resolve, crew_).value();
  }
  Result<v1::PublicCase> PublicView(std::int64_t case_id) {
    v1::GetPublicCaseRequest request;
    request.set_case_id(case_id);
    v1::PublicCase answer;
    const grpc::Status status =
        Send<v1::CaseService>(&v1::CaseService::Stub::GetPublicCase, clerk_, request, &answer);
    if (status.ok()) return answer;
    return rpc::FromStatus(status);
  }

  process::SystemClock machine_clock_;
  testing::FakeClock clock_{"2026-11-23T13:00:00-07:00"};
  testing::TemporaryDatabase database_ =
      testing::TemporaryDatabase::Create(GetParam(), {}, machine_clock_);
  testing::InProcessServer server_{"case311", *database_, Migrations(), &clock_};
  InteractionService interactions_{server_.service().server(), server_.service().frame(),
                                   *database_, server_.service().metrics()};
  CaseTypeService case_types_{server_.service().server(), server_.service().frame(), *database_};
  CaseService cases_{server_.service().server(), server_.service().frame(), *database_,
                     server_.service().calendar(), server_.service().metrics()};
  CaseImportService imports_{server_.service().server(), server_.service().frame()};
  StatisticsService statistics_{server_.service().server(), *database_};
  const std::string clerk_ = server_.SignIn(
      PersonId(7), {"interaction.log", "interaction.get", "case.open", "case.close", "case.reopen",
                    "case.note", "case.get", "case.get_public", "case_type.get"});
  const std::string crew_ = server_.SignIn(
      PersonId(21), {"case.accept", "case.resolve", "case.route", "case.note", "case.get"});
  const std::string office_ =
      server_.SignIn(PersonId(9), {"case_type.set", "case_type.get", "case.import",
                                   "statistics.get", "case.get", "verify.run"});
};

}  // namespace reeve::case311
