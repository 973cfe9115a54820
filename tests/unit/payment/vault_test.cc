#include "services/payment/vault/vault.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/unit/payment/builders.h"

namespace reeve::payment {
namespace {

using namespace testing;

const Cash kFloat = Cash::Of({{2000, 5}, {100, 20}});

Transfer Handed(TransferKind kind, const Holding& counted, PersonId by) {
  Transfer transfer;
  transfer.drawer = kDrawer;
  transfer.id = 55;
  transfer.kind = kind;
  transfer.vault = kVault;
  transfer.session_no = kind == TransferKind::kChangeFund ? 0 : 2;
  transfer.counted = counted;
  transfer.initiated_by = by;
  transfer.initiated_time = kNow;
  transfer.initiated_date = kToday;
  return transfer;
}

TEST(TransferState, EveryStateAnswersEveryEvent) {
  const std::map<std::pair<TransferState, TransferEvent>, TransferState> allowed = {
      {{TransferState::kPending, TransferEvent::kAccept}, TransferState::kAccepted},
      {{TransferState::kPending, TransferEvent::kCancel}, TransferState::kCancelled},
  };
  for (const TransferState state :
       {TransferState::kPending, TransferState::kAccepted, TransferState::kCancelled}) {
    for (const TransferEvent event : {TransferEvent::kAccept, TransferEvent::kCancel}) {
      const auto found = allowed.find({state, event});
      EXPECT_EQ(Next(state, event),
                found == allowed.end() ? std::nullopt : std::optional(found->second));
    }
  }
}

struct StartingCashCase {
  std::string name;
  SessionState state = SessionState::kOpen;
  PersonId by = kSupervisor;
  Cash in_vault = kFloat;
  std::string reason;
};
class StartingCashByPrecedence : public ::testing::TestWithParam<StartingCashCase> {};

TEST_P(StartingCashByPrecedence, IsRefusedFor) {
  const StartingCashCase& c = GetParam();
  Session session = OpenSession({});
  session.state = c.state;
  Vault vault{kVault, 1, c.in_vault};
  Transfer transfer = Handed(TransferKind::kStartingCash, {kFloat, 0, {}, 0, {}}, c.by);
  const auto entry = Initiate(transfer, {&session, &vault}, false);
  EXPECT_EQ(ReasonOf(entry), c.reason);
  EXPECT_EQ(vault.cash, entry.ok() ? Cash{} : c.in_vault);
}

INSTANTIATE_TEST_SUITE_P(
    All, StartingCashByPrecedence,
    ::testing::Values(
        StartingCashCase{
            "NotOpenBeatsAll", SessionState::kCounted, kCashier, {}, "SESSION_NOT_OPEN"},
        StartingCashCase{"ToHerself", SessionState::kOpen, kCashier, {}, "SAME_PERSON"},
        StartingCashCase{"VaultShortOfPieces", SessionState::kOpen, kSupervisor,
                         Cash::Of({{10000, 9}}), "VAULT_SHORT"},
        StartingCashCase{"Nothing", SessionState::kOpen, kSupervisor, kFloat, ""}),
    [](const auto& info) { return info.param.name; });

struct TurnInCase {
  std::string name;
  SessionState state = SessionState::kClosed;
  PersonId by = kCashier;
  bool another_pending = false;
  Cash counted = kFloat;
  std::string reason;
};
class TurnInByPrecedence : public ::testing::TestWithParam<TurnInCase> {};

TEST_P(TurnInByPrecedence, IsRefusedFor) {
  const TurnInCase& c = GetParam();
  Session session = OpenSession(kFloat);
  session.state = c.state;
  session.closed_by = kSupervisor;
  Vault vault{kVault, 1, {}};
  Transfer transfer = Handed(TransferKind::kTurnIn, {c.counted, 0, {}, 0, {}}, c.by);
  const auto entry = Initiate(transfer, {&session, &vault}, c.another_pending);
  EXPECT_EQ(ReasonOf(entry), c.reason);
  EXPECT_EQ(session.pieces, entry.ok() ? Cash{} : kFloat);
}

INSTANTIATE_TEST_SUITE_P(
    All, TurnInByPrecedence,
    ::testing::Values(
        TurnInCase{
            "NotClosedBeatsAll", SessionState::kCounted, kStranger, true, {}, "SESSION_NOT_CLOSED"},
        TurnInCase{"ByAStranger", SessionState::kClosed, kStranger, true, {}, "NOT_YOUR_DRAWER"},
        TurnInCase{"Twice", SessionState::kClosed, kCashier, true, {}, "TRANSFER_PENDING"},
        TurnInCase{"OtherPiecesOfTheSameWorth", SessionState::kClosed, kCashier, false,
                   Cash::Of({{2000, 6}}), "COUNT_DIFFERS"},
        TurnInCase{"NothingForTheCashier", SessionState::kClosed, kCashier, false, kFloat, ""},
        TurnInCase{"NothingForWhoClosed", SessionState::kClosed, kSupervisor, false, kFloat, ""}),
    [](const auto& info) { return info.param.name; });

struct AcceptCase {
  std::string name;
  TransferState state = TransferState::kPending;
  PersonId by = kCashier;
  SessionState session_state = SessionState::kOpen;
  Cash counted = kFloat;
  std::string reason;
};
class AcceptByPrecedence : public ::testing::TestWithParam<AcceptCase> {};

TEST_P(AcceptByPrecedence, IsRefusedFor) {
  const AcceptCase& c = GetParam();
  Session session = OpenSession({});
  session.state = c.session_state;
  Vault vault{kVault, 1, {}};
  Transfer transfer = Handed(TransferKind::kStartingCash, {kFloat, 0, {}, 0, {}}, kSupervisor);
  transfer.state = c.state;
  const auto entry =
      Accept(transfer, {&session, &vault}, {c.counted, 0, {}, 0, {}}, {c.by, kNow, kToday});
  EXPECT_EQ(ReasonOf(entry), c.reason);
  EXPECT_EQ(session.pieces, entry.ok() ? kFloat : Cash{});
}

INSTANTIATE_TEST_SUITE_P(
    All, AcceptByPrecedence,
    ::testing::Values(AcceptCase{"EndedBeatsAll",
                                 TransferState::kCancelled,
                                 kSupervisor,
                                 SessionState::kCounted,
                                 {},
                                 "TRANSFER_NOT_PENDING"},
                      AcceptCase{"SamePerson",
                                 TransferState::kPending,
                                 kSupervisor,
                                 SessionState::kCounted,
                                 {},
                                 "SAME_PERSON"},
                      AcceptCase{"DrawerCounted",
                                 TransferState::kPending,
                                 kStranger,
                                 SessionState::kCounted,
                                 {},
                                 "SESSION_NOT_OPEN"},
                      AcceptCase{"SomebodyElsesDrawer",
                                 TransferState::kPending,
                                 kStranger,
                                 SessionState::kOpen,
                                 {},
                                 "NOT_YOUR_DRAWER"},
                      AcceptCase{"OtherPiecesOfTheSameWorth", TransferState::kPending, kCashier,
                                 SessionState::kOpen, Cash::Of({{2000, 6}}), "COUNT_DIFFERS"},
                      AcceptCase{"Nothing", TransferState::kPending, kCashier, SessionState::kOpen,
                                 kFloat, ""}),
    [](const auto& info) { return info.param.name; });

// Also if somebody else has closed the drawer and hands its money over.
TEST(Accept, NobodyAcceptsTheTurnInOfTheirOwnDrawer) {
  Session session = OpenSession({});
  session.state = SessionState::kClosed;
  Vault vault{kVault, 1, {}};
  Transfer transfer = Handed(TransferKind::kTurnIn, {kFloat, 0, {}, 0, {}}, kSupervisor);
  const Parties parties{&session, &vault};
  EXPECT_EQ(
      ReasonOf(Accept(transfer, parties, {kFloat, 0, {}, 0, {}}, {kCashier, kNow, kToday, true})),
      "SAME_PERSON");
  EXPECT_EQ(
      ReasonOf(Accept(transfer, parties, {kFloat, 0, {}, 0, {}}, {kStranger, kNow, kToday, true})),
      "");
}

// Two cashiers alone move nothing into the vault, whatever they count.
TEST(Accept, IntoTheVaultTakesACustodian) {
  for (const TransferKind kind : {TransferKind::kChangeFund, TransferKind::kTurnIn}) {
    Session session = OpenSession({});
    session.state = SessionState::kClosed;
    Vault vault{kVault, 1, {}};
    Transfer transfer = Handed(kind, {kFloat, 0, {}, 0, {}}, kCashier);
    const Parties parties{&session, &vault};
    const Holding wrong;
    EXPECT_EQ(ReasonOf(Accept(transfer, parties, wrong, {kCashier, kNow, kToday, true})),
              "SAME_PERSON");
    EXPECT_EQ(ReasonOf(Accept(transfer, parties, wrong, {kStranger, kNow, kToday})),
              "CUSTODIAN_NEEDED");
    EXPECT_EQ(ReasonOf(Accept(transfer, parties, wrong, {kStranger, kNow, kToday, true})),
              "COUNT_DIFFERS");
    EXPECT_EQ(vault.cash, Cash{});
    EXPECT_TRUE(Accept(transfer, parties, transfer.counted, {kStranger, kNow, kToday, true}).ok());
    EXPECT_EQ(vault.cash, kFloat);
  }
}

// Money is in exactly one place: from, transit or to. The postings of a transfer say the same.
TEST(Transfer, ConservesMoneyThroughEveryEnding) {
  for (const TransferKind kind :
       {TransferKind::kChangeFund, TransferKind::kStartingCash, TransferKind::kTurnIn}) {
    for (const bool accepted : {true, false}) {
      Holding moved{kFloat, 0, {}, 0, {}};
      if (kind == TransferKind::kTurnIn) {
        moved = {kFloat, 2, Money::Cents(900), 1, Money::Cents(50)};
      }
      Session session = OpenSession({});
      if (kind == TransferKind::kTurnIn) {
        session.state = SessionState::kClosed;
        session.SetContents(moved);
      }
      Vault vault{kVault, 1, kFloat};
      const PersonId first = kind == TransferKind::kTurnIn ? kCashier : kSupervisor;
      const PersonId second = kind == TransferKind::kStartingCash ? kCashier : kStranger;
      Transfer transfer = Handed(kind, moved, first);
      const Holding session_before = session.Contents();
      const Vault vault_before = vault;

      const auto sent = Initiate(transfer, {&session, &vault}, false);
      ASSERT_TRUE(sent.ok());
      ASSERT_TRUE(CheckBalanced(sent->postings).ok());
      const Ending ending{second, kNow, kToday, true};
      const auto ended = accepted ? Accept(transfer, {&session, &vault}, moved, ending)
                                  : Cancel(transfer, {&session, &vault}, "recount", ending);
      ASSERT_TRUE(ended.ok());
      ASSERT_TRUE(CheckBalanced(ended->postings).ok());

      std::map<std::string, std::int64_t> balance;
      for (const auto* entry : {&*sent, &*ended}) {
        for (const Posting& p : entry->postings) balance[p.ledger_account] += p.amount.cents();
      }
      for (const char* transit : {"transit-cash", "transit-check", "transit-card"}) {
        EXPECT_EQ(balance[transit], 0) << transit;
      }
      EXPECT_EQ(balance["vault-cash"],
                vault.cash.Total().cents() - vault_before.cash.Total().cents());
      EXPECT_EQ(balance["drawer-cash"], session.cash.cents() - session_before.cash.Total().cents());
      EXPECT_EQ(balance["drawer-check"], session.checks.cents() - session_before.checks.cents());
      if (!accepted) {
        EXPECT_EQ(session.Contents(), session_before);
        EXPECT_EQ(vault.cash, vault_before.cash);
        for (const auto& [account, cents] : balance) EXPECT_EQ(cents, 0) << account;
      }
    }
  }
}

}  // namespace
}  // namespace reeve::payment
