#include "services/work_order/verify/verify_store.h"

#include <algorithm>
#include <map>

#include "services/work_order/appointment/appointment.h"
#include "services/work_order/crew/crew_store.h"
#include "services/work_order/order/order_store.h"

namespace reeve::work_order {
namespace {

constexpr db::Query kListKeys{
    "verify_list_orders",
    "SELECT premise_id, order_id FROM work_order WHERE premise_id > $1 "
    "OR (premise_id = $1 AND order_id > $2) ORDER BY premise_id, order_id LIMIT $3"};
constexpr db::Query kListPayloads{
    "verify_list_payloads",
    "SELECT position, payload FROM feed_event WHERE type = $1 AND partition_id = $2 "
    "AND position > $3 ORDER BY position LIMIT $4"};

constexpr db::Query kAudited{"verify_audited",
                             "SELECT entity_id, after_state FROM audit_entry WHERE entity = $1 "
                             "ORDER BY chain, sequence"};
constexpr db::Query kListSlots{
    "verify_list_slots",
    "SELECT home, slot_date, start_minute, end_minute, capacity FROM slot ORDER BY home"};
constexpr db::Query kListAppointments{
    "verify_list_appointments",
    "SELECT a.premise_id, a.order_id, a.slot_id, a.expire_time, a.state, o.slot_id "
    "FROM appointment a JOIN work_order o ON o.premise_id = a.premise_id AND "
    "o.order_id = a.order_id ORDER BY a.premise_id, a.order_id, a.state"};

// The first row that does not hold, and how many were looked at.
struct TableCheck {
  const char* name;
  db::Query count;
  db::Query violation;
};
constexpr TableCheck kChecks[] = {
    {"completions",
     {"verify_count_orders", "SELECT COUNT(*) FROM work_order"},
     {"verify_completions",
      "SELECT o.premise_id, o.order_id FROM work_order o LEFT JOIN completion c "
      "ON c.premise_id = o.premise_id AND c.order_id = o.order_id "
      "WHERE (CASE WHEN o.state = 'WORK_DONE' OR (o.state = 'CLOSED' AND o.not_done_reason IS "
      "NULL) "
      "THEN 1 ELSE 0 END) <> (CASE WHEN c.order_id IS NULL THEN 0 ELSE 1 END) "
      "OR (o.state = 'NOT_DONE' AND o.not_done_reason IS NULL) "
      "ORDER BY o.premise_id, o.order_id LIMIT 1"}},
    {"slots",
     {"verify_count_slots", "SELECT COUNT(*) FROM slot"},
     {"verify_slots",
      "SELECT s.home, s.taken FROM slot s WHERE s.taken <> "
      "(SELECT COUNT(*) FROM appointment a WHERE a.slot_id = s.home) ORDER BY s.home LIMIT 1"}},
    {"asked-once",
     {"verify_count_asked",
      "SELECT COUNT(*) FROM work_order WHERE origin IN ('APPLICATION', 'COLLECTIONS')"},
     {"verify_asked_once",
      "SELECT premise_id, MIN(order_id) FROM work_order "
      "WHERE origin IN ('APPLICATION', 'COLLECTIONS') "
      "GROUP BY premise_id, origin, agreement_id, disconnect_id HAVING COUNT(*) > 1 "
      "ORDER BY premise_id LIMIT 1"}},
};

// What the audit trail says of the things of one kind, oldest first: all entries of one thing are
// on one chain.
class Check {
 public:
  Check(db::Transaction& tx, std::string name, std::string_view entity)
      : finding_{std::move(name)} {
    for (const db::Rows::Row row : tx.Select(kAudited, entity)) {
      written_[row.Text(0)].push_back(row.Text(1));
    }
  }
  void Last(const std::string& id, const std::string& text) {
    ++finding_.examined;
    const std::vector<std::string>& written = written_[id];
    if (written.empty() || written.back() != text) Refuse(id + " is not what was written");
    seen_.push_back(id);
  }
  void Among(const std::string& id, const std::string& text) {
    ++finding_.examined;
    const std::vector<std::string>& written = written_[id];
    if (std::find(written.begin(), written.end(), text) == written.end()) {
      Refuse(id + " was never written so");
    }
  }
  void Refuse(std::string violation) {
    if (finding_.violation.empty()) finding_.violation = std::move(violation);
  }
  Finding WithNoneMissing() {
    for (const std::string& id : seen_) written_.erase(id);
    if (!written_.empty()) Refuse(written_.begin()->first + " is missing");
    return finding_;
  }
  Finding finding() const { return finding_; }

