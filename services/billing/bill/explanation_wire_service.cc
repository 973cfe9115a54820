#include "services/billing/bill/explanation_wire_service.h"

#include <algorithm>

#include "services/billing/bill/bill_wire_service.h"
#include "services/billing/bill/explanation.h"
#include "services/billing/cycle/cycle_store.h"
#include "services/billing/cycle/months.h"
#include "services/billing/rate/rate_store.h"
#include "services/billing/rate/rate_wire_service.h"

namespace reeve::billing::bill {
namespace {

// Both lists are written in one order; on the wire 0 is "not given".
v1::ExplanationKind ToProto(NodeKind kind) {
  static_assert(static_cast<int>(NodeKind::kRead) + 1 == v1::EXPLANATION_KIND_READ);
  static_assert(static_cast<int>(NodeKind::kPartOfUse) + 1 == v1::EXPLANATION_KIND_PART_OF_USE);
  static_assert(static_cast<int>(NodeKind::kBilled) + 1 == v1::EXPLANATION_KIND_BILLED);
  static_assert(static_cast<int>(NodeKind::kRate) + 1 == v1::EXPLANATION_KIND_RATE);
  static_assert(static_cast<int>(NodeKind::kTotal) + 1 == v1::EXPLANATION_KIND_TOTAL);
  static_assert(static_cast<int>(NodeKind::kUnrounded) + 1 == v1::ExplanationKind_MAX);
  return static_cast<v1::ExplanationKind>(static_cast<int>(kind) + 1);
}

v1::ExplanationFormula ToProto(Formula formula) {
  static_assert(static_cast<int>(Formula::kGiven) + 1 == v1::EXPLANATION_FORMULA_GIVEN);
  static_assert(static_cast<int>(Formula::kBlock) + 1 == v1::EXPLANATION_FORMULA_BLOCK);
  static_assert(static_cast<int>(Formula::kPart) + 1 == v1::EXPLANATION_FORMULA_PART);
  static_assert(static_cast<int>(Formula::kShortfall) + 1 == v1::EXPLANATION_FORMULA_SHORTFALL);
  static_assert(static_cast<int>(Formula::kAbove) + 1 == v1::ExplanationFormula_MAX);
  return static_cast<v1::ExplanationFormula>(static_cast<int>(formula) + 1);
}

void AddVersion(v1::ExplanationNode& message, const Node& node) {
  const bool priced = node.kind == NodeKind::kRate || node.kind == NodeKind::kLine ||
                      node.kind == NodeKind::kService;
  if (node.version == nullptr || !priced) return;
  message.set_schedule_code(node.version->code);
  message.set_effective_date(node.version->LoadedDate().ToString());
  message.set_citation(node.version->citation);
  if (node.component != nullptr && node.component->from_rider) {
    const rate::RiderVersion& rider = *node.component->from_rider;
    message.set_rider_code(rider.code);
    if (rider.effective_date) message.set_rider_effective_date(rider.effective_date->ToString());
    message.set_rider_citation(rider.citation);
  }
  if (node.kind == NodeKind::kService) message.set_schedule_title(node.version->title);
  if (node.kind != NodeKind::kLine) return;
  message.set_line_no(static_cast<std::int32_t>(node.line_no));
  message.set_round_to_cents(node.round_to_cents);
  message.set_component_kind(rate::ToProto(node.component->kind));
}

v1::ComparisonParts ToProto(const Parts& parts) {
  v1::ComparisonParts message;
  message.set_earlier_cents(parts.earlier);
  message.set_amount_cents(parts.amount);
  message.set_difference_cents(parts.Difference());
  message.set_price_cents(parts.price);
  message.set_days_cents(parts.days);
  message.set_usage_cents(parts.usage);
  message.set_tier_mix_cents(parts.tier_mix);
  message.set_one_off_cents(parts.one_off);
  return message;
}

v1::ComparisonCause ToProto(Cause cause) {
  static_assert(static_cast<int>(Cause::kNone) == v1::COMPARISON_CAUSE_UNSPECIFIED);
  static_assert(static_cast<int>(Cause::kUsage) == v1::COMPARISON_CAUSE_USAGE);
  static_assert(static_cast<int>(Cause::kOneOff) == v1::ComparisonCause_MAX);
  return static_cast<v1::ComparisonCause>(cause);
}

// A simulated part's meter has no number, for nobody read it.
bool HasReads(const cycle::Segment& segment) {
  return !segment.meters.empty() && !segment.meters.back().meter.meter_number.empty();
}

MeterReading ReadingOf(const cycle::MeterUse& use) {
  return {use.meter.meter_number,
          use.start_read_thousandths,
          use.end_read_thousandths,
          use.meter.register_digits,
          use.meter.multiplier_thousandths,
          use.usage_thousandths,
          use.meter.unit};
}

// Of a period with an exchange from the first register to the last; the formula names each meter.
void ExplainMeters(const cycle::Segment& segment, v1::UsageExplanation& usage) {
  std::vector<MeterReading> readings;
  for (const cycle::MeterUse& one : segment.meters) readings.push_back(ReadingOf(one));
  usage.set_meter_number(NumbersText(readings));
  usage.set_start_read(CountsText(segment.start_read_thousandths));
  usage.set_end_read(CountsText(segment.end_read_thousandths));
  usage.set_multiplier(CountsText(readings.back().multiplier_thousandths));
  usage.set_rolled_over(std::any_of(readings.begin(), readings.end(), RolledOver));
  usage.set_formula(UsageFormula(readings, segment.use.usage_thousandths));
}

// "2026-11-03 17:15"
std::string MomentText(Date day, int minute_of_day) {
  const auto two = [](int number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  return day.ToString() + " " + two(minute_of_day / 60) + ":" + two(minute_of_day % 60);
}

// What intervals say of the use: when, and how much at once.
void ExplainIntervals(const cycle::Segment& segment, const std::string& unit,
                      v1::UsageExplanation& usage) {
  for (const cycle::TimedStretch& stretch : segment.stretches) {
    v1::UseInTimes& added = *usage.add_stretches();
    added.set_from_date(stretch.from_date.ToString());
    added.set_to_date(stretch.to_date.ToString());
    added.set_usage(CountsText(stretch.usage_thousandths) + unit);
    added.set_estimated_count(stretch.estimated_count);
    for (const cycle::TimedStretch::Time& time : stretch.times) {
      v1::UseInTime& in_time = *added.add_times();
      in_time.set_time(time.name);
      in_time.set_usage(CountsText(time.thousandths) + unit);
    }
  }
  const std::string load_unit = " " + std::string(UnitName(Unit::kKilowatt));
  for (const cycle::SegmentLoad& load : segment.loads) {
    v1::HighestLoad& added = *usage.add_loads();
    added.set_time(load.time);
    added.set_load(CountsText(load.thousandths) + load_unit);
    added.set_window_minutes(load.window_minutes);
    added.set_start_time(MomentText(load.day, load.minute_of_day));
    for (const std::int64_t earlier : load.earlier) {
      if (earlier == 0) continue;  // of a month that does not count, or of no use
      added.add_earlier_loads(CountsText(earlier) + load_unit);
    }
  }
}

void ExplainUsage(db::Transaction& tx, const cycle::Bill& bill, const cycle::Segment& segment,
                  const rate::Schedule& version, v1::UsageExplanation& usage) {
  const std::string unit = " " + std::string(UnitName(*version.usage_unit));
  usage.set_usage(CountsText(segment.use.usage_thousandths) + unit);
  usage.set_estimated(segment.estimated);
  usage.set_metered_by(segment.metered_by);
  if (HasReads(segment)) ExplainMeters(segment, usage);
  ExplainIntervals(segment, unit, usage);
  const std::optional<cycle::BilledBefore> before =
      cycle::FindBilledBefore(tx, bill.account, segment.agreement_id, segment.from_date);
  if (!before) return;
  usage.set_last_usage(CountsText(before->use.usage_thousandths) + unit);
  usage.set_last_day_count(static_cast<int>(before->use.day_count));
  usage.set_last_amount_cents(before->amount.cents());
}

v1::ServiceExplanation ExplainSegment(db::Transaction& tx, const cycle::Bill& bill,
                                      const cycle::Segment& segment, const rate::Tariff& tariff) {
  const rate::Schedule& schedule = *tariff.Version(segment.schedule_code, segment.effective_date);
  v1::ServiceExplanation message;
  message.set_service(segment.service);
  message.set_schedule_code(schedule.code);
  message.set_schedule_title(schedule.title);
  message.set_effective_date(schedule.LoadedDate().ToString());
  message.set_citation(schedule.citation);
  message.set_from_date(segment.from_date.ToString());
  message.set_to_date(segment.to_date.ToString());
  message.set_day_count(static_cast<int>(
      rate::CountDays(schedule.terms.day_count, segment.from_date, segment.to_date)));
  if (segment.HasUse()) {
    ExplainUsage(tx, bill, segment, schedule, *message.mutable_usage());
  }
  for (const rate::Line& line : segment.lines) {
    v1::LineExplanation& added = *message.add_lines();
    const rate::Schedule& version = VersionOf(tariff, segment, line);
    *added.mutable_line() = bill::ToProto(version, line);
    added.mutable_line()->set_estimated(IsEstimated(segment, version, line));
    added.set_basis(rate::Basis(version, segment.lines, line));
    added.set_formula(rate::Formula(version, line));
    added.set_effective_date(version.LoadedDate().ToString());
    added.set_citation(version.citation);
    const auto& rider = version.components[static_cast<std::size_t>(line.component)].from_rider;
    if (rider && rider->effective_date) {
      added.set_rider_version(rate::VersionKey(rider->code, *rider->effective_date));
      added.set_rider_citation(rider->citation);
    }
    added.set_day_count(static_cast<int>(line.day_count));
  }
  message.set_amount_cents(segment.amount.cents());
  return message;
}

void Derive(const cycle::Bill& bill, const cycle::Segment& segment, const rate::Tariff& tariff,
            Derivation& derivation) {
  const cycle::SegmentFacts known(segment);
  std::vector<MeterReads> reads;
  for (const cycle::MeterUse& use : segment.meters) {
    // Stretches of a meter have no reads of their own.
    const bool divided = segment.stretches.size() > segment.meters.size();
    if (!HasReads(segment) || divided) break;
    reads.push_back({use.meter.meter_number, use.start_read_thousandths, use.end_read_thousandths,
                     use.meter.register_digits, use.meter.multiplier_thousandths});
  }
  PricedPart part;
  part.service = segment.service;
  part.versions = cycle::VersionsOf(tariff, segment);
  part.version = tariff.Version(segment.schedule_code, segment.effective_date);
  part.period = {segment.from_date, segment.to_date, bill.PricedOn()};
  part.facts = known.facts;
  part.meters = reads;
  part.lines = segment.lines;
  part.amount = segment.amount;
  derivation.AddPart(part);
}

}  // namespace

v1::ExplanationNode ToProto(const Node& node, std::int64_t node_no) {
  v1::ExplanationNode message;
  message.set_node_no(static_cast<std::int32_t>(node_no));
  message.set_kind(ToProto(node.kind));
  message.set_formula(ToProto(node.formula));
  for (const NodeNo input : node.inputs) message.add_input_nos(static_cast<std::int32_t>(input));
  message.set_numerator(node.numerator);
  message.set_denominator(node.denominator);
  message.set_unit(node.unit);
  message.set_service(node.service);
  if (node.component != nullptr) message.set_component(node.component->name);
  message.set_meter_number(node.meter_number);
  if (node.from_date) message.set_from_date(node.from_date->ToString());
  if (node.to_date) message.set_to_date(node.to_date->ToString());
  if (node.day_count) message.set_day_count(rate::ToProto(*node.day_count));
  if (node.rounding) message.set_rounding(rate::ToProto(*node.rounding));
  for (const std::int64_t part : node.taken) message.add_taken(static_cast<std::int32_t>(part));
  AddVersion(message, node);
  return message;
}

v1::BillComparison ToProto(const Comparison& comparison, const cycle::Bill& earlier,
                           const cycle::Bill& bill) {
  v1::BillComparison message;
  message.set_earlier_bill_id(earlier.bill_id);
  message.set_earlier_bill_date(earlier.bill_date.ToString());
  message.set_bill_id(bill.bill_id);
  message.set_bill_date(bill.bill_date.ToString());
  *message.mutable_total() = ToProto(comparison.total);
  for (const ServiceParts& service : comparison.services) {
    v1::ServiceComparison& added = *message.add_services();
    added.set_service(service.service);
    *added.mutable_parts() = ToProto(service.parts);
    added.set_unit(service.unit);
    added.set_earlier_usage_thousandths(service.earlier_usage_thousandths);
    added.set_usage_thousandths(service.usage_thousandths);
    added.set_earlier_day_count(static_cast<std::int32_t>(service.earlier_day_count));
    added.set_day_count(static_cast<std::int32_t>(service.day_count));
  }
  message.set_main_cause(ToProto(comparison.cause));
  if (comparison.cause != Cause::kNone) {
    message.set_main_service_no(static_cast<std::int32_t>(comparison.service) + 1);
  }
  return message;
}

v1::BillExplanation Explain(db::Transaction& tx, cycle::Bill bill, const rate::Tariff& tariff) {
  cycle::WidenBlocks(tariff, bill);
  v1::BillExplanation answer;
  *answer.mutable_bill() = ToProto(bill);
  Derivation derivation;
  for (const cycle::Segment& segment : bill.segments) {
    *answer.add_services() = ExplainSegment(tx, bill, segment, tariff);
    Derive(bill, segment, tariff, derivation);
  }
  derivation.AddTotal(bill.total);
  for (const Node& node : derivation.nodes()) {
    *answer.add_nodes() = ToProto(node, answer.nodes_size() + 1);
  }
  return answer;
}

}  // namespace reeve::billing::bill
