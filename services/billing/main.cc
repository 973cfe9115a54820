// The billing service: rates, reads, cycles and bills, what is owed and paid, and collections.
#include <memory>

#include "services/billing/agreement/account_feed_service.h"
#include "services/billing/agreement/order_feed_service.h"
#include "services/billing/collections/payment_head_client.h"
#include "services/billing/cycle/cycle_work_service.h"
#include "services/billing/migrations.h"
#include "services/billing/open_faces.h"
#include "services/billing/receivable/payment_feed_service.h"
#include "services/billing/statement/print_work_service.h"
#include "services/billing/verify/verify_service.h"
#include "shared/process/service.h"

namespace reeve::billing {
namespace {

void Compose(process::Service& s) {
  collections::PaymentHeadClient payment_head(
      s.Channel("payment", {collections::PaymentHeadClient::kCalls}));
  const std::shared_ptr<Faces> faces = OpenFaces(s, payment_head);

  s.Consume("account", agreement::AccountEvents(), agreement::ApplyAccounts);
  receivable::PaymentFeed payments(s.machine_clock());
  s.Consume("payment", receivable::PaymentEvents(),
            [&](auto& change, auto events) { return payments.Apply(change, events); });
  s.Consume("work_order", agreement::OrderEvents(), agreement::ApplyOrders);
  s.AddVerifier(verify::Verify);

  cycle::CycleWork work(s.frame(), s.database(), {s.clock(), s.machine_clock(), s.zone()},
                        s.background(), s.metrics());
  work.Start();
  statement::PrintWork prints(s.frame(), s.database(), {s.clock(), s.machine_clock(), s.zone()},
                              s.background());
  prints.Start();
  s.Serve();
}

}  // namespace
}  // namespace reeve::billing

int main(int argc, char** argv) {
  return reeve::process::Run("billing", argc, argv, reeve::billing::Migrations(),
                             reeve::billing::Compose);
}
