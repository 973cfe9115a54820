#include "services/payment/remittance/remittance.h"

#include <gtest/gtest.h>

#include <set>

#include "shared/core/check_digit.h"

namespace reeve::payment {
namespace {

// Creditron, "Sample Check Digit".
const std::string kSample = "003456789011102960000000000100000000010008";

TEST(ReadStub, ReadsThePublishedSample) {
  const auto stub = ReadStub(kSample);
  ASSERT_TRUE(stub.ok());
  EXPECT_EQ(*stub, (Stub{AccountId(345678901), Date::Parse("2096-11-02").value(), "0000",
                         Money::Cents(1000), Money::Cents(1000)}));
}

// The sibling page prints the same check digit for another date; the true one is 0.
TEST(ReadStub, RefusesTheSampleOfTheSiblingPage) {
  const auto stub = ReadStub("003456789011101960000000000100000000010008");
  ASSERT_FALSE(stub.ok());
  EXPECT_EQ(stub.error().reason(), "SCANLINE_CHECK_DIGIT");
}

TEST(ReadStub, RefusesEveryMistypedDigit) {
  for (std::size_t i = 0; i < kSample.size(); ++i) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      if (digit == kSample[i]) continue;
      std::string mistyped = kSample;
      mistyped[i] = digit;
      EXPECT_FALSE(ReadStub(mistyped).ok()) << mistyped;
    }
  }
}

TEST(ReadStub, MissesNoTranspositionButNinety) {
  for (std::size_t i = 0; i + 1 < kSample.size(); ++i) {
    if (kSample[i] == kSample[i + 1]) continue;
    std::string swapped = kSample;
    std::swap(swapped[i], swapped[i + 1]);
    const bool blind = std::set{kSample[i], kSample[i + 1]} == std::set{'0', '9'};
    const auto stub = ReadStub(swapped);
    if (!blind) EXPECT_FALSE(stub.ok()) << swapped;
    // The account's own check digit still guards what the line's cannot see there.
    if (i < 10) EXPECT_FALSE(stub.ok() && stub->account == AccountId(345678901)) << swapped;
  }
}

std::string WithCheckDigit(std::string payload) {
  payload.push_back(*Mod10CheckDigit(payload));
  return payload;
}

TEST(ReadStub, RefusesContentThatTheCheckDigitCannotSee) {
  const std::string rest = "000000000010000000001000";
  const std::string no_account = WithCheckDigit("00345678902110296" + rest);
  const std::string no_date = WithCheckDigit("00345678901130296" + rest);
  const std::string no_leap_day = WithCheckDigit("00345678901022997" + rest);
  for (const std::string& line : {no_account, no_date, no_leap_day}) {
    ASSERT_EQ(line.size(), kScanlineDigits);
    const auto stub = ReadStub(line);
    ASSERT_FALSE(stub.ok()) << line;
    EXPECT_EQ(stub.error().reason(), "SCANLINE_CONTENT");
  }
}

TEST(IsAccountNumber, HasElevenDigitsAndACheckDigit) {
  EXPECT_TRUE(IsAccountNumber(345678901));
  for (const std::int64_t value : {std::int64_t{0}, std::int64_t{-345678901},
                                   std::int64_t{345678902}, std::int64_t{100'000'000'000}}) {
    EXPECT_FALSE(IsAccountNumber(value)) << value;
  }
}

}  // namespace
}  // namespace reeve::payment
