// The part of the day about hours and seasons: interval files, averages of a winter, late fees.
#include <absl/strings/escaping.h>

#include "shared/core/canonical.h"
#include "tests/fault/api/day.h"

namespace reeve::fault {

void Day::MeasureHours() {
  Do("billing.IntervalService/LoadIntervalPolicy", "builder",
     R"({"policy": {"effective_date": "2026-01-01", "citation": "Made up for this test",
         "load_minutes": 60, "like_day_count": 1}})");
  Do("billing.MeterService/ListInstallations", "builder",
     R"({"account_id": $account0, "agreement_id": $agreement})");
  std::string amounts = "0.25";
  for (int hour = 1; hour < 24; ++hour) amounts += " 0.25";
  const std::string meter = Keep("meter_text", "installations[0].meter.meter_number");
  const std::string unit = Keep("unit_text", "installations[0].meter.unit");
  const std::string lines = "meter_number,start_time,minutes,unit,amounts\n" + meter +
                            ",2026-11-11T07:00Z,60," + unit + "," + amounts +
                            "\nE9999999,2026-11-11T07:00Z,60,kWh,1\n";
  Name("sha", Quoted(absl::Base64Escape(Sha256(lines))));
  Name("lines", Quoted(lines));
  Do("billing.IntervalService/ImportIntervals", "builder",
     R"({"file_name": "head-end.csv", "file_sha256": $sha, "first_line": 1, "lines": $lines,
         "last_part": true})");
  Keep("intervals", "import_id");
  Do("billing.IntervalService/GetIntervalImport", "builder", R"({"import_id": $intervals})");
  Do("billing.IntervalService/ListIntervalExceptions", "builder", R"({"import_id": $intervals})");
  Do("billing.IntervalService/EstimateIntervals", "builder",
     R"({"account_id": $account0, "agreement_id": $agreement, "from_date": "2026-11-12",
         "to_date": "2026-11-12", "reason": "The collector was down"})");
  Do("billing.IntervalService/ListIntervalDays", "builder",
     R"({"account_id": $account0, "agreement_id": $agreement, "from_date": "2026-11-11",
         "to_date": "2026-11-12"})");
}

void Day::AverageWinter() {
  Name("sewer", Quoted("SEWER-RES"));
  Do("billing.WinterAverageService/LoadWinterRule", "builder",
     R"({"rule": {"schedule_code": $sewer, "effective_date": "2026-01-01",
         "citation": "Made up for this test", "source_service": "water", "first_month": 9,
         "last_month": 10, "day_count_min": 300, "step_thousandths": 1000,
         "vacant_thousandths": -1}})");
  Do("billing.WinterAverageService/StartWinterRun", "builder",
     R"({"schedule_code": $sewer, "winter_year": 2026, "effective_date": "2027-06-01"})");
  Keep("winter", "run_id");
  Do("billing.WinterAverageService/AdvanceWinterRun", "builder", R"({"run_id": $winter})");
  Do("billing.WinterAverageService/ListWinterAverages", "builder",
     R"({"run_id": $winter, "held_only": true})");
  Keep("averaged", "averages[0].account_id");
  Keep("sewer_agreement", "averages[0].agreement_id");
  Do("billing.WinterAverageService/DecideWinterAverage", "signer",
     R"({"run_id": $winter, "account_id": $averaged, "agreement_id": $sewer_agreement,
         "decision": "WINTER_DECISION_OTHER", "quantity_thousandths": 4000,
         "reason": "As the neighbours"})");
  // Nobody is billed under this one: nothing stands between its averages and the signature.
  Do("billing.WinterAverageService/LoadWinterRule", "builder",
     R"({"rule": {"schedule_code": "S-2", "effective_date": "2026-01-01",
         "citation": "Made up for this test", "first_month": 9, "last_month": 10,
         "day_count_min": 30, "step_thousandths": 1000, "vacant_thousandths": -1}})");
  Do("billing.WinterAverageService/StartWinterRun", "builder",
     R"({"schedule_code": "S-2", "winter_year": 2026, "effective_date": "2027-06-01"})");
  Keep("winter", "run_id");
  Do("billing.WinterAverageService/AdvanceWinterRun", "builder", R"({"run_id": $winter})");
  Do("billing.WinterAverageService/SignWinterRun", "signer", R"({"run_id": $winter})");
  Do("billing.WinterAverageService/GetWinterRun", "builder", R"({"run_id": $winter})");
}

