// The gate between computing and sending, through the API.
#include <gmock/gmock.h>

#include <map>
#include <set>

#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/bill_service.pb.h"
#include "reeve/billing/v1/cycle_service.grpc.pb.h"
#include "reeve/billing/v1/guard_policy_service.grpc.pb.h"
#include "reeve/billing/v1/guard_service.grpc.pb.h"
#include "reeve/billing/v1/rate_service.pb.h"
#include "reeve/billing/v1/read_service.pb.h"
#include "services/billing/agreement/account_feed_service.h"
#include "services/billing/cycle/cycle.h"
#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing {
namespace {

constexpr std::int64_t kAccount = 10000000009;

class GuardTest : public Billing {
 protected:
  static std::int64_t AccountAt(int n) { return kAccount + n * 100; }
  static std::string Reads(int n, std::int64_t kwh, std::int64_t kgal, const std::string& date) {
    const std::string account = std::to_string(AccountAt(n));
    return "E" + account + "," + date + "," + std::to_string(40'000 + kwh) + ",kWh\nW" + account +
           "," + date + "," + std::to_string(500 + kgal) + ",kgal\n";
  }
  void OpenMany(int count, const std::string& start = "2026-10-20") {
    std::vector<feed::Event> events;
    for (int n = 0; n < count; ++n) events.push_back(ToEvent(Account(AccountAt(n), 7, start)));
    DeliverAll(agreement::ApplyAccounts, events);
  }
  v1::ListHeldBillsResponse Held(std::int64_t cycle_id) {
    v1::ListHeldBillsRequest request;
    request.set_cycle_id(cycle_id);
    return Send<v1::CycleService>(&v1::CycleService::Stub::ListHeldBills, analyst_, request);
  }
  v1::CycleRun Calculate(const std::string& period_end = "2026-11-20") {
    const v1::CycleRun started = StartCycle({}, 7, period_end);
    Work();
    return GetCycle(started.cycle_id());
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, GuardTest, testing::BothEngines(), testing::EngineName);

TEST_P(GuardTest, ANewRegisterThatIsTenTimesItsPeersIsHeldWithItsDollars) {
  LoadTariff();
  OpenMany(30);
  std::string rows;
  for (int n = 0; n < 30; ++n) rows += Reads(n, n == 17 ? 8'000 : 700 + n, 5 + n % 4, "2026-11-19");
  Import(rows);
  const v1::CycleRun run = Calculate();
  EXPECT_EQ(run.held_count(), 1);
  const v1::ListHeldBillsResponse held = Held(run.cycle_id());
  ASSERT_EQ(held.bills_size(), 1);
  EXPECT_EQ(held.bills(0).account_id(), AccountAt(17));
  const v1::Hold& hold = held.bills(0).holds(0);
  EXPECT_EQ(hold.reason(), "ABOVE_PEERS");
  EXPECT_EQ(hold.evidence(),
            "8000 kWh in 30 days, half of 30 like it used at most 715 kWh in 30 days");
  // 7,000 at 0.1209 and 285 at 0.1019 more than the 715 of its peers.
  EXPECT_EQ(hold.at_stake_cents(), 846'30 + 29'04);
}

TEST_P(GuardTest, ALimitOfTheCityIsInForceFromItsDay) {
  LoadTariff();
  OpenMany(1);
  Import(Reads(0, 900, 9, "2026-11-19"));
  LoadGuardPolicy("2026-11-01", "BILL_CENTS_MAX", 100'00);
  LoadGuardDraft("2026-11-01", "BILL_CENTS_MAX", 200'00, "POLICY_EXISTS");
  LoadGuardPolicy("2026-12-01", "BILL_CENTS_MAX", 900'00);
  const v1::CycleRun run = Calculate();
  ASSERT_EQ(run.held_count(), 1);
  EXPECT_EQ(Held(run.cycle_id()).bills(0).holds(0).reason(), "ABOVE_BILL_LIMIT");
  EXPECT_EQ(run.guard_policy(), "2026-11-01");
  const v1::ListGuardRulesResponse rules = Send<v1::GuardService>(
      &v1::GuardService::Stub::ListGuardRules, analyst_, v1::ListGuardRulesRequest());
  EXPECT_GT(rules.rules_size(), 25);
  EXPECT_EQ(rules.in_force().effective_date(), "2026-11-01");
  for (const v1::GuardLimit& limit : rules.in_force().residential()) {
    if (limit.name() == "BILL_CENTS_MAX") EXPECT_EQ(limit.value(), 100'00);
  }
}

// A bill that is due before it is in the mailbox.
TEST_P(GuardTest, BillsHaveDaysToPay) {
  LoadTariff();
  OpenMany(1);
  Import(Reads(0, 900, 9, "2026-11-19"));
  LoadGuardPolicy("2026-11-01", "BILL_CENTS_MAX", 100'00);
  v1::StartCycleRequest request;
  request.set_cycle(7);
  request.set_kind(v1::CYCLE_KIND_PRODUCTION);
  request.set_period_end_date("2026-11-20");
  const Date today = server_.service().zone().DateAt(clock_.Now());
  const auto start = [&](int days, const std::string& reason) {
    request.set_request_id(Key());
    request.set_due_date(today.PlusDays(days).ToString());
    Send<v1::CycleService>(&v1::CycleService::Stub::StartCycle, analyst_, request, reason);
  };
  start(1, "INVALID_REQUEST");
  start(9, "INVALID_REQUEST");
  start(10, {});
}

TEST_P(GuardTest, ALimitThatDoesNotExistIsRefused) {
  LoadGuardDraft("2026-12-01", "NO_SUCH_LIMIT", 1, "INVALID_REQUEST");
  LoadGuardDraft("2026-12-01", "CONTROL_MIN", 1, "INVALID_REQUEST");  // a run's
  LoadGuardDraft("2026-12-01", "BILL_CENTS_MAX", -1, "INVALID_REQUEST");
  LoadGuardDraft("2026-02-30", "BILL_CENTS_MAX", 1, "INVALID_REQUEST");
}

// What would switch a rule off, or leave it nothing to find, is no limit.
TEST_P(GuardTest, NoLimitPassesItsBounds) {
  for (const auto& [name, value] :
       std::map<std::string, std::int64_t>{{"USE_RATIO_MAX_HUNDREDTHS", 1'001},
                                           {"PEERS_RATIO_MIN_HUNDREDTHS", 0},
                                           {"PERIOD_DAYS", 0},
                                           {"PERIOD_DAYS_MAX", 41},
                                           {"BILL_CENTS_MAX", 0},
                                           {"BILL_CENTS_MAX", 1'000'000'01},
                                           {"SAME_USE_BILLS", 12}}) {
    LoadGuardDraft("2026-12-01", name, value, "INVALID_REQUEST");
  }
  LoadGuardDraft("2026-12-01", "USE_RATIO_MAX_HUNDREDTHS", 1'000);
}

TEST_P(GuardTest, APolicyTakesTwoPeopleAndADayThatIsStillToCome) {
  LoadGuardDraft("2026-11-23", "BILL_CENTS_MAX", 100'00, "POLICY_TOO_LATE");  // today
  LoadGuardDraft("2026-12-01", "BILL_CENTS_MAX", 100'00);
  ActivateGuardPolicy("2026-12-02", 1, supervisor_, "POLICY_UNKNOWN");
  ActivateGuardPolicy("2026-12-01", 1, analyst_, "SAME_PERSON");
  LoadGuardDraft("2026-12-01", "BILL_CENTS_MAX", 2'000'00);
  ActivateGuardPolicy("2026-12-01", 1, supervisor_, "STALE");
  v1::ListGuardPoliciesResponse policies = Send<v1::GuardPolicyService>(
      &v1::GuardPolicyService::Stub::ListGuardPolicies, analyst_, v1::ListGuardPoliciesRequest());
  ASSERT_EQ(policies.policies_size(), 1);
  EXPECT_EQ(policies.policies(0).state(), v1::GUARD_POLICY_STATE_DRAFT);
  EXPECT_EQ(policies.policies(0).revision(), 2);
  ASSERT_EQ(policies.policies(0).changes_size(), 2);
  EXPECT_EQ(policies.policies(0).changes(0).before(), 1'500'00);
  EXPECT_EQ(policies.policies(0).changes(0).after(), 2'000'00);
  EXPECT_TRUE(policies.policies(0).changes(0).loosens());
  EXPECT_FALSE(policies.policies(0).changes(1).loosens()) << "others had $50,000";
  SetMorning("2026-12-01");
  ActivateGuardPolicy("2026-12-01", 2, supervisor_, "POLICY_TOO_LATE");
  SetMorning("2026-11-30");
  const v1::GuardPolicyVersion active = ActivateGuardPolicy("2026-12-01", 2, supervisor_);
  EXPECT_EQ(active.state(), v1::GUARD_POLICY_STATE_ACTIVE);
  EXPECT_EQ(active.loaded_by_person_id(), 7);
  EXPECT_EQ(active.activated_by_person_id(), 9);
  ActivateGuardPolicy("2026-12-01", 2, supervisor_, "POLICY_ACTIVE");
  LoadGuardDraft("2026-12-01", "BILL_CENTS_MAX", 100'00, "POLICY_EXISTS");
}

// A draft judges nothing; once it is active, the run that starts on its day is judged by it.
TEST_P(GuardTest, ADraftJudgesNothing) {
  for (const bool activated : {false, true}) {
    const int cycle = activated ? 8 : 7;
    const std::string day = activated ? "2026-11-25" : "2026-11-24";
    if (!activated) LoadTariff();
    Open(Account(AccountAt(cycle), cycle));
    Import(Reads(cycle, 900, 9, "2026-11-19"));
    SetMorning(Date::Parse(day)->PlusDays(-1).ToString());
    LoadGuardDraft(day, "BILL_CENTS_MAX", 100'00);
    if (activated) ActivateGuardPolicy(day, 1, supervisor_);
    SetMorning(day);
    const v1::CycleRun started = StartCycle({}, cycle);
    Work();
    const v1::CycleRun run = GetCycle(started.cycle_id());
    EXPECT_EQ(run.held_count(), activated ? 1 : 0);
    EXPECT_EQ(run.guard_policy(), activated ? day : "DEFAULTS");
  }
}

// Somebody slips a policy in behind our back, between the start of a run and its pages: the run
// keeps to what it began with, and verify sees the policy.
TEST_P(GuardTest, ARunIsJudgedByThePolicyOfItsStart) {
  LoadTariff();
  OpenMany(1);
  Import(Reads(0, 900, 9, "2026-11-19"));
  const v1::CycleRun started = StartCycle();
  const auto write = [this](const std::string& sql) {
    (*database_).Write(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      EXPECT_EQ(tx.Execute({"", sql}), 1) << sql;
      return db::Verdict::kCommit;
    });
  };
  write(
      "INSERT INTO guard_policy (effective_date, citation, residential, non_residential, run, "
      "revision, state, loaded_by_person_id, activated_by_person_id) VALUES ('2026-11-10', 'x', "
      "'BILL_CENTS_MAX=100', '', '', 1, 'ACTIVE', 7, 9)");
  Work();
  EXPECT_EQ(GetCycle(started.cycle_id()).held_count(), 0);
  std::set<std::string> violated;
  for (const Finding& finding : Prove().findings) {
    if (!finding.violation.empty()) violated.insert(finding.check);
  }
  EXPECT_EQ(violated,
            (std::set<std::string>{"policies-as-audited", "runs-by-the-policy-in-force"}));
  write("DELETE FROM guard_policy");
  ExpectProven();
  // The other way round: were the run said to be judged by another, its trail says otherwise.
  (*database_).Write(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
    tx.Execute({"", "UPDATE cycle_run SET guard_policy = '2026-11-10'"});
    bool found = false;
    for (const Finding& finding : verify::ProveAll(tx).findings) {
      found = found || (finding.check == "cycles-as-audited" && !finding.violation.empty());
    }
    EXPECT_TRUE(found);
    return db::Verdict::kRollBack;
  });
}

// Whoever recorded what a run is compared with neither says that it is well nor signs it.
TEST_P(GuardTest, WhoRecordedAControlTotalDoesNotSign) {
  const std::string recorder =
      server_.SignIn(PersonId(12), {"control_total.record", "cycle.sign_off", "cycle.view"});
  LoadTariff();
  OpenMany(3);
  Import(Reads(0, 900, 12, "2026-11-19") + Reads(1, 900, 12, "2026-11-19") +
         Reads(2, 900, 12, "2026-11-19"));
  RecordControl("water", 30'000, "2026-11-20", {}, recorder);
  const v1::CycleRun run = Calculate();
  ASSERT_EQ(run.finding_count(), 1);
  Acknowledge(run.cycle_id(), 1, recorder, "SAME_PERSON");
  Acknowledge(run.cycle_id(), 1, supervisor_);
  SignOff(run, recorder, "SAME_PERSON");
  SignOff(run, supervisor_);
}

// A move: the days of the place are billed once, but for those between the two.
TEST_P(GuardTest, DaysThatAPlaceBillsTwiceAreFound) {
  LoadTariff();
  OpenMany(2);
  for (const int n : {0, 1}) {
    account::v1::AccountOpened next = Account(AccountAt(n + 4), 7, "2026-11-05");
    next.set_premise_id(AccountAt(n) + 1);
    account::v1::AccountClosed closed;
    closed.set_account_id(AccountAt(n));
    closed.set_close_date(n == 0 ? "2026-11-05" : "2026-11-09");
    Deliver(agreement::ApplyAccounts, closed);
    Open(next);
  }
  Import(Reads(0, 500, 5, "2026-11-05") + Reads(1, 500, 5, "2026-11-09") +
         Reads(4, 500, 5, "2026-11-19") + Reads(5, 500, 5, "2026-11-19"));
  DiscardWaitingReads();  // those of who has left
  const v1::CycleRun run = Calculate();
  const v1::ListCycleFindingsResponse findings = Findings(run.cycle_id());
  ASSERT_EQ(findings.findings_size(), 1) << findings.DebugString();
  EXPECT_EQ(findings.findings(0).rule(), "POINT_DAYS");
  EXPECT_EQ(findings.findings(0).subject(), "billed twice");
  EXPECT_EQ(findings.findings(0).service(), "storm");
  EXPECT_EQ(
      findings.findings(0).evidence(),
      "4 days at 1 places that changed hands; one is place " + std::to_string(AccountAt(1) + 1));
}

// The whole of a rate change: everybody's bill is sound, and all of them are dearer.
TEST_P(GuardTest, ANewVersionIsAcknowledgedBeforeTheRegisterIsSigned) {
  LoadTariff();
  OpenMany(3);
  SetMorning("2026-10-31");
  std::string rows;
  for (int n = 0; n < 3; ++n) rows += Reads(n, 300, 4, "2026-10-30");
  Import(rows);
  RunCycle(7, "2026-10-31");
  SetMorning("2026-11-23");
  Load("W1", "water", "kgal", [](v1::RateSchedule& schedule) {
    schedule.set_effective_date("2026-11-01");
    AddFixed(schedule, "Base charge", "16.995");  // three per cent
    v1::RateComponent& water = *schedule.add_components();
    water.set_kind(v1::RATE_COMPONENT_KIND_TIERS);
    water.set_name("Water");
    AddTier(water, "10", "1.2875");
    AddTier(water, "", "2.44625");
  });
  rows.clear();
  for (int n = 0; n < 3; ++n) rows += Reads(n, 900, 12, "2026-11-19");
  Import(rows);
  const v1::CycleRun run = Calculate();
  EXPECT_EQ(run.held_count(), 0) << "no account's rule sees it";
  EXPECT_EQ(run.finding_count(), 1);
  EXPECT_EQ(run.open_finding_count(), 1);
  const v1::ListCycleFindingsResponse findings = Findings(run.cycle_id());
  ASSERT_EQ(findings.findings_size(), 1);
  EXPECT_EQ(findings.findings(0).rule(), "PRICE_CHANGE");
  EXPECT_EQ(findings.findings(0).service(), "water");
  EXPECT_EQ(findings.findings(0).subject(), "W1 of 2026-11-01");
  // 16.50 + 5.00 were billed last, and are 17.00 + 5.15 by the new prices.
  EXPECT_EQ(findings.findings(0).at_stake_cents(), 3 * 65);
  EXPECT_THAT(findings.findings(0).evidence(), ::testing::StartsWith("+3.02 % by price alone"));

  SignOff(run, supervisor_, "FINDINGS_OPEN");
  SignOff(run, analyst_, "SAME_PERSON");
  Acknowledge(run.cycle_id(), 1, analyst_, "SAME_PERSON");
  Acknowledge(run.cycle_id(), 2, supervisor_, "FINDING_UNKNOWN");
  Acknowledge(run.cycle_id() + 1, 1, supervisor_, "CYCLE_UNKNOWN");
  const v1::CycleFinding known = Acknowledge(run.cycle_id(), 1, supervisor_);
  EXPECT_EQ(known.acknowledged_by_person_id(), 9);
  EXPECT_EQ(known.acknowledgement(), "as the council decided");
  Acknowledge(run.cycle_id(), 1, supervisor_, "FINDING_ACKNOWLEDGED");
  EXPECT_EQ(GetCycle(run.cycle_id()).open_finding_count(), 0);
  EXPECT_EQ(SignOff(run, supervisor_).state(), v1::CYCLE_STATE_SIGNED_OFF);
}

TEST_P(GuardTest, WhatIsBilledIsComparedWithWhatWasPumped) {
  LoadTariff();
  OpenMany(3);
  Import(Reads(0, 900, 12, "2026-11-19") + Reads(1, 900, 12, "2026-11-19") +
         Reads(2, 900, 12, "2026-11-19"));
  RecordControl("water", 30'000);  // 36 are billed
  RecordControl("water", 31'000, "2026-11-20", "CONTROL_TOTAL_EXISTS");
  RecordControl("electric", 2'800'000);  // 2,700 are
  const v1::CycleRun run = Calculate();
  const v1::ListCycleFindingsResponse findings = Findings(run.cycle_id());
  ASSERT_EQ(findings.findings_size(), 1);
  EXPECT_EQ(findings.findings(0).rule(), "CONTROL_TOTAL");
  EXPECT_EQ(findings.findings(0).evidence(), "36 billed of 30 (plant log of November): 120.00 %");
  RecordControl("storm", 3'000, "2026-11-20", "CYCLE_CALCULATED");
}

// Corpus Christi: an account whose cycle nobody runs, one that was never started, and one service
// at one place on two accounts.
TEST_P(GuardTest, AccountsThatNoRunBillsAreFound) {
  LoadTariff();
  OpenMany(1);
  Open(Account(AccountAt(5), 12, "2026-08-01"));
  account::v1::AccountOpened waits = Account(AccountAt(6), 9, "2026-07-15");
  for (account::v1::AgreementSpec& spec : *waits.mutable_agreements()) spec.set_active(false);
  Open(waits);
  account::v1::AccountOpened twice = Account(AccountAt(7), 7);
  twice.set_premise_id(AccountAt(0) + 1);
  Open(twice);
  Import(Reads(0, 900, 12, "2026-11-19") + Reads(7, 900, 12, "2026-11-19"));
  const v1::CycleRun run = Calculate();
  std::vector<std::string> found;
  const v1::ListCycleFindingsResponse findings = Findings(run.cycle_id());
  for (const v1::CycleFinding& finding : findings.findings()) {
    found.push_back(finding.rule() + " " + finding.service() + finding.subject() + ": " +
                    std::to_string(finding.count()));
  }
  EXPECT_THAT(found,
              ::testing::ElementsAre(
                  "UNCOVERED cycle 9: 1", "UNCOVERED cycle 12: 3", "NEVER_STARTED cycle 9: 2",
                  "SEVERAL_ACCOUNTS electricplace: 1", "SEVERAL_ACCOUNTS stormplace: 1",
                  "SEVERAL_ACCOUNTS waterplace: 1", "POINT_DAYS stormbilled twice: 1"));
  SignOff(run, supervisor_, "FINDINGS_OPEN");
}

// The bill that is held is no measure for the next one.
TEST_P(GuardTest, AHeldBillIsNoHistory) {
  LoadTariff();
  OpenMany(1, "2026-08-20");
  SetMorning("2026-09-21");
  Import(Reads(0, 600, 6, "2026-09-19"));
  StartCycle({}, 7, "2026-09-20");
  Work();
  v1::CycleRun run =
      GetCycle(cycle::CycleId(7, Date::Parse("2026-09-20").value(), cycle::Kind::kProduction));
  SignOff(run, supervisor_);
  PostCycle(run.cycle_id());
  Work();
  SetMorning("2026-10-21");
  Import(Reads(0, 6'600, 12, "2026-10-19"));
  run = Calculate("2026-10-20");
  EXPECT_EQ(run.held_count(), 1);
  SignOff(run, supervisor_);
  PostCycle(run.cycle_id());
  Work();
  SetMorning("2026-11-23");
  Import(Reads(0, 12'600, 18, "2026-11-19"));
  run = Calculate("2026-11-20");
  EXPECT_EQ(run.held_count(), 1);
  EXPECT_EQ(Held(run.cycle_id()).bills(0).holds(0).evidence(),
            "6000 kWh in 31 days against 600 kWh in 30 days");
  // October is billed on from: nobody would bill its days again.
  const v1::Bill october =
      Held(cycle::CycleId(7, Date::Parse("2026-10-20").value(), cycle::Kind::kProduction)).bills(0);
  v1::ReviewBillRequest review;
  review.set_request_id(Key());
  review.set_account_id(october.account_id());
  review.set_bill_id(october.bill_id());
  review.set_decision(v1::REVIEW_DECISION_CONFIRM_HOLD);
  review.set_reason("a digit too many");
  Send<v1::CycleService>(&v1::CycleService::Stub::ReviewBill, supervisor_, review, "BILLED_SINCE");
}

}  // namespace
}  // namespace reeve::billing
