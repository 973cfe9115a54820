// The rules of people: who may be entered under which login, and when a login is locked.
#pragma once

#include <string>
#include <string_view>

#include "shared/core/date.h"
#include "shared/core/fields.h"
#include "shared/core/id.h"
#include "shared/core/result.h"

namespace reeve::identity {

namespace reason {
inline constexpr Reason kPersonUnknown{"PERSON_UNKNOWN"};    // NOT_FOUND
inline constexpr Reason kLoginTaken{"LOGIN_TAKEN"};          // ALREADY_EXISTS
inline constexpr Reason kOwnPassword{"OWN_PASSWORD"};        // PERMISSION_DENIED
inline constexpr Reason kOwnAccount{"OWN_ACCOUNT"};          // PERMISSION_DENIED
inline constexpr Reason kPasswordWrong{"PASSWORD_WRONG"};    // PERMISSION_DENIED
inline constexpr Reason kPersonDisabled{"PERSON_DISABLED"};  // FAILED_PRECONDITION
inline constexpr Reason kPersonActive{"PERSON_ACTIVE"};      // FAILED_PRECONDITION
inline constexpr Reason kSignInBusy{"SIGN_IN_BUSY"};         // RESOURCE_EXHAUSTED
inline constexpr Reason kSignInRefused{"SIGN_IN_REFUSED"};   // UNAUTHENTICATED
}  // namespace reason

enum class PersonState { kActive, kDisabled };

struct Person {
  PersonId id;
  std::string login;
  std::string display_name;
  PersonState state = PersonState::kActive;
  std::string password_hash;
  Instant created_time;
  std::int64_t revocation_number = 0;
};

// 2 to 32 characters of [a-z0-9._-], beginning with a letter.
bool IsLogin(std::string_view text);
// The number of whoever has this login: the first 62 bits of a digest of it. Two logins with one
// number are as unlikely as a broken disk, and the second is refused.
PersonId PersonOf(std::string_view login);

std::string ParseLogin(Fields& fields, std::string_view login);
// Length only: what is not in a list of leaked passwords is for the city's policy to say.
void CheckNewPassword(Fields& fields, std::string_view field, std::string_view password);

Result<> MayDisable(const Person& person, PersonId by);
Result<> MayEnable(const Person& person, PersonId by);

// Failed sign-ins in a row. The fifth locks the login for a quarter of an hour, in which nothing
// counts, so that nobody is locked out for longer by others; a quarter of an hour without a failure
// forgets them.
struct SignInFailures {
  std::int64_t failures = 0;
  Instant last_failure_time;
  Instant locked_until_time;

  bool Locked(Instant now) const { return now < locked_until_time; }
  SignInFailures Next(Instant now) const;
};

// What the audit trail keeps of a person.
std::string AuditState(const Person& person);

}  // namespace reeve::identity
