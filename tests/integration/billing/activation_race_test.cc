// A run and an activation at once: one of them comes first, and the other knows it.
#include <chrono>
#include <functional>
#include <future>
#include <thread>

#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/cycle_service.grpc.pb.h"
#include "reeve/billing/v1/rate_activation_service.grpc.pb.h"
#include "reeve/billing/v1/rate_service.pb.h"
#include "services/billing/agreement/account_feed_service.h"
#include "services/billing/rate/rate_store.h"
#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing {
namespace {

constexpr std::int64_t kAccount = 10000000009;
constexpr int kRounds = 12;

class ActivationRaceTest : public Billing {
 protected:
  static std::string Code(int cycle) { return "S" + std::to_string(cycle); }
  // A city whose cycle has one storm account, and a draft in which a rider has no value.
  void Prepare(int cycle) {
    const std::string code = Code(cycle);
    Load(code, "storm", "",
         [](v1::RateSchedule& schedule) { AddFixed(schedule, "Storm water", "9.00"); });
    LoadDraft(code, "storm", "", [](v1::RateSchedule& schedule) {
      schedule.set_effective_date("2026-11-10");
      AddFixed(schedule, "Storm water", "9.00");
      v1::RateComponent& rider = *schedule.add_components();
      rider.set_kind(v1::RATE_COMPONENT_KIND_NOT_LOADED);
      rider.set_name("Storm rider");
    });
    account::v1::AccountOpened opened = Account(kAccount + cycle * 100, cycle);
    opened.mutable_agreements()->DeleteSubrange(0, 2);
    opened.mutable_agreements(0)->set_schedule_code(code);
    Open(opened);
  }
  v1::StartCycleRequest StartOf(int cycle) {
    v1::StartCycleRequest request;
    request.set_request_id(Key());
    request.set_cycle(cycle);
    request.set_kind(v1::CYCLE_KIND_PRODUCTION);
    request.set_period_end_date("2026-11-20");
    request.set_due_date("2026-12-15");
    return request;
  }
  v1::ActivateSchedulesRequest ActivationOf(int cycle) {
    const v1::SchedulesPreview preview = Preview({Code(cycle) + "/2026-11-10"});
    v1::ActivateSchedulesRequest request;
    request.set_request_id(Key());
    *request.mutable_versions() = preview.versions();
    request.set_preview_digest(preview.digest());
    *request.mutable_acknowledged_not_loaded() = preview.not_loaded();
    return request;
  }
  // The reason of a refusal; empty if it was done. From any thread.
  template <class Service, class Stub, class Request, class Response>
  std::string ReasonOf(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                    Response*),
                       const std::string& token, const Request& request) {
    Response response;
    const auto stub = Service::NewStub(channel_);
    const auto context = testing::InProcessServer::Context(token);
    return testing::ReasonOf((stub.get()->*method)(context.get(), request, &response));
  }
  std::string Start(const v1::StartCycleRequest& request) {
    return ReasonOf<v1::CycleService>(&v1::CycleService::Stub::StartCycle, analyst_, request);
  }
  std::string Activation(const v1::ActivateSchedulesRequest& request) {
    return ReasonOf<v1::RateActivationService>(&v1::RateActivationService::Stub::ActivateSchedules,
                                               supervisor_, request);
  }

  // Whether `call` is done while a transaction is open that reads the tariff, and holds it if so
  // told. It has what it answers in the end.
  bool IsDoneMeanwhile(bool held, std::chrono::milliseconds patience,
                       const std::function<std::string()>& call) {
    std::promise<void> open;
    std::promise<void> release;
    std::shared_future<void> released = release.get_future().share();
    std::thread holder([&] {
      (*database_).Write(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
        if (held) {
          rate::LockTariff(tx);
        } else {
          rate::LoadSchedules(tx);
        }
        open.set_value();
        released.wait();
        return db::Verdict::kRollBack;
      });
    });
    open.get_future().wait();
    std::future<std::string> answer = std::async(std::launch::async, call);
    const bool done = answer.wait_for(patience) == std::future_status::ready;
    release.set_value();
    holder.join();
    EXPECT_EQ(answer.get(), "");
    return done;
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, ActivationRaceTest, testing::BothEngines(),
                         testing::EngineName);

