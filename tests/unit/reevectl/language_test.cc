#include "services/reevectl/language/language.h"

#include <gtest/gtest.h>

#include "services/reevectl/language/texts.h"

namespace reeve::reevectl {
namespace {

using enum Language;

TEST(LanguageTest, WritesDaysAsTheReaderIsUsedTo) {
  const Date day = Date::Parse("2026-03-05").value();
  EXPECT_EQ(DayText(kEnglish, day), "March 5, 2026");
  EXPECT_EQ(DayText(kSpanish, day), "5 de marzo de 2026");
}

TEST(LanguageTest, WritesMoneyWithSignAndThousands) {
  EXPECT_EQ(MoneyText(0), "$0.00");
  EXPECT_EQ(MoneyText(5), "$0.05");
  EXPECT_EQ(MoneyText(-5), "-$0.05");
  EXPECT_EQ(MoneyText(123'456), "$1,234.56");
  EXPECT_EQ(MoneyText(-123'456'789'00), "-$123,456,789.00");
  EXPECT_EQ(PriceText(73'400'000), "$0.0734");
  EXPECT_EQ(PriceText(12'000'000'000), "$12.00");
}

TEST(LanguageTest, WritesNumbersWithAtMostSixDecimals) {
  EXPECT_EQ(NumberText(40'812'000, 1'000), "40,812");
  EXPECT_EQ(NumberText(273, 10), "27.3");
  EXPECT_EQ(NumberText(72, 73), "0.986301");
  EXPECT_EQ(NumberText(-1'000'500, 1'000), "-1,000.5");
  EXPECT_EQ(NumberText(999, 1), "999");
  EXPECT_EQ(NumberText(-999, 1), "-999");
}

TEST(LanguageTest, NamesWhatIsCounted) {
  EXPECT_EQ(QuantityText(kEnglish, 1, 1, "day"), "1 day");
  EXPECT_EQ(QuantityText(kEnglish, 30, 1, "day"), "30 days");
  EXPECT_EQ(QuantityText(kSpanish, 30, 1, "day"), "30 días");
  EXPECT_EQ(QuantityText(kEnglish, 6'000, 1'000, "kgal"), "6 thousand gallons");
  EXPECT_EQ(QuantityText(kSpanish, 6'000, 1'000, "kgal"), "6 mil galones");
  EXPECT_EQ(QuantityText(kSpanish, 812'000, 1'000, "kWh"), "812 kWh");
  EXPECT_EQ(QuantityText(kEnglish, 40'812, 1, "count"), "40,812");
  EXPECT_EQ(ServiceText(kSpanish, "water"), "agua");
  EXPECT_EQ(ServiceText(kSpanish, "telegraph"), "telegraph") << "a service without words";
}

TEST(LanguageTest, CountsColumnsAndNotBytes) {
  EXPECT_EQ(Columns("días"), 4u);
  EXPECT_EQ(Columns("days"), 4u);
}

TEST(TextsTest, PutsFactsInTheirPlaces) {
  EXPECT_EQ(Say(kEnglish, Text::kDays, {"30 days", "October 21, 2026", "November 19, 2026"}),
            "This is for 30 days, from October 21, 2026 to November 19, 2026.");
  EXPECT_EQ(Say(kSpanish, Text::kDays, {"30 días", "21 de octubre", "19 de noviembre"}),
            "Esto es por 30 días, del 21 de octubre al 19 de noviembre.");
}

// What the compiler refuses: the controls of the check over all texts.
constexpr Translation kOnlyOne[] = {{Text::kBill, "BILL {0} {1}", "FACTURA {0} {1}"}};
static_assert(!IsComplete(kOnlyOne), "a text is missing");
static_assert(FactsOf("{0} of {1}") == 3 && FactsOf("{1} of {0}") == 3);
static_assert(FactsOf("{0}") != FactsOf("{1}"), "one speaks of another fact");
static_assert(FactsOf("{x}") == -1 && FactsOf("{0") == -1 && FactsOf("0}") == -1);

}  // namespace
}  // namespace reeve::reevectl
