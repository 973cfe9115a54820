#include "services/billing/cycle/hold_service.h"

#include <algorithm>

#include "services/billing/audit_row.h"
#include "services/billing/bill/bill_wire_service.h"
#include "services/billing/cycle/cycle_service.h"
#include "services/billing/cycle/cycle_store.h"
#include "services/billing/cycle/duty_store.h"
#include "services/billing/cycle/guard_policy_store.h"
#include "services/billing/cycle/hold_store.h"
#include "services/billing/cycle/review_service.h"
#include "services/billing/derived_id.h"
#include "services/billing/rate/rate_store.h"
#include "shared/rpc/paging.h"

namespace reeve::billing::cycle {
namespace {

// A transaction holds at most 5,000 rows. Of a posted run a bill is some 20, its review, audit,
// charges and postings; one that is billed as months has parts of its own, too.
constexpr std::int64_t kReleasedBillsMax = 200;
constexpr std::int64_t kMonthsBillsMax = 100;
constexpr std::size_t kSampleBills = 10;

struct AssignCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.HoldService/AssignHold";
  std::string request_id;
  HoldWork work;

  std::int64_t home() const { return work.account.value(); }
  Canonical canonical() const {
    return std::move(Canonical(kMethod, 1)
                         .Add("account_id", work.account.value())
                         .Add("bill_id", work.bill_id)
                         .Add("owner_person_id", work.owner.value())
                         .Add("deadline_date", work.deadline.ToString()));
  }
};

struct ProposeCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.HoldService/ProposeRelease";
  std::string request_id;
  MassRelease release;

  std::int64_t home() const { return release.cycle_id; }
  Canonical canonical() const {
    return std::move(Canonical(kMethod, 2)
                         .Add("cycle_id", release.cycle_id)
                         .Add("rule", HoldReasonName(release.rule))
                         .Add("at_stake_max_cents", release.at_stake_max_cents)
                         .Add("reason", release.reason)
                         .Add("as_months", release.as_months ? 1 : 0));
  }
};

struct ApproveCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.HoldService/ApproveRelease";
  std::string request_id;
  std::int64_t release_id = 0;
  std::int64_t total_cents = 0;

  std::int64_t home() const { return release_id; }
  Canonical canonical() const {
    return std::move(
        Canonical(kMethod, 1).Add("release_id", release_id).Add("total_cents", total_cents));
  }
};

Result<AssignCommand> Parse(const v1::AssignHoldRequest& request) {
  Fields fields;
  AssignCommand command{fields.RequestId(request.request_id()),
                        {AccountId(fields.Id("account_id", request.account_id())),
                         fields.Id("bill_id", request.bill_id()),
                         PersonId(fields.Id("owner_person_id", request.owner_person_id())),
                         fields.CivilDate("deadline_date", request.deadline_date())}};
  if (!fields.ok()) return fields.error();
  return command;
}

Result<ProposeCommand> Parse(const v1::ProposeReleaseRequest& request) {
  Fields fields;
  ProposeCommand command;
  command.request_id = fields.RequestId(request.request_id());
  MassRelease& release = command.release;
  release.cycle_id = fields.Id("cycle_id", request.cycle_id());
  const auto rules = GuardRules();
  const auto rule = std::find_if(rules.begin(), rules.end(), [&](const RuleWords& words) {
    return words.name == request.rule();
  });
  if (rule == rules.end()) {
    fields.Refuse("rule", "is no rule of a bill");
  } else if (rule->reason == HoldReason::kNotItsLines) {
    fields.Refuse("rule", "is for bills that are looked at one by one");
  } else {
    release.rule = rule->reason;
  }
  release.at_stake_max_cents =
      fields.Range("at_stake_max_cents", request.at_stake_max_cents(), 0, Money::kMaxCents);
  release.reason = fields.Text("reason", request.reason(), 3, 500);
  release.as_months = request.as_months();
  if (release.as_months && request.rule() != HoldReasonName(HoldReason::kLongPeriod)) {
    fields.Refuse("as_months", "is for LONG_PERIOD");
  }
  if (!fields.ok()) return fields.error();
  return command;
}

