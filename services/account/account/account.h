// Account: who is served where, under which agreements, and how these begin, pass on and end.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/account/ids.h"
#include "services/account/premise/premise.h"
#include "shared/core/date.h"
#include "shared/core/result.h"
#include "shared/core/seams.h"
#include "shared/core/spelling.h"

namespace reeve::account {

// The highest read of the largest register, nine digits.
inline constexpr std::int64_t kReadThousandthsMax = 999'999'999'000;

namespace reason {
inline constexpr Reason kAccountUnknown{"ACCOUNT_UNKNOWN"};  // NOT_FOUND
inline constexpr Reason kServiceNotAtPremise{
    "SERVICE_NOT_AT_PREMISE"};  // the rest: FAILED_PRECONDITION
inline constexpr Reason kOccupantWaiting{"OCCUPANT_WAITING"};
inline constexpr Reason kAgreementState{"AGREEMENT_STATE"};
inline constexpr Reason kAgreementUnknown{"AGREEMENT_UNKNOWN"};
inline constexpr Reason kPointOccupied{"POINT_OCCUPIED"};
inline constexpr Reason kAccountClosed{"ACCOUNT_CLOSED"};
inline constexpr Reason kDateInFuture{"DATE_IN_FUTURE"};
inline constexpr Reason kDateBeforeStart{"DATE_BEFORE_START"};
inline constexpr Reason kNotAtPremise{"NOT_AT_PREMISE"};
inline constexpr Reason kNothingToTransfer{"NOTHING_TO_TRANSFER"};
inline constexpr Reason kReadMissing{"READ_MISSING"};
inline constexpr Reason kReadWithoutMeter{"READ_WITHOUT_METER"};
inline constexpr Reason kReadOffRegister{"READ_OFF_REGISTER"};
}  // namespace reason

// The number on the stub: ten digits, the first not 0, and their check digit.
AccountId NewAccountNumber(Random& random);
bool IsAccountNumber(std::int64_t number);

enum class AgreementState { kPendingStart, kActive, kPendingStop, kStopped, kClosed };
inline constexpr Spelling<AgreementState, 5> kAgreementStateName{
    {"PENDING_START", "ACTIVE", "PENDING_STOP", "STOPPED", "CLOSED"}};

enum class AgreementEvent {
  kStart,        // service began
  kCallOff,      // it will not begin
  kRequestStop,  // the customer says when they leave
  kCancelStop,   // they stay
  kStop,         // service ended
  kSettle,       // the final bill is posted
};
inline constexpr Spelling<AgreementEvent, 6> kAgreementEventName{
    {"START", "CALL_OFF", "REQUEST_STOP", "CANCEL_STOP", "STOP", "SETTLE"}};

// What follows; nothing where the event does not apply. Total: every pair has its entry.
std::optional<AgreementState> Next(AgreementState state, AgreementEvent event);

struct Agreement {
  AgreementId id;
  int point_no = 0;
  std::string service;
  std::string schedule_code;
  std::int64_t quantity_thousandths = 0;
  AgreementState state = AgreementState::kPendingStart;
  Date start_date;                // wanted, until service began
  std::optional<Date> stop_date;  // last day
  bool operator==(const Agreement&) const = default;

  bool in_force() const {
    return state == AgreementState::kActive || state == AgreementState::kPendingStop;
  }
};

enum class AccountState { kOpen, kClosed };
inline constexpr Spelling<AccountState, 2> kAccountStateName{{"OPEN", "CLOSED"}};

struct Account {
  AccountId id;
  PremiseId premise;
  CustomerId customer;
  CustomerClass customer_class = CustomerClass::kResidential;
  AccountState state = AccountState::kOpen;
  Date open_date;
  std::optional<Date> close_date;
  ApplicationId application;          // not set if none led to it
  std::optional<Date> timely_since;   // paid in time and in full since, by the former books
  std::int64_t version = 1;           // counts the changes of the account and its agreements
  std::vector<Agreement> agreements;  // by service point
  bool operator==(const Account&) const = default;

  const Agreement* FindAgreement(AgreementId id) const;
};

// An account has one agreement for each service point, ever; so the number is derived.
AgreementId AgreementNumber(AccountId account, int point_no);

// The point's agreement of somebody else that is in force, or that waits to start.
const Agreement* InForceAt(std::span<const Account> at_premise, int point_no);
const Agreement* WaitingAt(std::span<const Account> at_premise, int point_no);

// True if service at the point begins by itself on its date: nobody is served there, and nothing
// needs to be turned on.
bool BeginsByItself(const ServicePoint& point, std::span<const Account> at_premise);

struct Opening {
  AccountId account;
  CustomerId customer;
  ApplicationId application;
  std::vector<std::string> services;  // each point of these
  Date wanted_date;
};
// Errors, in this order: SERVICE_NOT_AT_PREMISE, OCCUPANT_WAITING.
Result<Account> Open(const Opening& opening, const Premise& premise,
                     std::span<const Account> at_premise, Date today);

// What is known of an account that comes from the former system.
struct TakenOver {
  AccountId account;
  CustomerId customer;
  Date open_date;
  std::optional<Date> timely_since;
  struct Point {
    int no = 0;
    Date start_date;                    // of the last billed read
    std::int64_t read_thousandths = 0;  // register counts on that day
  };
  std::vector<Point> points;
};
// An account in full service. Errors, in this order: SERVICE_NOT_AT_PREMISE (a point that is not
// there), READ_OFF_REGISTER, POINT_OCCUPIED.
Result<Account> TakeOver(const TakenOver& taken_over, const Premise& premise,
                         std::span<const Account> at_premise);
// True if both say the same of what does not change: holder, place, services and first days.
bool SameAccount(const Account& on_file, const TakenOver& taken_over, PremiseId premise);

// Service began. Answers the account as it was if the agreement is in force already. Errors, in
// this order: AGREEMENT_UNKNOWN, AGREEMENT_STATE, POINT_OCCUPIED.
Result<Account> Start(Account account, AgreementId agreement, Date start_date,
                      std::span<const Account> others_at_premise);

// Errors, in this order: DATE_BEFORE_START, AGREEMENT_STATE (none is active).
Result<Account> Leave(Account account, Date stop_date);
// Errors: AGREEMENT_STATE (none awaits its stop).
Result<Account> Stay(Account account);

// Errors, in this order: ACCOUNT_CLOSED, DATE_IN_FUTURE, DATE_BEFORE_START, OCCUPANT_WAITING.
Result<Account> Close(Account account, std::span<const Account> others_at_premise, Date close_date,
                      Date today);

// The final bill of a closed account is posted: its agreements are over.
Account Settle(Account account);

struct Read {
  std::string meter_number;
  std::int64_t thousandths = 0;  // register counts
};
struct Handover {
  Account old_account;  // closed, unless it keeps a service
  Account new_account;
  std::vector<int> points;  // that changed hands
};
// Errors, in this order: NOT_AT_PREMISE, DATE_IN_FUTURE, NOTHING_TO_TRANSFER, DATE_BEFORE_START,
// READ_MISSING, READ_WITHOUT_METER, READ_OFF_REGISTER.
Result<Handover> Transfer(Account old_account, Account new_account, const Premise& premise,
                          Date change_date, std::span<const Read> reads, Date today);

std::string ToAuditText(const Account& account);

}  // namespace reeve::account
