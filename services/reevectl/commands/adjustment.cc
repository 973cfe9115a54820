#include "reeve/billing/v1/adjustment_service.pb.h"
#include "services/reevectl/commands/noun.h"

namespace reeve::reevectl {
namespace {

namespace pb = billing::v1;

void ShowPreview(Screen& screen, const pb::AdjustmentPreview& preview) {
  screen.Amount("adjustment", preview.amount_cents());
  for (const pb::AdjustmentRule& rule : preview.rules()) {
    screen.Line((rule.holds() ? "  " : "! ") + rule.rule() + ": " + rule.finding());
  }
  for (const pb::AdjustmentEntry& entry : preview.entries()) {
    for (const pb::EntryPosting& posting : entry.postings()) {
      screen.Amount(posting.ledger_account(), posting.amount_cents(), 2);
    }
  }
  for (const pb::AdjustedCharge& charge : preview.charges()) {
    screen.Line("  " + charge.service() + ", " + charge.charge_description() + ": open " +
                Dollars(charge.open_before_cents()) + ", then " +
                Dollars(charge.open_after_cents()));
  }
  screen.Amount("balance now", preview.balance_before_cents());
  screen.Amount("balance then", preview.balance_after_cents());
  if (!preview.refusal().empty()) return screen.Line("REFUSED: " + preview.refusal());
  screen.Line(preview.needs_second_person() ? "A second person must approve it."
                                            : "No second person is needed.");
  screen.Line("digest " + preview.digest());
}

}  // namespace

Noun Adjustments() {
  const std::vector<Option> entered = {
      {"--account", "adjustment.account_id", "The account", kRequired},
      {"--type", "adjustment.type_code", "Code of the type", kRequired},
      {"--amount", "adjustment.amount_cents", "Amount; not for a leak or months"},
      {"--leak-bill", "adjustment.leak_bill_ids", "Of a leak: a bill over which it ran"},
      {"--from", "adjustment.proven_from_date", "Of months: first day that the document proves"},
      {"--to", "adjustment.proven_to_date", "Of months: last day, if it has one"},
      {"--reason", "adjustment.reason_code", "One of the type's reasons", kRequired},
      {"--note", "adjustment.note", "What happened", kRequired},
      {"--document", "adjustment.document", "Where the document is kept"}};
  const Option digest{"--digest", "digest", "Of the preview", kRequired};
  std::vector<Option> posted = entered;
  posted.push_back(digest);
  const Option account{"--account", "account_id", "The account", kRequired};
  const Option number{"--number", "adjustment_no", "The adjustment's number", kRequired};
  const Option decision{"--decision", "decision", "Why, in words", kRequired};
  const std::string service = "reeve.billing.v1.AdjustmentService/";
  return {"adjustment",
          "What is credited or charged outside of bills. Look first: each act carries a preview's "
          "digest.",
          {{"preview", "What posting would do; changes nothing.", service + "PreviewAdjustment",
            entered, As(ShowPreview)},
           {"post",
            "Posts an adjustment, or proposes it above your limit.",
            service + "PostAdjustment",
            posted,
            {}},
           {"preview-approval",
            "What approving a proposal would do.",
            service + "PreviewApproval",
            {account, number},
            As(ShowPreview)},
           {"approve",
            "Approves somebody else's proposal.",
            service + "ApproveAdjustment",
            {account, number, digest},
            {}},
           {"decline",
            "Declines somebody else's proposal.",
            service + "DeclineAdjustment",
            {account, number, decision},
            {}},
           {"withdraw",
            "Withdraws your own proposal.",
            service + "WithdrawAdjustment",
            {account, number, decision},
            {}},
           {"preview-reversal",
            "What taking an adjustment back would do.",
            service + "PreviewReversal",
            {account, number},
            As(ShowPreview)},
           {"reverse",
            "Takes an adjustment back.",
            service + "ReverseAdjustment",
            {account, number, {"--reason", "reason", "Why, in words", kRequired}, digest},
            {}},
           {"list",
            "Adjustments of an account, the newest first.",
            service + "ListAdjustments",
            {account},
            {}},
           {"proposed",
            "Proposals that wait for a second person.",
            service + "ListProposedAdjustments",
            {},
            {}},
           {"types", "What may be adjusted.", service + "ListAdjustmentTypes", {}, {}}}};
}

}  // namespace reeve::reevectl
