#include "services/payment/payment/direction_check.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/payment/builders.h"

namespace reeve::payment {
namespace {

using namespace testing;

Owed Owes(std::int64_t electric, std::int64_t water) {
  Owed owed;
  if (electric > 0) owed.services["electric"] = Money::Cents(electric);
  if (water > 0) owed.services["water"] = Money::Cents(water);
  return owed;
}

std::vector<std::string> Refused(const Owed& owed, std::int64_t amount,
                                 const std::vector<Direction>& directions) {
  const Result<> checked = CheckDirections(owed, Money::Cents(amount), directions);
  std::vector<std::string> fields;
  if (checked.ok()) return fields;
  EXPECT_EQ(checked.error().reason(), "DIRECTION_NOT_OWED");
  for (const FieldViolation& violation : checked.error().violations()) {
    fields.push_back(violation.field);
  }
  return fields;
}

TEST(CheckDirections, NamesEveryDirectionThatIsNotOwed) {
  using Fields = std::vector<std::string>;
  const Direction water{"water", Money::Cents(500)}, gas{"gas", Money::Cents(50)};
  EXPECT_EQ(Refused(Owes(900, 400), 550, {water, gas}),
            (Fields{"directions[0].amount_cents", "directions[1].service"}));
  EXPECT_EQ(Refused(Owes(900, 500), 500, {water}), Fields{});
  // Nothing stays open beside what is over.
  EXPECT_EQ(Refused(Owes(0, 400), 500, {water}), Fields{});
  EXPECT_EQ(Refused(Owes(900, 400), 1'400, {water}), Fields{});
  EXPECT_EQ(Refused(Owes(900, 400), 1'399, {water}), (Fields{"directions[0].amount_cents"}));
  EXPECT_EQ(Refused(Owes(0, 0), 50, {gas}), Fields{});
}

// Against a count of its own: refused exactly if money would be credit while a charge stays open.
TEST(CheckDirections, RefusesExactlyWhatWouldBecomeCreditBesideOpenCharges) {
  std::mt19937_64 random(20'261'127);
  const auto below = [&](std::int64_t end) { return static_cast<std::int64_t>(random() % end); };
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::int64_t electric = below(6), water = below(6);
    std::vector<Direction> directions;
    std::int64_t directed = 0, paid = 0, credit = 0;
    for (const auto& [service, owes] :
         {std::pair("electric", electric), std::pair("water", water)}) {
      const std::int64_t cents = below(6);
      if (cents == 0) continue;
      directions.push_back({service, Money::Cents(cents)});
      directed += cents;
      paid += std::min(cents, owes);
      credit += cents - std::min(cents, owes);
    }
    const std::int64_t rest = below(6);
    paid += std::min(rest, electric + water - paid);
    const bool beside = credit > 0 && paid < electric + water;
    EXPECT_EQ(!Refused(Owes(electric, water), directed + rest, directions).empty(), beside);
    refused += beside;
  }
  EXPECT_GT(refused, 1'000);
}

}  // namespace
}  // namespace reeve::payment
