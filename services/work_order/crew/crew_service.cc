#include "services/work_order/crew/crew_service.h"

#include <algorithm>
#include <limits>

#include "services/work_order/crew/crew_store.h"
#include "shared/core/fields.h"

namespace reeve::work_order {
namespace {

constexpr std::int64_t kCrewNumberMax = 9'999;
constexpr int kTechniciansMax = 20;

struct SaveCrewCommand {
  static constexpr std::string_view kMethod = "reeve.work_order.v1.CrewService/SaveCrew";
  std::string request_id;
  Crew crew;
  std::int64_t home() const { return crew.id.value(); }
  Canonical canonical() const {
    Canonical canonical("SaveCrew", 1);
    canonical.Add("crew", crew.id.value())
        .Add("name", crew.name)
        .Add("lead", crew.lead.value())
        .Add("version", crew.version)
        .List("technicians", crew.technicians.size());
    for (const PersonId technician : crew.technicians) {
      canonical.Add("technician", technician.value());
    }
    return canonical;
  }
};

Result<SaveCrewCommand> Parse(const v1::SaveCrewRequest& request) {
  Fields fields;
  SaveCrewCommand command;
  command.request_id = fields.RequestId(request.request_id());
  Crew& crew = command.crew;
  crew.id = CrewId(fields.Range("crew.crew_id", request.crew().crew_id(), 1, kCrewNumberMax));
  crew.name = fields.Text("crew.name", request.crew().name(), 1, 60);
  crew.lead = PersonId(fields.Id("crew.lead_technician_id", request.crew().lead_technician_id()));
  crew.version = fields.Range("crew.version", request.crew().version(), 0,
                              std::numeric_limits<std::int64_t>::max());
  const int count = request.crew().technician_ids_size();
  fields.Range("crew.technician_ids", count, 1, kTechniciansMax);
  for (int i = 0; i < std::min<int>(count, kTechniciansMax); ++i) {
    crew.technicians.emplace_back(fields.Id("crew.technician_ids[" + std::to_string(i) + "]",
                                            request.crew().technician_ids(i)));
  }
  std::ranges::sort(crew.technicians);
  if (std::ranges::adjacent_find(crew.technicians) != crew.technicians.end()) {
    fields.Refuse("crew.technician_ids", "names somebody twice");
  }
  if (!std::ranges::binary_search(crew.technicians, crew.lead)) {
    fields.Refuse("crew.technician_ids", "lacks the lead");
  }
  if (!fields.ok()) return fields.error();
  return command;
}

v1::Crew ToWire(const Crew& crew) {
  v1::Crew wire;
  wire.set_crew_id(crew.id.value());
  wire.set_name(crew.name);
  wire.set_lead_technician_id(crew.lead.value());
  for (const PersonId technician : crew.technicians) wire.add_technician_ids(technician.value());
  wire.set_version(crew.version);
  return wire;
}

}  // namespace

grpc::ServerUnaryReactor* CrewService::SaveCrew(grpc::CallbackServerContext* context,
                                                const v1::SaveCrewRequest* request,
                                                v1::Crew* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::SaveCrewRequest& request) -> Result<v1::Crew> {
        REEVE_ASSIGN_OR_RETURN(const SaveCrewCommand command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::Crew> {
          const std::int64_t on_file = LockCrewVersion(change.tx(), command.crew.id);
          const std::optional<Crew> before = FindCrew(change.tx(), command.crew.id);
          REEVE_ASSIGN_OR_RETURN(const Crew saved, Replace(on_file, command.crew));
          work_order::SaveCrew(change.tx(), saved);
          change.Audit({"crew", saved.id.ToString(), "save", before ? AuditText(*before) : "",
                        AuditText(saved)});
          return ToWire(saved);
        });
      });
}

grpc::ServerUnaryReactor* CrewService::ListCrews(grpc::CallbackServerContext* context,
                                                 const v1::ListCrewsRequest* request,
                                                 v1::ListCrewsResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::ListCrewsRequest&) -> Result<v1::ListCrewsResponse> {
        return database_.ReadResult(call.deadline,
                                    [](db::Transaction& tx) -> Result<v1::ListCrewsResponse> {
                                      v1::ListCrewsResponse response;
                                      for (const Crew& crew : work_order::ListCrews(tx)) {
                                        *response.add_crews() = ToWire(crew);
                                      }
                                      return response;
                                    });
      });
}

}  // namespace reeve::work_order
