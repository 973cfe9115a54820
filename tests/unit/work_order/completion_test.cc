#include "services/work_order/order/completion.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace reeve::work_order {
namespace {

Completion Everything() {
  Completion completion;
  completion.meter_number = "E1";
  completion.read_thousandths = 500'000;
  completion.supply_on = true;
  completion.seal_number = "S-9";
  completion.door_hanger_left = true;
  completion.tag_serial = "T-1";
  completion.photo_sha256 = std::string(64, 'a');
  return completion;
}

Meter FiveDigits() {
  return {.number = "E1",
          .service = "electric",
          .register_digits = 5,
          .last_read_thousandths = 400'000,
          .last_read_date = std::nullopt};
}

std::vector<std::string> Missing(OrderType type) {
  const Result<> checked = CheckCompletion(type, "E1", Completion(), std::nullopt);
  std::vector<std::string> fields;
  if (checked.ok()) return fields;
  EXPECT_EQ(checked.error().reason(), "COMPLETION_INCOMPLETE");
  for (const FieldViolation& violation : checked.error().violations()) {
    fields.push_back(violation.field.substr(std::string("completion.").size()));
  }
  return fields;
}

TEST(CompletionRequirements, EveryMissingFieldIsNamedForEachType) {
  using Fields = std::vector<std::string>;
  EXPECT_EQ(Missing(OrderType::kConnect), (Fields{"meter_number", "has_read", "supply_on"}));
  EXPECT_EQ(Missing(OrderType::kDisconnectRequest), (Fields{"meter_number", "has_read"}));
  EXPECT_EQ(Missing(OrderType::kDisconnectNonpay),
            (Fields{"meter_number", "has_read", "seal_number", "door_hanger_left"}));
  EXPECT_EQ(Missing(OrderType::kReconnect),
            (Fields{"meter_number", "has_read", "supply_on", "seal_number"}));
  EXPECT_EQ(Missing(OrderType::kTag), (Fields{"tag_serial", "photo_sha256"}));
  EXPECT_EQ(Missing(OrderType::kRead), (Fields{"meter_number", "has_read"}));
}

TEST(CompletionRequirements, WithEverythingNothingIsMissing) {
  for (int type = 0; type < kOrderTypes; ++type) {
    EXPECT_TRUE(
        CheckCompletion(static_cast<OrderType>(type), "E1", Everything(), FiveDigits()).ok());
  }
}

TEST(CompletionRead, AnotherMeterIsRefused) {
  Completion completion = Everything();
  completion.meter_number = "E2";
  EXPECT_EQ(CheckCompletion(OrderType::kRead, "E1", completion, std::nullopt).error().reason(),
            "METER_MISMATCH");
}

TEST(CompletionRead, AReadFitsTheRegister) {
  Completion completion = Everything();
  completion.read_thousandths = 99'999'999;
  EXPECT_TRUE(CheckCompletion(OrderType::kRead, "E1", completion, FiveDigits()).ok());
  completion.read_thousandths = 100'000'000;
  EXPECT_EQ(CheckCompletion(OrderType::kRead, "E1", completion, FiveDigits()).error().reason(),
            "READ_OFF_REGISTER");
}

TEST(CompletionRead, ALowerReadIsConfirmed) {
  Completion completion = Everything();
  completion.read_thousandths = 399'999;
  EXPECT_EQ(CheckCompletion(OrderType::kRead, "E1", completion, FiveDigits()).error().reason(),
            "READ_LOWER");
  completion.lower_read_confirmed = true;
  EXPECT_TRUE(CheckCompletion(OrderType::kRead, "E1", completion, FiveDigits()).ok());
  completion.lower_read_confirmed = false;
  completion.read_thousandths = 400'000;
  EXPECT_TRUE(CheckCompletion(OrderType::kRead, "E1", completion, FiveDigits()).ok());
}

TEST(CompletionRead, RefusalsComeInOrderOfPrecedence) {
  Completion completion = Everything();
  completion.meter_number = "E2";
  completion.read_thousandths = 100'000'000;
  completion.seal_number.clear();
  const auto reason = [&] {
    return CheckCompletion(OrderType::kDisconnectNonpay, "E1", completion, FiveDigits())
        .error()
        .reason();
  };
  EXPECT_EQ(reason(), "COMPLETION_INCOMPLETE");
  completion.seal_number = "S-9";
  EXPECT_EQ(reason(), "METER_MISMATCH");
  completion.meter_number = "E1";
  EXPECT_EQ(reason(), "READ_OFF_REGISTER");
  completion.read_thousandths = 1;
  EXPECT_EQ(reason(), "READ_LOWER");
}

}  // namespace
}  // namespace reeve::work_order
