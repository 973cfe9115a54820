#include "services/billing/activation/activation_wire_service.h"

#include <absl/strings/escaping.h>

#include <algorithm>
#include <initializer_list>

namespace reeve::billing::activation {
namespace {

// Far above what any city bills, and far below what a sum of it could not hold.
constexpr std::int64_t kFigureMax = 100'000'000'000'000'000;
constexpr int kEntriesMax = 5'000;
constexpr std::size_t kSealBytes = 16;

// Binds what a token carries to the question that it goes on with.
std::string SealOf(const std::vector<std::string>& asked, std::string_view content) {
  Canonical form("reeve.billing.v1.RateActivationService/PreviewSchedules", 1);
  form.List("versions", asked.size());
  for (const std::string& version : asked) form.Add("version", version);
  form.Add("content", content);
  return Sha256(form.bytes()).substr(0, kSealBytes);
}

bool AreFigures(std::initializer_list<std::int64_t> figures) {
  return std::all_of(figures.begin(), figures.end(), [](std::int64_t figure) {
    return figure >= -kFigureMax && figure <= kFigureMax;
  });
}

// Reads an answer back; `ok` is false once something is in it that was in no answer.
class Reader {
 public:
  explicit Reader(const v1::SchedulesPreview& message) : message_(message) {}

  bool ok() const { return ok_; }

  Preview Read() {
    Preview preview;
    preview.versions = {message_.versions().begin(), message_.versions().end()};
    preview.drafts_digest = message_.drafts_digest();
    preview.since = ReadDay(message_.since_date());
    preview.through = AccountId(message_.through_account_id());
    preview.account_count = message_.account_count();
    preview.accounts_in_all = message_.accounts_in_all();
    Need(message_.through_account_id() > 0 && message_.components_size() <= kEntriesMax &&
         message_.unpriced_size() <= kEntriesMax && message_.schedules_size() <= kEntriesMax);
    Need(AreFigures({message_.account_count(), message_.accounts_in_all()}));
    if (ok_) ReadImpact(preview.impact);
    return preview;
  }

 private:
  void Need(bool true_of_an_answer) { ok_ = ok_ && true_of_an_answer; }

  Date ReadDay(const std::string& text) {
    const Result<Date> day = Date::Parse(text);
    Need(day.ok());
    return day.ok() ? *day : Date();
  }

  void ReadImpact(Impact& impact) {
    impact.bills_digest = message_.bills_digest();
    impact.bill_count = message_.bill_count();
    impact.tally = {message_.before_cents(), message_.after_cents()};
    impact.rises = {message_.rise_count(), message_.rise_cents()};
    impact.falls = {message_.fall_count(), message_.fall_cents()};
    Need(AreFigures({impact.bill_count, impact.tally.before_cents, impact.tally.after_cents,
                     impact.rises.bill_count, impact.rises.change_cents, impact.falls.bill_count,
                     impact.falls.change_cents}));
    for (const v1::ScheduleImpact& one : message_.schedules()) {
      Need(AreFigures({one.segment_count(), one.usage_thousandths(), one.quantity_thousandths(),
                       one.before_cents(), one.after_cents(), one.unpriced_count(),
                       one.unpriced_before_cents()}));
      impact.schedules[one.schedule_code()] = {one.service(),
                                               one.segment_count(),
                                               one.usage_thousandths(),
                                               one.quantity_thousandths(),
                                               {one.before_cents(), one.after_cents()},
                                               one.unpriced_count(),
                                               one.unpriced_before_cents()};
    }
    for (const v1::ComponentImpact& one : message_.components()) {
      Need(AreFigures({one.before_cents(), one.after_cents()}));
      impact.components[{one.schedule_code(), one.name()}] = {one.before_cents(),
                                                              one.after_cents()};
    }
    for (const v1::UnpricedImpact& one : message_.unpriced()) {
      Need(AreFigures({one.segment_count()}));
      impact.unpriced[{one.schedule_code(), one.reason()}] = one.segment_count();
    }
    Need(message_.bands_size() == static_cast<int>(impact.bands.size()));
    for (int i = 0; ok_ && i < message_.bands_size(); ++i) {
      const v1::ImpactBand& band = message_.bands(i);
      Need(AreFigures({band.bill_count(), band.change_cents()}));
      impact.bands[static_cast<std::size_t>(i)] = {band.bill_count(), band.change_cents()};
    }
    ReadLargest(message_.largest_rises(), impact.largest_rises);
    ReadLargest(message_.largest_falls(), impact.largest_falls);
  }

  template <class Bills>
  void ReadLargest(const Bills& bills, std::vector<BillImpact>& largest) {
    Need(bills.size() <= static_cast<int>(kLargestMax));
    for (int i = 0; ok_ && i < bills.size(); ++i) {
      const v1::BillImpact& bill = bills.Get(i);
      Need(AreFigures({bill.before_cents(), bill.after_cents()}));
      largest.push_back({AccountId(bill.account_id()),
                         bill.bill_id(),
                         ReadDay(bill.bill_date()),
                         {bill.before_cents(), bill.after_cents()}});
    }
  }

