// Explanations and comparisons on the wire.
#pragma once

#include "reeve/billing/v1/bill_service.pb.h"
#include "services/billing/bill/comparison.h"
#include "services/billing/bill/derivation.h"
#include "shared/db/database.h"

namespace reeve::billing::bill {

// The node at that place of its list, from 1.
v1::ExplanationNode ToProto(const Node& node, std::int64_t node_no);

// All of a bill but why it differs from another.
v1::BillExplanation Explain(db::Transaction& tx, cycle::Bill bill, const rate::Tariff& tariff);

v1::BillComparison ToProto(const Comparison& comparison, const cycle::Bill& earlier,
                           const cycle::Bill& bill);

}  // namespace reeve::billing::bill
