#include "services/billing/verify/audited_late_fee_store.h"

#include "services/billing/late_fee/late_fee_store.h"
#include "services/billing/verify/audited_subject_store.h"

namespace reeve::billing::verify {
namespace {

constexpr Table kTables[] = {
    {&late_fee::kKeptPolicy,
     {"verify_late_fee_policies",
      "SELECT policy_code, effective_date, citation, customer_class, service, percent_hundredths, "
      "minimum_cents, maximum_cents, tax_hundredths, owed_min_cents, after_day_count, repeats, "
      "on_fees, days_to_pay_min, due_day_count, hold_above_cents, rise_hundredths, share_percent, "
      "loaded_by_person_id, backdating, loaded_date FROM late_fee_policy"},
     {20, 19}},
    {&late_fee::kKeptRun,
     {"verify_late_fee_runs",
      "SELECT run_id, policy_code, run_no, from_date, run_date, state, after_account_id, "
      "started_by_person_id, ended_by_person_id, reason, rules_no FROM late_fee_run"},
     {10}},
    {&late_fee::kKeptFinding,
     {"verify_late_fee_findings",
      "SELECT run_id, rule, evidence, acknowledgement, acknowledged_by_person_id "
      "FROM late_fee_finding"}},
    {&late_fee::kKeptFee,
     {"verify_late_fees",
      "SELECT account_id, run_id, bill_id, step_no, policy_code, policy_date, due_date, sent_date, "
      "last_date, owed_cents, basis, fee_cents, tax_cents, first_fee, problem, evidence, state, "
      "owner_person_id, reason, decided_by_person_id, posted_date, again, replaced_run_id, "
      "reversed_date, reversal FROM late_fee"},
     {24, 23, 22, 21}},
    {&late_fee::kKeptExemption,
     {"verify_late_fee_exemptions",
      "SELECT account_id, exemption_no, cause, from_date, to_date, document, state, "
      "recorded_date, recorded_by_person_id, decided_by_person_id, decision "
      "FROM late_fee_exemption"}},
    {&late_fee::kKeptRelease,
     {"verify_print_releases", "SELECT print_file_id, released_date FROM print_release"}},
};

}  // namespace

Finding CheckLateFees(db::Transaction& tx) {
  Finding finding{"late-fees-as-audited", 0, ""};
  for (const Table& table : kTables) CheckTable(tx, table, finding);
  return finding;
}

}  // namespace reeve::billing::verify
