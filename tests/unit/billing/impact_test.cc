#include "services/billing/activation/impact.h"

#include <absl/strings/escaping.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "services/billing/activation/activation_wire_service.h"
#include "tests/unit/billing/schedules.h"

namespace reeve::billing::activation {
namespace {

constexpr std::int64_t kAccount = 10000000009;

class ImpactTest : public ::testing::Test {
 protected:
  // A posted bill of thirty days of electricity, as the tariff has billed it.
  cycle::Bill Electric(std::int64_t account, std::int64_t kwh) const {
    cycle::Bill bill;
    bill.account = AccountId(account);
    bill.bill_id = account + 1;
    bill.bill_date = Day("2026-10-02");
    cycle::Segment& segment = bill.segments.emplace_back();
    segment.service = "electric";
    segment.schedule_code = "E1";
    segment.from_date = Day("2026-09-01");
    segment.to_date = Day("2026-10-01");
    segment.metered = true;
    segment.use = {kwh * Quantity::kScale, 1'000};
    segment.lines =
        cycle::PriceSegment(tariff_, segment, bill.bill_date, cycle::Kind::kProduction).value();
    segment.amount = Money::Cents(TotalCents(segment.lines));
    return bill;
  }
  // Provo's schedule with another customer charge.
  static rate::Schedule Draft(std::string_view charge) {
    rate::Schedule draft = ProvoSchedule1();
    draft.effective_date = Day("2027-01-01");
    draft.components[0].rate = Dollars(charge);
    return draft;
  }
  Impact ImpactOf(const rate::Schedule& draft, std::initializer_list<cycle::Bill> bills) const {
    const Comparison comparison({draft}, {ProvoSchedule1()});
    Impact impact;
    for (const cycle::Bill& bill : bills) comparison.Add(bill, impact);
    return impact;
  }

  rate::Tariff tariff_{{ProvoSchedule1()}};
};

TEST_F(ImpactTest, ABillIsPricedAgainAsIfTheDraftHadAlwaysBeenInForce) {
  const Impact impact = ImpactOf(Draft("15.92"), {Electric(kAccount, 1'500)});
  EXPECT_EQ(impact.bill_count, 1);
  EXPECT_EQ(impact.tally, (Tally{162'02, 164'02}));
  EXPECT_EQ(impact.rises, (Band{1, 2'00}));
  EXPECT_EQ(impact.falls, Band());
  EXPECT_EQ(impact.components.at({"E1", "Customer charge"}), (Tally{13'92, 15'92}));
  EXPECT_EQ(impact.components.at({"E1", "Energy"}), (Tally{148'10, 148'10}));
  EXPECT_EQ(impact.schedules.at("E1").usage_thousandths, 1'500'000);
  ASSERT_EQ(impact.largest_rises.size(), 1u);
  EXPECT_EQ(impact.largest_rises[0].tally, impact.tally);
}

TEST_F(ImpactTest, ALineOfOneSideAloneIsNothingOnTheOther) {
  rate::Schedule draft = Draft("13.92");
  draft.components[0].name = "Service charge";
  const Impact impact = ImpactOf(draft, {Electric(kAccount, 0)});
  EXPECT_EQ(impact.components.at({"E1", "Customer charge"}), (Tally{13'92, 0}));
  EXPECT_EQ(impact.components.at({"E1", "Service charge"}), (Tally{0, 13'92}));
  EXPECT_EQ(impact.rises, Band());
}

TEST_F(ImpactTest, ABoundBelongsToTheBandThatItBegins) {
  const auto band_of = [&](std::string_view charge) {
    const Impact impact = ImpactOf(Draft(charge), {Electric(kAccount, 100)});
    for (std::size_t i = 0; i < impact.bands.size(); ++i) {
      if (impact.bands[i].bill_count == 1) return static_cast<int>(i);
    }
    return -1;
  };
  EXPECT_EQ(band_of("8.91"), 3);    // 5.01 less: from -10.00
  EXPECT_EQ(band_of("8.92"), 4);    // 5.00 less: from -5.00
  EXPECT_EQ(band_of("13.91"), 5);   // a cent less
  EXPECT_EQ(band_of("13.92"), 6);   // the same
  EXPECT_EQ(band_of("13.93"), 7);   // a cent more
  EXPECT_EQ(band_of("14.91"), 7);   // 0.99 more
  EXPECT_EQ(band_of("14.92"), 8);   // 1.00 more
  EXPECT_EQ(band_of("63.92"), 12);  // 50.00 more
}

TEST_F(ImpactTest, TheLargestChangesAreKeptWhateverTheirOrder) {
  rate::Schedule draft = Draft("13.92");
  draft.components[1].tiers = {{std::nullopt, Dollars("0.2")}};
  const Comparison comparison({draft}, {ProvoSchedule1()});
  Impact up;
  Impact down;
  for (int i = 0; i < 40; ++i) comparison.Add(Electric(kAccount + i, 100 + i), up);
  for (int i = 39; i >= 0; --i) comparison.Add(Electric(kAccount + i, 100 + i), down);
  EXPECT_NE(up.bills_digest, down.bills_digest);  // it is of the bills in their order
  down.bills_digest = up.bills_digest;
  EXPECT_EQ(up, down);
  ASSERT_EQ(up.largest_rises.size(), kLargestMax);
  EXPECT_EQ(up.largest_rises.front().account, AccountId(kAccount + 39));
  EXPECT_EQ(up.largest_rises.back().account, AccountId(kAccount + 30));
}

TEST_F(ImpactTest, WhatADraftCannotPriceIsCountedApart) {
  rate::Schedule draft = Draft("13.92");
  draft.components[0].kind = rate::ComponentKind::kMeterSize;
  draft.components[0].sizes = {{"5/8", Dollars("9")}};
  const Impact impact = ImpactOf(draft, {Electric(kAccount, 0)});
  EXPECT_EQ(impact.bill_count, 0);
  EXPECT_EQ(impact.tally, Tally());
  EXPECT_EQ(impact.schedules.at("E1").unpriced_count, 1);
  EXPECT_EQ(impact.schedules.at("E1").unpriced_before_cents, 13'92);
  EXPECT_EQ(impact.unpriced.at({"E1", "Customer charge: there is no size of the meter."}), 1);
  EXPECT_NE(impact.bills_digest, "");  // it is history all the same
}

TEST_F(ImpactTest, OtherSchedulesDoNotCount) {
  rate::Schedule other = Draft("1");
  other.code = "E2";
  EXPECT_EQ(ImpactOf(other, {Electric(kAccount, 100)}), Impact());
}

TEST_F(ImpactTest, ADigestChangesWithDraftDayAndHistory) {
  const Impact history = ImpactOf(Draft("14"), {Electric(kAccount, 100)});
  const std::string digest = DigestOfPreview("drafts", Day("2025-11-23"), history);
  EXPECT_EQ(DigestOfPreview("drafts", Day("2025-11-23"), history), digest);
  EXPECT_NE(DigestOfPreview("others", Day("2025-11-23"), history), digest);
  EXPECT_NE(DigestOfPreview("drafts", Day("2025-11-24"), history), digest);
  EXPECT_NE(DigestOfPreview("drafts", Day("2025-11-23"), {}), digest);
  EXPECT_EQ(SinceOf(digest), Day("2025-11-23"));
  for (const char* text : {"", "2025-11-23", "2025-11-23/aa", "2025-13-23-aa", "nonsense-at-all"}) {
    EXPECT_EQ(SinceOf(text), std::nullopt) << text;
  }
}

TEST_F(ImpactTest, ADraftsDigestIsOfItsRowsAndItsRevision) {
  rate::LoadedVersion draft{Draft("14"), {}, "rows"};
  const std::string digest = DigestOfDrafts({&draft, 1});
  ++draft.standing.revision;
  EXPECT_NE(DigestOfDrafts({&draft, 1}), digest);
  --draft.standing.revision;
  EXPECT_EQ(DigestOfDrafts({&draft, 1}), digest);
  draft.rows = "other rows";
  EXPECT_NE(DigestOfDrafts({&draft, 1}), digest);
}

// Each figure that is shown, and each fact of a bill.
TEST_F(ImpactTest, ADigestChangesWithEveryFigure) {
  rate::Schedule draft = Draft("15");
  draft.components[1].tiers = {{std::nullopt, Dollars("0.07")}};
  const Impact good = ImpactOf(draft, {Electric(kAccount, 0), Electric(kAccount + 1, 3'000)});
  const auto digest = [](const Impact& impact) {
    return DigestOfPreview("drafts", Day("2025-11-23"), impact);
  };
  const std::vector<std::function<void(Impact&)>> changes{
      [](Impact& i) { i.bills_digest[0] ^= 1; },
      [](Impact& i) { ++i.bill_count; },
      [](Impact& i) { ++i.tally.before_cents; },
      [](Impact& i) { ++i.tally.after_cents; },
      [](Impact& i) { ++i.rises.bill_count; },
      [](Impact& i) { ++i.falls.change_cents; },
      [](Impact& i) { std::swap(i.bands.front(), i.bands.back()), ++i.bands[3].bill_count; },
      [](Impact& i) { ++i.schedules.at("E1").usage_thousandths; },
      [](Impact& i) { ++i.schedules.at("E1").quantity_thousandths; },
      [](Impact& i) { ++i.schedules.at("E1").segment_count; },
      [](Impact& i) { ++i.schedules.at("E1").unpriced_count; },
      [](Impact& i) { ++i.schedules.at("E1").unpriced_before_cents; },
      [](Impact& i) { i.schedules.at("E1").service = "water"; },
      [](Impact& i) {
        ++i.components.at({"E1", "Energy"}).after_cents;
      },
      [](Impact& i) {
        i.unpriced[{"E1", "why"}] = 1;
      },
      [](Impact& i) { ++i.largest_rises.at(0).bill_id; },
      [](Impact& i) { i.largest_falls.clear(); }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Impact changed = good;
    changes[i](changed);
    EXPECT_NE(digest(changed), digest(good)) << i;
  }
}

TEST_F(ImpactTest, TheBillsDigestIsOfEachBill) {
  const cycle::Bill bill = Electric(kAccount, 100);
  const auto digest = [&](const cycle::Bill& one) {
    return ImpactOf(Draft("14"), {one}).bills_digest;
  };
  const std::vector<std::function<void(cycle::Bill&)>> changes{
      [](cycle::Bill& b) { b.account = AccountId(kAccount + 1); },
      [](cycle::Bill& b) { ++b.bill_id; },
      [](cycle::Bill& b) { b.bill_date = Day("2026-10-03"); },
      [](cycle::Bill& b) { b.segments[0].from_date = Day("2026-09-02"); },
      [](cycle::Bill& b) { b.segments[0].to_date = Day("2026-10-02"); },
      [](cycle::Bill& b) { b.segments[0].effective_date = Day("2026-07-02"); },
      [](cycle::Bill& b) { ++b.segments[0].use.usage_thousandths; },
      [](cycle::Bill& b) { ++b.segments[0].use.quantity_thousandths; },
      [](cycle::Bill& b) { b.segments[0].month_days = 31; },
      [](cycle::Bill& b) { b.segments[0].amount = Money::Cents(1); },
      [](cycle::Bill& b) { b.segments[0].lines[0].rate = Dollars("13.93"); },
      [](cycle::Bill& b) { b.segments[0].lines.pop_back(); },
      [](cycle::Bill& b) { b.segments[0].meters.push_back({}); }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    cycle::Bill changed = bill;
    changes[i](changed);
    EXPECT_NE(digest(changed), digest(bill)) << i;
  }
  EXPECT_EQ(digest(bill), digest(bill));
  EXPECT_NE(ImpactOf(Draft("14.01"), {bill}).bills_digest, digest(bill));
}

class PreviewTokenTest : public ImpactTest {
 protected:
  PreviewTokenTest() {
    rate::Schedule draft = Draft("15");
    draft.components[1].tiers = {{std::nullopt, Dollars("0.07")}};
    preview_.versions = {"E1/2027-01-01"};
    preview_.drafts_digest = "abc";
    preview_.since = Day("2025-11-23");
    preview_.through = AccountId(kAccount);
    preview_.account_count = 500;
    preview_.accounts_in_all = 700;
    preview_.impact = ImpactOf(draft, {Electric(kAccount, 0), Electric(kAccount + 1, 3'000)});
  }
  // Whoever makes a token up can seal it: what is in it is looked at all the same.
  static bool IsRefused(const v1::SchedulesPreview& message) {
    Fields fields;
    ParseToken(fields, SealToken({}, message.SerializeAsString()), {});
    return !fields.ok();
  }

  Preview preview_;
};

TEST_F(PreviewTokenTest, APreviewGoesOnWhereItsAnswerEnds) {
  Fields fields;
  const Preview again = ParseToken(fields, ToProto(preview_, {"a"}).next_page_token(), {"a"});
  EXPECT_TRUE(fields.ok());
  EXPECT_EQ(again.impact, preview_.impact);
  EXPECT_EQ(again.versions, preview_.versions);
  EXPECT_EQ(again.drafts_digest, preview_.drafts_digest);
  EXPECT_EQ(again.since, preview_.since);
  EXPECT_EQ(again.through, preview_.through);
  EXPECT_EQ(again.account_count, preview_.account_count);
  EXPECT_EQ(again.accounts_in_all, preview_.accounts_in_all);
}

TEST_F(PreviewTokenTest, ATokenIsOfItsQuestion) {
  const std::string token = ToProto(preview_, {"a"}).next_page_token();
  for (const std::vector<std::string>& asked :
       {std::vector<std::string>{}, {"b"}, {"a", "b"}, {"a", ""}}) {
    Fields fields;
    ParseToken(fields, token, asked);
    EXPECT_FALSE(fields.ok());
  }
}

TEST_F(PreviewTokenTest, WhatNoCallHasAnsweredIsRefused) {
  v1::SchedulesPreview good = ToProto(preview_, {});
  good.clear_next_page_token();
  EXPECT_FALSE(IsRefused(good));
  v1::SchedulesPreview bad = good;
  bad.set_since_date("yesterday");
  EXPECT_TRUE(IsRefused(bad));
  bad = good;
  bad.mutable_bands()->RemoveLast();
  EXPECT_TRUE(IsRefused(bad));
  bad = good;
  bad.set_after_cents(std::numeric_limits<std::int64_t>::max());
  EXPECT_TRUE(IsRefused(bad));
  bad = good;
  bad.mutable_schedules(0)->set_usage_thousandths(std::numeric_limits<std::int64_t>::min());
  EXPECT_TRUE(IsRefused(bad));
  bad = good;
  for (std::size_t i = 0; i <= kLargestMax; ++i) *bad.add_largest_falls() = good.largest_rises(0);
  EXPECT_TRUE(IsRefused(bad));
  EXPECT_TRUE(IsRefused(v1::SchedulesPreview()));
  for (const char* token : {"", "?", "AAAA"}) {
    Fields fields;
    ParseToken(fields, token, {});
    EXPECT_FALSE(fields.ok()) << token;
  }
}

// What a rider's draft would have changed is that alone: the versions that charge it stay what they
// were on each day.
TEST(RiderImpactTest, ARidersDraftIsChargedByTheVersionsInForce) {
  const auto rider = [](std::string_view from, std::string_view last, std::string_view dollars) {
    rate::Schedule value;
    value.code = "PCA";
    value.service = rate::kRiderService;
    value.citation = "Test";
    value.effective_date = Day(from);
    value.usage_unit = Unit::kKilowattHour;
    value.components = {Tiers("Power cost", {{0, dollars}})};
    if (!last.empty()) value.last_date = Day(last);
    return value;
  };
  rate::Schedule charging = ProvoSchedule1();
  charging.components.push_back(Tiers("Power cost", {}));
  charging.components[2].rider = "PCA";
  rate::Schedule dearer = charging;
  dearer.effective_date = Day("2026-10-01");
  dearer.components[0].rate = Dollars("20");
  rate::Schedule other = ProvoSchedule1();
  other.code = "E2";
  const std::vector<rate::Schedule> active = {charging, dearer, other,
                                              rider("2026-07-01", "2026-12-31", "0.01")};
  const rate::Tariff tariff(active);
  const auto bill = [&](const std::string& code, std::string_view from, std::string_view to) {
    cycle::Bill made;
    made.account = AccountId(10000000009);
    made.bill_date = Day(to);
    cycle::Segment& segment = made.segments.emplace_back();
    segment.agreement_id = 1;
    segment.service = "electric";
    segment.schedule_code = code;
    segment.from_date = Day(from);
    segment.to_date = Day(to);
    segment.metered = true;
    segment.use = {100'000, 1'000};
    segment.lines =
        cycle::PriceSegment(tariff, segment, made.bill_date, cycle::Kind::kProduction).value();
    segment.amount = Money::Cents(TotalCents(segment.lines));
    return made;
  };
  const Comparison comparison({rider("2027-01-01", "2027-01-31", "0.03")}, active);
  Impact impact;
  comparison.Add(bill("E1", "2026-08-01", "2026-08-31"), impact);
  comparison.Add(bill("E1", "2026-10-01", "2026-10-31"), impact);
  EXPECT_EQ(impact.components.at({"E1", "Customer charge"}), (Tally{33'92, 33'92}));
  EXPECT_EQ(impact.components.at({"E1", "Power cost"}), (Tally{2'00, 6'00}));
  EXPECT_EQ(impact.bill_count, 2);
  comparison.Add(bill("E2", "2026-10-01", "2026-10-31"), impact);
  EXPECT_EQ(impact.bill_count, 2) << "it charges no rider";
}

// What a new schedule's rider was worth before its first value is not nothing.
TEST(RiderImpactTest, MonthsBeforeTheFirstValueAreNotKnown) {
  rate::Schedule value;
  value.code = "PCA";
  value.service = rate::kRiderService;
  value.effective_date = Day("2026-10-01");
  value.usage_unit = Unit::kKilowattHour;
  value.components = {Tiers("Power cost", {{0, "0.01"}})};
  rate::Schedule draft = ProvoSchedule1();
  draft.effective_date = Day("2026-12-01");
  draft.components.push_back(Tiers("Power cost", {}));
  draft.components[2].rider = "PCA";
  const rate::Tariff tariff({ProvoSchedule1()});
  const Comparison comparison({draft}, {ProvoSchedule1(), value});
  Impact impact;
  for (const auto& [from, to] :
       {std::pair("2026-08-01", "2026-09-01"), {"2026-10-01", "2026-11-01"}}) {
    cycle::Bill bill;
    bill.account = AccountId(10000000009);
    bill.bill_date = Day(to);
    cycle::Segment& segment = bill.segments.emplace_back();
    segment.service = "electric";
    segment.schedule_code = "E1";
    segment.from_date = Day(from);
    segment.to_date = Day(to);
    segment.metered = true;
    segment.use = {100'000, 1'000};
    segment.lines =
        cycle::PriceSegment(tariff, segment, bill.bill_date, cycle::Kind::kProduction).value();
    segment.amount = Money::Cents(TotalCents(segment.lines));
    comparison.Add(bill, impact);
  }
  EXPECT_EQ(impact.bill_count, 1);
  EXPECT_EQ(impact.components.at({"E1", "Power cost"}), (Tally{0, 1'00}));
  EXPECT_EQ(impact.schedules.at("E1").unpriced_count, 1);
  EXPECT_EQ(impact.schedules.at("E1").unpriced_before_cents, 21'26);
  EXPECT_EQ(impact.unpriced.at({"E1",
                                "Power cost: not known, rider PCA has no value on some of "
                                "the days."}),
            1);
}

}  // namespace
}  // namespace reeve::billing::activation
