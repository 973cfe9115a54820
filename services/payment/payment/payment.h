// Payments: tenders in, change out of what the drawer holds, a receipt with the session's next
// number; and the void, which needs two people.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/payment/drawer/drawer.h"
#include "services/payment/journal/journal.h"
#include "services/payment/remittance/remittance.h"
#include "shared/core/canonical.h"

namespace reeve::payment {

namespace reason {
inline constexpr Reason kScanlineAccount{"SCANLINE_ACCOUNT"};
inline constexpr Reason kCardExceedsAmount{"CARD_EXCEEDS_AMOUNT"};
inline constexpr Reason kCashUnconfirmed{"CASH_UNCONFIRMED"};
inline constexpr Reason kInsufficientTender{"INSUFFICIENT_TENDER"};
inline constexpr Reason kDirectionsExceedAmount{"DIRECTIONS_EXCEED_AMOUNT"};
inline constexpr Reason kAccountUnknown{"ACCOUNT_UNKNOWN"};
inline constexpr Reason kDirectionNotOwed{"DIRECTION_NOT_OWED"};
inline constexpr Reason kChangeNotPossible{"CHANGE_NOT_POSSIBLE"};
inline constexpr Reason kPaymentUnknown{"PAYMENT_UNKNOWN"};
inline constexpr Reason kPaymentNotTaken{"PAYMENT_NOT_TAKEN"};
inline constexpr Reason kVoidNotRequested{"VOID_NOT_REQUESTED"};
}  // namespace reason

// Cash above this is asked for a second time: counts of pieces are mistyped, and so much cash is
// reported (IRS form 8300).
inline constexpr Money kCashUnasked = Money::Cents(1'000'000);

struct Tender {
  TenderKind kind = TenderKind::kCash;
  Money amount;  // of cash: the sum of its pieces
  Cash cash;
  std::string check_number;
  std::string bank_last4;
  std::string card_token;
  bool operator==(const Tender&) const = default;
};

struct Direction {
  std::string service;
  Money amount;
  bool operator==(const Direction&) const = default;
};

struct TakePayment {
  static constexpr std::string_view kMethod = "reeve.payment.v1.PaymentService/TakePayment";
  std::string request_id;
  DrawerId drawer;
  AccountId account;
  Money amount;
  std::vector<Tender> tenders;
  std::vector<Direction> directions;
  std::string scanline;  // kScanlineDigits digits, or empty
  bool large_cash_confirmed = false;
  // What billing knew against it when it came (owed_check.h); no part of the request.
  std::optional<Error> refusal;

  std::int64_t home() const { return drawer.value(); }
  Canonical canonical() const;
};

// "<drawer_id>-<session_no>-<receipt_no>"
struct PaymentId {
  DrawerId drawer;
  std::int64_t session_no = 0;
  std::int64_t receipt_no = 0;
  static std::optional<PaymentId> Parse(std::string_view text);
  std::string ToString() const;
  auto operator<=>(const PaymentId&) const = default;
};

enum class PaymentState { kTaken, kVoidRequested, kVoided };
enum class PaymentEvent { kRequestVoid, kWithdrawVoid, kDeclineVoid, kApproveVoid };
inline constexpr Spelling<PaymentState, 3> kPaymentStateName{{"TAKEN", "VOID_REQUESTED", "VOIDED"}};
std::optional<PaymentState> Next(PaymentState state, PaymentEvent event);

struct Payment {
  PaymentId id;
  AccountId account;
  Money amount;  // net of change
  std::vector<Tender> tenders;
  Cash change;
  std::vector<Direction> directions;
  std::string scanline;
  Date business_date;
  Instant taken_time;
  PaymentState state = PaymentState::kTaken;
  std::string void_reason;
  PersonId void_requested_by;
  PersonId void_approved_by;
  std::optional<Date> void_date;
  Cash void_cash;  // what went back to the customer
  bool operator==(const Payment&) const = default;
};

// What the drawer keeps of it, by tender.
TenderAmounts NetAmounts(const Payment& payment);

// The rules of taking a payment, in this order of precedence: SESSION_NOT_OPEN, NOT_YOUR_DRAWER,
// SCANLINE_CHECK_DIGIT, SCANLINE_CONTENT, SCANLINE_ACCOUNT, what billing refuses (ACCOUNT_UNKNOWN,
// DIRECTION_NOT_OWED), CARD_EXCEEDS_AMOUNT, CASH_UNCONFIRMED, INSUFFICIENT_TENDER,
// DIRECTIONS_EXCEED_AMOUNT, CHANGE_NOT_POSSIBLE. A refusal leaves the session as it was; otherwise
// it has taken the tenders, given the change and used its next receipt number.
Result<Payment> Take(const TakePayment& command, Session* session, PersonId caller, Date today,
                     Instant now);

// Change for `cash` out of what the drawer holds with it. INSUFFICIENT_TENDER, CHANGE_NOT_POSSIBLE.
Result<Cash> ChangeFor(const Cash& held, const Cash& cash, Money amount);

// PAYMENT_NOT_TAKEN. The caller is the session's cashier (CheckCashier).
Result<> RequestVoid(Payment& payment, PersonId caller, const std::string& void_reason);
// VOID_NOT_REQUESTED, SAME_PERSON, CHANGE_NOT_POSSIBLE. Takes the tenders out of the session again;
// its cash goes back in pieces that the drawer holds.
Result<> ApproveVoid(Payment& payment, Session& session, PersonId caller, Date today);
// The payment stands after either. VOID_NOT_REQUESTED. Whoever withdraws is the session's cashier
// (CheckCashier).
Result<> WithdrawVoid(Payment& payment);
Result<> DeclineVoid(Payment& payment);

// What the audit trail keeps: the figures, and a digest of every stored field.
std::string Describe(const Payment& payment);

}  // namespace reeve::payment
