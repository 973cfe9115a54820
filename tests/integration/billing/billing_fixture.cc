#include "tests/integration/billing/billing_fixture.h"

#include <set>

#include "reeve/account/v1/events.pb.h"
#include "reeve/account/v1/types.pb.h"
#include "reeve/payment/v1/events.pb.h"
#include "services/billing/agreement/account_feed_service.h"
#include "services/billing/cycle/cycle_work_service.h"
#include "services/billing/migrations.h"
#include "services/billing/open_faces.h"

namespace reeve::billing {

Billing::Billing()
    : server_("billing", *database_, Migrations(), &clock_),
      work_(std::make_unique<cycle::CycleWork>(
          server_.service().frame(), *database_,
          cycle::CycleWork::Clocks{clock_, machine_clock_, server_.service().zone()},
          server_.service().background(), server_.service().metrics())),
      faces_(OpenFaces(server_.service(), payment_head_)),
      analyst_(server_.SignIn(PersonId(7), {"rate.load",
                                            "rate.view",
                                            "rate.preview",
                                            "rate.activate",
                                            "rate.withdraw",
                                            "read.import",
                                            "read.view",
                                            "meter.exchange",
                                            "read.edit",
                                            "read.estimate",
                                            "read.record",
                                            "read.set_policy",
                                            "cycle.start",
                                            "cycle.view",
                                            "cycle.sign_off",
                                            "cycle.post",
                                            "guard.set_policy",
                                            "guard.activate_policy",
                                            "control_total.record",
                                            "bill.view",
                                            "bill.review",
                                            "bill.cancel",
                                            "bill.rebill",
                                            "bill.limit_analyst",
                                            "rebill.set_policy",
                                            "ledger.view",
                                            "receivable.view",
                                            "receivable.preview",
                                            "receivable.set_policy",
                                            "adjustment.view",
                                            "adjustment.post",
                                            "adjustment.reverse",
                                            "adjustment.limit_clerk",
                                            "notice.record",
                                            "collections.view",
                                            "collections.set_policy",
                                            "dispute.open",
                                            "dispute.decide",
                                            "disconnect.request",
                                            "disconnect.check"})),
      supervisor_(server_.SignIn(
          PersonId(9),
          {"rebill.set_policy", "cycle.sign_off", "cycle.view", "bill.review", "bill.view",
           "dispute.decide", "rate.preview", "rate.activate", "rate.withdraw",
           "guard.activate_policy", "adjustment.view", "adjustment.post", "adjustment.approve",
           "adjustment.reverse", "adjustment.limit_supervisor", "bill.approve_correction",
           "bill.limit_supervisor"})),
      reviewer_(server_.SignIn(PersonId(11), {"bill.review", "cycle.view"})) {
  server_.Start();
  channel_ = server_.channel();
}
Billing::~Billing() = default;

void Billing::ExpectReason(const grpc::Status& status, const std::string& reason) {
  EXPECT_EQ(testing::ReasonOf(status), reason) << status.error_message();
  EXPECT_EQ(status.ok(), reason.empty()) << status.error_message();
}

void Billing::DeliverAll(Apply apply, const std::vector<feed::Event>& events) {
  const Result<> applied = server_.service().frame().Apply(
      MakeCall(), 1, [&](command::Change& change) { return apply(change, events); });
  ASSERT_TRUE(applied.ok());
}

Call Billing::MakeCall() {
  Call call;
  call.caller = {CallerKind::kService, {}, "test"};
  call.permissions = std::make_shared<const std::set<std::string, std::less<>>>();
  call.now = clock_.Now();
  call.today = server_.service().zone().DateAt(call.now);
  call.deadline = machine_clock_.Now() + Duration::Seconds(60);
  return call;
}

std::vector<std::string> Billing::EmittedPayloads(const std::string& type) {
  std::vector<std::string> payloads;
  feed::Token token;
  (*database_).Read(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
    payloads.clear();
    const auto events = server_.service().feed().Read(tx, token, 100'000);
    for (const feed::Event& event : events.value()) {
      if (event.type == type) payloads.push_back(event.payload);
    }
  });
  return payloads;
}

account::v1::AccountOpened Billing::Account(std::int64_t account_id, int cycle,
                                            const std::string& start) {
  account::v1::AccountOpened opened;
  opened.set_account_id(account_id);
  opened.set_premise_id(account_id + 1);
  opened.set_customer_class(account::v1::CUSTOMER_CLASS_RESIDENTIAL);
  opened.set_open_date(start);
  const auto add = [&](int no, const char* service, const char* code, const char* meter,
                       const char* unit, std::int64_t read) {
    account::v1::AgreementSpec& spec = *opened.add_agreements();
    spec.set_agreement_id(account_id * 10 + no);
    spec.set_service(service);
    spec.set_schedule_code(code);
    spec.set_quantity_thousandths(1000);
    if (*meter != 0) spec.set_meter_number(meter + std::to_string(account_id));
    spec.set_unit(unit);
    spec.set_register_digits(*meter != 0 ? 6 : 0);
    spec.set_multiplier_thousandths(1000);
    spec.set_cycle(cycle);
    spec.set_in_service(true);
    spec.set_active(true);
    spec.set_start_date(start);
    spec.set_start_read_thousandths(read * 1000);
  };
  add(1, "electric", "E1", "E", "kWh", 40'000);
  add(2, "water", "W1", "W", "kgal", 500);
  add(3, "storm", "ST1", "", "", 0);
  return opened;
}

void Billing::Open(const account::v1::AccountOpened& opened) {
  Deliver(agreement::ApplyAccounts, opened);
}

void Billing::Work() {
  while (work_->Step(0) || work_->Step(1)) {
  }
}

void Billing::SetMorning(const std::string& date) {
  clock_.Set(server_.service().zone().ToInstant({Date::Parse(date).value(), 9 * 60}));
}

payment::v1::PaymentTaken Billing::Taken(std::int64_t account_id, std::int64_t cents, int receipt,
                                         const std::string& date) {
  payment::v1::PaymentTaken taken;
  taken.set_payment_id("7-1-" + std::to_string(receipt));
  taken.set_drawer_id(7);
  taken.set_session_no(1);
  taken.set_receipt_no(receipt);
  taken.set_account_id(account_id);
  taken.set_amount_cents(cents);
  taken.set_business_date(date);
  return taken;
}

payment::v1::PaymentReversed Billing::Reversed(const payment::v1::PaymentTaken& taken) {
  payment::v1::PaymentReversed reversed;
  reversed.set_payment_id(taken.payment_id());
  reversed.set_drawer_id(taken.drawer_id());
  reversed.set_account_id(taken.account_id());
  reversed.set_amount_cents(taken.amount_cents());
  reversed.set_business_date(taken.business_date());
  return reversed;
}

verify::Proof Billing::Prove() {
  verify::Proof proof;
  (*database_).Read(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
    proof = verify::ProveAll(tx);
  });
  return proof;
}

void Billing::ExpectProven() {
  const verify::Proof proof = Prove();
  for (const Finding& finding : proof.findings) {
    EXPECT_EQ(finding.violation, "") << finding.check;
  }
}

void Billing::TearDown() { ExpectProven(); }

}  // namespace reeve::billing
