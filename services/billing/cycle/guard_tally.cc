#include "services/billing/cycle/guard_tally.h"

#include <algorithm>
#include <optional>
#include <set>

#include "services/billing/cycle/months.h"
#include "services/billing/winter/winter.h"
#include "shared/core/spelling.h"

namespace reeve::billing::cycle {
namespace {

constexpr Spelling<TallyKind, 17> kKinds{{"SERVICE", "COMPONENT", "BLOCKS", "PRICE", "LONG_PERIOD",
                                          "NOT_BILLED", "DAYS_BROKEN", "HELD", "UNPRICED",
                                          "POINT_TWICE", "POINT_GAP", "NEW_METERS", "STILL",
                                          "CHANGED", "OLD_METERS", "PARCEL", "RIDER"}};

// A version alone and from ever on, to price with it what ended before it began. By its values: one
// day may be priced with the riders of another.
class AloneVersions {
 public:
  const rate::Versions& Of(const rate::Schedule& version) {
    std::vector<Alone>& known = alone_[{version.code, version.effective_date}];
    const auto found = std::find_if(known.begin(), known.end(), [&](const Alone& one) {
      return one.version.components == version.components;
    });
    if (found != known.end()) return found->versions;
    rate::Schedule ever = version;
    ever.effective_date = Date();
    Alone& added = known.emplace_back(Alone{version, {}});
    added.versions.Add(std::move(ever));
    return added.versions;
  }

 private:
  struct Alone {
    rate::Schedule version;
    rate::Versions versions;
  };
  std::map<std::pair<std::string, Date>, std::vector<Alone>> alone_;
};

class PageTally {
 public:
  PageTally(const Run& run, const rate::Tariff& tariff, const GuardPolicy& policy)
      : run_(run), tariff_(tariff), policy_(policy) {}

  void Add(const Bill& bill, const Segment& segment, const Guarded& guarded) {
    const bool held = bill.state == BillState::kHeld;
    Tally& service =
        tallies_[{held ? TallyKind::kHeld : TallyKind::kService, segment.service, PartOf(segment)}];
    ++service.count;
    service.day_count += segment.to_date - segment.from_date;
    service.quantity_thousandths += segment.BilledThousandths();
    service.amount_cents += segment.amount.cents();
    // What is not sent is no part of the dollars and units that are compared.
    if (!held) {
      for (const rate::Line& line : segment.lines) AddLine(segment, line);
      AddExchange(segment, guarded);
    }
    AddDays(segment, guarded);
    AddChanges(segment, guarded);
    AddDifferences(segment, guarded);
    AddStandstill(segment, guarded);
    if (!guarded.days.empty()) AddPrice(bill, segment, guarded);
    if (guarded.before) AddPoint(segment, guarded);
  }

  // What its units are of: those of a flat service are no use.
  static std::string PartOf(const Segment& segment) {
    if (!segment.metered_by.empty()) return "by " + segment.metered_by;
    return segment.HasUse() ? "" : std::string(kFlat);
  }

  // The agreement's days are waiting, and nothing came of them.
  void AddNotBilled(const Guarded& guarded) {
    const agreement::Agreement& agreement = *guarded.agreement;
    const Date until = std::min(run_.period_end, agreement.stop_date.value_or(run_.period_end));
    const Date since = guarded.days.empty() ? agreement.start_date : guarded.days.front().to_date;
    if (until <= since) return;
    Tally& tally = tallies_[{TallyKind::kNotBilled, agreement.service, ""}];
    ++tally.count;
    tally.day_count += until - since;
  }

  Tallies Take() { return std::move(tallies_); }

