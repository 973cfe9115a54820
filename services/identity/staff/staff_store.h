// People in the database, and the numbers by which a revocation reaches every process.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/identity/staff/staff.h"
#include "shared/db/database.h"

namespace reeve::identity {

// False if the person's number is taken.
bool Insert(db::Transaction& tx, const Person& person);
std::optional<Person> FindPerson(db::Transaction& tx, PersonId id);
// Those of `ids` that there are, in their order.
std::vector<Person> FindPeople(db::Transaction& tx, std::span<const PersonId> ids);
// Locks the person until the transaction ends. Whoever locks several locks them by number.
std::optional<Person> LockPerson(db::Transaction& tx, PersonId id);
// By number, behind `after`.
std::vector<Person> ListPeople(db::Transaction& tx, std::int64_t after, int limit);
bool AnybodyThere(db::Transaction& tx);

// Writes what may change of a locked person, under a new revocation number: copies of the person's
// session facts become void everywhere. The last lock that a transaction takes, but for the
// frame's.
void SaveRevoked(db::Transaction& tx, Person& person);

struct Revocation {
  PersonId person;
  std::int64_t number = 0;
};
struct RevocationPage {
  std::vector<Revocation> revocations;
  std::int64_t head = 0;
};
RevocationPage ListRevocations(db::Transaction& tx, std::int64_t after, int limit);

SignInFailures FindFailures(db::Transaction& tx, PersonId person);
void SaveFailures(db::Transaction& tx, PersonId person, const SignInFailures& failures);
void ForgetFailures(db::Transaction& tx, PersonId person);

}  // namespace reeve::identity
