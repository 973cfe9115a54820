// The rules of people, roles, sessions and passwords.
#include <gtest/gtest.h>

#include <algorithm>

#include "services/identity/password/password.h"
#include "services/identity/role/permission.h"
#include "services/identity/role/role.h"
#include "services/identity/session/session.h"
#include "services/identity/staff/staff.h"
#include "shared/core/canonical.h"
#include "shared/testing/seeded_random.h"

namespace reeve::identity {
namespace {

constexpr HashCost kCheap{.memory_kib = 8, .passes = 1};
const Instant kMorning = Instant::Parse("2026-11-22T08:00:00-07:00").value();

std::string ReasonOf(const Result<>& result) { return result.ok() ? "" : result.error().reason(); }

Person Active(std::int64_t id) { return {.id = PersonId(id), .login = "maria"}; }

TEST(Permission, IsKnownIfSomethingAsksForIt) {
  EXPECT_TRUE(std::ranges::is_sorted(MethodPermissions()));
  EXPECT_GT(MethodPermissions().size(), 100u);
  for (const char* known : {"payment.take", "role.define", "custody.accept_into_vault",
                            "drawer.accept_variance", "adjustment.limit_clerk", "bill.limit_x"}) {
    EXPECT_TRUE(IsKnownPermission(known)) << known;
  }
  for (const char* unknown :
       {"", "no.such", "payment.takes", "payment", "bill.limit_", "limit_x"}) {
    EXPECT_FALSE(IsKnownPermission(unknown)) << unknown;
  }
}

TEST(Login, IsShortLowerCaseAndBeginsWithALetter) {
  for (const char* good : {"maria", "m2", "o.haddad", "a_b-c"}) EXPECT_TRUE(IsLogin(good)) << good;
  for (const char* bad : {"", "m", "Maria", "2maria", "maria ",
                          "mar\xc3\xad"
                          "a",
                          "abcdefghijklmnopqrstuvwxyz0123456"}) {
    EXPECT_FALSE(IsLogin(bad)) << bad;
  }
}

TEST(Login, GivesItsPersonAPositiveNumberOfItsOwn) {
  EXPECT_EQ(PersonOf("maria"), PersonOf("maria"));
  std::set<PersonId> numbers;
  for (int i = 0; i < 10'000; ++i) {
    const PersonId id = PersonOf("login" + std::to_string(i));
    EXPECT_TRUE(id.is_set());
    numbers.insert(id);
  }
  EXPECT_EQ(numbers.size(), 10'000u);
}

TEST(Lockout, TheFifthFailureInARowLocksForAQuarterOfAnHour) {
  SignInFailures failures;
  for (int i = 1; i < 5; ++i) {
    failures = failures.Next(kMorning);
    EXPECT_FALSE(failures.Locked(kMorning)) << i;
  }
  failures = failures.Next(kMorning);
  EXPECT_TRUE(failures.Locked(kMorning));
  EXPECT_TRUE(failures.Locked(kMorning + Duration::Seconds(15 * 60 - 1)));
  EXPECT_FALSE(failures.Locked(kMorning + Duration::Minutes(15)));
}

TEST(Lockout, FailuresAQuarterOfAnHourApartAreForgotten) {
  SignInFailures failures;
  for (int i = 0; i < 100; ++i) {
    failures = failures.Next(kMorning + Duration::Minutes(15 * i));
    EXPECT_EQ(failures.failures, 1);
  }
}

TEST(Staff, NobodyDisablesOrEnablesThemselves) {
  Person person = Active(7);
  EXPECT_EQ(ReasonOf(MayDisable(person, PersonId(7))), "OWN_ACCOUNT");
  EXPECT_EQ(ReasonOf(MayDisable(person, PersonId(8))), "");
  EXPECT_EQ(ReasonOf(MayEnable(person, PersonId(8))), "PERSON_ACTIVE");
  person.state = PersonState::kDisabled;
  EXPECT_EQ(ReasonOf(MayEnable(person, PersonId(7))), "OWN_ACCOUNT");
  EXPECT_EQ(ReasonOf(MayDisable(person, PersonId(8))), "PERSON_DISABLED");
  EXPECT_EQ(ReasonOf(MayEnable(person, PersonId(8))), "");
}

TEST(Permission, IsNounAndVerb) {
  for (const char* good : {"drawer.open", "bank_deposit.prepare", "x1.y2"}) {
    EXPECT_TRUE(IsPermission(good)) << good;
  }
  for (const char* bad : {"", "drawer", "drawer.", ".open", "a.b.c", "Drawer.open", "drawer.o n"}) {
    EXPECT_FALSE(IsPermission(bad)) << bad;
  }
}

const std::vector<Separation> kSeparations{{"bank_deposit.prepare", "payment.take", "cash"}};

TEST(RoleDefinition, AHeldRoleIsOnlyNarrowed) {
  const Role before{"cashier", "", {"payment.take", "drawer.open"}};
  const Role narrower{"cashier", "", {"drawer.open"}};
  const Role wider{"cashier", "", {"payment.take", "drawer.open", "drawer.close"}};
  EXPECT_EQ(ReasonOf(MayDefine(narrower, before, /*held=*/true, {})), "");
  EXPECT_EQ(ReasonOf(MayDefine(wider, before, true, {})), "ROLE_HELD");
  EXPECT_EQ(ReasonOf(MayDefine(wider, before, false, {})), "");
  EXPECT_EQ(ReasonOf(MayDefine(wider, std::nullopt, false, {})), "");
}

TEST(RoleDefinition, DutiesThatMustBeSeparateAreNotOneRole) {
  const Role both{"all", "", {"payment.take", "bank_deposit.prepare"}};
  const Result<> refused = MayDefine(both, std::nullopt, false, kSeparations);
  ASSERT_EQ(ReasonOf(refused), "DUTIES_CONFLICT");
  EXPECT_EQ(refused.error().metadata()[0].second, "bank_deposit.prepare");
  EXPECT_EQ(refused.error().metadata()[1].second, "payment.take");
}

TEST(RoleGrantRules, RefusalsComeInTheirOrder) {
  const Role role{"accountant", "", {"bank_deposit.prepare"}};
  Person person = Active(7);
  const Permissions takes_cash{"payment.take"};
  EXPECT_EQ(ReasonOf(MayReceive(person, {}, {}, role, kSeparations)), "");
  EXPECT_EQ(ReasonOf(MayReceive(person, {}, takes_cash, role, kSeparations)), "DUTIES_CONFLICT");
  EXPECT_EQ(ReasonOf(MayReceive(person, {"accountant"}, takes_cash, role, kSeparations)),
            "ROLE_ALREADY_HELD");
  person.state = PersonState::kDisabled;
  EXPECT_EQ(ReasonOf(MayReceive(person, {"accountant"}, takes_cash, role, kSeparations)),
            "PERSON_DISABLED");
}

TEST(RoleGrantRules, AThirdPersonApproves) {
  RoleGrant grant{.person = PersonId(7), .requested_by = PersonId(1)};
  EXPECT_EQ(ReasonOf(MayApprove(grant, PersonId(1))), "SAME_PERSON");
  EXPECT_EQ(ReasonOf(MayApprove(grant, PersonId(7))), "SAME_PERSON");
  EXPECT_EQ(ReasonOf(MayApprove(grant, PersonId(2))), "");
  EXPECT_EQ(ReasonOf(MayDecline(grant)), "");
  for (const GrantState decided : {GrantState::kApproved, GrantState::kDeclined}) {
    grant.state = decided;
    EXPECT_EQ(ReasonOf(MayApprove(grant, PersonId(1))), "GRANT_DECIDED");
    EXPECT_EQ(ReasonOf(MayDecline(grant)), "GRANT_DECIDED");
  }
}

TEST(SessionRules, EndsWhenIdleOrOldOrEnded) {
  const SessionLimits limits;
  Session session = Begin(PersonId(7), "token", limits, kMorning);
  EXPECT_TRUE(Lives(session, limits, kMorning));
  EXPECT_TRUE(Lives(session, limits, kMorning + Duration::Seconds(15 * 60 - 1)));
  EXPECT_FALSE(Lives(session, limits, kMorning + Duration::Minutes(15)));
  session.used_time = kMorning + Duration::Minutes(10 * 60 - 1);
  EXPECT_TRUE(Lives(session, limits, kMorning + Duration::Minutes(10 * 60 - 1)));
  EXPECT_FALSE(Lives(session, limits, kMorning + Duration::Hours(10)));
  session.ended_time = kMorning;
  EXPECT_FALSE(Lives(session, limits, kMorning));
}

TEST(SessionRules, ATokenHas256BitsAndIsKeptAsItsDigest) {
  testing::SeededRandom random(1);
  std::set<std::string> tokens;
  for (int i = 0; i < 1'000; ++i) tokens.insert(NewToken(random));
  EXPECT_EQ(tokens.size(), 1'000u);
  EXPECT_EQ(tokens.begin()->size(), 64u);
  const Session session = Begin(PersonId(7), *tokens.begin(), {}, kMorning);
  EXPECT_EQ(session.token_hash, Sha256(*tokens.begin()));
}

TEST(Password, IsVerifiedAgainstItsOwnHashOnly) {
  testing::SeededRandom random(1);
  const std::string hash = HashPassword("correct horse battery", kCheap, random);
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
  EXPECT_TRUE(VerifyPassword("correct horse battery", hash));
  EXPECT_FALSE(VerifyPassword("correct horse batterz", hash));
  EXPECT_FALSE(VerifyPassword("", hash));
  EXPECT_FALSE(VerifyPassword("correct horse battery", "not a hash"));
  EXPECT_NE(HashPassword("correct horse battery", kCheap, random), hash);  // another salt
}

TEST(Password, TheDefaultCostIsTheFloor) {
  EXPECT_TRUE(HashCost().IsSafe());
  EXPECT_FALSE((HashCost{.memory_kib = 19'455, .passes = 2}).IsSafe());
  EXPECT_FALSE((HashCost{.memory_kib = 65'536, .passes = 1}).IsSafe());
}

}  // namespace
}  // namespace reeve::identity
