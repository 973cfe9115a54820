// work_order: what is to be done in the field, by whom, when, and what came of it.
#include "services/work_order/appointment/appointment_service.h"
#include "services/work_order/crew/crew_service.h"
#include "services/work_order/field/field_service.h"
#include "services/work_order/intake/intake_service.h"
#include "services/work_order/migrations.h"
#include "services/work_order/order/order_service.h"
#include "services/work_order/verify/verify_service.h"
#include "services/work_order/watch/watch_service.h"
#include "shared/process/service.h"

int main(int argc, char** argv) {
  using namespace reeve;
  return process::Run("work_order", argc, argv, work_order::Migrations(), [](process::Service& s) {
    work_order::BillingShutoffGate gate(
        s.Channel("billing", {"reeve.billing.v1.CollectionsService"}));
    work_order::OrderChanges changes(s.frame(), s.random(), s.zone(), s.metrics());
    work_order::OrderService orders(s.server(), s.database(), changes);
    work_order::FieldService field(s.server(), changes, gate);
    work_order::AppointmentService appointments(s.server(), s.database(), changes, s.random(),
                                                s.zone());
    work_order::CrewService crews(s.server(), s.database(), s.frame());
    work_order::WatchService watch(s.server(), s.database(), s.feed(), s.background(), s.random(),
                                   s.metrics());
    work_order::Intake intake(changes);

    s.Register(orders);
    s.Register(field);
    s.Register(appointments);
    s.Register(crews);
    s.Register(watch);
    s.Consume("account", intake.AccountEvents(),
              [&](auto& change, auto events) { return intake.ApplyAccount(change, events); });
    s.Consume("billing", intake.BillingEvents(),
              [&](auto& change, auto events) { return intake.ApplyBilling(change, events); });
    s.AddCheck(work_order::CheckOrders);
    s.Serve();
  });
}
