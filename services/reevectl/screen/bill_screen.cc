#include "services/reevectl/screen/bill_screen.h"

#include <set>
#include <vector>

#include "services/reevectl/language/texts.h"
#include "shared/core/rounding.h"

namespace reeve::reevectl {
namespace {

namespace pb = billing::v1;
using Node = pb::ExplanationNode;

std::string DayText(Language language, const std::string& day) {
  const Result<Date> date = Date::Parse(day);
  return date.ok() ? DayText(language, *date) : day;
}

// The sentences of a derivation, in the order in which it was made. What was given has none of its
// own: the sentence of what was made of it says it.
class Sentences {
 public:
  Sentences(Screen& screen, const pb::BillExplanation& explanation)
      : screen_(screen),
        language_(screen.language()),
        nodes_(explanation.nodes()),
        services_(explanation.services()) {}

  void Show() {
    int first = 0;
    for (int i = 0; i < nodes_.size(); ++i) {
      if (nodes_[i].kind() != pb::EXPLANATION_KIND_SERVICE) continue;
      ShowService(nodes_[i]);
      for (int j = first; j < i; ++j) ShowNode(nodes_[j]);
      first = i + 1;
    }
  }

 private:
  void ShowService(const Node& service) {
    said_.clear();
    effective_date_ = service.effective_date();
    screen_.Amount(Title(ServiceText(language_, service.service())), Money(service));
    Tell(Say(language_, Text::kPrices,
             {service.schedule_title(), service.schedule_code(),
              DayText(language_, service.effective_date())}));
    Tell(Say(language_, Text::kPublished, {service.citation()}));
    if (service_ < services_.size()) TellUse(services_[service_++].usage());
  }

  void TellUse(const pb::UsageExplanation& usage) {
    if (!usage.metered_by().empty()) {
      Tell(Say(language_, Text::kMeteredBy, {ServiceText(language_, usage.metered_by())}));
    }
    TellIntervals(usage);
  }

  // When it was used, and how much at once.
  void TellIntervals(const pb::UsageExplanation& usage) {
    for (const pb::UseInTimes& stretch : usage.stretches()) {
      std::string times;
      for (const pb::UseInTime& time : stretch.times()) {
        times += (times.empty() ? "" : ", ") + time.time() + " " + time.usage();
      }
      if (times.empty()) continue;
      Tell(Say(language_, Text::kUseInTimes,
               {DayText(language_, stretch.to_date()), stretch.usage(), times}));
      if (stretch.estimated_count() == 0) continue;
      Tell(Say(language_, Text::kIntervalsEstimated, {std::to_string(stretch.estimated_count())}));
    }
    for (const pb::HighestLoad& load : usage.loads()) {
      const std::string minutes = std::to_string(load.window_minutes());
      Tell(load.time().empty()
               ? Say(language_, Text::kLoadAllDay, {load.load(), minutes, load.start_time()})
               : Say(language_, Text::kLoadInTime,
                     {load.load(), minutes, load.start_time(), load.time()}));
    }
  }

  void ShowNode(const Node& node) {
    switch (node.kind()) {
      case pb::EXPLANATION_KIND_METER_USE:
        return TellUse(node);
      case pb::EXPLANATION_KIND_USE:
        return Tell(Say(language_, Text::kTogether, {Quantity(node)}));
      case pb::EXPLANATION_KIND_DAYS:
        return TellDays(node);
      case pb::EXPLANATION_KIND_PART_OF_USE:
        return TellPart(node);
      case pb::EXPLANATION_KIND_FACTOR:
        return TellFactor(node);
      case pb::EXPLANATION_KIND_BOUND:
      case pb::EXPLANATION_KIND_CAP:
        return TellProduct(Text::kLimit, node);
      case pb::EXPLANATION_KIND_BILLED:
      case pb::EXPLANATION_KIND_AVERAGE:
        return TellBilled(node);
      case pb::EXPLANATION_KIND_RECEIVED:
        if (node.formula() != pb::EXPLANATION_FORMULA_SUM) return;
        return Tell(Say(language_, Text::kTogether, {Quantity(node)}));
      case pb::EXPLANATION_KIND_BUDGET:
        return TellBudget(node);
      case pb::EXPLANATION_KIND_RATCHET:
        return Tell(Say(language_, Text::kRatchet,
                        {Number(Input(node, 1)), Quantity(Input(node, 0)), Quantity(node)}));
      case pb::EXPLANATION_KIND_BLOCK:
        return TellBlock(node);
      case pb::EXPLANATION_KIND_LINE:
        return ShowLine(node);
      default:
        return;
    }
  }

