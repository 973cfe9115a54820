#include "services/billing/activation/impact.h"

#include <algorithm>

#include "shared/core/canonical.h"

namespace reeve::billing::activation {
namespace {

constexpr std::size_t kDateSize = 10;

// Before every bill: a draft that is compared has always been in force.
std::vector<rate::Schedule> AlwaysInForce(std::vector<rate::Schedule> drafts) {
  for (rate::Schedule& draft : drafts) draft.effective_date = Date::FromCivil(1900, 1, 1).value();
  return drafts;
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

}  // namespace

Comparison::Comparison(std::vector<rate::Schedule> drafts, const rate::Tariff& in_force)
    : drafts_(AlwaysInForce(std::move(drafts))), in_force_(in_force) {}

void Comparison::Add(const cycle::Bill& bill, Impact& impact) const {
  BillImpact change{bill.account, bill.bill_id, bill.bill_date, {}};
  bool priced = false;
  for (const cycle::Segment& segment : bill.segments) {
    if (drafts_.Find(segment.schedule_code) == nullptr) continue;
    AddSegment(segment, bill.bill_date, change.tally, priced, impact);
  }
  if (priced) CountBill(change, impact);
}

void Comparison::AddSegment(const cycle::Segment& segment, Date bill_date, Tally& tally,
                            bool& priced, Impact& impact) const {
  const std::string& code = segment.schedule_code;
  const rate::Schedule& draft = drafts_.Find(code)->all().front();
  ScheduleImpact& schedule = impact.schedules[code];
  schedule.service = segment.service;
  ++schedule.segment_count;
  schedule.usage_thousandths += segment.use.usage_thousandths;
  schedule.quantity_thousandths += segment.use.quantity_thousandths;
  cycle::Segment again = segment;
  again.metered = draft.usage_unit.has_value();
  again.lines.clear();
  const Result<std::vector<rate::Line>> lines =
      cycle::PriceSegment(drafts_, again, bill_date, cycle::Kind::kDemo);
  if (!lines.ok()) {
    ++schedule.unpriced_count;
    schedule.unpriced_before_cents += segment.amount.cents();
    ++impact.unpriced[{code, lines.error().message()}];
    return;
  }
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
    impact.components[{code, draft.components[component].name}].after_cents += line.amount.cents();
    change.after_cents += line.amount.cents();
  }
  schedule.tally.before_cents += change.before_cents;
  schedule.tally.after_cents += change.after_cents;
  tally.before_cents += change.before_cents;
  tally.after_cents += change.after_cents;
}

History HistoryOf(const Impact& impact) {
  History history;
  for (const auto& [code, schedule] : impact.schedules) {
    history.codes[code] = {schedule.segment_count, schedule.usage_thousandths,
                           schedule.quantity_thousandths,
                           schedule.tally.before_cents + schedule.unpriced_before_cents};
  }
  return history;
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

std::string DigestOfPreview(const std::string& drafts, Date since, const History& history) {
  Canonical form("reeve.billing.preview", 1);
  form.Add("drafts", drafts).Add("since", since.ToString()).List("codes", history.codes.size());
  for (const auto& [code, of_code] : history.codes) {
    form.Add("code", code)
        .Add("segments", of_code.segment_count)
        .Add("usage", of_code.usage_thousandths)
        .Add("quantity", of_code.quantity_thousandths)
        .Add("amount", of_code.amount_cents);
  }
  return since.ToString() + "-" + HexEncode(Sha256(form.bytes())).substr(0, 32);
}

std::optional<Date> SinceOf(std::string_view preview_digest) {
  if (preview_digest.size() <= kDateSize || preview_digest[kDateSize] != '-') return std::nullopt;
  const Result<Date> since = Date::Parse(preview_digest.substr(0, kDateSize));
  return since.ok() ? std::optional(*since) : std::nullopt;
}

}  // namespace reeve::billing::activation
