#include "services/billing/bill/comparison.h"

#include <gtest/gtest.h>

#include "tests/unit/billing/naive_price.h"
#include "tests/unit/billing/random_price.h"

namespace reeve::billing::bill {
namespace {

using cycle::Bill;
using cycle::Segment;
using rate::Schedule;
using rate::Tariff;

Schedule Water(std::string_view effective_date, std::string_view first, std::string_view second) {
  Schedule schedule = Metered("W", "water", Unit::kKilogallon,
                              {Fixed("Base", "10"), Tiers("Water", {{10, first}, {0, second}})});
  schedule.effective_date = Day(effective_date);
  return schedule;
}

Schedule Cans(std::string_view dollars) {
  Schedule schedule =
      Metered("C", "sanitation", Unit::kCart, {PerUnit("Can", dollars, Unit::kCart)});
  schedule.usage_unit.reset();
  return schedule;
}

Segment Of(std::string service, std::string code, std::string_view from, std::string_view to,
           std::int64_t usage, std::int64_t quantity = 1'000) {
  Segment segment;
  segment.agreement_id = code == "W" ? 1 : 2;
  segment.metered = code == "W";
  segment.service = std::move(service);
  segment.schedule_code = std::move(code);
  segment.from_date = Day(from);
  segment.to_date = Day(to);
  segment.use = {usage, quantity};
  return segment;
}

// Prices what cycles would.
Bill BillOf(const Tariff& tariff, std::vector<Segment> segments) {
  Bill bill;
  bill.bill_date = segments.front().to_date.PlusDays(2);
  for (Segment& segment : segments) {
    segment.lines =
        cycle::PriceSegment(tariff, segment, bill.bill_date, cycle::Kind::kProduction).value();
    segment.effective_date =
        cycle::VersionOf(*tariff.Find(segment.schedule_code), segment.to_date, segment.lines);
    segment.amount = Money::Cents(TotalCents(segment.lines));
    bill.total = bill.total.Plus(segment.amount).value();
  }
  bill.segments = std::move(segments);
  return bill;
}

// {price, days, usage, tier mix, one-off}
std::vector<std::int64_t> Listed(const Parts& parts) {
  return {parts.price, parts.days, parts.usage, parts.tier_mix, parts.one_off};
}
using Cents = std::vector<std::int64_t>;

const Tariff kTariff({Water("2026-01-01", "2", "5"), Cans("12")});

TEST(ComparisonTest, TheSameBillTwiceDiffersInNothing) {
  const Bill bill = BillOf(kTariff, {Of("water", "W", "2026-08-01", "2026-08-31", 12'000)});
  const Comparison same = Compare(kTariff, bill, bill);
  EXPECT_EQ(same.total.Difference(), 0);
  EXPECT_EQ(Listed(same.total), (Cents{0, 0, 0, 0, 0}));
  EXPECT_EQ(same.cause, Cause::kNone);
}

TEST(ComparisonTest, MoreUseCostsTheAveragePriceAndWhatTheDearerBlockAdds) {
  // 8 kgal are 10 + 16; 14 kgal are 10 + 20 + 20. Six more at 2 a kgal are 12; the rest is 12.
  const Bill earlier = BillOf(kTariff, {Of("water", "W", "2026-07-02", "2026-08-01", 8'000)});
  const Bill bill = BillOf(kTariff, {Of("water", "W", "2026-08-01", "2026-08-31", 14'000)});
  const Comparison compared = Compare(kTariff, earlier, bill);
  EXPECT_EQ(Listed(compared.total), (Cents{0, 0, 12'00, 12'00, 0}));
  EXPECT_EQ(compared.cause, Cause::kUsage);
  EXPECT_EQ(compared.services[compared.service].service, "water");
  EXPECT_EQ(compared.services[0].earlier_usage_thousandths, 8'000);
  EXPECT_EQ(compared.services[0].usage_thousandths, 14'000);
  EXPECT_EQ(compared.services[0].unit, "kgal");
  EXPECT_EQ(compared.services[0].day_count, 30);
}

// Cedar City 2022: a late read lengthened the period and pushed accounts into higher blocks.
TEST(ComparisonTest, ALateReadIsDaysAndNotUsage) {
  const Bill earlier = BillOf(kTariff, {Of("water", "W", "2026-07-02", "2026-08-01", 9'000)});
  const Bill bill = BillOf(kTariff, {Of("water", "W", "2026-08-01", "2026-09-10", 12'000)});
  const Comparison compared = Compare(kTariff, earlier, bill);
  EXPECT_EQ(compared.total.Difference(), 40'00 - 28'00);
  EXPECT_EQ(Listed(compared.total), (Cents{0, 12'00, 0, 0, 0}));
  EXPECT_EQ(compared.cause, Cause::kDays);
}

TEST(ComparisonTest, ANewVersionIsAPrice) {
  const Tariff tariff({Water("2026-01-01", "2", "5"), Water("2026-08-15", "2.50", "5")});
  const Bill earlier = BillOf(tariff, {Of("water", "W", "2026-07-02", "2026-08-01", 8'000)});
  const Bill bill = BillOf(tariff, {Of("water", "W", "2026-08-01", "2026-08-31", 8'000)});
  const Comparison compared = Compare(tariff, earlier, bill);
  EXPECT_EQ(Listed(compared.total), (Cents{4'00, 0, 0, 0, 0}));
  EXPECT_EQ(compared.cause, Cause::kPrice);
}

TEST(ComparisonTest, ASeasonIsAPrice) {
  Schedule schedule = Water("2026-01-01", "2", "5");
  rate::Component surcharge = Fixed("Summer", "3");
  surcharge.season = rate::Season{601, 930};
  surcharge.per = rate::Per::kDay;
  schedule.components.push_back(surcharge);
  const Tariff tariff({schedule});
  const Bill earlier = BillOf(tariff, {Of("water", "W", "2026-08-01", "2026-08-31", 8'000)});
  const Bill bill = BillOf(tariff, {Of("water", "W", "2026-10-01", "2026-10-31", 8'000)});
  EXPECT_EQ(Listed(Compare(tariff, earlier, bill).total), (Cents{-90'00, 0, 0, 0, 0}));
}

TEST(ComparisonTest, WhatOneBillAloneHasIsOneOff) {
  const Segment water = Of("water", "W", "2026-08-01", "2026-08-31", 8'000);
  const Bill one = BillOf(kTariff, {water});
  const Bill two = BillOf(kTariff, {water, Of("sanitation", "C", "2026-08-01", "2026-08-31", 0)});
  EXPECT_EQ(Listed(Compare(kTariff, one, two).total), (Cents{0, 0, 0, 0, 12'00}));
  const Comparison gone = Compare(kTariff, two, one);
  EXPECT_EQ(Listed(gone.total), (Cents{0, 0, 0, 0, -12'00}));
  EXPECT_EQ(gone.cause, Cause::kOneOff);
  EXPECT_EQ(gone.services[gone.service].service, "sanitation");
  EXPECT_EQ(gone.services[gone.service].day_count, 0);
}

TEST(ComparisonTest, AnotherQuantityIsUsage) {
  const Bill one = BillOf(kTariff, {Of("sanitation", "C", "2026-08-01", "2026-08-31", 0)});
  const Bill two = BillOf(kTariff, {Of("sanitation", "C", "2026-08-31", "2026-09-30", 0, 2'000)});
  EXPECT_EQ(Listed(Compare(kTariff, one, two).total), (Cents{0, 0, 12'00, 0, 0}));
}

TEST(ComparisonTest, WithoutBlocksThereIsNoTierMix) {
  const Tariff tariff({Metered("W", "water", Unit::kKilogallon,
                               {Fixed("Base", "10"), Tiers("Water", {{0, "0.3333"}})})});
  const Bill earlier = BillOf(tariff, {Of("water", "W", "2026-07-02", "2026-08-01", 1'000)});
  const Bill bill = BillOf(tariff, {Of("water", "W", "2026-08-01", "2026-08-31", 8'000)});
  EXPECT_EQ(Listed(Compare(tariff, earlier, bill).total), (Cents{0, 0, 2'34, 0, 0}));
}

TEST(ComparisonTest, UseOfAnotherUnitIsOneOff) {
  Schedule cubic_feet = Water("2026-01-01", "2", "5");
  cubic_feet.code = "W2";
  cubic_feet.usage_unit = Unit::kHundredCubicFeet;
  const Tariff tariff({Water("2026-01-01", "2", "5"), cubic_feet});
  Segment before = Of("water", "W2", "2026-07-02", "2026-08-01", 10'695);
  before.metered = true;
  const Bill earlier = BillOf(tariff, {before});
  const Bill bill = BillOf(tariff, {Of("water", "W", "2026-08-01", "2026-08-31", 8'000)});
  const Parts parts = Compare(tariff, earlier, bill).total;
  EXPECT_EQ(Listed(parts), (Cents{0, 0, 0, 0, parts.Difference()}));
  EXPECT_NE(parts.Difference(), 0);
}

TEST(ComparisonTest, WhatCannotBePricedForBothIsOneOff) {
  const Bill earlier = BillOf(kTariff, {Of("water", "W", "2026-07-02", "2026-08-01", 8'000)});
  Bill bill = BillOf(kTariff, {Of("water", "W", "2026-08-01", "2026-08-31", 9'000)});
  bill.segments[0].schedule_code = "gone";
  EXPECT_EQ(Listed(Compare(kTariff, earlier, bill).total), (Cents{0, 0, 0, 0, 2'00}));
}

// Pairs of bills under tariffs by chance, priced as cycles do.
class RandomComparison : public rate::RandomPrice {
 protected:
  struct Pair {
    std::vector<Schedule> schedules;
    Bill earlier;
    Bill bill;
  };

  Schedule AnyVersion(const std::string& code, Date effective_date) {
    Schedule schedule = AnySchedule(effective_date);
    schedule.code = code;
    return schedule;
  }
  // Appends a segment if it can be priced.
  void AddSegment(const Tariff& tariff, std::int64_t agreement, Date from, Bill& bill) {
    Segment segment;
    segment.agreement_id = agreement;
    segment.service = agreement == 1 ? "water" : "irrigation";
    segment.schedule_code = OneIn(8) ? "B" : "A";
    segment.metered = true;
    segment.from_date = from;
    segment.to_date = from.PlusDays(static_cast<std::int32_t>(OneIn(3) ? Below(70) + 1 : 30));
    segment.use = {OneIn(6) ? 0 : Below(2'000'000), OneIn(2) ? 1'000 : (Below(40) + 1) * 100};
    auto lines = cycle::PriceSegment(tariff, segment, bill.bill_date, cycle::Kind::kDemo);
    if (!lines.ok()) return;
    segment.lines = std::move(lines).value();
    segment.effective_date =
        cycle::VersionOf(*tariff.Find(segment.schedule_code), segment.to_date, segment.lines);
    segment.amount = Money::Cents(TotalCents(segment.lines));
    bill.total = bill.total.Plus(segment.amount).value();
    bill.segments.push_back(std::move(segment));
  }
  Bill AnyBill(const Tariff& tariff, Date from) {
    Bill bill;
    bill.bill_date = from.PlusDays(static_cast<std::int32_t>(Below(20)) + 30);
    for (std::int64_t agreement = 1; agreement <= 2; ++agreement) {
      if (!OneIn(10)) AddSegment(tariff, agreement, from, bill);
    }
    return bill;
  }
  Pair AnyPair() {
    Pair pair;
    const Date from = Day("2025-11-01").PlusDays(static_cast<std::int32_t>(Below(400)));
    pair.schedules = {AnyVersion("A", from.PlusDays(-500)), AnyVersion("B", from.PlusDays(-500))};
    if (OneIn(2)) {
      pair.schedules.push_back(
          AnyVersion("A", from.PlusDays(static_cast<std::int32_t>(Below(80)) - 10)));
    }
    const Tariff tariff(pair.schedules);
    pair.earlier = AnyBill(tariff, from);
    pair.bill =
        AnyBill(tariff, from.PlusDays(static_cast<std::int32_t>(OneIn(2) ? 30 : Below(380))));
    return pair;
  }
};

// REEVE_RANDOM_CASES=1000000 is the long form.
TEST_F(RandomComparison, PartsAddUpForAnyTwoBills) {
  const std::int64_t cases = Cases(20'000);
  std::int64_t seen[5] = {};
  for (std::int64_t i = 0; i < cases; ++i) {
    Pair pair = AnyPair();
    // Bills whose amounts nothing explains: what was stored counts.
    if (OneIn(20)) {
      for (Segment& segment : pair.bill.segments) segment.amount = Money::Cents(Below(100'000));
      pair.bill.total =
          Sum(pair.bill.segments, [](const Segment& segment) { return segment.amount; }).value();
    }
    const Comparison compared = Compare(Tariff(pair.schedules), pair.earlier, pair.bill);
    Parts total;
    for (const ServiceParts& service : compared.services) {
      ASSERT_EQ(service.parts.Sum(), service.parts.Difference())
          << "seed " << kSeed << " case " << i;
      total.Add(service.parts);
    }
    ASSERT_TRUE(total == compared.total) << "seed " << kSeed << " case " << i;
    ASSERT_EQ(total.Sum(), pair.bill.total.cents() - pair.earlier.total.cents())
        << "seed " << kSeed << " case " << i;
    ASSERT_EQ(compared.cause == Cause::kNone, total.Difference() == 0);
    const Cents parts = Listed(total);
    for (std::size_t part = 0; part < parts.size(); ++part) seen[part] += parts[part] != 0;
  }
  // Pairs that differ in nothing would show nothing.
  for (const std::int64_t count : seen) EXPECT_GT(count, cases / 50);
}

// The steps once more, priced naively. Most pairs say nothing: a random version asks for facts that
// a bill has not.
TEST_F(RandomComparison, StepsAreThoseOfTheDefinition) {
  const std::int64_t cases = Cases(5'000);
  std::int64_t checked = 0;
  for (std::int64_t i = 0; i < cases; ++i) {
    const Pair pair = AnyPair();
    const Tariff tariff(pair.schedules);
    if (pair.earlier.segments.size() != 1 || pair.bill.segments.size() != 1) continue;
    const Segment& before = pair.earlier.segments[0];
    const Segment& now = pair.bill.segments[0];
    if (before.agreement_id != now.agreement_id) continue;
    const auto naive = [&](Date from, std::int64_t usage) -> std::optional<std::int64_t> {
      const rate::Measured meter{from, now.to_date, usage, {}};
      const rate::Facts facts{.measured = {&meter, 1},
                              .quantity_thousandths = before.use.quantity_thousandths,
                              .allows_not_loaded = true};
      const NaiveBill priced = PriceNaively(*tariff.Find(now.schedule_code),
                                            {from, now.to_date, pair.bill.bill_date}, facts);
      if (priced.refused) return std::nullopt;
      std::int64_t cents = 0;
      for (const NaiveLine& line : priced.lines) cents += line.cents;
      return cents;
    };
    const std::int64_t days_before = before.to_date - before.from_date;
    const std::int64_t days = now.to_date - now.from_date;
    const std::int64_t usage = before.use.usage_thousandths;
    const auto repriced =
        naive(now.to_date.PlusDays(static_cast<std::int32_t>(-days_before)), usage);
    const auto longer = naive(now.from_date, (2 * usage * days + days_before) / (2 * days_before));
    const Parts parts = Compare(tariff, pair.earlier, pair.bill).total;
    if (!repriced || !longer) {
      ASSERT_EQ(parts.one_off, parts.Difference()) << "seed " << kSeed << " case " << i;
      continue;
    }
    if (parts.one_off != 0) continue;  // a later step was refused
    ++checked;
    ASSERT_EQ(parts.price, *repriced - before.amount.cents()) << "seed " << kSeed << " case " << i;
    ASSERT_EQ(parts.days, *longer - *repriced) << "seed " << kSeed << " case " << i;
  }
  EXPECT_GT(checked, cases / 200);
}

}  // namespace
}  // namespace reeve::billing::bill
