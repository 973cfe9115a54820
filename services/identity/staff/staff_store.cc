#include "services/identity/staff/staff_store.h"

#include <stdexcept>

namespace reeve::identity {
namespace {

constexpr db::Query kInsert{
    "person_insert",
    "INSERT INTO person (person_id, login, display_name, state, password_hash, created_time, "
    "revocation_number) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"};
constexpr db::Query kFind{
    "person_find",
    "SELECT person_id, login, display_name, state, password_hash, created_time, revocation_number "
    "FROM person WHERE person_id = $1"};
constexpr db::Query kList{
    "person_list",
    "SELECT person_id, login, display_name, state, password_hash, created_time, revocation_number "
    "FROM person WHERE person_id > $1 ORDER BY person_id LIMIT $2"};
constexpr db::Query kSave{
    "person_save",
    "UPDATE person SET display_name = $2, state = $3, password_hash = $4, revocation_number = $5 "
    "WHERE person_id = $1"};
constexpr db::Query kNextRevocation{
    "revocation_next",
    "UPDATE revocation_counter SET number = number + 1 WHERE person_id = 0 RETURNING number"};
constexpr db::Query kRevocations{
    "revocation_list",
    "SELECT person_id, revocation_number FROM person WHERE revocation_number > $1 "
    "ORDER BY revocation_number LIMIT $2"};
constexpr db::Query kRevocationHead{"revocation_head",
                                    "SELECT number FROM revocation_counter WHERE person_id = 0"};
constexpr db::Query kFindFailures{
    "sign_in_failures_find",
    "SELECT failures, last_failure_time, locked_until_time FROM sign_in_failures "
    "WHERE person_id = $1"};
constexpr db::Query kSaveFailures{
    "sign_in_failures_save",
    "INSERT INTO sign_in_failures (person_id, failures, last_failure_time, locked_until_time) "
    "VALUES ($1, $2, $3, $4) ON CONFLICT (person_id) DO UPDATE SET failures = $2, "
    "last_failure_time = $3, locked_until_time = $4"};
constexpr db::Query kForgetFailures{"sign_in_failures_forget",
                                    "DELETE FROM sign_in_failures WHERE person_id = $1"};

std::string_view ToText(PersonState state) {
  return state == PersonState::kActive ? "ACTIVE" : "DISABLED";
}

Person ToPerson(db::Rows::Row row) {
  return {PersonId(row.Int(0)),
          row.Text(1),
          row.Text(2),
          row.Text(3) == "ACTIVE" ? PersonState::kActive : PersonState::kDisabled,
          row.Text(4),
          row.Time(5),
          row.Int(6)};
}

std::optional<Person> First(const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return ToPerson(rows[0]);
}

}  // namespace

bool Insert(db::Transaction& tx, const Person& person) {
  return tx.Execute(kInsert, person.id, person.login, person.display_name, ToText(person.state),
                    person.password_hash, person.created_time, person.revocation_number) == 1;
}

std::optional<Person> FindPerson(db::Transaction& tx, PersonId id) {
  return First(tx.Select(kFind, id));
}

std::vector<Person> FindPeople(db::Transaction& tx, std::span<const PersonId> ids) {
  std::vector<std::vector<db::Value>> keys;
  for (const PersonId id : ids) keys.push_back({db::ToValue(id)});
  std::vector<Person> people;
  for (const db::Rows& rows : tx.SelectEach(kFind, keys)) {
    if (const auto person = First(rows)) people.push_back(*person);
  }
  return people;
}

std::optional<Person> LockPerson(db::Transaction& tx, PersonId id) {
  return First(tx.SelectForUpdate(kFind, id));
}

std::vector<Person> ListPeople(db::Transaction& tx, std::int64_t after, int limit) {
  std::vector<Person> people;
  for (const db::Rows::Row row : tx.Select(kList, after, limit)) people.push_back(ToPerson(row));
  return people;
}

bool AnybodyThere(db::Transaction& tx) { return !tx.Select(kList, 0, 1).empty(); }

void SaveRevoked(db::Transaction& tx, Person& person) {
  person.revocation_number = tx.Select(kNextRevocation)[0].Int(0);
  if (tx.Execute(kSave, person.id, person.display_name, ToText(person.state), person.password_hash,
                 person.revocation_number) != 1) {
    throw std::logic_error("person saved without its lock");
  }
}

RevocationPage ListRevocations(db::Transaction& tx, std::int64_t after, int limit) {
  RevocationPage page;
  page.head = tx.Select(kRevocationHead)[0].Int(0);
  for (const db::Rows::Row row : tx.Select(kRevocations, after, limit)) {
    page.revocations.push_back({PersonId(row.Int(0)), row.Int(1)});
  }
  return page;
}

SignInFailures FindFailures(db::Transaction& tx, PersonId person) {
  const db::Rows rows = tx.Select(kFindFailures, person);
  if (rows.empty()) return {};
  return {rows[0].Int(0), rows[0].Time(1), rows[0].Time(2)};
}

void SaveFailures(db::Transaction& tx, PersonId person, const SignInFailures& failures) {
  tx.Execute(kSaveFailures, person, failures.failures, failures.last_failure_time,
             failures.locked_until_time);
}

void ForgetFailures(db::Transaction& tx, PersonId person) { tx.Execute(kForgetFailures, person); }

}  // namespace reeve::identity
