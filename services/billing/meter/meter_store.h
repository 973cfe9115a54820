// Stays of meters in the database.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/billing/meter/meter.h"
#include "services/billing/row_text.h"
#include "shared/db/database.h"

namespace reeve::billing::meter {

// In the audit trail: what an exchange left. The first installation of an agreement, as it began,
// stands there with its account.
inline constexpr Kept kKeptInstallation{"meter-installation", 3, {{{"meter", 3}, {"to", 9}}}};
Cells CellsOfInstallation(const Installation& installation);
// From all columns, in their order.
Installation ToInstallation(db::Rows::Row row);

void InsertInstallations(db::Transaction& tx, std::span<const Installation> installations);
// Holds the number until the transaction ends: whoever installs the meter elsewhere waits.
void HoldMeter(db::Transaction& tx, const std::string& meter_number);
// Saves the day on which it ended, none if it is in place again, and whether it was reversed.
void SaveEnd(db::Transaction& tx, const Installation& installation);
// Of an account, by agreement and number. Whoever changes them holds the agreement.
std::vector<Installation> LoadInstallations(db::Transaction& tx, AccountId account);
// Of agreements that run at that place, for that service: what stands there since this meter was
// exchanged; nothing if it was not, or is there again.
std::optional<Installation> FindSuccessor(db::Transaction& tx, PremiseId premise,
                                          const std::string& service,
                                          const std::string& meter_number);
// Those that ended after `since` and were not reversed, of accounts from `first` to `last`, by
// account, agreement and number.
std::vector<Installation> ListEnded(db::Transaction& tx, AccountId first, AccountId last,
                                    Date since);

}  // namespace reeve::billing::meter
