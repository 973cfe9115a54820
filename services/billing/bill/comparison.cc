#include "services/billing/bill/comparison.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace reeve::billing::bill {
namespace {

using cycle::Segment;
using rate::Line;

constexpr std::pair<Cause, std::int64_t (*)(const Parts&)> kCauses[] = {
    {Cause::kPrice, [](const Parts& parts) { return parts.price; }},
    {Cause::kDays, [](const Parts& parts) { return parts.days; }},
    {Cause::kUsage, [](const Parts& parts) { return parts.usage + parts.tier_mix; }},
    {Cause::kOneOff, [](const Parts& parts) { return parts.one_off; }},
};

std::int64_t CentsOf(const std::vector<Line>& lines) {
  std::int64_t cents = 0;
  for (const Line& line : lines) cents += line.amount.cents();
  return cents;
}

bool HasBlocks(const rate::Schedule& version) {
  return std::any_of(version.components.begin(), version.components.end(),
                     [](const rate::Component& component) {
                       return component.kind == rate::ComponentKind::kTiers &&
                              (component.tiers.size() > 1 || component.cap_thousandths);
                     });
}

// One part of a service on both bills.
class Steps {
 public:
  Steps(const rate::Tariff& tariff, Date bill_date, const Segment& earlier, const Segment& segment)
      : tariff_(tariff), bill_date_(bill_date), earlier_(earlier), segment_(segment) {}

  Parts Walk() {
    Parts parts;
    parts.earlier = earlier_.amount.cents();
    parts.amount = segment_.amount.cents();
    if (!Split(parts)) {
      parts.price = parts.days = parts.usage = parts.tier_mix = 0;
      parts.one_off = parts.Difference();
    }
    return parts;
  }

 private:
  bool Split(Parts& parts) {
    if (!CountsTheSame()) return false;
    const std::int32_t days_before = earlier_.to_date - earlier_.from_date;
    const std::int32_t days = segment_.to_date - segment_.from_date;
    Segment step = cycle::AsOneMeter(segment_);
    step.from_date = segment_.to_date.PlusDays(-days_before);
    step.use = earlier_.use;
    const std::optional<std::int64_t> repriced = Price(step);
    step.from_date = segment_.from_date;
    step.use.usage_thousandths = static_cast<std::int64_t>(
        DivideRounded(Wide{earlier_.use.usage_thousandths} * days, days_before, Rounding::kHalfUp));
    const std::optional<std::int64_t> same_use_a_day = Price(step);
    step.use.quantity_thousandths = segment_.use.quantity_thousandths;
    const std::optional<std::int64_t> same_quantity = Price(step);
    if (!repriced || !same_use_a_day || !same_quantity) return false;
    parts.price = *repriced - parts.earlier;
    parts.days = *same_use_a_day - *repriced;
    parts.usage = *same_quantity - *same_use_a_day;
    const std::int64_t rest = parts.amount - *same_quantity;
    const std::int64_t used = step.use.usage_thousandths;
    if (used == 0 || !blocks_) {
      parts.usage += rest;
      return true;
    }
    step.use.usage_thousandths = 0;
    const std::optional<std::int64_t> unused = Price(step);
    if (!unused) return false;
    const Wide average =
        DivideRounded(Wide{*same_quantity - *unused} * (segment_.use.usage_thousandths - used),
                      used, Rounding::kHalfUp);
    parts.usage += static_cast<std::int64_t>(average);
    parts.tier_mix = rest - static_cast<std::int64_t>(average);
    return true;
  }

  // Use and quantities of other units are no use of these.
  bool CountsTheSame() const {
    const auto version = [&](const Segment& segment) {
      return tariff_.Version(segment.schedule_code, segment.effective_date);
    };
    const rate::Schedule* before = version(earlier_);
    const rate::Schedule* now = version(segment_);
    return before != nullptr && now != nullptr && before->usage_unit == now->usage_unit &&
           rate::QuantityUnit(*before) == rate::QuantityUnit(*now);
  }

  std::optional<std::int64_t> Price(const Segment& step) {
    const auto lines = cycle::PriceSegment(tariff_, step, bill_date_, cycle::Kind::kDemo);
    if (!lines.ok()) return std::nullopt;
    for (const Line& line : *lines) {
      blocks_ = blocks_ || HasBlocks(*tariff_.Version(step.schedule_code, line.effective_date));
    }
    return CentsOf(*lines);
  }

