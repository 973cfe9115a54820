#include "services/reevectl/anchor/anchor.h"

#include <gtest/gtest.h>

#include "shared/testing/seeded_random.h"

namespace reeve::reevectl {
namespace {

class AnchorTest : public ::testing::Test {
 protected:
  testing::SeededRandom random_{7};
  AnchorKey key_{AnchorKey::NewSeed(random_)};
  Anchors anchors_{{{"payment", "drawer-session/1-1"}, {12, std::string(32, '\x01')}},
                   {{"billing", "account/3"}, {4, std::string(32, '\xfe')}}};
};

TEST_F(AnchorTest, ReadsWhatItHasWritten) {
  const auto read = Read(Write(anchors_, key_), key_);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, anchors_);
}

TEST_F(AnchorTest, AnEmptyChainIsLeftOutAndHidesNoOther) {
  Anchors with_empty = anchors_;
  with_empty[{"billing", "account/4"}] = {};
  const auto read = Read(Write(with_empty, key_), key_);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, anchors_);
}

TEST_F(AnchorTest, ASingleChangedCharacterAnywhereIsForged) {
  const std::string text = Write(anchors_, key_);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == '0' ? '1' : '0';
    if (changed == text) continue;
    const auto read = Read(changed, key_);
    ASSERT_FALSE(read.ok()) << "at " << i;
    EXPECT_EQ(read.error().reason(), reason::kAnchorsForged.name);
  }
}

TEST_F(AnchorTest, AHeadThatWasTakenOutIsForged) {
  std::string text = Write(anchors_, key_);
  const std::size_t line = text.find("payment");
  text.erase(line, text.find('\n', line) + 1 - line);
  EXPECT_FALSE(Read(text, key_).ok());
}

TEST_F(AnchorTest, AnotherKeyDoesNotVerify) {
  const AnchorKey other(AnchorKey::NewSeed(random_));
  EXPECT_FALSE(Read(Write(anchors_, other), key_).ok());
}

TEST_F(AnchorTest, AnEmptyFileIsForged) { EXPECT_FALSE(Read("", key_).ok()); }

}  // namespace
}  // namespace reeve::reevectl
