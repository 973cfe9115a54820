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
  rpc::CallScope scope(call, "work_order");
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
