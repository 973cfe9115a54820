// CycleWork: calculates and posts what cycle runs ask for, page by page, for as long as the service
// runs. Each page is one transaction that moves the page's state, so a service that was killed goes
// on with the pages that are left, and two replicas never do the same page. Lanes work side by
// side: while one waits for its commit, the other calculates.
#pragma once

#include <optional>
#include <vector>

#include "services/billing/agreement/agreement.h"
#include "services/billing/cycle/cycle_store.h"
#include "shared/command/command.h"
#include "shared/core/seams.h"
#include "shared/obs/metrics.h"

namespace reeve::billing::cycle {

// What is known of these agreements of a run's cycle, which are in the order of account and
// agreement, for their next bill: what they were billed last, as `last` says in the same order,
// meters and reads since, and what intervals say. The quantity of those that are billed by a winter
// average becomes the one in force. Changes nothing in the database.
std::vector<Pending> LoadPending(db::Transaction& tx, const Run& run, const rate::Tariff& tariff,
                                 const TimeZone& zone,
                                 std::vector<agreement::Agreement>& agreements,
                                 std::vector<std::optional<LastBilled>> last);
// The bills of these agreements, from all that is known of them. The guard has not seen the bills.
std::vector<Bill> CalculateBills(db::Transaction& tx, const Run& run, const rate::Tariff& tariff,
                                 const TimeZone& zone,
                                 std::vector<agreement::Agreement>& agreements);

// Moves a page, and says so in the audit trail.
void MovePage(command::Change& change, const Run& run, const Page& page, PageState from,
              PageState to);

class CycleWork {
 public:
  static constexpr std::int64_t kLanes = 2;
  // Such that no transaction holds more than 5,000 rows: an agreement makes a segment and a handful
  // of lines when it is calculated, a charge and two postings when it is posted, and its bill three
  // rows.
  static constexpr std::int64_t kAgreementsOfPage = 800;

  struct Clocks {
    const Clock& city;
    const Clock& machine;  // deadlines
    const TimeZone& zone;
  };
  CycleWork(command::Frame& frame, db::Database& database, Clocks clocks, Executor& executor,
            obs::Metrics& metrics);

  void Start();  // looks for work, now and ever after
  // The lane's next page of the first run that has work; false if there was none. Throws
  // db::DatabaseError.
  bool Step(std::int64_t lane);

 private:
  // Bills of one page, for the counters: they move after the commit.
  struct Done {
    std::int64_t calculated = 0;
    std::int64_t held = 0;
    std::int64_t posted = 0;
  };
  void Loop(std::int64_t lane);
  Done Calculate(command::Change& change, const Run& run, const Page& page);
  static Done Post(command::Change& change, const Run& run, const Page& page);
  Call MakeCall() const;

  command::Frame& frame_;
  db::Database& database_;
  Clocks clocks_;
  Executor& executor_;
  obs::Counter& calculated_;
  obs::Counter& held_;
  obs::Counter& posted_;
  obs::Counter& failures_;
};

}  // namespace reeve::billing::cycle
