// The gRPC face of payments.
#pragma once

#include "reeve/payment/v1/payment_service.grpc.pb.h"
#include "services/payment/meters.h"
#include "services/payment/payment/allocation_preview.h"
#include "services/payment/payment/owed_check_service.h"
#include "shared/command/batch.h"
#include "shared/command/command.h"
#include "shared/rpc/server.h"

namespace reeve::payment {

// Takes the payments of a batch in one transaction: one lock of the drawers' sessions, set-wise
// inserts, one update for each session. Answers one result per command; a refusal writes nothing.
std::vector<Result<v1::Receipt>> TakePayments(db::Transaction& tx,
                                              std::span<command::Change* const> changes,
                                              std::span<const TakePayment* const> commands,
                                              Meters& meters);

class PaymentService final : public v1::PaymentService::CallbackService {
 public:
  // `background` runs the batches.
  PaymentService(rpc::Server& server, db::Database& database, command::Frame& frame,
                 Executor& background, AllocationPreview& allocations, Meters& meters);

  grpc::ServerUnaryReactor* TakePayment(grpc::CallbackServerContext* context,
                                        const v1::TakePaymentRequest* request,
                                        v1::Receipt* response) override;
  grpc::ServerUnaryReactor* PreviewChange(grpc::CallbackServerContext* context,
                                          const v1::PreviewChangeRequest* request,
                                          v1::ChangePreview* response) override;
  grpc::ServerUnaryReactor* PreviewPayment(grpc::CallbackServerContext* context,
                                           const v1::PreviewPaymentRequest* request,
                                           v1::PaymentPreview* response) override;
  grpc::ServerUnaryReactor* GetReceipt(grpc::CallbackServerContext* context,
                                       const v1::GetReceiptRequest* request,
                                       v1::Receipt* response) override;
  grpc::ServerUnaryReactor* ListReceipts(grpc::CallbackServerContext* context,
                                         const v1::ListReceiptsRequest* request,
                                         v1::ListReceiptsResponse* response) override;
  grpc::ServerUnaryReactor* RequestVoid(grpc::CallbackServerContext* context,
                                        const v1::RequestVoidRequest* request,
                                        v1::Receipt* response) override;
  grpc::ServerUnaryReactor* ApproveVoid(grpc::CallbackServerContext* context,
                                        const v1::ApproveVoidRequest* request,
                                        v1::Receipt* response) override;
  grpc::ServerUnaryReactor* DeclineVoid(grpc::CallbackServerContext* context,
                                        const v1::DeclineVoidRequest* request,
                                        v1::Receipt* response) override;
  grpc::ServerUnaryReactor* WithdrawVoid(grpc::CallbackServerContext* context,
                                         const v1::WithdrawVoidRequest* request,
                                         v1::Receipt* response) override;

 private:
  rpc::Server& server_;
  db::Database& database_;
  command::Frame& frame_;
  AllocationPreview& allocations_;
  Meters& meters_;
  command::Batch<payment::TakePayment, v1::Receipt> take_payment_;
  OwedCheck owed_check_;
};

}  // namespace reeve::payment
