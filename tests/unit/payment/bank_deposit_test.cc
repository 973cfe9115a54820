#include "services/payment/bank_deposit/bank_deposit.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/unit/payment/builders.h"

namespace reeve::payment {
namespace {

using namespace testing;

Date On(const char* text) { return Date::Parse(text).value(); }

// Federal Reserve Banks, "Holiday Schedules" 2026 and 2027.
TEST(IsBankingDay, KeepsTheHolidaysOfTheFederalReserve) {
  for (const char* holiday : {"2026-01-01", "2026-01-19", "2026-02-16", "2026-05-25", "2026-06-19",
                              "2026-09-07", "2026-10-12", "2026-11-11", "2026-11-26", "2026-12-25",
                              "2027-01-18", "2027-05-31", "2027-07-05", "2027-11-25"}) {
    EXPECT_FALSE(IsBankingDay(On(holiday))) << holiday;
  }
  // 4 July 2026, 19 June 2027 and 25 December 2027 are Saturdays: the banks open on Friday.
  for (const char* open : {"2026-07-03", "2027-06-18", "2027-12-24", "2026-07-24", "2026-11-27"}) {
    EXPECT_TRUE(IsBankingDay(On(open))) << open;
  }
  EXPECT_FALSE(IsBankingDay(On("2026-11-22")));  // Sunday
  EXPECT_FALSE(IsBankingDay(On("2026-11-21")));  // Saturday
}

TEST(DepositDueDate, IsTheThirdBankingDay) {
  const std::pair<const char*, const char*> cases[] = {
      {"2026-11-16", "2026-11-19"},  // Monday: Thursday
      {"2026-11-19", "2026-11-24"},  // over a weekend
      {"2026-11-23", "2026-11-27"},  // over Thanksgiving
      {"2026-12-24", "2026-12-30"},  // over Christmas and a weekend
  };
  for (const auto& [collected, due] : cases) {
    EXPECT_EQ(DepositDueDate(On(collected)), On(due)) << collected;
  }
}

VaultCheck Check(std::int64_t receipt_no, std::int64_t cents) {
  return {{kDrawer, 2, receipt_no}, 1, "1001", "1234", Money::Cents(cents)};
}

Due SomeDue() {
  Due due;
  due.takings = {{kDrawer, 2, On("2026-11-20"), Money::Cents(12'000), 2, Money::Cents(7'500)},
                 {DrawerId(4), 1, On("2026-11-19"), Money::Cents(-100), 0, Money()}};
  due.checks = {Check(1, 5'000), Check(2, 2'500), Check(9, 700)};  // the last one was short
  return due;
}

CheckDifference Accepted(std::int64_t counted_count, std::int64_t counted, std::int64_t found_count,
                         std::int64_t found, PersonId by) {
  return {kVault, 77,   counted_count, Money::Cents(counted), found_count, Money::Cents(found), "?",
          by,     kNow, kToday};
}

Preparation Right() {
  Preparation preparation;
  preparation.bag_number = "BAG-0001";
  preparation.cash = Cash::Of({{10000, 1}, {1000, 1}, {500, 1}, {100, 4}});
  preparation.checks = {{{kDrawer, 2, 2}, 1}, {{kDrawer, 2, 1}, 1}};
  preparation.person = kStranger;
  preparation.now = kNow;
  preparation.today = kToday;
  return preparation;
}

struct PrepareCase {
  std::string name;
  bool took_cash = false;
  bool was_custodian = false;
  bool empty = false;
  bool bag_used = false;
  bool accepted_difference = false;
  std::int64_t cash_cents_off = 0;
  std::vector<CheckItem> checks = Right().checks;
  bool vault_empty = false;
  std::string reason;
};
class PrepareByPrecedence : public ::testing::TestWithParam<PrepareCase> {};

TEST_P(PrepareByPrecedence, IsRefusedFor) {
  const PrepareCase& c = GetParam();
  Preparation preparation = Right();
  preparation.took_cash = c.took_cash;
  preparation.was_custodian = c.was_custodian;
  preparation.bag_number_used = c.bag_used;
  preparation.checks = c.checks;
  preparation.cash[11] += c.cash_cents_off;
  Vault vault{kVault, 1, c.vault_empty ? Cash{} : preparation.cash};
  const Cash before = vault.cash;
  Due due = c.empty ? Due{} : SomeDue();
  if (c.accepted_difference) due.differences = {Accepted(2, 7'500, 2, 7'500, kStranger)};
  const auto deposit = Prepare(preparation, due, vault);
  EXPECT_EQ(ReasonOf(deposit), c.reason);
  EXPECT_EQ(vault.cash, deposit.ok() ? Cash{} : before);
}

const std::vector<CheckItem> kOneMissing = {{{kDrawer, 2, 1}, 1}};
const std::vector<CheckItem> kOneTwice = {{{kDrawer, 2, 1}, 1}, {{kDrawer, 2, 1}, 1}};
const std::vector<CheckItem> kUnknown = {{{kDrawer, 2, 1}, 1}, {{kDrawer, 2, 2}, 2}};
const std::vector<CheckItem> kOfAnotherWorth = {{{kDrawer, 2, 1}, 1}, {{kDrawer, 2, 9}, 1}};

INSTANTIATE_TEST_SUITE_P(
    All, PrepareByPrecedence,
    ::testing::Values(
        PrepareCase{"TookCashBeatsAll", true, true, true, true, true, 1, {}, true, "TOOK_CASH"},
        PrepareCase{"WasCustodian", false, true, false, true, true, 1, {}, true, "WAS_CUSTODIAN"},
        PrepareCase{"SaidWhatIsThere", false, false, true, true, true, 1, {}, true, "SAME_PERSON"},
        PrepareCase{
            "NothingDue", false, false, true, true, false, 1, {}, true, "NOTHING_TO_DEPOSIT"},
        PrepareCase{"BagUsed", false, false, false, true, false, 1, {}, true, "BAG_NUMBER_USED"},
        PrepareCase{"OneCentOff", false, false, false, false, false, 1, {}, true, "CASH_DIFFERS"},
        PrepareCase{"CheckMissing", false, false, false, false, false, 0, kOneMissing, true,
                    "CHECKS_DIFFER"},
        PrepareCase{"CheckTwice", false, false, false, false, false, 0, kOneTwice, true,
                    "CHECKS_DIFFER"},
        PrepareCase{"CheckUnknown", false, false, false, false, false, 0, kUnknown, true,
                    "CHECKS_DIFFER"},
        PrepareCase{"AnotherCheck", false, false, false, false, false, 0, kOfAnotherWorth, true,
                    "CHECKS_DIFFER"},
        PrepareCase{"VaultShort", false, false, false, false, false, 0, Right().checks, true,
                    "VAULT_SHORT"},
        PrepareCase{"Nothing", false, false, false, false, false, 0, Right().checks, false, ""}),
    [](const auto& info) { return info.param.name; });

TEST(Prepare, ItemisesAndPostsWhatLeavesTheVault) {
  Vault vault{kVault, 1, Right().cash};
  const auto deposit = Prepare(Right(), SomeDue(), vault);
  ASSERT_TRUE(deposit.ok());
  EXPECT_EQ(deposit->oldest_date, On("2026-11-19"));
  EXPECT_EQ(deposit->due_date, On("2026-11-24"));
  EXPECT_EQ(deposit->checks.size(), 2u);
  EXPECT_EQ(deposit->Checks().cents(), 7'500);
  const Entry entry = DepositEntry(*deposit);
  ASSERT_TRUE(CheckBalanced(entry.postings).ok());
  EXPECT_EQ(entry.postings[0], (Posting{"bank-transit", "pooled-cash", Money::Cents(11'900)}));
  EXPECT_EQ(entry.postings[1], (Posting{"vault-cash", "pooled-cash", Money::Cents(-11'900)}));
}

// What a cash drawer was short of reaches the change fund, never the bag.
TEST(Due, IsNeverNegativeInCash) {
  Due due = SomeDue();
  EXPECT_EQ(due.Cash().cents(), 11'900);
  EXPECT_EQ(due.FundShort().cents(), 0);
  due.takings[0].cash = Money::Cents(40);
  EXPECT_EQ(due.Cash().cents(), 0);
  EXPECT_EQ(due.FundShort().cents(), 60);
  Preparation only_checks = Right();
  only_checks.cash = Cash{};
  Vault vault{kVault, 1, Right().cash};
  const auto deposit = Prepare(only_checks, due, vault);
  ASSERT_TRUE(deposit.ok()) << deposit.error().reason();
  EXPECT_EQ(deposit->Covers().FundShort().cents(), 60);
  EXPECT_EQ(vault.cash, Right().cash);
}

TEST(Prepare, NamesTheDifferenceOfTheChecksInFigures) {
  Preparation preparation = Right();
  preparation.checks = kOfAnotherWorth;
  Vault vault{kVault, 1, Right().cash};
  const auto refused = Prepare(preparation, SomeDue(), vault);
  ASSERT_FALSE(refused.ok());
  const auto& details = refused.error().metadata();
  const std::map<std::string, std::string> figures(details.begin(), details.end());
  EXPECT_EQ(figures.at("listed_count"), "2");
  EXPECT_EQ(figures.at("listed_cents"), "5700");
  EXPECT_EQ(figures.at("counted_count"), "2");
  EXPECT_EQ(figures.at("counted_cents"), "7500");
  EXPECT_FALSE(figures.contains("not_there"));
}

struct DifferenceCase {
  std::string name;
  bool took_cash = false;
  bool empty = false;
  std::int64_t count = 0;
  std::int64_t cents = 0;
  std::string reason;
  bool was_custodian = false;
};
class DifferenceByPrecedence : public ::testing::TestWithParam<DifferenceCase> {};

TEST_P(DifferenceByPrecedence, IsRefusedFor) {
  const DifferenceCase& c = GetParam();
  const auto difference =
      AcceptDifference({c.count, Money::Cents(c.cents), "one was on the floor", kSupervisor, kNow,
                        kToday, c.took_cash, c.was_custodian},
                       c.empty ? Due{} : SomeDue());
  EXPECT_EQ(ReasonOf(difference), c.reason);
}

// Counted: 2 worth 75.00. Recorded: 3 worth 82.00.
INSTANTIATE_TEST_SUITE_P(
    All, DifferenceByPrecedence,
    ::testing::Values(
        DifferenceCase{"TookCashBeatsAll", true, true, 9, 9, "TOOK_CASH", true},
        DifferenceCase{"HadThemInHand", false, true, 9, 9, "WAS_CUSTODIAN", true},
        DifferenceCase{"NothingDue", false, true, 9, 9, "NOTHING_TO_DEPOSIT"},
        DifferenceCase{"Agrees", false, false, 2, 7'500, "CHECKS_AGREE"},
        DifferenceCase{"MoreThanRecorded", false, false, 4, 8'000, "CHECKS_NOT_RECORDED"},
        DifferenceCase{"WorthMoreThanRecorded", false, false, 3, 8'201, "CHECKS_NOT_RECORDED"},
        DifferenceCase{"AllThatAreRecorded", false, false, 3, 8'200, ""},
        DifferenceCase{"SameNumberOfAnotherWorth", false, false, 2, 5'700, ""},
        DifferenceCase{"None", false, false, 0, 0, ""}),
    [](const auto& info) { return info.param.name; });

TEST(AcceptDifference, IsPostedAndMakesTheDepositWhatWasFound) {
  Due due = SomeDue();
  const auto finding = [](std::int64_t count, std::int64_t cents) {
    return Found{count, Money::Cents(cents), "miscounted", kSupervisor, kNow, kToday, false, false};
  };
  due.differences.push_back(AcceptDifference(finding(1, 700), due).value());
  // The second one corrects the first.
  due.differences.push_back(AcceptDifference(finding(3, 8'200), due).value());
  EXPECT_EQ(due.differences[1].Over().cents(), 7'500);
  EXPECT_EQ(due.CheckCount(), 3);
  EXPECT_EQ(due.Checks().cents(), 8'200);
  CheckDifference& first = due.differences[0];
  first.id = 77;
  const Entry entry = DifferenceEntry(first);
  EXPECT_EQ(entry.reference, 77);
  ASSERT_TRUE(CheckBalanced(entry.postings).ok());
  ASSERT_EQ(entry.postings.size(), 2u);
  EXPECT_EQ(entry.postings[0], (Posting{"vault-check", "pooled-cash", Money::Cents(-6'800)}));
  EXPECT_EQ(entry.postings[1], (Posting{"over-short-check", "pooled-cash", Money::Cents(6'800)}));

  Preparation preparation = Right();
  Vault vault{kVault, 1, Right().cash};
  EXPECT_EQ(ReasonOf(Prepare(preparation, due, vault)), "CHECKS_DIFFER");
  preparation.checks.push_back({{kDrawer, 2, 9}, 1});
  const auto deposit = Prepare(preparation, due, vault);
  ASSERT_TRUE(deposit.ok()) << deposit.error().reason();
  EXPECT_EQ(deposit->Checks().cents(), 8'200);
  EXPECT_EQ(deposit->differences.size(), 2u);
}

TEST(Carry, TakesASecondPersonOnce) {
  Vault vault{kVault, 1, Right().cash};
  BankDeposit deposit = Prepare(Right(), SomeDue(), vault).value();
  EXPECT_EQ(ReasonOf(Carry(deposit, kStranger, kNow)), "SAME_PERSON");
  ASSERT_TRUE(Carry(deposit, kSupervisor, kNow).ok());
  EXPECT_EQ(deposit.state, BankDepositState::kCarried);
  EXPECT_EQ(ReasonOf(Carry(deposit, kStranger, kNow)), "BANK_DEPOSIT_NOT_PREPARED");
  EXPECT_TRUE(Next(BankDepositState::kPrepared, BankDepositEvent::kCarry).has_value());
  EXPECT_FALSE(Next(BankDepositState::kCarried, BankDepositEvent::kCarry).has_value());
}

}  // namespace
}  // namespace reeve::payment
