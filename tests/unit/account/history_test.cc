#include "services/account/history/history.h"

#include <gtest/gtest.h>

namespace reeve::account {
namespace {

Date Day(std::string_view text) { return Date::Parse(text).value(); }
const Date kToday = Day("2026-11-22");

PaymentFact Paid(std::string id, std::int64_t cents, std::string_view date, bool timely = true) {
  return {.payment_id = std::move(id),
          .amount = Money::Cents(cents),
          .timely = timely,
          .applied_date = Day(date)};
}

// Two years of monthly bills of 100.00, each paid on the 10th and due on the 15th.
PaymentRecord TwoGoodYears() {
  PaymentRecord record{.account = AccountId(12345678903), .open_date = Day("2024-10-01")};
  for (Date due = Day("2024-11-15"); due < kToday; due = due.PlusMonths(1)) {
    record.bills.push_back({due.days(), due, Money::Cents(10'000)});
    record.payments.push_back(
        Paid(std::to_string(due.days()), 10'000, due.PlusDays(-5).ToString()));
  }
  return record;
}

std::optional<TimelySpan> Longest(const std::vector<PaymentRecord>& records,
                                  const std::vector<OutsideReference>& references = {},
                                  int gap_days = 31) {
  return LongestTimely(ReadHistory(records, references, kToday), gap_days);
}

TEST(Owed, IsWhatWasBilledAndChargedLessWhatWasPaid) {
  PaymentRecord record = TwoGoodYears();
  EXPECT_EQ(Owed(record), Money());
  record.charged = Money::Cents(12'000);
  EXPECT_EQ(Owed(record), Money::Cents(12'000));
  record.payments.push_back(Paid("over", 50'000, "2026-11-20"));
  EXPECT_EQ(Owed(record), Money());
}

TEST(UncoveredSince, IsTheFirstBillPastDueThatPaymentsDoNotReach) {
  PaymentRecord record = TwoGoodYears();
  EXPECT_EQ(UncoveredSince(record, kToday), std::nullopt);
  record.payments.resize(record.payments.size() - 2);
  EXPECT_EQ(UncoveredSince(record, kToday), Day("2026-10-15"));
}

TEST(UncoveredSince, ACancelledBillIsNeitherOwedNorLate) {
  PaymentRecord record = TwoGoodYears();
  record.bills.push_back({1, Day("2026-11-01"), Money::Cents(10'000)});
  EXPECT_EQ(Owed(record), Money::Cents(10'000));
  EXPECT_EQ(UncoveredSince(record, kToday), Day("2026-11-01"));
  record.bills.back().cancelled = true;
  EXPECT_EQ(Owed(record), Money());
  EXPECT_EQ(UncoveredSince(record, kToday), std::nullopt);
}

TEST(UncoveredSince, ABillThatIsNotDueYetIsNotLate) {
  PaymentRecord record = TwoGoodYears();
  record.bills.push_back({1, kToday, Money::Cents(10'000)});
  EXPECT_EQ(UncoveredSince(record, kToday), std::nullopt);
}

TEST(TimelyHistory, RunsFromTheFirstBillToToday) {
  EXPECT_EQ(Longest({TwoGoodYears()}),
            (TimelySpan{Day("2024-11-15"), kToday, "account 12345678903"}));
}

TEST(TimelyHistory, WithoutBillsThereIsNothingToShow) {
  EXPECT_EQ(Longest({PaymentRecord{.account = AccountId(1), .open_date = Day("2020-01-01")}}),
            std::nullopt);
}

TEST(TimelyHistory, TheFormerBooksCount) {
  PaymentRecord record{
      .account = AccountId(1), .open_date = Day("2020-01-01"), .timely_since = Day("2022-05-01")};
  EXPECT_EQ(Longest({record})->from, Day("2022-05-01"));
}

TEST(TimelyHistory, ALatePaymentCutsIt) {
  PaymentRecord record = TwoGoodYears();
  record.payments[11].timely = false;
  record.payments[11].applied_date = Day("2025-10-20");
  const std::optional<TimelySpan> longest = Longest({record});
  EXPECT_EQ(longest->from, Day("2025-10-20"));
  EXPECT_EQ(longest->to, kToday);
}

// utility.md, acceptance scenario A7: a late month that a corrected bill caused does not count.
TEST(TimelyHistory, ALatePaymentOfAWrongBillDoesNotCutIt) {
  PaymentRecord record = TwoGoodYears();
  record.payments[11].timely = false;
  record.payments[11].applied_date = Day("2025-10-20");
  record.payments[11] = Excuse(record.payments[11], "bill of October was corrected").value();
  EXPECT_EQ(Longest({record})->from, Day("2024-11-15"));
  EXPECT_EQ(LatePayments(record, Day("2025-01-01")), 0);
}

TEST(TimelyHistory, AnUnpaidBillEndsIt) {
  PaymentRecord record = TwoGoodYears();
  record.payments.pop_back();
  EXPECT_EQ(Longest({record})->to, Day("2026-11-15"));
}

TEST(TimelyHistory, GoesOnFromOneUtilityToTheNext) {
  const std::vector<OutsideReference> moved{
      {"Rocky Mountain Power", Day("2023-01-01"), Day("2024-10-20")}};
  const std::optional<TimelySpan> longest = Longest({TwoGoodYears()}, moved);
  EXPECT_EQ(longest->from, Day("2023-01-01"));
  EXPECT_EQ(longest->to, kToday);
  EXPECT_EQ(longest->source, "Rocky Mountain Power, account 12345678903");
}

TEST(TimelyHistory, AGapInterruptsIt) {
  const std::vector<OutsideReference> moved{
      {"Rocky Mountain Power", Day("2023-01-01"), Day("2024-10-14")}};
  EXPECT_EQ(Longest({TwoGoodYears()}, moved, 31)->from, Day("2024-11-15"));
  EXPECT_EQ(Longest({TwoGoodYears()}, moved, 32)->from, Day("2023-01-01"));
}

TEST(TimelyHistory, NothingRunsAcrossALatePayment) {
  PaymentRecord record = TwoGoodYears();
  record.payments[11].timely = false;
  record.payments[11].applied_date = Day("2025-10-20");
  const std::vector<OutsideReference> second_home{
      {"Rocky Mountain Power", Day("2025-10-01"), Day("2025-12-01")}};
  EXPECT_EQ(Longest({record}, second_home)->from, Day("2025-10-20"));
}

TEST(TimelyHistory, AnotherUtilityAloneIsEnough) {
  PaymentRecord record = TwoGoodYears();
  record.payments[11].timely = false;
  record.payments[11].applied_date = Day("2025-10-20");
  const std::vector<OutsideReference> elsewhere{
      {"Rocky Mountain Power", Day("2024-01-01"), Day("2026-11-01")}};
  EXPECT_EQ(Longest({record}, elsewhere)->source, "Rocky Mountain Power");
}

TEST(ExcuseLatePayment, RefusalsInOrder) {
  EXPECT_EQ(Excuse(Paid("p", 1, "2026-01-01"), "x").error().reason(), "PAYMENT_TIMELY");
  const PaymentFact excused = Excuse(Paid("p", 1, "2026-01-01", false), "wrong bill").value();
  EXPECT_EQ(Excuse(excused, "again").error().reason(), "LATE_EXCUSED");
}

}  // namespace
}  // namespace reeve::account
