// Puts meters in place at agreements, and takes an installation back, inside a transaction.
#pragma once

#include <string>
#include <vector>

#include "services/billing/agreement/agreement.h"
#include "services/billing/meter/meter.h"
#include "shared/command/command.h"
#include "shared/db/database.h"

namespace reeve::billing::meter {

// Of an agreement, by number, those that were reversed included.
std::vector<Installation> LoadOfAgreement(db::Transaction& tx, AccountId account,
                                          std::int64_t agreement_id);

// Ends the stay of the meter in place and begins that of `next` on the same day.
struct Installed {
  Installation old;
  Installation next;
};
Installed Install(command::Change& change, agreement::Agreement& agreement, const Meter& next,
                  Date date);
// Takes the last installation back: the one before it is in place again. It was not the first.
Installed TakeBack(command::Change& change, agreement::Agreement& agreement);

// The agreements that wait for their start at the same place, for the same service, with that
// meter: they follow an exchange, and its reversal. Rows are held.
std::vector<agreement::Agreement> WaitingWith(db::Transaction& tx,
                                              const agreement::Agreement& agreement,
                                              const std::string& meter_number);

// An agreement that was opened to wait for its start may name a meter that was exchanged meanwhile:
// brings it up to the one in place.
void FollowExchanges(command::Change& change, agreement::Agreement& agreement);

}  // namespace reeve::billing::meter
