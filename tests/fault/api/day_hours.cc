// The part of the day about hours: interval files, and averages of a winter.
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

}  // namespace reeve::fault
