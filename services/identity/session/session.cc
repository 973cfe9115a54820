#include "services/identity/session/session.h"

#include <array>
#include <string_view>

#include "shared/core/canonical.h"

namespace reeve::identity {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr Duration kNoteEvery = Duration::Seconds(30);

}  // namespace

std::string NewToken(Random& random) {
  std::array<std::uint8_t, kTokenBytes> bytes;
  random.Fill(bytes);
  return HexEncode(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

Session Begin(PersonId person, const std::string& token, const SessionLimits& limits, Instant now) {
  return {person, Sha256(token), now, now, now + limits.absolute, std::nullopt};
}

Instant IdleEnd(const Session& session, const SessionLimits& limits) {
  return session.used_time + limits.idle;
}

bool Lives(const Session& session, const SessionLimits& limits, Instant now) {
  return !session.ended_time && now < IdleEnd(session, limits) && now < session.absolute_end_time;
}

bool WorthNoting(const Session& session, Instant now) {
  return now - session.used_time >= kNoteEvery;
}

std::string AuditState(const Session& session) {
  return "person=" + session.person.ToString() +
         ",created=" + std::to_string(session.created_time.micros()) +
         ",absolute_end=" + std::to_string(session.absolute_end_time.micros()) + ",ended=" +
         (session.ended_time ? std::to_string(session.ended_time->micros()) : std::string("no"));
}

std::string AuditId(const Session& session) { return HexEncode(session.token_hash); }

}  // namespace reeve::identity
