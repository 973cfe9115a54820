#include "services/reevectl/commands/holding.h"

namespace reeve::reevectl {

namespace pb = payment::v1;

namespace {

// "1 check", "2 checks"
std::string Counted(std::int64_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace

std::vector<Option> CountOptions(std::vector<Option> options, const std::string& path) {
  options.push_back({"--cash", path + ".cash", "Count by denomination, e.g. 20x3+0.25x40"});
  options.push_back({"--checks", path + ".check_count", "How many checks"});
  options.push_back({"--checks-total", path + ".check_cents", "Their total"});
  options.push_back({"--cards", path + ".card_count", "How many card slips"});
  options.push_back({"--cards-total", path + ".card_cents", "Their total"});
  return options;
}

std::string CashText(const google::protobuf::RepeatedPtrField<pb::CashCount>& cash) {
  std::string text;
  for (const pb::CashCount& count : cash) {
    if (!text.empty()) text += " + ";
    text += Dollars(count.denomination_cents()) + " x " + std::to_string(count.count());
  }
  return text;
}

std::int64_t CashCents(const google::protobuf::RepeatedPtrField<pb::CashCount>& cash) {
  std::int64_t cents = 0;
  for (const pb::CashCount& count : cash) cents += count.denomination_cents() * count.count();
  return cents;
}

void ShowHolding(Screen& screen, std::string_view label, const pb::Holding& holding) {
  screen.Amount(std::string(label) + " in cash", CashCents(holding.cash()), 2);
  if (!holding.cash().empty()) screen.Line("    " + CashText(holding.cash()));
  if (holding.check_count() > 0) {
    screen.Amount(Counted(holding.check_count(), "check"), holding.check_cents(), 2);
  }
  if (holding.card_count() > 0) {
    screen.Amount(Counted(holding.card_count(), "card slip"), holding.card_cents(), 2);
  }
}

}  // namespace reeve::reevectl
