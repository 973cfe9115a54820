#include "tests/fault/load/doors.h"

#include <atomic>
#include <stdexcept>

#include "reeve/feed/v1/feed_service.grpc.pb.h"
#include "reeve/identity/v1/session_service.grpc.pb.h"
#include "tests/bench/city.h"
#include "tests/fault/load/city_suite.h"

namespace reeve::fault {

using testing::Suite;

Doors::Doors(const Suite& suite, int replicas) {
  for (const std::string& service : kServices) {
    channels_[service] = suite.Channel(service);
    if (service != "payment" && service != "work_order") continue;
    for (int replica = 1; replica < replicas; ++replica) {
      channels_[service + "/" + std::to_string(replica)] = suite.Channel(service, replica);
    }
  }
}

std::set<std::string> Doors::all() const {
  std::set<std::string> names;
  for (const auto& [name, channel] : channels_) names.insert(name);
  return names;
}

std::set<std::string> Doors::Open(const std::string& token) const {
  std::set<std::string> open;
  for (const auto& [name, channel] : channels_) {
    // A call that every service has and that needs a session.
    const auto stub = feed::v1::FeedService::NewStub(channel);
    feed::v1::GetHeadResponse head;
    const grpc::Status status = stub->GetHead(Suite::Context(token).get(), {}, &head);
    if (status.ok()) {
      open.insert(name);
    } else if (status.error_code() != grpc::StatusCode::UNAUTHENTICATED) {
      bench::Check(status, "the door of " + name);
    }
  }
  return open;
}

void SignOut(const Suite& suite, const std::string& token) {
  static std::atomic<int> count = 0;
  const auto stub = identity::v1::SessionService::NewStub(suite.Channel("identity"));
  identity::v1::SignOutRequest request;
  request.set_request_id("fault-sign-out-" + std::to_string(1'000 + ++count));
  request.set_session_token(token);
  identity::v1::SignOutResponse response;
  bench::Check(stub->SignOut(Suite::Context("").get(), request, &response), "SignOut");
}

}  // namespace reeve::fault
