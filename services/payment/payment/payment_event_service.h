// What payment tells its neighbours of a payment.
#pragma once

#include "reeve/payment/v1/events.pb.h"
#include "services/payment/payment/payment.h"

namespace reeve::payment {

// `cashier` is the session's.
v1::PaymentTaken TakenEvent(const Payment& payment, PersonId cashier);
// Of a voided payment.
v1::PaymentReversed ReversedEvent(const Payment& payment);

}  // namespace reeve::payment
