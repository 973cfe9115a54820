// Clients of other services. CallScope carries deadline, identity and trace of the call at hand; a
// bare grpc::ClientContext elsewhere is a defect, because its deadline is infinite.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "shared/core/call.h"
#include "shared/core/result.h"
#include "shared/rpc/error.h"

namespace reeve::rpc {

// The context of one outgoing call on behalf of `call`. With kAsService, or where no person stands
// behind the call, the callee sees the calling service itself; without `own_service` (a program of
// a person who has not signed in) it sees nobody.
class CallScope {
 public:
  enum class Identity { kForwardPerson, kAsService };
  CallScope(const Call& call, const std::string& own_service,
            Identity identity = Identity::kForwardPerson);
  grpc::ClientContext* context() { return &context_; }

 private:
  grpc::ClientContext context_;
};

// The context of a call that a person makes from outside of any call; an empty token for nobody.
std::unique_ptr<grpc::ClientContext> PersonContext(const std::string& session_token,
                                                   Duration timeout);

// The context of a call that a service makes of its own accord, in its own name.
std::unique_ptr<grpc::ClientContext> ServiceContext(const std::string& own_service,
                                                    Duration timeout);
// The same for a stream that lives until one side ends it.
std::unique_ptr<grpc::ClientContext> ServiceStreamContext(const std::string& own_service);

// Retries are in the channel's service config and nowhere else: UNAVAILABLE only, idempotent
// methods only (read from the policies of `full_service_names`, e.g.
// {"reeve.billing.v1.ReceivableService"}).
std::shared_ptr<grpc::Channel> OpenChannel(const std::string& target,
                                           const std::vector<std::string>& full_service_names);
// The service config of such a channel, as JSON.
std::string ServiceConfig(const std::vector<std::string>& full_service_names);

}  // namespace reeve::rpc
