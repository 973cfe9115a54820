#include "services/reevectl/language/language.h"

#include <algorithm>
#include <array>

#include "shared/core/decimal.h"
#include "shared/core/rounding.h"

namespace reeve::reevectl {
namespace {

struct Words {
  std::string_view name;  // in the API
  std::string_view english;
  std::string_view spanish;
};

constexpr std::array<Words, 12> kMonths = {{
    {"01", "January", "enero"},
    {"02", "February", "febrero"},
    {"03", "March", "marzo"},
    {"04", "April", "abril"},
    {"05", "May", "mayo"},
    {"06", "June", "junio"},
    {"07", "July", "julio"},
    {"08", "August", "agosto"},
    {"09", "September", "septiembre"},
    {"10", "October", "octubre"},
    {"11", "November", "noviembre"},
    {"12", "December", "diciembre"},
}};
// Of one, and of any other number.
constexpr std::array<Words, 28> kOneUnit = {{
    {"kgal", "thousand gallons", "mil galones"},
    {"CCF", "hundred cubic feet", "cien pies cúbicos"},
    {"ESU", "equivalent service unit", "unidad equivalente de servicio"},
    {"ERU", "equivalent residential unit", "unidad residencial equivalente"},
    {"dwelling", "home", "vivienda"},
    {"cart", "cart", "bote"},
    {"day", "day", "día"},
    {"month", "month", "mes"},
    {"bill", "bill", "factura"},
    {"gal", "gallon", "galón"},
    {"cf", "cubic foot", "pie cúbico"},
    {"Mcf", "thousand cubic feet", "mil pies cúbicos"},
    {"m3", "cubic meter", "metro cúbico"},
    {"therm", "therm", "termia"},
    {"Dth", "dekatherm", "decatermia"},
    {"EDU", "equivalent dwelling unit", "unidad equivalente de vivienda"},
    {"connection", "connection", "conexión"},
    {"lamp", "street light", "luminaria"},
    {"fixture", "fixture", "aparato sanitario"},
    {"room", "room", "habitación"},
    {"acre", "acre", "acre"},
    {"sqft", "square foot", "pie cuadrado"},
    {"ft", "foot", "pie"},
    {"yard", "cubic yard", "yarda cúbica"},
    {"ton", "ton", "tonelada"},
    {"pickup", "pickup", "recogida"},
    {"person", "person", "persona"},
    {"inch", "inch", "pulgada"},
}};
constexpr std::array<Words, 28> kUnits = {{
    {"kgal", "thousand gallons", "mil galones"},
    {"CCF", "hundred cubic feet", "cien pies cúbicos"},
    {"ESU", "equivalent service units", "unidades equivalentes de servicio"},
    {"ERU", "equivalent residential units", "unidades residenciales equivalentes"},
    {"dwelling", "homes", "viviendas"},
    {"cart", "carts", "botes"},
    {"day", "days", "días"},
    {"month", "months", "meses"},
    {"bill", "bills", "facturas"},
    {"gal", "gallons", "galones"},
    {"cf", "cubic feet", "pies cúbicos"},
    {"Mcf", "thousand cubic feet", "mil pies cúbicos"},
    {"m3", "cubic meters", "metros cúbicos"},
    {"therm", "therms", "termias"},
    {"Dth", "dekatherms", "decatermias"},
    {"EDU", "equivalent dwelling units", "unidades equivalentes de vivienda"},
    {"connection", "connections", "conexiones"},
    {"lamp", "street lights", "luminarias"},
    {"fixture", "fixtures", "aparatos sanitarios"},
    {"room", "rooms", "habitaciones"},
    {"acre", "acres", "acres"},
    {"sqft", "square feet", "pies cuadrados"},
    {"ft", "feet", "pies"},
    {"yard", "cubic yards", "yardas cúbicas"},
    {"ton", "tons", "toneladas"},
    {"pickup", "pickups", "recogidas"},
    {"person", "people", "personas"},
    {"inch", "inches", "pulgadas"},
}};
constexpr std::array<Words, 12> kServices = {{
    {"electric", "electricity", "electricidad"},
    {"water", "water", "agua"},
    {"sewer", "sewer", "alcantarillado"},
    {"storm", "storm water", "agua de lluvia"},
    {"sanitation", "trash collection", "recolección de basura"},
    {"gas", "gas", "gas"},
    {"lighting", "street lighting", "alumbrado público"},
    {"irrigation", "irrigation", "riego"},
    {"reclaimed", "reclaimed water", "agua reciclada"},
    {"steam", "steam", "vapor"},
    {"fire", "fire protection", "protección contra incendios"},
    {"internet", "internet", "internet"},
}};

template <std::size_t kSize>
constexpr bool IsComplete(const std::array<Words, kSize>& words) {
  return std::all_of(words.begin(), words.end(), [](const Words& one) {
    return !one.name.empty() && !one.english.empty() && !one.spanish.empty();
  });
}
static_assert(IsComplete(kMonths) && IsComplete(kOneUnit) && IsComplete(kUnits) &&
              IsComplete(kServices));

std::string Of(Language language, const Words& words) {
  return std::string(language == Language::kSpanish ? words.spanish : words.english);
}

// The words for a name, or the name.
template <std::size_t kSize>
std::string Find(Language language, const std::array<Words, kSize>& words, std::string_view name) {
  const auto found =
      std::find_if(words.begin(), words.end(), [&](const Words& one) { return one.name == name; });
  return found == words.end() ? std::string(name) : Of(language, *found);
}

// "1234.5" -> "1,234.5"
std::string WithThousands(std::string digits) {
  const std::size_t first = digits.starts_with('-') ? 1 : 0;
  std::size_t at = std::min(digits.find('.'), digits.size());
  while (at > first + 3) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string DollarsText(std::int64_t value, int decimals) {
  std::string digits = WithThousands(PrintDecimal(value, decimals, 2));
  return value < 0 ? "-$" + digits.substr(1) : "$" + digits;
}

}  // namespace

std::string DayText(Language language, Date day) {
  const std::string month = Of(language, kMonths[static_cast<std::size_t>(day.month() - 1)]);
  const std::string number = std::to_string(day.day());
  const std::string year = std::to_string(day.year());
  return language == Language::kSpanish ? number + " de " + month + " de " + year
                                        : month + " " + number + ", " + year;
}

std::string MoneyText(std::int64_t cents) { return DollarsText(cents, 2); }
std::string PriceText(std::int64_t nanos) { return DollarsText(nanos, 9); }

std::string NumberText(std::int64_t numerator, std::int64_t denominator) {
  const Wide millionths =
      DivideRounded(Wide{numerator} * 1'000'000, denominator, Rounding::kHalfUp);
  return WithThousands(PrintDecimal(static_cast<std::int64_t>(millionths), 6, 0));
}

std::string QuantityText(Language language, std::int64_t numerator, std::int64_t denominator,
                         std::string_view unit) {
  const std::string number = NumberText(numerator, denominator);
  if (unit.empty() || unit == "count") return number;
  return number + " " + Find(language, numerator == denominator ? kOneUnit : kUnits, unit);
}

std::string ServiceText(Language language, std::string_view service) {
  return Find(language, kServices, service);
}

std::string Title(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] -= 'a' - 'A';
  return text;
}

std::size_t Columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](unsigned char byte) { return (byte & 0xC0) != 0x80; }));
}

}  // namespace reeve::reevectl
