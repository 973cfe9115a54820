// Adjustments: what staff may credit or charge to an account, who may, and up to which amount.
// Types are data; every rule says what it found, so that a dry run can show it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/billing/adjustment/leak.h"
#include "services/billing/adjustment/limit.h"
#include "services/billing/adjustment/monthly.h"
#include "services/billing/receivable/books.h"
#include "shared/core/canonical.h"
#include "shared/core/fields.h"
#include "shared/core/spelling.h"

namespace reeve::billing::adjustment {

namespace reason {
inline constexpr Reason kAccountUnknown{"ACCOUNT_UNKNOWN"};
inline constexpr Reason kTypeUnknown{"TYPE_UNKNOWN"};
inline constexpr Reason kTypeExists{"TYPE_EXISTS"};
inline constexpr Reason kTypeBackdated{"TYPE_BACKDATED"};
inline constexpr Reason kAdjustmentUnknown{"ADJUSTMENT_UNKNOWN"};
inline constexpr Reason kReasonNotOfType{"REASON_NOT_OF_TYPE"};
inline constexpr Reason kDocumentMissing{"DOCUMENT_MISSING"};
inline constexpr Reason kServiceNotOnAccount{"SERVICE_NOT_ON_ACCOUNT"};
inline constexpr Reason kTookPayment{"TOOK_PAYMENT"};
inline constexpr Reason kSamePerson{"SAME_PERSON"};
inline constexpr Reason kOwnType{"OWN_TYPE"};
inline constexpr Reason kNotYourProposal{"NOT_YOUR_PROPOSAL"};
inline constexpr Reason kAboveLimit{"ABOVE_LIMIT"};
inline constexpr Reason kNotProposed{"NOT_PROPOSED"};
inline constexpr Reason kNotPosted{"NOT_POSTED"};
}  // namespace reason

enum class Effect { kCredit, kCharge };
inline constexpr Spelling<Effect, 2> kEffectName{{"CREDIT", "CHARGE"}};

// A version of a type, from its effective date on.
struct Type {
  std::string code;
  Date effective_date;
  std::string title;     // what the customer reads: "Leak adjustment, water"
  std::string citation;  // ordinance or policy
  Effect effect = Effect::kCredit;
  std::string service;
  receivable::ChargeKind charge_kind = receivable::ChargeKind::kUsage;  // never a deposit
  std::string ledger_account;  // against receivables, in the service's fund
  std::vector<std::string> reasons;
  bool needs_document = false;
  std::vector<Limit> limits;
  int limit_days = 1;  // a person's adjustments of one account in so many days count together
  int taker_days = 1;  // nobody adjusts an account whose payment they took in so many days
  int due_days = 0;    // a charge is due so many days after it was posted
  bool retired = false;
  PersonId loaded_by;                  // who set the limits, and therefore has none by them
  std::optional<LeakRule> leak;        // then the amount follows from the leak's bills
  std::optional<MonthlyRule> monthly;  // then it follows from the bills of a proven time
  bool operator==(const Type&) const = default;
};
// `field` is the message's path and a dot.
void Validate(const Type& type, const std::string& field, Fields& fields);

enum class State { kProposed, kPosted, kDeclined, kWithdrawn, kReversed };
inline constexpr Spelling<State, 5> kStateName{
    {"PROPOSED", "POSTED", "DECLINED", "WITHDRAWN", "REVERSED"}};
enum class Event { kApprove, kDecline, kWithdraw, kReverse };
// Where an event leads; nothing if it is refused in that state.
std::optional<State> After(State state, Event event);

struct Adjustment {
  AccountId account;
  std::int64_t adjustment_no = 0;  // 1, 2, 3, ... of its account
  std::string type_code;
  Date type_date;  // of the version
  Money amount;    // above zero; its type says which way
  std::string reason_code;
  std::string note;
  std::string document;  // where it is kept; may be empty
  std::string basis;     // of a leak: credited use by bill; of a proven time: it, and cents by bill
  State state = State::kPosted;
  Date entered_date;
  PersonId entered_by;
  PersonId decided_by;  // a second person; unset if there was none
  std::string decision;
  std::optional<Date> posted_date;
  std::optional<Date> reversed_date;
  PersonId reversed_by;
  std::string reversal_reason;
};

// Who acts, as far as the rules ask.
struct Actor {
  PersonId person;
  Money limit;                // alone, by the type
  Money posted_alone;         // on this account in the type's days, bills taken back included
  bool took_payment = false;  // of this account in the type's days
};
// One rule, and what it found.
struct RuleLine {
  std::string rule;  // "DOCUMENT", a closed list
  bool holds = true;
  std::string finding;
  bool operator==(const RuleLine&) const = default;
};

struct Verdict {
  std::vector<RuleLine> lines;   // every rule, in the order of precedence
  std::optional<Error> refusal;  // of the first that does not hold
  bool needs_second_person = false;
};
// Refusals in this order: REASON_NOT_OF_TYPE, DOCUMENT_MISSING, SERVICE_NOT_ON_ACCOUNT,
// TOOK_PAYMENT. An amount above the limit needs a second person, and so does every amount of
// whoever loaded the type.
Verdict ExamineNew(const Type& type, const Adjustment& adjustment, bool has_service,
                   const Actor& actor);
// SAME_PERSON, OWN_TYPE, TOOK_PAYMENT, ABOVE_LIMIT: the second person's own limit covers the
// amount.
Verdict ExamineApproval(const Type& type, const Adjustment& adjustment, const Actor& actor);
// OWN_TYPE, TOOK_PAYMENT, ABOVE_LIMIT.
Verdict ExamineReversal(const Type& type, const Adjustment& adjustment, const Actor& actor);

// Ids of what an adjustment leads to.
std::int64_t EntryIdOf(AccountId account, std::int64_t adjustment_no);
std::int64_t ReversalIdOf(AccountId account, std::int64_t adjustment_no);
std::int64_t ChargeIdOf(AccountId account, std::int64_t adjustment_no);
receivable::Charge ChargeOf(const Type& type, const Adjustment& adjustment, Date posted_date);
receivable::Books::Correction CorrectionOf(const Type& type, const Adjustment& adjustment,
                                           Date business_date);

// Puts the adjustment on the books; refuses only where an amount leaves its range.
Result<> Post(const Type& type, const Adjustment& adjustment, Date today,
              const receivable::AllocationPolicy& policy, receivable::Books& books);
// Takes it back. `allocations` are its entry's, `credit_uses` as for ReversePayment; the books know
// the charges of both and the charge that it made.
Result<> Reverse(const Type& type, const Adjustment& adjustment, Date today,
                 const receivable::AllocationPolicy& policy,
                 std::span<const receivable::AllocationRow> allocations,
                 std::span<const receivable::AllocationRow> credit_uses, receivable::Books& books);

enum class Act { kPost, kApprove, kReverse };

// What an act would lead to, on the books as they are now.
struct Plan {
  Act act = Act::kPost;
  Type type;
  Adjustment adjustment;
  Verdict verdict;
  Money balance_before;
  Money balance_after;
  receivable::Books books;  // with the entries that would be written
};
// Of everything in the plan that a person has looked at: it changes with the account, the rules,
// the day and the person's rights. Hexadecimal.
std::string DigestOf(const Plan& plan, Date today);

}  // namespace reeve::billing::adjustment
