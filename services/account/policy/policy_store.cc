#include "services/account/policy/policy_store.h"

namespace reeve::account {
namespace {

using db::ColumnType;

const db::InsertInto kIntoPolicy{
    "policy_insert",
    "policy",
    {{"policy_id"}, {"effective_date", ColumnType::kText}, {"loaded_time"}, {"gap_days_max"}}};
const db::InsertInto kIntoCharge{"policy_charge_insert",
                                 "policy_charge",
                                 {{"policy_id"},
                                  {"line_no"},
                                  {"code", ColumnType::kText},
                                  {"kind", ColumnType::kText},
                                  {"service", ColumnType::kText},
                                  {"customer_class", ColumnType::kText},
                                  {"amount_cents"},
                                  {"only_when_off"},
                                  {"basis", ColumnType::kText},
                                  {"months"},
                                  {"late_payments_min"},
                                  {"waiver_months"},
                                  {"waived_by_credit"},
                                  {"tag", ColumnType::kText},
                                  {"citation", ColumnType::kText},
                                  {"quote", ColumnType::kText},
                                  {"source", ColumnType::kText}}};
const db::InsertInto kIntoChecklist{"policy_checklist_insert",
                                    "policy_checklist",
                                    {{"policy_id"},
                                     {"line_no"},
                                     {"customer_type", ColumnType::kText},
                                     {"service", ColumnType::kText},
                                     {"document", ColumnType::kText},
                                     {"description", ColumnType::kText},
                                     {"tag", ColumnType::kText},
                                     {"citation", ColumnType::kText},
                                     {"quote", ColumnType::kText},
                                     {"source", ColumnType::kText}}};

constexpr db::Query kFind{
    "policy_find",
    "SELECT policy_id, effective_date, loaded_time, gap_days_max FROM policy WHERE policy_id = $1"};
constexpr db::Query kInEffect{
    "policy_in_effect",
    "SELECT policy_id, effective_date, loaded_time, gap_days_max FROM policy WHERE effective_date "
    "<= $1 "
    "ORDER BY effective_date DESC, loaded_time DESC, policy_id DESC LIMIT 1"};
constexpr db::Query kCharges{
    "policy_charge_list",
    "SELECT code, kind, service, customer_class, amount_cents, only_when_off, basis, months, "
    "late_payments_min, waiver_months, waived_by_credit, tag, citation, quote, source "
    "FROM policy_charge WHERE policy_id = $1 ORDER BY line_no"};
constexpr db::Query kChecklist{
    "policy_checklist_list",
    "SELECT customer_type, service, document, description, tag, citation, quote, source "
    "FROM policy_checklist WHERE policy_id = $1 ORDER BY line_no"};

Rule ReadRule(const db::Rows::Row& row, std::size_t first) {
  return {.tag = kRuleTagName.Read(row.Text(first)),
          .citation = row.Text(first + 1),
          .quote = row.Text(first + 2),
          .source = row.Text(first + 3)};
}

std::optional<Policy> ReadPolicy(db::Transaction& tx, const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  Policy policy{.id = PolicyId(rows[0].Int(0)),
                .effective_date = rows[0].Day(1),
                .loaded_time = rows[0].Time(2),
                .gap_days_max = static_cast<int>(rows[0].Int(3))};
  for (const db::Rows::Row row : tx.Select(kCharges, policy.id)) {
    policy.charges.push_back({.code = row.Text(0),
                              .kind = kChargeKindName.Read(row.Text(1)),
                              .service = row.Text(2),
                              .customer_class = kCustomerClassName.Read(row.Text(3)),
                              .amount = row.Cents(4),
                              .only_when_off = row.Bool(5),
                              .basis = kDepositBasisName.Read(row.Text(6)),
                              .months = static_cast<int>(row.Int(7)),
                              .late_payments_min = static_cast<int>(row.Int(8)),
                              .waiver_months = static_cast<int>(row.Int(9)),
                              .waived_by_credit = row.Bool(10),
                              .rule = ReadRule(row, 11)});
  }
  for (const db::Rows::Row row : tx.Select(kChecklist, policy.id)) {
    policy.checklist.push_back({.customer_type = kCustomerTypeName.Read(row.Text(0)),
                                .service = row.Text(1),
                                .document = row.Text(2),
                                .description = row.Text(3),
                                .rule = ReadRule(row, 4)});
  }
  return policy;
}

}  // namespace

void InsertPolicy(db::Transaction& tx, const Policy& policy) {
  db::NewRows head(kIntoPolicy);
  head.Add(policy.id, policy.effective_date, policy.loaded_time, policy.gap_days_max);
  tx.InsertRows(head);
  db::NewRows charges(kIntoCharge);
  for (const ChargeLine& line : policy.charges) {
    charges.Add(policy.id, charges.size() + 1, line.code, kChargeKindName(line.kind), line.service,
                kCustomerClassName(line.customer_class), line.amount, line.only_when_off,
                kDepositBasisName(line.basis), line.months, line.late_payments_min,
                line.waiver_months, line.waived_by_credit, kRuleTagName(line.rule.tag),
                line.rule.citation, line.rule.quote, line.rule.source);
  }
  tx.InsertRows(charges);
  db::NewRows checklist(kIntoChecklist);
  for (const ChecklistLine& line : policy.checklist) {
    checklist.Add(policy.id, checklist.size() + 1, kCustomerTypeName(line.customer_type),
                  line.service, line.document, line.description, kRuleTagName(line.rule.tag),
                  line.rule.citation, line.rule.quote, line.rule.source);
  }
  if (!checklist.empty()) tx.InsertRows(checklist);
}

std::optional<Policy> FindPolicy(db::Transaction& tx, PolicyId id) {
  return ReadPolicy(tx, tx.Select(kFind, id));
}

std::optional<Policy> PolicyInEffect(db::Transaction& tx, Date date) {
  return ReadPolicy(tx, tx.Select(kInEffect, date));
}

}  // namespace reeve::account
