// Faces: billing's gRPC services, composed and registered. The program and the tests have the same.
#pragma once

#include "services/billing/activation/activation_service.h"
#include "services/billing/adjustment/adjustment_service.h"
#include "services/billing/bill/bill_service.h"
#include "services/billing/collections/collections_service.h"
#include "services/billing/cycle/cycle_service.h"
#include "services/billing/cycle/guard_policy_service.h"
#include "services/billing/cycle/guard_service.h"
#include "services/billing/cycle/hold_service.h"
#include "services/billing/interval/interval_service.h"
#include "services/billing/late_fee/late_fee_service.h"
#include "services/billing/ledger/ledger_service.h"
#include "services/billing/ledger/month_service.h"
#include "services/billing/meter/meter_service.h"
#include "services/billing/parcel/parcel_service.h"
#include "services/billing/rate/rate_service.h"
#include "services/billing/read/read_service.h"
#include "services/billing/read/replace_service.h"
#include "services/billing/rebill/proposal_service.h"
#include "services/billing/rebill/rebill_service.h"
#include "services/billing/receivable/receivable_service.h"
#include "services/billing/shadow/shadow_service.h"
#include "services/billing/statement/print_service.h"
#include "services/billing/winter/winter_service.h"
#include "shared/process/service.h"

namespace reeve::billing {

class Faces {
 public:
  // Both outlive it.
  Faces(process::Service& s, collections::PaymentHead& payment_head)
      : rates_(s.server(), s.frame(), s.database()),
        activations_(s.server(), s.frame(), s.database()),
        reads_(s.server(), s.frame(), s.database(), s.metrics()),
        read_corrections_(s.server(), s.frame()),
        intervals_(s.server(), s.frame(), s.database(), s.zone(), s.metrics()),
        meters_(s.server(), s.frame(), s.database()),
        cycles_(s.server(), s.frame(), s.database()),
        guard_(s.server(), s.frame(), s.database()),
        guard_policies_(s.server(), s.frame(), s.database()),
        holds_(s.server(), s.frame(), s.database()),
        parcels_(s.server(), s.frame(), s.database()),
        winters_(s.server(), s.frame(), s.database()),
        bills_(s.server(), s.database()),
        rebills_(s.server(), s.frame(), s.database(), s.zone(), s.metrics()),
        proposals_(s.server(), s.frame(), s.database(), s.zone(), s.metrics()),
        receivables_(s.server(), s.frame(), s.database()),
        ledger_(s.server(), s.database()),
        caught_up_(s.database(), payment_head, s.workers(), s.machine_clock()),
        late_fees_(s.server(), s.frame(), s.database(), caught_up_, s.metrics()),
        months_(s.server(), s.frame(), s.database(), caught_up_, s.metrics()),
        adjustments_(s.server(), s.frame(), s.database(), s.metrics()),
        shadows_(s.server(), s.frame(), s.database(), s.zone()),
        check_(s.database(), caught_up_, s.calendar()),
        collections_(s.server(), s.frame(), s.database(), s.random(), s.calendar(), check_),
        prints_(s.server(), s.frame(), s.database(), s.workers(), s.zone(), caught_up_) {
    s.Register(rates_);
    s.Register(activations_);
    s.Register(reads_);
    s.Register(read_corrections_);
    s.Register(intervals_);
    s.Register(meters_);
    s.Register(cycles_);
    s.Register(guard_);
    s.Register(guard_policies_);
    s.Register(holds_);
    s.Register(parcels_);
    s.Register(winters_);
    s.Register(bills_);
    s.Register(rebills_);
    s.Register(proposals_);
    s.Register(receivables_);
    s.Register(ledger_);
    s.Register(late_fees_);
    s.Register(months_);
    s.Register(adjustments_);
    s.Register(shadows_);
    s.Register(collections_);
    s.Register(prints_);
  }

 private:
  rate::RateService rates_;
  activation::RateActivationService activations_;
  read::ReadService reads_;
  read::ReadCorrectionService read_corrections_;
  interval::IntervalService intervals_;
  meter::MeterService meters_;
  cycle::CycleService cycles_;
  cycle::GuardService guard_;
  cycle::GuardPolicyService guard_policies_;
  cycle::HoldService holds_;
  parcel::ParcelService parcels_;
  winter::WinterService winters_;
  bill::BillService bills_;
  rebill::RebillService rebills_;
  rebill::ProposalService proposals_;
  receivable::ReceivableService receivables_;
  ledger::LedgerService ledger_;
  collections::CaughtUp caught_up_;
  late_fee::LateFeeService late_fees_;
  ledger::MonthService months_;
  adjustment::AdjustmentService adjustments_;
  shadow::ShadowService shadows_;
  collections::DisconnectCheck check_;
  collections::CollectionsService collections_;
  statement::PrintService prints_;
};

}  // namespace reeve::billing
