// The part of the day about bills that were made: they are printed, adjusted, or cancelled and made
// again, and months are closed over them.
#include "tests/fault/api/day.h"

namespace reeve::fault {

void Day::PrintStatements() {
  const auto make = [&](const std::string& days) {
    Name("days", days);
    Do("billing.PrintService/MakePrintFile", "builder",
       R"({"cycle_id": $cycle, "days_to_pay_min": $days})");
    Keep("print", "print_file_id");
    Await("state", "PRINT_FILE_STATE_MADE", "billing.PrintService/GetPrintFile",
          R"({"print_file_id": $print})");
  };
  make("50");
  Do("billing.PrintService/AcknowledgeWithheld", "signer",
     R"({"print_file_id": $print, "cause": "TOO_LATE", "account_id": $account0,
         "reason": "Made up for this test"})");
  Do("billing.PrintService/RefusePrintFile", "signer",
     R"({"print_file_id": $print, "reason": "Nobody could pay in time"})");
  Await("state", "PRINT_FILE_STATE_REFUSED", "billing.PrintService/GetPrintFile",
        R"({"print_file_id": $print})");
  make("0");
  Do("billing.PrintService/GetProofSample", "signer", R"({"print_file_id": $print})");
  Name("sample", Quoted(Keep("sample", "sample_sha256")));
  Do("billing.PrintService/ReleasePrintFile", "signer",
     R"({"print_file_id": $print, "sample_sha256": $sample})");
}

void Day::Correct() {
  // Whoever loads a type adjusts nothing by it.
  Do("billing.AdjustmentService/LoadAdjustmentType", "cashier2",
     R"({"type": {"code": "WATER", "effective_date": "2026-01-01", "title": "Water adjustment",
         "citation": "Made up for this test", "effect": "ADJUSTMENT_EFFECT_CREDIT",
         "service": "water", "charge_kind": "CHARGE_KIND_USAGE",
         "ledger_account": "adjustments-water", "reasons": ["COURTESY"],
         "limits": [{"permission": "adjustment.limit_clerk", "amount_cents": 1000}],
         "limit_days": 30, "taker_days": 30}})");
  Do("billing.AdjustmentService/LoadAdjustmentType", "cashier2",
     R"({"type": {"code": "LEAK", "effective_date": "2026-01-01", "title": "Leak adjustment",
         "citation": "Made up for this test", "effect": "ADJUSTMENT_EFFECT_CREDIT",
         "service": "water", "charge_kind": "CHARGE_KIND_USAGE",
         "ledger_account": "adjustments-water", "reasons": ["LEAK_REPAIRED"],
         "needs_document": true,
         "limits": [{"permission": "adjustment.limit_clerk", "amount_cents": 1000}],
         "limit_days": 30, "taker_days": 30,
         "leak": {"normal": "LEAK_NORMAL_PERIODS_BEFORE", "normal_count": 3,
                  "trigger_percent": 150, "above_percent": 100, "credit_percent": 50,
                  "periods_max": 1, "periods_credited_max": 1, "step_thousandths": 1000,
                  "rounding": "LEAK_ROUNDING_UP", "again": "LEAK_AGAIN_AFTER_MONTHS",
                  "again_months": 12}}})");
  Do("billing.AdjustmentService/LoadAdjustmentType", "cashier2",
     R"({"type": {"code": "MILITARY", "effective_date": "2026-01-01", "title": "Deployment",
         "citation": "Made up for this test", "effect": "ADJUSTMENT_EFFECT_CREDIT",
         "service": "water", "charge_kind": "CHARGE_KIND_USAGE",
         "ledger_account": "adjustments-water", "reasons": ["ORDERS"], "needs_document": true,
         "limits": [{"permission": "adjustment.limit_clerk", "amount_cents": 1000}],
         "limit_days": 30, "taker_days": 30,
         "monthly": {"amount_cents": 700, "after_months": 2, "at_most_billed": true}}})");
  // Looked at and entered by one person. What is above the limit waits for another.
  const auto enter = [&](int cents) {
    Name("spec", R"({"account_id": $account0, "type_code": "WATER", "amount_cents": )" +
                     std::to_string(cents) + R"(, "reason_code": "COURTESY", "note": "As asked"})");
    Do("billing.AdjustmentService/PreviewAdjustment", "builder", R"({"adjustment": $spec})");
    Name("digest", Quoted(Keep("digest", "digest")));
    Do("billing.AdjustmentService/PostAdjustment", "builder",
       R"({"adjustment": $spec, "digest": $digest})");
    Name("adjustment",
         R"("account_id": $account0, "adjustment_no": )" + Text(*last_, "adjustment_no"));
  };
  enter(700);
  Do("billing.AdjustmentService/PreviewReversal", "builder", "{$adjustment}");
  Name("digest", Quoted(Keep("digest", "digest")));
  Do("billing.AdjustmentService/ReverseAdjustment", "builder",
     R"({$adjustment, "reason": "Another account was meant", "digest": $digest})");
  enter(600);
  enter(500);
  Do("billing.AdjustmentService/PreviewApproval", "signer", "{$adjustment}");
  Name("digest", Quoted(Keep("digest", "digest")));
  Do("billing.AdjustmentService/ApproveAdjustment", "signer",
     R"({$adjustment, "digest": $digest})");
  enter(5000);
  Do("billing.AdjustmentService/DeclineAdjustment", "signer",
     R"({$adjustment, "decision": "Nothing was wrong"})");
  enter(5000);
  Do("billing.AdjustmentService/WithdrawAdjustment", "builder",
     R"({$adjustment, "decision": "Entered twice"})");
}

