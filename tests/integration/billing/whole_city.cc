#include "tests/integration/billing/whole_city.h"

#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/adjustment_service.pb.h"
#include "reeve/billing/v1/bill_service.pb.h"
#include "reeve/billing/v1/collections_service.grpc.pb.h"
#include "reeve/billing/v1/cycle_service.grpc.pb.h"
#include "reeve/billing/v1/events.pb.h"
#include "reeve/billing/v1/guard_service.pb.h"
#include "reeve/billing/v1/hold_service.grpc.pb.h"
#include "reeve/billing/v1/interval_service.pb.h"
#include "reeve/billing/v1/late_fee_service.pb.h"
#include "reeve/billing/v1/meter_service.pb.h"
#include "reeve/billing/v1/parcel_service.grpc.pb.h"
#include "reeve/billing/v1/print_service.pb.h"
#include "reeve/billing/v1/rate_service.pb.h"
#include "reeve/billing/v1/read_service.grpc.pb.h"
#include "reeve/billing/v1/receivable_service.grpc.pb.h"
#include "reeve/billing/v1/shadow_service.grpc.pb.h"
#include "reeve/billing/v1/winter_service.pb.h"
#include "reeve/payment/v1/events.pb.h"
#include "reeve/payment/v1/types.pb.h"
#include "reeve/work_order/v1/events.pb.h"
#include "reeve/work_order/v1/types.pb.h"
#include "services/billing/agreement/account_feed_service.h"
#include "services/billing/agreement/order_feed_service.h"
#include "services/billing/parcel/parcel.h"
#include "services/billing/receivable/payment_feed_service.h"
#include "services/billing/shadow/old_bill.h"