 private:
  void AddLine(const Segment& segment, const rate::Line& line) {
    const rate::Schedule* version = tariff_.Version(segment.schedule_code, line.effective_date);
    if (version == nullptr) return;
    const rate::Component& component =
        version->components[static_cast<std::size_t>(line.component)];
    std::string subject = segment.schedule_code + ": " + component.name;
    if (component.tiers.size() > 1) subject += ", block " + std::to_string(line.tier + 1);
    // A rider's price a unit is compared with that of the same value.
    if (component.from_rider) subject += ", " + NameOf(*component.from_rider);
    Tally& tally = tallies_[{TallyKind::kComponent, segment.service, std::move(subject)}];
    ++tally.count;
    tally.day_count += line.day_count;
    tally.quantity_thousandths += line.quantity_thousandths / line.quantity_divisor;
    tally.amount_cents += line.amount.cents();
  }

  void AddStandstill(const Segment& segment, const Guarded& guarded) {
    if (!segment.metered || segment.use.usage_thousandths != 0 || guarded.days.empty()) return;
    const bool ran = std::all_of(guarded.days.begin(), guarded.days.end(),
                                 [](const BilledDays& days) { return days.usage_thousandths > 0; });
    if (!ran) return;
    Tally& tally = tallies_[{TallyKind::kStill, segment.service, ""}];
    ++tally.count;
    tally.day_count += segment.to_date - segment.from_date;
    tally.quantity_thousandths += guarded.days.front().usage_thousandths;
    tally.amount_cents += segment.amount.cents();
    tally.before_cents += guarded.days.front().amount.cents();
  }

  // By what it is billed otherwise than last. Another schedule is a change of price, another
  // winter's average is signed by itself, and another meter of the same make is work of every day.
  void AddChanges(const Segment& segment, const Guarded& guarded) {
    const rate::Versions* versions = tariff_.Find(segment.schedule_code);
    const bool averaged = versions != nullptr && winter::BillsByAverage(*versions);
    if (!guarded.days.empty() && !averaged &&
        guarded.days.front().quantity_thousandths != segment.use.quantity_thousandths) {
      Segment other = segment;
      other.use.quantity_thousandths = guarded.days.front().quantity_thousandths;
      AddChange(segment, "QUANTITY", CentsOf(other).value_or(segment.amount.cents()));
    }
    if (segment.meters.size() < 2) return;
    const Meter& was = segment.meters.front().meter;
    const Meter& now = segment.meters.back().meter;
    const std::int64_t cents = segment.amount.cents();
    if (was.size != now.size) AddChange(segment, "METER_SIZE", cents);
    if (was.register_digits != now.register_digits) AddChange(segment, "DIGITS", cents);
    if (was.multiplier_thousandths != now.multiplier_thousandths) {
      AddChange(segment, "MULTIPLIER", cents);
    }
  }

  // What each difference alone does to the bill, held or not.
  void AddDifferences(const Segment& segment, const Guarded& guarded) {
    for (const ParcelDifference& one : guarded.differences) {
      Tally& tally =
          tallies_[{TallyKind::kParcel, segment.service, std::string(BasisName(one.basis))}];
      ++tally.count;
      tally.amount_cents += segment.amount.cents();
      tally.before_cents += segment.amount.cents() - one.at_stake_cents.value_or(0);
    }
  }

  void AddChange(const Segment& segment, const char* what, std::int64_t before_cents) {
    Tally& tally = tallies_[{TallyKind::kChanged, segment.service, what}];
    ++tally.count;
    tally.amount_cents += segment.amount.cents();
    tally.before_cents += before_cents;
  }

  std::optional<std::int64_t> CentsOf(const Segment& segment) const {
    const auto lines = PriceSegment(tariff_, segment, run_.PricedOn(), run_.kind);
    if (!lines.ok()) return std::nullopt;
    std::int64_t cents = 0;
    for (const rate::Line& line : *lines) cents += line.amount.cents();
    return cents;
  }

  static std::string NameOf(const rate::RiderVersion& rider) {
    return rider.code + (rider.effective_date ? " of " + rider.effective_date->ToString() : "");
  }