// What builders take back alone, from a later day on; by somebody who takes nothing back.
void Day::LimitCorrections() {
  Do("billing.RebillService/LoadRebillPolicy", "cashier2",
     R"({"policy": {"effective_date": "2026-11-01", "jurisdiction": "Utah",
         "citation": "Made up for this test", "binding": "RULE_BINDING_TEMPLATE",
         "backbill_months": 24, "discovery_months": 3, "fraud_exempt": true,
         "refund_months": 36, "cash_refund_above_cents": 5000,
         "cash_refund_average_months": 2, "interest": true, "taker_days": 30,
         "limits": [{"permission": "bill.limit_builder", "amount_cents": 100000}],
         "limit_days": 30}})");
}

// The bill of an account is cancelled for a misread, the day is read again, and the bill made
// again. Twice somebody asks for a second person first, and takes it back or is refused.
void Day::BillAgain() {
  Do("billing.BillService/ListBills", "builder", R"({"account_id": $account3})");
  Keep("bill", "bills[0].bill_id");
  Name("correction", R"("account_id": $account3, "bill_id": $bill, "cause": "REBILL_CAUSE_READ",
         "reason": "The dials were read crosswise", "discovered_date": "2026-10-20")");
  Do("billing.RebillService/PreviewCancellation", "builder",
     R"({"correction": {$correction, "misread_services": ["water"]}})");
  Name("digest", Quoted(Keep("digest", "digest")));
  const auto propose = [&] {
    Do("billing.CorrectionProposalService/ProposeCorrection", "builder",
       R"({"correction": {$correction, "misread_services": ["water"]}, "digest": $digest})");
    Name("proposal", R"("account_id": $account3, "bill_id": $bill, "proposal_no": )" +
                         Text(*last_, "proposal_no"));
  };
  propose();
  Do("billing.CorrectionProposalService/WithdrawProposal", "builder",
     R"({$proposal, "decision": "Asked too early"})");
  propose();
  Do("billing.CorrectionProposalService/DeclineProposal", "signer",
     R"({$proposal, "decision": "Within your own limit"})");
  Do("billing.RebillService/CancelBill", "builder",
     R"({"correction": {$correction, "misread_services": ["water"]}, "digest": $digest})");
  Do("billing.ReadService/ListReads", "builder", R"({"account_id": $account3})");
  for (int i = 0;; ++i) {
    const std::string at = "reads[" + std::to_string(i) + "].";
    Name("rebilled_meter", Quoted(Keep("rebilled_meter", at + "meter_number")));
    if (Text(*last_, at + "meter_number").starts_with("W")) {
      Keep("rebilled_agreement", at + "agreement_id");
      break;
    }
  }
  Do("billing.ReadService/RecordRead", "builder",
     R"({"account_id": $account3, "agreement_id": $rebilled_agreement, "meter_number": $rebilled_meter,
         "read_date": "2026-10-19", "read_thousandths": 506000})");
  Do("billing.RebillService/PreviewRebill", "builder",
     R"({"correction": {$correction}, "due_date": "2026-12-15"})");
  Name("digest", Quoted(Keep("digest", "digest")));
  Do("billing.RebillService/RebillBill", "builder",
     R"({"correction": {$correction}, "due_date": "2026-12-15", "digest": $digest})");
  Keep("rebill", "bill.cycle_id");
  Keep("rebilled", "bill.bill_id");
  const auto post = [&] {
    Do("billing.CycleService/GetCycle", "builder", R"({"cycle_id": $rebill})");
    Keep("total", "total_cents");
    Do("billing.CycleService/SignOffCycle", "signer",
       R"({"cycle_id": $rebill, "total_cents": $total})");
    Do("billing.CycleService/PostCycle", "builder", R"({"cycle_id": $rebill})");
    Await("state", "CYCLE_STATE_POSTED", "billing.CycleService/GetCycle",
          R"({"cycle_id": $rebill})");
  };
  post();
  // What took its place was wrong, too: that is proposed and approved.
  Name("correction", R"("account_id": $account3, "bill_id": $rebilled,
         "cause": "REBILL_CAUSE_RATE", "reason": "Billed by the rate of another class",
         "discovered_date": "2026-10-20")");
  Do("billing.RebillService/PreviewRebill", "builder",
     R"({"correction": {$correction}, "due_date": "2026-12-31"})");
  Name("digest", Quoted(Keep("digest", "digest")));
  Do("billing.CorrectionProposalService/ProposeCorrection", "builder",
     R"({"correction": {$correction}, "due_date": "2026-12-31", "digest": $digest})");
  Name("proposal", R"("account_id": $account3, "bill_id": $rebilled, "proposal_no": )" +
                       Text(*last_, "proposal_no"));
  Do("billing.CorrectionProposalService/PreviewProposal", "signer", "{$proposal}");
  Name("digest", Quoted(Keep("digest", "digest")));
  Do("billing.CorrectionProposalService/ApproveProposal", "signer",
     R"({$proposal, "digest": $digest})");
  Keep("rebill", "rebill_cycle_id");
  post();
}

// A month from before the first bill, closed and opened again.
void Day::CloseMonths() {
  Do("billing.MonthService/PreviewClose", "builder", R"({"month": "2026-09"})");
  Name("digest", Quoted(Keep("digest", "digest")));
  Do("billing.MonthService/PrepareMonth", "builder", R"({"month": "2026-09", "digest": $digest})");
  Do("billing.MonthService/CloseMonth", "signer", R"({"month": "2026-09", "digest": $digest})");
  Do("billing.MonthService/ProposeReopening", "builder",
     R"({"month": "2026-09", "reason": "Made up for this test"})");
  Do("billing.MonthService/ReopenMonth", "signer", R"({"month": "2026-09"})");
}

}  // namespace reeve::fault