  const v1::SchedulesPreview& message_;
  bool ok_ = true;
};

void AddBands(const Impact& impact, v1::SchedulesPreview& message) {
  for (std::size_t i = 0; i < impact.bands.size(); ++i) {
    v1::ImpactBand& band = *message.add_bands();
    if (i > 0) band.set_from_cents(kBandBounds[i - 1]);
    if (i < kBandBounds.size()) band.set_below_cents(kBandBounds[i]);
    band.set_bill_count(impact.bands[i].bill_count);
    band.set_change_cents(impact.bands[i].change_cents);
  }
}

void ToProto(const BillImpact& bill, v1::BillImpact& message) {
  message.set_account_id(bill.account.value());
  message.set_bill_id(bill.bill_id);
  message.set_bill_date(bill.bill_date.ToString());
  message.set_before_cents(bill.tally.before_cents);
  message.set_after_cents(bill.tally.after_cents);
}

void AddImpact(const Impact& impact, v1::SchedulesPreview& message) {
  message.set_bill_count(impact.bill_count);
  message.set_before_cents(impact.tally.before_cents);
  message.set_after_cents(impact.tally.after_cents);
  message.set_rise_count(impact.rises.bill_count);
  message.set_rise_cents(impact.rises.change_cents);
  message.set_fall_count(impact.falls.bill_count);
  message.set_fall_cents(impact.falls.change_cents);
  for (const auto& [code, schedule] : impact.schedules) {
    v1::ScheduleImpact& added = *message.add_schedules();
    added.set_schedule_code(code);
    added.set_service(schedule.service);
    added.set_segment_count(schedule.segment_count);
    added.set_usage_thousandths(schedule.usage_thousandths);
    added.set_quantity_thousandths(schedule.quantity_thousandths);
    added.set_before_cents(schedule.tally.before_cents);
    added.set_after_cents(schedule.tally.after_cents);
    added.set_unpriced_count(schedule.unpriced_count);
    added.set_unpriced_before_cents(schedule.unpriced_before_cents);
  }
  for (const auto& [component, tally] : impact.components) {
    v1::ComponentImpact& added = *message.add_components();
    added.set_schedule_code(component.first);
    added.set_name(component.second);
    added.set_before_cents(tally.before_cents);
    added.set_after_cents(tally.after_cents);
  }
  for (const auto& [why, count] : impact.unpriced) {
    v1::UnpricedImpact& added = *message.add_unpriced();
    added.set_schedule_code(why.first);
    added.set_reason(why.second);
    added.set_segment_count(count);
  }
  AddBands(impact, message);
  message.set_bills_digest(impact.bills_digest);
  for (const BillImpact& bill : impact.largest_rises) ToProto(bill, *message.add_largest_rises());
  for (const BillImpact& bill : impact.largest_falls) ToProto(bill, *message.add_largest_falls());
}

}  // namespace

Preview ParseToken(Fields& fields, std::string_view page_token,
                   const std::vector<std::string>& asked) {
  std::string bytes;
  v1::SchedulesPreview message;
  bool ours =
      absl::WebSafeBase64Unescape(std::string(page_token), &bytes) && bytes.size() > kSealBytes;
  if (ours) {
    const std::string content = bytes.substr(kSealBytes);
    ours = bytes.starts_with(SealOf(asked, content)) && message.ParseFromString(content);
  }
  Reader reader(message);
  Preview preview = reader.Read();
  if (!ours || !reader.ok()) fields.Refuse("page_token", "is not a token of a preview");
  return preview;
}

std::string SealToken(const std::vector<std::string>& asked, std::string_view content) {
  return absl::WebSafeBase64Escape(SealOf(asked, content).append(content));
}

v1::SchedulesPreview ToProto(const Preview& preview, const std::vector<std::string>& asked) {
  v1::SchedulesPreview message;
  for (const std::string& version : preview.versions) message.add_versions(version);
  message.set_drafts_digest(preview.drafts_digest);
  message.set_since_date(preview.since.ToString());
  message.set_through_account_id(preview.through.value());
  message.set_account_count(preview.account_count);
  message.set_accounts_in_all(preview.accounts_in_all);
  AddImpact(preview.impact, message);
  if (!preview.complete) {
    message.set_next_page_token(SealToken(asked, message.SerializeAsString()));
  } else {
    message.set_digest(DigestOfPreview(preview.drafts_digest, preview.since, preview.impact));
  }
  for (const std::string& component : preview.not_loaded) message.add_not_loaded(component);
  return message;
}

}  // namespace reeve::billing::activation
