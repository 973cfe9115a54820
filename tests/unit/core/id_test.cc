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

TEST(DerivedId, IsPositiveAndTheSameForTheSameKey) {
  std::set<std::int64_t> seen;
  for (int i = 0; i < 10'000; ++i) {
    const std::string key = "case311/case/person/42/" + std::to_string(i);
    ASSERT_GT(DerivedId(key), 0);
    ASSERT_EQ(DerivedId(key), DerivedId(key));
    ASSERT_TRUE(seen.insert(DerivedId(key)).second);
  }
  // "abc": ba7816bf8f01cfea..., FIPS 180. Stored as identifiers, so it stays what it is.
  EXPECT_EQ(DerivedId("abc"), 0xba7816bf8f01cfea >> 1);
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
