#include "services/work_order/order/order_store.h"

#include <stdexcept>

namespace reeve::work_order {
namespace {

#define REEVE_ORDER_COLUMNS                                                                        \
  "premise_id, order_id, type, state, origin, account_id, service, meter_number, application_id, " \
  "agreement_id, disconnect_id, amount_to_avoid_cents, no_fee, instructions, wanted_date, "        \
  "override_reason, slot_id, technician_id, crew_id, assignment_epoch, earlier_order_id, "         \
  "not_done_reason, reason, version, created_time, state_time"

constexpr db::Query kFindOrder{"order_find", "SELECT " REEVE_ORDER_COLUMNS
                                             " FROM work_order "
                                             "WHERE premise_id = $1 AND order_id = $2"};
constexpr db::Query kInsertOrder{
    "order_insert", "INSERT INTO work_order (" REEVE_ORDER_COLUMNS
                    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
                    "$16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)"};
constexpr db::Query kUpdateOrder{
    "order_update",
    "UPDATE work_order SET state = $3, slot_id = $4, technician_id = $5, crew_id = $6, "
    "assignment_epoch = $7, not_done_reason = $8, reason = $9, version = $10, state_time = $11 "
    "WHERE premise_id = $1 AND order_id = $2 AND version = $12"};
constexpr db::Query kFindCompletion{
    "completion_find",
    "SELECT meter_number, read_thousandths, lower_read_confirmed, supply_on, seal_number, "
    "door_hanger_left, tag_serial, photo_sha256, remark, work_date, high_read_confirmed "
    "FROM completion "
    "WHERE premise_id = $1 AND order_id = $2"};
constexpr db::Query kInsertCompletion{
    "completion_insert",
    "INSERT INTO completion (premise_id, order_id, meter_number, read_thousandths, "
    "lower_read_confirmed, supply_on, seal_number, door_hanger_left, tag_serial, photo_sha256, "
    "remark, work_date, high_read_confirmed) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"};
constexpr db::Query kFindCuts{"order_find_cuts",
                              "SELECT " REEVE_ORDER_COLUMNS
                              " FROM work_order WHERE premise_id = $1 AND account_id = $2 "
                              "AND type = 'DISCONNECT_NONPAY' AND ($3 = 0 OR disconnect_id = $3) "
                              "ORDER BY order_id"};
constexpr db::Query kHasOpen{
    "order_has_open",
    "SELECT 1 FROM work_order WHERE premise_id = $1 AND type = $2 AND service = $3 "
    "AND state NOT IN ('SUSPENDED', 'CLOSED', 'CANCELLED') LIMIT 1"};
constexpr db::Query kHasFollower{
    "order_has_follower",
    "SELECT 1 FROM work_order WHERE premise_id = $1 AND earlier_order_id = $2 AND type = $3 "
    "LIMIT 1"};
constexpr db::Query kHasConnect{
    "order_has_connect",
    "SELECT 1 FROM work_order WHERE premise_id = $1 AND agreement_id = $2 "
    "AND origin = 'APPLICATION' LIMIT 1"};
constexpr db::Query kHasCut{"order_has_cut",
                            "SELECT 1 FROM work_order WHERE premise_id = $1 AND disconnect_id = $2 "
                            "AND origin = 'COLLECTIONS' LIMIT 1"};
constexpr db::Query kOnSiteElsewhere{
    "order_on_site_elsewhere",
    "SELECT 1 FROM work_order WHERE technician_id = $1 AND state IN ('ON_SITE', 'IN_PROGRESS') "
    "AND order_id <> $2 LIMIT 1"};
constexpr db::Query kListWith{
    "order_list_with", "SELECT " REEVE_ORDER_COLUMNS
                       " FROM work_order WHERE technician_id = $1 AND state IN ('DISPATCHED', "
                       "'ACCEPTED', 'EN_ROUTE', 'ON_SITE', 'IN_PROGRESS', 'RECALL_PENDING') "
                       "ORDER BY order_id"};
constexpr db::Query kListOrders{
    "order_list", "SELECT " REEVE_ORDER_COLUMNS
                  " FROM work_order WHERE order_id < $1 AND ($2 = 0 OR premise_id = $2) "
                  "AND ($3 = 0 OR account_id = $3) AND ($4 = 0 OR technician_id = $4) "
                  "AND ($5 = '' OR state = $5) AND ($6 = '' OR type = $6) "
                  "ORDER BY order_id DESC LIMIT $7"};
constexpr db::Query kFindMeter{
    "meter_find",
    "SELECT meter_number, service, register_digits, last_read_thousandths, last_read_date "
    "FROM meter WHERE premise_id = $1 AND meter_number = $2"};
constexpr db::Query kAddMeter{
    "meter_add",
    "INSERT INTO meter (premise_id, meter_number, service, register_digits, "
    "last_read_thousandths, last_read_date) VALUES ($1, $2, $3, $4, $5, $6) "
    "ON CONFLICT DO NOTHING"};
constexpr db::Query kSaveLastRead{
    "meter_save_last_read",
    "UPDATE meter SET last_read_thousandths = $3, last_read_date = $4 "
    "WHERE premise_id = $1 AND meter_number = $2"};

Order FromRow(db::Rows::Row row) {
  Order order;
  order.premise = PremiseId(row.Int(0));
  order.id = OrderId(row.Int(1));
  order.type = ParseOrderType(row.Text(2));
  order.state = ParseState(row.Text(3));
  order.origin = ParseOrigin(row.Text(4));
  order.account = AccountId(row.Int(5));
  order.service = row.Text(6);
  order.meter_number = row.Text(7);
  order.application = row.Int(8);
  order.agreement = row.Int(9);
  order.disconnect = row.Int(10);
  order.amount_to_avoid = row.Cents(11);
  order.no_fee = row.Bool(12);
  order.instructions = row.Text(13);
  order.wanted_date = row.MaybeDay(14);
  order.override_reason = row.Text(15);
  order.slot = SlotId(row.Int(16));
  order.technician = PersonId(row.Int(17));
  order.crew = CrewId(row.Int(18));
  order.assignment_epoch = row.Int(19);
  order.earlier = OrderId(row.Int(20));
  if (!row.IsNull(21)) order.not_done_reason = ParseNotDoneReason(row.Text(21));
  order.reason = row.Text(22);
  order.version = row.Int(23);
  order.created_time = row.Time(24);
  order.state_time = row.Time(25);
  return order;
}

Completion CompletionFromRow(db::Rows::Row row) {
  return {.meter_number = row.Text(0),
          .read_thousandths = row.MaybeInt(1),
          .lower_read_confirmed = row.Bool(2),
          .high_read_confirmed = row.Bool(10),
          .supply_on = row.Bool(3),
          .seal_number = row.Text(4),
          .door_hanger_left = row.Bool(5),
          .tag_serial = row.Text(6),
          .photo_sha256 = row.Text(7),
          .remark = row.Text(8),
          .work_date = row.Day(9)};
}

// The orders of the rows, with the completions that they have.
std::vector<Order> WithCompletions(db::Transaction& tx, const db::Rows& rows) {
  std::vector<Order> orders;
  std::vector<std::vector<db::Value>> keys;
  std::vector<std::size_t> ended;
  for (const db::Rows::Row row : rows) {
    const Order& order = orders.emplace_back(FromRow(row));
    if (order.state != State::kWorkDone && order.state != State::kClosed) continue;
    ended.push_back(orders.size() - 1);
    keys.push_back({db::ToValue(order.premise), db::ToValue(order.id)});
  }
  if (keys.empty()) return orders;
  const std::vector<db::Rows> completions = tx.SelectEach(kFindCompletion, keys);
  for (std::size_t i = 0; i < ended.size(); ++i) {
    if (completions[i].empty()) continue;
    orders[ended[i]].completion = CompletionFromRow(completions[i][0]);
  }
  return orders;
}

std::optional<Order> OnlyOrder(db::Transaction& tx, const db::Rows& rows) {
  std::vector<Order> orders = WithCompletions(tx, rows);
  return orders.empty() ? std::nullopt : std::optional(std::move(orders.front()));
}

std::optional<std::string_view> MaybeName(const std::optional<NotDoneReason>& reason) {
  return reason ? std::optional(Name(*reason)) : std::nullopt;
}

}  // namespace

std::optional<Order> FindOrder(db::Transaction& tx, PremiseId premise, OrderId id) {
  return OnlyOrder(tx, tx.Select(kFindOrder, premise, id));
}

std::optional<Order> FindOrderForUpdate(db::Transaction& tx, PremiseId premise, OrderId id) {
  return OnlyOrder(tx, tx.SelectForUpdate(kFindOrder, premise, id));
}

void InsertOrder(db::Transaction& tx, const Order& order) {
  tx.Execute(kInsertOrder, order.premise, order.id, Name(order.type), Name(order.state),
             Name(order.origin), order.account, order.service, order.meter_number,
             order.application, order.agreement, order.disconnect, order.amount_to_avoid,
             order.no_fee, order.instructions, order.wanted_date, order.override_reason, order.slot,
             order.technician, order.crew, order.assignment_epoch, order.earlier,
             MaybeName(order.not_done_reason), order.reason, order.version, order.created_time,
             order.state_time);
}

void UpdateOrder(db::Transaction& tx, const Order& before, const Order& after) {
  const std::int64_t updated = tx.Execute(
      kUpdateOrder, after.premise, after.id, Name(after.state), after.slot, after.technician,
      after.crew, after.assignment_epoch, MaybeName(after.not_done_reason), after.reason,
      after.version, after.state_time, before.version);
  if (updated != 1) throw std::logic_error("work_order: an order is saved without its lock");
  if (!after.completion || before.completion) return;
  const Completion& completion = *after.completion;
  tx.Execute(kInsertCompletion, after.premise, after.id, completion.meter_number,
             completion.read_thousandths, completion.lower_read_confirmed, completion.supply_on,
             completion.seal_number, completion.door_hanger_left, completion.tag_serial,
             completion.photo_sha256, completion.remark, completion.work_date,
             completion.high_read_confirmed);
}

std::vector<Order> FindCutsForUpdate(db::Transaction& tx, PremiseId premise, AccountId account,
                                     std::int64_t disconnect) {
  return WithCompletions(tx, tx.SelectForUpdate(kFindCuts, premise, account, disconnect));
}

bool HasOpenOrder(db::Transaction& tx, PremiseId premise, OrderType type,
                  std::string_view service) {
  return !tx.Select(kHasOpen, premise, Name(type), service).empty();
}

bool HasFollower(db::Transaction& tx, PremiseId premise, OrderId earlier, OrderType type) {
  return !tx.Select(kHasFollower, premise, earlier, Name(type)).empty();
}

bool HasConnectFor(db::Transaction& tx, PremiseId premise, std::int64_t agreement) {
  return !tx.Select(kHasConnect, premise, agreement).empty();
}

bool HasCutFor(db::Transaction& tx, PremiseId premise, std::int64_t disconnect) {
  return !tx.Select(kHasCut, premise, disconnect).empty();
}

bool IsOnSiteElsewhere(db::Transaction& tx, PersonId technician, OrderId order) {
  return !tx.Select(kOnSiteElsewhere, technician, order).empty();
}

std::vector<Order> ListOrdersWith(db::Transaction& tx, PersonId technician) {
  return WithCompletions(tx, tx.Select(kListWith, technician));
}

std::vector<Order> ListOrders(db::Transaction& tx, const OrderFilter& filter, OrderId before,
                              std::int64_t limit) {
  return WithCompletions(
      tx, tx.Select(kListOrders, before, filter.premise, filter.account, filter.technician,
                    filter.state ? Name(*filter.state) : std::string_view(),
                    filter.type ? Name(*filter.type) : std::string_view(), limit));
}

std::optional<Meter> FindMeter(db::Transaction& tx, PremiseId premise, std::string_view number) {
  const db::Rows rows = tx.Select(kFindMeter, premise, number);
  if (rows.empty()) return std::nullopt;
  return Meter{rows[0].Text(0), rows[0].Text(1), static_cast<int>(rows[0].Int(2)), rows[0].Int(3),
               rows[0].MaybeDay(4)};
}

void AddMeters(db::Transaction& tx, PremiseId premise, std::span<const Meter> meters) {
  for (const Meter& meter : meters) {
    tx.Execute(kAddMeter, premise, meter.number, meter.service, meter.register_digits,
               meter.last_read_thousandths, meter.last_read_date);
  }
}

void SaveLastRead(db::Transaction& tx, PremiseId premise, std::string_view meter_number,
                  std::int64_t read_thousandths, Date read_date) {
  tx.Execute(kSaveLastRead, premise, meter_number, read_thousandths, read_date);
}

}  // namespace reeve::work_order
