// Late fees: what a bill that was not paid on its last day bears, by which rule, and which of them
// somebody must look at before they are charged. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/billing/receivable/books.h"
#include "shared/core/date.h"
#include "shared/core/fields.h"
#include "shared/core/id.h"
#include "shared/core/money.h"
#include "shared/core/spelling.h"

namespace reeve::billing::late_fee {

enum class Repeats { kOnce, kMonthly };
inline constexpr Spelling<Repeats, 2> kRepeatsName{{"ONCE", "MONTHLY"}};

// A version of a policy, from its effective date on. Zeros as LateFeePolicy of the API says.
struct Policy {
  std::string code;
  Date effective_date;
  std::string citation;
  std::string customer_class;  // "RESIDENTIAL"; empty: every class
  std::string service;         // empty: all that no other policy names
  std::int64_t percent_hundredths = 0;
  Money minimum;
  Money maximum;  // zero: none
  std::int64_t tax_hundredths = 0;
  Money owed_min;
  int after_days = 0;
  Repeats repeats = Repeats::kOnce;
  bool on_fees = false;
  int days_to_pay_min = 1;
  int due_days = 0;
  Money hold_above;  // zero: none is held for it
  std::int64_t rise_hundredths = 0;
  std::int64_t share_percent = 0;
  PersonId loaded_by;
  std::string backdating;           // who allowed it to charge for days before it was loaded
  std::optional<Date> loaded_date;  // nothing: from before that was kept
  bool operator==(const Policy&) const = default;
};
// `field` is the message's path and a dot.
void Validate(const Policy& policy, const std::string& field, Fields& fields);

// Money that was brought to a charge, or taken from it.
struct Paid {
  receivable::EntryKind kind = receivable::EntryKind::kPayment;
  Date day;
  Money amount;
  bool returned = false;  // of a payment that was taken back since
};
struct Item {
  std::int64_t bill_id = 0;  // of the bill, or of a late fee its bill; 0: of another cause
  std::string service;
  bool is_fee = false;
  Date due_date;
  Money amount;
  std::vector<Paid> paid;
  std::int64_t entry_id = 0;
};
// What was unpaid when the day was over. A payment counts by the day on which it was taken, one
// that came back never did. What staff credited counts from the first day on: it was never owed.
Money UnpaidOn(const Item& item, Date day);

struct BillOf {
  std::int64_t bill_id = 0;
  Date due_date;
  std::optional<Date> sent_date;             // nothing: nobody was sent it
  std::optional<Date> begun = std::nullopt;  // before the first of its days
};

// Why a fee is held, in order of precedence.
enum class Problem {
  kDisputed,
  kExemptionWaits,
  kUnappliedPayment,
  kCorrectionWaits,
  kLarge,
  kStaffCredited,
  kCreditMoved,
};
inline constexpr Spelling<Problem, 7> kProblemName{{"DISPUTED", "EXEMPTION_WAITS",
                                                    "UNAPPLIED_PAYMENT", "CORRECTION_WAITS",
                                                    "LARGE", "STAFF_CREDITED", "CREDIT_MOVED"}};

enum class ExemptionCause { kAssistance, kMilitary, kHardship, kArrangement, kServicemember };
inline constexpr Spelling<ExemptionCause, 5> kExemptionCauseName{
    {"ASSISTANCE", "MILITARY", "HARDSHIP", "ARRANGEMENT", "SERVICEMEMBER"}};
enum class ExemptionState { kProposed, kApproved, kDeclined };
inline constexpr Spelling<ExemptionState, 3> kExemptionStateName{
    {"PROPOSED", "APPROVED", "DECLINED"}};
struct Exemption {
  AccountId account;
  std::int64_t exemption_no = 0;
  ExemptionCause cause = ExemptionCause::kAssistance;
  Date from_date;
  Date to_date;
  std::string document;
  ExemptionState state = ExemptionState::kProposed;
  Date recorded_date;
  PersonId recorded_by;
  PersonId decided_by;
  std::string decision;
};

enum class State { kClean, kHeld, kExempt, kCharge, kDropped, kPosted, kLapsed, kReversed };
inline constexpr Spelling<State, 8> kStateName{
    {"CLEAN", "HELD", "EXEMPT", "CHARGE", "DROPPED", "POSTED", "LAPSED", "REVERSED"}};
enum class Event { kCharge, kDrop, kPost, kLapse, kReverse };
// Where an event leads; nothing if it is refused in that state.
std::optional<State> After(State state, Event event);
bool IsToBePosted(State state);

using Basis = std::map<std::string, Money>;  // unpaid by service, above zero
std::string BasisText(const Basis& basis);   // "sewer=800,water=1200"
Basis ParseBasis(const std::string& text);
Money SumOf(const Basis& basis);

struct Fee {
  AccountId account;
  std::int64_t run_id = 0;
  std::int64_t bill_id = 0;
  int step_no = 0;  // months behind the first fee
  std::string policy_code;
  Date policy_date;
  Date due_date;
  Date sent_date;
  Date last_date;  // on which it could be paid without a fee
  Money owed;      // in all that was due, by the policy's services
  Basis basis;
  Money amount;
  Money tax;
  bool is_first = false;  // the account never bore one
  std::string problem;    // as kProblemName says; empty: none
  std::string evidence;
  State state = State::kClean;
  PersonId owner;
  std::string reason;
  PersonId decided_by;
  std::optional<Date> posted_date;
  std::string again;                 // as kAgainName says; empty: its days are of its own run
  std::int64_t replaced_run_id = 0;  // whose fee of the bill and step it takes the place of
  std::optional<Date> reversed_date;
  std::string reversal;  // as kReversalName says; empty: it was not taken back
};

// Why a bill of earlier days is looked at again; from the fourth on, why a posted fee is taken
// back.
enum class Again {
  kLapsed,
  kPaymentReturned,
  kRebilled,
  kLessWasUnpaid,
  kMoreWasUnpaid,
  kBillCancelled,
  kExempted,
};
inline constexpr Spelling<Again, 7> kAgainName{{"LAPSED", "PAYMENT_RETURNED", "REBILLED",
                                                "LESS_WAS_UNPAID", "MORE_WAS_UNPAID",
                                                "BILL_CANCELLED", "EXEMPTED"}};
enum class Reversal { kBillCancelled, kReplaced };
inline constexpr Spelling<Reversal, 2> kReversalName{{"BILL_CANCELLED", "REPLACED"}};

// Staff have credited fees of a service, whichever charges that paid, and have not taken it back.
struct Waived {
  std::string service;
  Date day;
  Money amount;
};

// All that the fees of an account follow from.
struct Facts {
  AccountId account;
  Date since;  // bills that were due before it are not looked at
  std::string customer_class;
  std::vector<BillOf> bills;                      // that are posted
  std::vector<Item> items;                        // that were not cancelled
  std::vector<Item> cancelled;                    // of bills
  std::map<std::int64_t, std::int64_t> rebilled;  // bill -> the one whose place it took
  std::vector<Fee> fees;  // of the policy's posted runs, the oldest run first
  std::vector<Exemption> exemptions;
  std::vector<Waived> waived;
  bool dispute_open = false;
  bool payment_unapplied = false;
  bool payment_returned = false;
  Money credit;                            // that is not used, although charges are open
  std::set<std::int64_t> corrected_bills;  // somebody proposed to correct
  bool charged_before = false;
};

// The fee and its tax for what is unpaid: so many percent, a half cent up, at least the minimum and
// at most the maximum.
struct Amounts {
  Money fee;
  Money tax;
  bool operator==(const Amounts&) const = default;
};
Amounts AmountsOf(const Policy& policy, Money unpaid);

// Versions of one policy by their first days.
using Versions = std::map<Date, Policy>;
const Policy* VersionOn(const Versions& versions, Date day);

// Services that policies of their own name, by class and day.
class OtherPolicies {
 public:
  void Add(const Policy& policy) { by_code_[policy.code].emplace(policy.effective_date, policy); }
  // `known_on`: by the versions that were loaded by then; nothing: by all.
  std::set<std::string> ServicesOn(const std::string& customer_class, Date day,
                                   const std::optional<Date>& known_on = std::nullopt) const;
  // Of every class, that any version names from that day or before: so did runs of before.
  std::set<std::string> ServicesOfAll(Date day) const;

