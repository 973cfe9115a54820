// account: customers, the places that are served, accounts, and the way from application to
// service.
#include "services/account/account/account_service.h"
#include "services/account/application/application_service.h"
#include "services/account/customer/customer_service.h"
#include "services/account/history/billing_feed_service.h"
#include "services/account/history/history_service.h"
#include "services/account/migrations.h"
#include "services/account/policy/policy_service.h"
#include "services/account/premise/premise_service.h"
#include "services/account/verify/verify_service.h"
#include "services/account/verify/verify_store.h"
#include "shared/process/service.h"

int main(int argc, char** argv) {
  using namespace reeve;
  return process::Run("account", argc, argv, account::Migrations(), [](process::Service& s) {
    account::CustomerService customers(s.server(), s.frame(), s.database(), s.random());
    account::PremiseService premises(s.server(), s.frame(), s.database(), s.metrics());
    account::AccountService accounts(s.server(), s.frame(), s.database(), s.random(), s.metrics());
    account::PolicyService policies(s.server(), s.frame(), s.database());
    account::ApplicationService applications(s.server(), s.frame(), s.database(), s.random(),
                                             s.metrics());
    account::HistoryService history(s.server(), s.frame(), s.database());
    account::BillingFeed billing(s.zone(), s.metrics());

    s.Register(customers);
    s.Register(premises);
    s.Register(accounts);
    s.Register(policies);
    s.Register(applications);
    s.Register(history);
    s.Consume("billing", account::BillingFeed::Types(),
              [&billing](command::Change& change, std::span<const feed::Event> events) {
                return billing.Apply(change, events);
              });
    s.AddCheck(account::CheckFiles);
    s.AddCheck(account::CheckAnnounced);
    s.Serve();
  });
}
