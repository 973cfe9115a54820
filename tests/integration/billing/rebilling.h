// Billing with one account that was billed, so that its bill can be cancelled and made again.
#pragma once

#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/bill_service.grpc.pb.h"
#include "reeve/billing/v1/cycle_service.grpc.pb.h"
#include "reeve/billing/v1/events.pb.h"
#include "reeve/billing/v1/guard_service.pb.h"
#include "reeve/billing/v1/meter_service.pb.h"
#include "reeve/billing/v1/rate_activation_service.pb.h"
#include "reeve/billing/v1/rate_service.pb.h"
#include "reeve/billing/v1/read_service.grpc.pb.h"
#include "reeve/billing/v1/rebill_service.grpc.pb.h"
#include "reeve/billing/v1/receivable_service.pb.h"
#include "reeve/payment/v1/events.pb.h"
#include "services/billing/receivable/payment_feed_service.h"
#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing {

class Rebilling : public virtual Billing {
 protected:
  using Stub = v1::RebillService::Stub;
  static constexpr std::int64_t kAccount = 10000000009;

  static std::string Reads(std::int64_t kwh, std::int64_t kgal, const std::string& date,
                           std::int64_t account_id = kAccount) {
    const std::string number = std::to_string(account_id);
    return "E" + number + "," + date + "," + std::to_string(40'000 + kwh) + ",kWh\nW" + number +
           "," + date + "," + std::to_string(500 + kgal) + ",kgal\n";
  }
  // Since 20 September: a bill to 19 October, and if wanted one to 19 November.
  void BillMonths(int months) {
    LoadTariff();
    if (limited_) LoadLimits(Alone("2026-01-02"));
    SetMorning("2026-10-21");
    Open(Account(kAccount, 7, "2026-09-20"));
    Import(Reads(600, 6, "2026-10-19"));
    october_ = BillOf(RunCycle(7, "2026-10-20"));
    SetMorning("2026-11-23");
    if (months < 2) return;
    Import(Reads(1'100, 11, "2026-11-19"));
    november_ = BillOf(RunCycle(7, "2026-11-20"));
  }
  v1::Bill BillOf(const v1::CycleRun& run) {
    v1::ListBillsRequest request;
    request.set_account_id(kAccount);
    const auto bills = Send<v1::BillService>(&v1::BillService::Stub::ListBills, analyst_, request);
    for (const v1::Bill& bill : bills.bills()) {
      if (bill.cycle_id() == run.cycle_id()) return bill;
    }
    ADD_FAILURE() << "the run made no bill";
    return {};
  }
  v1::Bill GetBill(std::int64_t bill_id) {
    v1::GetBillRequest request;
    request.set_account_id(kAccount);
    request.set_bill_id(bill_id);
    return Send<v1::BillService>(&v1::BillService::Stub::GetBill, analyst_, request);
  }

  static v1::Correction CorrectionOf(const v1::Bill& bill,
                                     v1::RebillCause cause = v1::REBILL_CAUSE_READ,
                                     const std::string& misread = "",
                                     const std::string& found = "2026-11-20") {
    v1::Correction correction;
    correction.set_account_id(bill.account_id());
    correction.set_bill_id(bill.bill_id());
    correction.set_cause(cause);
    correction.set_reason("the customer sent a photo");
    correction.set_discovered_date(found);
    if (!misread.empty()) correction.add_misread_services(misread);
    return correction;
  }
  v1::CancellationPreview LookAtCancel(const v1::Correction& correction,
                                       const std::string& reason = {}) {
    v1::PreviewCancellationRequest request;
    *request.mutable_correction() = correction;
    return Send<v1::RebillService>(&Stub::PreviewCancellation, analyst_, request, reason);
  }
  v1::Cancellation Cancel(const v1::Correction& correction, const std::string& reason = {}) {
    v1::CancelBillRequest request;
    request.set_request_id(Key());
    *request.mutable_correction() = correction;
    request.set_digest(LookAtCancel(correction).digest());
    return Send<v1::RebillService>(&Stub::CancelBill, analyst_, request, reason);
  }
  v1::RebillPreview LookAtRebill(const v1::Correction& correction, const std::string& reason = {}) {
    v1::PreviewRebillRequest request;
    *request.mutable_correction() = correction;
    request.set_due_date("2026-12-20");
    return Send<v1::RebillService>(&Stub::PreviewRebill, analyst_, request, reason);
  }
  static v1::RebillBillRequest RequestOf(const v1::Correction& correction,
                                         const std::string& digest, const std::string& key) {
    v1::RebillBillRequest request;
    request.set_request_id(key);
    *request.mutable_correction() = correction;
    request.set_due_date("2026-12-20");
    request.set_digest(digest);
    return request;
  }
  v1::Rebill Rebill(const v1::RebillBillRequest& request, const std::string& reason = {}) {
    return Send<v1::RebillService>(&Stub::RebillBill, analyst_, request, reason);
  }
  // Looks, and does it.
  v1::Rebill Rebill(const v1::Correction& correction) {
    return Rebill(RequestOf(correction, LookAtRebill(correction).digest(), Key()));
  }
  void SignAndPost(std::int64_t cycle_id) {
    SignOff(GetCycle(cycle_id), supervisor_);
    PostCycle(cycle_id);
    Work();
    EXPECT_EQ(GetCycle(cycle_id).state(), v1::CYCLE_STATE_POSTED);
  }
  v1::Bill Review(const v1::Bill& bill, v1::ReviewDecision decision,
                  const std::string& refusal = {}) {
    v1::ReviewBillRequest request;
    request.set_request_id(Key());
    request.set_account_id(bill.account_id());
    request.set_bill_id(bill.bill_id());
    request.set_decision(decision);
    request.set_reason("looked at the meter");
    return Send<v1::CycleService>(&v1::CycleService::Stub::ReviewBill, reviewer_, request, refusal);
  }
  v1::ListCancellationsResponse Cancellations(bool open_only = true) {
    v1::ListCancellationsRequest request;
    request.set_open_only(open_only);
    return Send<v1::RebillService>(&Stub::ListCancellations, analyst_, request);
  }
  v1::Read RecordRead(int agreement, const std::string& meter, const std::string& date,
                      std::int64_t count) {
    v1::RecordReadRequest request;
    request.set_request_id(Key());
    request.set_account_id(kAccount);
    request.set_agreement_id(kAccount * 10 + agreement);
    request.set_meter_number(meter + std::to_string(kAccount));
    request.set_read_date(date);
    request.set_read_thousandths(count * 1000);
    return Send<v1::ReadService>(&v1::ReadService::Stub::RecordRead, analyst_, request);
  }
  static v1::RebillPolicy Limits(const std::string& date = "2026-07-01",
                                 v1::RuleBinding binding = v1::RULE_BINDING_ADOPTED) {
    v1::RebillPolicy policy;
    policy.set_effective_date(date);
    policy.set_jurisdiction("the test city");
    policy.set_citation("Ordinance 9 of " + date);
    policy.set_binding(binding);
    policy.set_backbill_months(1);
    policy.set_discovery_months(3);
    policy.set_fraud_exempt(true);
    policy.set_refund_months(1);
    policy.set_cash_refund_above_cents(50'00);
    policy.set_interest(true);
    policy.set_taker_days(30);
    *policy.mutable_limits() = Alone(date).limits();
    policy.set_limit_days(30);
    return policy;
  }
  // Only what the analyst and the supervisor take back alone.
  static v1::RebillPolicy Alone(const std::string& date, std::int64_t analyst_cents = 1'000'00,
                                std::int64_t supervisor_cents = 5'000'00) {
    v1::RebillPolicy policy;
    policy.set_effective_date(date);
    policy.set_jurisdiction("the test city");
    policy.set_citation("Ordinance 10 of " + date);
    policy.set_binding(v1::RULE_BINDING_TEMPLATE);
    policy.set_cash_refund_above_cents(1'000'00);
    policy.set_taker_days(30);
    v1::CorrectionLimit& analyst = *policy.add_limits();
    analyst.set_permission("bill.limit_analyst");
    analyst.set_amount_cents(analyst_cents);
    v1::CorrectionLimit& supervisor = *policy.add_limits();
    supervisor.set_permission("bill.limit_supervisor");
    supervisor.set_amount_cents(supervisor_cents);
    policy.set_limit_days(30);
    return policy;
  }
  // On the day before they apply.
  void LoadLimits(const v1::RebillPolicy& policy, const std::string& reason = {},
                  const std::string& token = {}) {
    SetMorning(Date::Parse(policy.effective_date())->PlusDays(-1).ToString());
    v1::LoadRebillPolicyRequest request;
    request.set_request_id(Key());
    *request.mutable_policy() = policy;
    Send<v1::RebillService>(&Stub::LoadRebillPolicy, token.empty() ? steward_ : token, request,
                            reason);
    SetMorning("2026-11-23");
  }
  // Behind Reeve's back: as if a read had been replaced.
  void SetRead(const std::string& date, std::int64_t from, std::int64_t to) {
    (*database_).Write(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      EXPECT_EQ(tx.Execute({"", "UPDATE meter_read SET read_thousandths = " +
                                    std::to_string(to * 1000) + " WHERE read_date = '" + date +
                                    "' AND read_thousandths = " + std::to_string(from * 1000)}),
                1);
      return db::Verdict::kCommit;
    });
  }
  // Electric from that day on at a price of its own for a kWh.
  void LoadElectric(const std::string& date, const std::string& rate) {
    LoadDraft("E1", "electric", "kWh", [&](v1::RateSchedule& schedule) {
      schedule.set_effective_date(date);
      AddFixed(schedule, "Customer charge", "13.92");
      v1::RateComponent& energy = *schedule.add_components();
      energy.set_kind(v1::RATE_COMPONENT_KIND_TIERS);
      energy.set_name("Energy");
      AddTier(energy, "", rate);
    });
  }

  const std::string steward_ = server_.SignIn(PersonId(21), {"rebill.set_policy"});
  bool limited_ = true;  // the analyst cancels alone
  v1::Bill october_;
  v1::Bill november_;
};

}  // namespace reeve::billing
