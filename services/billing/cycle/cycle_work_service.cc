#include "services/billing/cycle/cycle_work_service.h"

#include <algorithm>
#include <set>

#include "services/billing/agreement/agreement_store.h"
#include "services/billing/audit_row.h"
#include "services/billing/cycle/cycle_store.h"
#include "services/billing/cycle/guard_policy_store.h"
#include "services/billing/cycle/guard_run_store.h"
#include "services/billing/cycle/guard_service.h"
#include "services/billing/cycle/guard_store.h"
#include "services/billing/cycle/interval_use.h"
#include "services/billing/cycle/interval_use_store.h"
#include "services/billing/cycle/parcel_difference.h"
#include "services/billing/cycle/parcel_difference_store.h"
#include "services/billing/cycle/post_bills_service.h"
#include "services/billing/cycle/register_store.h"
#include "services/billing/meter/meter_store.h"
#include "services/billing/parcel/parcel_store.h"
#include "services/billing/rate/rate_store.h"
#include "services/billing/read/correction_store.h"
#include "services/billing/winter/winter_store.h"
#include "shared/obs/log.h"

namespace reeve::billing::cycle {
namespace {

constexpr Duration kIdlePause = Duration::Millis(100);
constexpr Duration kFailurePause = Duration::Seconds(1);
constexpr Duration kPageTime = Duration::Seconds(60);

// Hands each agreement of the page, which is in their order, the meters that it had since its last
// bill and has no more. A page has none, nearly always.
void AddEarlierMeters(db::Transaction& tx, Date since, std::vector<Pending>& page) {
  auto next = page.begin();
  for (meter::Installation& ended : meter::ListEnded(tx, page.front().agreement->account,
                                                     page.back().agreement->account, since)) {
    const auto before = [&](const Pending& one) {
      return std::pair(one.agreement->account, one.agreement->agreement_id) <
             std::pair(ended.account, ended.agreement_id);
    };
    while (next != page.end() && before(*next)) ++next;
    if (next == page.end()) return;
    const bool is_its = next->agreement->account == ended.account &&
                        next->agreement->agreement_id == ended.agreement_id;
    if (is_its) next->earlier.push_back({std::move(ended), {}});
  }
}

// To each meter what was read on it.
void AddReads(std::span<const read::MeterReading> reads, Pending& pending) {
  for (const read::MeterReading& one : reads) {
    if (one.meter_number == pending.agreement->meter_number) pending.reads.push_back(one.reading);
    for (EarlierMeter& earlier : pending.earlier) {
      if (one.meter_number == earlier.installation.meter.meter_number) {
        earlier.reads.push_back(one.reading);
      }
    }
  }
}

// To agreements whose schedules price times of use or loads: what intervals say. Most pages have
// none.
void AddIntervalFacts(db::Transaction& tx, const Run& run, const rate::Tariff& tariff,
                      const TimeZone& zone, std::vector<Pending>& page) {
  std::vector<IntervalsWanted> wanted;
  std::vector<Pending*> waiting;
  for (Pending& one : page) {
    const agreement::Agreement& agreement = *one.agreement;
    const rate::Versions* versions = tariff.Find(agreement.schedule_code);
    if (!agreement.IsMetered() || versions == nullptr || !NeedsIntervals(*versions)) continue;
    wanted.push_back({{agreement.account, agreement.agreement_id},
                      agreement.schedule_code,
                      one.last ? one.last->to_date : agreement.start_date});
    waiting.push_back(&one);
  }
  std::vector<IntervalFacts> facts = LoadIntervalFacts(tx, zone, wanted, run.period_end);
  for (std::size_t i = 0; i < facts.size(); ++i) waiting[i]->intervals = std::move(facts[i]);
}

// Agreements that are billed by an average: by the one that is in force on the run's last day.
void SetWinterAverages(db::Transaction& tx, const Run& run, const rate::Tariff& tariff,
                       std::vector<agreement::Agreement>& page) {
  std::vector<winter::AgreementKey> keys;
  std::vector<agreement::Agreement*> billed;
  for (agreement::Agreement& one : page) {
    const rate::Versions* versions = tariff.Find(one.schedule_code);
    if (versions == nullptr || !winter::BillsByAverage(*versions)) continue;
    keys.emplace_back(one.account, one.agreement_id);
    billed.push_back(&one);
  }
  const auto quantities = winter::QuantitiesOn(tx, run.period_end, keys);
  for (std::size_t i = 0; i < quantities.size(); ++i) {
    if (quantities[i]) billed[i]->quantity_thousandths = *quantities[i];
  }
}

// Joins the page with what was billed `last`, and the meters and reads since.
std::vector<Pending> JoinPage(db::Transaction& tx, const Run& run,
                              const std::vector<agreement::Agreement>& page,
                              std::vector<std::optional<LastBilled>> last) {
  if (page.empty()) return {};
  std::vector<read::AgreementKey> keys;
  for (const agreement::Agreement& one : page) keys.emplace_back(one.account, one.agreement_id);
  std::vector<Pending> pending;
  std::vector<read::ReadsWanted> wanted;
  Date oldest = run.period_end;
  for (std::size_t i = 0; i < page.size(); ++i) {
    pending.push_back({&page[i], std::move(last[i]), {}, {}});
    if (!page[i].IsMetered()) continue;
    const Date since = pending[i].last ? pending[i].last->to_date : page[i].start_date;
    oldest = std::min(oldest, since);
    wanted.push_back({keys[i], since, run.period_end});
  }
  AddEarlierMeters(tx, oldest, pending);
  for (const read::Exception& waiting :
       read::WaitingBetween(tx, page.front().account, page.back().account)) {
    for (Pending& one : pending) {
      if (one.agreement->account == waiting.account) {
        one.waiting = waiting.reason + ": " + waiting.excerpt;
      }
    }
  }
  const std::vector<std::vector<read::MeterReading>> reads = read::LoadReads(tx, wanted);
  auto next = reads.begin();
  for (Pending& one : pending) {
    if (one.agreement->IsMetered()) AddReads(*next++, one);
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

std::string PageKey(const Run& run, const Page& page) {
  return std::to_string(run.cycle_id) + "/" + std::to_string(page.page_no);
}

}  // namespace

void MovePage(command::Change& change, const Run& run, const Page& page, PageState from,
              PageState to) {
  SavePageState(change.tx(), run.cycle_id, page, to);
  change.Audit({std::string(kPageEntity), PageKey(run, page), "work",
                std::string(PageStateName(from)), std::string(PageStateName(to))});
}

namespace {

// The run has no page left in the state that it works on.
bool Finish(command::Change& change, const Run& at_work, PageState left, RunEvent event) {
  if (HasPage(change.tx(), at_work.cycle_id, left)) return false;  // another lane is not done
  Run run = LockRun(change.tx(), at_work.cycle_id).value();
  const std::optional<RunState> next = After(run.state, event);
  if (!next) return false;  // another lane was first
  std::string before = RowText(kKeptRun, CellsOfRun(run));
  run.state = *next;
  SaveRun(change.tx(), run);
  AuditRow(change, kKeptRun, "finish", std::move(before), CellsOfRun(run));
  if (event == RunEvent::kFinishCalculation) KeepFindings(change, run);
  return true;
}

}  // namespace

std::vector<Pending> LoadPending(db::Transaction& tx, const Run& run, const rate::Tariff& tariff,
                                 const TimeZone& zone,
                                 std::vector<agreement::Agreement>& agreements,
                                 std::vector<std::optional<LastBilled>> last) {
  SetWinterAverages(tx, run, tariff, agreements);
  std::vector<Pending> pending = JoinPage(tx, run, agreements, std::move(last));
  AddIntervalFacts(tx, run, tariff, zone, pending);
  return pending;
}

std::vector<Bill> CalculateBills(db::Transaction& tx, const Run& run, const rate::Tariff& tariff,
                                 const TimeZone& zone,
                                 std::vector<agreement::Agreement>& agreements) {
  std::vector<read::AgreementKey> keys;
  for (const agreement::Agreement& one : agreements) {
    keys.emplace_back(one.account, one.agreement_id);
  }
  return MakeBills(run, tariff,
                   LoadPending(tx, run, tariff, zone, agreements, LoadLastBilled(tx, keys)));
}

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
  for (std::int64_t lane = 0; lane < kLanes; ++lane) {
    executor_.Post([this, lane] { Loop(lane); });
  }
}

void CycleWork::Loop(std::int64_t lane) {
  try {
    if (Step(lane)) {
      executor_.Post([this, lane] { Loop(lane); });
    } else {
      executor_.PostAfter(kIdlePause, [this, lane] { Loop(lane); });
    }
  } catch (const std::exception& thrown) {
    failures_.Add();
    obs::Log(obs::Level::kError, "cycle_page_failed", {{"what", std::string_view(thrown.what())}});
    executor_.PostAfter(kFailurePause, [this, lane] { Loop(lane); });
  }
}

bool CycleWork::Step(std::int64_t lane) {
  const Call call = MakeCall();
  std::optional<Run> run;
  database_.Read(call.deadline, [&](db::Transaction& tx) { run = RunAtWork(tx); });
  if (!run) return false;
  const bool calculating = run->state == RunState::kCalculating;
  const PageState left = calculating ? PageState::kPlanned : PageState::kCalculated;
  Done done;
  bool worked = false;
  const Result<> applied =
      frame_.Apply(call, run->cycle_id, [&](command::Change& change) -> Result<> {
        const std::optional<Page> page = LockPage(change.tx(), run->cycle_id, lane, left);
        done = {};
        if (!page) {
          worked = Finish(change, *run, left,
                          calculating ? RunEvent::kFinishCalculation : RunEvent::kFinishPosting);
        } else {
          done = calculating ? Calculate(change, *run, *page) : Post(change, *run, *page);
          MovePage(change, *run, *page, left,
                   calculating ? PageState::kCalculated : PageState::kPosted);
          worked = true;
        }
        return Ok();
      });
  calculated_.Add(done.calculated);
  held_.Add(done.held);
  posted_.Add(done.posted);
  return applied.ok() && worked;
}

CycleWork::Done CycleWork::Calculate(command::Change& change, const Run& run, const Page& page) {
  db::Transaction& tx = change.tx();
  std::vector<agreement::Agreement> agreements =
      agreement::ListOfCycle(tx, run.cycle, run.period_end, page.after, page.through);
  const rate::Tariff tariff(rate::LoadSchedules(tx, run.tariff_no));
  std::vector<Bill> bills = CalculateBills(tx, run, tariff, clocks_.zone, agreements);
  const GuardPolicy policy = GuardPolicyOf(tx, run);
  std::vector<Guarded> guarded = LoadGuarded(tx, agreements);
  LoadNeighbours(tx, run, bills, guarded);
  std::set<PremiseId> premises;
  for (const agreement::Agreement& one : agreements) premises.insert(one.premise);
  CompareWithParcels(run, tariff, parcel::FactsOf(tx, premises), bills, guarded);
  GuardBills(run, tariff, policy, guarded, bills);
  Register reg;
  for (const Bill& bill : bills) AddToRegister(bill, bill.state == BillState::kHeld, reg);
  InsertBills(tx, bills);
  if (std::string used = IntervalTextOf(bills); !used.empty()) {
    change.Audit(
        {std::string(kIntervalsEntity), PageKey(run, page), "measure", "", std::move(used)});
  }
  InsertRegister(tx, run.cycle_id, page, reg);
  const Tallies tallies = TallyPage(run, tariff, policy, guarded, bills);
  InsertTallies(tx, run.cycle_id, page, tallies);
  if (const RowDigest digest = DigestOfTallies(run.cycle_id, page, tallies); !digest.empty()) {
    change.Audit({std::string(kTalliesEntity), PageKey(run, page), "tally", "",
                  TalliesText(run.guard_policy, policy.key(), digest)});
  }
  if (const RowDigest digest = InsertDifferences(tx, run.cycle_id, page, guarded);
      !digest.empty()) {
    change.Audit({std::string(kDifferencesEntity), PageKey(run, page), "compare", "",
                  "rows=" + digest.hex()});
  }
  if (const RowDigest holds = DigestOfHolds(bills); !holds.empty()) {
    change.Audit(
        {std::string(kHoldsEntity), PageKey(run, page), "hold", "", "rows=" + holds.hex()});
  }
  const auto held = std::count_if(bills.begin(), bills.end(),
                                  [](const Bill& bill) { return bill.state == BillState::kHeld; });
  return {static_cast<std::int64_t>(bills.size()), held, 0};
}

CycleWork::Done CycleWork::Post(command::Change& change, const Run& run, const Page& page) {
  db::Transaction& tx = change.tx();
  const std::vector<Bill> bills = PostableBills(tx, run.cycle_id, page.after, page.through);
  PostBills(change, bills);
  MarkPosted(tx, run.cycle_id, page.after, page.through, bills.size());
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
