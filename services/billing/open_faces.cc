#include "services/billing/open_faces.h"

#include "services/billing/faces.h"

namespace reeve::billing {

std::shared_ptr<Faces> OpenFaces(process::Service& service,
                                 collections::PaymentHead& payment_head) {
  return std::make_shared<Faces>(service, payment_head);
}

}  // namespace reeve::billing
