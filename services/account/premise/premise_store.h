// The rows of location files.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/account/premise/premise.h"
#include "shared/db/database.h"

namespace reeve::account {

void InsertPremises(db::Transaction& tx, std::span<const Premise> premises);
std::optional<Premise> FindPremise(db::Transaction& tx, PremiseId id);
// Locks the place: every change to what is served there goes through this lock.
std::optional<Premise> FindPremiseForUpdate(db::Transaction& tx, PremiseId id);
void LockPremises(db::Transaction& tx, std::span<const PremiseId> ids);
// Those that are on file, in the order of `ids`; nothing for the others.
std::vector<std::optional<Premise>> FindPremises(db::Transaction& tx,
                                                 std::span<const PremiseId> ids);
// Where each meter stands; an unset id for an unknown one.
std::vector<PremiseId> FindMeters(db::Transaction& tx, std::span<const std::string> meter_numbers);
// Supply was turned on or off; saves the next version of a premise that was locked.
Result<> UpdateSupply(db::Transaction& tx, const Premise& premise);
// Saves the meter of one point; counts the version up as UpdateSupply does.
Result<> UpdateMeter(db::Transaction& tx, const Premise& premise, int point_no);

// Places whose address key begins so, behind (key, premise); at most `limit`.
std::vector<PremiseId> SearchByAddress(db::Transaction& tx, const std::string& key_prefix,
                                       const std::string& after_key, PremiseId after, int limit);

}  // namespace reeve::account
