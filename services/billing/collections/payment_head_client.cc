#include "services/billing/collections/payment_head_client.h"

#include "shared/rpc/client.h"

namespace reeve::billing::collections {

PaymentHeadClient::PaymentHeadClient(const std::shared_ptr<grpc::Channel>& channel)
    : stub_(feed::v1::FeedService::NewStub(channel)) {}

std::optional<std::string> PaymentHeadClient::Ask(const Call& call) {
  rpc::CallScope scope(call, "billing", rpc::CallScope::Identity::kAsService);
  feed::v1::GetHeadResponse head;
  const grpc::Status status = stub_->GetHead(scope.context(), {}, &head);
  if (!status.ok()) return std::nullopt;
  return head.token();
}

}  // namespace reeve::billing::collections