  // A meter for another: what both have shown for long enough, at the pace of either. Of one that
  // came in the last days of the bill before, or as it ended, what it shows now.
  void AddExchange(const Segment& segment, const Guarded& guarded) {
    if ((guarded.came_late && segment.meters.size() < 2) || CameBetween(segment, guarded)) {
      AddLateExchange(segment, guarded.days.front());
    }
    if (segment.meters.size() != 2) return;
    const MeterUse& old = segment.meters.front();
    const MeterUse& added = segment.meters.back();
    const std::int64_t old_days = old.to_date - old.from_date;
    const std::int64_t new_days = added.to_date - added.from_date;
    if (old_days < kNewMeterDays || new_days < kNewMeterDays) return;
    Tally& now = tallies_[{TallyKind::kNewMeters, segment.service, ""}];
    ++now.count;
    now.day_count += new_days;
    now.quantity_thousandths += added.usage_thousandths;
    now.amount_cents += segment.amount.cents();
    Tally& was = tallies_[{TallyKind::kOldMeters, segment.service, ""}];
    ++was.count;
    was.day_count += old_days;
    was.quantity_thousandths += static_cast<std::int64_t>(
        static_cast<__int128>(old.usage_thousandths) * new_days / old_days);
  }

  void AddLateExchange(const Segment& segment, const BilledDays& last) {
    const auto add = [&](TallyKind kind, std::int64_t days, std::int64_t use) {
      Tally& tally = tallies_[{kind, segment.service, std::string(kLateExchanges)}];
      ++tally.count;
      tally.day_count += days;
      tally.quantity_thousandths += use;
      tally.amount_cents += segment.amount.cents();
    };
    add(TallyKind::kNewMeters, segment.to_date - segment.from_date, segment.use.usage_thousandths);
    add(TallyKind::kOldMeters, last.to_date - last.from_date, last.usage_thousandths);
  }

  void AddDays(const Segment& segment, const Guarded& guarded) {
    const std::int64_t days = segment.to_date - segment.from_date;
    const Limits& limits = policy_.For(guarded.customer_class);
    if (segment.HasUse() && days > limits[Limit::kPeriodDaysMax]) {
      Tally& tally = tallies_[{TallyKind::kLongPeriod, segment.service, ""}];
      ++tally.count;
      tally.day_count += days;
      tally.amount_cents += segment.amount.cents();
      // What it would cost in months of normal length.
      const std::optional<Segment> months =
          SegmentAsMonths(run_, tariff_, segment, limits[Limit::kPeriodDays]);
      tally.before_cents += (months ? months->amount : segment.amount).cents();
    }
    Date billed_through = segment.from_date;
    bool whole = guarded.days.empty() ? segment.from_date == guarded.agreement->start_date
                                      : segment.from_date == guarded.days.front().to_date;
    for (const BilledDays& earlier : guarded.days) {  // newest first
      whole = whole && earlier.to_date == billed_through && earlier.from_date < earlier.to_date;
      billed_through = earlier.from_date;
    }
    if (whole) return;
    Tally& tally = tallies_[{TallyKind::kDaysBroken, segment.service, ""}];
    ++tally.count;
    tally.amount_cents += segment.amount.cents();
  }

  // The first bill of an occupant: its days begin where those of the one before ended. Days between
  // them are nobody's; where a meter stood still over them, nothing is missing.
  void AddPoint(const Segment& segment, const Guarded& guarded) {
    const Date until = guarded.before->stop_date.value_or(segment.to_date);
    const std::int64_t apart = segment.from_date - until;
    const bool stood_still =
        segment.metered && guarded.before->end_read_thousandths &&
        *guarded.before->end_read_thousandths == segment.start_read_thousandths;
    if (apart == 0 || (apart > 0 && stood_still)) return;
    Tally& tally = tallies_[{apart < 0 ? TallyKind::kPointTwice : TallyKind::kPointGap,
                             segment.service, "place " + guarded.agreement->premise.ToString()}];
    ++tally.count;
    tally.day_count += apart < 0 ? -apart : apart;
  }

