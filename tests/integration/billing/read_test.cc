#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/bill_service.grpc.pb.h"
#include "reeve/billing/v1/cycle_service.pb.h"
#include "reeve/billing/v1/events.pb.h"
#include "reeve/billing/v1/meter_service.pb.h"
#include "reeve/billing/v1/read_service.grpc.pb.h"
#include "reeve/work_order/v1/events.pb.h"
#include "reeve/work_order/v1/types.pb.h"
#include "services/billing/agreement/account_feed_service.h"
#include "services/billing/agreement/order_feed_service.h"
#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing {
namespace {

constexpr std::int64_t kAccount = 10000000009;
const std::string kMeter = "E" + std::to_string(kAccount);

class ReadTest : public Billing {
 protected:
  void SetUp() override {
    LoadTariff();
    Open(Account(kAccount));
  }
  std::vector<std::string> Exceptions(std::int64_t import_id) {
    v1::ListReadExceptionsRequest request;
    request.set_import_id(import_id);
    const v1::ListReadExceptionsResponse answer =
        Send<v1::ReadService>(&v1::ReadService::Stub::ListReadExceptions, analyst_, request);
    std::vector<std::string> found;
    for (const v1::ReadException& exception : answer.exceptions()) {
      found.push_back(std::to_string(exception.line()) + " " + exception.reason() +
                      (exception.queued() ? " queued" : " refused"));
    }
    return found;
  }
  v1::ListReadsResponse Reads(std::int64_t account_id) {
    v1::ListReadsRequest request;
    request.set_account_id(account_id);
    return Send<v1::ReadService>(&v1::ReadService::Stub::ListReads, analyst_, request);
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, ReadTest, testing::BothEngines(), testing::EngineName);

TEST_P(ReadTest, GoodRowsAreInAndEveryOtherIsQueuedOrListedWithItsLine) {
  const v1::ReadImport import =
      Import(kMeter + ",2026-11-19,40812,kWh\n"                           // 2
             + "NOSUCH,2026-11-19,1,kWh\n"                                // 3
             + kMeter + ",2026-11-19,40812,kWh\n"                         // 4: twice
             + kMeter + ",2026-11-20,-4,kWh\n"                            // 5
             + kMeter + ",2026-11-20,x,kWh\n"                             // 6
             + kMeter + ",2026-13-20,41000,kWh\n"                         // 7
             + kMeter + ",2026-11-24,41000,kWh\n"                         // 8: tomorrow
             + kMeter + ",2026-11-20,41000,kgal\n"                        // 9
             + kMeter + ",2026-11-20,1000000,kWh\n"                       // 10
             + kMeter + ",2026-11-20,39000,kWh\n"                         // 11
             + kMeter + ",2026-10-01,39000,kWh\n"                         // 12
             + "W" + std::to_string(kAccount) + ",2026-11-19,512,kgal\n"  // 13
             + "short\n");                                                // 14
  EXPECT_EQ(import.state(), v1::READ_IMPORT_STATE_COMPLETE);
  EXPECT_EQ(import.accepted_count(), 2);
  EXPECT_EQ(import.row_count(), 13);
  EXPECT_EQ(Exceptions(import.import_id()),
            (std::vector<std::string>{
                "3 UNKNOWN_METER queued", "4 DUPLICATE queued", "5 NEGATIVE refused",
                "6 NOT_A_NUMBER refused", "7 WRONG_DATE refused", "8 FUTURE_DATE refused",
                "9 WRONG_UNIT queued", "10 TOO_MANY_DIGITS queued", "11 LOWER_THAN_LAST queued",
                "12 OUT_OF_ORDER queued", "14 MALFORMED refused"}));
}

TEST_P(ReadTest, TheSameFileAgainHasNoSecondEffect) {
  const std::string rows = kMeter + ",2026-11-19,40812,kWh\nNOSUCH,2026-11-19,1,kWh\n";
  const v1::ReadImport first = Import(rows);
  const v1::ReadImport again = Import(rows);  // with another request_id
  EXPECT_EQ(again.import_id(), first.import_id());
  EXPECT_EQ(again.accepted_count(), 1);
  EXPECT_EQ(again.queued_count(), 1);
  EXPECT_EQ(Reads(kAccount).reads_size(), 3) << "two that were taken over, one from the file";
}

TEST_P(ReadTest, AFileComesInPartsInTheirOrder) {
  v1::ImportReadsRequest part;
  part.set_request_id(Key());
  part.set_file_name("route 7");
  part.set_file_sha256(Sha256("the whole file"));
  part.set_first_line(3);
  part.set_lines("W" + std::to_string(kAccount) + ",2026-11-19,512,kgal\n");
  part.set_last_part(true);
  const auto send = [&](const std::string& reason = {}) {
    part.set_request_id(Key());
    return Send<v1::ReadService>(&v1::ReadService::Stub::ImportReads, analyst_, part, reason);
  };
  send("PART_MISSING");
  v1::ImportReadsRequest first = part;
  first.set_first_line(1);
  first.set_lines("meter_number,read_date,read,unit\n" + kMeter + ",2026-11-19,40812,kWh\n");
  first.set_last_part(false);
  first.set_request_id(Key());
  EXPECT_EQ(Send<v1::ReadService>(&v1::ReadService::Stub::ImportReads, analyst_, first).next_line(),
            3);
  first.set_lines("meter_number,read_date,read,unit\n" + kMeter + ",2026-11-19,40813,kWh\n");
  first.set_request_id(Key());
  Send<v1::ReadService>(&v1::ReadService::Stub::ImportReads, analyst_, first, "PART_DIFFERS");
  EXPECT_EQ(send().state(), v1::READ_IMPORT_STATE_COMPLETE);
  part.set_first_line(4);
  send("IMPORT_COMPLETE");
}

TEST_P(ReadTest, ARolloverIsAReadAndItsUseIsRight) {
  EXPECT_EQ(Import(kMeter + ",2026-10-30,999990,kWh\n").accepted_count(), 1);
  EXPECT_EQ(Import(kMeter + ",2026-11-19,12,kWh\n").accepted_count(), 1);
}

class ReadEditTest : public ReadTest {
 protected:
  v1::ReadException Resolve(const v1::ReadException& exception, v1::ReadResolution resolution,
                            const std::string& meter_number = {}, const std::string& reason = {}) {
    return Billing::Resolve(exception, resolution, reason, meter_number);
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, ReadEditTest, testing::BothEngines(), testing::EngineName);

TEST_P(ReadEditTest, WhatWaitsIsListedUntilItIsResolved) {
  Import("NOSUCH,2026-11-19,1,kWh\nshort\n" + kMeter + ",2026-11-19,40000,kgal\n");
  std::vector<v1::ReadException> waiting = WaitingReads();
  ASSERT_EQ(waiting.size(), 2u) << "what is wrong waits for nobody";
  EXPECT_EQ(waiting[0].reason(), "UNKNOWN_METER");
  EXPECT_EQ(waiting[1].reason(), "WRONG_UNIT");
  EXPECT_EQ(Resolve(waiting[0], v1::READ_RESOLUTION_DISCARD).state(),
            v1::READ_EXCEPTION_STATE_DISCARDED);
  Resolve(waiting[0], v1::READ_RESOLUTION_ACCEPT, kMeter, "EXCEPTION_NOT_OPEN");
  Resolve(waiting[1], v1::READ_RESOLUTION_ACCEPT, "", "READ_REFUSED");
  v1::ReadException unknown = waiting[1];
  unknown.set_line(99);
  Resolve(unknown, v1::READ_RESOLUTION_DISCARD, "", "EXCEPTION_UNKNOWN");
  EXPECT_EQ(WaitingReads().size(), 1u);
}

// The route found the new meter before the office knew of the exchange.
TEST_P(ReadEditTest, ARowOfANewMeterIsAcceptedOnceItsExchangeIsRecorded) {
  Import("N" + std::to_string(kAccount) + ",2026-11-19,519,kWh\n");
  const v1::ReadException waiting = WaitingReads().at(0);
  Resolve(waiting, v1::READ_RESOLUTION_ACCEPT, "", "METER_UNKNOWN");
  Exchange(ExchangeOf(kAccount, "2026-11-10", 40'300, 7));
  EXPECT_EQ(Resolve(waiting, v1::READ_RESOLUTION_ACCEPT).state(),
            v1::READ_EXCEPTION_STATE_ACCEPTED);
  EXPECT_EQ(Reads(kAccount).reads(0).source(), v1::READ_SOURCE_EDIT);
  EXPECT_EQ(Reads(kAccount).reads(0).read_thousandths(), 519'000);
}

TEST_P(ReadEditTest, ARolloverThatCameTooFarNeedsSomebodysWord) {
  EXPECT_EQ(Import(kMeter + ",2026-10-21,999990,kWh\n").accepted_count(), 1);
  EXPECT_EQ(Import(kMeter + ",2026-10-22,999991,kWh\n").accepted_count(), 1);
  EXPECT_EQ(Import(kMeter + ",2026-11-19,90000,kWh\n").queued_count(), 1);
  const v1::ReadException waiting = WaitingReads().at(0);
  EXPECT_EQ(waiting.reason(), "ROLLOVER_TOO_FAR");
  EXPECT_EQ(waiting.account_id(), kAccount);
  Resolve(waiting, v1::READ_RESOLUTION_ACCEPT);
  EXPECT_EQ(Reads(kAccount).reads(0).read_thousandths(), 90'000'000);
}

TEST_P(ReadEditTest, AReadToldAtTheCounterIsJudgedAtOnce) {
  v1::RecordReadRequest request;
  request.set_account_id(kAccount);
  request.set_agreement_id(kAccount * 10 + 1);
  request.set_meter_number(kMeter);
  request.set_read_date("2026-11-20");
  request.set_read_thousandths(40'812'000);
  const auto record = [&](const std::string& reason = {}) {
    request.set_request_id(Key());
    return Send<v1::ReadService>(&v1::ReadService::Stub::RecordRead, analyst_, request, reason);
  };
  EXPECT_EQ(record().source(), v1::READ_SOURCE_COUNTER);
  record("READ_REFUSED");
  request.set_meter_number("E1");
  record("METER_NOT_IN_PLACE");
  request.set_agreement_id(kAccount * 10 + 3);
  record("NOT_METERED");
  EXPECT_EQ(Import(kMeter + ",2026-11-21,40900,kWh\n").accepted_count(), 1);
}

TEST_P(ReadTest, AConnectOrdersReadStartsTheService) {
  account::v1::AccountOpened opened = Account(kAccount + 100);
  for (account::v1::AgreementSpec& spec : *opened.mutable_agreements()) {
    spec.set_active(false);
    spec.set_in_service(spec.meter_number().empty());
    spec.set_start_date("2026-11-23");
  }
  Open(opened);
  ASSERT_EQ(Emitted<v1::ServiceStarted>().size(), 1u) << "storm water needs no truck";
  work_order::v1::OrderClosed closed;
  work_order::v1::FieldResult& result = *closed.mutable_result();
  result.set_order_id(9);
  result.set_type(work_order::v1::ORDER_TYPE_CONNECT);
  result.set_account_id(opened.account_id());
  result.set_service("electric");
  result.set_agreement_id(opened.agreements(0).agreement_id());
  result.set_meter_number(opened.agreements(0).meter_number());
  result.set_has_read(true);
  result.set_read_thousandths(7'000);
  result.set_read_date("2026-11-23");
  result.set_outcome(work_order::v1::OUTCOME_DONE);
  Deliver(agreement::ApplyOrders, closed);
  Deliver(agreement::ApplyOrders, closed);
  const auto started = Emitted<v1::ServiceStarted>();
  ASSERT_EQ(started.size(), 2u);
  EXPECT_EQ(started[1].service(), "electric");
  EXPECT_EQ(started[1].read_thousandths(), 7'000);
  EXPECT_EQ(Reads(opened.account_id()).reads_size(), 1);
}

TEST_P(ReadTest, OneReadClosesOneAccountAndOpensTheNext) {
  account::v1::AccountOpened next = Account(kAccount + 100);
  account::v1::OccupantChanged changed;
  changed.set_premise_id(kAccount + 1);
  changed.set_old_account_id(kAccount);
  changed.set_new_account_id(next.account_id());
  changed.set_change_date("2026-11-10");
  for (int i = 0; i < next.agreements_size(); ++i) {
    account::v1::AgreementSpec& spec = *next.mutable_agreements(i);
    spec.set_active(false);
    spec.set_start_date("2026-11-10");
    account::v1::AgreementPair& pair = *changed.add_agreements();
    pair.set_service(spec.service());
    pair.set_old_agreement_id(kAccount * 10 + i + 1);
    pair.set_new_agreement_id(spec.agreement_id());
  }
  next.mutable_agreements(0)->set_meter_number(kMeter);
  next.mutable_agreements(1)->set_meter_number("W" + std::to_string(kAccount));
  for (const auto& [service, counts] : {std::pair("electric", 40'300), std::pair("water", 506)}) {
    account::v1::OccupantRead& read = *changed.add_reads();
    read.set_service(service);
    read.set_meter_number(kMeter);
    read.set_read_thousandths(counts * 1000);
  }
  Deliver(agreement::ApplyAccounts, next, changed);
  Deliver(agreement::ApplyAccounts, next, changed);
  EXPECT_EQ(Emitted<v1::ServiceStarted>().size(), 3u);
  // The route's read belongs to the new occupant, and each is billed for what they used.
  Import(kMeter + ",2026-11-19,40500,kWh\nW" + std::to_string(kAccount) + ",2026-11-19,510,kgal\n");
  RunCycle();
  const auto usage = [&](std::int64_t account_id) {
    v1::ExplainBillRequest request;
    request.set_account_id(account_id);
    return Send<v1::BillService>(&v1::BillService::Stub::ExplainBill, analyst_, request)
        .services(0)
        .usage()
        .usage();
  };
  EXPECT_EQ(usage(kAccount), "300 kWh");
  EXPECT_EQ(usage(next.account_id()), "200 kWh");
}

// The account was closed before its last read came: the file, the edit list, the counter and an
// estimate bring it, and only for days on which it was served.
TEST_P(ReadTest, AFinalReadComesAfterTheAccountWasClosed) {
  account::v1::AccountClosed closed;
  closed.set_account_id(kAccount);
  closed.set_close_date("2026-11-09");
  Deliver(agreement::ApplyAccounts, closed);
  const std::string water = "W" + std::to_string(kAccount);
  const v1::ReadImport import = Import(kMeter + ",2026-11-09,40500,kWh\n" +  // 2
                                       water + ",2026-11-10,520,kgal\n");    // 3: not served
  EXPECT_EQ(import.accepted_count(), 1);
  EXPECT_EQ(Exceptions(import.import_id()), std::vector<std::string>{"3 UNKNOWN_METER queued"});
  DiscardWaitingReads();
  v1::RecordReadRequest told;
  told.set_request_id(Key());
  told.set_account_id(kAccount);
  told.set_agreement_id(kAccount * 10 + 2);
  told.set_meter_number(water);
  told.set_read_date("2026-11-10");
  told.set_read_thousandths(505'000);
  Send<v1::ReadService>(&v1::ReadService::Stub::RecordRead, analyst_, told, "AGREEMENT_NOT_ACTIVE");
  told.set_read_date("2026-11-09");
  Send<v1::ReadService>(&v1::ReadService::Stub::RecordRead, analyst_, told);
  const v1::CycleRun run = RunCycle();
  v1::GetBillRequest request;
  request.set_account_id(kAccount);
  const v1::Bill bill = Send<v1::BillService>(&v1::BillService::Stub::GetBill, analyst_, request);
  EXPECT_EQ(bill.cycle_id(), run.cycle_id());
  EXPECT_EQ(bill.state(), v1::BILL_STATE_POSTED);
}

// The next one has the same meter: a read of a day before belongs to who left.
TEST_P(ReadTest, AReadOfADayBeforeTheNextCameIsOfWhoLeft) {
  account::v1::AccountClosed closed;
  closed.set_account_id(kAccount);
  closed.set_close_date("2026-11-09");
  Deliver(agreement::ApplyAccounts, closed);
  account::v1::AccountOpened next = Account(kAccount + 100, 7, "2026-11-12");
  next.mutable_agreements(0)->set_meter_number(kMeter);
  next.mutable_agreements(0)->set_start_read_thousandths(40'500'000);
  Open(next);
  EXPECT_EQ(Import(kMeter + ",2026-11-09,40490,kWh\n" + kMeter + ",2026-11-19,40700,kWh\n")
                .accepted_count(),
            2);
  EXPECT_EQ(Reads(kAccount).reads(0).read_thousandths(), 40'490'000);
  EXPECT_EQ(Reads(kAccount + 100).reads(0).read_thousandths(), 40'700'000);
}

}  // namespace
}  // namespace reeve::billing
