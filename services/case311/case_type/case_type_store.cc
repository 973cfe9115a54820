#include "services/case311/case_type/case_type_store.h"

#include <map>

namespace reeve::case311 {
namespace {

constexpr db::Query kFind{"case_type_find",
                          "SELECT case_type_code, name, department, service_level_minutes,"
                          " confidential, version FROM case_type"
                          " WHERE home = $1 AND case_type_code = $2"};
constexpr db::Query kList{"case_type_list",
                          "SELECT case_type_code, name, department, service_level_minutes,"
                          " confidential, version FROM case_type"
                          " WHERE home = $1 ORDER BY case_type_code"};
constexpr db::Query kRoutes{"case_type_routes",
                            "SELECT district, department FROM case_type_route"
                            " WHERE home = $1 AND case_type_code = $2 ORDER BY district"};
constexpr db::Query kAllRoutes{"case_type_all_routes",
                               "SELECT case_type_code, district, department FROM case_type_route"
                               " WHERE home = $1 ORDER BY case_type_code, district"};
constexpr db::Query kUpsert{
    "case_type_save",
    "INSERT INTO case_type (home, case_type_code, name, department, service_level_minutes,"
    " confidential, version) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    " ON CONFLICT (home, case_type_code) DO UPDATE SET name = excluded.name,"
    " department = excluded.department, service_level_minutes = excluded.service_level_minutes,"
    " confidential = excluded.confidential, version = excluded.version"};
constexpr db::Query kDeleteRoutes{
    "case_type_delete_routes",
    "DELETE FROM case_type_route WHERE home = $1 AND case_type_code = $2"};
const db::InsertInto kInsertRoutes{"case_type_insert_routes",
                                   "case_type_route",
                                   {{"home"},
                                    {"case_type_code", db::ColumnType::kText},
                                    {"district"},
                                    {"department", db::ColumnType::kText}}};

CaseType Read(const db::Rows::Row& row) {
  return {.code = row.Text(0),
          .name = row.Text(1),
          .department = row.Text(2),
          .service_level_minutes = row.Int(3),
          .confidential = row.Bool(4),
          .version = row.Int(5)};
}

std::optional<CaseType> WithRoutes(db::Transaction& tx, const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  CaseType type = Read(rows[0]);
  const db::Rows routes = tx.Select(kRoutes, CaseType::kHome, type.code);
  for (const db::Rows::Row row : routes) type.routes.push_back({row.Int(0), row.Text(1)});
  return type;
}

}  // namespace

Result<CaseType> FindCaseType(db::Transaction& tx, const std::string& code) {
  std::optional<CaseType> type = WithRoutes(tx, tx.Select(kFind, CaseType::kHome, code));
  if (!type) return NotFound(reason::kCaseTypeUnknown, "There is no case type with this code.");
  return *std::move(type);
}

std::optional<CaseType> FindCaseTypeForUpdate(db::Transaction& tx, const std::string& code) {
  return WithRoutes(tx, tx.SelectForUpdate(kFind, CaseType::kHome, code));
}

std::vector<CaseType> ListCaseTypes(db::Transaction& tx) {
  std::map<std::string, std::vector<Route>> routes;
  const db::Rows route_rows = tx.Select(kAllRoutes, CaseType::kHome);
  for (const db::Rows::Row row : route_rows)
    routes[row.Text(0)].push_back({row.Int(1), row.Text(2)});
  std::vector<CaseType> types;
  const db::Rows rows = tx.Select(kList, CaseType::kHome);
  for (const db::Rows::Row row : rows) {
    types.push_back(Read(row));
    types.back().routes = std::move(routes[types.back().code]);
  }
  return types;
}

void SaveCaseType(db::Transaction& tx, const CaseType& type) {
  tx.Execute(kUpsert, CaseType::kHome, type.code, type.name, type.department,
             type.service_level_minutes, type.confidential, type.version);
  tx.Execute(kDeleteRoutes, CaseType::kHome, type.code);
  db::NewRows routes(kInsertRoutes);
  for (const Route& route : type.routes)
    routes.Add(CaseType::kHome, type.code, route.district, route.department);
  if (!routes.empty()) tx.InsertRows(routes);
}

}  // namespace reeve::case311
