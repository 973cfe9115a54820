#include "shared/core/check_digit.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace reeve {
namespace {

// Sample scanline of creditron.com: digit sum 62.
constexpr std::string_view kScanlineBody = "00345678901110296000000000010000000001000";

TEST(Mod10, AgreesWithThePublishedScanline) {
  EXPECT_EQ(Mod10CheckDigit(kScanlineBody), '8');
  EXPECT_TRUE(HasValidMod10(std::string(kScanlineBody) + "8"));
}

TEST(Mod10, RefusesTheMisprintedSibling) {
  // The sibling page prints the same 8 behind a date of 110196; the true digit is 0.
  std::string misprinted(kScanlineBody);
  misprinted.replace(misprinted.find("110296"), 6, "110196");
  EXPECT_FALSE(HasValidMod10(misprinted + "8"));
  EXPECT_EQ(Mod10CheckDigit(misprinted), '0');
}

TEST(Mod10, RefusesWhatIsNotDigits) {
  for (const char* text : {"", "12a4", "12 4", "-124"})
    EXPECT_EQ(Mod10CheckDigit(text), std::nullopt);
  for (const char* text : {"", "0", "x8", "8x"}) EXPECT_FALSE(HasValidMod10(text)) << text;
}

TEST(Mod10, CatchesEveryWrongDigitAndEveryTranspositionBut09) {
  std::mt19937_64 random(8);
  for (int i = 0; i < 2'000; ++i) {
    std::string digits;
    for (int d = 0; d < 10; ++d) digits.push_back(static_cast<char>('0' + random() % 10));
    digits.push_back(*Mod10CheckDigit(digits));
    for (std::size_t at = 0; at < digits.size(); ++at) {
      for (char wrong = '0'; wrong <= '9'; ++wrong) {
        if (wrong == digits[at]) continue;
        std::string typo = digits;
        typo[at] = wrong;
        ASSERT_FALSE(HasValidMod10(typo)) << digits << " as " << typo;
      }
    }
    for (std::size_t at = 0; at + 2 < digits.size(); ++at) {
      std::string typo = digits;
      std::swap(typo[at], typo[at + 1]);
      const std::string pair = digits.substr(at, 2);
      const bool missed = typo == digits || pair == "09" || pair == "90";
      ASSERT_EQ(HasValidMod10(typo), missed) << digits << " as " << typo;
    }
  }
}

TEST(Aba, AgreesWithRoutingNumbersInUse) {
  EXPECT_EQ(AbaCheckDigit("23138010"),
            '4');  // NACHA sample of moov-io/ach, whose bad copy prints 5
  EXPECT_EQ(AbaCheckDigit("09140060"), '6');
  EXPECT_EQ(AbaCheckDigit("2313801O"), std::nullopt);
}

}  // namespace
}  // namespace reeve
