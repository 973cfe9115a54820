// Requests about cancelled bills as commands, and what became of them on the wire.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reeve/billing/v1/rebill_service.pb.h"
#include "services/billing/rebill/rebill.h"
#include "services/billing/rebill/rebill_store.h"
#include "services/billing/receivable/books.h"
#include "shared/core/canonical.h"

namespace reeve::billing::rebill {

struct CancelCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.RebillService/CancelBill";
  std::string request_id;
  Correction correction;
  std::string digest;

  std::int64_t home() const { return correction.account.value(); }
  Canonical canonical() const;
};

struct RebillCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.RebillService/RebillBill";
  std::string request_id;
  Correction correction;
  Date due_date;
  std::string digest;

  std::int64_t home() const { return correction.account.value(); }
  Canonical canonical() const;
};

struct LoadPolicyCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.RebillService/LoadRebillPolicy";
  std::string request_id;
  Policy policy;

  std::int64_t home() const { return 0; }
  Canonical canonical() const;
};

// Days are judged by `today` if something else is bad, too, so that all is named at once; a command
// that is well formed is judged when it is carried out, so that it is answered again on any day.
void RefuseUntimely(Fields& fields, const Correction& correction, Date today);
void RefuseUntimely(Fields& fields, const RebillCommand& command, Date today);
void RefuseUntimely(Fields& fields, const LoadPolicyCommand& command, Date today);
Result<Correction> Parse(const v1::PreviewCancellationRequest& request, Date today);
Result<CancelCommand> Parse(const v1::CancelBillRequest& request, Date today);
Result<RebillCommand> Parse(const v1::PreviewRebillRequest& request, Date today);
Result<RebillCommand> Parse(const v1::RebillBillRequest& request, Date today);
Result<LoadPolicyCommand> Parse(const v1::LoadRebillPolicyRequest& request, Date today);

// Parts of these, for other requests about a correction.
Correction ParseCorrection(const v1::Correction& message, Fields& fields);
void RefuseMisread(const Correction& correction, Fields& fields);  // of what is billed again
Canonical FormOf(std::string_view method, const Correction& correction);

v1::RebillPolicy ToProto(const Policy& policy);
v1::Correction ToProto(const Correction& correction);
v1::Cancellation ToProto(const Cancellation& cancellation,
                         const std::optional<Replacement>& replacement);
v1::LineDifference ToProto(const LineDifference& difference);
v1::RebillLimit ToProto(const LimitLine& line, const std::optional<Policy>& policy);
v1::PlannedCharge ToProto(const cycle::PlannedCharge& charge);
v1::CorrectionEntry ToProto(const receivable::Entry& entry);

}  // namespace reeve::billing::rebill
