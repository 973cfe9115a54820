#include "services/billing/receivable/receivable_wire_service.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace reeve::billing::receivable {
namespace {

constexpr std::pair<EntryKind, v1::EntryKind> kEntryKinds[] = {
    {EntryKind::kBill, v1::ENTRY_KIND_BILL},
    {EntryKind::kApplication, v1::ENTRY_KIND_APPLICATION},
    {EntryKind::kPayment, v1::ENTRY_KIND_PAYMENT},
    {EntryKind::kReversal, v1::ENTRY_KIND_REVERSAL},
    {EntryKind::kCredit, v1::ENTRY_KIND_CREDIT},
    {EntryKind::kAdjustment, v1::ENTRY_KIND_ADJUSTMENT},
    {EntryKind::kAdjustmentReversal, v1::ENTRY_KIND_ADJUSTMENT_REVERSAL},
    {EntryKind::kBillReversal, v1::ENTRY_KIND_BILL_REVERSAL},
    {EntryKind::kLateFee, v1::ENTRY_KIND_LATE_FEE},
    {EntryKind::kLateFeeReversal, v1::ENTRY_KIND_LATE_FEE_REVERSAL},
};

}  // namespace

v1::EntryKind ToProto(EntryKind kind) {
  return std::find_if(std::begin(kEntryKinds), std::end(kEntryKinds),
                      [&](const auto& entry) { return entry.first == kind; })
      ->second;
}

v1::EntryPosting ToProto(const Posting& posting) {
  v1::EntryPosting message;
  message.set_ledger_account(posting.ledger_account);
  message.set_fund(posting.fund);
  message.set_amount_cents(posting.amount.cents());
  return message;
}

}  // namespace reeve::billing::receivable
