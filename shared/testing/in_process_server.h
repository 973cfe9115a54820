// InProcessServer: one service on 127.0.0.1, on a port that the kernel chooses, inside a test. The
// runtime is the real one; only who holds a session is decided by the test.
//
//   InProcessServer server("payment", database, payment::Migrations());
//   drawer::DrawerService drawers(server.service().server(), server.service().frame());
//   server.service().Register(drawers);
//   server.Start();
//   const std::string cashier = server.SignIn(PersonId(7), {"drawer.open", "drawer.close"});
//   const auto stub = server.Stub<pb::DrawerService>();
//   const auto context = server.Context(cashier);
//   stub->OpenDrawer(context.get(), request, &drawer);
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <unordered_map>

#include "shared/core/seams.h"
#include "shared/db/database.h"
#include "shared/process/service.h"
#include "shared/session/session.h"

namespace reeve::testing {

// Sessions as a test declares them. Thread-safe.
class FakeGate : public session::Gate {
 public:
  // A session of `person` with exactly these permissions; the answer is its token.
  std::string SignIn(PersonId person, std::set<std::string, std::less<>> permissions,
                     std::string display_name = "Test Person");
  void SignOut(const std::string& token);

  Result<session::Facts> Check(const std::string& token) override;
  std::shared_ptr<const session::Facts> Peek(const std::string& token) override;
  bool Current(const session::Facts& facts) const override;

 private:
  mutable std::mutex mutex_;
  int next_ = 1;
  std::unordered_map<std::string, std::shared_ptr<const session::Facts>> sessions_;
};

class InProcessServer {
 public:
  // Applies the migrations of feed, command and `migrations`. Without a clock, the machine's; the
  // database keeps deadlines by the machine's in any case. With a `neighbour`, which lives longer,
  // the two reach each other's sockets, as Channel and Consume do.
  InProcessServer(const std::string& service, db::Database& database,
                  std::span<const db::Migration> migrations, const Clock* clock = nullptr,
                  const InProcessServer* neighbour = nullptr);
  ~InProcessServer();  // stops

  process::Service& service() { return *service_; }
  void Start();
  void Stop();

  std::string SignIn(PersonId person, std::set<std::string, std::less<>> permissions,
                     std::string display_name = "Test Person") {
    return gate_.SignIn(person, std::move(permissions), std::move(display_name));
  }
  FakeGate& gate() { return gate_; }

  // Over TCP, as people's programs connect.
  std::shared_ptr<grpc::Channel> channel();
  // Over the service's UNIX socket, as its neighbours connect.
  std::shared_ptr<grpc::Channel> service_channel();
  template <class GrpcService>
  std::unique_ptr<typename GrpcService::Stub> Stub() {
    return GrpcService::NewStub(channel());
  }
  template <class GrpcService>
  std::unique_ptr<typename GrpcService::Stub> ServiceStub() {
    return GrpcService::NewStub(service_channel());
  }

  // The context of one call of a person; an empty token for nobody. Ten seconds of deadline.
  static std::unique_ptr<grpc::ClientContext> Context(const std::string& token);
  // The context of one call of a neighbour in its own name; only ServiceStub may carry it.
  static std::unique_ptr<grpc::ClientContext> ServiceContext(const std::string& service);

 private:
  const bool own_folder_;
  const std::string folder_;  // of the sockets
  FakeGate gate_;
  std::unique_ptr<Random> random_;
  std::unique_ptr<process::Service> service_;
};

// The refusal's reason, e.g. "DRAWER_NOT_COUNTED"; empty if the status is OK or carries none.
std::string ReasonOf(const grpc::Status& status);

}  // namespace reeve::testing