void Day::ChargeLate() {
  const auto load = [&](const std::string& code, const std::string& of) {
    Name("code", Quoted(code));
    Name("class", Quoted(of));
    Do("billing.LateFeeService/LoadLateFeePolicy", "cashier2",
       R"({"policy": {"code": $code, "effective_date": "2026-01-01",
           "citation": "Made up for this test", "customer_class": $class, "minimum_cents": 500,
           "owed_min_cents": 1, "repeats": "LATE_FEE_REPEATS_ONCE", "days_to_pay_min": 10,
           "due_day_count": 20, "hold_above_cents": 1,
           "backdating": "Made up for this test"}})");
  };
  load("LATE", "RESIDENTIAL");
  Do("billing.LateFeeService/ListLateFeePolicies", "builder", "{}");
  Do("billing.LateFeeService/RecordLateFeeExemption", "builder",
     R"({"account_id": $account0, "cause": "LATE_FEE_EXEMPTION_CAUSE_ASSISTANCE",
         "from_date": "2027-01-01", "to_date": "2027-03-15", "document": "Made up for this test"})");
  Do("billing.LateFeeService/DecideLateFeeExemption", "signer",
     R"({"account_id": $account0, "exemption_no": 1, "approve": true,
         "decision": "The document was seen"})");
  Do("billing.LateFeeService/ListLateFeeExemptions", "builder", R"({"account_id": $account0})");
  Do("billing.LateFeeService/StartLateFeeRun", "builder", R"({"policy_code": "LATE"})");
  Keep("late_run", "run_id");
  Do("billing.LateFeeService/AdvanceLateFeeRun", "builder", R"({"run_id": $late_run})");
  Do("billing.LateFeeService/ListLateFees", "builder",
     R"({"run_id": $late_run, "held_only": true})");
  Keep("late", "fees[0].account_id");
  Keep("late_bill", "fees[0].bill_id");
  Do("billing.LateFeeService/ListAccountLateFees", "builder", R"({"account_id": $late})");
  Do("billing.LateFeeService/AssignLateFee", "builder",
     R"({"run_id": $late_run, "account_id": $late, "bill_id": $late_bill, "owner_person_id": 1})");
  Do("billing.LateFeeService/DecideLateFee", "signer",
     R"({"run_id": $late_run, "account_id": $late, "bill_id": $late_bill,
         "decision": "LATE_FEE_DECISION_DROP", "reason": "The mail came late"})");
  Do("billing.LateFeeService/AcknowledgeLateFeeFinding", "signer",
     R"({"run_id": $late_run, "rule": "NO_RUN_BEFORE", "acknowledgement": "It is the first"})");
  Do("billing.LateFeeService/WithdrawLateFeeRun", "builder",
     R"({"run_id": $late_run, "reason": "The mail came late"})");
  // Nobody is of this class: nothing stands between the run and its signature.
  load("LATE-NR", "NON_RESIDENTIAL");
  Do("billing.LateFeeService/StartLateFeeRun", "builder", R"({"policy_code": "LATE-NR"})");
  Keep("late_run", "run_id");
  Do("billing.LateFeeService/AdvanceLateFeeRun", "builder", R"({"run_id": $late_run})");
  Do("billing.LateFeeService/SignLateFeeRun", "signer", R"({"run_id": $late_run})");
  Do("billing.LateFeeService/PostLateFeeRun", "builder", R"({"run_id": $late_run})");
  Do("billing.LateFeeService/GetLateFeeRun", "builder", R"({"run_id": $late_run})");
}

}  // namespace reeve::fault
