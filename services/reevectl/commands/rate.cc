// rate: rate schedules, the files that they come from, and their way into force.
#include <algorithm>
#include <fstream>
#include <ostream>
#include <sstream>

#include "reeve/billing/v1/rate_activation_service.pb.h"
#include "reeve/billing/v1/rate_service.pb.h"
#include "services/reevectl/commands/noun.h"
#include "services/reevectl/form/yaml.h"

namespace reeve::reevectl {
namespace {

namespace pb = billing::v1;

constexpr std::string_view kLoad = "reeve.billing.v1.RateService/LoadSchedule";
constexpr std::string_view kConvert = "reeve.billing.v1.RateService/ConvertUrdb";
constexpr std::string_view kPreview = "reeve.billing.v1.RateActivationService/PreviewSchedules";
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

std::string TextOfFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<FileVersion> ReadFiles(const std::vector<std::string>& paths) {
  std::vector<FileVersion> versions;
  for (const std::string& path : paths) {
    for (YamlDocument& document : ReadYaml(TextOfFile(path), *pb::RateSchedule::descriptor())) {
      versions.push_back({path.substr(path.rfind('/') + 1), std::move(document)});
    }
  }
  return versions;
}

pb::LoadScheduleRequest RequestOf(Desk& desk, const FileVersion& version) {
  pb::LoadScheduleRequest request;
  request.set_request_id(desk.NewRequestId());
  *request.mutable_schedule() = version.schedule();
  return request;
}

bool IsRider(const FileVersion& version) { return version.schedule().service() == "riders"; }

// The riders among the versions, which are loaded before what charges them.
std::vector<pb::RiderToCome> RidersOf(const std::vector<FileVersion>& versions) {
  std::vector<pb::RiderToCome> riders;
  for (const FileVersion& version : versions) {
    if (!IsRider(version) || version.schedule().components().empty()) continue;
    const bool known = std::any_of(riders.begin(), riders.end(), [&](const pb::RiderToCome& one) {
      return one.code() == version.schedule().code();
    });
    if (known) continue;
    pb::RiderToCome& rider = riders.emplace_back();
    rider.set_code(version.schedule().code());
    rider.set_kind(version.schedule().components(0).kind());
    rider.set_usage_unit(version.schedule().usage_unit());
    rider.set_unit(version.schedule().components(0).unit());
  }
  return riders;
}

// What is wrong with a version: the file's faults, and what billing would refuse. What could not be
// read is not judged as well.
Result<std::vector<FieldViolation>> FaultsOf(Desk& desk, const FileVersion& version,
                                             const std::vector<pb::RiderToCome>& riders) {
  std::vector<FieldViolation> faults;
  for (const YamlFault& fault : version.document.faults) {
    faults.push_back({version.Place(fault.line) + " " + fault.field, fault.reason});
  }
  pb::LoadScheduleRequest request = RequestOf(desk, version);
  request.set_validate_only(true);
  for (const pb::RiderToCome& rider : riders) {
    const auto& components = version.schedule().components();
    const bool charged = std::any_of(
        components.begin(), components.end(),
        [&](const pb::RateComponent& component) { return component.rider() == rider.code(); });
    if (charged) *request.add_riders_to_come() = rider;
  }
  const auto answer = desk.Send<pb::RateSchedule>(kLoad, request);
  if (answer.ok()) return faults;
  if (answer.error().reason() == "SCHEDULE_EXISTS") {
    faults.push_back({version.Place(version.document.LineOf("effective_date")) + " effective_date",
                      "the version of this date is in force, and says something else"});
    return faults;
  }
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

// The versions of all files as drafts, or, if anything is wrong with any of them, none. A version
// that is there as it is stays as it is.
Result<pb::ListSchedulesResponse> LoadFiles(Desk& desk, const std::vector<std::string>& paths) {
  std::vector<FileVersion> versions = ReadFiles(paths);
  std::stable_partition(versions.begin(), versions.end(), IsRider);
  const std::vector<pb::RiderToCome> riders = RidersOf(versions);
  std::vector<FieldViolation> faults;
  for (const FileVersion& version : versions) {
    REEVE_ASSIGN_OR_RETURN(const auto found, FaultsOf(desk, version, riders));
    faults.insert(faults.end(), found.begin(), found.end());
  }
  if (!faults.empty()) return InvalidArgument(std::move(faults));
  pb::ListSchedulesResponse loaded;
  for (const FileVersion& version : versions) {
    pb::LoadScheduleRequest request = RequestOf(desk, version);
    REEVE_ASSIGN_OR_RETURN(*loaded.add_schedules(), desk.Send<pb::RateSchedule>(kLoad, request));
  }
  return loaded;
}

// A rate of the OpenEI database as a draft; what of it is no price is said.
Result<pb::ListSchedulesResponse> LoadUrdb(Desk& desk, pb::ConvertUrdbRequest& request) {
  REEVE_ASSIGN_OR_RETURN(const auto converted, desk.Send<pb::ConvertedUrdb>(kConvert, request));
  for (const std::string& field : converted.left_out()) {
    desk.remarks() << field << ": says nothing of a price, left out\n";
  }
  pb::LoadScheduleRequest load;
  *load.mutable_schedule() = converted.schedule();
  pb::ListSchedulesResponse loaded;
  REEVE_ASSIGN_OR_RETURN(*loaded.add_schedules(), desk.Send<pb::RateSchedule>(kLoad, load));
  return loaded;
}

void ShowSchedules(Screen& screen, const pb::ListSchedulesResponse& response) {
  for (int i = 0; i < response.schedules_size(); ++i) {
    const pb::RateSchedule& schedule = response.schedules(i);
    std::string text = schedule.service() + ", " + schedule.title();
    if (i < response.standings_size()) {
      const pb::VersionStanding& standing = response.standings(i);
      text += ": " + Word(standing.state());
      if (standing.state() == pb::VERSION_STATE_DRAFT) {
        text += ", revision " + std::to_string(standing.revision());
      }
    }
    std::string version = schedule.code() + " of " + schedule.effective_date();
    if (!schedule.last_date().empty()) version += " to " + schedule.last_date();
    screen.Pair(version, text, 2);
    if (i >= response.standings_size()) continue;
    for (const std::string& component : response.standings(i).acknowledged()) {
      screen.Line("    no value, as its activator knew: " + component);
    }
  }
}

// Asks for part after part until the history is seen.
Result<pb::SchedulesPreview> PreviewAll(Desk& desk, const std::vector<std::string>& versions) {
  pb::PreviewSchedulesRequest request;
  request.mutable_versions()->Assign(versions.begin(), versions.end());
  for (;;) {
    REEVE_ASSIGN_OR_RETURN(pb::SchedulesPreview preview,
                           desk.Send<pb::SchedulesPreview>(kPreview, request));
    if (preview.next_page_token().empty()) return preview;
    desk.remarks() << "\r" << preview.account_count() << " of " << preview.accounts_in_all()
                   << " accounts" << std::flush;
    request.set_page_token(preview.next_page_token());
  }
}

void ShowBand(Screen& screen, const pb::ImpactBand& band) {
  const bool same = band.from_cents() == 0 && band.below_cents() == 1 && band.has_from_cents();
  std::string text = "no change";
  if (!same) {
    text = band.has_from_cents() ? "from " + Dollars(band.from_cents()) : "";
    if (band.has_below_cents()) {
      text += (text.empty() ? "below " : " to below ") + Dollars(band.below_cents());
    }
  }
  screen.Amount(text + ": " + std::to_string(band.bill_count()) + " bills", band.change_cents(), 4);
}

void ShowBill(Screen& screen, const pb::BillImpact& bill) {
  screen.Amount("account " + std::to_string(bill.account_id()) + ", bill of " + bill.bill_date() +
                    ": " + Dollars(bill.before_cents()) + " to " + Dollars(bill.after_cents()),
                bill.after_cents() - bill.before_cents(), 4);
}

void ShowTally(Screen& screen, const std::string& name, std::int64_t before, std::int64_t after,
               int indent) {
  screen.Amount(name + ": " + Dollars(before) + " to " + Dollars(after), after - before, indent);
}

void ShowPreview(Screen& screen, const pb::SchedulesPreview& preview) {
  std::string versions;
  for (const std::string& version : preview.versions()) versions += " " + version;
  screen.Line("Bills since " + preview.since_date() + ", priced again under" + versions);
  ShowTally(screen, std::to_string(preview.bill_count()) + " bills", preview.before_cents(),
            preview.after_cents(), 2);
  screen.Amount(std::to_string(preview.rise_count()) + " rise by", preview.rise_cents(), 2);
  screen.Amount(std::to_string(preview.fall_count()) + " fall by", preview.fall_cents(), 2);
  for (const pb::ScheduleImpact& schedule : preview.schedules()) {
    ShowTally(screen, schedule.schedule_code() + " " + schedule.service(), schedule.before_cents(),
              schedule.after_cents(), 2);
    for (const pb::ComponentImpact& component : preview.components()) {
      if (component.schedule_code() != schedule.schedule_code()) continue;
      ShowTally(screen, component.name(), component.before_cents(), component.after_cents(), 4);
    }
    if (schedule.unpriced_count() > 0) {
      screen.Amount(std::to_string(schedule.unpriced_count()) + " that it cannot price, billed",
                    schedule.unpriced_before_cents(), 4);
    }
  }
  for (const pb::UnpricedImpact& why : preview.unpriced()) {
    screen.Line("    " + why.schedule_code() + ", " + std::to_string(why.segment_count()) + ": " +
                why.reason());
  }
  for (const std::string& component : preview.not_loaded()) {
    screen.Line("  not loaded, to be named with --not-loaded: " + component);
  }
  if (preview.bill_count() > 0) screen.Line("  Changes of bills");
  for (const pb::ImpactBand& band : preview.bands()) {
    if (band.bill_count() > 0) ShowBand(screen, band);
  }
  if (preview.largest_rises_size() > 0) screen.Line("  The greatest rises");
  for (const pb::BillImpact& bill : preview.largest_rises()) ShowBill(screen, bill);
  if (preview.largest_falls_size() > 0) screen.Line("  The greatest falls");
  for (const pb::BillImpact& bill : preview.largest_falls()) ShowBill(screen, bill);
  screen.Pair("digest", preview.digest(), 2);
}

}  // namespace

Noun Rates() {
  return {"rate",
          "Rate schedules.",
          {{"list",
            "The versions that are loaded.",
            "reeve.billing.v1.RateService/ListSchedules",
            {{"--code", "code", "Only this schedule"}},
            As(ShowSchedules)},
           {"fee",
            "A one-off fee as it is on a day.",
            "reeve.billing.v1.RateService/GetFee",
            {{"--code", "code", "Schedule of fees", kRequired},
             {"--name", "name", "What it calls the fee", kRequired},
             {"--date", "date", "The day; else today"}},
            {}},
           {"activate",
            "Puts drafts into force that somebody else has loaded, by the digest of their preview.",
            "reeve.billing.v1.RateActivationService/ActivateSchedules",
            {{"--digest", "preview_digest", "What rate preview has shown", kRequired},
             {"--version", "versions", "As in the preview: code/date"},
             {"--not-loaded", "acknowledged_not_loaded",
              "Each component without a value, as the preview shows it"}},
            {}},
           {"withdraw",
            "Takes a draft away.",
            "reeve.billing.v1.RateActivationService/WithdrawDraft",
            {{"--version", "version", "code/date", kRequired},
             {"--revision", "revision", "As rate list shows it", kRequired},
             {"--reason", "reason", "Why", kRequired}},
            {}},
           {"withdrawn",
            "The drafts that were withdrawn.",
            "reeve.billing.v1.RateActivationService/ListWithdrawnDrafts",
            {},
            {}}}};
}

void AddRatePreview(CLI::App& rates, Session& session) {
  auto versions = std::make_shared<std::vector<std::string>>();
  auto* command = rates.add_subcommand(
      "preview", "What the last twelve months would have billed under drafts.");
  command->add_option("--version", *versions, "Only these drafts: code/date");
  command->callback([&session, versions] {
    Finish(session, PreviewAll(session.desk(), *versions), As(ShowPreview));
  });
}

void AddRateLoad(CLI::App& rates, Session& session) {
  struct Given {
    std::vector<std::string> paths;
    std::string urdb;
    std::string code;
    std::string date;
    std::string title;
    std::string citation;
  };
  auto given = std::make_shared<Given>();
  auto* command = rates.add_subcommand(
      "load", "Loads files of rate schedules: all their versions, or none if anything is wrong.");
  auto* files = command->add_option("files", given->paths, "YAML")->check(CLI::ExistingFile);
  auto* urdb = command->add_option("--urdb", given->urdb, "A rate of the OpenEI database, JSON")
                   ->check(CLI::ExistingFile)
                   ->excludes(files);
  auto* code = command->add_option("--code", given->code, "Code that it gets")->needs(urdb);
  urdb->needs(code);
  command->add_option("--date", given->date, "First day, if not its startdate")->needs(urdb);
  command->add_option("--title", given->title, "If not its utility and name")->needs(urdb);
  command->add_option("--citation", given->citation, "If not its source")->needs(urdb);
  command->callback([&session, given] {
    if (given->paths.empty() && given->urdb.empty()) throw CLI::RequiredError("files or --urdb");
    if (given->urdb.empty()) {
      return Finish(session, LoadFiles(session.desk(), given->paths), As(ShowSchedules));
    }
    pb::ConvertUrdbRequest request;
    request.set_json(TextOfFile(given->urdb));
    request.set_code(given->code);
    request.set_effective_date(given->date);
    request.set_title(given->title);
    request.set_citation(given->citation);
    Finish(session, LoadUrdb(session.desk(), request), As(ShowSchedules));
  });
}

}  // namespace reeve::reevectl