  void TellUse(const Node& node) {
    if (node.formula() != pb::EXPLANATION_FORMULA_METER) {
      return Tell(Say(language_, Text::kUseGiven, {Quantity(node)}));
    }
    const Node& start = Input(node, 0);
    const Node& end = Input(node, 1);
    const Node& multiplier = Input(node, 2);
    Tell(Say(language_, Text::kReads,
             {node.meter_number(), Number(start), DayText(language_, start.from_date()),
              Number(end), DayText(language_, end.from_date())}));
    std::string last = Number(end);
    if (node.input_nos_size() > 3) {
      Tell(Say(language_, Text::kRollover, {Number(Input(node, 3))}));
      last = Number(Input(node, 3)) + " + " + last;
    }
    const bool times = multiplier.numerator() != multiplier.denominator();
    Tell(times
             ? Say(language_, Text::kUseOfCounts,
                   {Quantity(node), last, Number(start), Number(multiplier), Quantity(multiplier)})
             : Say(language_, Text::kUse, {Quantity(node), last, Number(start)}));
  }

  void TellDays(const Node& node) {
    if (node.formula() == pb::EXPLANATION_FORMULA_SUM) {
      return Tell(Say(language_, Text::kTogether, {Quantity(node)}));
    }
    Result<Date> first = Date::Parse(node.from_date());
    Result<Date> last = Date::Parse(node.to_date());
    if (!first.ok() || !last.ok()) return;
    if (node.day_count() == pb::DAY_COUNT_AFTER_FIRST) first = first->PlusDays(1);
    if (node.day_count() == pb::DAY_COUNT_BEFORE_LAST) last = last->PlusDays(-1);
    Tell(*first == *last ? Say(language_, Text::kOneDay, {reevectl::DayText(language_, *first)})
                         : Say(language_, Text::kDays,
                               {Quantity(node), reevectl::DayText(language_, *first),
                                reevectl::DayText(language_, *last)}));
  }

  void TellPart(const Node& node) {
    if (node.formula() == pb::EXPLANATION_FORMULA_PRODUCT) {
      const Node& days = Input(node, 1);
      return Tell(Say(language_, Text::kPart,
                      {Quantity(node), Quantity(Input(node, 0)), Days(Input(days, 0).numerator()),
                       Days(Input(days, 1).numerator())}));
    }
    constexpr int kFirstPart = 2;  // behind use and step
    if (Input(node, kFirstPart).unit() != "day") {
      return Tell(Say(language_, Text::kPartByUse,
                      {Quantity(node), Quantity(Input(node, 0)), Quantity(Input(node, 1))}));
    }
    std::int64_t taken = 0;
    std::int64_t all = 0;
    for (int i = kFirstPart; i < node.input_nos_size(); ++i) all += Input(node, i).numerator();
    for (const int part : node.taken()) taken += Input(node, part + 1).numerator();
    Tell(Say(language_, Text::kPart,
             {Quantity(node), Quantity(Input(node, 0)), Days(taken), Days(all)}));
  }

  void TellFactor(const Node& node) {
    if (node.formula() == pb::EXPLANATION_FORMULA_SUM) {
      return Tell(Say(language_, Text::kTogether, {Number(node)}));
    }
    if (node.formula() != pb::EXPLANATION_FORMULA_QUOTIENT) return;
    const bool of_month = Input(node, 1).kind() == pb::EXPLANATION_KIND_MONTH_LENGTH;
    Tell(Say(language_, of_month ? Text::kMonths : Text::kFactor,
             {Quantity(Input(node, 0)), Quantity(Input(node, 1)), Number(node)}));
  }

