#include "services/billing/statement/print_command_service.h"

#include <limits>
#include <set>

#include "services/billing/audit_row.h"
#include "services/billing/collections/shutoff.h"
#include "services/billing/cycle/cycle_store.h"
#include "services/billing/derived_id.h"
#include "services/billing/late_fee/late_fee_store.h"
#include "services/billing/rate/rate_store.h"
#include "services/billing/statement/print_file_store.h"
#include "services/billing/statement/statement_store.h"
#include "shared/core/fields.h"

namespace reeve::billing::statement {
namespace {

constexpr std::int64_t kDaysToPayMax = 60;
constexpr std::int64_t kAcknowledgedMax = 1'000;  // a transaction holds at most 5,000 rows
constexpr std::size_t kDigestLength = 64;

v1::PrintFileState ToProto(FileState state) {
  switch (state) {
    case FileState::kMaking:
      return v1::PRINT_FILE_STATE_MAKING;
    case FileState::kMade:
      return v1::PRINT_FILE_STATE_MADE;
    case FileState::kReleased:
      return v1::PRINT_FILE_STATE_RELEASED;
    case FileState::kRefusing:
      return v1::PRINT_FILE_STATE_REFUSING;
    case FileState::kRefused:
      break;
  }
  return v1::PRINT_FILE_STATE_REFUSED;
}

// The run whose bills are printed, or the run of the one bill; held, so that two files of a cycle
// are made one behind the other.
Result<std::int64_t> LockPosted(db::Transaction& tx, const MakeCommand& command) {
  if (command.cycle_id != 0) {
    const std::optional<cycle::Run> run = cycle::LockRun(tx, command.cycle_id);
    if (!run) return NotFound(reason::kCycleUnknown, "There is no such cycle run.");
    if (run->state != cycle::RunState::kPosted) {
      return FailedPrecondition(reason::kCycleNotPosted, "The bills of the cycle are not posted.")
          .With("state", std::string(cycle::RunStateName(run->state)));
    }
    return run->cycle_id;
  }
  const std::optional<cycle::Bill> bill = cycle::LoadBill(tx, command.account, command.bill_id);
  if (!bill) return NotFound(reason::kBillUnknown, "There is no such bill.");
  cycle::LockRun(tx, bill->cycle_id);
  if (bill->state != cycle::BillState::kPosted) {
    return FailedPrecondition(reason::kBillNotPosted, "The bill is not posted.")
        .With("state", std::string(cycle::BillStateName(bill->state)));
  }
  return bill->cycle_id;
}

std::vector<Page> PagesOf(db::Transaction& tx, const MakeCommand& command, std::int64_t cycle_id) {
  if (command.bill_id == 0) return PagesOfCycle(tx, cycle_id);
  return {{1, AccountId(command.account.value() - 1), command.account}};
}

Result<v1::PrintFile> Make(command::Change& change, const MakeCommand& command,
                           const TimeZone& zone) {
  db::Transaction& tx = change.tx();
  const Call& call = change.call();
  REEVE_ASSIGN_OR_RETURN(const std::int64_t cycle_id, LockPosted(tx, command));
  if (const std::int64_t open = OpenFileOf(tx, cycle_id); open != 0) {
    return FailedPrecondition(reason::kPrintFileOpen,
                              "A print file of the cycle is neither released nor refused.")
        .With("print_file_id", open);
  }
  PrintFile file;
  file.print_file_id = DerivedId("print-file", std::to_string(cycle_id) + "/" + command.request_id);
  file.cycle_id = cycle_id;
  file.bill_id = command.bill_id;
  file.city_date = call.today;
  file.cutoff_time = call.now;
  file.payment_token = command.payment_token;
  file.days_to_pay_min = command.days_to_pay_min;
  file.made_by = call.caller.person;
  if (!HasUnprinted(tx, file)) {
    return FailedPrecondition(reason::kNothingToPrint, "Every posted bill is on a statement.");
  }
  // After this point it must succeed.
  const std::vector<Page> pages = PagesOf(tx, command, cycle_id);
  InsertFile(tx, file);
  InsertPages(tx, file.print_file_id, pages);
  RowDigest laid_down;
  for (const Page& page : pages) laid_down.Add(FixedCellsOf(file.print_file_id, page));
  AuditRow(change, kKeptFile, "make", "", CellsOfFile(file));
  change.Audit({std::string(kPagesEntity), std::to_string(file.print_file_id), "make", "",
                "rows=" + laid_down.hex()});
  v1::PrintFile answer = ToProto(file, zone);
  answer.set_page_count(static_cast<std::int64_t>(pages.size()));
  return answer;
}

// The file, held, if somebody may decide about it who did not make it.
Result<PrintFile> LockMade(command::Change& change, std::int64_t print_file_id) {
  std::optional<PrintFile> file = LockFile(change.tx(), print_file_id);
  if (!file) return PrintFileUnknown();
  if (file->state != FileState::kMade) {
    return FailedPrecondition(reason::kPrintFileNotMade, "The file does not wait for a decision.")
        .With("state", std::string(FileStateName(file->state)));
  }
  return *std::move(file);
}

Result<> RefuseMaker(const command::Change& change, const PrintFile& file) {
  if (file.made_by != change.call().caller.person) return Ok();
  return PermissionDenied(reason::kSamePerson,
                          "A print file is decided about by somebody who did not make it.");
}

void Decide(command::Change& change, PrintFile& file, FileEvent event, std::string_view action,
            std::string reason) {
  std::string before = RowText(kKeptFile, CellsOfFile(file));
  file.reason = std::move(reason);
  file.state = After(file.state, event).value();
  file.decided_by = change.call().caller.person;
  SaveFile(change.tx(), file);
  AuditRow(change, kKeptFile, action, std::move(before), CellsOfFile(file));
}

}  // namespace

Canonical MakeCommand::canonical() const {
  return std::move(Canonical(kMethod, 1)
                       .Add("cycle_id", cycle_id)
                       .Add("account_id", account.value())
                       .Add("bill_id", bill_id)
                       .Add("days_to_pay_min", days_to_pay_min));
}

Canonical AcknowledgeCommand::canonical() const {
  return std::move(Canonical(kMethod, 1)
                       .Add("print_file_id", print_file_id)
                       .Add("cause", CauseName(cause))
                       .Add("account_id", account.value())
                       .Add("reason", reason));
}

Canonical ReleaseCommand::canonical() const {
  return std::move(Canonical(kMethod, 1)
                       .Add("print_file_id", print_file_id)
                       .Add("sample_sha256", sample_sha256));
}

Canonical RefuseCommand::canonical() const {
  return std::move(Canonical(kMethod, 1).Add("print_file_id", print_file_id).Add("reason", reason));
}

Result<MakeCommand> Parse(const v1::MakePrintFileRequest& request) {
  Fields fields;
  MakeCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.days_to_pay_min =
      fields.Range("days_to_pay_min", request.days_to_pay_min(), 0, kDaysToPayMax);
  const bool one_bill = request.account_id() != 0 || request.bill_id() != 0;
  if (request.cycle_id() != 0 || !one_bill) {
    command.cycle_id = fields.Id("cycle_id", request.cycle_id());
    if (request.account_id() != 0) fields.Refuse("account_id", "is for one bill, not for a cycle");
    if (request.bill_id() != 0) fields.Refuse("bill_id", "is for one bill, not for a cycle");
  } else {
    command.account = AccountId(fields.Id("account_id", request.account_id()));
    command.bill_id = fields.Id("bill_id", request.bill_id());
  }
  if (!fields.ok()) return fields.error();
  return command;
}

Result<AcknowledgeCommand> Parse(const v1::AcknowledgeWithheldRequest& request) {
  Fields fields;
  AcknowledgeCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.print_file_id = fields.Id("print_file_id", request.print_file_id());
  const std::optional<Cause> cause = FindCause(request.cause());
  if (cause) {
    command.cause = *cause;
  } else {
    fields.Refuse("cause", "is no cause to withhold a statement");
  }
  command.account = AccountId(fields.Range("account_id", request.account_id(), 0,
                                           std::numeric_limits<std::int64_t>::max()));
  command.reason = fields.Text("reason", request.reason(), 3, 500);
  if (!fields.ok()) return fields.error();
  return command;
}

Result<ReleaseCommand> Parse(const v1::ReleasePrintFileRequest& request) {
  Fields fields;
  ReleaseCommand command{
      fields.RequestId(request.request_id()), fields.Id("print_file_id", request.print_file_id()),
      fields.Text("sample_sha256", request.sample_sha256(), kDigestLength, kDigestLength)};
  if (!fields.ok()) return fields.error();
  return command;
}

Result<RefuseCommand> Parse(const v1::RefusePrintFileRequest& request) {
  Fields fields;
  RefuseCommand command{fields.RequestId(request.request_id()),
                        fields.Id("print_file_id", request.print_file_id()),
                        fields.Text("reason", request.reason(), 3, 500)};
  if (!fields.ok()) return fields.error();
  return command;
}

Error PrintFileUnknown() {
  return NotFound(reason::kPrintFileUnknown, "There is no such print file.");
}

v1::PrintFile ToProto(const PrintFile& file, const TimeZone& zone) {
  v1::PrintFile message;
  message.set_print_file_id(file.print_file_id);
  message.set_cycle_id(file.cycle_id);
  message.set_bill_id(file.bill_id);
  message.set_state(ToProto(file.state));
  message.set_city_date(file.city_date.ToString());
  message.set_cutoff_time(zone.Format(file.cutoff_time));
  message.set_days_to_pay_min(static_cast<std::int32_t>(file.days_to_pay_min));
  message.set_sha256(file.sha256);
  message.set_made_by_person_id(file.made_by.value());
  message.set_decided_by_person_id(file.decided_by.value());
  message.set_reason(file.reason);
  if (file.state == FileState::kMaking) return message;
  v1::PrintTotals& totals = *message.mutable_totals();
  totals.set_statements(file.totals.statements);
  totals.set_lines(file.totals.lines);
  totals.set_movements(file.totals.movements);
  totals.set_previous_cents(file.totals.previous_cents);
  totals.set_payment_cents(file.totals.payment_cents);
  totals.set_other_cents(file.totals.other_cents);
  totals.set_charge_cents(file.totals.charge_cents);
  totals.set_new_balance_cents(file.totals.new_balance_cents);
  totals.set_amount_due_cents(file.totals.amount_due_cents);
  return message;
}

v1::PrintFile ToProtoWithCounts(db::Transaction& tx, const PrintFile& file, const TimeZone& zone) {
  v1::PrintFile message = ToProto(file, zone);
  const bool refused = file.state == FileState::kRefusing || file.state == FileState::kRefused;
  message.set_page_count(CountPages(tx, file.print_file_id, std::nullopt));
  message.set_done_page_count(
      CountPages(tx, file.print_file_id, refused ? PageState::kVoid : PageState::kMade));
  const WithheldCounts withheld = CountWithheld(tx, file.print_file_id);
  message.set_withheld_count(withheld.accounts);
  message.set_open_withheld_count(withheld.open);
  return message;
}

v1::ProofSample SampleOf(db::Transaction& tx, const PrintFile& file) {
  v1::ProofSample sample;
  const rate::Tariff tariff(rate::LoadSchedules(tx));
  std::set<AccountId> taken;
  std::string seen = file.sha256 + "\n";
  for (const Chosen& chosen : ChooseSample(tx, file)) {
    if (!taken.insert(chosen.account).second) continue;
    const std::vector<Record> records =
        LoadRecords(tx, tariff, file, AccountId(chosen.account.value() - 1), chosen.account);
    v1::ProofStatement& added = *sample.add_statements();
    added.set_chosen_as(chosen.as);
    added.set_line(StatementLine(records.at(0)));
    seen += added.line();
  }
  sample.set_sample_sha256(HexEncode(Sha256(seen)));
  return sample;
}

Result<v1::PrintFile> Acknowledge(command::Change& change, const AcknowledgeCommand& command,
                                  const TimeZone& zone) {
  db::Transaction& tx = change.tx();
  REEVE_ASSIGN_OR_RETURN(const PrintFile file, LockMade(change, command.print_file_id));
  std::vector<Withheld> withheld =
      ListOpenWithheld(tx, file.print_file_id, command.cause, command.account, kAcknowledgedMax);
  if (withheld.empty()) {
    return NotFound(reason::kNotWithheld, "Nothing is withheld for that, or all is acknowledged.");
  }
  REEVE_RETURN_IF_ERROR(RefuseMaker(change, file));
  // After this point it must succeed.
  for (Withheld& one : withheld) {
    std::string before = RowText(kKeptWithheld, CellsOfWithheld(one));
    one.acknowledged_by = change.call().caller.person;
    one.acknowledgement = command.reason;
    AuditRow(change, kKeptWithheld, "acknowledge", std::move(before), CellsOfWithheld(one));
  }
  SaveAcknowledgements(tx, withheld);
  return ToProtoWithCounts(tx, file, zone);
}

Result<v1::PrintFile> Release(command::Change& change, const ReleaseCommand& command,
                              const TimeZone& zone) {
  db::Transaction& tx = change.tx();
  REEVE_ASSIGN_OR_RETURN(PrintFile file, LockMade(change, command.print_file_id));
  REEVE_RETURN_IF_ERROR(RefuseMaker(change, file));
  if (const WithheldCounts withheld = CountWithheld(tx, file.print_file_id); withheld.open > 0) {
    return FailedPrecondition(reason::kWithheldOpen, "What is withheld is not acknowledged.")
        .With("open_count", withheld.open);
  }
  if (const auto bill_id = FindCancelledBill(tx, file.print_file_id)) {
    return FailedPrecondition(reason::kBillCancelled,
                              "A bill in it was cancelled since: refuse the file.")
        .With("bill_id", *bill_id);
  }
  if (SampleOf(tx, file).sample_sha256() != command.sample_sha256) {
    return Aborted(::reeve::reason::kStale, "The proof sample is another one.");
  }
  Decide(change, file, FileEvent::kRelease, "release", "");
  const Date today = change.call().today;
  late_fee::InsertRelease(change.tx(), file.print_file_id, today);
  AuditRow(change, late_fee::kKeptRelease, "release", "",
           late_fee::CellsOfRelease(file.print_file_id, today));
  return ToProtoWithCounts(tx, file, zone);
}

Result<v1::PrintFile> Refuse(command::Change& change, const RefuseCommand& command,
                             const TimeZone& zone) {
  REEVE_ASSIGN_OR_RETURN(PrintFile file, LockMade(change, command.print_file_id));
  REEVE_RETURN_IF_ERROR(RefuseMaker(change, file));
  Decide(change, file, FileEvent::kRefuse, "refuse", command.reason);
  return ToProtoWithCounts(change.tx(), file, zone);
}

CutOff::CutOff(command::Frame& frame, Executor& executor, const TimeZone& zone,
               collections::CaughtUp& caught_up)
    : caught_up_(caught_up),
      make_(frame, executor, {},
            [&zone](db::Transaction&, std::span<command::Change* const> changes,
                    std::span<const MakeCommand* const> commands) {
              std::vector<Result<v1::PrintFile>> answers;
              for (std::size_t i = 0; i < commands.size(); ++i) {
                answers.push_back(Make(*changes[i], *commands[i], zone));
              }
              return answers;
            }) {}

void CutOff::Submit(Call call, MakeCommand command, Done done) {
  caught_up_.Await(call, [this, call, command = std::move(command), done = std::move(done)](
                             std::string_view why_not, const feed::Token& head) mutable {
    if (why_not == collections::answer::kPaymentsUnknown) {
      return done(Unavailable(reason::kPaymentsUnknown,
                              "Payment does not say how far it has taken money."));
    }
    if (!why_not.empty()) {
      return done(Unavailable(reason::kNotCaughtUp,
                              "Payments before the cut-off are not applied yet. Ask again."));
    }
    command.payment_token = head.Encode();
    make_.Submit(call, std::move(command), std::move(done));
  });
}

}  // namespace reeve::billing::statement