  // What new prices alone do: the last bill's days and use under the version of this one. Another
  // schedule of the same day is new prices too. What the values of its riders do is apart: they are
  // new in every month, and a wrong rate drowns among them.
  void AddPrice(const Bill& bill, const Segment& segment, const Guarded& guarded) {
    const BilledDays& last = guarded.days.front();
    const bool same_code = last.schedule_code == segment.schedule_code;
    if (same_code && last.effective_date == segment.effective_date) return;
    const rate::Schedule* before = tariff_.Version(last.schedule_code, last.effective_date);
    const rate::Schedule* now = tariff_.Version(segment.schedule_code, segment.effective_date);
    const bool same_version = same_code && before != nullptr && now != nullptr &&
                              before->LoadedDate() == now->LoadedDate();
    std::set<std::string> riders;
    if (before != nullptr && now != nullptr) riders = RidersThatDiffer(*before, *now);
    std::optional<std::int64_t> as_now = PriceOfLast(bill, segment, guarded, before, now);
    std::optional<std::int64_t> by_old_riders = as_now;
    if (!riders.empty()) {
      const rate::Schedule mixed = WithRidersOf(*before, *now, riders);
      by_old_riders = PriceOfLast(bill, segment, guarded, before, &mixed);
    }
    // Each of those that change on one day alone: what one takes may be what another adds.
    for (const std::string& rider : riders) {
      std::optional<std::int64_t> without = by_old_riders;
      if (riders.size() > 1) {
        const rate::Schedule mixed = WithRidersOf(*before, *now, {rider});
        without = PriceOfLast(bill, segment, guarded, before, &mixed);
      }
      AddAtPrice(TallyKind::kRider, segment, last, rider, as_now, without);
    }
    if (same_version) return;
    std::string subject = segment.schedule_code + " of " +
                          (now ? now->LoadedDate() : segment.effective_date).ToString();
    if (!same_code) subject += " instead of " + last.schedule_code;
    AddAtPrice(TallyKind::kPrice, segment, last, std::move(subject), by_old_riders,
               last.amount.cents());
  }

  void AddAtPrice(TallyKind kind, const Segment& segment, const BilledDays& last,
                  std::string subject, std::optional<std::int64_t> cents,
                  std::optional<std::int64_t> before_cents) {
    const bool known = cents && before_cents;
    Tally& tally =
        tallies_[{known ? kind : TallyKind::kUnpriced, segment.service, std::move(subject)}];
    ++tally.count;
    tally.day_count += last.to_date - last.from_date;
    tally.quantity_thousandths +=
        segment.HasUse() ? last.usage_thousandths : last.quantity_thousandths;
    tally.amount_cents += known ? *cents : 0;
    tally.before_cents += known ? *before_cents : last.amount.cents();
  }

  static const rate::Component* Charging(const rate::Schedule& version, const std::string& rider) {
    const auto found = std::find_if(
        version.components.begin(), version.components.end(), [&](const rate::Component& one) {
          return one.from_rider && one.from_rider->code == rider && one.from_rider->effective_date;
        });
    return found == version.components.end() ? nullptr : &*found;
  }

  // Of riders that both charge. One that a version begins to charge is a price of that version.
  static std::set<std::string> RidersThatDiffer(const rate::Schedule& before,
                                                const rate::Schedule& now) {
    std::set<std::string> codes;
    for (const rate::Component& one : now.components) {
      if (!one.from_rider) continue;
      const rate::Component* was = Charging(before, one.from_rider->code);
      if (was != nullptr && *was->from_rider != *one.from_rider) {
        codes.insert(one.from_rider->code);
      }
    }
    return codes;
  }