  void TellBudget(const Node& node) {
    const bool all = node.formula() == pb::EXPLANATION_FORMULA_SUM;
    TellProduct(Text::kComesTo, node);
    Tell(Say(language_, all ? Text::kWithinBudget : Text::kBudget, {Quantity(node)}));
  }

  void TellProduct(Text text, const Node& node) {
    if (node.formula() != pb::EXPLANATION_FORMULA_PRODUCT &&
        node.formula() != pb::EXPLANATION_FORMULA_ROUNDED_PRODUCT) {
      return;
    }
    std::string product;
    for (int i = 0; i < node.input_nos_size(); ++i) {
      product += (i == 0 ? "" : " x ") + Number(Input(node, i));
    }
    Tell(Say(language_, text, {Quantity(node), product}));
  }

  void TellBilled(const Node& node) {
    if (node.formula() == pb::EXPLANATION_FORMULA_STEPS) {
      return Tell(Say(language_, Text::kSteps,
                      {Quantity(Input(node, 0)), Quantity(node), Quantity(Input(node, 1))}));
    }
    if (node.formula() == pb::EXPLANATION_FORMULA_ABOVE) {
      std::string less = Quantity(Input(node, 1));
      for (int i = 2; i < node.input_nos_size(); ++i) less += " + " + Quantity(Input(node, i));
      return Tell(Say(language_, Text::kNet, {Quantity(Input(node, 0)), less, Quantity(node)}));
    }
    const bool least = node.formula() == pb::EXPLANATION_FORMULA_LEAST;
    if (!least && node.formula() != pb::EXPLANATION_FORMULA_GREATEST) {
      return TellProduct(Text::kComesTo, node);
    }
    Tell(Say(language_, least ? Text::kLower : Text::kHigher,
             {Quantity(Input(node, 0)), Quantity(Input(node, 1)), Quantity(node)}));
  }

  void TellBlock(const Node& node) {
    const std::string all = Quantity(Input(node, 0));
    const bool first = Input(node, 1).numerator() == 0;
    const bool ends = node.input_nos_size() > 2;
    if (!ends) {
      Tell(Say(language_, Text::kLastBlock, {Quantity(node), all, Quantity(Input(node, 1))}));
    } else if (first) {
      Tell(Say(language_, Text::kFirstBlock, {Quantity(node), all, Quantity(Input(node, 2))}));
    } else {
      Tell(Say(language_, Text::kMiddleBlock,
               {Quantity(node), all, Quantity(Input(node, 1)), Quantity(Input(node, 2))}));
    }
  }

