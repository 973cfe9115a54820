// parcel: what the city's land records say, and who is billed by other facts.
#include <fstream>
#include <iterator>

#include "reeve/billing/v1/parcel_service.pb.h"
#include "services/reevectl/commands/line_parts.h"
#include "services/reevectl/commands/noun.h"
#include "shared/core/canonical.h"

namespace reeve::reevectl {
namespace {

namespace pb = billing::v1;

constexpr std::int64_t kLinesMax = 1'000;  // of one part, as LoadParcels says

void ShowFile(Screen& screen, const pb::ParcelFile& file) {
  const std::string state = file.complete_no() == 0
                                ? "parts are missing"
                                : "number " + std::to_string(file.complete_no());
  screen.Line("Land records " + std::to_string(file.file_id()) + ", " + file.file_name() + ": " +
              std::to_string(file.place_count()) + " places, loaded on " + file.loaded_date() +
              " by " + screen.Person(file.loaded_by_person_id()) + ", " + state);
}

void ShowFiles(Screen& screen, const pb::ListParcelFilesResponse& files) {
  for (const pb::ParcelFile& file : files.files()) ShowFile(screen, file);
}

void ShowParcel(Screen& screen, const pb::Parcel& parcel) {
  screen.Line("Place " + std::to_string(parcel.premise_id()) + ", parcel " +
              parcel.parcel_number());
  const auto pair = [&](const std::string& name, const std::string& value) {
    if (!value.empty()) screen.Pair(name, value, 2);
  };
  pair("land use", parcel.land_use());
  pair("dwellings", parcel.dwelling_units());
  pair("city limits", parcel.city_limits());
  pair("ESU", parcel.esu());
  pair("carts", parcel.carts());
  for (const std::string& size : parcel.meter_sizes()) pair("meter", size);
  for (const std::string& service : parcel.exempt_services()) pair("exempt", service);
}

void ShowDifferences(Screen& screen, const pb::ListParcelDifferencesResponse& response) {
  for (const pb::ParcelDifference& one : response.differences()) {
    const std::string about = "Account " + std::to_string(one.account_id()) + ", " + one.service() +
                              " " + one.basis() + ": billed " + one.billed() +
                              ", the land records have " + one.expected();
    if (one.at_stake_known()) {
      screen.Amount(about, one.at_stake_cents());
    } else {
      screen.Line(about);
    }
  }
}

// Everything that is wrong with the file, before any of it is loaded.
Result<> Check(Desk& desk, const std::vector<LinePart>& parts) {
  std::vector<FieldViolation> violations;
  for (const LinePart& part : parts) {
    pb::CheckParcelsRequest request;
    request.set_first_line(part.first_line);
    request.set_lines(part.lines);
    REEVE_ASSIGN_OR_RETURN(const auto answer,
                           desk.Send<pb::CheckParcelsResponse>(
                               "reeve.billing.v1.ParcelService/CheckParcels", request));
    for (const pb::ParcelProblem& problem : answer.problems()) {
      violations.push_back(
          {"line " + std::to_string(problem.line()) + ", " + problem.field(), problem.reason()});
    }
  }
  if (violations.empty()) return Ok();
  return InvalidArgument(std::move(violations));
}

Result<pb::ParcelFile> Load(Desk& desk, const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  REEVE_ASSIGN_OR_RETURN(const std::vector<LinePart> parts, PartsOf(text, kLinesMax));
  REEVE_RETURN_IF_ERROR(Check(desk, parts));
  pb::LoadParcelsRequest request;
  request.set_file_name(path.substr(path.rfind('/') + 1));
  request.set_file_sha256(Sha256(text));
  pb::ParcelFile file;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    request.set_request_id(desk.NewRequestId());
    request.set_first_line(parts[i].first_line);
    request.set_lines(parts[i].lines);
    request.set_last_part(i + 1 == parts.size());
    REEVE_ASSIGN_OR_RETURN(
        file, desk.Send<pb::ParcelFile>("reeve.billing.v1.ParcelService/LoadParcels", request));
  }
  return file;
}

}  // namespace

Noun Parcels() {
  return {"parcel",
          "What the city's land records say of its places.",
          {{"list",
            "The files of land records, the one in force first.",
            "reeve.billing.v1.ParcelService/ListParcelFiles",
            {{"--page-token", "page_token", "Token of the next page"}},
            As(ShowFiles)},
           {"show",
            "What they say of a place.",
            "reeve.billing.v1.ParcelService/GetParcel",
            {{"--place", "premise_id", "Number of the place", kRequired}},
            As(ShowParcel)},
           {"differences",
            "Who of a run is billed by other facts.",
            "reeve.billing.v1.ParcelService/ListParcelDifferences",
            {{"--run", "cycle_id", "Number of the run", kRequired},
             {"--page-token", "page_token", "Token of the next page"}},
            As(ShowDifferences)}}};
}

void AddParcelLoad(CLI::App& parcels, Session& session) {
  auto path = std::make_shared<std::string>();
  auto* load = parcels.add_subcommand(
      "load", "Loads a file of land records, once nothing is wrong with any of its lines.");
  load->add_option("file", *path, "CSV")->required()->check(CLI::ExistingFile);
  load->callback([&session, path] { Finish(session, Load(session.desk(), *path), As(ShowFile)); });
}

}  // namespace reeve::reevectl
