#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/bill_service.grpc.pb.h"
#include "reeve/billing/v1/cycle_service.grpc.pb.h"
#include "reeve/billing/v1/events.pb.h"
#include "reeve/billing/v1/meter_service.grpc.pb.h"
#include "reeve/billing/v1/rate_service.pb.h"
#include "reeve/billing/v1/read_service.grpc.pb.h"
#include "reeve/billing/v1/receivable_service.pb.h"
#include "reeve/work_order/v1/events.pb.h"
#include "reeve/work_order/v1/types.pb.h"
#include "services/billing/agreement/order_feed_service.h"
#include "shared/rpc/error.h"
#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing {
namespace {

constexpr std::int64_t kAccount = 10000000009;

class MeterTest : public Billing {
 protected:
  v1::Bill GetBill(std::int64_t account_id) {
    v1::GetBillRequest request;
    request.set_account_id(account_id);
    return Send<v1::BillService>(&v1::BillService::Stub::GetBill, analyst_, request);
  }
  v1::BillExplanation Explain(std::int64_t account_id) {
    v1::ExplainBillRequest request;
    request.set_account_id(account_id);
    return Send<v1::BillService>(&v1::BillService::Stub::ExplainBill, analyst_, request);
  }
  v1::ListInstallationsResponse Installations(std::int64_t agreement_id) {
    v1::ListInstallationsRequest request;
    request.set_account_id(kAccount);
    request.set_agreement_id(agreement_id);
    return Send<v1::MeterService>(&v1::MeterService::Stub::ListInstallations, analyst_, request);
  }
  // What an exchange is refused for: the names of all bad fields.
  std::vector<std::string> BadFields(v1::ExchangeMeterRequest request) {
    request.set_request_id(Key());
    v1::MeterInstallation response;
    const auto stub = v1::MeterService::NewStub(channel_);
    const auto context = testing::InProcessServer::Context(analyst_);
    const grpc::Status status = stub->ExchangeMeter(context.get(), request, &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    std::vector<std::string> fields;
    for (const FieldViolation& violation : rpc::FromStatus(status).violations()) {
      fields.push_back(violation.field);
    }
    return fields;
  }
  static std::string Row(const std::string& meter, const std::string& date, std::int64_t read,
                         const std::string& unit = "kWh") {
    return meter + std::to_string(kAccount) + "," + date + "," + std::to_string(read) + "," + unit +
           "\n";
  }

  // A water account alone, on a schedule with everything that an exchange and a rate change divide.
  void OpenWater() {
    for (const bool second : {false, true}) {
      Load("W2", "water", "kgal", [&](v1::RateSchedule& schedule) {
        schedule.set_effective_date(second ? "2026-11-01" : "2026-07-01");
        schedule.mutable_terms()->set_effect(v1::RATE_EFFECT_USE);
        v1::RateProration& proration = *schedule.mutable_terms()->mutable_proration();
        proration.set_when(v1::PRORATION_WHEN_ALWAYS);
        proration.set_month_days("365/12");
        v1::RateComponent& base = *schedule.add_components();
        base.set_kind(v1::RATE_COMPONENT_KIND_METER_SIZE);
        base.set_name("Base");
        base.set_per(v1::RATE_PER_MONTH);
        for (const char* size : {"5/8", "1"}) {
          v1::SizePrice& price = *base.add_sizes();
          price.set_size(size);
          price.set_rate(*size == '5' ? second ? "22.00" : "20.00" : second ? "33.00" : "30.00");
        }
        v1::RateComponent& water = *schedule.add_components();
        water.set_kind(v1::RATE_COMPONENT_KIND_TIERS);
        water.set_name("Water");
        water.set_widths(v1::TIER_WIDTHS_DAY);
        AddTier(water, second ? "1" : "0.5", second ? "1.10" : "1.00");
        AddTier(water, "", second ? "2.20" : "2.00");
        v1::RateComponent& tax = *schedule.add_components();
        tax.set_kind(v1::RATE_COMPONENT_KIND_PERCENT);
        tax.set_name("City tax");
        tax.set_rate("0.06");
      });
    }
    account::v1::AccountOpened opened = Account(kAccount);
    opened.mutable_agreements()->DeleteSubrange(2, 1);
    opened.mutable_agreements()->DeleteSubrange(0, 1);
    account::v1::AgreementSpec& water = *opened.mutable_agreements(0);
    water.set_schedule_code("W2");
    water.set_meter_size("5/8");
    water.set_start_read_thousandths(999'990'000);
    Open(opened);
  }
  static v1::ExchangeMeterRequest ExchangeOfWater() {
    v1::ExchangeMeterRequest request = ExchangeOf(kAccount, "2026-11-07", 8, 3);
    request.set_agreement_id(kAccount * 10 + 2);
    request.set_old_meter_number("W" + std::to_string(kAccount));
    request.mutable_meter()->set_unit("kgal");
    request.mutable_meter()->set_meter_size("1");
    request.mutable_meter()->set_multiplier_thousandths(100);
    request.set_differences_checked(true);
    return request;
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, MeterTest, testing::BothEngines(), testing::EngineName);

TEST_P(MeterTest, APeriodWithAnExchangeIsBilledFromTwoMeters) {
  LoadTariff();
  Open(Account(kAccount));
  const v1::MeterInstallation installed = Exchange(ExchangeOf(kAccount, "2026-11-10", 40'300, 7));
  EXPECT_EQ(installed.installation_no(), 2);
  EXPECT_EQ(installed.from_date(), "2026-11-10");
  // The route knows the old number no more, and the new one from its in-read on.
  const v1::ReadImport import =
      Import(Row("E", "2026-11-19", 40'400) + Row("N", "2026-11-19", 519) +
             Row("N", "2026-11-10", 9) + Row("W", "2026-11-19", 512, "kgal"));
  EXPECT_EQ(import.accepted_count(), 2);
  EXPECT_EQ(import.queued_count(), 2);
  DiscardWaitingReads();
  RunCycle();
  const v1::BillExplanation explained = Explain(kAccount);
  const v1::ServiceExplanation& electric = explained.services(0);
  EXPECT_EQ(electric.from_date(), "2026-10-20");
  EXPECT_EQ(electric.to_date(), "2026-11-19");
  EXPECT_EQ(electric.usage().meter_number(), "E10000000009, N10000000009");
  EXPECT_EQ(electric.usage().formula(),
            "E10000000009: (40300 - 40000) x 1; N10000000009: (519 - 7) x 1; together 812 kWh");
  EXPECT_EQ(electric.amount_cents(), 82'41) << "as if one meter had shown 812 kWh";

  // The next bill begins with the new meter's last read.
  SetMorning("2026-12-22");
  Import(Row("N", "2026-12-19", 619) + Row("W", "2026-12-19", 520, "kgal"));
  RunCycle(7, "2026-12-20");
  EXPECT_EQ(Explain(kAccount).services(0).usage().formula(), "(619 - 519) x 1 = 100 kWh");
  EXPECT_EQ(Explain(kAccount).services(0).usage().meter_number(), "N10000000009");
}

// A rate change on day 12, an exchange on day 18 for another size and multiplier, and an old
// register that rolled over. By hand:
//   Oct 21-31, 11 days on 5/8": 11 of the 18 kgal that rolled over (1000000 + 8 - 999990)
//     Base 20.00 x 11 x 12/365 = 7.23; 5.5 x 1.00 = 5.50; 5.5 x 2.00 = 11.00; 6 % of 23.73 = 1.42
//   Nov 1-19, 7 days on 5/8" and 12 on 1": 7 kgal, and (243 - 3) x 0.1 = 24 kgal
//     Base 22.00 x 7 x 12/365 = 5.06 and 33.00 x 12 x 12/365 = 13.02
//     19 x 1.10 = 20.90; 12 x 2.20 = 26.40; 6 % of 65.38 = 3.92
TEST_P(MeterTest, RateChangeExchangeAndRolloverInOnePeriodAreBilledToTheCent) {
  OpenWater();
  Exchange(ExchangeOfWater());
  EXPECT_EQ(Import(Row("N", "2026-11-19", 243, "kgal")).accepted_count(), 1);
  EXPECT_EQ(RunCycle().held_count(), 0);
  const v1::Bill bill = GetBill(kAccount);
  std::vector<std::int64_t> cents;
  for (const v1::BillLine& line : bill.lines()) cents.push_back(line.amount_cents());
  EXPECT_EQ(cents, (std::vector<std::int64_t>{7'23, 5'50, 11'00, 5'06, 13'02, 20'90, 26'40, 5'35}))
      << "the tax, which stays, is of both";
  EXPECT_EQ(bill.total_cents(), 94'46);
  EXPECT_EQ(GetBalance(kAccount).total_cents(), 94'46);
  const v1::UsageExplanation usage = Explain(kAccount).services(0).usage();
  EXPECT_EQ(usage.formula(),
            "W10000000009: (1000000 + 8 - 999990) x 1; N10000000009: (243 - 3) x 0.1; "
            "together 42 kgal");
  EXPECT_TRUE(usage.rolled_over());
}

// Without a size nothing is charged for one: the bill waits for somebody who knows it.
TEST_P(MeterTest, AMeterWithoutASizeHoldsWhatIsPricedBySize) {
  OpenWater();
  v1::ExchangeMeterRequest exchange = ExchangeOfWater();
  exchange.mutable_meter()->clear_meter_size();
  Exchange(exchange);
  Import(Row("N", "2026-11-19", 243, "kgal"));
  EXPECT_EQ(RunCycle().held_count(), 1);
}

TEST_P(MeterTest, AnExchangeAloneDoesNotEndAPeriod) {
  LoadTariff();
  Open(Account(kAccount));
  Exchange(ExchangeOf(kAccount, "2026-11-10", 40'300, 7));
  Import(Row("W", "2026-11-19", 512, "kgal"));
  const v1::CycleRun run = RunCycle();
  v1::ListHeldBillsRequest list;
  list.set_cycle_id(run.cycle_id());
  const auto held = Send<v1::CycleService>(&v1::CycleService::Stub::ListHeldBills, analyst_, list);
  ASSERT_EQ(held.bills_size(), 1);
  EXPECT_EQ(held.bills(0).holds(0).reason(), "NO_READ");
}

// An exchange that is recorded before a cycle of earlier days is calculated leaves these days to
// the meter that was there.
TEST_P(MeterTest, DaysBeforeAnExchangeAreTheOldMeters) {
  LoadTariff();
  Open(Account(kAccount));
  Import(Row("E", "2026-11-19", 40'812) + Row("W", "2026-11-19", 512, "kgal"));
  Exchange(ExchangeOf(kAccount, "2026-11-21", 40'820, 0));
  RunCycle();
  EXPECT_EQ(Explain(kAccount).services(0).usage().formula(), "(40812 - 40000) x 1 = 812 kWh");
}

// An order that was closed in a tunnel tells of the old meter: it is no read of the new one.
TEST_P(MeterTest, AnOrdersReadOfTheOldMeterWaits) {
  LoadTariff();
  Open(Account(kAccount));
  Exchange(ExchangeOf(kAccount, "2026-11-10", 40'300, 7));
  work_order::v1::OrderClosed closed;
  work_order::v1::FieldResult& result = *closed.mutable_result();
  result.set_order_id(9);
  result.set_type(work_order::v1::ORDER_TYPE_READ);
  result.set_account_id(kAccount);
  result.set_agreement_id(kAccount * 10 + 1);
  result.set_meter_number("E" + std::to_string(kAccount));
  result.set_has_read(true);
  result.set_read_thousandths(40'350'000);
  result.set_read_date("2026-11-12");
  result.set_outcome(work_order::v1::OUTCOME_DONE);
  Deliver(agreement::ApplyOrders, closed);
  Deliver(agreement::ApplyOrders, closed);
  v1::ListOpenReadExceptionsRequest request;
  const auto waiting =
      Send<v1::ReadService>(&v1::ReadService::Stub::ListOpenReadExceptions, analyst_, request);
  ASSERT_EQ(waiting.exceptions_size(), 1);
  EXPECT_EQ(waiting.exceptions(0).reason(), "UNKNOWN_METER");
  EXPECT_EQ(waiting.exceptions(0).import_id(), 9);
}

TEST_P(MeterTest, RefusesInOrderOfPrecedence) {
  LoadTariff();
  Open(Account(kAccount));
  v1::ExchangeMeterRequest request = ExchangeOf(kAccount, "2026-11-10", 40'300, 7);
  const auto with = [&](const auto& change) {
    v1::ExchangeMeterRequest other = request;
    change(other);
    return other;
  };
  Exchange(with([](auto& r) { r.set_account_id(77), r.set_agreement_id(77); }), "ACCOUNT_UNKNOWN");
  Exchange(with([](auto& r) { r.set_agreement_id(77); }), "AGREEMENT_UNKNOWN");
  Exchange(with([](auto& r) { r.set_agreement_id(kAccount * 10 + 3); }), "NOT_METERED");
  Exchange(with([](auto& r) { r.set_old_meter_number("E1"); }), "METER_NOT_IN_PLACE");
  Exchange(with([](auto& r) { r.mutable_meter()->set_meter_number("W10000000009"); }),
           "METER_IN_USE");
  Exchange(with([](auto& r) { r.set_out_read_thousandths(39'999'000); }), "READ_REFUSED");
  Exchange(with([](auto& r) { r.set_exchange_date("2026-10-20"); }), "READ_REFUSED");
  EXPECT_EQ(BadFields(with([](auto& r) { r.set_exchange_date("2026-11-24"); })),
            (std::vector<std::string>{"exchange_date"}));
  EXPECT_EQ(BadFields(with([](v1::ExchangeMeterRequest& r) {
              r.set_out_read_thousandths(1'000'000'000);
              r.set_in_read_thousandths(100'000'000);
              r.mutable_meter()->set_meter_number(r.old_meter_number());
              r.mutable_meter()->set_unit("CCF");
              r.mutable_meter()->set_register_digits(5);
              r.mutable_meter()->set_multiplier_thousandths(10'000);
            })),
            (std::vector<std::string>{"out_read_thousandths", "in_read_thousandths",
                                      "meter.meter_number", "meter.unit", "meter.register_digits",
                                      "meter.multiplier_thousandths"}));
  // Whoever says that they have looked may put in another register, but no other unit.
  Exchange(with([](v1::ExchangeMeterRequest& r) {
    r.mutable_meter()->set_register_digits(5);
    r.mutable_meter()->set_multiplier_thousandths(10'000);
    r.set_differences_checked(true);
  }));
  EXPECT_EQ(Installations(kAccount * 10 + 1).installations_size(), 2);
}

TEST_P(MeterTest, TheSameRequestAgainHasNoSecondEffect) {
  LoadTariff();
  Open(Account(kAccount));
  v1::ExchangeMeterRequest request = ExchangeOf(kAccount, "2026-11-10", 40'300, 7);
  request.set_request_id(Key());
  Exchange(request);
  EXPECT_EQ(Exchange(request).installation_no(), 2);
  request.set_in_read_thousandths(8'000);
  Exchange(request, "REQUEST_ID_REUSED");
  const auto told = Emitted<v1::MeterExchanged>();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].old_meter_number(), "E10000000009");
  EXPECT_EQ(told[0].meter_number(), "N10000000009");
  const v1::ListInstallationsResponse meters = Installations(kAccount * 10 + 1);
  ASSERT_EQ(meters.installations_size(), 2);
  EXPECT_EQ(meters.installations(0).to_date(), "2026-11-10");
  EXPECT_EQ(meters.installations(1).to_date(), "");
}

TEST_P(MeterTest, AnExchangeNeedsItsPermission) {
  v1::ExchangeMeterRequest request = ExchangeOf(kAccount, "2026-11-10", 40'300, 7);
  request.set_request_id(Key());
  Send<v1::MeterService>(&v1::MeterService::Stub::ExchangeMeter, supervisor_, request,
                         "PERMISSION_MISSING");
}

// A bill of two meters is set aside as any other: its read is, the exchange is not.
TEST_P(MeterTest, ADiscardedBillOfTwoMetersIsBilledAgain) {
  LoadTariff();
  Open(Account(kAccount));
  SetMorning("2026-10-31");
  Import(Row("E", "2026-10-30", 40'500) + Row("W", "2026-10-30", 505, "kgal"));
  RunCycle(7, "2026-10-31");
  SetMorning("2026-11-23");
  Exchange(ExchangeOf(kAccount, "2026-11-10", 40'800, 7));
  Import(Row("N", "2026-11-19", 10'007) + Row("W", "2026-11-19", 510, "kgal"));
  const v1::CycleRun started = StartCycle();
  Work();
  v1::ListHeldBillsRequest list;
  list.set_cycle_id(started.cycle_id());
  const auto held = Send<v1::CycleService>(&v1::CycleService::Stub::ListHeldBills, analyst_, list);
  ASSERT_EQ(held.bills_size(), 1);
  v1::ReviewBillRequest review;
  review.set_request_id(Key());
  review.set_account_id(kAccount);
  review.set_bill_id(held.bills(0).bill_id());
  review.set_decision(v1::REVIEW_DECISION_CONFIRM_HOLD);
  review.set_reason("a digit too many");
  Send<v1::CycleService>(&v1::CycleService::Stub::ReviewBill, supervisor_, review);
  ExpectProven();
  EXPECT_EQ(Import(Row("N", "2026-11-19", 107)).accepted_count(), 1);
  SignOff(GetCycle(started.cycle_id()), supervisor_);
  PostCycle(started.cycle_id());
  Work();
  SetMorning("2026-11-24");
  RunCycle(7, "2026-11-23");
  EXPECT_EQ(Explain(kAccount).services(0).usage().formula(),
            "E10000000009: (40800 - 40500) x 1; N10000000009: (107 - 7) x 1; together 400 kWh");
}

}  // namespace
}  // namespace reeve::billing
