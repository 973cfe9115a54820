#include "services/reevectl/form/form.h"

#include <gtest/gtest.h>

#include "reeve/payment/v1/drawer_service.pb.h"
#include "reeve/payment/v1/payment_service.pb.h"
#include "services/reevectl/form/csv.h"

namespace reeve::reevectl {
namespace {

namespace pb = payment::v1;

TEST(FormTest, ReadsDollarsAsCents) {
  pb::TakePaymentRequest request;
  ASSERT_TRUE(SetField(request, "amount_cents", "151.32").ok());
  EXPECT_EQ(request.amount_cents(), 15'132);
}

TEST(FormTest, RefusesAnAmountThatIsNoMoney) {
  pb::TakePaymentRequest request;
  for (const char* text : {"12.345", "1,000", "$5", "", "five"}) {
    EXPECT_FALSE(SetField(request, "amount_cents", text).ok()) << text;
  }
  EXPECT_EQ(request.amount_cents(), 0);
}

TEST(FormTest, CountsCashByDenomination) {
  pb::SubmitCountRequest request;
  ASSERT_TRUE(SetField(request, "counted.cash", "20x3+0.25x40").ok());
  ASSERT_EQ(request.counted().cash_size(), 2);
  EXPECT_EQ(request.counted().cash(0).denomination_cents(), 2'000);
  EXPECT_EQ(request.counted().cash(0).count(), 3);
  EXPECT_EQ(request.counted().cash(1).denomination_cents(), 25);
  EXPECT_EQ(request.counted().cash(1).count(), 40);
}

TEST(FormTest, FillsAMessageByTheShortNamesOfItsFields) {
  pb::TakePaymentRequest request;
  ASSERT_TRUE(
      SetField(request, "tenders", "kind=check,amount=151.32,check_number=1042,bank_last4=6789")
          .ok());
  ASSERT_EQ(request.tenders_size(), 1);
  EXPECT_EQ(request.tenders(0).kind(), pb::TENDER_KIND_CHECK);
  EXPECT_EQ(request.tenders(0).amount_cents(), 15'132);
  EXPECT_EQ(request.tenders(0).check_number(), "1042");
}

TEST(FormTest, NamesTheWordsOfAnEnumThatItDoesNotKnow) {
  pb::TakePaymentRequest request;
  const auto set = SetField(request, "tenders", "kind=gold");
  ASSERT_FALSE(set.ok());
  EXPECT_NE(set.error().message().find("cash, check, card"), std::string::npos);
}

TEST(FormTest, RefusesANameThatTheMessageDoesNotHave) {
  pb::TakePaymentRequest request;
  const auto set = SetField(request, "directions", "service=water,sum=3");
  ASSERT_FALSE(set.ok());
  EXPECT_NE(set.error().message().find("'sum=3' is not like name=value; names: service, amount."),
            std::string::npos)
      << set.error().message();
}

TEST(FormTest, AFieldThatDoesNotExistIsADefectOfTheCommand) {
  pb::TakePaymentRequest request;
  EXPECT_THROW((void)SetField(request, "acount_id", "1"), std::logic_error);
}

TEST(CsvTest, ReadsQuotesCommasAndLineBreaksInsideCells) {
  const auto rows = ParseCsv("id,note\n1,\"a, \"\"b\"\"\nc\"\n2,plain\r\n");
  ASSERT_TRUE(rows.ok());
  ASSERT_EQ(rows->size(), 2u);
  EXPECT_EQ((*rows)[0].cells.at("note"), "a, \"b\"\nc");
  EXPECT_EQ((*rows)[1].line, 4);
  EXPECT_EQ((*rows)[1].cells.at("note"), "plain");
}

TEST(CsvTest, NamesTheLineOfARowThatDoesNotFitTheHeader) {
  const auto rows = ParseCsv("id,note\n1,a\n2\n");
  ASSERT_FALSE(rows.ok());
  EXPECT_NE(rows.error().message().find("Line 3"), std::string::npos);
}

TEST(CsvTest, RefusesAQuoteThatStaysOpen) { EXPECT_FALSE(ParseCsv("id\n\"1\n2\n").ok()); }

}  // namespace
}  // namespace reeve::reevectl
