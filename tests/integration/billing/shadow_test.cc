// A city changes over: the old system's bills beside Reeve's, and when the cycle may go live.
#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/cycle_service.pb.h"
#include "reeve/billing/v1/guard_service.pb.h"
#include "reeve/billing/v1/read_service.pb.h"
#include "reeve/billing/v1/shadow_service.grpc.pb.h"
#include "services/billing/shadow/old_bill.h"
#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing {
namespace {

using Stub = v1::ShadowService::Stub;

class ShadowTest : public Billing {
 protected:
  void SetUp() override {
    LoadTariff();
    for (int i = 0; i < 3; ++i) Open(Account(AccountAt(i)));
  }
  static std::int64_t AccountAt(int index) { return 10000000009 + index * 100; }

  // The cycle's reads: 600 kWh and 9 kgal, or as many of the water as `kgal` says.
  void ImportReads(std::int64_t kgal = 9) {
    std::string rows;
    for (int i = 0; i < 3; ++i) {
      const std::string number = std::to_string(AccountAt(i));
      rows += "E" + number + ",2026-11-19,40600,kWh\nW" + number + ",2026-11-19," +
              std::to_string(500 + kgal) + ",kgal\n";
    }
    Import(rows);
  }
  // What Reeve's tariff comes to: 13.92 + 36.70 + 10.19; 16.50 + 11.25; 8.05.
  static std::string OldRows(int index, const std::string& base = "16.50") {
    const std::string start = "line," + std::to_string(AccountAt(index)) + ",";
    const std::string days = ",2026-10-20,2026-11-19,";
    return start + "electric,Customer charge" + days + "kWh,600,,13.92\n" + start +
           "electric,Energy" + days + "kWh,600,500,36.70\n" + start + "electric,Energy" + days +
           "kWh,600,100,10.19\n" + start + "water,Base charge" + days + "kgal,9,," + base + "\n" +
           start + "water,Water" + days + "kgal,9,9,11.25\n" + start +
           "storm,Storm water,2026-10-20,2026-11-20,,,1,8.05\n";
  }
  static std::string OldFile(const std::string& water = "83.25",
                             const std::string& base = "16.50") {
    return std::string(shadow::kHeader) + "\n" + OldRows(0) + OldRows(1, base) + OldRows(2) +
           "total,3,electric,,,,kWh,1800,,182.43\ntotal,3,water,,,,kgal,27,," + water +
           "\ntotal,3,storm,,,,,,,24.15\n";
  }

  v1::LoadOldBillsRequest Part(const std::string& text) {
    v1::LoadOldBillsRequest request;
    request.set_request_id(Key());
    request.set_cycle(7);
    request.set_period_end_date("2026-11-20");
    request.set_bill_date("2026-11-23");
    request.set_file_name("october.csv");
    request.set_file_sha256(Sha256(text));
    request.set_first_line(1);
    request.set_lines(text);
    request.set_last_part(true);
    return request;
  }
  v1::Shadow LoadPart(const v1::LoadOldBillsRequest& request, const std::string& reason = {}) {
    return Send<v1::ShadowService>(&Stub::LoadOldBills, converter_, request, reason);
  }
  v1::Shadow LoadFile(const std::string& text, const std::string& reason = {}) {
    return LoadPart(Part(text), reason);
  }
  v1::Shadow Compare(std::int64_t shadow_id, bool again = false, const std::string& reason = {}) {
    v1::AdvanceShadowRequest request;
    request.set_request_id(Key());
    request.set_shadow_id(shadow_id);
    request.set_again(again);
    return Send<v1::ShadowService>(&Stub::AdvanceShadow, converter_, request, reason);
  }
  v1::Shadow Get(std::int64_t shadow_id) {
    v1::GetShadowRequest request;
    request.set_shadow_id(shadow_id);
    return Send<v1::ShadowService>(&Stub::GetShadow, converter_, request);
  }
  v1::ShadowCause Acknowledge(std::int64_t shadow_id, const v1::ShadowCause& cause,
                              const std::string& token, const std::string& reason = {}) {
    v1::AcknowledgeCauseRequest request;
    request.set_request_id(Key());
    request.set_shadow_id(shadow_id);
    request.set_cause(cause.cause());
    request.set_service(cause.service());
    request.set_difference_count(cause.difference_count());
    request.set_effect_cents(cause.effect_cents());
    request.set_reason("the old system was wrong");
    return Send<v1::ShadowService>(&Stub::AcknowledgeCause, token, request, reason);
  }
  v1::Shadow GoLive(std::int64_t shadow_id, const std::string& token,
                    const std::string& reason = {}) {
    v1::GoLiveRequest request;
    request.set_request_id(Key());
    request.set_shadow_id(shadow_id);
    return Send<v1::ShadowService>(&Stub::GoLive, token, request, reason);
  }

