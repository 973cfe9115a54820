// Sheets: what a file of rate schedules would bill, by the pricing and the derivation of every
// bill. Nothing is loaded.
#pragma once

#include "reeve/billing/v1/rate_sheet.pb.h"

namespace reeve::billing::bill {

v1::PricedSheet PriceSheet(const v1::PriceSheetRequest& request);

}  // namespace reeve::billing::bill
