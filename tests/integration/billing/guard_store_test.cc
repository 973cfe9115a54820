// What the guard knows of who was at a place before, beside a search through everybody.
#include "services/billing/cycle/guard_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "services/billing/agreement/agreement_store.h"
#include "services/billing/cycle/cycle_store.h"
#include "services/billing/migrations.h"
#include "shared/testing/fake_clock.h"
#include "shared/testing/temporary_database.h"

namespace reeve::billing::cycle {
namespace {

using agreement::Agreement;
using agreement::State;

constexpr int kAgreements = 900;

class GuardStoreTest : public ::testing::TestWithParam<db::Engine> {
 protected:
  int Below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

  // Of few places, accounts, services and days, so that many meet.
  std::vector<Agreement> MakeAgreements() {
    std::vector<Agreement> made;
    std::set<std::tuple<std::int64_t, int, int>> known;
    for (int i = 0; i < kAgreements; ++i) {
      const int account = 1 + Below(120);
      const int service = Below(2);
      const int meter = Below(3);
      if (!known.emplace(account, service, meter).second) continue;
      Agreement one;
      one.account = AccountId(account);
      one.agreement_id = i;
      one.premise = PremiseId(1 + Below(24));
      one.service = service == 0 ? "water" : "storm";
      one.schedule_code = "S1";
      one.meter_number = meter == 0 ? "" : "M" + std::to_string(meter);
      one.unit = meter == 0 ? "" : "kgal";
      one.cycle = 7;
      one.state = std::array{State::kPending, State::kActive,
                             State::kStopped}[static_cast<std::size_t>(Below(3))];
      one.start_date = first_.PlusDays(Below(6));
      if (one.state == State::kStopped) one.stop_date = one.start_date.PlusDays(1 + Below(9));
      made.push_back(std::move(one));
    }
    std::sort(made.begin(), made.end(), [](const Agreement& a, const Agreement& b) {
      return std::pair(a.account, a.agreement_id) < std::pair(b.account, b.agreement_id);
    });
    return made;
  }

  // None, one or two bills each; a few are cancelled again.
  void BillSome(db::Transaction& tx, const std::vector<Agreement>& agreements) {
    for (const Agreement& one : agreements) {
      Date from = one.start_date;
      for (int i = Below(3); i > 0; --i) {
        Bill bill;
        bill.account = one.account;
        bill.bill_id = ++bills_;
        bill.bill_date = bill.due_date = first_;
        Segment segment;
        segment.agreement_id = one.agreement_id;
        segment.service = one.service;
        segment.schedule_code = one.schedule_code;
        segment.effective_date = first_;
        segment.from_date = from;
        segment.to_date = from = from.PlusDays(1 + Below(30));
        segment.end_read_thousandths = bill.bill_id * 1000;
        bill.segments.push_back(segment);
        InsertBills(tx, {&bill, 1});
        if (Below(4) == 0) {
          CancelSegments(tx, bill);
        } else {
          last_read_[{one.account, one.agreement_id}] = segment.end_read_thousandths;
        }
      }
    }
  }

  std::optional<std::int64_t> LastRead(const Agreement& one) const {
    const auto found = last_read_.find({one.account, one.agreement_id});
    return found == last_read_.end() ? std::nullopt : std::optional(found->second);
  }

  static const Agreement* SearchBefore(const std::vector<Agreement>& all, const Agreement& mine) {
    const Agreement* before = nullptr;
    for (const Agreement& other : all) {
      const bool is_before = other.start_date < mine.start_date ||
                             (other.start_date == mine.start_date && other.account < mine.account);
      if (other.account == mine.account || other.premise != mine.premise ||
          other.service != mine.service || other.meter_number != mine.meter_number ||
          other.state == State::kPending || !is_before) {
        continue;
      }
      const bool is_later =
          before == nullptr || other.start_date > before->start_date ||
          (other.start_date == before->start_date && other.account > before->account);
      if (is_later) before = &other;
    }
    return before;
  }

  const Date first_ = Date::Parse("2026-06-01").value();
  std::mt19937 random_{20261126};
  std::int64_t bills_ = 0;
  std::map<std::pair<AccountId, std::int64_t>, std::int64_t> last_read_;
  testing::FakeClock clock_{"2026-11-22T08:10:00-07:00"};
  testing::TemporaryDatabase database_ =
      testing::TemporaryDatabase::Create(GetParam(), Migrations(), clock_);
};
INSTANTIATE_TEST_SUITE_P(BothEngines, GuardStoreTest, testing::BothEngines(), testing::EngineName);

TEST_P(GuardStoreTest, WhoWasThereBeforeIsFoundAsInASearchThroughAll) {
  const std::vector<Agreement> all = MakeAgreements();
  const Instant deadline = clock_.Now() + Duration::Seconds(60);
  std::vector<Agreement> page;
  for (const Agreement& one : all) {
    if (one.state != State::kPending && one.account <= AccountId(80)) page.push_back(one);
  }
  std::vector<Guarded> guarded;
  database_->Write(deadline, [&](db::Transaction& tx) {
    agreement::InsertAgreements(tx, all);
    BillSome(tx, all);
    guarded = LoadGuarded(tx, page);
    return db::Verdict::kCommit;
  });
  ASSERT_EQ(guarded.size(), page.size());
  int with_read = 0;
  int without_read = 0;
  int alone = 0;
  for (const Guarded& one : guarded) {
    SCOPED_TRACE(one.agreement->account.ToString());
    const Agreement* expected = SearchBefore(all, *one.agreement);
    if (!one.days.empty()) expected = nullptr;  // it has a bill, so nobody asks
    ASSERT_EQ(one.before.has_value(), expected != nullptr);
    if (expected == nullptr) {
      alone += one.days.empty() ? 1 : 0;
      continue;
    }
    EXPECT_EQ(one.before->stop_date, expected->stop_date);
    EXPECT_EQ(one.before->end_read_thousandths, LastRead(*expected));
    ++(one.before->end_read_thousandths ? with_read : without_read);
  }
  EXPECT_GT(with_read, 10);
  EXPECT_GT(without_read, 10);
  EXPECT_GT(alone, 10);
}

}  // namespace
}  // namespace reeve::billing::cycle
