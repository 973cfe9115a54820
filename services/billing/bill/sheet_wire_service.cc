#include "services/billing/bill/sheet_wire_service.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "services/billing/bill/bill_wire_service.h"
#include "services/billing/bill/derivation.h"
#include "services/billing/bill/explanation_wire_service.h"
#include "services/billing/rate/price.h"
#include "services/billing/rate/rate_wire_service.h"
#include "services/billing/rate/rider.h"
#include "shared/core/decimal.h"

namespace reeve::billing::bill {
namespace {

constexpr int kOfRequest = -1;
constexpr std::string_view kPrefix = "schedule.";

class Sheet {
 public:
  explicit Sheet(const v1::PriceSheetRequest& request) : request_(request) {}

  v1::PricedSheet Price() {
    ReadSchedules();
    if (answer_.faults().empty()) PickCode();
    Fields fields;
    if (answer_.faults().empty()) ReadFacts(fields);
    if (!fields.ok()) AddFaults(kOfRequest, fields);
    if (answer_.faults().empty()) PricePeriod();
    return answer_;
  }

 private:
  void AddFault(int schedule_no, std::string_view field, std::string_view reason) {
    v1::SheetFault& fault = *answer_.add_faults();
    fault.set_schedule_no(schedule_no);
    fault.set_field(std::string(field));
    fault.set_reason(std::string(reason));
  }
  void AddFaults(int schedule_no, const Fields& fields) {
    if (fields.ok()) return;
    const Error error = fields.error();
    for (const FieldViolation& one : error.violations()) {
      std::string_view field = one.field;
      if (field.starts_with(kPrefix)) field.remove_prefix(kPrefix.size());
      AddFault(schedule_no, field, one.description);
    }
  }

  void ReadSchedules() {
    std::vector<rate::RiderShape> riders;
    std::vector<Fields> faults(static_cast<std::size_t>(request_.schedules_size()));
    for (int i = 0; i < request_.schedules_size(); ++i) {
      schedules_.push_back(
          rate::ParseSchedule(faults[static_cast<std::size_t>(i)], request_.schedules(i)));
      const rate::Schedule& read = schedules_.back();
      if (read.service == rate::kRiderService && !read.components.empty()) {
        riders.push_back(rate::ShapeOf(read));
      }
    }
    for (std::size_t i = 0; i < schedules_.size(); ++i) {
      rate::CheckRiders(schedules_[i], riders, faults[i]);
      const rate::Schedule& one = schedules_[i];
      const auto here = schedules_.begin() + static_cast<std::ptrdiff_t>(i);
      const bool twice = std::any_of(schedules_.begin(), here, [&](const rate::Schedule& other) {
        return other.code == one.code && other.effective_date == one.effective_date;
      });
      if (twice && !one.code.empty()) {
        faults[i].Refuse("schedule.effective_date",
                         "is there twice: a version of " + one.code + " stands above");
      }
      AddFaults(static_cast<int>(i), faults[i]);
    }
  }

  void PickCode() {
    code_ = request_.schedule_code();
    std::vector<std::string> codes;
    for (const rate::Schedule& one : schedules_) {
      const bool prices = one.service != rate::kRiderService && one.service != rate::kFeeService;
      if (prices && std::find(codes.begin(), codes.end(), one.code) == codes.end()) {
        codes.push_back(one.code);
      }
    }
    if (code_.empty() && codes.size() == 1) code_ = codes.front();
    if (std::find(codes.begin(), codes.end(), code_) != codes.end()) return;
    AddFault(kOfRequest, "schedule_code",
             code_.empty() ? "is required: the file has not one schedule alone"
                           : "is no schedule of the file");
  }

