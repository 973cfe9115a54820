#include "services/reevectl/screen/bill_screen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace reeve::reevectl {
namespace {

namespace pb = billing::v1;
using ::testing::HasSubstr;
using ::testing::Not;

// Nodes as billing makes them.
class Explained {
 public:
  Explained() {
    pb::Bill& bill = *message.mutable_bill();
    bill.set_bill_id(88);
    bill.set_account_id(30'000'000'008);
    bill.set_state(pb::BILL_STATE_POSTED);
    bill.set_bill_date("2026-11-22");
    bill.set_due_date("2026-12-15");
  }
  pb::ExplanationNode& Add(pb::ExplanationKind kind, pb::ExplanationFormula formula,
                           std::vector<int> inputs, std::int64_t numerator,
                           std::int64_t denominator, const std::string& unit) {
    pb::ExplanationNode& node = *message.add_nodes();
    node.set_node_no(message.nodes_size());
    node.set_kind(kind);
    node.set_formula(formula);
    for (const int input : inputs) node.add_input_nos(input);
    node.set_numerator(numerator);
    node.set_denominator(denominator);
    node.set_unit(unit);
    return node;
  }
  pb::ExplanationNode& Given(pb::ExplanationKind kind, std::int64_t numerator,
                             std::int64_t denominator, const std::string& unit) {
    return Add(kind, pb::EXPLANATION_FORMULA_GIVEN, {}, numerator, denominator, unit);
  }
  int Last() const { return message.nodes_size(); }
  void AddRead(std::int64_t counts, const std::string& day) {
    Given(pb::EXPLANATION_KIND_READ, counts * 1'000, 1'000, "count").set_from_date(day);
  }
  // A line of `quantity` at a price in nano-dollars.
  pb::ExplanationNode& AddLine(const std::string& component, int quantity, std::int64_t nanos,
                               std::int64_t cents) {
    Given(pb::EXPLANATION_KIND_RATE, nanos, 1'000'000'000, "USD");
    pb::ExplanationNode& line = Add(pb::EXPLANATION_KIND_LINE, pb::EXPLANATION_FORMULA_AMOUNT,
                                    {Last(), quantity}, cents, 100, "USD");
    line.set_component(component);
    line.set_schedule_code("E1");
    line.set_effective_date("2026-07-01");
    line.set_component_kind(pb::RATE_COMPONENT_KIND_TIERS);
    return line;
  }
  void AddSum(std::int64_t cents) {
    pb::ExplanationNode& service =
        Add(pb::EXPLANATION_KIND_SERVICE, pb::EXPLANATION_FORMULA_SUM, {}, cents, 100, "USD");
    service.set_service("electric");
    service.set_schedule_code("E1");
    service.set_schedule_title("Residential electric");
    service.set_effective_date("2026-07-01");
    service.set_citation("Ordinance 2026-14");
    Add(pb::EXPLANATION_KIND_TOTAL, pb::EXPLANATION_FORMULA_SUM, {Last()}, cents, 100, "USD");
    message.mutable_bill()->set_total_cents(cents);
  }

  pb::BillExplanation message;
};

// 812 kWh in thirty days: a base charge and two blocks.
pb::BillExplanation ElectricBill() {
  Explained bill;
  bill.AddRead(40'000, "2026-10-20");
  bill.AddRead(40'812, "2026-11-19");
  bill.Given(pb::EXPLANATION_KIND_MULTIPLIER, 1'000, 1'000, "kWh");
  bill.Add(pb::EXPLANATION_KIND_METER_USE, pb::EXPLANATION_FORMULA_METER, {1, 2, 3}, 812'000, 1'000,
           "kWh")
      .set_meter_number("E7");
  pb::ExplanationNode& days =
      bill.Add(pb::EXPLANATION_KIND_DAYS, pb::EXPLANATION_FORMULA_DAYS, {}, 30, 1, "day");
  days.set_from_date("2026-10-20");
  days.set_to_date("2026-11-19");
  days.set_day_count(pb::DAY_COUNT_AFTER_FIRST);
  bill.Given(pb::EXPLANATION_KIND_COUNT, 1, 1, "bill");
  bill.AddLine("Customer charge", 6, 13'920'000'000, 13'92);
  bill.Given(pb::EXPLANATION_KIND_BOUND, 0, 1, "kWh");
  bill.Given(pb::EXPLANATION_KIND_BOUND, 500'000, 1'000, "kWh");
  bill.Add(pb::EXPLANATION_KIND_BLOCK, pb::EXPLANATION_FORMULA_BLOCK, {4, 9, 10}, 500, 1, "kWh");
  bill.AddLine("Energy", 11, 73'400'000, 36'70);
  bill.Given(pb::EXPLANATION_KIND_BOUND, 1'000'000, 1'000, "kWh");
  bill.Add(pb::EXPLANATION_KIND_BLOCK, pb::EXPLANATION_FORMULA_BLOCK, {4, 10, 14}, 312, 1, "kWh");
  bill.AddLine("Energy", 15, 101'900'000, 31'79);
  bill.AddSum(82'41);
  return bill.message;
}

class BillScreenTest : public ::testing::Test {
 protected:
  template <class Message>
  static std::string Shown(void (*show)(Screen&, const Message&), const Message& message,
                           Language language) {
    std::ostringstream out;
    Screen screen(out, *TimeZone::Load("America/Denver"), [](std::int64_t) { return "somebody"; });
    screen.Speak(language);
    show(screen, message);
    return out.str();
  }
};

TEST_F(BillScreenTest, ReadsFromTheMeterToTheTotal) {
  EXPECT_EQ(Shown(ShowExplanation, ElectricBill(), Language::kEnglish),
            "------------------------------------------------------------------------\n"
            "BILL 88 of account 30000000008\n"
            "Dated November 22, 2026. Due December 15, 2026.\n"
            "Electricity ..................................................... $82.41\n"
            "  Prices: Residential electric, schedule E1, in force since July 1, 2026.\n"
            "  Published in: Ordinance 2026-14\n"
            "  Meter E7 showed 40,000 on October 20, 2026 and 40,812 on November 19, 2026.\n"
            "  You used 812 kWh: 40,812 - 40,000.\n"
            "  This is for 30 days, from October 21, 2026 to November 19, 2026.\n"
            "    Customer charge: once a bill ................................ $13.92\n"
            "  500 kWh of 812 kWh are in the first block, up to 500 kWh.\n"
            "    Energy: 500 kWh x $0.0734 ................................... $36.70\n"
            "  312 kWh of 812 kWh are above 500 kWh and up to 1,000 kWh.\n"
            "    Energy: 312 kWh x $0.1019 ................................... $31.79\n"
            "  $31.7928 is rounded to $31.79.\n"
            "Sum of the 3 lines .............................................. $82.41\n"
            "Total of the bill ............................................... $82.41\n"
            "------------------------------------------------------------------------\n");
}

// A bill that takes the place of a wrong one is due by two days, and says so.
TEST_F(BillScreenTest, ABillThatBillsAgainSaysWhatItReplacesAndWhatIsDueByWhen) {
  Explained explained;
  pb::Bill& bill = *explained.message.mutable_bill();
  bill.set_rebilled_bill_id(77);
  for (const auto& [day, cents] : {std::pair("2026-12-15", 82'41), {"2027-01-10", 10'19}}) {
    pb::DuePart& part = *bill.add_due_parts();
    part.set_due_date(day);
    part.set_amount_cents(cents);
  }
  pb::BillComparison& replaced = *explained.message.mutable_since_replaced();
  replaced.set_earlier_bill_id(77);
  replaced.set_earlier_bill_date("2026-11-22");
  const std::string english = Shown(ShowExplanation, explained.message, Language::kEnglish);
  EXPECT_THAT(english, HasSubstr("takes the place of bill 77 of November 22, 2026"));
  EXPECT_THAT(english, HasSubstr("Of this, due January 10, 2027"));
  EXPECT_THAT(english, Not(HasSubstr("Due December 15, 2026.")));
  const std::string spanish = Shown(ShowExplanation, explained.message, Language::kSpanish);
  EXPECT_THAT(spanish, HasSubstr("sustituye a la factura 77 del"));
  EXPECT_THAT(spanish, HasSubstr("vence el 15 de diciembre de 2026"));
}

TEST_F(BillScreenTest, ReadsInSpanish) {
  EXPECT_EQ(
      Shown(ShowExplanation, ElectricBill(), Language::kSpanish),
      "------------------------------------------------------------------------\n"
      "FACTURA 88 de la cuenta 30000000008\n"
      "Fecha: 22 de noviembre de 2026. Vence: 15 de diciembre de 2026.\n"
      "Electricidad .................................................... $82.41\n"
      "  Precios: Residential electric, tarifa E1, vigente desde el 1 de julio de 2026.\n"
      "  Publicados en: Ordinance 2026-14\n"
      "  El medidor E7 marcaba 40,000 el 20 de octubre de 2026 y 40,812 el 19 de noviembre de "
      "2026.\n"
      "  Usted consumió 812 kWh: 40,812 - 40,000.\n"
      "  Esto es por 30 días, del 21 de octubre de 2026 al 19 de noviembre de 2026.\n"
      "    Customer charge: una vez por factura ........................ $13.92\n"
      "  500 kWh de 812 kWh están en el primer bloque, hasta 500 kWh.\n"
      "    Energy: 500 kWh x $0.0734 ................................... $36.70\n"
      "  312 kWh de 812 kWh están por encima de 500 kWh y hasta 1,000 kWh.\n"
      "    Energy: 312 kWh x $0.1019 ................................... $31.79\n"
      "  $31.7928 se redondea a $31.79.\n"
      "Suma de las 3 líneas ............................................ $82.41\n"
      "Total de la factura ............................................. $82.41\n"
      "------------------------------------------------------------------------\n");
}

TEST_F(BillScreenTest, SaysWhatARolloverAndAMultiplierDo) {
  Explained bill;
  bill.AddRead(99'990, "2026-10-20");
  bill.AddRead(12, "2026-11-19");
  bill.Given(pb::EXPLANATION_KIND_MULTIPLIER, 10'000, 1'000, "kWh");
  bill.Given(pb::EXPLANATION_KIND_ROLLOVER, 100'000, 1, "count");
  bill.Add(pb::EXPLANATION_KIND_METER_USE, pb::EXPLANATION_FORMULA_METER, {1, 2, 3, 4}, 220'000,
           1'000, "kWh");
  bill.AddSum(0);
  const std::string shown = Shown(ShowExplanation, bill.message, Language::kEnglish);
  EXPECT_THAT(shown, HasSubstr("began again at zero, so 100,000 is added"));
  EXPECT_THAT(shown, HasSubstr("You used 220 kWh: (100,000 + 12 - 99,990) x 10."));
  EXPECT_THAT(shown, HasSubstr("One number on this meter is 10 kWh."));
}

TEST_F(BillScreenTest, SaysEveryStepOfAPeriodThatIsDivided) {
  Explained bill;
  bill.Given(pb::EXPLANATION_KIND_METER_USE, 812'000, 1'000, "kWh");
  bill.Given(pb::EXPLANATION_KIND_STEP, 1, 1'000, "kWh");
  for (const auto& [from, to, count] :
       {std::tuple("2026-10-21", "2026-11-08", 19), std::tuple("2026-11-09", "2026-11-19", 11)}) {
    pb::ExplanationNode& days =
        bill.Add(pb::EXPLANATION_KIND_DAYS, pb::EXPLANATION_FORMULA_DAYS, {}, count, 1, "day");
    days.set_from_date(from);
    days.set_to_date(to);
    days.set_day_count(pb::DAY_COUNT_BOTH);
  }
  bill.Add(pb::EXPLANATION_KIND_PART_OF_USE, pb::EXPLANATION_FORMULA_PART, {1, 2, 3, 4}, 514'267,
           1'000, "kWh")
      .add_taken(1);
  bill.Add(pb::EXPLANATION_KIND_DAYS, pb::EXPLANATION_FORMULA_SUM, {3, 4}, 30, 1, "day");
  bill.Add(pb::EXPLANATION_KIND_FACTOR, pb::EXPLANATION_FORMULA_QUOTIENT, {3, 6}, 19, 30, "");
  bill.Given(pb::EXPLANATION_KIND_MONTH_LENGTH, 365, 12, "day");
  bill.Add(pb::EXPLANATION_KIND_FACTOR, pb::EXPLANATION_FORMULA_QUOTIENT, {3, 8}, 228, 365, "");
  bill.Given(pb::EXPLANATION_KIND_BOUND, 500, 1, "kWh");
  bill.Add(pb::EXPLANATION_KIND_BOUND, pb::EXPLANATION_FORMULA_PRODUCT, {10, 7}, 950, 3, "kWh");
  bill.Add(pb::EXPLANATION_KIND_BILLED, pb::EXPLANATION_FORMULA_LEAST, {1, 10}, 500, 1, "kWh");
  bill.Add(pb::EXPLANATION_KIND_BILLED, pb::EXPLANATION_FORMULA_GREATEST, {1, 10}, 812, 1, "kWh");
  bill.Add(pb::EXPLANATION_KIND_AVERAGE, pb::EXPLANATION_FORMULA_PRODUCT, {10, 7}, 950, 3, "kWh");
  bill.Given(pb::EXPLANATION_KIND_LOAD, 40, 1, "kW");
  bill.Given(pb::EXPLANATION_KIND_FACTOR, 35, 100, "");
  bill.Add(pb::EXPLANATION_KIND_RATCHET, pb::EXPLANATION_FORMULA_ROUNDED_PRODUCT, {15, 16}, 14, 1,
           "kW");
  bill.Add(pb::EXPLANATION_KIND_BLOCK, pb::EXPLANATION_FORMULA_BLOCK, {1, 10}, 312, 1, "kWh");
  pb::ExplanationNode& line = bill.AddLine("Energy", 5, 100'000'000, 51'43);
  line.set_effective_date("2026-11-09");
  line.set_citation("Ordinance 2026-20");
  bill.AddLine("Base", 7, 10'000'000'000, 6'33);
  bill.AddSum(57'76);
  const std::string shown = Shown(ShowExplanation, bill.message, Language::kEnglish);
  for (const char* sentence :
       {"You used 812 kWh.", "This is for 19 days, from October 21, 2026 to November 8, 2026.",
        "514.267 kWh of 812 kWh are counted for 19 days of 30 days", "Together that is 30 days.",
        "19 days of 30 days is a part of 0.633333.",
        "19 days divided by 30.416667 days is 0.624658.",
        "The limit is 316.666667 kWh: 500 x 0.633333.",
        "The lower of 812 kWh and 500 kWh is billed: 500 kWh.",
        "The higher of 812 kWh and 500 kWh is billed: 812 kWh.",
        "That comes to 316.666667 kWh: 500 x 0.633333.",
        "At least 0.35 x 40 kW, an earlier load, is billed: 14 kW.",
        "312 kWh of 812 kWh are above 500 kWh.",
        "Prices of schedule E1 since November 9, 2026. Published in: Ordinance 2026-20",
        "$51.4267 is rounded to $51.43.", "$6.333333333... is rounded to $6.33."}) {
    EXPECT_THAT(shown, HasSubstr(sentence));
  }
  // In Spanish none of these sentences is left in English.
  const std::string spanish = Shown(ShowExplanation, bill.message, Language::kSpanish);
  for (const char* word : {" is ", " the ", " are ", "The ", "Together", "You"}) {
    EXPECT_THAT(spanish, Not(HasSubstr(word)));
  }
}

TEST_F(BillScreenTest, NamesTaxesMinimumsAndWhatIsNotLoaded) {
  Explained bill;
  bill.Given(pb::EXPLANATION_KIND_COUNT, 1, 1, "month");
  bill.AddLine("Base", 1, 9'750'000'000, 9'75);
  bill.Add(pb::EXPLANATION_KIND_SUBTOTAL, pb::EXPLANATION_FORMULA_SUM, {3}, 9'75, 100, "USD");
  bill.AddLine("City tax", 4, 60'000'000, 59).set_component_kind(pb::RATE_COMPONENT_KIND_PERCENT);
  bill.Given(pb::EXPLANATION_KIND_RATE, 15'000'000'000, 1'000'000'000, "USD");
  bill.Add(pb::EXPLANATION_KIND_LINE, pb::EXPLANATION_FORMULA_SHORTFALL, {7, 1, 4}, 5'25, 100,
           "USD")
      .set_component("Minimum bill");
  bill.Add(pb::EXPLANATION_KIND_LINE, pb::EXPLANATION_FORMULA_GIVEN, {}, 0, 100, "USD")
      .set_component("Rider");
  bill.AddSum(15'59);
  const std::string shown = Shown(ShowExplanation, bill.message, Language::kEnglish);
  for (const char* text :
       {"Base: one month ....", "City tax: 6 % of $9.75 ....", "$0.585 is rounded to $0.59.",
        "Minimum bill: at least $15.00, less $9.75", "Rider: the price is not known yet"}) {
    EXPECT_THAT(shown, HasSubstr(text));
  }
}

TEST_F(BillScreenTest, SaysHowABillStands) {
  pb::BillExplanation explanation;
  explanation.mutable_bill()->set_bill_id(1);
  const auto shown = [&](pb::BillState state, Language language) {
    explanation.mutable_bill()->set_state(state);
    return Shown(ShowExplanation, explanation, language);
  };
  EXPECT_THAT(shown(pb::BILL_STATE_HELD, Language::kEnglish), HasSubstr("is being checked"));
  EXPECT_THAT(shown(pb::BILL_STATE_HELD, Language::kSpanish), HasSubstr("se está revisando"));
  EXPECT_THAT(shown(pb::BILL_STATE_CALCULATED, Language::kEnglish), HasSubstr("not final"));
  EXPECT_THAT(shown(pb::BILL_STATE_RELEASED, Language::kEnglish), HasSubstr("will be sent"));
  EXPECT_THAT(shown(pb::BILL_STATE_CANCELLED, Language::kEnglish), HasSubstr("was cancelled"));
  explanation.mutable_bill()->set_bill_id(0);
  EXPECT_THAT(shown(pb::BILL_STATE_UNSPECIFIED, Language::kEnglish),
              HasSubstr("It is not a bill: nothing is due."));
}

// A comparison whose difference is all of one cause, in one service.
pb::BillComparison Differs(pb::ComparisonCause cause, std::int64_t cents) {
  pb::BillComparison comparison;
  comparison.set_earlier_bill_date("2026-10-22");
  comparison.set_main_cause(cause);
  comparison.set_main_service_no(1);
  pb::ServiceComparison& water = *comparison.add_services();
  water.set_service("water");
  water.set_unit("kgal");
  water.set_earlier_usage_thousandths(8'000);
  water.set_usage_thousandths(8'000);
  water.set_earlier_day_count(30);
  water.set_day_count(30);
  pb::ComparisonParts& parts = *water.mutable_parts();
  parts.set_earlier_cents(100'000);
  parts.set_amount_cents(100'000 + cents);
  parts.set_difference_cents(cents);
  if (cause == pb::COMPARISON_CAUSE_PRICE) parts.set_price_cents(cents);
  if (cause == pb::COMPARISON_CAUSE_DAYS) parts.set_days_cents(cents);
  if (cause == pb::COMPARISON_CAUSE_USAGE) parts.set_usage_cents(cents);
  if (cause == pb::COMPARISON_CAUSE_ONE_OFF) parts.set_one_off_cents(cents);
  *comparison.mutable_total() = parts;
  return comparison;
}

TEST_F(BillScreenTest, OneSentenceSaysWhatMovedTheBillMost) {
  const auto english = [](const pb::BillComparison& comparison) {
    return ComparisonSentence(Language::kEnglish, comparison);
  };
  const auto spanish = [](const pb::BillComparison& comparison) {
    return ComparisonSentence(Language::kSpanish, comparison);
  };
  pb::BillComparison used = Differs(pb::COMPARISON_CAUSE_USAGE, 41'20);
  used.mutable_services(0)->set_usage_thousandths(14'000);
  EXPECT_EQ(english(used),
            "Your bill is $41.20 higher, because you used 6 thousand gallons more (water).");
  EXPECT_EQ(spanish(used),
            "Su factura es $41.20 más alta, porque usted consumió 6 mil galones más (agua).");
  used.mutable_total()->set_difference_cents(43'20);
  used.mutable_total()->set_price_cents(2'00);
  EXPECT_EQ(english(used),
            "Your bill is $43.20 higher, mostly because you used 6 thousand gallons more (water).");
  used.mutable_services(0)->set_day_count(29);
  EXPECT_THAT(english(used), HasSubstr("mostly because you used more water each day."));
  EXPECT_THAT(spanish(used), HasSubstr("sobre todo porque usted consumió más agua por día."));

  pb::BillComparison less = Differs(pb::COMPARISON_CAUSE_USAGE, -5'00);
  less.mutable_services(0)->set_usage_thousandths(7'000);
  EXPECT_EQ(english(less),
            "Your bill is $5.00 lower, because you used 1 thousand gallons less (water).");
  less.mutable_services(0)->set_usage_thousandths(8'000);
  EXPECT_EQ(english(less), "Your bill is $5.00 lower, because less is billed for water.");

  EXPECT_EQ(english(Differs(pb::COMPARISON_CAUSE_PRICE, 3'00)),
            "Your bill is $3.00 higher, because prices for water went up.");
  EXPECT_EQ(spanish(Differs(pb::COMPARISON_CAUSE_PRICE, -3'00)),
            "Su factura es $3.00 más baja, porque bajaron los precios de agua.");
  pb::BillComparison days = Differs(pb::COMPARISON_CAUSE_DAYS, 3'00);
  days.mutable_services(0)->set_day_count(38);
  EXPECT_EQ(english(days),
            "Your bill is $3.00 higher, because it is for 38 days instead of 30 days.");
  pb::BillComparison added = Differs(pb::COMPARISON_CAUSE_ONE_OFF, 3'00);
  EXPECT_THAT(english(added), HasSubstr("water is billed in another way."));
  added.mutable_services(0)->set_earlier_day_count(0);
  EXPECT_THAT(english(added), HasSubstr("because water is new on it."));
  EXPECT_THAT(spanish(added), HasSubstr("porque ahora incluye agua."));
  EXPECT_EQ(english(pb::BillComparison()), "Your bill has not changed.");
}

TEST_F(BillScreenTest, TheTableStandsBelowTheSentence) {
  pb::BillComparison used = Differs(pb::COMPARISON_CAUSE_USAGE, 41'20);
  used.mutable_services(0)->set_usage_thousandths(14'000);
  EXPECT_EQ(
      Shown(ShowComparison, used, Language::kSpanish),
      "Su factura es $41.20 más alta, porque usted consumió 6 mil galones más (agua).\n"
      "Comparada con la factura del 22 de octubre de 2026:\n"
      "  servicio      antes      ahora  cambio  precios   días  consumo  bloques  aparte\n"
      "  agua      $1,000.00  $1,041.20  $41.20    $0.00  $0.00   $41.20    $0.00   $0.00\n"
      "  todos     $1,000.00  $1,041.20  $41.20    $0.00  $0.00   $41.20    $0.00   $0.00\n"
      "  precios: otros precios. días: más o menos días. consumo: más o menos por día, al precio "
      "promedio.\n"
      "  bloques: bloques más caros o más baratos. aparte: solo en una de las facturas.\n");
}

}  // namespace
}  // namespace reeve::reevectl
