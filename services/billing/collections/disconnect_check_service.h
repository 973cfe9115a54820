// DisconnectCheck: the last answer before a cut. It asks payment how far it has taken money, waits
// until all of that is applied here, and only then looks at the account. Waiting holds no worker.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "reeve/billing/v1/collections_service.pb.h"
#include "services/billing/collections/payment_head.h"
#include "shared/core/calendar.h"
#include "shared/core/id.h"
#include "shared/core/seams.h"
#include "shared/db/database.h"
#include "shared/feed/feed.h"

namespace reeve::billing::collections {

struct DisconnectQuestion {
  AccountId account;
};

class DisconnectCheck {
 public:
  using Done = std::function<void(Result<v1::MayDisconnectResponse>)>;
  DisconnectCheck(db::Database& database, PaymentHead& payment, Executor& executor,
                  const Clock& machine_clock, const BusinessCalendar& calendar)
      : database_(database),
        payment_(payment),
        executor_(executor),
        machine_clock_(machine_clock),
        calendar_(calendar) {}

  // `done` runs exactly once, on a worker. Any doubt is a no.
  void Submit(Call call, DisconnectQuestion question, Done done);

 private:
  struct Waiting {
    Call call;
    DisconnectQuestion question;
    Done done;
    feed::Token head;
    Instant give_up_time;
  };
  void AskPayment(const std::shared_ptr<Waiting>& waiting);
  void Look(const std::shared_ptr<Waiting>& waiting);
  std::string_view Judge(db::Transaction& tx, const Waiting& waiting) const;
  static void Answer(const Waiting& waiting, std::string_view reason);

  db::Database& database_;
  PaymentHead& payment_;
  Executor& executor_;
  const Clock& machine_clock_;
  const BusinessCalendar& calendar_;
};

}  // namespace reeve::billing::collections
