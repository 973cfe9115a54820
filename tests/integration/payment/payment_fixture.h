// The payment service in one process, on a database of its own, on a Monday morning.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "reeve/verify/v1/verify_service.grpc.pb.h"
#include "services/payment/bank_deposit/bank_deposit_service.h"
#include "services/payment/drawer/drawer_service.h"
#include "services/payment/migrations.h"
#include "services/payment/payment/payment_service.h"
#include "services/payment/remittance/remittance_service.h"
#include "services/payment/vault/vault_service.h"
#include "services/payment/verify/verify_service.h"
#include "services/payment/verify/verify_store.h"
#include "services/payment/wire.h"
#include "shared/process/system_seams.h"
#include "shared/rpc/client.h"
#include "shared/testing/fake_clock.h"
#include "shared/testing/in_process_server.h"
#include "shared/testing/temporary_database.h"

namespace reeve::payment {

// Billing, as the test has it answer.
class FakeAllocations final : public AllocationPreview {
 public:
  Result<Allocation> Preview(const Call&, AccountId, Money, std::span<const Direction>) override {
    return answer;
  }
  // What was put into `owed_first`, once each; then `owed`.
  void AskOwed(const Call&, AccountId, Answer answered) override {
    ++asked;
    if (owed_first.empty()) return answered(owed);
    const Result<Owed> first = owed_first.front();
    owed_first.pop_front();
    answered(first);
  }
  Result<Allocation> answer = Allocation();
  Result<Owed> owed = Owed();
  std::deque<Result<Owed>> owed_first;
  std::atomic<int> asked{0};
};

// What main.cc composes.
class Program {
 public:
  Program(db::Database& database, const Clock& clock)
      : server_("payment", database, Migrations(), &clock),
        meters_(s().metrics()),
        drawers_(s().server(), database, s().frame(), meters_),
        vaults_(s().server(), database, s().frame(), s().random(), meters_),
        payments_(s().server(), database, s().frame(), s().background(), allocations_, meters_),
        stubs_(s().server()),
        deposits_(s().server(), database, s().frame(), s().random(), meters_) {
    s().Register(drawers_);
    s().Register(vaults_);
    s().Register(payments_);
    s().Register(stubs_);
    s().Register(deposits_);
    s().AddCheck(CheckBooks);
    s().AddVerifier([this](auto& tx, const auto& request, auto& response) {
      VerifyEvents(tx, s().feed(), request, response);
    });
    server_.Start();
  }
  // Batches and calls end before what they use.
  ~Program() { server_.Stop(); }

  process::Service& s() { return server_.service(); }
  testing::InProcessServer& server() { return server_; }
  FakeAllocations& allocations() { return allocations_; }

 private:
  testing::InProcessServer server_;
  FakeAllocations allocations_;
  Meters meters_;
  DrawerService drawers_;
  VaultService vaults_;
  PaymentService payments_;
  RemittanceService stubs_;
  BankDepositService deposits_;
};

class PaymentDay : public ::testing::TestWithParam<db::Engine> {
 protected:
  static constexpr std::int64_t kVault = 100;
  static constexpr std::int64_t kAccount = 345678901;  // 00345678901

  struct Person {
    PersonId id;
    std::string token;
  };

  PaymentDay() { Start(); }

  void Start() {
    program_ = std::make_unique<Program>(*database_, clock_);
    cashier_ = SignIn(7);
    other_cashier_ = SignIn(17);
    supervisor_ = SignIn(8, {"drawer.accept_variance", "payment.approve_void",
                             "custody.accept_into_vault", "bank_deposit.accept_difference"});
    custodian_ = SignIn(12, {"custody.accept_into_vault"});
    accountant_ = SignIn(20);
  }
  // As after a crash: only what was committed is left.
  void Restart() {
    program_.reset();
    database_.Reopen();
    Start();
  }

  Person SignIn(std::int64_t person, std::set<std::string, std::less<>> more = {}) {
    std::set<std::string, std::less<>> permissions = {
        "drawer.create",      "drawer.open",          "drawer.count",     "drawer.close",
        "drawer.get",         "vault.create",         "vault.get",        "custody.initiate",
        "custody.accept",     "custody.cancel",       "custody.get",      "payment.take",
        "payment.get",        "payment.request_void", "bank_deposit.get", "bank_deposit.prepare",
        "bank_deposit.carry", "verify.run",           "feed.watch"};
    permissions.merge(more);
    return SignInWith(person, std::move(permissions));
  }
  // With these permissions only.
  Person SignInWith(std::int64_t person, std::set<std::string, std::less<>> permissions) {
    return {PersonId(person), program_->server().SignIn(PersonId(person), std::move(permissions),
                                                        "Person " + std::to_string(person))};
  }

