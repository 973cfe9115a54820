// CycleWork: calculates and posts what cycle runs ask for, page by page, for as long as the service
// runs. Each page is one transaction that moves the run's cursor, so a service that was killed goes
// on where it stopped, and two replicas never do the same page.
#pragma once

#include "services/billing/cycle/cycle.h"
#include "shared/command/command.h"
#include "shared/core/seams.h"
#include "shared/obs/metrics.h"

namespace reeve::billing::cycle {

class CycleWork {
 public:
  struct Clocks {
    const Clock& city;
    const Clock& machine;  // deadlines
    const TimeZone& zone;
  };
  CycleWork(command::Frame& frame, db::Database& database, Clocks clocks, Executor& executor,
            obs::Metrics& metrics);

  void Start();  // looks for work, now and ever after
  // One page of the first run that has work; false if there was none. Throws db::DatabaseError.
  bool Step();

 private:
  // Bills of one page, for the counters: they move after the commit.
  struct Done {
    std::int64_t calculated = 0;
    std::int64_t held = 0;
    std::int64_t posted = 0;
  };
  void Loop();
  static Done Calculate(command::Change& change, Run& run);
  static Done Post(command::Change& change, Run& run);
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
