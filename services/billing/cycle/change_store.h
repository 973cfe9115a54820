// What of a run's agreements is not as it was on their bill before, from what the bills keep.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/billing/meter/meter.h"
#include "shared/core/money.h"
#include "shared/db/database.h"

namespace reeve::billing::cycle {

// By what an agreement is, or was, billed.
struct BilledBy {
  std::string schedule_code;
  std::int64_t quantity_thousandths = 0;
  meter::Meter meter;  // without a number: unmetered
  Money amount;
};

struct AgreementChange {
  AccountId account;
  std::int64_t agreement_id = 0;
  std::string service;
  BilledBy before;
  BilledBy now;
  std::optional<Date> exchange_date;  // of the meter in place, if it is not the one before
  std::string exchanged_by;           // as the audit trail spells it
};

// By account and agreement, behind these; of bills that stand.
std::vector<AgreementChange> ListChanges(db::Transaction& tx, std::int64_t cycle_id,
                                         AccountId after, std::int64_t after_agreement_id,
                                         std::int64_t limit);

}  // namespace reeve::billing::cycle
