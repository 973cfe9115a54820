// rate: rate schedules, and the files that they come from.
#include <fstream>
#include <sstream>

#include "reeve/billing/v1/rate_service.pb.h"
#include "services/reevectl/commands/noun.h"
#include "services/reevectl/form/yaml.h"
#include "shared/core/canonical.h"

namespace reeve::reevectl {
namespace {

namespace pb = billing::v1;

constexpr std::string_view kLoad = "reeve.billing.v1.RateService/LoadSchedule";
constexpr std::string_view kPrefix = "schedule.";  // of the request's fields

// A version of a file, and where it came from.
struct FileVersion {
  std::string file;
  YamlDocument document;

  const pb::RateSchedule& schedule() const {
    return dynamic_cast<const pb::RateSchedule&>(*document.message);
  }
  std::string Place(int line) const { return file + ":" + std::to_string(line) + ":"; }
};

std::vector<FileVersion> ReadFiles(const std::vector<std::string>& paths) {
  std::vector<FileVersion> versions;
  for (const std::string& path : paths) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    for (YamlDocument& document : ReadYaml(text.str(), *pb::RateSchedule::descriptor())) {
      versions.push_back({path.substr(path.rfind('/') + 1), std::move(document)});
    }
  }
  return versions;
}

// The same version of a file is the same effect, so that a file can be loaded again.
pb::LoadScheduleRequest RequestOf(const FileVersion& version) {
  pb::LoadScheduleRequest request;
  *request.mutable_schedule() = version.schedule();
  request.set_request_id("rate-" +
                         HexEncode(Sha256(request.schedule().SerializeAsString())).substr(0, 40));
  return request;
}

// What is wrong with a version: the file's faults, and what billing would refuse. What could not be
// read is not judged as well.
Result<std::vector<FieldViolation>> FaultsOf(Desk& desk, const FileVersion& version) {
  std::vector<FieldViolation> faults;
  for (const YamlFault& fault : version.document.faults) {
    faults.push_back({version.Place(fault.line) + " " + fault.field, fault.reason});
  }
  pb::LoadScheduleRequest request = RequestOf(version);
  request.set_validate_only(true);
  const auto answer = desk.Send<pb::RateSchedule>(kLoad, request);
  if (answer.ok() || answer.error().reason() == "SCHEDULE_EXISTS") return faults;
  if (answer.error().violations().empty()) return answer.error();
  for (const FieldViolation& violation : answer.error().violations()) {
    const std::string field = violation.field.starts_with(kPrefix)
                                  ? violation.field.substr(kPrefix.size())
                                  : violation.field;
    const bool unread = std::any_of(version.document.faults.begin(), version.document.faults.end(),
                                    [&](const YamlFault& fault) {
                                      return fault.field.empty() ||
                                             fault.field.starts_with(field) ||
                                             field.starts_with(fault.field);
                                    });
    if (unread) continue;
    faults.push_back(
        {version.Place(version.document.LineOf(field)) + " " + field, violation.description});
  }
  return faults;
}

// Loads all versions of all files, or, if anything is wrong with any of them, none.
Result<pb::ListSchedulesResponse> LoadFiles(Desk& desk, const std::vector<std::string>& paths) {
  const std::vector<FileVersion> versions = ReadFiles(paths);
  std::vector<FieldViolation> faults;
  for (const FileVersion& version : versions) {
    REEVE_ASSIGN_OR_RETURN(const auto found, FaultsOf(desk, version));
    faults.insert(faults.end(), found.begin(), found.end());
  }
  if (!faults.empty()) return InvalidArgument(std::move(faults));
  pb::ListSchedulesResponse loaded;
  for (const FileVersion& version : versions) {
    pb::LoadScheduleRequest request = RequestOf(version);
    REEVE_ASSIGN_OR_RETURN(*loaded.add_schedules(), desk.Send<pb::RateSchedule>(kLoad, request));
  }
  return loaded;
}

void ShowSchedules(Screen& screen, const pb::ListSchedulesResponse& response) {
  for (const pb::RateSchedule& schedule : response.schedules()) {
    screen.Pair(schedule.code() + " of " + schedule.effective_date(),
                schedule.service() + ", " + schedule.title(), 2);
  }
}

}  // namespace

Noun Rates() {
  return {"rate",
          "Rate schedules.",
          {{"list",
            "The versions that are loaded.",
            "reeve.billing.v1.RateService/ListSchedules",
            {{"--code", "code", "Only this schedule"}},
            As(ShowSchedules)}}};
}

void AddRateLoad(CLI::App& rates, Session& session) {
  auto paths = std::make_shared<std::vector<std::string>>();
  auto* command = rates.add_subcommand(
      "load", "Loads files of rate schedules: all their versions, or none if anything is wrong.");
  command->add_option("files", *paths, "YAML")->required()->check(CLI::ExistingFile);
  command->callback(
      [&session, paths] { Finish(session, LoadFiles(session.desk(), *paths), As(ShowSchedules)); });
}

}  // namespace reeve::reevectl
