#include "services/billing/late_fee/run_service.h"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "services/billing/audit_row.h"
#include "services/billing/derived_id.h"
#include "services/billing/late_fee/reversal_service.h"
#include "services/billing/receivable/books_store.h"
#include "services/billing/receivable/payment_feed_service.h"

namespace reeve::billing::late_fee {
namespace {

constexpr std::int64_t kAccountsOfPage = 200;
constexpr std::int64_t kFeesOfPage =
    200;  // each makes a row, an entry with postings and an audit entry
constexpr std::string_view kChanged = "CHANGED";

Error NotInState(const Run& run) {
  return FailedPrecondition(reason::kRunState, "The run is not in a state for that.")
      .With("state", std::string(kRunStateName(run.state)));
}

std::string TextOf(const Run& run) { return RowText(kKeptRun, CellsOfRun(run)); }
std::string TextOf(const Fee& fee) { return RowText(kKeptFee, CellsOfFee(fee)); }

void Save(command::Change& change, std::string_view action, std::string before, const Run& run) {
  SaveRun(change.tx(), run);
  AuditRow(change, kKeptRun, action, std::move(before), CellsOfRun(run));
}

void Count(command::Change& change, Meters& meters, State state) {
  change.AfterCommit([&meters, state] { meters.Reached(kStateName(state)); });
}

void InsertFindingsOf(command::Change& change, const Run& run, const Policy& policy) {
  db::Transaction& tx = change.tx();
  std::optional<Totals> before;
  for (const Run& one : RunsOf(tx, run.policy_code, run.run_no)) {
    if (one.state != RunState::kPosted) continue;
    before = LoadTotals(tx, one.run_id);
    break;
  }
  const std::vector<Finding> findings =
      FindingsOf(policy, LoadTotals(tx, run.run_id), before, LoadDueDates(tx, run.run_id));
  InsertFindings(tx, run.run_id, findings);
  for (const Finding& finding : findings) {
    AuditRow(change, kKeptFinding, "find", "", CellsOfFinding(run.run_id, finding));
  }
}

// The fees of a page whose accounts are whole: the next begins behind the last. Of an account that
// fills a page the rest is still to be posted, and the next begins where this one did.
std::vector<Fee> NextToPost(db::Transaction& tx, Run& run, bool& is_last) {
  std::vector<Fee> fees = FeesToPost(tx, run.run_id, run.after, kFeesOfPage);
  is_last = static_cast<std::int64_t>(fees.size()) < kFeesOfPage;
  if (fees.empty()) return fees;
  const AccountId cut = fees.back().account;
  if (!is_last) {
    if (fees.front().account == cut) return fees;
    while (fees.back().account == cut) fees.pop_back();
  }
  run.after = fees.back().account;
  return fees;
}

// Takes back the fee whose place it takes, if any, and owes it, if it comes to anything.
void PostFee(command::Change& change, receivable::Books& books, const Policy& policy, Fee& fee,
             const Fee* replaced, const receivable::AllocationPolicy& order) {
  const Date today = change.call().today;
  const auto check = [](const Result<>& done) {
    if (!done.ok()) throw std::logic_error("a late fee was not posted: " + done.error().message());
  };
  if (replaced != nullptr) {
    check(TakeBack(books, *replaced, today, CreditedOf(change.tx(), *replaced)));
  }
  if (fee.amount > Money()) {
    Charged charged = ChargesOf(fee, today.PlusDays(policy.due_days));
    check(books.AddLateFee(EntryIdOf(fee), SourceOf(fee), today, std::move(charged.charges),
                           charged.earned, order));
  } else if (replaced != nullptr) {
    check(books.UseCreditAfter(ReversalEntryIdOf(*replaced), today, order));
  }
  fee.state = After(fee.state, Event::kPost).value();
  fee.posted_date = today;
}

using AllBooks = std::map<AccountId, receivable::OpenBooks>;

// The books of the fees' accounts, held, with the charges of fees that are taken back.
AllBooks LockBooksOf(db::Transaction& tx, const Run& run, std::span<const Fee> fees,
                     std::map<AccountId, Facts>& facts) {
  std::set<AccountId> accounts;
  for (const Fee& fee : fees) accounts.insert(fee.account);
  AllBooks books = receivable::LockBooks(tx, accounts);
  const std::vector<AccountId> in_order(accounts.begin(), accounts.end());
  for (Facts& one : LoadFacts(tx, run, in_order)) facts.emplace(one.account, std::move(one));
  std::map<AccountId, std::vector<Fee>> replaced;
  for (const Fee& fee : fees) {
    const Fee* of = ReplacedBy(facts.at(fee.account), fee);
    if (of != nullptr) replaced[fee.account].push_back(*of);
  }
  for (const auto& [account, taken_back] : replaced) {
    books.insert_or_assign(account,
                           receivable::LockBooksFor(tx, account, ChargeIdsOf(taken_back)).value());
  }
  return books;
}

// Derives each fee of the page again, on books that are held, and posts what is as it was signed.
void PostPage(command::Change& change, const Run& run, std::vector<Fee>& fees, Meters& meters) {
  db::Transaction& tx = change.tx();
  std::map<AccountId, Facts> facts;
  AllBooks books = LockBooksOf(tx, run, fees, facts);
  const Rules rules = LoadRules(tx, run);
  const receivable::AllocationPolicy order = receivable::PolicyInForce(tx, change.call().today);
  std::vector<Fee> taken_back;
  for (Fee& fee : fees) {
    const std::string before = TextOf(fee);
    const Facts& of = facts.at(fee.account);
    const std::string why = WhyLapsed(rules, fee, of);
    if (why.empty()) {
      const Fee* replaced = ReplacedBy(of, fee);
      PostFee(change, books.at(fee.account).books, rules.versions.at(fee.policy_date), fee,
              replaced, order);
      if (replaced != nullptr) taken_back.push_back(*replaced);
    } else {
      fee.state = After(fee.state, Event::kLapse).value();
      fee.problem = kChanged;
      fee.evidence = why;
    }
    AuditRow(change, kKeptFee, why.empty() ? "post" : "lapse", before, CellsOfFee(fee));
    Count(change, meters, fee.state);
  }
  // First those that go: a bill bears a fee once.
  KeepReversed(change, taken_back, Reversal::kReplaced);
  for (const Fee& fee : taken_back) Count(change, meters, fee.state);
  SaveFees(tx, fees);
  std::vector<const receivable::Books*> changed;
  for (auto& [account, open] : books) {
    receivable::FollowUp(change, open, Money(), "");
    changed.push_back(&open.books);
  }
  receivable::SaveBooks(tx, changed, change.call().now);
}

// The fee of a calculated run, held.
Result<Fee> LockHeld(db::Transaction& tx, const OfFee& of, Run& run) {
  std::optional<Run> found = LockRun(tx, of.run_id);
  if (!found) return RunUnknown();
  std::optional<Fee> fee = LockFee(tx, of.account, of.run_id, of.bill_id, of.step_no);
  if (!fee) return NotFound(reason::kFeeUnknown, "The run has no such fee.");
  if (found->state != RunState::kCalculated) return NotInState(*found);
  if (fee->state != State::kHeld) {
    return FailedPrecondition(reason::kFeeNotHeld, "The fee does not wait for a decision.");
  }
  run = *std::move(found);
  return *std::move(fee);
}

v1::LateFee Answer(db::Transaction& tx, const Fee& fee) {
  const Versions versions = LoadVersions(tx, fee.policy_code);
  return ToProto(fee, VersionOn(versions, fee.policy_date));
}

// The newest run of the policy, and the posted one before it, if there are any.
struct Before {
  std::optional<Run> newest;
  std::optional<Run> posted;
};
Before RunsBefore(db::Transaction& tx, const std::string& policy_code) {
  Before before;
  constexpr std::int64_t kAll = 1'000'000;
  for (const Run& run : RunsOf(tx, policy_code, kAll)) {
    if (!before.newest) before.newest = run;
    if (run.state == RunState::kPosted && !before.posted) before.posted = run;
  }
  return before;
}

}  // namespace

Error RunUnknown() { return NotFound(reason::kRunUnknown, "There is no such run."); }

v1::LateFeeRun ToProto(db::Transaction& tx, const Run& run) {
  return ToProto(run, LoadTotals(tx, run.run_id), ListFindings(tx, run.run_id));
}

Result<v1::LateFeeRun> Start(command::Change& change, const StartCommand& command) {
  db::Transaction& tx = change.tx();
  const Date today = change.call().today;
  const Versions versions = LoadVersions(tx, command.policy_code);
  if (VersionOn(versions, today) == nullptr) {
    return NotFound(reason::kPolicyUnknown, "No version of the policy is in force.");
  }
  const Before before = RunsBefore(tx, command.policy_code);
  if (before.newest && before.newest->state != RunState::kPosted &&
      before.newest->state != RunState::kWithdrawn) {
    return FailedPrecondition(reason::kRunOpen, "Another run of the policy is open.")
        .With("run_id", before.newest->run_id);
  }
  if (before.posted && before.posted->window.run_date >= today) {
    return FailedPrecondition(reason::kNothingNew, "The last run charged what fell late today.");
  }
  // After this point it must succeed.
  Run run;
  run.run_no = before.newest ? before.newest->run_no + 1 : 1;
  run.run_id = DerivedId("late-fee-run", command.policy_code + "/" + std::to_string(run.run_no));
  run.policy_code = command.policy_code;
  run.window.from_date = before.posted ? before.posted->window.run_date
                                       : versions.begin()->second.effective_date.PlusDays(-1);
  run.window.run_date = today;
  run.started_by = change.call().caller.person;
  run.rules_no = kRulesNo;
  InsertRun(tx, run);
  AuditRow(change, kKeptRun, "start", "", CellsOfRun(run));
  return ToProto(tx, run);
}

Result<v1::LateFeeRun> Advance(command::Change& change, const AdvanceCommand& command,
                               Meters& meters) {
  db::Transaction& tx = change.tx();
  std::optional<Run> run = LockRun(tx, command.run_id);
  if (!run) return RunUnknown();
  const std::optional<RunState> next = After(run->state, RunEvent::kFinish);
  if (!next) return NotInState(*run);
  const Rules rules = LoadRules(tx, *run);
  const std::vector<AccountId> accounts = ListCandidates(tx, *run, kAccountsOfPage);
  std::vector<Fee> fees;
  for (const Facts& facts : LoadFacts(tx, *run, accounts)) {
    for (Fee& fee : FeesOf(rules, run->window, facts)) {
      fee.run_id = run->run_id;
      fees.push_back(std::move(fee));
    }
  }
  InsertFees(tx, fees);
  for (const Fee& fee : fees) {
    AuditRow(change, kKeptFee, "calculate", "", CellsOfFee(fee));
    Count(change, meters, fee.state);
  }
  std::string before = TextOf(*run);
  if (!accounts.empty()) run->after = accounts.back();
  if (static_cast<std::int64_t>(accounts.size()) < kAccountsOfPage) {
    run->state = *next;
    InsertFindingsOf(change, *run, *VersionOn(rules.versions, run->window.run_date));
  }
  Save(change, "advance", std::move(before), *run);
  return ToProto(tx, *run);
}

Result<v1::LateFee> Assign(command::Change& change, const AssignCommand& command) {
  Run run;
  REEVE_ASSIGN_OR_RETURN(Fee fee, LockHeld(change.tx(), command.of, run));
  std::string before = TextOf(fee);
  fee.owner = command.owner;
  SaveFees(change.tx(), {&fee, 1});
  AuditRow(change, kKeptFee, "assign", std::move(before), CellsOfFee(fee));
  return Answer(change.tx(), fee);
}

Result<v1::LateFee> Decide(command::Change& change, const DecideCommand& command, Meters& meters) {
  Run run;
  REEVE_ASSIGN_OR_RETURN(Fee fee, LockHeld(change.tx(), command.of, run));
  const PersonId caller = change.call().caller.person;
  if (run.started_by == caller) {
    return PermissionDenied(reason::kSamePerson,
                            "A fee is decided about by somebody who did not start the run.");
  }
  // After this point it must succeed.
  std::string before = TextOf(fee);
  fee.state = After(fee.state, command.decision).value();
  fee.reason = command.reason;
  fee.decided_by = caller;
  SaveFees(change.tx(), {&fee, 1});
  AuditRow(change, kKeptFee, "decide", std::move(before), CellsOfFee(fee));
  Count(change, meters, fee.state);
  return Answer(change.tx(), fee);
}

Result<v1::LateFeeRun> Acknowledge(command::Change& change, const AcknowledgeCommand& command) {
  db::Transaction& tx = change.tx();
  const std::optional<Run> run = LockRun(tx, command.run_id);
  if (!run) return RunUnknown();
  std::vector<Finding> findings = ListFindings(tx, run->run_id);
  const auto found = std::find_if(findings.begin(), findings.end(), [&](const Finding& finding) {
    return finding.rule == command.rule;
  });
  if (found == findings.end()) {
    return NotFound(reason::kFindingUnknown, "The run has no such finding.");
  }
  if (run->state != RunState::kCalculated) return NotInState(*run);
  if (run->started_by == change.call().caller.person) {
    return PermissionDenied(reason::kSamePerson,
                            "A finding is acknowledged by somebody who did not start the run.");
  }
  if (!found->acknowledgement.empty()) {
    return FailedPrecondition(reason::kAcknowledged, "Somebody has acknowledged it.");
  }
  // After this point it must succeed.
  std::string before = RowText(kKeptFinding, CellsOfFinding(run->run_id, *found));
  found->acknowledgement = command.acknowledgement;
  found->acknowledged_by = change.call().caller.person;
  SaveFinding(tx, run->run_id, *found);
  AuditRow(change, kKeptFinding, "acknowledge", std::move(before),
           CellsOfFinding(run->run_id, *found));
  return ToProto(tx, *run);
}

Result<v1::LateFeeRun> Sign(command::Change& change, const SignCommand& command) {
  db::Transaction& tx = change.tx();
  std::optional<Run> run = LockRun(tx, command.run_id);
  if (!run) return RunUnknown();
  const std::optional<RunState> next = After(run->state, RunEvent::kSign);
  if (!next) return NotInState(*run);
  const PersonId caller = change.call().caller.person;
  if (run->started_by == caller) {
    return PermissionDenied(reason::kSamePerson,
                            "A run is signed by somebody who did not start it.");
  }
  for (const auto& [date, policy] : LoadVersions(tx, run->policy_code)) {
    if (policy.loaded_by == caller && date <= run->window.run_date) {
      return PermissionDenied(reason::kOwnPolicy,
                              "A run is signed by somebody who did not load its policy.");
    }
  }
  if (HasDecided(tx, run->run_id, caller)) {
    return PermissionDenied(reason::kOwnDecision,
                            "A run is signed by somebody who decided about no fee of it.");
  }
  const Totals totals = LoadTotals(tx, run->run_id);
  if (totals.held > 0) {
    return FailedPrecondition(reason::kFeesHeld, "Some fees are not decided.")
        .With("held_count", totals.held);
  }
  for (const Finding& finding : ListFindings(tx, run->run_id)) {
    if (!finding.acknowledgement.empty()) continue;
    return FailedPrecondition(reason::kFindingsOpen, "A finding is not acknowledged.")
        .With("rule", finding.rule);
  }
  if (totals.count != command.count || totals.cents != command.cents ||
      totals.reversed_cents != command.reversed_cents) {
    return Aborted(::reeve::reason::kStale, "The register is another by now.");
  }
  // After this point it must succeed.
  std::string before = TextOf(*run);
  run->state = *next;
  run->after = AccountId();
  run->ended_by = caller;
  Save(change, "sign", std::move(before), *run);
  return ToProto(tx, *run);
}

Result<v1::LateFeeRun> Post(command::Change& change, const PostCommand& command, Meters& meters) {
  db::Transaction& tx = change.tx();
  std::optional<Run> run = LockRun(tx, command.run_id);
  if (!run) return RunUnknown();
  const std::optional<RunState> next = After(run->state, RunEvent::kPost);
  if (!next) return NotInState(*run);
  std::string before = TextOf(*run);
  bool is_last = false;
  std::vector<Fee> fees = NextToPost(tx, *run, is_last);
  if (!fees.empty()) PostPage(change, *run, fees, meters);
  run->state = is_last ? After(*next, RunEvent::kFinishPosting).value() : *next;
  Save(change, "post", std::move(before), *run);
  return ToProto(tx, *run);
}

Result<v1::LateFeeRun> Withdraw(command::Change& change, const WithdrawCommand& command) {
  db::Transaction& tx = change.tx();
  std::optional<Run> run = LockRun(tx, command.run_id);
  if (!run) return RunUnknown();
  const std::optional<RunState> next = After(run->state, RunEvent::kWithdraw);
  if (!next) return NotInState(*run);
  std::string before = TextOf(*run);
  run->state = *next;
  run->ended_by = change.call().caller.person;
  run->reason = command.reason;
  Save(change, "withdraw", std::move(before), *run);
  return ToProto(tx, *run);
}

}  // namespace reeve::billing::late_fee
