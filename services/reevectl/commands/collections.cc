#include "services/reevectl/commands/noun.h"

namespace reeve::reevectl {

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
            {}},
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
