#include "services/billing/statement/print_work_service.h"

#include "services/billing/audit_row.h"
#include "services/billing/cycle/cycle_store.h"
#include "services/billing/rate/rate_store.h"
#include "services/billing/statement/print_file_store.h"
#include "services/billing/statement/statement_store.h"
#include "shared/core/sha256_sum.h"
#include "shared/obs/log.h"

namespace reeve::billing::statement {
namespace {

constexpr Duration kIdlePause = Duration::Millis(100);
constexpr Duration kFailurePause = Duration::Seconds(1);
constexpr Duration kPageTime = Duration::Seconds(60);

std::string PageKey(const PrintFile& file, const Page& page) {
  return std::to_string(file.print_file_id) + "/" + std::to_string(page.page_no);
}

void MovePage(command::Change& change, const PrintFile& file, const Page& page, PageState from,
              PageState to) {
  SavePageState(change.tx(), file.print_file_id, page, to);
  change.Audit({std::string(kPageEntity), PageKey(file, page), "work",
                std::string(PageStateName(from)), std::string(PageStateName(to))});
}

Made ToMade(Statement statement, const Situation& situation) {
  Made made{std::move(statement), {}, {}};
  for (const Movement& entry : situation.entries) made.entry_ids.push_back(entry.entry_id);
  for (const PrintedBill& bill : situation.bills) made.bill_ids.push_back(bill.bill_id);
  return made;
}

}  // namespace

std::string HeaderOf(db::Transaction& tx, const TimeZone& zone, const PrintFile& file) {
  const std::optional<cycle::Run> run = cycle::FindRun(tx, file.cycle_id);
  return HeaderLine(file, run ? run->cycle : 0, zone.Format(file.cutoff_time));
}

// The bytes of a file whose pages are made, summed up page behind page, by lane 0. A service that
// was killed begins again: the bytes are the same.
struct PrintWork::Sealing {
  std::int64_t print_file_id = 0;
  std::int64_t page_no = 0;  // summed up
  Sha256Sum sum;
  Totals totals;
};

PrintWork::PrintWork(command::Frame& frame, db::Database& database, Clocks clocks,
                     Executor& executor)
    : frame_(frame), database_(database), clocks_(clocks), executor_(executor) {}
PrintWork::~PrintWork() = default;

void PrintWork::Start() {
  for (std::int64_t lane = 0; lane < kLanes; ++lane) {
    executor_.Post([this, lane] { Loop(lane); });
  }
}

void PrintWork::Loop(std::int64_t lane) {
  try {
    if (Step(lane)) {
      executor_.Post([this, lane] { Loop(lane); });
    } else {
      executor_.PostAfter(kIdlePause, [this, lane] { Loop(lane); });
    }
  } catch (const std::exception& thrown) {
    obs::Log(obs::Level::kError, "print_page_failed", {{"what", std::string_view(thrown.what())}});
    executor_.PostAfter(kFailurePause, [this, lane] { Loop(lane); });
  }
}

bool PrintWork::Step(std::int64_t lane) {
  const Call call = MakeCall();
  std::optional<PrintFile> file;
  database_.Read(call.deadline, [&](db::Transaction& tx) { file = FileAtWork(tx); });
  if (!file) return false;
  const bool making = file->state == FileState::kMaking;
  const PageState left = making ? PageState::kPlanned : PageState::kMade;
  const PageState next = making ? PageState::kMade : PageState::kVoid;
  bool worked = false;
  bool all_done = false;
  const Result<> applied =
      frame_.Apply(call, file->print_file_id, [&](command::Change& change) -> Result<> {
        const std::optional<Page> page = LockPage(change.tx(), file->print_file_id, lane, left);
        worked = page.has_value();
        all_done = !page && CountPages(change.tx(), file->print_file_id, left) == 0;
        if (page) {
          making ? Make(change, *file, *page) : Void(change, *file, *page);
          MovePage(change, *file, *page, left, next);
        }
        return Ok();
      });
  if (!applied.ok()) return false;
  if (all_done && lane == 0) return making ? Seal(call, *file) : FinishRefusing(call, *file);
  return worked;
}

void PrintWork::Make(command::Change& change, const PrintFile& file, const Page& page) {
  db::Transaction& tx = change.tx();
  std::vector<Made> made;
  std::vector<Withheld> withheld;
  for (const Situation& situation : LockSituations(tx, file, page)) {
    Statement statement = MakeStatement(file, situation);
    std::vector<Withheld> causes = Check(file, situation, statement);
    if (causes.empty()) made.push_back(ToMade(std::move(statement), situation));
    for (Withheld& cause : causes) withheld.push_back(std::move(cause));
  }
  InsertStatements(tx, made);
  InsertWithheld(tx, withheld);
  if (!made.empty()) {
    change.Audit({std::string(kStatementsEntity), PageKey(file, page), "make", "", TextOf(made)});
  }
  for (const Withheld& one : withheld) {
    AuditRow(change, kKeptWithheld, "withhold", "", CellsOfWithheld(one));
  }
}

void PrintWork::Void(command::Change& change, const PrintFile& file, const Page& page) {
  VoidStatements(change.tx(), file.print_file_id, page);
}

bool PrintWork::Seal(const Call& call, const PrintFile& file) {
  if (!sealing_ || sealing_->print_file_id != file.print_file_id) {
    sealing_ = std::make_unique<Sealing>();
    sealing_->print_file_id = file.print_file_id;
  }
  std::optional<Page> page;
  std::string bytes;
  Totals totals;
  database_.Read(call.deadline, [&](db::Transaction& tx) {
    bytes.clear();
    totals = {};
    if (sealing_->page_no == 0) bytes = HeaderOf(tx, clocks_.zone, file);
    page = NextPage(tx, file.print_file_id, sealing_->page_no);
    if (!page) return;
    const rate::Tariff tariff(rate::LoadSchedules(tx));
    for (const Record& record : LoadRecords(tx, tariff, file, page->after, page->through)) {
      bytes += StatementLine(record);
      totals += record.statement.totals;
    }
  });
  if (page) {
    sealing_->sum.Add(bytes);
    sealing_->totals += totals;
    sealing_->page_no = page->page_no;
    return true;
  }
  const std::string sha256 = sealing_->sum.Finish();
  const Totals sealed = sealing_->totals;
  sealing_.reset();
  const Result<> applied =
      frame_.Apply(call, file.print_file_id, [&](command::Change& change) -> Result<> {
        PrintFile made = LockFile(change.tx(), file.print_file_id).value();
        const std::optional<FileState> next = After(made.state, FileEvent::kFinishMaking);
        if (!next) return Ok();  // another replica was first
        if (TotalsOf(change.tx(), file.print_file_id) != sealed) {
          throw std::logic_error("a print file is not the sum of its statements");
        }
        std::string before = RowText(kKeptFile, CellsOfFile(made));
        made.state = *next;
        made.totals = sealed;
        made.sha256 = sha256;
        SaveFile(change.tx(), made);
        AuditRow(change, kKeptFile, "finish", std::move(before), CellsOfFile(made));
        return Ok();
      });
  return applied.ok();
}

bool PrintWork::FinishRefusing(const Call& call, const PrintFile& file) {
  return frame_
      .Apply(call, file.print_file_id,
             [&](command::Change& change) -> Result<> {
               PrintFile refused = LockFile(change.tx(), file.print_file_id).value();
               const std::optional<FileState> next =
                   After(refused.state, FileEvent::kFinishRefusing);
               if (!next) return Ok();  // another replica was first
               std::string before = RowText(kKeptFile, CellsOfFile(refused));
               refused.state = *next;
               SaveFile(change.tx(), refused);
               AuditRow(change, kKeptFile, "finish", std::move(before), CellsOfFile(refused));
               return Ok();
             })
      .ok();
}

Call PrintWork::MakeCall() const {
  Call call;
  call.caller = {CallerKind::kService, {}, "billing"};
  call.permissions = std::make_shared<const std::set<std::string, std::less<>>>();
  call.now = clocks_.city.Now();
  call.today = clocks_.zone.DateAt(call.now);
  call.deadline = clocks_.machine.Now() + kPageTime;
  return call;
}

}  // namespace reeve::billing::statement
