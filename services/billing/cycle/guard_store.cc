#include "services/billing/cycle/guard_store.h"

#include <map>
#include <set>
#include <string>
#include <tuple>

namespace reeve::billing::cycle {
namespace {

using db::ToValue;
using Parameters = std::vector<std::vector<db::Value>>;

#define BILLED_DAYS                                                                    \
  "SELECT s.from_date, s.to_date, s.effective_date, s.usage_thousandths, "             \
  "s.quantity_thousandths, s.amount_cents, b.state, s.schedule_code, s.month_days, "   \
  "s.installation_no "                                                                 \
  "FROM bill_segment s JOIN bill b ON "                                                \
  "b.account_id = s.account_id AND b.bill_id = s.bill_id WHERE s.account_id = $1 AND " \
  "s.agreement_id = $2 AND s.state = 'BILLED' ORDER BY s.to_date DESC "
constexpr db::Query kDaysOfMeters{"guard_days_of_meter", BILLED_DAYS "LIMIT 14"};
constexpr db::Query kDaysOfOthers{"guard_days_of_other", BILLED_DAYS "LIMIT 2"};
#undef BILLED_DAYS
constexpr db::Query kClass{"guard_class",
                           "SELECT customer_class FROM billing_account WHERE account_id = $1"};

// From when on the last meter of a bill measured; nothing if it did for all of its days.
constexpr db::Query kMeterSince{
    "guard_meter_since",
    "SELECT m.from_date FROM bill_segment s JOIN bill_segment_meter m ON "
    "m.account_id = s.account_id AND m.bill_id = s.bill_id AND m.segment_no = s.segment_no AND "
    "m.installation_no = s.installation_no WHERE s.account_id = $1 AND s.agreement_id = $2 AND "
    "s.to_date = $3 AND s.state = 'BILLED'"};

// Who has or had a service at a place, but for one account.
constexpr db::Query kOccupants{
    "guard_occupants",
    "SELECT service, meter_number, start_date, account_id, agreement_id, stop_date FROM agreement "
    "WHERE premise_id = $1 AND account_id <> $2 AND state <> 'PENDING'"};
constexpr db::Query kLastRead{
    "guard_occupant_last_read",
    "SELECT end_read_thousandths FROM bill_segment WHERE account_id = $1 AND agreement_id = $2 AND "
    "state = 'BILLED' ORDER BY to_date DESC LIMIT 1"};

void AddDays(const db::Rows& rows, Guarded& one) {
  for (const db::Rows::Row row : rows) {
    const bool held = row.Text(6) == BillStateName(BillState::kHeld);
    const BilledDays days{row.Day(0),   row.Day(1),  row.Day(2), row.Int(3), row.Int(4),
                          row.Cents(5), row.Text(7), row.Int(8), held,       row.Int(9)};
    one.days.push_back(days);
    if (held) continue;
    one.history.push_back({days.from_date, days.to_date, days.usage_thousandths, days.amount});
  }
}

void LoadDays(db::Transaction& tx, const db::Query& query, bool metered,
              std::vector<Guarded>& guarded) {
  Parameters keys;
  std::vector<Guarded*> wanted;
  for (Guarded& one : guarded) {
    if (one.agreement->IsMetered() != metered) continue;
    keys.push_back({ToValue(one.agreement->account), ToValue(one.agreement->agreement_id)});
    wanted.push_back(&one);
  }
  if (keys.empty()) return;
  const std::vector<db::Rows> days = tx.SelectEach(query, keys);
  for (std::size_t i = 0; i < wanted.size(); ++i) AddDays(days[i], *wanted[i]);
}

// Of few: those whose last bill ended with another meter than the one before it, and with the one
// in place.
void LoadLateMeters(db::Transaction& tx, std::vector<Guarded>& guarded) {
  Parameters keys;
  std::vector<Guarded*> wanted;
  for (Guarded& one : guarded) {
    const std::int64_t in_place = one.agreement->installation_no;
    if (in_place == 0 || one.days.size() < 2 || one.days[0].installation_no != in_place ||
        one.days[1].installation_no == in_place) {
      continue;
    }
    keys.push_back({ToValue(one.agreement->account), ToValue(one.agreement->agreement_id),
                    ToValue(one.days[0].to_date)});
    wanted.push_back(&one);
  }
  if (keys.empty()) return;
  const std::vector<db::Rows> since = tx.SelectEach(kMeterSince, keys);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    wanted[i]->came_late =
        !since[i].empty() && wanted[i]->days.front().to_date - since[i][0].Day(0) < kNewMeterDays;
  }
}

CustomerClass ToClass(const db::Rows& rows) {
  return rows.empty() ? CustomerClass::kResidential : ParseCustomerClass(rows[0].Text(0));
}

void LoadClasses(db::Transaction& tx, std::vector<Guarded>& guarded) {
  Parameters keys;
  for (std::size_t i = 0; i < guarded.size(); ++i) {
    if (i > 0 && guarded[i].agreement->account == guarded[i - 1].agreement->account) continue;
    keys.push_back({ToValue(guarded[i].agreement->account)});
  }
  if (keys.empty()) return;
  const std::vector<db::Rows> classes = tx.SelectEach(kClass, keys);
  auto of_account = classes.begin();
  for (std::size_t i = 0; i < guarded.size(); ++i) {
    if (i > 0 && guarded[i].agreement->account != guarded[i - 1].agreement->account) ++of_account;
    guarded[i].customer_class = ToClass(*of_account);
  }
}

// Occupants of a place.
struct Occupant {
  std::string service;
  std::string meter_number;
  Date start_date;
  AccountId account;
  std::int64_t agreement_id = 0;
  std::optional<Date> stop_date;