Result<ApproveCommand> Parse(const v1::ApproveReleaseRequest& request) {
  Fields fields;
  ApproveCommand command{fields.RequestId(request.request_id()),
                         fields.Id("release_id", request.release_id()),
                         fields.Range("total_cents", request.total_cents(), 0, Money::kMaxCents)};
  if (!fields.ok()) return fields.error();
  return command;
}

std::int64_t AtStake(const Bill& bill) {
  std::int64_t cents = 0;
  for (const Hold& hold : bill.holds) cents += hold.at_stake.cents();
  return cents;
}

v1::HeldBill ToProto(const Bill& bill, const std::optional<HoldWork>& work, Date today) {
  v1::HeldBill message;
  *message.mutable_bill() = bill::ToProto(bill);
  message.set_at_stake_cents(AtStake(bill));
  message.set_age_days(today - bill.bill_date);
  const Date deadline = work ? work->deadline : bill.bill_date.PlusDays(kDeadlineDays);
  if (work) message.set_owner_person_id(work->owner.value());
  message.set_deadline_date(deadline.ToString());
  message.set_overdue(deadline < today);
  return message;
}

v1::MassRelease ToProto(const MassRelease& release) {
  v1::MassRelease message;
  message.set_release_id(release.release_id);
  message.set_cycle_id(release.cycle_id);
  message.set_state(release.state == ReleaseState::kProposed ? v1::RELEASE_STATE_PROPOSED
                                                             : v1::RELEASE_STATE_RELEASED);
  message.set_rule(std::string(HoldReasonName(release.rule)));
  message.set_at_stake_max_cents(release.at_stake_max_cents);
  message.set_bill_count(release.bill_count);
  message.set_total_cents(release.total_cents);
  message.set_at_stake_cents(release.at_stake_cents);
  message.set_reason(release.reason);
  message.set_proposed_by_person_id(release.proposed_by.value());
  message.set_approved_by_person_id(release.approved_by.value());
  message.set_as_months(release.as_months);
  return message;
}

std::int64_t BillsMax(const MassRelease& release) {
  return release.as_months ? kMonthsBillsMax : kReleasedBillsMax;
}

std::vector<Bill> BillsOf(db::Transaction& tx, const MassRelease& release) {
  return ReleasableBills(tx, release.cycle_id, release.rule, release.at_stake_max_cents,
                         BillsMax(release) + 1);
}

void Count(std::span<const Bill> bills, MassRelease& release) {
  release.bill_count = static_cast<std::int64_t>(bills.size());
  release.total_cents = release.at_stake_cents = 0;
  for (const Bill& bill : bills) {
    release.total_cents += bill.total.cents();
    release.at_stake_cents += AtStake(bill);
  }
}

// With the bills that have the most at stake.
v1::MassRelease WithSample(const MassRelease& release, std::vector<Bill> bills) {
  v1::MassRelease message = ToProto(release);
  std::stable_sort(bills.begin(), bills.end(), [](const Bill& one, const Bill& other) {
    return AtStake(one) > AtStake(other);
  });
  for (std::size_t i = 0; i < std::min(bills.size(), kSampleBills); ++i) {
    *message.add_sample() = bill::ToProto(bills[i]);
  }
  return message;
}

Error SamePerson(std::string message) {
  return PermissionDenied(reason::kSamePerson, std::move(message));
}

Result<v1::HeldBill> Assign(command::Change& change, const AssignCommand& command) {
  db::Transaction& tx = change.tx();
  const HoldWork& work = command.work;
  const std::optional<Bill> bill = LockBill(tx, work.account, work.bill_id);
  if (!bill) return NotFound(reason::kBillUnknown, "There is no such bill.");
  if (bill->state != BillState::kHeld) {
    return FailedPrecondition(reason::kBillNotHeld, "The bill is not held.");
  }
  if (work.deadline < change.call().today) {
    Fields fields;
    fields.Refuse("deadline_date", "lies in the past");
    return fields.error();
  }
  const std::optional<HoldWork> before = LockHoldWork(tx, work.account, work.bill_id);
  SaveHoldWork(tx, work, !before);
  AuditRow(change, kKeptHoldWork, "assign",
           before ? RowText(kKeptHoldWork, CellsOfHoldWork(*before)) : "", CellsOfHoldWork(work));
  return ToProto(*bill, work, change.call().today);
}

