#include "services/billing/activation/activation_service.h"

#include <algorithm>
#include <map>
#include <optional>

#include "services/billing/activation/activation_store.h"
#include "services/billing/activation/activation_wire_service.h"
#include "services/billing/rate/rate_store.h"

namespace reeve::billing::activation {
namespace {

constexpr std::int64_t kAccountsOfCall = 500;
constexpr int kVersionsMax = 50;
constexpr std::size_t kVersionMax = 40;
constexpr int kHistoryMonths = 12;
constexpr int kPreviewDaysMax = 31;

struct ActivateCommand {
  static constexpr std::string_view kMethod =
      "reeve.billing.v1.RateActivationService/ActivateSchedules";
  std::string request_id;
  std::vector<std::string> versions;
  std::string preview_digest;

  std::int64_t home() const { return 0; }
  Canonical canonical() const {
    Canonical form(kMethod, 1);
    form.Add("preview_digest", preview_digest).List("versions", versions.size());
    for (const std::string& version : versions) form.Add("version", version);
    return form;
  }
};

template <class Versions>
std::vector<std::string> ParseVersions(Fields& fields, const Versions& versions) {
  if (versions.size() > kVersionsMax) fields.Refuse("versions", "are more than 50");
  std::vector<std::string> parsed;
  for (int i = 0; i < std::min<int>(versions.size(), kVersionsMax); ++i) {
    parsed.push_back(
        fields.Text("versions[" + std::to_string(i) + "]", versions.Get(i), 1, kVersionMax));
  }
  return parsed;
}

Result<ActivateCommand> Parse(const v1::ActivateSchedulesRequest& request) {
  Fields fields;
  ActivateCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.versions = ParseVersions(fields, request.versions());
  command.preview_digest = request.preview_digest();
  if (!SinceOf(command.preview_digest)) {
    fields.Refuse("preview_digest", "is not the digest of a complete preview");
  }
  if (!fields.ok()) return fields.error();
  return command;
}

Error Stale(std::string message) { return Aborted(reason::kPreviewStale, std::move(message)); }

std::string KeyOf(const rate::LoadedVersion& version) {
  return rate::VersionKey(version.schedule.code, version.schedule.effective_date);
}

bool IsDraft(const rate::LoadedVersion& version) {
  return version.standing.state == rate::VersionState::kDraft;
}

// The first draft of each code; `loaded` is by code and date.
std::vector<rate::LoadedVersion> FirstDrafts(const std::vector<rate::LoadedVersion>& loaded) {
  std::vector<rate::LoadedVersion> drafts;
  for (const rate::LoadedVersion& version : loaded) {
    const bool another = !drafts.empty() && drafts.back().schedule.code == version.schedule.code;
    if (IsDraft(version) && !another) drafts.push_back(version);
  }
  return drafts;
}

// The drafts that are named, by code; if none are, the first of each code.
Result<std::vector<rate::LoadedVersion>> PickDrafts(const std::vector<rate::LoadedVersion>& loaded,
                                                    const std::vector<std::string>& versions) {
  if (versions.empty()) {
    std::vector<rate::LoadedVersion> drafts = FirstDrafts(loaded);
    if (!drafts.empty()) return drafts;
    return FailedPrecondition(reason::kNoDraft, "No version waits to be activated.");
  }
  Fields fields;
  std::map<std::string, rate::LoadedVersion> drafts;  // by code
  for (std::size_t i = 0; i < versions.size(); ++i) {
    const std::string field = "versions[" + std::to_string(i) + "]";
    const auto found = std::find_if(loaded.begin(), loaded.end(),
                                    [&](const auto& one) { return KeyOf(one) == versions[i]; });
    if (found == loaded.end()) {
      fields.Refuse(field, "is not loaded");
    } else if (!IsDraft(*found)) {
      fields.Refuse(field, "is in force already");
    } else if (!drafts.emplace(found->schedule.code, *found).second) {
      fields.Refuse(field, "is the second of its code: one is compared after the other");
    }
  }
  if (!fields.ok()) return fields.error();
  std::vector<rate::LoadedVersion> picked;
  for (auto& [code, draft] : drafts) picked.push_back(std::move(draft));
  return picked;
}

rate::Tariff InForce(const std::vector<rate::LoadedVersion>& loaded) {
  std::vector<rate::Schedule> active;
  for (const rate::LoadedVersion& version : loaded) {
    if (!IsDraft(version)) active.push_back(version.schedule);
  }
  return rate::Tariff(std::move(active));
}

Preview Begin(db::Transaction& tx, const Call& call,
              const std::vector<rate::LoadedVersion>& drafts) {
  Preview preview;
  preview.since = call.today.PlusMonths(-kHistoryMonths);
  preview.accounts_in_all = CountAccounts(tx);
  for (const rate::LoadedVersion& draft : drafts) preview.versions.push_back(KeyOf(draft));
  preview.drafts_digest = DigestOfDrafts(drafts);
  return preview;
}

// One call's part of a preview.
Result<Preview> Continue(db::Transaction& tx, const Call& call,
                         const std::vector<std::string>& versions,
                         const std::optional<Preview>& so_far) {
  const std::vector<rate::LoadedVersion> loaded = rate::LoadVersions(tx);
  REEVE_ASSIGN_OR_RETURN(const std::vector<rate::LoadedVersion> drafts,
                         PickDrafts(loaded, versions));
  Preview preview = so_far ? *so_far : Begin(tx, call, drafts);
  if (preview.drafts_digest != DigestOfDrafts(drafts)) {
    return Stale("A draft has changed since the preview began: begin again.");
  }
  std::vector<rate::Schedule> schedules;
  for (const rate::LoadedVersion& draft : drafts) {
    schedules.push_back(draft.schedule);
    for (const rate::Component& component : draft.schedule.components) {
      if (component.kind != rate::ComponentKind::kNotLoaded) continue;
      preview.not_loaded.push_back(KeyOf(draft) + ": " + component.name);
    }
  }
  const rate::Tariff in_force = InForce(loaded);
  const Comparison comparison(std::move(schedules), in_force);
  const AccountPage page = NextAccounts(tx, preview.through, kAccountsOfCall);
  for (const cycle::Bill& bill : LoadPosted(tx, preview.since, preview.through, page.through)) {
    comparison.Add(bill, preview.impact);
  }
  preview.through = page.through;
  preview.account_count += page.account_count;
  preview.complete = page.account_count < kAccountsOfCall;
  return preview;
}

// What was found before the transaction of an activation, which must not take long.
struct Checked {
  std::vector<rate::LoadedVersion> drafts;
  std::string runs;
};

// A preview is good for a month: its history begins about a year ago.
bool IsRecent(Date since, Date today) {
  const Date newest = today.PlusMonths(-kHistoryMonths);
  return since <= newest && newest - since <= kPreviewDaysMax;
}

// A bill that is written stays what its prices were on that day.
Result<> CheckNotBilled(const std::vector<rate::LoadedVersion>& drafts, const AllHistory& all) {
  for (const rate::LoadedVersion& draft : drafts) {
    const auto written = all.written.find(draft.schedule.code);
    if (written == all.written.end()) continue;
    const bool by_bill = draft.schedule.terms.effect == rate::Effect::kBill;
    const Date last = by_bill ? written->second.bill_date : written->second.to_date;
    if (last < draft.schedule.effective_date) continue;
    return FailedPrecondition(reason::kAlreadyBilled,
                              "Bills are written for days from the version's date on.")
        .With("version", KeyOf(draft))
        .With(by_bill ? "billed_on" : "billed_to", last.ToString());
  }
  return Ok();
}

Result<Checked> Check(db::Transaction& tx, const Call& call, const ActivateCommand& command) {
  Checked checked;
  REEVE_ASSIGN_OR_RETURN(checked.drafts, PickDrafts(rate::LoadVersions(tx), command.versions));
  for (const rate::LoadedVersion& draft : checked.drafts) {
    if (draft.standing.loaded_by == call.caller.person) {
      return PermissionDenied(reason::kSamePerson,
                              "A version is activated by somebody who did not load it.")
          .With("version", KeyOf(draft));
    }
  }
  const Date since = SinceOf(command.preview_digest).value();
  AllHistory all = LoadHistory(tx, since);
  std::erase_if(all.history.codes, [&](const auto& of_code) {
    return std::none_of(checked.drafts.begin(), checked.drafts.end(),
                        [&](const auto& draft) { return draft.schedule.code == of_code.first; });
  });
  const std::string now = DigestOfPreview(DigestOfDrafts(checked.drafts), since, all.history);
  if (command.preview_digest != now || !IsRecent(since, call.today)) {
    return Stale("Drafts or bills are not what the preview has seen: look at a new one.");
  }
  if (IsCalculating(tx)) {
    return FailedPrecondition(reason::kCycleCalculating, "A cycle is being calculated.");
  }
  REEVE_RETURN_IF_ERROR(CheckNotBilled(checked.drafts, all));
  checked.runs = DigestOfRuns(tx);
  return checked;
}

// Nothing has moved since the check.
Result<> CheckStill(db::Transaction& tx, const Checked& checked) {
  for (const rate::LoadedVersion& draft : checked.drafts) rate::LockVersion(tx, draft.schedule);
  std::vector<std::string> versions;
  for (const rate::LoadedVersion& draft : checked.drafts) versions.push_back(KeyOf(draft));
  const auto drafts = PickDrafts(rate::LoadVersions(tx), versions);
  if (!drafts.ok() || DigestOfDrafts(*drafts) != DigestOfDrafts(checked.drafts) ||
      DigestOfRuns(tx) != checked.runs) {
    return Stale("Drafts or bills have changed just now: look at a new preview.");
  }
  return Ok();
}

Result<v1::ActivateSchedulesResponse> Activate(command::Change& change,
                                               const ActivateCommand& command,
                                               const Checked& checked) {
  REEVE_RETURN_IF_ERROR(CheckStill(change.tx(), checked));
  v1::ActivateSchedulesResponse answer;
  for (const rate::LoadedVersion& draft : checked.drafts) {
    rate::Standing active = draft.standing;
    active.state = rate::VersionState::kActive;
    active.activated_by = change.call().caller.person;
    active.preview_digest = command.preview_digest;
    REEVE_RETURN_IF_ERROR(rate::SaveActive(change.tx(), draft.schedule, active));
    change.Audit({std::string(rate::kScheduleEntity), KeyOf(draft), "activate",
                  rate::VersionText(draft.rows, draft.standing),
                  rate::VersionText(draft.rows, active)});
    answer.add_versions(KeyOf(draft));
  }
  return answer;
}

}  // namespace

grpc::ServerUnaryReactor* RateActivationService::PreviewSchedules(
    grpc::CallbackServerContext* context, const v1::PreviewSchedulesRequest* request,
    v1::SchedulesPreview* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::PreviewSchedulesRequest& request) -> Result<v1::SchedulesPreview> {
        Fields fields;
        const std::vector<std::string> versions = ParseVersions(fields, request.versions());
        std::optional<Preview> so_far;
        if (!request.page_token().empty()) so_far = ParseToken(fields, request.page_token());
        if (!fields.ok()) return fields.error();
        REEVE_ASSIGN_OR_RETURN(
            const Preview preview,
            database_.ReadResult(call.deadline, [&](db::Transaction& tx) -> Result<Preview> {
              return Continue(tx, call, versions, so_far);
            }));
        return ToProto(preview);
      });
}

grpc::ServerUnaryReactor* RateActivationService::ActivateSchedules(
    grpc::CallbackServerContext* context, const v1::ActivateSchedulesRequest* request,
    v1::ActivateSchedulesResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ActivateSchedulesRequest& request) -> Result<v1::ActivateSchedulesResponse> {
        REEVE_ASSIGN_OR_RETURN(const ActivateCommand command, Parse(request));
        // The whole history is read outside the transaction that writes; inside, that it is still
        // so. A request that was answered before gets its answer there, whatever is true now.
        const Result<Checked> checked = database_.ReadResult(
            call.deadline,
            [&](db::Transaction& tx) -> Result<Checked> { return Check(tx, call, command); });
        return frame_.Write(call, command,
                            [&](command::Change& change) -> Result<v1::ActivateSchedulesResponse> {
                              if (!checked.ok()) return checked.error();
                              return Activate(change, command, *checked);
                            });
      });
}

}  // namespace reeve::billing::activation
