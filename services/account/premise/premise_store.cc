#include "services/account/premise/premise_store.h"

#include <set>

namespace reeve::account {
namespace {

using db::ColumnType;

const db::InsertInto kIntoPremise{"premise_insert",
                                  "premise",
                                  {{"premise_id"},
                                   {"version"},
                                   {"street", ColumnType::kText},
                                   {"unit", ColumnType::kText},
                                   {"city", ColumnType::kText},
                                   {"region", ColumnType::kText},
                                   {"postal_code", ColumnType::kText},
                                   {"address_key", ColumnType::kText},
                                   {"customer_class", ColumnType::kText},
                                   {"cycle"}}};
const db::InsertInto kIntoPoint{"service_point_insert",
                                "service_point",
                                {{"premise_id"},
                                 {"service_point_no"},
                                 {"service", ColumnType::kText},
                                 {"schedule_code", ColumnType::kText},
                                 {"quantity_thousandths"},
                                 {"meter_number", ColumnType::kText},
                                 {"register_digits"},
                                 {"multiplier_thousandths"},
                                 {"unit", ColumnType::kText},
                                 {"supply", ColumnType::kText},
                                 {"meter_size", ColumnType::kText}}};

constexpr db::Query kFind{"premise_find",
                          "SELECT premise_id, version, street, unit, city, region, postal_code, "
                          "customer_class, cycle FROM premise WHERE premise_id = $1"};
constexpr db::Query kPoints{
    "service_point_list",
    "SELECT service_point_no, service, schedule_code, quantity_thousandths, meter_number, "
    "register_digits, multiplier_thousandths, unit, supply, meter_size FROM service_point "
    "WHERE premise_id = $1 ORDER BY service_point_no"};
constexpr db::Query kFindMeter{
    "service_point_find_meter",
    "SELECT premise_id FROM service_point WHERE meter_number = $1 AND meter_number <> '' LIMIT 1"};
constexpr db::Query kUpdateVersion{
    "premise_update_version",
    "UPDATE premise SET version = $2 WHERE premise_id = $1 AND version = $2 - 1"};
constexpr db::Query kUpdateSupply{
    "service_point_update_supply",
    "UPDATE service_point SET supply = $3 WHERE premise_id = $1 AND service_point_no = $2"};
constexpr db::Query kUpdateMeter{
    "service_point_update_meter",
    "UPDATE service_point SET meter_number = $3, meter_size = $4, register_digits = $5, "
    "multiplier_thousandths = $6 WHERE premise_id = $1 AND service_point_no = $2"};
constexpr db::Query kSearch{
    "premise_search_address",
    "SELECT premise_id FROM premise WHERE address_key >= $1 AND address_key <= $2 AND "
    "(address_key > $3 OR (address_key = $3 AND premise_id > $4)) "
    "ORDER BY address_key, premise_id LIMIT $5"};

std::optional<Premise> ReadPremise(const db::Rows& premises, const db::Rows& points) {
  if (premises.empty()) return std::nullopt;
  const db::Rows::Row row = premises[0];
  Premise premise{.id = PremiseId(row.Int(0)),
                  .address = {row.Text(2), row.Text(3), row.Text(4), row.Text(5), row.Text(6)},
                  .customer_class = kCustomerClassName.Read(row.Text(7)),
                  .cycle = static_cast<int>(row.Int(8)),
                  .version = row.Int(1)};
  for (const db::Rows::Row point : points) {
    premise.points.push_back({.no = static_cast<int>(point.Int(0)),
                              .service = point.Text(1),
                              .schedule_code = point.Text(2),
                              .quantity_thousandths = point.Int(3),
                              .meter_number = point.Text(4),
                              .register_digits = static_cast<int>(point.Int(5)),
                              .multiplier_thousandths = point.Int(6),
                              .unit = point.Text(7),
                              .meter_size = point.Text(9),
                              .supply = kSupplyName.Read(point.Text(8))});
  }
  return premise;
}

}  // namespace

void InsertPremises(db::Transaction& tx, std::span<const Premise> premises) {
  if (premises.empty()) return;
  db::NewRows rows(kIntoPremise);
  db::NewRows points(kIntoPoint);
  for (const Premise& premise : premises) {
    const Address& a = premise.address;
    rows.Add(premise.id, premise.version, a.street, a.unit, a.city, a.region, a.postal_code,
             AddressKey(a), kCustomerClassName(premise.customer_class), premise.cycle);
    for (const ServicePoint& point : premise.points) {
      points.Add(premise.id, point.no, point.service, point.schedule_code,
                 point.quantity_thousandths, point.meter_number, point.register_digits,
                 point.multiplier_thousandths, point.unit, kSupplyName(point.supply),
                 point.meter_size);
    }
  }
  tx.InsertRows(rows);
  tx.InsertRows(points);
}

std::optional<Premise> FindPremise(db::Transaction& tx, PremiseId id) {
  return ReadPremise(tx.Select(kFind, id), tx.Select(kPoints, id));
}

std::optional<Premise> FindPremiseForUpdate(db::Transaction& tx, PremiseId id) {
  const db::Rows locked = tx.SelectForUpdate(kFind, id);
  return ReadPremise(locked, tx.Select(kPoints, id));
}

void LockPremises(db::Transaction& tx, std::span<const PremiseId> ids) {
  const std::set<PremiseId> sorted(ids.begin(), ids.end());
  std::vector<std::vector<db::Value>> keys;
  for (const PremiseId id : sorted) keys.push_back({db::ToValue(id)});
  tx.SelectEach(kFind, keys, /*lock_rows=*/true);
}

std::vector<std::optional<Premise>> FindPremises(db::Transaction& tx,
                                                 std::span<const PremiseId> ids) {
  std::vector<std::vector<db::Value>> keys;
  for (const PremiseId id : ids) keys.push_back({db::ToValue(id)});
  const std::vector<db::Rows> premises = tx.SelectEach(kFind, keys);
  const std::vector<db::Rows> points = tx.SelectEach(kPoints, keys);
  std::vector<std::optional<Premise>> found;
  for (std::size_t i = 0; i < ids.size(); ++i) found.push_back(ReadPremise(premises[i], points[i]));
  return found;
}

std::vector<PremiseId> FindMeters(db::Transaction& tx, std::span<const std::string> meter_numbers) {
  std::vector<std::vector<db::Value>> keys;
  for (const std::string& meter_number : meter_numbers) keys.push_back({db::ToValue(meter_number)});
  std::vector<PremiseId> found;
  for (const db::Rows& rows : tx.SelectEach(kFindMeter, keys))
    found.push_back(rows.empty() ? PremiseId() : PremiseId(rows[0].Int(0)));
  return found;
}

Result<> UpdateSupply(db::Transaction& tx, const Premise& premise) {
  REEVE_RETURN_IF_ERROR(tx.ExecuteOne(kUpdateVersion, premise.id, premise.version));
  std::vector<std::vector<db::Value>> points;
  for (const ServicePoint& point : premise.points) {
    points.push_back(
        {db::ToValue(premise.id), db::ToValue(point.no), db::ToValue(kSupplyName(point.supply))});
  }
  tx.ExecuteEach(kUpdateSupply, points);
  return Ok();
}

Result<> UpdateMeter(db::Transaction& tx, const Premise& premise, int point_no) {
  REEVE_RETURN_IF_ERROR(tx.ExecuteOne(kUpdateVersion, premise.id, premise.version));
  const ServicePoint& point = *premise.FindPoint(point_no);
  return tx.ExecuteOne(kUpdateMeter, premise.id, point.no, point.meter_number, point.meter_size,
                       point.register_digits, point.multiplier_thousandths);
}

std::vector<PremiseId> SearchByAddress(db::Transaction& tx, const std::string& key_prefix,
                                       const std::string& after_key, PremiseId after, int limit) {
  std::vector<PremiseId> found;
  for (const db::Rows::Row row :
       tx.Select(kSearch, key_prefix, PrefixEnd(key_prefix), after_key, after, limit)) {
    found.emplace_back(row.Int(0));
  }
  return found;
}

}  // namespace reeve::account
