// The part of the day about bills that were made: they are printed.
#include "tests/fault/api/day.h"

namespace reeve::fault {

void Day::PrintStatements() {
  const auto make = [&](const std::string& days) {
    Name("days", days);
    Do("billing.PrintService/MakePrintFile", "builder",
       R"({"cycle_id": $cycle, "days_to_pay_min": $days})");
    Keep("print", "print_file_id");
    Await("state", "PRINT_FILE_STATE_MADE", "billing.PrintService/GetPrintFile",
          R"({"print_file_id": $print})");
  };
  make("50");
  Do("billing.PrintService/AcknowledgeWithheld", "signer",
     R"({"print_file_id": $print, "cause": "TOO_LATE", "account_id": $account0,
         "reason": "Made up for this test"})");
  Do("billing.PrintService/RefusePrintFile", "signer",
     R"({"print_file_id": $print, "reason": "Nobody could pay in time"})");
  Await("state", "PRINT_FILE_STATE_REFUSED", "billing.PrintService/GetPrintFile",
        R"({"print_file_id": $print})");
  make("0");
  Do("billing.PrintService/GetProofSample", "signer", R"({"print_file_id": $print})");
  Name("sample", Quoted(Keep("sample", "sample_sha256")));
  Do("billing.PrintService/ReleasePrintFile", "signer",
     R"({"print_file_id": $print, "sample_sha256": $sample})");
}

}  // namespace reeve::fault
