#include "services/billing/agreement/start_service.h"

#include "reeve/billing/v1/events.pb.h"
#include "services/billing/agreement/agreement_store.h"

namespace reeve::billing::agreement {

void Start(command::Change& change, Agreement& agreement, Date date,
           const std::optional<read::Reading>& in_read) {
  const std::optional<State> next = After(agreement.state, Event::kStart);
  if (!next) return;
  agreement.state = *next;
  agreement.start_date = date;
  SaveState(change.tx(), agreement);
  v1::ServiceStarted started;
  started.set_account_id(agreement.account.value());
  started.set_agreement_id(agreement.agreement_id);
  started.set_service(agreement.service);
  started.set_start_date(date.ToString());
  if (in_read) started.set_read_thousandths(in_read->thousandths);
  started.set_meter_number(agreement.meter_number);
  command::Emit(change, agreement.account.value(), started);
}

void Stop(command::Change& change, Agreement& agreement, Date date) {
  const std::optional<State> next = After(agreement.state, Event::kStop);
  if (!next) return;
  agreement.state = *next;
  agreement.stop_date = date;
  SaveState(change.tx(), agreement);
}

}  // namespace reeve::billing::agreement
