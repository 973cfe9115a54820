#include "services/account/application/application.h"

#include <gtest/gtest.h>

#include <set>
#include <tuple>

namespace reeve::account {
namespace {

Date Day(std::string_view text) { return Date::Parse(text).value(); }
const Date kToday = Day("2026-11-22");
const Rule kRule{RuleTag::kAdopted, "Code 1", "words", "test"};

Policy Simple() {
  return {.id = PolicyId(1),
          .charges = {{.code = "E-DEP",
                       .service = "electric",
                       .amount = Money::Cents(12'000),
                       .waiver_months = 24,
                       .rule = kRule}},
          .checklist = {{CustomerType::kTenant, "", "GOVERNMENT-ID", "A photo ID", kRule},
                        {CustomerType::kTenant, "water", "OWNER-SIGNED-APPLICATION",
                         "Signed by the owner", kRule},
                        {CustomerType::kOwner, "", "DEED", "Deed or closing statement", kRule}}};
}

Application Tenant() {
  return {.id = ApplicationId(9),
          .customer_type = CustomerType::kTenant,
          .points = {{.no = 1, .service = "electric", .off = true}}};
}

Application Complete() {
  Application application = Tenant();
  application.documents.push_back({.kind = "GOVERNMENT-ID", .reference = "UT DL 1"});
  return Recorded(application, Simple()).value();
}

Application Decided(const std::vector<PaymentRecord>& records = {}) {
  return DecideApplication(Complete(), Simple(), records, kToday, "person/42").value();
}

std::string ReasonOf(const auto& result) { return result.ok() ? "" : result.error().reason(); }

TEST(ApplicationTransitions, AreTotal) {
  using S = ApplicationState;
  using E = ApplicationEvent;
  std::set<std::tuple<S, E, S>> lawful{{S::kComplete, E::kDecide, S::kDecided},
                                       {S::kDecided, E::kDecide, S::kDecided},
                                       {S::kDecided, E::kAccept, S::kAccepted}};
  for (const S open : {S::kOpen, S::kComplete, S::kDecided}) {
    lawful.emplace(open, E::kRecord, S::kOpen);
    lawful.emplace(open, E::kComplete, S::kComplete);
    lawful.emplace(open, E::kWithdraw, S::kWithdrawn);
  }
  std::set<std::tuple<S, E, S>> found;
  for (std::size_t s = 0; s < kApplicationStateName.size(); ++s) {
    for (std::size_t e = 0; e < kApplicationEventName.size(); ++e) {
      if (const auto next = Next(static_cast<S>(s), static_cast<E>(e)))
        found.emplace(static_cast<S>(s), static_cast<E>(e), *next);
    }
  }
  EXPECT_EQ(found, lawful);
}

TEST(Checklist, AsksForWhatTypeAndServicesNeed) {
  Application application = Tenant();
  ASSERT_EQ(Missing(application, Simple()).size(), 1u);
  EXPECT_EQ(Missing(application, Simple())[0].document, "GOVERNMENT-ID");
  application.points.push_back({.no = 2, .service = "water"});
  EXPECT_EQ(Missing(application, Simple()).size(), 2u);
  application.documents.push_back({.kind = "OWNER-SIGNED-APPLICATION"});
  EXPECT_EQ(Missing(application, Simple()).size(), 1u);
}

TEST(Recording, CompletesAndUndoesADecision) {
  EXPECT_EQ(Complete().state, ApplicationState::kComplete);
  const Application again = Recorded(Decided(), Simple()).value();
  EXPECT_EQ(again.state, ApplicationState::kComplete);
  EXPECT_FALSE(again.decision.has_value());
}

TEST(Recording, ASocialSecurityNumberIsNotKept) {
  for (const auto& [kind, reference] :
       std::vector<std::pair<std::string, std::string>>{{"SOCIAL-SECURITY-CARD", "seen"},
                                                        {"SSN", "seen"},
                                                        {"GOVERNMENT-ID", "123-45-6789"},
                                                        {"GOVERNMENT-ID", "123456789"}}) {
    Fields fields;
    CheckDocument(fields, {.kind = kind, .reference = reference, .document_date = kToday}, kToday);
    EXPECT_FALSE(fields.ok()) << kind << " " << reference;
  }
  Fields fields;
  CheckDocument(fields,
                {.kind = "GOVERNMENT-ID", .reference = "UT DL 123456789", .document_date = kToday},
                kToday);
  EXPECT_TRUE(fields.ok());
}

TEST(Recording, ADocumentIsDatedByToday) {
  Fields fields;
  CheckDocument(fields,
                {.kind = "LEASE", .reference = "signed", .document_date = kToday.PlusDays(1)},
                kToday);
  ASSERT_EQ(fields.error().violations().size(), 1u);
  EXPECT_EQ(fields.error().violations()[0].field, "document.document_date");
}

TEST(Recording, AReferenceEndsByToday) {
  Fields fields;
  CheckReference(fields, {.issuer = "Utility", .from_date = kToday, .to_date = kToday.PlusDays(1)},
                 kToday);
  CheckReference(fields, {.issuer = "Utility", .from_date = kToday, .to_date = kToday.PlusDays(-1)},
                 kToday);
  EXPECT_EQ(fields.error().violations().size(), 2u);
}

TEST(Deciding, NeedsACompleteApplication) {
  EXPECT_EQ(ReasonOf(DecideApplication(Tenant(), Simple(), {}, kToday, "person/42")),
            "APPLICATION_STATE");
  EXPECT_EQ(Decided().decision->total, Money::Cents(12'000));
  EXPECT_EQ(Decided().decided_by, "person/42");
}

TEST(Deciding, CountsVerifiedReferences) {
  Application application = Complete();
  application.references.push_back({.issuer = "Rocky Mountain Power",
                                    .from_date = Day("2024-01-01"),
                                    .to_date = Day("2026-01-01")});
  const Application decided =
      DecideApplication(application, Simple(), {}, kToday, "person/42").value();
  EXPECT_EQ(decided.decision->lines[0].outcome, Outcome::kWaived);
}

TEST(Deciding, DebtRefusesNobody) {
  PaymentRecord debtor{.account = AccountId(12345678903), .open_date = Day("2025-01-01")};
  debtor.bills.push_back({1, Day("2025-03-01"), Money::Cents(500'000)});
  EXPECT_EQ(Decided({debtor}).state, ApplicationState::kDecided);
}

TEST(Accepting, TakesTheDecisionThatTheApplicantWasTold) {
  const Application decided = Decided();
  const Application accepted =
      Accept(decided, decided.decision->digest, Simple(), {}, kToday, AccountId(12345678903))
          .value();
  EXPECT_EQ(accepted.state, ApplicationState::kAccepted);
  EXPECT_EQ(accepted.account, AccountId(12345678903));
  EXPECT_FALSE(accepted.charges_paid);
}

TEST(Accepting, RefusalsInOrder) {
  const Application decided = Decided();
  const AccountId account(12345678903);
  EXPECT_EQ(ReasonOf(Accept(Complete(), "other", Simple(), {}, kToday, account)),
            "APPLICATION_STATE");
  EXPECT_EQ(ReasonOf(Accept(decided, "other", Simple(), {}, kToday, account)), "DECISION_STALE");
}

TEST(Accepting, ADecisionThatWouldBeOtherNowIsStale) {
  const Application decided = Decided();
  Policy dearer = Simple();
  dearer.charges[0].amount = Money::Cents(15'000);
  EXPECT_EQ(ReasonOf(Accept(decided, decided.decision->digest, dearer, {}, kToday, AccountId(1))),
            "DECISION_STALE");
  PaymentRecord good{
      .account = AccountId(2), .open_date = Day("2020-01-01"), .timely_since = Day("2020-01-01")};
  const std::vector<PaymentRecord> records{good};
  EXPECT_EQ(
      ReasonOf(Accept(decided, decided.decision->digest, Simple(), records, kToday, AccountId(1))),
      "DECISION_STALE");
}

TEST(Accepting, WithoutChargesNothingIsLeftToPay) {
  Policy free = Simple();
  free.charges[0].amount = Money();
  const Application decided = DecideApplication(Complete(), free, {}, kToday, "p").value();
  const Application accepted =
      Accept(decided, decided.decision->digest, free, {}, kToday, AccountId(1)).value();
  EXPECT_TRUE(accepted.charges_paid);
  EXPECT_EQ(ReasonOf(ChargesPaid(accepted)), "APPLICATION_STATE");
}

TEST(Connecting, OnlyWhatIsOff) {
  const Premise premise{.points = {{.no = 1, .service = "electric", .supply = Supply::kOff},
                                   {.no = 2, .service = "storm"}}};
  Application application = Tenant();
  application.points.push_back({.no = 2, .service = "storm"});
  const std::vector<AppliedPoint> points = PointsToConnect(application, premise);
  ASSERT_EQ(points.size(), 1u);
  EXPECT_EQ(points[0].service, "electric");
}

TEST(PolicyCheck, RefusesToRequireASocialSecurityNumber) {
  Fields fields;
  Policy policy = Simple();
  policy.checklist[0].document = "SOCIAL-SECURITY-CARD";
  CheckPolicy(fields, policy);
  ASSERT_EQ(fields.error().violations().size(), 1u);
  EXPECT_EQ(fields.error().violations()[0].field, "policy.checklist[0].document");
}

TEST(PolicyCheck, NamesEveryBadLine) {
  Fields fields;
  Policy policy = Simple();
  policy.charges.push_back(policy.charges[0]);  // same code, second deposit
  policy.charges[0].rule.quote.clear();         // adopted, but quotes nothing
  policy.charges.push_back({.code = "F",
                            .kind = ChargeKind::kFee,
                            .service = "telegraph",
                            .waiver_months = 24,
                            .rule = kRule});  // no such service, no amount, terms
  CheckPolicy(fields, policy);
  std::multiset<std::string> found;
  const Error error = fields.error();
  for (const FieldViolation& violation : error.violations()) found.insert(violation.field);
  EXPECT_EQ(found,
            (std::multiset<std::string>{"policy.charges[0].rule.quote", "policy.charges[1]",
                                        "policy.charges[1].code", "policy.charges[2].amount_cents",
                                        "policy.charges[2].kind", "policy.charges[2].service"}));
}

}  // namespace
}  // namespace reeve::account
