// DisconnectCheck: the last answer before a cut. It waits until all that payment has taken is
// applied here, and only then looks at the account. Waiting holds no worker.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "reeve/billing/v1/collections_service.pb.h"
#include "services/billing/collections/caught_up_service.h"
#include "shared/core/calendar.h"
#include "shared/core/id.h"
#include "shared/core/seams.h"
#include "shared/db/database.h"

namespace reeve::billing::collections {

struct DisconnectQuestion {
  AccountId account;
};

class DisconnectCheck {
 public:
  using Done = std::function<void(Result<v1::MayDisconnectResponse>)>;
  DisconnectCheck(db::Database& database, CaughtUp& caught_up, const BusinessCalendar& calendar)
      : database_(database), caught_up_(caught_up), calendar_(calendar) {}

  // `done` runs exactly once, on a worker. Any doubt is a no.
  void Submit(Call call, DisconnectQuestion question, Done done);

 private:
  std::string_view Answer(const Call& call, DisconnectQuestion question) const;
  std::string_view Judge(db::Transaction& tx, const Call& call, DisconnectQuestion question) const;

  db::Database& database_;
  CaughtUp& caught_up_;
  const BusinessCalendar& calendar_;
};

}  // namespace reeve::billing::collections
