#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/cycle_service.pb.h"
#include "reeve/billing/v1/ledger_service.grpc.pb.h"
#include "reeve/billing/v1/read_service.pb.h"
#include "reeve/billing/v1/receivable_service.pb.h"
#include "reeve/payment/v1/events.pb.h"
#include "services/billing/agreement/account_feed_service.h"
#include "services/billing/receivable/payment_feed_service.h"
#include "shared/rpc/error.h"
#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing {
namespace {

constexpr std::int64_t kAccount = 10000000009;
constexpr std::int64_t kBillCents = 21'26 + 29'00 + 8'05;

class LedgerTest : public Billing {
 protected:
  void SetUp() override {
    LoadTariff();
    Open(Account(kAccount));
    Import("E" + std::to_string(kAccount) + ",2026-11-19,40100,kWh\nW" + std::to_string(kAccount) +
           ",2026-11-19,510,kgal\n");
    RunCycle();  // posted on 2026-11-23, due on 2026-12-15
  }
  v1::TrialBalance TrialBalance(const std::string& from = {}, const std::string& through = {},
                                const std::string& reason = {}) {
    v1::GetTrialBalanceRequest request;
    request.set_from_date(from);
    request.set_through_date(through);
    return Send<v1::LedgerService>(&v1::LedgerService::Stub::GetTrialBalance, analyst_, request,
                                   reason);
  }
  v1::AgedReceivables Aging(const std::string& on = {}, const std::string& reason = {}) {
    v1::GetAgedReceivablesRequest request;
    request.set_aged_date(on);
    return Send<v1::LedgerService>(&v1::LedgerService::Stub::GetAgedReceivables, analyst_, request,
                                   reason);
  }
  static v1::TrialBalanceLine LineOf(const v1::TrialBalance& report, const std::string& account) {
    for (const v1::TrialBalanceLine& line : report.lines()) {
      if (line.ledger_account() == account) return line;
    }
    return {};
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, LedgerTest, testing::BothEngines(), testing::EngineName);

TEST_P(LedgerTest, ATrialBalanceBalancesAndHasOpeningAndClosing) {
  Deliver(receivable::ApplyPayments, Taken(kAccount, 100'00, 1, "2026-11-24"));
  v1::TrialBalance report = TrialBalance();
  EXPECT_TRUE(report.balanced());
  EXPECT_EQ(report.debit_cents(), kBillCents + 100'00);
  EXPECT_EQ(report.credit_cents(), report.debit_cents());
  EXPECT_EQ(LineOf(report, "receivable-electric").closing_cents(), 0);
  EXPECT_EQ(LineOf(report, "revenue-water").credit_cents(), 29'00);
  EXPECT_EQ(LineOf(report, "customer-credit").closing_cents(), kBillCents - 100'00);
  EXPECT_EQ(LineOf(report, "clearing").fund(), "pooled-cash");

  report = TrialBalance("2026-11-24", "2026-11-30");
  EXPECT_TRUE(report.balanced());
  EXPECT_EQ(report.debit_cents(), 100'00) << "the bill lies before";
  EXPECT_EQ(report.posting_count(), 5) << "clearing, three receivables, credit";
  EXPECT_EQ(LineOf(report, "receivable-water").opening_cents(), 29'00);
  EXPECT_EQ(LineOf(report, "receivable-water").credit_cents(), 29'00);
  EXPECT_EQ(LineOf(report, "receivable-water").closing_cents(), 0);

  report = TrialBalance({}, "2026-11-23");
  EXPECT_TRUE(report.balanced());
  EXPECT_EQ(LineOf(report, "receivable-water").closing_cents(), 29'00) << "the payment came later";
  EXPECT_EQ(LineOf(report, "clearing").ledger_account(), "");
}

TEST_P(LedgerTest, AgesAreCountedFromTheDueDateAndTieOutToTheLedger) {
  v1::AgedReceivables report = Aging();
  EXPECT_EQ(report.aged_date(), "2026-11-23");
  EXPECT_EQ(report.services_size(), 3);
  EXPECT_EQ(report.all().not_due_cents(), kBillCents);
  EXPECT_TRUE(report.ties_out());
  report = Aging("2027-01-20");
  EXPECT_EQ(report.all().not_due_cents(), 0);
  EXPECT_EQ(report.all().days_31_to_60_cents(), kBillCents);
  EXPECT_EQ(report.all().total_cents(), kBillCents);
  EXPECT_EQ(report.services(0).service(), "electric");
  EXPECT_EQ(report.services(0).total_cents(), 21'26);

  Deliver(receivable::ApplyPayments, Taken(kAccount, 100'00, 1), Taken(kAccount + 500, 5'00, 2));
  report = Aging();
  EXPECT_EQ(report.all().total_cents(), 0);
  EXPECT_EQ(report.credit_cents(), 100'00 - kBillCents) << "never netted against what is owed";
  EXPECT_EQ(report.credit_account_count(), 1);
  EXPECT_TRUE(report.ties_out()) << "unapplied cash too";
}

TEST_P(LedgerTest, ADepositIsALiabilityThatTiesOut) {
  account::v1::ApplicationAccepted accepted;
  accepted.set_application_id(77);
  accepted.set_account_id(kAccount);
  accepted.set_premise_id(kAccount + 1);
  account::v1::ApplicationCharge& deposit = *accepted.add_charges();
  deposit.set_service("electric");
  deposit.set_kind(account::v1::APPLICATION_CHARGE_KIND_DEPOSIT);
  deposit.set_code("E-DEP-MIN");
  deposit.set_amount_cents(100'00);
  Deliver(agreement::ApplyAccounts, accepted);
  Deliver(receivable::ApplyPayments, Taken(kAccount, 40'00, 1));
  const v1::AgedReceivables report = Aging();
  EXPECT_TRUE(report.ties_out());
  EXPECT_EQ(report.all().total_cents(), kBillCents + 100'00 - 40'00);
  std::int64_t held = 0;
  for (const v1::TieOut& tie : report.ties()) {
    if (tie.ledger_account() == "customer-deposits") held = tie.item_cents();
  }
  EXPECT_EQ(held, -GetBalance(kAccount).deposits_held_cents());
}

TEST_P(LedgerTest, OpenItemsThatWereTamperedWithDoNotTieOut) {
  constexpr db::Query kTamper{
      "tamper", "UPDATE charge SET open_cents = open_cents - 1 WHERE service = 'water'"};
  constexpr db::Query kMend{
      "mend", "UPDATE charge SET open_cents = open_cents + 1 WHERE service = 'water'"};
  const auto run = [&](const db::Query& query) {
    (*database_).Write(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      tx.Execute(query);
      return db::Verdict::kCommit;
    });
  };
  run(kTamper);
  const v1::AgedReceivables report = Aging();
  EXPECT_FALSE(report.ties_out());
  run(kMend);
  EXPECT_TRUE(Aging().ties_out());
}

TEST_P(LedgerTest, EveryBadFieldIsNamed) {
  v1::GetTrialBalanceRequest request;
  request.set_from_date("yesterday");
  request.set_through_date("2026-02-30");
  const auto stub = v1::LedgerService::NewStub(channel_);
  v1::TrialBalance response;
  const auto context = testing::InProcessServer::Context(analyst_);
  const grpc::Status status = stub->GetTrialBalance(context.get(), request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const Error error = rpc::FromStatus(status);
  ASSERT_EQ(error.violations().size(), 2u);
  EXPECT_EQ(error.violations()[0].field, "from_date");
  EXPECT_EQ(error.violations()[1].field, "through_date");
  TrialBalance("2026-11-30", "2026-11-01", "INVALID_REQUEST");
  Aging("30.11.2026", "INVALID_REQUEST");
  const v1::AgedReceivables refused =
      Send<v1::LedgerService>(&v1::LedgerService::Stub::GetAgedReceivables, supervisor_,
                              v1::GetAgedReceivablesRequest(), "PERMISSION_MISSING");
  EXPECT_EQ(refused.services_size(), 0);
}

}  // namespace
}  // namespace reeve::billing
