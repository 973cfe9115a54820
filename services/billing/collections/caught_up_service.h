// CaughtUp: asks payment how far it has taken money, and waits until all of that is applied here.
// Waiting holds no worker.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "services/billing/collections/payment_head.h"
#include "shared/core/call.h"
#include "shared/core/seams.h"
#include "shared/db/database.h"
#include "shared/feed/feed.h"

namespace reeve::billing::collections {

class CaughtUp {
 public:
  // `why_not` is PAYMENTS_UNKNOWN or NOT_CAUGHT_UP; empty if all is applied. `head` is payment's
  // when it was asked: whatever it acknowledged before the call lies before it.
  using Done = std::function<void(std::string_view why_not, const feed::Token& head)>;
  CaughtUp(db::Database& database, PaymentHead& payment, Executor& executor,
           const Clock& machine_clock)
      : database_(database),
        payment_(payment),
        executor_(executor),
        machine_clock_(machine_clock) {}

  // `done` runs exactly once, on a worker, when half of the call's time is over at the latest, or
  // `wait_max`.
  void Await(const Call& call, Done done, Duration wait_max = Duration::Seconds(60));

 private:
  struct Waiting {
    Call call;
    Done done;
    feed::Token head;
    Instant give_up_time;
  };
  void AskPayment(const std::shared_ptr<Waiting>& waiting);
  void Look(const std::shared_ptr<Waiting>& waiting);

  db::Database& database_;
  PaymentHead& payment_;
  Executor& executor_;
  const Clock& machine_clock_;
};

}  // namespace reeve::billing::collections