namespace reeve::billing {

void WholeCity::SetUp() {
  LoadTariff();
  LoadDraft("ST2", "storm", "", [](v1::RateSchedule& schedule) {
    AddFixed(schedule, "Storm water", "9.00");
    v1::RateComponent& paved = *schedule.add_components();
    paved.set_kind(v1::RATE_COMPONENT_KIND_PER_UNIT);
    paved.set_name("Paved ground");
    paved.set_unit("sqft");
    paved.set_factor("0.0004");
    paved.set_step("1");
    paved.set_step_rounding(v1::RATE_ROUNDING_UP);
    for (const char* size : {"5/8", "1"}) paved.add_for_sizes(size);
    AddTier(paved, "1", "3.00");
    AddTier(paved, "", "2.50");
    for (v1::DayTimes* times : {schedule.mutable_use_times(), schedule.mutable_load_times()}) {
      for (const char* name : {"off", "on"}) times->add_names(name);
      times->add_weekdays("aaaaaaaabbbbbbbbbbbbaaaa");
      times->add_weekends("aaaaaaaaaaaaaaaaaaaaaaaa");
    }
  });
  WithdrawDrafts();
  LoadPolicies();
  LoadGuardPolicy("2026-07-01", "USE_RATIO_MAX_HUNDREDTHS", 500);
  LoadGuardPolicy("2026-08-01", "BILL_CENTS_MAX", 2'000'00);
  LoadGuardDraft("2027-01-01", "BILL_CENTS_MAX", 1'000'00);
  OweSinceOctober();
  SetMorning("2026-10-31");
  for (int i = 0; i < 6; ++i) Open(Account(AccountAt(i)));
  Import(Reads(0, 500, 5, "2026-10-30") + Reads(1, 500, 5, "2026-10-30") +
         Reads(2, 500, 5, "2026-10-30") + Reads(4, 500, 5, "2026-10-30") +
         "E99,2026-10-30,5,kWh\nnot a row\n");
  DiscardWaitingReads();
  RunCycle(7, "2026-10-31");
  SetMorning("2026-11-02");
  CloseMonths();
  SetMorning("2026-11-23");
  Pay();
  WorkInTheField();
  Collect();
  Correct();
  // Water of account 0 is estimated, by one of two methods.
  LoadEstimatePolicy();
  LoadEstimatePolicy(1, "2026-08-01");
  Estimate(AccountAt(0), 2, "2026-11-18");
  CorrectReads();
  // Accounts 0 and 1 get new meters: one's bill is posted, the other's is cancelled.
  Exchange(ExchangeOf(AccountAt(0), "2026-11-10", 40'900, 2));
  Exchange(ExchangeOf(AccountAt(1), "2026-11-10", 40'900, 2));
  Resolve();
  // A misread by a factor of ten: account 2 stays held, 1 is cancelled, 4 is released.
  Import("N" + std::to_string(AccountAt(0)) + ",2026-11-19,102,kWh\n" + ReadsOfNew(1, 10'102, 9) +
         Reads(2, 11'000, 9) + Reads(4, 11'000, 9) + "E98,2026-11-19,5,kWh\nW" +
         std::to_string(AccountAt(9)) + ",2026-11-19,509,kgal\n");
  DiscardWaitingReads();
  RecordControl("water", 1'000'000);
  RecordControl("electric", 1'000'000);
  const v1::CycleRun started = StartCycle();
  Work();
  const v1::ListCycleFindingsResponse findings = Findings(started.cycle_id());
  for (const v1::CycleFinding& finding : findings.findings()) {
    Acknowledge(started.cycle_id(), finding.finding_no(), supervisor_);
  }
  Review(started.cycle_id(), AccountAt(1), v1::REVIEW_DECISION_CONFIRM_HOLD);
  Review(started.cycle_id(), AccountAt(4), v1::REVIEW_DECISION_RELEASE);
  WorkOnHolds(started.cycle_id());
  SignOff(GetCycle(started.cycle_id()), supervisor_);
  PostCycle(started.cycle_id());
  Work();
  Shadow();
  Import("E95,2026-11-19,5,kWh\nE94,2026-11-19,5,kWh\n");
  PrintAndRefuse(started.cycle_id());
  MeasureHours();
  MakeAgain({AccountAt(0), AccountAt(4)}, AccountAt(12), Reads(12, 400, 4));
  AverageWinter();
  ChargeWhatIsLate();
  ASSERT_NO_FATAL_FAILURE(ExpectProven());
}

std::int64_t WholeCity::AccountAt(int index) { return 10000000009 + index * 100; }

std::string WholeCity::Reads(int index, std::int64_t kwh, std::int64_t kgal,
                             const std::string& date) {
  const std::string number = std::to_string(AccountAt(index));
  return "E" + number + "," + date + "," + std::to_string(40'000 + kwh) + ",kWh\nW" + number + "," +
         date + "," + std::to_string(500 + kgal) + ",kgal\n";
}

std::string WholeCity::ReadsOfNew(int index, std::int64_t kwh, std::int64_t kgal) {
  const std::string number = std::to_string(AccountAt(index));
  return "N" + number + ",2026-11-19," + std::to_string(kwh) + ",kWh\nW" + number + ",2026-11-19," +
         std::to_string(500 + kgal) + ",kgal\n";
}

void WholeCity::LoadPolicies() {
  for (const char* date : {"2026-07-01", "2026-08-01"}) {
    v1::LoadShutoffPolicyRequest cuts;
    cuts.set_request_id(Key());
    v1::ShutoffPolicy& policy = *cuts.mutable_policy();
    policy.set_effective_date(date);
    policy.set_citation("Policy 9 of " + std::string(date));
    v1::NoticeRule& rule = *policy.add_notices();
    rule.set_kind(v1::NOTICE_KIND_SHUTOFF);
    rule.set_days_min(5);
    policy.add_closed_weekdays(5);
    policy.set_first_minute(8 * 60);
    policy.set_last_minute(15 * 60);
    Send<v1::CollectionsService>(&v1::CollectionsService::Stub::LoadShutoffPolicy, analyst_, cuts);
    v1::LoadAllocationPolicyRequest order;
    order.set_request_id(Key());
    order.mutable_policy()->set_effective_date(date);
    order.mutable_policy()->set_citation("Policy 7 of " + std::string(date));
    order.mutable_policy()->add_keys(v1::ALLOCATION_KEY_AGE);
    Send<v1::ReceivableService>(&v1::ReceivableService::Stub::LoadAllocationPolicy, analyst_,
                                order);
  }
}

void WholeCity::OweSinceOctober() {
  SetMorning("2026-09-21");
  std::string reads;
  for (const int i : {7, 8}) {
    Open(Account(AccountAt(i), 8, "2026-08-20"));
    reads += Reads(i, 100, 10, "2026-09-19");
  }
  Import(reads);
  v1::StartCycleRequest request;
  request.set_request_id(Key());
  request.set_cycle(8);
  request.set_kind(v1::CYCLE_KIND_PRODUCTION);
  request.set_period_end_date("2026-09-20");
  request.set_due_date("2026-10-15");
  const v1::CycleRun started =
      Send<v1::CycleService>(&v1::CycleService::Stub::StartCycle, analyst_, request);
  Work();
  SignOff(GetCycle(started.cycle_id()), supervisor_);
  PostCycle(started.cycle_id());
  Work();
  since_october_ = started.cycle_id();
}

void WholeCity::MeasureHours() {
  LoadTimes(/*demand=*/true, "2026-08-01");
  LoadIntervalPolicy(PolicyOf());
  LoadIntervalPolicy(PolicyOf(60, "2026-08-01", "T1"));
  std::string rows = "rubbish\nE98,2026-11-19T00:00-07:00,60,kWh,1\n";
  std::string reads[2];
  for (const int i : {20, 21}) {
    account::v1::AccountOpened opened = TimedAccount(AccountAt(i), "2026-09-30");
    opened.mutable_agreements(0)->set_cycle(9);
    Open(opened);
    const std::string meter = "E" + std::to_string(AccountAt(i));
    rows +=
        Days(meter, "2026-10-01", "2026-10-14", "1") + Days(meter, "2026-10-16", "2026-11-20", "1");
    reads[0] += meter + ",2026-10-31,40744,kWh\n";
    reads[1] += meter + ",2026-11-20,41225,kWh\n";  // 25 hours on one day
  }
  ImportIntervals(rows);
  for (const int i : {20, 21}) {
    EstimateIntervals(GapOf(AccountAt(i), "2026-10-15", "2026-10-15"));
    ImportIntervals("E" + std::to_string(AccountAt(i)) +
                    ",2026-10-15T05:00-06:00,60,kWh,1\nnot a row\n");
  }
  Import(reads[0]);
  RunCycle(9, "2026-10-31");
  Import(reads[1]);
  RunCycle(9, "2026-11-20");
}

void WholeCity::AverageWinter() {
  LoadSewer("2026-08-01");
  LoadWinterRule(WinterRuleOf());
  LoadWinterRule(WinterRuleOf("2026-02-01"));
  for (const int i : {30, 31, 32}) {
    Open(SewerAccount(AccountAt(i), 10, "2026-10-20", i == 32 ? 4 : 0));
  }
  Import(Reads(30, 300, 7) + Reads(31, 300, 8));
  RunCycle(10, "2026-11-20");
  SetMorning("2026-12-22");
  for (const char* day : {"2026-12-24", "2026-12-25"}) {
    const v1::WinterRun run = Advance(StartWinter(day, 2026).run_id());
    if (std::string(day) == "2026-12-25") break;
    Decide(Averages(run.run_id(), true).at(0), run.run_id(), v1::WINTER_DECISION_OTHER, 6'000,
           supervisor_);
    Sign(run.run_id(), 21'000, supervisor_);
  }
  SetMorning("2026-12-27");
  Parcels();
  RunCycle(10, "2026-12-26");
}

void WholeCity::ChargeWhatIsLate() {
  v1::LateFeePolicy policy = Mesa();
  policy.set_owed_min_cents(1);
  LoadLateFees(policy);
  policy.set_code("LATE-W");
  policy.set_service("water");
  policy.set_hold_above_cents(1);
  LoadLateFees(policy);
  DecideExemption(Exempt(AccountAt(7), "2027-01-01", "2027-03-15"), true, approver_);
  Exempt(AccountAt(8), "2027-01-01", "2027-03-15");
  const v1::LateFeeRun first = ChargeLate();
  ASSERT_EQ(first.fee_count(), 2);
  const v1::LateFeeRun held = AdvanceLateFees(StartLateFees("LATE-W").run_id());
  ASSERT_GE(held.held_count(), 1);
  DecideFee(LateFees(held.run_id(), /*held_only=*/true).at(0), v1::LATE_FEE_DECISION_DROP,
            decider_);
  // One was paid in time, as the bank tells a day later.
  for (const v1::LateFee& fee : LateFees(first.run_id())) {
    if (fee.state() != v1::LATE_FEE_STATE_POSTED) continue;
    Deliver(receivable::ApplyPayments, Taken(fee.account_id(), 900'00, 12, fee.due_date()));
    break;
  }
  SetMorning("2026-12-28");
  ASSERT_EQ(ChargeLate().reversed_count(), 1);
}

// Of a place two facts differ, and others have no parcel.
void WholeCity::Parcels() {
  const std::string text = std::string(parcel::kHeader) + "\nplace," +
                           std::to_string(AccountAt(30) + 1) +
                           ",14-022-0107,SHOP,1,INSIDE,1,water=1,2,sewer\n"
                           "class,RESIDENTIAL,,HOME,,,,,,\n";
  v1::LoadParcelsRequest load;
  load.set_request_id(Key());
  load.set_file_name("parcels.csv");
  load.set_file_sha256(Sha256(text));
  load.set_first_line(1);
  load.set_lines(text);
  load.set_last_part(true);
  Send<v1::ParcelService>(&v1::ParcelService::Stub::LoadParcels,
                          server_.SignIn(PersonId(23), {"parcel.load"}), load);
}

void WholeCity::CloseMonths() {
  for (const char* month : {"2026-09", "2026-10"}) PrepareAndClose(month);
  ProposeReopening(accountant_);
  ReopenMonth(treasurer_);
  PrepareAndClose();
  ProposeReopening(treasurer_);
  Deliver(receivable::ApplyPayments, Taken(AccountAt(0), 2'00, 11, "2026-10-30"));
}

void WholeCity::Pay() {
  payment::v1::PaymentTaken directed = Taken(AccountAt(4), 40'00, 7);
  for (const char* service : {"water", "electric"}) {
    payment::v1::Direction& direction = *directed.add_directions();
    direction.set_service(service);
    direction.set_amount_cents(20'00);
  }
  Deliver(receivable::ApplyPayments, Taken(AccountAt(0), 200'00, 1), Taken(AccountAt(1), 30'00, 2),
          Taken(AccountAt(1), 9'00, 3), Taken(AccountAt(3) + 5'000, 7'00, 4),
          Taken(AccountAt(3) + 6'000, 8'00, 5), directed);
  Deliver(receivable::ApplyPayments, Reversed(Taken(AccountAt(1), 9'00, 3)));
  Open(Account(AccountAt(3) + 6'000));
  account::v1::ApplicationAccepted accepted;
  accepted.set_application_id(77);
  accepted.set_account_id(AccountAt(1));
  for (const char* code : {"E-DEP", "W-DEP"}) {
    account::v1::ApplicationCharge& deposit = *accepted.add_charges();
    deposit.set_service(code[0] == 'E' ? "electric" : "water");
    deposit.set_kind(account::v1::APPLICATION_CHARGE_KIND_DEPOSIT);
    deposit.set_code(code);
    deposit.set_amount_cents(50'00);
  }
  Deliver(agreement::ApplyAccounts, accepted);
  Deliver(receivable::ApplyPayments, Taken(AccountAt(1), 140'00, 6));
}

void WholeCity::CorrectReads() {
  Open(Account(AccountAt(6)));
  Exchange(ExchangeOf(AccountAt(6), "2026-11-10", 40'900, 2));
  Billing::Reverse(AccountAt(6));
  for (const int i : {5, 6}) {
    const std::vector<v1::Read> reads = ReadsOf(AccountAt(i));
    for (const v1::Read& read : reads) {
      const bool of_order = read.source() == v1::READ_SOURCE_ORDER;
      if (i == 5 ? !of_order : read.source() != v1::READ_SOURCE_TAKEN_OVER) continue;
      ReplaceRead(AccountAt(i), read.read_id(), read.read_date(),
                  read.read_thousandths() / 1000 + 1);
    }
  }
  Estimate(AccountAt(4), 2, "2026-11-18");
}

void WholeCity::WorkInTheField() {
  for (const int order : {31, 32}) {
    work_order::v1::OrderClosed closed;
    work_order::v1::FieldResult& result = *closed.mutable_result();
    result.set_order_id(order);
    result.set_account_id(AccountAt(5));
    result.set_type(work_order::v1::ORDER_TYPE_READ);
    result.set_outcome(work_order::v1::OUTCOME_DONE);
    result.set_meter_number("E" + std::to_string(AccountAt(5)));
    result.set_has_read(true);
    result.set_read_date("2026-11-20");
    result.set_read_thousandths(40'700'000);
    Deliver(agreement::ApplyOrders, closed);
  }
  account::v1::AccountClosed closed;
  closed.set_account_id(AccountAt(3));
  closed.set_close_date("2026-11-22");
  Deliver(agreement::ApplyAccounts, closed);
}

void WholeCity::Collect() {
  for (const int i : {7, 8}) {
    v1::RecordNoticeRequest notice;
    notice.set_request_id(Key());
    notice.set_account_id(AccountAt(i));
    notice.set_kind(v1::NOTICE_KIND_SHUTOFF);
    notice.set_delivered_date("2026-11-1" + std::to_string(i - 7));
    notice.set_delivery_proof("mail batch " + std::to_string(i));
    Send<v1::CollectionsService>(&v1::CollectionsService::Stub::RecordNotice, analyst_, notice);
    v1::RequestDisconnectRequest cut;
    cut.set_request_id(Key());
    cut.set_account_id(AccountAt(i));
    cut.set_service("electric");
    Send<v1::CollectionsService>(&v1::CollectionsService::Stub::RequestDisconnect, analyst_, cut);
    v1::OpenDisputeRequest dispute;
    dispute.set_request_id(Key());
    dispute.set_account_id(AccountAt(i));
    dispute.set_reason("the meter was read wrong");
    const v1::Dispute opened =
        Send<v1::CollectionsService>(&v1::CollectionsService::Stub::OpenDispute, analyst_, dispute);
    if (i == 7) continue;
    v1::DecideDisputeRequest decide;
    decide.set_request_id(Key());
    decide.set_account_id(AccountAt(i));
    decide.set_dispute_id(opened.dispute_id());
    decide.set_state(v1::DISPUTE_STATE_DENIED);
    decide.set_decision("the meter was tested");
    Send<v1::CollectionsService>(&v1::CollectionsService::Stub::DecideDispute, supervisor_, decide);
  }
  // One pays a part, the other is cut.
  Deliver(receivable::ApplyPayments, Taken(AccountAt(7), 5'00, 8));
  const auto disconnect = Emitted<v1::DisconnectRequested>().back();
  work_order::v1::OrderClosed closed;
  work_order::v1::FieldResult& result = *closed.mutable_result();
  result.set_order_id(33);
  result.set_account_id(disconnect.account_id());
  result.set_type(work_order::v1::ORDER_TYPE_DISCONNECT_NONPAY);
  result.set_outcome(work_order::v1::OUTCOME_DONE);
  result.set_disconnect_id(disconnect.disconnect_id());
  Deliver(agreement::ApplyOrders, closed);
}

void WholeCity::Resolve() {
  Open(Account(AccountAt(9)));
  const v1::ReadImport import = Import("E97,2026-11-19,60000,kWh\nE96,2026-11-19,5,kWh\n");
  for (const int line : {2, 3}) {
    v1::ResolveReadExceptionRequest resolve;
    resolve.set_request_id(Key());
    resolve.set_import_id(import.import_id());
    resolve.set_line(line);
    resolve.set_resolution(line == 2 ? v1::READ_RESOLUTION_ACCEPT : v1::READ_RESOLUTION_DISCARD);
    if (line == 2) resolve.set_meter_number("E" + std::to_string(AccountAt(9)));
    resolve.set_reason("the number was misspelled");
    Send<v1::ReadService>(&v1::ReadService::Stub::ResolveReadException, analyst_, resolve);
  }
}

void WholeCity::WorkOnHolds(std::int64_t cycle_id) {
  v1::ListHoldsResponse waiting =
      Send<v1::HoldService>(&v1::HoldService::Stub::ListHolds, analyst_, v1::ListHoldsRequest());
  ASSERT_GE(waiting.holds_size(), 2);
  for (const v1::HeldBill& held : waiting.holds()) AssignHold(held.bill(), 11, "2026-11-30");
  ApproveRelease(ProposeRelease(cycle_id, "ABOVE_BILL_LIMIT", 9'000'00, reviewer_), supervisor_);
  ProposeRelease(cycle_id, "FACTOR_TEN", 5'000'00, reviewer_);
}

void WholeCity::Correct() {
  LoadType(WaterCredit());
  LoadType(ElectricFee());
  LoadType(Leak());
  LoadType(Deployment());
  payment::v1::PaymentTaken taken = Taken(AccountAt(0), 1'00, 9);
  payment::v1::PaymentTaken later = Taken(AccountAt(0), 1'00, 10);
  taken.set_taken_by_person_id(21);
  later.set_session_no(2);
  later.set_payment_id("7-2-10");
  later.set_taken_by_person_id(22);
  Deliver(receivable::ApplyPayments, taken, later);
  Adjust(analyst_, Spec(AccountAt(2), 3'00));
  const v1::Adjustment fee = Adjust(analyst_, Spec(AccountAt(2), 4'00, "TAMPER-FEE"));
  Adjust(analyst_, Spec(AccountAt(7), 5'00, "TAMPER-FEE"));
  const v1::Adjustment credit = Adjust(analyst_, Spec(AccountAt(8), 45'00));
  for (const v1::Adjustment& one : {fee, credit}) {
    Reverse(analyst_, one, PreviewReversal(analyst_, one).digest());
  }
  const v1::Adjustment approved = Adjust(analyst_, Spec(AccountAt(4), 60'00));
  Approve(supervisor_, approved, PreviewApproval(supervisor_, approved).digest());
  Decline(supervisor_, Adjust(analyst_, Spec(AccountAt(4), 61'00)));
  Withdraw(analyst_, Adjust(analyst_, Spec(AccountAt(4), 62'00)));
  Adjust(analyst_, Spec(AccountAt(5), 63'00));
}

void WholeCity::Shadow() {
  using Stub = v1::ShadowService::Stub;
  const std::string converter =
      server_.SignIn(PersonId(21), {"shadow.load", "shadow.compare", "shadow.acknowledge"});
  const std::string header = std::string(shadow::kHeader) + "\n";
  const std::string days = ",2026-10-20,2026-11-19,";
  const std::string first = header + "line,5,water,Base" + days + "kgal,9,,16.50\n" +
                            "line,5,water,Water" + days + "kgal,9,9,11.25\n" +
                            "line,6,storm,Storm water,2026-10-21,2026-11-20,,,1,8.05\n" +
                            "line,6,storm,Credit,2026-10-21,2026-11-20,,,2,-1.05\n";
  const std::string second = "line,7,storm,Storm water" + days +
                             ",,1,8.05\ntotal,1,water,,,,kgal,9,,27.75\n"
                             "total,2,storm,,,,,,,15.05\n";
  v1::LoadOldBillsRequest load;
  const auto send = [&](int cycle, const std::string& text, std::int64_t first_line,
                        const std::string& lines, bool last) {
    load.set_request_id(Key());
    load.set_cycle(cycle);
    load.set_period_end_date("2026-11-20");
    load.set_bill_date("2026-11-23");
    load.set_file_name("old bills of cycle " + std::to_string(cycle));
    load.set_file_sha256(Sha256(text));
    load.set_first_line(first_line);
    load.set_lines(lines);
    load.set_last_part(last);
    return Send<v1::ShadowService>(&Stub::LoadOldBills, converter, load).shadow_id();
  };
  const auto compare = [&](std::int64_t shadow_id, bool again) {
    v1::AdvanceShadowRequest request;
    request.set_request_id(Key());
    request.set_shadow_id(shadow_id);
    request.set_again(again);
    Send<v1::ShadowService>(&Stub::AdvanceShadow, converter, request);
  };
  const std::int64_t differs = send(21, first + second, 1, first, false);
  send(21, first + second, 6, second, true);
  for (const bool again : {false, true}) compare(differs, again);
  const std::string other = server_.SignIn(PersonId(22), {"shadow.acknowledge", "shadow.go_live"});
  for (const std::string& token : {converter, other}) {
    for (const char* service : {"water", "storm"}) {
      if (token == other && *service == 's') continue;
      v1::AcknowledgeCauseRequest request;
      request.set_request_id(Key());
      request.set_shadow_id(differs);
      request.set_cause(v1::SHADOW_DIFFERENCE_CAUSE_MISSING_BILL);
      request.set_service(service);
      request.set_difference_count(*service == 'w' ? 1 : 2);
      request.set_effect_cents(*service == 'w' ? -27'75 : -15'05);
      request.set_reason(std::string("their accounts are closed: ") + service);
      Send<v1::ShadowService>(&Stub::AcknowledgeCause, token, request);
    }
  }
  const std::int64_t empty = send(22, header, 1, header, true);
  compare(empty, false);
  v1::GoLiveRequest live;
  live.set_request_id(Key());
  live.set_shadow_id(empty);
  Send<v1::ShadowService>(&Stub::GoLive, other, live);
}

void WholeCity::PrintAndRefuse(std::int64_t cycle_id) {
  const v1::PrintFile released = Print(since_october_);
  ReleasePrint(released.print_file_id(), Sample(released.print_file_id()).sample_sha256(),
               releaser_);
  const v1::PrintFile too_late = Print(cycle_id, 60);
  ASSERT_GE(too_late.withheld_count(), 2);
  AcknowledgeWithheld(too_late.print_file_id(), "TOO_LATE", AccountAt(0), releaser_);
  RefusePrint(too_late.print_file_id(), releaser_);
  WorkOnPrints();
  RefusePrint(Print(cycle_id).print_file_id(), releaser_);
  WorkOnPrints();
  ASSERT_GE(Print(cycle_id).totals().statements(), 2);
}

void WholeCity::Review(std::int64_t cycle_id, std::int64_t account_id,
                       v1::ReviewDecision decision) {
  v1::ListHeldBillsRequest list;
  list.set_cycle_id(cycle_id);
  const v1::ListHeldBillsResponse held =
      Send<v1::CycleService>(&v1::CycleService::Stub::ListHeldBills, analyst_, list);
  for (const v1::Bill& bill : held.bills()) {
    if (bill.account_id() != account_id) continue;
    v1::ReviewBillRequest review;
    review.set_request_id(Key());
    review.set_account_id(account_id);
    review.set_bill_id(bill.bill_id());
    review.set_decision(decision);
    review.set_reason("misread");
    Send<v1::CycleService>(&v1::CycleService::Stub::ReviewBill, supervisor_, review);
  }
}

}  // namespace reeve::billing
