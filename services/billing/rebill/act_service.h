// Cancelling a bill and billing it again as acts: who may, and what they write. The same for one
// person within a limit and for a proposal that a second person approves.
#pragma once

#include <optional>

#include "services/billing/rate/rate.h"
#include "services/billing/rebill/proposal.h"
#include "services/billing/rebill/rebill_plan_service.h"
#include "shared/command/command.h"
#include "shared/obs/metrics.h"

namespace reeve::billing::rebill {

// Bills that were cancelled and made again.
class Meters {
 public:
  explicit Meters(obs::Metrics& metrics);
  void Cancelled() { cancelled_.Add(); }
  void Rebilled() { rebilled_.Add(); }

 private:
  obs::Counter& cancelled_;
  obs::Counter& rebilled_;
};

// The caller, as far as the rules ask.
Actor ActorOf(db::Transaction& tx, const Call& call, AccountId account, const Policy* policy);
// Within the days of the limits in force.
bool TookPayment(db::Transaction& tx, AccountId account, PersonId person, const Policy* policy,
                 Date today);

// Also of a rebill that cancels: what RebillBill needs besides its own permission.
Result<> CheckMayCancel(const Call& call, const RebillPlan& plan);
Error Stale();

// What billing again would do, with the tariff and the guard's policies held, in the order of
// StartCycle.
Result<RebillPlan> PlanHeld(command::Change& change, const Call& call, const RebillCommand& command,
                            const Subject& subject, const TimeZone& zone,
                            std::optional<rate::Tariff>& tariff);

// After this nothing is refused. The bill is owed no more; its days are to be billed again.
void CarryOut(command::Change& change, Subject& subject, CancelPlan& plan, Meters& meters);
void CarryOut(command::Change& change, Subject& subject, RebillPlan& plan, Meters& meters);

}  // namespace reeve::billing::rebill
