// Derivation: how a bill comes from its reads to its total, as nodes that follow from one another.
// Amounts and quantities of lines are those that the bill stores; days, shares and widths are those
// of the Split that Price uses. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/billing/rate/price.h"

namespace reeve::billing::bill {

// What a node is: ExplanationKind of the API says it at length.
enum class NodeKind {
  kRead,
  kMultiplier,
  kRollover,
  kMeterUse,
  kUse,
  kDays,
  kStep,
  kPartOfUse,
  kMonthLength,
  kFactor,
  kCount,
  kBound,
  kCap,
  kBilled,
  kLoad,
  kRatchet,
  kAverage,
  kBlock,
  kQuantity,
  kRate,
  kLine,
  kSubtotal,
  kService,
  kTotal,
  kReceived,
  kBanked,
  kPowerFactor,
  kBudget,
  kUnrounded,
};

// How its value follows from its inputs: ExplanationFormula of the API.
enum class Formula {
  kGiven,
  kDays,
  kMeter,
  kSum,
  kProduct,
  kQuotient,
  kBlock,
  kLeast,
  kGreatest,
  kPart,
  kRoundedProduct,
  kAmount,
  kShortfall,
  kSteps,
  kAbove,
};

// A node by its place in the list, from 1.
using NodeNo = std::int64_t;

struct Node {
  NodeKind kind = NodeKind::kTotal;
  Formula formula = Formula::kGiven;
  std::vector<NodeNo> inputs;  // all stand before it
  std::int64_t numerator = 0;  // of its value; amounts are over 100, prices over 1,000,000,000
  std::int64_t denominator = 1;
  std::string unit;                         // "USD", "kWh", "day"; empty for a factor
  std::string service;                      // empty for the total
  std::string meter_number;                 // of reads and use
  const rate::Schedule* version = nullptr;  // of what is priced
  const rate::Component* component = nullptr;
  std::optional<Date> from_date;  // of days, and of what was measured between two
  std::optional<Date> to_date;
  std::optional<rate::DayCount> day_count;
  std::optional<Rounding> rounding;  // of whole steps, and of lines
  std::int64_t round_to_cents = 0;   // of lines
  std::int64_t line_no = 0;          // of a line, from 1
  std::vector<std::int64_t> taken;   // of a part: which of them, from 1
};

// What a meter showed, beside its rate::Measured.
struct MeterReads {
  std::string_view meter_number;
  std::int64_t start_thousandths = 0;  // register counts
  std::int64_t end_thousandths = 0;
  int register_digits = 0;
  std::int64_t multiplier_thousandths = 0;  // units for one count
};

// One service's part of a bill, and what it was priced from. What it points to must outlive the
// derivation.
struct PricedPart {
  std::string_view service;
  const rate::Versions* versions = nullptr;
  const rate::Schedule* version = nullptr;  // the one that priced the last of the days
  rate::Period period;
  rate::Facts facts;
  std::span<const MeterReads> meters;  // one for each of facts.measured, or none: not known
  std::span<const rate::Line> lines;
  Money amount;
};

class Derivation {
 public:
  // Appends the nodes of a part, reads first, its sum last.
  void AddPart(const PricedPart& part);
  // Appends the sum of the parts.
  void AddTotal(Money total);

  std::span<const Node> nodes() const { return nodes_; }

 private:
  friend class PartDerivation;
  friend class PeriodNodes;
  NodeNo Add(Node node);

  std::vector<Node> nodes_;
  std::vector<NodeNo> parts_;
  std::int64_t line_count_ = 0;
};

}  // namespace reeve::billing::bill
