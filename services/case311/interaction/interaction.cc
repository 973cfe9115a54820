#include "services/case311/interaction/interaction.h"

#include <algorithm>

namespace reeve::case311 {
namespace {

Canonical WithContents(Canonical form, const Interaction& interaction) {
  return form.Add("channel", kChannels(interaction.channel))
      .Add("language", interaction.language)
      .Add("topic", interaction.topic)
      .Add("note", interaction.note)
      .Add("contact_name", interaction.contact_name)
      .Add("contact_address", interaction.contact_address)
      .Add("account_id", interaction.account.value());
}

}  // namespace

bool IsLanguage(std::string_view code) {
  return (code.size() == 2 || code.size() == 3) &&
         std::all_of(code.begin(), code.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

Canonical LogInteraction::canonical() const {
  return WithContents(Canonical("log-interaction", 1), interaction);
}

InteractionId InteractionOf(const Caller& caller, std::string_view request_id) {
  return InteractionId(
      DerivedId("case311/interaction/" + caller.ToString() + "/" + std::string(request_id)));
}

std::string Digest(const Interaction& interaction) {
  return HexEncode(Sha256(WithContents(Canonical("interaction", 1), interaction)
                              .Add("interaction_id", interaction.id.value())
                              .Add("person_id", interaction.person.value())
                              .Add("logged_time", interaction.logged_time.micros())
                              .bytes()));
}

}  // namespace reeve::case311
