#include "services/reevectl/language/texts.h"

namespace reeve::reevectl {
namespace {

constexpr Translation kTexts[] = {
    {Text::kBill, "BILL {0} of account {1}", "FACTURA {0} de la cuenta {1}"},
    {Text::kSimulated, "A CALCULATION for account {0}. It is not a bill: nothing is due.",
     "UN CÁLCULO para la cuenta {0}. No es una factura: no se debe nada."},
    {Text::kOfSheet, "A CALCULATION by the schedules of a file. It is not a bill: nothing is due.",
     "UN CÁLCULO con las tarifas de un archivo. No es una factura: no se debe nada."},
    {Text::kDated, "Dated {0}. Due {1}.", "Fecha: {0}. Vence: {1}."},
    {Text::kDatedOnly, "Dated {0}.", "Fecha: {0}."},
    {Text::kNotFinal, "This bill is not final yet.", "Esta factura todavía no es definitiva."},
    {Text::kHeld, "This bill is being checked. Nothing is due on it.",
     "Esta factura se está revisando. No se debe nada por ella."},
    {Text::kReleased, "This bill was checked and will be sent.",
     "Esta factura ya se revisó y se enviará."},
    {Text::kCancelled, "This bill was cancelled. Nothing is due on it.",
     "Esta factura se canceló. No se debe nada por ella."},
    {Text::kPrices, "Prices: {0}, schedule {1}, in force since {2}.",
     "Precios: {0}, tarifa {1}, vigente desde el {2}."},
    {Text::kPublished, "Published in: {0}", "Publicados en: {0}"},
    {Text::kReads, "Meter {0} showed {1} on {2} and {3} on {4}.",
     "El medidor {0} marcaba {1} el {2} y {3} el {4}."},
    {Text::kUse, "You used {0}: {1} - {2}.", "Usted consumió {0}: {1} - {2}."},
    {Text::kUseOfCounts, "You used {0}: ({1} - {2}) x {3}. One number on this meter is {4}.",
     "Usted consumió {0}: ({1} - {2}) x {3}. Un número en este medidor es {4}."},
    {Text::kUseGiven, "You used {0}.", "Usted consumió {0}."},
    {Text::kRollover,
     "The meter passed its highest number and began again at zero, so {0} is added to the second "
     "number.",
     "El medidor pasó de su número más alto y empezó otra vez en cero; por eso se suma {0} al "
     "segundo número."},
    {Text::kTogether, "Together that is {0}.", "En total son {0}."},
    {Text::kComesTo, "That comes to {0}: {1}.", "Eso da {0}: {1}."},
    {Text::kDays, "This is for {0}, from {1} to {2}.", "Esto es por {0}, del {1} al {2}."},
    {Text::kOneDay, "This is for one day, {0}.", "Esto es por un día, el {0}."},
    {Text::kPart, "{0} of {1} are counted for {2} of {3}: use is spread evenly over the days.",
     "{0} de {1} se cuentan para {2} de {3}: el consumo se reparte por igual entre los días."},
    {Text::kPartByUse, "{0} of {1} are counted here, in steps of {2}, by what each meter measured.",
     "{0} de {1} se cuentan aquí, en pasos de {2}, según lo que midió cada medidor."},
    {Text::kFactor, "{0} of {1} is a part of {2}.", "{0} de {1} es una parte de {2}."},
    {Text::kMonths, "{0} divided by {1} is {2}.", "{0} entre {1} es {2}."},
    {Text::kLimit, "The limit is {0}: {1}.", "El límite es {0}: {1}."},
    {Text::kLower, "The lower of {0} and {1} is billed: {2}.",
     "Se cobra lo menor entre {0} y {1}: {2}."},
    {Text::kHigher, "The higher of {0} and {1} is billed: {2}.",
     "Se cobra lo mayor entre {0} y {1}: {2}."},
    {Text::kRatchet, "At least {0} x {1}, an earlier load, is billed: {2}.",
     "Se cobra al menos {0} x {1}, una carga anterior: {2}."},
    {Text::kMeteredBy, "The use is what the meter of {0} measured.",
     "El consumo es lo que midió el medidor de {0}."},
    {Text::kUseInTimes, "Up to {0}, {1} were used: {2}.", "Hasta el {0} se consumieron {1}: {2}."},
    {Text::kIntervalsEstimated, "{0} interval reads among them were estimated.",
     "{0} lecturas de intervalo se estimaron."},
    {Text::kLoadAllDay, "The highest load was {0}, over {1} minutes from {2} on.",
     "La carga más alta fue de {0}, durante {1} minutos desde {2}."},
    {Text::kLoadInTime, "The highest load of {3} was {0}, over {1} minutes from {2} on.",
     "La carga más alta de {3} fue de {0}, durante {1} minutos desde {2}."},
    {Text::kFirstBlock, "{0} of {1} are in the first block, up to {2}.",
     "{0} de {1} están en el primer bloque, hasta {2}."},
    {Text::kMiddleBlock, "{0} of {1} are above {2} and up to {3}.",
     "{0} de {1} están por encima de {2} y hasta {3}."},
    {Text::kLastBlock, "{0} of {1} are above {2}.", "{0} de {1} están por encima de {2}."},
    {Text::kOnce, "{0}: once a bill", "{0}: una vez por factura"},
    {Text::kOneMonth, "{0}: one month", "{0}: un mes"},
    {Text::kTimes, "{0}: {1} x {2}", "{0}: {1} x {2}"},
    {Text::kTax, "{0}: {1} % of {2}", "{0}: {1} % de {2}"},
    {Text::kMinimum, "{0}: at least {1}, less {2}", "{0}: al menos {1}, menos {2}"},
    {Text::kMaximum, "{0}: at most {1}, less {2}", "{0}: como máximo {1}, menos {2}"},
    {Text::kRoundOff, "{0}: together {1} instead of {2}", "{0}: en total {1} en vez de {2}"},
    {Text::kSteps, "{0} are billed as {1}, in whole steps of {2}.",
     "{0} se cobran como {1}, en pasos enteros de {2}."},
    {Text::kNet, "What is left of {0} when {1} are taken off is {2}.",
     "Lo que queda de {0} al restar {1} es {2}."},
    {Text::kBudget, "That is a water budget of {0}.", "Eso es un presupuesto de agua de {0}."},
    {Text::kWithinBudget, "The whole water budget is {0}.",
     "El presupuesto de agua completo es {0}."},
    {Text::kNotLoaded, "{0}: the price is not known yet", "{0}: todavía no se conoce el precio"},
    {Text::kRounded, "{0} is rounded to {1}.", "{0} se redondea a {1}."},
    {Text::kPricesSince, "Prices of schedule {0} since {1}. Published in: {2}",
     "Precios de la tarifa {0} desde el {1}. Publicados en: {2}"},
    {Text::kRiderSince, "{0}: the price is that of rider {1} since {2}. Published in: {3}",
     "{0}: el precio es el del cargo {1} desde el {2}. Publicado en: {3}"},
    {Text::kSumOfLines, "Sum of the {0} lines", "Suma de las {0} líneas"},
    {Text::kNotCharged, "Not charged, for a limit of back-billing",
     "No se cobra, por un límite de cobro retroactivo"},
    {Text::kOwedForIt, "Owed for it", "Se debe por ella"},
    {Text::kTotal, "Total of the bill", "Total de la factura"},
    {Text::kHoldReason, "held: {0} {1}, {2}", "retenida: {0} {1}, {2}"},
    {Text::kBillIsHigher, "Your bill is {0} higher", "Su factura es {0} más alta"},
    {Text::kBillIsLower, "Your bill is {0} lower", "Su factura es {0} más baja"},
    {Text::kBillIsSame, "Your bill has not changed.", "Su factura no cambió."},
    {Text::kTakesPlace,
     "This bill takes the place of bill {0} of {1}, which was wrong and is cancelled.",
     "Esta factura sustituye a la factura {0} del {1}, que era incorrecta y quedó anulada."},
    {Text::kAgainstReplaced, "Against the cancelled bill: {0}",
     "En comparación con la factura anulada: {0}"},
    {Text::kDuePart, "Of this, due {0}", "De esto, vence el {0}"},
    {Text::kMostly, "{0}, mostly because {1}.", "{0}, sobre todo porque {1}."},
    {Text::kBecause, "{0}, because {1}.", "{0}, porque {1}."},
    {Text::kPricesRose, "prices for {0} went up", "subieron los precios de {0}"},
    {Text::kPricesFell, "prices for {0} went down", "bajaron los precios de {0}"},
    {Text::kOtherDays, "it is for {0} instead of {1}", "es por {0} en vez de {1}"},
    {Text::kUsedMore, "you used {0} more ({1})", "usted consumió {0} más ({1})"},
    {Text::kUsedLess, "you used {0} less ({1})", "usted consumió {0} menos ({1})"},
    {Text::kUsedMoreADay, "you used more {0} each day", "usted consumió más {0} por día"},
    {Text::kUsedLessADay, "you used less {0} each day", "usted consumió menos {0} por día"},
    {Text::kMoreUnits, "more is billed for {0}", "se cobra una cantidad mayor por {0}"},
    {Text::kFewerUnits, "less is billed for {0}", "se cobra una cantidad menor por {0}"},
    {Text::kServiceAdded, "{0} is new on it", "ahora incluye {0}"},
    {Text::kServiceGone, "{0} is no longer on it", "ya no incluye {0}"},
    {Text::kNotComparable, "{0} is billed in another way", "{0} se cobra de otra manera"},
    {Text::kComparedWith, "Compared with the bill of {0}:", "Comparada con la factura del {0}:"},
    {Text::kColumnService, "service", "servicio"},
    {Text::kColumnBefore, "before", "antes"},
    {Text::kColumnNow, "now", "ahora"},
    {Text::kColumnChange, "change", "cambio"},
    {Text::kColumnPrice, "prices", "precios"},
    {Text::kColumnDays, "days", "días"},
    {Text::kColumnUse, "use", "consumo"},
    {Text::kColumnBlocks, "blocks", "bloques"},
    {Text::kColumnOneOff, "one-off", "aparte"},
    {Text::kAllServices, "all", "todos"},
    {Text::kWhatColumnsMean,
     "prices: other prices. days: more or fewer days. use: more or less each day, at the average "
     "price. blocks: dearer or cheaper blocks. one-off: on one of the bills only.",
     "precios: otros precios. días: más o menos días. consumo: más o menos por día, al precio "
     "promedio. bloques: bloques más caros o más baratos. aparte: solo en una de las facturas."},
};
static_assert(IsComplete(kTexts), "a text is missing in a language, or speaks of other facts");

}  // namespace

std::string Say(Language language, Text text, std::initializer_list<std::string_view> facts) {
  const Translation& both = kTexts[static_cast<std::size_t>(text)];
  const std::string_view words = language == Language::kSpanish ? both.spanish : both.english;
  std::string said;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] != '{') {
      said += words[i];
      continue;
    }
    said += facts.begin()[words[i + 1] - '0'];
    i += 2;
  }
  return said;
}

}  // namespace reeve::reevectl
