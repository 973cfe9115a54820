#include "services/payment/payment/payment_event_service.h"

#include <algorithm>

#include "services/payment/wire.h"

namespace reeve::payment {

v1::PaymentTaken TakenEvent(const Payment& payment, PersonId cashier) {
  v1::PaymentTaken event;
  event.set_payment_id(payment.id.ToString());
  event.set_drawer_id(payment.id.drawer.value());
  event.set_session_no(payment.id.session_no);
  event.set_receipt_no(payment.id.receipt_no);
  event.set_account_id(payment.account.value());
  event.set_amount_cents(payment.amount.cents());
  ToWire(payment.directions, event.mutable_directions());
  for (const TenderKind kind : kTenderKinds) {
    if (std::ranges::any_of(payment.tenders, [&](const Tender& t) { return t.kind == kind; })) {
      event.add_tender_kinds(ToWire<v1::TenderKind>(kind));
    }
  }
  event.set_business_date(payment.business_date.ToString());
  event.set_taken_time_micros(payment.taken_time.micros());
  event.set_taken_by_person_id(cashier.value());
  return event;
}

v1::PaymentReversed ReversedEvent(const Payment& payment) {
  v1::PaymentReversed event;
  event.set_payment_id(payment.id.ToString());
  event.set_drawer_id(payment.id.drawer.value());
  event.set_account_id(payment.account.value());
  event.set_amount_cents(payment.amount.cents());
  event.set_reason(payment.void_reason);
  event.set_business_date(payment.void_date->ToString());
  return event;
}

}  // namespace reeve::payment
