#include "shared/core/id.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "shared/core/call.h"
#include "shared/testing/seeded_random.h"

namespace reeve {
namespace {

TEST(NewId, IsPositiveSortsByTimeAndDiffers) {
  testing::SeededRandom random(1);
  const Instant start = Instant::Parse("2026-11-22T08:10:00-07:00").value();
  std::int64_t last = 0;
  for (int millis = 0; millis < 10'000; ++millis) {
    const std::int64_t id = NewId(start + Duration::Millis(millis), random);
    ASSERT_GT(id, last);
    last = id;
  }
  EXPECT_GT(NewId(Instant::Parse("2108-12-31T00:00:00Z").value(), random), last);
}

TEST(Random, BelowIsUniformAndInRange) {
  testing::SeededRandom random(2);
  std::array<int, 6> seen{};
  for (int i = 0; i < 60'000; ++i) ++seen.at(random.Below(seen.size()));
  for (const int count : seen) EXPECT_NEAR(count, 10'000, 500);
  EXPECT_EQ(random.Below(1), 0u);
}

TEST(Caller, IsSpelledTheSameInRequestsAndAudit) {
  EXPECT_EQ((Caller{CallerKind::kPerson, PersonId(42), ""}).ToString(), "person/42");
  EXPECT_EQ((Caller{CallerKind::kService, {}, "billing"}).ToString(), "service/billing");
  EXPECT_EQ(Caller{}.ToString(), "nobody");
}

}  // namespace
}  // namespace reeve
