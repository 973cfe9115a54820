// Orders, completions and meters in the database.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "services/work_order/order/order.h"
#include "shared/db/database.h"

namespace reeve::work_order {

std::optional<Order> FindOrder(db::Transaction& tx, PremiseId premise, OrderId id);
std::optional<Order> FindOrderForUpdate(db::Transaction& tx, PremiseId premise, OrderId id);
// Writes a new order, which has no completion yet.
void InsertOrder(db::Transaction& tx, const Order& order);
// Replaces `before`, which was found for update, and keeps a completion that is new.
void UpdateOrder(db::Transaction& tx, const Order& before, const Order& after);

// Locked, in the order of their ids: the cuts that billing asked for under this number at the place
// (any number if it is 0), for this account.
std::vector<Order> FindCutsForUpdate(db::Transaction& tx, PremiseId premise, AccountId account,
                                     std::int64_t disconnect);
bool HasOpenOrder(db::Transaction& tx, PremiseId premise, OrderType type, std::string_view service);
bool HasFollower(db::Transaction& tx, PremiseId premise, OrderId earlier, OrderType type);
bool HasConnectFor(db::Transaction& tx, PremiseId premise, std::int64_t agreement);
bool HasCutFor(db::Transaction& tx, PremiseId premise, std::int64_t disconnect);
bool IsOnSiteElsewhere(db::Transaction& tx, PersonId technician, OrderId order);
// The orders that are with the technician, in the order of their ids.
std::vector<Order> ListOrdersWith(db::Transaction& tx, PersonId technician);

struct OrderFilter {
  PremiseId premise;  // not set: any; as the others
  AccountId account;
  PersonId technician;
  std::optional<State> state;
  std::optional<OrderType> type;
};
// The newest `limit` orders before `before`, newest first. Ids grow with time.
std::vector<Order> ListOrders(db::Transaction& tx, const OrderFilter& filter, OrderId before,
                              std::int64_t limit);

std::optional<Meter> FindMeter(db::Transaction& tx, PremiseId premise, std::string_view number);
// Adds the meters that are not known yet at the place.
void AddMeters(db::Transaction& tx, PremiseId premise, std::span<const Meter> meters);
void SaveLastRead(db::Transaction& tx, PremiseId premise, std::string_view meter_number,
                  std::int64_t read_thousandths, Date read_date);

}  // namespace reeve::work_order
