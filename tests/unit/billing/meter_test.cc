#include "services/billing/meter/meter.h"

#include <gtest/gtest.h>

#include "shared/core/quantity.h"

namespace reeve::billing::meter {
namespace {

constexpr std::int64_t kCount = Quantity::kScale;
const Date kDay = Date::Parse("2026-11-07").value();

Meter Old() { return {"W100", "5/8", "kgal", 5, 1000}; }

Exchange Sound() { return {kDay, 41'203 * kCount, 0, {"W200", "5/8", "kgal", 5, 1000}, false}; }

std::vector<std::string> Refused(const Exchange& exchange) {
  Fields fields;
  CheckExchange(Old(), exchange, fields);
  std::vector<std::string> names;
  for (const FieldViolation& violation : fields.error().violations()) {
    names.push_back(violation.field);
  }
  return names;
}

struct ExchangeCase {
  const char* name;
  void (*change)(Exchange&);
  std::vector<std::string> fields;
};

class CheckedExchange : public ::testing::TestWithParam<ExchangeCase> {};

TEST_P(CheckedExchange, NamesEveryBadField) {
  Exchange exchange = Sound();
  GetParam().change(exchange);
  EXPECT_EQ(Refused(exchange), GetParam().fields);
}

INSTANTIATE_TEST_SUITE_P(
    ByField, CheckedExchange,
    ::testing::Values(
        ExchangeCase{"Sound", [](Exchange&) {}, {}},
        ExchangeCase{"GallonsForKilogallons",
                     [](Exchange& e) { e.next.unit = "gal", e.differences_checked = true; },
                     {"meter.unit"}},
        ExchangeCase{
            "OldNumber", [](Exchange& e) { e.next.meter_number = "W100"; }, {"meter.meter_number"}},
        ExchangeCase{
            "NoNumber", [](Exchange& e) { e.next.meter_number = ""; }, {"meter.meter_number"}},
        ExchangeCase{"SmallLetters",
                     [](Exchange& e) { e.next.meter_number = "w200"; },
                     {"meter.meter_number"}},
        ExchangeCase{"TenthFactor",
                     [](Exchange& e) { e.next.multiplier_thousandths = 100; },
                     {"meter.multiplier_thousandths"}},
        ExchangeCase{"TenthFactorChecked",
                     [](Exchange& e) {
                       e.next.multiplier_thousandths = 100;
                       e.differences_checked = true;
                     },
                     {}},
        ExchangeCase{"NoFactor",
                     [](Exchange& e) {
                       e.next.multiplier_thousandths = 0;
                       e.differences_checked = true;
                     },
                     {"meter.multiplier_thousandths"}},
        ExchangeCase{"DeadDigit",
                     [](Exchange& e) { e.next.register_digits = 6; },
                     {"meter.register_digits"}},
        ExchangeCase{"TenDigits",
                     [](Exchange& e) {
                       e.next.register_digits = 10;
                       e.differences_checked = true;
                     },
                     {"meter.register_digits"}},
        ExchangeCase{"OtherSize", [](Exchange& e) { e.next.size = "2"; }, {"meter.meter_size"}},
        ExchangeCase{"OutReadOffTheRegister",
                     [](Exchange& e) { e.out_read_thousandths = 100'000 * kCount; },
                     {"out_read_thousandths"}},
        ExchangeCase{"InReadOffTheRegister",
                     [](Exchange& e) { e.in_read_thousandths = -1; },
                     {"in_read_thousandths"}},
        ExchangeCase{
            "EverythingAtOnce",
            [](Exchange& e) {
              e.out_read_thousandths = -1;
              e.next = {"", "2", "CCF", 6, 100};
            },
            {"out_read_thousandths", "meter.meter_number", "meter.unit", "meter.meter_size",
             "meter.register_digits", "meter.multiplier_thousandths"}}),
    [](const auto& info) { return info.param.name; });

TEST(MeterTest, ADayBelongsToTheMeterThatWentOnIt) {
  const Installation installations[] = {
      {AccountId(1), 7, 1, Old(), std::nullopt, kDay},
      {AccountId(1), 7, 2, Sound().next, kDay, std::nullopt},
      {AccountId(1), 8, 1, Old(), std::nullopt, std::nullopt},
      {AccountId(1), 9, 1, Old(), std::nullopt, std::nullopt},
      {AccountId(1), 9, 2, Sound().next, kDay, kDay, true},
  };
  EXPECT_EQ(MeasuredOn(installations, 7, kDay)->installation_no, 1);
  EXPECT_EQ(MeasuredOn(installations, 7, kDay.PlusDays(1))->installation_no, 2);
  EXPECT_EQ(MeasuredOn(installations, 8, kDay)->agreement_id, 8);
  EXPECT_EQ(MeasuredOn(installations, 9, kDay)->installation_no, 1) << "2 was never there";
  EXPECT_EQ(MeasuredOn(installations, 10, kDay), nullptr);
  EXPECT_TRUE(Numbered(installations, 9, 2)->reversed);
  EXPECT_EQ(Numbered(installations, 9, 3), nullptr);
}

TEST(MeterTest, WhatIsPutInPlaceIsInPlace) {
  agreement::Agreement agreement;
  PutInPlace(Old(), 3, agreement);
  EXPECT_EQ(InPlace(agreement), Old());
  EXPECT_EQ(agreement.installation_no, 3);
  EXPECT_TRUE(agreement.IsMetered());
}

}  // namespace
}  // namespace reeve::billing::meter
