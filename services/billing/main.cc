// The billing service: rates, reads, cycles and bills, what is owed and paid, and collections.
#include <iostream>
#include <memory>
#include <string_view>

#include "services/billing/agreement/account_feed_service.h"
#include "services/billing/agreement/order_feed_service.h"
#include "services/billing/bill/sheet_wire_service.h"
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

// What a file of rate schedules would bill: no service, no database.
int PriceStandardInput() {
  v1::PriceSheetRequest request;
  if (!request.ParseFromIstream(&std::cin)) return 1;
  return bill::PriceSheet(request).SerializeToOstream(&std::cout) ? 0 : 1;
}

}  // namespace
}  // namespace reeve::billing

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "price")
    return reeve::billing::PriceStandardInput();
  return reeve::process::Run("billing", argc, argv, reeve::billing::Migrations(),
                             reeve::billing::Compose);
}
