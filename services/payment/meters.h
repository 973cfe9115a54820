// What payment counts for dashboards and alerts. Counted after the commit; the truth is in the
// database.
#pragma once

#include "services/payment/payment/payment.h"
#include "shared/obs/metrics.h"

namespace reeve::payment {

class Meters {
 public:
  explicit Meters(obs::Metrics& metrics);

  void PaymentTaken(const std::vector<Tender>& tenders);
  void PaymentVoided() { voids_.Add(); }
  // Taken although billing did not say whether it is owed.
  void PaymentUnasked() { unasked_.Add(); }
  void OverOrShort(const TenderAmounts& over);
  // The business date of the oldest takings in a vault, or nothing.
  void Undeposited(std::optional<Date> oldest);

 private:
  obs::CounterByLabel& tenders_;
  obs::CounterByLabel& tendered_cents_;
  obs::Counter& voids_;
  obs::Counter& unasked_;
  obs::CounterByLabel& over_cents_;
  obs::CounterByLabel& short_cents_;
  obs::Gauge& undeposited_since_;
};

}  // namespace reeve::payment