// The rider of the draft has no value. If the activation is first, no production run may start; if
// the run is first, nothing may be activated under it. Without a common lock both are done.
TEST_P(ActivationRaceTest, EitherTheRunIsFirstOrTheActivation) {
  int runs = 0;
  for (int cycle = 1; cycle <= kRounds; ++cycle) {
    Prepare(cycle);
    const v1::StartCycleRequest start = StartOf(cycle);
    const v1::ActivateSchedulesRequest activation = ActivationOf(cycle);
    std::promise<void> go;
    const std::shared_future<void> begun = go.get_future().share();
    std::future<std::string> started = std::async(std::launch::async, [&] {
      begun.wait();
      // In some rounds behind what the activation looks at first.
      std::this_thread::sleep_for(std::chrono::milliseconds((cycle % 4) * 3));
      return Start(start);
    });
    std::future<std::string> activated = std::async(std::launch::async, [&] {
      begun.wait();
      return Activation(activation);
    });
    go.set_value();
    const std::string of_run = started.get();
    const std::string of_activation = activated.get();
    if (of_run.empty()) {
      ++runs;
      EXPECT_TRUE(of_activation == "CYCLE_CALCULATING" || of_activation == "PREVIEW_STALE")
          << of_activation;
    } else {
      EXPECT_EQ(of_run, "RATE_NOT_LOADED");
      EXPECT_EQ(of_activation, "");
    }
    Work();
  }
  RecordProperty("runs_first", runs);
}

TEST_P(ActivationRaceTest, WhoeverChangesOrTakesTheTariffWaitsForIt) {
  constexpr std::chrono::milliseconds kPatience{300};
  for (int cycle = 1; cycle <= 3; ++cycle) Prepare(cycle);
  v1::WithdrawDraftRequest withdrawal;
  withdrawal.set_request_id(Key());
  withdrawal.set_version("S2/2026-11-10");
  withdrawal.set_revision(1);
  withdrawal.set_reason("as the test wants");
  EXPECT_FALSE(IsDoneMeanwhile(true, kPatience, [&] {
    return ReasonOf<v1::RateActivationService>(&v1::RateActivationService::Stub::WithdrawDraft,
                                               analyst_, withdrawal);
  }));
  const v1::ActivateSchedulesRequest activation = ActivationOf(1);
  EXPECT_FALSE(IsDoneMeanwhile(true, kPatience, [&] { return Activation(activation); }));
  const v1::StartCycleRequest start = StartOf(2);
  EXPECT_FALSE(IsDoneMeanwhile(true, kPatience, [&] { return Start(start); }));
  Work();
}

// A bill of a posted run that is cancelled or reviewed changes no run. It is done here behind what
// the activation looks at first, and before it has the tariff.
TEST_P(ActivationRaceTest, ABillThatIsCancelledOrReviewedMeanwhileIsStale) {
  constexpr std::chrono::milliseconds kPatience{1'500};  // for its first look
  Prepare(1);
  const auto write = [&](const std::function<void(db::Transaction&)>& body) {
    (*database_).Write(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      body(tx);
      return db::Verdict::kCommit;
    });
  };
  for (const char* row :
       {"INSERT INTO bill_cancellation (account_id, bill_id, cause, reason, discovered_date, "
        "misread_services, cancelled_date, cancelled_by_person_id, freed_cents) VALUES (77, 1, "
        "'READ', 'misread', '2026-11-20', '', '2026-11-23', 11, 0)",
        "INSERT INTO bill_review (account_id, bill_id, decision, reason, reviewed_by_person_id, "
        "reviewed_date, review_seconds, release_id) VALUES (77, 1, 'RELEASE', 'looked', 11, "
        "'2026-11-23', 1, 0)"}) {
    const v1::ActivateSchedulesRequest request = ActivationOf(1);
    std::future<std::string> answer;
    write([&](db::Transaction& tx) {
      rate::LockTariff(tx);
      EXPECT_EQ(tx.Execute({"", row}), 1);
      answer = std::async(std::launch::async, [&] { return Activation(request); });
      EXPECT_EQ(answer.wait_for(kPatience), std::future_status::timeout);
    });
    EXPECT_EQ(answer.get(), "PREVIEW_STALE") << row;
  }
  write([](db::Transaction& tx) {
    for (const char* table : {"bill_cancellation", "bill_review"}) {
      const std::string sql = "DELETE FROM " + std::string(table) + " WHERE account_id = 77";
      EXPECT_EQ(tx.Execute({"", sql}), 1);
    }
  });
  EXPECT_EQ(Activation(ActivationOf(1)), "");
}

// The negative control: the same without the lock is done meanwhile, a run that has read the tariff
// being open. SQLite has one writer, so that everybody waits there.
TEST_P(ActivationRaceTest, WithoutTheLockNobodyWaits) {
  const bool one_writer = GetParam() == db::Engine::kSqlite;
  const std::chrono::milliseconds patience(one_writer ? 300 : 50'000);
  for (int cycle = 1; cycle <= 2; ++cycle) Prepare(cycle);
  const v1::ActivateSchedulesRequest activation = ActivationOf(1);
  EXPECT_NE(IsDoneMeanwhile(false, patience, [&] { return Activation(activation); }), one_writer);
  const v1::StartCycleRequest start = StartOf(2);
  EXPECT_NE(IsDoneMeanwhile(false, patience, [&] { return Start(start); }), one_writer);
  Work();
}

}  // namespace
}  // namespace reeve::billing