  const rate::Tariff& tariff_;
  const Date bill_date_;
  const Segment& earlier_;
  const Segment& segment_;
  bool blocks_ = false;
};

Parts OneOff(std::int64_t earlier, std::int64_t amount) {
  Parts parts;
  parts.earlier = earlier;
  parts.amount = amount;
  parts.one_off = amount - earlier;
  return parts;
}

class BillPair {
 public:
  BillPair(const rate::Tariff& tariff, const cycle::Bill& earlier, const cycle::Bill& bill)
      : tariff_(tariff), bill_(bill) {
    for (const Segment& segment : earlier.segments) left_.push_back(&segment);
  }

  Comparison Compare() {
    std::vector<const Segment*> counterparts;
    for (const Segment& segment : bill_.segments) {
      counterparts.push_back(Take([&](const Segment& other) {
        return other.agreement_id == segment.agreement_id && other.service == segment.service;
      }));
    }
    for (std::size_t i = 0; i < counterparts.size(); ++i) {
      const Segment& segment = bill_.segments[i];
      if (counterparts[i] == nullptr) {
        counterparts[i] =
            Take([&](const Segment& other) { return other.service == segment.service; });
      }
      Add(counterparts[i], &segment);
    }
    for (const Segment* only_earlier : left_) Add(only_earlier, nullptr);
    for (const ServiceParts& service : comparison_.services) comparison_.total.Add(service.parts);
    FindCause();
    return std::move(comparison_);
  }

 private:
  template <class Matches>
  const Segment* Take(const Matches& matches) {
    const auto found = std::find_if(left_.begin(), left_.end(),
                                    [&](const Segment* other) { return matches(*other); });
    if (found == left_.end()) return nullptr;
    const Segment* taken = *found;
    left_.erase(found);
    return taken;
  }

  void Add(const Segment* earlier, const Segment* segment) {
    ServiceParts& service = Of((segment != nullptr ? segment : earlier)->service);
    if (earlier != nullptr && segment != nullptr) {
      service.parts.Add(Steps(tariff_, bill_.PricedOn(), *earlier, *segment).Walk());
    } else {
      service.parts.Add(OneOff(earlier == nullptr ? 0 : earlier->amount.cents(),
                               segment == nullptr ? 0 : segment->amount.cents()));
    }
    if (earlier != nullptr) {
      Measure(service, *earlier, service.earlier_usage_thousandths, service.earlier_day_count);
    }
    if (segment != nullptr) {
      Measure(service, *segment, service.usage_thousandths, service.day_count);
    }
  }
  ServiceParts& Of(const std::string& name) {
    for (ServiceParts& service : comparison_.services) {
      if (service.service == name) return service;
    }
    ServiceParts& added = comparison_.services.emplace_back();
    added.service = name;
    return added;
  }
  void Measure(ServiceParts& service, const Segment& segment, std::int64_t& usage,
               std::int64_t& day_count) const {
    const rate::Schedule* version = tariff_.Version(segment.schedule_code, segment.effective_date);
    if (version == nullptr) return;
    if (version->usage_unit) service.unit = UnitName(*version->usage_unit);
    usage += segment.use.usage_thousandths;
    day_count = std::max(
        day_count, rate::CountDays(version->terms.day_count, segment.from_date, segment.to_date));
  }

  void FindCause() {
    const std::int64_t difference = comparison_.total.Difference();
    if (difference == 0) return;
    const std::int64_t sign = difference < 0 ? -1 : 1;
    const auto* most =
        std::max_element(std::begin(kCauses), std::end(kCauses), [&](const auto& a, const auto& b) {
          return sign * a.second(comparison_.total) < sign * b.second(comparison_.total);
        });
    comparison_.cause = most->first;
    const auto& services = comparison_.services;
    const auto service =
        std::max_element(services.begin(), services.end(), [&](const auto& a, const auto& b) {
          return sign * most->second(a.parts) < sign * most->second(b.parts);
        });
    comparison_.service = static_cast<std::size_t>(service - services.begin());
  }

  const rate::Tariff& tariff_;
  const cycle::Bill& bill_;
  std::vector<const Segment*> left_;  // of the earlier bill, without a counterpart
  Comparison comparison_;
};

}  // namespace

void Parts::Add(const Parts& other) {
  earlier += other.earlier;
  amount += other.amount;
  price += other.price;
  days += other.days;
  usage += other.usage;
  tier_mix += other.tier_mix;
  one_off += other.one_off;
}

Comparison Compare(const rate::Tariff& tariff, const cycle::Bill& earlier,
                   const cycle::Bill& bill) {
  return BillPair(tariff, earlier, bill).Compare();
}

}  // namespace reeve::billing::bill
