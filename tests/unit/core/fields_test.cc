#include "shared/core/fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve {
namespace {

using ::testing::ElementsAre;

TEST(Fields, SaysEveryBadFieldAtOnce) {
  Fields fields;
  fields.RequestId("short");
  fields.Text("note", "", 1, 10);
  fields.Id("account_id", -4);
  fields.CivilDate("due_date", "22.11.2026");
  fields.Cents("amount_cents", 0, 1, 100);
  ASSERT_FALSE(fields.ok());
  EXPECT_EQ(fields.error().code(), Code::kInvalidArgument);
  EXPECT_THAT(fields.error().violations(),
              ElementsAre(FieldViolation{"request_id",
                                         "is not 16 to 64 characters of A-Z, a-z, 0-9, _ and -"},
                          FieldViolation{"note", "is required"},
                          FieldViolation{"account_id", "is not an identifier"},
                          FieldViolation{"due_date", "is not a date (YYYY-MM-DD)"},
                          FieldViolation{"amount_cents", "is not between 1 and 100"}));
}

TEST(Fields, TextIsTrimmedAndCountedInCodePoints) {
  Fields fields;
  EXPECT_EQ(fields.Text("note", "  two\tlines\nhere \n", 1, 14), "two\tlines\nhere");
  EXPECT_EQ(fields.Text("note", "Muñoz", 5, 5), "Muñoz");
  EXPECT_EQ(fields.Text("note", "🚰水", 2, 2), "🚰水");
  EXPECT_EQ(fields.Text("note", "", 0, 5), "");
  EXPECT_TRUE(fields.ok());
  fields.Text("note", "Muñoz", 6, 9);
  fields.Text("note", "Muñoz", 1, 4);
  EXPECT_EQ(fields.error().violations().size(), 2u);
}

TEST(Fields, TextThatIsNotUtf8OrHasControlCharactersIsRefused) {
  const std::string bad[] = {
      "\xff",
      "\xc0\xaf",
      "\xc3",
      "\xe0\x80\x80",
      "\xed\xa0\x80",
      "\xf4\x90\x80\x80",
      "\xf0\x82\x82\xac",
      "a\x80",
      "a\x01z",
      "a\x7f",
      "a\xc2\x85z",
      std::string("a\0z", 3),
      "a\rz",
  };
  for (const std::string& text : bad) {
    Fields fields;
    EXPECT_EQ(fields.Text("note", text, 0, 100), "");
    EXPECT_FALSE(fields.ok()) << testing::PrintToString(text);
  }
}

TEST(Fields, RequestIdsHaveOneSpelling) {
  Fields fields;
  EXPECT_EQ(fields.RequestId("0123456789abcdef"), "0123456789abcdef");
  fields.RequestId(std::string(64, 'Z'));
  EXPECT_TRUE(fields.ok());
  fields.RequestId(std::string(65, 'Z'));
  fields.RequestId("0123456789abcde");
  fields.RequestId("0123456789 abcdef");
  fields.RequestId("0123456789äbcdef");
  EXPECT_EQ(fields.error().violations().size(), 4u);
}

TEST(Fields, CentsStayInTheRangeOfMoneyWhateverTheCallerAllows) {
  Fields fields;
  fields.Cents("amount_cents", INT64_MAX, INT64_MIN, INT64_MAX);
  EXPECT_FALSE(fields.ok());
}

}  // namespace
}  // namespace reeve
