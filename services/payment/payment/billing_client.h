// AllocationPreview of the billing service.
#pragma once

#include <grpcpp/grpcpp.h>

#include "reeve/billing/v1/receivable_service.grpc.pb.h"
#include "services/payment/payment/allocation_preview.h"

namespace reeve::payment {

class BillingClient final : public AllocationPreview {
 public:
  static constexpr const char* kService = "reeve.billing.v1.ReceivableService";

  explicit BillingClient(const std::shared_ptr<grpc::Channel>& channel)
      : receivables_(billing::v1::ReceivableService::NewStub(channel)) {}

  Result<Allocation> Preview(const Call& call, AccountId account, Money amount,
                             std::span<const Direction> directions) override;
  void AskOwed(const Call& call, AccountId account, Answer answer) override;

 private:
  std::unique_ptr<billing::v1::ReceivableService::Stub> receivables_;
};

}  // namespace reeve::payment
