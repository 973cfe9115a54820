#include "services/billing/cycle/duty_store.h"

#include <algorithm>
#include <vector>

#include "services/billing/cycle/guard_run_store.h"
#include "services/billing/read/read_store.h"
#include "services/billing/rebill/plan_store.h"

namespace reeve::billing::cycle {
namespace {

using db::ToValue;

#define READS_OF_BILL                                                                          \
  "FROM bill_segment s JOIN meter_read r ON r.account_id = s.account_id AND r.agreement_id = " \
  "s.agreement_id AND r.read_date = s.to_date AND r.state = 'ACCEPTED' JOIN audit_entry e ON "
#define OF_BILL "WHERE s.account_id = $1 AND s.bill_id = $2 AND e.entity = $3 AND e.caller = $4"
// By hand: the trail of a read is its account's.
constexpr db::Query kByHand{
    "guard_read_by_hand",
    "SELECT r.read_id " READS_OF_BILL
    "e.home = r.account_id AND e.entity_id = CAST(r.account_id AS TEXT) || '/' || "
    "CAST(r.read_id AS TEXT) " OF_BILL};
// From a file: the trail of a part is the file's.
constexpr db::Query kFromFile{"guard_read_from_file",
                              "SELECT r.read_id " READS_OF_BILL "e.home = r.import_id " OF_BILL};
#undef OF_BILL
#undef READS_OF_BILL

bool IsAny(db::Transaction& tx, const db::Query& query, std::span<const Bill> bills,
           std::string_view entity, const Caller& caller) {
  std::vector<std::vector<db::Value>> keys;
  for (const Bill& bill : bills) {
    keys.push_back({ToValue(bill.account), ToValue(bill.bill_id), ToValue(entity),
                    ToValue(caller.ToString())});
  }
  if (keys.empty()) return false;
  const std::vector<db::Rows> found = tx.SelectEach(query, keys);
  return std::any_of(found.begin(), found.end(),
                     [](const db::Rows& rows) { return !rows.empty(); });
}

}  // namespace

bool IsOwnRun(db::Transaction& tx, const Run& run, const Caller& caller) {
  if (run.started_by == caller.person) return true;
  if (run.IsRebill()) return rebill::LimitsLoadedBy(tx, run.cycle_id) == caller.person;
  const std::vector<ControlTotal> controls = ControlTotals(tx, run.cycle, run.period_end);
  return std::any_of(controls.begin(), controls.end(), [&](const ControlTotal& control) {
    return control.recorded_by == caller.person;
  });
}

bool AreOwnReads(db::Transaction& tx, std::span<const Bill> bills, const Caller& caller) {
  return IsAny(tx, kByHand, bills, read::kKeptRead.entity, caller) ||
         IsAny(tx, kFromFile, bills, read::kPartEntity, caller);
}

}  // namespace reeve::billing::cycle
