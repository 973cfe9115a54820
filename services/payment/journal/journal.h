// The journal of payment: every move of money as a balanced entry, derived from its document alone,
// so that verify can derive it again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "services/payment/drawer/cash.h"
#include "shared/core/date.h"
#include "shared/core/posting.h"

namespace reeve::payment {

enum class EntryKind {
  kPayment,       // reference: receipt number
  kVoid,          // receipt number
  kOverShort,     // 0
  kTransferSent,  // transfer id; so the next two
  kTransferReceived,
  kTransferReturned,
  kDeposit,  // deposit id
};
std::string_view Name(EntryKind kind);  // "PAYMENT", "OVER_SHORT", ...

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
Entry OverShortEntry(const TenderAmounts& over);
// Dr `to`, Cr `from`; no postings if nothing moves.
Entry MoveEntry(EntryKind kind, std::int64_t reference, Place from, Place to,
                const TenderAmounts& amounts);

}  // namespace reeve::payment
