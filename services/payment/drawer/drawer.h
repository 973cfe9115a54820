// Drawers and their sessions: one cashier opens an empty drawer, takes payments, counts it blind,
// and it is closed with what is over and short by tender.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "services/payment/drawer/cash.h"
#include "services/payment/journal/journal.h"
#include "shared/core/canonical.h"
#include "shared/core/date.h"
#include "shared/core/id.h"
#include "shared/core/result.h"
#include "shared/core/spelling.h"

namespace reeve::payment {

namespace reason {
inline constexpr Reason kDrawerExists{"DRAWER_EXISTS"};
inline constexpr Reason kDrawerUnknown{"DRAWER_UNKNOWN"};
inline constexpr Reason kSessionUnknown{"SESSION_UNKNOWN"};
inline constexpr Reason kDrawerInUse{"DRAWER_IN_USE"};
inline constexpr Reason kCashierHasDrawer{"CASHIER_HAS_DRAWER"};
inline constexpr Reason kSessionNotOpen{"SESSION_NOT_OPEN"};
inline constexpr Reason kSessionNotCounted{"SESSION_NOT_COUNTED"};
inline constexpr Reason kSessionNotClosed{"SESSION_NOT_CLOSED"};
inline constexpr Reason kNotYourDrawer{"NOT_YOUR_DRAWER"};
inline constexpr Reason kVoidPending{"VOID_PENDING"};
inline constexpr Reason kTransferPending{"TRANSFER_PENDING"};
inline constexpr Reason kReasonMissing{"REASON_MISSING"};
inline constexpr Reason kSecondPersonNeeded{"SECOND_PERSON_NEEDED"};
inline constexpr Reason kSamePerson{"SAME_PERSON"};
}  // namespace reason

// Above this, over or short by a single tender, a second person closes the drawer.
inline constexpr Money kVarianceAccepted = Money::Cents(500);

enum class DrawerKind { kCounter, kVault };
inline constexpr Spelling<DrawerKind, 2> kDrawerKindName{{"COUNTER", "VAULT"}};

// A place that money has a number for. A vault is one too, so that their numbers differ.
struct Drawer {
  DrawerId id;
  DrawerKind kind = DrawerKind::kCounter;
  std::string name;
  std::int64_t last_session_no = 0;
};

enum class SessionState { kOpen, kCounted, kClosed, kTurnedIn };
enum class SessionEvent { kCount, kRecount, kClose, kTurnIn };
inline constexpr Spelling<SessionState, 4> kSessionStateName{
    {"OPEN", "COUNTED", "CLOSED", "TURNED_IN"}};
// Where the event leads; nothing if it may not happen in this state.
std::optional<SessionState> Next(SessionState state, SessionEvent event);

struct Session {
  DrawerId drawer;
  std::int64_t no = 0;
  PersonId cashier;
  std::string cashier_name;
  SessionState state = SessionState::kOpen;
  Date business_date;
  Instant opened_time;
  std::int64_t next_receipt_no = 1;
  std::int64_t next_entry_no = 1;
  // What it should hold now. `pieces` is read only where cash moves; it is then worth `cash`.
  Money cash;
  Cash pieces;
  std::int64_t check_count = 0;
  Money checks;
  std::int64_t card_count = 0;
  Money cards;
  // Of the close.
  std::string over_short_reason;
  PersonId closed_by;
  Instant closed_time;
  std::optional<Date> closed_date;
  // Where the drawer's audit chain stood just before the close.
  std::int64_t anchor_length = 0;
  std::string anchor_hash;

  Holding Contents() const { return {pieces, check_count, checks, card_count, cards}; }
  void SetContents(const Holding& holding);
};

// The blind count, beside what the drawer should have held then.
struct Count {
  Holding expected;
  Holding counted;
  // counted - expected, each tender by itself.
  TenderAmounts Over() const;
};

// DRAWER_UNKNOWN, DRAWER_IN_USE. `drawer` is null if there is none of this number.
Result<Session> Open(const Drawer* drawer, bool has_live_session, PersonId cashier,
                     const std::string& cashier_name, Date today, Instant now);

// Events of a drawer's live session (null if it has none), each with its refusals in the order of
// their precedence. They change the session's state and contents and answer what is to be posted.

// SESSION_NOT_OPEN, NOT_YOUR_DRAWER: what every act of a cashier at the drawer needs.
Result<> CheckCashier(const Session* session, PersonId caller);

// Who does something to a drawer besides its cashier's payments.
struct Actor {
  PersonId person;
  bool may_accept_variance = false;
};

// The cashier's count, or a second person's recount of a drawer that is counted and not yet closed:
// SESSION_NOT_OPEN, NOT_YOUR_DRAWER, SECOND_PERSON_NEEDED (recount), VOID_PENDING. `before` is the
// count that a recount replaces; what was expected stays. `voids_pending` are the receipts whose
// void is asked for: it would change what is expected, and after the count nobody can decide it.
Result<Count> SubmitCount(Session* session, const std::optional<Count>& before, const Actor& actor,
                          const Holding& counted, std::span<const std::int64_t> voids_pending);

struct Closing {
  Actor actor;
  bool transfer_pending = false;
  std::string reason;
  Instant now;
  Date today;
};
// SESSION_NOT_COUNTED, TRANSFER_PENDING, REASON_MISSING, SECOND_PERSON_NEEDED. The session then
// holds what was counted.
Result<Entry> Close(Session* session, const std::optional<Count>& count, const Closing& closing);

// What the audit trail keeps of a session and its count. Running totals are proven by their
// documents instead.
std::string Describe(const Drawer& drawer);
std::string Describe(const Session& session, const std::optional<Count>& count);

}  // namespace reeve::payment
