// What a drawer or the vault holds, as it is typed and shown.
#pragma once

#include <string_view>
#include <vector>

#include "reeve/payment/v1/types.pb.h"
#include "services/reevectl/commands/noun.h"

namespace reeve::reevectl {

// `options` and those of a count by denomination into the Holding at `path`.
std::vector<Option> CountOptions(std::vector<Option> options, const std::string& path);

// "20.00 x 3 + 5.00 x 1"
std::string CashText(const google::protobuf::RepeatedPtrField<payment::v1::CashCount>& cash);
std::int64_t CashCents(const google::protobuf::RepeatedPtrField<payment::v1::CashCount>& cash);

void ShowHolding(Screen& screen, std::string_view label, const payment::v1::Holding& holding);

}  // namespace reeve::reevectl
