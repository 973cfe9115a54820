#include "services/reevectl/commands/noun.h"

namespace reeve::reevectl {

Noun Interactions() {
  return {"interaction",
          "Contacts with customers and callers.",
          {{"log",
            "Logs a contact.",
            "reeve.case311.v1.InteractionService/LogInteraction",
            {{"--channel", "channel", "counter, phone, mail, email, web, app", kRequired},
             {"--language", "language", "e.g. en, es", kRequired},
             {"--topic", "topic", "What it is about", kRequired},
             {"--note", "note", "What was said"},
             {"--name", "contact_name", "Who called"},
             {"--contact", "contact_address", "Where to answer"},
             {"--account", "account_id", "Account that it is about"}},
            {}},
           {"show",
            "One contact.",
            "reeve.case311.v1.InteractionService/GetInteraction",
            {{"--interaction", "interaction_id", "Number of the contact", kRequired}},
            {}},
           {"list",
            "The contacts about an account.",
            "reeve.case311.v1.InteractionService/ListInteractions",
            {{"--account", "account_id", "The account", kRequired}},
            {}}}};
}

}  // namespace reeve::reevectl
