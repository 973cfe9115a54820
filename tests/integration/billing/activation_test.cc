// Drafts, what they would have billed, and the second person.
#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/cycle_service.pb.h"
#include "reeve/billing/v1/rate_activation_service.grpc.pb.h"
#include "reeve/billing/v1/rate_service.grpc.pb.h"
#include "reeve/billing/v1/read_service.pb.h"
#include "services/billing/agreement/account_feed_service.h"
#include "services/billing/rate/rate_store.h"
#include "shared/rpc/error.h"
#include "tests/integration/billing/drafts.h"

namespace reeve::billing {
namespace {

constexpr std::int64_t kAccount = 10000000009;

class ActivationTest : public virtual Billing {
 protected:
  // Provo's schedule of next year, the customer charge being `charge`.
  void LoadNext(const std::string& charge, const std::string& date = "2026-12-01",
                const std::string& reason = {}) {
    LoadDraft(
        "E1", "electric", "kWh",
        [&](v1::RateSchedule& schedule) {
          schedule.set_effective_date(date);
          AddFixed(schedule, "Customer charge", charge);
          v1::RateComponent& energy = *schedule.add_components();
          energy.set_kind(v1::RATE_COMPONENT_KIND_TIERS);
          energy.set_name("Energy");
          AddTier(energy, "500", "0.0734");
          AddTier(energy, "1000", "0.1019");
          AddTier(energy, "", "0.1209");
        },
        reason);
  }
  static std::string Reads(std::int64_t account, std::int64_t kwh) {
    const std::string number = std::to_string(account);
    return "E" + number + ",2026-11-19," + std::to_string(40'000 + kwh) + ",kWh\nW" + number +
           ",2026-11-19,505,kgal\n";
  }
  // Two accounts have a posted bill of November, 500 and 1,000 kWh.
  void Bill() {
    LoadTariff();
    Open(Account(kAccount));
    Open(Account(kAccount + 100));
    Import(Reads(kAccount, 500) + Reads(kAccount + 100, 1'000));
    RunCycle();
  }
  v1::ListSchedulesResponse List(const std::string& code) {
    v1::ListSchedulesRequest request;
    request.set_code(code);
    return Send<v1::RateService>(&v1::RateService::Stub::ListSchedules, analyst_, request);
  }
  v1::SchedulesPreview PreviewOnce(const v1::PreviewSchedulesRequest& request,
                                   const std::string& reason = {}) {
    return Send<v1::RateActivationService>(&v1::RateActivationService::Stub::PreviewSchedules,
                                           supervisor_, request, reason);
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, ActivationTest, testing::BothEngines(), testing::EngineName);

TEST_P(ActivationTest, ADraftPricesNothingUntilSomebodyElseActivatesIt) {
  LoadTariff();
  LoadDraft("ST2", "storm", "",
            [](v1::RateSchedule& schedule) { AddFixed(schedule, "Storm water", "9.00"); });
  account::v1::AccountOpened opened = Account(kAccount);
  opened.mutable_agreements()->DeleteSubrange(0, 2);
  opened.mutable_agreements(0)->set_schedule_code("ST2");
  Open(opened);
  StartCycle("SCHEDULE_MISSING");
  const v1::SchedulesPreview preview = Preview();
  EXPECT_EQ(preview.versions_size(), 1);
  Activate(preview, analyst_, "SAME_PERSON");
  StartCycle("SCHEDULE_MISSING");
  Activate(preview, supervisor_);
  EXPECT_EQ(RunCycle().total_cents(), 9'00);
  const v1::VersionStanding standing = List("ST2").standings(0);
  EXPECT_EQ(standing.version(), "ST2/2026-07-01");
  EXPECT_EQ(standing.state(), v1::VERSION_STATE_ACTIVE);
  EXPECT_EQ(standing.loaded_by_person_id(), 7);
  EXPECT_EQ(standing.activated_by_person_id(), 9);
  EXPECT_EQ(standing.preview_digest(), preview.digest());
}

TEST_P(ActivationTest, APreviewPricesPostedBillsAgainAndChangesNothing) {
  Bill();
  LoadNext("15.92");
  const v1::SchedulesPreview preview = Preview();
  EXPECT_EQ(preview.since_date(), "2025-11-23");
  EXPECT_EQ(preview.account_count(), 2);
  EXPECT_EQ(preview.bill_count(), 2);
  EXPECT_EQ(preview.before_cents(), 50'62 + 101'57);
  EXPECT_EQ(preview.after_cents(), 52'62 + 103'57);
  EXPECT_EQ(preview.rise_count(), 2);
  EXPECT_EQ(preview.rise_cents(), 4'00);
  EXPECT_EQ(preview.fall_count(), 0);
  ASSERT_EQ(preview.schedules_size(), 1);
  EXPECT_EQ(preview.schedules(0).service(), "electric");
  EXPECT_EQ(preview.schedules(0).usage_thousandths(), 1'500'000);
  ASSERT_EQ(preview.components_size(), 2);
  EXPECT_EQ(preview.components(0).name(), "Customer charge");
  EXPECT_EQ(preview.components(0).before_cents(), 27'84);
  EXPECT_EQ(preview.components(0).after_cents(), 31'84);
  EXPECT_EQ(preview.components(1).before_cents(), preview.components(1).after_cents());
  ASSERT_EQ(preview.largest_rises_size(), 2);
  EXPECT_EQ(preview.largest_rises(0).account_id(), kAccount);
  EXPECT_EQ(Preview().digest(), preview.digest());
  EXPECT_EQ(List("E1").standings(1).state(), v1::VERSION_STATE_DRAFT);
}

TEST_P(ActivationTest, BillsThatAreNotPostedAreNoHistory) {
  LoadTariff();
  Open(Account(kAccount));
  Import(Reads(kAccount, 500));
  StartCycle();
  Work();
  LoadNext("15.92");
  EXPECT_EQ(Preview().bill_count(), 0);
}

TEST_P(ActivationTest, WhatADraftCannotPriceIsSaid) {
  Bill();
  LoadDraft("E1", "electric", "kWh", [](v1::RateSchedule& schedule) {
    schedule.set_effective_date("2026-12-01");
    v1::RateComponent& base = *schedule.add_components();
    base.set_kind(v1::RATE_COMPONENT_KIND_DEMAND);
    base.set_name("Peak");
    AddTier(base, "", "5");
    v1::RateComponent& rider = *schedule.add_components();
    rider.set_kind(v1::RATE_COMPONENT_KIND_NOT_LOADED);
    rider.set_name("Rider");
  });
  const v1::SchedulesPreview preview = Preview();
  EXPECT_EQ(preview.bill_count(), 0);
  EXPECT_EQ(preview.schedules(0).unpriced_count(), 2);
  EXPECT_EQ(preview.schedules(0).unpriced_before_cents(), 50'62 + 101'57);
  ASSERT_EQ(preview.unpriced_size(), 1);
  EXPECT_EQ(preview.unpriced(0).reason(), "Peak: there is no load of the period.");
  ASSERT_EQ(preview.not_loaded_size(), 1);
  EXPECT_EQ(preview.not_loaded(0), "E1/2026-12-01: Rider");
}

// Each of these was true when the preview was shown, and is not any more.
TEST_P(ActivationTest, AStalePreviewIsRefused) {
  Bill();
  LoadNext("15.92");
  v1::SchedulesPreview preview = Preview();
  LoadNext("16.92");  // the draft is another one
  Activate(preview, supervisor_, "PREVIEW_STALE");
  preview = Preview();
  Open(Account(kAccount + 200, 8));
  Import(Reads(kAccount + 200, 700));
  RunCycle(8);  // the history has grown
  Activate(preview, supervisor_, "PREVIEW_STALE");
  preview = Preview();
  SetMorning("2026-12-25");  // and a month and a day is too long
  Activate(preview, supervisor_, "PREVIEW_STALE");
  SetMorning("2026-12-24");
  Activate(preview, supervisor_);
}

TEST_P(ActivationTest, WhatIsWrittenIsNotPricedAnew) {
  Bill();
  LoadNext("15.92", "2026-11-19");  // the day of the reads
  const v1::SchedulesPreview preview = Preview();
  Activate(preview, supervisor_, "ALREADY_BILLED");
  LoadNext("15.92", "2026-11-20");
  Activate(Preview({"E1/2026-11-20"}), supervisor_);
}

TEST_P(ActivationTest, NothingIsActivatedWhileBillsAreMade) {
  Bill();
  LoadNext("15.92");
  const v1::SchedulesPreview preview = Preview();
  Open(Account(kAccount + 200, 8));
  StartCycle({}, 8);
  Activate(preview, supervisor_, "CYCLE_CALCULATING");
  Work();
  Activate(preview, supervisor_);
}

TEST_P(ActivationTest, ADraftIsLoadedAgainUntilItIsInForce) {
  LoadNext("15.92");
  LoadNext("15.92");  // as it is
  EXPECT_EQ(List("E1").standings(0).revision(), 1);
  LoadNext("16.92");
  const v1::ListSchedulesResponse list = List("E1");
  ASSERT_EQ(list.schedules_size(), 1);
  EXPECT_EQ(list.schedules(0).components(0).rate(), "16.92");
  EXPECT_EQ(list.standings(0).revision(), 2);
  Activate(Preview(), supervisor_);
  LoadNext("16.92");
  LoadNext("17.92", "2026-12-01", "SCHEDULE_EXISTS");
  EXPECT_EQ(List("E1").standings(0).state(), v1::VERSION_STATE_ACTIVE);
}

TEST_P(ActivationTest, TheSameRequestHasOneEffect) {
  LoadNext("15.92");
  const v1::SchedulesPreview preview = Preview();
  v1::ActivateSchedulesRequest request;
  request.set_request_id(Key());
  request.set_preview_digest(preview.digest());
  for (int i = 0; i < 2; ++i) {
    const auto answer = Send<v1::RateActivationService>(
        &v1::RateActivationService::Stub::ActivateSchedules, supervisor_, request);
    ASSERT_EQ(answer.versions_size(), 1);
    EXPECT_EQ(answer.versions(0), "E1/2026-12-01");
  }
  request.set_request_id(Key());
  Send<v1::RateActivationService>(&v1::RateActivationService::Stub::ActivateSchedules, supervisor_,
                                  request, "NO_DRAFT");
}

TEST_P(ActivationTest, ALongHistoryIsSeenInParts) {
  Bill();
  std::vector<feed::Event> events;
  for (int i = 2; i < 700; ++i) events.push_back(ToEvent(Account(kAccount + i * 100, 9)));
  DeliverAll(agreement::ApplyAccounts, events);
  LoadNext("15.92");
  v1::PreviewSchedulesRequest request;
  const v1::SchedulesPreview first = PreviewOnce(request);
  EXPECT_EQ(first.digest(), "");
  EXPECT_EQ(first.account_count(), 500);
  EXPECT_EQ(first.accounts_in_all(), 700);
  request.set_page_token(first.next_page_token());
  const v1::SchedulesPreview second = PreviewOnce(request);
  EXPECT_EQ(second.next_page_token(), "");
  EXPECT_NE(second.digest(), "");
  EXPECT_EQ(second.account_count(), 700);
  EXPECT_EQ(second.bill_count(), 2);
  LoadNext("16.92");
  PreviewOnce(request, "PREVIEW_STALE");
  request.set_page_token("AAAA");
  PreviewOnce(request, "INVALID_REQUEST");
}

TEST_P(ActivationTest, EveryVersionThatCannotBeTakenIsNamed) {
  LoadTariff();
  LoadNext("15.92");
  LoadNext("15.92", "2027-12-01");
  v1::PreviewSchedulesRequest request;
  for (const char* version : {"E1/2026-12-01", "E1/2027-12-01", "E1/2026-07-01", "E9/2026-07-01"}) {
    request.add_versions(version);
  }
  v1::SchedulesPreview answer;
  const auto stub = v1::RateActivationService::NewStub(channel_);
  const grpc::Status status = stub->PreviewSchedules(
      testing::InProcessServer::Context(supervisor_).get(), request, &answer);
  std::vector<std::string> fields;
  for (const auto& violation : rpc::FromStatus(status).violations())
    fields.push_back(violation.field);
  EXPECT_EQ(fields, (std::vector<std::string>{"versions[1]", "versions[2]", "versions[3]"}));
  request.clear_versions();  // of two drafts of a code, the first
  EXPECT_EQ(PreviewOnce(request).versions(0), "E1/2026-12-01");
  EXPECT_EQ(PreviewOnce(request).versions_size(), 1);
}

// The sums are what they were, the bills are not: the digest is of each of them.
TEST_P(ActivationTest, AnotherHistoryOfTheSameSumsIsStale) {
  Bill();
  LoadNext("15.92");
  const v1::SchedulesPreview preview = Preview();
  const auto change = [&](const char* statement) {
    (*database_).Write(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      EXPECT_EQ(tx.Execute({"", statement}), 2);
      return db::Verdict::kCommit;
    });
  };
  const char* swap_use =
      "UPDATE bill_segment SET usage_thousandths = 1500000 - usage_thousandths "
      "WHERE service = 'electric'";
  change(swap_use);
  Activate(preview, supervisor_, "PREVIEW_STALE");
  change(swap_use);
  const char* swap_days =
      "UPDATE bill_segment SET month_days = 30 - month_days WHERE service = 'electric'";
  change(swap_days);
  Activate(preview, supervisor_, "PREVIEW_STALE");
  change(swap_days);
  Activate(preview, supervisor_);
}

TEST_P(ActivationTest, ADigestIsOfItsDraft) {
  Bill();
  LoadNext("15.92");
  LoadNext("15.92", "2027-12-01");
  const v1::SchedulesPreview first = Preview({"E1/2026-12-01"});
  v1::SchedulesPreview second = Preview({"E1/2027-12-01"});
  EXPECT_EQ(first.bills_digest(), second.bills_digest());
  second.set_digest(first.digest());
  Activate(second, supervisor_, "PREVIEW_STALE");
  Activate(first, supervisor_);
}

TEST_P(ActivationTest, WhatHasNoValueIsNamedByWhoeverActivates) {
  LoadDraft("E2", "electric", "kWh", [](v1::RateSchedule& schedule) {
    AddFixed(schedule, "Customer charge", "13.92");
    for (const char* name : {"Energy cost adjustment", "State tax"}) {
      v1::RateComponent& rider = *schedule.add_components();
      rider.set_kind(v1::RATE_COMPONENT_KIND_NOT_LOADED);
      rider.set_name(name);
    }
  });
  v1::SchedulesPreview preview = Preview();
  ASSERT_EQ(preview.not_loaded_size(), 2);
  const std::string tax = preview.not_loaded(1);
  EXPECT_EQ(tax, "E2/2026-07-01: State tax");
  preview.mutable_not_loaded()->RemoveLast();
  Activate(preview, supervisor_, "NOT_ACKNOWLEDGED");
  preview.add_not_loaded("E2/2026-07-01: Customer charge");
  Activate(preview, supervisor_, "NOT_ACKNOWLEDGED");
  preview.add_not_loaded(tax);
  Activate(preview, supervisor_, "NOT_ACKNOWLEDGED");  // all of them, and one that has a value
  preview.mutable_not_loaded()->DeleteSubrange(1, 1);
  Activate(preview, supervisor_);
  const v1::VersionStanding standing = List("E2").standings(0);
  ASSERT_EQ(standing.acknowledged_size(), 2);
  EXPECT_EQ(standing.acknowledged(0), "Energy cost adjustment");
  EXPECT_EQ(standing.acknowledged(1), "State tax");
}

TEST_P(ActivationTest, ATokenBelongsToItsQuestion) {
  std::vector<feed::Event> events;
  for (int i = 0; i < 600; ++i) events.push_back(ToEvent(Account(kAccount + i * 100, 9)));
  DeliverAll(agreement::ApplyAccounts, events);
  LoadNext("15.92");
  v1::PreviewSchedulesRequest request;
  const std::string token = PreviewOnce(request).next_page_token();
  request.set_page_token(token);
  request.add_versions("E1/2026-12-01");
  PreviewOnce(request, "INVALID_REQUEST");  // the same draft, but another question
  request.clear_versions();
  for (const std::size_t at : {std::size_t{0}, std::size_t{30}, token.size() - 2}) {
    std::string changed = token;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    request.set_page_token(changed);
    PreviewOnce(request, "INVALID_REQUEST");
  }
  request.set_page_token(token);
  EXPECT_NE(PreviewOnce(request).digest(), "");
}

TEST_P(ActivationTest, AnAnswerIsFoundBeforeAnythingIsLookedAt) {
  Bill();
  LoadNext("15.92");
  v1::ActivateSchedulesRequest request;
  request.set_request_id(Key());
  request.set_preview_digest(Preview().digest());
  const auto activate = [&](const std::string& reason = {}) {
    return Send<v1::RateActivationService>(&v1::RateActivationService::Stub::ActivateSchedules,
                                           supervisor_, request, reason);
  };
  activate();
  LoadNext("16.92", "2027-02-01");
  Open(Account(kAccount + 200, 8));
  StartCycle({}, 8);  // and it is being calculated
  SetMorning("2027-03-01");
  EXPECT_EQ(activate().versions(0), "E1/2026-12-01");
  request.set_preview_digest("2025-11-23-0123456789abcdef0123456789abcdef");
  activate("REQUEST_ID_REUSED");
  request.set_request_id(Key());
  activate("CYCLE_CALCULATING");
  Work();
}

TEST_P(ActivationTest, EachActivationMakesTheNextTariff) {
  LoadNext("15.92", "2026-12-01");
  Activate(Preview(), supervisor_);
  LoadNext("16.92", "2027-12-01");
  EXPECT_EQ(List("E1").standings(1).tariff_no(), 0);
  Activate(Preview(), supervisor_);
  EXPECT_EQ(List("E1").standings(0).tariff_no(), 2);
  EXPECT_EQ(List("E1").standings(1).tariff_no(), 3);
}

// As if an activation had found a way around every refusal.
TEST_P(ActivationTest, ARunKeepsTheTariffOfItsStart) {
  LoadTariff();
  Open(Account(kAccount));
  Import(Reads(kAccount, 500));
  const v1::CycleRun run = StartCycle();
  EXPECT_EQ(run.tariff_no(), 4);  // three schedules, one by one
  LoadNext("15.92", "2026-11-01");
  const auto put = [&](const std::string& state) {
    (*database_).Write(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      tx.Execute(
          {"", "UPDATE rate_schedule SET " + state + " WHERE effective_date = '2026-11-01'"});
      EXPECT_EQ(rate::LoadSchedules(tx, run.tariff_no()).size(), 3u);
      EXPECT_EQ(rate::LoadSchedules(tx).size(), state.starts_with("state = 'ACTIVE'") ? 4u : 3u);
      return db::Verdict::kCommit;
    });
  };
  put("state = 'ACTIVE', tariff_no = 5");
  Work();
  put("state = 'DRAFT', tariff_no = 0");
  const v1::CycleRun calculated = GetCycle(run.cycle_id());
  EXPECT_EQ(calculated.state(), v1::CYCLE_STATE_CALCULATED);
  EXPECT_EQ(calculated.register_(0).service(), "electric");
  EXPECT_EQ(calculated.register_(0).amount_cents(), 50'62);  // 52.62 under the other one
}

class WithdrawalTest : public ActivationTest, public Drafts {};
INSTANTIATE_TEST_SUITE_P(BothEngines, WithdrawalTest, testing::BothEngines(), testing::EngineName);

TEST_P(WithdrawalTest, ADraftGoesWithItsReason) {
  LoadNext("15.92");
  const v1::WithdrawnDraft gone = WithdrawDraft("E1/2026-12-01", 1, analyst_);
  EXPECT_EQ(gone.loaded_by_person_id(), 7);
  EXPECT_EQ(gone.withdrawn_by_person_id(), 7);
  EXPECT_EQ(gone.withdrawn_date(), "2026-11-23");
  EXPECT_EQ(gone.reason(), "table B of the old ordinance");
  EXPECT_EQ(List("E1").schedules_size(), 0);
  WithdrawDraft("E1/2026-12-01", 1, analyst_, "VERSION_UNKNOWN");
  PreviewOnce({}, "NO_DRAFT");
}

TEST_P(WithdrawalTest, APreviewOfItFitsNothingThatIsLoadedLater) {
  LoadNext("15.92");
  const v1::SchedulesPreview preview = Preview();
  WithdrawDraft("E1/2026-12-01", 1, analyst_);
  Activate(preview, supervisor_, "INVALID_REQUEST");  // it is not loaded
  LoadNext("15.92");                                  // word for word
  EXPECT_EQ(List("E1").standings(0).revision(), 2);
  Activate(preview, supervisor_, "PREVIEW_STALE");
  Activate(Preview(), supervisor_);
}

TEST_P(WithdrawalTest, RefusesInOrderOfPrecedence) {
  const std::string other = server_.SignIn(PersonId(12), {"rate.withdraw"});
  WithdrawDraft("E1/2026-12-01", 1, other, "VERSION_UNKNOWN");
  LoadNext("15.92");
  WithdrawDraft("E1/2026-12-01", 2, other, "NOT_LOADER");
  WithdrawDraft("E1/2026-12-01", 2, supervisor_, "STALE");
  WithdrawDraft("E1/2026-12-01", 1, supervisor_);  // may activate it, so may say no to it
  LoadNext("15.92");
  Activate(Preview(), supervisor_);
  for (const std::string& token : {analyst_, supervisor_, other}) {
    WithdrawDraft("E1/2026-12-01", 2, token, "VERSION_ACTIVE");
  }
}

TEST_P(WithdrawalTest, TheyAreListedPageByPage) {
  for (int revision = 1; revision <= 3; ++revision) {
    LoadNext("15.92", revision == 3 ? "2027-12-01" : "2026-12-01");
    WithdrawDraft(revision == 3 ? "E1/2027-12-01" : "E1/2026-12-01", revision == 3 ? 1 : revision,
                  analyst_);
  }
  std::vector<std::string> listed;
  v1::ListWithdrawnDraftsRequest request;
  request.set_page_size(1);
  do {
    const auto answer = Send<v1::RateActivationService>(
        &v1::RateActivationService::Stub::ListWithdrawnDrafts, analyst_, request);
    for (const v1::WithdrawnDraft& draft : answer.drafts()) {
      listed.push_back(draft.version() + " " + std::to_string(draft.revision()));
    }
    request.set_page_token(answer.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(listed,
            (std::vector<std::string>{"E1/2026-12-01 1", "E1/2026-12-01 2", "E1/2027-12-01 1"}));
}

TEST_P(ActivationTest, ADigestOfNothingIsRefused) {
  LoadNext("15.92");
  v1::SchedulesPreview preview = Preview();
  preview.set_digest("");
  Activate(preview, supervisor_, "INVALID_REQUEST");
  preview.set_digest("2025-11-23-0123456789abcdef0123456789abcdef");
  Activate(preview, supervisor_, "PREVIEW_STALE");
}

}  // namespace
}  // namespace reeve::billing
