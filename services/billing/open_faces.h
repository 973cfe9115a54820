// OpenFaces: all of billing's faces, for those who need not parse what they are made of.
#pragma once

#include <memory>

#include "services/billing/collections/payment_head.h"
#include "shared/process/service.h"

namespace reeve::billing {

class Faces;

// Both outlive what is returned.
std::shared_ptr<Faces> OpenFaces(process::Service& service, collections::PaymentHead& payment_head);

}  // namespace reeve::billing
