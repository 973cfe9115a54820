#include "services/billing/verify/audited_winter_store.h"

#include "services/billing/verify/audited_subject_store.h"
#include "services/billing/winter/winter_store.h"

namespace reeve::billing::verify {
namespace {

constexpr Table kTables[] = {
    {&winter::kKeptRule,
     {"verify_winter_rules",
      "SELECT schedule_code, effective_date, citation, source_service, first_month, last_month, "
      "day_count_min, month_days_hundredths, step_thousandths, cap_thousandths, "
      "default_thousandths, vacant_thousandths, leak_hundredths, rise_hundredths "
      "FROM winter_rule"}},
    {&winter::kKeptRun,
     {"verify_winter_runs",
      "SELECT run_id, schedule_code, rule_date, winter_year, effective_date, state, "
      "after_account_id, started_by_person_id, signed_by_person_id FROM winter_run"}},
    {&winter::kKeptAverage,
     {"verify_winter_averages",
      "SELECT account_id, run_id, agreement_id, bill_count, day_count, usage_thousandths, "
      "computed_thousandths, previous_thousandths, problem, evidence, state, "
      "quantity_thousandths, decision, reason, decided_by_person_id FROM winter_average"}},
};

}  // namespace

Finding CheckWinter(db::Transaction& tx) {
  Finding finding{"winter-averages-as-audited", 0, ""};
  for (const Table& table : kTables) CheckTable(tx, table, finding);
  return finding;
}

}  // namespace reeve::billing::verify