 private:
  Finding finding_;
  std::map<std::string, std::vector<std::string>> written_;
  std::vector<std::string> seen_;
};

Finding CheckCrews(db::Transaction& tx) {
  Check check(tx, "crews-as-audited", "crew");
  for (const Crew& crew : ListCrews(tx)) check.Last(crew.id.ToString(), AuditText(crew));
  return check.WithNoneMissing();
}

Finding CheckSlots(db::Transaction& tx) {
  Check check(tx, "slots-as-audited", "slot");
  for (const db::Rows::Row row : tx.Select(kListSlots)) {
    const Slot slot{.id = SlotId(row.Int(0)),
                    .date = row.Day(1),
                    .start_minute = static_cast<int>(row.Int(2)),
                    .end_minute = static_cast<int>(row.Int(3)),
                    .capacity = static_cast<int>(row.Int(4))};
    check.Last(slot.id.ToString(), AuditText(slot));
  }
  return check.WithNoneMissing();
}

// One that has run out is deleted without a trace; "slots" counts those that are left.
Finding CheckAppointments(db::Transaction& tx) {
  Check check(tx, "appointments-as-audited", "appointment");
  std::string with_place;  // the last order that has a confirmed one
  for (const db::Rows::Row row : tx.Select(kListAppointments)) {
    const std::string id = std::to_string(row.Int(0)) + "/" + std::to_string(row.Int(1));
    Appointment appointment;
    appointment.slot = SlotId(row.Int(2));
    appointment.expire_time = row.Time(3);
    check.Among(id, AuditText(appointment));
    const bool of_order = row.Int(5) == row.Int(2);
    const bool confirmed = row.Text(4) == "CONFIRMED";  // before one that is held
    if (confirmed ? !of_order : of_order && with_place != id) {
      check.Refuse(id + " is confirmed, or is not");
    }
    if (confirmed) with_place = id;
  }
  return check.finding();
}

}  // namespace

std::vector<Finding> CheckAudited(db::Transaction& tx) {
  return {CheckCrews(tx), CheckSlots(tx), CheckAppointments(tx)};
}

std::vector<Order> ListAllOrders(db::Transaction& tx, PremiseId after_premise, OrderId after_order,
                                 std::int64_t limit) {
  std::vector<Order> orders;
  const db::Rows keys = tx.Select(kListKeys, after_premise, after_order, limit);
  for (const db::Rows::Row key : keys) {
    orders.push_back(*FindOrder(tx, PremiseId(key.Int(0)), OrderId(key.Int(1))));
  }
  return orders;
}

std::vector<Payload> ListPayloads(db::Transaction& tx, std::string_view type, int partition,
                                  std::int64_t after, std::int64_t limit) {
  std::vector<Payload> payloads;
  const db::Rows rows = tx.Select(kListPayloads, type, partition, after, limit);
  for (const db::Rows::Row row : rows) {
    payloads.push_back({row.Int(0), db::ToText(row.Blob(1))});
  }
  return payloads;
}

std::vector<Finding> CheckTables(db::Transaction& tx) {
  std::vector<Finding> findings;
  for (const TableCheck& check : kChecks) {
    Finding& finding = findings.emplace_back(Finding{check.name});
    finding.examined = tx.Select(check.count)[0].Int(0);
    const db::Rows rows = tx.Select(check.violation);
    if (rows.empty()) continue;
    finding.violation =
        std::to_string(rows[0].Int(0)) + "/" + std::to_string(rows[0].Int(1)) + " does not hold";
  }
  return findings;
}

}  // namespace reeve::work_order
