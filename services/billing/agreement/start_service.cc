#include "services/billing/agreement/start_service.h"

#include <algorithm>

#include "reeve/billing/v1/events.pb.h"
#include "services/billing/agreement/agreement_store.h"

namespace reeve::billing::agreement {
namespace {

void Save(command::Change& change, const Agreement& agreement, std::string_view action,
          std::string before) {
  SaveState(change.tx(), agreement);
  change.Audit({std::string(kAgreementEntity),
                agreement.account.ToString() + "/" + std::to_string(agreement.agreement_id),
                std::string(action), std::move(before), StateText(agreement)});
}

}  // namespace

void Start(command::Change& change, Agreement& agreement, Date date,
           const std::optional<read::Reading>& in_read) {
  const std::optional<State> next = After(agreement.state, Event::kStart);
  if (!next) return;
  std::string before = StateText(agreement);
  agreement.state = *next;
  agreement.start_date = date;
  Save(change, agreement, "start", std::move(before));
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
  std::string before = StateText(agreement);
  // What was called off before it began was served on no day.
  if (agreement.state == State::kPending)
    agreement.start_date = std::max(agreement.start_date, date);
  agreement.state = *next;
  agreement.stop_date = date;
  Save(change, agreement, "stop", std::move(before));
}

}  // namespace reeve::billing::agreement
