// What the faces of the ledger share on the wire.
#pragma once

#include "reeve/billing/v1/ledger_service.pb.h"
#include "services/billing/ledger/ledger.h"

namespace reeve::billing::ledger {

inline v1::TrialBalanceLine ToProto(const Activity& activity) {
  v1::TrialBalanceLine line;
  line.set_ledger_account(activity.account.first);
  line.set_fund(activity.account.second);
  line.set_opening_cents(activity.opening_cents);
  line.set_debit_cents(activity.debit_cents);
  line.set_credit_cents(activity.credit_cents);
  line.set_closing_cents(activity.closing_cents());
  return line;
}

}  // namespace reeve::billing::ledger
