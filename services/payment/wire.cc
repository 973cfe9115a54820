#include "services/payment/wire.h"

namespace reeve::payment {
namespace {

constexpr std::int64_t kPiecesMax = 100'000;  // of one denomination in a request
constexpr std::int64_t kItemsMax = 100'000;   // checks or slips
constexpr std::int64_t kCentsMax = 100'000'000'000;

}  // namespace

void ParsePapers(Fields& fields, const std::string& field, std::int64_t count, std::int64_t cents) {
  fields.Range(field + "_count", count, 0, kItemsMax);
  fields.Range(field + "_cents", cents, 0, kCentsMax);
  if ((count == 0) != (cents == 0)) fields.Refuse(field + "_cents", "does not go with the count");
}

Cash ParseCash(Fields& fields, const std::string& field, const CashCounts& counts) {
  Cash cash;
  for (int i = 0; i < counts.size(); ++i) {
    const std::string at = field + "[" + std::to_string(i) + "].";
    const auto index = Cash::IndexOf(counts[i].denomination_cents());
    fields.Range(at + "count", counts[i].count(), 1, kPiecesMax);
    if (!index) {
      fields.Refuse(at + "denomination_cents",
                    "is no note or coin (100 50 20 10 5 2 1 0.50 0.25 0.10 0.05 0.01)");
    } else if (cash[*index] != 0) {
      fields.Refuse(at + "denomination_cents", "stands twice");
    } else {
      cash[*index] = counts[i].count();
    }
  }
  return cash;
}

Holding ParseHolding(Fields& fields, const std::string& field, const v1::Holding& holding) {
  ParsePapers(fields, field + ".check", holding.check_count(), holding.check_cents());
  ParsePapers(fields, field + ".card", holding.card_count(), holding.card_cents());
  return {ParseCash(fields, field + ".cash", holding.cash()), holding.check_count(),
          Money::Cents(holding.check_cents()), holding.card_count(),
          Money::Cents(holding.card_cents())};
}

void ToWire(const Cash& cash, CashCounts* counts) {
  for (std::size_t i = 0; i < kDenominations.size(); ++i) {
    if (cash[i] == 0) continue;
    v1::CashCount* count = counts->Add();
    count->set_denomination_cents(kDenominations[i]);
    count->set_count(cash[i]);
  }
}

void ToWire(const std::vector<Direction>& directions,
            google::protobuf::RepeatedPtrField<v1::Direction>* wires) {
  for (const Direction& direction : directions) {
    v1::Direction* wire = wires->Add();
    wire->set_service(direction.service);
    wire->set_amount_cents(direction.amount.cents());
  }
}

v1::Holding ToWire(const Holding& holding) {
  v1::Holding wire;
  ToWire(holding.cash, wire.mutable_cash());
  wire.set_check_count(holding.check_count);
  wire.set_check_cents(holding.checks.cents());
  wire.set_card_count(holding.card_count);
  wire.set_card_cents(holding.cards.cents());
  return wire;
}

}  // namespace reeve::payment