  std::int64_t ReadQuantity(Fields& fields, const std::string& field, const std::string& text) {
    if (text.empty()) return 0;
    const Result<Quantity> quantity = Quantity::Parse(Unit::kMonth, text);
    if (quantity.ok() && quantity->thousandths() >= 0) return quantity->thousandths();
    fields.Refuse(field, "is not a quantity with at most three decimals");
    return 0;
  }
  std::vector<rate::ByPeriod> ReadQuantities(Fields& fields, const std::string& field,
                                             const auto& messages) {
    std::vector<rate::ByPeriod> read;
    for (int i = 0; i < messages.size(); ++i) {
      const std::string here = field + "[" + std::to_string(i) + "]";
      read.push_back({messages.Get(i).name(),
                      ReadQuantity(fields, here + ".quantity", messages.Get(i).quantity()), 0});
    }
    return read;
  }

  // Names that nothing has would be left out in silence.
  void CheckNames(Fields& fields) {
    std::set<std::string> times;
    std::set<std::string> loads;
    std::set<std::string> of_table;  // which has all times, so that they add up to the use
    for (const rate::Schedule& one : schedules_) {
      if (one.code != code_) continue;
      if (one.use_times) of_table.insert(one.use_times->names.begin(), one.use_times->names.end());
      for (const rate::Component& component : one.components) {
        const bool of_load = component.kind == rate::ComponentKind::kDemand;
        if (of_load) loads.insert(component.period);
        if (!of_load && !component.period.empty()) times.insert(component.period);
      }
    }
    times.insert(of_table.begin(), of_table.end());
    const auto check = [&](const char* field, const std::vector<rate::ByPeriod>& given,
                           const std::set<std::string>& names, const std::string& no_name) {
      std::set<std::string> seen;
      for (std::size_t i = 0; i < given.size(); ++i) {
        const std::string here = std::string(field) + "[" + std::to_string(i) + "].name";
        const std::string name(given[i].period);
        if (!names.contains(name)) {
          fields.Refuse(here, (name.empty() ? no_name : name) + " is no time of " + code_);
        } else if (!seen.insert(name).second) {
          fields.Refuse(here, (name.empty() ? no_name : name) + " is there twice");
        }
      }
    };
    check("times", times_, times, "what has no name");
    check("loads", loads_, loads, "all day");
    std::int64_t sum = 0;
    bool any = false;
    for (const rate::ByPeriod& time : times_) {
      if (!of_table.contains(std::string(time.period))) continue;
      sum += time.thousandths;
      any = true;
    }
    const std::int64_t usage = measured_.usage_thousandths;
    if (!any || request_.usage().empty() || sum == usage) return;
    fields.Refuse("usage", "is " + PrintDecimal(usage, 3, 0) + ", and the times add up to " +
                               PrintDecimal(sum, 3, 0));
  }

