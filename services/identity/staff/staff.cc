#include "services/identity/staff/staff.h"

#include <algorithm>

#include "services/identity/password/password.h"
#include "shared/core/canonical.h"

namespace reeve::identity {
namespace {

constexpr std::size_t kLoginMin = 2;
constexpr std::size_t kLoginMax = 32;
constexpr std::int64_t kFailuresMax = 5;
constexpr Duration kLocked = Duration::Minutes(15);
constexpr Duration kForgotten = Duration::Minutes(15);

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }

}  // namespace

bool IsLogin(std::string_view text) {
  return text.size() >= kLoginMin && text.size() <= kLoginMax && IsLower(text.front()) &&
         std::ranges::all_of(text, [](char c) {
           return IsLower(c) || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
         });
}

PersonId PersonOf(std::string_view login) {
  const std::string digest = Sha256("reeve-person:" + std::string(login));
  std::int64_t number = 0;
  for (int i = 0; i < 8; ++i) {
    number = static_cast<std::int64_t>((static_cast<std::uint64_t>(number) << 8) |
                                       static_cast<unsigned char>(digest[i]));
  }
  return PersonId((number & 0x3FFF'FFFF'FFFF'FFFF) | 1);  // never 0
}

std::string ParseLogin(Fields& fields, std::string_view login) {
  if (!IsLogin(login)) {
    fields.Refuse("login", "2 to 32 characters of [a-z0-9._-], beginning with a letter");
  }
  return std::string(login);
}

void CheckNewPassword(Fields& fields, std::string_view field, std::string_view password) {
  if (password.size() < kPasswordMin || password.size() > kPasswordMax) {
    fields.Refuse(field, "12 to 128 characters");
  }
}

Result<> MayDisable(const Person& person, PersonId by) {
  if (person.id == by) {
    return PermissionDenied(reason::kOwnAccount, "Another administrator disables you.");
  }
  if (person.state == PersonState::kDisabled) {
    return FailedPrecondition(reason::kPersonDisabled, "The person is disabled already.");
  }
  return Ok();
}

Result<> MayEnable(const Person& person, PersonId by) {
  if (person.id == by) {
    return PermissionDenied(reason::kOwnAccount, "Another administrator enables you.");
  }
  if (person.state == PersonState::kActive) {
    return FailedPrecondition(reason::kPersonActive, "The person is not disabled.");
  }
  return Ok();
}

SignInFailures SignInFailures::Next(Instant now) const {
  SignInFailures next;
  next.failures = now - last_failure_time < kForgotten ? failures + 1 : 1;
  next.last_failure_time = now;
  next.locked_until_time = next.failures >= kFailuresMax ? now + kLocked : locked_until_time;
  return next;
}

std::string AuditState(const Person& person) {
  return "login=" + person.login + ",name_digest=" + HexEncode(Sha256(person.display_name)) +
         ",state=" + (person.state == PersonState::kActive ? "ACTIVE" : "DISABLED") +
         ",password_digest=" + HexEncode(Sha256(person.password_hash)) +
         ",created=" + std::to_string(person.created_time.micros()) +
         ",revocation=" + std::to_string(person.revocation_number);
}

}  // namespace reeve::identity
