// Asks payment itself.
#pragma once

#include <memory>

#include "reeve/feed/v1/feed_service.grpc.pb.h"
#include "services/billing/collections/payment_head.h"

namespace reeve::billing::collections {

class PaymentHeadClient final : public PaymentHead {
 public:
  static constexpr const char* kCalls = "reeve.feed.v1.FeedService";
  explicit PaymentHeadClient(const std::shared_ptr<grpc::Channel>& channel);
  std::optional<std::string> Ask(const Call& call) override;

 private:
  std::unique_ptr<feed::v1::FeedService::Stub> stub_;
};

}  // namespace reeve::billing::collections
