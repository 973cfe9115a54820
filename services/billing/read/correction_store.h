// Reads that count no more, and why, in the database; and what a correction must know of bills.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/billing/read/correction.h"
#include "services/billing/read/read_store.h"
#include "services/billing/row_text.h"
#include "shared/core/id.h"
#include "shared/db/database.h"

namespace reeve::billing::read {

struct Correction {
  AccountId account;
  std::int64_t read_id = 0;  // that counts no more
  CorrectionKind kind = CorrectionKind::kReplaced;
  std::int64_t by_read_id = 0;  // that counts instead; 0: none
  PersonId person;
  Date corrected_date;
  std::string reason;
};
inline constexpr Kept kKeptCorrection{"read-correction", 2, {{{"kind", 2}, {"by", 3}}}};
Cells CellsOfCorrection(const Correction& correction);

// Each sets a read aside that counts, and says why.
void InsertCorrections(db::Transaction& tx, std::span<const Correction> corrections);

// The first part of a bill, not cancelled, that ends on the day or behind it: what was read on that
// day is billed.
struct BilledPart {
  std::int64_t bill_id = 0;
  std::string bill_state;
  Date from_date;
  Date to_date;
};
std::optional<BilledPart> FindBilled(db::Transaction& tx, const AgreementKey& agreement, Date day);
// The last day that is billed; nothing if none is.
std::optional<Date> BilledThrough(db::Transaction& tx, const AgreementKey& agreement);
// Whether the newest part of a bill of the agreement belongs to a bill that is held; its bill.
std::optional<std::int64_t> FindHeld(db::Transaction& tx, const AgreementKey& agreement);

// Holds the cycle, so that no run of it starts until the transaction ends. False if one is being
// calculated: it may have read what somebody is about to correct.
bool HoldCycle(db::Transaction& tx, int cycle);

// The reads of a meter that count, by day; `billed` is set through the last billed day.
std::vector<CountedRead> LoadCounted(db::Transaction& tx, const MeterKey& meter,
                                     std::optional<Date> billed_through);
// A read, whatever became of it.
std::optional<Read> FindRead(db::Transaction& tx, AccountId account, std::int64_t read_id);
// The meter's read of that id, whatever became of it; without one (0) its read of that day that
// counts.
std::optional<Read> FindReplaced(db::Transaction& tx, const MeterKey& meter, std::int64_t read_id,
                                 Date day);
// The reads of a meter that count, of that day and later.
std::vector<Read> LoadSince(db::Transaction& tx, const MeterKey& meter, Date day);
// Those of these reads that were corrected.
std::vector<Correction> LoadCorrections(db::Transaction& tx, AccountId account,
                                        std::span<const Read> reads);

// The first row that waits of an account in the cycle, or of an unknown meter in a file with reads
// of the cycle.
std::optional<Exception> FirstWaiting(db::Transaction& tx, int cycle);
// All that wait of accounts from `first` to `last`, by account.
std::vector<Exception> WaitingBetween(db::Transaction& tx, AccountId first, AccountId last);
// The first row of the account that waits.
std::optional<Exception> FirstWaiting(db::Transaction& tx, AccountId account);

}  // namespace reeve::billing::read
