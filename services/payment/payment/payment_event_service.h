// What payment tells its neighbours of a payment.
#pragma once

#include "reeve/payment/v1/events.pb.h"
#include "services/payment/payment/payment.h"

namespace reeve::payment {

v1::PaymentTaken TakenEvent(const Payment& payment);
// Of a voided payment.
v1::PaymentReversed ReversedEvent(const Payment& payment);

}  // namespace reeve::payment
