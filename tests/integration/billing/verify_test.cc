// Whatever is changed, deleted, inserted or swapped behind billing's back, verify finds.
#include <map>
#include <set>

#include "services/billing/migrations.h"
#include "shared/testing/tampering.h"
#include "tests/integration/billing/whole_city.h"

namespace reeve::billing {
namespace {

class VerifyTest : public WholeCity {
 protected:
  testing::Tampering Tampering() {
    return {*database_,
            machine_clock_,
            {.service = "billing",
             .migrations = Migrations(),
             .proof = FirstViolation,
             .statements = {{"rate_time.what",
                             "UPDATE rate_time SET what = 'LOAD', time_no = 7 WHERE what = 'USE' "
                             "AND time_no = 0"},
                            {"rate_time.weekday_hours",
                             "UPDATE rate_time SET weekday_hours = weekend_hours"},
                            {"rate_time.weekend_hours",
                             "UPDATE rate_time SET weekend_hours = weekday_hours"},
                            {"parcel_file",
                             "INSERT INTO parcel_file (file_id, complete_no, file_name, next_line, "
                             "place_count, loaded_date, loaded_by_person_id) SELECT file_id + 1, "
                             "complete_no + 1, file_name, next_line, place_count, loaded_date, "
                             "loaded_by_person_id FROM parcel_file"},
                            {"leak_rule",
                             "INSERT INTO leak_rule (type_code, effective_date, normal_of, "
                             "normal_count, trigger_percent, above_percent, credit_percent, "
                             "period_count_max, credited_count_max, step_thousandths, rounding, "
                             "again, again_month_count) SELECT 'LEAK-W', effective_date, "
                             "normal_of, normal_count, trigger_percent, above_percent, "
                             "credit_percent, period_count_max, credited_count_max, "
                             "step_thousandths, rounding, again, again_month_count FROM leak_rule"},
                            {"monthly_rule",
                             "INSERT INTO monthly_rule (type_code, effective_date, amount_cents, "
                             "after_month_count, at_most_billed) SELECT 'LEAK-W', effective_date, "
                             "amount_cents, after_month_count, at_most_billed FROM monthly_rule"},
                            {"late_fee_run",
                             "INSERT INTO late_fee_run (run_id, policy_code, run_no, from_date, "
                             "run_date, state, after_account_id, started_by_person_id, "
                             "ended_by_person_id, reason) SELECT run_id + 1, policy_code, "
                             "run_no + 1000, from_date, run_date, state, after_account_id, "
                             "started_by_person_id, ended_by_person_id, reason FROM late_fee_run "
                             "WHERE policy_code = 'LATE'"},
                            {"mass_release.state",
                             "UPDATE mass_release SET state = 'RELEASED', "
                             "approved_by_person_id = 3 WHERE state = 'PROPOSED'"}},
             .held = {}}};
  }
  static std::string FirstViolation(db::Transaction& tx) {
    return testing::FirstViolation(verify::ProveAll(tx, Until::kFirstViolation).findings);
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, VerifyTest, testing::BothEngines(), testing::EngineName);

TEST_P(VerifyTest, AChangeOfAnyColumnIsFound) { Tampering().ExpectChangesFound(); }
TEST_P(VerifyTest, ARowThatIsGoneIsFound) { Tampering().ExpectMissingRowsFound(); }
TEST_P(VerifyTest, ARowThatNobodyWroteIsFound) { Tampering().ExpectStrangeRowsFound(); }
TEST_P(VerifyTest, RowsThatHaveChangedPlacesAreFound) { Tampering().ExpectSwappedRowsFound(); }
TEST_P(VerifyTest, WhatIsNotCoveredIsListed) { Tampering().ExpectListIsTrue(); }

// A read that a review had set aside counts again, and one that counts is set aside.
TEST_P(VerifyTest, AReadThatCountsAgainIsFound) {
  for (const char* state : {"ACCEPTED", "SET_ASIDE"}) {
    (*database_).Write(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      // Those that were replaced cannot count beside what counts instead.
      EXPECT_GT(tx.Execute({"", "UPDATE meter_read SET state = '" + std::string(state) +
                                    "' WHERE read_id NOT IN (SELECT read_id FROM "
                                    "read_correction)"}),
                0);
      EXPECT_TRUE(FirstViolation(tx).starts_with(*state == 'A' ? "reads-set-aside" : "bills-"))
          << FirstViolation(tx);
      return db::Verdict::kRollBack;
    });
  }
}

// Each check names what it is for.
TEST_P(VerifyTest, TheCheckThatFailsIsTheOneOfTheTable) {
  for (const auto& tried : std::map<std::string, std::string>{
           {"UPDATE rate_tier SET rate_nanos = rate_nanos + 1", "rates-as-audited"},
           {"UPDATE rate_schedule SET state = 'ACTIVE'", "rates-as-audited"},
           {"UPDATE rate_schedule SET tariff_no = tariff_no + 1", "rates-as-audited"},
           {"UPDATE rate_schedule SET acknowledged_components = '' WHERE schedule_code = 'ST5'",
            "rates-as-audited"},
           {"UPDATE rate_withdrawal SET reason = 'xxx'", "rates-as-audited"},
           {"UPDATE cycle_run SET tariff_no = tariff_no + 1", "cycles-as-audited"},
           {"UPDATE shutoff_policy SET threshold_cents = 1", "policies-as-audited"},
           {"UPDATE adjustment_type SET limits = 'x'", "adjustments-as-audited"},
           {"UPDATE leak_rule SET credit_percent = 51", "adjustments-as-audited"},
           {"UPDATE monthly_rule SET after_month_count = 3", "adjustments-as-audited"},
           {"UPDATE adjustment SET note = 'x'", "adjustments-as-audited"},
           {"UPDATE payment_taker SET person_id = person_id + 1", "adjustments-as-audited"},
           {"UPDATE notice SET delivery_proof = 'x'", "collections-as-audited"},
           {"UPDATE dispute SET decision = 'x'", "collections-as-audited"},
           {"UPDATE disconnect SET paid_cents = paid_cents + 1", "collections-as-audited"},
           {"UPDATE bill_hold SET evidence = 'x'", "cycles-as-audited"},
           {"UPDATE bill_hold SET at_stake_cents = 1", "cycles-as-audited"},
           {"UPDATE cycle_tally SET amount_cents = 1", "cycles-as-audited"},
           {"UPDATE cycle_finding SET acknowledgement = 'x'", "cycles-as-audited"},
           {"UPDATE control_total SET source = 'x'", "cycles-as-audited"},
           {"UPDATE shadow_line SET amount_cents = 1", "shadows-as-audited"},
           {"UPDATE shadow_total SET amount_cents = 1", "shadows-as-audited"},
           {"UPDATE shadow_difference SET cause = 'ROUNDING'", "shadows-as-audited"},
           {"UPDATE shadow_cause SET first_reason = 'x' WHERE first_reason <> ''",
            "shadows-as-audited"},
           {"UPDATE parcel SET cart_count = 3", "parcels-as-audited"},
           {"UPDATE parcel SET service_carts = 'sanitation=3'", "parcels-as-audited"},
           {"UPDATE parcel_user SET land_uses = ''", "parcels-as-audited"},
           {"UPDATE parcel_part SET digest = 'x'", "parcels-as-audited"},
           {"UPDATE parcel_file SET complete_no = 0", "parcels-as-audited"},
           {"UPDATE cycle_difference SET at_stake_cents = 1", "parcels-as-audited"},
           {"DELETE FROM cycle_difference", "parcels-as-audited"},
           {"UPDATE hold_work SET deadline_date = '2027-01-01'", "cycles-as-audited"},
           {"UPDATE bill_review SET review_seconds = 9", "cycles-as-audited"},
           {"UPDATE mass_release SET bill_count = 9", "cycles-as-audited"},
           {"UPDATE guard_policy SET citation = 'x'", "policies-as-audited"},
           {"UPDATE guard_policy SET activated_by_person_id = 11 WHERE state = 'ACTIVE'",
            "policies-as-audited"},
           {"UPDATE cycle_run SET guard_policy = '2026-07-01'", "cycles-as-audited"},
           {"UPDATE cycle_run SET priced_date = '2026-01-01' WHERE rebilled_bill_id = 0",
            "cycles-as-audited"},
           {"UPDATE cycle_run SET tariff_no = tariff_no + 1", "cycles-as-audited"},
           {"UPDATE bill_segment SET month_days = 30 WHERE service = 'water'",
            "bills-from-reads-and-rates"},
           {"UPDATE cycle_register SET held_amount_cents = held_amount_cents + 1", "registers"},
           {"UPDATE statement SET previous_cents = previous_cents + 1", "statements-add-up"},
           {"UPDATE statement SET new_balance_cents = new_balance_cents + 1", "statements-add-up"},
           {"UPDATE statement SET live = 1 - live", "statements-add-up"},
           {"UPDATE statement SET past_due_cents = past_due_cents + 1", "statements-as-audited"},
           {"DELETE FROM statement_entry WHERE live = 1", "statements-add-up"},
           {"DELETE FROM statement_bill WHERE live = 1", "statements-add-up"},
           {"UPDATE print_file SET charge_cents = charge_cents + 1", "statements-add-up"},
           {"UPDATE print_file SET sha256 = 'x'", "statements-as-audited"},
           {"UPDATE statement_withheld SET evidence = 'x'", "statements-as-audited"},
           {"UPDATE late_fee_policy SET citation = 'x'", "late-fees-as-audited"},
           {"UPDATE late_fee_finding SET evidence = 'x'", "late-fees-as-audited"},
           {"UPDATE late_fee_exemption SET document = 'x'", "late-fees-as-audited"},
           {"UPDATE print_release SET released_date = '2026-11-22'", "late-fees-as-audited"},
           {"UPDATE late_fee SET fee_cents = fee_cents + 1", "late-fees-as-audited"},
           {"UPDATE late_fee SET again = 'LAPSED'", "late-fees-as-audited"},
           {"UPDATE late_fee SET replaced_run_id = 7", "late-fees-as-audited"},
           {"UPDATE late_fee SET reversed_date = '2026-12-27' WHERE state = 'REVERSED'",
            "late-fees-as-audited"},
           {"UPDATE late_fee SET reversal = 'BILL_CANCELLED'", "late-fees-as-audited"},
           {"UPDATE late_fee_policy SET backdating = ''", "late-fees-as-audited"},
           {"UPDATE rebill_policy SET backbill_month_count = 23", "policies-as-audited"},
           {"UPDATE bill_cancellation SET reason = 'x'", "cycles-as-audited"},
           {"UPDATE bill_cancellation SET credited_cents = credited_cents + 1",
            "cycles-as-audited"},
           {"UPDATE correction_proposal SET decision = 'x'", "cycles-as-audited"},
           {"UPDATE bill_rebill SET cause = 'FRAUD'", "cycles-as-audited"},
           {"UPDATE rebill_charge SET due_date = '2026-12-31'", "bills-from-reads-and-rates"},
           {"DELETE FROM rebill_charge WHERE charge_no = 3", "bills-from-reads-and-rates"},
           {"UPDATE charge SET cancelled = 1 - cancelled", "bills-cancelled-and-rebilled"},
           {"UPDATE agreement SET cycle = 9", "accounts-as-audited"},
           {"UPDATE meter_installation SET multiplier_thousandths = 1", "accounts-as-audited"},
           {"UPDATE agreement SET multiplier_thousandths = 1 WHERE meter_number <> ''",
            "meters-one-behind-the-other"},
           {"UPDATE bill_segment_meter SET usage_thousandths = usage_thousandths + 1",
            "bills-from-reads-and-rates"},
           {"UPDATE meter_read SET meter_number = meter_number || 'x'", "accounts-as-audited"},
           {"UPDATE meter_read SET meter_number = meter_number || 'x' WHERE source = 'FILE'",
            "reads-as-audited"},
           {"UPDATE meter_read SET state = 'ACCEPTED' WHERE source = 'ESTIMATE'",
            "reads-set-aside"},
           {"UPDATE read_correction SET reason = 'x'", "reads-as-audited"},
           {"UPDATE read_exception SET resolution = 'x'", "reads-as-audited"},
           {"UPDATE exchanged_meter SET meter_number = meter_number || 'x'",
            "meters-one-behind-the-other"},
           {"UPDATE meter_installation SET reversed = 0", "accounts-as-audited"},
           {"UPDATE agreement SET installation_no = 7", "meters-one-behind-the-other"},
           {"UPDATE bill_segment SET installation_no = 7", "bills-from-reads-and-rates"},
           {"UPDATE payment_credit SET directions = 'x=1'", "payments-as-audited"},
           {"UPDATE ledger_sum SET debit_cents = debit_cents + 1", "ledger-sums"},
           {"UPDATE journal_entry SET accounting_date = business_date", "ledger-sums"},
           {"UPDATE ledger_month_total SET credit_cents = credit_cents + 1", "closed-months"},
           {"UPDATE ledger_open SET open_date = '2026-10-01'", "closed-months"},
           {"UPDATE ledger_month SET reason = 'x'", "months-as-audited"},
           {"UPDATE allocation SET amount_cents = amount_cents + 1", "journal-and-open-items"}}) {
    const std::string& statement = tried.first;
    const std::string& check = tried.second;
    (*database_).Write(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      EXPECT_GT(tx.Execute({"", statement}), 0) << statement;
      EXPECT_TRUE(FirstViolation(tx).starts_with(check)) << statement << ": " << FirstViolation(tx);
      return db::Verdict::kRollBack;
    });
  }
}

// Moved with its sums, so that the day is all that is wrong with it.
TEST_P(VerifyTest, AnEntryThatIsCountedOnTheDayAfterIsFound) {
  (*database_).Write(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
    for (const char* table : {"journal_entry", "ledger_sum"}) {
      const std::string sql = "UPDATE " + std::string(table) +
                              " SET accounting_date = '2026-11-24' WHERE accounting_date = "
                              "'2026-11-23'";
      EXPECT_GT(tx.Execute({"", sql}), 0) << sql;
    }
    std::set<std::string> failed;
    for (const Finding& finding : verify::ProveAll(tx).findings) {
      if (!finding.violation.empty()) failed.emplace(finding.check);
    }
    EXPECT_EQ(failed, std::set<std::string>{"accounting-dates"});
    return db::Verdict::kRollBack;
  });
}

}  // namespace
}  // namespace reeve::billing
