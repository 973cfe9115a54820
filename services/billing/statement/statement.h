// Statement: what a customer is sent: the last balance, all that has moved it since, the bills with
// their lines, the new balance. Pure: the same input gives the same statement.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/billing/receivable/books.h"
#include "shared/core/date.h"
#include "shared/core/id.h"

namespace reeve::billing::statement {

enum class FileState { kMaking, kMade, kReleased, kRefusing, kRefused };
enum class FileEvent { kFinishMaking, kRelease, kRefuse, kFinishRefusing };
std::string_view FileStateName(FileState state);  // "MAKING"
FileState ParseFileState(std::string_view name);
// Where an event leads; nothing if it is refused in that state.
std::optional<FileState> After(FileState state, FileEvent event);
// Neither released nor refused: its statements may still be void one day.
bool IsOpen(FileState state);

enum class PageState { kPlanned, kMade, kVoid };
std::string_view PageStateName(PageState state);

// Counts and sums of one statement or of many, in cents.
struct Totals {
  std::int64_t statements = 0;
  std::int64_t lines = 0;
  std::int64_t movements = 0;
  std::int64_t previous_cents = 0;
  std::int64_t payment_cents = 0;  // payments less reversals: negative
  std::int64_t other_cents = 0;
  std::int64_t charge_cents = 0;
  std::int64_t new_balance_cents = 0;
  std::int64_t amount_due_cents = 0;
  Totals& operator+=(const Totals& other);
  bool operator==(const Totals&) const = default;
};

// Of the records that are written now. From 2 on a bill that bills again says what of it is due by
// when; a file that was sealed as 1 is written as 1 for ever.
inline constexpr std::int64_t kRecordVersion = 2;

// The statements of one cycle, or of one bill, that leave together.
struct PrintFile {
  std::int64_t print_file_id = 0;
  std::int64_t cycle_id = 0;
  std::int64_t bill_id = 0;  // 0: all of the cycle
  FileState state = FileState::kMaking;
  Date city_date;
  Instant cutoff_time;
  std::string payment_token;  // payment's feed up to the cut-off
  std::int64_t days_to_pay_min = 0;
  Totals totals;       // once it is made
  std::string sha256;  // of all bytes before the trailer, in hex; once it is made
  PersonId made_by;
  PersonId decided_by;  // unset until it is released or refused
  std::string reason;   // why it was refused
  std::int64_t record_version = kRecordVersion;
};

// A range of accounts that is worked on in one transaction.
struct Page {
  std::int64_t page_no = 0;  // from 1
  AccountId after;           // not of the page
  AccountId through;         // of it
};

// An entry of the journal, and how far it moves what the account owes: up with a charge, down with
// a payment, 0 where money only changes its place.
struct Movement {
  std::int64_t entry_id = 0;
  receivable::EntryKind kind = receivable::EntryKind::kBill;
  std::string source;
  Date business_date;
  std::int64_t amount_cents = 0;
};

// A posted bill that is to be printed, and what its parts add up to. What is owed of it is its
// total, less of a rebill that a limit has cut.
struct PrintedBill {
  std::int64_t bill_id = 0;
  std::int64_t cycle_id = 0;
  Date bill_date;
  Date due_date;
  std::int64_t total_cents = 0;
  std::int64_t segment_cents = 0;  // sum of its segments
  std::int64_t line_cents = 0;     // sum of its lines
  std::int64_t line_count = 0;
  std::int64_t segments_off = 0;  // segments that are not the sum of their lines
  std::int64_t owed_cents = 0;
};

// What is known of an account when its statement is made.
struct Situation {
  AccountId account;
  std::int64_t last_no = 0;      // highest number of a statement, void ones too; 0: none
  std::int64_t previous_no = 0;  // the last live one; 0: none
  std::int64_t previous_cents = 0;
  std::int64_t open_file_id = 0;   // the last one's file, if that is neither released nor refused
  std::vector<Movement> entries;   // that stand on no live statement, by day
  std::vector<PrintedBill> bills;  // posted, on no live statement; the oldest first
  // As the books have it: open charges less credit, and the part of those that was due before.
  std::int64_t balance_cents = 0;
  std::int64_t past_due_cents = 0;
  std::int64_t unapplied_count = 0;  // payments that nobody could place
  std::int64_t unapplied_cents = 0;
};

struct Statement {
  AccountId account;
  std::int64_t statement_no = 0;
  std::int64_t print_file_id = 0;
  std::int64_t previous_no = 0;
  Date due_date;
  std::int64_t past_due_cents = 0;
  Totals totals;  // of this one
};

enum class Cause {
  kLinesDiffer,
  kBalanceDiffers,
  kUnappliedPayment,
  kEarlierStatementOpen,
  kTooLate
};
std::string_view CauseName(Cause cause);  // "LINES_DIFFER"
std::optional<Cause> FindCause(std::string_view name);

struct Withheld {
  AccountId account;
  std::int64_t print_file_id = 0;
  Cause cause = Cause::kLinesDiffer;
  std::int64_t bill_id = 0;
  std::string evidence;
  PersonId acknowledged_by;
  std::string acknowledgement;
};

// The entry by which a bill is owed.
std::int64_t EntryOfBill(std::int64_t bill_id);

// The sums of entries and bills on a balance: what a statement is, and what the proof derives
// again.
Totals AddUp(std::int64_t previous_cents, std::span<const Movement> entries,
             std::span<const PrintedBill> bills);

// The statement of an account with bills to be printed.
Statement MakeStatement(const PrintFile& file, const Situation& situation);

// Everything that keeps it from being sent, in the order of the causes; nothing, nearly always.
std::vector<Withheld> Check(const PrintFile& file, const Situation& situation,
                            const Statement& statement);

// Places of `wanted` statements among `count`, from 0, each once: chosen by the digest.
std::vector<std::int64_t> ChoosePlaces(std::string_view sha256, std::int64_t count,
                                       std::int64_t wanted);

}  // namespace reeve::billing::statement
