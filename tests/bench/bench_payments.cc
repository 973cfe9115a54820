// Payments through gRPC with everything on, while billing applies them from the feed; beside it, on
// the same machine and in turns, pgbench writing the rows of both services.
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <stdexcept>

#include "reeve/billing/v1/receivable_service.grpc.pb.h"
#include "reeve/payment/v1/drawer_service.grpc.pb.h"
#include "reeve/payment/v1/payment_service.grpc.pb.h"
#include "services/billing/migrations.h"
#include "services/payment/migrations.h"
#include "shared/command/command.h"
#include "shared/feed/feed.h"
#include "shared/process/system_seams.h"
#include "shared/testing/postgres_server.h"
#include "shared/testing/suite.h"
#include "tests/bench/city.h"
#include "tests/bench/command.h"
#include "tests/bench/command_line.h"
#include "tests/bench/load.h"

namespace reeve::bench {
namespace {

using testing::Suite;
using Steady = std::chrono::steady_clock;

struct Flags {
  std::string engine = "sqlite";
  std::string binaries;
  std::string floor_folder;
  int accounts = 100'000;
  int drawers = 64;
  std::vector<int> callers = {128, 8};
  double seconds = 10;
  int runs = 3;
};

double SecondsSince(Steady::time_point start) {
  return std::chrono::duration<double>(Steady::now() - start).count();
}

// The counter: cashiers with open drawers, and calls that take payments into them.
class Counter {
 public:
  Counter(Suite& suite, int drawers, int accounts) : suite_(suite), accounts_(accounts) {
    const std::string builder = suite.SignIn(kBuilder, kPassword);
    const auto stub = payment::v1::DrawerService::NewStub(suite.Channel("payment"));
    for (int n = 1; n <= drawers; ++n) {
      payment::v1::CreateDrawerRequest create;
      create.set_drawer_id(n);
      create.set_name("Window " + std::to_string(n));
      create.set_request_id("bench-create-drawer-" + std::to_string(n));
      payment::v1::Drawer drawer;
      Check(stub->CreateDrawer(Suite::Context(builder).get(), create, &drawer), "CreateDrawer");
      tokens_.push_back(suite.SignIn("cashier" + std::to_string(n), kPassword));
      payment::v1::OpenDrawerRequest open;
      open.set_drawer_id(n);
      open.set_request_id("bench-open-drawer-" + std::to_string(n));
      payment::v1::DrawerSession session;
      Check(stub->OpenDrawer(Suite::Context(tokens_.back()).get(), open, &session), "OpenDrawer");
    }
    // A few connections, as a counter's programs would have.
    for (int n = 0; n < 4; ++n) {
      stubs_.push_back(payment::v1::PaymentService::NewStub(suite.Channel("payment")));
    }
  }

  // Payments by `callers` in the first `drawers` drawers.
  struct Outcome {
    LoadResult load;
    double caught_up_per_second = 0;  // acknowledged and applied by billing, from first to last
  };
  Outcome Run(int callers, int drawers, double seconds) {
    std::atomic<std::int64_t> acknowledged = 0;
    const auto start = Steady::now();
    Outcome outcome;
    outcome.load = RunClosedLoop(callers, seconds, [&](int caller, auto done) {
      Take(caller, caller % drawers, [&acknowledged, done = std::move(done)](bool ok) {
        if (ok) ++acknowledged;
        done(ok);
      });
    });
    AwaitBilling();
    outcome.caught_up_per_second = static_cast<double>(acknowledged) / SecondsSince(start);
    return outcome;
  }

 private:
  struct Sent {
    std::unique_ptr<grpc::ClientContext> context;
    payment::v1::TakePaymentRequest request;
    payment::v1::Receipt receipt;
  };