bool IsOwn(db::Transaction& tx, const Run& run, std::span<const Bill> bills, const Caller& caller) {
  return IsOwnRun(tx, run, caller) || AreOwnReads(tx, bills, caller);
}

// Sends each as months. One that would not be less that way is sent as it is.
void AllAsMonths(command::Change& change, const Run& run, std::vector<Bill> bills,
                 const ReviewWords& words) {
  db::Transaction& tx = change.tx();
  const rate::Tariff tariff(rate::LoadSchedules(tx, run.tariff_no));
  const GuardPolicy policy = GuardPolicyOf(tx, run);
  std::vector<Bill> held;
  std::vector<Bill> months;
  std::vector<Bill> as_they_are;
  for (const Bill& bill : bills) {
    Bill whole = LockBill(tx, bill.account, bill.bill_id).value();
    std::optional<Bill> made = MakeMonthsBill(tx, run, tariff, policy, whole);
    if (made) months.push_back(*std::move(made));
    (made ? held : as_they_are).push_back(std::move(whole));
  }
  SendAsMonths(change, run, held, months, words);
  DecideBills(change, run, as_they_are, BillEvent::kRelease, words);
}

Result<v1::MassRelease> Propose(command::Change& change, const ProposeCommand& command) {
  db::Transaction& tx = change.tx();
  MassRelease release = command.release;
  const std::optional<Run> run = LockRun(tx, release.cycle_id);
  if (!run) return NotFound(reason::kCycleUnknown, "There is no such cycle run.");
  const std::vector<Bill> bills = BillsOf(tx, release);
  if (bills.empty()) return FailedPrecondition(reason::kReleaseEmpty, "There is no such bill.");
  if (static_cast<std::int64_t>(bills.size()) > BillsMax(release)) {
    return FailedPrecondition(reason::kReleaseTooLarge, "They are too many bills for one release.")
        .With("bills_max", BillsMax(release));
  }
  if (IsOwn(tx, *run, bills, change.call().caller)) {
    return SamePerson("Bills are released by people who neither started the run nor read them.");
  }
  // After this point it must succeed.
  Count(bills, release);
  release.release_id = DerivedId("mass-release", command.request_id);
  release.proposed_by = change.call().caller.person;
  InsertRelease(tx, release);
  AuditRow(change, kKeptRelease, "propose", "", CellsOfRelease(release));
  return WithSample(release, bills);
}

Result<v1::MassRelease> Approve(command::Change& change, const ApproveCommand& command) {
  db::Transaction& tx = change.tx();
  const std::optional<MassRelease> seen = FindRelease(tx, command.release_id);
  if (!seen) return NotFound(reason::kReleaseUnknown, "There is no such mass release.");
  const Run run = LockRun(tx, seen->cycle_id).value();
  MassRelease release = LockRelease(tx, command.release_id).value();
  if (release.state == ReleaseState::kReleased) {
    return FailedPrecondition(reason::kAlreadyReleased, "The bills are released.");
  }
  // Held bills move under the lock of their run alone.
  const PersonId person = change.call().caller.person;
  std::vector<Bill> bills = BillsOf(tx, release);
  if (release.proposed_by == person || IsOwn(tx, run, bills, change.call().caller)) {
    return SamePerson(
        "Bills are released by somebody who neither proposed it, started the run nor read them.");
  }
  MassRelease now = release;
  Count(bills, now);
  const bool as_proposed = now.bill_count == release.bill_count &&
                           now.total_cents == release.total_cents &&
                           now.at_stake_cents == release.at_stake_cents;
  if (!as_proposed || command.total_cents != release.total_cents) {
    return Aborted(::reeve::reason::kStale, "The bills are others by now.");
  }
  // After this point it must succeed.
  std::string before = RowText(kKeptRelease, CellsOfRelease(release));
  release.state = ReleaseState::kReleased;
  release.approved_by = person;
  SaveRelease(tx, release);
  AuditRow(change, kKeptRelease, "release", std::move(before), CellsOfRelease(release));
  const ReviewWords words{release.reason, 0, release.release_id};
  if (release.as_months) {
    AllAsMonths(change, run, std::move(bills), words);
  } else {
    AddAmounts(tx, bills);
    DecideBills(change, run, bills, BillEvent::kRelease, words);
  }
  return ToProto(release);
}

}  // namespace

