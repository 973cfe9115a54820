#include "reeve/billing/v1/correction_proposal_service.pb.h"
#include "reeve/billing/v1/rebill_service.pb.h"
#include "services/reevectl/commands/noun.h"

namespace reeve::reevectl {
namespace {

namespace pb = billing::v1;

template <class Preview>
void ShowEntries(Screen& screen, const Preview& preview) {
  for (const pb::CorrectionEntry& entry : preview.entries()) {
    screen.Line(Word(entry.kind()));
    for (const pb::EntryPosting& posting : entry.postings()) {
      screen.Amount(posting.ledger_account(), posting.amount_cents(), 2);
    }
  }
}

template <class Preview>
void ShowWhoMay(Screen& screen, const Preview& preview) {
  screen.Amount("takes back", preview.credit_cents());
  if (preview.needs_second_person()) {
    screen.Line("takes two: propose it (alone " + Dollars(preview.alone_cents()) + " is left)");
  }
}

void ShowCancellation(Screen& screen, const pb::CancellationPreview& preview) {
  screen.Amount(
      "bill " + std::to_string(preview.bill().bill_id()) + " of " + preview.bill().bill_date(),
      preview.bill().total_cents());
  ShowEntries(screen, preview);
  screen.Amount("paid, and credit then", preview.freed_cents());
  screen.Amount("balance now", preview.balance_before_cents());
  screen.Amount("balance then", preview.balance_after_cents());
  ShowWhoMay(screen, preview);
  screen.Line("digest " + preview.digest());
}

// "water: Base charge: 16.50, then 18.00 (+1.50)"
void ShowDifference(Screen& screen, const pb::LineDifference& line) {
  const std::int64_t more = line.after_cents() - line.before_cents();
  if (more == 0) return;
  std::string text = "  " + line.service() + ": " + line.description();
  if (line.quantity_before() != line.quantity()) {
    text += ", " + line.quantity_before() + " -> " + line.quantity();
  }
  if (line.rate_before() != line.rate()) text += ", " + line.rate_before() + " -> " + line.rate();
  screen.Line(text + ": " + Dollars(line.before_cents()) + ", then " + Dollars(line.after_cents()) +
              (more > 0 ? " (+" : " (") + Dollars(more) + ")");
}

void ShowRebill(Screen& screen, const pb::RebillPreview& preview) {
  ShowEntries(screen, preview);
  screen.Amount("bill " + std::to_string(preview.old_bill().bill_id()),
                preview.old_bill().total_cents());
  for (const pb::LineDifference& line : preview.lines()) ShowDifference(screen, line);
  screen.Amount("billed again", preview.new_bill().total_cents());
  if (preview.is_same()) {
    screen.Line(
        "! NOTHING CHANGES: the new bill has the lines of the old one. Correct the read, the "
        "rate or the meter first.");
  }
  for (const pb::RebillLimit& limit : preview.limits()) {
    screen.Line((limit.beyond_cents() > 0 ? "! " : "  ") + limit.rule() +
                (limit.service().empty() ? "" : " " + limit.service()) + ": " + limit.finding() +
                (limit.citation().empty()
                     ? ""
                     : " (" + limit.citation() + ", " + Word(limit.binding()) + ")"));
  }
  if (preview.not_charged_cents() > 0) {
    screen.Amount("not charged for a limit", -preview.not_charged_cents());
  }
  for (const pb::PlannedCharge& charge : preview.charges()) {
    screen.Amount(charge.service() + ", due " + charge.due_date(), charge.amount_cents(), 2);
  }
  for (const pb::Hold& hold : preview.new_bill().holds()) {
    screen.Line("would be held: " + hold.service() + " " + hold.reason() + ", " + hold.evidence());
  }
  ShowWhoMay(screen, preview);
  screen.Line("digest " + preview.digest());
}

void ShowProposal(Screen& screen, const pb::ProposalPreview& preview) {
  const pb::CorrectionProposal& proposal = preview.proposal();
  screen.Line("proposed on " + proposal.proposed_date() + " by person " +
              std::to_string(proposal.proposed_by_person_id()) + ": " +
              proposal.correction().reason());
  if (preview.has_rebill()) return ShowRebill(screen, preview.rebill());
  ShowCancellation(screen, preview.cancellation());
}

}  // namespace

Noun Rebills() {
  const std::vector<Option> correction = {
      {"--account", "correction.account_id", "The account", kRequired},
      {"--bill", "correction.bill_id", "The bill", kRequired},
      {"--cause", "correction.cause", "meter, read, estimate, rate, setup or fraud", kRequired},
      {"--reason", "correction.reason", "What was wrong, in words", kRequired},
      {"--found", "correction.discovered_date", "Day on which it was found", kRequired}};
  const Option misread{"--misread", "correction.misread_services",
                       "A service whose last read was wrong: it is set aside"};
  const Option due{"--due", "due_date", "Last day to pay an increase", kRequired};
  const Option digest{"--digest", "digest", "Of the preview", kRequired};
  const auto with = [&](std::vector<Option> more) {
    std::vector<Option> options = correction;
    options.insert(options.end(), more.begin(), more.end());
    return options;
  };
  const std::vector<Option> proposal = {
      {"--account", "account_id", "The account", kRequired},
      {"--bill", "bill_id", "The bill", kRequired},
      {"--proposal", "proposal_no", "Which of its proposals", kRequired}};
  const auto of = [&](std::vector<Option> more) {
    std::vector<Option> options = proposal;
    options.insert(options.end(), more.begin(), more.end());
    return options;
  };
  const Option why{"--decision", "decision", "Why, in words", kRequired};
  const Option due_or_cancel{"--due", "due_date",
                             "To bill again: last day to pay an increase; else it only cancels"};
  const std::string proposals = "reeve.billing.v1.CorrectionProposalService/";
  const std::string service = "reeve.billing.v1.RebillService/";
  return {"rebill",
          "Cancels wrong bills and bills their days again. Look first: each act carries a "
          "preview's digest.",
          {{"preview-cancel", "What cancelling a bill would do; changes nothing.",
            service + "PreviewCancellation", with({misread}), As(ShowCancellation)},
           {"cancel",
            "Cancels a posted bill: its days wait to be billed again.",
            service + "CancelBill",
            with({misread, digest}),
            {}},
           {"preview", "Reversal, new lines against the old, and limits; changes nothing.",
            service + "PreviewRebill", with({due}), As(ShowRebill)},
           {"bill",
            "Bills the days again by a run that somebody else signs (cycle sign-off).",
            service + "RebillBill",
            with({due, digest}),
            {}},
           {"list",
            "Cancelled bills, and what took their place.",
            service + "ListCancellations",
            {{"--open", "open_only", "Only those whose days nobody has billed"}},
            {}},
           {"limits",
            "Limits of back-billing and refunds, and of what roles take back alone.",
            service + "ListRebillPolicies",
            {},
            {}},
           {"propose",
            "Asks a second person for what preview-cancel, or with --due preview, has shown.",
            proposals + "ProposeCorrection",
            with({misread, due_or_cancel, digest}),
            {}},
           {"preview-proposal", "What a proposal would do now; changes nothing.",
            proposals + "PreviewProposal", of({}), As(ShowProposal)},
           {"approve",
            "Carries out what somebody else proposed.",
            proposals + "ApproveProposal",
            of({digest}),
            {}},
           {"decline",
            "Refuses what somebody else proposed.",
            proposals + "DeclineProposal",
            of({why}),
            {}},
           {"withdraw",
            "Takes one's own proposal back.",
            proposals + "WithdrawProposal",
            of({why}),
            {}},
           {"proposals", "Proposals that wait.", proposals + "ListProposals", {}, {}}}};
}

}  // namespace reeve::reevectl
