// Billing with bills that were made again, and one that was only cancelled.
#pragma once

#include <array>
#include <string>

#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/bill_service.grpc.pb.h"
#include "reeve/billing/v1/correction_proposal_service.grpc.pb.h"
#include "reeve/billing/v1/cycle_service.pb.h"
#include "reeve/billing/v1/read_service.pb.h"
#include "reeve/billing/v1/rebill_service.grpc.pb.h"
#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing {

class Remaking : public virtual Billing {
 protected:
  // October's bills of two accounts are made again, the first is posted; a third, which is new and
  // has these reads, is only cancelled, for a misread.
  void MakeAgain(std::array<std::int64_t, 2> rebilled, std::int64_t misread,
                 const std::string& reads) {
    const Instant now = clock_.Now();
    SetMorning("2026-06-30");
    for (const char* date : {"2026-07-01", "2026-08-01"}) {
      v1::LoadRebillPolicyRequest request;
      request.set_request_id(Key());
      v1::RebillPolicy& policy = *request.mutable_policy();
      policy.set_effective_date(date);
      policy.set_jurisdiction("the test city");
      policy.set_citation("Policy 11 of " + std::string(date));
      policy.set_binding(v1::RULE_BINDING_ADOPTED);
      policy.set_backbill_months(24);
      policy.set_interest(true);
      v1::CorrectionLimit& limit = *policy.add_limits();
      limit.set_permission("bill.limit_analyst");
      limit.set_amount_cents(500'00);
      policy.set_limit_days(30);
      Send<v1::RebillService>(&v1::RebillService::Stub::LoadRebillPolicy,
                              server_.SignIn(PersonId(21), {"rebill.set_policy"}), request);
    }
    clock_.Set(now);
    for (const std::int64_t account_id : rebilled) {
      v1::PreviewRebillRequest look;
      *look.mutable_correction() = CorrectionOf(account_id, "2026-10-31");
      look.set_due_date(account_id == rebilled[0] ? "2026-12-20" : "2026-12-24");
      v1::RebillBillRequest request;
      request.set_request_id(Key());
      *request.mutable_correction() = look.correction();
      request.set_due_date(look.due_date());
      request.set_digest(
          Send<v1::RebillService>(&v1::RebillService::Stub::PreviewRebill, analyst_, look)
              .digest());
      const v1::Rebill made =
          Send<v1::RebillService>(&v1::RebillService::Stub::RebillBill, analyst_, request);
      if (account_id != rebilled[0]) continue;
      SignOff(GetCycle(made.bill().cycle_id()), supervisor_);
      PostCycle(made.bill().cycle_id());
      Work();
    }
    Open(Account(misread, 19));
    Import(reads);
    RunCycle(19);
    v1::PreviewCancellationRequest look;
    *look.mutable_correction() = CorrectionOf(misread, "2026-11-23");
    look.mutable_correction()->add_misread_services("water");
    v1::ProposeCorrectionRequest request;
    request.set_request_id(Key());
    *request.mutable_correction() = look.correction();
    request.set_digest(
        Send<v1::RebillService>(&v1::RebillService::Stub::PreviewCancellation, analyst_, look)
            .digest());
    WithdrawCorrection(Send<Proposals>(&Proposals::Stub::ProposeCorrection, analyst_, request));
    request.set_request_id(Key());
    ApproveCorrection(Send<Proposals>(&Proposals::Stub::ProposeCorrection, analyst_, request));
  }
  using Proposals = v1::CorrectionProposalService;
  void WithdrawCorrection(const v1::CorrectionProposal& proposal) {
    v1::WithdrawProposalRequest request;
    request.set_request_id(Key());
    request.set_account_id(proposal.correction().account_id());
    request.set_bill_id(proposal.correction().bill_id());
    request.set_proposal_no(proposal.proposal_no());
    request.set_decision("asked too early");
    Send<Proposals>(&Proposals::Stub::WithdrawProposal, analyst_, request);
  }
  // By somebody with a limit of their own.
  void ApproveCorrection(const v1::CorrectionProposal& proposal) {
    const std::string token =
        server_.SignIn(PersonId(22), {"bill.approve_correction", "bill.limit_analyst"});
    v1::PreviewProposalRequest look;
    look.set_account_id(proposal.correction().account_id());
    look.set_bill_id(proposal.correction().bill_id());
    look.set_proposal_no(proposal.proposal_no());
    v1::ApproveProposalRequest request;
    request.set_request_id(Key());
    request.set_account_id(look.account_id());
    request.set_bill_id(look.bill_id());
    request.set_proposal_no(look.proposal_no());
    request.set_digest(Send<Proposals>(&Proposals::Stub::PreviewProposal, token, look).digest());
    Send<Proposals>(&Proposals::Stub::ApproveProposal, token, request);
  }
  // The account's bill of that day.
  v1::Correction CorrectionOf(std::int64_t account_id, const std::string& bill_date) {
    v1::ListBillsRequest list;
    list.set_account_id(account_id);
    const auto bills = Send<v1::BillService>(&v1::BillService::Stub::ListBills, analyst_, list);
    v1::Correction correction;
    correction.set_account_id(account_id);
    for (const v1::Bill& bill : bills.bills()) {
      if (bill.bill_date() == bill_date) correction.set_bill_id(bill.bill_id());
    }
    correction.set_cause(v1::REBILL_CAUSE_READ);
    correction.set_reason("the dials were read crosswise");
    correction.set_discovered_date("2026-11-20");
    return correction;
  }
};

}  // namespace reeve::billing
