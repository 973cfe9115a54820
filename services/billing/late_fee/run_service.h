// What runs of late fees do, each step in one transaction.
#pragma once

#include "services/billing/late_fee/late_fee_service.h"
#include "services/billing/late_fee/late_fee_wire_service.h"
#include "shared/command/command.h"

namespace reeve::billing::late_fee {

namespace reason {
inline constexpr Reason kPolicyExists{"POLICY_EXISTS"};
inline constexpr Reason kPolicyBackdated{"POLICY_BACKDATED"};
inline constexpr Reason kPolicyOverlaps{"POLICY_OVERLAPS"};
inline constexpr Reason kPolicyUnknown{"POLICY_UNKNOWN"};
inline constexpr Reason kRunOpen{"RUN_OPEN"};
inline constexpr Reason kNothingNew{"NOTHING_NEW"};
inline constexpr Reason kRunUnknown{"RUN_UNKNOWN"};
inline constexpr Reason kRunState{"RUN_STATE"};
inline constexpr Reason kFeeUnknown{"FEE_UNKNOWN"};
inline constexpr Reason kFeeNotHeld{"FEE_NOT_HELD"};
inline constexpr Reason kFeesHeld{"FEES_HELD"};
inline constexpr Reason kFindingUnknown{"FINDING_UNKNOWN"};
inline constexpr Reason kFindingsOpen{"FINDINGS_OPEN"};
inline constexpr Reason kAcknowledged{"ACKNOWLEDGED"};
inline constexpr Reason kSamePerson{"SAME_PERSON"};
inline constexpr Reason kOwnPolicy{"OWN_POLICY"};
inline constexpr Reason kOwnDecision{"OWN_DECISION"};
inline constexpr Reason kAccountUnknown{"ACCOUNT_UNKNOWN"};
inline constexpr Reason kExemptionUnknown{"EXEMPTION_UNKNOWN"};
inline constexpr Reason kExemptionDecided{"EXEMPTION_DECIDED"};
}  // namespace reason

Error RunUnknown();
v1::LateFeeRun ToProto(db::Transaction& tx, const Run& run);

Result<v1::LateFeeRun> Start(command::Change& change, const StartCommand& command);
Result<v1::LateFeeRun> Advance(command::Change& change, const AdvanceCommand& command,
                               Meters& meters);
Result<v1::LateFee> Assign(command::Change& change, const AssignCommand& command);
Result<v1::LateFee> Decide(command::Change& change, const DecideCommand& command, Meters& meters);
Result<v1::LateFeeRun> Acknowledge(command::Change& change, const AcknowledgeCommand& command);
Result<v1::LateFeeRun> Sign(command::Change& change, const SignCommand& command);
Result<v1::LateFeeRun> Post(command::Change& change, const PostCommand& command, Meters& meters);
Result<v1::LateFeeRun> Withdraw(command::Change& change, const WithdrawCommand& command);

}  // namespace reeve::billing::late_fee
