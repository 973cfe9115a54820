#include "services/billing/cycle/cycle_work_service.h"

#include <algorithm>

#include "services/billing/agreement/agreement_store.h"
#include "services/billing/cycle/cycle_store.h"
#include "services/billing/cycle/post_bills_service.h"
#include "services/billing/rate/rate_store.h"
#include "shared/obs/log.h"

namespace reeve::billing::cycle {
namespace {

// Such that no transaction holds more than 5,000 rows: an agreement makes a segment and a handful
// of lines when it is calculated, a charge and two postings when it is posted, and its bill three
// rows.
constexpr std::int64_t kAgreementsOfPage = 800;
constexpr Duration kIdlePause = Duration::Millis(100);
constexpr Duration kFailurePause = Duration::Seconds(1);
constexpr Duration kPageTime = Duration::Seconds(60);

// Whole accounts only: the last one of a full page may go on in the next.
void KeepWholeAccounts(std::vector<agreement::Agreement>& page) {
  if (static_cast<std::int64_t>(page.size()) < kAgreementsOfPage) return;
  const AccountId last = page.back().account;
  const auto cut = std::find_if(page.begin(), page.end(), [&](const agreement::Agreement& one) {
    return one.account == last;
  });
  if (cut != page.begin()) page.erase(cut, page.end());
}

// Joins the page with what was billed last and the reads since.
std::vector<Pending> JoinPage(db::Transaction& tx, const Run& run,
                              const std::vector<agreement::Agreement>& page) {
  std::vector<read::AgreementKey> keys;
  for (const agreement::Agreement& one : page) keys.emplace_back(one.account, one.agreement_id);
  std::vector<std::optional<LastBilled>> last = LoadLastBilled(tx, keys);
  std::vector<Pending> pending;
  std::vector<read::ReadsWanted> wanted;
  for (std::size_t i = 0; i < page.size(); ++i) {
    pending.push_back({&page[i], std::move(last[i]), {}});
    if (!page[i].IsMetered()) continue;
    const Date since = pending[i].last ? pending[i].last->to_date : page[i].start_date;
    wanted.push_back({keys[i], since, run.period_end});
  }
  std::vector<std::vector<read::Reading>> reads = read::LoadReads(tx, wanted);
  auto next = reads.begin();
  for (Pending& one : pending) {
    if (one.agreement->IsMetered()) one.reads = std::move(*next++);
  }
  return pending;
}

std::vector<Bill> MakeBills(const Run& run, const rate::Tariff& tariff,
                            std::span<const Pending> pending) {
  std::vector<Bill> bills;
  for (std::size_t begin = 0, end = 0; begin < pending.size(); begin = end) {
    while (end < pending.size() &&
           pending[end].agreement->account == pending[begin].agreement->account)
      ++end;
    std::optional<Bill> bill = MakeBill(run, tariff, pending.subspan(begin, end - begin));
    if (bill) bills.push_back(*std::move(bill));
  }
  return bills;
}

void Finish(command::Change& change, Run& run, RunEvent event) {
  const RunState before = run.state;
  run.state = *After(run.state, event);
  run.cursor = AccountId();
  change.Audit({"cycle-run", std::to_string(run.cycle_id), "finish",
                "state=" + std::string(RunStateName(before)),
                "state=" + std::string(RunStateName(run.state))});
}

}  // namespace

CycleWork::CycleWork(command::Frame& frame, db::Database& database, Clocks clocks,
                     Executor& executor, obs::Metrics& metrics)
    : frame_(frame),
      database_(database),
      clocks_(clocks),
      executor_(executor),
      calculated_(metrics.NewCounter("bills_calculated_total", "Bills that cycles calculated.")),
      held_(metrics.NewCounter("bills_held_total", "Bills that the guard held.")),
      posted_(metrics.NewCounter("bills_posted_total", "Bills that cycles posted.")),
      failures_(metrics.NewCounter("cycle_failures_total", "Pages of cycles that failed.")) {}

void CycleWork::Start() {
  executor_.Post([this] { Loop(); });
}

void CycleWork::Loop() {
  try {
    if (Step()) {
      executor_.Post([this] { Loop(); });
    } else {
      executor_.PostAfter(kIdlePause, [this] { Loop(); });
    }
  } catch (const std::exception& thrown) {
    failures_.Add();
    obs::Log(obs::Level::kError, "cycle_page_failed", {{"what", std::string_view(thrown.what())}});
    executor_.PostAfter(kFailurePause, [this] { Loop(); });
  }
}

bool CycleWork::Step() {
  const Call call = MakeCall();
  std::optional<std::int64_t> cycle_id;
  database_.Read(call.deadline, [&](db::Transaction& tx) { cycle_id = RunAtWork(tx); });
  if (!cycle_id) return false;
  Done done;
  const Result<> applied = frame_.Apply(call, *cycle_id, [&](command::Change& change) -> Result<> {
    Run run = LockRun(change.tx(), *cycle_id).value();
    done = run.state == RunState::kCalculating ? Calculate(change, run)
           : run.state == RunState::kPosting   ? Post(change, run)
                                               : Done();
    SaveRun(change.tx(), run);
    return Ok();
  });
  calculated_.Add(done.calculated);
  held_.Add(done.held);
  posted_.Add(done.posted);
  return applied.ok();
}

CycleWork::Done CycleWork::Calculate(command::Change& change, Run& run) {
  db::Transaction& tx = change.tx();
  std::vector<agreement::Agreement> page =
      agreement::PageOfCycle(tx, run.cycle, run.period_end, run.cursor, kAgreementsOfPage);
  if (page.empty()) {
    Finish(change, run, RunEvent::kFinishCalculation);
    return {};
  }
  KeepWholeAccounts(page);
  const rate::Tariff tariff(rate::LoadSchedules(tx));
  const std::vector<Bill> bills = MakeBills(run, tariff, JoinPage(tx, run, page));
  Register reg;
  for (const Bill& bill : bills) AddToRegister(bill, reg);
  InsertBills(tx, bills);
  AddToRegister(tx, run.cycle_id, reg);
  InsertPage(tx, run.cycle_id, page.back().account);
  run.cursor = page.back().account;
  run.done_count += static_cast<std::int64_t>(page.size());
  const auto held = std::count_if(bills.begin(), bills.end(),
                                  [](const Bill& bill) { return bill.state == BillState::kHeld; });
  return {static_cast<std::int64_t>(bills.size()), held, 0};
}

CycleWork::Done CycleWork::Post(command::Change& change, Run& run) {
  db::Transaction& tx = change.tx();
  const std::optional<AccountId> through = NextPage(tx, run.cycle_id, run.cursor);
  if (!through) {
    Finish(change, run, RunEvent::kFinishPosting);
    return {};
  }
  const std::vector<Bill> bills = PostableBills(tx, run.cycle_id, run.cursor, *through);
  PostBills(change, bills);
  MarkPosted(tx, run.cycle_id, run.cursor, *through, bills.size());
  run.cursor = *through;
  for (const Bill& bill : bills) {
    run.done_count += static_cast<std::int64_t>(bill.segments.size());
  }
  return {0, 0, static_cast<std::int64_t>(bills.size())};
}

Call CycleWork::MakeCall() const {
  Call call;
  call.caller = {CallerKind::kService, {}, "billing"};
  call.permissions = std::make_shared<const std::set<std::string, std::less<>>>();
  call.now = clocks_.city.Now();
  call.today = clocks_.zone.DateAt(call.now);
  call.deadline = clocks_.machine.Now() + kPageTime;
  return call;
}

}  // namespace reeve::billing::cycle
