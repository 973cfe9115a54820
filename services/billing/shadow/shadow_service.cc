#include "services/billing/shadow/shadow_service.h"

#include <algorithm>
#include <limits>

#include "services/billing/agreement/agreement_store.h"
#include "services/billing/audit_row.h"
#include "services/billing/cycle/cycle_work_service.h"
#include "services/billing/rate/rate_store.h"
#include "services/billing/shadow/shadow_wire_service.h"
#include "shared/rpc/paging.h"

namespace reeve::billing::shadow {
namespace {

constexpr std::int64_t kContradictionsMax = 50;
constexpr std::int64_t kExamples = 3;

Error ShadowUnknown() { return NotFound(reason::kShadowUnknown, "There is no such shadow."); }
Error NotCompared() {
  return FailedPrecondition(reason::kShadowNotCompared, "Not all accounts are compared.");
}
Error IsLive() { return FailedPrecondition(reason::kShadowLive, "The cycle went live with it."); }

// A row in the audit trail and in its table.
void Save(command::Change& change, const Shadow& shadow, std::string_view action,
          std::string before) {
  SaveShadow(change.tx(), shadow);
  AuditRow(change, kKeptShadow, action, std::move(before), CellsOfShadow(shadow));
}

void AuditPage(command::Change& change, const ShadowPage& page, std::string_view action,
               const PageDigests& digests) {
  change.Audit({std::string(kPageEntity),
                std::to_string(page.shadow_id) + "/" + std::to_string(page.comparison_no) + "/" +
                    std::to_string(page.page_no),
                std::string(action), "", digests.Text()});
}

// Refuses a file that contradicts itself.
Result<> CheckWhole(db::Transaction& tx, const Shadow& shadow) {
  Fields fields;
  for (const Contradiction& one : FindContradictions(tx, shadow.shadow_id, kContradictionsMax)) {
    fields.Refuse("lines[" + std::to_string(one.line) + "]",
                  "others of the account and " + one.service + " tell other days, unit or use");
  }
  const std::vector<std::string> disagreements =
      DisagreementsOf(LoadTotals(tx, shadow.shadow_id, 0), SumLines(tx, shadow.shadow_id));
  for (const std::string& one : disagreements) fields.Refuse("lines", one);
  if (!fields.ok()) return fields.error();
  return Ok();
}

Result<v1::Shadow> Load(command::Change& change, const LoadPart& part, const OldRows& rows) {
  db::Transaction& tx = change.tx();
  Shadow added = part.first;
  added.loaded_by = change.call().caller.person;
  const bool is_new = !FindShadow(tx, added.shadow_id);
  Shadow shadow = LockOrAddShadow(tx, added);
  std::string before = is_new ? "" : RowText(kKeptShadow, CellsOfShadow(shadow));
  REEVE_ASSIGN_OR_RETURN(
      const file::Arrival arrival,
      file::Arrive(part.file, FindPart(tx, shadow.shadow_id, part.file.first_line),
                   {shadow.next_line, shadow.state != State::kLoading}, reason::kShadowLoaded));
  if (arrival == file::Arrival::kRepeated) {
    Save(change, shadow, "repeat", std::move(before));
    return ToProto(shadow);
  }
  const Totals known = LoadTotals(tx, shadow.shadow_id, 0);
  Totals totals;
  Fields fields;
  for (const FileTotal& total : rows.totals) {
    if (known.contains(total.service)) {
      fields.Refuse("lines[" + std::to_string(total.line) + "].service", "has a total already");
    }
    totals[total.service] = total.total;
  }
  if (!fields.ok()) return fields.error();
  const ShadowPage page{shadow.shadow_id, 0, part.file.first_line, HexEncode(part.file.digest())};
  AuditPage(change, page, "load", InsertPage(tx, page, rows.lines, totals, {}));
  shadow.next_line = part.file.next_line();
  if (part.file.last_part) {
    REEVE_RETURN_IF_ERROR(CheckWhole(tx, shadow));
    shadow.state = After(shadow.state, Event::kFinishLoading).value();
  }
  Save(change, shadow, "load", std::move(before));
  return ToProto(shadow);
}

// The bill of each of the accounts, as a cycle would make it now.
std::map<AccountId, cycle::Bill> BillsOf(db::Transaction& tx, const Shadow& shadow,
                                         const rate::Tariff& tariff, const TimeZone& zone,
                                         AccountId through) {
  cycle::Run run;
  run.cycle = shadow.cycle;
  run.kind = cycle::Kind::kProduction;
  run.period_end = shadow.period_end;
  run.bill_date = shadow.bill_date;
  run.due_date = shadow.bill_date;
  std::vector<agreement::Agreement> agreements =
      agreement::ListOfCycle(tx, shadow.cycle, shadow.period_end, shadow.through, through);
  std::map<AccountId, cycle::Bill> bills;
  if (agreements.empty()) return bills;
  for (cycle::Bill& bill : cycle::CalculateBills(tx, run, tariff, zone, agreements)) {
    bills.emplace(bill.account, std::move(bill));
  }
  return bills;
}

// The comparison of some accounts, rising.
struct ComparedPage {
  Totals totals;  // Reeve's
  std::vector<AccountDifference> differences;
  std::int64_t same_count = 0;
};
ComparedPage CompareAccounts(db::Transaction& tx, const Shadow& shadow, const TimeZone& zone,
                             std::span<const AccountId> accounts) {
  ComparedPage page;
  const rate::Tariff tariff(rate::LoadSchedules(tx));
  const std::map<AccountId, cycle::Bill> bills = BillsOf(tx, shadow, tariff, zone, accounts.back());
  const std::vector<OldLine> lines =
      LoadLines(tx, shadow.shadow_id, shadow.through, accounts.back());
  auto next = lines.begin();
  for (const AccountId account : accounts) {
    std::vector<OldLine> of_account;
    while (next != lines.end() && next->account == account) of_account.push_back(*next++);
    const auto found = bills.find(account);
    const std::optional<cycle::Bill> bill =
        found == bills.end() ? std::nullopt : std::optional(found->second);
    if (bill) AddBill(tariff, *bill, page.totals);
    std::int64_t number = 0;
    for (Difference& one : CompareBills(tariff, GroupByService(of_account), bill)) {
      page.differences.push_back({account, ++number, std::move(one)});
    }
    if (number == 0) ++page.same_count;
  }
  return page;
}

void FinishComparison(command::Change& change, Shadow& shadow) {
  shadow.state = After(shadow.state, Event::kFinishComparing).value();
  const std::vector<CauseGroup> groups = GroupDifferences(change.tx(), shadow);
  InsertCauses(change.tx(), shadow, groups);
  for (const CauseGroup& group : groups) {
    AuditRow(change, kKeptCause, "find", "", CellsOfCause(shadow, group));
  }
}

Result<v1::Shadow> CompareNext(command::Change& change, const Compare& command,
                               const TimeZone& zone) {
  db::Transaction& tx = change.tx();
  const std::optional<Shadow> found = LockShadow(tx, command.shadow_id);
  if (!found) return ShadowUnknown();
  Shadow shadow = *found;
  std::string before = RowText(kKeptShadow, CellsOfShadow(shadow));
  if (shadow.state == State::kLoading) {
    return FailedPrecondition(reason::kShadowNotLoaded, "Parts of the file are missing.");
  }
  if (shadow.state == State::kLive) return IsLive();
  if (shadow.state == State::kCompared && !command.again) {
    return FailedPrecondition(reason::kShadowCompared, "All accounts are compared.");
  }
  // After this point it must succeed.
  const Event event = shadow.state == State::kCompared ? Event::kCompareAgain : Event::kCompare;
  if (shadow.state != State::kComparing) {
    ++shadow.comparison_no;
    shadow.compared_date = change.call().today;
    shadow.through = AccountId();
    shadow.account_count = shadow.same_account_count = 0;
  }
  shadow.state = After(shadow.state, event).value();
  const std::vector<AccountId> accounts =
      NextAccounts(tx, shadow, shadow.through, ShadowService::kAccountsOfCall);
  if (!accounts.empty()) {
    const ComparedPage compared = CompareAccounts(tx, shadow, zone, accounts);
    const ShadowPage page{shadow.shadow_id, shadow.comparison_no, shadow.through.value(),
                          std::to_string(accounts.back().value())};
    AuditPage(change, page, "compare",
              InsertPage(tx, page, {}, compared.totals, compared.differences));
    shadow.through = accounts.back();
    shadow.account_count += static_cast<std::int64_t>(accounts.size());
    shadow.same_account_count += compared.same_count;
  }
  if (static_cast<std::int64_t>(accounts.size()) < ShadowService::kAccountsOfCall) {
    FinishComparison(change, shadow);
  }
  Save(change, shadow, "compare", std::move(before));
  return ToProto(shadow);
}

Result<v1::ShadowCause> AcknowledgeGroup(command::Change& change, const Acknowledge& command) {
  db::Transaction& tx = change.tx();
  const std::optional<Shadow> shadow = LockShadow(tx, command.shadow_id);
  if (!shadow) return ShadowUnknown();
  if (shadow->state != State::kCompared) return NotCompared();
  std::optional<CauseGroup> group = LockCause(tx, *shadow, command.cause, command.service);
  if (!group) return NotFound(reason::kCauseUnknown, "No difference has this cause and service.");
  if (group->difference_count != command.difference_count ||
      group->effect_cents != command.effect_cents) {
    return Aborted(::reeve::reason::kStale, "The group has other differences by now.");
  }
  if (group->cause == Cause::kUnexplained) {
    return FailedPrecondition(reason::kCauseUnexplained,
                              "Nobody can answer for what is not explained.");
  }
  if (group->IsAcknowledged()) {
    return FailedPrecondition(reason::kCauseAcknowledged, "Two people have acknowledged it.");
  }
  const PersonId person = change.call().caller.person;
  if (group->persons[0] == person) {
    return PermissionDenied(reason::kSamePerson, "A cause is acknowledged by two people.");
  }
  // After this point it must succeed.
  std::string before = RowText(kKeptCause, CellsOfCause(*shadow, *group));
  const std::size_t place = group->persons[0] == PersonId() ? 0 : 1;
  group->persons[place] = person;
  group->reasons[place] = command.reason;
  SaveCause(tx, *shadow, *group);
  AuditRow(change, kKeptCause, "acknowledge", std::move(before), CellsOfCause(*shadow, *group));
  return ToProto(*group, Examples(tx, *shadow, *group, kExamples));
}

Error ToError(const Refusal& refusal) {
  const auto refuse = [&](Reason reason, std::string message) {
    return FailedPrecondition(reason, std::move(message) + refusal.service + ": " + refusal.what)
        .With("service", refusal.service);
  };
  switch (refusal.obstacle) {
    case Obstacle::kTotalsDiffer:
      return refuse(reason::kControlTotalsDiffer, "The control totals differ in ");
    case Obstacle::kUnexplained:
      return refuse(reason::kDifferencesUnexplained, "Differences are not explained in ");
    case Obstacle::kNotAcknowledged:
      break;
  }
  return refuse(reason::kDifferencesOpen, "Two people have not acknowledged differences in ");
}

Result<v1::Shadow> Live(command::Change& change, const LetLive& command) {
  db::Transaction& tx = change.tx();
  const std::optional<Shadow> found = LockShadow(tx, command.shadow_id);
  if (!found) return ShadowUnknown();
  Shadow shadow = *found;
  if (shadow.state == State::kLive) return IsLive();
  const std::optional<State> next = After(shadow.state, Event::kGoLive);
  if (!next) return NotCompared();
  if (shadow.loaded_by == change.call().caller.person) {
    return PermissionDenied(reason::kSamePerson, "Whoever loaded the file does not let it live.");
  }
  if (shadow.compared_date != change.call().today) {
    return FailedPrecondition(reason::kComparisonOld,
                              "It was compared on another day: compare again.");
  }
  const std::optional<Refusal> refusal =
      JudgeGoLive(LoadTotals(tx, shadow.shadow_id, 0),
                  LoadTotals(tx, shadow.shadow_id, shadow.comparison_no), LoadCauses(tx, shadow));
  if (refusal) return ToError(*refusal);
  // After this point it must succeed.
  std::string before = RowText(kKeptShadow, CellsOfShadow(shadow));
  shadow.state = *next;
  shadow.live_by = change.call().caller.person;
  Save(change, shadow, "go-live", std::move(before));
  return ToProto(shadow);
}

v1::Shadow Report(db::Transaction& tx, const Shadow& shadow) {
  v1::Shadow message = ToProto(shadow);
  const bool compared = shadow.comparison_no > 0;
  AddTotals(LoadTotals(tx, shadow.shadow_id, 0),
            compared ? LoadTotals(tx, shadow.shadow_id, shadow.comparison_no) : Totals(), message);
  for (const CauseGroup& group : LoadCauses(tx, shadow)) {
    *message.add_causes() = ToProto(group, Examples(tx, shadow, group, kExamples));
  }
  return message;
}

}  // namespace

grpc::ServerUnaryReactor* ShadowService::CheckOldBills(grpc::CallbackServerContext* context,
                                                       const v1::CheckOldBillsRequest* request,
                                                       v1::CheckOldBillsResponse* response) {
  return server_.Handle(
      context, request, response,
      [](const Call&,
         const v1::CheckOldBillsRequest& request) -> Result<v1::CheckOldBillsResponse> {
        Fields fields;
        file::CheckLines(fields, request.first_line(), request.lines(), kLinesMax);
        if (!fields.ok()) return fields.error();
        const OldRows rows = ParseOldBills(request.lines(), request.first_line());
        return file::AnswerProblems<v1::CheckOldBillsResponse>(rows.problems);
      });
}

grpc::ServerUnaryReactor* ShadowService::LoadOldBills(grpc::CallbackServerContext* context,
                                                      const v1::LoadOldBillsRequest* request,
                                                      v1::Shadow* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::LoadOldBillsRequest& request) -> Result<v1::Shadow> {
        REEVE_ASSIGN_OR_RETURN(const LoadPart part, Parse(request));
        const OldRows rows = ParseOldBills(part.file.lines, part.file.first_line);
        Fields fields;
        file::RefuseProblems(fields, rows.problems);
        if (!fields.ok()) return fields.error();
        return frame_.Write(call, part,
                            [&](command::Change& change) { return Load(change, part, rows); });
      });
}