  // The version of now with the values that these riders had.
  static rate::Schedule WithRidersOf(const rate::Schedule& before, rate::Schedule now,
                                     const std::set<std::string>& riders) {
    for (rate::Component& one : now.components) {
      if (!one.from_rider || !riders.contains(one.from_rider->code)) continue;
      const rate::Component* was = Charging(before, one.from_rider->code);
      if (was == nullptr) continue;
      one.kind = was->kind;
      one.rate = was->rate;
      one.tiers = was->tiers;
      one.from_rider = was->from_rider;
    }
    return now;
  }

  // Nothing if the version cannot price it: it needs a fact that is not known, or counts other
  // units.
  std::optional<std::int64_t> PriceOfLast(const Bill& bill, const Segment& segment,
                                          const Guarded& guarded, const rate::Schedule* before,
                                          const rate::Schedule* now) {
    const BilledDays& last = guarded.days.front();
    if (before == nullptr || now == nullptr || before->usage_unit != now->usage_unit ||
        rate::QuantityUnit(*before) != rate::QuantityUnit(*now)) {
      return std::nullopt;
    }
    const rate::Versions& alone = alone_.Of(*now);
    const rate::Measured meter{
        last.from_date, last.to_date, last.usage_thousandths, {}, guarded.agreement->meter_size};
    rate::Facts facts;
    facts.meter_size = segment.metered_size;
    if (segment.HasUse()) facts.measured = {&meter, 1};
    facts.quantity_thousandths = last.quantity_thousandths;
    facts.allows_not_loaded = run_.kind == Kind::kDemo;
    const rate::Period period{last.from_date, last.to_date, bill.bill_date};
    std::vector<rate::Line> lines;
    const bool priced =
        last.month_days == 0
            ? rate::Price(alone, period, facts, lines).ok()
            : rate::Price(AsMonths(alone, last.from_date, last.to_date, last.month_days), period,
                          facts, lines)
                  .ok();
    if (!priced) return std::nullopt;
    std::int64_t cents = 0;
    for (const rate::Line& line : lines) cents += line.amount.cents();
    return cents;
  }

  const Run& run_;
  const rate::Tariff& tariff_;
  const GuardPolicy& policy_;
  AloneVersions alone_;
  Tallies tallies_;
};

// The service whose meter measures it; empty: its own, or none.
std::string MeteredBy(const rate::Tariff& tariff, const Run& run,
                      const agreement::Agreement& agreement) {
  const rate::Schedule* schedule = tariff.InForce(agreement.schedule_code, run.period_end);
  return schedule == nullptr ? "" : schedule->metered_by;
}

bool HoldsService(const Bill& bill, const std::string& service) {
  return std::any_of(bill.holds.begin(), bill.holds.end(),
                     [&](const Hold& hold) { return hold.service == service; });
}

}  // namespace

std::string_view TallyKindName(TallyKind kind) { return kKinds(kind); }

TallyKind ParseTallyKind(std::string_view name) { return kKinds.Read(name); }

Tallies TallyPage(const Run& run, const rate::Tariff& tariff, const GuardPolicy& policy,
                  std::span<const Guarded> guarded, std::span<const Bill> bills) {
  PageTally tally(run, tariff, policy);
  auto bill = bills.begin();  // both in the order of accounts
  for (const Guarded& one : guarded) {
    const agreement::Agreement& agreement = *one.agreement;
    while (bill != bills.end() && bill->account < agreement.account) ++bill;
    const bool is_its = bill != bills.end() && bill->account == agreement.account;
    const auto is_mine = [&](const Segment& segment) {
      return segment.agreement_id == agreement.agreement_id;
    };
    bool billed = false;
    if (is_its) {
      const auto segment = std::find_if(bill->segments.begin(), bill->segments.end(), is_mine);
      if (segment != bill->segments.end()) tally.Add(*bill, *segment, one);
      billed = segment != bill->segments.end() || HoldsService(*bill, agreement.service) ||
               HoldsService(*bill, MeteredBy(tariff, run, agreement));
    }
    if (!billed) tally.AddNotBilled(one);
  }
  return tally.Take();
}

}  // namespace reeve::billing::cycle
