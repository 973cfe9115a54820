#include "services/billing/shadow/shadow_store.h"

#include <absl/strings/escaping.h>

namespace reeve::billing::shadow {
namespace {

using db::ColumnType;

#define SHADOW_COLUMNS                                                                    \
  "SELECT shadow_id, state, cycle, period_end_date, bill_date, file_name, next_line, "    \
  "comparison_no, compared_date, through_account_id, account_count, same_account_count, " \
  "loaded_by_person_id, live_by_person_id FROM shadow WHERE shadow_id = $1"
constexpr db::Query kFind{"shadow_find", SHADOW_COLUMNS};
#undef SHADOW_COLUMNS
constexpr db::Query kAdd{
    "shadow_add",
    "INSERT INTO shadow (shadow_id, state, cycle, period_end_date, bill_date, file_name, "
    "next_line, comparison_no, compared_date, through_account_id, account_count, "
    "same_account_count, loaded_by_person_id, live_by_person_id) VALUES ($1, $2, $3, $4, $5, $6, "
    "$7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING"};
constexpr db::Query kSave{
    "shadow_save",
    "UPDATE shadow SET state = $2, next_line = $3, comparison_no = $4, compared_date = $5, "
    "through_account_id = $6, account_count = $7, same_account_count = $8, "
    "live_by_person_id = $9 WHERE shadow_id = $1"};
constexpr db::Query kStates{"shadow_states",
                            "SELECT state, count(*) FROM shadow WHERE cycle = $1 GROUP BY state"};

const db::InsertInto kInsertPage{
    "shadow_page_insert",
    "shadow_page",
    {{"shadow_id"}, {"comparison_no"}, {"page_no"}, {"digest", ColumnType::kText}}};
constexpr db::Query kFindPart{"shadow_part_find",
                              "SELECT digest FROM shadow_page WHERE shadow_id = $1 AND "
                              "comparison_no = 0 AND page_no = $2"};
const db::InsertInto kInsertTotals{"shadow_total_insert",
                                   "shadow_total",
                                   {{"shadow_id"},
                                    {"comparison_no"},
                                    {"page_no"},
                                    {"service", ColumnType::kText},
                                    {"unit", ColumnType::kText},
                                    {"account_count"},
                                    {"usage_thousandths"},
                                    {"amount_cents"}}};
const db::InsertInto kInsertLines{"shadow_line_insert",
                                  "shadow_line",
                                  {{"account_id"},
                                   {"shadow_id"},
                                   {"line"},
                                   {"page_no"},
                                   {"service", ColumnType::kText},
                                   {"name", ColumnType::kText},
                                   {"from_date", ColumnType::kText},
                                   {"to_date", ColumnType::kText},
                                   {"unit", ColumnType::kText},
                                   {"usage_thousandths"},
                                   {"quantity_thousandths"},
                                   {"amount_cents"}}};
const db::InsertInto kInsertDifferences{"shadow_difference_insert",
                                        "shadow_difference",
                                        {{"account_id"},
                                         {"shadow_id"},
                                         {"comparison_no"},
                                         {"difference_no"},
                                         {"page_no"},
                                         {"service", ColumnType::kText},
                                         {"name", ColumnType::kText},
                                         {"cause", ColumnType::kText},
                                         {"effect_cents"},
                                         {"evidence", ColumnType::kText}}};

constexpr db::Query kTotals{
    "shadow_total_load",
    "SELECT service, unit, CAST(sum(account_count) AS BIGINT), "
    "CAST(sum(usage_thousandths) AS BIGINT), CAST(sum(amount_cents) AS BIGINT) FROM shadow_total "
    "WHERE shadow_id = $1 AND comparison_no = $2 GROUP BY service, unit ORDER BY service, unit"};
constexpr db::Query kSumLines{
    "shadow_line_sum",
    "SELECT service, unit, count(*), CAST(sum(usage) AS BIGINT), CAST(sum(amount) AS BIGINT) FROM "
    "(SELECT service, min(unit) AS unit, min(usage_thousandths) AS usage, "
    "CAST(sum(amount_cents) AS BIGINT) AS amount FROM shadow_line WHERE shadow_id = $1 GROUP BY "
    "account_id, service) bills "
    "GROUP BY service, unit ORDER BY service, unit"};
constexpr db::Query kContradictions{
    "shadow_line_contradictions",
    "SELECT min(line), service FROM shadow_line WHERE shadow_id = $1 GROUP BY account_id, service "
    "HAVING min(unit) <> max(unit) OR min(usage_thousandths) <> max(usage_thousandths) OR "
    "min(from_date) <> max(from_date) OR min(to_date) <> max(to_date) OR "
    "abs(CAST(sum(amount_cents) AS BIGINT)) > 1000000000000000 ORDER BY min(line) LIMIT $2"};
constexpr db::Query kLines{
    "shadow_line_load",
    "SELECT line, account_id, service, name, from_date, to_date, unit, usage_thousandths, "
    "quantity_thousandths, amount_cents FROM shadow_line WHERE shadow_id = $1 AND "
    "account_id > $2 AND account_id <= $3 ORDER BY account_id, line"};
constexpr db::Query kNextAccounts{
    "shadow_next_accounts",
    "SELECT account_id FROM (SELECT account_id FROM (SELECT DISTINCT account_id FROM shadow_line "
    "WHERE shadow_id = $1 AND account_id > $2 ORDER BY account_id LIMIT $3) old_accounts UNION "
    "SELECT account_id FROM (SELECT DISTINCT account_id FROM agreement WHERE cycle = $4 AND "
    "account_id > $2 ORDER BY account_id LIMIT $3) accounts) both_sides "
    "ORDER BY account_id LIMIT $3"};

constexpr db::Query kGroups{
    "shadow_difference_group",
    "SELECT cause, service, count(*), CAST(sum(effect_cents) AS BIGINT) FROM shadow_difference "
    "WHERE shadow_id = $1 AND comparison_no = $2 GROUP BY cause, service ORDER BY cause, service"};
const db::InsertInto kInsertCauses{"shadow_cause_insert",
                                   "shadow_cause",
                                   {{"shadow_id"},
                                    {"comparison_no"},
                                    {"cause", ColumnType::kText},
                                    {"service", ColumnType::kText},
                                    {"difference_count"},
                                    {"effect_cents"},
                                    {"first_person_id"},
                                    {"first_reason", ColumnType::kText},
                                    {"second_person_id"},
                                    {"second_reason", ColumnType::kText}}};
#define CAUSE_COLUMNS                                                                      \
  "SELECT cause, service, difference_count, effect_cents, first_person_id, first_reason, " \
  "second_person_id, second_reason FROM shadow_cause WHERE shadow_id = $1 AND "            \
  "comparison_no = $2 "
constexpr db::Query kCauses{"shadow_cause_list", CAUSE_COLUMNS "ORDER BY service, cause"};
constexpr db::Query kFindCause{"shadow_cause_find",
                               CAUSE_COLUMNS "AND cause = $3 AND service = $4"};
#undef CAUSE_COLUMNS
constexpr db::Query kSaveCause{
    "shadow_cause_save",
    "UPDATE shadow_cause SET first_person_id = $5, first_reason = $6, second_person_id = $7, "
    "second_reason = $8 WHERE shadow_id = $1 AND comparison_no = $2 AND cause = $3 AND "
    "service = $4"};

#define DIFFERENCE_COLUMNS                                                               \
  "SELECT account_id, difference_no, service, name, cause, effect_cents, evidence FROM " \
  "shadow_difference WHERE shadow_id = $1 AND comparison_no = $2 AND "
constexpr db::Query kList{"shadow_difference_list", DIFFERENCE_COLUMNS
                          "(account_id > $3 OR (account_id = $3 AND difference_no > $4)) "
                          "ORDER BY account_id, difference_no LIMIT $5"};
constexpr db::Query kExamples{
    "shadow_difference_examples", DIFFERENCE_COLUMNS
    "cause = $3 AND service = $4 ORDER BY abs(effect_cents) DESC, account_id, difference_no "
    "LIMIT $5"};
#undef DIFFERENCE_COLUMNS

template <class Use>
auto WithColumns(const Shadow& shadow, const Use& use) {
  return use(shadow.shadow_id, kStateName(shadow.state), shadow.cycle, shadow.period_end,
             shadow.bill_date, shadow.file_name, shadow.next_line, shadow.comparison_no,
             shadow.compared_date, shadow.through, shadow.account_count, shadow.same_account_count,
             shadow.loaded_by, shadow.live_by);
}

template <class Use>
auto WithColumns(const ShadowPage& page, const OldLine& line, const Use& use) {
  return use(line.account, page.shadow_id, line.line, page.page_no, line.service, line.name,
             line.from_date, line.to_date, line.unit, line.usage_thousandths,
             line.quantity_thousandths, line.amount);
}

template <class Use>
auto WithColumns(const ShadowPage& page, const AccountDifference& one, const Use& use) {
  const Difference& difference = one.difference;
  return use(one.account, page.shadow_id, page.comparison_no, one.difference_no, page.page_no,
             difference.service, difference.name, kCauseName(difference.cause),
             difference.effect_cents, difference.evidence);
}

template <class Use>
auto WithColumns(const ShadowPage& page, const std::string& service, const Total& total,
                 const Use& use) {
  return use(page.shadow_id, page.comparison_no, page.page_no, service, total.unit,
             total.account_count, total.usage_thousandths, total.amount_cents);
}

template <class Use>
auto WithColumns(const Shadow& shadow, const CauseGroup& group, const Use& use) {
  return use(shadow.shadow_id, shadow.comparison_no, kCauseName(group.cause), group.service,
             group.difference_count, group.effect_cents, group.persons[0], group.reasons[0],
             group.persons[1], group.reasons[1]);
}

std::optional<Shadow> MaybeShadow(const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  const db::Rows::Row row = rows[0];
  Shadow shadow;
  shadow.shadow_id = row.Int(0);
  shadow.state = kStateName.Read(row.Text(1));
  shadow.cycle = static_cast<int>(row.Int(2));
  shadow.period_end = row.Day(3);
  shadow.bill_date = row.Day(4);
  shadow.file_name = row.Text(5);
  shadow.next_line = row.Int(6);
  shadow.comparison_no = row.Int(7);
  shadow.compared_date = row.MaybeDay(8);
  shadow.through = AccountId(row.Int(9));
  shadow.account_count = row.Int(10);
  shadow.same_account_count = row.Int(11);
  shadow.loaded_by = PersonId(row.Int(12));
  shadow.live_by = PersonId(row.Int(13));
  return shadow;
}

// Several units of a service are one that no bill has.
Totals ToTotals(const db::Rows& rows) {
  Totals totals;
  for (const db::Rows::Row row : rows) {
    Total& total = totals[row.Text(0)];
    total.unit = total.account_count == 0 ? row.Text(1) : kSeveralUnits;
    total.account_count += row.Int(2);
    total.usage_thousandths += row.Int(3);
    total.amount_cents += row.Int(4);
  }
  return totals;
}

CauseGroup ToCause(db::Rows::Row row) {
  return {kCauseName.Read(row.Text(0)),
          row.Text(1),
          row.Int(2),
          row.Int(3),
          {PersonId(row.Int(4)), PersonId(row.Int(6))},
          {row.Text(5), row.Text(7)}};
}

std::vector<AccountDifference> ToDifferences(const db::Rows& rows) {
  std::vector<AccountDifference> differences;
  for (const db::Rows::Row row : rows) {
    differences.push_back(
        {AccountId(row.Int(0)),
         row.Int(1),
         {row.Text(2), row.Text(3), kCauseName.Read(row.Text(4)), row.Int(5), row.Text(6)}});
  }
  return differences;
}

// Inserts the rows and adds them to the digest, in the order of their keys.
template <class Columns>
void Keep(db::NewRows& rows, RowDigest& digest, const Columns& columns) {
  columns([&](const auto&... cells) {
    rows.Add(cells...);
    digest.Add(CellsOf(cells...));
  });
}

}  // namespace

std::string PageDigests::Text() const {
  return "digest=" + digest + ",lines=" + lines.hex() + ",totals=" + totals.hex() +
         ",differences=" + differences.hex();
}

Cells CellsOfShadow(const Shadow& shadow) { return WithColumns(shadow, kToCells); }

std::optional<Shadow> FindShadow(db::Transaction& tx, std::int64_t shadow_id) {
  return MaybeShadow(tx.Select(kFind, shadow_id));
}

std::optional<Shadow> LockShadow(db::Transaction& tx, std::int64_t shadow_id) {
  return MaybeShadow(tx.SelectForUpdate(kFind, shadow_id));
}

Shadow LockOrAddShadow(db::Transaction& tx, const Shadow& shadow) {
  WithColumns(shadow, [&tx](const auto&... cells) { tx.Execute(kAdd, cells...); });
  return LockShadow(tx, shadow.shadow_id).value();
}

void SaveShadow(db::Transaction& tx, const Shadow& shadow) {
  tx.Execute(kSave, shadow.shadow_id, kStateName(shadow.state), shadow.next_line,
             shadow.comparison_no, shadow.compared_date, shadow.through, shadow.account_count,
             shadow.same_account_count, shadow.live_by);
}

bool WaitsForGoLive(db::Transaction& tx, int cycle) {
  bool any = false;
  for (const db::Rows::Row row : tx.Select(kStates, cycle)) {
    if (kStateName.Read(row.Text(0)) == State::kLive) return false;
    any = true;
  }
  return any;
}

std::optional<std::string> FindPart(db::Transaction& tx, std::int64_t shadow_id,
                                    std::int64_t first_line) {
  const db::Rows rows = tx.Select(kFindPart, shadow_id, first_line);
  return rows.empty() ? std::nullopt : std::optional(absl::HexStringToBytes(rows[0].Text(0)));
}

PageDigests InsertPage(db::Transaction& tx, const ShadowPage& page, std::span<const OldLine> lines,
                       const Totals& totals, std::span<const AccountDifference> differences) {
  PageDigests digests;
  digests.digest = page.digest;
  db::NewRows pages(kInsertPage);
  pages.Add(page.shadow_id, page.comparison_no, page.page_no, page.digest);
  db::NewRows new_lines(kInsertLines);
  for (const OldLine& line : lines) {
    Keep(new_lines, digests.lines, [&](const auto& use) { WithColumns(page, line, use); });
  }
  db::NewRows new_totals(kInsertTotals);
  for (const auto& [service, total] : totals) {
    Keep(new_totals, digests.totals, [&, &service = service, &total = total](const auto& use) {
      WithColumns(page, service, total, use);
    });
  }
  db::NewRows new_differences(kInsertDifferences);
  for (const AccountDifference& one : differences) {
    Keep(new_differences, digests.differences,
         [&](const auto& use) { WithColumns(page, one, use); });
  }
  for (const db::NewRows* rows : {&pages, &new_lines, &new_totals, &new_differences}) {
    if (!rows->empty()) tx.InsertRows(*rows);
  }
  return digests;
}

Totals LoadTotals(db::Transaction& tx, std::int64_t shadow_id, std::int64_t comparison_no) {
  return ToTotals(tx.Select(kTotals, shadow_id, comparison_no));
}

Totals SumLines(db::Transaction& tx, std::int64_t shadow_id) {
  return ToTotals(tx.Select(kSumLines, shadow_id));
}

std::vector<Contradiction> FindContradictions(db::Transaction& tx, std::int64_t shadow_id,
                                              std::int64_t limit) {
  std::vector<Contradiction> found;
  for (const db::Rows::Row row : tx.Select(kContradictions, shadow_id, limit)) {
    found.push_back({row.Int(0), row.Text(1)});
  }
  return found;
}

std::vector<OldLine> LoadLines(db::Transaction& tx, std::int64_t shadow_id, AccountId after,
                               AccountId through) {
  std::vector<OldLine> lines;
  for (const db::Rows::Row row : tx.Select(kLines, shadow_id, after, through)) {
    lines.push_back({row.Int(0), AccountId(row.Int(1)), row.Text(2), row.Text(3), row.Day(4),
                     row.Day(5), row.Text(6), row.Int(7), row.MaybeInt(8), row.Cents(9)});
  }
  return lines;
}

std::vector<AccountId> NextAccounts(db::Transaction& tx, const Shadow& shadow, AccountId after,
                                    std::int64_t limit) {
  std::vector<AccountId> accounts;
  for (const db::Rows::Row row :
       tx.Select(kNextAccounts, shadow.shadow_id, after, limit, shadow.cycle)) {
    accounts.emplace_back(row.Int(0));
  }
  return accounts;
}

std::vector<CauseGroup> GroupDifferences(db::Transaction& tx, const Shadow& shadow) {
  std::vector<CauseGroup> groups;
  for (const db::Rows::Row row : tx.Select(kGroups, shadow.shadow_id, shadow.comparison_no)) {
    groups.push_back({kCauseName.Read(row.Text(0)), row.Text(1), row.Int(2), row.Int(3), {}, {}});
  }
  return groups;
}

Cells CellsOfCause(const Shadow& shadow, const CauseGroup& group) {
  return WithColumns(shadow, group, kToCells);
}

void InsertCauses(db::Transaction& tx, const Shadow& shadow, std::span<const CauseGroup> groups) {
  db::NewRows rows(kInsertCauses);
  for (const CauseGroup& group : groups) {
    WithColumns(shadow, group, [&rows](const auto&... cells) { rows.Add(cells...); });
  }
  if (!rows.empty()) tx.InsertRows(rows);
}

std::vector<CauseGroup> LoadCauses(db::Transaction& tx, const Shadow& shadow) {
  std::vector<CauseGroup> groups;
  for (const db::Rows::Row row : tx.Select(kCauses, shadow.shadow_id, shadow.comparison_no)) {
    groups.push_back(ToCause(row));
  }
  return groups;
}

std::optional<CauseGroup> LockCause(db::Transaction& tx, const Shadow& shadow, Cause cause,
                                    const std::string& service) {
  const db::Rows rows = tx.SelectForUpdate(kFindCause, shadow.shadow_id, shadow.comparison_no,
                                           kCauseName(cause), service);
  return rows.empty() ? std::nullopt : std::optional(ToCause(rows[0]));
}

void SaveCause(db::Transaction& tx, const Shadow& shadow, const CauseGroup& group) {
  tx.Execute(kSaveCause, shadow.shadow_id, shadow.comparison_no, kCauseName(group.cause),
             group.service, group.persons[0], group.reasons[0], group.persons[1], group.reasons[1]);
}

std::vector<AccountDifference> ListDifferences(db::Transaction& tx, const Shadow& shadow,
                                               AccountId account, std::int64_t difference_no,
                                               std::int64_t limit) {
  return ToDifferences(
      tx.Select(kList, shadow.shadow_id, shadow.comparison_no, account, difference_no, limit));
}

std::vector<AccountDifference> Examples(db::Transaction& tx, const Shadow& shadow,
                                        const CauseGroup& group, std::int64_t limit) {
  return ToDifferences(tx.Select(kExamples, shadow.shadow_id, shadow.comparison_no,
                                 kCauseName(group.cause), group.service, limit));
}

}  // namespace reeve::billing::shadow