grpc::ServerUnaryReactor* HoldService::ListHolds(grpc::CallbackServerContext* context,
                                                 const v1::ListHoldsRequest* request,
                                                 v1::ListHoldsResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListHoldsRequest& request) -> Result<v1::ListHoldsResponse> {
        Fields fields;
        const std::string query = request.overdue_only() ? "overdue" : "waiting";
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 2);
        if (!fields.ok()) return fields.error();
        const std::optional<Date> before =
            request.overdue_only() ? std::optional(call.today) : std::nullopt;
        v1::ListHoldsResponse answer;
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          answer.Clear();
          for (const WaitingBill& one :
               ListWaiting(tx, AccountId(page.AfterInt(0)), page.AfterInt(1), before, kDeadlineDays,
                           page.size)) {
            *answer.add_holds() = ToProto(one.bill, one.work, call.today);
          }
        });
        if (answer.holds_size() == page.size) {
          const v1::Bill& last = answer.holds(page.size - 1).bill();
          answer.set_next_page_token(rpc::NextPageToken(
              query, {std::to_string(last.account_id()), std::to_string(last.bill_id())}));
        }
        return answer;
      });
}

grpc::ServerUnaryReactor* HoldService::AssignHold(grpc::CallbackServerContext* context,
                                                  const v1::AssignHoldRequest* request,
                                                  v1::HeldBill* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::AssignHoldRequest& request) -> Result<v1::HeldBill> {
        REEVE_ASSIGN_OR_RETURN(const AssignCommand command, Parse(request));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Assign(change, command); });
      });
}

grpc::ServerUnaryReactor* HoldService::ProposeRelease(grpc::CallbackServerContext* context,
                                                      const v1::ProposeReleaseRequest* request,
                                                      v1::MassRelease* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ProposeReleaseRequest& request) -> Result<v1::MassRelease> {
        REEVE_ASSIGN_OR_RETURN(const ProposeCommand command, Parse(request));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Propose(change, command); });
      });
}

grpc::ServerUnaryReactor* HoldService::GetRelease(grpc::CallbackServerContext* context,
                                                  const v1::GetReleaseRequest* request,
                                                  v1::MassRelease* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::GetReleaseRequest& request) -> Result<v1::MassRelease> {
        Fields fields;
        fields.Id("release_id", request.release_id());
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::MassRelease> {
              const std::optional<MassRelease> release = FindRelease(tx, request.release_id());
              if (!release) {
                return NotFound(reason::kReleaseUnknown, "There is no such mass release.");
              }
              if (release->state == ReleaseState::kReleased) return ToProto(*release);
              return WithSample(*release, BillsOf(tx, *release));
            });
      });
}

grpc::ServerUnaryReactor* HoldService::ApproveRelease(grpc::CallbackServerContext* context,
                                                      const v1::ApproveReleaseRequest* request,
                                                      v1::MassRelease* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ApproveReleaseRequest& request) -> Result<v1::MassRelease> {
        REEVE_ASSIGN_OR_RETURN(const ApproveCommand command, Parse(request));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Approve(change, command); });
      });
}

}  // namespace reeve::billing::cycle
