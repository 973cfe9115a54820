// Land records: loaded in parts, in force once whole, compared with what a run bills.
#include "services/billing/parcel/parcel.h"

#include <gmock/gmock.h>

#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/bill_service.pb.h"
#include "reeve/billing/v1/cycle_service.grpc.pb.h"
#include "reeve/billing/v1/guard_service.pb.h"
#include "reeve/billing/v1/parcel_service.grpc.pb.h"
#include "reeve/billing/v1/read_service.pb.h"
#include "shared/core/canonical.h"
#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing {
namespace {

using Stub = v1::ParcelService::Stub;

constexpr std::int64_t kAccount = 10000000009;

class ParcelTest : public Billing {
 protected:
  static std::int64_t AccountAt(int n) { return kAccount + n * 100; }
  static std::string Place(int n, const std::string& rest) {
    return "place," + std::to_string(AccountAt(n) + 1) + ",14-" + std::to_string(n) + "," + rest +
           "\n";
  }
  static std::string Reads(int n, int months) {
    const std::string number = std::to_string(AccountAt(n));
    const std::string day = months == 1 ? "2026-10-19" : "2026-11-19";
    return "E" + number + "," + day + "," + std::to_string(40'000 + months * 500 + n) + ",kWh\nW" +
           number + "," + day + "," + std::to_string(500 + months * 5) + ",kgal\n";
  }
  v1::LoadParcelsRequest Part(const std::string& text) {
    v1::LoadParcelsRequest request;
    request.set_request_id(Key());
    request.set_file_name("parcels.csv");
    request.set_file_sha256(Sha256(text));
    request.set_first_line(1);
    request.set_lines(text);
    request.set_last_part(true);
    return request;
  }
  v1::ParcelFile Load(const v1::LoadParcelsRequest& request, const std::string& reason = {}) {
    return Send<v1::ParcelService>(&Stub::LoadParcels, assessor_, request, reason);
  }
  v1::ListParcelDifferencesResponse Differences(std::int64_t cycle_id, int page_size = 0,
                                                const std::string& token = {},
                                                const std::string& reason = {}) {
    v1::ListParcelDifferencesRequest request;
    request.set_cycle_id(cycle_id);
    request.set_page_size(page_size);
    request.set_page_token(token);
    return Send<v1::ParcelService>(&Stub::ListParcelDifferences, analyst_, request, reason);
  }
  v1::Parcel Find(std::int64_t premise, const std::string& reason = {}) {
    v1::GetParcelRequest request;
    request.set_premise_id(premise);
    return Send<v1::ParcelService>(&Stub::GetParcel, analyst_, request, reason);
  }
  v1::ListHeldBillsResponse Held(std::int64_t cycle_id) {
    v1::ListHeldBillsRequest request;
    request.set_cycle_id(cycle_id);
    return Send<v1::CycleService>(&v1::CycleService::Stub::ListHeldBills, analyst_, request);
  }
  std::vector<std::string> Parcels(std::int64_t cycle_id) {
    std::vector<std::string> found;
    const v1::ListCycleFindingsResponse findings = Findings(cycle_id);
    for (const v1::CycleFinding& one : findings.findings()) {
      if (one.rule() != "PARCEL") continue;
      found.push_back(one.service() + " " + one.subject() + " " + std::to_string(one.count()));
    }
    return found;
  }

  const std::string header_ = std::string(parcel::kHeader) + "\n";
  const std::string assessor_ = server_.SignIn(PersonId(24), {"parcel.load"});
};
INSTANTIATE_TEST_SUITE_P(BothEngines, ParcelTest, testing::BothEngines(), testing::EngineName);

TEST_P(ParcelTest, AFileIsInForceOnceItIsWhole) {
  const std::string first = header_ + Place(0, "HOME,1,INSIDE,1,water=5/8,1,");
  const std::string second = Place(1, "HOME,,,,,,storm");
  v1::LoadParcelsRequest part = Part(first + second);
  part.set_lines(first);
  part.set_last_part(false);
  v1::ParcelFile file = Load(part);
  EXPECT_EQ(file.complete_no(), 0);
  EXPECT_EQ(file.next_line(), 3);
  Find(AccountAt(0) + 1, "PARCEL_UNKNOWN");
  // The same part again, other lines in its place, a part that is not the next.
  part.set_request_id(Key());
  EXPECT_EQ(Load(part).place_count(), 1);
  v1::LoadParcelsRequest wrong = part;
  wrong.set_request_id(Key());
  wrong.set_lines(header_ + Place(0, ",,,,,,"));
  Load(wrong, "PART_DIFFERS");
  wrong.set_request_id(Key());
  wrong.set_first_line(9);
  wrong.set_lines(second);
  Load(wrong, "PART_MISSING");
  // A place that came before.
  wrong.set_request_id(Key());
  wrong.set_first_line(3);
  wrong.set_lines(Place(0, ",,,,,,"));
  Load(wrong, "INVALID_REQUEST");
  part.set_request_id(Key());
  part.set_first_line(3);
  part.set_lines(second);
  part.set_last_part(true);
  file = Load(part);
  EXPECT_EQ(file.complete_no(), 1);
  EXPECT_EQ(file.place_count(), 2);
  EXPECT_EQ(file.loaded_by_person_id(), 24);
  const v1::Parcel parcel = Find(AccountAt(0) + 1);
  EXPECT_EQ(parcel.parcel_number(), "14-0");
  EXPECT_EQ(parcel.dwelling_units(), "1");
  EXPECT_EQ(parcel.meter_sizes(0), "water=5/8");
  EXPECT_EQ(Find(AccountAt(1) + 1).exempt_services(0), "storm");
  part.set_request_id(Key());
  part.set_first_line(4);
  part.set_lines(Place(2, ",,,,,,"));
  Load(part, "PARCELS_LOADED");
  // The next one replaces it whole.
  EXPECT_EQ(Load(Part(header_ + Place(1, "SHOP,,,,,,"))).complete_no(), 2);
  EXPECT_EQ(Find(AccountAt(1) + 1).land_use(), "SHOP");
  Find(AccountAt(0) + 1, "PARCEL_UNKNOWN");
  const auto files =
      Send<v1::ParcelService>(&Stub::ListParcelFiles, analyst_, v1::ListParcelFilesRequest());
  ASSERT_EQ(files.files_size(), 2);
  EXPECT_EQ(files.files(0).complete_no(), 2);
}

TEST_P(ParcelTest, WhatIsWrongIsNamedByLineAndColumn) {
  v1::CheckParcelsRequest check;
  check.set_first_line(1);
  check.set_lines(header_ + "place,x,,,,,,,,\n");
  const auto problems = Send<v1::ParcelService>(&Stub::CheckParcels, assessor_, check);
  EXPECT_EQ(problems.problem_count(), 2);
  EXPECT_EQ(problems.problems(0).line(), 2);
  EXPECT_EQ(problems.problems(0).field(), "place");
  Load(Part(check.lines()), "INVALID_REQUEST");
  Send<v1::ParcelService>(&Stub::LoadParcels, analyst_, Part(header_), "PERMISSION_MISSING");
  Differences(77, 0, {}, "CYCLE_UNKNOWN");
}

// Storm water of two ESUs for one, and of a place without a parcel: held on the first bill, found
// of the run, with dollars; on the next bill neither is asked again, but what is new is.
TEST_P(ParcelTest, ABillThatIsNotAsItsParcelIsHeldTheFirstTime) {
  LoadTariff();
  SetMorning("2026-10-21");
  for (int n = 0; n < 3; ++n) {
    account::v1::AccountOpened opened = Account(AccountAt(n), 7, "2026-09-20");
    if (n == 1) opened.mutable_agreements(2)->set_quantity_thousandths(2'000);
    Open(opened);
  }
  Load(Part(header_ + Place(0, ",,,1,,,") + Place(1, ",,,1,,,")));
  Import(Reads(0, 1) + Reads(1, 1) + Reads(2, 1));
  const v1::CycleRun first = StartCycle({}, 7, "2026-10-20");
  Load(Part(header_ + Place(0, ",,,5,,,")), "RUN_CALCULATING");
  Work();
  const v1::ListHeldBillsResponse held = Held(first.cycle_id());
  ASSERT_EQ(held.bills_size(), 2) << held.DebugString();
  EXPECT_EQ(held.bills(0).account_id(), AccountAt(1));
  EXPECT_EQ(held.bills(0).holds(0).reason(), "NOT_AS_PARCEL");
  EXPECT_EQ(held.bills(0).holds(0).service(), "storm");
  EXPECT_EQ(held.bills(0).holds(0).evidence(), "ESU is 2, the land records have 1");
  EXPECT_GT(held.bills(0).holds(0).at_stake_cents(), 0);
  EXPECT_EQ(held.bills(1).account_id(), AccountAt(2));
  EXPECT_THAT(Parcels(first.cycle_id()),
              ::testing::ElementsAre("electric PARCEL 1", "storm ESU 1", "storm PARCEL 1",
                                     "water PARCEL 1"));
  const v1::ListParcelDifferencesResponse all = Differences(first.cycle_id());
  ASSERT_EQ(all.differences_size(), 4);
  EXPECT_EQ(all.differences(0).basis(), "ESU");
  EXPECT_EQ(all.differences(0).billed(), "2");
  EXPECT_EQ(all.differences(0).expected(), "1");
  EXPECT_TRUE(all.differences(0).at_stake_known());
  EXPECT_EQ(all.differences(0).at_stake_cents(), held.bills(0).holds(0).at_stake_cents());
  const v1::ListParcelDifferencesResponse one = Differences(first.cycle_id(), 1);
  const v1::ListParcelDifferencesResponse two =
      Differences(first.cycle_id(), 1, one.next_page_token());
  ASSERT_EQ(two.differences_size(), 1);
  EXPECT_EQ(two.differences(0).account_id(), AccountAt(2));
  AcknowledgeAll(first.cycle_id());
  SignOff(GetCycle(first.cycle_id()), supervisor_);
  PostCycle(first.cycle_id());
  Work();
  // Next month: nobody is asked for what stands, and for what is held still they are asked again.
  v1::ReviewBillRequest release;
  release.set_request_id(Key());
  release.set_account_id(held.bills(0).account_id());
  release.set_bill_id(held.bills(0).bill_id());
  release.set_decision(v1::REVIEW_DECISION_RELEASE);
  release.set_reason("two units since the annex");
  Send<v1::CycleService>(&v1::CycleService::Stub::ReviewBill, reviewer_, release);
  SetMorning("2026-11-23");
  Import(Reads(0, 2) + Reads(1, 2) + Reads(2, 2));
  const v1::CycleRun second = StartCycle({}, 7, "2026-11-20");
  Work();
  EXPECT_THAT(Parcels(second.cycle_id()), ::testing::IsEmpty());
  EXPECT_EQ(Differences(second.cycle_id()).differences_size(), 4);
  const v1::ListHeldBillsResponse again = Held(second.cycle_id());
  std::vector<std::int64_t> asked;
  for (const v1::Bill& bill : again.bills()) {
    for (const v1::Hold& hold : bill.holds()) {
      if (hold.reason() == "NOT_AS_PARCEL") asked.push_back(bill.account_id());
    }
  }
  EXPECT_THAT(asked, ::testing::ElementsAre(AccountAt(2)));
}

// As many differences come as go: the one that is new is found, the count says nothing.
TEST_P(ParcelTest, WhatIsNewIsFoundThoughNoMoreThanLast) {
  LoadTariff();
  SetMorning("2026-10-21");
  for (int n = 0; n < 2; ++n) Open(Account(AccountAt(n), 7, "2026-09-20"));
  Load(Part(header_ + Place(0, ",,,3,,,") + Place(1, ",,,1,,,")));
  Import(Reads(0, 1) + Reads(1, 1));
  const v1::CycleRun first = StartCycle({}, 7, "2026-10-20");
  Work();
  EXPECT_THAT(Parcels(first.cycle_id()), ::testing::ElementsAre("storm ESU 1"));
  AcknowledgeAll(first.cycle_id());
  SignOff(GetCycle(first.cycle_id()), supervisor_);
  PostCycle(first.cycle_id());
  Work();
  SetMorning("2026-11-23");
  Load(Part(header_ + Place(0, ",,,1,,,") + Place(1, ",,,3,,,")));
  Import(Reads(0, 2) + Reads(1, 2));
  const v1::CycleRun second = StartCycle({}, 7, "2026-11-20");
  Work();
  EXPECT_THAT(Parcels(second.cycle_id()), ::testing::ElementsAre("storm ESU 1"));
}

// A duplex: two accounts at one place, an ESU each, and two on its parcel.
TEST_P(ParcelTest, TwoAccountsOfAPlaceAreCountedTogether) {
  LoadTariff();
  SetMorning("2026-10-21");
  for (int n = 0; n < 2; ++n) {
    account::v1::AccountOpened opened = Account(AccountAt(n), 7 + n, "2026-09-20");
    opened.set_premise_id(AccountAt(0) + 1);
    Open(opened);
  }
  Load(Part(header_ + Place(0, ",,,2,,,")));
  Import(Reads(0, 1) + Reads(1, 1));
  const v1::CycleRun run = StartCycle({}, 7, "2026-10-20");
  Work();
  EXPECT_EQ(Differences(run.cycle_id()).differences_size(), 0);
  Load(Part(header_ + Place(0, ",,,1,,,")));
  const v1::CycleRun other = StartCycle({}, 8, "2026-10-20");
  Work();
  const v1::ListParcelDifferencesResponse found = Differences(other.cycle_id());
  ASSERT_EQ(found.differences_size(), 1);
  EXPECT_EQ(found.differences(0).billed(), "2, 1 of it by 1 other agreement of the place");
}

// Land records that were loaded by mistake are replaced by those before, on the same day too.
TEST_P(ParcelTest, AFileThatWasReplacedIsBroughtAgain) {
  const std::string right = header_ + Place(0, "HOME,,,,,,");
  EXPECT_EQ(Load(Part(right)).complete_no(), 1);
  EXPECT_EQ(Load(Part(right)).complete_no(), 1) << "it is in force";
  EXPECT_EQ(Load(Part(header_ + Place(0, "SHOP,,,,,,"))).complete_no(), 2);
  const v1::ParcelFile again = Load(Part(right));
  EXPECT_EQ(again.complete_no(), 3);
  EXPECT_EQ(Find(AccountAt(0) + 1).land_use(), "HOME");
  EXPECT_EQ(Load(Part(right)).file_id(), again.file_id());
}

TEST_P(ParcelTest, ALoadPassesMidnight) {
  SetMorning("2026-11-23");
  const std::string first = header_ + Place(0, "HOME,,,,,,");
  const std::string second = Place(1, "HOME,,,,,sanitation=2|water=1,");
  v1::LoadParcelsRequest part = Part(first + second);
  part.set_lines(first);
  part.set_last_part(false);
  const v1::ParcelFile begun = Load(part);
  SetMorning("2026-11-24");
  part.set_request_id(Key());
  part.set_first_line(3);
  part.set_lines(second);
  part.set_last_part(true);
  const v1::ParcelFile whole = Load(part);
  EXPECT_EQ(whole.file_id(), begun.file_id());
  EXPECT_EQ(whole.complete_no(), 1);
  EXPECT_EQ(Find(AccountAt(1) + 1).service_carts(0), "sanitation=2");
}

TEST_P(ParcelTest, NamesOfSchedulesAreThoseOfTheTariff) {
  LoadTariff();
  const std::string text =
      header_ + "schedule,NO-SUCH,,,,,,,,\nplace,x,1,,,,,,,\nschedule,W1,,,,,,,,\n";
  v1::CheckParcelsRequest check;
  check.set_first_line(1);
  check.set_lines(text);
  const auto problems = Send<v1::ParcelService>(&Stub::CheckParcels, assessor_, check);
  ASSERT_EQ(problems.problem_count(), 2);
  EXPECT_EQ(problems.problems(0).line(), 2);
  EXPECT_EQ(problems.problems(0).reason(), "is no schedule that is loaded: NO-SUCH");
  EXPECT_EQ(problems.problems(1).line(), 3);
  Load(Part(text), "INVALID_REQUEST");
  EXPECT_EQ(Load(Part(header_ + "schedule,W1,,,,,,,,\n")).complete_no(), 1);
}

}  // namespace
}  // namespace reeve::billing
