#include "services/billing/cycle/change_store.h"

#include "services/billing/meter/meter_store.h"

namespace reeve::billing::cycle {
namespace {

using db::ToValue;

// The segment that ended where this one begins.
constexpr db::Query kChanges{
    "cycle_changes",
    "SELECT s.account_id, s.agreement_id, s.service, p.schedule_code, p.quantity_thousandths, "
    "p.amount_cents, s.schedule_code, s.quantity_thousandths, s.amount_cents, p.installation_no, "
    "s.installation_no, coalesce(w.meter_number, ''), coalesce(w.meter_size, ''), "
    "coalesce(w.unit, ''), coalesce(w.register_digits, 0), coalesce(w.multiplier_thousandths, 0), "
    "coalesce(n.meter_number, ''), coalesce(n.meter_size, ''), coalesce(n.unit, ''), "
    "coalesce(n.register_digits, 0), coalesce(n.multiplier_thousandths, 0), n.from_date "
    "FROM bill b JOIN bill_segment s ON s.account_id = b.account_id AND s.bill_id = b.bill_id AND "
    "s.state = 'BILLED' JOIN bill_segment p ON p.account_id = s.account_id AND "
    "p.agreement_id = s.agreement_id AND p.to_date = s.from_date AND p.state = 'BILLED' "
    "LEFT JOIN meter_installation w ON w.account_id = p.account_id AND "
    "w.agreement_id = p.agreement_id AND w.installation_no = p.installation_no "
    "LEFT JOIN meter_installation n ON n.account_id = s.account_id AND "
    "n.agreement_id = s.agreement_id AND n.installation_no = s.installation_no "
    "WHERE b.cycle_id = $1 AND b.account_id >= $2 AND (s.account_id > $2 OR s.agreement_id > $3) "
    "AND (p.schedule_code <> s.schedule_code OR p.quantity_thousandths <> s.quantity_thousandths "
    "OR p.installation_no <> s.installation_no) "
    "ORDER BY s.account_id, s.agreement_id LIMIT $4"};
constexpr db::Query kExchangedBy{
    "cycle_change_exchanged_by",
    "SELECT caller FROM audit_entry WHERE home = $1 AND entity = $2 AND entity_id = $3 AND "
    "action = 'install'"};

AgreementChange ToChange(db::Rows::Row row) {
  const auto meter_at = [&](std::size_t first) {
    return meter::Meter{row.Text(first), row.Text(first + 1), row.Text(first + 2),
                        static_cast<int>(row.Int(first + 3)), row.Int(first + 4)};
  };
  AgreementChange change;
  change.account = AccountId(row.Int(0));
  change.agreement_id = row.Int(1);
  change.service = row.Text(2);
  change.before = {row.Text(3), row.Int(4), meter_at(11), row.Cents(5)};
  change.now = {row.Text(6), row.Int(7), meter_at(16), row.Cents(8)};
  if (row.Int(9) != row.Int(10)) change.exchange_date = row.MaybeDay(21);
  return change;
}

}  // namespace

std::vector<AgreementChange> ListChanges(db::Transaction& tx, std::int64_t cycle_id,
                                         AccountId after, std::int64_t after_agreement_id,
                                         std::int64_t limit) {
  std::vector<AgreementChange> changes;
  std::vector<std::vector<db::Value>> exchanges;
  std::vector<std::size_t> of_change;
  for (const db::Rows::Row row : tx.Select(kChanges, cycle_id, after, after_agreement_id, limit)) {
    changes.push_back(ToChange(row));
    const AgreementChange& change = changes.back();
    if (!change.exchange_date) continue;
    exchanges.push_back(
        {ToValue(change.account), ToValue(meter::kKeptInstallation.entity),
         ToValue(change.account.ToString() + "/" + std::to_string(change.agreement_id) + "/" +
                 std::to_string(row.Int(10)))});
    of_change.push_back(changes.size() - 1);
  }
  if (exchanges.empty()) return changes;
  const std::vector<db::Rows> found = tx.SelectEach(kExchangedBy, exchanges);
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!found[i].empty()) changes[of_change[i]].exchanged_by = found[i][0].Text(0);
  }
  return changes;
}

}  // namespace reeve::billing::cycle