 private:
  std::map<std::string, Versions> by_code_;
};

struct Window {
  Date from_date;  // what fell late on it is of the run before
  Date run_date;
};
// By what fees of a policy are derived.
struct Rules {
  Versions versions;
  OtherPolicies others;
  std::vector<Window> earlier;             // of its posted runs
  std::set<std::int64_t> first_runs = {};  // Run::rules_no 0
};

// A bill with the days by which it is late: its own, or, of one that took the place of a bill which
// bore a fee, those of that bill.
struct Claim {
  std::int64_t bill_id = 0;
  Date due_date;
  Date sent_date;
  bool as_rebilled = false;
};
// The version that a bill bears its fee by; null if it bears none.
const Policy* PolicyOf(const Versions& versions, const Facts& facts, Date due_date);
// The last day on which the step can be paid without a fee.
Date LastDay(const Policy& policy, const Claim& claim, int step);
// The newest step that fell late in the window; nothing if none did.
std::optional<int> StepIn(const Policy& policy, const Claim& claim, const Window& window);
// The fee of a step, whatever was charged before; nothing if there is none. `kept`: the posted fee
// whose version and services count, whatever was loaded since; null: those of today.
std::optional<Fee> FeeFor(const Rules& rules, const Facts& facts, const Claim& claim, int step,
                          const Fee* kept = nullptr);
// Holds it, unless it is held or exempt already.
void Hold(Fee& fee, Problem problem, std::string evidence);

// Fees of the account for what fell late in the window, by the version in force on each bill's due
// date, and what has changed of the earlier windows: posted fees that would be others now, and
// bills whose ground is another. By due date. A bill that nobody was sent bears none, and each has
// its days from the day on which it was sent.
std::vector<Fee> FeesOf(const Rules& rules, const Window& window, const Facts& facts);
// The fee of one bill and step as the facts are now; nothing if there is none any more. One that
// is posted, or takes the place of such a one, keeps the rules of the first of them.
std::optional<Fee> FeeAgain(const Rules& rules, const Fee& fee, const Facts& facts);
// Why the fee is not what was signed any more; empty if it is.
std::string WhyLapsed(const Rules& rules, const Fee& fee, const Facts& facts);
// The posted fee that it takes the place of; null if that stands no more.
const Fee* ReplacedBy(const Facts& facts, const Fee& fee);
// What staff have credited of a posted fee's own charges.
Money StaffCredited(const Facts& facts, const Fee& fee);
// What they have credited of fees of its services since it was posted.
Money WaivedSince(std::span<const Waived> waived, const Fee& fee);

// Ids and charges of what a fee leads to.
std::int64_t EntryIdOf(const Fee& fee);
std::int64_t ReversalEntryIdOf(const Fee& fee);
std::string SourceOf(const Fee& fee);  // "77/0/RESIDENTIAL"
std::string ForfeitedOf(std::string_view service);
std::string TaxOf(std::string_view service);
struct Charged {
  std::vector<receivable::Charge> charges;
  std::vector<std::string> earned;  // on which account each is
};
// One for each service's share of the fee, then of the tax.
Charged ChargesOf(const Fee& fee, Date due_date);

enum class RunState { kCalculating, kCalculated, kSigned, kPosting, kPosted, kWithdrawn };
inline constexpr Spelling<RunState, 6> kRunStateName{
    {"CALCULATING", "CALCULATED", "SIGNED", "POSTING", "POSTED", "WITHDRAWN"}};
enum class RunEvent { kFinish, kSign, kPost, kFinishPosting, kWithdraw };
std::optional<RunState> After(RunState state, RunEvent event);

struct Run {
  std::int64_t run_id = 0;
  std::string policy_code;
  std::int64_t run_no = 0;
  Window window;
  RunState state = RunState::kCalculating;
  AccountId after;  // accounts up to it are calculated, or posted
  PersonId started_by;
  PersonId ended_by;   // who signed it, or withdrew it
  std::string reason;  // why it was withdrawn
  // 0: before fees were computed again, when services were left out whatever the class, and whoever
  // had decided could sign.
  int rules_no = 0;
};
inline constexpr int kRulesNo = 1;

struct Totals {
  std::int64_t count = 0;  // of what is to be charged or was
  std::int64_t cents = 0;  // with tax
  std::int64_t held = 0;
  std::int64_t held_cents = 0;
  std::int64_t exempt = 0;
  std::int64_t dropped = 0;
  std::int64_t lapsed = 0;
  std::int64_t first = 0;  // of the first, on accounts that never bore one
  std::int64_t again = 0;  // of the first, of days of earlier runs
  std::int64_t reversed = 0;
  std::int64_t reversed_cents = 0;  // of earlier runs, that it takes back
};
// Fees by due date beside the bills that were due then.
struct DueDate {
  Date due_date;
  std::int64_t fees = 0;
  std::int64_t bills = 0;
};

struct Finding {
  std::string rule;
  std::string evidence;
  std::string acknowledgement;
  PersonId acknowledged_by;
};
inline constexpr std::string_view kNoRunBefore = "NO_RUN_BEFORE";
inline constexpr std::string_view kFeeCount = "FEE_COUNT";
inline constexpr std::string_view kFeeDollars = "FEE_DOLLARS";
inline constexpr std::string_view kFirstFees = "FIRST_FEES";
inline constexpr std::string_view kMostOfADueDate = "MOST_OF_A_DUE_DATE";
inline constexpr std::string_view kEarlierDays = "EARLIER_DAYS";
// What the whole of a run shows, against the run before.
std::vector<Finding> FindingsOf(const Policy& policy, const Totals& run,
                                const std::optional<Totals>& before,
                                std::span<const DueDate> due_dates);

}  // namespace reeve::billing::late_fee
