#include "services/billing/adjustment/leak_price.h"

#include <gtest/gtest.h>

#include "tests/unit/billing/schedules.h"

namespace reeve::billing::adjustment {
namespace {

using cycle::MeterUse;
using cycle::Segment;

// 30 days of electric use on the reference city's schedule: 812 kWh are 82.41, 500 are 50.62.
class LeakPriceTest : public ::testing::Test {
 protected:
  Segment Electric(std::vector<MeterUse> meters) {
    Segment segment;
    segment.service = "electric";
    segment.schedule_code = "E1";
    segment.metered = true;
    segment.from_date = Day("2026-09-01");
    segment.to_date = Day("2026-10-01");
    segment.use = {0, 1'000};
    for (const MeterUse& one : meters) segment.use.usage_thousandths += one.usage_thousandths;
    segment.meters = std::move(meters);
    segment.lines =
        cycle::PriceSegment(tariff_, segment, Day("2026-10-03"), cycle::Kind::kProduction).value();
    segment.amount = Sum(segment.lines, [](const rate::Line& line) { return line.amount; }).value();
    return segment;
  }
  static MeterUse Used(std::string_view from, std::string_view to, std::int64_t kwh) {
    MeterUse used;
    used.from_date = Day(from);
    used.to_date = Day(to);
    used.usage_thousandths = kwh * 1'000;
    return used;
  }
  std::int64_t Worth(std::vector<Segment> segments, std::int64_t kwh) {
    LeakBill leak;
    leak.bill.bill_date = Day("2026-10-03");
    leak.bill.segments = std::move(segments);
    return WorthOf(tariff_, leak, "electric", kwh * 1'000).value().cents();
  }

  rate::Tariff tariff_{{ProvoSchedule1()}};
};

TEST_F(LeakPriceTest, TheDearestUnitsFallFirst) {
  const Segment bill = Electric({Used("2026-09-01", "2026-10-01", 812)});
  ASSERT_EQ(bill.amount.cents(), 82'41);
  EXPECT_EQ(Worth({bill}, 312), 82'41 - 50'62);
  EXPECT_EQ(Worth({bill}, 400), 82'41 - 44'16) << "412 x 0.0734 and the customer charge are left";
  EXPECT_EQ(Worth({bill}, 812), 82'41 - 13'92) << "the customer charge stays";
}

TEST_F(LeakPriceTest, OfAnExchangedMeterWhatBothMeasuredIsLess) {
  const Segment bill =
      Electric({Used("2026-09-01", "2026-09-12", 300), Used("2026-09-12", "2026-10-01", 512)});
  ASSERT_EQ(bill.amount.cents(), 82'41);
  EXPECT_EQ(Worth({bill}, 400), 82'41 - 44'16) << "of the meter that measured more";
  EXPECT_EQ(Worth({bill}, 600), 82'41 - 29'48) << "212 x 0.0734: of both";
}

TEST_F(LeakPriceTest, OfTwoAgreementsTheOneWithTheLargestUseIsLess) {
  const Segment less = Electric({Used("2026-09-01", "2026-10-01", 500)});
  const Segment more = Electric({Used("2026-09-01", "2026-10-01", 812)});
  EXPECT_EQ(Worth({less, more}, 312), 82'41 - 50'62);
  EXPECT_EQ(Worth({less, more}, 912), 82'41 - 13'92 + 7'34);
}

}  // namespace
}  // namespace reeve::billing::adjustment
