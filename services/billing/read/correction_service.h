// Corrects reads inside a transaction: a read finds its place among those that count, what gives
// way to it is set aside with its reason, a better one replaces another.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "services/billing/agreement/agreement.h"
#include "services/billing/read/correction_store.h"
#include "shared/command/command.h"

namespace reeve::billing::read {

namespace reason {
inline constexpr Reason kReadUnknown{"READ_UNKNOWN"};
inline constexpr Reason kReadSetAside{"READ_SET_ASIDE"};
inline constexpr Reason kReadOfExchange{"READ_OF_EXCHANGE"};
inline constexpr Reason kReadShared{"READ_SHARED"};
inline constexpr Reason kReadStartsService{"READ_STARTS_SERVICE"};
inline constexpr Reason kCycleCalculating{"CYCLE_CALCULATING"};
inline constexpr Reason kReadBilled{"READ_BILLED"};
inline constexpr Reason kReadRefused{"READ_REFUSED"};
}  // namespace reason

Error Refused(Problem problem);  // READ_REFUSED
// The same of a read that an estimate contradicts which was billed: names the bill.
Error Refused(db::Transaction& tx, const agreement::Agreement& agreement,
              const Placement& placement);
Error Calculating();  // CYCLE_CALCULATING

// Where a row of the meter in place comes, as it stands now; `known` is the meter's history. The
// agreement is held. While its cycle is calculated no estimate gives way.
Placement Place(db::Transaction& tx, const agreement::Agreement& agreement, const Row& row,
                const History& known);
Placement Place(db::Transaction& tx, const agreement::Agreement& agreement, const Row& row);
// The same; before its service begins nothing is a read of an agreement.
Placement PlaceServed(db::Transaction& tx, const agreement::Agreement& agreement, const Row& row,
                      const History& known);
Placement PlaceServed(db::Transaction& tx, const agreement::Agreement& agreement, const Row& row);

// These reads count no more.
void Correct(command::Change& change, AccountId account, std::span<const std::int64_t> read_ids,
             CorrectionKind kind, std::int64_t by_read_id, const std::string& why);
// Those that the placement of `by` makes void. Comes before that is inserted.
void CancelVoid(command::Change& change, const Placement& placement, const Read& by);

struct Replacement {
  std::int64_t read_id = 0;  // that is replaced
  Read by;  // account, id, reading, source and origin; agreement and meter are the other's
  std::string why;
};
// NOT_FOUND ACCOUNT_UNKNOWN, READ_UNKNOWN; FAILED_PRECONDITION READ_SET_ASIDE, READ_OF_EXCHANGE,
// READ_SHARED, READ_STARTS_SERVICE, CYCLE_CALCULATING, READ_BILLED, READ_REFUSED, in this order.
// The new read, inserted.
Result<Read> Replace(command::Change& change, Replacement replacement);

}  // namespace reeve::billing::read
