#include "shared/obs/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <cstdint>
#include <string>
#include <vector>

#include "shared/obs/live_heap.h"

namespace reeve::obs {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Exposed(const Metrics& metrics) {
  return prometheus::TextSerializer().Serialize(metrics.registry()->Collect());
}

TEST(Metrics, AreNamedAfterTheirService) {
  Metrics metrics("payment");
  metrics.NewCounter("payments_total", "Payments taken.").Add(3);
  metrics.NewGauge("drawers_open", "Open drawers.").Set(2);
  metrics.NewHistogram("batch_size", "Commands of a batch.", {1, 8}).Observe(5);
  EXPECT_THAT(Exposed(metrics), HasSubstr("reeve_payment_payments_total 3"));
  EXPECT_THAT(Exposed(metrics), HasSubstr("reeve_payment_drawers_open 2"));
  EXPECT_THAT(Exposed(metrics), HasSubstr("reeve_payment_batch_size_bucket{le=\"8\"} 1"));
}

TEST(Metrics, AnUnknownLabelValueCountsAsOther) {
  Metrics metrics("payment");
  CounterByLabel& by_tender =
      metrics.NewCounterByLabel("tenders_total", "Tenders.", "tender", {"cash", "check"});
  by_tender.For("cash").Add();
  by_tender.For("seashells").Add();
  by_tender.For("wampum").Add();
  EXPECT_THAT(Exposed(metrics), HasSubstr("reeve_payment_tenders_total{tender=\"cash\"} 1"));
  EXPECT_THAT(Exposed(metrics), HasSubstr("reeve_payment_tenders_total{tender=\"other\"} 2"));
  EXPECT_THAT(Exposed(metrics), Not(HasSubstr("seashells")));
}

TEST(LiveHeap, CountsWhatIsHeldAndForgetsWhatWasLetGo) {
  constexpr std::int64_t kBlock = 50'000'000;
  const std::int64_t before = LiveHeapBytes();
  {
    const std::vector<char> held(kBlock);
    EXPECT_NEAR(LiveHeapBytes() - before, kBlock, kBlock / 50);
  }
  EXPECT_NEAR(LiveHeapBytes(), before, kBlock / 50);
  const std::string page = prometheus::TextSerializer().Serialize(LiveHeap("payment").Collect());
  EXPECT_THAT(page, HasSubstr("# TYPE reeve_payment_heap_live_bytes gauge"));
}

}  // namespace
}  // namespace reeve::obs
