#include "services/billing/meter/meter_store.h"

namespace reeve::billing::meter {
namespace {

using db::ColumnType;

const db::InsertInto kInsert{"meter_installation_insert",
                             "meter_installation",
                             {{"account_id"},
                              {"agreement_id"},
                              {"installation_no"},
                              {"meter_number", ColumnType::kText},
                              {"meter_size", ColumnType::kText},
                              {"unit", ColumnType::kText},
                              {"register_digits"},
                              {"multiplier_thousandths"},
                              {"from_date", ColumnType::kText},
                              {"to_date", ColumnType::kText}}};
constexpr db::Query kSaveEnd{"meter_installation_end",
                             "UPDATE meter_installation SET to_date = $4 WHERE account_id = $1 AND "
                             "agreement_id = $2 AND installation_no = $3 AND to_date IS NULL"};

#define INSTALLATION_COLUMNS                                                           \
  "SELECT account_id, agreement_id, installation_no, meter_number, meter_size, unit, " \
  "register_digits, multiplier_thousandths, from_date, to_date FROM meter_installation "
constexpr db::Query kLoad{"meter_installation_load", INSTALLATION_COLUMNS
                          "WHERE account_id = $1 ORDER BY agreement_id, installation_no"};
constexpr db::Query kListEnded{"meter_installation_ended", INSTALLATION_COLUMNS
                               "WHERE to_date IS NOT NULL AND account_id >= $1 AND "
                               "account_id <= $2 AND to_date > $3 "
                               "ORDER BY account_id, agreement_id, installation_no"};
#undef INSTALLATION_COLUMNS

std::vector<Installation> ToInstallations(const db::Rows& rows) {
  std::vector<Installation> installations;
  installations.reserve(rows.size());
  for (const db::Rows::Row row : rows) installations.push_back(ToInstallation(row));
  return installations;
}

template <class Use>
auto WithColumns(const Installation& installation, const Use& use) {
  const Meter& meter = installation.meter;
  return use(installation.account, installation.agreement_id, installation.installation_no,
             meter.meter_number, meter.size, meter.unit, meter.register_digits,
             meter.multiplier_thousandths, installation.from_date, installation.to_date);
}

}  // namespace

Cells CellsOfInstallation(const Installation& installation) {
  return WithColumns(installation, kToCells);
}

Installation ToInstallation(db::Rows::Row row) {
  return {AccountId(row.Int(0)),
          row.Int(1),
          row.Int(2),
          {row.Text(3), row.Text(4), row.Text(5), static_cast<int>(row.Int(6)), row.Int(7)},
          row.MaybeDay(8),
          row.MaybeDay(9)};
}

void InsertInstallations(db::Transaction& tx, std::span<const Installation> installations) {
  db::NewRows rows(kInsert);
  for (const Installation& added : installations) {
    WithColumns(added, [&rows](const auto&... cells) { rows.Add(cells...); });
  }
  if (!rows.empty()) tx.InsertRows(rows);
}

void SaveEnd(db::Transaction& tx, const Installation& installation) {
  const std::vector<db::Value> one[] = {
      {db::ToValue(installation.account), db::ToValue(installation.agreement_id),
       db::ToValue(installation.installation_no), db::ToValue(installation.to_date)}};
  tx.ExecuteEach(kSaveEnd, one);
}

std::vector<Installation> LoadInstallations(db::Transaction& tx, AccountId account) {
  return ToInstallations(tx.Select(kLoad, account));
}

std::vector<Installation> ListEnded(db::Transaction& tx, AccountId first, AccountId last,
                                    Date since) {
  return ToInstallations(tx.Select(kListEnded, first, last, since));
}

}  // namespace reeve::billing::meter
