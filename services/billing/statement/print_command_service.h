// What people do with print files: the commands, and what each does in its transaction.
#pragma once

#include <string>
#include <string_view>

#include "reeve/billing/v1/print_service.pb.h"
#include "services/billing/collections/caught_up_service.h"
#include "services/billing/statement/statement.h"
#include "shared/command/batch.h"
#include "shared/command/command.h"
#include "shared/core/canonical.h"

namespace reeve::billing::statement {

namespace reason {
inline constexpr Reason kPaymentsUnknown{"PAYMENTS_UNKNOWN"};
inline constexpr Reason kNotCaughtUp{"NOT_CAUGHT_UP"};
inline constexpr Reason kCycleUnknown{"CYCLE_UNKNOWN"};
inline constexpr Reason kBillUnknown{"BILL_UNKNOWN"};
inline constexpr Reason kCycleNotPosted{"CYCLE_NOT_POSTED"};
inline constexpr Reason kBillNotPosted{"BILL_NOT_POSTED"};
inline constexpr Reason kBillCancelled{"BILL_CANCELLED"};
inline constexpr Reason kPrintFileOpen{"PRINT_FILE_OPEN"};
inline constexpr Reason kNothingToPrint{"NOTHING_TO_PRINT"};
inline constexpr Reason kPrintFileUnknown{"PRINT_FILE_UNKNOWN"};
inline constexpr Reason kPrintFileNotMade{"PRINT_FILE_NOT_MADE"};
inline constexpr Reason kPrintFileNotReleased{"PRINT_FILE_NOT_RELEASED"};
inline constexpr Reason kNotWithheld{"NOT_WITHHELD"};
inline constexpr Reason kSamePerson{"SAME_PERSON"};
inline constexpr Reason kWithheldOpen{"WITHHELD_OPEN"};
inline constexpr Reason kPrintFileDiffers{"PRINT_FILE_DIFFERS"};
}  // namespace reason

struct MakeCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.PrintService/MakePrintFile";
  std::string request_id;
  std::int64_t cycle_id = 0;
  AccountId account;
  std::int64_t bill_id = 0;
  std::int64_t days_to_pay_min = 0;
  std::string payment_token;  // known once payments have caught up; not asked for

  std::int64_t home() const { return cycle_id != 0 ? cycle_id : account.value(); }
  Canonical canonical() const;
};

struct AcknowledgeCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.PrintService/AcknowledgeWithheld";
  std::string request_id;
  std::int64_t print_file_id = 0;
  Cause cause = Cause::kLinesDiffer;
  AccountId account;  // unset: all
  std::string reason;

  std::int64_t home() const { return print_file_id; }
  Canonical canonical() const;
};

struct ReleaseCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.PrintService/ReleasePrintFile";
  std::string request_id;
  std::int64_t print_file_id = 0;
  std::string sample_sha256;

  std::int64_t home() const { return print_file_id; }
  Canonical canonical() const;
};

struct RefuseCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.PrintService/RefusePrintFile";
  std::string request_id;
  std::int64_t print_file_id = 0;
  std::string reason;

  std::int64_t home() const { return print_file_id; }
  Canonical canonical() const;
};

Result<MakeCommand> Parse(const v1::MakePrintFileRequest& request);
Result<AcknowledgeCommand> Parse(const v1::AcknowledgeWithheldRequest& request);
Result<ReleaseCommand> Parse(const v1::ReleasePrintFileRequest& request);
Result<RefuseCommand> Parse(const v1::RefusePrintFileRequest& request);

Error PrintFileUnknown();
v1::PrintFile ToProto(const PrintFile& file, const TimeZone& zone);
// With pages and what is withheld.
v1::PrintFile ToProtoWithCounts(db::Transaction& tx, const PrintFile& file, const TimeZone& zone);
v1::ProofSample SampleOf(db::Transaction& tx, const PrintFile& file);

Result<v1::PrintFile> Acknowledge(command::Change& change, const AcknowledgeCommand& command,
                                  const TimeZone& zone);
Result<v1::PrintFile> Release(command::Change& change, const ReleaseCommand& command,
                              const TimeZone& zone);
Result<v1::PrintFile> Refuse(command::Change& change, const RefuseCommand& command,
                             const TimeZone& zone);

// CutOff: makes print files once all that payment had acknowledged when it was asked is applied
// here. Waiting holds no worker.
class CutOff {
 public:
  using Done = std::function<void(Result<v1::PrintFile>)>;
  CutOff(command::Frame& frame, Executor& executor, const TimeZone& zone,
         collections::CaughtUp& caught_up);

  // `done` runs exactly once, on a worker.
  void Submit(Call call, MakeCommand command, Done done);

 private:
  collections::CaughtUp& caught_up_;
  command::Batch<MakeCommand, v1::PrintFile> make_;
};

}  // namespace reeve::billing::statement
