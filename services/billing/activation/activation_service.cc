#include "services/billing/activation/activation_service.h"

#include <absl/strings/str_join.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "services/billing/activation/activation_store.h"
#include "services/billing/activation/activation_wire_service.h"
#include "services/billing/rate/rate_store.h"
#include "services/billing/rate/rider.h"
#include "shared/command/replay.h"

namespace reeve::billing::activation {
namespace {

constexpr std::int64_t kAccountsOfCall = 500;
constexpr int kVersionsMax = 50;
constexpr std::size_t kVersionMax = 40;
constexpr int kHistoryMonths = 12;
constexpr int kPreviewDaysMax = 31;
constexpr int kAcknowledgedMax = 1'000;
constexpr std::size_t kComponentMax = 200;

struct ActivateCommand {
  static constexpr std::string_view kMethod =
      "reeve.billing.v1.RateActivationService/ActivateSchedules";
  std::string request_id;
  std::vector<std::string> versions;
  std::string preview_digest;
  std::vector<std::string> acknowledged;

  std::int64_t home() const { return 0; }
  Canonical canonical() const {
    Canonical form(kMethod, 1);
    form.Add("preview_digest", preview_digest).List("versions", versions.size());
    for (const std::string& version : versions) form.Add("version", version);
    // As long as there are none, the form is what it was before there were any.
    if (acknowledged.empty()) return form;
    form.List("acknowledged", acknowledged.size());
    for (const std::string& component : acknowledged) form.Add("component", component);
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
  if (request.acknowledged_not_loaded_size() > kAcknowledgedMax) {
    fields.Refuse("acknowledged_not_loaded", "are more than 1000");
  }
  std::set<std::string> seen;
  for (int i = 0; i < std::min(request.acknowledged_not_loaded_size(), kAcknowledgedMax); ++i) {
    const std::string field = "acknowledged_not_loaded[" + std::to_string(i) + "]";
    const std::string& component = request.acknowledged_not_loaded(i);
    command.acknowledged.push_back(fields.Text(field, component, 1, kComponentMax));
    if (!seen.insert(component).second) fields.Refuse(field, "is there twice");
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

std::vector<rate::Schedule> InForce(const std::vector<rate::LoadedVersion>& loaded) {
  std::vector<rate::Schedule> active;
  for (const rate::LoadedVersion& version : loaded) {
    if (!IsDraft(version)) active.push_back(version.schedule);
  }
  return active;
}

// Places of the components of each draft that have no value, in the order of the drafts: of its
// own, or of their riders on its first day.
std::vector<std::vector<std::int64_t>> NotLoadedNumbers(
    const std::vector<rate::LoadedVersion>& loaded,
    const std::vector<rate::LoadedVersion>& drafts) {
  std::vector<rate::Schedule> next = InForce(loaded);
  for (const rate::LoadedVersion& draft : drafts) next.push_back(draft.schedule);
  const rate::Tariff tariff(std::move(next));
  std::vector<std::vector<std::int64_t>> numbers;
  for (const rate::LoadedVersion& draft : drafts) {
    std::vector<std::int64_t>& of_draft = numbers.emplace_back();
    const auto& components =
        tariff.Version(draft.schedule.code, draft.schedule.effective_date)->components;
    for (std::size_t i = 0; i < components.size(); ++i) {
      if (components[i].kind != rate::ComponentKind::kNotLoaded) continue;
      of_draft.push_back(static_cast<std::int64_t>(i));
    }
  }
  return numbers;
}

// "E1/2026-07-01: Energy cost adjustment", each component without a value.
std::vector<std::string> NotLoadedOf(const std::vector<rate::LoadedVersion>& drafts,
                                     const std::vector<std::vector<std::int64_t>>& numbers) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    for (const std::int64_t no : numbers[i]) {
      names.push_back(KeyOf(drafts[i]) + ": " +
                      drafts[i].schedule.components[static_cast<std::size_t>(no)].name);
    }
  }
  return names;
}

Preview Begin(Date since, const std::vector<rate::LoadedVersion>& drafts) {
  Preview preview;
  preview.since = since;
  for (const rate::LoadedVersion& draft : drafts) preview.versions.push_back(KeyOf(draft));
  preview.drafts_digest = DigestOfDrafts(drafts);
  return preview;
}

std::vector<rate::Schedule> SchedulesOf(const std::vector<rate::LoadedVersion>& drafts) {
  std::vector<rate::Schedule> schedules;
  for (const rate::LoadedVersion& draft : drafts) schedules.push_back(draft.schedule);
  return schedules;
}

// Adds the bills of the next accounts.
void SeeNext(db::Transaction& tx, const Comparison& comparison, Preview& preview) {
  const AccountPage page = NextAccounts(tx, preview.through, kAccountsOfCall);
  for (const cycle::Bill& bill : LoadPosted(tx, preview.since, preview.through, page.through)) {
    comparison.Add(bill, preview.impact);
  }
  preview.through = page.through;
  preview.account_count += page.account_count;
  preview.complete = page.account_count < kAccountsOfCall;
}

// One call's part of a preview.
Result<Preview> Continue(db::Transaction& tx, const Call& call,
                         const std::vector<std::string>& versions,
                         const std::optional<Preview>& so_far) {
  const std::vector<rate::LoadedVersion> loaded = rate::LoadVersions(tx);
  REEVE_ASSIGN_OR_RETURN(const std::vector<rate::LoadedVersion> drafts,
                         PickDrafts(loaded, versions));
  Preview preview = so_far ? *so_far : Begin(call.today.PlusMonths(-kHistoryMonths), drafts);
  if (!so_far) preview.accounts_in_all = CountAccounts(tx);
  if (preview.drafts_digest != DigestOfDrafts(drafts)) {
    return Stale("A draft has changed since the preview began: begin again.");
  }
  preview.not_loaded = NotLoadedOf(drafts, NotLoadedNumbers(loaded, drafts));
  SeeNext(tx, Comparison(SchedulesOf(drafts), InForce(loaded)), preview);
  return preview;
}

// The digest of the whole preview as it is now: in one pass, of which one part is in memory.
std::string DigestNow(db::Transaction& tx, Date since,
                      const std::vector<rate::LoadedVersion>& loaded,
                      const std::vector<rate::LoadedVersion>& drafts) {
  const Comparison comparison(SchedulesOf(drafts), InForce(loaded));
  Preview preview = Begin(since, drafts);
  while (!preview.complete) SeeNext(tx, comparison, preview);
  return DigestOfPreview(preview.drafts_digest, since, preview.impact);
}

// What was found before the transaction of an activation, which must not take long.
struct Checked {
  std::vector<rate::LoadedVersion> drafts;
  std::vector<std::vector<std::int64_t>> not_loaded;  // of each draft
  std::string runs;
  std::int64_t tariff_no = 0;  // in force
};

// Each activation gives its versions the next number.
std::int64_t TariffNo(const std::vector<rate::LoadedVersion>& versions) {
  std::int64_t tariff_no = 0;
  for (const rate::LoadedVersion& one : versions) {
    tariff_no = std::max(tariff_no, one.standing.tariff_no);
  }
  return tariff_no;
}

// A preview is good for a month: its history begins about a year ago.
bool IsRecent(Date since, Date today) {
  const Date newest = today.PlusMonths(-kHistoryMonths);
  return since <= newest && newest - since <= kPreviewDaysMax;
}

// The versions of a code that are in force, by date.
std::vector<const rate::Schedule*> InForceOf(const std::vector<rate::LoadedVersion>& loaded,
                                             const std::string& code) {
  std::vector<const rate::Schedule*> versions;
  for (const rate::LoadedVersion& version : loaded) {
    if (!IsDraft(version) && version.schedule.code == code) versions.push_back(&version.schedule);
  }
  return versions;
}

// The last day on which a rider's draft changes what is charged: its own, or the one before the
// next value. An older value that would reach behind its own has no days behind it any more.
std::optional<Date> LastDayOf(const rate::Schedule& draft,
                              const std::vector<rate::LoadedVersion>& loaded) {
  std::optional<Date> last = draft.last_date;
  for (const rate::Schedule* version : InForceOf(loaded, draft.code)) {
    if (version->effective_date < draft.effective_date) {
      const bool is_hidden =
          draft.last_date && (!version->last_date || *version->last_date > *draft.last_date);
      last = is_hidden ? version->last_date : draft.last_date;
      continue;
    }
    const Date before = version->effective_date.PlusDays(-1);
    return last ? std::min(*last, before) : before;
  }
  return last;
}

bool TakeEffectAlike(const rate::Terms& a, const rate::Terms& b) {
  return a.effect == b.effect && a.day_count == b.day_count;
}

// The bills of a code that charges a rider, from `first` to `last`: for each run of versions that
// charge it and take effect alike.
std::vector<Reach> ReachesOf(const std::vector<const rate::Schedule*>& versions,
                             const std::string& rider, Date first, std::optional<Date> last) {
  std::vector<Reach> reaches;
  for (std::size_t i = 0; i < versions.size();) {
    const rate::Schedule& begin = *versions[i];
    std::size_t end = i + 1;
    const bool charges = rate::ChargesRider(begin, rider);
    while (charges && end < versions.size() && rate::ChargesRider(*versions[end], rider) &&
           TakeEffectAlike(versions[end]->terms, begin.terms)) {
      ++end;
    }
    const rate::Schedule* next = end < versions.size() ? versions[end] : nullptr;
    i = end;
    if (!charges || (next != nullptr && next->effective_date <= first)) continue;
    Reach reach{begin.terms, std::max(first, begin.effective_date), std::nullopt};
    if (last && *last < reach.first) continue;
    if (next != nullptr) reach.next = {next->effective_date, next->terms};
    if (last && (next == nullptr || last->PlusDays(1) < next->effective_date)) {
      reach.next = {last->PlusDays(1), begin.terms};
    }
    reaches.push_back(reach);
  }
  return reaches;
}

Result<> CheckNotBilled(db::Transaction& tx, const rate::LoadedVersion& draft,
                        const std::string& code, const Reach& reach) {
  const std::optional<Written> written = FindWritten(tx, code, reach);
  if (!written) return Ok();
  return FailedPrecondition(reason::kAlreadyBilled, "Bills are written for days of the version.")
      .With("version", KeyOf(draft))
      .With("schedule_code", code)
      .With(written->is_date ? "billed_on" : "billed_to", written->day.ToString());
}

// A bill that is written stays what its prices were on that day; those under each version in force
// that charges a rider are the rider's. Days between two versions may be filled as long as nothing
// is billed of them.
Result<> CheckNotBilled(db::Transaction& tx, const std::vector<rate::LoadedVersion>& loaded,
                        const std::vector<rate::LoadedVersion>& drafts) {
  for (const rate::LoadedVersion& draft : drafts) {
    const rate::Schedule& schedule = draft.schedule;
    if (schedule.service != rate::kRiderService) {
      Reach reach{schedule.terms, schedule.effective_date, std::nullopt};
      for (const rate::Schedule* version : InForceOf(loaded, schedule.code)) {
        if (reach.next || version->effective_date < schedule.effective_date) continue;
        reach.next = {version->effective_date, version->terms};
      }
      REEVE_RETURN_IF_ERROR(CheckNotBilled(tx, draft, schedule.code, reach));
      continue;
    }
    std::set<std::string> codes;
    for (const rate::LoadedVersion& version : loaded) {
      if (!IsDraft(version) && rate::ChargesRider(version.schedule, schedule.code)) {
        codes.insert(version.schedule.code);
      }
    }
    const std::optional<Date> last = LastDayOf(schedule, loaded);
    for (const std::string& code : codes) {
      for (const Reach& reach :
           ReachesOf(InForceOf(loaded, code), schedule.code, schedule.effective_date, last)) {
        REEVE_RETURN_IF_ERROR(CheckNotBilled(tx, draft, code, reach));
      }
    }
  }
  return Ok();
}

// The first of them: a refusal travels in a header.
std::string SomeOf(const std::set<std::string>& names) {
  constexpr std::size_t kNamedMax = 10;
  if (names.size() <= kNamedMax) return absl::StrJoin(names, "; ");
  return absl::StrJoin(names.begin(), std::next(names.begin(), kNamedMax), "; ") + "; and " +
         std::to_string(names.size() - kNamedMax) + " more";
}

// Missing is not zero: what charges nothing is named, one by one, and nothing else is.
Result<> CheckAcknowledged(const Checked& checked, const std::vector<std::string>& acknowledged) {
  std::set<std::string> strange(acknowledged.begin(), acknowledged.end());
  std::set<std::string> missing;
  for (const std::string& name : NotLoadedOf(checked.drafts, checked.not_loaded)) {
    if (strange.erase(name) == 0) missing.insert(name);
  }
  if (missing.empty() && strange.empty()) return Ok();
  return FailedPrecondition(reason::kNotAcknowledged,
                            "Whoever activates names each component that has no value.")
      .With("missing", SomeOf(missing))
      .With("strange", SomeOf(strange));
}

Error Calculating() {
  return FailedPrecondition(reason::kCycleCalculating, "A cycle is being calculated.");
}

Result<Checked> Check(db::Transaction& tx, const Call& call, const ActivateCommand& command) {
  Checked checked;
  const std::vector<rate::LoadedVersion> loaded = rate::LoadVersions(tx);
  REEVE_ASSIGN_OR_RETURN(checked.drafts, PickDrafts(loaded, command.versions));
  for (const rate::LoadedVersion& draft : checked.drafts) {
    if (draft.standing.loaded_by == call.caller.person) {
      return PermissionDenied(reason::kSamePerson,
                              "A version is activated by somebody who did not load it.")
          .With("version", KeyOf(draft));
    }
  }
  if (IsCalculating(tx)) return Calculating();
  const Date since = SinceOf(command.preview_digest).value();
  if (!IsRecent(since, call.today) ||
      command.preview_digest != DigestNow(tx, since, loaded, checked.drafts)) {
    return Stale("Drafts or bills are not what the preview has seen: look at a new one.");
  }
  checked.not_loaded = NotLoadedNumbers(loaded, checked.drafts);
  REEVE_RETURN_IF_ERROR(CheckAcknowledged(checked, command.acknowledged));
  REEVE_RETURN_IF_ERROR(CheckNotBilled(tx, loaded, checked.drafts));
  checked.runs = DigestOfRuns(tx);
  checked.tariff_no = TariffNo(loaded);
  return checked;
}

// Nothing has moved since the check, nor can drafts and runs until this is durable: answers the
// tariff in force.
Result<std::int64_t> CheckStill(db::Transaction& tx, const Checked& checked) {
  const std::int64_t tariff_no = rate::LockTariff(tx);
  std::vector<std::string> versions;
  for (const rate::LoadedVersion& draft : checked.drafts) versions.push_back(KeyOf(draft));
  const std::vector<rate::LoadedVersion> loaded = rate::LoadVersions(tx);
  const auto drafts = PickDrafts(loaded, versions);
  if (IsCalculating(tx)) return Calculating();
  if (!drafts.ok() || DigestOfDrafts(*drafts) != DigestOfDrafts(checked.drafts) ||
      DigestOfRuns(tx) != checked.runs || TariffNo(loaded) != checked.tariff_no) {
    return Stale("Drafts, prices or bills have changed just now: look at a new preview.");
  }
  return tariff_no;
}

Result<v1::ActivateSchedulesResponse> Activate(command::Change& change,
                                               const ActivateCommand& command,
                                               const Checked& checked) {
  REEVE_ASSIGN_OR_RETURN(const std::int64_t tariff_no, CheckStill(change.tx(), checked));
  v1::ActivateSchedulesResponse answer;
  for (std::size_t i = 0; i < checked.drafts.size(); ++i) {
    const rate::LoadedVersion& draft = checked.drafts[i];
    rate::Standing active = draft.standing;
    active.state = rate::VersionState::kActive;
    active.activated_by = change.call().caller.person;
    active.preview_digest = command.preview_digest;
    active.tariff_no = tariff_no + 1;
    active.acknowledged = checked.not_loaded[i];
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
        if (!request.page_token().empty()) {
          so_far = ParseToken(fields, request.page_token(), versions);
        }
        if (!fields.ok()) return fields.error();
        REEVE_ASSIGN_OR_RETURN(
            const Preview preview,
            database_.ReadResult(call.deadline, [&](db::Transaction& tx) -> Result<Preview> {
              return Continue(tx, call, versions, so_far);
            }));
        return ToProto(preview, versions);
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
        if (const auto answered =
                command::FindAnswer<v1::ActivateSchedulesResponse>(database_, call, command)) {
          return *answered;
        }
        // The whole history is read outside the transaction that writes; inside, that no run has
        // begun or ended since and no bill was cancelled or reviewed, and that no run can begin.
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
