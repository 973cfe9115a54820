// Reports of the receivable ledger over a million postings, from warm tables; beside it one plain
// sum of the same postings.
#include <chrono>
#include <functional>
#include <stdexcept>

#include "services/billing/ledger/ledger_store.h"
#include "services/billing/migrations.h"
#include "services/billing/receivable/books_store.h"
#include "shared/process/system_seams.h"
#include "shared/testing/temporary_database.h"
#include "tests/bench/command_line.h"
#include "tests/bench/load.h"

namespace reeve::bench {
namespace {

using namespace billing;
using testing::TemporaryDatabase;
using Steady = std::chrono::steady_clock;

constexpr Duration kLimit = Duration::Minutes(10);
constexpr int kServices = 5;
constexpr std::string_view kServiceNames[kServices] = {"electric", "sanitation", "sewer", "storm",
                                                       "water"};
constexpr int kPostingsOfBill = 2 * kServices;
constexpr int kBillsEachCommit = 1'000;
constexpr int kFirstAccount = 1'000'000;

constexpr db::Query kPlainSum{"plain_sum", "SELECT CAST(sum(amount_cents) AS BIGINT) FROM posting"};

struct Flags {
  int postings = 1'000'000;
  int runs = 5;
};

double MillisOf(const std::function<void()>& action) {
  const Steady::time_point start = Steady::now();
  action();
  return std::chrono::duration<double, std::milli>(Steady::now() - start).count();
}

// A bill of five services, posted.
receivable::Books PostedBill(int n) {
  const Date day = Date::Parse("2026-01-31").value().PlusDays(n % 300);
  receivable::Books books(AccountId(kFirstAccount + n), PremiseId(1), Money(), {});
  std::vector<receivable::Charge> charges;
  for (int service = 0; service < kServices; ++service) {
    receivable::Charge& charge = charges.emplace_back();
    charge.charge_id = service + 1;
    charge.service = kServiceNames[service];
    charge.description = "Bill due " + day.PlusDays(20).ToString();
    charge.due_date = day.PlusDays(20);
    charge.amount = Money::Cents(1'000 + n % 997);
  }
  const Result<> added =
      books.AddCharges(n + 1, receivable::EntryKind::kBill, "bill", day, std::move(charges), {});
  if (!added.ok()) throw std::runtime_error(added.error().message());
  return books;
}

void Fill(db::Database& database, int bills) {
  for (int begin = 0; begin < bills; begin += kBillsEachCommit) {
    std::vector<receivable::Books> books;
    for (int n = begin; n < std::min(bills, begin + kBillsEachCommit); ++n) {
      books.push_back(PostedBill(n));
    }
    std::vector<const receivable::Books*> pointers;
    for (const receivable::Books& one : books) pointers.push_back(&one);
    database.Write(database.clock().Now() + kLimit, [&](db::Transaction& tx) {
      receivable::SaveBooks(tx, pointers, Instant());
      return db::Verdict::kCommit;
    });
  }
}

void Run(const Flags& flags, db::Engine engine) {
  const process::SystemClock clock;
  auto database = TemporaryDatabase::Create(engine, Migrations(), clock);
  Fill(*database, flags.postings / kPostingsOfBill);
  const auto read = [&](const std::function<void(db::Transaction&)>& body) {
    return MillisOf([&] { (*database).Read(clock.Now() + kLimit, body); });
  };
  std::vector<double> balance, month, aging, sum;
  for (int run = -1; run < flags.runs; ++run) {  // the first one warms the tables
    std::int64_t postings = 0;
    bool ties = true;
    const double plain = read([](db::Transaction& tx) { tx.Select(kPlainSum); });
    const double all = read([&](db::Transaction& tx) {
      postings = ledger::TotalsOf(ledger::ListActivity(tx, {})).posting_count;
    });
    const double of_month = read([](db::Transaction& tx) {
      ledger::ListActivity(tx,
                           {Date::Parse("2026-06-01").value(), Date::Parse("2026-06-30").value()});
    });
    const double aged = read([&](db::Transaction& tx) {
      for (const ledger::Tie& tie :
           ledger::TieOut(ledger::ListActivity(tx, {}), ledger::ReadItems(tx).control)) {
        ties = ties && tie.Agrees();
      }
    });
    if (postings != flags.postings || !ties) throw std::runtime_error("the books do not tie out");
    if (run < 0) continue;
    sum.push_back(plain);
    balance.push_back(all);
    month.push_back(of_month);
    aging.push_back(aged);
  }
  const std::string suffix = engine == db::Engine::kSqlite ? "_sqlite" : "_postgres";
  const double floor = Median(sum);
  Report("ledger_trial_balance" + suffix, Median(balance), "ms", floor, flags.runs,
         {{"postings", flags.postings}});
  Report("ledger_month" + suffix, Median(month), "ms", floor, flags.runs,
         {{"postings", flags.postings}});
  Report("ledger_aging" + suffix, Median(aging), "ms", floor, flags.runs,
         {{"postings", flags.postings}});
}

}  // namespace
}  // namespace reeve::bench

int main(int argc, char** argv) {
  reeve::bench::Flags flags;
  reeve::bench::CommandLine line("Reports of the ledger beside one plain sum of its postings");
  line.Number("--postings", flags.postings, "postings of the ledger, a multiple of 10");
  line.Number("--runs", flags.runs, "runs; medians are reported");
  line.BinariesUnused();
  return line.Run(argc, argv, [&] {
    reeve::bench::Run(flags, reeve::db::Engine::kPostgres);
    reeve::bench::Run(flags, reeve::db::Engine::kSqlite);
  });
}