  // One call of `who`. A mutation without a request_id gets one of its own.
  template <class Stub, class Request, class Response>
  Result<Response> Ask(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                    Response*),
                       const Person& who, Request request) {
    return AskAt(*program_, method, who, std::move(request));
  }
  template <class Stub, class Request, class Response>
  Result<Response> AskAt(Program& program,
                         grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                      Response*),
                         const Person& who, Request request) {
    if constexpr (requires { request.set_request_id(""); }) {
      if (request.request_id().empty()) request.set_request_id(NewRequestId());
    }
    Stub stub(program.server().channel());
    const auto context = testing::InProcessServer::Context(who.token);
    Response response;
    const grpc::Status status = (stub.*method)(context.get(), request, &response);
    if (!status.ok()) return rpc::FromStatus(status);
    return response;
  }
  std::string NewRequestId() {
    std::string number = std::to_string(++requests_);
    return "request-" + std::string(16 - number.size(), '0') + number;
  }

  template <class T>
  static std::string ReasonOf(const Result<T>& result) {
    return result.ok() ? "" : result.error().reason();
  }

  static v1::Holding Holds(const Cash& cash, std::int64_t check_count = 0,
                           std::int64_t check_cents = 0, std::int64_t card_count = 0,
                           std::int64_t card_cents = 0) {
    return ToWire(Holding{cash, check_count, Money::Cents(check_cents), card_count,
                          Money::Cents(card_cents)});
  }
  static v1::Tender CashTender(const Cash& cash) {
    v1::Tender tender;
    tender.set_kind(v1::TENDER_KIND_CASH);
    ToWire(cash, tender.mutable_cash());
    return tender;
  }
  static v1::Tender CheckTender(std::int64_t cents, const std::string& number = "1001") {
    v1::Tender tender;
    tender.set_kind(v1::TENDER_KIND_CHECK);
    tender.set_amount_cents(cents);
    tender.set_check_number(number);
    tender.set_bank_last4("1234");
    return tender;
  }
  static v1::Tender CardTender(std::int64_t cents) {
    v1::Tender tender;
    tender.set_kind(v1::TENDER_KIND_CARD);
    tender.set_amount_cents(cents);
    tender.set_card_token("tok_9f3a2b71");
    return tender;
  }
  static v1::TakePaymentRequest Payment(std::int64_t drawer, std::int64_t cents,
                                        const std::vector<v1::Tender>& tenders) {
    v1::TakePaymentRequest request;
    request.set_drawer_id(drawer);
    request.set_account_id(kAccount);
    request.set_amount_cents(cents);
    for (const v1::Tender& tender : tenders) *request.add_tenders() = tender;
    return request;
  }

  void CreateDrawer(std::int64_t drawer) {
    v1::CreateDrawerRequest request;
    request.set_drawer_id(drawer);
    request.set_name("Counter " + std::to_string(drawer));
    ASSERT_TRUE(Ask(&v1::DrawerService::Stub::CreateDrawer, supervisor_, request).ok());
  }
  Result<v1::DrawerSession> Open(std::int64_t drawer, const Person& cashier) {
    v1::OpenDrawerRequest request;
    request.set_drawer_id(drawer);
    return Ask(&v1::DrawerService::Stub::OpenDrawer, cashier, request);
  }
  Result<v1::DrawerSession> Count(std::int64_t drawer, const Person& who,
                                  const v1::Holding& counted) {
    v1::SubmitCountRequest request;
    request.set_drawer_id(drawer);
    *request.mutable_counted() = counted;
    return Ask(&v1::DrawerService::Stub::SubmitCount, who, request);
  }
  Result<v1::DrawerSession> Close(std::int64_t drawer, const Person& who,
                                  const std::string& reason = "") {
    v1::CloseDrawerRequest request;
    request.set_drawer_id(drawer);
    request.set_over_short_reason(reason);
    return Ask(&v1::DrawerService::Stub::CloseDrawer, who, request);
  }
  Result<v1::Drawer> GetDrawer(std::int64_t drawer, const Person& who) {
    v1::GetDrawerRequest request;
    request.set_drawer_id(drawer);
    return Ask(&v1::DrawerService::Stub::GetDrawer, who, request);
  }
  Result<v1::Transfer> Initiate(v1::TransferKind kind, std::int64_t drawer, const Person& who,
                                const v1::Holding& counted) {
    v1::InitiateTransferRequest request;
    request.set_kind(kind);
    request.set_vault_id(kVault);
    request.set_drawer_id(drawer);
    *request.mutable_counted() = counted;
    return Ask(&v1::VaultService::Stub::InitiateTransfer, who, request);
  }
  Result<v1::Transfer> Accept(const v1::Transfer& transfer, const Person& who,
                              const v1::Holding& counted) {
    v1::AcceptTransferRequest request;
    request.set_drawer_id(transfer.drawer_id());
    request.set_transfer_id(transfer.transfer_id());
    *request.mutable_counted() = counted;
    return Ask(&v1::VaultService::Stub::AcceptTransfer, who, request);
  }
  Result<v1::Transfer> Cancel(const v1::Transfer& transfer, const Person& who) {
    v1::CancelTransferRequest request;
    request.set_drawer_id(transfer.drawer_id());
    request.set_transfer_id(transfer.transfer_id());
    request.set_reason("recount");
    return Ask(&v1::VaultService::Stub::CancelTransfer, who, request);
  }
  Result<v1::Receipt> Take(const v1::TakePaymentRequest& request, const Person& who) {
    return Ask(&v1::PaymentService::Stub::TakePayment, who, request);
  }

  // A vault with the city's change fund in it.
  void FillVault(const Cash& fund) {
    v1::CreateVaultRequest create;
    create.set_vault_id(kVault);
    create.set_name("City Hall vault");
    ASSERT_TRUE(Ask(&v1::VaultService::Stub::CreateVault, supervisor_, create).ok());
    const auto sent = Initiate(v1::TRANSFER_KIND_CHANGE_FUND, 0, supervisor_, Holds(fund));
    ASSERT_TRUE(sent.ok()) << sent.error().message();
    ASSERT_TRUE(Accept(*sent, custodian_, Holds(fund)).ok());
  }
  v1::Vault GetVault() {
    v1::GetVaultRequest request;
    request.set_vault_id(kVault);
    return Ask(&v1::VaultService::Stub::GetVault, supervisor_, request).value();
  }
  // Opens a drawer and hands it its starting cash.
  void OpenWith(std::int64_t drawer, const Person& cashier, const Cash& cash) {
    ASSERT_TRUE(Open(drawer, cashier).ok());
    if (cash.empty()) return;
    const auto sent = Initiate(v1::TRANSFER_KIND_STARTING_CASH, drawer, custodian_, Holds(cash));
    ASSERT_TRUE(sent.ok()) << sent.error().message();
    ASSERT_TRUE(Accept(*sent, cashier, Holds(cash)).ok());
  }
  // Counts what is really there, closes, and hands all to the vault.
  void TurnIn(std::int64_t drawer, const Person& cashier, const v1::Holding& contents) {
    const auto counted = Count(drawer, cashier, contents);
    ASSERT_TRUE(counted.ok()) << counted.error().message();
    const auto closed = Close(drawer, cashier);
    ASSERT_TRUE(closed.ok()) << closed.error().reason();
    const auto sent = Initiate(v1::TRANSFER_KIND_TURN_IN, drawer, cashier, contents);
    ASSERT_TRUE(sent.ok()) << sent.error().message();
    const auto accepted = Accept(*sent, custodian_, contents);
    ASSERT_TRUE(accepted.ok()) << accepted.error().message();
  }

  verify::v1::VerifyResponse Verify(const std::string& up_to_token = "") {
    verify::v1::VerifyRequest request;
    request.set_up_to_token(up_to_token);
    return Ask(&verify::v1::VerifyService::Stub::Verify, supervisor_, request).value();
  }
  void ExpectBooksHold() {
    const verify::v1::VerifyResponse response = Verify();
    for (const verify::v1::Check& check : response.checks()) {
      EXPECT_EQ(check.violation(), "") << check.name();
    }
  }
  static std::int64_t Total(const verify::v1::VerifyResponse& response, const std::string& name) {
    for (const auto& total : response.totals()) {
      if (total.name() == name) return total.value();
    }
    ADD_FAILURE() << "no total " << name;
    return 0;
  }

  process::SystemClock machine_clock_;
  testing::FakeClock clock_{"2026-11-23T07:45:00-07:00"};
  testing::TemporaryDatabase database_ =
      testing::TemporaryDatabase::Create(GetParam(), {}, machine_clock_);
  std::unique_ptr<Program> program_;
  std::atomic<int> requests_{0};
  Person cashier_, other_cashier_, supervisor_, custodian_, accountant_;
};

}  // namespace reeve::payment
