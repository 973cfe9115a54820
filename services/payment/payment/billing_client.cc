#include "services/payment/payment/billing_client.h"

#include "shared/rpc/client.h"

namespace reeve::payment {
namespace {

using rpc::CallScope;

constexpr const char* kOwnName = "payment";

Result<Owed> OwedOf(const billing::v1::Balance& balance) {
  Owed owed;
  for (const auto& service : balance.services()) {
    REEVE_ASSIGN_OR_RETURN(const Money open, Money::FromCents(service.open_cents()));
    if (!open.is_zero()) owed.services[service.service()] = open;
  }
  return owed;
}

}  // namespace

// Asked in payment's own name: whoever may take a payment may see how it would be spread.
Result<Allocation> BillingClient::Preview(const Call& call, AccountId account, Money amount,
                                          std::span<const Direction> directions) {
  Allocation allocation;
  {
    billing::v1::GetBalanceRequest request;
    request.set_account_id(account.value());
    billing::v1::Balance balance;
    CallScope scope(call, kOwnName, CallScope::Identity::kAsService);
    const grpc::Status status = receivables_->GetBalance(scope.context(), request, &balance);
    if (!status.ok()) return rpc::FromStatus(status);
    REEVE_ASSIGN_OR_RETURN(allocation.balance, Money::FromCents(balance.total_cents()));
    REEVE_ASSIGN_OR_RETURN(allocation.owed, OwedOf(balance));
  }
  billing::v1::PreviewAllocationRequest request;
  request.set_account_id(account.value());
  request.set_amount_cents(amount.cents());
  for (const Direction& direction : directions) {
    auto* wire = request.add_directions();
    wire->set_service(direction.service);
    wire->set_amount_cents(direction.amount.cents());
  }
  billing::v1::PreviewAllocationResponse response;
  CallScope scope(call, kOwnName, CallScope::Identity::kAsService);
  const grpc::Status status = receivables_->PreviewAllocation(scope.context(), request, &response);
  if (!status.ok()) return rpc::FromStatus(status);
  REEVE_ASSIGN_OR_RETURN(allocation.credit, Money::FromCents(response.credit_cents()));
  for (const auto& line : response.lines()) {
    REEVE_ASSIGN_OR_RETURN(const Money share, Money::FromCents(line.amount_cents()));
    allocation.shares.push_back({line.service(), line.charge_description(), share});
  }
  return allocation;
}

void BillingClient::AskOwed(const Call& call, AccountId account, Answer answer) {
  struct Asked {
    explicit Asked(const Call& call) : scope(call, kOwnName, CallScope::Identity::kAsService) {}
    CallScope scope;
    billing::v1::GetBalanceRequest request;
    billing::v1::Balance balance;
  };
  const auto asked = std::make_shared<Asked>(call);
  asked->request.set_account_id(account.value());
  receivables_->async()->GetBalance(
      asked->scope.context(), &asked->request, &asked->balance,
      [asked, answer = std::move(answer)](const grpc::Status& status) {
        if (!status.ok()) return answer(rpc::FromStatus(status));
        answer(OwedOf(asked->balance));
      });
}

}  // namespace reeve::payment