  void ReadFacts(Fields& fields) {
    constexpr int kDaysOfMonth = 30;
    constexpr int kDaysMax = 366;
    Date newest;
    for (const rate::Schedule& one : schedules_) {
      if (one.code == code_) newest = std::max(newest, one.effective_date);
    }
    period_.from_date =
        request_.from_date().empty() ? newest : fields.CivilDate("from_date", request_.from_date());
    const auto days =
        static_cast<int>(fields.Range("day_count", request_.day_count(), 0, kDaysMax));
    period_.to_date = request_.to_date().empty()
                          ? period_.from_date.PlusDays(days == 0 ? kDaysOfMonth : days)
                          : fields.CivilDate("to_date", request_.to_date());
    period_.bill_date = request_.bill_date().empty()
                            ? period_.to_date
                            : fields.CivilDate("bill_date", request_.bill_date());
    times_ = ReadQuantities(fields, "times", request_.times());
    loads_ = ReadQuantities(fields, "loads", request_.loads());
    for (int i = 0; i < request_.earlier_loads_size(); ++i) {
      earlier_.push_back(ReadQuantity(fields, "earlier_loads[" + std::to_string(i) + "]",
                                      request_.earlier_loads(i)));
    }
    measured_ = {period_.from_date, period_.to_date,
                 ReadQuantity(fields, "usage", request_.usage()), times_};
    if (request_.usage().empty()) {
      for (const rate::ByPeriod& time : times_) measured_.usage_thousandths += time.thousandths;
    }
    if (!request_.usage().empty() || !times_.empty()) facts_.measured = {&measured_, 1};
    CheckNames(fields);
    facts_.quantity_thousandths = ReadQuantity(fields, "quantity", request_.quantity());
    facts_.meter_size = request_.meter_size();
    facts_.demands = loads_;
    facts_.earlier_demands = earlier_;
    facts_.allows_not_loaded = true;
    if (request_.power_factor().empty()) return;
    const Result<Rate> factor = Rate::Parse(request_.power_factor());
    if (factor.ok() && factor->nanos() > 0 && *factor <= Rate::Nanos(1'000'000'000)) {
      facts_.power_factor = *factor;
    } else {
      fields.Refuse("power_factor", "is not above zero and at most one");
    }
  }

  void PricePeriod() {
    const rate::Tariff tariff(schedules_);
    const rate::Versions& versions = *tariff.Find(code_);
    std::vector<rate::Line> lines;
    const Result<> priced = rate::Price(versions, period_, facts_, lines);
    if (!priced.ok()) return AddFault(kOfRequest, "", priced.error().message());
    Money total;
    for (const rate::Line& line : lines) total = Money::Cents(total.cents() + line.amount.cents());
    const rate::Schedule& last = lines.empty()
                                     ? versions.ForDay(period_.to_date)
                                     : *tariff.Version(code_, lines.back().effective_date);
    v1::BillExplanation& explanation = *answer_.mutable_explanation();
    explanation.mutable_bill()->set_bill_date(period_.bill_date.ToString());
    explanation.mutable_bill()->set_total_cents(total.cents());
    AddService(tariff, last, lines, total, *explanation.add_services());
    PricedPart part;
    part.service = last.service;
    part.versions = &versions;
    part.version = &last;
    part.period = period_;
    part.facts = facts_;
    part.lines = lines;
    part.amount = total;
    Derivation derivation;
    derivation.AddPart(part);
    derivation.AddTotal(total);
    std::int64_t no = 0;
    for (const Node& node : derivation.nodes()) *explanation.add_nodes() = ToProto(node, ++no);
  }
  void AddService(const rate::Tariff& tariff, const rate::Schedule& last,
                  const std::vector<rate::Line>& lines, Money total,
                  v1::ServiceExplanation& service) const {
    service.set_service(last.service);
    service.set_schedule_code(last.code);
    service.set_schedule_title(last.title);
    service.set_effective_date(last.LoadedDate().ToString());
    service.set_citation(last.citation);
    service.set_from_date(period_.from_date.ToString());
    service.set_to_date(period_.to_date.ToString());
    service.set_day_count(static_cast<int>(
        rate::CountDays(last.terms.day_count, period_.from_date, period_.to_date)));
    for (const rate::Line& line : lines) {
      const rate::Schedule& version = *tariff.Version(code_, line.effective_date);
      v1::LineExplanation& added = *service.add_lines();
      *added.mutable_line() = ToProto(version, line);
      added.set_basis(rate::Basis(version, lines, line));
      added.set_formula(rate::Formula(version, line));
      added.set_effective_date(version.LoadedDate().ToString());
      added.set_citation(version.citation);
      added.set_day_count(static_cast<int>(line.day_count));
    }
    service.set_amount_cents(total.cents());
  }

  const v1::PriceSheetRequest& request_;
  v1::PricedSheet answer_;
  std::vector<rate::Schedule> schedules_;
  std::string code_;
  rate::Period period_;
  std::vector<rate::ByPeriod> times_;
  std::vector<rate::ByPeriod> loads_;
  std::vector<std::int64_t> earlier_;
  rate::Measured measured_;
  rate::Facts facts_;
};

}  // namespace

v1::PricedSheet PriceSheet(const v1::PriceSheetRequest& request) { return Sheet(request).Price(); }

}  // namespace reeve::billing::bill
