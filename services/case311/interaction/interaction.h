// Interaction: one contact with the city, as it was logged. It never changes.
#pragma once

#include <string>
#include <string_view>

#include "services/case311/channel.h"
#include "services/case311/ids.h"
#include "shared/core/call.h"
#include "shared/core/canonical.h"
#include "shared/core/result.h"

namespace reeve::case311 {

namespace reason {
inline constexpr Reason kInteractionUnknown{"INTERACTION_UNKNOWN"};  // NOT_FOUND
}  // namespace reason

struct Interaction {
  InteractionId id;
  Channel channel = Channel::kOther;
  std::string language;  // ISO 639
  std::string topic;
  std::string note;
  std::string contact_name;
  std::string contact_address;
  AccountId account;  // not set if it is about none
  PersonId person;
  Instant logged_time;

  bool operator==(const Interaction&) const = default;
};

// Two or three small letters.
bool IsLanguage(std::string_view code);

struct LogInteraction {
  static constexpr std::string_view kMethod = "reeve.case311.v1.InteractionService/LogInteraction";
  std::string request_id;
  Interaction interaction;

  std::int64_t home() const { return interaction.id.value(); }
  Canonical canonical() const;
};

// The identifier of what `caller` logs with this request.
InteractionId InteractionOf(const Caller& caller, std::string_view request_id);

// SHA-256 over all of it, in hexadecimal: the audit trail holds it, so that a change shows.
std::string Digest(const Interaction& interaction);

}  // namespace reeve::case311