grpc::ServerUnaryReactor* ShadowService::AdvanceShadow(grpc::CallbackServerContext* context,
                                                       const v1::AdvanceShadowRequest* request,
                                                       v1::Shadow* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::AdvanceShadowRequest& request) -> Result<v1::Shadow> {
        REEVE_ASSIGN_OR_RETURN(const Compare command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) {
          return CompareNext(change, command, zone_);
        });
      });
}

grpc::ServerUnaryReactor* ShadowService::GetShadow(grpc::CallbackServerContext* context,
                                                   const v1::GetShadowRequest* request,
                                                   v1::Shadow* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::GetShadowRequest& request) -> Result<v1::Shadow> {
        Fields fields;
        const std::int64_t shadow_id = fields.Id("shadow_id", request.shadow_id());
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(call.deadline, [&](db::Transaction& tx) -> Result<v1::Shadow> {
          const std::optional<Shadow> shadow = FindShadow(tx, shadow_id);
          if (!shadow) return ShadowUnknown();
          return Report(tx, *shadow);
        });
      });
}

grpc::ServerUnaryReactor* ShadowService::ListShadowDifferences(
    grpc::CallbackServerContext* context, const v1::ListShadowDifferencesRequest* request,
    v1::ListShadowDifferencesResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::ListShadowDifferencesRequest& request)
          -> Result<v1::ListShadowDifferencesResponse> {
        Fields fields;
        const std::int64_t shadow_id = fields.Id("shadow_id", request.shadow_id());
        const std::string query = "shadow/" + std::to_string(shadow_id);
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 2);
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::ListShadowDifferencesResponse> {
              const std::optional<Shadow> shadow = FindShadow(tx, shadow_id);
              if (!shadow) return ShadowUnknown();
              v1::ListShadowDifferencesResponse answer;
              for (const AccountDifference& one : ListDifferences(
                       tx, *shadow, AccountId(page.AfterInt(0)), page.AfterInt(1), page.size)) {
                *answer.add_differences() = ToProto(one);
              }
              if (answer.differences_size() == page.size) {
                const v1::ShadowDifference& last = answer.differences(page.size - 1);
                answer.set_next_page_token(rpc::NextPageToken(
                    query,
                    {std::to_string(last.account_id()), std::to_string(last.difference_no())}));
              }
              return answer;
            });
      });
}

grpc::ServerUnaryReactor* ShadowService::AcknowledgeCause(
    grpc::CallbackServerContext* context, const v1::AcknowledgeCauseRequest* request,
    v1::ShadowCause* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::AcknowledgeCauseRequest& request) -> Result<v1::ShadowCause> {
        REEVE_ASSIGN_OR_RETURN(const Acknowledge command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) {
          return AcknowledgeGroup(change, command);
        });
      });
}

grpc::ServerUnaryReactor* ShadowService::GoLive(grpc::CallbackServerContext* context,
                                                const v1::GoLiveRequest* request,
                                                v1::Shadow* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::GoLiveRequest& request) -> Result<v1::Shadow> {
        REEVE_ASSIGN_OR_RETURN(const LetLive command, Parse(request));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Live(change, command); });
      });
}

}  // namespace reeve::billing::shadow
