#include "shared/core/canonical.h"

#include <gtest/gtest.h>

#include <set>

namespace reeve {
namespace {

TEST(Canonical, CommandsThatMeanSomethingElseHaveAnotherForm) {
  const std::string forms[] = {
      Canonical("take", 1).bytes(),
      Canonical("take", 2).bytes(),
      Canonical("take", 1).Add("a", 12).bytes(),
      Canonical("take", 1).Add("a", "12").bytes(),
      Canonical("take", 1).Add("a", 1).Add("b", 2).bytes(),
      Canonical("take", 1).Add("b", 2).Add("a", 1).bytes(),
      Canonical("take", 1).Add("a", "x").Add("b", "y").bytes(),
      Canonical("take", 1).Add("a", "xb;1:ty").bytes(),
      Canonical("take", 1).Add("a", "x;1:bt1:y").bytes(),
      Canonical("take", 1).List("a", 1).Add("b", 2).bytes(),
      Canonical("take", 1).List("a", 0).Add("b", 2).bytes(),
      Canonical("take", 1).Add("a", "").bytes(),
  };
  EXPECT_EQ(std::set(std::begin(forms), std::end(forms)).size(), std::size(forms));
  EXPECT_EQ(Canonical("take", 1).Add("a", 12).bytes(), forms[2]);
}

// The form is stored as a fingerprint for 90 days and longer: it may only change with its version.
TEST(Canonical, FormStaysWhatItIs) {
  EXPECT_EQ(Canonical("take", 1).Add("cents", -5).Add("note", "a;b").List("tenders", 2).bytes(),
            "4:takev1;5:centsi-5;4:notet3:a;b;7:tendersl2;");
}

TEST(Sha256, AgreesWithFips180) {
  EXPECT_EQ(HexEncode(Sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(HexEncode(Sha256("")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace
}  // namespace reeve
