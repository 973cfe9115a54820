#include "services/payment/meters.h"

namespace reeve::payment {
namespace {

constexpr std::int64_t kSecondsADay = 86'400;

}  // namespace

Meters::Meters(obs::Metrics& metrics)
    : tenders_(metrics.NewCounterByLabel("tenders_total", "Tenders of payments taken", "tender",
                                         kTenderKindName.names())),
      tendered_cents_(metrics.NewCounterByLabel("tendered_cents_total",
                                                "Cents tendered with payments, change included",
                                                "tender", kTenderKindName.names())),
      voids_(metrics.NewCounter("voids_total", "Payments voided")),
      unasked_(metrics.NewCounter(
          "unasked_total", "Payments that billing was to be asked about and gave no answer")),
      over_cents_(metrics.NewCounterByLabel("over_cents_total", "Cents over at closes of drawers",
                                            "tender", kTenderKindName.names())),
      short_cents_(metrics.NewCounterByLabel("short_cents_total",
                                             "Cents short at closes of drawers", "tender",
                                             kTenderKindName.names())),
      undeposited_since_(metrics.NewGauge(
          "undeposited_since_timestamp_seconds",
          "Business date (UTC midnight) of the oldest takings not deposited; 0 if none")) {}

void Meters::PaymentTaken(const std::vector<Tender>& tenders) {
  for (const Tender& tender : tenders) {
    tenders_.For(kTenderKindName(tender.kind)).Add();
    tendered_cents_.For(kTenderKindName(tender.kind)).Add(tender.amount.cents());
  }
}

void Meters::OverOrShort(const TenderAmounts& over) {
  const auto count = [this](TenderKind kind, Money amount) {
    obs::CounterByLabel& counter = amount.is_negative() ? short_cents_ : over_cents_;
    if (!amount.is_zero()) counter.For(kTenderKindName(kind)).Add(std::abs(amount.cents()));
  };
  count(TenderKind::kCash, over.cash);
  count(TenderKind::kCheck, over.checks);
  count(TenderKind::kCard, over.cards);
}

void Meters::Undeposited(std::optional<Date> oldest) {
  undeposited_since_.Set(oldest ? oldest->days() * kSecondsADay : 0);
}

}  // namespace reeve::payment
