// Service: what a program is composed of. A main.cc reads top-down: features are built from the
// parts below, registered, and served.
//
//   int main(int argc, char** argv) {
//     return reeve::process::Run("payment", argc, argv, payment::Migrations(),
//                                [](process::Service& s) {
//       drawer::DrawerService drawers(s.server(), s.frame(), s.random());
//       s.Register(drawers);
//       s.Consume("billing", {"reeve.billing.v1.BillPosted"}, ApplyBills);
//       s.AddVerifier(VerifyDrawers);
//       s.Serve();
//     });
//   }
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "reeve/verify/v1/verify_service.pb.h"
#include "shared/command/command.h"
#include "shared/core/calendar.h"
#include "shared/core/finding.h"
#include "shared/core/seams.h"
#include "shared/db/database.h"
#include "shared/feed/feed.h"
#include "shared/obs/metrics.h"
#include "shared/rpc/server.h"
#include "shared/session/session.h"
#include "shared/session/source.h"

namespace CLI {
class App;
}

namespace reeve::process {

struct Settings {
  std::string service;              // "payment"
  std::vector<std::string> listen;  // as rpc::ServerOptions::listen
  std::string run_folder;           // where the suite's services have their sockets
  std::string metrics_address;      // "127.0.0.1:7103"; empty for no HTTP port
  std::string redis_address;        // "127.0.0.1:6379" or "unix:/path"; empty for no shared cache
  std::string tls_cert;             // PEM files; required unless every TCP address is loopback
  std::string tls_key;
  std::string zone = "America/Denver";
  int workers = 8;     // threads in which the bodies of calls run
  int background = 5;  // threads for batch lanes, consumers and timers
  bool reflection = false;
  bool demo = false;  // the demo city: allows what a real one must not
};

// What the service touches outside itself. Everything outlives the service.
struct Seams {
  db::Database& database;      // migrated
  const Clock& clock;          // the city's time; a demo may move it
  const Clock& machine_clock;  // deadlines, cache ages
  Random& random;
  session::Gate* gate = nullptr;  // none: sessions are identity's, cached in Redis
};

class Service {
 public:
  Service(Settings settings, const Seams& seams);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  const std::string& name() const;
  bool demo() const;
  db::Database& database();
  command::Frame& frame();
  const feed::Feed& feed();
  const Clock& clock();          // the city's
  const Clock& machine_clock();  // for what must not follow a demo: deadlines, sessions
  const TimeZone& zone();
  const BusinessCalendar& calendar();
  Random& random();
  Executor& workers();     // the bodies of calls
  Executor& background();  // batch lanes and timers: never behind calls that wait
  rpc::Server& server();
  session::Gate& sessions();
  obs::Metrics& metrics();

  // Announces a feature's proto service. The object outlives Serve().
  void Register(grpc::Service& feature);

  // A channel to a neighbour's socket. Connects on first use; `full_service_names` are those that
  // will be called (their idempotent methods are retried on UNAVAILABLE).
  std::shared_ptr<grpc::Channel> Channel(const std::string& service,
                                         const std::vector<std::string>& full_service_names);

  // Applies the events of a neighbour's feed, in commit order per partition. Events and the token
  // behind them are committed in one transaction, so each has one effect; the span has at most 500
  // of the types named (empty: all). The handler never refuses for business reasons: what it cannot
  // place it queues for review. An error or an exception is tried again, with growing pauses, one
  // event at a time, and never skipped. After the producer was restored from a backup its feed is
  // read again from the start: the handler then recognises by their ids what it has applied.
  using Apply = std::function<Result<>(command::Change&, std::span<const feed::Event>)>;
  void Consume(const std::string& producer, std::vector<std::string> types, Apply apply);

  // Adds checks and totals to the service's VerifyService; all run in one snapshot. The checks of
  // the frame's own tables are always there.
  using Verifier = std::function<void(db::Transaction&, const verify::v1::VerifyRequest&,
                                      verify::v1::VerifyResponse&)>;
  void AddVerifier(Verifier verifier);
  // The same for checks that need nothing of the request and give no totals.
  void AddCheck(std::function<std::vector<Finding>(db::Transaction&)> check);

  // Where the truth about sessions is, instead of a call to identity: for identity itself.
  void UseSessionSource(session::Source source);

  void Start();  // binds and follows the feeds; throws if an address is taken
  void
  Stop();  // drains, ends consumers, joins every thread; nothing of the service runs afterwards
  void Serve();  // Start, wait for SIGTERM or SIGINT, Stop

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// Reads the flags, opens the database of the chosen engine, applies the migrations of feed, command
// and service, and hands a Service to `compose`, which ends with Serve(). Answers the exit code.
// `add_flags` declares flags of the service's own.
int Run(const std::string& service, int argc, char** argv,
        std::span<const db::Migration> migrations, const std::function<void(Service&)>& compose,
        const std::function<void(CLI::App&)>& add_flags = {});

}  // namespace reeve::process
