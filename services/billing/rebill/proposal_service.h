// CorrectionProposalService: corrections that take two (correction_proposal_service.proto says what
// each call does and refuses).
#pragma once

#include "reeve/billing/v1/correction_proposal_service.grpc.pb.h"
#include "services/billing/rebill/act_service.h"
#include "shared/command/command.h"
#include "shared/rpc/server.h"

namespace reeve::billing::rebill {

namespace reason {
inline constexpr Reason kProposalUnknown{"PROPOSAL_UNKNOWN"};
inline constexpr Reason kAlreadyProposed{"ALREADY_PROPOSED"};
inline constexpr Reason kNotProposed{"NOT_PROPOSED"};
inline constexpr Reason kNotYourProposal{"NOT_YOUR_PROPOSAL"};
inline constexpr Reason kDueDatePassed{"DUE_DATE_PASSED"};
}  // namespace reason

class ProposalService final : public v1::CorrectionProposalService::CallbackService {
 public:
  ProposalService(rpc::Server& server, command::Frame& frame, db::Database& database,
                  const TimeZone& zone, obs::Metrics& metrics)
      : server_(server), frame_(frame), database_(database), zone_(zone), meters_(metrics) {}

  grpc::ServerUnaryReactor* ProposeCorrection(grpc::CallbackServerContext* context,
                                              const v1::ProposeCorrectionRequest* request,
                                              v1::CorrectionProposal* response) override;
  grpc::ServerUnaryReactor* PreviewProposal(grpc::CallbackServerContext* context,
                                            const v1::PreviewProposalRequest* request,
                                            v1::ProposalPreview* response) override;
  grpc::ServerUnaryReactor* ApproveProposal(grpc::CallbackServerContext* context,
                                            const v1::ApproveProposalRequest* request,
                                            v1::CorrectionProposal* response) override;
  grpc::ServerUnaryReactor* DeclineProposal(grpc::CallbackServerContext* context,
                                            const v1::DeclineProposalRequest* request,
                                            v1::CorrectionProposal* response) override;
  grpc::ServerUnaryReactor* WithdrawProposal(grpc::CallbackServerContext* context,
                                             const v1::WithdrawProposalRequest* request,
                                             v1::CorrectionProposal* response) override;
  grpc::ServerUnaryReactor* ListProposals(grpc::CallbackServerContext* context,
                                          const v1::ListProposalsRequest* request,
                                          v1::ListProposalsResponse* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
  const TimeZone& zone_;
  Meters meters_;
};

}  // namespace reeve::billing::rebill
