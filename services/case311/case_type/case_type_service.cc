#include "services/case311/case_type/case_type_service.h"

#include <algorithm>
#include <limits>

#include "services/case311/case_type/case_type.h"
#include "services/case311/case_type/case_type_store.h"
#include "services/case311/wire.h"
#include "shared/core/fields.h"

namespace reeve::case311 {
namespace {

constexpr int kRoutesMax = 99;
constexpr std::int64_t kServiceLevelMax = 100'000;

std::vector<Route> ParseRoutes(Fields& fields, const v1::CaseType& type) {
  if (type.routes_size() > kRoutesMax) {
    fields.Refuse("case_type.routes", "has more than 99 elements");
    return {};
  }
  std::vector<Route> routes;
  for (int i = 0; i < type.routes_size(); ++i) {
    const std::string path = "case_type.routes[" + std::to_string(i) + "]";
    const v1::Route& route = type.routes(i);
    routes.push_back({fields.Range(path + ".district", route.district(), 1, 99),
                      Code(fields, path + ".department", route.department())});
  }
  std::sort(routes.begin(), routes.end(),
            [](const Route& a, const Route& b) { return a.district < b.district; });
  const auto same_district = [](const Route& a, const Route& b) {
    return a.district == b.district;
  };
  if (std::adjacent_find(routes.begin(), routes.end(), same_district) != routes.end())
    fields.Refuse("case_type.routes", "names a district twice");
  return routes;
}

Result<SetCaseType> Parse(const v1::SetCaseTypeRequest& request) {
  const v1::CaseType& type = request.case_type();
  Fields fields;
  SetCaseType command{.request_id = fields.RequestId(request.request_id())};
  command.type = {
      .code = Code(fields, "case_type.case_type_code", type.case_type_code()),
      .name = fields.Text("case_type.name", type.name(), 1, 100),
      .department = Code(fields, "case_type.department", type.department()),
      .service_level_minutes = fields.Range("case_type.service_level_minutes",
                                            type.service_level_minutes(), 0, kServiceLevelMax),
      .confidential = type.confidential(),
      .routes = ParseRoutes(fields, type),
      .version = fields.Range("case_type.version", type.version(), 0,
                              std::numeric_limits<std::int64_t>::max() - 1),
  };
  if (!fields.ok()) return fields.error();
  return command;
}

v1::CaseType ToProto(const CaseType& type) {
  v1::CaseType message;
  message.set_case_type_code(type.code);
  message.set_name(type.name);
  message.set_department(type.department);
  message.set_service_level_minutes(type.service_level_minutes);
  message.set_confidential(type.confidential);
  for (const Route& route : type.routes) {
    v1::Route& added = *message.add_routes();
    added.set_district(route.district);
    added.set_department(route.department);
  }
  message.set_version(type.version);
  return message;
}

}  // namespace

grpc::ServerUnaryReactor* CaseTypeService::SetCaseType(grpc::CallbackServerContext* context,
                                                       const v1::SetCaseTypeRequest* request,
                                                       v1::CaseType* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::SetCaseTypeRequest& request) -> Result<v1::CaseType> {
        REEVE_ASSIGN_OR_RETURN(const case311::SetCaseType command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::CaseType> {
          const std::optional<CaseType> current =
              FindCaseTypeForUpdate(change.tx(), command.type.code);
          REEVE_ASSIGN_OR_RETURN(const CaseType stored, Apply(current, command));
          SaveCaseType(change.tx(), stored);
          change.Audit({.entity = "case-type",
                        .entity_id = stored.code,
                        .action = current ? "change" : "add",
                        .before = current ? "digest=" + Digest(*current) : "",
                        .after = "digest=" + Digest(stored)});
          return ToProto(stored);
        });
      });
}

grpc::ServerUnaryReactor* CaseTypeService::GetCaseType(grpc::CallbackServerContext* context,
                                                       const v1::GetCaseTypeRequest* request,
                                                       v1::CaseType* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::GetCaseTypeRequest& request) -> Result<v1::CaseType> {
        Fields fields;
        const std::string code = Code(fields, "case_type_code", request.case_type_code());
        if (!fields.ok()) return fields.error();
        REEVE_ASSIGN_OR_RETURN(const CaseType type,
                               database_.ReadResult(call.deadline, [&](db::Transaction& tx) {
                                 return FindCaseType(tx, code);
                               }));
        return ToProto(type);
      });
}

grpc::ServerUnaryReactor* CaseTypeService::ListCaseTypes(grpc::CallbackServerContext* context,
                                                         const v1::ListCaseTypesRequest* request,
                                                         v1::ListCaseTypesResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListCaseTypesRequest&) -> Result<v1::ListCaseTypesResponse> {
        v1::ListCaseTypesResponse answer;
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          answer.clear_case_types();
          for (const CaseType& type : case311::ListCaseTypes(tx))
            *answer.add_case_types() = ToProto(type);
        });
        return answer;
      });
}

}  // namespace reeve::case311
