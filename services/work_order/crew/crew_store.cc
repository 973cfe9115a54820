#include "services/work_order/crew/crew_store.h"

namespace reeve::work_order {
namespace {

constexpr db::Query kFindCrew{
    "crew_find", "SELECT home, name, lead_technician_id, version FROM crew WHERE home = $1"};
constexpr db::Query kLockVersion{"crew_lock", "SELECT version FROM crew WHERE home = $1"};
constexpr db::Query kListCrews{
    "crew_list", "SELECT home, name, lead_technician_id, version FROM crew ORDER BY home"};
constexpr db::Query kListMembers{
    "crew_list_members",
    "SELECT technician_id FROM crew_member WHERE home = $1 ORDER BY technician_id"};
constexpr db::Query kInsertCrew{
    "crew_insert",
    "INSERT INTO crew (home, name, lead_technician_id, version) VALUES ($1, $2, $3, $4)"};
constexpr db::Query kUpdateCrew{
    "crew_update",
    "UPDATE crew SET name = $2, lead_technician_id = $3, version = $4 WHERE home = $1"};
constexpr db::Query kDeleteMembers{"crew_delete_members",
                                   "DELETE FROM crew_member WHERE home = $1"};
const db::InsertInto kInsertMembers{
    "crew_insert_members", "crew_member", {{"home"}, {"technician_id"}}};

Crew FromRow(db::Transaction& tx, db::Rows::Row row) {
  Crew crew{CrewId(row.Int(0)), row.Text(1), PersonId(row.Int(2)), {}, row.Int(3)};
  const db::Rows members = tx.Select(kListMembers, crew.id);
  for (const db::Rows::Row member : members) crew.technicians.emplace_back(member.Int(0));
  return crew;
}

}  // namespace

std::optional<Crew> FindCrew(db::Transaction& tx, CrewId id) {
  const db::Rows rows = tx.Select(kFindCrew, id);
  return rows.empty() ? std::nullopt : std::optional(FromRow(tx, rows[0]));
}

std::int64_t LockCrewVersion(db::Transaction& tx, CrewId id) {
  const db::Rows rows = tx.SelectForUpdate(kLockVersion, id);
  return rows.empty() ? 0 : rows[0].Int(0);
}

void SaveCrew(db::Transaction& tx, const Crew& crew) {
  tx.Execute(crew.version == 1 ? kInsertCrew : kUpdateCrew, crew.id, crew.name, crew.lead,
             crew.version);
  tx.Execute(kDeleteMembers, crew.id);
  db::NewRows members(kInsertMembers);
  for (const PersonId technician : crew.technicians) members.Add(crew.id, technician);
  tx.InsertRows(members);
}

std::vector<Crew> ListCrews(db::Transaction& tx) {
  std::vector<Crew> crews;
  const db::Rows rows = tx.Select(kListCrews);
  for (const db::Rows::Row row : rows) crews.push_back(FromRow(tx, row));
  return crews;
}

}  // namespace reeve::work_order
