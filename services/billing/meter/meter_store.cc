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
                              {"to_date", ColumnType::kText},
                              {"reversed"}}};
constexpr db::Query kSaveEnd{
    "meter_installation_end",
    "UPDATE meter_installation SET to_date = $4, reversed = $5 WHERE account_id = $1 AND "
    "agreement_id = $2 AND installation_no = $3 AND reversed = 0"};
constexpr db::Query kClaim{
    "exchanged_meter_claim",
    "INSERT INTO exchanged_meter (meter_number) VALUES ($1) ON CONFLICT DO NOTHING"};
constexpr db::Query kHoldClaim{"exchanged_meter_hold",
                               "SELECT meter_number FROM exchanged_meter WHERE meter_number = $1"};

#define INSTALLATION_COLUMNS                                                           \
  "SELECT account_id, agreement_id, installation_no, meter_number, meter_size, unit, " \
  "register_digits, multiplier_thousandths, from_date, to_date, reversed FROM meter_installation "
constexpr db::Query kLoad{"meter_installation_load", INSTALLATION_COLUMNS
                          "WHERE account_id = $1 ORDER BY agreement_id, installation_no"};
constexpr db::Query kListEnded{
    "meter_installation_ended", INSTALLATION_COLUMNS
    "WHERE to_date IS NOT NULL AND reversed = 0 AND account_id >= $1 AND "
    "account_id <= $2 AND to_date > $3 "
    "ORDER BY account_id, agreement_id, installation_no"};
#undef INSTALLATION_COLUMNS
constexpr db::Query kSuccessor{
    "meter_installation_successor",
    "SELECT n.account_id, n.agreement_id, n.installation_no, n.meter_number, n.meter_size, n.unit, "
    "n.register_digits, n.multiplier_thousandths, n.from_date, n.to_date, n.reversed "
    "FROM meter_installation m JOIN agreement a ON a.account_id = m.account_id AND "
    "a.agreement_id = m.agreement_id JOIN meter_installation n ON n.account_id = m.account_id AND "
    "n.agreement_id = m.agreement_id AND n.reversed = 0 AND n.from_date = m.to_date AND "
    "n.installation_no > m.installation_no WHERE m.meter_number = $1 AND m.reversed = 0 AND "
    "a.premise_id = $2 AND a.service = $3 AND a.state = 'ACTIVE' AND a.meter_number <> $1 "
    "ORDER BY n.from_date DESC, n.installation_no LIMIT 1"};

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
             meter.multiplier_thousandths, installation.from_date, installation.to_date,
             installation.reversed);
}

}  // namespace

Cells CellsOfInstallation(const Installation& installation) {
  Cells cells = WithColumns(installation, kToCells);
  // Reversals came later than the first exchanges: without one the row is what it was then.
  if (!installation.reversed) cells.pop_back();
  return cells;
}

Installation ToInstallation(db::Rows::Row row) {
  return {AccountId(row.Int(0)),
          row.Int(1),
          row.Int(2),
          {row.Text(3), row.Text(4), row.Text(5), static_cast<int>(row.Int(6)), row.Int(7)},
          row.MaybeDay(8),
          row.MaybeDay(9),
          row.Bool(10)};
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
       db::ToValue(installation.installation_no), db::ToValue(installation.to_date),
       db::ToValue(installation.reversed)}};
  tx.ExecuteEach(kSaveEnd, one);
}

void HoldMeter(db::Transaction& tx, const std::string& meter_number) {
  tx.Execute(kClaim, meter_number);
  tx.SelectForUpdate(kHoldClaim, meter_number);
}

std::vector<Installation> LoadInstallations(db::Transaction& tx, AccountId account) {
  return ToInstallations(tx.Select(kLoad, account));
}

std::optional<Installation> FindSuccessor(db::Transaction& tx, PremiseId premise,
                                          const std::string& service,
                                          const std::string& meter_number) {
  const db::Rows rows = tx.Select(kSuccessor, meter_number, premise, service);
  return rows.empty() ? std::nullopt : std::optional(ToInstallation(rows[0]));
}

std::vector<Installation> ListEnded(db::Transaction& tx, AccountId first, AccountId last,
                                    Date since) {
  return ToInstallations(tx.Select(kListEnded, first, last, since));
}

}  // namespace reeve::billing::meter