  void ShowLine(const Node& line) {
    if (line.effective_date() != effective_date_) {
      Tell(Say(language_, Text::kPricesSince,
               {line.schedule_code(), DayText(language_, line.effective_date()), line.citation()}));
    }
    if (!line.rider_effective_date().empty()) {
      Tell(Say(language_, Text::kRiderSince,
               {line.component(), line.rider_code(),
                DayText(language_, line.rider_effective_date()), line.rider_citation()}));
    }
    screen_.Amount(LineText(line), Money(line), 4);
    const bool priced = line.formula() == pb::EXPLANATION_FORMULA_AMOUNT;
    if (priced && line.component_kind() != pb::RATE_COMPONENT_KIND_NOT_LOADED) TellRounding(line);
  }
  std::string LineText(const Node& line) const {
    const std::string& name = line.component();
    if (line.input_nos_size() < 2) return Say(language_, Text::kNotLoaded, {name});
    const Node& rate = Input(line, 0);
    const Node& quantity = Input(line, 1);
    if (line.component_kind() == pb::RATE_COMPONENT_KIND_PERCENT) {
      return Say(language_, Text::kTax,
                 {name, NumberText(rate.numerator(), rate.denominator() / 100), Money(quantity)});
    }
    if (line.formula() == pb::EXPLANATION_FORMULA_SHORTFALL) {
      const Node& above = Input(line, 2);
      const Text text = line.component_kind() == pb::RATE_COMPONENT_KIND_MAXIMUM ? Text::kMaximum
                        : line.component_kind() == pb::RATE_COMPONENT_KIND_ROUND_OFF
                            ? Text::kRoundOff
                            : Text::kMinimum;
      return Say(language_, text,
                 {name, MoneyText(line.numerator() + above.numerator()), Money(above)});
    }
    const bool one = quantity.numerator() == quantity.denominator();
    if (one && quantity.unit() == "bill") return Say(language_, Text::kOnce, {name});
    if (one && quantity.unit() == "month") return Say(language_, Text::kOneMonth, {name});
    return Say(language_, Text::kTimes, {name, Quantity(quantity), PriceText(rate.numerator())});
  }
  // A price is over 1,000,000,000: price x quantity in nano-dollars is price x quantity's value.
  void TellRounding(const Node& line) {
    const Node& rate = Input(line, 0);
    const Node& quantity = Input(line, 1);
    const Wide product = Wide{rate.numerator()} * quantity.numerator();
    constexpr std::int64_t kNanosPerCent = 10'000'000;
    if (product == Wide{line.numerator()} * kNanosPerCent * quantity.denominator()) return;
    std::string exact = PriceText(static_cast<std::int64_t>(product / quantity.denominator()));
    if (product % quantity.denominator() != 0) exact += "...";
    Tell(Say(language_, Text::kRounded, {exact, Money(line)}));
  }

  // A sentence that is true of several lines is said once.
  void Tell(const std::string& sentence) {
    if (said_.insert(sentence).second) screen_.Paragraph(sentence, 2);
  }

  const Node& Input(const Node& node, int index) const { return nodes_[node.input_nos(index) - 1]; }
  static std::string Money(const Node& node) { return MoneyText(node.numerator()); }
  static std::string Number(const Node& node) {
    return NumberText(node.numerator(), node.denominator());
  }
  std::string Quantity(const Node& node) const {
    return QuantityText(language_, node.numerator(), node.denominator(), node.unit());
  }
  std::string Days(std::int64_t count) const { return QuantityText(language_, count, 1, "day"); }

