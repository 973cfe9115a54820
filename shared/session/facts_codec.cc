#include "shared/session/facts_codec.h"

#include <charconv>

namespace reeve::session {
namespace {

constexpr std::string_view kVersion = "reeve-session-1";

// Each part as "<length>:<bytes>".
void Put(std::string& bytes, std::string_view part) {
  bytes += std::to_string(part.size());
  bytes += ':';
  bytes += part;
}
void Put(std::string& bytes, std::int64_t number) { Put(bytes, std::to_string(number)); }

template <class T>
bool ParseNumber(std::string_view text, T& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

// Takes parts off the front; after the first that does not fit, everything is empty and `good` is
// false.
struct Reader {
  std::string_view rest;
  bool good = true;

  std::string_view Text() {
    const std::size_t colon = rest.substr(0, 12).find(':');
    std::size_t length = 0;
    good = good && colon != std::string_view::npos && ParseNumber(rest.substr(0, colon), length) &&
           length <= rest.size() - colon - 1;
    if (!good) return {};
    const std::string_view part = rest.substr(colon + 1, length);
    rest.remove_prefix(colon + 1 + length);
    return part;
  }
  std::int64_t Number() {
    std::int64_t number = 0;
    good = ParseNumber(Text(), number) && good;
    return number;
  }
  Instant Time() { return Instant::FromMicros(Number()); }
};

}  // namespace

std::string EncodeFacts(const Facts& facts) {
  std::string bytes;
  Put(bytes, kVersion);
  Put(bytes, facts.person.value());
  Put(bytes, facts.display_name);
  Put(bytes, facts.revocation_number);
  Put(bytes, facts.checked_time.micros());
  Put(bytes, facts.idle_end_time.micros());
  Put(bytes, facts.absolute_end_time.micros());
  Put(bytes, static_cast<std::int64_t>(facts.permissions->size()));
  for (const std::string& permission : *facts.permissions) Put(bytes, permission);
  return bytes;
}

std::optional<Facts> DecodeFacts(std::string_view bytes) {
  Reader reader{bytes};
  if (reader.Text() != kVersion) return std::nullopt;
  Facts facts;
  facts.person = PersonId(reader.Number());
  facts.display_name = reader.Text();
  facts.revocation_number = reader.Number();
  facts.checked_time = reader.Time();
  facts.idle_end_time = reader.Time();
  facts.absolute_end_time = reader.Time();
  std::set<std::string, std::less<>> permissions;
  const std::int64_t count = reader.Number();
  for (std::int64_t i = 0; i < count && reader.good; ++i) permissions.emplace(reader.Text());
  if (!reader.good || !reader.rest.empty()) return std::nullopt;
  facts.permissions =
      std::make_shared<const std::set<std::string, std::less<>>>(std::move(permissions));
  return facts;
}

}  // namespace reeve::session
