#include "services/billing/adjustment/adjustment.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace reeve::billing::adjustment {
namespace {

using receivable::AllocationPolicy;
using receivable::Books;
using receivable::Charge;
using receivable::ChargeKind;

const Date kToday = Date::Parse("2026-11-23").value();
const AccountId kAccount(10000000009);

Type Credit() {
  Type type;
  type.code = "LEAK-W";
  type.effective_date = Date::Parse("2026-07-01").value();
  type.title = "Leak adjustment, water";
  type.citation = "Ordinance 12";
  type.service = "water";
  type.ledger_account = "adjustments-water";
  type.reasons = {"LEAK_REPAIRED"};
  type.limits = {{"adjustment.limit_clerk", Money::Cents(50'00)},
                 {"adjustment.limit_supervisor", Money::Cents(500'00)}};
  type.limit_days = 30;
  type.taker_days = 14;
  return type;
}

Type Fee() {
  Type type = Credit();
  type.effect = Effect::kCharge;
  type.charge_kind = ChargeKind::kFee;
  type.ledger_account = "revenue-fees-water";
  type.due_days = 10;
  return type;
}

Adjustment Entered(std::int64_t cents) {
  Adjustment adjustment;
  adjustment.account = kAccount;
  adjustment.adjustment_no = 1;
  adjustment.type_code = "LEAK-W";
  adjustment.amount = Money::Cents(cents);
  adjustment.reason_code = "LEAK_REPAIRED";
  adjustment.entered_by = PersonId(7);
  return adjustment;
}

Actor Clerk(std::int64_t posted_alone = 0) {
  return {PersonId(7), Money::Cents(50'00), Money::Cents(posted_alone), false};
}

Charge Owed(std::int64_t id, const char* service, std::int64_t cents,
            ChargeKind kind = ChargeKind::kUsage) {
  Charge charge;
  charge.charge_id = id;
  charge.service = service;
  charge.kind = kind;
  charge.due_date = Date::Parse("2026-12-15").value();
  charge.amount = charge.open = Money::Cents(cents);
  return charge;
}

Books BooksOf(std::vector<Charge> charges, std::int64_t credit = 0) {
  return Books(kAccount, PremiseId(7), Money::Cents(credit), std::move(charges));
}

std::string Reason(const Verdict& verdict) {
  return verdict.refusal ? verdict.refusal->reason() : "";
}

std::set<std::string> BadFields(const Type& type) {
  Fields fields;
  Validate(type, "", fields);
  std::set<std::string> bad;
  for (const FieldViolation& violation : fields.error().violations()) bad.insert(violation.field);
  return bad;
}

TEST(AdjustmentTest, TheStatesAreTotal) {
  const std::map<std::pair<State, Event>, State> allowed = {
      {{State::kProposed, Event::kApprove}, State::kPosted},
      {{State::kProposed, Event::kDecline}, State::kDeclined},
      {{State::kProposed, Event::kWithdraw}, State::kWithdrawn},
      {{State::kPosted, Event::kReverse}, State::kReversed}};
  for (const State state :
       {State::kProposed, State::kPosted, State::kDeclined, State::kWithdrawn, State::kReversed}) {
    for (const Event event :
         {Event::kApprove, Event::kDecline, Event::kWithdraw, Event::kReverse}) {
      const auto found = allowed.find({state, event});
      EXPECT_EQ(After(state, event),
                found == allowed.end() ? std::nullopt : std::optional(found->second));
    }
  }
}

TEST(AdjustmentTest, ATypeThatIsSpelledWrongNamesEveryField) {
  EXPECT_TRUE(BadFields(Credit()).empty());
  Type type = Credit();
  type.code = "leak";
  type.service = "Water";
  type.charge_kind = ChargeKind::kDeposit;
  type.reasons = {"A", "A"};
  type.limits = {{"adjustment.post", Money::Cents(1)}, {"adjustment.limit_a", Money()}};
  type.limit_days = 0;
  type.taker_days = 367;
  type.due_days = -1;
  EXPECT_EQ(
      BadFields(type),
      (std::set<std::string>{"code", "service", "charge_kind", "reasons[1]", "limits[0].permission",
                             "limits[1].amount_cents", "limit_days", "taker_days", "due_days"}));
}

TEST(AdjustmentTest, ControlAccountsAreNotTheirs) {
  for (const char* name : {"receivable-water", "customer-credit", "customer-deposits", "clearing",
                           "unapplied-cash", "deposit-billed-water", "Adjustments", "-", ""}) {
    Type type = Credit();
    type.ledger_account = name;
    EXPECT_TRUE(BadFields(type).contains("ledger_account")) << name;
  }
}

TEST(AdjustmentTest, ALimitIsTheLargestThatIsHeld) {
  const std::set<std::string> held = {"adjustment.limit_supervisor", "adjustment.limit_clerk"};
  EXPECT_EQ(LimitOf(Credit().limits, [&](const std::string& name) { return held.contains(name); }),
            Money::Cents(500'00));
  EXPECT_EQ(LimitOf(Credit().limits, [](const std::string&) { return false; }), Money());
}

TEST(AdjustmentTest, AnAmountAtTheLimitIsWithinIt) {
  EXPECT_FALSE(ExamineNew(Credit(), Entered(50'00), true, Clerk()).needs_second_person);
  EXPECT_TRUE(ExamineNew(Credit(), Entered(50'01), true, Clerk()).needs_second_person);
  EXPECT_TRUE(ExamineNew(Credit(), Entered(20'01), true, Clerk(30'00)).needs_second_person);
  EXPECT_TRUE(ExamineNew(Credit(), Entered(Money::kMaxCents), true, Clerk(1)).needs_second_person);
}

TEST(AdjustmentTest, EveryRuleIsShownAndTheFirstThatFailsRefuses) {
  Type type = Credit();
  type.needs_document = true;
  Adjustment adjustment = Entered(10'00);
  adjustment.reason_code = "WHIM";
  Actor actor = Clerk();
  actor.took_payment = true;
  const auto reason = [&](bool has_service) {
    const Verdict verdict = ExamineNew(type, adjustment, has_service, actor);
    EXPECT_EQ(verdict.lines.size(), 6u);
    return Reason(verdict);
  };
  EXPECT_EQ(reason(false), "REASON_NOT_OF_TYPE");
  adjustment.reason_code = "LEAK_REPAIRED";
  EXPECT_EQ(reason(false), "DOCUMENT_MISSING");
  adjustment.document = "invoice";
  EXPECT_EQ(reason(false), "SERVICE_NOT_ON_ACCOUNT");
  EXPECT_EQ(reason(true), "TOOK_PAYMENT");
  actor.took_payment = false;
  EXPECT_EQ(reason(true), "");
}

TEST(AdjustmentTest, ASecondPersonIsSomebodyElseWithALimitOfTheirOwn) {
  Actor actor{PersonId(7), Money::Cents(10'00), Money(), true};
  EXPECT_EQ(Reason(ExamineApproval(Credit(), Entered(60'00), actor)), "SAME_PERSON");
  actor.person = PersonId(9);
  EXPECT_EQ(Reason(ExamineApproval(Credit(), Entered(60'00), actor)), "TOOK_PAYMENT");
  EXPECT_EQ(Reason(ExamineReversal(Credit(), Entered(60'00), actor)), "TOOK_PAYMENT");
  actor.took_payment = false;
  EXPECT_EQ(Reason(ExamineApproval(Credit(), Entered(60'00), actor)), "ABOVE_LIMIT");
  EXPECT_EQ(Reason(ExamineReversal(Credit(), Entered(60'00), actor)), "ABOVE_LIMIT");
  actor.limit = Money::Cents(60'00);
  EXPECT_EQ(Reason(ExamineApproval(Credit(), Entered(60'00), actor)), "");
  EXPECT_EQ(Reason(ExamineReversal(Credit(), Entered(60'00), actor)), "");
}

TEST(AdjustmentTest, WhoeverLoadedATypeHasNoLimitByIt) {
  Type type = Credit();
  type.loaded_by = PersonId(7);
  EXPECT_TRUE(ExamineNew(type, Entered(1), true, Clerk()).needs_second_person);
  const Actor loader{PersonId(7), Money::Cents(500'00), Money(), true};
  Adjustment adjustment = Entered(1);
  EXPECT_EQ(Reason(ExamineApproval(type, adjustment, loader)), "SAME_PERSON");
  adjustment.entered_by = PersonId(9);
  EXPECT_EQ(Reason(ExamineApproval(type, adjustment, loader)), "OWN_TYPE");
  EXPECT_EQ(Reason(ExamineReversal(type, adjustment, loader)), "OWN_TYPE");
}

TEST(AdjustmentTest, ACreditLeavesDepositsAndFeesAlone) {
  Books books = BooksOf({Owed(1, "water", 10'00, ChargeKind::kDeposit),
                         Owed(2, "water", 10'00, ChargeKind::kFee), Owed(3, "water", 10'00)});
  ASSERT_TRUE(Post(Credit(), Entered(10'00), kToday, {}, books).ok());
  EXPECT_EQ(books.charges()[0].open, Money::Cents(10'00));
  EXPECT_EQ(books.charges()[1].open, Money::Cents(10'00));
  EXPECT_EQ(books.charges()[2].open, Money());
}

TEST(AdjustmentTest, PostingAndTakingBackLeavesTheBooksAsTheyWere) {
  for (const Type& type : {Credit(), Fee()}) {
    for (const std::int64_t cents : {1, 10'00, 25'00, 1'000'00}) {
      const std::vector<Charge> owed = {Owed(2, "electric", 15'00), Owed(3, "water", 10'00)};
      Books books = BooksOf(owed);
      ASSERT_TRUE(Post(type, Entered(cents), kToday, {}, books).ok());
      const Money sign =
          type.effect == Effect::kCredit ? Money::Cents(-cents) : Money::Cents(cents);
      EXPECT_EQ(books.Balance().cents(), 25'00 + sign.cents());
      const std::vector<receivable::AllocationRow> given = books.entries()[0].allocations;
      std::vector<receivable::AllocationRow> uses;
      if (books.entries().size() > 1) uses = books.entries()[1].allocations;
      ASSERT_TRUE(Reverse(type, Entered(cents), kToday, {}, given, uses, books).ok());
      EXPECT_EQ(books.Balance(), Money::Cents(25'00));
      EXPECT_EQ(books.credit(), Money());
      EXPECT_EQ(books.charges()[0].open, Money::Cents(15'00));
      EXPECT_EQ(books.charges()[1].open, Money::Cents(10'00));
      for (const receivable::Entry& entry : books.entries()) {
        EXPECT_TRUE(CheckBalanced(entry.postings).ok());
      }
    }
  }
}

TEST(AdjustmentTest, ADigestIsOfWhatWasShown) {
  const auto digest = [](std::int64_t cents, std::int64_t open, bool took, Date today) {
    const Books before = BooksOf({Owed(3, "water", open)});
    Books after = before;
    const Type type = Credit();
    const Adjustment adjustment = Entered(cents);
    EXPECT_TRUE(Post(type, adjustment, today, {}, after).ok());
    Actor actor = Clerk();
    actor.took_payment = took;
    return DigestOf({Act::kPost, type, adjustment, ExamineNew(type, adjustment, true, actor),
                     before.Balance(), after.Balance(), after},
                    today);
  };
  const std::string one = digest(1'00, 10'00, false, kToday);
  EXPECT_EQ(one.size(), 64u);
  EXPECT_EQ(digest(1'00, 10'00, false, kToday), one);
  EXPECT_NE(digest(1'01, 10'00, false, kToday), one);
  EXPECT_NE(digest(1'00, 10'01, false, kToday), one);
  EXPECT_NE(digest(1'00, 10'00, true, kToday), one);
  EXPECT_NE(digest(1'00, 10'00, false, kToday.PlusDays(1)), one);
}

}  // namespace
}  // namespace reeve::billing::adjustment
