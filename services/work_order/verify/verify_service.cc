#include "services/work_order/verify/verify_service.h"

#include <map>

#include "services/work_order/order/order_wire_service.h"
#include "services/work_order/verify/verify_store.h"
#include "shared/core/canonical.h"
#include "shared/feed/feed.h"

namespace reeve::work_order {
namespace {

constexpr std::int64_t kPage = 1'000;

// The feed is a hash chain, so that this covers every column of the orders and their completions.
class OrdersAsTold {
 public:
  explicit OrdersAsTold(db::Transaction& tx) : tx_(tx) {}

  Finding Run() {
    for (int partition = 0; partition < feed::Feed::kDefaultPartitions; ++partition) {
      ReadFeed(partition);
    }
    CompareOrders();
    if (!told_.empty()) Refuse(told_.begin()->first, "is missing");
    return finding_;
  }

 private:
  using Key = std::pair<std::int64_t, std::int64_t>;  // premise, order

  void Refuse(const Key& key, std::string_view what) {
    if (!finding_.violation.empty()) return;
    finding_.violation = "work_order " + std::to_string(key.first) + "/" +
                         std::to_string(key.second) + " " + std::string(what);
  }

  void ReadFeed(int partition) {
    std::int64_t position = 0;
    for (;;) {
      const std::vector<Payload> page = ListPayloads(
          tx_, v1::OrderChanged::descriptor()->full_name(), partition, position, kPage);
      if (page.empty()) return;
      for (const Payload& payload : page) {
        v1::OrderChanged changed;
        changed.ParseFromString(payload.bytes);
        const v1::Order& order = changed.order();
        told_[{order.premise_id(), order.order_id()}] = Sha256(order.SerializeAsString());
        position = payload.position;
      }
    }
  }

  void CompareOrders() {
    Key last{0, 0};
    for (;;) {
      const std::vector<Order> page =
          ListAllOrders(tx_, PremiseId(last.first), OrderId(last.second), kPage);
      if (page.empty()) return;
      for (const Order& order : page) {
        last = {order.premise.value(), order.id.value()};
        const auto told = told_.find(last);
        if (told == told_.end()) {
          Refuse(last, "was never told");
          continue;
        }
        if (told->second != Sha256(ToWire(order).SerializeAsString())) {
          Refuse(last, "is not as it was told");
        }
        told_.erase(told);
        ++finding_.examined;
      }
    }
  }

  db::Transaction& tx_;
  std::map<Key, std::string> told_;  // digest of the order as it was told last
  Finding finding_{"orders-as-told"};
};

}  // namespace

std::vector<Finding> CheckOrders(db::Transaction& tx) {
  std::vector<Finding> findings = CheckTables(tx);
  for (Finding& finding : CheckAudited(tx)) findings.push_back(std::move(finding));
  findings.push_back(OrdersAsTold(tx).Run());
  return findings;
}

}  // namespace reeve::work_order
