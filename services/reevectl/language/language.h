// Language: how numbers, days and money are written for a reader. Spanish is that of the counter in
// the United States: a point before decimals, a comma between thousands.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shared/core/date.h"

namespace reeve::reevectl {

enum class Language { kEnglish, kSpanish };

// "October 20, 2026", "20 de octubre de 2026".
std::string DayText(Language language, Date day);
// "$1,234.56", "-$0.05".
std::string MoneyText(std::int64_t cents);
// Dollars with all the decimals that a price has, two at least: "$0.1019", "$12.00".
std::string PriceText(std::int64_t nanos);
// "1,234.5", "0.986301": at most six decimals, rounded; denominator > 0.
std::string NumberText(std::int64_t numerator, std::int64_t denominator);
// "812 kWh", "6 thousand gallons", "1 day": a number and what it counts. A unit without words of
// its own stands as it is; without a unit the number alone.
std::string QuantityText(Language language, std::int64_t numerator, std::int64_t denominator,
                         std::string_view unit);
// "water", "agua"; a service without words of its own as it is.
std::string ServiceText(Language language, std::string_view service);
// With its first letter large.
std::string Title(std::string text);

// How many columns a text takes on a screen: its code points.
std::size_t Columns(std::string_view text);

}  // namespace reeve::reevectl