  void Take(int caller, int drawer, std::function<void(bool)> done) {
    const std::int64_t n = ++sent_;
    auto sent = std::make_shared<Sent>();
    sent->context = Suite::Context(tokens_[static_cast<std::size_t>(drawer)], 30'000);
    payment::v1::TakePaymentRequest& request = sent->request;
    request.set_drawer_id(drawer + 1);
    // Scattered over the accounts, none twice in a short time.
    request.set_account_id(AccountNumber(static_cast<int>(n * 7'919 % accounts_)).value());
    request.set_amount_cents(1'000 + n % 4'000);
    payment::v1::Tender& tender = *request.add_tenders();
    tender.set_kind(payment::v1::TENDER_KIND_CHECK);
    tender.set_amount_cents(request.amount_cents());
    tender.set_check_number(std::to_string(1'000 + n));
    request.set_request_id("bench-payment-request-" + std::to_string(n));
    stubs_[static_cast<std::size_t>(caller) % stubs_.size()]->async()->TakePayment(
        sent->context.get(), &request, &sent->receipt, [sent, done](grpc::Status status) {
          if (!status.ok()) {
            static std::atomic<bool> told = false;
            if (!told.exchange(true)) std::cerr << "refused: " << status.error_message() << "\n";
          }
          done(status.ok());
        });
  }

  // Returns when billing has applied every payment that was acknowledged.
  void AwaitBilling() {
    const auto payments = payment::v1::PaymentService::NewStub(suite_.Channel("payment"));
    const auto balances = billing::v1::ReceivableService::NewStub(suite_.Channel("billing"));
    const std::string builder = suite_.SignIn(kBuilder, kPassword);
    // One drawer of each partition of payment's feed.
    for (int drawer = 0; drawer < 4; ++drawer) {
      Sent sent;
      sent.context = Suite::Context(tokens_[static_cast<std::size_t>(drawer)]);
      sent.request.set_drawer_id(drawer + 1);
      sent.request.set_account_id(AccountNumber(drawer).value());
      sent.request.set_amount_cents(100);
      payment::v1::Tender& tender = *sent.request.add_tenders();
      tender.set_kind(payment::v1::TENDER_KIND_CHECK);
      tender.set_amount_cents(100);
      tender.set_check_number("1");
      sent.request.set_request_id("bench-marker-" + std::to_string(++sent_) + "-payment");
      Check(payments->TakePayment(sent.context.get(), sent.request, &sent.receipt), "TakePayment");
      billing::v1::GetBalanceRequest request;
      request.set_account_id(sent.request.account_id());
      request.set_at_least(sent.receipt.feed_token());
      for (int attempt = 0;; ++attempt) {
        billing::v1::Balance balance;
        const grpc::Status status =
            balances->GetBalance(Suite::Context(builder, 4'000).get(), request, &balance);
        if (status.ok()) break;
        if (attempt > 60) Check(status, "billing does not catch up");
      }
    }
  }

  Suite& suite_;
  const int accounts_;
  std::vector<std::string> tokens_;
  std::vector<std::unique_ptr<payment::v1::PaymentService::Stub>> stubs_;
  std::atomic<std::int64_t> sent_ = 0;
};

// PostgreSQL of its own, with the tables of both services in one database.
class Floor {
 public:
  explicit Floor(const Flags& flags) : flags_(flags) {
    const process::SystemClock clock;
    testing::RunSql(server_.conninfo(), "CREATE DATABASE floor");
    database_ = server_.conninfo() + " dbname=floor";
    MigrateInto("payment", payment::Migrations(), clock);
    MigrateInto("billing", billing::Migrations(), clock);
    RunFile("payment_setup.sql");
    RunFile("payment_function.sql");
  }

  double PerSecond(const std::string& script, int callers) {
    const std::string output = Output(
        "/usr/lib/postgresql/15/bin/pgbench -n -M prepared -j 2 -c " + std::to_string(callers) +
        " -T " + std::to_string(static_cast<int>(flags_.seconds)) + Variables(" -D ") + " -f " +
        flags_.floor_folder + "/" + script + " '" + database_ + "'");
    const std::size_t at = output.find("tps = ");
    if (at == std::string::npos) throw std::runtime_error(output);
    return std::strtod(output.c_str() + at + 6, nullptr);
  }

 private:
  std::string Variables(const std::string& flag) const {
    return flag + "accounts=" + std::to_string(flags_.accounts) + flag +
           "drawers=" + std::to_string(flags_.drawers);
  }

  void MigrateInto(const std::string& schema, std::span<const db::Migration> own,
                   const Clock& clock) {
    testing::RunSql(database_, "CREATE SCHEMA " + schema);
    const auto database = db::OpenPostgres(
        {.conninfo = database_ + " options='-csearch_path=" + schema + "'", .connections = 1},
        clock);
    const Instant deadline = clock.Now() + Duration::Minutes(1);
    for (const auto migrations : {feed::Migrations(), command::Migrations(), own}) {
      db::Migrate(*database, migrations, deadline);
    }
  }

  void RunFile(const std::string& file) {
    Output("/usr/lib/postgresql/15/bin/psql -q -v ON_ERROR_STOP=1 -d '" + database_ + "'" +
           Variables(" -v ") + " -f " + flags_.floor_folder + "/" + file);
  }

  const Flags& flags_;
  testing::PostgresServer server_;
  std::string database_;
};

void Run(const Flags& flags) {
  Floor floor(flags);
  const std::string folder = Output("mktemp -d | tr -d '\\n'");
  Suite suite({.engine = flags.engine == "sqlite" ? db::Engine::kSqlite : db::Engine::kPostgres,
               .binaries = flags.binaries,
               .services = {"identity", "account", "billing", "payment"},
               .bootstrap = WriteBootstrap(folder, flags.drawers)});
  suite.Start();
  const Progress progress = PrintProgress();
  BuildAccounts(suite, flags.accounts, progress);
  ImportReads(suite, flags.accounts, progress);
  RunCycle(suite, progress);
  Counter counter(suite, flags.drawers, flags.accounts);

  for (const int callers : flags.callers) {
    std::vector<double> ours, caught_up, p50, p99, floors, calls;
    for (int run = 0; run < flags.runs; ++run) {
      floors.push_back(floor.PerSecond("payment.sql", callers));
      const Counter::Outcome outcome = counter.Run(callers, flags.drawers, flags.seconds);
      ours.push_back(outcome.load.per_second());
      caught_up.push_back(outcome.caught_up_per_second);
      p50.push_back(outcome.load.p50_ms);
      p99.push_back(outcome.load.p99_ms);
      calls.push_back(floor.PerSecond("payment_call.sql", callers));
      if (outcome.load.failed > 0) {
        std::cerr << outcome.load.failed << " calls failed\n";
      }
    }
    const std::string name = "payments/" + flags.engine + "/" + std::to_string(callers);
    Report(name, Median(ours), "payments/s", Median(floors), flags.runs,
           {{"caught_up_per_second", Median(caught_up)},
            {"p50_ms", Median(p50)},
            {"p99_ms", Median(p99)},
            {"one_call_floor", Median(calls)},
            {"one_call_ratio", Median(ours) / Median(calls)}});
  }
  const Counter::Outcome one = counter.Run(flags.callers.front(), 1, flags.seconds);
  Report("payments/" + flags.engine + "/one-drawer", one.load.per_second(), "payments/s", 0, 1,
         {{"p50_ms", one.load.p50_ms}, {"p99_ms", one.load.p99_ms}});
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace reeve::bench

int main(int argc, char** argv) {
  reeve::bench::Flags flags;
  reeve::bench::CommandLine line("Payments a second, beside a bare database");
  line.Engine(flags.engine);
  line.Binaries(flags.binaries);
  line.NeededText("--floor", flags.floor_folder, "Folder of the floor's SQL");
  line.Number("--accounts", flags.accounts);
  line.Number("--drawers", flags.drawers);
  line.Numbers("--callers", flags.callers);
  line.Number("--seconds", flags.seconds);
  line.Number("--runs", flags.runs);
  return line.Run(argc, argv, [&] { reeve::bench::Run(flags); });
}
