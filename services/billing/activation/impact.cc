#include "services/billing/activation/impact.h"

#include <algorithm>
#include <set>

#include "services/billing/rate/rider.h"

namespace reeve::billing::activation {
namespace {

constexpr std::size_t kDateSize = 10;

// What would have been in force: each draft since before every bill, and with it the riders that it
// charges; where the draft is a rider, the schedules that charge it.
std::vector<rate::Schedule> AsIf(const std::vector<rate::Schedule>& drafts,
                                 const std::vector<rate::Schedule>& active) {
  std::vector<rate::Schedule> as_if = drafts;
  for (rate::Schedule& draft : as_if) {
    draft.effective_date = Date::FromCivil(1900, 1, 1).value();
    draft.last_date.reset();
  }
  std::set<std::string> charging;  // with all their versions: those of then price what was then
  for (const rate::Schedule& version : active) {
    const bool charges = std::any_of(
        drafts.begin(), drafts.end(),
        [&](const rate::Schedule& draft) { return rate::ChargesRider(version, draft.code); });
    if (charges) charging.insert(version.code);
  }
  for (const rate::Schedule& version : active) {
    const bool replaced =
        std::any_of(drafts.begin(), drafts.end(),
                    [&](const rate::Schedule& draft) { return draft.code == version.code; });
    const bool counts = version.service == rate::kRiderService || charging.contains(version.code);
    if (counts && !replaced) as_if.push_back(version);
  }
  return as_if;
}

Band& BandOf(Impact& impact, std::int64_t change) {
  const auto above = std::upper_bound(kBandBounds.begin(), kBandBounds.end(), change);
  return impact.bands[static_cast<std::size_t>(above - kBandBounds.begin())];
}

void Count(Band& band, std::int64_t cents) {
  ++band.bill_count;
  band.change_cents += cents;
}

// Keeps the largest; of two equal ones that of the lower account.
void Keep(std::vector<BillImpact>& largest, const BillImpact& bill) {
  const auto larger = [](const BillImpact& a, const BillImpact& b) {
    const std::int64_t x = std::max(a.change(), -a.change());
    const std::int64_t y = std::max(b.change(), -b.change());
    if (x != y) return x > y;
    return std::pair(a.account, a.bill_id) < std::pair(b.account, b.bill_id);
  };
  if (largest.size() == kLargestMax && !larger(bill, largest.back())) return;
  largest.insert(std::upper_bound(largest.begin(), largest.end(), bill, larger), bill);
  if (largest.size() > kLargestMax) largest.pop_back();
}

void CountBill(const BillImpact& bill, Impact& impact) {
  const std::int64_t change = bill.change();
  ++impact.bill_count;
  impact.tally.before_cents += bill.tally.before_cents;
  impact.tally.after_cents += bill.tally.after_cents;
  Count(BandOf(impact, change), change);
  if (change > 0) {
    Count(impact.rises, change);
    Keep(impact.largest_rises, bill);
  } else if (change < 0) {
    Count(impact.falls, -change);
    Keep(impact.largest_falls, bill);
  }
}

void AddTally(const Tally& tally, Canonical& form) {
  form.Add("before", tally.before_cents).Add("after", tally.after_cents);
}

void AddBand(const Band& band, Canonical& form) {
  form.Add("bills", band.bill_count).Add("change", band.change_cents);
}

void AddLargest(const std::vector<BillImpact>& largest, Canonical& form) {
  form.List("largest", largest.size());
  for (const BillImpact& bill : largest) {
    form.Add("account", bill.account.value())
        .Add("bill", bill.bill_id)
        .Add("bill_date", bill.bill_date.ToString());
    AddTally(bill.tally, form);
  }
}

void AddLines(std::string_view name, const std::vector<rate::Line>& lines, Canonical& form) {
  form.List(name, lines.size());
  for (const rate::Line& line : lines) {
    form.Add("version", line.effective_date.ToString())
        .Add("component", line.component)
        .Add("tier", line.tier)
        .Add("quantity", line.quantity_thousandths)
        .Add("divisor", line.quantity_divisor)
        .Add("days", line.day_count)
        .Add("rate", line.rate.nanos())
        .Add("amount", line.amount.cents());
  }
}

// What was billed: what it was for, by which version, and its lines.
void AddBilled(const cycle::Segment& segment, Canonical& form) {
  form.Add("agreement", segment.agreement_id)
      .Add("service", segment.service)
      .Add("code", segment.schedule_code)
      .Add("version", segment.effective_date.ToString())
      .Add("from", segment.from_date.ToString())
      .Add("to", segment.to_date.ToString())
      .Add("start_read", segment.start_read_thousandths)
      .Add("end_read", segment.end_read_thousandths)
      .Add("usage", segment.use.usage_thousandths)
      .Add("quantity", segment.use.quantity_thousandths)
      .Add("month_days", segment.month_days)
      .Add("amount", segment.amount.cents())
      .List("meters", segment.meters.size());
  for (const cycle::MeterUse& meter : segment.meters) {
    form.Add("installation", meter.installation_no)
        .Add("from", meter.from_date.ToString())
        .Add("to", meter.to_date.ToString())
        .Add("start_read", meter.start_read_thousandths)
        .Add("end_read", meter.end_read_thousandths)
        .Add("usage", meter.usage_thousandths);
  }
  AddLines("lines", segment.lines, form);
}

}  // namespace

Comparison::Comparison(const std::vector<rate::Schedule>& drafts,
                       const std::vector<rate::Schedule>& active)
    : drafts_(AsIf(drafts, active)), in_force_(active) {}

void Comparison::Add(const cycle::Bill& bill, Impact& impact) const {
  BillImpact change{bill.account, bill.bill_id, bill.bill_date, {}};
  bool priced = false;
  bool counts = false;
  Canonical seen("reeve.billing.preview-bill", 1);
  seen.Add("before", impact.bills_digest)
      .Add("account", bill.account.value())
      .Add("bill", bill.bill_id)
      .Add("bill_date", bill.bill_date.ToString());
  for (const cycle::Segment& segment : bill.segments) {
    if (drafts_.Find(segment.schedule_code) == nullptr) continue;
    counts = true;
    AddSegment(segment, bill.bill_date, change.tally, priced, seen, impact);
  }
  if (counts) impact.bills_digest = HexEncode(Sha256(seen.bytes()));
  if (priced) CountBill(change, impact);
}

// A draft's component without a value is named, and charges nothing; a rider's value that nobody
// knew on those days is not nothing.
std::string Comparison::NotKnown(const std::string& code,
                                 const std::vector<rate::Line>& lines) const {
  for (const rate::Line& line : lines) {
    const rate::Component& component = drafts_.Version(code, line.effective_date)
                                           ->components[static_cast<std::size_t>(line.component)];
    if (component.kind != rate::ComponentKind::kNotLoaded || !component.from_rider) continue;
    return component.name + ": not known, rider " + component.from_rider->code +
           " has no value on some of the days.";
  }
  return {};
}

void Comparison::AddSegment(const cycle::Segment& segment, Date bill_date, Tally& tally,
                            bool& priced, Canonical& seen, Impact& impact) const {
  AddBilled(segment, seen);
  const std::string& code = segment.schedule_code;
  ScheduleImpact& schedule = impact.schedules[code];
  schedule.service = segment.service;
  ++schedule.segment_count;
  schedule.usage_thousandths += segment.use.usage_thousandths;
  schedule.quantity_thousandths += segment.use.quantity_thousandths;
  cycle::Segment again = segment;
  again.metered = !rate::MeterUnit(drafts_.Find(code)->all().front()).empty();
  again.lines.clear();
  const Result<std::vector<rate::Line>> lines =
      cycle::PriceSegment(drafts_, again, bill_date, cycle::Kind::kDemo);
  const std::string why = lines.ok() ? NotKnown(code, *lines) : lines.error().message();
  if (!why.empty()) {
    seen.Add("unpriced", why);
    ++schedule.unpriced_count;
    schedule.unpriced_before_cents += segment.amount.cents();
    ++impact.unpriced[{code, why}];
    return;
  }
  AddLines("after", *lines, seen);
  priced = true;
  Tally change{segment.amount.cents(), 0};
  for (const rate::Line& line : segment.lines) {
    const rate::Schedule* version = in_force_.Version(code, line.effective_date);
    const auto component = static_cast<std::size_t>(line.component);
    if (version == nullptr || component >= version->components.size()) continue;
    impact.components[{code, version->components[component].name}].before_cents +=
        line.amount.cents();
  }
  for (const rate::Line& line : *lines) {
    const auto component = static_cast<std::size_t>(line.component);
    const rate::Schedule& version = *drafts_.Version(code, line.effective_date);
    impact.components[{code, version.components[component].name}].after_cents +=
        line.amount.cents();
    change.after_cents += line.amount.cents();
  }
  schedule.tally.before_cents += change.before_cents;
  schedule.tally.after_cents += change.after_cents;
  tally.before_cents += change.before_cents;
  tally.after_cents += change.after_cents;
}

std::string DigestOfDrafts(std::span<const rate::LoadedVersion> drafts) {
  Canonical form("reeve.billing.drafts", 1);
  form.List("versions", drafts.size());
  for (const rate::LoadedVersion& draft : drafts) {
    form.Add("code", draft.schedule.code)
        .Add("effective_date", draft.schedule.effective_date.ToString())
        .Add("revision", draft.standing.revision)
        .Add("rows", draft.rows);
  }
  return HexEncode(Sha256(form.bytes()));
}

std::string DigestOfPreview(const std::string& drafts, Date since, const Impact& impact) {
  Canonical form("reeve.billing.preview", 2);
  form.Add("drafts", drafts)
      .Add("since", since.ToString())
      .Add("bills", impact.bills_digest)
      .Add("bill_count", impact.bill_count);
  AddTally(impact.tally, form);
  AddBand(impact.rises, form);
  AddBand(impact.falls, form);
  for (const Band& band : impact.bands) AddBand(band, form);
  form.List("schedules", impact.schedules.size());
  for (const auto& [code, schedule] : impact.schedules) {
    form.Add("code", code)
        .Add("service", schedule.service)
        .Add("segments", schedule.segment_count)
        .Add("usage", schedule.usage_thousandths)
        .Add("quantity", schedule.quantity_thousandths)
        .Add("unpriced", schedule.unpriced_count)
        .Add("unpriced_before", schedule.unpriced_before_cents);
    AddTally(schedule.tally, form);
  }
  form.List("components", impact.components.size());
  for (const auto& [component, tally] : impact.components) {
    form.Add("code", component.first).Add("name", component.second);
    AddTally(tally, form);
  }
  form.List("unpriced", impact.unpriced.size());
  for (const auto& [why, count] : impact.unpriced) {
    form.Add("code", why.first).Add("reason", why.second).Add("segments", count);
  }
  AddLargest(impact.largest_rises, form);
  AddLargest(impact.largest_falls, form);
  return since.ToString() + "-" + HexEncode(Sha256(form.bytes())).substr(0, 32);
}

std::optional<Date> SinceOf(std::string_view preview_digest) {
  if (preview_digest.size() <= kDateSize || preview_digest[kDateSize] != '-') return std::nullopt;
  const Result<Date> since = Date::Parse(preview_digest.substr(0, kDateSize));
  return since.ok() ? std::optional(*since) : std::nullopt;
}

}  // namespace reeve::billing::activation
