// The journal of payment: every move of money as a balanced entry, derived from its document alone,
// so that verify can derive it again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "services/payment/drawer/cash.h"
#include "shared/core/date.h"
#include "shared/core/id.h"
#include "shared/core/posting.h"
#include "shared/core/spelling.h"

namespace reeve::payment {

enum class EntryKind {
  kPayment,       // reference: receipt number
  kVoid,          // receipt number
  kOverShort,     // 0; of a vault: the difference's id
  kTransferSent,  // transfer id; so the next two
  kTransferReceived,
  kTransferReturned,
  kDeposit,  // deposit id
};
inline constexpr Spelling<EntryKind, 7> kEntryKindName{{"PAYMENT", "VOID", "OVER_SHORT",
                                                        "TRANSFER_SENT", "TRANSFER_RECEIVED",
                                                        "TRANSFER_RETURNED", "DEPOSIT"}};

struct Entry {
  EntryKind kind = EntryKind::kPayment;
  std::int64_t reference = 0;
  std::vector<Posting> postings;
  bool operator==(const Entry&) const = default;
};

// Where money can be. Tenders keep their own accounts all the way.
enum class Place { kDrawer, kTransit, kVault, kBank };

// "drawer-cash", "transit-check", "vault-cash"; card slips that reach a vault are in
// "card-settlement".
std::string LedgerAccount(Place place, TenderKind kind);

// One amount per tender kind; may be negative.
struct TenderAmounts {
  Money cash;
  Money checks;
  Money cards;
  static TenderAmounts Of(const Holding& holding);
  TenderAmounts Negated() const;
  bool operator==(const TenderAmounts&) const = default;
};

// Dr drawer by tender, Cr clearing. `amounts` are net of change.
Entry PaymentEntry(std::int64_t receipt_no, const TenderAmounts& amounts);
// The exact reversal, except that change comes back as cash.
Entry VoidEntry(std::int64_t receipt_no, const TenderAmounts& amounts);
// Each tender against its own over-short account; no postings if nothing is over or short.
Entry OverShortEntry(const TenderAmounts& over, Place place = Place::kDrawer,
                     std::int64_t reference = 0);
// Dr `to`, Cr `from`; no postings if nothing moves.
Entry MoveEntry(EntryKind kind, std::int64_t reference, Place from, Place to,
                const TenderAmounts& amounts);

// An entry in its book: a drawer session's, or a vault's (session 0).
struct NumberedEntry {
  DrawerId home;
  std::int64_t session_no = 0;
  std::int64_t entry_no = 0;
  Date business_date;
  Entry entry;
  bool operator==(const NumberedEntry&) const = default;
};

// The entries of one change.
class Journal {
 public:
  // Takes `next_entry_no` of the book; an entry without postings takes none. Throws
  // std::logic_error if the entry does not balance.
  void Post(DrawerId home, std::int64_t session_no, std::int64_t& next_entry_no, Entry entry,
            Date business_date);
  const std::vector<NumberedEntry>& entries() const { return entries_; }

 private:
  std::vector<NumberedEntry> entries_;
};

}  // namespace reeve::payment