  auto order() const { return std::tuple(start_date, account, agreement_id); }
};

std::vector<Occupant> ToOccupants(const db::Rows& rows) {
  std::vector<Occupant> occupants;
  for (const db::Rows::Row row : rows) {
    occupants.push_back(
        {row.Text(0), row.Text(1), row.Day(2), AccountId(row.Int(3)), row.Int(4), row.MaybeDay(5)});
  }
  return occupants;
}

// At each of these places; asked once for each, and nothing comes back of most, which have never
// had another account.
std::map<PremiseId, std::vector<Occupant>> LoadOccupants(
    db::Transaction& tx, const std::map<PremiseId, std::set<AccountId>>& places) {
  Parameters keys;
  for (const auto& [premise, accounts] : places) {
    const AccountId other_than = accounts.size() == 1 ? *accounts.begin() : AccountId();
    keys.push_back({ToValue(premise), ToValue(other_than)});
  }
  std::map<PremiseId, std::vector<Occupant>> occupants;
  const std::vector<db::Rows> answers = tx.SelectEach(kOccupants, keys);
  auto answer = answers.begin();
  for (const auto& [premise, unused] : places) {
    if (!answer->empty()) occupants.emplace(premise, ToOccupants(*answer));
    ++answer;
  }
  return occupants;
}

// The last to begin of those of other accounts that were there before. The meter is that of the
// agreement's start: an exchange since has another.
const Occupant* FindBefore(std::span<const Occupant> occupants,
                           const agreement::Agreement& agreement) {
  const Occupant* before = nullptr;
  for (const Occupant& one : occupants) {
    if (one.account == agreement.account || one.service != agreement.service ||
        one.meter_number != agreement.meter_number ||
        std::pair(one.start_date, one.account) >=
            std::pair(agreement.start_date, agreement.account)) {
      continue;
    }
    if (before == nullptr || before->order() < one.order()) before = &one;
  }
  return before;
}

// Of those that have no bill yet.
void LoadBefore(db::Transaction& tx, std::vector<Guarded>& guarded) {
  std::map<PremiseId, std::set<AccountId>> places;
  for (const Guarded& one : guarded) {
    if (one.days.empty()) places[one.agreement->premise].insert(one.agreement->account);
  }
  if (places.empty()) return;
  const auto occupants = LoadOccupants(tx, places);
  Parameters keys;
  std::vector<Guarded*> found;
  for (Guarded& one : guarded) {
    const auto there = occupants.find(one.agreement->premise);
    if (!one.days.empty() || there == occupants.end()) continue;
    const Occupant* before = FindBefore(there->second, *one.agreement);
    if (before == nullptr) continue;
    one.before = OccupantBefore{before->stop_date, std::nullopt};
    keys.push_back({ToValue(before->account), ToValue(before->agreement_id)});
    found.push_back(&one);
  }
  if (keys.empty()) return;
  const std::vector<db::Rows> reads = tx.SelectEach(kLastRead, keys);
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!reads[i].empty()) found[i]->before->end_read_thousandths = reads[i][0].MaybeInt(0);
  }
}

}  // namespace

CustomerClass ClassOf(db::Transaction& tx, AccountId account) {
  return ToClass(tx.Select(kClass, account));
}

std::vector<Guarded> LoadGuarded(db::Transaction& tx,
                                 std::span<const agreement::Agreement> agreements) {
  std::vector<Guarded> guarded;
  guarded.reserve(agreements.size());
  for (const agreement::Agreement& agreement : agreements) {
    guarded.emplace_back().agreement = &agreement;
  }
  LoadClasses(tx, guarded);
  LoadDays(tx, kDaysOfMeters, true, guarded);
  LoadDays(tx, kDaysOfOthers, false, guarded);
  LoadLateMeters(tx, guarded);
  LoadBefore(tx, guarded);
  return guarded;
}

}  // namespace reeve::billing::cycle
