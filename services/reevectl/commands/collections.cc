#include "reeve/billing/v1/collections_service.pb.h"
#include "services/reevectl/commands/noun.h"

namespace reeve::reevectl {
namespace {

namespace pb = billing::v1;

// An amount of nothing is said too: it is what was asked.
void ShowDelinquency(Screen& screen, const pb::Delinquency& delinquency) {
  screen.Line("Account " + std::to_string(delinquency.account_id()));
  screen.Amount("past due", delinquency.past_due_cents(), 2);
  screen.Amount("to pay now, to avoid a shutoff", delinquency.amount_to_avoid_cents(), 2);
  pb::Delinquency more = delinquency;
  more.clear_account_id();
  more.clear_past_due_cents();
  more.clear_amount_to_avoid_cents();
  if (more.ByteSizeLong() > 0) screen.Show(more, 2);
}

}  // namespace

Noun Collections() {
  const Option account{"--account", "account_id", "The account", kRequired};
  return {"collections",
          "Notices, disputes and the cut for non-payment.",
          {{"notice",
            "Puts a delivered notice on record.",
            "reeve.billing.v1.CollectionsService/RecordNotice",
            {account,
             {"--kind", "kind", "past-due, shutoff or door-tag", kRequired},
             {"--delivered", "delivered_date", "Day of delivery", kRequired},
             {"--proof", "delivery_proof", "Proof of delivery", kRequired}},
            {}},
           {"show",
            "Notices, disputes, what is past due, the amount to avoid shutoff.",
            "reeve.billing.v1.CollectionsService/GetDelinquency",
            {account},
            As(ShowDelinquency)},
           {"dispute",
            "Opens a customer's request for review: nothing is cut until it is decided.",
            "reeve.billing.v1.CollectionsService/OpenDispute",
            {account, {"--reason", "reason", "What is disputed", kRequired}},
            {}},
           {"decide",
            "Decides a review in writing.",
            "reeve.billing.v1.CollectionsService/DecideDispute",
            {account,
             {"--dispute", "dispute_id", "The dispute", kRequired},
             {"--state", "state", "upheld or denied", kRequired},
             {"--decision", "decision", "In words", kRequired}},
            {}},
           {"request-disconnect",
            "Asks for a cut.",
            "reeve.billing.v1.CollectionsService/RequestDisconnect",
            {account,
             {"--service", "service", "e.g. electric", kRequired},
             {"--cut-date", "cut_date", "Day of the cut; today if not given"}},
            {}}}};
}

}  // namespace reeve::reevectl
