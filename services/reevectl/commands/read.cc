// read: reading files and single reads.
#include "reeve/billing/v1/read_correction_service.pb.h"
#include "reeve/billing/v1/read_service.pb.h"
#include "services/reevectl/commands/file_parts.h"

namespace reeve::reevectl {
namespace {

namespace pb = billing::v1;

constexpr PartLimits kLimits{2'000, 500'000};  // as ImportReads says

void ShowImport(Screen& screen, const pb::ReadImport& import) {
  screen.Line("Reading file " + import.file_name() + ", import " +
              std::to_string(import.import_id()) + ": " + Word(import.state()));
  screen.Pair("rows", std::to_string(import.row_count()), 2);
  screen.Pair("good", std::to_string(import.accepted_count()), 2);
  screen.Pair("queued", std::to_string(import.queued_count()), 2);
  screen.Pair("refused", std::to_string(import.refused_count()), 2);
}

void ShowExceptions(Screen& screen, const pb::ListReadExceptionsResponse& response) {
  for (const pb::ReadException& exception : response.exceptions()) {
    const bool resolved = exception.resolved_by_person_id() != 0;
    screen.Pair("line " + std::to_string(exception.line()) + ", " +
                    (resolved             ? Word(exception.state())
                     : exception.queued() ? "queued"
                                          : "refused"),
                exception.reason() + "   " + exception.row(), 2);
    if (!resolved) continue;
    screen.Pair("",
                "by person " + std::to_string(exception.resolved_by_person_id()) + " on " +
                    exception.resolved_date() + ": " + exception.resolution_reason(),
                4);
  }
}

void ShowRead(Screen& screen, const pb::Read& read) {
  screen.Pair(read.read_date() + "  " + read.meter_number(),
              Decimal(read.read_thousandths()) + "   " + Word(read.source()) + ", read " +
                  std::to_string(read.read_id()) +
                  (read.set_aside() && !read.has_correction() ? ", set aside with its bill" : ""),
              2);
  if (!read.has_correction()) return;
  const pb::ReadCorrection& correction = read.correction();
  screen.Pair(
      "",
      Word(correction.kind()) +
          (correction.by_read_id() == 0 ? ""
                                        : " by read " + std::to_string(correction.by_read_id())) +
          " on " + correction.corrected_date() + ", person " +
          std::to_string(correction.person_id()) + ": " + correction.reason(),
      4);
}

void ShowReads(Screen& screen, const pb::ListReadsResponse& answer) {
  for (const pb::Read& read : answer.reads()) ShowRead(screen, read);
}

Result<pb::ReadImport> Import(Desk& desk, const std::string& path) {
  return SendParts<pb::ReadImport>(desk, "reeve.billing.v1.ReadService/ImportReads",
                                   ReadLines(path), kLimits, pb::ImportReadsRequest());
}

}  // namespace

Noun Reads() {
  const Option import{"--import", "import_id", "Number of the import", kRequired};
  return {"read",
          "Meter reads.",
          {{"import-status",
            "What became of a file.",
            "reeve.billing.v1.ReadService/GetReadImport",
            {import},
            As(ShowImport)},
           {"exceptions",
            "The rows of a file that did not become reads.",
            "reeve.billing.v1.ReadService/ListReadExceptions",
            {import},
            As(ShowExceptions)},
           {"list",
            "The reads of an account, newest first, with those that count no more, and why.",
            "reeve.billing.v1.ReadService/ListReads",
            {{"--account", "account_id", "The account", kRequired}},
            As(ShowReads)},
           {"open",
            "The read edit list: rows that wait for somebody.",
            "reeve.billing.v1.ReadService/ListOpenReadExceptions",
            {},
            As(ShowExceptions)},
           {"resolve",
            "Says what became of a row that waits.",
            "reeve.billing.v1.ReadService/ResolveReadException",
            {{"--account", "account_id", "Its account; none if the meter was not known"},
             {"--import", "import_id", "Number of the import", kRequired},
             {"--line", "line", "Its line", kRequired},
             {"--as", "resolution", "accept, replace or discard", kRequired},
             {"--meter", "meter_number", "The meter that was read, if it is another one"},
             {"--read-id", "replaced_read_id",
              "To replace: the read whose place it takes, if it is not of the same day"},
             {"--reason", "reason", "Why", kRequired}},
            {}},
           {"record",
            "Records a read that a customer tells.",
            "reeve.billing.v1.ReadService/RecordRead",
            {{"--account", "account_id", "The account", kRequired},
             {"--agreement", "agreement_id", "The agreement", kRequired},
             {"--meter", "meter_number", "Number on the meter", kRequired},
             {"--date", "read_date", "Day of the read", kRequired},
             {"--read", "read_thousandths", "Register", kRequired}},
            {}},
           {"replace",
            "Puts a better read in the place of one that is not billed; both stay on record.",
            "reeve.billing.v1.ReadCorrectionService/ReplaceRead",
            {{"--account", "account_id", "The account", kRequired},
             {"--read-id", "read_id", "The read that is replaced", kRequired},
             {"--date", "read_date", "Day of the better read", kRequired},
             {"--read", "read_thousandths", "Register", kRequired},
             {"--reason", "reason", "Why", kRequired}},
            As(ShowRead)},
           {"estimate",
            "Estimates what a meter shows that nobody could read.",
            "reeve.billing.v1.ReadService/EstimateRead",
            {{"--account", "account_id", "The account", kRequired},
             {"--agreement", "agreement_id", "The agreement", kRequired},
             {"--date", "read_date", "Day of the estimate", kRequired},
             {"--reason", "reason", "Why it could not be read", kRequired}},
            {}},
           {"load-estimate-policy",
            "Loads the city's method of estimating.",
            "reeve.billing.v1.ReadService/LoadEstimatePolicy",
            {{"--from", "policy.effective_date", "First day", kRequired},
             {"--citation", "policy.citation", "Where it is written", kRequired},
             {"--basis", "policy.basis", "prior or same-season", kRequired},
             {"--periods", "policy.period_count", "How many periods", kRequired},
             {"--drop-extremes", "policy.drops_extremes",
              "true: the most and the least use a day are left out"},
             {"--in-a-row", "policy.in_a_row_max", "How many may follow one another", kRequired}},
            {}}}};
}

void AddReadImport(CLI::App& reads, Session& session) {
  auto path = std::make_shared<std::string>();
  auto* command = reads.add_subcommand(
      "import", "Loads a reading file, in parts; the same file again has no second effect.");
  command->add_option("file", *path, "CSV")->required()->check(CLI::ExistingFile);
  command->callback(
      [&session, path] { Finish(session, Import(session.desk(), *path), As(ShowImport)); });
}

}  // namespace reeve::reevectl
