#include "services/billing/collections/collections_store.h"

#include "services/billing/listed.h"
#include "shared/core/decimal.h"
#include "shared/core/spelling.h"

namespace reeve::billing::collections {
namespace {

using db::ToValue;

constexpr db::Query kInsertNotice{
    "notice_insert",
    "INSERT INTO notice (account_id, notice_id, kind, delivered_date, delivery_proof) "
    "VALUES ($1, $2, $3, $4, $5)"};
constexpr db::Query kListNotices{
    "notice_list",
    "SELECT notice_id, kind, delivered_date, delivery_proof FROM notice WHERE account_id = $1 "
    "ORDER BY delivered_date DESC, notice_id DESC LIMIT $2"};

constexpr db::Query kInsertDispute{
    "dispute_insert",
    "INSERT INTO dispute (account_id, dispute_id, state, reason, decision, opened_date, "
    "opened_by_person_id, decided_by_person_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"};
#define DISPUTE_COLUMNS                                                   \
  "SELECT account_id, dispute_id, state, reason, decision, opened_date, " \
  "opened_by_person_id, decided_by_person_id FROM dispute WHERE account_id = $1 "
constexpr db::Query kFindDispute{"dispute_find", DISPUTE_COLUMNS "AND dispute_id = $2"};
constexpr db::Query kListDisputes{
    "dispute_list", DISPUTE_COLUMNS "ORDER BY opened_date DESC, dispute_id DESC LIMIT $2"};
#undef DISPUTE_COLUMNS
constexpr db::Query kSaveDispute{
    "dispute_save",
    "UPDATE dispute SET state = $3, decision = $4, decided_by_person_id = $5 "
    "WHERE account_id = $1 AND dispute_id = $2"};
constexpr db::Query kHasOpenDispute{
    "dispute_has_open", "SELECT dispute_id FROM dispute WHERE account_id = $1 AND state = 'OPEN'"};

constexpr db::Query kInsertDisconnect{
    "disconnect_insert",
    "INSERT INTO disconnect (account_id, disconnect_id, service, meter_number, state, "
    "amount_to_avoid_cents, paid_cents, cut_date, notice_ids) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"};
#define DISCONNECT_COLUMNS                                                      \
  "SELECT disconnect_id, service, meter_number, state, amount_to_avoid_cents, " \
  "paid_cents, cut_date, notice_ids FROM disconnect WHERE account_id = $1 "
constexpr db::Query kFindDisconnect{"disconnect_find", DISCONNECT_COLUMNS "AND disconnect_id = $2"};
constexpr db::Query kFindOpenDisconnect{"disconnect_find_open",
                                        DISCONNECT_COLUMNS "AND state = 'REQUESTED'"};
constexpr db::Query kListDisconnects{"disconnect_list",
                                     DISCONNECT_COLUMNS "ORDER BY disconnect_id DESC LIMIT $2"};
#undef DISCONNECT_COLUMNS
constexpr db::Query kSaveDisconnect{
    "disconnect_save",
    "UPDATE disconnect SET state = $3, paid_cents = $4 WHERE account_id = $1 AND "
    "disconnect_id = $2"};

constexpr db::Query kPolicyInForce{
    "shutoff_policy_in_force",
    "SELECT effective_date, citation, threshold_cents, notices, closed_weekdays, "
    "closed_before_holiday, first_minute, last_minute FROM shutoff_policy "
    "WHERE effective_date <= $1 ORDER BY effective_date DESC LIMIT 1"};
constexpr db::Query kHasPolicy{
    "shutoff_policy_has", "SELECT effective_date FROM shutoff_policy WHERE effective_date = $1"};
constexpr db::Query kInsertPolicy{
    "shutoff_policy_insert",
    "INSERT INTO shutoff_policy (effective_date, citation, threshold_cents, notices, "
    "closed_weekdays, closed_before_holiday, first_minute, last_minute) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"};

constexpr Spelling<DisputeState, 3> kDisputeStates{{"OPEN", "UPHELD", "DENIED"}};

std::int64_t Number(std::string_view word) { return ParseDecimal(word, 0, INT64_MAX).value(); }

Dispute ToDispute(db::Rows::Row row) {
  return {AccountId(row.Int(0)), row.Int(1),          kDisputeStates.Read(row.Text(2)),
          row.Text(3),           row.Text(4),         row.Day(5),
          PersonId(row.Int(6)),  PersonId(row.Int(7))};
}

Disconnect ToDisconnect(db::Rows::Row row) {
  Disconnect disconnect{row.Int(0),   row.Text(1),  row.Text(2), ParseDisconnectState(row.Text(3)),
                        row.Cents(4), row.Cents(5), row.Day(6),  {}};
  for (const std::string& word : SplitList(row.Text(7))) {
    disconnect.notice_ids.push_back(Number(word));
  }
  return disconnect;
}

// All columns, as they are inserted.
template <class Use>
auto WithColumns(AccountId account, const Notice& notice, const Use& use) {
  return use(account, notice.notice_id, NoticeKindName(notice.kind), notice.delivered_date,
             notice.delivery_proof);
}

template <class Use>
auto WithColumns(const Dispute& dispute, const Use& use) {
  return use(dispute.account, dispute.dispute_id, kDisputeStates(dispute.state), dispute.reason,
             dispute.decision, dispute.opened_date, dispute.opened_by, dispute.decided_by);
}

template <class Use>
auto WithColumns(AccountId account, const Disconnect& disconnect, const Use& use) {
  std::vector<std::string> notice_ids;
  for (const std::int64_t id : disconnect.notice_ids) notice_ids.push_back(std::to_string(id));
  return use(account, disconnect.disconnect_id, disconnect.service, disconnect.meter_number,
             DisconnectStateName(disconnect.state), disconnect.amount_to_avoid, disconnect.paid,
             disconnect.cut_date, JoinList(notice_ids));
}

template <class Use>
auto WithColumns(const ShutoffPolicy& policy, const Use& use) {
  std::vector<std::string> notices;
  for (const NoticeRule& rule : policy.notices) {
    notices.push_back(std::string(NoticeKindName(rule.kind)) + ":" + std::to_string(rule.days_min));
  }
  std::vector<std::string> weekdays;
  for (const int weekday : policy.closed_weekdays) weekdays.push_back(std::to_string(weekday));
  return use(policy.effective_date, policy.citation, policy.threshold, JoinList(notices),
             JoinList(weekdays), policy.closed_before_holiday, policy.first_minute,
             policy.last_minute);
}

}  // namespace

Cells CellsOfNotice(AccountId account, const Notice& notice) {
  return WithColumns(account, notice, kToCells);
}

Cells CellsOfDispute(const Dispute& dispute) { return WithColumns(dispute, kToCells); }

Cells CellsOfDisconnect(AccountId account, const Disconnect& disconnect) {
  return WithColumns(account, disconnect, kToCells);
}

Cells CellsOfPolicy(const ShutoffPolicy& policy) { return WithColumns(policy, kToCells); }

void InsertNotice(db::Transaction& tx, AccountId account, const Notice& notice) {
  WithColumns(account, notice,
              [&tx](const auto&... cells) { tx.Execute(kInsertNotice, cells...); });
}

std::vector<Notice> ListNotices(db::Transaction& tx, AccountId account, std::int64_t limit) {
  std::vector<Notice> notices;
  for (const db::Rows::Row row : tx.Select(kListNotices, account, limit)) {
    notices.push_back({row.Int(0), ParseNoticeKind(row.Text(1)), row.Day(2), row.Text(3)});
  }
  return notices;
}

void InsertDispute(db::Transaction& tx, const Dispute& dispute) {
  WithColumns(dispute, [&tx](const auto&... cells) { tx.Execute(kInsertDispute, cells...); });
}

std::optional<Dispute> LockDispute(db::Transaction& tx, AccountId account,
                                   std::int64_t dispute_id) {
  const db::Rows rows = tx.SelectForUpdate(kFindDispute, account, dispute_id);
  if (rows.empty()) return std::nullopt;
  return ToDispute(rows[0]);
}

void SaveDispute(db::Transaction& tx, const Dispute& dispute) {
  const std::vector<db::Value> one[] = {{ToValue(dispute.account), ToValue(dispute.dispute_id),
                                         ToValue(kDisputeStates(dispute.state)),
                                         ToValue(dispute.decision), ToValue(dispute.decided_by)}};
  tx.ExecuteEach(kSaveDispute, one);
}

bool HasOpenDispute(db::Transaction& tx, AccountId account) {
  return !tx.Select(kHasOpenDispute, account).empty();
}

std::vector<Dispute> ListDisputes(db::Transaction& tx, AccountId account, std::int64_t limit) {
  std::vector<Dispute> disputes;
  for (const db::Rows::Row row : tx.Select(kListDisputes, account, limit)) {
    disputes.push_back(ToDispute(row));
  }
  return disputes;
}

void InsertDisconnect(db::Transaction& tx, AccountId account, const Disconnect& disconnect) {
  WithColumns(account, disconnect,
              [&tx](const auto&... cells) { tx.Execute(kInsertDisconnect, cells...); });
}

std::optional<Disconnect> LockDisconnect(db::Transaction& tx, AccountId account,
                                         std::int64_t disconnect_id) {
  const db::Rows rows = tx.SelectForUpdate(kFindDisconnect, account, disconnect_id);
  if (rows.empty()) return std::nullopt;
  return ToDisconnect(rows[0]);
}

void SaveDisconnect(db::Transaction& tx, AccountId account, const Disconnect& disconnect) {
  const std::vector<db::Value> one[] = {{ToValue(account), ToValue(disconnect.disconnect_id),
                                         ToValue(DisconnectStateName(disconnect.state)),
                                         ToValue(disconnect.paid)}};
  tx.ExecuteEach(kSaveDisconnect, one);
}

std::optional<Disconnect> FindOpenDisconnect(db::Transaction& tx, AccountId account) {
  const db::Rows rows = tx.Select(kFindOpenDisconnect, account);
  if (rows.empty()) return std::nullopt;
  return ToDisconnect(rows[0]);
}

std::vector<Disconnect> ListDisconnects(db::Transaction& tx, AccountId account,
                                        std::int64_t limit) {
  std::vector<Disconnect> disconnects;
  for (const db::Rows::Row row : tx.Select(kListDisconnects, account, limit)) {
    disconnects.push_back(ToDisconnect(row));
  }
  return disconnects;
}

std::optional<ShutoffPolicy> PolicyInForce(db::Transaction& tx, Date day) {
  const db::Rows rows = tx.Select(kPolicyInForce, day);
  if (rows.empty()) return std::nullopt;
  const db::Rows::Row row = rows[0];
  ShutoffPolicy policy{row.Day(0),
                       row.Text(1),
                       row.Cents(2),
                       {},
                       {},
                       row.Bool(5),
                       static_cast<int>(row.Int(6)),
                       static_cast<int>(row.Int(7))};
  for (const std::string& word : SplitList(row.Text(3))) {
    const auto [kind, days] = SplitPair(word, ':');
    policy.notices.push_back({ParseNoticeKind(kind), static_cast<int>(Number(days))});
  }
  for (const std::string& word : SplitList(row.Text(4))) {
    policy.closed_weekdays.insert(static_cast<int>(Number(word)));
  }
  return policy;
}

bool HasPolicy(db::Transaction& tx, Date effective_date) {
  return !tx.Select(kHasPolicy, effective_date).empty();
}

void InsertPolicy(db::Transaction& tx, const ShutoffPolicy& policy) {
  WithColumns(policy, [&tx](const auto&... cells) { tx.Execute(kInsertPolicy, cells...); });
}

}  // namespace reeve::billing::collections
