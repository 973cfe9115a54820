// Who is next door, and what their meters show.
#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "services/billing/cycle/guard_store.h"
#include "services/billing/read/read.h"

namespace reeve::billing::cycle {
namespace {

using db::ToValue;
using Parameters = std::vector<std::vector<db::Value>>;
using Key = std::pair<AccountId, std::int64_t>;

// Two on either side: a house and its neighbours, or the doors of a floor.
#define NEIGHBOUR_COLUMNS                                                                     \
  "SELECT premise_id, account_id, agreement_id, meter_number, register_digits, "              \
  "multiplier_thousandths, installation_no FROM agreement WHERE service = $2 AND cycle = $3 " \
  "AND schedule_code = $4 AND state = 'ACTIVE' AND meter_number <> '' AND "
constexpr db::Query kBelow{"guard_neighbours_below", NEIGHBOUR_COLUMNS
                           "premise_id < $1 ORDER BY premise_id DESC, account_id, "
                           "agreement_id LIMIT 2"};
constexpr db::Query kAbove{"guard_neighbours_above", NEIGHBOUR_COLUMNS
                           "premise_id > $1 ORDER BY premise_id, account_id, "
                           "agreement_id LIMIT 2"};
#undef NEIGHBOUR_COLUMNS
constexpr db::Query kBills{
    "guard_bills_of_neighbour",
    "SELECT s.from_date, s.to_date, s.usage_thousandths, s.amount_cents, b.state, b.cycle_id, "
    "s.end_read_thousandths, s.installation_no FROM bill_segment s JOIN bill b ON "
    "b.account_id = s.account_id AND b.bill_id = s.bill_id WHERE s.account_id = $1 AND "
    "s.agreement_id = $2 AND s.state = 'BILLED' ORDER BY s.to_date DESC LIMIT 14"};
constexpr db::Query kLastRead{
    "guard_read_of_neighbour",
    "SELECT read_date, read_thousandths FROM meter_read WHERE account_id = $1 AND "
    "agreement_id = $2 AND meter_number = $3 AND state = 'ACCEPTED' AND source <> 'ESTIMATE' AND "
    "read_date <= $4 "
    "ORDER BY read_date DESC LIMIT 1"};

struct NextDoor {
  PremiseId premise;
  AccountId account;
  std::int64_t agreement_id = 0;
  std::string meter_number;
  int register_digits = 0;
  std::int64_t multiplier_thousandths = 0;
  std::int64_t installation_no = 0;
};

NextDoor ToNextDoor(db::Rows::Row row) {
  return {PremiseId(row.Int(0)),
          AccountId(row.Int(1)),
          row.Int(2),
          row.Text(3),
          static_cast<int>(row.Int(4)),
          row.Int(5),
          row.Int(6)};
}

// What its meter has shown since the bill before this run's: in whatever order pages are made.
std::optional<Neighbour> ToNeighbour(const Run& run, const NextDoor& next, const db::Rows& bills,
                                     const db::Rows& read) {
  Neighbour neighbour;
  neighbour.name = "place " + next.premise.ToString();
  bool known = false;
  for (std::size_t i = 0; i < bills.size(); ++i) {
    const db::Rows::Row row = bills[i];
    if (row.Int(5) == run.cycle_id) continue;
    if (!known) {
      const bool same_meter = row.Int(7) == next.installation_no;
      if (!same_meter || read.empty() || read[0].Day(0) <= row.Day(1)) return std::nullopt;
      std::int64_t counts = read[0].Int(1) - row.Int(6);
      if (counts < 0) counts += read::FullScale(next.register_digits);
      neighbour.to_date = read[0].Day(0);
      neighbour.use = {static_cast<std::int64_t>(static_cast<__int128>(counts) *
                                                 next.multiplier_thousandths / Quantity::kScale),
                       read[0].Day(0) - row.Day(1)};
      known = true;
    }
    if (row.Text(4) == BillStateName(BillState::kHeld)) continue;
    neighbour.history.push_back({row.Day(0), row.Day(1), row.Int(2), row.Cents(3)});
  }
  return known && neighbour.use.usage_thousandths >= 0 ? std::optional(std::move(neighbour))
                                                       : std::nullopt;
}

// Those whose use has moved, of the bills of a page.
std::vector<Guarded*> MovedOnes(std::span<const Bill> bills, std::vector<Guarded>& guarded) {
  std::vector<Guarded*> moved;
  for (const Bill& bill : bills) {
    for (const Segment& segment : bill.segments) {
      if (!segment.metered || segment.estimated) continue;
      const Guarded* one = FindGuarded(guarded, bill.account, segment.agreement_id);
      if (one == nullptr) continue;
      const MeteredUse use{segment.use.usage_thousandths, segment.to_date - segment.from_date};
      if (!HasMoved(use, segment.to_date, one->history, one->agreement->unit)) continue;
      moved.push_back(&guarded[static_cast<std::size_t>(one - guarded.data())]);
    }
  }
  return moved;
}

}  // namespace

void LoadNeighbours(db::Transaction& tx, const Run& run, std::span<const Bill> bills,
                    std::vector<Guarded>& guarded) {
  const std::vector<Guarded*> moved = MovedOnes(bills, guarded);
  if (moved.empty()) return;
  Parameters places;
  for (const Guarded* one : moved) {
    places.push_back({ToValue(one->agreement->premise), ToValue(one->agreement->service),
                      ToValue(run.cycle), ToValue(one->agreement->schedule_code)});
  }
  std::map<Key, NextDoor> doors;
  std::vector<std::vector<Key>> of_moved(moved.size());
  for (const db::Query* side : {&kBelow, &kAbove}) {
    const std::vector<db::Rows> found = tx.SelectEach(*side, places);
    for (std::size_t i = 0; i < moved.size(); ++i) {
      for (const db::Rows::Row row : found[i]) {
        const NextDoor next = ToNextDoor(row);
        doors.emplace(Key(next.account, next.agreement_id), next);
        of_moved[i].emplace_back(next.account, next.agreement_id);
      }
    }
  }
  if (doors.empty()) return;
  Parameters agreements, meters;
  for (const auto& [key, next] : doors) {
    agreements.push_back({ToValue(key.first), ToValue(key.second)});
    meters.push_back({ToValue(key.first), ToValue(key.second), ToValue(next.meter_number),
                      ToValue(run.period_end)});
  }
  const std::vector<db::Rows> billed = tx.SelectEach(kBills, agreements);
  const std::vector<db::Rows> reads = tx.SelectEach(kLastRead, meters);
  std::map<Key, Neighbour> neighbours;
  std::size_t at = 0;
  for (const auto& [key, next] : doors) {
    if (auto known = ToNeighbour(run, next, billed[at], reads[at])) {
      neighbours.emplace(key, *std::move(known));
    }
    ++at;
  }
  for (std::size_t i = 0; i < moved.size(); ++i) {
    for (const Key& key : of_moved[i]) {
      const auto known = neighbours.find(key);
      if (known != neighbours.end()) moved[i]->neighbours.push_back(known->second);
    }
  }
}

}  // namespace reeve::billing::cycle
