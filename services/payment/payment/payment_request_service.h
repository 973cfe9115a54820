// What the payment RPCs ask for, parsed; every bad field is refused at once.
#pragma once

#include "reeve/payment/v1/payment_service.pb.h"
#include "services/payment/payment/payment.h"
#include "shared/core/fields.h"

namespace reeve::payment {

// Each is idempotent per request_id and changes one payment.
struct OfPayment {
  std::string request_id;
  PaymentId payment;
  std::int64_t home() const { return payment.drawer.value(); }
};

struct RequestVoidCommand : OfPayment {
  static constexpr std::string_view kMethod = "reeve.payment.v1.PaymentService/RequestVoid";
  std::string reason;
  Canonical canonical() const {
    return Canonical("RequestVoid", 1).Add("payment", payment.ToString()).Add("reason", reason);
  }
};

struct ApproveVoidCommand : OfPayment {
  static constexpr std::string_view kMethod = "reeve.payment.v1.PaymentService/ApproveVoid";
  Canonical canonical() const {
    return Canonical("ApproveVoid", 1).Add("payment", payment.ToString());
  }
};

struct DeclineVoidCommand : OfPayment {
  static constexpr std::string_view kMethod = "reeve.payment.v1.PaymentService/DeclineVoid";
  Canonical canonical() const {
    return Canonical("DeclineVoid", 1).Add("payment", payment.ToString());
  }
};

struct WithdrawVoidCommand : OfPayment {
  static constexpr std::string_view kMethod = "reeve.payment.v1.PaymentService/WithdrawVoid";
  Canonical canonical() const {
    return Canonical("WithdrawVoid", 1).Add("payment", payment.ToString());
  }
};

struct ChangeQuestion {
  DrawerId drawer;
  Money amount;
  Cash cash;
};

struct SplitQuestion {
  AccountId account;
  Money amount;
  std::vector<Direction> directions;
};

Result<TakePayment> Parse(const v1::TakePaymentRequest& request);
Result<RequestVoidCommand> Parse(const v1::RequestVoidRequest& request);
Result<ApproveVoidCommand> Parse(const v1::ApproveVoidRequest& request);
Result<DeclineVoidCommand> Parse(const v1::DeclineVoidRequest& request);
Result<WithdrawVoidCommand> Parse(const v1::WithdrawVoidRequest& request);
Result<ChangeQuestion> Parse(const v1::PreviewChangeRequest& request);
Result<SplitQuestion> Parse(const v1::PreviewPaymentRequest& request);
Result<PaymentId> Parse(const v1::GetReceiptRequest& request);

}  // namespace reeve::payment
