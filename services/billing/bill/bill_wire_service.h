// Bills on the wire.
#pragma once

#include "reeve/billing/v1/bill_service.pb.h"
#include "services/billing/cycle/cycle.h"
#include "services/billing/rate/line_words.h"

namespace reeve::billing::bill {

v1::BillState ToProto(cycle::BillState state);
// Without lines.
v1::Bill ToProto(const cycle::Bill& bill);
v1::Bill ToProtoWithLines(cycle::Bill bill, const rate::Tariff& tariff);
// The version that priced the line. Versions are never changed, so it is there.
const rate::Schedule& VersionOf(const rate::Tariff& tariff, const cycle::Segment& segment,
                                const rate::Line& line);
v1::BillLine ToProto(const rate::Schedule& schedule, const rate::Line& line);
// True if the line is for metered use that ends with an estimate.
bool IsEstimated(const cycle::Segment& segment, const rate::Schedule& schedule,
                 const rate::Line& line);

}  // namespace reeve::billing::bill
