// A month is closed by two people over nothing that is left to do, and nothing is posted into it
// afterwards, whoever is quicker.
#include <atomic>
#include <future>
#include <latch>
#include <set>
#include <thread>

#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/cycle_service.pb.h"
#include "reeve/billing/v1/hold_service.grpc.pb.h"
#include "reeve/billing/v1/ledger_service.grpc.pb.h"
#include "reeve/billing/v1/read_service.pb.h"
#include "reeve/billing/v1/receivable_service.grpc.pb.h"
#include "reeve/payment/v1/events.pb.h"
#include "services/billing/agreement/account_feed_service.h"
#include "services/billing/receivable/accounting_store.h"
#include "services/billing/receivable/books_store.h"
#include "services/billing/receivable/payment_feed_service.h"
#include "shared/command/command.h"
#include "shared/feed/feed.h"
#include "shared/rpc/error.h"
#include "tests/integration/billing/closing.h"

namespace reeve::billing {
namespace {

constexpr std::int64_t kAccount = 10000000009;
constexpr std::int64_t kOther = kAccount + 100;
constexpr auto kAWhile = std::chrono::milliseconds(500);

class MonthTest : public Closing {
 protected:
  // A bill of October, due on 2026-12-15, and a payment of November.
  void SetUp() override {
    LoadTariff();
    SetMorning("2026-10-31");
    for (const std::int64_t account : {kAccount, kOther}) Open(Account(account));
    Import(Reads(kAccount, "2026-10-30", 40'500, 505) + Reads(kOther, "2026-10-30", 40'500, 505));
    RunCycle(7, "2026-10-31");
    SetMorning("2026-11-23");
    Deliver(receivable::ApplyPayments, Taken(kAccount, 20'00, 1));
  }
  static std::string Reads(std::int64_t account, const std::string& date, int kwh, int kgal) {
    const std::string number = std::to_string(account);
    return "E" + number + "," + date + "," + std::to_string(kwh) + ",kWh\nW" + number + "," + date +
           "," + std::to_string(kgal) + ",kgal\n";
  }

  v1::ListMonthsResponse Months() {
    return Send<v1::MonthService>(&v1::MonthService::Stub::ListMonths, accountant_,
                                  v1::ListMonthsRequest());
  }
  v1::TrialBalance TrialBalance(const std::string& from, const std::string& through) {
    v1::GetTrialBalanceRequest request;
    request.set_from_date(from);
    request.set_through_date(through);
    return Send<v1::LedgerService>(&v1::LedgerService::Stub::GetTrialBalance, accountant_, request);
  }
  // Trial balances of all spans of these days.
  std::vector<std::string> ManyBalances() {
    std::vector<std::string> reports;
    for (const char* from : {"", "2026-09-01", "2026-10-01", "2026-10-15", "2026-10-31",
                             "2026-11-01", "2026-11-10", "2026-11-24"}) {
      for (const char* through : {"2026-09-30", "2026-10-20", "2026-10-31", "2026-11-01",
                                  "2026-11-23", "2026-11-30", ""}) {
        if (*through != '\0' && std::string(through) < from) continue;
        const v1::TrialBalance report = TrialBalance(from, through);
        EXPECT_TRUE(report.balanced()) << from << " " << through;
        reports.push_back(report.SerializeAsString());
      }
    }
    return reports;
  }
  static std::set<std::string> KindsOf(const v1::ClosePreview& preview) {
    std::set<std::string> kinds;
    for (const v1::CloseObstacle& obstacle : preview.obstacles()) {
      EXPECT_GT(obstacle.count(), 0);
      EXPECT_GT(obstacle.evidence_size(), 0);
      kinds.insert(v1::CloseObstacleKind_Name(obstacle.kind()).substr(20));
    }
    return kinds;
  }
  void Write(const std::function<void(db::Transaction&)>& body) {
    (*database_).Write(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      body(tx);
      return db::Verdict::kCommit;
    });
  }
  void Tamper(const std::string& sql) {
    Write([&](db::Transaction& tx) { EXPECT_GT(tx.Execute({"", sql}), 0) << sql; });
  }
  // Money of October that nobody could place, by whoever posts.
  static receivable::Entry LateEntry(int n = 1) {
    return receivable::UnappliedEntry(n, receivable::EntryKind::kPayment, "late",
                                      Date::Parse("2026-10-31").value(), Money::Cents(5'00));
  }
  std::string CountedOn(std::int64_t entry_id) {
    std::string day;
    (*database_).Read(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      const std::string sql =
          "SELECT accounting_date FROM journal_entry WHERE entry_id = " + std::to_string(entry_id);
      day = tx.Select(db::Query{"", sql})[0].Text(0);
    });
    return day;
  }
  bool IsPostgres() const { return GetParam() == db::Engine::kPostgres; }
  std::string ViolationOf(std::string_view check) {
    for (const Finding& finding : Prove().findings) {
      if (finding.check == check) return finding.violation;
    }
    return "there is no such check";
  }
  static std::int64_t PaidIn(const v1::TrialBalance& report) {
    for (const v1::TrialBalanceLine& line : report.lines()) {
      if (line.ledger_account() == "clearing") return line.debit_cents();
    }
    return 0;
  }
  // What a test wrote behind the books' back is taken away again.
  void Forget(std::int64_t entry_id) {
    for (const char* table : {"posting", "journal_entry"}) {
      Tamper("DELETE FROM " + std::string(table) +
             " WHERE account_id = 77 AND entry_id = " + std::to_string(entry_id));
    }
    Tamper("DELETE FROM ledger_sum WHERE account_id = 77 AND sum_id = " + std::to_string(entry_id));
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, MonthTest, testing::BothEngines(), testing::EngineName);

TEST_P(MonthTest, AMonthIsClosedBySomebodyWhoDidNotPrepareIt) {
  const v1::ClosePreview preview = PreviewClose();
  EXPECT_EQ(preview.obstacles_size(), 0) << preview.DebugString();
  EXPECT_EQ(preview.month().state(), v1::LEDGER_MONTH_STATE_OPEN);
  EXPECT_GT(preview.debit_cents(), 0);
  EXPECT_EQ(preview.debit_cents(), preview.credit_cents());
  EXPECT_EQ(preview.totals_size(), 6) << "receivable and revenue of three services";
  EXPECT_EQ(preview.digest(), PreviewClose().digest());
  EXPECT_EQ(Months().months_size(), 0) << "a dry run changes nothing";

  CloseMonth(treasurer_, preview.digest(), "MONTH_NOT_PREPARED");
  EXPECT_EQ(PrepareMonth(accountant_, preview.digest()).state(), v1::LEDGER_MONTH_STATE_PREPARED);
  CloseMonth(accountant_, preview.digest(), "SAME_PERSON");
  CloseMonth(treasurer_, std::string(64, 'a'), "STALE");
  const v1::LedgerMonth closed = CloseMonth(treasurer_, preview.digest());
  EXPECT_EQ(closed.state(), v1::LEDGER_MONTH_STATE_CLOSED);
  EXPECT_EQ(closed.close_count(), 1);
  EXPECT_EQ(closed.prepared_by_person_id(), 31);
  EXPECT_EQ(closed.closed_by_person_id(), 32);
  EXPECT_EQ(closed.closed_date(), "2026-11-23");
  PrepareMonth(accountant_, preview.digest(), "MONTH_CLOSED");
  CloseMonth(treasurer_, preview.digest(), "MONTH_CLOSED");
  PrepareMonth(accountant_, preview.digest(), "MONTH_CLOSED", "2026-09");
  ASSERT_EQ(Months().months_size(), 1);
  EXPECT_EQ(Months().months(0).month(), "2026-10");
}

TEST_P(MonthTest, ReportsSayTheSameBeforeAndAfterAClose) {
  const std::vector<std::string> before = ManyBalances();
  PrepareAndClose();
  EXPECT_EQ(ManyBalances(), before);
  SetMorning("2026-12-02");
  PrepareAndClose("2026-11");
  EXPECT_EQ(ManyBalances(), before);
}

TEST_P(MonthTest, WhatComesLaterIsCountedOnTheFirstOpenDay) {
  PrepareAndClose();
  const std::string october = TrialBalance("2026-10-01", "2026-10-31").SerializeAsString();
  Deliver(receivable::ApplyPayments, Taken(kOther, 30'00, 2, "2026-10-31"));
  EXPECT_EQ(TrialBalance("2026-10-01", "2026-10-31").SerializeAsString(), october);
  EXPECT_EQ(TrialBalance("2026-11-01", "2026-11-01").debit_cents(), 30'00);
  v1::ListEntriesRequest request;
  request.set_account_id(kOther);
  const auto entries =
      Send<v1::ReceivableService>(&v1::ReceivableService::Stub::ListEntries, analyst_, request);
  EXPECT_EQ(entries.entries(0).business_date(), "2026-10-31") << "as it happened";
  // Taken back on a day of the closed month, too.
  Deliver(receivable::ApplyPayments, Reversed(Taken(kOther, 30'00, 2, "2026-10-31")));
  EXPECT_EQ(TrialBalance("2026-10-01", "2026-10-31").SerializeAsString(), october);
  EXPECT_EQ(TrialBalance("2026-11-01", "2026-11-01").debit_cents(), 60'00);
}

TEST_P(MonthTest, EveryObstacleIsNamedAtOnceWithItsEvidence) {
  // November: a held bill whose deadline passes, a run that waits, money without an account.
  Import(Reads(kAccount, "2026-11-19", 51'000, 510) + Reads(kOther, "2026-11-19", 40'900, 510));
  const v1::CycleRun run = StartCycle();
  Work();
  ASSERT_EQ(GetCycle(run.cycle_id()).held_count(), 1);
  const auto held =
      Send<v1::HoldService>(&v1::HoldService::Stub::ListHolds, analyst_, v1::ListHoldsRequest());
  ASSERT_EQ(held.holds_size(), 1);
  Deliver(receivable::ApplyPayments, Taken(kAccount + 5'000, 7'00, 3));
  payment_head_.head.reset();
  EXPECT_EQ(KindsOf(PreviewClose("2026-11")),
            (std::set<std::string>{"MONTH_NOT_OVER", "EARLIER_MONTH_OPEN", "RUN_NOT_POSTED",
                                   "UNAPPLIED_CASH", "PAYMENTS_BEHIND"}));
  SetMorning("2026-12-01");
  const v1::ClosePreview preview = PreviewClose("2026-11");
  EXPECT_EQ(KindsOf(preview),
            (std::set<std::string>{"EARLIER_MONTH_OPEN", "STALE_HOLD", "RUN_NOT_POSTED",
                                   "UNAPPLIED_CASH", "PAYMENTS_BEHIND"}));
  for (const v1::CloseObstacle& obstacle : preview.obstacles()) {
    if (obstacle.kind() == v1::CLOSE_OBSTACLE_KIND_EARLIER_MONTH_OPEN) {
      EXPECT_EQ(obstacle.evidence(0), "2026-10");
    } else if (obstacle.kind() == v1::CLOSE_OBSTACLE_KIND_UNAPPLIED_CASH) {
      EXPECT_EQ(obstacle.at_stake_cents(), 7'00);
    } else if (obstacle.kind() == v1::CLOSE_OBSTACLE_KIND_STALE_HOLD) {
      EXPECT_NE(obstacle.evidence(0).find("due 2026-11-28, no owner, age 8 days"),
                std::string::npos)
          << obstacle.evidence(0);
    }
  }
  // The refusal says it all as well.
  v1::PrepareMonthRequest request;
  request.set_request_id(Key());
  request.set_month("2026-11");
  request.set_digest(preview.digest());
  const auto stub = v1::MonthService::NewStub(channel_);
  v1::LedgerMonth response;
  const auto context = testing::InProcessServer::Context(accountant_);
  const Error error = rpc::FromStatus(stub->PrepareMonth(context.get(), request, &response));
  EXPECT_EQ(error.reason(), "MONTH_NOT_READY");
  std::set<std::string> named;
  for (const auto& [key, value] : error.metadata()) named.insert(key);
  EXPECT_EQ(named, KindsOf(preview));
  // A hold that is stale stands in the way of every month.
  payment_head_.head = "";
  EXPECT_EQ(KindsOf(PreviewClose("2026-10")), (std::set<std::string>{"STALE_HOLD"}));
  AssignHold(held.holds(0).bill(), 11, "2026-12-04");
  EXPECT_EQ(KindsOf(PreviewClose("2026-10")), std::set<std::string>());
}

TEST_P(MonthTest, WhatHasChangedSinceItWasLookedAtIsStale) {
  const std::string seen = PreviewClose().digest();
  Deliver(receivable::ApplyPayments, Taken(kOther, 1'00, 4, "2026-10-31"));
  PrepareMonth(accountant_, seen, "STALE");
  const std::string prepared = PreviewClose().digest();
  PrepareMonth(accountant_, prepared);
  Deliver(receivable::ApplyPayments, Taken(kOther, 1'00, 5, "2026-10-31"));
  CloseMonth(treasurer_, prepared, "STALE");
  CloseMonth(treasurer_, PreviewClose().digest(), "STALE");
  // And an obstacle that came meanwhile is one.
  const std::string again = PreviewClose().digest();
  PrepareMonth(accountant_, again);
  Deliver(receivable::ApplyPayments, Taken(kAccount + 5'000, 1'00, 6, "2026-11-01"));
  CloseMonth(treasurer_, again);
  ProposeReopening(accountant_);
  ReopenMonth(treasurer_);
  const std::string once_more = PreviewClose().digest();
  EXPECT_NE(once_more, again) << "it has been closed since";
  PrepareMonth(accountant_, once_more);
  payment_head_.head.reset();
  CloseMonth(treasurer_, once_more, "MONTH_NOT_READY");
  payment_head_.head = "";
  EXPECT_EQ(CloseMonth(treasurer_, once_more).close_count(), 2);
}

// While payments flow, some are always on their way: a close waits for those taken before it.
TEST_P(MonthTest, ACloseWaitsForThePaymentsThatPaymentHasTaken) {
  const std::string digest = PreviewClose().digest();
  PrepareMonth(accountant_, digest);
  feed::Token head;
  head.Advance("payment", "epoch", 0, 3);
  payment_head_.head = head.Encode();
  EXPECT_EQ(KindsOf(PreviewClose()), (std::set<std::string>{"PAYMENTS_BEHIND"}));
  CloseMonth(treasurer_, digest, "MONTH_NOT_READY");
  // Meanwhile the payment is applied, with its token, as the consumer does.
  server_.service().background().PostAfter(Duration::Millis(200), [this, head] {
    (void)server_.service().frame().Apply(MakeCall(), 1, [&](command::Change& change) -> Result<> {
      feed::Token applied = feed::LockAppliedToken(change.tx(), "payment");
      const std::vector<feed::Event> events = {ToEvent(Taken(kAccount, 1'00, 9))};
      REEVE_RETURN_IF_ERROR(receivable::ApplyPayments(change, events));
      applied.Merge(head);
      feed::SaveAppliedToken(change.tx(), "payment", applied);
      return Ok();
    });
  });
  EXPECT_EQ(CloseMonth(treasurer_, digest).state(), v1::LEDGER_MONTH_STATE_CLOSED);
}

TEST_P(MonthTest, SumsThatAreNotThoseOfThePostingsStopAClose) {
  for (const char* tampered : {"UPDATE ledger_sum SET debit_cents = debit_cents + 1 WHERE "
                               "ledger_account = 'receivable-water' AND accounting_date = "
                               "'2026-10-31'",
                               "UPDATE charge SET open_cents = open_cents - 1 WHERE service = "
                               "'water' AND open_cents > 0"}) {
    Tamper(tampered);
    const v1::ClosePreview preview = PreviewClose();
    EXPECT_EQ(KindsOf(preview), (std::set<std::string>{"BOOKS_DIFFER"}));
    PrepareMonth(accountant_, preview.digest(), "MONTH_NOT_READY");
    std::string mended = tampered;
    for (const auto& [sign, other] : {std::pair(" + 1", " - 1"), std::pair(" - 1", " + 1")}) {
      const std::size_t at = std::string(tampered).find(sign);
      if (at != std::string::npos) mended.replace(at, 4, other);
    }
    Tamper(mended.find("open_cents > 0") == std::string::npos
               ? mended
               : mended.substr(0, mended.find(" AND open_cents > 0")));
    EXPECT_EQ(KindsOf(PreviewClose()), std::set<std::string>());
  }
}

TEST_P(MonthTest, OnlyTheLastClosedMonthIsOpenedAgainByTwo) {
  ProposeReopening(accountant_, "MONTH_NOT_CLOSED");
  ReopenMonth(accountant_, "REOPENING_NOT_PROPOSED");
  PrepareAndClose();
  const v1::LedgerMonth proposed = ProposeReopening(accountant_);
  EXPECT_EQ(proposed.state(), v1::LEDGER_MONTH_STATE_REOPENING);
  ReopenMonth(accountant_, "SAME_PERSON");
  Deliver(receivable::ApplyPayments, Taken(kOther, 1'00, 7, "2026-10-31"));
  EXPECT_EQ(TrialBalance("2026-11-01", "2026-11-01").debit_cents(), 1'00) << "it is closed yet";
  const v1::LedgerMonth open = ReopenMonth(treasurer_);
  EXPECT_EQ(open.state(), v1::LEDGER_MONTH_STATE_OPEN);
  EXPECT_EQ(open.reason(), "A deposit was booked as revenue");
  EXPECT_EQ(open.digest(), "");
  const std::int64_t before = TrialBalance("2026-10-01", "2026-10-31").debit_cents();
  Deliver(receivable::ApplyPayments, Taken(kOther, 2'00, 8, "2026-10-31"));
  EXPECT_EQ(TrialBalance("2026-10-01", "2026-10-31").debit_cents(), before + 2'00);
  ExpectProven();
  EXPECT_EQ(PrepareAndClose().close_count(), 2);
  ProposeReopening(accountant_);
  SetMorning("2026-12-02");
  PrepareAndClose("2026-11");
  ReopenMonth(treasurer_, "NOT_THE_LAST_MONTH");
  ProposeReopening(accountant_, "NOT_THE_LAST_MONTH");
}

// Whoever posts into October while it is closed holds the close up, and is counted.
TEST_P(MonthTest, ACloseWaitsForWhoPosts) {
  const std::string digest = PreviewClose().digest();
  PrepareMonth(accountant_, digest);
  std::latch posted(1);
  std::promise<void> answered;
  std::future<void> answer = answered.get_future();
  bool waited = false;
  std::thread poster([&] {
    const std::vector<feed::Event> events = {ToEvent(Taken(kOther, 5'00, 9, "2026-10-31"))};
    const Result<> applied =
        server_.service().frame().Apply(MakeCall(), 1, [&](command::Change& change) {
          const Result<> done = receivable::ApplyPayments(change, events);
          posted.count_down();
          waited = answer.wait_for(kAWhile) == std::future_status::timeout;
          return done;
        });
    EXPECT_TRUE(applied.ok());
  });
  posted.wait();
  CloseMonth(treasurer_, digest, "STALE");
  answered.set_value();
  poster.join();
  EXPECT_TRUE(waited);
  const std::string again = PreviewClose().digest();
  PrepareMonth(accountant_, again);
  CloseMonth(treasurer_, again);
  EXPECT_EQ(PaidIn(TrialBalance("2026-10-01", "2026-10-31")), 5'00);
}

// The control: without the hold the close does not wait, and what is posted stands in no total. On
// SQLite nobody writes meanwhile anyway.
TEST_P(MonthTest, WithoutTheHoldAPostingSlipsIntoAClosedMonth) {
  const std::string digest = PreviewClose().digest();
  PrepareMonth(accountant_, digest);
  std::latch posted(1);
  std::promise<void> answered;
  std::future<void> answer = answered.get_future();
  bool waited = false;
  std::thread poster([&] {
    Write([&](db::Transaction& tx) {
      EXPECT_EQ(receivable::FirstOpenDay(tx), receivable::kFirstDayOfAll);  // only looked at
      for (const char* sql :
           {"INSERT INTO journal_entry (account_id, entry_id, kind, source, business_date, "
            "posted_time, accounting_date, sum_id) VALUES (77, 1, 'PAYMENT', 'late', '2026-10-31', "
            "0, '2026-10-31', 1)",
            "INSERT INTO posting (account_id, entry_id, line_no, ledger_account, fund, "
            "amount_cents) VALUES (77, 1, 1, 'clearing', 'pooled-cash', 500), (77, 1, 2, "
            "'unapplied-cash', 'pooled-cash', -500)",
            "INSERT INTO ledger_sum (account_id, sum_id, accounting_date, ledger_account, fund, "
            "debit_cents, credit_cents, posting_count) VALUES (77, 1, '2026-10-31', 'clearing', "
            "'pooled-cash', 500, 0, 1), (77, 1, '2026-10-31', 'unapplied-cash', 'pooled-cash', 0, "
            "500, 1)"}) {
        tx.Execute({"", sql});
      }
      posted.count_down();
      waited = answer.wait_for(kAWhile) == std::future_status::timeout;
    });
  });
  posted.wait();
  CloseMonth(treasurer_, digest, IsPostgres() ? "" : "STALE");
  answered.set_value();
  poster.join();
  EXPECT_EQ(waited, !IsPostgres());
  EXPECT_EQ(ViolationOf("closed-months").empty(), !IsPostgres());
  Forget(1);
}

// The other way round: whoever comes while a month is being closed waits, and is counted behind it.
TEST_P(MonthTest, WhoPostsWaitsForAClose) {
  std::latch closing(1);
  std::promise<void> posted;
  std::future<void> post = posted.get_future();
  bool waited = false;
  std::thread closer([&] {
    Write([&](db::Transaction& tx) {
      receivable::LockFirstOpenDay(tx);
      receivable::SaveFirstOpenDay(tx, Date::Parse("2026-11-01").value());
      receivable::FirstOpenDay(tx);  // it is sent
      closing.count_down();
      waited = post.wait_for(kAWhile) == std::future_status::timeout;
    });
  });
  closing.wait();
  Write([&](db::Transaction& tx) {
    const receivable::Entry entry = LateEntry();
    receivable::InsertEntries(tx, AccountId(77), {&entry, 1}, clock_.Now());
  });
  posted.set_value();
  closer.join();
  EXPECT_TRUE(waited);
  EXPECT_EQ(CountedOn(1), "2026-11-01");
  Forget(1);
  Tamper("UPDATE ledger_open SET open_date = '1900-01-01'");
}

// Many payments of October while it is being closed: each is in the total, or counted behind it.
TEST_P(MonthTest, NoPaymentIsLostBetweenTwoMonths) {
  constexpr int kPosters = 4;
  constexpr int kPayments = 12;
  std::vector<std::thread> posters;
  std::atomic<int> done = 0;
  for (int poster = 0; poster < kPosters; ++poster) {
    posters.emplace_back([&, poster] {
      for (int i = 0; i < kPayments; ++i) {
        Deliver(receivable::ApplyPayments, Taken(poster % 2 == 0 ? kAccount : kOther, 1'00,
                                                 100 + poster * kPayments + i, "2026-10-31"));
      }
      ++done;
    });
  }
  bool closed = false;
  while (!closed) {
    const bool last = done == kPosters;
    const std::string digest = PreviewClose().digest();
    for (const bool prepares : {true, false}) {
      const auto stub = v1::MonthService::NewStub(channel_);
      const auto context = testing::InProcessServer::Context(prepares ? accountant_ : treasurer_);
      v1::LedgerMonth response;
      grpc::Status status;
      if (prepares) {
        v1::PrepareMonthRequest request;
        request.set_request_id(Key());
        request.set_month("2026-10");
        request.set_digest(digest);
        status = stub->PrepareMonth(context.get(), request, &response);
      } else {
        v1::CloseMonthRequest request;
        request.set_request_id(Key());
        request.set_month("2026-10");
        request.set_digest(digest);
        status = stub->CloseMonth(context.get(), request, &response);
      }
      closed = status.ok();
      if (closed) continue;
      EXPECT_EQ(testing::ReasonOf(status), "STALE") << status.error_message();
      EXPECT_FALSE(last);
      break;
    }
  }
  for (std::thread& poster : posters) poster.join();
  EXPECT_EQ(PaidIn(TrialBalance("2026-10-01", "2026-10-31")) +
                PaidIn(TrialBalance("2026-11-01", "2026-11-01")),
            kPosters * kPayments * 1'00);
}

TEST_P(MonthTest, TheSameRequestClosesOnce) {
  const std::string digest = PreviewClose().digest();
  PrepareMonth(accountant_, digest);
  v1::CloseMonthRequest request;
  request.set_request_id(Key());
  request.set_month("2026-10");
  request.set_digest(digest);
  const auto first =
      Send<v1::MonthService>(&v1::MonthService::Stub::CloseMonth, treasurer_, request);
  const auto second =
      Send<v1::MonthService>(&v1::MonthService::Stub::CloseMonth, treasurer_, request);
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_EQ(second.close_count(), 1);
}

TEST_P(MonthTest, EveryBadFieldIsNamedAndRightsAreAsked) {
  const auto stub = v1::MonthService::NewStub(channel_);
  v1::PrepareMonthRequest request;
  request.set_month("October");
  request.set_digest("x");
  v1::LedgerMonth response;
  const auto context = testing::InProcessServer::Context(accountant_);
  const Error error = rpc::FromStatus(stub->PrepareMonth(context.get(), request, &response));
  ASSERT_EQ(error.violations().size(), 3u);
  EXPECT_EQ(error.violations()[0].field, "request_id");
  EXPECT_EQ(error.violations()[1].field, "month");
  EXPECT_EQ(error.violations()[2].field, "digest");
  PreviewClose("2026-13", "INVALID_REQUEST");
  PrepareMonth(analyst_, std::string(64, 'a'), "PERMISSION_MISSING");
  CloseMonth(analyst_, std::string(64, 'a'), "PERMISSION_MISSING");
  ProposeReopening(analyst_, "PERMISSION_MISSING");
  ReopenMonth(analyst_, "PERMISSION_MISSING");
}

}  // namespace
}  // namespace reeve::billing
