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
          .last_read_date = Date::Parse("2026-11-01").value()};
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
  for (int i = 0; i < kOrderTypes; ++i) {
    const OrderType type = static_cast<OrderType>(i);
    Completion completion = Everything();
    completion.supply_on = type != OrderType::kDisconnectNonpay;
    EXPECT_TRUE(CheckCompletion(type, "E1", completion, FiveDigits()).ok());
  }
}

TEST(CompletionRequirements, ACutLeavesNoSupplyOn) {
  Completion completion = Everything();
  const auto refused =
      CheckCompletion(OrderType::kDisconnectNonpay, "E1", completion, FiveDigits());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason(), "COMPLETION_CONTRADICTS");
  ASSERT_EQ(refused.error().violations().size(), 1u);
  EXPECT_EQ(refused.error().violations()[0].field, "completion.supply_on");
  completion.supply_on = false;
  EXPECT_TRUE(CheckCompletion(OrderType::kDisconnectNonpay, "E1", completion, FiveDigits()).ok());
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
  completion.high_read_confirmed = true;
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

TEST(CompletionRead, AReadFarAboveTheLastIsConfirmed) {
  Completion completion = Everything();
  completion.read_thousandths = 10'399'999;
  EXPECT_TRUE(CheckCompletion(OrderType::kRead, "E1", completion, FiveDigits()).ok());
  completion.read_thousandths = 10'400'000;  // a tenth of five digits above 400
  const auto refused = CheckCompletion(OrderType::kRead, "E1", completion, FiveDigits());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason(), "READ_HIGH");
  completion.lower_read_confirmed = true;  // another word does not do
  EXPECT_FALSE(CheckCompletion(OrderType::kRead, "E1", completion, FiveDigits()).ok());
  completion.high_read_confirmed = true;
  EXPECT_TRUE(CheckCompletion(OrderType::kRead, "E1", completion, FiveDigits()).ok());
  completion.high_read_confirmed = false;
  Meter never_read = FiveDigits();
  never_read.last_read_date.reset();
  EXPECT_TRUE(CheckCompletion(OrderType::kRead, "E1", completion, never_read).ok());
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
  EXPECT_EQ(reason(), "COMPLETION_CONTRADICTS");
  completion.supply_on = false;
  EXPECT_EQ(reason(), "METER_MISMATCH");
  completion.meter_number = "E1";
  EXPECT_EQ(reason(), "READ_OFF_REGISTER");
  completion.read_thousandths = 1;
  EXPECT_EQ(reason(), "READ_LOWER");
  completion.read_thousandths = 99'999'999;
  EXPECT_EQ(reason(), "READ_HIGH");
}

}  // namespace
}  // namespace reeve::work_order
