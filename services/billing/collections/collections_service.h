// CollectionsService: the gRPC face of notices, disputes and the cut for non-payment.
#pragma once

#include "reeve/billing/v1/collections_service.grpc.pb.h"
#include "services/billing/collections/disconnect_check_service.h"
#include "shared/command/command.h"
#include "shared/rpc/server.h"

namespace reeve::billing::collections {

namespace reason {
inline constexpr Reason kAccountUnknown{"ACCOUNT_UNKNOWN"};
inline constexpr Reason kAgreementNotActive{"AGREEMENT_NOT_ACTIVE"};
inline constexpr Reason kDisconnectOpen{"DISCONNECT_OPEN"};
inline constexpr Reason kDisputeUnknown{"DISPUTE_UNKNOWN"};
inline constexpr Reason kDisputeDecided{"DISPUTE_DECIDED"};
inline constexpr Reason kSamePerson{"SAME_PERSON"};
inline constexpr Reason kPolicyExists{"POLICY_EXISTS"};
}  // namespace reason

class CollectionsService final : public v1::CollectionsService::CallbackService {
 public:
  CollectionsService(rpc::Server& server, command::Frame& frame, db::Database& database,
                     Random& random, const BusinessCalendar& calendar, DisconnectCheck& check)
      : server_(server),
        frame_(frame),
        database_(database),
        random_(random),
        calendar_(calendar),
        check_(check) {}

  grpc::ServerUnaryReactor* RecordNotice(grpc::CallbackServerContext* context,
                                         const v1::RecordNoticeRequest* request,
                                         v1::Notice* response) override;
  grpc::ServerUnaryReactor* GetDelinquency(grpc::CallbackServerContext* context,
                                           const v1::GetDelinquencyRequest* request,
                                           v1::Delinquency* response) override;
  grpc::ServerUnaryReactor* OpenDispute(grpc::CallbackServerContext* context,
                                        const v1::OpenDisputeRequest* request,
                                        v1::Dispute* response) override;
  grpc::ServerUnaryReactor* DecideDispute(grpc::CallbackServerContext* context,
                                          const v1::DecideDisputeRequest* request,
                                          v1::Dispute* response) override;
  grpc::ServerUnaryReactor* RequestDisconnect(grpc::CallbackServerContext* context,
                                              const v1::RequestDisconnectRequest* request,
                                              v1::Disconnect* response) override;
  grpc::ServerUnaryReactor* MayDisconnect(grpc::CallbackServerContext* context,
                                          const v1::MayDisconnectRequest* request,
                                          v1::MayDisconnectResponse* response) override;
  grpc::ServerUnaryReactor* LoadShutoffPolicy(grpc::CallbackServerContext* context,
                                              const v1::LoadShutoffPolicyRequest* request,
                                              v1::ShutoffPolicy* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
  Random& random_;
  const BusinessCalendar& calendar_;
  DisconnectCheck& check_;
};

}  // namespace reeve::billing::collections
