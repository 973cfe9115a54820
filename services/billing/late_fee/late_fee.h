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
};
// What was unpaid when the day was over. A payment counts by the day on which it was taken, one
// that came back never did. What staff credited counts from the first day on: it was never owed.
Money UnpaidOn(const Item& item, Date day);

struct BillOf {
  std::int64_t bill_id = 0;
  Date due_date;
  std::optional<Date> sent_date;  // nothing: nobody was sent it
};

// Why a fee is held, in order of precedence.
enum class Problem {
  kDisputed,
  kExemptionWaits,
  kUnappliedPayment,
  kCorrectionWaits,
  kLarge,
};
inline constexpr Spelling<Problem, 5> kProblemName{
    {"DISPUTED", "EXEMPTION_WAITS", "UNAPPLIED_PAYMENT", "CORRECTION_WAITS", "LARGE"}};

enum class ExemptionCause { kAssistance, kMilitary, kHardship, kArrangement };
inline constexpr Spelling<ExemptionCause, 4> kExemptionCauseName{
    {"ASSISTANCE", "MILITARY", "HARDSHIP", "ARRANGEMENT"}};
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

// All that the fees of an account follow from.
struct Facts {
  AccountId account;
  std::string customer_class;
  std::vector<BillOf> bills;  // that are posted
  std::vector<Item> items;    // that were not cancelled
  std::vector<Exemption> exemptions;
  bool dispute_open = false;
  bool payment_unapplied = false;
  Money credit;                            // that is not used, although charges are open
  std::set<std::int64_t> corrected_bills;  // somebody proposed to correct
  bool charged_before = false;
};

enum class State { kClean, kHeld, kExempt, kCharge, kDropped, kPosted, kLapsed };
inline constexpr Spelling<State, 7> kStateName{
    {"CLEAN", "HELD", "EXEMPT", "CHARGE", "DROPPED", "POSTED", "LAPSED"}};
enum class Event { kCharge, kDrop, kPost, kLapse };
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

struct Window {
  Date from_date;  // what fell late on it is of the run before
  Date run_date;
};
// Fees of the account for what fell late in the window, by the version in force on each bill's due
// date; `others` are services that policies of their own name. In the order of bills, one a bill.
// A bill that nobody was sent bears none, and each has its days from the day on which it was sent.
std::vector<Fee> FeesOf(const Versions& versions, const std::set<std::string>& others,
                        const Window& window, const Facts& facts);
// The fee of one bill and step as the facts are now; nothing if there is none any more.
std::optional<Fee> FeeAgain(const Versions& versions, const std::set<std::string>& others,
                            const Fee& fee, const Facts& facts);

// Ids and charges of what a fee leads to.
std::int64_t EntryIdOf(const Fee& fee);
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

struct Totals {
  std::int64_t count = 0;  // of what is to be charged or was
  std::int64_t cents = 0;  // with tax
  std::int64_t held = 0;
  std::int64_t held_cents = 0;
  std::int64_t exempt = 0;
  std::int64_t dropped = 0;
  std::int64_t lapsed = 0;
  std::int64_t first = 0;  // of the first, on accounts that never bore one
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
// What the whole of a run shows, against the run before.
std::vector<Finding> FindingsOf(const Policy& policy, const Totals& run,
                                const std::optional<Totals>& before,
                                std::span<const DueDate> due_dates);

}  // namespace reeve::billing::late_fee
