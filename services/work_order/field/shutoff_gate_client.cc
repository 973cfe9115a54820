#include "services/work_order/field/shutoff_gate_client.h"

#include "shared/rpc/client.h"

namespace reeve::work_order {
namespace {

Error NotConfirmed(std::string_view why) {
  return FailedPrecondition(reason::kShutoffNotConfirmed, "Billing has not confirmed the cut.")
      .With("why", std::string(why));
}

}  // namespace

Result<> BillingShutoffGate::MayDisconnect(const Call& call, const Order& cut) {
  // In this service's own name: whether a cut may be made does not depend on who holds the pliers.
  rpc::CallScope scope(call, "work_order", rpc::CallScope::Identity::kAsService);
  billing::v1::MayDisconnectRequest request;
  request.set_account_id(cut.account.value());
  request.set_order_id(cut.id.value());
  billing::v1::MayDisconnectResponse answer;
  const grpc::Status status = collections_->MayDisconnect(scope.context(), request, &answer);
  if (!status.ok()) return NotConfirmed(rpc::FromStatus(status).reason());
  if (!answer.may_disconnect()) return NotConfirmed(answer.reason());
  return Ok();
}

}  // namespace reeve::work_order
