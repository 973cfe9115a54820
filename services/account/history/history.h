// History: how a customer has paid, by what billing told and other utilities confirmed, and what
// that is worth as credit.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/core/date.h"
#include "shared/core/id.h"
#include "shared/core/money.h"
#include "shared/core/result.h"

namespace reeve::account {

namespace reason {
inline constexpr Reason kPaymentUnknown{"PAYMENT_UNKNOWN"};  // NOT_FOUND
inline constexpr Reason kBillUnknown{"BILL_UNKNOWN"};        // of an event: kept for review
inline constexpr Reason kPaymentTimely{"PAYMENT_TIMELY"};  // FAILED_PRECONDITION: nothing to excuse
inline constexpr Reason kLateExcused{"LATE_EXCUSED"};      // FAILED_PRECONDITION: excused before
}  // namespace reason

struct BillFact {
  std::int64_t bill_id = 0;
  Date due_date;
  Money total;             // what is owed for it, which a limit of back-billing may have cut
  bool cancelled = false;  // it was wrong, and counts for nothing
  bool operator==(const BillFact&) const = default;
};

struct PaymentFact {
  std::string payment_id;
  Money amount;
  bool timely = true;
  Date applied_date;
  std::string excuse;  // why a late payment does not count: its bill was wrong; empty if it does
  bool operator==(const PaymentFact&) const = default;
};

// As the audit trail names a fact, and as it stands there.
std::string FactId(AccountId account, std::string_view fact);
std::string ToAuditText(const BillFact& bill);
std::string ToAuditText(const PaymentFact& payment);

// What one account has shown.
struct PaymentRecord {
  AccountId account;
  Date open_date;
  std::optional<Date> close_date;
  std::optional<Date> timely_since;   // by the books of the former system
  Money charged;                      // deposits and fees of its application
  std::vector<BillFact> bills;        // by due date
  std::vector<PaymentFact> payments;  // by date
};

// What another utility has confirmed in writing.
struct OutsideReference {
  std::string utility;
  Date from_date;
  Date to_date;
};

// What the account owes by this record, never below zero. (The books are billing's.)
Money Owed(const PaymentRecord& record);
// The first bill that is past due and not covered; nothing if none is.
std::optional<Date> UncoveredSince(const PaymentRecord& record, Date today);
// Late payments of correctly billed amounts since `from`.
int LatePayments(const PaymentRecord& record, Date from);

// A time in which every correctly billed amount was paid timely and completely.
struct TimelySpan {
  Date from;
  Date to;
  std::string source;  // "account 12345678903", "Rocky Mountain Power"
  bool operator==(const TimelySpan&) const = default;
};
// What a customer can show, and what stands against it.
struct TimelyHistory {
  std::vector<TimelySpan> spans;
  std::vector<Date> late_dates;  // of late payments that count
};
// Of each record from its first day to its last, cut at each late payment that counts; a late
// payment that was caused by a wrong bill does not (12.02.030: "amounts correctly billed").
TimelyHistory ReadHistory(std::span<const PaymentRecord> records,
                          std::span<const OutsideReference> references, Date today);
// The longest continuous time: spans that overlap or are at most `gap_days` apart run together,
// never across a late payment. Nothing if there is no span.
std::optional<TimelySpan> LongestTimely(TimelyHistory history, int gap_days);

// Marks a late payment as caused by a wrong bill. Errors, in this order: PAYMENT_TIMELY,
// LATE_EXCUSED.
Result<PaymentFact> Excuse(PaymentFact payment, const std::string& why);

}  // namespace reeve::account
