#include "services/case311/interaction/interaction_store.h"

namespace reeve::case311 {
namespace {

#define REEVE_INTERACTION_COLUMNS                                                                \
  "home, channel, language, topic, note, contact_name, contact_address, account_id, person_id, " \
  "logged_time"

constexpr db::Query kInsert{"interaction_insert",
                            "INSERT INTO interaction (" REEVE_INTERACTION_COLUMNS
                            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"};
constexpr db::Query kFind{"interaction_find",
                          "SELECT " REEVE_INTERACTION_COLUMNS " FROM interaction WHERE home = $1"};
constexpr db::Query kList{"interaction_list",
                          "SELECT " REEVE_INTERACTION_COLUMNS
                          " FROM interaction"
                          " WHERE logged_time < $1 OR (logged_time = $1 AND home < $2)"
                          " ORDER BY logged_time DESC, home DESC LIMIT $3"};
constexpr db::Query kListOfAccount{
    "interaction_list_of_account",
    "SELECT " REEVE_INTERACTION_COLUMNS
    " FROM interaction"
    " WHERE account_id = $1 AND (logged_time < $2 OR (logged_time = $2 AND home < $3))"
    " ORDER BY logged_time DESC, home DESC LIMIT $4"};
constexpr db::Query kScan{"interaction_scan",
                          "SELECT " REEVE_INTERACTION_COLUMNS
                          " FROM interaction WHERE home > $1 ORDER BY home LIMIT $2"};
#undef REEVE_INTERACTION_COLUMNS

Interaction Read(const db::Rows::Row& row) {
  return {.id = InteractionId(row.Int(0)),
          .channel = kChannels.Read(row.Text(1)),
          .language = row.Text(2),
          .topic = row.Text(3),
          .note = row.Text(4),
          .contact_name = row.Text(5),
          .contact_address = row.Text(6),
          .account = AccountId(row.MaybeInt(7).value_or(0)),
          .person = PersonId(row.Int(8)),
          .logged_time = row.Time(9)};
}

std::vector<Interaction> ReadAll(const db::Rows& rows) {
  std::vector<Interaction> interactions;
  interactions.reserve(rows.size());
  for (const db::Rows::Row row : rows) interactions.push_back(Read(row));
  return interactions;
}

}  // namespace

void InsertInteraction(db::Transaction& tx, const Interaction& interaction) {
  const std::optional<AccountId> account =
      interaction.account.is_set() ? std::optional(interaction.account) : std::nullopt;
  tx.Execute(kInsert, interaction.id, kChannels(interaction.channel), interaction.language,
             interaction.topic, interaction.note, interaction.contact_name,
             interaction.contact_address, account, interaction.person, interaction.logged_time);
}

Result<Interaction> FindInteraction(db::Transaction& tx, InteractionId id) {
  const db::Rows rows = tx.Select(kFind, id);
  if (rows.empty())
    return NotFound(reason::kInteractionUnknown, "There is no interaction with this number.");
  return Read(rows[0]);
}

std::vector<Interaction> ListInteractions(db::Transaction& tx, AccountId account,
                                          const InteractionKey& after, std::int64_t limit) {
  return ReadAll(account.is_set()
                     ? tx.Select(kListOfAccount, account, after.logged_time, after.id, limit)
                     : tx.Select(kList, after.logged_time, after.id, limit));
}

std::vector<Interaction> ScanInteractions(db::Transaction& tx, InteractionId after,
                                          std::int64_t limit) {
  return ReadAll(tx.Select(kScan, after, limit));
}

}  // namespace reeve::case311
