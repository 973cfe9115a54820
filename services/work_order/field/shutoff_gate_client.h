// ShutoffGate: the last question before a cut for non-payment, asked of billing.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>

#include "reeve/billing/v1/collections_service.grpc.pb.h"
#include "services/work_order/order/order.h"
#include "shared/core/call.h"

namespace reeve::work_order {

// Thread-safe. May wait.
class ShutoffGate {
 public:
  virtual ~ShutoffGate() = default;
  // Ok if the cut may be made now. SHUTOFF_NOT_CONFIRMED in every other case, no answer included:
  // whoever may have paid is not cut.
  virtual Result<> MayDisconnect(const Call& call, const Order& cut) = 0;
};

class BillingShutoffGate final : public ShutoffGate {
 public:
  explicit BillingShutoffGate(const std::shared_ptr<grpc::Channel>& billing)
      : collections_(billing::v1::CollectionsService::NewStub(billing)) {}
  Result<> MayDisconnect(const Call& call, const Order& cut) override;

 private:
  const std::unique_ptr<billing::v1::CollectionsService::Stub> collections_;
};

}  // namespace reeve::work_order
