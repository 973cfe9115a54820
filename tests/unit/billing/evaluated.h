// Checks an explanation as a client could: each node from the values of its inputs alone, in exact
// fractions.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "reeve/billing/v1/bill_service.pb.h"
#include "shared/core/date.h"
#include "tests/unit/billing/naive_price.h"

namespace reeve::billing {

class Evaluated {
 public:
  using Nodes = google::protobuf::RepeatedPtrField<v1::ExplanationNode>;

  explicit Evaluated(const Nodes& nodes) {
    for (const v1::ExplanationNode& node : nodes) Check(node);
    if (nodes.empty() || nodes.rbegin()->kind() != v1::EXPLANATION_KIND_TOTAL) {
      faults_.push_back("the last node is not the total");
    }
  }

  // What does not follow; empty if all does.
  const std::vector<std::string>& faults() const { return faults_; }

 private:
  void Check(const v1::ExplanationNode& node) {
    const std::string name = "node " + std::to_string(node.node_no()) + " (" +
                             v1::ExplanationKind_Name(node.kind()) + ", " +
                             v1::ExplanationFormula_Name(node.formula()) + ")";
    const bool in_order = node.node_no() == static_cast<int>(values_.size()) + 1;
    const bool behind = std::all_of(node.input_nos().begin(), node.input_nos().end(),
                                    [&](int no) { return no >= 1 && no < node.node_no(); });
    values_.emplace_back(node.numerator(), std::max<std::int64_t>(node.denominator(), 1));
    if (!in_order || !behind || node.denominator() < 1) {
      return faults_.push_back(name + ": its place, an input or a denominator is wrong");
    }
    if (!(Follows(node) == values_.back())) {
      faults_.push_back(name + ": " + std::to_string(node.numerator()) + "/" +
                        std::to_string(node.denominator()) + " does not follow");
    }
  }

  Ratio Input(const v1::ExplanationNode& node, int index) const {
    return values_[static_cast<std::size_t>(node.input_nos(index) - 1)];
  }
  static Ratio Least(Ratio a, Ratio b) { return b < a ? b : a; }
  static Ratio CutToThousandths(Ratio value) { return {(value * Ratio(1000)).Floor(), 1000}; }

  Ratio Follows(const v1::ExplanationNode& node) const {
    const int inputs = node.input_nos_size();
    Ratio value;
    switch (node.formula()) {
      case v1::EXPLANATION_FORMULA_GIVEN:
        return inputs == 0 ? values_.back() : value;
      case v1::EXPLANATION_FORMULA_DAYS:
        return Date::Parse(node.to_date()).value() - Date::Parse(node.from_date()).value() +
               (node.day_count() == v1::DAY_COUNT_BOTH ? 1 : 0);
      case v1::EXPLANATION_FORMULA_METER: {
        const Ratio rollover = inputs > 3 ? Input(node, 3) : Ratio();
        return CutToThousandths((Input(node, 1) + rollover) * Input(node, 2)) -
               CutToThousandths(Input(node, 0) * Input(node, 2));
      }
      case v1::EXPLANATION_FORMULA_SUM:
        for (int i = 0; i < inputs; ++i) value = value + Input(node, i);
        return value;
      case v1::EXPLANATION_FORMULA_PRODUCT:
        return Product(node, inputs);
      case v1::EXPLANATION_FORMULA_QUOTIENT:
        return Input(node, 0) / Input(node, 1);
      case v1::EXPLANATION_FORMULA_BLOCK:
        value = Input(node, 0);
        if (inputs > 2) value = Least(value, Input(node, 2));
        return value - Least(value, Input(node, 1));
      case v1::EXPLANATION_FORMULA_LEAST:
        return Least(Input(node, 0), Input(node, 1));
      case v1::EXPLANATION_FORMULA_GREATEST:
        return Input(node, 0) < Input(node, 1) ? Input(node, 1) : Input(node, 0);
      case v1::EXPLANATION_FORMULA_PART:
        return Part(node);
      case v1::EXPLANATION_FORMULA_ROUNDED_PRODUCT:
        return CutToThousandths(Product(node, inputs) + Ratio(1, 2000));
      case v1::EXPLANATION_FORMULA_AMOUNT:
        return Rounded(node, Product(node, 2));
      case v1::EXPLANATION_FORMULA_SHORTFALL:
        return Rounded(node, Product(node, 2)) - Input(node, 2);
      case v1::EXPLANATION_FORMULA_STEPS:
        return InSteps(Input(node, 0), Input(node, 1), node.rounding());
      case v1::EXPLANATION_FORMULA_ABOVE:
        value = Input(node, 0);
        for (int i = 1; i < inputs; ++i) value = value - Input(node, i);
        return value < Ratio() ? Ratio() : value;
      default:
        return values_.back() + Ratio(1);  // no formula is a fault
    }
  }

  Ratio Product(const v1::ExplanationNode& node, int inputs) const {
    Ratio value = 1;
    for (int i = 0; i < inputs; ++i) value = value * Input(node, i);
    return value;
  }

  static Ratio Rounded(const v1::ExplanationNode& node, Ratio dollars) {
    return InSteps(dollars, {node.round_to_cents(), 100}, node.rounding());
  }

  static Ratio InSteps(Ratio value, Ratio step, v1::RateRounding rounding) {
    const bool below_zero = value < Ratio();
    const Ratio places = (below_zero ? Ratio() - value : value) / step;
    std::int64_t whole = places.Floor();
    const Ratio rest = places - Ratio(whole);
    const Ratio half(1, 2);
    const bool is_half = rest == half;
    switch (rounding) {
      case v1::RATE_ROUNDING_HALF_UP:
        whole += is_half || half < rest;
        break;
      case v1::RATE_ROUNDING_HALF_EVEN:
        whole += half < rest || (is_half && whole % 2 != 0);
        break;
      case v1::RATE_ROUNDING_UP:
        whole += Ratio() < rest;
        break;
      default:
        break;
    }
    return Ratio(below_zero ? -whole : whole) * step;
  }

  // By largest remainder: of two equal ones the earlier, what is less than a step to the last.
  Ratio Part(const v1::ExplanationNode& node) const {
    const Ratio use = Input(node, 0);
    const Ratio step = Input(node, 1);
    Ratio all;  // days, or what was used on them
    for (int i = 2; i < node.input_nos_size(); ++i) all = all + Input(node, i);
    const std::int64_t steps = (use / step).Floor();
    std::vector<std::int64_t> shares;
    std::vector<Ratio> rests;
    std::int64_t left = steps;
    for (int i = 2; i < node.input_nos_size(); ++i) {
      const Ratio exact = Ratio(steps) * (Input(node, i) / all);
      shares.push_back(exact.Floor());
      rests.push_back(exact - Ratio(shares.back()));
      left -= shares.back();
    }
    for (; left > 0; --left) {
      const auto most = std::max_element(rests.begin(), rests.end());
      ++shares[static_cast<std::size_t>(most - rests.begin())];
      *most = Ratio(-1);
    }
    Ratio taken;
    for (const int part : node.taken()) {
      taken = taken + Ratio(shares.at(static_cast<std::size_t>(part - 1))) * step;
      if (part == static_cast<int>(shares.size())) taken = taken + use - Ratio(steps) * step;
    }
    return taken;
  }

  std::vector<Ratio> values_;
  std::vector<std::string> faults_;
};

}  // namespace reeve::billing