  Screen& screen_;
  const Language language_;
  const google::protobuf::RepeatedPtrField<Node>& nodes_;
  const google::protobuf::RepeatedPtrField<pb::ServiceExplanation>& services_;
  int service_ = 0;             // how many were shown
  std::string effective_date_;  // of the version that the service names
  std::set<std::string> said_;
};

// What is to be said of a bill's state; nothing if it is an ordinary bill.
std::string StateText(Language language, pb::BillState state) {
  switch (state) {
    case pb::BILL_STATE_CALCULATED:
      return Say(language, Text::kNotFinal);
    case pb::BILL_STATE_HELD:
      return Say(language, Text::kHeld);
    case pb::BILL_STATE_RELEASED:
      return Say(language, Text::kReleased);
    case pb::BILL_STATE_CANCELLED:
      return Say(language, Text::kCancelled);
    default:
      return {};
  }
}

// Nothing that is held, cancelled or only tried out is shown as due.
bool IsDue(const pb::Bill& bill) {
  return bill.bill_id() != 0 && bill.state() != pb::BILL_STATE_HELD &&
         bill.state() != pb::BILL_STATE_CANCELLED;
}

void ShowHead(Screen& screen, const pb::Bill& bill) {
  const Language language = screen.language();
  const std::string account = std::to_string(bill.account_id());
  screen.Rule();
  if (bill.bill_id() != 0) {
    screen.Line(Say(language, Text::kBill, {std::to_string(bill.bill_id()), account}));
  } else {
    screen.Line(bill.account_id() == 0 ? Say(language, Text::kOfSheet)
                                       : Say(language, Text::kSimulated, {account}));
  }
  const std::string day = DayText(language, bill.bill_date());
  const std::string due =
      bill.due_parts_size() == 1 ? bill.due_parts(0).due_date() : bill.due_date();
  screen.Line(IsDue(bill) && bill.due_parts_size() < 2
                  ? Say(language, Text::kDated, {day, DayText(language, due)})
                  : Say(language, Text::kDatedOnly, {day}));
  const std::string state = StateText(language, bill.state());
  if (!state.empty()) screen.Line(state);
  if (!IsDue(bill) || bill.due_parts_size() < 2) return;
  for (const pb::DuePart& part : bill.due_parts()) {
    screen.Amount(Say(language, Text::kDuePart, {DayText(language, part.due_date())}),
                  part.amount_cents(), 2);
  }
}

// The services' cause, in the direction in which the bill moved.
std::string CauseText(Language language, const pb::BillComparison& comparison) {
  const pb::ServiceComparison& service = comparison.services(comparison.main_service_no() - 1);
  const std::string name = ServiceText(language, service.service());
  const bool higher = comparison.total().difference_cents() > 0;
  const std::int64_t before = service.earlier_usage_thousandths();
  const std::int64_t now = service.usage_thousandths();
  switch (comparison.main_cause()) {
    case pb::COMPARISON_CAUSE_PRICE:
      return Say(language, higher ? Text::kPricesRose : Text::kPricesFell, {name});
    case pb::COMPARISON_CAUSE_DAYS:
      return Say(language, Text::kOtherDays,
                 {QuantityText(language, service.day_count(), 1, "day"),
                  QuantityText(language, service.earlier_day_count(), 1, "day")});
    case pb::COMPARISON_CAUSE_USAGE:
      if (now != before && service.day_count() == service.earlier_day_count()) {
        return Say(language, now > before ? Text::kUsedMore : Text::kUsedLess,
                   {QuantityText(language, std::abs(now - before), 1'000, service.unit()), name});
      }
      if (Wide{now} * service.earlier_day_count() != Wide{before} * service.day_count()) {
        const bool more =
            Wide{now} * service.earlier_day_count() > Wide{before} * service.day_count();
        return Say(language, more ? Text::kUsedMoreADay : Text::kUsedLessADay, {name});
      }
      return Say(language, higher ? Text::kMoreUnits : Text::kFewerUnits, {name});
    default:
      break;
  }
  if (service.earlier_day_count() == 0) return Say(language, Text::kServiceAdded, {name});
  if (service.day_count() == 0) return Say(language, Text::kServiceGone, {name});
  return Say(language, Text::kNotComparable, {name});
}

std::int64_t CauseCents(const pb::BillComparison& comparison) {
  const pb::ComparisonParts& parts = comparison.total();
  switch (comparison.main_cause()) {
    case pb::COMPARISON_CAUSE_PRICE:
      return parts.price_cents();
    case pb::COMPARISON_CAUSE_DAYS:
      return parts.days_cents();
    case pb::COMPARISON_CAUSE_USAGE:
      return parts.usage_cents() + parts.tier_mix_cents();
    default:
      return parts.one_off_cents();
  }
}

// Rows of cells whose columns stand below one another; the first is of words.
void ShowColumns(Screen& screen, const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Columns(row[i]));
  }
  for (const auto& row : rows) {
    std::string line = "  ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - Columns(row[i]), ' ');
      line += i == 0 ? row[i] + padding : "  " + padding + row[i];
    }
    screen.Line(line);
  }
}

std::vector<std::string> RowOf(std::string name, const pb::ComparisonParts& parts) {
  std::vector<std::string> row = {std::move(name)};
  for (const std::int64_t cents :
       {parts.earlier_cents(), parts.amount_cents(), parts.difference_cents(), parts.price_cents(),
        parts.days_cents(), parts.usage_cents(), parts.tier_mix_cents(), parts.one_off_cents()}) {
    row.push_back(MoneyText(cents));
  }
  return row;
}

}  // namespace

std::string ComparisonSentence(Language language, const pb::BillComparison& comparison) {
  const std::int64_t cents = comparison.total().difference_cents();
  const int service = comparison.main_service_no();
  if (cents == 0 || service < 1 || service > comparison.services_size()) {
    return Say(language, Text::kBillIsSame);
  }
  const std::string change = Say(language, cents > 0 ? Text::kBillIsHigher : Text::kBillIsLower,
                                 {MoneyText(std::abs(cents))});
  const bool all = CauseCents(comparison) == cents &&
                   comparison.total().difference_cents() ==
                       comparison.services(service - 1).parts().difference_cents();
  return Say(language, all ? Text::kBecause : Text::kMostly,
             {change, CauseText(language, comparison)});
}

void ShowComparison(Screen& screen, const pb::BillComparison& comparison) {
  const Language language = screen.language();
  screen.Paragraph(ComparisonSentence(language, comparison), 0);
  screen.Line(
      Say(language, Text::kComparedWith, {DayText(language, comparison.earlier_bill_date())}));
  std::vector<std::vector<std::string>> rows = {
      {Say(language, Text::kColumnService), Say(language, Text::kColumnBefore),
       Say(language, Text::kColumnNow), Say(language, Text::kColumnChange),
       Say(language, Text::kColumnPrice), Say(language, Text::kColumnDays),
       Say(language, Text::kColumnUse), Say(language, Text::kColumnBlocks),
       Say(language, Text::kColumnOneOff)}};
  for (const pb::ServiceComparison& service : comparison.services()) {
    rows.push_back(RowOf(ServiceText(language, service.service()), service.parts()));
  }
  rows.push_back(RowOf(Say(language, Text::kAllServices), comparison.total()));
  ShowColumns(screen, rows);
  screen.Paragraph(Say(language, Text::kWhatColumnsMean), 2);
}

void ShowExplanation(Screen& screen, const pb::BillExplanation& explanation) {
  const Language language = screen.language();
  ShowHead(screen, explanation.bill());
  if (explanation.has_since_replaced()) {
    const pb::BillComparison& replaced = explanation.since_replaced();
    screen.Paragraph(Say(language, Text::kTakesPlace,
                         {std::to_string(replaced.earlier_bill_id()),
                          DayText(language, replaced.earlier_bill_date())}),
                     0);
    screen.Paragraph(
        Say(language, Text::kAgainstReplaced, {ComparisonSentence(language, replaced)}), 0);
  }
  if (explanation.has_since_last()) {
    const pb::BillComparison& last = explanation.since_last();
    const std::string sentence = ComparisonSentence(language, last);
    screen.Paragraph(
        explanation.has_since_replaced()
            ? Say(language, Text::kComparedWith, {DayText(language, last.earlier_bill_date())}) +
                  " " + sentence
            : sentence,
        0);
  }
  Sentences(screen, explanation).Show();
  int lines = 0;
  std::int64_t sum = 0;
  for (const Node& node : explanation.nodes()) {
    if (node.kind() != pb::EXPLANATION_KIND_LINE) continue;
    ++lines;
    sum += node.numerator();
  }
  if (lines > 0) {
    screen.Amount(Say(language, Text::kSumOfLines, {std::to_string(lines)}), MoneyText(sum));
  }
  const pb::Bill& bill = explanation.bill();
  screen.Amount(Say(language, Text::kTotal), MoneyText(bill.total_cents()));
  if (bill.not_charged_cents() > 0) {
    screen.Amount(Say(language, Text::kNotCharged), MoneyText(-bill.not_charged_cents()));
    screen.Amount(Say(language, Text::kOwedForIt),
                  MoneyText(bill.total_cents() - bill.not_charged_cents()));
  }
  for (const pb::Hold& hold : explanation.bill().holds()) {
    screen.Line(Say(language, Text::kHoldReason,
                    {ServiceText(language, hold.service()), hold.reason(), hold.evidence()}));
  }
  screen.Rule();
}

void ShowSimulation(Screen& screen, const pb::BillSimulation& simulation) {
  ShowExplanation(screen, simulation.explanation());
  ShowComparison(screen, simulation.comparison());
}

}  // namespace reeve::reevectl
