// What billing tells this service: charges paid, service started, meters exchanged, bills,
// payments.
#pragma once

#include <span>

#include "shared/command/command.h"
#include "shared/core/date.h"
#include "shared/feed/feed.h"
#include "shared/obs/metrics.h"

namespace reeve::account {

// Applies billing's events. Each has one effect, also if it is told twice; what fits on nothing is
// kept as an unplaced event.
class BillingFeed {
 public:
  BillingFeed(const TimeZone& zone, obs::Metrics& metrics)
      : zone_(zone),
        unplaced_(metrics.NewCounter("unplaced_events_total",
                                     "Events of billing that fit on nothing here.")) {}

  // Full names of the events wanted.
  static std::vector<std::string> Types();
  Result<> Apply(command::Change& change, std::span<const feed::Event> events);

 private:
  Result<> ApplyOne(command::Change& change, const feed::Event& event);

  const TimeZone& zone_;
  obs::Counter& unplaced_;
};

}  // namespace reeve::account
