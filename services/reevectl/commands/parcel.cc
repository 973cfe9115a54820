// parcel: what the city's land records say, and who is billed by other facts.
#include "reeve/billing/v1/parcel_service.pb.h"
#include "services/reevectl/commands/line_parts.h"
#include "services/reevectl/commands/noun.h"

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
  for (const std::string& carts : parcel.service_carts()) pair("carts", carts);
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

Result<pb::ParcelFile> Load(Desk& desk, const std::string& path) {
  return LoadChecked<pb::CheckParcelsRequest, pb::CheckParcelsResponse, pb::ParcelFile>(
      desk, path, kLinesMax, "reeve.billing.v1.ParcelService/CheckParcels",
      "reeve.billing.v1.ParcelService/LoadParcels", pb::LoadParcelsRequest());
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
