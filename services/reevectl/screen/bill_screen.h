// Why a bill is what it is, in the reader's language: from the reads to the total, and beside
// another bill.
#pragma once

#include <string>

#include "reeve/billing/v1/bill_service.pb.h"
#include "services/reevectl/screen/screen.h"

namespace reeve::reevectl {

void ShowExplanation(Screen& screen, const billing::v1::BillExplanation& explanation);
void ShowComparison(Screen& screen, const billing::v1::BillComparison& comparison);
void ShowSimulation(Screen& screen, const billing::v1::BillSimulation& simulation);

// "Your bill is $41.20 higher, mostly because you used 6 thousand gallons more (water)."
std::string ComparisonSentence(Language language, const billing::v1::BillComparison& comparison);

}  // namespace reeve::reevectl