  // Whatever a cycle leaves behind: runs, bills, postings, open items, and what neighbours are
  // told.
  std::string Traces() {
    std::string traces;
    (*database_).Read(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      traces.clear();
      for (const char* table :
           {"cycle_run", "cycle_page", "cycle_register", "cycle_tally", "bill", "bill_segment",
            "bill_line", "bill_hold", "charge", "journal_entry", "posting", "feed_event"}) {
        const std::string sql = "SELECT count(*) FROM " + std::string(table);
        traces += std::string(table) + " " + std::to_string(tx.Select({"", sql})[0].Int(0)) + "\n";
      }
    });
    return traces;
  }

  // Loads, compares and goes live; neither may sign a cycle.
  const std::string converter_ = server_.SignIn(
      PersonId(21),
      {"shadow.load", "shadow.compare", "shadow.view", "shadow.acknowledge", "shadow.go_live"});
  const std::string manager_ =
      server_.SignIn(PersonId(22), {"shadow.acknowledge", "shadow.go_live", "shadow.view"});
};
INSTANTIATE_TEST_SUITE_P(BothEngines, ShadowTest, testing::BothEngines(), testing::EngineName);

TEST_P(ShadowTest, BillsThatAreTheSameGoLive) {
  ImportReads();
  const v1::Shadow loaded = LoadFile(OldFile());
  EXPECT_EQ(loaded.state(), v1::SHADOW_STATE_LOADED);
  StartCycle("NOT_LIVE");
  const v1::Shadow compared = Compare(loaded.shadow_id());
  EXPECT_EQ(compared.state(), v1::SHADOW_STATE_COMPARED);
  EXPECT_EQ(compared.account_count(), 3);
  EXPECT_EQ(compared.same_account_count(), 3);
  const v1::Shadow report = Get(loaded.shadow_id());
  EXPECT_EQ(report.causes_size(), 0);
  ASSERT_EQ(report.totals_size(), 3);
  for (const v1::ShadowTotal& total : report.totals()) {
    EXPECT_TRUE(total.agrees()) << total.service();
    EXPECT_EQ(total.old_amount_cents(), total.reeve_amount_cents()) << total.service();
  }
  GoLive(loaded.shadow_id(), converter_, "SAME_PERSON");
  const v1::Shadow live = GoLive(loaded.shadow_id(), manager_);
  EXPECT_EQ(live.state(), v1::SHADOW_STATE_LIVE);
  EXPECT_EQ(live.live_by_person_id(), 22);
  GoLive(loaded.shadow_id(), manager_, "SHADOW_LIVE");
  Compare(loaded.shadow_id(), true, "SHADOW_LIVE");
  // The cycle bills what the shadow has said.
  const v1::CycleRun run = RunCycle();
  EXPECT_EQ(run.total_cents(), 182'43 + 83'25 + 24'15);
}

// Provo 2020: after a conversion registers counted ten times what ran; bills up to $17,000 were
// sent. The control totals refuse it, whatever two people acknowledge; the scale mended, it goes.
TEST_P(ShadowTest, ProvoARegisterMisscaledByTenNeverGoesLive) {
  ImportReads(90);
  const v1::Shadow loaded = LoadFile(OldFile());
  Compare(loaded.shadow_id());
  const v1::Shadow report = Get(loaded.shadow_id());
  ASSERT_EQ(report.causes_size(), 1);
  const v1::ShadowCause& cause = report.causes(0);
  EXPECT_EQ(cause.cause(), v1::SHADOW_DIFFERENCE_CAUSE_FACTOR_TEN);
  EXPECT_EQ(cause.service(), "water");
  EXPECT_EQ(cause.difference_count(), 3);
  // 10 x 1.25 + 80 x 2.375 = 202.50 instead of 11.25, three times
  EXPECT_EQ(cause.effect_cents(), 3 * (202'50 - 11'25));
  ASSERT_EQ(cause.examples_size(), 3);
  EXPECT_EQ(cause.examples(0).evidence(), "9 kgal, Reeve 90 kgal");
  GoLive(loaded.shadow_id(), manager_, "CONTROL_TOTALS_DIFFER");
  Acknowledge(loaded.shadow_id(), cause, converter_);
  Acknowledge(loaded.shadow_id(), cause, manager_);
  GoLive(loaded.shadow_id(), manager_, "CONTROL_TOTALS_DIFFER");
  StartCycle("NOT_LIVE");
}

TEST_P(ShadowTest, ADifferenceTakesTwoPeople) {
  ImportReads();
  const v1::Shadow loaded = LoadFile(OldFile("84.25", "17.50"));
  GoLive(loaded.shadow_id(), manager_, "SHADOW_NOT_COMPARED");
  Compare(loaded.shadow_id());
  const v1::Shadow report = Get(loaded.shadow_id());
  ASSERT_EQ(report.causes_size(), 1);
  const v1::ShadowCause& cause = report.causes(0);
  EXPECT_EQ(cause.cause(), v1::SHADOW_DIFFERENCE_CAUSE_PRICE);
  EXPECT_EQ(cause.effect_cents(), -1'00);
  EXPECT_EQ(report.same_account_count(), 2);
  v1::ListShadowDifferencesRequest list;
  list.set_shadow_id(loaded.shadow_id());
  list.set_page_size(1);
  const auto page = Send<v1::ShadowService>(&Stub::ListShadowDifferences, converter_, list);
  ASSERT_EQ(page.differences_size(), 1);
  EXPECT_EQ(page.differences(0).account_id(), AccountAt(1));
  EXPECT_EQ(page.differences(0).line(), "Base charge");
  list.set_page_token(page.next_page_token());
  EXPECT_EQ(
      Send<v1::ShadowService>(&Stub::ListShadowDifferences, converter_, list).differences_size(),
      0);

  GoLive(loaded.shadow_id(), manager_, "DIFFERENCES_OPEN");
  v1::ShadowCause other = cause;
  other.set_effect_cents(-99);
  Acknowledge(loaded.shadow_id(), other, converter_, "STALE");
  other.set_service("storm");
  Acknowledge(loaded.shadow_id(), other, converter_, "CAUSE_UNKNOWN");
  Acknowledge(loaded.shadow_id(), cause, converter_);
  Acknowledge(loaded.shadow_id(), cause, converter_, "SAME_PERSON");
  GoLive(loaded.shadow_id(), manager_, "DIFFERENCES_OPEN");
  EXPECT_EQ(Acknowledge(loaded.shadow_id(), cause, manager_).acknowledged_by_person_ids_size(), 2);
  const std::string third = server_.SignIn(PersonId(23), {"shadow.acknowledge"});
  Acknowledge(loaded.shadow_id(), cause, third, "CAUSE_ACKNOWLEDGED");
  EXPECT_EQ(GoLive(loaded.shadow_id(), manager_).state(), v1::SHADOW_STATE_LIVE);
}

TEST_P(ShadowTest, AComparisonIsRepeatedWithWhatIsKnownByThen) {
  const v1::Shadow loaded = LoadFile(OldFile());
  Compare(loaded.shadow_id());
  const v1::Shadow before = Get(loaded.shadow_id());
  ASSERT_EQ(before.causes_size(), 2);
  for (const v1::ShadowCause& cause : before.causes()) {
    EXPECT_EQ(cause.cause(), v1::SHADOW_DIFFERENCE_CAUSE_MISSING_BILL);
    EXPECT_TRUE(cause.examples(0).evidence().starts_with("NO_READ")) << cause.service();
  }
  GoLive(loaded.shadow_id(), manager_, "CONTROL_TOTALS_DIFFER");
  Compare(loaded.shadow_id(), false, "SHADOW_COMPARED");
  ImportReads();
  const v1::Shadow again = Compare(loaded.shadow_id(), true);
  EXPECT_EQ(again.comparison_no(), 2);
  EXPECT_EQ(Get(loaded.shadow_id()).causes_size(), 0);
  // What was right yesterday may not be today.
  SetMorning("2026-11-24");
  GoLive(loaded.shadow_id(), manager_, "COMPARISON_OLD");
  Compare(loaded.shadow_id(), true);
  GoLive(loaded.shadow_id(), manager_);
}

TEST_P(ShadowTest, WhateverIsWrongWithAFileIsNamedAtOnce) {
  const std::string text = std::string(shadow::kHeader) +
                           "\nline,x,water,Base,2026-10-20,2026-11-19,kgal,9,,16.505\n"
                           "line,1,water,Base,2026-13-20,2026-11-19,kgal,9,,16.50\n";
  v1::CheckOldBillsRequest check;
  check.set_first_line(1);
  check.set_lines(text);
  const auto problems = Send<v1::ShadowService>(&Stub::CheckOldBills, converter_, check);
  std::vector<std::string> named;
  for (const v1::OldBillProblem& problem : problems.problems()) {
    named.push_back(std::to_string(problem.line()) + " " + problem.field());
  }
  EXPECT_EQ(named, (std::vector<std::string>{"2 account", "2 amount", "3 from_date"}));
  EXPECT_EQ(problems.problem_count(), 3);
  LoadFile(text, "INVALID_REQUEST");
  // Lines that contradict each other, and totals that are not their sums.
  LoadFile(OldFile("83.26"), "INVALID_REQUEST");
  std::string other = OldFile();
  other.replace(other.find("kgal,9,9"), 8, "kgal,8,9");
  LoadFile(other, "INVALID_REQUEST");
  // Nothing of all that is there.
  StartCycle("", 7);
}

TEST_P(ShadowTest, PartsComeInTheirOrderAndTwice) {
  const std::string text = OldFile();
  const std::size_t half = text.find('\n', text.size() / 2) + 1;
  const auto lines =
      std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(half), '\n');
  v1::LoadOldBillsRequest first = Part(text);
  first.set_lines(text.substr(0, half));
  first.set_last_part(false);
  v1::LoadOldBillsRequest second = Part(text);
  second.set_first_line(lines + 1);
  second.set_lines(text.substr(half));
  LoadPart(second, "PART_MISSING");
  const v1::Shadow loading = LoadPart(first);
  EXPECT_EQ(loading.state(), v1::SHADOW_STATE_LOADING);
  EXPECT_EQ(loading.next_line(), lines + 1);
  Compare(loading.shadow_id(), false, "SHADOW_NOT_LOADED");
  StartCycle("NOT_LIVE");
  EXPECT_EQ(LoadPart(first).next_line(), lines + 1);  // the request again
  first.set_request_id(Key());
  EXPECT_EQ(LoadPart(first).next_line(), lines + 1);  // the part again
  first.set_request_id(Key());
  first.set_lines(text.substr(0, text.find('\n') + 1));
  LoadPart(first, "PART_DIFFERS");
  second.set_request_id(Key());
  EXPECT_EQ(LoadPart(second).state(), v1::SHADOW_STATE_LOADED);
  second.set_request_id(Key());
  second.set_first_line(1'000);
  LoadPart(second, "SHADOW_LOADED");
  EXPECT_EQ(Compare(loading.shadow_id()).state(), v1::SHADOW_STATE_COMPARED);
}

TEST_P(ShadowTest, AccountsOfOneSideAreNamed) {
  ImportReads();
  std::string text = OldFile();
  const std::string ours = std::to_string(AccountAt(2));
  for (std::size_t at = 0; (at = text.find(ours, at)) != std::string::npos;) {
    text.replace(at, ours.size(), "20000000008");
  }
  const v1::Shadow loaded = LoadFile(text);
  EXPECT_EQ(Compare(loaded.shadow_id()).account_count(), 4);
  std::map<v1::ShadowDifferenceCause, int> causes;
  const v1::Shadow report = Get(loaded.shadow_id());
  for (const v1::ShadowCause& cause : report.causes()) ++causes[cause.cause()];
  EXPECT_EQ(causes[v1::SHADOW_DIFFERENCE_CAUSE_MISSING_BILL], 3);
  EXPECT_EQ(causes[v1::SHADOW_DIFFERENCE_CAUSE_EXTRA_BILL], 3);
}

// A shadow neither bills nor tells anybody. The negative control is a cycle, which does.
TEST_P(ShadowTest, AShadowLeavesNoTraceOfACycle) {
  ImportReads();
  const std::string before = Traces();
  const v1::Shadow loaded = LoadFile(OldFile());
  Compare(loaded.shadow_id());
  Work();  // whatever a cycle would do behind the scenes
  Compare(loaded.shadow_id(), true);
  GoLive(loaded.shadow_id(), manager_);
  Work();
  EXPECT_EQ(Traces(), before);
  RunCycle();
  EXPECT_NE(Traces(), before);
}

TEST_P(ShadowTest, NobodyDoesAnyOfItWithoutPermission) {
  const v1::Shadow loaded = LoadFile(OldFile());
  v1::GetShadowRequest get;
  get.set_shadow_id(loaded.shadow_id());
  Send<v1::ShadowService>(&Stub::GetShadow, reviewer_, get, "PERMISSION_MISSING");
  GoLive(loaded.shadow_id(), reviewer_, "PERMISSION_MISSING");
  Acknowledge(loaded.shadow_id(), v1::ShadowCause(), reviewer_, "PERMISSION_MISSING");
  Send<v1::ShadowService>(&Stub::LoadOldBills, manager_, Part(OldFile()), "PERMISSION_MISSING");
}

TEST_P(ShadowTest, AnUnknownShadowIsNamedFirst) {
  Compare(77, false, "SHADOW_UNKNOWN");
  GoLive(77, manager_, "SHADOW_UNKNOWN");
  v1::ShadowCause cause;
  cause.set_cause(v1::SHADOW_DIFFERENCE_CAUSE_ROUNDING);
  cause.set_service("water");
  cause.set_difference_count(1);
  Acknowledge(77, cause, manager_, "SHADOW_UNKNOWN");
}

}  // namespace
}  // namespace reeve::billing
