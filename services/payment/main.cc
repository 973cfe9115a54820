// The payment service: drawers, custody, payments, remittance stubs and bank deposits.
#include "services/payment/bank_deposit/bank_deposit_service.h"
#include "services/payment/drawer/drawer_service.h"
#include "services/payment/meters.h"
#include "services/payment/migrations.h"
#include "services/payment/payment/billing_client.h"
#include "services/payment/payment/payment_service.h"
#include "services/payment/remittance/remittance_service.h"
#include "services/payment/vault/vault_service.h"
#include "services/payment/verify/verify_service.h"
#include "services/payment/verify/verify_store.h"
#include "shared/process/service.h"

int main(int argc, char** argv) {
  using namespace reeve;
  return process::Run("payment", argc, argv, payment::Migrations(), [](process::Service& s) {
    payment::Meters meters(s.metrics());
    payment::BillingClient billing(s.Channel("billing", {payment::BillingClient::kService}));

    payment::DrawerService drawers(s.server(), s.database(), s.frame(), meters);
    payment::VaultService vaults(s.server(), s.database(), s.frame(), s.random(), meters);
    payment::PaymentService payments(s.server(), s.database(), s.frame(), s.background(), billing,
                                     meters);
    payment::RemittanceService stubs(s.server());
    payment::BankDepositService deposits(s.server(), s.database(), s.frame(), s.random(), meters);
    s.Register(drawers);
    s.Register(vaults);
    s.Register(payments);
    s.Register(stubs);
    s.Register(deposits);

    s.AddCheck(payment::CheckBooks);
    s.AddVerifier([&s](auto& tx, const auto& request, auto& response) {
      payment::VerifyEvents(tx, s.feed(), request, response);
    });
    s.background().Post([&] { payment::FollowUndeposited(s.database(), s.background(), meters); });
    s.Serve();
  });
}
