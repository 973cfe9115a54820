#include "services/account/application/deposit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve::account {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Values;

Date Day(std::string_view text) { return Date::Parse(text).value(); }

const Rule kProvo{.tag = RuleTag::kAdopted,
                  .citation = "Provo City Code 12.02.030",
                  .quote = "two continuous years of timely payment",
                  .source = "provo.municipal.codes"};

Policy Electric() {
  return {.id = PolicyId(1),
          .effective_date = Day("2026-07-01"),
          .charges = {{.code = "E-DEP-RES",
                       .service = "electric",
                       .amount = Money::Cents(12'000),
                       .months = 2,
                       .late_payments_min = 2,
                       .waiver_months = 24,
                       .rule = kProvo},
                      {.code = "E-DEP-NON",
                       .service = "electric",
                       .customer_class = CustomerClass::kNonResidential,
                       .basis = DepositBasis::kAnticipated,
                       .months = 2,
                       .waived_by_credit = true,
                       .rule = kProvo},
                      {.code = "E-CONNECT",
                       .kind = ChargeKind::kFee,
                       .service = "electric",
                       .amount = Money::Cents(2'000),
                       .only_when_off = true,
                       .rule = kProvo}}};
}

DepositCase Tenant() {
  return {.application = ApplicationId(9),
          .points = {{.no = 1, .service = "electric", .off = true}}};
}

TimelySpan Span(std::string_view from, std::string_view to) { return {Day(from), Day(to), "test"}; }

const DecisionLine& Deposit(const Decision& decision) { return decision.lines[0]; }

struct DepositRow {
  std::string name;
  std::optional<TimelySpan> timely;
  bool existing;
  int late_payments;
  std::int64_t monthly_cents;
  Outcome outcome;
  std::int64_t amount_cents;
};
class ResidentialDeposit : public ::testing::TestWithParam<DepositRow> {};
TEST_P(ResidentialDeposit, FollowsProvo1202030) {
  const DepositRow& row = GetParam();
  DepositCase given = Tenant();
  given.timely = row.timely;
  given.existing_customer = row.existing;
  given.late_payments = row.late_payments;
  given.points[0].monthly = Money::Cents(row.monthly_cents);
  const DecisionLine line = Deposit(Decide(given, Electric()).value());
  EXPECT_EQ(line.outcome, row.outcome);
  EXPECT_EQ(line.amount, Money::Cents(row.amount_cents));
  EXPECT_THAT(line.reason, HasSubstr("Provo City Code 12.02.030: \"two continuous years"));
}
constexpr Outcome kCharged = Outcome::kCharged;
constexpr Outcome kWaived = Outcome::kWaived;
INSTANTIATE_TEST_SUITE_P(
    Table, ResidentialDeposit,
    Values(DepositRow{"NoHistoryPaysTheLeast", std::nullopt, false, 0, 0, kCharged, 12'000},
           DepositRow{"TwoYearsToTheDay", Span("2024-11-22", "2026-11-22"), false, 0, 0, kWaived,
                      0},
           DepositRow{"ADayShortOfTwoYears", Span("2024-11-23", "2026-11-22"), true, 0, 0, kCharged,
                      12'000},
           DepositRow{"TwoYearsLongAgo", Span("2010-01-01", "2012-01-01"), false, 0, 0, kWaived, 0},
           DepositRow{"PoorPayerIsRaised", std::nullopt, true, 2, 9'950, kCharged, 19'900},
           DepositRow{"PoorPayerBelowTheLeast", std::nullopt, true, 2, 5'000, kCharged, 12'000},
           DepositRow{"OneLateMonthIsNotPoor", std::nullopt, true, 1, 9'950, kCharged, 12'000},
           DepositRow{"NewCustomerIsNeverRaised", std::nullopt, false, 5, 9'950, kCharged, 12'000},
           DepositRow{"TwoGoodYearsBeatLateMonths", Span("2020-01-01", "2023-01-01"), true, 3,
                      9'950, kWaived, 0}),
    [](const auto& info) { return info.param.name; });

TEST(NonResidentialDeposit, IsTwoMonthsOfEachMeter) {
  DepositCase given = Tenant();
  given.customer_class = CustomerClass::kNonResidential;
  given.points = {{1, "electric", false, Money::Cents(80'000)},
                  {2, "electric", false, Money::Cents(15'025)}};
  const Decision decision = Decide(given, Electric()).value();
  EXPECT_EQ(decision.lines[0].amount, Money::Cents(160'000));
  EXPECT_EQ(decision.lines[1].amount, Money::Cents(30'050));
  EXPECT_EQ(decision.total, Money::Cents(190'050));
}

TEST(NonResidentialDeposit, NeedsTheAnticipatedBilling) {
  DepositCase given = Tenant();
  given.customer_class = CustomerClass::kNonResidential;
  EXPECT_EQ(Decide(given, Electric()).error().reason(), "MONTHLY_BILLING_MISSING");
}

TEST(NonResidentialDeposit, IsWaivedByVerifiedCredit) {
  DepositCase given = Tenant();
  given.customer_class = CustomerClass::kNonResidential;
  given.credit_verified = true;
  EXPECT_EQ(Deposit(Decide(given, Electric()).value()).outcome, kWaived);
}

TEST(ResidentialDeposit, IsNotWaivedByCreditAlone) {
  DepositCase given = Tenant();
  given.credit_verified = true;
  EXPECT_EQ(Deposit(Decide(given, Electric()).value()).outcome, kCharged);
}

TEST(ConnectFee, IsDueOnlyWhereSomethingIsTurnedOn) {
  DepositCase given = Tenant();
  EXPECT_EQ(Decide(given, Electric())->lines[1].amount, Money::Cents(2'000));
  given.points[0].off = false;
  EXPECT_EQ(Decide(given, Electric())->lines[1].outcome, Outcome::kNotDue);
  EXPECT_EQ(Decide(given, Electric())->total, Money::Cents(12'000));
}

TEST(Decision, QuotesNoTemplate) {
  Policy policy = Electric();
  policy.charges[0].rule.tag = RuleTag::kTemplate;
  const std::string reason = Deposit(Decide(Tenant(), policy).value()).reason;
  EXPECT_THAT(reason, Not(HasSubstr("12.02.030")));
  EXPECT_THAT(reason, HasSubstr("By the utility's own policy."));
}

TEST(Decision, AServiceWithoutPolicyCostsNothing) {
  DepositCase given = Tenant();
  given.points[0].service = "storm";
  EXPECT_TRUE(Decide(given, Electric())->lines.empty());
}

TEST(Digest, IsTheSameForTheSameDecisionAndNoOther) {
  const std::string digest = Decide(Tenant(), Electric())->digest;
  EXPECT_EQ(digest.size(), 64u);
  EXPECT_EQ(Decide(Tenant(), Electric())->digest, digest);

  DepositCase other = Tenant();
  other.application = ApplicationId(10);
  EXPECT_NE(Decide(other, Electric())->digest, digest);
  other = Tenant();
  other.timely = Span("2020-01-01", "2023-01-01");
  EXPECT_NE(Decide(other, Electric())->digest, digest);
  Policy dearer = Electric();
  dearer.charges[0].amount = Money::Cents(12'001);
  EXPECT_NE(Decide(Tenant(), dearer)->digest, digest);
}

// What a customer has shown until yesterday is not less today: a decision holds overnight.
TEST(Digest, DoesNotMoveWithTheDay) {
  DepositCase given = Tenant();
  given.timely = Span("2024-01-01", "2026-11-22");
  const std::string digest = Decide(given, Electric())->digest;
  given.timely->to = Day("2026-11-23");
  EXPECT_EQ(Decide(given, Electric())->digest, digest);
}

}  // namespace
}  // namespace reeve::account
