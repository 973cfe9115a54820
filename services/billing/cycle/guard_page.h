// GuardBills: the guard over the bills of one page, which are each other's peers.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/billing/cycle/basis.h"
#include "services/billing/cycle/cycle.h"
#include "services/billing/cycle/guard_rules.h"

namespace reeve::billing::cycle {

// Days that were billed before, by which version and for how much.
struct BilledDays {
  Date from_date;
  Date to_date;
  Date effective_date;
  std::int64_t usage_thousandths = 0;
  std::int64_t quantity_thousandths = 0;
  Money amount;
  std::string schedule_code;
  std::int64_t month_days = 0;       // see Segment
  bool held = false;                 // nobody was sent it
  std::int64_t installation_no = 0;  // of the last meter; 0: not known
};

// Who had the same service at the same place, by the same meter, before.
struct OccupantBefore {
  std::optional<Date> stop_date;                     // none: it still runs
  std::optional<std::int64_t> end_read_thousandths;  // of its last bill
};

// What the guard knows of an agreement beyond its bill.
struct Guarded {
  const agreement::Agreement* agreement = nullptr;
  CustomerClass customer_class = CustomerClass::kResidential;
  std::vector<Billed> history;           // newest first: what nobody doubts
  std::vector<BilledDays> days;          // newest first: whatever was billed, held or not
  std::optional<OccupantBefore> before;  // known, where there was one, for a first bill
  std::vector<Neighbour> neighbours;     // known where its use has moved
  // The meter in place came in the days of the last bill, too late in them to be judged there;
  // on its last day: CameBetween.
  bool came_late = false;
  std::vector<ParcelDifference> differences{};  // from the land records (parcel_difference.h)
};
// Whether its one meter came between two bills: on the day of the read with which the last one
// ended, so that the last is all the old meter's and this one all the new meter's.
bool CameBetween(const Segment& segment, const Guarded& guarded);
// Where (account, agreement) is among them, which are in that order; null if it is not.
const Guarded* FindGuarded(std::span<const Guarded> guarded, AccountId account,
                           std::int64_t agreement_id);

// Adds to each bill the holds that it trips, and the dollars at stake to those that it has; a bill
// with a hold is HELD. `guarded`: the agreements of these bills, in the order of account and
// agreement.
void GuardBills(const Run& run, const rate::Tariff& tariff, const GuardPolicy& policy,
                std::span<const Guarded> guarded, std::span<Bill> bills);

// What is wrong with a bill's own arithmetic; nothing if it is the sum of its lines, each by a
// version that had begun and that no newer one had replaced for all of its days.
std::optional<std::string> JudgeSums(const Bill& bill, const rate::Tariff& tariff);

}  // namespace reeve::billing::cycle
