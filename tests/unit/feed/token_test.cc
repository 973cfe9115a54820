#include <gtest/gtest.h>

#include "shared/feed/feed.h"

namespace reeve::feed {
namespace {

TEST(Token, EmptyTokenIsTheEmptyText) {
  EXPECT_EQ(Token().Encode(), "");
  EXPECT_TRUE(Token::Decode("").value().empty());
}

TEST(Token, ReadsBackWhatItWrote) {
  Token token;
  token.Advance("payment", "e1", 0, 7);
  token.Advance("payment", "e1", 3, 9'000'000'000'000);
  token.Advance("work_order", "1795500000000000", 2, 1);
  const Token read = Token::Decode(token.Encode()).value();
  EXPECT_EQ(read, token);
  EXPECT_EQ(read.Position("payment", 3), 9'000'000'000'000);
  EXPECT_EQ(read.Position("payment", 1), 0);
  EXPECT_EQ(read.Epoch("work_order"), "1795500000000000");
  EXPECT_EQ(read.Epoch("billing"), "");
}

TEST(Token, EveryCutOfATokenIsRefusedOrReadsAsAToken) {
  Token token;
  token.Advance("payment", "e1", 0, 71);
  token.Advance("account", "e2", 1, 5);
  const std::string text = token.Encode();
  for (std::size_t length = 1; length < text.size(); ++length) {
    const Result<Token> cut = Token::Decode(text.substr(0, length));
    if (!cut.ok()) EXPECT_EQ(cut.error().code(), Code::kInvalidArgument);
  }
}

TEST(Token, RefusesWhatNoFeedGave) {
  for (const char* text : {"*", "payment", "MQ", "MTtwYXltZW50", "Mjt4LGUsMDox", "AAAA"}) {
    EXPECT_FALSE(Token::Decode(text).ok()) << text;
  }
  EXPECT_FALSE(Token::Decode(std::string(100'000, 'M')).ok());
}

TEST(Token, MergeTakesTheGreaterPosition) {
  Token one, other;
  one.Advance("payment", "e1", 0, 7);
  one.Advance("payment", "e1", 1, 2);
  other.Advance("payment", "e1", 0, 5);
  other.Advance("payment", "e1", 2, 1);
  other.Advance("account", "a", 0, 1);
  EXPECT_FALSE(one.Covers(other, "payment"));
  one.Merge(other);
  EXPECT_EQ(one.Position("payment", 0), 7);
  EXPECT_EQ(one.Position("payment", 2), 1);
  EXPECT_TRUE(one.Covers(other, "payment"));
  EXPECT_TRUE(one.Covers(other, "account"));
  EXPECT_TRUE(Token().Covers(Token(), "payment"));
  Token untouched;
  untouched.Advance("payment", "e1", 0, 0);
  EXPECT_TRUE(Token().Covers(untouched, "payment"));  // the end of an empty feed
}

TEST(Token, AnotherEpochStartsFromTheBeginning) {
  Token token;
  token.Advance("payment", "e1", 0, 7);
  token.Advance("payment", "e1", 1, 9);
  Token restored;
  restored.Advance("payment", "e2", 0, 3);
  EXPECT_FALSE(token.Covers(restored, "payment"));
  token.Merge(restored);
  EXPECT_EQ(token, restored);
}

}  // namespace
}  // namespace reeve::feed
