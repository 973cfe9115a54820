// Clients of other services. CallScope carries deadline, cancellation, identity and trace of the
// call at hand; a bare grpc::ClientContext elsewhere is a defect, because its deadline is infinite.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "shared/core/call.h"
#include "shared/core/result.h"

namespace reeve::rpc {

// The context of one outgoing call on behalf of `call`. With kAsService the callee sees the calling
// service itself.
class CallScope {
 public:
  enum class Identity { kForwardPerson, kAsService };
  CallScope(const Call& call, const std::string& own_service,
            Identity identity = Identity::kForwardPerson);
  grpc::ClientContext* context() { return &context_; }

 private:
  grpc::ClientContext context_;
};

// Retries in the channel's service config: UNAVAILABLE only, idempotent methods only (read from the
// policies of `full_service_names`, e.g. {"reeve.billing.v1.ReceivableService"}).
std::shared_ptr<grpc::Channel> OpenChannel(const std::string& target,
                                           const std::vector<std::string>& full_service_names);

// The refusal that a callee answered, with its reason, metadata and fields. Codes that hide an
// outcome stay what they are.
Error FromStatus(const grpc::Status& status);
// And the way out.
grpc::Status ToStatus(const Error& error, const std::string& domain);

}  // namespace reeve::rpc
