// print: print files, and what they hold.
#include <google/protobuf/util/json_util.h>

#include <filesystem>
#include <fstream>

#include "reeve/billing/v1/print_service.pb.h"
#include "services/reevectl/commands/noun.h"
#include "services/reevectl/commands/print_check.h"

namespace reeve::reevectl {
namespace {

namespace pb = billing::v1;

constexpr Duration kDownloadTime = Duration::Minutes(120);

void ShowTotals(Screen& screen, const pb::PrintTotals& totals) {
  screen.Pair("statements",
              std::to_string(totals.statements()) + " with " + std::to_string(totals.lines()) +
                  " lines and " + std::to_string(totals.movements()) + " movements",
              2);
  screen.Amount("previous balances", totals.previous_cents(), 2);
  screen.Amount("payments", totals.payment_cents(), 2);
  screen.Amount("other movements", totals.other_cents(), 2);
  screen.Amount("current charges", totals.charge_cents(), 2);
  screen.Amount("new balances", totals.new_balance_cents(), 2);
  screen.Amount("to be paid", totals.amount_due_cents(), 2);
}

void ShowFile(Screen& screen, const pb::PrintFile& file) {
  screen.Line("Print file " + std::to_string(file.print_file_id()) + " of run " +
              std::to_string(file.cycle_id()) + ": " + Word(file.state()) + "   of " +
              file.city_date() + ", payments until " + file.cutoff_time());
  screen.Pair("made by", screen.Person(file.made_by_person_id()), 2);
  if (file.decided_by_person_id() != 0) {
    screen.Pair("decided by", screen.Person(file.decided_by_person_id()), 2);
  }
  if (!file.reason().empty()) screen.Pair("reason", file.reason(), 2);
  if (file.page_count() > 0) {
    screen.Pair("pages done",
                std::to_string(file.done_page_count()) + " of " + std::to_string(file.page_count()),
                2);
  }
  if (file.withheld_count() > 0) {
    screen.Pair("withheld",
                std::to_string(file.withheld_count()) + " accounts, not acknowledged " +
                    std::to_string(file.open_withheld_count()),
                2);
  }
  if (file.has_totals()) ShowTotals(screen, file.totals());
}

void ShowWithheld(Screen& screen, const pb::ListWithheldResponse& response) {
  for (const pb::Withheld& one : response.withheld()) {
    screen.Line("account " + std::to_string(one.account_id()) + "  " + one.cause() + ": " +
                one.evidence());
    if (one.acknowledged_by_person_id() == 0) continue;
    screen.Pair(
        "acknowledged",
        "by " + screen.Person(one.acknowledged_by_person_id()) + ": " + one.acknowledgement(), 4);
  }
}

// A statement as its customer will read it.
void ShowStatement(Screen& screen, const pb::PrintRecord& statement) {
  screen.Line("  Account " + std::to_string(statement.account()) + ", statement " +
              std::to_string(statement.statement_no()) + ", due " + statement.due_date());
  screen.Amount("Previous balance", statement.previous_cents(), 4);
  for (const pb::PrintMovement& movement : statement.movement()) {
    screen.Amount(movement.date() + " " + movement.kind() + " " + movement.source(),
                  movement.amount_cents(), 4);
  }
  for (const pb::PrintBill& bill : statement.bill_printed()) {
    for (const pb::PrintSegment& segment : bill.segment()) {
      for (const pb::PrintLine& line : segment.line()) {
        screen.Amount(segment.service() + ": " + line.description() +
                          (line.quantity().empty() ? "" : ", ") + line.quantity(),
                      line.amount_cents(), 4);
      }
    }
    if (bill.due_part_size() < 2) continue;
    for (const pb::PrintDuePart& part : bill.due_part()) {
      screen.Amount("of this bill due by " + part.due_date(), part.amount_cents(), 4);
    }
  }
  screen.Amount("New balance", statement.new_balance_cents(), 4);
  if (statement.past_due_cents() > 0) {
    screen.Amount("of this past due", statement.past_due_cents(), 4);
  }
}

void ShowSample(Screen& screen, const pb::ProofSample& sample) {
  for (const pb::ProofStatement& one : sample.statements()) {
    pb::PrintRecord statement;
    const std::string json = one.line().substr(0, one.line().find('\n'));
    if (!google::protobuf::util::JsonStringToMessage(json, &statement).ok()) continue;
    screen.Line(one.chosen_as());
    ShowStatement(screen, statement);
  }
  screen.Pair("digest of the sample", sample.sample_sha256());
}

Error Differs(std::string message) {
  return {Code::kFailedPrecondition, Reason{"PRINT_FILE_DIFFERS"}, std::move(message)};
}

Result<pb::PrintRecord> Check(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  PrintCheck check;
  for (std::string line; std::getline(file, line);) {
    if (!file.eof()) line.push_back('\n');
    if (auto violation = check.Add(line)) return Differs(*violation);
  }
  if (auto violation = check.End()) return Differs(*violation);
  return check.trailer();
}

// A file is there once it is whole and adds up.
Result<pb::PrintRecord> Write(Desk& desk, std::int64_t print_file_id, const std::string& path) {
  const std::string part = path + ".part";
  std::ofstream file(part, std::ios::binary | std::ios::trunc);
  std::filesystem::permissions(
      part, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  pb::DownloadPrintFileRequest request;
  request.set_print_file_id(print_file_id);
  REEVE_RETURN_IF_ERROR(desk.connection().Watch(
      "billing", *FindMethod("reeve.billing.v1.PrintService/DownloadPrintFile"), request,
      desk.Session(), kDownloadTime, [&](const Message& answer) {
        file << dynamic_cast<const pb::DownloadPrintFileResponse&>(answer).lines();
        return file.good();
      }));
  file.close();
  if (!file) return Differs("The file cannot be written.");
  REEVE_ASSIGN_OR_RETURN(const pb::PrintRecord trailer, Check(part));
  std::filesystem::rename(part, path);
  return trailer;
}

void ShowTrailer(Screen& screen, const pb::PrintRecord& trailer) {
  pb::PrintTotals totals;
  totals.set_statements(trailer.statements());
  totals.set_lines(trailer.lines());
  totals.set_movements(trailer.movements());
  totals.set_previous_cents(trailer.previous_cents());
  totals.set_payment_cents(trailer.payment_cents());
  totals.set_other_cents(trailer.other_cents());
  totals.set_charge_cents(trailer.charge_cents());
  totals.set_new_balance_cents(trailer.new_balance_cents());
  totals.set_amount_due_cents(trailer.amount_due_cents());
  screen.Line("The file is whole and adds up.");
  ShowTotals(screen, totals);
  screen.Pair("sha256", trailer.sha256(), 2);
}

}  // namespace

Noun Prints() {
  const Option file{"--file", "print_file_id", "Number of the print file", kRequired};
  const std::string service = "reeve.billing.v1.PrintService/";
  return {"print",
          "Statements and the print file: made by one, released by another.",
          {{"make",
            "Starts to make the file of a posted cycle, or of one posted bill.",
            service + "MakePrintFile",
            {{"--run", "cycle_id", "Number of the run; none for one bill"},
             {"--account", "account_id", "Account of the one bill"},
             {"--bill", "bill_id", "The one bill"},
             {"--days-to-pay", "days_to_pay_min", "Days that customers must have to pay"}},
            As(ShowFile)},
           {"show",
            "How far a file is, and its totals.",
            service + "GetPrintFile",
            {file},
            As(ShowFile)},
           {"list", "The files, newest first.", service + "ListPrintFiles", {}, {}},
           {"withheld",
            "What is not in the file, and why.",
            service + "ListWithheld",
            {file},
            As(ShowWithheld)},
           {"acknowledge",
            "Acknowledges what is withheld for one cause.",
            service + "AcknowledgeWithheld",
            {file,
             {"--cause", "cause", "The cause", kRequired},
             {"--account", "account_id", "The account; none for all of the cause"},
             {"--reason", "reason", "What is done about it", kRequired}},
            As(ShowFile)},
           {"sample", "The proof sample.", service + "GetProofSample", {file}, As(ShowSample)},
           {"release",
            "Releases a file, by the digest of the sample that was looked at.",
            service + "ReleasePrintFile",
            {file, {"--sample", "sample_sha256", "Digest of the sample", kRequired}},
            As(ShowFile)},
           {"refuse",
            "Refuses a file: its statements are void.",
            service + "RefusePrintFile",
            {file, {"--reason", "reason", "Why", kRequired}},
            As(ShowFile)}}};
}

void AddPrintFiles(CLI::App& prints, Session& session) {
  auto path = std::make_shared<std::string>();
  auto number = std::make_shared<std::int64_t>(0);
  auto* write = prints.add_subcommand("write", "Writes a released file, and adds it up.");
  write->add_option("--file", *number, "Number of the print file")->required();
  write->add_option("path", *path, "Where to")->required();
  write->callback([&session, number, path] {
    Finish(session, Write(session.desk(), *number, *path), As(ShowTrailer));
  });
  auto* check = prints.add_subcommand(
      "check", "Adds a file up again and names the first thing that differs. Asks nobody.");
  check->add_option("path", *path, "The file")->required()->check(CLI::ExistingFile);
  check->callback([&session, path] { Finish(session, Check(*path), As(ShowTrailer)); });
}

}  // namespace reeve::reevectl
