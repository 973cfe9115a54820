// Previews of corrections on the wire.
#pragma once

#include "services/billing/rate/rate.h"
#include "services/billing/rebill/rebill_plan_service.h"

namespace reeve::billing::rebill {

// `alone`: what whoever looks may still take back without a second person.
v1::CancellationPreview ToPreview(const Subject& subject, const CancelPlan& plan,
                                  const rate::Tariff& tariff, Date today, Money alone);
v1::RebillPreview ToPreview(const Subject& subject, const RebillPlan& plan,
                            const rate::Tariff& tariff, Date today, Money alone);

}  // namespace reeve::billing::rebill
